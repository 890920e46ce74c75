"""Decide the guidance for an answer sheet."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Literal, NamedTuple

from screening.edition import Edition
from screening.helplines import Kind
from screening.questions import CARES, Answer, Care, Note, Question
from screening.words import Block

Lead = Literal["emergency", "today", "soon", "left_open", "nothing"]


class Noticed(NamedTuple):
    """An answer that has a note."""

    question: Question
    answer: Answer
    note: Note


class Call(NamedTuple):
    """A number to call, right below the heading of the emergency card.

    Shown with its block, unless the card also shows an earlier block with the same number: `unless` has their ids.
    """

    kind: Kind
    block: str
    unless: tuple[str, ...]


@dataclass(frozen=True)
class Guidance:
    """The pieces of the guidance that a page shows. They depend on what was noticed, never on how many things were.

    leads: what the page opens with. For an answer sheet just one: its highest level of care, or left_open, or nothing.
    calls: whom to call in an emergency, the most urgent first.
    emergencies, todays: the blocks of the two cards, in the order of pages.yaml.
    then_today: whether the card for today follows the emergency card.
    noticed: the answers that have a note, in the order of the questions.
    left_open: the questions without an answer, or with only open ones, such as "Not sure".
    usual_pills: whether the usual words on keeping pills safe are shown. They are not if a block has its own.
    no_facts: whether the handout says that it lists no safety facts.
    """

    leads: tuple[Lead, ...]
    calls: tuple[Call, ...]
    emergencies: tuple[Block, ...]
    todays: tuple[Block, ...]
    then_today: bool
    noticed: tuple[Noticed, ...]
    left_open: tuple[Question, ...]
    usual_pills: bool
    no_facts: bool

    @cached_property
    def facts(self) -> tuple[tuple[Question, tuple[Answer, ...]], ...]:
        """The safety facts for the handout: each question with its answers."""
        kept = groupby((found for found in self.noticed if found.note.sheet), key=lambda found: found.question)
        return tuple((question, tuple(found.answer for found in facts)) for question, facts in kept)


def guidance_for(edition: Edition, answers: Mapping[str, Collection[str]]) -> Guidance:
    """Decide the guidance for an answer sheet.

    Arguments: the edition, and the answer sheet: question id → ids of the answers chosen. A question that is missing
    was left blank. Ids that are not in the edition are ignored.
    """
    noticed: list[Noticed] = []
    left_open: list[Question] = []
    for question in edition.questions:
        given = answers.get(question.id, ())
        chosen = [answer for answer in question.answers if answer.id in given]
        if all(answer.open for answer in chosen):
            left_open.append(question)
        noticed += [Noticed(question, a, question.notes[a.id]) for a in chosen if a.id in question.notes]
    shown = {(found.note.care, found.note.lead) for found in noticed}
    care: Care | None = max((found.note.care for found in noticed), key=CARES.index, default=None)
    words = edition.words.guidance
    emergencies = tuple(block for block in words.emergency.blocks if ("emergency", block.id) in shown)
    todays = tuple(block for block in words.today.blocks if ("today", block.id) in shown)
    ids = {block.id for block in emergencies}
    return Guidance(
        leads=(care or ("left_open" if left_open else "nothing"),),
        calls=tuple(call for call in _calls(edition) if call.block in ids and ids.isdisjoint(call.unless)),
        emergencies=emergencies,
        todays=todays,
        then_today=bool(emergencies and todays),
        noticed=tuple(noticed),
        left_open=tuple(left_open),
        usual_pills=not any(block.pills for block in emergencies + todays),
        no_facts=not any(found.note.sheet for found in noticed),
    )


def every_piece(edition: Edition) -> Guidance:
    """Everything that guidance_for() can ever show. The form page carries it, and the script picks what applies."""
    words = edition.words.guidance
    return Guidance(
        leads=("emergency", "today", "soon", "left_open", "nothing"),
        calls=_calls(edition),
        emergencies=words.emergency.blocks,
        todays=words.today.blocks,
        then_today=True,
        noticed=tuple(
            Noticed(question, answer, question.notes[answer.id])
            for question in edition.questions
            for answer in question.answers
            if answer.id in question.notes
        ),
        left_open=edition.questions,
        usual_pills=True,
        no_facts=True,
    )


def _calls(edition: Edition) -> tuple[Call, ...]:
    """Every number of the emergency card, with the ids of the earlier blocks that have the same one."""
    calls: list[Call] = []
    before: dict[str, list[str]] = {}  # the number, and the blocks that have called it
    for block in edition.words.guidance.emergency.blocks:
        for kind in block.call:
            called = before.setdefault(edition.helpline(kind).number, [])
            if block.id not in called:
                calls.append(Call(kind, block.id, tuple(called)))
                called.append(block.id)
    return tuple(calls)
