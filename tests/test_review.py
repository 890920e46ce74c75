"""A review is claimed for the words that a clinician read, and for no others."""

import datetime
import json
import re
import subprocess
import sys
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path

import polib
import pytest
from bs4 import BeautifulSoup

from app import create_app
from screening import load
from screening.edition import Edition
from screening.load import OUR_CONTENT, load_languages
from screening.model import AUDIENCES
from screening.review import REVIEWED, as_file, changes, fingerprint, page_of, passages
from screening.review_html import READERS, review_document
from screening.source import ContentError
from screening.translation import IN_ENGLISH
from settings import Settings
from tests.kit import reading
from tests.kit.pages import page, says
from web.prerender import every_page

Q, P, H, ES = "questions.yaml", "pages.yaml", "helplines.yaml", "es.po"
BLANK = "review:\n  name:\n  role:\n  date:\n  country:\n  words:\n"
ROLE = 'msgid "a doctor"\nmsgstr "médica"\n'  # the Spanish of the role below
TODAY = datetime.datetime.now(datetime.UTC).date()
LOADED: dict[tuple, Mapping[str, Mapping[str, Edition]]] = {}  # by country, languages and what the files hold


class Content:
    """A copy of our content, in the place of ours, that a test can change."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def edit(self, file: str, old: str, new: str, count: int = 1) -> None:
        text = (self.folder / file).read_text(encoding="utf-8")
        assert old in text, f"{file} no longer holds {old!r}; this test needs another example"
        (self.folder / file).write_text(text.replace(old, new, count), encoding="utf-8")

    def say(self, english: str, spanish: str) -> None:
        """Change a translation."""
        file = polib.pofile(str(self.folder / ES), wrapwidth=0)
        next(entry for entry in file if entry.msgid == english).msgstr = spanish
        file.save()

    def load(self, *languages: str, country: str = "US"):
        """The editions of each language. What was loaded of the very same files is not loaded again."""
        asked = (
            country,
            languages or ("en",),
            *((path.name, path.read_bytes()) for path in sorted(self.folder.iterdir())),
        )
        if asked not in LOADED:
            LOADED[asked] = load_languages(self.folder, *asked[:2])
        return LOADED[asked]

    def prints(self, country: str = "US") -> dict[str, str]:
        """The fingerprint of each language."""
        found = self.load("en", "es", country=country)
        return {code: fingerprint(passages(editions)) for code, editions in found.items()}

    def review(self, *languages: str, keep: bool = True, date: str = "2026-01-02", country: str = "US") -> None:
        """Enter a review of the words as they are now."""
        prints = self.prints(country)
        if keep:
            (self.folder / REVIEWED).write_text(as_file(self.load(*languages, country=country)), encoding="utf-8")
        words = ", ".join(f"{code}: {prints[code]}" for code in languages)
        lines = f"  name: Jo Doe\n  role: a doctor\n  date: {date}\n  country: {country}\n  words: {{{words}}}\n"
        self.edit(Q, BLANK, f"review:\n{lines}")
        with (self.folder / ES).open("a", encoding="utf-8") as file:
            file.write(f"\n{ROLE}")


@pytest.fixture
def content(in_our_place):
    return Content(in_our_place)


@pytest.fixture(scope="module")
def ours() -> str:
    """The fingerprint of our own English words."""
    return fingerprint(passages(load_languages(OUR_CONTENT, "US", ("en",))["en"]))


def moved(text: str, name: str) -> str:
    """The text with the item of this id behind the one that follows it."""
    found = re.search(rf"^( *)- (?:{{)?id: {name}\b.*?(?=^\1- |^ {{0,3}}\S|\Z)", text, re.M | re.S)
    after = re.compile(rf"^{found[1]}- .*?(?=^{found[1]}- |^ {{0,{len(found[1]) - 1}}}\S|\Z)", re.M | re.S)
    following = after.match(text, found.end())
    return text[: found.start()] + following[0] + found[0] + text[following.end() :]


# --- The fingerprint --------------------------------------------------------------------------------------------

HELP = "    source: https://www.poisonhelp.hrsa.gov/the-poison-help-line/index.html\n    read_on: 2026-11-22\n"
# What readers can see: the file, what stands there, and what stands there instead.
SEEN = {
    "a label": (Q, 'label: "A seizure (a fit)"', 'label: "A fit"'),
    "a question": (Q, "have any of these happened to you?", "did any of these happen to you?"),
    "why it is asked": (Q, "Some of these need help right now.", "A few of these need help right now."),
    "a note": (Q, "It can come again, even if you feel fine now.", "It can come again."),
    "the other reasons": (Q, "Seizures have other causes too.", "Seizures have more causes."),
    "a full stop": (Q, "Seizures have other causes too.", "Seizures have other causes too,"),
    "a capital letter": (Q, "Seizures have other causes too.", "Seizures have Other causes too."),
    "the document's item": (Q, "Klonopin withdrawal can include the following symptoms", "Klonopin withdrawal"),
    "a care": (Q, "        care: soon\n", "        care: today\n        lead: without\n"),
    "a lead": (Q, "        lead: seizure\n", "        lead: breathing\n"),
    "what stands beside an answer": (Q, "If this is happening now, call", "If it is happening now, call"),
    "whom an answer calls": (Q, 'now: {crisis}", call: crisis}', 'now: {crisis}", call: emergency}'),
    "whom a block calls first": (P, "        call: [crisis, emergency]\n", "        call: [emergency, crisis]\n"),
    "whom a block calls": (P, "        call: [emergency, poison]\n", "        call: [emergency]\n"),
    "an answer that no longer excludes others": (Q, 'and none"}, alone: true}', 'and none"}}'),
    "an answer that no longer leaves its question open": (Q, "alone: true, open: true", "alone: true"),
    "what goes on the handout": (Q, "        sheet: true\n", ""),
    "a source that is cited": (P, "[cdc-overdose, scotland-overdose, our-judgment]", "[our-judgment]"),
    "a source's title": (Q, "CDC seizure first aid", "CDC: seizures"),
    "a source's link": (Q, "https://www.cdc.gov/epilepsy/", "https://cdc.gov/epilepsy/"),
    "words that one audience reads": (P, "Wake someone, or ask someone near to come.", "Ask someone to come."),
    "who reads a part": (P, "  instruments:\n    for: [counselor]", "  instruments:\n    for: [family, counselor]"),
    "a part of the form": (Q, "    group: signs\n", "    group: safety\n"),
    "a new answer": (Q, "      - {id: panic,", '      - {id: dizzy, label: "Dizzy"}\n      - {id: panic,'),
    "an answer that is gone": (Q, '      - {id: unsure, label: "Not sure", alone: true, open: true}\n', ""),
    "the warning": (P, 'heading: "Do not stop {medicine} suddenly"', 'heading: "Stop {medicine} when you like"'),
    "the privacy page": (P, "There are no ads and no trackers.", "There are no ads."),
    "an error page": (P, "heading: There is no page here", "heading: No page"),
    "a button": (P, "submit: Show the guidance", "submit: Go on"),
    "a handout": (P, "heading: My talk plan", "heading: My plan"),
    "a blank to fill in": (P, '"My last dose was", "My other', '"My other'),
    "what a tool is called": (P, '"Bendep-SRQ"', '"Bendep"'),
    "the guide": (Q, "when it started, and what changed", "when it began, and what changed"),
    "a month": (P, "months: [January,", "months: [Jan,"),
    "a number": (H, "1-800-222-1222", "1-800-222-1223"),
    "a number of another country": (H, 'number: "999"', 'number: "998"'),
    "a number to text": (H, 'text_number: "838255"', 'text_number: "838256"'),
    "the hours of a line": (H, "hours: Day and night, every day", "hours: In the day"),
    "where a number was read": (H, HELP, HELP.replace("index.html", "line.html")),
    "a link to chat": (H, "url: https://988lifeline.org/get-help/what-to-expect", "url: https://988lifeline.org/chat"),
    "a country's name": (H, "name: United Kingdom", "name: Great Britain"),
    "a country's word": (H, 'hospital: {text: "the emergency room"', 'hospital: {text: "the ER"'),
}  # fmt: skip
ORDER = {
    "of the questions": (Q, "recent_change"),
    "of the answers": (Q, "shaking"),
    "of the blocks": (P, "running_low"),
}


@pytest.mark.parametrize("change", SEEN)
def test_a_change_that_readers_can_see_changes_the_fingerprint(content, ours, change):
    file, old, new = SEEN[change]
    content.edit(file, old, new, count=-1 if change == "a number" else 1)
    assert fingerprint(passages(content.load()["en"])) != ours


@pytest.mark.parametrize("change", ORDER)
def test_another_order_changes_the_fingerprint(content, ours, change):
    file, name = ORDER[change]
    text = (content.folder / file).read_text(encoding="utf-8")
    content.edit(file, text, moved(text, name))
    assert fingerprint(passages(content.load()["en"])) != ours


def test_a_translation_has_a_fingerprint_of_its_own(content):
    before = content.prints()
    content.say("A seizure (a fit)", "Un ataque")
    after = content.prints()
    assert after["es"] != before["es"]
    assert after["en"] == before["en"]


def test_in_language_data_change_only_that_languages_fingerprint(content):
    before = content.prints()
    content.edit(H, '{es: {press: "2", text_word: AYUDA}}', '{es: {press: "3", text_word: AYUDA}}')
    after = content.prints()
    assert after["es"] != before["es"]
    assert after["en"] == before["en"]


# What readers can't see, or what is no word to review.
UNSEEN = {
    "a comment": (Q, "\nquestions:\n", "\n# Mind the order.\nquestions:\n"),
    "blank lines": (P, "\nstart:\n", "\n\n\nstart:\n"),
    "quotes": (P, "menu: Pages", 'menu: "Pages"'),
    "white space in a text": (P, '"There are no ads and no trackers.', '"There are  no ads \\n and no trackers.'),
    "the order of what is cited": (Q, "[klonopin-article, asam-pocket-2025, scotland-overdose]",
        "[asam-pocket-2025, scotland-overdose, klonopin-article]"),
    "the id of a source": (Q, "our-judgment", "ours"),
    "the id of a question": (Q, "- id: mixing\n", "- id: mixed\n"),
    "the id of an answer": (Q, "seizures_missed", "seizures_late"),
    "the day on which a number was read": (H, "read_on: 2026-11-22", "read_on: 2026-11-23"),
    "a word of another country": (H, 'hospital: {text: "A&E"', 'hospital: {text: "the A&E"'),
    "where a country's word is from":
        (H, 'room", source: our-judgment', 'room", source: "https://a.b"'),
    "the order of keys":
        (P, "  menu: Pages\n  start: Start\n", "  start: Start\n  menu: Pages\n"),
}  # fmt: skip


@pytest.mark.parametrize("change", UNSEEN)
def test_a_change_that_readers_cant_see_leaves_the_fingerprint(content, ours, change):
    file, old, new = UNSEEN[change]
    files = [Q, P, H] if change == "the id of a source" else [file]
    for name in files:
        content.edit(name, old, new, count=-1 if "the id of" in change else 1)
    if change == "the id of a source":
        content.edit(H, "source: ours", "source: our-judgment", count=-1)
    assert fingerprint(passages(content.load()["en"])) == ours


def test_the_order_of_the_list_of_sources_leaves_the_fingerprint(content, ours):
    text = (content.folder / Q).read_text(encoding="utf-8")
    content.edit(Q, text, moved(text, "fda-2020"))
    assert fingerprint(passages(content.load()["en"])) == ours


def test_each_country_has_a_fingerprint_of_its_own(content):
    assert (
        len({fingerprint(passages(content.load(country=code)["en"])) for code in ("US", "GB", "IE", "CA", "AU", "NZ")})
        == 6
    )


def test_a_fingerprint_is_short_enough_to_type(content):
    assert all(re.fullmatch("[0-9a-f]{4}(-[0-9a-f]{4}){3}", digits) for digits in content.prints().values())


def test_the_file_of_reviewed_words_has_the_fingerprint_of_the_words(content):
    content.review("en", "es")
    kept = load.read_reviewed(content.folder, load.Faults())
    assert {code: fingerprint(said) for code, said in kept.items()} == content.prints()


# --- What the pages claim ---------------------------------------------------------------------------------------


def app_of(content, country="US"):
    return create_app(Settings(country=country))


def footers(app) -> dict[str, str]:
    """What the footer of each page says, by its path; with an error page."""
    pages = {path: html.decode() for path, html in every_page(app).items()}
    pages |= {path: app.test_client().get(path).text for path in ("/nowhere", "/es/nowhere")}
    found = {path: re.search("<footer.*</footer>", html, re.DOTALL)[0] for path, html in pages.items()}
    return {path: " ".join(BeautifulSoup(foot, "html.parser").get_text().split()) for path, foot in found.items()}


def claims(content, told) -> dict[str, set[str]]:
    """Which of the sentences on a review the footers hold, by language."""
    sentences = {  # as far as their longest part without a slot
        (language, name): max(re.split(r"\{\w+\}", getattr(editions["self"].words.site, name)), key=len).strip(" ,.")
        for language, editions in content.load("en", "es").items()
        for name in ("unreviewed", "reviewed", "changed")
    }
    found: dict[str, set[str]] = {"en": set(), "es": set()}
    for path, text in told.items():
        here = "es" if f"{path}/".startswith("/es/") else "en"
        held = {name for (language, name), said in sentences.items() if language == here and said in text}
        assert len(held) == 1, (path, text)
        found[here] |= held
    return found


def test_a_review_of_these_words_is_named_on_every_page(content):
    content.review("en", "es")
    told = footers(app_of(content))
    assert claims(content, told) == {"en": {"reviewed"}, "es": {"reviewed"}}
    assert all("Jo Doe" in text for text in told.values())
    assert "January 2, 2026" in told["/self"]
    assert "médica" in told["/es/self"]


def test_a_language_that_was_not_reviewed_says_so(content):
    content.review("en")
    told = footers(app_of(content))
    assert claims(content, told) == {"en": {"reviewed"}, "es": {"unreviewed"}}
    assert not any("Jo Doe" in text for path, text in told.items() if f"{path}/".startswith("/es/"))


def test_the_words_of_another_country_are_not_reviewed(content):
    content.review("en", "es")
    assert claims(content, footers(app_of(content, "GB"))) == {"en": {"unreviewed"}, "es": {"unreviewed"}}


@pytest.mark.parametrize(
    ("file", "old", "new", "kinds"),
    [
        (P, "Put the phone on speaker and unlock the door.", "Unlock the door.", ["emergency"]),
        (P, "A seizure, trouble breathing, too sleepy to stay awake, very confused", "A seizure", ["emergency"]),
        (Q, "If this is happening now, call", "If it happens now, call", ["emergency"]),
        (Q, "        care: emergency\n        lead: seizure\n", "        care: soon\n", ["emergency"]),
        (P, 'heading: "Do not stop {medicine} suddenly"', 'heading: "Stop {medicine} when you like"', ["warning"]),
        (Q, "have any of these happened to you?", "did any of these happen to you?", ["questions"]),
        (Q, "It can come again, even if you feel fine now.", "It can come again.", ["guidance"]),
        (P, "heading: My talk plan", "heading: My plan", ["handouts"]),
        (Q, "when it started, and what changed", "when it began, and what changed", ["guide"]),
        (P, "heading: A guide for the talk", "heading: A guide", ["guide"]),
        (H, "hours: Day and night, every day", "hours: In the day", ["help"]),
        (P, "choose: Who is this about?", "choose: Who is it about?", ["start"]),
        (Q, "CDC seizure first aid", "CDC: seizures", ["about"]),
        (P, "There are no ads and no trackers.", "There are no ads.", ["privacy"]),
        (P, "menu: Pages", "menu: More", ["every"]),
        (P, "heading: There is no page here", "heading: No page", ["errors"]),
        (H, 'number: "999"', 'number: "998"', ["help"]),
    ],
)
def test_pages_say_which_kind_of_page_has_changed_since_the_review(content, file, old, new, kinds):
    content.review("en")
    content.edit(file, old, new)
    [editions] = content.load().values()
    for edition in editions.values():
        assert not edition.review_stands
        assert list(edition.changed) == kinds


def test_changed_words_are_not_claimed_as_reviewed_and_each_language_is_told_apart(content):
    content.review("en", "es")
    content.say("A seizure (a fit)", "Un ataque")
    told = footers(app_of(content))
    assert claims(content, told) == {"en": {"reviewed"}, "es": {"changed"}}
    site = content.load("es")["es"]["self"].words.site
    assert site.changed_pages.format(pages=site.pages["questions"]) in told["/es/about"]


def test_the_about_page_names_all_that_has_changed(content):
    content.review("en")
    content.edit(P, "menu: Pages", "menu: More")
    content.edit(P, "Put the phone on speaker and unlock the door.", "Unlock the door.")
    client = create_app(Settings(languages=("en",))).test_client()
    site = content.load()["en"]["self"].words.site
    named = f"{site.pages['emergency']}, {site.pages['every']}"
    assert says(page(client.get("/about")).main, site.changed_pages.format(pages=named))
    assert says(page(client.get("/about")).main, "January 2, 2026")


@pytest.mark.parametrize("kept", ["nothing", "other words"])
def test_changed_words_are_told_even_if_the_reviewed_ones_were_not_kept(content, kept):
    content.review("en", keep=kept == "other words")
    content.edit(P, "menu: Pages", "menu: More")
    if kept == "other words":
        path = content.folder / REVIEWED
        path.write_text(path.read_text(encoding="utf-8").replace("Help now", "Help"), encoding="utf-8")
    edition = content.load()["en"]["self"]
    assert (edition.review.name, edition.review_stands, edition.changed) == ("Jo Doe", False, ())


def test_an_order_that_changed_is_told_with_the_items(content):
    content.review("en")
    before = passages(content.load()["en"])
    content.edit(Q, text := (content.folder / Q).read_text(encoding="utf-8"), moved(text, "shaking"))
    found = changes(before, passages(content.load()["en"]))
    assert {audience for change in found for audience in change.audiences} == set(AUDIENCES)
    for change in found:
        assert sorted(change.before) == sorted(change.after)
        assert change.before != change.after
        assert page_of(change.place, before) == "questions"


@pytest.mark.parametrize("text", ["", "[]", "{", '{"en": 5}', '{"en": {"site.menu": 5}}', "\udcff"])
def test_a_broken_file_of_reviewed_words_is_a_fault_and_no_traceback(content, text):
    (content.folder / REVIEWED).write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(ContentError, match=r"^reviewed.json:1: can't be read; "):
        content.load()


@pytest.mark.parametrize(("days", "refused"), [(1, False), (2, True)])
def test_a_review_may_be_one_day_ahead_for_another_time_zone(content, days, refused):
    content.review("en", date="2026-01-02")
    content.edit(Q, "date: 2026-01-02", f"date: {TODAY + datetime.timedelta(days)}")
    if refused:
        with pytest.raises(ContentError, match="is in the future"):
            content.load()
    else:
        assert content.load()["en"]["self"].review_stands


# --- The commands -----------------------------------------------------------------------------------------------


@pytest.fixture
def run(content, monkeypatch, capsys):
    """run("--check") gives the status, what was printed, and what was said of problems."""
    import screening.__main__ as command

    monkeypatch.setattr(command, "OUR_CONTENT", content.folder)

    def ran(*arguments: str):
        monkeypatch.setattr(sys, "argv", ["screening", *arguments])
        status = command.main()
        return status, *capsys.readouterr()

    return ran


def test_a_check_is_quiet_while_the_review_stands_and_says_what_has_changed_when_it_does_not(content, run):
    content.review("en", "es")
    assert run("--check") == (0, "", "")
    content.say("A seizure (a fit)", "Un ataque")
    status, printed, said = run("--check")
    assert (status, printed) == (0, "")
    assert re.fullmatch(r"review, es: .*2026-01-02.*\(questions\)\n", said)


@pytest.mark.parametrize(("days", "status"), [(700, 0), (740, 1)])
def test_a_review_over_two_years_old_is_told_when_dates_are_checked(content, run, days, status):
    content.review("en", date=str(TODAY - datetime.timedelta(days)))
    text = (content.folder / H).read_text(encoding="utf-8")
    content.edit(H, text, re.sub(r"read_on: [0-9-]+", f"read_on: {TODAY}", text))
    assert run("--check")[0] == 0
    found = run("--check-dates")
    assert (found[0], "over 2 years ago" in found[2]) == (status, bool(status))


def test_only_the_words_that_were_reviewed_are_kept(content, run):
    content.review("en", keep=False)
    before = content.load()
    assert run("review", "--save")[0] == 0
    assert json.loads((content.folder / REVIEWED).read_text(encoding="utf-8")) == json.loads(as_file(before))
    content.edit(H, 'number: "999"', 'number: "998"')
    status, printed, said = run("review", "--save")
    assert (status, printed) == (1, "")
    assert re.match(r"en: [0-9a-f-]{19} is not the reviewed fingerprint", said)
    assert json.loads((content.folder / REVIEWED).read_text(encoding="utf-8")) == json.loads(as_file(before))


def test_nothing_is_kept_before_a_review_is_entered(content, run):
    assert run("review", "--save")[0] == 1
    assert not (content.folder / REVIEWED).exists()


def test_the_document_can_be_written_by_a_shell_of_any_encoding():
    command = [sys.executable, "-W", "error", "-m", "screening", "review"]
    ran = subprocess.run(command, capture_output=True, check=True)
    assert ran.stderr == b""
    assert ran.stdout.isascii()


# --- The document -----------------------------------------------------------------------------------------------


def document(content, *languages: str) -> str:
    found = content.load(*languages)
    return review_document(found, [load.read_reviewed(content.folder, load.Faults())], datetime.date(2026, 1, 2))


class Balanced(HTMLParser):
    """Refuses an end tag that does not end the last element, and an attribute that is there twice."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag, attributes) -> None:
        assert len(dict(attributes)) == len(attributes), (tag, attributes)
        if tag not in ("br", "meta"):
            self.open.append(tag)

    def handle_endtag(self, tag) -> None:
        assert self.open.pop() == tag, self.getpos()

    def close(self) -> None:
        super().close()
        assert self.open == []


