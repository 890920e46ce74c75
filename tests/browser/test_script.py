"""The script: small comforts, and nothing kept."""

import gzip
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from checks.screenshots import CHANGE, PHONE, open_state
from web.security import INLINE_SCRIPT

SCRIPT = Path(__file__).parents[2] / "static" / "script.js"
FORMS = ["self", "family-error", "error-emergency", "change"]  # blank, and with what was sent
KEPT = """async () => ({
    local: localStorage.length, session: sessionStorage.length, cookie: document.cookie,
    databases: (await indexedDB.databases()).length, caches: (await caches.keys()).length,
    workers: (await navigator.serviceWorker.getRegistrations()).length,
})"""


@pytest.fixture
def page(browser, server):
    context = browser.new_context(base_url=server, viewport=PHONE)
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()


@pytest.fixture
def words(content):
    return content["self"].words


def box(page, question, answer):
    return page.locator(f'input[name="q_{question}"][value="{answer}"]')


def said(page):
    return page.locator("#said[role=status]")


# --- The questions ----------------------------------------------------------------------------------------------


def test_how_many_questions_are_answered_is_told_politely(page, content, words):
    page.goto("/self")
    told = page.locator("#answered")
    expect(told).to_be_visible()
    expect(told).to_have_role("status")
    total = len(content["self"].questions)

    def expect_count(answered):
        expect(told).to_have_text(f"{answered} {words.form.of} {total} {words.form.answered}")

    expect_count(0)
    box(page, "symptoms", "shaking").check()
    expect_count(1)
    box(page, "symptoms", "sleep").check()
    expect_count(1)  # questions, not boxes
    box(page, "longer_than_planned", "yes").check()
    box(page, "longer_than_planned", "no").check()
    expect_count(2)
    box(page, "symptoms", "sleep").uncheck()
    expect_count(2)
    box(page, "symptoms", "shaking").uncheck()
    expect_count(1)


def test_a_form_that_comes_back_with_its_answers_counts_them(page, server):
    open_state(page, server, "change")
    expect(page.locator("#answered")).to_have_text(re.compile("^2 "))


@pytest.mark.parametrize("alone", ["none", "unsure", "skip"])
def test_a_box_that_stands_alone_empties_the_others_and_says_so(alone, page, words):
    page.goto("/self")
    expect(said(page)).to_have_text("")
    for other in ("shaking", "sleep"):
        box(page, "symptoms", other).check()
    box(page, "mixing", "alcohol").check()
    expect(said(page)).to_have_text("")
    box(page, "symptoms", alone).check()
    expect(said(page)).to_have_text(words.form.excluded)
    assert box(page, "symptoms", alone).is_checked()
    assert not box(page, "symptoms", "shaking").is_checked()
    assert not box(page, "symptoms", "sleep").is_checked()
    assert box(page, "mixing", "alcohol").is_checked(), "another question is none of its business"


def test_another_box_empties_the_one_that_stands_alone(page, words):
    page.goto("/self")
    box(page, "symptoms", "none").check()
    box(page, "symptoms", "seizure").check()
    expect(said(page)).to_have_text(words.form.excluded)
    assert box(page, "symptoms", "seizure").is_checked()
    assert not box(page, "symptoms", "none").is_checked()


@pytest.mark.parametrize("state", FORMS)
def test_clear_empties_every_form_whatever_it_came_with_and_says_so(state, page, server, words):
    open_state(page, server, state)
    box(page, "symptoms", "memory").check()
    box(page, "getting_it", "friend").check()
    before = page.url
    page.locator("[data-clear]").click()
    expect(said(page)).to_have_text(words.form.cleared)
    expect(page.locator("input:checked")).to_have_count(0)
    expect(page.locator("#answered")).to_have_text(re.compile("^0 "))
    expect(page.locator(".emergency, .errors, .error, .wrong")).to_have_count(0)
    assert page.url == before
    expect(page.locator("[data-clear]")).to_be_focused()


