"""What a clinician reviews: every text of the editions in its place, its fingerprint, and what has changed since."""

import datetime
import hashlib
import json
import textwrap
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from screening.edition import Edition
from screening.model import AUDIENCES, Audience, ContentModel
from screening.questions import Note, Question, Review
from screening.source import Faults, Place
from screening.translation import IN_ENGLISH
from screening.words import PAGE_KINDS, HelpWords, PageKind

Editions = Mapping[Audience, Edition]
# What one language says: place → the text, for each audience that reads it. A step of a place that is in brackets is an
# item of a list: its id or, where it has none, its number. One place is guidance.emergency.blocks.[seizure].heading.
Passages = Mapping[str, Mapping[Audience, str]]

REVIEWED = "reviewed.json"  # beside the YAML files: the passages of each language as they were reviewed

UNSEEN = {"id", "code", "in_words", "in_language"}  # fields that readers see nowhere, or as a part of other texts


def passages(editions: Editions) -> Passages:
    """Every text that the readers of one language see, and what decides when they see it, in order."""
    read = {audience: _Told(edition).all_for(audience) for audience, edition in editions.items()}
    places = merged(read.values())
    return {place: {audience: said[place] for audience, said in read.items() if place in said} for place in places}


def fingerprint(said: Passages) -> str:
    """16 hex digits, such as 0123-4567-89ab-cdef, that change with every word, number, level of care and order.

    Ids do not count, nor does the order in which our code lists the fields of a part.
    """
    read = {}
    for audience in AUDIENCES:
        texts = {place: read_by[audience] for place, read_by in said.items() if audience in read_by}
        read[audience] = sorted(zip(_numbered(texts), texts.values(), strict=True))
    return "-".join(textwrap.wrap(hashlib.sha256(json.dumps(read).encode()).hexdigest()[:16], 4))


def _numbered(places: Iterable[str]) -> Iterator[str]:
    """The places with a number for each step in brackets: which item of its list it is."""
    numbers: dict[str, dict[str, str]] = {}
    for place in places:
        steps = place.split(".")
        for n, step in enumerate(steps):
            if step.startswith("["):
                items = numbers.setdefault(".".join(steps[:n]), {})
                steps[n] = items.setdefault(step, str(len(items) + 1))
        yield ".".join(steps)


def merged(lists: Iterable[Iterable[str]]) -> list[str]:
    """Merge lists of places without duplicates; each new place follows its predecessor in its own list."""
    found: list[str] = []
    for places in lists:
        known, at = set(found), 0
        for place in places:
            if place not in known:
                found.insert(at, place)
            elif found[at : at + 1] != [place]:
                at = found.index(place)
            at += 1
    return found


# --- Every text of an edition, with its place -------------------------------------------------------------------


