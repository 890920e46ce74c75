"""The one decision: what is said back about an answer sheet."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from screening.content import CARES, Answer, Block, Care, Edition, Note, Prose, Question


class Noticed(NamedTuple):
    """An answer that says something, with what is said about it."""

    question: Question
    answer: Answer
    note: Note


@dataclass(frozen=True)
class Guidance:
    """What is said back. It depends on what was noticed, never on how many things were.

    care: the highest level that any answer carries, or None.
    emergency, today: what to do now, in the order of pages.yaml.
    lead: the words that lead the page when nothing is urgent.
    noticed: in the order of the questions.
    left_open: the questions this page knows nothing about.
    pills: how to keep the medicine safe; other words where someone may be in danger from it.
    """

    care: Care | None
    emergency: tuple[Block, ...]
    today: tuple[Block, ...]
    lead: Prose
    noticed: tuple[Noticed, ...]
    left_open: tuple[Question, ...]
    pills: Prose

    @property
    def sheet(self) -> Mapping[str, tuple[Answer, ...]]:
        """What goes on the sheet to take along: the topic of each question, and the answers that are safety facts."""
        facts: dict[str, tuple[Answer, ...]] = {}
        for found in self.noticed:
            if found.note.sheet:
                facts[found.question.topic] = (*facts.get(found.question.topic, ()), found.answer)
        return facts


def guidance_for(edition: Edition, answers: Mapping[str, Collection[str]]) -> Guidance:
    """Decide what is said back.

    Arguments: the edition, and the answer sheet: question id → ids of the answers chosen. A question that is
    missing was left blank. Ids that the edition does not know say nothing.
    """
    words = edition.words.guidance
    noticed: list[Noticed] = []
    left_open: list[Question] = []
    for question in edition.questions:
        ids = answers.get(question.id, ())
        chosen = [answer for answer in question.answers if answer.id in ids] if ids else []
        if not chosen or any(answer.open for answer in chosen):
            left_open.append(question)
        noticed += [Noticed(question, a, question.notes[a.id]) for a in chosen if a.id in question.notes]
    leads = {(found.note.care, found.note.lead) for found in noticed}
    emergency = tuple(block for block in words.emergency.blocks if ("emergency", block.id) in leads)
    today = tuple(block for block in words.today.blocks if ("today", block.id) in leads)
    return Guidance(
        care=max((found.note.care for found in noticed), key=CARES.index, default=None),
        emergency=emergency,
        today=today,
        lead=words.soon if noticed else words.left_open if left_open else words.nothing,
        noticed=tuple(noticed),
        left_open=tuple(left_open),
        pills=next((block.pills for block in emergency + today if block.pills), words.pills),
    )