def test_cleared_again_is_said_again(page, words):
    page.goto("/self")
    for _ in range(2):
        page.evaluate("""() => {
            window.heard = [];
            new MutationObserver(() => heard.push(document.getElementById("said").textContent))
                .observe(document.getElementById("said"), {childList: true});
        }""")
        page.locator("[data-clear]").click()
        page.wait_for_function("words => heard.at(-1) === words", arg=words.form.cleared)


@pytest.mark.parametrize("state", FORMS)
def test_without_script_clear_leads_to_a_blank_form(state, browser, server):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    open_state(page, server, state)
    with page.expect_navigation() as led:
        page.locator("[data-clear]").click()
    assert led.value.request.method == "GET"
    expect(page.locator("fieldset").first).to_be_visible()
    expect(page.locator("input:checked")).to_have_count(0)
    expect(page.locator(".emergency, .errors")).to_have_count(0)
    context.close()


# --- Sending ----------------------------------------------------------------------------------------------------


def send(page):
    page.locator("form:has(fieldset) button").last.click()


def test_the_answer_comes_without_a_new_entry_in_the_history(page, words):
    page.goto("/self")
    before = page.evaluate("() => [history.length, location.href, performance.timeOrigin]")
    box(page, "symptoms", "sleep").check()
    send(page)
    expect(page.locator(".sheet")).to_be_visible()
    page.locator(CHANGE).click()
    expect(page.locator("fieldset").first).to_be_visible()
    expect(box(page, "symptoms", "sleep")).to_be_checked()
    send(page)
    expect(page.locator(".sheet")).to_be_visible()
    assert page.evaluate("() => [history.length, location.href, performance.timeOrigin]") == before


def test_the_answer_begins_at_its_top_and_is_where_a_screen_reader_goes_on(page, words):
    page.goto("/self")
    box(page, "hard_to_talk_about", "yes").check()
    send(page)
    expect(page.locator("main")).to_be_focused()
    expect(page.get_by_role("heading", level=1)).to_be_in_viewport()
    expect(page.locator(".for-script[data-print]").first).to_be_visible()
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.querySelector('main').contains(document.activeElement)")


def test_while_the_answer_is_on_its_way_the_buttons_say_so_and_send_once(page, words):
    asked = []
    page.goto("/self")
    page.route("**/self", lambda route: asked.append(route))
    box(page, "symptoms", "sleep").check()
    for button in page.locator("form button").all():
        button.click()
        expect(button).to_have_text(words.form.sending)
    assert len(asked) == 1
    asked[0].continue_()
    expect(page.locator(".sheet")).to_be_visible()


@pytest.mark.parametrize("state", ["self", "soon"])
def test_what_did_not_go_through_is_said_and_loses_no_answer(state, page, server, words):
    open_state(page, server, state)
    if state == "self":
        box(page, "symptoms", "sleep").check()
    button = page.locator("form button").last
    name = button.inner_text()
    page.context.set_offline(True)
    for _ in range(2):
        button.click()
        expect(page.get_by_role("alert")).to_have_text(words.form.unsent)
        expect(page.get_by_role("alert")).to_have_count(1)
        expect(button).to_have_text(name)
    page.context.set_offline(False)
    button.click()
    expect(page.locator(".sheet" if state == "self" else "fieldset").first).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)
    if state == "soon":
        expect(box(page, "symptoms", "sleep")).to_be_checked()


def test_a_browser_that_is_too_old_to_fetch_sends_the_form_itself(page, words):
    page.add_init_script("delete window.AbortController")
    page.goto("/self")
    box(page, "symptoms", "sleep").check()
    with page.expect_navigation() as sent:
        send(page)
    assert sent.value.request.method == "POST"
    expect(page.locator(".sheet")).to_be_visible()
    with page.expect_navigation():
        page.locator(CHANGE).click()
    expect(box(page, "symptoms", "sleep")).to_be_checked()


# --- Nothing is kept --------------------------------------------------------------------------------------------


