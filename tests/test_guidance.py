"""The one decision: the highest care leads, notes follow in the order of the questions, and nothing is counted."""

import copy
from itertools import combinations, permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.guidance import every_piece, guidance_for
from screening.model import AUDIENCES
from tests.kit.decided import (
    CALLS,
    CARES,
    EMERGENCIES,
    NEVER_ON_THE_SHEET,
    NOTHING,
    OPEN,
    OWN_PILLS,
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


def assert_as_decided(edition, sheet):
    """Check the guidance for a sheet against the table in tests/kit/decided.py."""
    found = guidance_for(edition, sheet)
    ticked = [pair for pair in offered(edition) if pair[1] in sheet.get(pair[0], ())]
    noticed = [pair for pair in ticked if QUESTIONS[pair[0]][pair[1]]]
    left_open = [
        question.id
        for question in edition.questions
        if {answer for name, answer in ticked if name == question.id} <= OPEN
    ]
    care = highest(QUESTIONS[question][answer] for question, answer in ticked)
    emergencies = [block for pair, block in EMERGENCIES.items() if pair in ticked]
    todays = {block for pair, block in TODAY.items() if pair in ticked}

    assert found.leads == (care or ("left_open" if left_open else "nothing"),)
    assert [(note.question.id, note.answer.id) for note in found.noticed] == noticed
    assert all(note.note is note.question.notes[note.answer.id] for note in found.noticed)
    assert ids(found.left_open) == left_open
    assert ids(found.emergencies) == emergencies
    assert [call.kind for call in found.calls] == list(
        dict.fromkeys(kind for block in emergencies for kind in CALLS[block])
    )
    assert ids(found.todays) == [block.id for block in edition.words.guidance.today.blocks if block.id in todays]
    assert found.then_today is bool(emergencies and todays)
    assert found.usual_pills is not bool(OWN_PILLS & {*emergencies, *todays})
    facts = [(question.id, answer.id) for question, answers in found.facts for answer in answers]
    assert facts == [(note.question.id, note.answer.id) for note in found.noticed if note.note.sheet]
    assert found.no_facts is not bool(facts)
    assert not {question for question, _ in facts} & NEVER_ON_THE_SHEET


@st.composite
def sheets(draw):
    """An audience and any sheet that it could send, also one that the form would refuse."""
    audience = draw(st.sampled_from(AUDIENCES))
    pairs = [(question, answer) for question, answers in asked(audience).items() for answer in answers]
    return audience, sheet_of(*draw(st.lists(st.sampled_from(pairs), max_size=30)))


# --- What is gone through ---------------------------------------------------------------------------------------


def test_a_blank_sheet_is_decided_as_designed(edition):
    assert_as_decided(edition, {})


def test_every_answer_alone_is_decided_as_designed(edition):
    for pair in offered(edition):
        assert_as_decided(edition, sheet_of(pair))


def test_every_pair_of_answers_is_decided_as_designed(edition):
    for pairs in combinations(offered(edition), 2):
        assert_as_decided(edition, sheet_of(*pairs))


def test_the_emergencies_stand_in_one_order_whatever_the_order_of_the_answers(edition):
    for size in range(1, len(EMERGENCIES) + 1):
        for pairs in permutations(EMERGENCIES, size):
            assert_as_decided(edition, sheet_of(*pairs))


@whole_sheets
@given(sheets())
def test_any_whole_sheet_is_decided_as_designed(content, drawn):
    audience, sheet = drawn
    assert_as_decided(content[audience], sheet)


# --- What always holds ------------------------------------------------------------------------------------------


@whole_sheets
@given(sheets())
def test_one_more_answer_adds_its_own_lead_and_nothing_else(content, drawn):
    audience, sheet = drawn
    before = guidance_for(content[audience], sheet)
    for pair in offered(content[audience]):
        question, answer = pair
        after = guidance_for(content[audience], {**sheet, question: [*sheet.get(question, ()), answer]})
        cares = {*before.leads, QUESTIONS[question][answer]} & {*CARES[1:]}
        assert not cares or after.leads == (highest(cares),)
        assert {*ids(after.emergencies)} == {*ids(before.emergencies), EMERGENCIES.get(pair)} - {None}
        assert {*ids(after.todays)} == {*ids(before.todays), TODAY.get(pair)} - {None}


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
def test_unknown_and_repeated_answers_change_nothing(content, drawn, strange):
    audience, sheet = drawn
    strange = {question: answers for question, answers in strange.items() if question not in QUESTIONS}
    more = {question: [*answers, *answers, "no such answer", ""] for question, answers in sheet.items()}
    assert guidance_for(content[audience], {**strange, **more}) == guidance_for(content[audience], sheet)


def test_an_answer_of_another_question_changes_nothing(edition):
    blank = guidance_for(edition, {})
    assert guidance_for(edition, {"mixing": ["seizure"], "on_your_mind": ["street", "none"]}) == blank


def test_an_answer_that_only_another_audience_is_offered_changes_nothing(content):
    sheet = {"circumstances": ["child_not_prescribed"]}
    assert guidance_for(content["self"], sheet) == guidance_for(content["self"], {})
    assert guidance_for(content["family"], sheet).leads == ("today",)


def test_nothing_was_noticed_only_if_every_question_says_so(edition):
    sheet = sheet_of(*[pair for pair in offered(edition) if pair[1] in NOTHING])
    assert guidance_for(edition, sheet).leads == ("nothing",)
    for question, answer in offered(edition):
        if answer not in NOTHING:
            assert guidance_for(edition, {**sheet, question: [answer]}).leads != ("nothing",)
        assert guidance_for(edition, {**sheet, question: []}).leads == ("left_open",)


def test_the_poison_line_is_called_about_a_mix_with_opioids_and_about_a_child(content):
    for pair in (("mixing", "opioids"), ("circumstances", "child_not_prescribed")):
        [block] = guidance_for(content["family"], sheet_of(pair)).todays
        assert "poison" in block.call


@pytest.mark.parametrize("question", SAFETY)
def test_what_is_taken_along_holds_every_safety_fact(edition, question):
    found = next(found for found in edition.questions if found.id == question)
    facts = guidance_for(edition, {question: [answer.id for answer in found.answers]}).facts
    assert facts == ((found, tuple(answer for answer in found.answers if answer.id in found.notes)),)


@whole_sheets
@given(sheets())
def test_every_piece_that_any_sheet_shows_is_among_all_pieces(content, drawn):
    audience, sheet = drawn
    found, every = guidance_for(content[audience], sheet), every_piece(content[audience])
    for part in ("leads", "calls", "emergencies", "todays", "noticed", "left_open"):
        shown, known = getattr(found, part), getattr(every, part)
        assert [piece for piece in known if piece in shown] == list(shown), part
