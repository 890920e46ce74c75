"""JSON Schemas of the three files, made from their types: editors that know them complete keys and mark faults.

A file may be a layer, which holds only what it changes, so nothing is required. The loader checks what a schema can't
(texts that belong together, sources that exist, what no layer may do).
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from screening.helplines import Country, Helpline, Helplines
from screening.model import AUDIENCES, SWITCH, ContentModel, ForSome
from screening.questions import Answer, Question, Questions
from screening.words import PageWords

MODELS: Mapping[str, type[ContentModel]] = {"helplines": Helplines, "pages": PageWords, "questions": Questions}
HIDEABLE = (Answer, Country, Helpline, Question)


def schemas() -> dict[str, str]:
    """The text of each schema, by the name of its file."""
    return {f"{name}.json": _in_short(json.dumps(_schema(kind), indent=1)) + "\n" for name, kind in MODELS.items()}


def write_schemas(folder: Path) -> None:
    """Write the schemas into a folder."""
    folder.mkdir(exist_ok=True)
    for name, text in schemas().items():
        (folder / name).write_text(text, encoding="utf-8")


def _in_short(text: str) -> str:
    """The schema with each field of a type on one line: as short as a diff of it can be and still name the field."""
    return re.sub(r"\n {4}(?=[]}])|\n {5,}", " ", text)  # a line break in a text is written as \\n


def _schema(kind: type[ContentModel]) -> Any:
    made = _plain(kind.model_json_schema())
    readers = {"description": "who reads it", "type": "array", "minItems": 1, "items": {"enum": [*AUDIENCES]}}
    for key, schema, kinds in (("for", readers, _kinds_of(ForSome)), ("hide", SWITCH, HIDEABLE)):
        for part in kinds:
            if part.__name__ in made["$defs"]:
                made["$defs"][part.__name__]["properties"][key] = schema
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made}


def _kinds_of(kind: type[ContentModel]) -> list[type[ContentModel]]:
    return [kind, *(below for part in kind.__subclasses__() for below in _kinds_of(part))]


def _plain(schema: Any) -> Any:
    """The schema without what is required, defaults, and titles that only repeat the key."""
    if isinstance(schema, list):
        return [_plain(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {}
    for key, part in schema.items():
        if key in ("properties", "$defs"):
            plain[key] = {name: _plain(inner) for name, inner in part.items()}
        elif key not in ("required", "default", "title"):
            plain[key] = _plain(part)
    return plain
