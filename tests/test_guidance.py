"""The one decision: the highest care leads, notes follow in the order of the questions, and nothing is counted."""

import ast
import copy
from itertools import combinations, permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening import guidance
from screening.guidance import guidance_for
from screening.reader import AUDIENCES
from tests.kit.decided import (
    CARES,
    EMERGENCIES,
    NEVER_ON_THE_SHEET,
    NOTHING,
    OPEN,
    QUESTIONS,
    SAFETY,
    TODAY,
    asked,
    offered,
)

whole_sheets = settings(max_examples=100, deadline=None, derandomize=True, database=None)


def sheet_of(*chosen):
    """The answer sheet on which these (question, answer) pairs are ticked."""
    sheet = {}
    for question, answer in chosen:
        sheet.setdefault(question, []).append(answer)
    return sheet


def highest(cares):
    return max(cares, key=CARES.index, default=None)


def ids(blocks):
    return [block.id for block in blocks]


def is_as_decided(edition, sheet):
    """Hold the guidance about a sheet to design.md, told a second way."""
    found = guidance_for(edition, sheet)
    ticked = [pair for pair in offered(edition) if pair[1] in sheet.get(pair[0], ())]
    noticed = [pair for pair in ticked if QUESTIONS[pair[0]][pair[1]]]
    left_open = [
        question.id
        for question in edition.questions
        if not (answers := {answer for name, answer in ticked if name == question.id}) or answers & OPEN
    ]
    leads = [block for pair, block in EMERGENCIES.items() if pair in ticked]
    today = {block for pair, block in TODAY.items() if pair in ticked}
    words = edition.words.guidance

    assert found.care == highest(QUESTIONS[question][answer] for question, answer in ticked)
    assert [(note.question.id, note.answer.id) for note in found.noticed] == noticed
    assert all(note.note is note.question.notes[note.answer.id] for note in found.noticed)
    assert [question.id for question in found.left_open] == left_open
    assert ids(found.emergency) == leads
    assert ids(found.today) == [block.id for block in words.today.blocks if block.id in today]
    assert found.lead is (words.soon if noticed else words.left_open if left_open else words.nothing)
    assert [(topic, answer.id) for topic, answers in found.sheet.items() for answer in answers] == [
        (note.question.topic, note.answer.id) for note in found.noticed if note.note.sheet
    ]
    assert not {note.question.id for note in found.noticed if note.note.sheet} & NEVER_ON_THE_SHEET


@st.composite
def sheets(draw):
    """An audience and any sheet that it could send, also one that the form would refuse."""
    audience = draw(st.sampled_from(AUDIENCES))
    offered = [(question, answer) for question, answers in asked(audience).items() for answer in answers]
    pairs = draw(st.lists(st.sampled_from(offered), max_size=30))
    return audience, sheet_of(*pairs)


# --- What is gone through ---------------------------------------------------------------------------------------


def test_a_blank_sheet_is_decided_as_designed(edition):
    is_as_decided(edition, {})


def test_every_answer_alone_is_decided_as_designed(edition):
    for pair in offered(edition):
        is_as_decided(edition, sheet_of(pair))


def test_every_pair_of_answers_is_decided_as_designed(edition):
    for pairs in combinations(offered(edition), 2):
        is_as_decided(edition, sheet_of(*pairs))


def test_every_subset_of_the_emergencies_leads_in_the_fixed_order(edition):
    for size in range(1, len(EMERGENCIES) + 1):
        for pairs in permutations(EMERGENCIES, size):
            found = guidance_for(edition, sheet_of(*pairs))
            assert ids(found.emergency) == [block for pair, block in EMERGENCIES.items() if pair in pairs]
            assert found.care == "emergency"


@whole_sheets
@given(sheets())
def test_any_whole_sheet_is_decided_as_designed(content, drawn):
    audience, sheet = drawn
    is_as_decided(content[audience], sheet)


# --- What always holds ------------------------------------------------------------------------------------------


@whole_sheets
@given(sheets())
def test_one_more_answer_adds_its_own_lead_and_nothing_else(content, drawn):
    audience, sheet = drawn
    before = guidance_for(content[audience], sheet)
    for question, answer in offered(content[audience]):
        after = guidance_for(content[audience], {**sheet, question: [*sheet.get(question, ()), answer]})
        assert after.care == highest([before.care, QUESTIONS[question][answer]])
        assert {*ids(after.emergency)} == {*ids(before.emergency), EMERGENCIES.get((question, answer))} - {None}
        assert {*ids(after.today)} == {*ids(before.today), TODAY.get((question, answer))} - {None}


def test_many_things_noticed_lead_to_the_same_words_as_one(edition):
    for level in ("soon", "today"):
        pairs = [pair for pair in offered(edition) if QUESTIONS[pair[0]][pair[1]] == level]
        every = guidance_for(edition, sheet_of(*pairs))
        for pair in pairs:
            one = guidance_for(edition, sheet_of(pair))
            assert (one.care, one.lead) == (every.care, every.lead) == (level, edition.words.guidance.soon)


