"""The parts that the types of the three files share: a base class, words that may differ by audience, ids, links.

A file is checked once, for all audiences together. A text that differs by audience stays one value (ByAudience) until
load.py makes the editions.
"""

import datetime
import re
import unicodedata
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Annotated, Any, Literal, TypeAlias, TypeVar, cast, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    GetJsonSchemaHandler,
    ModelWrapValidatorHandler,
    PlainValidator,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WithJsonSchema,
    WrapValidator,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema
from typing_extensions import TypeAliasType  # pydantic brings it; from Python 3.12 on it is in typing

from screening.source import Faults, List, Map, Node, Text, at, maps

Audience = Literal["self", "family", "counselor"]
AUDIENCES: tuple[Audience, ...] = get_args(Audience)
T = TypeVar("T")
M = TypeVar("M", bound="ContentModel")


@dataclass
class Checking:
    """The state of one check, handed to the types as pydantic's validation context.

    slots: the names that words may hold in braces.
    sources: the ids that may be cited, or None if the list of sources could not be read.
    audiences: those who read the part that is being checked; None where all must read the same words.
    """

    faults: Faults
    slots: Collection[str] = ()
    sources: Collection[str] | None = None
    audiences: tuple[Audience, ...] | None = AUDIENCES

    @contextmanager
    def narrowed(self, audiences: tuple[Audience, ...] | None) -> Iterator[None]:
        """A context in which only these audiences read the part that is being checked."""
        outer, self.audiences = self.audiences, audiences
        try:
            yield
        finally:
            self.audiences = outer


def checking_of(info: ValidationInfo) -> Checking:
    """The Checking that check() passed to pydantic as context."""
    if not isinstance(info.context, Checking):
        raise TypeError("content models can only be validated by check()")
    return info.context


def check(kind: type[M], node: Node | None, checking: Checking) -> M | None:
    """Make a model from a node. Returns None if the node is not valid, or if there is none.

    Adds every fault to checking.faults. A model that is returned can have faults, too: use it only for more checks.
    """
    if node is None:
        return None
    try:
        return kind.model_validate(node, context=checking)
    except ValidationError as errors:
        _add_errors(errors, node, checking.faults)
        return None


def _add_errors(errors: ValidationError, node: Node, faults: Faults) -> None:
    for error in errors.errors(include_url=False):
        path = [step for step in error["loc"] if step != "[key]"]  # pydantic's mark for a faulty key
        faults.add(at(node, path), _problem(error))


def _problem(error: Any) -> str:
    """One of pydantic's errors, in words that say what to write."""
    match error["type"]:
        case "missing":
            return "is missing; write it"
        case "literal_error":
            return f"must be one of {error['ctx']['expected']}"
        case "string_type":
            return _not_text(error["input"])
        case "tuple_type":
            return "must be a list; start each line with a hyphen"
        case "model_type" | "dict_type":
            return "must hold keys and values; write each as key: value, indented"
        case "too_short" | "too_long":  # of lists that always have so many items
            limits = error["ctx"]
            return (
                f"must have {limits.get('min_length', limits.get('max_length'))} items, not {limits['actual_length']}"
            )
        case "value_error":
            return str(error["ctx"]["error"])
    return str(error["msg"])


