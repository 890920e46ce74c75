"""Content is loaded whole or not at all. Each fault is reported with its place and what to write."""

import contextlib
import datetime
import os
import random
import re
import subprocess
import sys
from fnmatch import fnmatchcase
from pathlib import Path

import pydantic
import pytest
import yaml

from screening import load
from screening.edition import Edition
from screening.helplines import SLOTS
from screening.load import UnknownChoiceError, load_content
from screening.model import AUDIENCES, Checking, ContentModel, check
from screening.source import ContentError, Faults, List, Map, Place, Text
from tests.kit import reading
from tests.kit.faults import FAULTS, H, P, Q

ROOT = Path(__file__).parent.parent
COUNTRIES = ("US", "GB", "IE", "CA", "AU", "NZ")


@pytest.fixture
def edited(edited, monkeypatch, tmp_path):
    """As `edited`, but the folder takes the place of ours: here the loader is tested, in test_layer.py the layer."""
    monkeypatch.setattr(load, "OUR_CONTENT", tmp_path)
    return edited


def faults_of(folder: Path, country: str = "US") -> list[str]:
    with pytest.raises(ContentError) as caught:
        load_content(folder, country)
    lines = str(caught.value).splitlines()
    assert lines == [str(fault) for fault in caught.value.faults], "each fault takes one line"
    return lines


@pytest.fixture
def edited_short(edited):
    """As `edited`, but with the first five questions only, which makes the tests fast."""
    path = edited(Q) / Q
    text = path.read_text(encoding="utf-8")
    path.write_text(text[: text.index("  - id: more_than_label\n")], encoding="utf-8")
    return edited


