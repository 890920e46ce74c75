"""How long the guidance is: `python -m checks.length`, with SCREENING_COUNTRY for another country.

Counts the words of `main` as the server sends them, so that the templates may change. "open" leaves out what is folded
until it is opened, "all" counts that too; what no reader sees (hidden, for screen readers only) counts in neither.
"now" counts the words to the end of the lead, or of its last block if an answer is urgent.
The goals are those of the design: now within 250, a harmless sheet under 450, one answer under 750, two under 1,000.
"""
# ruff: noqa: T201 - a command prints

from collections.abc import Mapping
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

from bs4 import BeautifulSoup
from playwright.sync_api import sync_playwright

from app import create_app
from screening.edition import Edition
from screening.guidance import guidance_for
from screening.load import OUR_CONTENT, load_content
from settings import Settings
from tests.kit.pages import Sheet, fields, nothing_noticed

CHROMIUM = "/usr/bin/chromium"
PHONE = {"width": 360, "height": 640}
UNSEEN = "[hidden], .hidden, .going, script, style, template"
FOLDED = "details > :not(summary)"
LONGEST = 5  # pairs shown


class Length(NamedTuple):
    name: str
    open: int
    all: int
    now: int


def sheet_of(*chosen: tuple[str, str]) -> dict[str, list[str]]:
    sheet: dict[str, list[str]] = {}
    for question, answer in chosen:
        sheet.setdefault(question, []).append(answer)
    return sheet


def pairs(edition: Edition) -> list[Sheet]:
    """Every two answers that something is said about, and that can stand on one sheet."""
    said = [(q, a.id) for q in edition.questions for a in q.answers if a.id in q.notes]
    return [
        sheet_of((one.id, first), (other.id, second))
        for (one, first), (other, second) in combinations(said, 2)
        if one.id != other.id or one.many
    ]


def named(sheet: Sheet) -> str:
    return " ".join(f"{question}={','.join(answers)}" for question, answers in sheet.items())


def last_words_now(edition: Edition, sheet: Sheet) -> str:
    """The last line of what to do now: of the last block that leads the page, or of the lead itself."""
    found = guidance_for(edition, sheet)
    leading = found.emergencies or found.todays
    if leading:
        return leading[-1].points[-1]
    words = edition.words.guidance
    return {"soon": words.soon, "left_open": words.left_open, "nothing": words.nothing}[found.leads[0]].points[-1]


def words_of(html: str, leave_out: str) -> list[str]:
    main = BeautifulSoup(html, "html.parser").main
    assert main, "the page has no main"
    for part in main.select(leave_out):
        part.decompose()
    return main.get_text(" ").split()


def squeezed(text: str) -> str:
    """The letters alone: a template may put marks between words and around numbers."""
    return "".join(sign for sign in text if sign.isalnum())


def measured(name: str, html: str, ending: str) -> Length:
    seen = words_of(html, f"{UNSEEN}, {FOLDED}")
    read, now = "", 0
    while now < len(seen) and not read.endswith(squeezed(ending)):
        read += squeezed(seen[now])
        now += 1
    return Length(name, len(seen), len(words_of(html, UNSEEN)), now)


def screens(pages: Mapping[str, tuple[str, Sheet]]) -> dict[str, float]:
    """How many phone screens the guidance is long, as a reader has it: made by the script, with its folds closed.

    Arguments: for each name the form page and the answers. Empty where Chromium is not there.
    """
    if not Path(CHROMIUM).exists():
        return {}
    found = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        for name, (html, sheet) in pages.items():
            page = browser.new_page(viewport=PHONE)
            # An address of its own: the script writes into the history, which a page without one may not.
            page.route("**/*", lambda route, _request, html=html: route.fulfill(body=html, content_type="text/html"))
            page.goto("http://self-check.test/")
            for field, values in fields(sheet).items():
                for value in values:
                    page.check(f'[name="{field}"][value="{value}"]', force=True)
            page.click("#form button:not([type])")
            page.wait_for_selector("[data-change]")
            found[name] = page.evaluate("document.documentElement.scrollHeight") / PHONE["height"]
            page.close()
        browser.close()
    return found


def main() -> None:
    settings = Settings.from_environment()
    client = create_app(settings).test_client()
    shown: dict[str, tuple[str, Sheet]] = {}
    for audience, edition in load_content(settings.content or OUR_CONTENT, settings.country).items():
        form = client.get(f"/{audience}").text

        def length(sheet: Sheet, audience: str = audience, edition: Edition = edition) -> Length:
            response = client.post(f"/{audience}", data={**fields(sheet), "version": edition.version})
            assert response.status_code == 200, (sheet, response.status)
            return measured(named(sheet), response.text, last_words_now(edition, sheet))

        rows = [length(nothing_noticed(edition))._replace(name="harmless")]
        shown[f"{audience}: harmless"] = form, nothing_noticed(edition)
        singles = [sheet_of((q.id, a)) for q in edition.questions for a in q.notes]
        for sheet in singles:
            rows.append(length(sheet))
            if named(sheet) in ("symptoms=seizure", "symptoms=suicide", "recent_change=out", "symptoms=sleep"):
                shown[f"{audience}: {named(sheet)}"] = form, sheet
        longest = sorted((length(sheet) for sheet in pairs(edition)), key=lambda row: -row.open)
        print(f"\n{audience}: open, all, now")
        for row in rows + longest[:LONGEST]:
            print(f"{row.open:6} {row.all:6} {row.now:6}  {row.name}")
        print(f"       pairs of 1,000 words or more: {sum(row.open >= 1000 for row in longest)} of {len(longest)}")
        print(f"       longest lead: {max(longest, key=lambda row: row.now)}")
    print("\nphone screens, 360x640, with script, folds closed")
    for name, long in screens(shown).items():
        print(f"{long:6.1f}  {name}")


if __name__ == "__main__":
    main()
