"""One YAML file, read in one audience's words. Whatever is wrong is told with file, line, key and what to write."""

import datetime
import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

Audience = Literal["self", "family", "counselor"]
AUDIENCES: tuple[Audience, ...] = get_args(Audience)
Location = tuple[str | int, ...]  # the keys and positions that lead to a part of the data


class Fault(NamedTuple):
    """One thing that is wrong in a content file, and what to write instead."""

    file: str
    line: int
    key: str
    problem: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.key + ': ' if self.key else ''}{self.problem}"


class ContentError(Exception):
    """The content can't be used. `faults` holds everything that is wrong with it; `str()` gives a line for each."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


class Part(BaseModel):
    """Any mapping of a content file: closed, and never changed after it is read."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Place(NamedTuple):
    """Where a part stands in the file as it was written, before anyone's words were chosen."""

    line: int
    key: str
    text: str = ""


class YamlFile:
    """A YAML file as it was written: read once, then put into each audience's words."""

    def __init__(self, path: Path) -> None:
        self.name = path.name
        self.root: yaml.Node | None = None
        self.fault: Fault | None = None
        text = ""
        try:
            text = path.read_text(encoding="utf-8")
            self.loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
            self.root = self.loader.get_single_node()
        except FileNotFoundError:
            self._refuse("is not there; put it into the content folder")
        except UnicodeDecodeError:
            self._refuse("is not UTF-8 text; save it as UTF-8")
        except OSError as error:
            self._refuse(f"can't be read ({error.strerror}); put a readable file there")
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line = mark.line + 1 if mark else 1
            self._refuse(f"is not YAML: {error.problem}; check indentation, quotes and colons", line)
        except yaml.reader.ReaderError as error:
            line = text.encode()[: error.position].count(b"\n") + 1
            self._refuse(f"is not YAML: {error.reason}; save it as plain text", line)
        else:
            if self.root is None:
                self._refuse("is empty; copy the file that came with the program and change that")

    def _refuse(self, problem: str, line: int = 1) -> None:
        self.fault = Fault(self.name, line, "", problem)


