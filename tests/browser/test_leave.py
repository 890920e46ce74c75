"""Leaving: the page is hidden at once, Back shows no answer, and no one leaves by accident."""

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import pytest
from playwright.sync_api import Error, expect

from app import create_app
from settings import Settings
from tests.kit.browser import CHANGE, ERRORS, GUIDANCE, LEAVE, SEND, Chromium, Firefox, Reader, RealBrowser, until
from tests.kit.screen import press_keys, screen
from tests.kit.server import neutral_site, running

READY = "#answered:not([hidden])"  # the script has woken the form
ANSWERS = ("seizure", "sleep")  # of the question on symptoms
TICKED = "input:checked"
# What only a page that knows an answer has: a checked box, a hidden one, a part of the guidance, an emergency.
TRACES = [TICKED, "input[type=hidden][name^=q_]", ".noticed", ".sheet", ".emergency", ".today", ".lead", ".errors"]


class Site(NamedTuple):
    """The app, and the neutral site that it leaves to, which answers only while its door is open."""

    address: str
    neutral: str
    door: threading.Event


@pytest.fixture(scope="module")
def site(default_settings):
    door = threading.Event()
    door.set()

    with neutral_site(door) as neutral, running(create_app(Settings(leave_url=neutral))) as app:
        yield Site(app, neutral, door)
        door.set()


# --- Back, in browsers as a reader has them ---------------------------------------------------------------------


def form(browser, path="/self"):
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
        return browser.count(READY)

    until(came, f"{browser.name} did not follow the link to {path}")
    for chosen in ANSWERS:
        browser.click(f'input[name="q_symptoms"][value="{chosen}"]')
    until(lambda: browser.count(TICKED) == 2, "nothing was ticked")


def press(browser, button, shows):
    """Each press waits out the time in which a second tap does nothing."""
    time.sleep(0.6)
    browser.click(button)
    browser.wait_for(shows)


def guidance(browser):
    form(browser)
    press(browser, SEND, GUIDANCE)


def error(browser):
    form(browser, "/family")
    browser.click('input[name="q_symptoms"][value="none"]')
    press(browser, SEND, ERRORS)


def change(browser):
    guidance(browser)
    press(browser, CHANGE, READY)


def back_then_forward(browser):
    guidance(browser)
    browser.go(-1)
    browser.wait_for(READY)
    browser.go(1)
    browser.wait_for(GUIDANCE)


def guidance_that_was_sent(browser):
    """The script failed, so the browser sent the form."""
    form(browser)
    if isinstance(browser, Chromium):
        browser.page.evaluate("() => document.querySelector('#whole').remove()")
    else:
        browser.run("document.querySelector('#whole').remove()")
    press(browser, SEND, GUIDANCE)


JOURNEYS = [form, guidance, error, change, back_then_forward, guidance_that_was_sent]


def traces_shown(browser):
    """What the page shows of the answers in the moment after it has come, when a browser may still put them in."""
    browser.wait_for("body")
    shown, end = set(), time.monotonic() + 0.3
    while time.monotonic() < end:
        if browser.count(f"html:not([hidden]) :is({', '.join(TRACES)})"):
            shown |= {css for css in TRACES if browser.count(css)}
        time.sleep(0.01)
    return shown


def document(browser):
    """A value that differs for each document; None while one replaces another."""
    try:
        if isinstance(browser, Chromium):
            return browser.page.evaluate("() => performance.timeOrigin")
        return browser.run("return performance.timeOrigin")
    except (Error, RuntimeError):
        return None


def go(browser, delta):
    before = document(browser)
    browser.go(delta)
    until(lambda: document(browser) not in (before, None), f"{browser.name} went nowhere")
    browser.wait_for("main, #elsewhere")


def leave_and_look(browser, journey):
    """The traces before leaving and after each Back and Forward; how many Backs; whether a page came up at the end."""
    journey(browser)
    before = traces_shown(browser)
    press(browser, LEAVE, "#elsewhere")
    seen = [traces_shown(browser)]
    steps = 0
    while browser.url() != browser.origin + "/":
        go(browser, -1)
        steps += 1
        seen.append(traces_shown(browser))
    forward = steps + (journey is change)  # the guidance lay before the form
    for _ in range(forward):
        go(browser, 1)
        seen.append(traces_shown(browser))
    ends = browser.count("#elsewhere") or browser.count(READY)
    browser.close_tab()
    return before, seen, steps, ends


KINDS: dict[str, type[RealBrowser]] = {"Chromium": Chromium, "Firefox": Firefox}


