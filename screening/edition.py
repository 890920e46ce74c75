"""What one audience reads, in one country."""

import hashlib
from collections.abc import Iterable
from functools import cached_property
from typing import NamedTuple

from screening.helplines import KINDS, Country, Helpline, Kind, helpline_for
from screening.model import ContentModel
from screening.questions import Question, Review, Source
from screening.words import PageKind, PageWords, Prose


class QuestionGroup(NamedTuple):
    """The questions under one heading of the form."""

    words: Prose
    questions: tuple[Question, ...]


class Edition(ContentModel):
    """All that one audience is asked and told, as plain strings. The helplines of the site's own country come first.

    model_copy() keeps cached values: update only fields that no cached property uses.

    review: the review of words in this language for this country, or an empty one. review_stands: whether these are
    exactly the reviewed words. changed: if not, the kinds of page that changed, if known.
    """

    language: str
    review: Review
    review_stands: bool = False
    changed: tuple[PageKind, ...] = ()
    sources: tuple[Source, ...]
    questions: tuple[Question, ...]
    wording: bytes  # a hash of the questions and answers as the YAML files have them
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

    @cached_property
    def own_helplines(self) -> tuple[Helpline, ...]:
        """The lines of the site's own country."""
        return tuple(line for line in self.helplines if line.country == self.countries[0].code)

    @cached_property
    def has_operator_lines(self) -> bool:
        """Whether an operator has added helplines."""
        return any(line.run_by for line in self.helplines)

    def helpline(self, kind: Kind) -> Helpline:
        """The helpline of this kind in the site's own country, or what stands in for it (see FALLBACK)."""
        return self._lines[self.countries[0].code, kind]

    def lines_to_call(self, kinds: Iterable[Kind]) -> tuple[Helpline, ...]:
        """The helplines of these kinds, each once: one can stand in for another."""
        lines = [self.helpline(kind) for kind in kinds]
        return tuple(line for n, line in enumerate(lines) if line not in lines[:n])

    def emergency_line(self, country: Country) -> Helpline:
        """The emergency line of a country, as a Helpline."""
        return self._lines[country.code, "emergency"]

    @cached_property
    def _lines(self) -> dict[tuple[str, Kind], Helpline]:
        wanted = [(country.code, kind) for country in self.countries for kind in KINDS]
        return {(code, kind): line for code, kind in wanted if (line := helpline_for(self.helplines, code, kind))}

    @cached_property
    def version(self) -> str:
        """A hash of what is asked: a question or an answer that comes, goes, moves or is reworded makes it another.

        It is the same in each language, because a reader can switch between them.
        """
        ids = repr([(q.id, q.many, [(a.id, a.alone) for a in q.answers]) for q in self.questions])
        return hashlib.sha256(ids.encode() + self.wording).hexdigest()[:8]
