"""Check the content files, and print them for a reviewer who reads no code: `python -m screening`."""

import argparse
import datetime
import os
import re
import sys
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path

import polib

from screening.compare import comparison, save_seen, summary
from screening.edition import Edition
from screening.load import (
    OUR_CONTENT,
    Content,
    UnknownCountryError,
    UnknownLanguageError,
    known_languages,
    load_content,
    load_languages,
    read_content,
)
from screening.model import Audience, ContentModel
from screening.questions import Question
from screening.schema import write_schemas
from screening.source import ContentError, Faults, at, maps
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
    compare = commands.add_parser("compare", help="show each text of your folder beside ours")
    compare.add_argument("--seen", action="store_true", help="remember ours as they are, to be told when they change")
    commands.add_parser("schema", help="write the schemas by which editors complete and check the three files")
    chosen = parser.parse_args()
    try:
        settings = Settings.from_environment()
        folder = settings.content or OUR_CONTENT
        match chosen.command:
            case "schema":
                write_schemas(OUR_CONTENT / "schema")
                return 0
            case "translate":
                return _translate(folder, settings.country, chosen.language)
            case "compare":
                return _compare(folder, settings.country, save=chosen.seen)
        languages = load_languages(folder, settings.country, settings.languages)
        editions = languages.get("en") or load_content(folder, settings.country)
    except UnknownCountryError as error:
        return _failed(f"SCREENING_COUNTRY: {error}")
    except UnknownLanguageError as error:
        return _failed(f"SCREENING_LANGUAGES: {error}")
    except (SettingsError, ContentError) as error:
        return _failed(str(error))
    content = read_content(folder, settings.country, Faults())
    old = list(_old_lines(content)) if chosen.check_dates else []
    for line in old:
        print(line, file=sys.stderr)
    if not (chosen.check or chosen.check_dates):
        print("\n".join(_review(editions)))
    elif chosen.check and content.layer and content.parsed:
        print("\n".join(summary(content.layer, content.parsed.helplines)))
        for left_out in set(known_languages(folder)) - languages.keys() if not settings.languages else ():
            print("\n".join(_not_said(folder, settings.country, left_out)))
        for warning in _unreadable(folder):
            print(warning, file=sys.stderr)
    return 1 if old else 0


def _failed(why: str) -> int:
    print(why, file=sys.stderr)
    return 1


def _read(folder: Path, country: str) -> Content:
    """The content. Raises ContentError with all faults but those of translations."""
    faults = Faults()
    content = read_content(folder, country, faults)
    faults.raise_if_any()
    return content


def _compare(folder: Path, country: str, save: bool) -> int:
    """Show each text of the operator's folder beside ours; or only remember ours."""
    layer = _read(folder, country).layer
    if layer is None:
        return _failed("SCREENING_CONTENT names no folder to compare with ours; set it")
    if save:
        save_seen(layer)
    else:
        print("\n".join(comparison(layer, [(OUR_CONTENT / own.name, own) for own in sorted(folder.glob("*.po"))])))
    return 0


def _translate(folder: Path, country: str, language: str) -> int:
    """Write the PO file of a language; say what is left to do there. That of an operator holds only what ours lacks."""
    if not re.fullmatch("[a-z]{2,3}(-[A-Za-z0-9]+)*", language):
        return _failed(f"{language} is not the code of a language; write one such as es")
    path, content = folder / f"{language}.po", _read(folder, country)
    texts = content.parsed.texts() if content.parsed else []
    ours = OUR_CONTENT / path.name
    if content.layer and ours.exists():
        known = {entry.msgid for entry in polib.pofile(str(ours)) if entry.msgstr and not entry.obsolete}
        known -= {entry.msgid for entry in polib.pofile(str(path))} if path.exists() else set()
        texts = [found for found in texts if found.text not in known]
    file = updated(path, texts)
    file.save(str(path))
    blank, changed = [entry for entry in file if not entry.msgstr], [entry for entry in file if entry.fuzzy]
    print(f"{path}: {len(file)} texts, {len(blank)} without translation, {len(changed)} changed in English")
    return 0


def _old_lines(content: Content) -> Iterator[str]:
    """Each helpline that was read over 12 months ago, or in the future, and where it says so."""
    today = datetime.datetime.now(datetime.UTC).date()
    for node in maps(content.files["helplines.yaml"], "helplines"):
        if "read_on" in node:
            place, day = at(node, ["read_on"]), datetime.date.fromisoformat(str(node["read_on"]))
            name = f"{place.file}:{place.line}: {node['country']}, {node['name']}"
            if day > today + datetime.timedelta(days=1):  # a time zone may be ahead of UTC
                yield f"{name}: read on {day}, which is in the future; write the day on which you read it"
            elif today - day > MAX_AGE:
                yield f"{name}: read on {day}; read it again"


def _not_said(folder: Path, country: str, language: str) -> Iterator[str]:
    """Why a language is not offered."""
    try:
        load_languages(folder, country, (language,))
    except ContentError as error:
        yield f"There are no pages in {language}, because it lacks texts of yours:"
        yield str(error)


def _unreadable(folder: Path) -> Iterator[str]:
    """A warning for each file that the service may not be able to read, because it runs as another user."""
    for path in (folder, *sorted(folder.glob("*.yaml")), *sorted(folder.glob("*.po"))):
        needed = 0o005 if path.is_dir() else 0o004
        if os.name == "posix" and path.stat().st_mode & needed != needed:
            yield f"{path}: others can't read it, and the service may run as another user; chmod -R a+rX {folder}"


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
    try:
        status = main()
        sys.stdout.flush()
    except BrokenPipeError:  # whoever read this, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 0
    sys.exit(status)
