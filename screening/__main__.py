"""Check the content files, compare an operator's with ours, print the document to review: `python -m screening`."""

import argparse
import datetime
import os
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from screening.compare import comparison, save_seen, summary
from screening.load import (
    ENGLISH,
    OUR_CONTENT,
    Content,
    UnknownChoiceError,
    known_languages,
    load_languages,
    read_content,
)
from screening.review import REVIEWED, Editions, as_file, fingerprint, passages, read_reviewed
from screening.review_html import review_document
from screening.schema import write_schemas
from screening.source import ContentError, Faults, at, maps
from screening.translation import read_po, updated
from settings import Settings, SettingsError

MAX_AGE = datetime.timedelta(days=366)  # a number read longer ago must be read again
MAX_REVIEW_AGE = datetime.timedelta(days=2 * 366)  # what labels and guidelines say changes in that time


def main() -> int:
    """Returns the exit status: 1 when something is wrong, else 0."""
    parser = argparse.ArgumentParser(prog="python -m screening", description=__doc__)
    parser.add_argument("--check", action="store_true", help="only check; say what has changed since a review")
    parser.add_argument(
        "--check-dates",
        action="store_true",
        help="check, and refuse helplines read over 12 months ago and a review over 2 years ago",
    )
    commands = parser.add_subparsers(dest="command", metavar="")
    translate = commands.add_parser("translate", help="make a language's PO file, or bring it up to date")
    translate.add_argument("language", help="its code, such as es")
    compare = commands.add_parser("compare", help="show each text of your folder beside ours")
    compare.add_argument("--seen", action="store_true", help="save our texts; --check then says when they change")
    commands.add_parser("schema", help="write JSON schemas, with which text editors complete and check the files")
    review = commands.add_parser("review", help="print the document that a clinician reviews, as HTML")
    review.add_argument(
        "--save", action="store_true", help=f"keep the words that a clinician said yes to, in {REVIEWED}"
    )
    chosen = parser.parse_args()
    if not (chosen.command or chosen.check or chosen.check_dates):
        parser.print_help()
        return 0
    try:
        return _run(chosen)
    except (SettingsError, ContentError, UnknownChoiceError) as error:
        return _failed(str(error))
    except BrokenPipeError:
        raise
    except OSError as error:
        return _failed(f"{error.filename}: can't be written ({error.strerror}); use a folder you can write to")


def _run(chosen: argparse.Namespace) -> int:
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
    if chosen.command == "review":
        return _save(languages, folder) if chosen.save else _print_document(languages, folder)
    for problem in _changed(languages):
        print(problem, file=sys.stderr)
    content = read_content(folder, settings.country, Faults())
    if chosen.check and content.layer and content.parsed:
        print("\n".join(summary(content.layer, content.parsed.helplines)))
        for left_out in set(known_languages(folder)) - languages.keys() if not settings.languages else ():
            print("\n".join(_why_not_offered(folder, settings.country, left_out)))
        for warning in _unreadable(folder):
            print(warning, file=sys.stderr)
    old = [*_old_helplines(content), *_old_reviews(languages)] if chosen.check_dates else []
    for problem in old:
        print(problem, file=sys.stderr)
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
        print(save_seen(layer))
    else:
        print("\n".join(comparison(layer, [(OUR_CONTENT / own.name, own) for own in sorted(folder.glob("*.po"))])))
    return 0


def _translate(folder: Path, country: str, language: str) -> int:
    """Write a language's PO file; print what is left to do. An operator's file gets only texts that ours lacks."""
    if not re.fullmatch("[a-z]{2,3}(-[A-Za-z0-9]+)*", language):
        return _failed(f"{language} is not the code of a language; write one such as es")
    if language == ENGLISH:
        return _failed("en is the language of the YAML files; change the words there")
    path, content = folder / f"{language}.po", _read(folder, country)
    texts = content.parsed.texts if content.parsed else []
    ours = OUR_CONTENT / path.name
    if content.layer and ours.exists():
        known = {entry.msgid for entry in read_po(ours) if entry.msgstr and not entry.obsolete}
        known -= {entry.msgid for entry in read_po(path)} if path.exists() else set()
        texts = [found for found in texts if found.text not in known]
    file = updated(path, texts)
    file.save(str(path))
    blank, changed = [entry for entry in file if not entry.msgstr], [entry for entry in file if entry.fuzzy]
    print(f"{path}: {len(file)} texts, {len(blank)} without translation, {len(changed)} changed in English")
    return 0


def _old_helplines(content: Content) -> Iterator[str]:
    """Each helpline that was read over 12 months ago, or in the future, and where it says so."""
    today = _today()
    for node in maps(content.files["helplines.yaml"], "helplines"):
        if "read_on" in node:
            place, day = at(node, ["read_on"]), datetime.date.fromisoformat(str(node["read_on"]))
            name = f"{place.file}:{place.line}: {node['country']}, {node['name']}"
            if day > today + datetime.timedelta(days=1):  # a time zone may be ahead of UTC
                yield f"{name}: read on {day}, which is in the future; write the day on which you read it"
            elif today - day > MAX_AGE:
                yield f"{name}: read on {day}; read it again"


def _old_reviews(languages: Mapping[str, Editions]) -> Iterator[str]:
    """Each review that is too long ago."""
    for day in {editions["self"].review.date for editions in languages.values()}:
        if day and _today() - day > MAX_REVIEW_AGE:
            yield f"questions.yaml: review: it was on {day}, over 2 years ago; ask for a new one"


def _why_not_offered(folder: Path, country: str, language: str) -> Iterator[str]:
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


def _print_document(languages: Mapping[str, Editions], folder: Path) -> int:
    reviewed = [read_reviewed(place, Faults()) for place in dict.fromkeys((folder, OUR_CONTENT))]
    print(review_document(languages, reviewed, _today()), end="")
    return 0


def _save(languages: Mapping[str, Editions], folder: Path) -> int:
    """Keep the words of each language whose review is claimed, if they are the words that were reviewed."""
    claimed = {code: editions for code, editions in languages.items() if editions["self"].review.name}
    other = [code for code, editions in claimed.items() if not editions["self"].review_stands]
    for code in other:
        print(f"{code}: {fingerprint(passages(languages[code]))} is not the reviewed fingerprint", file=sys.stderr)
    if not claimed:
        print("no review is entered for this country; fill in review: in questions.yaml first", file=sys.stderr)
    if other or not claimed:
        return 1
    (folder / REVIEWED).write_text(as_file(claimed), encoding="utf-8")
    print(f"{folder / REVIEWED}: the words reviewed in {', '.join(claimed)}")
    return 0


def _changed(languages: Mapping[str, Editions]) -> Iterator[str]:
    """Each language whose words are not those that were reviewed."""
    for code, editions in languages.items():
        edition = editions["self"]
        if edition.review.name and not edition.review_stands:
            pages = ", ".join(edition.changed) or f"not known without {REVIEWED}"
            yield f"review, {code}: words have changed since {edition.review.date}, and the pages say so ({pages})"


def _today() -> datetime.date:
    return datetime.datetime.now(datetime.UTC).date()


if __name__ == "__main__":
    try:
        status = main()
        sys.stdout.flush()
    except BrokenPipeError:  # whoever read this, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 0
    sys.exit(status)