@whole_sheets
@given(sheets())
def test_the_same_sheet_gets_the_same_guidance_and_stays_as_it_was(content, drawn):
    audience, sheet = drawn
    before = copy.deepcopy(sheet)
    first = guidance_for(content[audience], sheet)
    backwards = {question: tuple(reversed(answers)) for question, answers in reversed(sheet.items())}
    assert guidance_for(content[audience], sheet) == first == guidance_for(content[audience], backwards)
    assert sheet == before


@whole_sheets
@given(sheets(), st.dictionaries(st.text(), st.lists(st.text())))
def test_what_nobody_knows_or_says_twice_says_nothing_more(content, drawn, strange):
    audience, sheet = drawn
    strange = {question: answers for question, answers in strange.items() if question not in QUESTIONS}
    more = {question: [*answers, *answers, "no such answer", ""] for question, answers in sheet.items()}
    assert guidance_for(content[audience], {**strange, **more}) == guidance_for(content[audience], sheet)


def test_an_answer_of_another_question_says_nothing(edition):
    blank = guidance_for(edition, {})
    assert guidance_for(edition, {"mixing": ["seizure"], "on_your_mind": ["street", "none"]}) == blank


def test_an_answer_that_another_audience_is_offered_says_nothing(content):
    sheet = {"circumstances": ["child_not_prescribed"]}
    assert guidance_for(content["self"], sheet) == guidance_for(content["self"], {})
    assert guidance_for(content["family"], sheet).care == "today"


# --- What each part says ----------------------------------------------------------------------------------------


def nothing_noticed(edition):
    """Every question answered, and nothing in it."""
    return sheet_of(*[pair for pair in offered(edition) if pair[1] in NOTHING])


def test_nothing_was_noticed_only_if_every_question_says_so(edition):
    sheet = nothing_noticed(edition)
    words = edition.words.guidance
    assert guidance_for(edition, sheet).lead is words.nothing
    for question, answer in offered(edition):
        if answer not in NOTHING:
            assert guidance_for(edition, {**sheet, question: [answer]}).lead is not words.nothing
        assert guidance_for(edition, {**sheet, question: []}).lead is words.left_open


def test_what_is_left_open_is_what_was_left_blank_or_answered_with_not_sure_or_rather_not_say(edition):
    sheet = nothing_noticed(edition)
    assert guidance_for(edition, sheet).left_open == ()
    for question in edition.questions:
        for answers in ([], ["unsure"], ["skip"], ["no such answer"]):
            assert guidance_for(edition, {**sheet, question.id: answers}).left_open == (question,)


def test_only_the_words_on_pills_that_fit_the_danger_stand_there(edition):
    """ "Do not hide the pills" and "lock up the pills" never stand together."""
    words = edition.words.guidance
    own = {block.id: block.pills for block in (*words.emergency.blocks, *words.today.blocks) if block.pills}
    assert next(iter(own)) == "suicide"
    assert set(own) <= {"suicide", "child"}
    for pairs in combinations(offered(edition), 2):
        found = guidance_for(edition, sheet_of(*pairs))
        suicide, child = ("symptoms", "suicide") in pairs, ("circumstances", "child_not_prescribed") in pairs
        assert found.pills is own["suicide" if suicide else "child"] if suicide or child else words.pills


def test_thoughts_of_suicide_alone_call_the_crisis_line_before_the_emergency_number(edition):
    [block] = guidance_for(edition, {"symptoms": ["suicide"]}).emergency
    assert block.call == ("crisis", "emergency")


@pytest.mark.parametrize("pair", [pair for pair in EMERGENCIES if pair != ("symptoms", "suicide")])
def test_every_other_emergency_calls_the_emergency_number(edition, pair):
    [block] = guidance_for(edition, sheet_of(pair)).emergency
    assert block.call == ("emergency",)


def test_the_poison_line_is_called_about_a_mix_with_opioids_and_about_a_child(content):
    for pair in (("mixing", "opioids"), ("circumstances", "child_not_prescribed")):
        [block] = guidance_for(content["family"], sheet_of(pair)).today
        assert "poison" in block.call


@pytest.mark.parametrize("question", sorted(NEVER_ON_THE_SHEET))
def test_the_sheet_to_take_along_never_tells_of_privacy_sources_or_talks(edition, question):
    for answer in QUESTIONS[question]:
        assert not guidance_for(edition, {question: [answer]}).sheet


@pytest.mark.parametrize("question", SAFETY)
def test_the_sheet_to_take_along_tells_every_safety_fact(edition, question):
    found = next(found for found in edition.questions if found.id == question)
    told = guidance_for(edition, {question: [answer.id for answer in found.answers]}).sheet
    assert told == {found.topic: tuple(answer for answer in found.answers if answer.id in found.notes)}


def test_the_decision_knows_no_clock_no_chance_and_no_file():
    with open(guidance.__file__, encoding="utf-8") as file:
        tree = ast.parse(file.read())
    imported = {
        name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names])
    }
    called = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    assert imported <= {"collections.abc", "dataclasses", "typing", "screening.content"}
    assert not called & {"open", "eval", "exec", "__import__", "input", "print"}
