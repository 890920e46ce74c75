"""Check the content files, bring a translation up to date, print the document to review: `python -m screening`."""

import argparse
import datetime
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from screening.load import OUR_CONTENT, known_languages, load_languages, parse
from screening.review import REVIEWED, Editions, as_file, fingerprint, passages, read_reviewed
from screening.review_html import review_document
from screening.source import ContentError, Faults
from screening.translation import updated
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
    review = commands.add_parser("review", help="print the document that a clinician reviews, as HTML")
    review.add_argument(
        "--save", action="store_true", help=f"keep the words that a clinician said yes to, in {REVIEWED}"
    )
    chosen = parser.parse_args()
    if not (chosen.command or chosen.check or chosen.check_dates):
        parser.print_help()
        return 0
    try:
        settings = Settings.from_environment()
        if chosen.command == "translate":
            return _translate(chosen.language)
        folder = settings.content or OUR_CONTENT
        languages = load_languages(folder, settings.country, settings.languages or known_languages())
    except (SettingsError, ContentError, LookupError) as error:
        print(error, file=sys.stderr)
        return 1
    if chosen.command == "review":
        return _save(languages, folder) if chosen.save else _print_document(languages, folder)
    for problem in _changed(languages):
        print(problem, file=sys.stderr)
    old = list(_old(languages)) if chosen.check_dates else []
    for problem in old:
        print(problem, file=sys.stderr)
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


def _print_document(languages: Mapping[str, Editions], folder: Path) -> int:
    reviewed = [read_reviewed(place, Faults()) for place in dict.fromkeys((folder, OUR_CONTENT))]
    print(review_document(languages, reviewed, _today()), end="")
    return 0


def _save(languages: Mapping[str, Editions], folder: Path) -> int:
    """Keep the words of each language whose review is claimed, if they are the words that were reviewed."""
    claimed = {code: editions for code, editions in languages.items() if editions["self"].review.name}
    other = [code for code, editions in claimed.items() if not editions["self"].review_stands]
    for code in other:
        print(f"{code}: these words are {fingerprint(passages(languages[code]))}, not those reviewed", file=sys.stderr)
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


def _old(languages: Mapping[str, Editions]) -> Iterator[str]:
    """What was read or reviewed too long ago."""
    for line in next(iter(languages.values()))["self"].helplines:
        if not -datetime.timedelta(days=1) <= _today() - line.read_on <= MAX_AGE:  # a time zone may be ahead of UTC
            yield f"helplines.yaml: {line.country}, {line.name}: read on {line.read_on}; read it again"
    for day in {editions["self"].review.date for editions in languages.values()}:
        if day and _today() - day > MAX_REVIEW_AGE:
            yield f"questions.yaml: review: it was on {day}, over 2 years ago; ask for a new one"


def _today() -> datetime.date:
    return datetime.datetime.now(datetime.UTC).date()


if __name__ == "__main__":
    sys.exit(main())