class _Told:
    """What one edition tells its readers: `texts` by their places, in order."""

    def __init__(self, edition: Edition) -> None:
        self.edition = edition
        self.texts: dict[str, str] = {}
        self.titles = {source.id: source.title for source in edition.sources}
        cards = {"emergency": edition.words.guidance.emergency, "today": edition.words.guidance.today}
        self.headings = {
            (care, block.id): f"{number}. {block.heading}"
            for care, card in cards.items()
            for number, block in enumerate(card.blocks, 1)
        }

    def all_for(self, audience: Audience) -> Mapping[str, str]:
        edition = self.edition
        self._add("questions", edition.questions)
        for name, part in edition.words:
            if name != "guide" or audience == "counselor":
                self._add(name, part)
        for country in edition.countries:
            self._add(f"countries.[{country.code}].name", country.name)
        known: Counter[str] = Counter()
        for line in edition.helplines:  # where a line has no id: GB-crisis-2, so that a new line moves few others
            group = f"{line.country}-{line.kind}"
            known[group] += 1
            self._add(f"helplines.[{line.id or f'{group}-{known[group]}'}]", line)
        # Sorted, because the order of the sources means nothing.
        self._add("sources", tuple(sorted(f"{s.title} {s.link or ''}" for s in edition.sources)))
        return self.texts

    def _add(self, place: str, value: object) -> None:
        match value:
            case str():
                self.texts[place] = IN_ENGLISH.sub(r"“\1”", " ".join(value.split()))
            case None | False:
                return
            case datetime.date():
                return  # a new read_on each year must not end a review
            case True:
                self.texts[place] = "yes"
            case ContentModel():
                self._add(place, self._asked(value) if isinstance(value, Question) else self._shown(value))
            case Mapping():
                for name, part in value.items():
                    self._add(f"{place}.{name}", part)
            case tuple():
                for number, part in enumerate(value, 1):
                    self._add(f"{place}.[{getattr(part, 'id', number)}]", part)
            case _:
                raise TypeError(f"{place}: {value!r} is nothing that readers can be shown")

    def _shown(self, part: ContentModel) -> dict[str, Any]:
        """The fields of a part, as readers are shown them."""
        shown: dict[str, Any] = {name: value for name, value in part if name not in UNSEEN}
        if isinstance(ids := shown.get("sources"), tuple):  # the about page has a part of that name
            shown["sources"] = self._titles(ids)
        if "call" in shown and not isinstance(part, HelpWords):  # whose `call` is a word
            kinds = shown["call"] if isinstance(shown["call"], tuple) else (shown["call"],)
            lines = map(self.edition.helpline, kinds)
            shown["call"] = "; ".join(f"{line.name}: {line.number}" for line in lines) or None
        return shown

    def _titles(self, ids: Collection[str]) -> str | None:
        """The sources as the about page names them, without its order."""
        return "; ".join(sorted(self.titles[name] for name in ids)) or None

    def _asked(self, question: Question) -> dict[str, Any]:
        """A question, and each answer with what is said about it."""
        shown: dict[str, Any] = {name: getattr(question, name) for name in ("ask", "topic", "why", "group", "sign")}
        shown["sources"] = self._titles(question.sources)
        shown["choose"] = "any number of answers" if question.many else "one answer"
        for answer in question.answers:
            note = question.notes.get(answer.id)
            said: dict[str, Any] = self._shown(note) if note else {"care": "none"}
            if note:
                said["lead"] = self.headings.get((note.care, note.lead or ""))
            shown[f"answers.[{answer.id}]"] = self._shown(answer) | said
        return shown | {"talk": question.talk}


# --- What has changed since a review ----------------------------------------------------------------------------


class Change(NamedTuple):
    """What some audiences read in one place before and after, without unchanged texts.

    If only the order of a list has changed, all its texts.
    """

    place: str
    audiences: tuple[Audience, ...]
    before: tuple[str, ...]
    after: tuple[str, ...]


def changes(before: Passages, after: Passages) -> list[Change]:
    """What has changed from one state of a language's words to another, place by place."""
    found: dict[tuple[str, tuple[str, ...], tuple[str, ...]], list[Audience]] = {}
    old_texts, new_texts = _texts(before), _texts(after)
    for place in merged((new_texts, old_texts)):
        for audience in AUDIENCES:
            old, new = (tuple(texts.get(place, {}).get(audience, ())) for texts in (old_texts, new_texts))
            if old != new:
                gone, come = tuple(t for t in old if t not in new), tuple(t for t in new if t not in old)
                found.setdefault((place, gone, come) if gone or come else (place, old, new), []).append(audience)
    old_lists, new_lists = _first_texts(before), _first_texts(after)
    for place in new_lists:
        for audience in AUDIENCES:
            was, now = (lists.get(place, {}).get(audience, {}) for lists in (old_lists, new_lists))
            stayed, stays = [item for item in was if item in now], [item for item in now if item in was]
            if stayed != stays:
                texts = tuple(was[item] for item in stayed), tuple(now[item] for item in stays)
                found.setdefault((place, *texts), []).append(audience)
    return [Change(place, tuple(audiences), old, new) for (place, old, new), audiences in found.items()]


def _texts(said: Passages) -> dict[str, dict[Audience, list[str]]]:
    """The texts of each place; those of a list that holds only texts are together."""
    found: dict[str, dict[Audience, list[str]]] = {}
    for place, texts in said.items():
        for audience, text in texts.items():
            found.setdefault(list_of(place), {}).setdefault(audience, []).append(text)
    return found