class Row:
    """A row of the document: those who read it, and its lines in each language."""

    def __init__(self, row, languages) -> None:
        cells = row.find_all("td")
        self.number = cells[0].string
        self.readers = cells[1].i.string.split(", ")
        texts = cells[2:-1]
        each = texts * len(languages) if len(texts) == 1 else texts
        self.lines = {code: list(cell.stripped_strings) for code, cell in zip(languages, each, strict=True)}
        self.marks = cells[-1].get_text()

    def is_for(self, audience) -> bool:
        return self.readers == ["Everyone"] or READERS[audience] in self.readers


def rows_of(html: str, *languages: str) -> list[Row]:
    soup = BeautifulSoup(html, "html.parser")
    found = [row for row in soup.select("tbody tr") if row.td and (row.td.string or "").isdigit()]
    return [Row(row, languages) for row in found]


def front(content) -> BeautifulSoup:
    """The English document as far as its second heading: what has changed."""
    return BeautifulSoup("<h2>".join(document(content, "en").split("<h2>", 2)[:2]), "html.parser")


@pytest.fixture(scope="module")
def whole(languages) -> str:
    """The document of our own words in both languages."""
    return review_document(languages, [], datetime.date(2026, 1, 2))


@pytest.fixture(scope="module")
def rows(whole) -> list[Row]:
    return rows_of(whole, "en", "es")


