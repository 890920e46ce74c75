"""The content: the types of the YAML files, and load_content(), which reads them.

Words are chosen at the door: wherever a file gives a mapping whose keys are audiences, the loader keeps that
audience's wording and fills in the country's numbers and its own words. After it, words are plain strings.
"""

import datetime
import hashlib
import os
import re
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal, Self, TypeVar, get_args

from pydantic import AfterValidator, Field, model_validator

from screening.reader import AUDIENCES, Audience, ContentError, ContentFile, Fault, Location, Part, YamlFile

Care = Literal["soon", "today", "emergency"]
Kind = Literal["emergency", "crisis", "poison", "advice", "treatment", "family"]

CARES: tuple[Care, ...] = get_args(Care)  # from the lowest to the highest
STATUSES = ("400", "403", "404", "405", "411", "413", "415", "500")  # the errors that have a page
HERE = Path(__file__).parent

# What stands in for a kind of helpline that a country lacks. Treatment falls to those who listen, not to an ambulance.
FALLBACK: Mapping[Kind, tuple[Kind, ...]] = {
    "emergency": ("emergency",),
    "crisis": ("crisis",),
    "poison": ("poison", "advice", "emergency"),
    "advice": ("advice", "emergency"),
    "treatment": ("treatment", "advice", "crisis"),
    "family": ("family", "treatment", "advice", "crisis"),
}
SLOTS: Mapping[str, Kind] = {
    "emergency": "emergency",
    "crisis": "crisis",
    "poison": "poison",
    "helpline": "treatment",
}


# --- The types of the files -------------------------------------------------------------------------------------


def _fits(pattern: str, problem: str) -> AfterValidator:
    def check(value: str) -> str:
        if not re.fullmatch(pattern, value):
            raise ValueError(problem)
        return value

    return AfterValidator(check)


def _has_each(wanted: Collection[str], named: Callable[[Any], str]) -> AfterValidator:
    def check(value: Collection[Any]) -> Collection[Any]:
        names = [named(item) for item in value]
        faults = [f"has {name} twice" for name in sorted(set(names)) if names.count(name) > 1]
        faults += [f"has no use for {name}" for name in names if name not in wanted]
        faults += [f"lacks {name}" for name in wanted if name not in names]
        if faults:
            raise ValueError(f"{', '.join(faults)}; write one entry for each of {', '.join(wanted)}")
        return value

    return AfterValidator(check)


Text = Annotated[
    str,
    _fits(
        r"[^\x00-\x09\x0b-\x1f\u200b\u2028\u202a-\u202e\u2066-\u2069\ufeff<>]*",
        "holds signs that are no words, such as < or one that can't be seen; write plain text",
    ),
    _fits(r"(?s).*\S.*", "has no words; write some, or leave the key out"),
]
Id = Annotated[
    str, _fits("[a-z][a-z0-9_]{0,39}", "is no safe id; write small letters, digits and _, such as more_than_label")
]
SourceId = Annotated[
    str, _fits("[a-z][a-z0-9-]{0,39}", "is no safe id; write small letters, digits and -, such as fda-2020")
]
Url = Annotated[str, _fits(r"https://[^\s/]+\.[^\s]+", "is no safe link; write one that starts with https://")]
Phone = Annotated[
    str, _fits(r"[0-9][0-9 -]*[0-9]", "is no phone number; write digits, spaces and hyphens, such as 1-800-222-1222")
]
T = TypeVar("T")
Many = Annotated[tuple[T, ...], Field(strict=False)]  # strict would refuse the list that YAML gives


class Link(Part):
    text: Text
    url: Url


class Prose(Part):
    """The one shape of running text: a heading, paragraphs, points, links."""

    heading: Text | None = None
    paragraphs: Many[Text] = ()
    points: Many[Text] = ()
    links: Many[Link] = ()
    sources: Many[SourceId] = ()

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not (self.paragraphs or self.points or self.links):
            raise ValueError("has no words; write paragraphs, points or links")
        return self


class Headed(Prose):
    """Prose that folds, so that its heading is what is seen."""

    heading: Text


class Source(Part):
    """Where a claim comes from. `our-judgment` is one too, and has no link."""

    id: SourceId
    title: Text
    link: Url | None = None


