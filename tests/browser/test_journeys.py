from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from checks.screenshots import DESKTOP, ZOOMED, wait_until
from tests.kit.pages import AUDIENCE_PATHS, OPEN_PATHS, answers_with, fields, one_of_each


@pytest.fixture
def open_page(browser, server):
    """open_page(script=…) gives a page of a fresh browser profile. Afterwards nothing may be amiss in it."""
    contexts, asked, complaints = [], [], []

    def listen(context):
        context.on("request", lambda request: asked.append(request.url))
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        context.on("console", complain)

    def complain(message):
        # Chromium calls every 422 a failure to load
        if "status of 422" not in message.text:
            complaints.append(f"{message.type}: {message.text}")

    def open_one(script=False):
        context = browser.new_context(java_script_enabled=script, base_url=server)
        context.set_default_timeout(5000)
        listen(context)
        contexts.append(context)
        return context.new_page()

    yield open_one
    for context in contexts:
        assert context.cookies() == []
        assert context.storage_state() == {"cookies": [], "origins": []}
        context.close()
    assert complaints == []
    away = {url for url in asked if urlsplit(url)[:2] != urlsplit(server)[:2] and not url.startswith("data:")}
    assert away == set(), "the page asked another site"
    assert not [url for url in asked if "q_" in url], "an answer stood in an address"


def boxes(page, sheet):
    return [
        page.locator(f'input[name="{name}"][value="{answer}"]') for name, ids in fields(sheet).items() for answer in ids
    ]


def checked(page):
    """The answer sheet as the form stands."""
    sheet = {}
    for box in page.locator("fieldset input:checked").all():
        sheet.setdefault(box.get_attribute("name").removeprefix("q_"), []).append(box.get_attribute("value"))
    return sheet


def press(page, button):
    """Press it and wait for the page that comes. With script the browser goes nowhere, so nothing else tells."""
    page.evaluate("() => { document.body.dataset.before = ''; }")
    button.click()
    wait_until(page, "() => document.readyState === 'complete' && !('before' in document.body.dataset)")


def submit(page, words):
    press(page, page.get_by_role("button", name=words.form.submit).last)


def lead(page, said):
    """The heading that leads the guidance, under the name of the page."""
    names = page.locator("main :is(h1, h2)").all_inner_texts()
    return next(name for name in names if name != said.heading)


@pytest.mark.parametrize("view", [DESKTOP, ZOOMED], ids=["desktop", "at 400 percent"])
def test_the_whole_journey_without_script(open_page, edition, audience, view):
    page = open_page()
    page.set_viewport_size(view)
    whole_journey(page, edition.words, audience)


def test_the_whole_journey_with_script(open_page, content):
    whole_journey(open_page(script=True), content["self"].words, "self")


def whole_journey(page, words, audience):
    page.goto("/")
    title = next(choice.title for choice in words.start.choices if choice.audience == audience)
    page.get_by_role("main").get_by_role("link", name=title).click()
    page.wait_for_url(f"**/{audience}")
    assert checked(page) == {}

    submit(page, words)
    expect(page.get_by_role("heading", name=words.form.errors.heading)).to_be_visible()
    page.get_by_role("link", name=words.form.errors.empty).click()
    expect(page.locator("fieldset input").first).to_be_in_viewport()

    sheet = {"symptoms": ["sleep", "memory"], "recent_change": ["same"], "longer_than_planned": ["yes"]}
    for box in boxes(page, sheet):
        box.check()
    submit(page, words)
    assert lead(page, words.guidance) == words.guidance.soon.heading
    expect(page.get_by_text(words.guidance.not_saved)).to_be_visible()
    expect(page.get_by_role("heading", name=words.warning.heading)).to_be_visible()
    assert urlsplit(page.url).path == f"/{audience}"

    press(page, page.get_by_role("button", name=words.guidance.change))
    assert checked(page) == sheet
    page.locator('input[name="q_mixing"][value="alcohol"]').check()
    submit(page, words)
    assert lead(page, words.guidance) == words.guidance.soon.heading


def test_an_emergency_leads_even_when_the_sheet_is_faulty(open_page, edition, audience):
    words = edition.words
    page = open_page()
    page.goto(f"/{audience}")
    for box in boxes(page, {"symptoms": ["seizure", "none"], "longer_than_planned": ["yes"]}):
        box.check()
    submit(page, words)
    card = page.get_by_role("region", name=words.guidance.emergency.heading)
    error = page.get_by_role("region", name=words.form.errors.heading)
    assert card.bounding_box()["y"] < error.bounding_box()["y"]
    expect(card).to_be_in_viewport()

    page.locator('input[name="q_symptoms"][value="none"]').uncheck()
    submit(page, words)
    assert lead(page, words.guidance) == words.guidance.emergency.heading
    expect(page.get_by_role("region", name=words.guidance.emergency.heading)).to_be_in_viewport()
    number = edition.helpline("emergency")
    expect(page.locator(f'main a[href="{number.tel}"]').first).to_be_in_viewport()

    press(page, page.get_by_role("button", name=words.guidance.change))
    assert checked(page) == {"symptoms": ["seizure"], "longer_than_planned": ["yes"]}
    expect(page.get_by_role("region", name=words.guidance.emergency.heading)).to_be_in_viewport()