def said_in(edition, audience) -> set[str]:
    """Every text of an edition, as readers are shown it."""
    read = reading.strings((edition.questions, edition.words, edition.helplines))
    read = [(path, text) for path, text in read if audience == "counselor" or ".guide." not in path]
    names = re.compile(r"\.(id|lead|call|sources|in_words|press|text_word)$")
    said = {text for path, text in read if not names.search(path) and ".in_language." not in path}
    return {IN_ENGLISH.sub(r"“\1”", " ".join(text.split())) for text in said}


def test_every_text_of_every_edition_is_in_the_document_for_those_who_read_it(languages, rows):
    for language, editions in languages.items():
        for audience, edition in editions.items():
            shown = {line for row in rows if row.is_for(audience) for line in row.lines[language]}
            shown |= {line.partition(": ")[2] for line in shown}
            assert said_in(edition, audience) - shown == set(), (language, audience)


def test_the_document_holds_each_passage_once_in_order(content):
    rows = rows_of(document(content, "en"), "en")
    assert [row.number for row in rows] == [str(number) for number in range(1, len(rows) + 1)]
    for audience in AUDIENCES:
        said = sorted(texts[audience] for texts in passages(content.load()["en"]).values() if audience in texts)
        shown = [line for row in rows if row.is_for(audience) for line in row.lines["en"]]
        assert len(shown) == len(said)
        ends = {": ".join(line.split(": ")[n:]) for line in shown for n in range(line.count(": ") + 1)}
        assert [text for text in said if text not in ends] == []


