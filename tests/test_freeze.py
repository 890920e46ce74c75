"""The site as plain files, outside a browser: they work by double click, from a memory stick or any static host."""

import os
import re
import subprocess
import sys
from copy import copy
from posixpath import join, normpath
from urllib.parse import unquote

import pytest
from bs4 import BeautifulSoup

from app import create_app
from settings import Settings
from tests.kit.pages import AUDIENCE_PATHS, LANGUAGES, PATHS, page, root, says, text_of, unpacked, values
from tests.kit.server import ROOT
from web.freeze import freeze
from web.security import POLICY, SCRIPT

LEAVE = "https://weather.example/"
FORMS = {f"{root(language)}{path}": (language, path[1:]) for language in LANGUAGES for path in AUDIENCE_PATHS}


def file_of(path):
    return f"{path}index.html"[1:] if path.endswith("/") else f"{path}.html"[1:]


@pytest.fixture(scope="module")
def files():
    return freeze(create_app(), LEAVE)


@pytest.fixture(scope="module")
def frozen(files):
    """Each file, parsed, and its inert pieces parsed beside it."""
    soups = {name: BeautifulSoup(text, "html.parser") for name, text in files.items()}
    inert = {
        name: [BeautifulSoup(block.string, "html.parser") for block in soup.select("script[type]")]
        for name, soup in soups.items()
    }
    return {name: (soups[name], *inert[name]) for name in files}


def test_every_page_is_there(files):
    assert files.keys() == {file_of(path) for path in PATHS}


def test_every_link_is_relative_and_leads_to_a_file_or_is_a_number_or_another_site(frozen):
    for name, parts in frozen.items():
        for part in parts:
            for address in values(part, "href", "src", "action", "formaction", "data", "poster"):
                if re.match(r"(tel|sms):[0-9]+$|https://|data:,$", address):
                    continue
                assert not re.match("[a-z]+:|/", address), f"{name}: {address}"
                target, _, fragment = unquote(address).partition("#")
                found = normpath(join(name, "..", target)) if target else name
                assert found in frozen, f"{name}: {address}"
                assert not fragment or part.find(id=fragment) or frozen[found][0].find(id=fragment), address


def test_nothing_of_the_site_is_linked_by_an_absolute_address(files):
    own = "|".join(re.escape(path) for path in (*PATHS, "/leave", "/healthz"))
    pages = {name: text.replace(SCRIPT, "") for name, text in files.items()}
    assert [name for name, text in pages.items() if re.search(rf"""=["']?({own})["'#?>\s]""", text)] == []


def test_leaving_goes_to_the_neutral_site_at_once(frozen):
    assert {parts[0].find(id="leave")["href"] for parts in frozen.values()} == {LEAVE}


def test_the_policy_in_the_page_forbids_every_connection_and_every_sending(frozen):
    for name, (soup, *_) in frozen.items():
        first, second = soup.head.find_all("meta", limit=2)
        assert first["charset"] == "utf-8"
        assert second["http-equiv"] == "Content-Security-Policy", f"{name}: style and script stand before the policy"
        directives = {part.split()[0]: part.split()[1:] for part in second["content"].split(";")}
        assert directives["default-src"] == directives["form-action"] == directives["base-uri"] == ["'none'"]
        assert directives.keys() == {part.split()[0] for part in POLICY.split(";")}, "what the default forbids stays so"


def test_a_frozen_page_says_what_the_served_one_does(files, client, languages):
    for path in PATHS:
        served, soup = page(client.get(path)), unpacked(BeautifulSoup(files[file_of(path)], "html.parser"))
        unpacked(served)
        if path in FORMS:
            language, audience = FORMS[path]
            form = languages[language][audience].words.form
            notices = [part for part in soup.find_all("p") if says(part, form.unsendable)]
            assert len(notices) == 2, path
            sent = [part for part in served.find_all("p") if says(part, form.sent)]
            assert len(sent) == 1, path
            for notice in notices + sent:
                notice.decompose()
        assert "".join(text_of(soup.body).split()) == "".join(text_of(served.body).split())
        assert soup.title == served.title


def test_a_frozen_page_hides_nothing_that_a_text_browser_would_show(frozen):
    for name, (soup, *_) in frozen.items():
        assert [part for part in soup.select("[hidden]") if text_of(part)] == [], name


def test_without_script_a_frozen_form_says_before_the_first_question_that_it_cannot_be_sent(frozen, languages):
    for path, (language, audience) in FORMS.items():
        words, (soup, *_) = languages[language][audience].words, frozen[file_of(path)]
        notice = next(part for part in soup.find_all("noscript") if says(part, words.form.unsendable))
        assert notice.find_next("fieldset") is soup.find("fieldset")
        assert not soup.find(id="unsendable"), "a text browser would show it"
        with_script = unpacked(copy(soup)).find(id="unsendable")
        assert "hidden" in with_script.attrs
        assert says(with_script, words.form.unsendable)


