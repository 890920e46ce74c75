"""Reads a YAML file into texts, lists and maps that know their lines. It knows no audiences, types or keys.

Every value is text, so that no, 911, 000 and 2026-11-22 are read as they are written. Where YAML would silently change
words (cut them off at a #, join lines, drop a word that starts with & or !), it reports a fault.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, Self, TypeAlias

import yaml

MAX_DEPTH = 20  # our files need 8; without a limit, many brackets would end in a RecursionError
# Characters that YAML refuses, or takes for line breaks where an editor shows none. Tab and \n are allowed.
UNREADABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


class Place(NamedTuple):
    """The file, the line, and the keys and positions that lead to a node, such as questions.3.id."""

    file: str
    line: int
    key: str


class Fault(NamedTuple):
    """A mistake in a file, and what to write instead. `str()` gives one line."""

    place: Place
    problem: str

    def __str__(self) -> str:
        file, line, key = self.place
        told = f"{file}:{line}: {key + ': ' if key else ''}{self.problem}"
        return "".join(sign if sign.isprintable() else f"U+{ord(sign):04X}" for sign in told)


class ContentError(Exception):
    """The content can't be used. `faults` holds everything that is wrong with it; `str()` gives a line for each."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = list(faults)
        super().__init__("\n".join(map(str, self.faults)))


class Faults:
    """Collects the faults of the files: one for each place, the first that was found."""

    def __init__(self) -> None:
        self._found: dict[Place, str] = {}

    def add(self, place: Place, problem: str) -> None:
        """Add a fault, unless this place already has one: a second usually just follows from the first."""
        self._found.setdefault(place, problem)

    def all(self) -> list[Fault]:
        """All faults, in the order of the files."""
        return sorted(Fault(*found) for found in self._found.items())

    def raise_if_any(self) -> None:
        """Raise ContentError with all faults, in the order of the files, if there are any."""
        if self._found:
            raise ContentError(self.all())


class Text(str):
    """A value, as it is written in the file."""

    place: Place

    def __new__(cls, value: str, place: Place) -> Self:  # noqa: D102 - the class says it
        text = super().__new__(cls, value)
        text.place = place
        return text


class List(list["Node"]):
    """A list. Its place is the line of its key, or of its hyphen."""

    def __init__(self, place: Place, items: Iterable["Node"] = ()) -> None:
        super().__init__(items)
        self.place = place


class Map(dict[str, "Node"]):
    """Keys and values. Its place is the line of its key, or the first line of it in a list."""

    def __init__(self, place: Place, parts: Iterable[tuple[str, "Node"]] = ()) -> None:
        super().__init__(parts)
        self.place = place


Node: TypeAlias = Text | List | Map


def at(node: Node, path: Iterable[str | int]) -> Place:
    """The place of the part that a path of keys and positions leads to.

    A part that is missing is placed on the line of what it is missing from.
    """
    steps = list(path)
    while steps and (inner := _inside(node, steps[0])) is not None:
        node = inner
        del steps[0]
    missing = (str(step + 1 if isinstance(step, int) else step) for step in steps)
    return node.place._replace(key=".".join(filter(None, (node.place.key, *missing))))


def _inside(node: Node, step: str | int) -> Node | None:
    if isinstance(node, Map):
        return node.get(str(step))
    return node[step] if isinstance(node, List) and isinstance(step, int) and step < len(node) else None


def maps(node: Node | None, *path: str) -> list[Map]:
    """The maps in the list that a path of keys leads to; [] if there is no such list."""
    for step in path:
        node = node.get(step) if isinstance(node, Map) else None
    return [item for item in node if isinstance(item, Map)] if isinstance(node, List) else []


def read(path: Path, faults: Faults, name: str = "") -> Map | None:
    """Read a file, and add what is wrong with its YAML to the faults. Returns None if it can't be read to its end.

    `name`: what fault reports call the file; by default its name without the folder.
    """
    name = name or path.name
    try:
        root = _Builder(name, _text_of(path), faults).read()
        if isinstance(root, Map):
            return root
        raise _UnreadableError("must hold keys and values; write each as key: value, indented")
    except _UnreadableError as error:
        faults.add(Place(name, error.line, ""), error.problem)
        return None


class _UnreadableError(Exception):
    """The file can't be read any further."""

    def __init__(self, problem: str, line: int = 1) -> None:
        self.problem, self.line = problem, line


def _text_of(path: Path) -> str:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise _UnreadableError("does not exist; add it to the content folder") from None
    except UnicodeDecodeError:
        raise _UnreadableError("is not UTF-8 text; save it as UTF-8") from None
    except OSError as error:
        raise _UnreadableError(f"can't be read ({error.strerror}); put a readable file there") from None
    if found := UNREADABLE.search(text):
        line = text.count("\n", 0, found.start()) + 1
        raise _UnreadableError(f"contains an invisible character (U+{ord(found[0]):04X}); remove it", line)
    return text