def test_the_document_has_the_fingerprints_and_the_date_on_top_and_on_every_page(languages, whole):
    soup = BeautifulSoup(whole, "html.parser")
    prints = [fingerprint(passages(editions)) for editions in languages.values()]
    top = soup.body.get_text().split(soup.h2.get_text())[0]
    assert all(digits in top for digits in (*prints, "2026-01-02"))
    heads = [table.thead.get_text() for table in soup.find_all("table") if table.thead]
    assert len(heads) > 20
    assert all(digits in head for head in heads for digits in prints)


def test_labels_and_headings_are_words_and_not_the_names_of_keys(content):
    soup = BeautifulSoup(document(content, "en"), "html.parser")
    labels = {row.find_all("td")[1].contents[0] for row in soup.select("tbody tr") if row.td}
    headings = {cell.get_text() for cell in soup.select("tr.part th, h3")}
    assert "Line below the answer 1" in labels
    assert [said for said in labels | headings if not said[:1].isupper() or "_" in said] == []
    assert [said for said in labels if said.endswith((" text", "blanks", "months"))] == []
    assert any(said.startswith("Nothing was noted: ") for said in headings)


def test_every_row_has_room_to_mark_each_language_that_differs(rows):
    for row in rows:
        boxes = 1 if row.lines["en"] == row.lines["es"] else 2
        assert (row.marks.count("☐ right"), row.marks.count("☐ change")) == (boxes, boxes), row.number


