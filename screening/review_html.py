"""The document that a clinician reviews: one HTML file of plain tables, for paper and for word processors."""

import datetime
from collections.abc import Collection, Iterable, Iterator, Mapping
from html import escape
from itertools import groupby

from screening.model import AUDIENCES, Audience
from screening.review import Editions, Passages, changes, fingerprint, list_of, merged, passages, reviewed_as

# The parts of the document in order, and the places that belong to each. The first that fits counts.
PARTS = {
    "The questions, and what is said about each answer": ("questions",),
    "The emergency card": ("guidance.emergency", "guidance.elsewhere"),
    "The rest of the guidance": ("guidance",),
    "The warning on every page": ("warning",),
    "The start page": ("start",),
    "The form around the questions": ("form",),
    "The guide for counselors": ("guide",),
    "About this self-check": ("about", "sources"),
    "Privacy": ("privacy",),
    "The handouts": ("sheet",),
    "Numbers to call": ("help", "helplines", "countries"),
    "What stands on every page, and error pages": ("site", "errors", "unreachable"),
}
READERS: Mapping[Audience, str] = {"self": "The person", "family": "Family", "counselor": "Counselor"}
# What fields are called here, where their own names do not say it.
NAMES = {
    "ask": "the question",
    "topic": "its short name",
    "why": "why we ask",
    "group": "part of the form",
    "sign": "in the source document",
    "sources": "based on",
    "choose": "can be chosen",
    "questions": "question",
    "answers": "answer",
    "label": "the answer",
    "now": "line below the answer",
    "alone": "excludes the other answers",
    "open": "leaves the question open",
    "call": "calls",
    "care": "how urgent",
    "lead": "shows the block",
    "means": "what it can mean",
    "say": "words to use",
    "sheet": "noted on the handout",
    "talk": "for the talk",
    "blocks": "block",
    "sections": "section",
    "paragraphs": "paragraph",
    "points": "point",
    "helplines": "helpline",
}
ELSEWHERE = {  # the same outside of the questions
    "today": "help today",
    "soon": "help soon",
    "nothing": "nothing was noted",
    "left_open": "some were left open",
    "open": "what was left open",
    "noticed": "what was noted",
    "more": "to read on",
    "end": "the end of the page",
    "before": "at the start",
    "after": "at the end",
    "choices": "who it is about",
    "groups": "part of the form",
    "kinds": "kind of line",
    "countries": "country",
    "instruments": "other questionnaires",
    "rows": "row",
    "links": "link",
    "blanks": "blank to fill in",
    "months": "month",
    "sources": "source",
}
# Fields that are not sentences; one row lists all those of a part.
FACTS = {
    "group", "sign", "sources", "choose", "alone", "open", "call", "care", "lead", "sheet",
    "kind", "country", "area", "number", "only_text", "text_number", "text_word", "press", "hours", "cost", "languages",
    "who_for", "url", "source", "audience",
}  # fmt: skip

# A word processor looks at these attributes rather than at the style.
TABLE = '<table border="1" cellspacing="0" cellpadding="3" width="100%">\n'
STYLE = """
@page { size: landscape; margin: 1.2cm }
body { font: 9pt/1.3 sans-serif; color: #000; background: #fff; margin: 1em }
h1 { font-size: 18pt } h2 { font-size: 14pt; break-before: page } h3 { font-size: 12pt; break-after: avoid }
table { border-collapse: collapse; width: 100%; table-layout: fixed; margin-bottom: 1em }
thead { display: table-header-group }
tr { break-inside: avoid }
th, td { border: 1px solid #777; padding: 2px 4px; text-align: left; vertical-align: top; overflow-wrap: anywhere }
th { background: #eee; font-weight: bold }
.part { break-after: avoid }
"""

