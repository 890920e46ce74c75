"""Whole journeys: with and without script, by keyboard alone, at 400 percent."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from screening.model import AUDIENCES
from tests.kit.browser import DESKTOP, ERRORS, GUARD, SEND, ZOOMED
from tests.kit.pages import AUDIENCE_PATHS, OPEN_PATHS, answers_with, one_of_each
from tests.kit.states import State, show

# Without script each audience's pages come from the server. With it, test_sent.py makes each audience's journeys.
WHO = pytest.mark.parametrize(("audience", "script"), [*((audience, False) for audience in AUDIENCES), ("self", True)])


def lead(reader, words):
    """The heading that leads the guidance, under the name of the page."""
    names = reader.page.locator("main :is(h1, h2):visible").all_inner_texts()
    return next(name for name in names if name != words.guidance.heading)


def in_view(reader, css):
    expect(reader.page.locator(css).first).to_be_in_viewport()


def call_in_view(reader, edition):
    in_view(reader, f'main .emergency a[href="{edition.helpline("emergency").tel}"]')


@WHO
def test_the_whole_journey(script, new_reader, content, audience):
    reader, words = new_reader(script=script, viewport=DESKTOP), content[audience].words
    page = reader.page
    reader.open("/")
    title = next(choice.title for choice in words.start.choices if choice.audience == audience)
    page.get_by_role("main").get_by_role("link", name=title).click()
    page.wait_for_url(f"**/{audience}")
    assert reader.sheet() == {}

    reader.send()
    assert reader.lead() == words.form.errors.heading
    reader.rest()
    page.locator(ERRORS).get_by_role("link", name=words.form.errors.empty).click()
    in_view(reader, "fieldset input:visible")

    sheet = {"symptoms": ["sleep", "memory"], "recent_change": ["same"], "longer_than_planned": ["yes"]}
    reader.tick(sheet)
    reader.send()
    assert lead(reader, words) == words.guidance.soon.heading
    expect(page.get_by_text(words.guidance.not_saved)).to_be_visible()
    expect(page.get_by_role("heading", name=words.warning.heading)).to_be_visible()
    assert urlsplit(page.url).path == f"/{audience}"

    reader.change()
    assert reader.sheet() == sheet
    reader.tick({"mixing": ["alcohol"]})
    reader.send()
    assert lead(reader, words) == words.guidance.soon.heading


@WHO
def test_an_emergency_leads_even_when_the_sheet_is_faulty(script, new_reader, content, audience):
    """Also after a jump from the error summary, whose # would scroll the next page past its emergency card."""
    edition = content[audience]
    reader, words = new_reader(script=script), edition.words
    reader.open(f"/{audience}")
    reader.send()
    reader.press(f"{ERRORS} a", sends=False)
    reader.tick({"symptoms": ["seizure", "none"], "longer_than_planned": ["yes"]})
    reader.send()
    card, check = reader.page.locator(".emergency"), reader.page.locator(ERRORS)
    assert card.bounding_box()["y"] < check.bounding_box()["y"]
    assert reader.lead() == words.guidance.emergency.heading
    call_in_view(reader, edition)
    assert urlsplit(reader.page.url).fragment == ""

    reader.rest()
    reader.box("symptoms", "none").uncheck()
    reader.send()
    assert lead(reader, words) == words.guidance.emergency.heading
    call_in_view(reader, edition)

    reader.change()
    assert reader.sheet() == {"symptoms": ["seizure"], "longer_than_planned": ["yes"]}
    if not script:
        call_in_view(reader, edition)


@WHO
def test_every_emergency_shows_its_number_without_scrolling(script, new_reader, content, audience):
    reader = new_reader(script=script)
    for sheet in answers_with(content[audience], "emergency"):
        show(reader, State(f"/{audience}", [f"q_{asked}={answer}" for asked, (answer,) in sheet.items()]))
        in_view(reader, ".emergency .call")


def tab_to(page, target):
    """Press Tab until this has the focus, as someone without a mouse would."""
    wanted = target.element_handle()
    for _ in range(150):
        page.keyboard.press("Tab")
        if page.evaluate("element => document.activeElement === element", wanted):
            assert wanted.evaluate("element => element.matches(':focus-visible')")
            return
    raise AssertionError(f"Tab never reached {target}")


@WHO
def test_the_whole_journey_by_keyboard_alone_at_400_percent(script, new_reader, content, audience):
    edition, reader = content[audience], new_reader(script=script, viewport=ZOOMED)
    page, words = reader.page, edition.words
    reader.open("/")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_attribute("href", "#main")
    page.keyboard.press("Enter")
    tab_to(page, page.locator(f'main a[href="/{audience}"]'))
    page.keyboard.press("Enter")

    page.wait_for_url(f"**/{audience}")
    sheet = one_of_each(edition)
    for question, (answer,) in sheet.items():
        box = reader.box(question, answer)
        radio = box.get_attribute("type") == "radio"
        group = page.locator(f'input[name="q_{question}"]:visible')
        tab_to(page, group.first if radio else box)
        page.keyboard.press("Space")
        while radio and not box.is_checked():
            page.keyboard.press("ArrowDown")
    assert reader.sheet() == sheet
    tab_to(page, page.locator(SEND).last)
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name=words.guidance.emergency.heading, exact=True)).to_be_visible()
    page.wait_for_timeout(1100 * GUARD)
    tab_to(page, page.get_by_role("button", name=words.guidance.change))
    page.keyboard.press("Space")
    expect(page.locator(SEND).last).to_be_visible()
    assert reader.sheet() == sheet


def test_a_link_on_the_guidance_opens_beside_it_without_script_too(new_reader, content):
    reader = new_reader(script=False)
    reader.open("/self")
    reader.tick({"symptoms": ["sleep"]})
    reader.send()
    with reader.context.expect_page() as opened:
        reader.page.locator('.bar a[href="/help"]').click()
    expect(opened.value.locator("h1")).to_have_text(content["self"].words.help.heading)
    assert lead(reader, content["self"].words) == content["self"].words.guidance.soon.heading


def test_without_script_nothing_is_offered_that_needs_it(new_reader, audience):
    reader = new_reader(script=False)
    reader.open(f"/{audience}")
    for shown in ("the form", "the guidance"):
        assert reader.page.locator("script.for-script").count(), shown
        expect(reader.page.locator("[data-print], #answered, #clear, .keys")).to_have_count(0)
        if shown == "the form":
            reader.tick({"symptoms": ["sleep"]})
            reader.send()


def test_without_script_each_question_begins_with_no_answer_and_takes_an_answer_back(new_reader, content, audience):
    reader = new_reader(script=False)
    reader.open(f"/{audience}")
    one = [question for question in content[audience].questions if not question.many]
    blank = reader.page.locator('fieldset input[type=radio][value=""]')
    expect(blank).to_have_count(len(one))
    assert all(box.is_checked() for box in blank.all())
    reader.tick({one[0].id: [one[0].answers[0].id], "symptoms": ["sleep"]})
    blank.first.check()
    reader.send()
    expect(reader.page.locator(".noticed")).to_have_count(1)


def test_every_page_opens_without_a_complaint(reader):
    for path in (*AUDIENCE_PATHS, *OPEN_PATHS):
        assert reader.page.goto(path).status == 200
        expect(reader.page.get_by_role("main")).to_be_visible()