class ContentFile:
    """A YAML file in one audience's words: its plain data, where each part stands, and what is wrong with it.

    `slots` are the names that words may hold in braces, and what they stand for.
    """

    def __init__(self, file: YamlFile, audience: Audience, slots: Mapping[str, str]) -> None:
        self.file = file
        self.audience = audience
        self.slots = slots
        self.faults: list[Fault] = [file.fault] if file.fault else []
        self.places: dict[Location, Place] = {}
        self.bad: set[Location] = set()  # already told, so the types need not complain again
        self.cited: list[tuple[Location, str]] = []
        self._seen: set[int] = set()
        self.data: Any = None if file.root is None else self._read(file.root, (), "", AUDIENCES)

    def _tell(self, place: Place, problem: str) -> None:
        self.faults.append(Fault(self.file.name, place.line, place.key, problem))

    def blame(self, at: Location, problem: str) -> None:
        """Note a fault at a part of the data. One that is missing is told on the line of what it is missing from."""
        known = next(n for n in range(len(at), -1, -1) if at[:n] in self.places)
        place = self.places[at[:known]]
        key = ".".join([*filter(None, [place.key]), *map(str, at[known:])])
        self._tell(Place(place.line, key), problem)
        self.bad.add(at)

    def is_told(self, at: Location) -> bool:
        """Whether this part, or what it is part of, was found faulty before."""
        return any(at[:n] in self.bad for n in range(len(at) + 1))

    def _read(self, node: yaml.Node, at: Location, key: str, among: Collection[str]) -> Any:
        """The plain data of a node in our audience's words; `among` are the audiences that need words in it."""
        self.places[at] = _place(node, key)
        if id(node) in self._seen:
            self.blame(at, "repeats another part by & and *; write the words out")
            return None
        self._seen.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            return self._read_list(node, at, key, among)
        if isinstance(node, yaml.MappingNode):
            return self._read_mapping(node, at, key, among)
        return self._read_scalar(node, at)

    def _read_list(self, node: yaml.SequenceNode, at: Location, key: str, among: Collection[str]) -> list[Any]:
        ids: set[str] = set()
        items: list[Any] = []
        for number, item in enumerate(node.value, 1):
            for name in (value for field, value in _pairs(item) if field.value in ("id", "code")):
                if str(name.value) in ids:
                    self._tell(_place(name, f"{key}.{number}.id"), f"{name.value} is used twice; give each its own")
                ids.add(str(name.value))
            readers = self._readers(item, f"{key}.{number}", among)
            if self.audience in readers:
                items.append(self._read(item, (*at, len(items)), f"{key}.{number}", readers))
        if len(at) > 1 and at[-1] == "sources":
            self.cited += [((*at, n), item) for n, item in enumerate(items) if isinstance(item, str)]
        return items

    def _readers(self, node: yaml.Node, key: str, among: Collection[str]) -> Collection[str]:
        """Who sees this part: a mapping may say `for: [family, counselor]`, and then only those need words in it."""
        wanted = next((value for field, value in _pairs(node) if field.value == "for"), None)
        if wanted is None:
            return among
        names = [str(item.value) for item in wanted.value] if isinstance(wanted, yaml.SequenceNode) else []
        if not names or not set(names) <= set(AUDIENCES):
            problem = f"must be a list of audiences; write some of [{', '.join(AUDIENCES)}]"
            self._tell(_place(wanted, f"{key}.for"), problem)
        return names

    def _read_mapping(self, node: yaml.MappingNode, at: Location, key: str, among: Collection[str]) -> Any:
        found: dict[str, tuple[yaml.Node, yaml.Node]] = {}
        for field, value in node.value:
            place = _place(field, f"{key}.{field.value}".lstrip("."))
            if field.tag != "tag:yaml.org,2002:str":
                self._tell(place, f'YAML does not read this key as text; put it in quotes: "{field.value}"')
                self.bad.add(at)
            elif field.value in found:
                first = found[field.value][0].start_mark.line + 1
                self._tell(place, f"stands twice (first on line {first}); keep one")
            else:
                found[field.value] = (field, value)
        if found.keys() & set(AUDIENCES):
            for audience in among:
                if audience not in found:
                    self.blame(at, f"has no words for {audience}; write {audience}: … beside the others")
            for name in found.keys() - set(AUDIENCES):
                self._tell(_place(found[name][0], f"{key}.{name}"), f"is no audience; write {', '.join(AUDIENCES)}")
                self.bad.add(at)
            return self._read(found[self.audience][1], at, key, among) if self.audience in found else None
        data = {}
        for name, (field, value) in found.items():
            inner = f"{key}.{name}".lstrip(".")
            readers = self._readers(value, inner, among)
            if name != "for" and self.audience in readers:
                data[name] = self._read(value, (*at, name), inner, readers)
                if isinstance(data[name], (dict, list)):
                    self.places[*at, name] = _place(field, inner)  # the line of its key, the same for each audience
        return data

    def _read_scalar(self, node: yaml.Node, at: Location) -> Any:
        try:
            value = self.file.loader.construct_object(node)
        except (yaml.YAMLError, ValueError, LookupError, AttributeError):  # the last two: odd tags on odd values
            self.blame(at, "is no value that YAML can read; write a date as 2026-11-22, and put words in quotes")
            return None
        if isinstance(value, bool) and node.value not in ("true", "false"):
            told = f'put it in quotes: "{node.value}" (or write true or false where one of them is asked for)'
            self.blame(at, f"YAML reads this as {str(value).lower()}; {told}")
        return self._fill(value, at) if isinstance(value, str) else value

    def _fill(self, words: str, at: Location) -> str:
        if "{" not in words and "}" not in words:  # nearly all: looking closer would cost a fifth of the start
            return words
        known = ", ".join(f"{{{name}}}" for name in self.slots) or "none in this file"
        unknown = [slot for slot in re.findall(r"\{(.*?)\}", words) if slot not in self.slots]
        for slot in unknown:
            self.blame(at, f"{{{slot}}} is no slot; write one of {known}")
        if not unknown and re.search(r"[{}]", re.sub(r"\{.*?\}", "", words)):
            self.blame(at, f"holds half a slot; write one of {known}")
        return re.sub(r"\{(\w+)\}", lambda match: self.slots.get(match[1], match[0]), words)

    def check(self, model: type[Part]) -> Any:
        """The file as `model`, or None when it is not one; each fault is told in the words of the file."""
        if self.data is None:
            return None
        try:
            return model.model_validate(self.data)
        except ValidationError as errors:
            for error in errors.errors():
                at = tuple(step for step in error["loc"] if step != "[key]")  # pydantic's mark for a faulty key
                if not self.is_told(at):
                    text = self.places[at].text if at in self.places else ""
                    self.blame(at, _problem(error, text, _keys_of(model, at[:-1])))
            return None


def _pairs(node: yaml.Node) -> Iterator[tuple[yaml.Node, yaml.Node]]:
    return iter(node.value if isinstance(node, yaml.MappingNode) else ())


def _place(node: yaml.Node, key: str) -> Place:
    return Place(node.start_mark.line + 1, key, node.value if isinstance(node, yaml.ScalarNode) else "")


def _problem(error: Mapping[str, Any], text: str, keys: list[str]) -> str:
    """What pydantic found, as a sentence that says what to write."""
    context = error.get("ctx", {})
    match error["type"]:
        case "missing":
            return "is missing; write it"
        case "extra_forbidden":
            return f"is no key of this part; write one of: {', '.join(keys)}"
        case "string_type" if isinstance(error["input"], (int, float, datetime.date)):
            return f'must be text; put it in quotes: "{text}"'
        case "string_type":
            return "must be text; write words"
        case "literal_error":
            return f"must be one of {context['expected']}"
        case "tuple_type":
            return "must be a list; start each line with a hyphen"
        case "model_type" | "dict_type":
            return "must hold keys and values; write each as key: value, indented"
        case "bool_type":
            return "must be true or false, without quotes"
        case "date_type":
            return "must be a date without quotes, such as 2026-11-22"
        case "too_short":
            return f"holds too little; write at least {context['min_length']}"
        case "too_long":
            return f"holds too much; write at most {context['max_length']}"
        case "value_error":
            return str(context["error"])
    return str(error["msg"])


def _keys_of(model: type[Part], at: Location) -> list[str]:
    """The keys that the part at this location may hold."""
    for step in at:
        if step in model.model_fields:
            model = _part_in(model.model_fields[str(step)].annotation) or model
    return list(model.model_fields)


def _part_in(annotation: Any) -> type[Part] | None:
    if isinstance(annotation, type) and issubclass(annotation, Part):
        return annotation
    return next(filter(None, map(_part_in, get_args(annotation))), None)