class Review(Part):
    """The clinician who reviewed the words. Empty until one has."""

    name: Text | None = None
    role: Text | None = None
    date: datetime.date | None = None

    @model_validator(mode="after")
    def _all_or_nothing(self) -> Self:
        if len({self.name is None, self.role is None, self.date is None}) > 1:
            raise ValueError("is half filled in; write name, role and date, or none of them")
        return self


class Note(Part):
    """What is said about one answer."""

    care: Care
    lead: Id | None = None
    means: Text
    other_reasons: Text | None = None
    say: Text | None = None
    sheet: bool = False
    sources: Annotated[Many[SourceId], Field(min_length=1)]


class Now(Part):
    """What stands beside an answer that may be an emergency, and whom it calls."""

    text: Text
    call: Kind


class Answer(Part):
    """One choice a reader can make. `alone` excludes the other answers; `open` leaves the question open."""

    id: Id
    label: Text
    now: Many[Now] = ()
    alone: bool = False
    open: bool = False


class Talk(Part):
    """How a counselor can open the talk about one question: the open question first, to be said aloud."""

    prompt: Text
    listen: Text
    reflect: Text
    affirm: Text
    offer: Text


class Question(Part):
    """One question, in one audience's words. `sign` is the source document's own item."""

    id: Id
    group: Literal["safety", "signs"]
    topic: Text
    sign: Text | None = None
    sources: Annotated[Many[SourceId], Field(min_length=1)]
    ask: Text
    why: Text
    many: bool = False
    answers: Annotated[Many[Answer], Field(min_length=2)]
    notes: Annotated[dict[str, Note], AfterValidator(MappingProxyType)] = Field(default_factory=dict)
    talk: Talk | None = None


class Helpline(Part):
    """Who to call or text. What no source says is left out."""

    name: Text
    kind: Kind
    country: Text
    area: Text | None = None
    number: Phone
    only_text: bool = False
    text_number: Phone | None = None
    text_word: Text | None = None
    in_words: Text | None = None
    hours: Text | None = None
    cost: Text | None = None
    languages: Text | None = None
    who_for: Text | None = None
    what_happens: Text | None = None
    link: Link | None = None
    source: Url
    read_on: datetime.date

    @model_validator(mode="after")
    def _same_number(self) -> Self:
        if self.in_words and self.number not in self.in_words:
            raise ValueError(f"in_words holds another number; write {self.number} in it")
        if self.only_text and (self.kind == "emergency" or self.text_number):
            raise ValueError("can't be only_text with a text_number, or for emergencies; leave only_text out")
        return self

    @property
    def phrase(self) -> str:
        """What stands for this helpline inside a sentence."""
        return self.in_words or f"{self.name} at {self.number}"

    @property
    def tel(self) -> str | None:
        """The link that calls it, as dialed inside its country: a short code must not get a country code."""
        return None if self.only_text else "tel:" + re.sub(r"\D", "", self.number)

    @property
    def sms(self) -> str | None:
        """The link that texts it, or None."""
        number = self.number if self.only_text else self.text_number
        return number and "sms:" + re.sub(r"\D", "", number)


class Word(Part):
    """How one country says something, and the address that says so."""

    text: Text
    source: Annotated[
        str,
        _fits(
            r"our-judgment|https://[^\s/]+\.[^\s]+",
            "is no source; write a link that starts with https://, or our-judgment where no page says it",
        ),
    ]


class CountryWords(Part):
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


class Country(Part):
    code: Annotated[str, _fits("[A-Z]{2}", "is no country code; write two capital letters, such as US")]
    name: Text
    words: CountryWords


class Block(Part):
    """What to do now about one danger, and whom to call. `pills` replaces the usual words on keeping pills safe."""

    id: Id
    heading: Text
    points: Annotated[Many[Text], Field(min_length=1)]
    sources: Annotated[Many[SourceId], Field(min_length=1)]
    call: Many[Kind] = ()
    pills: Prose | None = None


class Card(Part):
    """What leads the page at one level of care: its blocks stand in the file's order."""

    heading: Text
    intro: Text
    blocks: Annotated[Many[Block], Field(min_length=1)]
    after: Many[Prose] = ()


class Site(Part):
    name: Text
    skip: Text
    menu: Text
    start: Text
    help: Text
    about: Text
    privacy: Text
    leave: Text
    leave_keys: Text
    leave_more: Annotated[Many[Text], Field(min_length=2, max_length=2)]
    leave_off: Text
    new_tab: Text
    footer: Many[Text]
    unreviewed: Text
    reviewed: Text


