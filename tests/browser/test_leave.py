"""Leaving: nothing to see at once, and no answer behind the Back button."""

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import NamedTuple

import pytest
from playwright.sync_api import Error, expect
from werkzeug.wrappers import Response

from app import create_app
from checks.screenshots import CHANGE, served, until
from tests.kit.browser import Chromium, Firefox

LEAVE, SEND = "[data-leave]", "form:has(fieldset) button"
READY = ".for-script:not([hidden])"  # the script has come; before that, "Leave" is the plain link
FORM = f"main:has(fieldset) {READY}"
ANSWERS = ("seizure", "sleep")  # of the question on symptoms
TICKED = "input:checked"
# What only a page that knows an answer has: a checked box, a hidden one, a part of the guidance, an emergency.
TRACES = [TICKED, "input[type=hidden][name^=q_]", ".noticed", ".sheet", ".emergency", ".today", ".lead", ".errors"]


class Site(NamedTuple):
    """The app, and the neutral site that it leaves to, which answers only while its door is open."""

    address: str
    neutral: str
    door: threading.Event


class OldForm:
    """The app. Its form for families is of an older version: sent, it comes back with its answers, as a 422."""

    def __init__(self, app):
        self.app = app

    def __call__(self, environ, start_response):
        if environ["REQUEST_METHOD"] == "POST" or environ["PATH_INFO"] != "/family":
            return self.app(environ, start_response)
        environ.pop("HTTP_ACCEPT_ENCODING", None)
        response = Response.from_app(self.app, environ, buffered=True)
        now, older = b'name="version" value="', b'name="version" value="older-'
        assert now in response.get_data()
        response.set_data(response.get_data().replace(now, older))
        return response(environ, start_response)


@pytest.fixture(scope="module")
def site(default_settings):
    door = threading.Event()
    door.set()

    def elsewhere(environ, start_response):
        door.wait(60)
        page = "<!doctype html><link rel=icon href=data:,><title>Elsewhere</title><p id=elsewhere>Elsewhere"
        return Response(page, mimetype="text/html")(environ, start_response)

    with served(elsewhere) as address, pytest.MonkeyPatch.context() as patch:
        neutral = address.replace("127.0.0.1", "localhost") + "/"  # another site, as for a reader
        patch.setenv("SCREENING_LEAVE_URL", neutral)
        with served(OldForm(create_app())) as app:
            yield Site(app, neutral, door)
    door.set()


# --- Back, in browsers as a reader has them ---------------------------------------------------------------------


def answer(browser, path="/self"):
    link = f'main a[href="{path}"]'
    browser.open("/")
    browser.wait_for(link)
    clicked = 0.0

    def came():
        """A click that comes while the page still takes its shape can miss."""
        nonlocal clicked
        if time.monotonic() > clicked + 5 and browser.count(link):
            browser.click(link)
            clicked = time.monotonic()
        return browser.count(FORM)

    until(came, f"{browser.name} did not follow the link to {path}")
    for chosen in ANSWERS:
        browser.click(f'input[name="q_symptoms"][value="{chosen}"]')
    until(lambda: browser.count(TICKED) == 2, "nothing was ticked")


def send(browser, button, shows):
    browser.click(button)
    browser.wait_for(f"main:has({shows}) {READY}")


def form(browser):
    answer(browser)


def guidance(browser):
    answer(browser)
    send(browser, SEND, ".sheet")


def error(browser):
    answer(browser, "/family")
    send(browser, SEND, ".errors")


def error_then_guidance(browser):
    error(browser)
    send(browser, SEND, ".sheet")


def change(browser):
    guidance(browser)
    send(browser, CHANGE, "fieldset")


def change_then_guidance(browser):
    change(browser)
    send(browser, SEND, ".sheet")


# How to get to the page that is left. Only the start page lies behind it, because the answer is fetched.
JOURNEYS = [form, guidance, error, error_then_guidance, change, change_then_guidance]
# A browser that is too old for that sends the form itself. How many pages lie behind then.
OLD_JOURNEYS = {error_then_guidance: 3, change_then_guidance: 4}
OLD = "delete window.AbortController"