@pytest.fixture(scope="module")
def left(site, tmp_path_factory):
    """What each browser showed on each journey. Playwright wants a thread for each, so they go at once."""

    def leave_in(kind, folder):
        with kind(folder, site.address) as browser:
            browser.start()
            return {journey: leave_and_look(browser, journey) for journey in JOURNEYS}

    with ThreadPoolExecutor() as pool:
        running = {
            name: pool.submit(leave_in, kind, tmp_path_factory.mktemp("profile") / "reader")
            for name, kind in KINDS.items()
        }
    return {name: done.result() for name, done in running.items()}


@pytest.mark.parametrize("journey", JOURNEYS, ids=lambda journey: journey.__name__)
@pytest.mark.parametrize("kind", KINDS)
def test_after_leaving_neither_back_nor_forward_shows_an_answer(kind, journey, left):
    before, seen, steps, ends = left[kind][journey]
    assert before, "there was nothing to leave behind"
    assert len(seen) > 1 + steps
    assert seen == [set()] * len(seen)
    assert steps == (1 if journey in (form, error, change) else 2), "the start page, and at most a blank form before it"
    assert ends == 1


HOW_IT_CAME = "() => performance.getEntriesByType('navigation')[0].type"
# What is stored outlives the reload; a message to the console, sent while the page goes, at times does not.
TELL_HOW_IT_COMES_BACK = """() => addEventListener("pageshow", (event) => {
    const told = `${event.persisted} ${getComputedStyle(document.documentElement).visibility}`;
    sessionStorage.told = (sessionStorage.told || "") + told;
})"""


@pytest.mark.parametrize("journey", [form, guidance], ids=lambda journey: journey.__name__)
def test_the_browser_has_a_back_forward_cache_and_what_that_brings_back_holds_no_answer(
    journey, site, tmp_path_factory
):
    """Else the tests above would prove nothing. Another page is opened, and the very same document is brought back."""
    folder = tmp_path_factory.mktemp("cache")  # a short name: there are sockets in it

    def go_and_come_back():
        with Chromium(folder / "reader", site.address) as browser:
            browser.start()
            journey(browser)
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
    assert told == "true hidden", "it was in the cache, and is not shown until it has been loaded anew"
    assert shown == set()
    assert answered.startswith("0 ")


# --- At once ----------------------------------------------------------------------------------------------------


@pytest.fixture
def new_leaver(browser, site):
    """new_leaver(…) gives a Reader. Its browser may send the form, where a test makes the script fail."""
    readers = []

    def come(**options):
        readers.append(Reader(browser, site.address, **options))
        return readers[-1]

    yield come
    site.door.set()  # a request that waits would hold the browser up
    for reader in readers:
        reader.context.close()
        assert reader.complaints == []


@pytest.fixture
def reader(new_leaver):
    return new_leaver()


def on_the_form(reader):
    reader.open("/self")
    reader.tick({"symptoms": ANSWERS})


def on_the_guidance(reader):
    on_the_form(reader)
    reader.send()
    reader.rest()


def on_a_faulty_sheet(reader):
    reader.open("/self")
    reader.tick({"symptoms": [*ANSWERS, "none"]})
    reader.send()
    reader.rest()


def on_the_form_again(reader):
    on_the_guidance(reader)
    reader.change()
    reader.rest()


def on_guidance_that_was_sent(reader):
    on_the_form(reader)
    reader.page.evaluate("() => document.querySelector('#whole').remove()")
    reader.send(sends=True)
    reader.rest()


PLACES = [on_the_form, on_the_guidance, on_a_faulty_sheet, on_the_form_again, on_guidance_that_was_sent]

# The page must report by itself: Chromium can't be queried while another site loads.
LOOK_AFTER_LEAVING = """() => ["click", "keydown"].forEach((what) => addEventListener(what, () => {
    if (!document.documentElement.hidden) return;
    const tell = () => console.log("LEFT " + JSON.stringify({
        visibility: getComputedStyle(document.documentElement).visibility,
        title: document.title,
        left: document.body.childNodes.length,
    }));
    tell();
    setTimeout(tell, 300);
}))"""


def by_button(page):
    page.locator(LEAVE).click(no_wait_after=True)


def by_escape(page, times=3):
    for _ in range(times):
        page.keyboard.press("Escape")