class Warn(Part):
    """The fixed safety text that every page carries."""

    label: Text
    heading: Text
    text: Text
    more: Text
    driving: Text
    sources: Many[SourceId]


class Choice(Part):
    audience: Audience
    title: Text
    hint: Text | None = None


class Start(Part):
    heading: Text
    intro: Text
    choose: Text
    choices: Annotated[Many[Choice], _has_each(AUDIENCES, lambda choice: choice.audience)]
    sections: Many[Prose]


class FormErrors(Part):
    """What a faulty answer sheet is told. No message ever holds what was sent."""

    title: Text
    heading: Text
    empty: Text
    alone: Text
    one: Text
    unknown: Text
    version: Text


class Danger(Prose):
    """What stands first on the form, with whom to call."""

    call: Annotated[Many[Kind], Field(min_length=1)]


class Named(Part):
    text: Text


class Groups(Part):
    safety: Prose
    signs: Prose


class FormWords(Part):
    heading: Text
    intro: Text
    danger: Danger
    before: Many[Prose]
    guide: Named | None = None
    groups: Groups
    question: Text
    of: Text
    why: Text
    choose_any: Text
    no_answer: Text
    enough: Text
    submit: Text
    stays: Text
    sent: Text
    unsendable: Text
    clear: Text
    cleared: Text
    answered: Text
    paper: Text
    errors: FormErrors


class Instrument(Part):
    """A validated tool. `title` is a proper name: the rules on wording do not apply to it."""

    title: Text
    about: Text
    limits: Text
    sources: Annotated[Many[SourceId], Field(min_length=1)]


class Instruments(Part):
    heading: Text
    intro: Text
    limits: Text
    rows: Many[Instrument]


class GuidanceWords(Part):
    heading: Text
    not_saved: Text
    emergency: Card
    elsewhere: Text
    numbers_for: Text
    other_country: Text
    today: Card
    soon: Prose
    nothing: Prose
    left_open: Prose
    noticed: Prose
    other_reasons: Text
    say: Text
    fold: Text
    open: Prose
    who: Prose
    helplines: Text
    pills: Prose
    more: Many[Headed]
    instruments: Instruments | None = None
    end: Prose
    change: Text
    print: Text


class Sheet(Part):
    """What is taken along: `facts` heads what was noticed, `blanks` are lines to fill in by hand."""

    heading: Text
    intro: Text
    print: Text
    facts: Text | None = None
    no_facts: Text | None = None
    sections: Many[Prose]
    blanks: Many[Text]
    numbers: Text
    end: Text


class KindWords(Part):
    kind: Kind
    heading: Text


class HelpWords(Part):
    heading: Text
    intro: Many[Text]
    others: Text
    others_intro: Text
    kinds: Annotated[Many[KindWords], _has_each(get_args(Kind), lambda words: words.kind)]
    call: Text
    text: Text
    text_to: Text
    more: Text
    hours: Text
    cost: Text
    languages: Text
    who_for: Text
    area: Text
    source: Text
    read_on: Text
    not_called: Text


class About(Part):
    heading: Text
    sections: Many[Prose]
    review: Text
    questions: Prose
    document: Text
    based_on: Text
    claims: Prose
    sources: Prose


class Page(Part):
    heading: Text
    sections: Many[Prose]


class Guide(Part):
    heading: Text
    intro: Text
    before: Many[Prose]
    ask: Text
    listen: Text
    reflect: Text
    affirm: Text
    offer: Text
    notes: Text
    after: Many[Prose]


class ErrorWords(Part):
    heading: Text
    paragraphs: Many[Text]


class Words(Part):
    """pages.yaml: every word a reader sees that belongs to no single question."""

    site: Site
    warning: Warn
    start: Start
    form: FormWords
    guidance: GuidanceWords
    sheet: Sheet
    help: HelpWords
    about: About
    privacy: Page
    guide: Guide
    errors: Annotated[dict[str, ErrorWords], _has_each(STATUSES, str), AfterValidator(MappingProxyType)]
    unreachable: ErrorWords


class _Questions(Part):
    review: Review
    sources: Annotated[Many[Source], Field(min_length=1)]
    answers: dict[str, Many[Answer]] = Field(default_factory=dict)
    questions: Annotated[Many[Question], Field(min_length=1)]


class _Helplines(Part):
    countries: Annotated[Many[Country], Field(min_length=1)]
    helplines: Annotated[Many[Helpline], Field(min_length=1)]


