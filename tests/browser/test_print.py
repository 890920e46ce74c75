"""Paper: how many pages, what is on them, and what is not."""

import re
from functools import cache
from typing import NamedTuple

import pytest
from playwright.sync_api import expect

from tests.kit.browser import Reader, printed_pages, unspaced
from tests.kit.states import STATES, State, show

PAPERS = ["Letter", "A4"]
# What is printed of a part of the page, word by word: what is hidden from sight or from paper is left out.
WORDS = """(selector) => [...document.querySelectorAll(selector)].map((part) => part.innerText).join(" ")"""


@pytest.fixture(scope="module")
def reader(browser, server):
    with Reader(browser, server) as reader:
        yield reader


@pytest.fixture(scope="module")
def page(reader):
    return reader.page


@pytest.fixture(scope="module")
def plain(browser, server):
    """A reader without script."""
    with Reader(browser, server, script=False) as reader:
        yield reader


@pytest.fixture(scope="module", params=PAPERS)
def paper(request):
    return request.param


def printed(page, paper):
    return printed_pages(page.pdf(format=paper))


def shown_on_paper(page, selector):
    page.emulate_media(media="print")
    try:
        return page.evaluate(WORDS, selector)
    finally:
        page.emulate_media(media="null")


def fullest(edition):
    """The sheet with the most on it: every box, and of each group of radios the longest answer that is noted."""
    chosen = {}
    for question in edition.questions:
        noted = [answer for answer in question.answers if answer.id in question.notes]
        if not question.many:
            noted = [max(noted, key=lambda answer: (question.notes[answer.id].sheet, len(answer.label)))]
        chosen[question.id] = [answer.id for answer in noted]
    return [f"q_{asked}={answer}" for asked, answers in chosen.items() for answer in answers]


class Taken(NamedTuple):
    """The guidance with the most on it: its printed pages, those of the sheet alone, and the words of the sheet."""

    pages: list[str]
    alone: list[str] | None
    told: str


@pytest.fixture(scope="module")
def taken(content, reader, plain):
    """taken(audience, paper, script), each printed once."""

    @cache
    def take(audience, paper, script=True):
        show(reader if script else plain, State(f"/{audience}", fullest(content[audience])))
        shown = (reader if script else plain).page
        pages, told, alone = printed(shown, paper), shown_on_paper(shown, ".sheet"), None
        if script:
            shown.evaluate("() => { window.print = () => {}; }")
            reader.press("[data-print=sheet]")
            alone = printed(shown, paper)
            expect(shown.locator("body.sheet-alone")).to_have_count(0)  # the rest comes back after printing
        return Taken(pages, alone, told)

    return take


@pytest.fixture(scope="module")
def blank(page):
    """blank(audience, paper) gives the printed pages of the unanswered questions."""

    @cache
    def take(audience, paper):
        page.goto(f"/{audience}")
        return printed(page, paper)

    return take


def for_the_screen_alone(words):
    """What is of no use on paper: the ways around and out, and what can be pressed."""
    site, form, said = words.site, words.form, words.guidance
    named = [site.skip, site.leave, site.leave_keys, site.new_tab, form.submit, form.clear, form.answered]
    return [unspaced(name) for name in (*named, said.print, said.change, words.sheet.print)]


# --- The questions ----------------------------------------------------------------------------------------------


def test_the_blank_questions_are_a_paper_form_of_four_pages_at_most(audience, edition, paper, blank):
    sheets = blank(audience, paper)
    assert len(sheets) <= 4
    text, words = "".join(sheets), edition.words
    for said in (words.form.paper, words.warning.heading, words.warning.text):
        assert unspaced(said) in text
    assert [name for name in for_the_screen_alone(words) if name in text] == []


def test_every_question_is_on_paper_with_its_answers_on_the_same_page(audience, edition, paper, blank):
    for question in edition.questions:
        (asked,) = [text for text in blank(audience, paper) if unspaced(question.ask) in text]
        assert [answer.label for answer in question.answers if unspaced(answer.label) not in asked] == []


def test_a_paper_form_has_a_shape_to_mark_before_every_answer(page):
    page.goto("/self")
    page.emulate_media(media="print")
    shapes = page.evaluate("""() => [...document.querySelectorAll(".answer input")].map((input) => {
        const style = getComputedStyle(input), box = input.getBoundingClientRect();
        const label = input.nextElementSibling.getBoundingClientRect();
        return {round: style.borderRadius === "50%", radio: input.type === "radio", width: box.width,
            border: parseFloat(style.borderTopWidth), color: style.borderTopColor, inside: box.right <= label.right,
            text: parseFloat(getComputedStyle(input.nextElementSibling).paddingInlineStart)};
    })""")
    page.emulate_media(media="null")
    assert len(shapes) > 50
    for shape in shapes:
        assert shape["round"] == shape["radio"]
        assert shape["width"] >= 12
        assert shape["border"] >= 1
        assert shape["color"] == "rgb(0, 0, 0)"
        assert shape["text"] > shape["width"], "the words begin beside the shape"


