"""Tells an operator what a layer changes: a summary for `--check`, and for `compare` each text beside ours."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from screening.helplines import NUMBERS, Helpline, Helplines, helpline_for
from screening.layer import HELPLINES, UNCLAIMED, Change, Layer, texts
from screening.source import ContentError, Fault, Place, maps
from screening.translation import read_po

SEEN = "seen.json"  # in the operator's folder: our texts at the last `compare --seen`
# Words that would make the guidance a finding about the reader.
JUDGING = re.compile(r"\b(scor|result|points|level|risk|diagnos|addict|abus|disorder|positive|fail|pass\b)\w*", re.I)


def summary(layer: Layer, found: Helplines) -> Iterator[str]:
    """What the layer changes, and where each of the operator's helplines is listed."""
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
        return f"fills {', '.join(slots)} in sentences, and is listed first of its kind"
    if line.first:
        return "stands first of its kind in the lists"
    return "is listed after ours; first: true puts it before them"


def comparison(layer: Layer, languages: list[tuple[Path, Path]]) -> Iterator[str]:
    """Each text of the layer beside ours, those about safety first; then the lines that only repeat ours.

    Arguments: the layer; for each PO file in the operator's folder, our file of that name and theirs.
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
        said = {(entry.msgctxt, entry.msgid): entry.msgstr for entry in read_po(ours)} if ours.exists() else {}
        for entry in read_po(own):
            if said.get((entry.msgctxt, entry.msgid), entry.msgstr) != entry.msgstr:
                yield f"\n{own}:{entry.linenum}: {entry.msgid}"
                yield f"    ours:  {said[entry.msgctxt, entry.msgid]}"
                yield f"    yours: {entry.msgstr}"
    for file in sorted({file for file, _ in layer.spare}):
        numbers, kept = ({line for of, line in lines if of == file} for lines in (layer.spare, layer.needed))
        yield f"\n{file}: says the same as ours, and can go: lines {_ranges(numbers, kept, Path(file))}"


def save_seen(layer: Layer) -> str:
    """Keep our texts as they are now, so that a later comparison can say which have changed. Returns what was done."""
    seen = {change.name: change.ours for change in layer.changes if change.ours is not None}
    (layer.folder / SEEN).write_text(json.dumps(seen, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return f"{layer.folder / SEEN}: you have seen {len(seen)} of our texts; --check says when one changes"


def _seen(layer: Layer) -> Mapping[str, object]:
    """Our texts as they were when the operator last looked."""
    path = layer.folder / SEEN
    try:
        seen = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError):
        seen = None
    if isinstance(seen, dict):
        return seen
    raise ContentError([Fault(Place(str(path), 1, ""), "can't be read; remove it, and look at all with compare")])


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
            marks.append("this word is used in sentences about safety")
        case ("helplines.yaml", "helplines", _) if change.ours is not None:
            marks.append("this leaves out a line of ours")
        case ("helplines.yaml", "helplines", _, key, *_) if key not in UNCLAIMED:
            marks.append("this touches a line of ours")
    if change.ours is not None and "{emergency}" in _plain(change.ours) and not marks:
        marks.append("this touches safety")
    ours, own = (" ".join(texts(node)) if node else "" for node in (change.ours, change.own))
    if change.path[0] != HELPLINES and JUDGING.search(ours):
        marks.append("our words here keep guidance from looking like a diagnosis")
    if found := next((found[0] for found in JUDGING.finditer(own) if found[0] not in ours), None):
        marks.append(f"“{found}” can sound like a diagnosis")
    return marks


def _where(change: Change) -> str:
    return f"{change.own.place.file}:{change.own.place.line}"


def _plain(node: object) -> str:
    return str(node) if isinstance(node, str) else json.dumps(node, ensure_ascii=False)


def _ranges(numbers: set[int], kept: set[int], file: Path) -> str:
    """The lines as ranges, such as 3-7, 9. A range ends before the next line to keep and that line's comment."""
    lines, told, last = file.read_text(encoding="utf-8-sig").splitlines(), [], 0
    for first in sorted(numbers):
        if first > last:
            last = min((line for line in kept if line > first), default=len(lines) + 1) - 1
            while last > first and (not lines[last - 1].strip() or lines[last - 1].lstrip().startswith("#")):
                last -= 1
            told.append(f"{first}-{last}" if last > first else f"{first}")
    return ", ".join(told)
