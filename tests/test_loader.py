"""The content is read as a whole or not at all, and whoever wrote a fault is told where it is and what to write."""

import datetime
import os
import re
import subprocess
import sys
from fnmatch import fnmatchcase
from pathlib import Path

import pydantic
import pytest

from screening.content import load_content
from screening.reader import AUDIENCES, ContentError
from tests.kit import reading

ROOT = Path(__file__).parent.parent
COUNTRIES = ("US", "GB", "IE", "CA", "AU", "NZ")
Q, P, H = "questions.yaml", "pages.yaml", "helplines.yaml"
CRISIS_CA = "kind: crisis\n    country: CA"
CRISIS_AU = "kind: crisis\n    country: AU"

# Each fault: the file, {what stands there: what stands there instead}, the key that is told, words of what is said.
# ▶ is not written: it marks the line that must be told. A * in a key is any position.
# fmt: off
FAULTS = {
    # keys
    "an unknown key": (Q, {"- id: mixing\n": "- id: mixing\n▶    color: red\n"},
        "questions.3.color", "is no key of this part; write one of: id, group, topic"),
    "an unknown key at the top": (P, {"\nsite:": "\n▶color: red\nsite:"},
        "color", "is no key of this part; write one of: site, warning"),
    "an unknown key in a list": (P, {"- {audience: family,": "▶- {audience: family, color: red,"},
        "start.choices.2.color", "write one of: audience, title, hint"),
    "a repeated key": (Q, {"- id: mixing\n    group: safety": "- id: mixing\n    group: safety\n▶    group: signs"},
        "questions.3.group", "stands twice (first on line "),
    "a missing key": (Q, {"- id: mixing\n    group: safety": "- ▶id: mixing"},
        "questions.3.group", "is missing; write"),
    "an unquoted no as a key": (Q, {"\n      planned:\n": "\n▶      no:\n"},
        "questions.2.notes.no", 'does not read this key as text; put it in quotes: "no"'),
    "a number as a key": (P, {'\n  "404":': "\n▶  404:"}, "errors.404", 'put it in quotes: "404"'),

    # ids
    "a question's id used twice": (Q, {"- id: mixing\n": "▶- id: symptoms\n"},
        "questions.3.id", "symptoms is used twice; give each its own"),
    "an answer's id used twice": (Q, {"{id: older,": "▶{id: seizures,"},
        "questions.4.any_of.5.id", "seizures is used twice"),
    "a shared answer's id used twice": (Q, {"    - {id: unsure,": '▶    - {id: "yes",'},
        "answers.noticed.3.id", "yes is used twice"),
    "a source's id used twice": (Q, {"{id: fda-2020,": "▶{id: klonopin-label,"},
        "sources.*.id", "klonopin-label is used twice"),
    "a block's id used twice": (P, {"- id: pregnancy": "- id: running_low", "- id: child": "▶- id: running_low"},
        "guidance.today.blocks.*.id", "running_low is used twice"),
    "a country's code used twice": (H, {"- code: NZ": "▶- code: AU"}, "countries.6.*", "AU is used twice"),
    "an unsafe id of a question": (Q, {"- id: mixing\n": "▶- id: Mixing it\n"},
        "questions.3.id", "is no safe id; write small letters"),
    "an unsafe id of a source": (Q, {"{id: fda-2020,": "▶{id: FDA/2020,"},
        "sources.*.id", "is no safe id; write small letters"),
    "an unquoted no as an id": (Q, {'    - id: "no"': "▶    - id: no"},
        "answers.noticed.2.id", 'YAML reads this as false; put it in quotes: "no"'),
    "a number as an id": (Q, {"{id: alcohol,": "▶{id: 7,"}, "questions.3.any_of.1.id", 'put it in quotes: "7"'),

    # audiences
    "a missing audience": (Q, {"- id: mixing\n": "- id: mixing\n▶    sign: {self: a, family: b}\n"},
        "questions.3.sign", "has no words for counselor; write counselor: … beside the others"),
    "an unknown audience": (
        Q, {"- id: mixing\n": "- id: mixing\n▶    sign: {self: a, family: b, counselor: c, friend: d}\n"},
        "questions.3.sign.friend", "is no audience; write self, family, counselor"),
    "a part for an unknown audience": (Q, {"{id: older,": "▶{id: older, for: [friend],"},
        "questions.4.any_of.5.for", "must be a list of audiences; write some of [self, family, counselor]"),
    "a part for an audience that is no list": (Q, {"{id: older,": "▶{id: older, for: family,"},
        "questions.4.any_of.5.for", "must be a list of audiences"),

    # sources
    "an unknown source of a note": (Q, {"        sources: [klonopin-label,": "▶        sources: [rumor,"},
        "questions.*.notes.*.sources.1", "rumor is no known source; write one of sources: in questions.yaml"),
    "an unknown source of a page": (P, {"  sources: [klonopin-label,": "▶  sources: [rumor,"},
        "warning.sources.1", "rumor is no known source"),
    "a note with no source": (Q, {"        sources: [klonopin-label,": "▶        sources: []  # "},
        "questions.*.notes.*.sources", "holds too little; write at least 1"),
    "a link that is not https": (Q, {'link: "https:': '▶link: "http:'},
        "sources.*.link", "is no safe link; write one that starts with https://"),
    "a link that runs script": (Q, {'link: "https:': '▶link: "javascript:'}, "sources.*.link", "is no safe link"),

    # answers and notes
    "a note for an answer that is not offered": (Q, {"\n      alcohol:\n": "\n▶      wine:\n"},
        "questions.3.notes.wine", "speaks about an answer that is not offered; write one of alcohol, opioids"),
    "a wrong name of shared answers": (Q, {"    answers: noticed\n": "▶    answers: notices\n"},
        "questions.5.answers", "is no shared list of answers; write one of noticed"),
    "answers given twice": (Q, {"- id: mixing\n": "▶- id: mixing\n    answers: noticed\n"},
        "questions.3", "must have its answers once; write answers: "),
    "both one_of and any_of": (Q, {"- id: recent_change\n": "▶- id: recent_change\n    any_of: []\n"},
        "questions.2", "must have its answers once; write answers: "),
    "no answers": (Q, {"- id: recent_change\n": "▶- id: recent_change\n", "    one_of:": "    two_of:"},
        "questions.2", "must have its answers once; write answers: "),
    "an unquoted no as a label": (Q, {"{id: alcohol, label:": "▶{id: alcohol, label: no}  # "},
        "questions.3.any_of.1.label", 'YAML reads this as false; put it in quotes: "no"'),
    "a switch that is neither true nor false": (Q, {"        sheet: true": "▶        sheet: perhaps"},
        "questions.1.notes.seizure.sheet", "must be true or false, without quotes"),
    "a switch that says yes": (Q, {"        sheet: true": "▶        sheet: yes"},
        "questions.1.notes.seizure.sheet", "true or false"),

    # levels of care
    "an unknown level of care": (Q, {"        care: soon\n": "▶        care: later\n"},
        "questions.*.notes.*.care", "must be one of 'soon', 'today' or 'emergency'"),
    "a level of care with no words": (P, {"\nguidance:\n": "\n▶guidance:\n", "\n  soon:\n": "\n  later:\n"},
        "guidance.soon", "is missing; write"),
    "an emergency with no words": (Q, {"        lead: seizure\n": "▶        lead: fits\n"},
        "questions.1.notes.seizure.lead", "write the id of a block of guidance.emergency in pages.yaml"),
    "a lead for today with no words": (Q, {"        lead: without\n": "▶        lead: nowhere\n"},
        "questions.2.notes.*.lead", "write the id of a block of guidance.today in pages.yaml"),
    "a lead for today that is one for emergencies": (Q, {"        lead: without\n": "▶        lead: seizure\n"},
        "questions.2.notes.*.lead", "write the id of a block of guidance.today in pages.yaml"),
    "a lead of its own for soon": (Q, {"        care: soon\n": "        care: soon\n▶        lead: seizure\n"},
        "questions.*.notes.*.lead", "soon has one lead for all; leave this key out"),

    # values
    "text where a list belongs": (Q, {"\n    sources: [": "\n▶    sources: x  # ["},
        "questions.1.sources", "must be a list; start each line with a hyphen"),
    "a list where text belongs": (P, {"  menu: ": "▶  menu: []  # "}, "site.menu", "must be text; write words"),
    "text where keys belong": (P, {"\n  groups:\n": "\n▶  groups: two\n  more:\n"},
        "form.groups", "must hold keys and values"),
    "empty text": (P, {"  menu: ": '▶  menu: " "  # '}, "site.menu", "has no words; write some, or leave the key out"),
    "no value": (P, {"  menu: ": "▶  menu:  # "}, "site.menu", "must be text; write words"),
    "a number where text belongs": (P, {"  menu: ": "▶  menu: 5  # "}, "site.menu", 'put it in quotes: "5"'),
    "an unknown slot": (P, {"  menu: ": '▶  menu: "{ambulance}"  # '},
        "site.menu", "{ambulance} is no slot; write one of {emergency}, {crisis}"),
    "a line that may turn out to be an ambulance": (P, {"  menu: ": '▶  menu: "{advice}"  # '},
        "site.menu", "{advice} is no slot; write one of {emergency}, {crisis}"),
    "a slot that looks inside": (P, {"  menu: ": '▶  menu: "{emergency.number}"  # '},
        "site.menu", "{emergency.number} is no slot; write one of"),
    "what a template would fill in": (P, {"  menu: ": '▶  menu: "{{ q }}"  # '}, "site.menu", "is no slot; write"),
    "what a template would do": (P, {"  menu: ": '▶  menu: "{% raw %}"  # '}, "site.menu", "is no slot; write one of"),
    "half a slot": (P, {"  menu: ": '▶  menu: "call {crisis"  # '}, "site.menu", "holds half a slot; write"),
    "an empty slot": (P, {"  menu: ": '▶  menu: "{}"  # '}, "site.menu", "{} is no slot; write one of"),
    "a value for a program": (P, {"  menu: ": "▶  menu: !!python/name:os.system x  # "},
        "site.menu", "no value that YAML can read; write"),
    "words written once for two places": (P, {"  menu: ": "▶  menu: &here ", "  start: ": "  start: *here  # "},
        "site.start", "repeats another part by & and *; write the words out"),
    "a reviewer without a date": (Q, {"\nreview:\n": "\n▶review:\n", "  name:\n": "  name: Jo Doe\n"},
        "review", "is half filled in; write name, role and date, or none of them"),

    # helplines
    "a number that YAML reads as one": (H, {'number: "911"': "▶number: 911"},
        "helplines.1.number", 'must be text; put it in quotes: "911"'),
    "a number that YAML would shorten": (H, {'number: "000"': "▶number: 000"},
        "helplines.*.number", 'must be text; put it in quotes: "000"'),
    "a number with words in it": (H, {'number: "911"': '▶number: "call 911"'},
        "helplines.1.number", "is no phone number; write digits, spaces and hyphens"),
    "words with another number": (H, {"- name: Poison Help\n": "- ▶name: Poison Help\n    in_words: Call 1-800\n"},
        "helplines.*", "in_words holds another number; write 1-800-222-1222 in it"),
    "a date in quotes": (H, {"read_on: 2026": '▶read_on: "2026"  # '},
        "helplines.1.read_on", "must be a date without quotes"),
    "a date that is none": (H, {"read_on: 2026": "▶read_on: in May  # "},
        "helplines.1.read_on", "must be a date without quotes"),
    "a day that no month has": (H, {"read_on: 2026": "▶read_on: 2026-02-31  # "},
        "helplines.1.read_on", "write a date as 2026-11-22"),
    "an unknown kind": (H, {"kind: poison": "▶kind: poisons"},
        "helplines.*.kind", "must be one of 'emergency', 'crisis'"),
    "an unknown country": (H, {"country: CA": "▶country: CD"},
        "helplines.*.country", "CD is no country of this file; write one of US, GB"),
    "a country without a crisis line": (H, {"- code: CA": "- ▶code: CA", CRISIS_CA: "kind: family\n    country: CA"},
        "countries.4", "CA has no line of the kind crisis that is for everyone; add one under helplines"),
    "a country with a crisis line for some": (
        H, {"- code: AU": "- ▶code: AU", CRISIS_AU: f"{CRISIS_AU}\n    area: ACT"},
        "countries.5", "AU has no line of the kind crisis that is for everyone; add one under helplines"),
    "a country that lacks one of its words": (
        H, {"    words:\n": "▶    words:\n", '      more: {text: "a refill", source: our-judgment}\n': ""},
        "countries.1.words.more", "is missing; write it"),
    "a country without words": (H, {"- code: US": "- ▶code: US", "    words:\n": "    spare:\n"},
        "countries.1.words", "is missing; write it"),
    "a word that no country has": (
        H, {"      hospital: {": "▶      ambulance: {text: a van, source: our-judgment}\n      hospital: {"},
        "countries.1.words.ambulance", "is no key of this part; write one of: hospital, urgent_care"),
    "a country's word without its source": (
        H, {"      hospital: {": "▶      hospital: {", ", source: our-judgment}": "}"},
        "countries.1.words.hospital.source", "is missing; write it"),
    "a country's word whose source is no address": (
        H, {"      hospital: {": "▶      hospital: {", "source: our-judgment}": "source: everyone}"},
        "countries.1.words.hospital.source", "is no source; write a link that starts with https://, or our-judgment"),

    # what must be complete
    "an error without its page": (P, {"\nerrors:\n": "\n▶errors:\n", '\n  "404":': '\n  "444":'},
        "errors", "lacks 404; write one entry for each"),
    "an audience that can't be chosen": (
        P, {"  choices:\n": "▶  choices:\n", "- {audience: self,": "- {audience: family,"},
        "start.choices", "has family twice, lacks self; write one entry for each"),
    "a kind of help without a heading": (P, {"  kinds:\n": "▶  kinds:\n", "- {kind: poison,": "- {kind: advice,"},
        "help.kinds", "has advice twice, lacks poison; write one entry for each"),

    # what would leave a reader without words or without a way to call
    "a block that says nothing": (
        P, {"A seizure\n        call: [emergency]\n        points:":
            "A seizure\n        call: []\n        ▶paragraphs:"},
        "guidance.emergency.blocks.*.paragraphs", "is no key of this part; write one of: id, heading, points"),
    "a lead without words": (P, {"  nothing:\n": "  ▶nothing: {}\n  spare:\n"},
        "guidance.nothing", "has no words; write paragraphs, points or links"),
    "an emergency that calls no one": (
        Q, {'"A seizure (a fit)"\n        now: [': '"A seizure (a fit)"\n        spare: [',
            "      seizure:\n": "      ▶seizure:\n"},
        "questions.1.notes.seizure", "is an emergency; write now:"),
    "an emergency number that is only for texts": (
        H, {'    number: "911"\n': '    number: "911"\n    only_text: true\n',
            "  - name: Emergency services\n": "  - ▶name: Emergency services\n"},
        "helplines.1", "can't be only_text"),
    "an odd tag on an odd value": (P, {"  menu: Pages": "  ▶menu: !!bool maybe"},
        "site.menu", "is no value that YAML can read"),
    "readers that are a list in a list": (Q, {"for: [counselor]\n": "▶for: [[counselor]]\n"},
        "*for", "must be a list of audiences"),
    "words that hide a sign": (P, {"  menu: Pages": "  ▶menu: <b>Pages</b>"},
        "site.menu", "holds signs that are no words"),
    "no sources at all": (Q, {"\nsources:\n": "\n▶sources: []\nspare:\n"}, "sources", "holds too little"),

    # files
    "bad indentation": (P, {"\n  menu: ": "\n   ▶menu: "}, "", "is not YAML: "),
    "a second document": (Q, {"\nreview:": "\na: b\n▶---\nreview:"}, "", "is not YAML: "),
    "a control character": (Q, {"\nreview:": "\n▶\a\nreview:"}, "", "is not YAML: "),
}
# fmt: on