class Edition(Part):
    """All that is asked and said, in one audience's words, for one country. The country's helplines come first."""

    review: Review
    sources: Many[Source]
    questions: Many[Question]
    words: Words
    countries: Many[Country]
    helplines: Many[Helpline]

    @property
    def own_helplines(self) -> tuple[Helpline, ...]:
        """The lines of the site's own country."""
        return tuple(line for line in self.helplines if line.country == self.countries[0].code)

    def helpline(self, kind: Kind) -> Helpline:
        """Whom to reach for this kind of help in the site's own country, or the next best where it has none."""
        return _helpline(self.helplines, self.countries[0].code, kind)

    def emergency_number(self, country: Country) -> Helpline:
        """The emergency line of any country that the helplines know."""
        return _helpline(self.helplines, country.code, "emergency")

    @property
    def version(self) -> str:
        """Changes when a question or an answer comes, goes or moves, so that an older answer sheet is noticed."""
        ids = repr([(q.id, q.many, [(a.id, a.alone) for a in q.answers]) for q in self.questions])
        return hashlib.sha256(ids.encode()).hexdigest()[:8]


def _helpline(helplines: tuple[Helpline, ...], country: str, kind: Kind) -> Helpline:
    """A line for one area or one group can't stand for the whole country, unless its own words for it do."""
    for substitute in FALLBACK[kind]:
        for line in helplines:
            if (line.kind, line.country) == (substitute, country) and (
                line.in_words or not (line.area or line.who_for)
            ):
                return line
    raise LookupError(f"{country} has no helpline for {kind}")


def content_from_environment() -> Mapping[Audience, Edition]:
    """load_content() with what SCREENING_CONTENT and SCREENING_COUNTRY name; raises what it raises."""
    folder = Path(os.environ.get("SCREENING_CONTENT") or HERE)
    return load_content(folder, os.environ.get("SCREENING_COUNTRY") or "US")


def load_content(folder: Path = HERE, country: str = "US") -> Mapping[Audience, Edition]:
    """Read the three files of a folder into one edition for each audience.

    Arguments: the folder that holds questions.yaml, pages.yaml and helplines.yaml; the code of the country whose
    helplines come first and whose numbers stand in the sentences.
    Raises ContentError with everything that is wrong, a fault of all three audiences told once.
    """
    faults: list[Fault] = []
    files = [YamlFile(folder / name) for name in ("helplines.yaml", "pages.yaml", "questions.yaml")]
    content = {audience: _load(files, country, audience, faults) for audience in AUDIENCES}
    if faults:
        raise ContentError(sorted(dict.fromkeys(faults)))
    return MappingProxyType({audience: found for audience, found in content.items() if found})


def _load(files: list[YamlFile], country: str, audience: Audience, faults: list[Fault]) -> Edition | None:
    lines = ContentFile(files[0], audience, {})
    called: _Helplines | None = lines.check(_Helplines)
    if called:
        _check_countries(lines, called, country)
    # A faulty list of helplines fills no slots; the other files are still read, so that all faults are told at once.
    names = (*SLOTS, *CountryWords.model_fields)
    slots = _slots(called, country) if called and not lines.faults else dict.fromkeys(names, "…")
    pages = ContentFile(files[1], audience, slots)
    asked = ContentFile(files[2], audience, slots)
    _put_answers(asked)
    _check_notes(asked, pages)
    _check_sources(asked, pages)
    words: Words | None = pages.check(Words)
    questions: _Questions | None = asked.check(_Questions)
    faults += lines.faults + pages.faults + asked.faults
    if called is None or words is None or questions is None or faults:
        return None
    return Edition(
        review=questions.review,
        sources=questions.sources,
        questions=questions.questions,
        words=words,
        countries=tuple(sorted(called.countries, key=lambda c: c.code != country)),
        helplines=tuple(sorted(called.helplines, key=lambda line: line.country != country)),
    )


def _slots(called: _Helplines, country: str) -> Mapping[str, str]:
    """What stands in the sentences for a country: its numbers, and its own words."""
    lines = {slot: _helpline(called.helplines, country, kind) for slot, kind in SLOTS.items()}
    numbers = {slot: line.number if line.kind == "emergency" else line.phrase for slot, line in lines.items()}
    words = next(known.words for known in called.countries if known.code == country)
    return numbers | {slot: getattr(words, slot).text for slot in CountryWords.model_fields}