@pytest.mark.parametrize("how", [by_button, by_escape], ids=lambda how: how.__name__)
@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.__name__)
def test_leaving_hides_the_page_at_once_even_when_the_other_site_is_slow(place, how, reader, site):
    place(reader)
    page = reader.page
    page.evaluate(LOOK_AFTER_LEAVING)
    length = page.evaluate("() => history.length")
    site.door.clear()
    how(page)
    until(lambda: page.wait_for_timeout(50) or len(reader.complaints) == 2, "the page never told that it was left")
    told = [json.loads(said.partition("LEFT ")[2]) for said in reader.complaints]
    assert told == [{"visibility": "hidden", "title": "\u200b", "left": 0}] * 2
    reader.complaints.clear()
    site.door.set()
    page.wait_for_url(site.neutral)
    assert page.evaluate("() => history.length") == length, "the page is replaced in the history"


# What browsers learned after 2018, and what leaving uses besides going away.
YOUNG = """for (const [of, names] of [
    [Element.prototype, ["replaceChildren", "toggleAttribute", "checkVisibility", "getHTML", "setHTML"]],
    [Document.prototype, ["replaceChildren", "startViewTransition"]],
    [DocumentFragment.prototype, ["replaceChildren"]],
    [HTMLFormElement.prototype, ["requestSubmit"]],
    [Array.prototype, ["flat", "flatMap", "at", "findLast", "toSorted", "with"]],
    [String.prototype, ["matchAll", "replaceAll", "at", "trimStart"]],
    [Object, ["fromEntries", "hasOwn", "groupBy"]],
    [Promise, ["allSettled", "any", "withResolvers"]],
    [Set.prototype, ["union", "isDisjointFrom", "intersection"]],
    [window, ["AbortController", "queueMicrotask", "structuredClone", "ResizeObserver", "navigation", "Navigation",
        "scheduler", "requestIdleCallback", "visualViewport"]],
]) for (const name of names) delete of[name];
if (window.SubmitEvent) delete SubmitEvent.prototype.submitter;"""
BROKEN = """() => {
    const fail = () => { throw new Error("broken"); };
    for (const name of ["querySelectorAll", "createElement"]) Document.prototype[name] = fail;
    Object.defineProperty(Document.prototype, "title", {set: fail});
    Object.defineProperty(Node.prototype, "textContent", {set: fail});
}"""


@pytest.mark.parametrize("how", [by_button, by_escape], ids=lambda how: how.__name__)
def test_a_browser_of_2018_makes_the_whole_journey_and_leaves(how, reader, site):
    reader.page.add_init_script(YOUNG)
    on_a_faulty_sheet(reader)
    reader.box("symptoms", "none").uncheck()
    reader.send()
    expect(reader.page.locator(GUIDANCE)).to_have_count(1)
    reader.change()
    assert reader.sheet() == {"symptoms": list(ANSWERS)}
    reader.rest()
    how(reader.page)
    reader.page.wait_for_url(site.neutral)


def test_nothing_that_fails_keeps_a_reader_from_leaving(reader, site):
    """Going away comes first."""
    on_the_guidance(reader)
    reader.page.evaluate(BROKEN)
    by_button(reader.page)
    reader.page.wait_for_url(site.neutral)
    reader.complaints.clear()


def test_leaving_in_a_second_tab_keeps_the_guidance_in_the_first(reader, site):
    on_the_guidance(reader)
    with reader.context.expect_page() as opened:
        reader.page.locator(".bar a[href='/help']").click()
    by_button(opened.value)
    opened.value.wait_for_url(site.neutral)
    expect(reader.page.locator(GUIDANCE)).to_have_count(1)


@pytest.mark.parametrize("path", ["/", "/self", "/help", "/counselor/guide", "/nowhere", "the guidance"])
def test_without_script_leave_is_a_plain_link(path, new_leaver, site):
    reader = new_leaver(script=False)
    if path == "the guidance":
        on_the_form(reader)
        reader.send()
    else:
        reader.open(path)
    reader.page.locator(LEAVE).click()
    reader.page.wait_for_url(site.neutral)
    expect(reader.page.locator("#elsewhere")).to_be_visible()
    reader.complaints.clear()  # that a page is not there


@pytest.mark.parametrize("width", [320, 1280])
def test_leave_stays_in_reach_however_far_the_page_is_scrolled(width, new_leaver):
    reader = new_leaver(viewport={"width": width, "height": 600})
    on_the_guidance(reader)
    for part in (2, 1):
        reader.page.evaluate(f"() => scrollTo({{top: document.body.scrollHeight / {part}, behavior: 'instant'}})")
        expect(reader.page.locator(LEAVE)).to_be_in_viewport(ratio=1)


# --- Escape, three times within five seconds --------------------------------------------------------------------