HOW = """
<p>These are all the words that readers of this site see, in the order in which you will best read them.</p>
<ul>
<li>Mark each row: right, or change. Write beside it what to change, in the row or on a sheet with its number.</li>
<li>Mark only a language that you read well. Where something is outside your field, say so.</li>
<li>Where the readers get different words, each has a row. Numbers and names are those of this country.</li>
<li>The fingerprint stands for exactly these words. Any change of them gives another one.</li>
<li>Your name is shown only if you say yes to these very words. If you ask for changes, you get a new document, with
what has changed in front.</li>
</ul>
"""
ANSWER = "<br>".join(
    (
        "☐ Yes, the pages may say that I reviewed these words",
        "☐ Not before the changes that I have marked",
        "☐ I did not read these",
    )
)
CARES = """How urgent an answer is decides what leads the guidance. Emergency: the emergency card. Today: get medical
advice today or tonight. Soon: talk with a prescriber or pharmacist soon. None: nothing is said about this answer. The
highest level leads, whatever else is marked; nothing is counted."""


def review_document(
    languages: Mapping[str, Editions], reviewed: Collection[Mapping[str, Passages]], day: datetime.date
) -> str:
    """The document, in ASCII, because a shell may write it in any encoding.

    Arguments: the editions of each language; the words that were kept of reviews, by language; the day it is made on.
    """
    return "".join(_Document(languages, reviewed).lines(day)).encode("ascii", "xmlcharrefreplace").decode()


