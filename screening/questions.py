"""The types of questions.yaml: what is asked, the answers, and what is said about each."""

import datetime
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Literal, Self, TypeAlias, get_args

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, WithJsonSchema, model_validator

from screening.helplines import CountryCode, Kind
from screening.model import (
    FROZEN,
    SCALAR,
    ContentModel,
    Day,
    ForSome,
    Id,
    NewSource,
    Original,
    SourceId,
    Switch,
    Url,
    Words,
    at_least,
    checking_of,
    fits,
)
from screening.source import Map

Care = Literal["soon", "today", "emergency"]
Group = Literal["safety", "signs"]

CARES: tuple[Care, ...] = get_args(Care)  # from the lowest to the highest
GROUPS: tuple[Group, ...] = get_args(Group)  # in the order of the page
BLANK = BeforeValidator(lambda node: None if node == "" else node)  # an empty key, to be filled in later


def _past(day: datetime.date) -> datetime.date:
    if day > datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=1):  # a time zone may be ahead of UTC
        raise ValueError("is in the future; write the day of the review")
    return day


Past = Annotated[Day, AfterValidator(_past)]
Fingerprint = Annotated[
    str, fits("[0-9a-f]{4}(-[0-9a-f]{4}){3}", "is not a fingerprint; copy it from the document that was reviewed")
]
Fingerprints = Annotated[  # by language
    Mapping[str, Fingerprint],
    BeforeValidator(lambda node: {} if node == "" else node, json_schema_input_type=Mapping[str, Fingerprint] | None),
    FROZEN,
]


class Source(ContentModel):
    """Where a claim comes from. `our-judgment` is a source too, without a link."""

    id: NewSource
    title: Original
    link: Url | None = None


class Review(ContentModel):
    """The clinician who reviewed the words of one country, and the fingerprint of these words in each language.

    Empty before the first review.
    """

    name: Annotated[Original | None, BLANK] = None
    role: Annotated[Words | None, BLANK] = None
    date: Annotated[Past | None, BLANK] = None
    country: Annotated[CountryCode | None, BLANK] = None
    words: Fingerprints = Field(default_factory=lambda: MappingProxyType({}))

    @model_validator(mode="after")
    def _all_or_nothing(self) -> Self:
        if len({bool(part) for _, part in self}) > 1:
            raise ValueError("is half filled in; write name, role, date, country and words, or none of them")
        return self


class Note(ForSome):
    """What is said about one answer."""

    care: Care
    lead: Id | None = None
    means: Words
    other_reasons: Words | None = None
    say: Words | None = None
    sheet: Switch = False
    sources: Annotated[tuple[SourceId, ...], at_least(1)]


class CallNow(ContentModel):
    """The link below an emergency answer, and the kind of line it calls."""

    text: Words
    call: Kind


class Answer(ForSome):
    """One choice a reader can make. `alone` excludes the other answers; `open` leaves the question open."""

    id: Id
    label: Words
    now: tuple[CallNow, ...] = ()
    alone: Switch = False
    open: Switch = False


class Talk(ForSome):
    """What a counselor can say to start the talk about one question; `prompt`, said aloud, comes first."""

    prompt: Words
    listen: Words
    reflect: Words
    affirm: Words
    offer: Words


Answers: TypeAlias = Annotated[tuple[Answer, ...], at_least(2)]


class Question(ContentModel):
    """One question. `sign` is the source document's own item.

    Its answers are under one of three keys. `answers` names a shared list and `one_of` holds its own: one answer can be
    chosen. `any_of` holds its own, too: several can.
    """

    id: Id
    group: Group
    topic: Words
    sign: Original | None = None
    sources: Annotated[tuple[SourceId, ...], at_least(1)]
    ask: Words
    why: Words
    shared: Annotated[Answers, WithJsonSchema(SCALAR)] = Field((), alias="answers")
    one_of: Answers = ()
    any_of: Answers = ()
    notes: Annotated[Mapping[str, Note], FROZEN] = Field(default_factory=dict)
    talk: Talk | None = None

    @model_validator(mode="before")
    @classmethod
    def _has_answers_once(cls, node: Any, info: ValidationInfo) -> Any:
        if isinstance(node, Map) and len(node.keys() & {"answers", "one_of", "any_of"}) != 1:
            problem = "must have its answers once; write answers: (a list's name from above), one_of: or any_of:"
            checking_of(info).faults.add(node.place, problem)
        return node

    @property
    def answers(self) -> tuple[Answer, ...]:
        """What can be chosen."""
        return self.shared + self.one_of + self.any_of

    @property
    def many(self) -> bool:
        """Whether more than one answer can be chosen."""
        return bool(self.any_of)


class Questions(ContentModel):
    """questions.yaml."""

    review: Review
    sources: Annotated[tuple[Source, ...], at_least(1)]
    answers: Mapping[str, Answers] = Field(default_factory=dict)
    questions: Annotated[tuple[Question, ...], at_least(1)]