# --- The guide --------------------------------------------------------------------------------------------------


def test_the_guide_prints_on_four_pages_at_most_with_room_for_notes(paper, page, content):
    edition = content["counselor"]
    page.goto("/counselor/guide")
    sheets = printed(page, paper)
    assert len(sheets) <= 4
    text = "".join(sheets)
    for question in edition.questions:
        for said in (question.talk.prompt, question.talk.listen, question.talk.reflect, question.talk.affirm):
            assert unspaced(said) in text
        assert unspaced(question.talk.offer) in text
    assert unspaced(edition.words.warning.text) in text
    assert [words for words in for_the_screen_alone(edition.words) if words in text] == []
    assert text.count(unspaced(edition.words.guide.notes)) >= len(edition.questions)
    page.emulate_media(media="print")
    rooms = [room.bounding_box()["height"] for room in page.locator("dd.line").all()]
    page.emulate_media(media="null")
    assert len(rooms) == len(edition.questions)
    assert min(rooms) >= 30, "eight millimeters are little enough to write in"


# --- To take along ----------------------------------------------------------------------------------------------


def own_pages(taken, heading):
    """The text of the sheet, which starts on one of the last two pages."""
    pages = taken.pages
    start = next((n for n in (-1, -2) if pages[n].startswith(unspaced(heading))), None)
    assert start, "the sheet starts on neither of the last two pages"
    assert len(pages) > 2
    return "".join(pages[n] for n in range(start, 0))


SCRIPT_AND_PAPER = [(True, "Letter"), (True, "A4"), (False, "Letter")]


@pytest.mark.parametrize(("script", "paper"), SCRIPT_AND_PAPER)
def test_the_handout_comes_last_on_at_most_two_pages_of_its_own(audience, edition, script, paper, taken):
    """With everything answered that there is."""
    sheet = edition.words.sheet
    assert own_pages(taken(audience, paper, script), sheet.heading).endswith(unspaced(sheet.end))


@pytest.mark.parametrize(("script", "paper"), SCRIPT_AND_PAPER)
def test_nothing_of_what_is_taken_along_is_cut_off(audience, edition, script, paper, taken):
    sheet, sheets = edition.words.sheet, taken(audience, paper, script)
    own = own_pages(sheets, sheet.heading)
    assert len(sheets.told.split()) > 80
    assert [line for line in sheets.told.splitlines() if unspaced(line) not in own] == []
    assert [words for words in (sheet.intro, *sheet.blanks) if unspaced(words) not in own] == []


@pytest.mark.parametrize("state", ["today", "family-suicide", "counselor-open"])
def test_printed_guidance_has_the_warning_and_nothing_of_the_screen(state, reader, content):
    words = content[STATES[state].path.removeprefix("/")].words
    show(reader, STATES[state])
    text = "".join(printed(reader.page, "Letter"))
    assert unspaced(words.warning.heading) in text
    assert unspaced(words.warning.text) in text
    assert [name for name in for_the_screen_alone(words) if name in text] == []


def test_print_the_sheet_gives_the_sheet_and_no_other_page(audience, edition, paper, taken):
    alone, sheet = taken(audience, paper).alone, edition.words.sheet
    assert len(alone) <= 2
    assert alone[0].startswith(unspaced(sheet.heading))
    assert alone[-1].endswith(unspaced(sheet.end))


def test_the_sheet_says_not_to_stop_suddenly(audience, edition, taken):
    """In the intro of the sheets for the person and the client; elsewhere in the family's talk plan."""
    assert re.search("sudden", taken(audience, "Letter").told)
    if audience != "family":
        assert re.search("do not stop this medicine suddenly", edition.words.sheet.intro)


def test_what_is_folded_on_the_screen_is_printed_unfolded_even_without_script(audience, edition, taken):
    text = "".join(taken(audience, "Letter", False).pages)
    chosen = fullest(edition)
    folded = [words for part in edition.words.guidance.more for words in (*part.paragraphs, *part.points)]
    folded += [
        note.say
        for question in edition.questions
        for answer, note in question.notes.items()
        if f"q_{question.id}={answer}" in chosen and note.say
    ]
    assert len(folded) > 15
    assert [words for words in folded if unspaced(words) not in text] == []


def test_paper_is_black_on_white_also_for_a_reader_whose_screen_is_dark(reader, page):
    show(reader, STATES["all-emergencies"])
    page.emulate_media(media="print", color_scheme="dark")
    colors = page.evaluate("""() => [...new Set([...document.querySelectorAll("main, main *")]
        .filter((e) => e.checkVisibility() && e.innerText?.trim())
        .flatMap((e) => { const s = getComputedStyle(e); return [`text ${s.color}`, `on ${s.backgroundColor}`]; }))]""")
    page.emulate_media(media="null", color_scheme="null")
    white = {"on rgb(255, 255, 255)", "on rgba(0, 0, 0, 0)", "on rgba(255, 255, 255, 0)"}
    assert {color for color in colors if color.startswith("text")} == {"text rgb(0, 0, 0)"}
    assert {color for color in colors if color.startswith("on")} <= white