def faults_of(folder: Path, country: str = "US") -> list[str]:
    with pytest.raises(ContentError) as caught:
        load_content(folder, country)
    lines = str(caught.value).splitlines()
    assert lines == [str(fault) for fault in caught.value.faults], "each fault takes one line"
    return lines


@pytest.fixture
def edited_short(edited):
    """As `edited`, but with the first five questions only: they are enough here, and soon read."""
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
    assert all(re.fullmatch(r"\w+\.yaml:\d+: ([\w.<]+: )?(.+; .+|must .+)", fault) for fault in faults)


@pytest.mark.parametrize("file", [Q, P, H])
def test_a_missing_file_is_told(edited_short, file):
    folder = edited_short(file)
    (folder / file).unlink()
    assert f"{file}:1: is not there; put it into the content folder" in faults_of(folder)


@pytest.mark.parametrize("file", [Q, P, H])
def test_an_empty_file_is_told(edited_short, file):
    folder = edited_short(file)
    (folder / file).write_text("# only a comment is left\n", encoding="utf-8")
    assert any(fault.startswith(f"{file}:1: is empty; ") for fault in faults_of(folder))


@pytest.mark.parametrize("file", [Q, P, H])
def test_a_file_that_is_a_list_is_told(edited_short, file):
    folder = edited_short(file)
    (folder / file).write_text("- a\n- b\n", encoding="utf-8")
    assert f"{file}:1: must hold keys and values; write each as key: value, indented" in faults_of(folder)


