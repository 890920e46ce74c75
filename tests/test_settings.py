import dataclasses
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from app import create_app
from screening.load import known_languages, load_content
from settings import VARIABLES, Settings, SettingsError
from tests.kit.pages import page
from tests.kit.server import ask, serving

ROOT = Path(__file__).parent.parent
WRONG = [
    ({"PORT": "abc"}, "PORT"),
    ({"PORT": "99999"}, "PORT"),
    ({"PORT": "65536"}, "PORT"),
    ({"PORT": "-1"}, "PORT"),
    ({"PORT": "٣"}, "PORT"),
    ({"SCREENING_CONTENT": "/nonexistent/words"}, "/nonexistent/words"),
    ({"SCREENING_CONTENT": "README.md"}, "README.md"),
    ({"SCREENING_COUNTRY": "us"}, "SCREENING_COUNTRY"),
    ({"SCREENING_COUNTRY": "XX"}, "SCREENING_COUNTRY"),
    ({"SCREENING_LANGUAGES": "en,xx"}, "SCREENING_LANGUAGES"),
    ({"SCREENING_LANGUAGES": "ES"}, "SCREENING_LANGUAGES"),
    ({"SCREENING_LANGUAGES": "../es"}, "SCREENING_LANGUAGES"),
    ({"SCREENING_LEAVE_URL": "http://weather.example/"}, "SCREENING_LEAVE_URL"),
    ({"SCREENING_LEAVE_URL": "https://"}, "SCREENING_LEAVE_URL"),
    ({"SCREENING_LEAVE_URL": "https://weather.example/ now"}, "SCREENING_LEAVE_URL"),
    ({"SCREENING_LEAVE_URL": "javascript:alert(1)"}, "SCREENING_LEAVE_URL"),
    ({"SCREENING_LEAVE_URL": "https://user:pw@weather.example/"}, "SCREENING_LEAVE_URL"),
    ({"SCREENING_LEAVE_URL": "https://user@weather.example"}, "SCREENING_LEAVE_URL"),
    ({"SCREENING_LEAVE_URL": 'https://weather.example/"><script>'}, "SCREENING_LEAVE_URL"),
    ({"SCREENING_LEAVE_URL": "https://localhost/"}, "leads back"),
    ({"SCREENING_LEAVE_URL": "https://LOCALHOST.:8000"}, "leads back"),
    ({"SCREENING_LEAVE_URL": "https://127.9.9.9/"}, "leads back"),
    ({"SCREENING_LEAVE_URL": "https://[::1]:8000/"}, "leads back"),
    ({"SCREENING_LEAVE_URL": "https://self.example/", "SCREENING_HOST": "self.example"}, "leads back"),
    ({"SCREENING_CONTRY": "GB"}, "SCREENING_CONTRY is not a setting; perhaps you mean SCREENING_COUNTRY"),
    ({"SCREENING_CONTENTS": "folder"}, "perhaps you mean SCREENING_CONTENT"),
    ({"screening_country": "GB"}, "perhaps you mean SCREENING_COUNTRY"),
    ({"SCREENING_PORT": "8080"}, "perhaps you mean PORT"),
    ({"SCREENING_COUNTRY": "uk"}, "(perhaps GB)"),
    ({"SCREENING_COUNTRY": "GBR"}, "(perhaps GB)"),
    ({"SCREENING_HOST": "127.0.0.1 ::1"}, "SCREENING_HOST"),
]


def told(settings):
    """The message about a wrong setting when the app is made."""
    with pytest.raises(SettingsError) as raised:
        create_app(Settings.from_environment(settings))
    return str(raised.value)


def started(**settings):
    """`python app.py` with these settings, until it ends: its status, and all it said."""
    known = {name: value for name, value in os.environ.items() if name not in VARIABLES.values()}
    command = [sys.executable, "app.py"]
    ended = subprocess.run(
        command, cwd=ROOT, env={**known, **settings}, capture_output=True, text=True, check=False, timeout=30
    )
    return ended.returncode, ended.stdout + ended.stderr


def test_without_settings_everything_keeps_its_default():
    assert Settings.from_environment({}) == Settings()
    assert Settings.from_environment(dict.fromkeys(VARIABLES.values(), "")) == Settings(), (
        "an empty one counts as unset"
    )


def test_each_setting_is_read_from_its_own_variable(tmp_path):
    set_to = {"content": tmp_path, "country": "GB", "leave_url": "https://a.example/b", "host": "::1", "port": 0}
    environment = {VARIABLES[name]: str(value) for name, value in set_to.items()} | {"SCREENING_LANGUAGES": "es, en"}
    set_to["languages"] = ("es", "en")
    assert Settings.from_environment({**environment, "LANG": "C"}) == Settings(**set_to)
    assert VARIABLES.keys() == {field.name for field in dataclasses.fields(Settings)} == set_to.keys()


@pytest.mark.parametrize(("settings", "named"), WRONG, ids=[str(settings) for settings, _ in WRONG])
def test_a_setting_that_cannot_be_used_is_refused_in_one_sentence_that_names_it(settings, named):
    sentence = told(settings)
    assert named in sentence
    assert "\n" not in sentence
    assert not re.search(r"\.yaml:\d", sentence), "the files are right"


def test_all_wrong_settings_are_reported_at_once():
    assert (
        len(told({"PORT": "abc", "SCREENING_CONTENT": "/nonexistent/words", "SCREENING_LEAVE_URL": "x"}).splitlines())
        == 3
    )