def traces_shown(browser):
    """What the page shows of the answers in the moment after it has come, when a browser may still put them in."""
    browser.wait_for("body")
    shown, end = set(), time.monotonic() + 0.3
    while time.monotonic() < end:
        if browser.count(f"html:not([hidden]) :is({', '.join(TRACES)})"):
            shown |= {css for css in TRACES if browser.count(css)}
    return shown


def document(browser):
    """What tells this document from every other; nothing between two of them."""
    try:
        if isinstance(browser, Chromium):
            return browser.page.evaluate("() => performance.timeOrigin")
        return browser._order("WebDriver:ExecuteScript", script="return performance.timeOrigin", args=[])
    except (Error, RuntimeError):
        return None


def press_back(browser):
    before = document(browser)
    browser.go(-1)
    until(lambda: document(browser) not in (before, None), f"{browser.name} did not go back")


def leave_and_go_back(browser, journey, behind):
    """What was to be seen before leaving, and after each press of Back; and where that ends."""
    journey(browser)
    before = traces_shown(browser)
    browser.click(LEAVE)
    browser.wait_for("#elsewhere")
    seen = [traces_shown(browser)]
    for _ in range(behind):
        press_back(browser)
        browser.wait_for("main")
        seen.append(traces_shown(browser))
    ends = browser.url()
    browser.close_tab()
    return before, seen, ends


class OldChromium(Chromium):
    """One that sends the form itself."""

    def start(self, restore=False):
        super().start(restore)
        self.page.context.add_init_script(OLD)


KINDS = {"Chromium": Chromium, "Firefox": Firefox, "an old Chromium": OldChromium}
LEFT = [(kind, journey) for kind in KINDS for journey in (OLD_JOURNEYS if KINDS[kind] is OldChromium else JOURNEYS)]


def leave_in(kind, folder, site):
    with kind(folder, site.address) as browser:
        browser.start()
        behind = OLD_JOURNEYS if kind is OldChromium else dict.fromkeys(JOURNEYS, 1)
        return {journey: leave_and_go_back(browser, journey, pages) for journey, pages in behind.items()}


@pytest.fixture(scope="module")
def left(site, tmp_path_factory):
    """What each browser showed on each journey. Playwright wants a thread for each, so they go at once."""
    with ThreadPoolExecutor() as pool:
        running = {
            name: pool.submit(leave_in, kind, tmp_path_factory.mktemp("profile") / "reader", site)
            for name, kind in KINDS.items()
        }
    return {name: done.result() for name, done in running.items()}


@pytest.mark.parametrize(("kind", "journey"), LEFT, ids=lambda given: getattr(given, "__name__", given))
def test_after_leaving_back_never_shows_an_answer(kind, journey, left, site):
    before, seen, ends = left[kind][journey]
    assert before, "there was nothing to leave behind"
    assert seen == [set()] * len(seen)
    assert ends == f"{site.address}/", "one of the pages behind was not seen"


HOW_IT_CAME = "() => performance.getEntriesByType('navigation')[0].type"
# What is stored outlives the reload; a message to the console, sent while the page goes, at times does not.
TELL_HOW_IT_COMES_BACK = """() => addEventListener("pageshow", (event) => {
    const told = `${event.persisted} ${getComputedStyle(document.documentElement).display}`;
    sessionStorage.told = (sessionStorage.told || "") + told;
})"""


