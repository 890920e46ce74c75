"""The schemas of the three files say what the types say, so that editors see most faults before the loader does."""

import json
import re

import jsonschema
import pytest

from screening.load import OUR_CONTENT
from screening.schema import schemas
from screening.source import Faults, read
from tests.kit.faults import FAULTS

NAMES = ("helplines", "pages", "questions")
SCHEMAS = {name: json.loads((OUR_CONTENT / "schema" / f"{name}.json").read_text(encoding="utf-8")) for name in NAMES}

# What only the loader can see, by words of its report: what is missing (a layer may leave out anything), what belongs
# together, what YAML itself says.
UNSEEN = (
    *(
        "is missing",
        "duplicate key",
        "is used twice",
        "has no words for",
        "unknown source",
        "too few",
        "must be the same",
    ),
    *("note for an answer", "note for self", "note on an emergency", "unknown list", "answers once", "is never shown"),
    *("chosen together", "unknown lead", "use the id of a block", "leads to a block", "takes no lead", "unknown slot"),
    *("unmatched {", "half filled in", "different number", "unknown country", "has no crisis", "lacks ", "only_text"),
    *("has no words; write paragraphs", "is cut off", "continues on", "starts with", "one plain word", "nested too"),
    *("is not YAML", "second document", "invisible character", "are for", "must be a date"),
    *("in the future", "unknown language"),
)


def errors(name, text, path):
    path.write_text(text, encoding="utf-8")
    found = read(path, Faults())
    return list(jsonschema.Draft202012Validator(SCHEMAS[name]).iter_errors(as_in_an_editor(found)))


def as_in_an_editor(node):
    """A key without a value is null there."""
    if isinstance(node, dict):
        return {key: as_in_an_editor(part) for key, part in node.items()}
    return [as_in_an_editor(part) for part in node] if isinstance(node, list) else node or None


@pytest.mark.parametrize("name", NAMES)
def test_the_kept_schema_is_the_one_that_the_command_writes(name):
    kept = (OUR_CONTENT / "schema" / f"{name}.json").read_text(encoding="utf-8")
    assert kept == schemas()[f"{name}.json"], "a type has changed; run python -m screening schema"
    jsonschema.Draft202012Validator.check_schema(SCHEMAS[name])


@pytest.mark.parametrize("name", NAMES)
def test_our_files_fit_their_schema_and_name_it(name, tmp_path):
    text = (OUR_CONTENT / f"{name}.yaml").read_text(encoding="utf-8")
    assert text.startswith(f"# yaml-language-server: $schema=schema/{name}.json\n")
    assert errors(name, text, tmp_path / f"{name}.yaml") == []


SEEN = {name: fault for name, fault in FAULTS.items() if not any(words in fault[3] for words in UNSEEN)}


def test_the_schema_sees_many_kinds_of_faults():
    assert len(SEEN) > 20


@pytest.mark.parametrize(("file", "edits", "key", "problem"), SEEN.values(), ids=SEEN)
def test_the_schema_sees_the_fault(file, edits, key, problem, tmp_path):
    text = (OUR_CONTENT / file).read_text(encoding="utf-8")
    for old, new in edits.items():
        text = text.replace(old, new.replace("▶", ""), 1)
    seen = errors(file.removesuffix(".yaml"), text, tmp_path / file)
    assert seen, f"{problem}: give its type a JSON schema or, if none can say this, add words of the report to UNSEEN"


LAYER = {
    "helplines": "helplines:\n  - {id: us_samhsa, first: true}\n  - {id: us_partnership, hide: true}\n",
    "pages": "site:\n  menu: All pages\n",
    "questions": "questions:\n  - {id: on_your_mind, hide: true}\n  - {id: symptoms, why: Because.}\n",
}


@pytest.mark.parametrize("name", NAMES)
def test_a_layer_fits_the_same_schema(name, tmp_path):
    assert errors(name, LAYER[name], tmp_path / f"{name}.yaml") == []
    assert errors(name, re.sub("first|menu|why", "color", LAYER[name]), tmp_path / f"{name}.yaml")