def test_a_file_that_is_not_utf_8_is_told(edited_short):
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
    folder = edited_short(H, ('number: "911"', "number: 911"))
    assert [fault.split(":")[0] for fault in faults_of(folder)] == [H, P, P, Q]


@pytest.mark.parametrize("file", [Q, P, H])
def test_a_file_that_is_not_yaml_hides_no_fault_of_the_others(edited_short, file):
    for other in {Q, P, H} - {file}:
        edited_short(other, ("\n", "\ncolor: red\n"))
    folder = edited_short(file, ("\n", "\ncolor: [\n"))
    assert {fault.split(":")[0] for fault in faults_of(folder)} == {Q, P, H}


def test_a_fault_in_the_words_of_one_audience_is_told(edited_short, audience):
    words = ", ".join(f"{name}: {'[]' if name == audience else 'words'}" for name in AUDIENCES)
    [fault] = faults_of(edited_short(Q, ("- id: mixing\n", f"- id: mixing\n    sign: {{{words}}}\n")))
    assert fault.endswith(": questions.3.sign: must be text; write words")


def test_a_part_for_some_needs_only_their_words(edited_short):
    folder = edited_short(
        Q, ("{id: older,", "{id: oldest, for: [family], label: {family: words}}\n      - {id: older,")
    )
    content = load_content(folder)
    offered = {name: [answer.id for answer in content[name].questions[3].answers] for name in AUDIENCES}
    assert [name for name in AUDIENCES if "oldest" in offered[name]] == ["family"]