def test_what_has_changed_since_the_review_stands_in_front_with_the_words_before_and_after(content):
    content.review("en")
    content.edit(P, "Put the phone on speaker and unlock the door.", "Unlock the door.")
    soup = BeautifulSoup(document(content, "en"), "html.parser")
    assert soup.h2.string == "What has changed since the last review"
    where, before, after, _ = soup.h2.find_next("tbody").find_all("td")
    assert "emergency card" in where.get_text()
    assert before.get_text() == "Happening now? Call 911. Put the phone on speaker and unlock the door."
    assert after.get_text() == "Happening now? Call 911. Unlock the door."
    assert len(soup.select("td b")) >= 1
    assert soup.h2.find_next("tbody").find_all("tr")[1:] == []


@pytest.mark.parametrize(
    ("file", "old", "new", "named"),
    [
        (Q, '      - {id: unsure, label: "Not sure", alone: true, open: true}\n', "", "answer: Not sure"),
        (Q, "      - {id: panic,", '      - {id: dizzy, label: "Dizzy"}\n      - {id: panic,', "answer 6: Dizzy"),
        (P, '"My last dose was", "My other', '"My other', "blank to fill in"),
        (P, "  guide:\n    for: [counselor]\n    text: Open the guide for the talk\n", "", "guide"),
        (Q, "        sheet: true\n", "", "answer 1: A seizure (a fit) › noted on the handout"),
    ],
)
def test_what_came_or_went_since_the_review_is_named_by_its_place(content, file, old, new, named):
    content.review("en")
    content.edit(file, old, new)
    soup = front(content)
    rows = soup.h2.find_next("tbody").find_all("tr")
    assert any(named in row.td.get_text() for row in rows), [row.td.get_text() for row in rows]
    assert len(rows) < 9


def test_the_document_says_when_there_is_nothing_to_compare_with_and_when_nothing_changed(content):
    assert "There was no review yet" in document(content, "en")
    content.review("en")
    assert "<p>Nothing.</p>" in document(content, "en")


def test_the_document_is_valid_html_without_script_and_needs_nothing_else(whole):
    parser = Balanced()
    parser.feed(whole)
    parser.close()
    soup = BeautifulSoup(whole, "html.parser")
    assert soup.find_all(["script", "link", "img", "input", "iframe", "form"]) == []
    assert "url(" not in soup.style.string


def test_a_text_with_signs_of_html_is_shown_as_text(content):
    content.edit(P, "menu: Pages", 'menu: "Pages & \\"more\\""')
    assert "Pages &amp; &quot;more&quot;" in document(content, "en")