def test_freezing_changes_nothing_of_what_the_app_serves_and_gives_the_same_twice(client):
    app = create_app(Settings())
    assert freeze(app, LEAVE) == freeze(app, LEAVE)
    for path in ("/", *FORMS):
        assert app.test_client().get(path).data == client.get(path).data


def test_flask_freeze_writes_the_files(files, tmp_path):
    app = create_app(Settings(leave_url=LEAVE))
    ran = app.test_cli_runner().invoke(args=["freeze", str(tmp_path / "site")])
    assert ran.exit_code == 0, ran.output
    written = {str(file.relative_to(tmp_path / "site")): file for file in (tmp_path / "site").rglob("*.html")}
    assert {name: file.read_text(encoding="utf-8") for name, file in written.items()} == files


def error_page(folder, **settings):
    ran = create_app(Settings(**settings)).test_cli_runner().invoke(args=["error-page", str(folder)])
    assert ran.exit_code == 0, ran.output
    assert {path.name for path in folder.rglob("*") if path.is_file()} == {"unreachable.html"}, "nothing else is left"
    pages = {path.parent.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*.html")}
    return {where: BeautifulSoup(text, "html.parser") for where, text in pages.items()}


def test_flask_error_page_gives_pages_that_a_web_server_can_show_by_itself(languages, tmp_path):
    pages = error_page(tmp_path)
    assert pages.keys() == {root(code)[1:] or "." for code in LANGUAGES}
    for code, content in languages.items():
        soup, words = pages[root(code)[1:] or "."], content["self"].words
        assert soup.html["lang"] == code
        assert text_of(soup.h1) == words.unreachable.heading
        assert says(soup, words.warning.text)
        assert soup.find("a", href=content["self"].helpline("emergency").tel)
        assert soup.find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"] == POLICY


def test_the_first_language_has_the_error_page_at_the_root(tmp_path):
    first, second = LANGUAGES[:2]
    pages = error_page(tmp_path, languages=(second, first))
    assert {where: soup.html["lang"] for where, soup in pages.items()} == {".": second, first: first}


@pytest.mark.parametrize("command", ["error-page", "freeze"])
@pytest.mark.parametrize("fault", [{"SCREENING_COUNTRY": "XX"}, {"PORT": "abc"}, {"SCREENING_CONTENT": "nowhere"}])
def test_a_fault_leaves_the_pages_as_they_were(command, fault, tmp_path):
    """They may be in use: an empty error page would be worse than an old one."""
    (tmp_path / "unreachable.html").write_text("old")
    (tmp_path / "index.html").write_text("old")
    asked = [sys.executable, "-m", "flask", command, str(tmp_path)]
    ran = subprocess.run(asked, cwd=ROOT, env={**os.environ, **fault}, capture_output=True, text=True, check=False)
    assert ran.returncode != 0
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == dict.fromkeys(
        ("unreachable.html", "index.html"), "old"
    )


@pytest.mark.parametrize("command", ["freeze", "error-page"])
def test_leftover_pages_of_a_dropped_language_are_reported(command, tmp_path):
    def ran(*languages):
        return create_app(Settings(languages=languages)).test_cli_runner().invoke(args=[command, str(tmp_path)])

    assert (ran("en", "es").exit_code, ran("en", "es").exit_code) == (0, 0)
    left = ran("en")
    assert left.exit_code == 1
    assert left.output.splitlines()[-1].endswith(f"with their old words: rm -r {tmp_path / 'es'}")


@pytest.mark.parametrize("command", ["freeze", "error-page"])
def test_a_folder_that_cannot_be_written_ends_in_a_sentence(command, tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    folder = tmp_path / "file" / "site"
    ran = create_app().test_cli_runner().invoke(args=[command, str(folder)])
    assert (ran.exit_code, ran.output) == (
        1,
        f"Error: {folder} can't be written (Not a directory); use a folder you can write to\n",
    )


def test_a_page_that_is_read_while_a_new_one_is_written_is_whole(files, tmp_path):
    """Whoever has opened the old one reads it to its end."""
    runner = create_app(Settings(leave_url=LEAVE)).test_cli_runner()
    runner.invoke(args=["freeze", str(tmp_path)])
    with (tmp_path / "index.html").open(encoding="utf-8") as old:
        half = old.read(1000)
        runner.invoke(args=["freeze", str(tmp_path)])
        assert half + old.read() == files["index.html"]
        assert os.fstat(old.fileno()).st_nlink == 0, "it was written over, not replaced"
