"""The types of helplines.yaml: who to call in each country, and what each country calls things."""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Annotated, Literal, Self, get_args

from pydantic import Field, model_validator

from screening.model import FROZEN, HTTPS, ContentModel, Day, Id, Link, Original, Switch, Url, Words, at_least, fits

Kind = Literal["emergency", "crisis", "poison", "advice", "treatment", "family"]
KINDS: tuple[Kind, ...] = get_args(Kind)

# Which kinds of helpline are tried, in order, when one is wanted. A country without a treatment line shows an advice or
# crisis line, never the emergency number.
FALLBACK: Mapping[Kind, tuple[Kind, ...]] = {
    "emergency": ("emergency",),
    "crisis": ("crisis", "emergency"),  # the emergency line only while each crisis line is down
    "poison": ("poison", "advice", "emergency"),
    "advice": ("advice", "emergency"),
    "treatment": ("treatment", "advice", "crisis"),
    "family": ("family", "treatment", "advice", "crisis"),
}
NUMBERS: Mapping[str, Kind] = {  # the slots that hold a number, and the kind of helpline that fills them
    "emergency": "emergency",
    "crisis": "crisis",
    "poison": "poison",
    "helpline": "treatment",
}

CountryCode = Annotated[str, fits("[A-Z]{2}", "is not a country code; write two capital letters, such as US")]
Phone = Annotated[
    str, fits("[0-9][0-9 -]*[0-9]", "is not a phone number; write digits, spaces and hyphens, such as 1-800-222-1222")
]


Key = Annotated[str, fits("[0-9*#]", "is not a phone key; write one digit, * or #")]


class Word(ContentModel):
    """One country's term for something, and the page that uses it."""

    text: Words
    source: Annotated[
        str,
        fits(
            f"our-judgment|{HTTPS}",
            "is not a source; write a link that starts with https://, or our-judgment where no page says it",
        ),
    ]


class CountryWords(ContentModel):
    """What a country calls things. Each word fills the slot of its name; helplines.yaml says how it must fit in."""

    hospital: Word
    urgent_care: Word
    walk_in: Word
    after_hours: Word
    more: Word
    medicine: Word
    medicine_first: Word
    leaflet: Word
    means: Word
    fake: Word
    naloxone: Word
    supply: Word
    approved: Word
    calling_is_safe: Word
    records: Word


class Country(ContentModel):
    code: CountryCode
    name: Words
    words: CountryWords


class InLanguage(ContentModel):
    """How a helpline is reached in another language: the key to press once connected, the word to text."""

    press: Key | None = None
    text_word: Original | None = None


class Helpline(ContentModel):
    """Who to call or text. What no source says is left out. `in_language` is by the code of the language.

    run_by: who answers it, for an operator's own line, which then needs no source.
    first: it is listed before other lines of its kind and fills slots, even if it is for one area or group.
    down: it is out of order, so it is shown nowhere, and the next line of its kind stands in for it.
    """

    id: Id | None = None
    name: Words
    kind: Kind
    country: CountryCode
    area: Words | None = None
    number: Phone
    extension: Annotated[str, fits("[0-9]{1,8}", "is not an extension; write its digits")] | None = None
    only_text: Switch = False
    text_number: Phone | None = None
    text_word: Original | None = None
    press: Key | None = None
    in_language: Annotated[Mapping[str, InLanguage], FROZEN] = Field(default_factory=dict)
    in_words: Words | None = None
    hours: Words | None = None
    cost: Words | None = None
    languages: Words | None = None
    who_for: Words | None = None
    what_happens: Words | None = None
    link: Link | None = None
    run_by: Original | None = None
    first: Switch = False
    down: Switch = False
    source: Url | None = None
    read_on: Day | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if not self.run_by and (self.source is None or self.read_on is None):
            lacking = "source" if self.source is None else "read_on"
            raise ValueError(f"{lacking} is missing; write it, or run_by: and who answers this line of yours")
        if self.source and self.read_on is None:
            raise ValueError("read_on is missing; write the day on which you read the source")
        if self.extension and self.only_text:
            raise ValueError("can't be only_text with an extension; leave one of them out")
        if self.in_words and self.number not in self.in_words:
            raise ValueError(f"in_words has a different number; write {self.number} in it")
        if self.only_text and (self.kind == "emergency" or self.text_number):
            raise ValueError("can't be only_text with a text_number, or for emergencies; leave only_text out")
        return self

    @property
    def phrase(self) -> str:
        """What stands for this helpline inside a sentence."""
        return self.in_words or f"{self.name} ({self.shown})"

    @property
    def shown(self) -> str:
        """The number as readers see it."""
        return f"{self.number} ext. {self.extension}" if self.extension else self.number

    @property
    def tel(self) -> str | None:
        """The link that calls it, in national format: short codes such as 988 fail with a country code."""
        pause = f",{self.extension}" if self.extension else ""  # the phone waits, then dials it
        return None if self.only_text else "tel:" + re.sub(r"\D", "", self.number) + pause

    @property
    def sms(self) -> str | None:
        """The link that texts it, or None."""
        number = self.number if self.only_text else self.text_number
        return number and "sms:" + re.sub(r"\D", "", number)