def test_an_emergency_is_in_view_after_a_jump_from_the_error_summary(open_page, content):
    """The jump leaves a # in the address. Sent along, it would scroll the next page past its emergency card."""
    words = content["self"].words
    page = open_page()
    page.goto("/self")
    submit(page, words)
    page.get_by_role("link", name=words.form.errors.empty).click()
    for box in boxes(page, {"symptoms": ["seizure", "none"]}):
        box.check()
    submit(page, words)
    expect(page.get_by_role("region", name=words.form.errors.heading)).to_be_attached()
    expect(page.locator("#emergency")).to_be_in_viewport()
    assert urlsplit(page.url).fragment == ""


def test_every_emergency_shows_its_number_without_scrolling(open_page, edition, audience):
    words = edition.words
    page = open_page()
    page.set_viewport_size({"width": 360, "height": 740})
    for sheet in answers_with(edition, "emergency"):
        page.goto(f"/{audience}")
        for box in boxes(page, sheet):
            box.check()
        submit(page, words)
        expect(page.locator('main a[href^="tel:"]').first).to_be_in_viewport()


def tab_to(page, target):
    """Press Tab until this has the focus, as someone without a mouse would."""
    wanted = target.element_handle()
    for _ in range(150):
        page.keyboard.press("Tab")
        if page.evaluate("element => document.activeElement === element", wanted):
            assert wanted.evaluate("element => element.matches(':focus-visible')")
            return
    raise AssertionError(f"Tab never reached {target}")


def test_the_whole_journey_by_keyboard_alone_at_400_percent(open_page, edition, audience):
    words = edition.words
    page = open_page()
    page.set_viewport_size(ZOOMED)
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_attribute("href", "#main")
    page.keyboard.press("Enter")
    tab_to(page, page.locator(f'main a[href="/{audience}"]'))
    page.keyboard.press("Enter")

    page.wait_for_url(f"**/{audience}")
    sheet = one_of_each(edition)
    for box in boxes(page, sheet):
        radio = box.get_attribute("type") == "radio"
        group = page.locator(f'input[name="{box.get_attribute("name")}"]')
        tab_to(page, group.first if radio else box)
        page.keyboard.press("Space")
        while radio and not box.is_checked():
            page.keyboard.press("ArrowDown")
    assert checked(page) == sheet
    tab_to(page, page.get_by_role("button", name=words.form.submit).last)
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name=words.guidance.emergency.heading, exact=True)).to_be_visible()
    tab_to(page, page.get_by_role("button", name=words.guidance.change))
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name=words.form.submit).last).to_be_visible()
    assert checked(page) == sheet


def test_with_script_a_reload_of_the_guidance_asks_again_instead_of_sending_again(open_page, content):
    words = content["self"].words
    page = open_page(script=True)
    page.goto("/self")
    page.locator('input[name="q_symptoms"][value="sleep"]').check()
    submit(page, words)
    assert lead(page, words.guidance) == words.guidance.soon.heading
    with page.expect_request("**/self") as asked:
        page.reload()
    assert asked.value.method == "GET"
    assert checked(page) == {}


def test_a_link_on_the_guidance_opens_beside_it(open_page, content):
    words = content["self"].words
    page = open_page()
    page.goto("/self")
    page.locator('input[name="q_symptoms"][value="sleep"]').check()
    submit(page, words)
    with page.context.expect_page() as opened:
        page.locator('.bar a[href="/help"]').click()
    expect(opened.value.get_by_role("heading", level=1)).to_have_text(words.help.heading)
    assert lead(page, words.guidance) == words.guidance.soon.heading


def test_without_script_nothing_is_offered_that_needs_it(open_page, edition, audience):
    page = open_page()
    page.goto(f"/{audience}")
    expect(page.locator(".for-script")).to_have_count(page.locator(".for-script[hidden]").count())
    assert not any(part.is_visible() for part in page.locator(".for-script").all())
    page.locator('input[name="q_symptoms"][value="sleep"]').check()
    submit(page, edition.words)
    assert not any(part.is_visible() for part in page.locator(".for-script").all())


def test_without_script_clearing_gives_a_blank_form(open_page, content):
    words = content["self"].words
    page = open_page()
    page.goto("/self")
    page.locator('input[name="q_symptoms"][value="sleep"]').check()
    page.get_by_role("link", name=words.form.clear).click()
    page.wait_for_load_state()
    assert checked(page) == {}


def test_every_page_opens_without_a_complaint(open_page):
    page = open_page(script=True)
    for path in (*AUDIENCE_PATHS, *OPEN_PATHS):
        assert page.goto(path).status == 200
        expect(page.get_by_role("main")).to_be_visible()
