"""What one audience reads, in one country."""

import hashlib
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from screening.helplines import Country, Helpline, Kind, helpline_for
from screening.model import ContentModel
from screening.questions import Question, Review, Source
from screening.words import PageWords, Prose

Cited = tuple[str, tuple[str, ...]]  # a heading, and the ids of the sources of what stands under it


class QuestionGroup(NamedTuple):
    """Questions that stand under one heading."""

    words: Prose
    questions: tuple[Question, ...]


class Edition(ContentModel):
    """All that is asked and said, in plain strings. The helplines of the site's own country come first."""

    language: str
    review: Review
    sources: tuple[Source, ...]
    questions: tuple[Question, ...]
    words: PageWords
    countries: tuple[Country, ...]
    helplines: tuple[Helpline, ...]

    @property
    def groups(self) -> tuple[QuestionGroup, ...]:
        """The questions in the groups that the form shows."""
        return tuple(
            QuestionGroup(words, tuple(question for question in self.questions if question.group == name))
            for name, words in self.words.form.groups.items()
        )

    @property
    def own_helplines(self) -> tuple[Helpline, ...]:
        """The lines of the site's own country."""
        return tuple(line for line in self.helplines if line.country == self.countries[0].code)

    def helpline(self, kind: Kind) -> Helpline:
        """Whom to reach for this kind of help in the site's own country, or the next best where it has none."""
        return self._helpline(self.countries[0], kind)

    def emergency_number(self, country: Country) -> Helpline:
        """The emergency line of any country that the helplines know."""
        return self._helpline(country, "emergency")

    def _helpline(self, country: Country, kind: Kind) -> Helpline:
        line = helpline_for(self.helplines, country.code, kind)
        if line is None:
            raise LookupError(f"{country.code} has no helpline for {kind}")
        return line

    @property
    def version(self) -> str:
        """Changes when a question or an answer comes, goes or moves, so that an older answer sheet is noticed."""
        ids = repr([(q.id, q.many, [(a.id, a.alone) for a in q.answers]) for q in self.questions])
        return hashlib.sha256(ids.encode()).hexdigest()[:8]

    def cited(self) -> Iterator[Cited]:
        """Every part that has sources, by its heading and in the order of the files: first questions, then pages."""
        for question in self.questions:
            yield question.topic, question.sources
            for answer in question.answers:
                if answer.id in question.notes:
                    yield answer.label, question.notes[answer.id].sources
        yield from _cited(self.words, "")


def _cited(part: object, above: str) -> Iterator[Cited]:
    """The parts in this one that have sources. One without a heading goes by the heading above it."""
    if isinstance(part, ContentModel):
        heading = getattr(part, "heading", None) or getattr(part, "title", None) or above
        sources = getattr(part, "sources", ())
        if sources and isinstance(sources, tuple):  # the about page has a section of that name
            yield heading, sources
        for _, inner in part:
            yield from _cited(inner, heading)
    elif isinstance(part, tuple | Mapping):
        for inner in part.values() if isinstance(part, Mapping) else part:
            yield from _cited(inner, above)
