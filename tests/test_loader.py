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

from screening.helplines import SLOTS
from screening.load import UnknownCountryError, load_content
from screening.model import AUDIENCES
from screening.source import ContentError
from tests.kit import reading

ROOT = Path(__file__).parent.parent
COUNTRIES = ("US", "GB", "IE", "CA", "AU", "NZ")
Q, P, H = "questions.yaml", "pages.yaml", "helplines.yaml"
CRISIS_CA = "kind: crisis\n    country: CA"
CRISIS_AU = "kind: crisis\n    country: AU"
REVIEW = "review:\n  name:\n  role:\n  date:\n  country:\n  words:\n"
WORDS = "  words: {en: 0123-4567-89ab-cdef}\n"
REVIEWED = f"review:\n  name: Jo Doe\n  role: a doctor\n  date: 2026-01-02\n  country: US\n{WORDS}"

# Each fault: the file, {its text: what replaces that}, the key in the report, words of the report.
# ▶ is left out of the file: it marks the line that must be reported. A * in a key is any position.
# fmt: off
FAULTS = {
    # keys
    "an unknown key": (Q, {"- id: mixing\n": "- id: mixing\n▶    color: red\n"},
        "questions.3.color", "unknown key; use one of: id, group, topic"),
    "an unknown key at the top": (P, {"\nsite:": "\n▶color: red\nsite:"},
        "color", "unknown key; use one of: site, warning"),
    "an unknown key in a list": (P, {"- {audience: family,": "▶- {audience: family, color: red,"},
        "start.choices.2.color", "unknown key; use one of: audience, title, hint"),
    "a repeated key": (Q, {"- id: mixing\n    group: safety": "- id: mixing\n    group: safety\n▶    group: signs"},
        "questions.3.group", "duplicate key (first on line "),
    "a missing key": (Q, {"- id: mixing\n    group: safety": "- ▶id: mixing"},
        "questions.3.group", "is missing; write"),

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
    "a country's code used twice": (H, {"- code: NZ": "▶- code: AU"}, "countries.6.code", "AU is used twice"),
    "an unsafe id of a question": (Q, {"- id: mixing\n": "▶- id: Mixing it\n"},
        "questions.3.id", "is not a safe id; write small letters"),
    "an unsafe id of a source": (Q, {"{id: fda-2020,": "▶{id: FDA/2020,"},
        "sources.*.id", "is not a safe id; write small letters"),
    "a number as an id": (Q, {"{id: alcohol,": "▶{id: 7,"},
        "questions.3.any_of.1.id", "is not a safe id; write small letters"),

    # audiences
    "a missing audience": (Q, {"- id: mixing\n": "- id: mixing\n▶    sign: {self: a, family: b}\n"},
        "questions.3.sign", "has no words for counselor; write counselor: … beside the others"),
    "an unknown audience": (
        Q, {"- id: mixing\n": "- id: mixing\n▶    sign: {self: a, family: b, counselor: c, friend: d}\n"},
        "questions.3.sign.friend", "unknown audience; use self, family, counselor"),
    "words for an audience that never sees them": (
        Q, {"[counselor]\n      prompt:": "[counselor]\n▶      prompt: {self: a, counselor: b}\n      old:"},
        "questions.1.talk.prompt.self", "is never shown, because this part is not for self; remove it"),
    "a part for an unknown audience": (Q, {"{id: older,": "▶{id: older, for: [friend],"},
        "questions.4.any_of.5.for", "must be a list of audiences; write some of [self, family, counselor]"),
    "a part for an audience that is no list": (Q, {"{id: older,": "▶{id: older, for: family,"},
        "questions.4.any_of.5.for", "must be a list of audiences"),

    "an audience that is misspelled": (
        Q, {"{id: child_prescribed, for: [family,": "▶{id: child_prescribed, for: [Family,"},
        "questions.4.any_of.*.for", "must be a list of audiences; write some of [self, family, counselor]"),
    "words for some where all need them": (P, {"\nsite:\n": "\nsite:\n▶  for: [family]\n"}, "site.for", "unknown key"),
    "too few answers for one audience": (
        Q, {"    one_of:": "▶    one_of:\n    - {id: a, label: A}\n    - {id: b, for: [counselor], label: B}\n    x:"},
        "questions.2.one_of", "has too few items; write at least 2"),
    "words by audience on a page that all share": (
        P, {"\nabout:\n  heading:": "\nabout:\n▶  heading: {self: a, family: b, counselor: c}\n  old:"},
        "about.heading", "must be the same for all audiences, because they share it; write it once"),
    "words by audience on an error page": (
        P, {'\n  "404":\n    heading:': '\n  "404":\n▶    heading: {self: a, family: b, counselor: c}\n    old:'},
        "errors.404.heading", "must be the same for all audiences"),
    "words by audience in a helpline": (
        H, {"name: Poison Help": "▶name: {self: a, family: b, counselor: c}"},
        "helplines.*.name", "must be the same for all audiences"),

    # sources
    "an unknown source of a note": (Q, {"        sources: [klonopin-label,": "▶        sources: [rumor,"},
        "questions.*.notes.*.sources.1", "unknown source rumor; use one of sources: in questions.yaml"),
    "an unknown source of a page": (P, {"  sources: [klonopin-label,": "▶  sources: [rumor,"},
        "warning.sources.1", "unknown source rumor"),
    "a note with no source": (Q, {"        sources: [klonopin-label,": "▶        sources: []  # "},
        "questions.*.notes.*.sources", "has too few items; write at least 1"),
    "a link that is not https": (Q, {'link: "https:': '▶link: "http:'},
        "sources.*.link", "is not a safe link; write one that starts with https://"),
    "a link that runs script": (Q, {'link: "https:': '▶link: "javascript:'}, "sources.*.link", "is not a safe link"),

    # answers and notes
    "a note for an answer that is not offered": (Q, {"\n      alcohol:\n": "\n▶      wine:\n"},
        "questions.3.notes.wine", "note for an answer that this question does not have; its answers are alcohol"),
    "a wrong name of shared answers": (Q, {"    answers: noticed\n": "▶    answers: notices\n"},
        "questions.5.answers", "unknown list of shared answers; use one of noticed"),
    "answers given twice": (Q, {"- id: mixing\n": "▶- id: mixing\n    answers: noticed\n"},
        "questions.3", "must have its answers once; write answers: "),
    "both one_of and any_of": (Q, {"- id: recent_change\n": "▶- id: recent_change\n    any_of: []\n"},
        "questions.2", "must have its answers once; write answers: "),
    "no answers": (Q, {"- id: recent_change\n": "▶- id: recent_change\n", "    one_of:": "    two_of:"},
        "questions.2", "must have its answers once; write answers: "),
    "a switch that is neither true nor false": (Q, {"        sheet: true": "▶        sheet: perhaps"},
        "questions.1.notes.seizure.sheet", "must be true or false"),
    "a switch that says yes": (Q, {"        sheet: true": "▶        sheet: yes"},
        "questions.1.notes.seizure.sheet", "must be true or false"),

    "an open answer that can stand beside others": (
        Q, {'{id: unsure, label: "Not sure", alone: true,': '▶{id: unsure, label: "Not sure",'},
        "questions.1.any_of.*", "can be chosen together with answers that are not open; write alone: true"),
    "a note for those who can't choose its answer": (
        Q, {"{id: alcohol,": "{id: alcohol, for: [family, counselor],", "\n      alcohol:\n": "\n▶      alcohol:\n"},
        "questions.3.notes.alcohol", "note for self, who can't choose its answer; give both the same for:"),

    # levels of care
    "an unknown level of care": (Q, {"        care: soon\n": "▶        care: later\n"},
        "questions.*.notes.*.care", "must be one of 'soon', 'today' or 'emergency'"),
    "a level of care with no words": (P, {"\nguidance:\n": "\n▶guidance:\n", "\n  soon:\n": "\n  later:\n"},
        "guidance.soon", "is missing; write"),
    "an emergency with no words": (Q, {"        lead: seizure\n": "▶        lead: fits\n"},
        "questions.1.notes.seizure.lead", "unknown lead fits; use the id of a block under guidance.emergency"),
    "a lead for today with no words": (Q, {"        lead: without\n": "▶        lead: nowhere\n"},
        "questions.2.notes.*.lead", "use the id of a block under guidance.today in pages.yaml"),
    "a lead for today that is one for emergencies": (Q, {"        lead: without\n": "▶        lead: seizure\n"},
        "questions.2.notes.*.lead", "use the id of a block under guidance.today in pages.yaml"),
    "a lead for today to words for others": (Q, {"        lead: without\n": "▶        lead: child\n"},
        "questions.2.notes.*.lead", "leads to a block that is not for self; give both the same for:"),
    "a level of care without a lead": (Q, {"care: today\n        lead: without\n": "care: today\n"
        "        why: x\n", "\n      unplanned:\n": "\n▶      unplanned:\n"},
        "questions.2.notes.unplanned.lead", "is missing; use the id of a block under guidance.today in pages.yaml"),
    "a lead of its own for soon": (Q, {"        care: soon\n": "        care: soon\n▶        lead: seizure\n"},
        "questions.*.notes.*.lead", "care: soon takes no lead; leave this key out"),

    # values
    "text where a list belongs": (Q, {"\n    sources: [": '\n▶    sources: "x"  # ['},
        "questions.1.sources", "must be a list; start each line with a hyphen"),
    "a list where text belongs": (P, {"  menu: ": "▶  menu: []  # "}, "site.menu", "must be text; write words"),
    "text where keys belong": (P, {"\n  groups:\n": "\n▶  groups: two\n  more:\n"},
        "form.groups", "must hold keys and values"),
    "empty text": (P, {"  menu: ": '▶  menu: " "  # '}, "site.menu", "has no words; write some, or leave the key out"),
    "no value": (P, {"  menu: Pages": "▶  menu:"}, "site.menu", "has no words; write some, or leave the key out"),
    "an unknown slot": (P, {"  menu: ": '▶  menu: "{ambulance}"  # '},
        "site.menu", "unknown slot {ambulance}; use one of {emergency}, {crisis}"),
    "a line that may turn out to be an ambulance": (P, {"  menu: ": '▶  menu: "{advice}"  # '},
        "site.menu", "unknown slot {advice}; use one of {emergency}, {crisis}"),
    "a slot that looks inside": (P, {"  menu: ": '▶  menu: "{emergency.number}"  # '},
        "site.menu", "unknown slot {emergency.number}; use one of"),
    "what a template would fill in": (P, {"  menu: ": '▶  menu: "{{ q }}"  # '},
        "site.menu", "unknown slot {{ q }; use one of"),
    "what a template would do": (P, {"  menu: ": '▶  menu: "{% raw %}"  # '},
        "site.menu", "unknown slot {% raw %}; use one of"),
    "half a slot": (P, {"  menu: ": '▶  menu: "call {crisis"  # '},
        "site.menu", "unmatched { or }; a slot looks like {emergency}"),
    "an empty slot": (P, {"  menu: ": '▶  menu: "{}"  # '}, "site.menu", "unknown slot {}; use one of"),
    "a value for a program": (P, {"  menu: ": "▶  menu: !!python/name:os.system x  # "},
        "site.menu", "starts with !, and YAML drops the word after it; put the words in quotes"),
    "words written once for two places": (P, {"  menu: ": "  menu: &here ", "  start: Start": "▶  start: *here"},
        "site.start", "starts with *, which has a meaning of its own in YAML; put the words in quotes"),
    "a reviewer without a date": (Q, {"\nreview:\n": "\n▶review:\n", "  name:\n": "  name: Jo Doe\n"},
        "review", "is half filled in; write name, role, date, country and words, or none of them"),
    "a review of no words": (Q, {REVIEW: "▶" + REVIEWED.replace(WORDS, "")},
        "review", "is half filled in; write name, role, date, country and words, or none of them"),
    "a review on a day that is still to come": (Q, {REVIEW: REVIEWED.replace("  date: 2026", "▶  date: 3026")},
        "review.date", "is in the future; write the day of the review"),
    "a fingerprint that is cut off": (Q, {REVIEW: REVIEWED.replace("  words:", "▶  words:").replace("-4567", "")},
        "review.words.en", "is not a fingerprint; copy it from the document that was reviewed"),
    "a review in a language that is not there": (Q, {REVIEW: REVIEWED.replace("  words: {en", "▶  words: {xx")},
        "review.words.xx", "unknown language; use one of en, es"),

    # helplines
    "a number with words in it": (H, {'number: "911"': '▶number: "call 911"'},
        "helplines.1.number", "is not a phone number; write digits, spaces and hyphens"),
    "words with another number": (H, {"- name: Poison Help\n": "- ▶name: Poison Help\n    in_words: Call 1-800\n"},
        "helplines.*", "in_words has a different number; write 1-800-222-1222 in it"),
    "a date that is none": (H, {"read_on: 2026": '▶read_on: "in May"  # '},
        "helplines.1.read_on", "must be a date, such as 2026-11-22"),
    "a day that no month has": (H, {"read_on: 2026": '▶read_on: "2026-02-31"  # '},
        "helplines.1.read_on", "must be a date, such as 2026-11-22"),
    "an unknown kind": (H, {"kind: poison": "▶kind: poisons"},
        "helplines.*.kind", "must be one of 'emergency', 'crisis'"),
    "an unknown country": (H, {"country: CA": "▶country: CD"},
        "helplines.*.country", "unknown country CD; use one of US, GB"),
    "a country without a crisis line": (H, {"- code: CA": "- ▶code: CA", CRISIS_CA: "kind: family\n    country: CA"},
        "countries.4", "CA has no crisis helpline that is for everyone; add one under helplines"),
    "a country with a crisis line for some": (
        H, {"- code: AU": "- ▶code: AU", CRISIS_AU: f"{CRISIS_AU}\n    area: ACT",
            "    in_words: Lifeline at 13 11 14\n": ""},
        "countries.5", "AU has no crisis helpline that is for everyone; add one under helplines"),
    "a country that lacks one of its words": (
        H, {"    words:\n": "▶    words:\n", '      more: {text: "a refill", source: our-judgment}\n': ""},
        "countries.1.words.more", "is missing; write it"),
    "a country without words": (H, {"- code: US": "- ▶code: US", "    words:\n": "    spare:\n"},
        "countries.1.words", "is missing; write it"),
    "a word that no country has": (
        H, {"      hospital: {": "▶      ambulance: {text: a van, source: our-judgment}\n      hospital: {"},
        "countries.1.words.ambulance", "unknown key; use one of: hospital, urgent_care"),
    "a country's word without its source": (
        H, {"      hospital: {": "▶      hospital: {", ", source: our-judgment}": "}"},
        "countries.1.words.hospital.source", "is missing; write it"),
    "a country's word whose source is no address": (
        H, {"      hospital: {": "▶      hospital: {", "source: our-judgment}": "source: everyone}"},
        "countries.1.words.hospital.source", "is not a source; write a link that starts with https://, or our-"),

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
        "guidance.emergency.blocks.*.paragraphs", "unknown key; use one of: id, heading, points"),
    "a lead without words": (P, {"  nothing:\n": "  ▶nothing: {}\n  spare:\n"},
        "guidance.nothing", "has no words; write paragraphs, points or links"),
    "an emergency that calls no one": (
        Q, {'"A seizure (a fit)"\n        now: [': '"A seizure (a fit)"\n        spare: [',
            "      seizure:\n": "      ▶seizure:\n"},
        "questions.1.notes.seizure", "note on an emergency; add now: to its answer"),
    "an emergency number that is only for texts": (
        H, {'    number: "911"\n': '    number: "911"\n    only_text: true\n',
            "  - name: Emergency services\n": "  - ▶name: Emergency services\n"},
        "helplines.1", "can't be only_text"),
    "an odd tag on an odd value": (P, {"  menu: Pages": "  ▶menu: !!bool maybe"},
        "site.menu", "starts with !, and YAML drops the word after it"),
    "readers that are a list in a list": (Q, {"for: [counselor]\n": "▶for: [[counselor]]\n"},
        "*for", "must be a list of audiences"),
    "words that hide a sign": (P, {"  menu: Pages": "  ▶menu: <b>Pages</b>"},
        "site.menu", "contains <; remove it, because readers are shown plain text"),
    "no sources at all": (Q, {"\nsources:\n": "\n▶sources: []\nspare:\n"}, "sources", "has too few items"),

    # what YAML would change without a word
    "words that a # cuts off": (P, {"  menu: Pages": "▶  menu: Pages # 1 and more"},
        "site.menu", "is cut off at #; put the words in quotes, or the comment on a line of its own"),
    "words in a list that a # cuts off": (P, {"  footer:\n": "  footer:\n▶    - We are #1. # Really\n"},
        "site.footer.1", "is cut off at #; put the words in quotes"),
    "words that are all cut off": (P, {"  menu: Pages": "▶  menu: #1 of all"}, "site.menu", "is cut off at #"),
    "words over two lines": (P, {"  menu: Pages": "▶  menu: Pages\n    and more"},
        "site.menu", "continues on the next line; put the words in quotes"),
    "a point that swallows the next": (P, {"  footer:\n": "  footer:\n▶    - One\n      - two\n"},
        "site.footer.1", "continues on the next line; put the words in quotes"),
    "words that a colon splits": (P, {"  footer:\n": "  footer:\n▶    - Danger: call someone\n"},
        "site.footer.1", 'must be text; put words that hold ": " in quotes'),
    "a key of two words": (P, {"  menu: ": "▶  ? [a, b]\n  : c\n  menu: "}, "site.?", "a key must be one plain word"),
    "a key with an anchor": (P, {"  menu: ": "▶  &menu menu: "}, "site.?", "starts with &, and YAML drops"),
    "an anchor": (P, {"  menu: ": "▶  menu: &here "}, "site.menu", "starts with &, and YAML drops the word after it"),

    # files
    "3,000 brackets": (P, {"  menu: Pages": "▶  menu: " + 3000 * "["}, "", "lists and keys are nested too deeply"),
    "bad indentation": (P, {"\n  menu: ": "\n   ▶menu: "}, "", "is not YAML: "),
    "a second document": (Q, {"\nreview:": "\na: b\n▶---\nreview:"}, "", "starts a second document; remove"),
    "a control character": (Q, {"\nreview:": "\n▶\a\nreview:"}, "", "contains an invisible character (U+0007)"),
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
    with pytest.raises(UnknownCountryError, match=f"{code} is not a country of {H}; use one of US, GB, IE"):
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


@pytest.mark.parametrize("value", ["no", "5", "000", "1_000", "12:30", "0x10", ".5", "~", "null", "2026-11-22", "="])
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
    assert ran.stderr.splitlines() == faults_of(folder)


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
