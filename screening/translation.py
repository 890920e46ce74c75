"""Another language: a PO file. The English text is the key, so no translation goes stale unnoticed."""

import difflib
import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import polib

from screening.model import AUDIENCES, Audience, ByAudience, ContentModel, ForSome
from screening.questions import Note
from screening.source import ContentError, Fault, Faults, Place, Text

# What a translation must have as often as the English: slots, and blanks to fill in by hand.
MARKS = re.compile(r"\{\w+\}|_{3,}")
NUMBER = re.compile(r"\d[\d,.-]*\d|\d")
# English words that a reader says or shows to someone who speaks English, such as [en: I take clonazepam.]
IN_ENGLISH = re.compile(r"\[en: ([^\[\]]+)\]")


class Found(NamedTuple):
    """A text of the files, with those who read it and the level of care it belongs to."""

    text: Text
    audiences: tuple[Audience, ...]
    care: str


def texts_of(part: object, audiences: tuple[Audience, ...] = AUDIENCES, care: str = "") -> Iterator[Found]:
    """Every text of a part that readers see, in the order of the file."""
    if isinstance(part, Text):
        if "guidance.emergency" in part.place.key:
            care = "emergency"
        elif "guidance.today" in part.place.key:
            care = "today"
        yield Found(part, audiences, care)
    elif isinstance(part, ByAudience):
        for audience, words in part.items():
            yield from texts_of(words, (audience,), care)
    elif isinstance(part, ContentModel):
        audiences = part.only_for if isinstance(part, ForSome) else audiences
        care = part.care if isinstance(part, Note) else care
        for _, inner in part:
            yield from texts_of(inner, audiences, care)
    elif isinstance(part, tuple | Mapping):
        for inner in part.values() if isinstance(part, Mapping) else part:
            yield from texts_of(inner, audiences, care)


class Catalog:
    """What each English text is in one language. English itself has an empty one."""

    def __init__(
        self, said: Mapping[tuple[str | None, str], str] | None = None, places: Mapping[str, Place] | None = None
    ) -> None:
        self._said, self._places = said, places or {}

    def every(self, text: Text) -> list[str]:
        """What the text is in this language, for each audience that has words of its own."""
        if self._said is None:
            return [str(text)]
        return [said for context in (None, *AUDIENCES) if (said := self._said.get((context, text)))]

    def place(self, text: Text) -> Place:
        """The place of the text's translation; of the English text if it has none."""
        return self._places.get(text, text.place)

    def say(self, text: Text, audience: Audience) -> str:
        """The text in this language. An entry with the audience as its context goes before one without."""
        if self._said is None:
            return str(text)
        return self._said.get((audience, text)) or self._said[None, text]


def read_catalog(
    path: Path,
    texts: Collection[Found],
    faults: Faults,
    own: tuple[Path, Collection[str]] | None = None,
    missing: Faults | None = None,
) -> Catalog:
    """Read a PO file. Reports every text that lacks its translation, and every entry that fits none.

    Arguments: our file; the texts of the site; if an operator's words are among them, the operator's folder, whose file
    of the same name is laid over ours, and the texts that it may not change; where to report the texts that have no
    translation, if not among the other faults.
    """
    known = {str(found.text) for found in texts}
    said, places, unfinished = _entries(path, path.name, None if own else known, faults)
    add = f"run python -m screening translate {path.stem}, then fill in {path.name}"
    finish = "translate it, and remove the mark"
    if own:
        folder, fixed = own
        file = folder / path.name
        add = finish = f"say it in {file}, or leave {path.stem} out of SCREENING_LANGUAGES"
        theirs = _entries(file, str(file), known, faults)
        for (context, english), words in theirs.said.items():
            if english in fixed and words != said.get((context, english)):
                place = theirs.places[english]
                faults.add(place, "is the same on every site, because it keeps readers safe; remove it")
        general = {english for context, english in theirs.said if context is None}
        said = {key: words for key, words in said.items() if key[1] not in general} | theirs.said
        places, unfinished = places | theirs.places, unfinished | theirs.unfinished
    for text, audiences, _ in texts:
        if all((None, str(text)) in said or (audience, str(text)) in said for audience in audiences):
            continue
        if text in unfinished:
            place, problem = unfinished[text], f"is blank or marked as fuzzy; {finish}"
        else:
            place, problem = text.place, f"has no translation in {path.name}; {add}"
        (faults if missing is None else missing).add(place, problem)
    return Catalog(said, places)