class ContentModel(BaseModel):
    """A part of a content file. It refuses unknown keys, and is never changed after it is read."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="wrap")
    @classmethod
    def _check_keys(cls, node: Any, handler: ModelWrapValidatorHandler[M], info: ValidationInfo) -> M:
        if not isinstance(node, Map):
            return handler(node)
        checking, known = checking_of(info), _keys_of(cls)
        for key in node.keys() - known:
            checking.faults.add(node[key].place, f"unknown key; use one of: {', '.join(known)}")
        fields = Map(node.place, ((key, part) for key, part in node.items() if key in known and key != "for"))
        if not issubclass(cls, ForSome):
            return handler(fields)
        audiences = _audiences(node.get("for"), checking)
        with checking.narrowed(audiences):
            part: Any = handler(fields)
        part._only_for = audiences or AUDIENCES
        return cast(M, part)


@cache
def _keys_of(kind: type[ContentModel]) -> tuple[str, ...]:
    keys = [field.alias or name for name, field in kind.model_fields.items()]
    return (*keys, "for") if issubclass(kind, ForSome) else tuple(keys)


def _audiences(node: Node | None, checking: Checking) -> tuple[Audience, ...] | None:
    """The audiences that `for:` names; without one, those of the part around it; () if it is faulty."""
    if node is None:
        return checking.audiences
    names = node if isinstance(node, List) else []
    if not names or not all(name in AUDIENCES for name in names):
        checking.faults.add(node.place, f"must be a list of audiences; write some of [{', '.join(AUDIENCES)}]")
        return ()
    return tuple(audience for audience in AUDIENCES if audience in names)


class ForSome(ContentModel):
    """A part that some audiences never see: `for: [family, counselor]` leaves it out for the rest.

    Only for parts that can be left out: items of a list, entries of a mapping, optional keys.
    """

    _only_for: tuple[Audience, ...] = AUDIENCES

    @property
    def only_for(self) -> tuple[Audience, ...]:
        """The audiences that read it."""
        return self._only_for


# --- Words, and other values that may differ by audience --------------------------------------------------------


class ByAudience(dict[Audience, Any]):
    """A value that each audience reads in its own words: one value until load.py chooses."""


def _by_audience(node: Any, handler: ValidatorFunctionWrapHandler, info: ValidationInfo) -> Any:
    if not isinstance(node, Map) or node.keys().isdisjoint(AUDIENCES):
        return handler(node)
    checking = checking_of(info)
    if checking.audiences is None:
        raise ValueError("must be the same for all audiences, because they share it; write it once")
    chosen = ByAudience()
    for name, part in node.items():
        if name not in AUDIENCES:
            checking.faults.add(part.place, f"unknown audience; use {', '.join(AUDIENCES)}")
            continue
        if checking.audiences and name not in checking.audiences:
            checking.faults.add(part.place, f"is never shown, because this part is not for {name}; remove it")
        try:
            with checking.narrowed((name,)):
                chosen[name] = handler(part)
        except ValidationError as errors:
            _add_errors(errors, part, checking.faults)
    if missing := [name for name in checking.audiences if name not in node]:
        problem = f"has no words for {', '.join(missing)}; write {missing[0]}: … beside the others"
        checking.faults.add(node.place, problem)
    return chosen


def _same_for_all(node: Any, handler: ValidatorFunctionWrapHandler, info: ValidationInfo) -> Any:
    with checking_of(info).narrowed(None):
        return handler(node)


class _EachSchema:
    """Tells a JSON Schema that a value may also be one for each audience."""

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        same = handler(core)
        by_audience = {"type": "object", "properties": dict.fromkeys(AUDIENCES, same), "additionalProperties": False}
        return {"anyOf": [same, by_audience]}


# A value that may differ by audience: {self: …, family: …, …}
Each: TypeAlias = Annotated[T, WrapValidator(_by_audience), _EachSchema()]
Shared: TypeAlias = Annotated[T, WrapValidator(_same_for_all)]  # for pages that all audiences share


# JSON Schema types of a text: to the loader they are all text; to a text editor they are not.
SCALAR = {"type": ["string", "number", "boolean"]}
SWITCH = {"enum": [True, False, "true", "false"]}
_AsWords = Annotated[str, WithJsonSchema({**SCALAR, "pattern": r"^[^<>]*[^<>\s][^<>]*$"})]


def _words(node: Any, info: ValidationInfo) -> Text:
    return _text(node, checking_of(info).slots)


def _text(node: Any, slots: Collection[str]) -> Text:
    if not isinstance(node, Text):
        raise ValueError(_not_text(node))
    if not node.strip():
        raise ValueError("has no words; write some, or leave the key out")
    if not node.isprintable() or NOT_PLAIN.search(node):
        _check_characters(node)
    if "{" in node or "}" in node:
        _check_slots(node, slots)
    return node


def sentence(*slots: str) -> PlainValidator:
    """Check that a text holds each of these slots, which a template fills, such as {month} in a date."""

    def check(node: Any) -> Text:
        text = _text(node, slots)
        if missing := [f"{{{slot}}}" for slot in slots if f"{{{slot}}}" not in text]:
            raise ValueError(f"lacks {', '.join(missing)}; write it where it belongs in the sentence")
        return text

    return PlainValidator(check, json_schema_input_type=_AsWords)


NOT_PLAIN = re.compile("[<>\u3164]")  # U+3164 is a letter without a shape
HIDDEN = ("Cc", "Cf", "Zl", "Zp")  # Unicode's categories of control and format characters and line separators


def _check_characters(words: str) -> None:
    for character in words:
        if character in "<>\u3164" or (unicodedata.category(character) in HIDDEN and character != "\n"):
            is_seen = character.isprintable() and character != "\u3164"
            named = character if is_seen else f"an invisible character (U+{ord(character):04X})"
            raise ValueError(f"contains {named}; remove it, because readers are shown plain text")


def _check_slots(words: str, slots: Collection[str]) -> None:
    for slot in re.findall(r"\{(.*?)\}", words):
        if slot not in slots:
            known = ", ".join(f"{{{name}}}" for name in slots) or "none in this file"
            raise ValueError(f"unknown slot {{{slot}}}; use one of {known}")
    if re.search(r"[{}]", re.sub(r"\{.*?\}", "", words)):
        raise ValueError("unmatched { or }; a slot looks like {emergency}")


def _not_text(node: Any) -> str:
    if isinstance(node, Map):
        return 'must be text; put words that hold ": " in quotes'
    return "must be text; write words"


# Read by people; a Text still knows its line. Schemas refer to it by its name.
Words = TypeAliasType("Words", Each[Annotated[Text, PlainValidator(_words, json_schema_input_type=_AsWords)]])
# Proper names and the words of others: checked like words, but never translated, so no Text.
Original: TypeAlias = Each[
    Annotated[str, PlainValidator(lambda node, info: str(_words(node, info)), json_schema_input_type=_AsWords)]
]


# --- Ids, links, dates, switches --------------------------------------------------------------------------------

HTTPS = r"https://[!-.0-~]+\.[!-~]+"  # an address in ASCII, with a dot in its host or path


def fits(pattern: str, problem: str) -> PlainValidator:
    """The check of a text that must match the pattern as a whole."""

    def check(node: Any) -> str:
        if not isinstance(node, Text):
            raise ValueError(_not_text(node))
        if not re.fullmatch(pattern, node):
            raise ValueError(problem)
        return str(node)

    return PlainValidator(check, Annotated[str, WithJsonSchema({**SCALAR, "pattern": f"^(?:{pattern})$"})])


def _known_source(value: str, info: ValidationInfo) -> str:
    known = checking_of(info).sources
    if known is not None and value not in known:
        raise ValueError(f"unknown source {value}; use one of sources: in questions.yaml, or add it there")
    return value


def _day(node: Any) -> datetime.date:
    if isinstance(node, Text) and re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", node):
        with suppress(ValueError):
            return datetime.date.fromisoformat(node)
    raise ValueError("must be a date, such as 2026-11-22")


def _switch(node: Any) -> bool:
    if node not in ("true", "false"):
        raise ValueError("must be true or false")
    return bool(node == "true")


Id = Annotated[
    str, fits("[a-z][a-z0-9_]{0,39}", "is not a safe id; write small letters, digits and _, such as more_than_label")
]
NewSource = Annotated[
    str, fits("[a-z][a-z0-9-]{0,39}", "is not a safe id; write small letters, digits and -, such as fda-2020")
]
SourceId = Annotated[str, AfterValidator(_known_source)]
Url = Annotated[str, fits(HTTPS, "is not a safe link; write one that starts with https://")]
_AsDay = Annotated[str, WithJsonSchema({"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"})]
Day = Annotated[datetime.date, PlainValidator(_day, json_schema_input_type=_AsDay)]
Switch = Annotated[bool, PlainValidator(_switch, json_schema_input_type=Annotated[bool, WithJsonSchema(SWITCH)])]


class Link(ContentModel):
    """Another site's page, with the words that lead there."""

    text: Words
    url: Url