def _check_countries(file: ContentFile, called: _Helplines, country: str) -> None:
    codes = [known.code for known in called.countries]
    if country not in codes:
        file.blame(
            ("countries",),
            f"has no {country}, which SCREENING_COUNTRY asks for; set it to one of {', '.join(codes)}, or add it here",
        )
    for n, known in enumerate(called.countries):
        for kind in ("emergency", "crisis"):
            try:
                _helpline(called.helplines, known.code, kind)
            except LookupError:
                file.blame(
                    ("countries", n),
                    f"{known.code} has no line of the kind {kind} that is for everyone; add one under helplines",
                )
    for n, line in enumerate(called.helplines):
        if line.country not in codes:
            file.blame(
                ("helplines", n, "country"),
                f"{line.country} is no country of this file; write one of {', '.join(codes)}",
            )


def _parts(data: Any, *path: str) -> list[tuple[Location, dict[str, Any]]]:
    """The mappings of a list in a file that may be wrong in any way, each with its path."""
    for step in path:
        data = data.get(step) if isinstance(data, dict) else None
    return [
        ((*path, n), item) for n, item in enumerate(data if isinstance(data, list) else []) if isinstance(item, dict)
    ]


def _put_answers(file: ContentFile) -> None:
    """Turn `answers: name`, `one_of:` and `any_of:` into the answers themselves."""
    shared = file.data.get("answers") if isinstance(file.data, dict) else None
    shared = shared if isinstance(shared, dict) else {}
    signs = False
    for at, question in _parts(file.data, "questions"):
        if signs and question.get("group") == "safety":
            file.blame((*at, "group"), "safety questions come first; move it up, or write signs")
        signs = signs or question.get("group") == "signs"
        if file.audience == "counselor" and "talk" not in question:
            file.blame((*at, "talk"), "is missing for counselors; their guide needs it")
        given = [key for key in ("answers", "one_of", "any_of") if key in question]
        if len(given) != 1 or "many" in question:
            file.blame(at, "must have its answers once; write answers: (a list's name from above), one_of: or any_of:")
            continue
        answers = question.pop(given[0])
        origin: Location = (*at, given[0])
        if given[0] == "answers":
            if not isinstance(answers, str) or answers not in shared:
                file.blame(origin, f"is no shared list of answers; write one of {', '.join(shared)}")
                answers = []
            else:
                origin, answers = ("answers", answers), shared[answers]
        question["answers"], question["many"] = answers, given[0] == "any_of"
        # The answers keep the lines they stand on and the faults they have, so that each is told once.
        inside = [inner for inner in {*file.places, *file.bad} if inner[: len(origin)] == origin]
        moved = {inner: (*at, "answers", *inner[len(origin) :]) for inner in inside}
        file.places |= {moved[inner]: file.places[inner] for inner in inside if inner in file.places}
        file.bad |= {moved[inner] for inner in inside if inner in file.bad}


def _check_notes(asked: ContentFile, pages: ContentFile) -> None:
    """Each note speaks about an answer that is offered, and leads with words that stand in pages.yaml."""
    for path, question in _parts(asked.data, "questions"):
        notes = question.get("notes")
        offered = {str(answer.get("id")): answer for _, answer in _parts(question, "answers")}
        for name, note in notes.items() if isinstance(notes, dict) else ():
            at = (*path, "notes", name)
            if offered and name not in offered:
                known = ", ".join(offered)
                asked.blame(at, f"speaks about an answer that is not offered; write one of {known}")
            care, lead = (note.get("care"), note.get("lead")) if isinstance(note, dict) else (None, None)
            if care == "emergency" and name in offered and not offered[name].get("now"):
                asked.blame(at, "is an emergency; write now: beside its answer, with whom to call at once")
            blocks = [block.get("id") for _, block in _parts(pages.data, "guidance", str(care), "blocks")]
            if care in ("today", "emergency") and blocks and lead not in blocks:
                asked.blame((*at, "lead"), f"names no words; write the id of a block of guidance.{care} in pages.yaml")
            if care == "soon" and lead is not None:
                asked.blame((*at, "lead"), "soon has one lead for all; leave this key out")


def _check_sources(asked: ContentFile, pages: ContentFile) -> None:
    known = [source.get("id") for _, source in _parts(asked.data, "sources")]
    for file in (asked, pages):
        for path, source in file.cited if known else ():
            if source not in known:
                file.blame(
                    path, f"{source} is no known source; write one of sources: in questions.yaml, or add it there"
                )