class _Builder:
    """Builds nodes from the events of YAML's parser, each of which knows where it starts and ends."""

    def __init__(self, name: str, text: str, faults: Faults) -> None:
        self.name = name
        self.lines = [*text.split("\n"), ""]  # a mark can be one line past the end
        self.faults = faults
        self.events = self._events(text)

    def _events(self, text: str) -> Iterator[Any]:  # Any: PyYAML's types do not say that an event has marks
        try:
            yield from yaml.parse(text, getattr(yaml, "CBaseLoader", yaml.BaseLoader))
        except yaml.MarkedYAMLError as error:
            raise self._explained(error) from None

    def _explained(self, error: yaml.MarkedYAMLError) -> _UnreadableError:
        """A parser's error, in words for someone who does not know YAML."""
        marks = [mark for mark in (error.context_mark, error.problem_mark) if mark]
        for mark in marks:
            sign = self.lines[mark.line][mark.column : mark.column + 1]
            if sign and sign in "&*%@`!|>":
                return _UnreadableError(
                    f"is not YAML: words can't start with {sign}; put them in quotes", mark.line + 1
                )
            if sign == "\t":
                return _UnreadableError("is not YAML: begins with a tab; write spaces", mark.line + 1)
        if "end of stream" in str(error.problem):
            return _UnreadableError("is not YAML: a quote that starts here never ends; close it", marks[0].line + 1)
        if "mapping values" in str(error.problem):
            problem = "is not YAML: has a colon where none can be; put words with a colon in quotes, or indent less"
        else:
            problem = f"is not YAML: {error.problem}; check indentation, quotes and colons"
        return _UnreadableError(problem, marks[-1].line + 1)

    def read(self) -> Node:
        next(self.events)  # the start of the file
        if isinstance(next(self.events), yaml.StreamEndEvent):
            raise _UnreadableError("is empty; write what you change, or remove the file")
        root = self._node(next(self.events), "", 0)
        next(self.events)  # the end of the document
        more = next(self.events)
        if not isinstance(more, yaml.StreamEndEvent):
            problem = "starts a second document; remove the line ---, or all that follows"
            raise _UnreadableError(problem, more.start_mark.line + 1)
        return root

    def _node(self, event: Any, key: str, depth: int, line: int = 0) -> Node:
        """The node that starts with this event; `line` is the line of its key, if it has one."""
        own = Place(self.name, event.start_mark.line + 1, key)
        if isinstance(event, yaml.AliasEvent):
            self.faults.add(own, "starts with *, which has a meaning of its own in YAML; put the words in quotes")
            return Text("", own)
        if event.anchor or event.tag:
            sign = "&" if event.anchor else "!"
            self.faults.add(own, f"starts with {sign}, and YAML drops the word after it; put the words in quotes")
        if isinstance(event, yaml.ScalarEvent):
            self._check_plain(event, own)
            return Text(event.value, own)
        if depth == MAX_DEPTH:
            raise _UnreadableError("lists and keys are nested too deeply; take some out", own.line)
        place = own._replace(line=line or own.line)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._list(List(place), depth + 1)
        return self._map(Map(place), depth + 1)

    def _check_plain(self, event: Any, place: Place) -> None:
        """Refuse words without quotes where YAML joins lines, or cuts off what it takes for a comment."""
        end = event.end_mark
        if event.style:
            return
        if end.line > event.start_mark.line:
            self.faults.add(place, "continues on the next line; put the words in quotes")
        elif self.lines[end.line][end.column :].lstrip().startswith("#"):
            problem = "is cut off at #; put the words in quotes, or the comment on a line of its own"
            self.faults.add(place, problem)

    def _list(self, items: List, depth: int) -> List:
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            items.append(self._node(event, f"{items.place.key}.{len(items) + 1}", depth))
        return items

    def _map(self, parts: Map, depth: int) -> Map:
        lines: dict[str, int] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            line = event.start_mark.line + 1
            if not isinstance(event, yaml.ScalarEvent) or event.anchor or event.tag:
                place = self._node(event, f"{parts.place.key}.?".lstrip("."), depth).place
                self.faults.add(place, "a key must be one plain word; remove the symbols around it")
                self._node(next(self.events), place.key, depth)
                continue
            key = f"{parts.place.key}.{event.value}".lstrip(".")
            value = self._node(next(self.events), key, depth, line)
            if event.value in parts:
                problem = f"duplicate key (first on line {lines[event.value]}); remove one"
                self.faults.add(Place(self.name, line, key), problem)
            else:
                parts[event.value], lines[event.value] = value, line
        return parts
