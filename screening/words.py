"""The types of pages.yaml: every word that readers see outside the questions and their notes."""

from collections.abc import Mapping
from typing import Annotated, Literal, Self, TypeAlias, get_args

from pydantic import Field, WithJsonSchema, model_validator

from screening.helplines import KINDS, Kind
from screening.model import (
    AUDIENCES,
    FROZEN,
    Audience,
    ContentModel,
    Each,
    ForSome,
    Id,
    Link,
    Original,
    Shared,
    SourceId,
    Url,
    Words,
    at_least,
    fits,
    has_each,
    sentence,
)
from screening.questions import GROUPS, Group
from screening.source import Text

STATUSES = ("400", "403", "404", "405", "411", "413", "415", "500")  # the errors that have a page

PageKind = Literal[
    "emergency", "warning", "questions", "guidance", "handouts", "guide", "help", "start", "about", "privacy", "every",
    "errors",
]  # fmt: skip
# The kinds of page that a review tells apart, the most urgent first.
PAGE_KINDS: tuple[PageKind, ...] = get_args(PageKind)

Texts: TypeAlias = Each[tuple[Words, ...]]


class Prose(ContentModel):
    """Running text: a heading, paragraphs, points, links."""

    heading: Words | None = None
    paragraphs: Texts = ()
    points: Texts = ()
    links: tuple[Link, ...] = ()
    sources: tuple[SourceId, ...] = ()

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not (self.paragraphs or self.points or self.links):
            raise ValueError("has no words; write paragraphs, points or links")
        return self


Proses: TypeAlias = Each[tuple[Prose, ...]]


class Headed(Prose):
    """Prose that can be folded up, so it must have a heading."""

    heading: Words


class Block(ForSome):
    """What to do now about one danger, and whom to call. `pills` replaces the usual words on keeping pills safe."""

    id: Id
    heading: Words
    points: Annotated[Texts, at_least(1)]
    sources: Annotated[tuple[SourceId, ...], at_least(1)]
    call: tuple[Kind, ...] = ()
    pills: Prose | None = None


class Card(ContentModel):
    """What leads the page at one level of care. Its blocks are shown in the order of the file."""

    heading: Words
    intro: Words
    blocks: Annotated[tuple[Block, ...], at_least(1)]
    after: Proses = ()


class Operator(ContentModel):
    """Who runs the site, and where questions about it go."""

    name: Original
    link: Url | None = None
    email: (
        Annotated[str, fits(r"[\w.+-]+@[\w-]+(\.[\w-]+)+", "is not an email address; write one such as a@b.org")] | None
    ) = None

    @model_validator(mode="after")
    def _can_be_asked(self) -> Self:
        if not (self.link or self.email):
            raise ValueError("has no way to ask; write a link: or an email:")
        return self


class Site(ContentModel):
    name: Words
    operator: Operator | None = None
    run_by: Annotated[Text, sentence("name")]
    contact: Words
    language: Words
    direction: Annotated[Text, sentence(), WithJsonSchema({"enum": ["ltr", "rtl"]})]  # load.py checks each language's
    languages: Words
    months: Annotated[tuple[Words, ...], Field(min_length=12, max_length=12)]
    date: Annotated[Text, sentence("month", "day", "year")]
    skip: Words
    menu: Words
    start: Words
    help: Words
    about: Words
    privacy: Words
    leave: Words
    leave_keys: Words
    leave_more: Annotated[tuple[Words, ...], Field(min_length=2, max_length=2)]
    leave_off: Words
    new_tab: Words
    footer: Texts
    unreviewed: Words
    reviewed: Annotated[Text, sentence("name", "role", "date")]
    changed: Annotated[Text, sentence("name", "role", "date")]
    changed_pages: Annotated[Text, sentence("pages")]
    pages: Annotated[Mapping[PageKind, Words], has_each(PAGE_KINDS), FROZEN]


class WarningWords(ContentModel):
    """The fixed safety text that every page carries."""

    label: Words
    heading: Words
    text: Words
    more: Words
    driving: Words
    sources: tuple[SourceId, ...]


class Choice(ContentModel):
    audience: Audience
    title: Words
    hint: Words | None = None