def test_the_browser_has_a_back_forward_cache_and_what_that_brings_back_holds_no_answer(site, tmp_path_factory):
    """Else the tests above would prove nothing. Another page is opened, and the very same form is brought back."""
    folder = tmp_path_factory.mktemp("cache")  # a short name: there are sockets in it

    def go_and_come_back():
        with Chromium(folder / "reader", site.address) as browser:
            browser.start()
            answer(browser)
            browser.page.evaluate(TELL_HOW_IT_COMES_BACK)
            browser.open("/about")
            browser.wait_for(".origins")
            browser.go(-1)
            browser.wait_for(SEND)
            until(lambda: browser.page.evaluate(HOW_IT_CAME) == "reload", "the form was not loaded anew")
            told = browser.page.evaluate("() => sessionStorage.told")
            return told, traces_shown(browser), browser.page.locator("#answered").inner_text()

    with ThreadPoolExecutor() as pool:
        told, shown, answered = pool.submit(go_and_come_back).result()
    assert told == "true none", "it was in the cache, and is not shown until it has been loaded anew"
    assert shown == set()
    assert answered.startswith("0 ")


# --- At once ----------------------------------------------------------------------------------------------------


@contextmanager
def reader(browser, site, **options):
    context = browser.new_context(base_url=site.address, **options)
    context.set_default_timeout(15_000)
    try:
        yield context.new_page()
    finally:
        site.door.set()  # a request that waits would hold the browser up
        context.close()


@pytest.fixture
def page(browser, site):
    with reader(browser, site) as page:
        yield page


class Hands:
    """The same steps as above, on a page of the shared browser."""

    name = "Chromium"

    def __init__(self, page):
        self.page = page

    def open(self, path):
        self.page.goto(path)

    def click(self, css):
        self.page.locator(css).first.click()

    def count(self, css):
        return self.page.locator(css).count()

    def wait_for(self, css):
        self.page.wait_for_selector(css, state="attached")


# The page must tell by itself: Chromium takes no questions while another site is on its way.
LOOK_AFTER_LEAVING = """() => addEventListener("click", () => {
    const tell = () => console.log(JSON.stringify({
        display: getComputedStyle(document.documentElement).display,
        title: document.title,
        left: document.body.childNodes.length,
    }));
    tell();
    setTimeout(tell, 300);
})"""


def click(page):
    page.locator(LEAVE).click(no_wait_after=True)


def shift(page, times=3):
    for _ in range(times):
        page.keyboard.press("Shift")


@pytest.mark.parametrize("how", [click, shift], ids=lambda how: how.__name__)
@pytest.mark.parametrize("journey", [form, guidance, error, change], ids=lambda journey: journey.__name__)
def test_leaving_hides_the_page_at_once_even_when_the_other_site_is_slow(journey, how, page, site):
    journey(Hands(page))
    page.evaluate(LOOK_AFTER_LEAVING)
    site.door.clear()
    seen = []
    for _ in ("at once", "while the other site keeps the reader waiting"):
        with page.expect_console_message() as told:
            if not seen:
                how(page)
        seen.append(json.loads(told.value.text))
    assert seen == [{"display": "none", "title": "\u200b", "left": 0}] * 2
    site.door.set()
    page.wait_for_url(site.neutral)


def test_who_leaves_while_the_answer_is_on_its_way_never_sees_it(page, site):
    held, given_up = [], []
    form(Hands(page))
    page.route("**/self", lambda route: held.append(route))
    page.on("requestfailed", lambda request: given_up.append(request.method))
    with page.expect_request("**/self"):
        page.locator(SEND).first.click()
    page.evaluate(LOOK_AFTER_LEAVING)
    site.door.clear()
    told = []
    page.on("console", lambda message: told.append(json.loads(message.text)))
    click(page)
    with suppress(Error):  # nobody waits for it any more
        held[0].fulfill(body="<main>The answer", content_type="text/html")
    while len(told) < 2:
        page.wait_for_timeout(100)
    assert told == [{"display": "none", "title": "\u200b", "left": 0}] * 2
    assert given_up == ["POST"]
    site.door.set()
    page.wait_for_url(site.neutral)


def test_leaving_replaces_the_page_in_the_history(page, site):
    guidance(Hands(page))
    before = page.evaluate("() => history.length")
    click(page)
    page.wait_for_url(site.neutral)
    assert page.evaluate("() => history.length") == before