class _Entries(NamedTuple):
    """What a PO file says, by context and English text, and where; and where the entries are that can't be used."""

    said: dict[tuple[str | None, str], str]
    places: dict[str, Place]
    unfinished: dict[str, Place]


def _entries(path: Path, name: str, known: Collection[str] | None, faults: Faults) -> _Entries:
    """Read the entries of a PO file, if there is one, and report the faulty ones.

    `known` are the English texts of the site; None to allow entries whose English text a layer has replaced.
    """
    found = _Entries({}, {}, {})
    try:
        entries = read_po(path, name) if path.exists() else ()
    except ContentError as error:
        for fault in error.faults:
            faults.add(*fault)
        return found
    for entry in entries:
        place, key = Place(name, entry.linenum or 1, ""), (entry.msgctxt, entry.msgid)
        if entry.obsolete:
            continue
        if not _is_sound(entry, place, known, faults):
            found.unfinished[entry.msgid] = place
            continue
        if key in found.said:  # polib could tell, but compares each entry with all before it
            faults.add(place, "is there twice; remove one")
        found.said[key] = entry.msgstr
        found.places[entry.msgid] = place
    return found


# Without the closing quote, polib would drop the last letter.
PO_LINE = re.compile(r'\s*(#.*|(msg[a-z_]+(\[\d\])?\s*)?".*")?\s*')


def read_po(path: Path, name: str = "") -> polib.POFile:
    """Read a PO file. Raises ContentError with one fault; `name` is what its place calls the file."""
    line = 1
    try:
        for number, written in enumerate(path.read_text(encoding="utf-8-sig").split("\n"), 1):
            if not PO_LINE.fullmatch(written):
                line = number
                raise ValueError(written)
        return polib.pofile(str(path), wrapwidth=0)
    except UnicodeDecodeError:
        problem = "is not UTF-8 text; save it as UTF-8"
    except (OSError, ValueError) as error:
        problem = 'can\'t be understood; write msgid "English" and below it msgstr "translation", each in quotes'
        if isinstance(error, OSError) and error.strerror:
            problem = f"can't be read ({error.strerror}); put a readable file there"
        elif found := re.search(r"\(line (\d+)\)", str(error)):
            line = int(found[1])
    raise ContentError([Fault(Place(name or str(path), line, ""), problem)])


def _is_sound(entry: polib.POEntry, place: Place, known: Collection[str] | None, faults: Faults) -> bool:
    """Whether an entry can be used. One that is blank or marked as fuzzy is left out: its text counts as missing."""
    english, said = entry.msgid, entry.msgstr
    outside = IN_ENGLISH.sub("", said)
    if known is not None and english not in known:
        language = Path(place.file).stem
        faults.add(place, f"belongs to no English text; run python -m screening translate {language}, or remove it")
    elif entry.msgctxt is not None and entry.msgctxt not in AUDIENCES:
        faults.add(place, f"unknown context {entry.msgctxt}; use one of {', '.join(AUDIENCES)}, or leave it out")
    elif not said or entry.fuzzy:
        return False
    elif sorted(MARKS.findall(outside)) != sorted(MARKS.findall(english)):
        marks = " ".join(MARKS.findall(english)) or "none"
        faults.add(place, f"has other slots or blanks than the English; write the same ({marks})")
    elif missing := set(NUMBER.findall(english)) - set(NUMBER.findall(said)):
        faults.add(place, f"lacks the number {', '.join(sorted(missing))} of the English; write it in digits")
    elif other := [words for words in IN_ENGLISH.findall(said) if words not in english]:
        faults.add(place, f"holds English that its text does not have: {other[0]}; copy it from the English")
    elif re.search(r"[<>]", said):
        faults.add(place, "contains < or >; remove it, because readers are shown plain text")
    else:
        return True
    return False


