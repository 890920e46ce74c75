"""What an operator's layer does, told to the operator: in a few lines for each check, and text beside text."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import polib

from screening.helplines import NUMBERS, Helpline, Helplines, helpline_for
from screening.layer import HELPLINES, UNCLAIMED, Change, Layer
from screening.source import maps

SEEN = "seen.json"  # in the operator's folder: our texts as they were when the operator last said so
# Words that would make the guidance a finding about the reader.
JUDGING = re.compile(r"\b(scor|result|points|level|risk|diagnos|addict|abus|disorder|positive|fail|pass\b)\w*", re.I)


def summary(layer: Layer, found: Helplines) -> Iterator[str]:
    """What the layer changes, and where each own helpline stands."""
    added = [change for change in layer.changes if change.ours is None]
    replaced = len(layer.changes) - len(added)
    counts = f"{replaced} changed, {len(added)} added, {len(layer.hidden)} left out; {len(layer.same)} only repeat ours"
    yield f"{layer.folder}: {counts}. See them: python -m screening compare"
    for change in _safety_first(layer):
        if marks := _marks(change):
            yield f"{_where(change)}: {change.name}: LOOK AT THIS: {', '.join(marks)}"
    ours = {line["id"] for line in maps(layer.ours[HELPLINES], "helplines")}
    for line in found.helplines:
        if line.down:
            stands_in = helpline_for(found.helplines, line.country, line.kind)
            yield f"{line.name} ({line.country}) is down: {stands_in.name if stands_in else 'nobody'} stands in for it"
        elif line.id not in ours:
            yield f"{line.name} ({line.kind}, {line.country}): {_standing(line, found)}"
    seen = _seen(layer)
    if stale := [change for change in layer.changes if seen.get(change.name) not in (None, change.ours)]:
        yield f"{len(stale)} of our texts have changed since you last looked at them: python -m screening compare"


def _standing(line: Helpline, found: Helplines) -> str:
    slots = [
        f"{{{name}}}" for name, kind in NUMBERS.items() if helpline_for(found.helplines, line.country, kind) == line
    ]
    if slots:
        return f"stands where sentences say {', '.join(slots)}, and first of its kind in the lists"
    if line.first:
        return "stands first of its kind in the lists"
    return "stands in the lists, behind ours; first: true puts it before them"


def comparison(layer: Layer, languages: list[tuple[Path, Path]]) -> Iterator[str]:
    """Each text of the layer beside ours, what touches safety first; then what only repeats ours.

    Arguments: the layer; our PO file and the operator's for each language of which there is one in the folder.
    """
    seen = _seen(layer)
    for change in _safety_first(layer):
        yield f"\n{_where(change)}: {change.name}"
        for mark in _marks(change):
            yield f"    !!! {mark.upper()}"
        if (was := seen.get(change.name)) not in (None, change.ours):
            yield "    !!! OURS HAS CHANGED SINCE YOU LAST LOOKED"
            yield f"    ours before: {_plain(was)}"
        yield f"    ours:  {'(nothing)' if change.ours is None else _plain(change.ours)}"
        yield f"    yours: {'(left out)' if change in layer.hidden else _plain(change.own)}"
    for ours, own in languages:
        known = polib.pofile(str(ours)) if ours.exists() else ()
        said = {(entry.msgctxt, entry.msgid): entry.msgstr for entry in known}
        for entry in polib.pofile(str(own)):
            if said.get((entry.msgctxt, entry.msgid), entry.msgstr) != entry.msgstr:
                yield f"\n{own}:{entry.linenum}: {entry.msgid}"
                yield f"    ours:  {said[entry.msgctxt, entry.msgid]}"
                yield f"    yours: {entry.msgstr}"
    lines: dict[str, list[int]] = {}
    for text in layer.same:
        lines.setdefault(text.place.file, []).append(text.place.line)
    for file, numbers in lines.items():
        kept = {change.own.place.line for change in layer.changes + layer.hidden if change.own.place.file == file}
        yield f"\n{file}: says the same as ours, and can go: lines {_ranges(numbers, kept)}"


def save_seen(layer: Layer) -> None:
    """Keep our texts as they are now, so that a later comparison can say which of them have changed."""
    seen = {change.name: change.ours for change in layer.changes if change.ours is not None}
    (layer.folder / SEEN).write_text(json.dumps(seen, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _seen(layer: Layer) -> Mapping[str, object]:
    path = layer.folder / SEEN
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else {}


def _safety_first(layer: Layer) -> list[Change]:
    changes = [*layer.hidden, *layer.changes]
    return sorted(changes, key=lambda change: (not _marks(change), str(change.own.place.file), change.own.place.line))


def _marks(change: Change) -> list[str]:
    """Why someone should look at this change twice."""
    marks = []
    match change.path:
        case ("questions.yaml", "answers", *_) | ("questions.yaml", "questions", _, "notes", *_):
            marks.append("this touches what an answer leads to")
        case ("questions.yaml", "questions", *_):
            marks.append("this touches what is asked")
        case ("pages.yaml", "guidance", "today" | "soon" | "nothing" | "left_open" | "pills", *_):
            marks.append("this touches safety")
        case ("pages.yaml", "help", *_):
            marks.append("this stands where readers look for help")
        case ("helplines.yaml", "countries", _, "words", *_):
            marks.append("this stands in sentences about safety")
        case ("helplines.yaml", "helplines", _, key, *_) if key not in UNCLAIMED:
            marks.append("this touches a line of ours")
    if change.ours is not None and "{emergency}" in _plain(change.ours) and not marks:
        marks.append("this touches safety")
    if change.ours is not None and JUDGING.search(_plain(change.ours)):
        marks.append("our words here keep guidance from looking like a diagnosis")
    if found := JUDGING.search(_plain(change.own)):
        marks.append(f"“{found[0]}” can sound like a diagnosis")
    return marks


def _where(change: Change) -> str:
    return f"{change.own.place.file}:{change.own.place.line}"


def _plain(node: object) -> str:
    return str(node) if isinstance(node, str) else json.dumps(node, ensure_ascii=False)


def _ranges(numbers: list[int], kept: set[int]) -> str:
    """Lines as a person writes them, such as 3-7, 9: up to the next line that must be kept."""
    told: list[list[int]] = []
    for number in sorted(set(numbers)):
        if told and kept.isdisjoint(range(told[-1][-1] + 1, number)):
            told[-1][1:] = [number]
        else:
            told.append([number])
    return ", ".join("-".join(map(str, span)) for span in told)