class Helplines(ContentModel):
    """helplines.yaml."""

    countries: Annotated[tuple[Country, ...], at_least(1)]
    helplines: Annotated[tuple[Helpline, ...], at_least(1)]


SLOTS = (*NUMBERS, *CountryWords.model_fields, "questions")  # the names that words may have in braces

# What looks like a number to call: five digits or more with only spaces or punctuation between them, letters after
# 1-800-, or three digits or more after a word such as "call". A year, a dose or 10,000 does not.
LONG = re.compile(
    r"(?<![\w.,/])(?!\d{4}-\d\d-\d\d\b)\+?\(?\d(?:[\s().\u2010-\u2013-]{0,3}\d){4,}(?![\w/])|\b\d-\d{3}-[A-Za-z][\w-]*"
)
CALL = r"call|text|dial|phone|ring|llam\w*|marqu\w*|tel\w*"  # in English and in Spanish
AFTER_CALL = re.compile(rf"\b(?:{CALL})\b\W+(?:\w+\W+)?(\d{{3,}})\b", re.IGNORECASE)


def typed_numbers(words: str, known: frozenset[str] = frozenset()) -> list[str]:
    """The numbers to call that are typed into words: what looks like one, and any of the known."""
    if not re.search(r"\d", words):  # most texts have none; saves a tenth of the loading time
        return []
    found = [match[0].strip("() ") for match in LONG.finditer(words)]
    found += [match[1] for match in AFTER_CALL.finditer(words)]
    return found + (_any_of(known).findall(words) if known else [])


@cache  # it is asked for each text
def _any_of(numbers: frozenset[str]) -> re.Pattern[str]:
    known = "|".join(map(re.escape, sorted(numbers, key=len, reverse=True)))
    return re.compile(rf"(?<![\w.,-])(?:{known})(?![\w-]|[.,]\d)")


def helpline_for(helplines: Iterable[Helpline], country: str, kind: Kind) -> Helpline | None:
    """The helpline of this kind in a country, or what stands in for it (see FALLBACK), or None.

    A line for one area or one group counts only if it is `first`, or if its `in_words` say what holds elsewhere.
    """
    lines = in_order(line for line in helplines if line.country == country)
    for_everyone = [line for line in lines if line.first or line.in_words or not (line.area or line.who_for)]
    return next((line for stand_in in FALLBACK[kind] for line in for_everyone if line.kind == stand_in), None)


def in_order(helplines: Iterable[Helpline]) -> list[Helpline]:
    """The lines in the order of the lists: by kind, emergency first; within a kind, those marked `first` first.

    Lines that are down, or share a number with one that is, are left out.
    """
    lines = list(helplines)
    down = {(line.country, line.number) for line in lines if line.down}
    working = [line for line in lines if (line.country, line.number) not in down]
    return sorted(working, key=lambda line: (KINDS.index(line.kind), not line.first))


def reached_in(line: Helpline, language: str) -> Helpline:
    """The line as it is reached in a language."""
    there = line.in_language.get(language)
    return line.model_copy(update={"press": there.press, "text_word": there.text_word}) if there else line


def slots_of(found: Helplines, country: str) -> dict[str, str]:
    """What fills each slot in a country: its numbers, and its own words."""
    lines = {slot: helpline_for(found.helplines, country, kind) for slot, kind in NUMBERS.items()}
    numbers = {slot: line.number if line.kind == "emergency" else line.phrase for slot, line in lines.items() if line}
    words = next(known.words for known in found.countries if known.code == country)
    return numbers | {name: word.text for name, word in words}