# --- Bringing a file up to date ---------------------------------------------------------------------------------

HEADER = {
    "Project-Id-Version": "Self-check",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=2; plural=(n != 1);",
}


def updated(path: Path, texts: Collection[Found]) -> polib.POFile:
    """The PO file, made or brought up to date; nothing that someone wrote is lost.

    A new text comes without translation. A changed one keeps the old translation, marked as fuzzy, beside the old
    English. One that is gone is kept at the end, as obsolete.
    """
    old = read_po(path) if path.exists() else polib.POFile(wrapwidth=0)
    new = polib.POFile(wrapwidth=0)
    new.header = old.header or "What each English text of the YAML files is in this language."
    new.metadata = {"Language": path.stem, **HEADER, **old.metadata}
    written: dict[str, list[polib.POEntry]] = {}
    for entry in old:
        written.setdefault(entry.msgid, []).append(entry)
    places: dict[str, list[Found]] = {}
    for found in texts:
        places.setdefault(str(found.text), []).append(found)
    gone = [entry for entry in old if entry.msgid not in places]
    drafts = _drafts({english: uses for english, uses in places.items() if english not in written}, gone)
    for english, uses in places.items():
        entries = written.get(english) or [drafts[english]]
        for entry in entries:
            entry.obsolete = False
            entry.previous_msgid = entry.previous_msgid if entry.fuzzy else None  # what a fuzzy one was made for
            entry.comment = "\n".join(dict.fromkeys(_where(found) for found in uses))
            entry.occurrences = [(name, "") for name in dict.fromkeys(found.text.place.file for found in uses)]
            entry.flags = [*(["fuzzy"] if entry.fuzzy else []), *(["python-brace-format"] if "{" in english else [])]
            new.append(entry)
    for entry in gone:
        if entry.msgstr:
            entry.obsolete = True
            new.append(entry)
    return new


def _where(found: Found) -> str:
    readers = "" if len(found.audiences) == len(AUDIENCES) else f", for {', '.join(found.audiences)}"
    return f"{found.text.place.key}{readers}{f' - {found.care.upper()}' if found.care else ''}"


def _drafts(new: Mapping[str, list[Found]], gone: list[polib.POEntry]) -> dict[str, polib.POEntry]:
    """An entry for each new text; if it replaces a text that is gone, a fuzzy one with that and its translation.

    It replaces the text that is most like it. Where none is, it replaces the one in its place: only then, because with
    one more question in front, the places of all that follow are new.
    """
    drafts = {english: polib.POEntry(msgid=english) for english in new}
    for replaced in (_most_alike, _in_its_place):
        for english, uses in new.items():
            old = [entry for entry in gone if entry.msgstr]
            if not drafts[english].fuzzy and (entry := replaced(english, uses, old)):
                gone.remove(entry)
                drafts[english] = polib.POEntry(
                    msgid=english, msgstr=entry.msgstr, previous_msgid=entry.msgid, flags=["fuzzy"]
                )
    return drafts


def _most_alike(english: str, _: list[Found], old: list[polib.POEntry]) -> polib.POEntry | None:
    alike = difflib.get_close_matches(english, [entry.msgid for entry in old], 1)
    return next((entry for entry in old if entry.msgid in alike), None)


def _in_its_place(_: str, uses: list[Found], old: list[polib.POEntry]) -> polib.POEntry | None:
    keys = {found.text.place.key for found in uses}
    before = ({line.split(",")[0].split(" - ")[0] for line in entry.comment.splitlines()} for entry in old)
    return next((entry for entry, places in zip(old, before, strict=True) if keys & places), None)