PLATFORM = {
    "SCREENING_PORT": "tcp://10.0.0.1:80",
    "SCREENING_SERVICE_HOST": "10.0.0.1",
    "SCREENING_SERVICE_PORT": "80",
    "SCREENING_SERVICE_PORT_HTTP": "80",
    "SCREENING_PORT_80_TCP": "tcp://10.0.0.1:80",
    "SCREENING_PORT_80_TCP_PROTO": "tcp",
    "SCREENING_WEB_PORT": "tcp://10.0.0.1:80",
    "SCREENING_WEB_SERVICE_HOST": "10.0.0.1",
}


def test_what_a_cluster_sets_for_a_service_named_like_us_is_not_taken_for_a_setting():
    assert Settings.from_environment(PLATFORM) == Settings()


@pytest.mark.parametrize("settings", [{"SCREENING_COUNTRY": " GB "}, {"PORT": " 8205"}, {"SCREENING_HOST": "::1 "}])
def test_spaces_around_a_value_do_not_count(settings):
    assert Settings.from_environment(settings) == Settings.from_environment(
        {name: value.strip() for name, value in settings.items()}
    )


def test_the_refusal_of_a_folder_says_where_it_was_looked_for(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert str(tmp_path / "own") in told({"SCREENING_CONTENT": "own"})


def test_the_refusal_of_an_unknown_country_lists_those_that_are_known(content):
    sentence = told({"SCREENING_COUNTRY": "us"})
    assert all(country.code in sentence for country in content["self"].countries)


def test_the_refusal_of_an_unknown_language_lists_those_that_are_known():
    sentence = told({"SCREENING_LANGUAGES": "en,xx"})
    assert "xx" in sentence
    assert all(language in sentence for language in known_languages())


def languages_at(settings):
    """What the pages of each root are in, among those that there may be."""
    client = create_app(settings).test_client()
    found = {at: client.get(f"{at}/self") for at in ("", "/en", "/es")}
    return {at: page(response).html["lang"] for at, response in found.items() if response.status_code == 200}


def test_the_first_language_stands_at_the_root_and_the_others_below():
    assert languages_at(Settings()) == {"": "en", "/es": "es"}
    assert languages_at(Settings(languages=("es", "en"))) == {"": "es", "/en": "en"}
    assert languages_at(Settings(languages=("es",))) == {"": "es"}


FOLDERS = ({"SCREENING_CONTENT": "/nonexistent/words"}, {"SCREENING_CONTENT": "README.md"})
PORTS = ({"PORT": "abc"}, {"PORT": "99999"})
OTHERS = (
    {"SCREENING_COUNTRY": "us"},
    {"SCREENING_LANGUAGES": "en,xx"},
    {"SCREENING_LEAVE_URL": "http://weather.example/"},
    {"SCREENING_HOST": "nowhere.invalid"},
)


@pytest.mark.parametrize("settings", [*FOLDERS, *PORTS, *OTHERS], ids=str)
def test_the_server_does_not_start_with_a_wrong_setting_and_says_why_in_one_sentence(settings):
    status, said = started(**settings)
    assert status == 1
    assert len(said.splitlines()) == 1, said
    assert "Traceback" not in said
    assert next(iter(settings)) in said


def test_the_server_says_that_a_port_is_taken_and_no_address():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        status, said = started(PORT=str(port))
    assert status == 1
    assert len(said.splitlines()) == 1, said
    assert f"127.0.0.1:{port}" in said
    assert "Open" not in said


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1"])
def test_the_server_prints_an_address_that_opens(host):
    with serving(SCREENING_HOST=host) as server:
        addresses = re.findall(r"^Open http://(\S+):PORT/$", server.said(), re.MULTILINE)
        assert addresses
        assert {address.strip("[]") for address in addresses} <= {"127.0.0.1", "::1"}
        assert all(address.startswith("[") == (":" in address) for address in addresses)
        if "127.0.0.1" in addresses:
            assert ask(server.port)[0] == 200


def test_an_operator_can_put_other_words_in_place_of_ours(edited, content):
    folder = edited("pages.yaml", (f"  name: {content['self'].words.site.name}", "  name: Another name"))
    soup = page(create_app(Settings(content=folder)).test_client().get("/self"))
    assert soup.title.string == "Another name"


@pytest.mark.parametrize("settings", [Settings(), Settings(leave_url="https://weather.example/")])
def test_leaving_goes_to_the_neutral_site_of_the_settings(settings):
    response = create_app(settings).test_client().get("/leave")
    assert (response.status_code, response.location) == (303, settings.leave_url)


def test_nothing_but_the_settings_reads_the_environment(monkeypatch, content):
    for variable in VARIABLES.values():
        monkeypatch.setenv(variable, "nonsense")
    assert load_content() == content
    assert create_app(Settings()).test_client().get("/leave").location == Settings.leave_url


def test_flask_finds_the_app():
    command = [sys.executable, "-m", "flask", "routes"]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)
    assert "/counselor/guide" in found.stdout


def test_the_readme_names_every_setting_and_its_default():
    rows = re.findall(
        r"^\| (`[A-Z].*) \|.*\| (`.+) \|$", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    named = {}
    for names, defaults in rows:
        named |= dict(zip(re.findall("`(.+?)`", names), re.findall("`(.+?)`", defaults), strict=True))
    others = [field for field in dataclasses.fields(Settings) if field.name not in ("content", "languages")]
    assert named == {VARIABLES[field.name]: str(field.default) for field in others}