# --- Lists and mappings -----------------------------------------------------------------------------------------


def at_least(count: int) -> WrapValidator:
    """A check of a list: at least `count` items for each audience that reads it, and no id or code used twice."""

    def check(node: Any, handler: ValidatorFunctionWrapHandler, info: ValidationInfo) -> Any:
        names = [name for item in maps(node) if isinstance(name := item.get("id", item.get("code")), Text)]
        for n, name in enumerate(names):
            if name in names[:n]:
                checking_of(info).faults.add(name.place, f"{name} is used twice; give each its own")
        found = handler(node)
        for audience in checking_of(info).audiences or AUDIENCES:
            if sum(audience in getattr(item, "only_for", AUDIENCES) for item in found) < count:
                raise ValueError(f"has too few items; write at least {count}")
        return found

    return WrapValidator(check)


def has_each(wanted: Collection[str], named: Callable[[Any], str] = str) -> AfterValidator:
    """A check of a list or mapping: exactly one entry for each of the wanted names."""

    def check(value: Collection[Any]) -> Collection[Any]:
        names = [named(item) for item in value]
        faults = [f"has {name} twice" for name in sorted(set(names)) if names.count(name) > 1]
        faults += [f"has an unknown {name}" for name in names if name not in wanted]
        faults += [f"lacks {name}" for name in wanted if name not in names]
        if faults:
            raise ValueError(f"{', '.join(faults)}; write one entry for each of {', '.join(wanted)}")
        return value

    return AfterValidator(check)


FROZEN = AfterValidator(MappingProxyType)
