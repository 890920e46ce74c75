"""Check the content files, and print them for a reviewer who reads no code: `python -m screening`."""

import argparse
import datetime
import re
import sys
import textwrap
from collections.abc import Iterator, Mapping

from screening.edition import Edition
from screening.helplines import Helpline
from screening.load import OUR_CONTENT, known_languages, load_content, parse
from screening.model import Audience, ContentModel
from screening.questions import Question
from screening.source import ContentError, Faults
from screening.translation import updated
from settings import Settings, SettingsError

MAX_AGE = datetime.timedelta(days=366)  # a number read longer ago must be read again


def main() -> int:
    """Returns the exit status: 1 when something is wrong, else 0."""
    parser = argparse.ArgumentParser(prog="python -m screening", description=__doc__)
    parser.add_argument("--check", action="store_true", help="only check, print nothing else")
    parser.add_argument(
        "--check-dates", action="store_true", help="check, and refuse helplines read over 12 months ago"
    )
    commands = parser.add_subparsers(dest="command", metavar="")
    translate = commands.add_parser("translate", help="make a language's PO file, or bring it up to date")
    translate.add_argument("language", help="its code, such as es")
    chosen = parser.parse_args()
    try:
        settings = Settings.from_environment()
        if chosen.command == "translate":
            return _translate(chosen.language)
        for language in settings.languages or known_languages():
            load_content(settings.content or OUR_CONTENT, settings.country, language)
        editions = load_content(settings.content or OUR_CONTENT, settings.country)
    except (SettingsError, ContentError, LookupError) as error:
        print(error, file=sys.stderr)
        return 1
    helplines = editions["self"].helplines  # the same for each audience
    old = [line for line in helplines if chosen.check_dates and not _is_fresh(line)]
    for line in old:
        print(f"helplines.yaml: {line.country}, {line.name}: read on {line.read_on}; read it again", file=sys.stderr)
    if not (chosen.check or chosen.check_dates):
        print("\n".join(_review(editions)))
    return 1 if old else 0


def _translate(language: str) -> int:
    """Write the PO file of a language; say what is left to do there."""
    if not re.fullmatch("[a-z]{2,3}(-[A-Za-z0-9]+)*", language):
        print(f"{language} is not the code of a language; write one such as es", file=sys.stderr)
        return 1
    path, faults = OUR_CONTENT / f"{language}.po", Faults()
    parsed = parse(OUR_CONTENT, faults)
    faults.raise_if_any()
    file = updated(path, parsed.texts() if parsed else [])
    file.save(str(path))
    blank, changed = [entry for entry in file if not entry.msgstr], [entry for entry in file if entry.fuzzy]
    print(f"{path}: {len(file)} texts, {len(blank)} without translation, {len(changed)} changed in English")
    return 0


def _is_fresh(line: Helpline) -> bool:
    age = datetime.datetime.now(datetime.UTC).date() - line.read_on
    return -datetime.timedelta(days=1) <= age <= MAX_AGE  # up to tomorrow: a time zone may be ahead of UTC


def _review(editions: Mapping[Audience, Edition]) -> Iterator[str]:
    """Every word, in lines. Words that all audiences share come first, and once."""
    first, *others = editions.values()
    shared = {name for name, part in first.words if all(part == getattr(other.words, name) for other in others)}
    yield _title("FOR EVERYONE")
    for name, part in first.words:
        if name in shared:
            yield from _words(name, part, 0)
    yield from _words("helplines", first.helplines, 0)
    for audience, edition in editions.items():
        yield _title(f"FOR {audience.upper()}")
        for number, question in enumerate(edition.questions, 1):
            yield from _question(number, question)
        for name, part in edition.words:
            if name not in shared:
                yield from _words(name, part, 0)


def _title(text: str) -> str:
    return f"{'=' * 100}\n{text}\n{'=' * 100}"


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
    if isinstance(value, ContentModel):
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