@pytest.mark.parametrize("path", ["/", "/self", "/family", "/counselor", "/help", "/counselor/guide", "/nowhere"])
def test_without_script_leave_is_a_plain_link_on_every_page(path, browser, site):
    with reader(browser, site, java_script_enabled=False) as page:
        page.goto(path)
        page.locator(LEAVE).click()
        page.wait_for_url(site.neutral)
        expect(page.locator("#elsewhere")).to_be_visible()


def test_without_script_leave_is_a_plain_link_on_the_guidance_too(browser, site):
    with reader(browser, site, java_script_enabled=False) as page:
        page.goto("/self")
        page.locator("[name=q_symptoms][value=seizure]").check()
        page.locator(SEND).first.click()
        expect(page.locator(".emergency")).to_be_visible()
        page.locator(LEAVE).click()
        page.wait_for_url(site.neutral)


@pytest.mark.parametrize("width", [320, 1280])
def test_leave_stays_in_reach_however_far_the_page_is_scrolled(width, page):
    page.set_viewport_size({"width": width, "height": 600})
    guidance(Hands(page))
    page.evaluate("() => scrollTo({top: document.body.scrollHeight / 2, behavior: 'instant'})")
    expect(page.locator(LEAVE)).to_be_in_viewport(ratio=1)
    page.evaluate("() => scrollTo({top: document.body.scrollHeight, behavior: 'instant'})")
    expect(page.locator(LEAVE)).to_be_in_viewport(ratio=1)


# --- Shift, three times within five seconds ---------------------------------------------------------------------


@pytest.fixture
def clock(page):
    """A page whose clock the test turns."""
    page.clock.install()
    page.goto("/self")
    return page.clock


def still_here(page):
    return page.evaluate("() => !document.documentElement.hidden") and page.locator("fieldset").count() > 0


def test_shift_is_counted_aloud_and_the_third_leaves(page, clock, site, content):
    words = content["self"].words.site
    said = page.get_by_role("status").and_(page.locator("#said"))
    expect(said).to_have_text("")
    shift(page, 1)
    expect(said).to_have_text(words.leave_more[0])
    clock.fast_forward(2000)
    shift(page, 1)
    expect(said).to_have_text(words.leave_more[1])
    clock.fast_forward(2000)
    shift(page, 1)
    page.wait_for_url(site.neutral)


def test_shift_pressed_slower_than_that_does_not_leave_and_says_so(page, clock, content):
    words = content["self"].words.site
    for _ in range(4):
        shift(page, 1)
        clock.fast_forward(2600)  # three of them take 5.2 seconds
    assert still_here(page)
    clock.fast_forward(5000)
    expect(page.locator("#said")).to_have_text(words.leave_off)
    shift(page, 2)
    assert still_here(page), "the presses from before count no more"


@pytest.mark.parametrize("other", ["a", "Tab", "ArrowDown", "Control", "Alt", "Meta"])
def test_shift_that_changes_another_key_does_not_leave(other, page, clock):
    for _ in range(4):
        page.keyboard.press(f"Shift+{other}")
    for _ in range(4):
        page.keyboard.down(other)
        page.keyboard.press("Shift")
        page.keyboard.up(other)
    assert still_here(page)


@pytest.mark.parametrize("held", ["Control", "Alt", "Meta"])
def test_shift_pressed_while_another_modifier_is_held_does_not_leave(held, page, clock):
    page.keyboard.down(held)
    shift(page, 4)
    page.keyboard.up(held)
    assert still_here(page)


def test_a_key_between_the_presses_starts_the_count_again(page, clock):
    shift(page, 2)
    page.keyboard.press("Tab")
    shift(page, 2)
    assert still_here(page)


def test_shift_that_is_held_down_does_not_leave(page, clock):
    for _ in range(6):
        page.keyboard.down("Shift")  # the second and later ones repeat
    page.keyboard.up("Shift")
    assert still_here(page)


def test_the_form_tells_of_the_shift_key_before_its_first_question(page, content):
    page.goto("/self")
    told = page.get_by_text(content["self"].words.site.leave_keys)
    expect(told).to_be_visible()
    assert told.bounding_box()["y"] < page.locator("fieldset").first.bounding_box()["y"]