class _Document:
    def __init__(self, languages: Mapping[str, Editions], reviewed: Collection[Mapping[str, Passages]]) -> None:
        self.editions = {code: editions["self"] for code, editions in languages.items()}
        self.names = {code: escape(edition.words.site.language) for code, edition in self.editions.items()}
        self.said = {code: passages(editions) for code, editions in languages.items()}
        self.prints = {code: fingerprint(said) for code, said in self.said.items()}
        self.places = merged(self.said.values())
        self.items = _items(self.places)
        claimed = {code: edition.review.words.get(code, "") for code, edition in self.editions.items()}
        self.before = {code: reviewed_as(claimed[code], code, reviewed) for code in claimed}  # None: it is not known
        self.changes = {code: changes(said, self.said[code]) for code, said in self.before.items() if said}
        self.new = {change.place for found in self.changes.values() for change in found}
        self.questions = [f"questions.{item}" for item in self.items["questions"]]
        self.number = 0

    def lines(self, day: datetime.date) -> Iterator[str]:
        first = next(iter(self.editions.values()))
        title = f"Words to review: {first.words.site.name}, {first.countries[0].name}"
        yield f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>{escape(title)}</title>\n'
        yield f"<style>{STYLE}</style>\n</head>\n<body>\n<h1>{escape(title)}</h1>\n"
        yield from self._front(day)
        yield from self._changes()
        for part, starts in PARTS.items():
            places = [place for place in self.places if _part_of(place) == part]
            yield f"<h2>{escape(part)}</h2>\n"
            if starts == ("questions",):
                yield f"<p>{CARES}</p>\n"
                for question in self.questions:
                    yield f"<h3>{escape(_capital(self._path(question)))}</h3>\n"
                    yield self._words([place for place in places if place.startswith(f"{question}.")])
            else:
                yield self._words(places)
        yield "</body>\n</html>\n"

    def _front(self, day: datetime.date) -> Iterator[str]:
        yield f"<p>Made on {day.isoformat()}.</p>\n{HOW}{TABLE}"
        yield _tr('<th width="34%">Language</th><th width="22%">Fingerprint</th><th width="44%">My answer</th>')
        for code, name in self.names.items():
            yield _tr(
                f"<td>{name}<br>{escape(self._reviewed(code))}</td><td><code>{self.prints[code]}</code></td><td>{ANSWER}</td>"
            )
        yield f"</table>\n{TABLE}"
        for asked in ("Name", "Role, as the pages may show it", "Date", "Signature"):
            yield _tr(f'<th width="34%">{asked}</th><td><br><br></td>')
        yield "</table>\n"

    def _reviewed(self, code: str) -> str:
        review, stands = self.editions[code].review, self.editions[code].review_stands
        if not review.name:
            return "Not reviewed yet."
        since = "Not changed since." if stands else "Changed since."
        return f"Last reviewed by {review.name}, {review.role}, on {review.date}. {since}"

    def _changes(self) -> Iterator[str]:
        yield "<h2>What has changed since the last review</h2>\n"
        for code, edition in self.editions.items():
            yield f"<h3>{self.names[code]}</h3>\n"
            if edition.review_stands:
                yield "<p>Nothing.</p>\n"
            elif not edition.review.name:
                yield "<p>There was no review yet: all of it is new.</p>\n"
            elif code not in self.changes:
                yield "<p>The words of the last review were not kept, so read all of it.</p>\n"
            else:
                columns = {"Where": 18, "Before": 31, "Now": 31, "My mark": 20}
                yield _table(columns, (self._change(code, *change) for change in self.changes[code]))

    def _change(self, code: str, place: str, audiences: Collection[Audience], *states: Collection[str]) -> str:
        where = escape(f"{_part_of(place)} › {self._path(place)}")
        texts = ("<br>".join(map(escape, texts)) or "(nothing)" for texts in states)
        cells = "".join(f"<td {self._in(code)}>{text}</td>" for text in texts)
        return _tr(f"<td>{where}<br><i>{_readers(audiences)}</i></td>{cells}<td>{_boxes([code])}</td>")

    def _words(self, places: list[str]) -> str:
        """The table of all that stands in these places."""
        columns = {"No.": 5, "What, and who reads it": 13}
        columns |= {f"{name} {self.prints[code]}": 58 // len(self.said) for code, name in self.names.items()}
        return _table(columns | {"My mark, and what to change": 24}, self._rows(places))

    def _rows(self, places: list[str]) -> Iterator[str]:
        for group in dict.fromkeys(map(_group_of, places)):
            if group not in self.questions:  # these have a heading above their table
                heading = escape(_capital(self._path(group)))
                yield f'<tr class="part"><th colspan="{3 + len(self.said)}">{heading}</th></tr>\n'
            here = [place for place in places if _group_of(place) == group]
            for _, listed in groupby((place for place in here if not _is_fact(place)), list_of):
                rows = [(self._what(place), *wording) for place in listed for wording in self._wordings(place)]
                # The points of one audience stand together, so that they can be read as that audience reads them.
                for what, audiences, texts in sorted(rows, key=lambda row: AUDIENCES.index(row[1][0])):
                    yield self._row(what, audiences, [escape(text) for text in texts])
            facts: dict[tuple[tuple[Audience, ...], bool], list[list[str]]] = {}
            for place in filter(_is_fact, here):
                for audiences, texts in self._wordings(place):
                    said = [f"{self._what(place)}: {escape(text)}" if text else "" for text in texts]
                    facts.setdefault((audiences, len(set(texts)) == 1), []).append(said)
            for (audiences, _), lines in facts.items():
                cells = ["<br>".join(filter(None, said)) for said in zip(*lines, strict=True)]
                yield self._row("facts", audiences, cells)

    def _wordings(self, place: str) -> Iterator[tuple[tuple[Audience, ...], tuple[str, ...]]]:
        """The texts of a place, in each language, with their audiences; audiences that read the same share an entry."""
        found: dict[tuple[str, ...], tuple[Audience, ...]] = {}
        for audience in AUDIENCES:
            texts = tuple(words.get(place, {}).get(audience, "") for words in self.said.values())
            if any(texts):
                found[texts] = (*found.get(texts, ()), audience)
        return ((audiences, texts) for texts, audiences in found.items())

    def _row(self, what: str, audiences: Collection[Audience], cells: list[str]) -> str:
        self.number += 1
        start = f"<td>{self.number}</td><td>{_capital(what)}<br><i>{_readers(audiences)}</i></td>"
        if len(set(cells)) == 1:
            return _tr(f'{start}<td colspan="{len(cells)}">{cells[0]}</td><td>{_boxes([])}</td>')
        texts = "".join(f"<td {self._in(code)}>{cell}</td>" for code, cell in zip(self.said, cells, strict=True))
        return _tr(f"{start}{texts}<td>{_boxes(list(self.said))}</td>")

    def _what(self, place: str) -> str:
        """A text's name within its group, such as “point 2”, and whether it has changed."""
        steps = place.split(".")
        rest = range(_group_of(place).count(".") + 1, len(steps))
        if len(rest) > 1 and steps[-1] == "text":  # the words of a line that has nothing else to read
            rest = rest[:-1]
        what = " ".join(_name(steps, n) for n in rest)
        return escape(f"no. {what}" if what.isdigit() else what) + (
            " <b>(changed)</b>" if list_of(place) in self.new else ""
        )

    def _in(self, code: str) -> str:
        return f'lang="{code}" dir="{escape(self.editions[code].words.site.direction)}"'

    def _path(self, place: str) -> str:
        """What leads to a place, for people: question 1 › answer 11: Can't sleep › words to use."""
        steps, names = place.split("."), []
        listed = [n for n, step in enumerate(steps) if step.startswith("[")]
        for n, step in enumerate(steps):
            if n not in listed:
                names.append(_name(steps, n))
                continue
            known = self.items.get(".".join(steps[:n]), [])
            if step in known:  # else it is gone, and has no number any more
                names[-1] += f" {known.index(step) + 1}"
            if n == listed[-1]:
                names[-1] += f": {self._first_text('.'.join(steps[: n + 1]))}"
        if not listed and f"{place}.heading" in self.places:
            names[-1] += f": {self._first_text(f'{place}.heading')}"
        return " › ".join(names if len(names) == 1 or listed[:1] == [1] else names[1:])

    def _first_text(self, place: str) -> str:
        """What names an item of a list: the first of its texts, such as the label of an answer."""
        words = (said for said in (*self.said.values(), *self.before.values()) if said)
        return next(text for said in words for at in said if at.startswith(place) for text in said[at].values())


def _tr(cells: str) -> str:
    return f'<tr valign="top">{cells}</tr>\n'


def _table(columns: Mapping[str, int], rows: Iterable[str]) -> str:
    """A table with the heads of its columns, and their widths in percent."""
    head = _tr("".join(f'<th width="{width}%">{name}</th>' for name, width in columns.items()))
    return f"{TABLE}<thead>{head}</thead>\n<tbody>\n{''.join(rows)}</tbody>\n</table>\n"


def _part_of(place: str) -> str:
    return next(part for part, starts in PARTS.items() if place.startswith(starts))


def _group_of(place: str) -> str:
    """The places that stand under one heading of a table: those of an answer, a block, a section."""
    steps = list_of(place).split(".")
    if steps[0] == "questions":
        return ".".join(steps[: 4 if "answers" in steps else 3 if "talk" in steps else 2])
    return ".".join(steps[: max(1, len(steps) - 1)])


def _name(steps: list[str], n: int) -> str:
    """A step of a place, in words."""
    listed = n + 1 < len(steps) and steps[n + 1].startswith("[")
    known = NAMES if steps[0] == "questions" or (n and steps[n] in ("sources", "call")) else ELSEWHERE
    if listed and known is ELSEWHERE:
        known = NAMES | ELSEWHERE
    if steps[0] == "errors" and n == 1 and steps[n].isdigit():
        return f"the page for error {steps[n]}"
    return known.get(steps[n], steps[n].strip("[]").replace("_", " "))


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _is_fact(place: str) -> bool:
    return place.rpartition(".")[2] in FACTS


def _readers(audiences: Collection[Audience]) -> str:
    return "Everyone" if len(audiences) == len(AUDIENCES) else ", ".join(READERS[audience] for audience in audiences)


def _boxes(codes: Collection[str]) -> str:
    """Room to mark, for each language where they differ, and to comment."""
    return "<br>".join(f"{code.upper()} ☐ right ☐ change".strip() for code in codes or ("",)) + "<br>"


def _items(places: Iterable[str]) -> dict[str, list[str]]:
    """The items of each list, in order: a place, and the steps in brackets that follow it."""
    found: dict[str, list[str]] = {}
    for place in places:
        steps = place.split(".")
        for n, step in enumerate(steps):
            if step.startswith("[") and step not in (known := found.setdefault(".".join(steps[:n]), [])):
                known.append(step)
    return found