@pytest.mark.parametrize("code", ["XX", "us"])
def test_an_unknown_country_is_told_with_the_known_ones(edited_short, code):
    [fault] = faults_of(edited_short(H), code)
    assert re.match(rf"{H}:\d+: countries: has no {code}, which SCREENING_COUNTRY asks for; .*US, GB, IE", fault)


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


def test_no_slot_is_left_in_any_countrys_words(local):
    left = [
        (name, path, text)
        for name, edition in local.items()
        for path, text in reading.strings(edition)
        if "{" in text or "}" in text
    ]
    assert not left


def test_the_helplines_of_the_sites_country_come_first(local, country, content):
    for name, edition in local.items():
        assert edition.countries[0].code == country
        of = [line.country for line in edition.helplines]
        assert of == sorted(of, key=lambda code: code != country)
        assert set(edition.helplines) == set(content[name].helplines)


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


START = ("-c", "import app; app.create_app()")
CHECK = ("-m", "screening", "--check")


@pytest.mark.parametrize("command", [START, CHECK], ids=["app", "check"])
def test_faulty_content_starts_nothing_and_tells_each_fault_on_a_line(edited, command):
    edited(Q, ("- id: mixing\n", "- id: mixing\n    color: red\n"))
    folder = edited(P, ("\nsite:", "\ncolor: red\nsite:"))
    ran = run(*command, SCREENING_CONTENT=folder)
    assert ran.returncode == 1
    assert ran.stdout == ""
    assert ran.stderr.splitlines() == faults_of(folder)


def test_an_unknown_country_starts_nothing():
    ran = run(*START, SCREENING_COUNTRY="XX")
    assert ran.returncode == 1
    assert "Traceback" not in ran.stderr
    assert re.match(r"helplines\.yaml:\d+: countries: has no XX", ran.stderr)


@pytest.mark.parametrize("command", [START, CHECK], ids=["app", "check"])
def test_sound_content_is_taken_in_silence(command):
    ran = run(*command, SCREENING_COUNTRY="GB")
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")


def test_reviewers_can_print_every_word(content):
    ran = run("-m", "screening")
    printed = re.sub(r"\s", "", ran.stdout)  # it is wrapped
    assert (ran.returncode, ran.stderr) == (0, "")
    for edition in content.values():
        read = reading.strings((edition.questions, edition.words, edition.helplines))
        missing = {path for path, text in read if re.sub(r"\s", "", text) not in printed}
        assert not {path for path in missing if not path.endswith((".id", ".lead"))}


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