class Start(ContentModel):
    heading: Words
    intro: Words
    choose: Words
    choices: Annotated[tuple[Choice, ...], has_each(AUDIENCES, lambda choice: choice.audience)]
    sections: Proses


class FormErrors(ContentModel):
    """The messages about a faulty answer sheet. None of them repeats what was sent."""

    title: Words
    heading: Words
    empty: Words
    alone: Words
    one: Words
    unknown: Words
    version: Words


class GuideLink(ForSome):
    """The link from the form to the conversation guide."""

    text: Words


class FormWords(ContentModel):
    heading: Words
    intro: Words
    danger: Headed
    before: Each[tuple[Headed, ...]]
    guide: GuideLink | None = None
    groups: Annotated[Mapping[Group, Prose], has_each(GROUPS), FROZEN]
    question: Annotated[Text, sentence("number", "all")]
    why: Words
    choose_any: Words
    no_answer: Words
    enough: Words
    submit: Words
    stays: Words
    offline: Words
    sent: Words
    unsendable: Words
    clear: Words
    cleared: Words
    unmark: Words
    unmarked: Words
    answered: Annotated[Text, sentence("number", "all")]
    moved: Words
    paper: Words
    errors: FormErrors


class Instrument(ContentModel):
    """A validated screening tool. The rules on wording do not apply to `title`, which is a proper name."""

    title: Original
    about: Words
    limits: Words
    sources: Annotated[tuple[SourceId, ...], at_least(1)]


class Instruments(ForSome):
    heading: Words
    intro: Words
    limits: Words
    rows: tuple[Instrument, ...]


class GuidanceWords(ContentModel):
    heading: Words
    not_saved: Words
    emergency: Card
    elsewhere: Words
    numbers_for: Annotated[Text, sentence("country")]
    other_country: Words
    today: Card
    soon: Prose
    nothing: Prose
    left_open: Prose
    noticed: Prose
    other_reasons: Words
    say: Words
    fold: Words
    open: Prose
    who: Prose
    helplines: Words
    pills: Prose
    more: Each[tuple[Headed, ...]]
    instruments: Instruments | None = None
    end: Prose
    change: Words
    print: Words


class Handout(ContentModel):
    """A sheet to take along: `facts` is the heading of what was noticed, `blanks` are to fill in by hand.

    `elsewhere` introduces links to it in other languages, without answers.
    """

    heading: Words
    intro: Words
    print: Words
    elsewhere: Words | None = None
    facts: Words | None = None
    no_facts: Words | None = None
    sections: Proses
    blanks: Texts
    numbers: Words
    end: Words


class KindHeading(ContentModel):
    kind: Kind
    heading: Words


class HelpWords(ContentModel):
    heading: Words
    intro: Texts
    others: Words
    others_intro: Words
    kinds: Annotated[tuple[KindHeading, ...], has_each(KINDS, lambda words: words.kind)]
    call: Words
    text: Words
    text_word: Annotated[Text, sentence("word", "number")]
    press: Annotated[Text, sentence("number", "key")]
    more: Words
    hours: Words
    cost: Words
    languages: Words
    who_for: Words
    area: Words
    source: Words
    read_on: Annotated[Text, sentence("date")]
    answered_by: Annotated[Text, sentence("name")]
    not_called: Words
    not_called_others: Words


class About(ContentModel):
    heading: Words
    sections: Proses
    review: Words
    questions: Prose
    document: Words
    based_on: Words
    our_judgment: Words
    claims: Prose
    sources: Prose


class PrivacyWords(ContentModel):
    heading: Words
    sections: Proses


class Guide(ContentModel):
    heading: Words
    intro: Words
    before: Proses
    ask: Words
    listen: Words
    reflect: Words
    affirm: Words
    offer: Words
    notes: Words
    after: Proses


class ErrorWords(ContentModel):
    heading: Words
    paragraphs: Texts


class PageWords(ContentModel):
    """pages.yaml."""

    site: Site
    warning: WarningWords
    start: Shared[Start]
    form: FormWords
    guidance: GuidanceWords
    sheet: Each[Handout]
    help: Shared[HelpWords]
    about: Shared[About]
    privacy: Shared[PrivacyWords]
    guide: Shared[Guide]
    errors: Shared[Annotated[Mapping[str, ErrorWords], has_each(STATUSES), FROZEN]]
    unreachable: Shared[ErrorWords]