def test_a_whole_journey_leaves_nothing_in_the_storage_of_the_browser(page, server):
    page.goto("/")
    open_state(page, server, "change")
    box(page, "symptoms", "none").check()
    page.locator("[data-clear]").click()
    box(page, "symptoms", "seizure").check()
    page.locator("form:has(fieldset) button").last.click()
    expect(page.locator(".sheet")).to_be_visible()
    nothing = {"local": 0, "session": 0, "cookie": "", "databases": 0, "caches": 0, "workers": 0}
    assert page.evaluate(KEPT) == nothing
    assert page.context.storage_state(indexed_db=True) == {"cookies": [], "origins": []}
    assert page.evaluate("() => history.state") is None
    assert page.evaluate("() => window.name") == ""


def test_the_script_is_4_kilobytes_at_most_and_has_no_word_for_keeping(page):
    code = SCRIPT.read_text(encoding="utf-8")
    assert len(gzip.compress((code + INLINE_SCRIPT).encode(), 9)) <= 4000
    keeping = r"localStorage|sessionStorage|indexedDB|cookie|caches|serviceWorker|XMLHttp|sendBeacon|WebSocket|eval"
    assert not re.search(rf"\b({keeping})\b", code + INLINE_SCRIPT)
    assert "fetch" not in code


# --- Paper ------------------------------------------------------------------------------------------------------

# Stands in for the browser's dialog.
PRINT = """() => {
    window.prints = [];
    window.print = () => {
        dispatchEvent(new Event("beforeprint"));
        prints.push({
            alone: document.body.classList.contains("sheet-alone"),
            folded: document.querySelectorAll("details:not([open])").length,
        });
    };
}"""


def on_paper(page):
    """The parts of the page that would be printed."""
    page.emulate_media(media="print")
    shown = page.evaluate("""() => [...document.querySelectorAll("main > *, .bar, footer, .sheet > *")]
        .filter((e) => e.checkVisibility()).map((e) => e.className || e.tagName)""")
    page.emulate_media(media="null")
    return shown


@pytest.mark.parametrize("state", ["soon", "family-soon", "counselor-soon"])
def test_print_the_sheet_prints_the_sheet_alone_and_afterwards_all_is_as_before(state, page, server):
    open_state(page, server, state)
    page.evaluate(PRINT)
    before = on_paper(page)
    folded = page.locator("details:not([open])").count()
    assert folded > 0
    page.locator("[data-print=sheet]").click()
    assert page.evaluate("() => prints") == [{"alone": True, "folded": 0}]
    assert on_paper(page) == before[before.index("sheet") :]
    assert len(before[before.index("sheet") :]) > 8
    page.evaluate("() => dispatchEvent(new Event('afterprint'))")
    assert on_paper(page) == before
    assert page.locator("details:not([open])").count() == folded


def test_print_this_page_prints_all_of_it_unfolded(page, server):
    open_state(page, server, "soon")
    page.evaluate(PRINT)
    before = on_paper(page)
    page.locator("[data-print=page]").click()
    assert page.evaluate("() => prints") == [{"alone": False, "folded": 0}]
    assert on_paper(page) == before
    assert "sheet" in before
    assert "warning" in before


def test_what_the_reader_unfolded_stays_unfolded_after_printing(page, server):
    open_state(page, server, "soon")
    page.evaluate(PRINT)
    page.locator("details > summary").first.click()
    page.locator("[data-print=page]").click()
    page.evaluate("() => dispatchEvent(new Event('afterprint'))")
    expect(page.locator("details").first).to_have_attribute("open", "")
    assert page.locator("details[open]").count() == 1


# --- The first screen -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_the_start_shows_what_matters_on_a_phone_without_scrolling(script, browser, server, words):
    context = browser.new_context(viewport=PHONE, java_script_enabled=script)
    page = context.new_page()
    page.goto(server)
    first = [
        page.get_by_role("heading", level=1),
        *page.locator(".choices a").all(),
        page.locator(".warning"),
        page.locator(".bar").get_by_role("link", name=words.site.help),
        page.locator(".bar").get_by_role("link", name=words.site.leave),
    ]
    assert len(first) == 4 + len(words.start.choices) == 7
    for part in first:
        seen = part.bounding_box()
        assert seen["y"] >= 0
        assert seen["y"] + seen["height"] <= PHONE["height"], part
        assert seen["x"] + seen["width"] <= PHONE["width"], part
    context.close()