@pytest.mark.parametrize(("file", "edits", "key", "problem"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_refused_once_with_file_line_key_and_what_to_write(edited_short, file, edits, key, problem):
    path = edited_short(file, *edits.items()) / file
    before, after = path.read_text(encoding="utf-8").split("▶")
    path.write_text(before + after, encoding="utf-8")
    line = before.count("\n") + 1

    faults = faults_of(path.parent)

    told = [fault for fault in faults if fault.startswith(f"{file}:{line}: ")]
    assert len(told) == 1, f"line {line} of {file} must be told once, but these were told: {faults}"
    assert fnmatchcase(told[0], f"{file}:{line}: {key + ': ' if key else ''}*")
    assert problem in told[0]
    assert all(re.fullmatch(r"\w+\.yaml:\d+: ([\w.<?]+: )?(.+; .+|must .+)", fault) for fault in faults)


HERE = Place("pages.yaml", 1, "")
X = Text("x", HERE)
WRONG = [X, Text("", HERE), List(HERE), List(HERE, [X]), List(HERE, [X] * 20), List(HERE, [List(HERE)])]
WRONG += [Map(HERE), Map(HERE, {"x": X}.items()), Map(HERE, {"self": X}.items()), List(HERE, [Map(HERE)])]


def types_below(kind: type[ContentModel]) -> list[type[ContentModel]]:
    return [kind, *(below for part in kind.__subclasses__() for below in types_below(part))]


def test_each_type_says_what_to_write_whatever_stands_in_place_of_a_value():
    for kind in set(types_below(ContentModel)) - {Edition}:  # which is made, not read
        keys = [field.alias or name for name, field in kind.model_fields.items()]
        for wrong in [*WRONG, *(Map(HERE, [(key, node)]) for key in keys for node in WRONG)]:
            faults = Faults()
            check(kind, wrong, Checking(faults))
            for fault in faults.all():
                assert re.fullmatch("(.+; .+|must .+)", fault.problem), (kind, wrong, fault)


@pytest.mark.parametrize("file", [Q, P, H])
def test_a_missing_file_is_reported(edited_short, file):
    folder = edited_short(file)
    (folder / file).unlink()
    assert f"{file}:1: does not exist; add it to the content folder" in faults_of(folder)


@pytest.mark.parametrize("file", [Q, P, H])
def test_an_empty_file_is_reported(edited_short, file):
    folder = edited_short(file)
    (folder / file).write_text("# only a comment is left\n", encoding="utf-8")
    assert any(fault.startswith(f"{file}:1: is empty; ") for fault in faults_of(folder))


def test_a_quote_that_never_ends_is_reported_where_it_starts(edited_short):
    folder = edited_short(P)
    (folder / P).write_text("site:\n  menu: 'Pages\n  start: Start\n", encoding="utf-8")
    assert f"{P}:2: is not YAML: a quote that starts here never ends; close it" in faults_of(folder)


@pytest.mark.parametrize("file", [Q, P, H])
def test_a_file_that_is_a_list_is_reported(edited_short, file):
    folder = edited_short(file)
    (folder / file).write_text("- a\n- b\n", encoding="utf-8")
    assert f"{file}:1: must hold keys and values; write each as key: value, indented" in faults_of(folder)


def test_a_file_that_is_not_utf_8_is_reported(edited_short):
    folder = edited_short(P)
    (folder / P).write_text((folder / P).read_text(encoding="utf-8"), encoding="utf-16")
    assert any(re.match(rf"{P}:1: is not UTF-8 text; save it as UTF-8", fault) for fault in faults_of(folder))


def test_a_file_from_a_windows_editor_is_read(edited, content):
    folder = edited(Q)
    text = (folder / Q).read_text(encoding="utf-8")
    (folder / Q).write_text(text, encoding="utf-8-sig", newline="\r\n")
    assert load_content(folder) == content


def test_faults_in_several_files_are_told_all_at_once(edited_short):
    edited_short(Q, ("- id: mixing\n", "- id: mixing\n    color: red\n"))
    edited_short(P, ("\nsite:", "\ncolor: red\nsite:"), ("- {audience: family,", "- {audience: family, color: red,"))
    folder = edited_short(H, ('number: "911"', "number: call"))
    assert [fault.split(":")[0] for fault in faults_of(folder)] == [H, P, P, Q]


@pytest.mark.parametrize("file", [Q, P, H])
def test_a_file_that_is_not_yaml_hides_no_fault_of_the_others(edited_short, file):
    for other in {Q, P, H} - {file}:
        edited_short(other, ("\n", "\ncolor: red\n"))
    folder = edited_short(file, ("\n", "\ncolor: [\n"))
    assert {fault.split(":")[0] for fault in faults_of(folder)} == {Q, P, H}


def test_a_fault_in_the_words_of_one_audience_is_reported(edited_short, audience):
    words = ", ".join(f"{name}: {'[]' if name == audience else 'words'}" for name in AUDIENCES)
    [fault] = faults_of(edited_short(Q, ("- id: mixing\n", f"- id: mixing\n    sign: {{{words}}}\n")))
    assert fault.endswith(f": questions.3.sign.{audience}: must be text; write words")


def test_a_part_for_some_needs_only_their_words(edited_short):
    folder = edited_short(
        Q, ("{id: older,", "{id: oldest, for: [family], label: {family: words}}\n      - {id: older,")
    )
    content = load_content(folder)
    offered = {name: [answer.id for answer in content[name].questions[3].answers] for name in AUDIENCES}
    assert [name for name in AUDIENCES if "oldest" in offered[name]] == ["family"]


@pytest.mark.parametrize("code", ["XX", "us"])
def test_an_unknown_country_is_reported_with_the_known_ones(edited_short, code):
    with pytest.raises(UnknownChoiceError, match=f"{code} is not a country of {H}; use one of US, GB, IE"):
        load_content(edited_short(H), code)


ONE_MISTAKE = {
    "a country's code twice": (H, ("- code: NZ", "- code: AU")),
    "a misspelled audience": (Q, ("{id: child_prescribed, for: [family,", "{id: child_prescribed, for: [Family,")),
    "an audience that is not in a list": (
        Q,
        ("{id: child_prescribed, for: [family, counselor],", "{id: child_prescribed, for: family,"),
    ),
    "a fault in answers that many questions share": (Q, ("id: skip\n", "id: unsure\n")),
    "a wrong name of shared answers": (Q, ("    answers: noticed\n", "    answers: notices\n")),
    "a question without answers": (Q, ("    answers: noticed\n", "")),
    "no sources": (Q, ("\nsources:\n", "\nsources: []\nold:\n")),
}


@pytest.mark.parametrize(("file", "edit"), ONE_MISTAKE.values(), ids=ONE_MISTAKE)
def test_one_mistake_is_one_fault(edited, file, edit):
    told = [fault for fault in faults_of(edited(file, edit)) if "old: unknown key" not in fault]
    assert len(told) == 1, told


def test_a_broken_question_hides_no_fault_of_the_others(edited):
    told = faults_of(edited(Q, ("- id: symptoms\n", "- id: Bad\n"), ("\n      alcohol:\n", "\n      wine:\n")))
    assert [fault.split(": ")[1] for fault in told] == ["questions.1.id", "questions.3.notes.wine"]


# --- Text is text -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", ["no", "5", "007", "1_000", "12:30", "0x10", ".5", "~", "null", "2026-11-22", "="])
def test_what_yaml_takes_for_another_value_is_read_as_text(edited_short, value):
    content = load_content(edited_short(P, ("  menu: Pages", f"  menu: {value}")))
    assert content["self"].words.site.menu == value


def test_quotes_change_nothing(edited, content):
    edited(H, ('number: "911"', "number: 911"), ('number: "000"', "number: 000"))
    edited(P, ('\n  "404":', "\n  404:"), ("  menu: Pages", '  "menu": "Pages"'))
    folder = edited(
        Q, ('- id: "yes"\n', "- id: yes\n"), ('- id: "no"\n', "- id: no\n"), ("sheet: true", 'sheet: "true"')
    )
    text = (folder / H).read_text(encoding="utf-8")
    (folder / H).write_text(re.sub(r"read_on: (\S+)", r'read_on: "\1"', text), encoding="utf-8")
    assert load_content(folder) == content


@pytest.mark.parametrize("sign", "&*%@`!|>")
def test_words_that_start_with_a_sign_of_yaml_are_refused_in_plain_words(edited_short, sign):
    folder = edited_short(P, ("  menu: Pages", f"  menu: {sign} Pages"))
    [fault] = faults_of(folder)
    assert re.match(rf"{P}:\d+: .*start(s)? with {re.escape(sign)}.*; put (the words|them) in quotes", fault)


UNSEEN = (0x7, 0x9, 0x85, 0xAD, 0x200B, 0x200C, 0x200E, 0x2028, 0x2029, 0x202E, 0x2060, 0x3164, 0xFEFF)


@pytest.mark.parametrize("code", UNSEEN, ids=hex)
@pytest.mark.parametrize("escaped", [False, True], ids=["as it is", "escaped"])
def test_a_sign_that_nobody_can_see_is_refused(edited_short, code, escaped):
    sign = f"\\u{code:04x}" if escaped else chr(code)
    folder = edited_short(P, ("  menu: Pages", f'  menu: "Pag{sign}es"'))
    line = (folder / P).read_text(encoding="utf-8").split("  menu: ")[0].count("\n") + 1
    [fault] = faults_of(folder)
    assert re.match(rf"{P}:{line}: (site.menu: )?contains an invisible character \(U\+{code:04X}\); remove it", fault)


def test_a_line_break_may_stand_in_words(edited_short):
    content = load_content(edited_short(P, ("  menu: Pages", "  menu: |-\n    Pages\n    and more")))
    assert content["self"].words.site.menu == "Pages\nand more"


def test_an_answer_may_be_called_as_an_audience_is(edited):
    content = load_content(edited(Q, ("{id: alcohol,", "{id: family,"), ("\n      alcohol:\n", "\n      family:\n")))
    assert all(edition.questions[2].notes["family"] for edition in content.values())


# --- Whatever stands in a file ----------------------------------------------------------------------------------


@pytest.fixture
def without_libyaml(monkeypatch):
    monkeypatch.delattr(yaml, "CBaseLoader")


@pytest.mark.usefixtures("without_libyaml")
def test_without_libyaml_the_same_is_read(content):
    assert load_content() == content


@pytest.mark.usefixtures("without_libyaml")
@pytest.mark.parametrize("name", ["a control character", "a second document", "3,000 brackets", "words over two lines"])
def test_without_libyaml_a_fault_is_reported_on_the_same_line(edited_short, name):
    test_a_fault_is_refused_once_with_file_line_key_and_what_to_write(edited_short, *FAULTS[name])


def damaged(lines: list[str], rnd: random.Random) -> list[str]:
    """The lines of a file after one of the slips that an editor makes."""
    n, m = rnd.randrange(len(lines)), rnd.randrange(len(lines))
    cut = rnd.randrange(len(lines[n]) + 1)
    return rnd.choice(
        [
            lines[:n],
            [*lines[:n], lines[n][:cut]],
            [*lines[:n], *lines[n + 1 :]],
            [*lines[:n], lines[n], *lines[n:]],
            [*lines[:n], lines[m], *lines[n + 1 :]],
            [*lines[:n], rnd.choice(["  ", "\t", "- ", "? "]) + lines[n], *lines[n + 1 :]],
            [*lines[:n], re.sub("^  ", "", lines[n]), *lines[n + 1 :]],
            [*lines[:n], lines[n][:cut] + rnd.choice("{}[]:,#&*!|>'\"%@`?-\\\0\x85") + lines[n][cut:], *lines[n + 1 :]],
        ]
    )


@pytest.mark.parametrize("file", [Q, P, H])
def test_no_damaged_file_ends_in_anything_but_faults(edited_short, file):
    path = edited_short(file) / file
    lines = path.read_text(encoding="utf-8").splitlines()
    rnd = random.Random(file)
    for _ in range(40):
        path.write_text("\n".join(damaged(lines, rnd)), encoding="utf-8")
        with contextlib.suppress(ContentError):
            load_content(path.parent)


# --- What is loaded ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="session", params=COUNTRIES)
def country(request):
    return request.param


@pytest.fixture(scope="session")
def local(country):
    return load_content(country=country)


def test_there_is_one_edition_for_each_audience(content):
    assert tuple(content) == AUDIENCES
    with pytest.raises(TypeError):
        content["self"] = content["family"]


def test_no_part_that_is_loaded_can_be_changed(edition):
    for _, part in reading.parts(edition):
        for name in type(part).model_fields:
            with pytest.raises(pydantic.ValidationError):
                setattr(part, name, "changed")


def test_nothing_inside_a_part_can_be_changed(edition):
    held = [(path, name, getattr(part, name)) for path, part in reading.parts(edition) for name in dict(part)]
    assert not [f"{path}.{name}" for path, name, value in held if isinstance(value, list | dict | set)]


def test_the_groups_hold_all_questions_in_their_order(edition):
    assert tuple(question for group in edition.groups for question in group.questions) == edition.questions
    assert [group.words for group in edition.groups] == list(edition.words.form.groups.values())


def test_no_slot_is_left_in_any_countrys_words(local):
    left = [
        (name, path, text)
        for name, edition in local.items()
        for path, text in reading.strings(edition)
        if any(f"{{{slot}}}" in text for slot in SLOTS)
    ]
    assert not left


def test_the_helplines_of_the_sites_country_come_first(local, country, content):
    for name, edition in local.items():
        assert edition.countries[0].code == country
        of = [line.country for line in edition.helplines]
        assert of == sorted(of, key=lambda code: code != country)
        assert sorted(edition.helplines, key=repr) == sorted(content[name].helplines, key=repr)


def test_the_numbers_of_the_sites_country_stand_in_the_words(local, country):
    edition = local["self"]
    words = "\n".join(text for _, text in reading.strings((edition.questions, edition.words)))
    of = {line.number: line.country for line in edition.helplines if line.country == country}
    others = {line.number for line in edition.helplines} - of.keys()
    for kind in ("emergency", "crisis", "poison", "treatment"):
        assert re.search(rf"\b{edition.helpline(kind).number}\b", words), kind
    assert not [number for number in others if re.search(rf"(?<![\w-]){number}(?![\w-])", words)]


def test_each_countrys_own_words_stand_in_the_sentences(edited, country, local):
    words = local["self"].countries[0].words
    slots = ", ".join(f"{{{name}}}" for name in type(words).model_fields)
    content = load_content(edited(P, ("  menu: ", f'  menu: "{slots}"  # ')), country)
    assert content["self"].words.site.menu == ", ".join(word.text for _, word in words)


# --- Started from outside ---------------------------------------------------------------------------------------


def run(*arguments: str, **settings: object) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **{name: str(value) for name, value in settings.items()}}
    command = [sys.executable, "-W", "error", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


MAKE, START = ("-c", "import app; app.create_app()"), ("app.py",)
CHECK = ("-m", "screening", "--check")


@pytest.mark.parametrize("command", [START, CHECK], ids=["app", "check"])
def test_faulty_content_starts_nothing_and_tells_each_fault_on_a_line(edited, command):
    edited(Q, ("- id: mixing\n", "- id: mixing\n    color: red\n"))
    folder = edited(P, ("\nsite:", "\ncolor: red\nsite:"))
    ran = run(*command, SCREENING_CONTENT=folder)
    assert ran.returncode == 1
    assert ran.stdout == ""
    assert ran.stderr.splitlines() == [f"{folder}/{fault}" for fault in faults_of(folder)]


@pytest.mark.parametrize("command", [MAKE, CHECK], ids=["app", "check"])
def test_valid_content_prints_nothing(command):
    ran = run(*command, SCREENING_COUNTRY="GB")
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")


@pytest.mark.parametrize(("days", "status"), [(360, 0), (370, 1)])
def test_helplines_read_over_twelve_months_ago_are_refused_when_dates_are_checked(edited, days, status):
    folder = edited(H)
    day = datetime.datetime.now(datetime.UTC).date() - datetime.timedelta(days)
    text = re.sub(r"read_on: [0-9-]+", f"read_on: {day}", (folder / H).read_text(encoding="utf-8"))
    (folder / H).write_text(text, encoding="utf-8")

    ran = run("-m", "screening", "--check-dates", SCREENING_CONTENT=folder)

    assert (ran.returncode, ran.stdout) == (status, "")
    assert len(ran.stderr.splitlines()) == status * text.count("read_on:")
    assert all(line.endswith("read it again") for line in ran.stderr.splitlines())


def test_dates_stop_nothing_unless_they_are_checked(edited):
    folder = edited(H, ("read_on: 2026", "read_on: 2001"))
    assert run(*CHECK, SCREENING_CONTENT=folder).returncode == 0