def list_of(place: str) -> str:
    """The place without the number that a text has in its list."""
    return place.rpartition(".")[0] if place.endswith("]") else place


def _first_texts(said: Passages) -> dict[str, dict[Audience, dict[str, str]]]:
    """The items of each list in order, each with the first of its texts, for each audience that reads any."""
    found: dict[str, dict[Audience, dict[str, str]]] = {}
    for place, texts in said.items():
        steps = place.split(".")
        for n, step in enumerate(steps):
            if step.startswith("["):
                for audience, text in texts.items():
                    found.setdefault(".".join(steps[:n]), {}).setdefault(audience, {}).setdefault(step, text)
    return found


def page_of(place: str, *states: Passages) -> PageKind:
    """The kind of page that a place belongs to. What is an emergency in any state of the words counts as one."""
    first, *steps = place.split(".")
    last = steps[-1] if steps else ""
    if last in ("sources", "sign"):
        return "about"
    if "now" in steps or place.startswith(("guidance.emergency", "guidance.elsewhere", "form.danger")):
        return "emergency"
    if last in ("care", "lead"):
        care = f"{place.removesuffix(last)}care"
        if any("emergency" in said.get(care, {}).values() for said in states):
            return "emergency"
    if first == "questions":
        return "guide" if "talk" in steps else "guidance" if last in Note.model_fields else "questions"
    return PAGE_OF.get(first, "every")


PAGE_OF: Mapping[str, PageKind] = {page: page for page in PAGE_KINDS} | {
    "form": "questions",
    "sheet": "handouts",
    "helplines": "help",
    "countries": "help",
    "sources": "about",
    "unreachable": "errors",
}


# --- What the pages may claim -----------------------------------------------------------------------------------


def with_review(editions: Editions, reviewed: Iterable[Mapping[str, Passages]]) -> Editions:
    """The editions of one language, each with the review of its country and language, or an empty one.

    Arguments: the editions as loaded; the reviewed words of each reviewed.json, by language.
    """
    edition = editions["self"]
    claimed = (
        edition.review.words.get(edition.language) if edition.review.country == edition.countries[0].code else None
    )
    if not claimed:
        return {audience: each.model_copy(update={"review": Review()}) for audience, each in editions.items()}
    now = passages(editions)
    if fingerprint(now) == claimed:
        return {audience: each.model_copy(update={"review_stands": True}) for audience, each in editions.items()}
    before = reviewed_as(claimed, edition.language, reviewed)
    pages = {page_of(change.place, before, now) for change in changes(before, now)} if before else ()
    changed = tuple(page for page in PAGE_KINDS if page in pages)
    return {audience: each.model_copy(update={"changed": changed}) for audience, each in editions.items()}


def reviewed_as(claimed: str, language: str, reviewed: Iterable[Mapping[str, Passages]]) -> Passages | None:
    """The words that have this fingerprint, if they were kept."""
    found = (words[language] for words in reviewed if language in words)
    return next((said for said in found if fingerprint(said) == claimed), None)


# --- The words that were reviewed, in a file --------------------------------------------------------------------


def as_file(languages: Mapping[str, Editions]) -> str:
    """The text of reviewed.json: the words of each language. A text that all audiences read is written once."""
    words: dict[str, dict[str, str | Mapping[Audience, str]]] = {}
    for language, editions in languages.items():
        words[language] = {}
        for place, texts in passages(editions).items():
            same = len(texts) == len(AUDIENCES) and len(set(texts.values())) == 1
            words[language][place] = next(iter(texts.values())) if same else texts
    return json.dumps(words, ensure_ascii=False, indent=1) + "\n"


def read_reviewed(folder: Path, faults: Faults) -> Mapping[str, Passages]:
    """The words that reviewed.json keeps, by language; none if there is no such file."""
    path = folder / REVIEWED
    try:
        words = json.loads(path.read_text(encoding="utf-8"))
        return {
            str(language): {
                str(place): dict.fromkeys(AUDIENCES, texts) if isinstance(texts, str) else dict(texts)
                for place, texts in said.items()
            }
            for language, said in words.items()
        }
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, AttributeError, TypeError):
        faults.add(Place(path.name, 1, ""), "can't be read; take it from the commit of the review, or remove it")
        return {}