@pytest.fixture
def ticked(reader):
    """A reader on the form with two answers, and a clock that the test turns."""
    reader.page.clock.install()
    on_the_form(reader)
    yield reader
    reader.page.clock.resume()


def expect_still_here(reader):
    reader.page.wait_for_timeout(100)
    assert reader.page.evaluate("() => !document.documentElement.hidden")
    assert reader.sheet() == {"symptoms": list(ANSWERS)}


def test_escape_is_counted_aloud_and_the_third_leaves(ticked, site, content):
    words = content["self"].words.site
    said = ticked.page.locator("#said")
    for left in words.leave_more:
        by_escape(ticked.page, 1)
        expect(said).to_have_text(left)
        expect_still_here(ticked)
        ticked.page.clock.fast_forward(2000)
    by_escape(ticked.page, 1)
    ticked.page.wait_for_url(site.neutral)


def test_escape_pressed_slower_than_that_does_not_leave_and_says_so(ticked, content):
    words = content["self"].words.site
    for _ in range(4):
        by_escape(ticked.page, 1)
        ticked.page.clock.fast_forward(2600)  # three of them take 5.2 seconds
    expect_still_here(ticked)
    ticked.page.clock.fast_forward(2500)
    expect(ticked.page.locator("#said")).to_have_text(words.leave_off)
    by_escape(ticked.page, 2)
    expect_still_here(ticked)  # the presses from before count no more


def shift_and_letters(page):
    """As Orca and other screen readers have their readers go backwards."""
    for key in "HHHHKKKKLLLLFFFF":
        page.keyboard.press(f"Shift+{key}")


def shift_alone(page):
    for _ in range(6):
        page.keyboard.press("Shift")


def shift_and_clicks(page):
    for _ in range(4):
        page.locator("main h1").first.click(modifiers=["Shift"])


def shift_and_wheel(page):
    page.keyboard.down("Shift")
    for _ in range(4):
        page.mouse.wheel(0, 100)
    page.keyboard.up("Shift")


def held_escape(page):
    for _ in range(8):
        page.keyboard.down("Escape")  # the second and later ones repeat
    page.keyboard.up("Escape")


def two_escapes(page):
    by_escape(page, 2)


def escapes_with_other_keys_between(page):
    for key in ("Tab", "Escape", "a", "ArrowDown"):
        by_escape(page, 2)
        page.keyboard.press(key if key != "Escape" else "Shift")


def escape_with_modifiers(page):
    for modifier in ("Control", "Alt", "Meta", "Shift"):
        for _ in range(3):
            page.keyboard.press(f"{modifier}+Escape")


MEANT_OTHERWISE = [
    *(shift_and_letters, shift_alone, shift_and_clicks, shift_and_wheel, held_escape, two_escapes),
    *(escapes_with_other_keys_between, escape_with_modifiers),
]


@pytest.mark.parametrize("keys", MEANT_OTHERWISE, ids=lambda keys: keys.__name__)
def test_keys_and_clicks_other_than_three_escapes_do_not_leave(keys, reader):
    on_the_form(reader)
    keys(reader.page)
    expect_still_here(reader)


# To a browser with a window, Escape also means: stop loading. Only real keys show it.
HURRIED = {
    "three presses": ["key", "Escape", "Escape", "Escape"],
    "many presses": ["key", *["Escape"] * 8],
    "the third is held": ["key", "Escape", "Escape", "keydown", "Escape", "sleep", "1.5", "keyup", "Escape"],
}


@pytest.mark.parametrize("kind", KINDS)
def test_no_press_of_escape_stops_the_other_site_from_coming(kind, site, tmp_path):
    def leave_in_each_way():
        with screen() as seen, KINDS[kind](tmp_path, site.address, screen=seen) as browser:
            browser.start()
            for keys in HURRIED.values():
                form(browser)
                site.door.clear()
                press_keys(seen, *keys)
                time.sleep(1)  # so that the last press is over before the other site comes
                site.door.set()
                browser.wait_for("#elsewhere")

    with ThreadPoolExecutor() as pool:
        pool.submit(leave_in_each_way).result()


def test_the_form_mentions_escape_before_its_first_question_but_not_on_phones(new_leaver, content):
    told = content["self"].words.site.leave_keys
    reader = new_leaver()
    reader.open("/self")
    line = reader.page.get_by_text(told)
    expect(line).to_be_visible()
    assert line.bounding_box()["y"] < reader.page.locator("fieldset").first.bounding_box()["y"]
    phone = new_leaver(has_touch=True, is_mobile=True)
    phone.open("/self")
    expect(phone.page.get_by_text(told)).to_be_hidden()
