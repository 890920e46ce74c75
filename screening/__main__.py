"""Check the content files, and print them for a reviewer who reads no code: `python -m screening`."""

import argparse
import datetime
import sys
import textwrap
from collections.abc import Iterator, Mapping

from screening.content import Edition, Helpline, Question, content_from_environment
from screening.reader import ContentError, Part

MAX_AGE = datetime.timedelta(days=366)  # a number read longer ago must be read again


def main() -> int:
    """Returns the exit status: 1 when something is wrong, else 0."""
    parser = argparse.ArgumentParser(prog="python -m screening", description=__doc__)
    parser.add_argument("--check", action="store_true", help="only check, print nothing else")
    parser.add_argument(
        "--check-dates", action="store_true", help="check, and refuse helplines read over 12 months ago"
    )
    chosen = parser.parse_args()
    try:
        content = content_from_environment()
    except ContentError as error:
        print(error, file=sys.stderr)
        return 1
    lines = dict.fromkeys(line for edition in content.values() for line in edition.helplines)
    old = [line for line in lines if chosen.check_dates and not _is_fresh(line)]
    for line in old:
        print(f"helplines.yaml: {line.country}, {line.name}: read on {line.read_on}; read it again", file=sys.stderr)
    if not (chosen.check or chosen.check_dates):
        for audience, edition in content.items():
            print("\n".join(_review(audience, edition)))
    return 1 if old else 0


def _is_fresh(line: Helpline) -> bool:
    age = datetime.datetime.now(datetime.UTC).date() - line.read_on
    return -datetime.timedelta(days=1) <= age <= MAX_AGE  # a day ahead: the earth is round


def _review(audience: str, edition: Edition) -> Iterator[str]:
    yield f"{'=' * 100}\nFOR {audience.upper()}\n{'=' * 100}"
    for number, question in enumerate(edition.questions, 1):
        yield from _question(number, question)
    yield from _words("", edition.words, 0)
    yield "\nHELPLINES"
    for line in edition.helplines:
        yield from _words("", line, 1)


def _question(number: int, question: Question) -> Iterator[str]:
    yield f"\n{number}. {question.ask}"
    for name in ("topic", "sign", "why", "sources", "talk"):
        yield from _words(name, getattr(question, name), 1)
    for answer in question.answers:
        yield f"\n    [ ] {answer.label}"
        yield from _words("now", answer.now, 2)
        if answer.id in question.notes:
            yield from _words("", question.notes[answer.id], 2)


def _words(name: str, value: object, depth: int) -> Iterator[str]:
    if isinstance(value, Part):
        if name:
            yield f"\n{'    ' * depth}{name.upper().replace('_', ' ')}"
        for key, part in value:
            yield from _words(key, part, depth + bool(name))
    elif isinstance(value, Mapping):
        for key, part in value.items():
            yield from _words(f"{name} {key}", part, depth)
    elif isinstance(value, tuple):
        for part in value:
            yield from _words(name, part, depth)
    elif value not in (None, False):
        yield _wrapped(name.replace("_", " "), str(value), depth)


def _wrapped(name: str, text: str, depth: int) -> str:
    indent = "    " * depth
    return textwrap.fill(f"{name}: {text}", 100, initial_indent=indent, subsequent_indent=indent + "    ")


if __name__ == "__main__":
    sys.exit(main())
