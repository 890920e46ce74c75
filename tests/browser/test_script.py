"""The page with script: it changes in place, keeps answers only in memory, and never taps or speaks by accident."""

import re

import pytest
from playwright.sync_api import expect

from tests.kit.browser import ERRORS, GUARD, GUIDANCE, PHONE, SEND, until
from tests.kit.states import STATES, show

KEPT = """async () => ({
    local: localStorage.length, session: sessionStorage.length, cookie: document.cookie,
    databases: (await indexedDB.databases()).length, caches: (await caches.keys()).length,
    workers: (await navigator.serviceWorker.getRegistrations()).length, name: window.name,
})"""
NOTHING_KEPT = {"local": 0, "session": 0, "cookie": "", "databases": 0, "caches": 0, "workers": 0, "name": ""}
# What #said says, in its order. It is emptied again, because what is left there is read on the way down.
LISTEN = """() => {
    window.heard = [];
    const said = document.getElementById("said");
    new MutationObserver(() => { if (said.textContent) heard.push(said.textContent); })
        .observe(said, {childList: true, characterData: true, subtree: true});
}"""


@pytest.fixture
def words(content):
    return content["self"].words


def heard(reader):
    return reader.page.evaluate("() => heard")


def focused(reader):
    return reader.page.evaluate("() => document.activeElement.tagName + ' ' + document.activeElement.innerText")


# --- The questions ----------------------------------------------------------------------------------------------


def test_how_many_questions_are_answered_is_told_silently_on_load_and_aloud_from_the_first_change(
    reader, content, words
):
    reader.open("/self")
    told = reader.page.locator("#answered")
    total = len(content["self"].questions)

    def expect_count(answered):
        expect(told).to_have_text(words.form.answered.format(number=answered, all=total))

    expect(told).to_be_visible()
    expect_count(0)
    assert told.get_attribute("aria-live") is None
    assert told.get_attribute("role") is None
    reader.box("symptoms", "shaking").check()
    expect_count(1)
    expect(told).to_have_attribute("aria-live", "polite")
    reader.box("symptoms", "sleep").check()
    expect_count(1)  # questions, not boxes
    reader.box("longer_than_planned", "yes").check()
    reader.box("longer_than_planned", "no").check()
    expect_count(2)
    reader.box("symptoms", "sleep").uncheck()
    expect_count(2)
    reader.box("symptoms", "shaking").uncheck()
    expect_count(1)


def test_a_form_that_comes_back_from_the_server_with_its_answers_counts_them(sender):
    show(sender, STATES["change"]._replace(sent=True))
    expect(sender.page.locator("#answered")).to_have_text(re.compile("^2 "))


@pytest.mark.parametrize("alone", ["none", "unsure", "skip"])
def test_no_answer_changes_another_and_the_form_asks_with_the_emergency_above(alone, reader, words):
    """A seizure never disappears because someone also tapped "None of these"."""
    reader.open("/self")
    sheet = {"symptoms": ["seizure", "shaking", alone]}
    for answers in (sheet["symptoms"], sheet["symptoms"][::-1]):
        reader.press("#clear")
        reader.tick({"symptoms": answers})
        assert reader.sheet() == sheet
    reader.send()
    assert reader.sheet() == sheet
    card, check = reader.page.locator(".emergency"), reader.page.locator(ERRORS)
    assert card.bounding_box()["y"] < check.bounding_box()["y"]
    expect(card.locator(".call").first).to_be_in_viewport()
    expect(check.locator("li")).to_have_count(1)
    expect(check.locator("li")).to_contain_text(words.form.errors.alone)
    assert reader.lead() == words.guidance.emergency.heading
    reader.press(f"{ERRORS} a")
    expect(reader.page.locator("#q_symptoms-1")).to_be_focused()
    reader.box("symptoms", alone).uncheck()
    reader.send()
    expect(reader.page.locator(GUIDANCE)).to_have_count(1)


def test_one_chosen_answer_can_be_taken_back_with_the_keyboard_or_a_finger(new_reader, words):
    reader = new_reader(has_touch=True)
    reader.open("/self")
    page, unmark = reader.page, reader.page.locator(".unmark:visible")
    expect(unmark).to_have_count(0)
    reader.tick({"symptoms": ["sleep"], "longer_than_planned": ["yes"], "recent_change": ["out"]})
    expect(unmark).to_have_count(2)  # boxes have no need of it
    page.evaluate(LISTEN)
    reader.box("longer_than_planned", "yes").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert reader.sheet() == {"symptoms": ["sleep"], "recent_change": ["out"]}
    expect(reader.box("longer_than_planned", "yes")).to_be_focused()
    expect(page.locator("#said")).to_have_text(words.form.unmarked)
    expect(page.locator("#answered")).to_have_text(re.compile("^2 "))
    expect(unmark).to_have_count(1)
    unmark.tap()
    assert reader.sheet() == {"symptoms": ["sleep"]}
    expect(unmark).to_have_count(0)
    reader.box("longer_than_planned", "no").check()
    expect(unmark).to_have_count(1)
    reader.press("#clear")
    expect(unmark).to_have_count(0)


@pytest.mark.parametrize("state", ["self", "family-error", "error-emergency", "change"])
def test_clear_empties_every_form_whatever_it_came_with_and_says_so(state, reader, words):
    show(reader, STATES[state])
    reader.page.evaluate(LISTEN)
    reader.tick({"symptoms": ["memory"], "getting_it": ["friend"]})
    before = reader.page.url
    reader.press("#clear")
    expect(reader.page.locator("#said")).to_have_text(words.form.cleared)
    assert reader.sheet() == {}
    expect(reader.page.locator("#answered")).to_have_text(re.compile("^0 "))
    expect(reader.page.locator(".emergency, .errors, .error, .wrong")).to_have_count(0)
    expect(reader.page.locator("main h1:visible")).to_have_count(1)
    expect(reader.page.locator("main h1:visible")).to_be_visible()
    assert reader.page.url == before
    expect(reader.page.locator("#clear")).to_be_focused()
    reader.press("#clear")
    twice = "words => heard.filter((said) => said === words).length === 2"
    reader.page.wait_for_function(twice, arg=words.form.cleared)


@pytest.mark.parametrize("state", ["self", "family-error", "error-emergency", "change"])
def test_without_script_clear_leads_to_a_blank_form(state, new_reader):
    reader = new_reader(script=False)
    show(reader, STATES[state])
    with reader.page.expect_navigation():
        reader.page.locator("noscript a").click()
    assert reader.asked[-1][0] == "GET"
    expect(reader.page.locator("fieldset").first).to_be_visible()
    assert reader.sheet() == {}
    expect(reader.page.locator(".emergency, .errors")).to_have_count(0)


# --- The page changes -------------------------------------------------------------------------------------------


def test_at_all_three_moments_the_new_heading_has_the_focus_and_the_page_begins_at_its_top(reader, words):
    reader.open("/self")

    def expect_top(heading):
        assert focused(reader) == f"H1 {heading}"
        expect(reader.page.locator("main h1:visible")).to_be_in_viewport()
        assert reader.page.evaluate("() => scrollY") == 0
        expect(reader.page.locator("main h1:visible")).to_have_count(1)

    reader.send()
    expect_top(words.form.errors.heading)
    reader.tick({"hard_to_talk_about": ["yes"]})
    reader.send()
    expect_top(words.guidance.heading)
    expect(reader.page.locator("[data-print]").first).to_be_visible()
    reader.page.keyboard.press("Tab")
    assert reader.page.evaluate("() => document.querySelector('main').contains(document.activeElement)")
    reader.change()
    expect_top(words.form.heading)
    reader.tick({"symptoms": ["seizure"]})
    reader.send()
    expect_top(words.guidance.emergency.heading)
    reader.back()
    expect_top(words.form.heading)


STILL_THERE = """() => {
    window.found = [];
    document.addEventListener("focusin", (event) => {
        if (event.target.tagName !== "H1") return;
        const old = document.querySelector("main > .going");
        const coming = event.target.closest("#guidance, #questions");
        found.push(old && [old.id, old.offsetHeight, old.offsetWidth - coming.offsetWidth]);
    });
}"""


def test_the_heading_gets_the_focus_before_what_had_it_is_gone(reader):
    """Orca says nothing of a heading that takes the focus over from something that is gone."""
    reader.open("/self")
    reader.page.evaluate(STILL_THERE)
    reader.tick({"symptoms": ["seizure"]})
    reader.send()
    reader.change()
    assert reader.page.evaluate("() => found") == [["questions", 1, 0], ["guidance", 1, 0]], "as wide as before"
    expect(reader.page.locator("#guidance")).to_have_count(0)
    reader.send()
    reader.back()
    reader.forward()
    assert reader.page.evaluate("() => [...document.querySelector('main').children].map((e) => e.id)") == ["guidance"]


DRAWN = """() => addEventListener("submit", () => {
    const seen = () => ["main h1", ".warning", "#sheet", "footer"].map((css) => {
        const part = document.querySelector(css);
        return part.checkVisibility() && part.getBoundingClientRect().top < innerHeight;
    });
    window.drawn = [];
    requestAnimationFrame(() => { drawn.push(seen()); });
}, {once: true})"""


def test_the_first_screen_of_the_guidance_is_drawn_before_the_rest_is_laid_out(reader):
    """On a slow phone the rest takes as long again."""
    reader.open("/self")
    reader.tick({"symptoms": ["sleep"], "longer_than_planned": ["yes"]})
    reader.page.set_viewport_size({"width": 1280, "height": 2000})  # the rest would be in view
    reader.page.evaluate(DRAWN)
    reader.send()
    assert reader.page.evaluate("() => drawn") == [[True, True, False, False]]
    expect(reader.page.locator("#sheet")).to_be_visible()
    expect(reader.page.locator("footer")).to_be_visible()


def test_the_heading_gets_the_focus_before_a_box_is_gone_in_which_enter_was_pressed(reader):
    reader.open("/self")
    box = reader.box("symptoms", "seizure")
    box.check()
    box.evaluate("""(box) => document.addEventListener("focusin", (event) => {
        window.found = [event.target.tagName, box.getClientRects().length];
    }, {once: true})""")
    box.press("Enter")
    assert reader.page.evaluate("() => found") == ["H1", 1]


def test_in_an_emergency_its_first_number_is_said_once_and_politely(audience, edition, reader):
    reader.page.clock.install()
    reader.open(f"/{audience}")
    reader.page.evaluate(LISTEN)
    reader.tick({"symptoms": ["seizure"]})
    reader.send()
    said = reader.page.locator("#said")
    expect(said).to_have_attribute("aria-live", "polite")
    assert said.get_attribute("role") is None
    number = edition.helpline("emergency").number
    expect(said).to_have_text(f"{edition.words.help.call} {number}")
    reader.page.clock.fast_forward(5100)
    expect(said).to_have_text("")
    assert len(heard(reader)) == 1
    reader.back()
    reader.press("#clear")
    reader.tick({"symptoms": ["sleep"]})
    reader.page.evaluate("() => { heard = []; }")
    reader.send()
    reader.page.wait_for_timeout(200)
    assert heard(reader) == [], "without an emergency the heading is enough"


def test_back_and_forward_keep_the_answers_in_memory_alone(reader, words):
    reader.open("/")
    reader.page.locator("main a[href='/self']").click()
    reader.page.wait_for_load_state()
    entry = "() => [history.length, location.href, performance.timeOrigin, document.title]"
    start = reader.page.evaluate(entry)
    sheet = {"symptoms": ["sleep"], "longer_than_planned": ["yes"]}
    reader.tick(sheet)
    before = reader.page.locator("main").inner_text()
    reader.send()
    guidance = reader.page.locator("main").inner_text()
    for come_back in (reader.back, reader.change):
        come_back()
        assert reader.sheet() == sheet
        assert reader.page.locator("main").inner_text() == before
        expect(reader.page.locator("#answered")).to_have_text(re.compile("^2 "))
        reader.forward()
        assert reader.page.locator("main").inner_text() == guidance
    length, *same = reader.page.evaluate(entry)
    assert [length - 1, *same] == start, "one entry more, and nothing in it that tells"
    assert reader.page.evaluate("() => history.state") == {"guidance": True}
    reader.back()
    assert reader.page.evaluate("() => history.state") is None


def test_guidance_shown_again_by_forward_is_that_of_the_answers_as_they_are_now(reader):
    reader.open("/self")
    reader.tick({"longer_than_planned": ["yes"]})
    reader.send()
    reader.back()
    reader.tick({"longer_than_planned": ["no"], "symptoms": ["seizure"]})
    reader.forward()
    expect(reader.page.locator(".emergency")).to_have_count(1)
    expect(reader.page.locator(".noticed")).to_have_count(1)


@pytest.mark.parametrize("where", ["the form", "the guidance", "the form again"])
def test_a_reload_gives_a_blank_form(where, reader):
    reader.open("/self")
    reader.tick({"symptoms": ["seizure"]})
    if where != "the form":
        reader.send()
    if where == "the form again":
        reader.back()
    reader.page.reload()
    expect(reader.page.locator("fieldset").first).to_be_visible()
    assert reader.sheet() == {}
    assert reader.page.evaluate("() => history.state") is None
    expect(reader.page.locator(".sheet, .emergency, .errors")).to_have_count(0)
    assert [method for method, _ in reader.asked] == ["GET", "GET"]


@pytest.fixture
def dialogs(reader):
    """The kinds of question that the browser put to the reader, who always says yes."""
    asked = []

    def hear(dialog):
        asked.append(dialog.type)
        dialog.accept()

    reader.page.on("dialog", hear)
    return asked


def test_a_reload_that_would_lose_answers_asks_first(reader, dialogs):
    reader.open("/self")
    reader.page.reload()
    assert dialogs == []
    reader.tick({"symptoms": ["sleep"]})
    reader.send()
    reader.page.reload()
    assert dialogs == [], "the guidance is there to be left"
    reader.tick({"symptoms": ["sleep"]})
    reader.press("#clear")
    reader.page.reload()
    assert dialogs == []
    reader.tick({"longer_than_planned": ["yes"]})
    reader.send()
    reader.change()
    reader.page.reload()
    assert dialogs == ["beforeunload"]


AWAY = "() => { document.getElementById('leave').dataset.away = location.origin + '/help'; }"


@pytest.mark.parametrize("way", ["Leave", "Escape", "another language"])
def test_our_own_ways_out_ask_nothing(way, reader, dialogs):
    reader.open("/self")
    reader.tick({"symptoms": ["seizure"]})
    reader.page.evaluate(AWAY)  # no test may ask another site
    if way == "Leave":
        reader.page.locator("#leave").click()
    elif way == "Escape":
        for _ in range(3):
            reader.page.keyboard.press("Escape")
    else:
        with reader.context.expect_page():
            reader.page.locator("[data-switch]").click()
    reader.page.wait_for_url("**/help" if way != "another language" else "**/")
    assert dialogs == []


def test_a_call_asks_nothing(reader, dialogs):
    reader.open("/self")
    reader.tick({"symptoms": ["seizure"]})
    with reader.page.expect_request(lambda request: request.url.startswith("tel:")):
        reader.page.locator(".now a").first.click()
    reader.page.wait_for_timeout(1200)
    assert dialogs == []
    reader.page.reload()
    assert dialogs == ["beforeunload"], "and the answers are guarded as before"


@pytest.mark.parametrize("state", ["soon", "error-emergency", "change"])
def test_page_translators_keep_their_marks_and_see_new_content(state, reader):
    """A translator writes `lang` and classes on the root and watches root and body for what it has to translate."""
    reader.open("/self")
    reader.page.evaluate("""() => {
        const root = document.documentElement;
        root.lang = "es";
        root.classList.add("translated-ltr");
        document.body.dataset.mine = "kept";
        window.seen = 0;
        window.nodes = [root, document.body, document.querySelector("main"), document.querySelector("#form")];
        for (const watched of [root, document.body]) {
            new MutationObserver((changes) => {
                const added = changes.flatMap((change) => [...change.addedNodes]);
                for (const node of added) seen += 1 + (node.children ? node.querySelectorAll("*").length : 0);
            }).observe(watched, {childList: true, subtree: true, characterData: true});
        }
        const question = document.querySelector("legend");
        question.innerHTML = `<font>${question.innerHTML}</font>`;
    }""")
    reader.tick({answer.split("=")[0][2:]: [answer.split("=")[1]] for answer in STATES[state].answers})
    reader.send()
    assert reader.page.evaluate("() => seen") > (40 if state != "error-emergency" else 10)
    if state == "change":
        reader.change()
        assert reader.page.evaluate("() => document.querySelector('#form') === nodes[3]")
        expect(reader.page.locator("legend > font")).to_have_count(1)
    assert reader.page.evaluate("""() => nodes[0] === document.documentElement && nodes[1] === document.body
        && nodes[2] === document.querySelector("main") && document.documentElement.lang === "es"
        && document.documentElement.classList.contains("translated-ltr") && document.body.dataset.mine === "kept" """)


# --- A second tap -----------------------------------------------------------------------------------------------

# Bring the last button to where the middle of this part of the guidance came up.
BRING = """([css, y]) => {
    const box = [...document.querySelectorAll(css)].pop().getBoundingClientRect();
    scrollBy({top: box.top + box.height / 2 - y, behavior: "instant"});
    return [box.left, box.right];
}"""
MIDDLE = """css => {
    const box = document.querySelector(css).getBoundingClientRect();
    return [box.left + Math.min(box.width / 2, 60), box.top + box.height / 2];
}"""


class Finger:
    """Taps the screen of a reader, and knows which numbers the browser then wanted to call."""

    def __init__(self, reader):
        self.reader = reader
        self.devtools = reader.context.new_cdp_session(reader.page)

    def tap(self, place):
        points = [dict(zip("xy", place, strict=True))]
        self.devtools.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": points})
        self.devtools.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    def calls(self):
        self.reader.page.wait_for_timeout(300)
        return [url for _, url in self.reader.asked if url.startswith("tel:")]


@pytest.fixture
def touching(new_reader):
    """A reader with a phone, "Show the guidance" under the finger where a part of the guidance is about to come up."""

    def touch(css):
        reader = new_reader(has_touch=True, is_mobile=True)
        reader.open("/self")
        reader.tick({"symptoms": ["seizure"]})
        reader.send()
        x, y = reader.page.evaluate(MIDDLE, css)
        reader.back()
        reader.rest()
        left, right = reader.page.evaluate(BRING, [SEND, y])
        x = min(max(x, left + 10), right - 10)
        return reader, Finger(reader), (x, y)

    return touch


# The page's clock stands still, however slow the machine is, until it is moved on.
STILL = """() => {
    let now = performance.now();
    performance.now = () => now;
    window.later = (time) => { now += time; };
}"""


def test_a_double_tap_does_not_call(touching):
    """The second tap of two, 180 ms apart, lands on the number that has just come up."""
    reader, finger, place = touching(".emergency .call")
    reader.page.evaluate(STILL)
    finger.tap(place)
    expect(reader.page.locator(GUIDANCE)).to_have_count(1)
    reader.page.evaluate("() => later(180)")
    under = reader.page.evaluate("([x, y]) => document.elementFromPoint(x, y).closest('a')?.href", place)
    assert under.startswith("tel:")
    finger.tap(place)
    assert finger.calls() == []
    reader.page.evaluate("() => later(330)")
    finger.tap(place)
    assert len(until(finger.calls, "no tap calls at all")) == 1


def test_a_single_tap_that_is_meant_calls(touching):
    reader, finger, place = touching(".emergency .call")
    finger.tap(place)
    expect(reader.page.locator(GUIDANCE)).to_have_count(1)
    reader.page.wait_for_timeout(1000 * GUARD + 100)
    finger.tap(place)
    called = until(finger.calls, "nothing was called")
    assert called == [reader.page.locator(".emergency .call").first.get_attribute("href")]


def test_a_number_on_the_page_as_it_opens_is_never_slowed(new_reader):
    reader = new_reader(has_touch=True, is_mobile=True)
    finger = Finger(reader)
    reader.page.goto("/self", wait_until="domcontentloaded")
    reader.page.locator("main a[href^='tel:']").first.evaluate(
        "call => call.scrollIntoView({block: 'center', behavior: 'instant'})"
    )
    place = reader.page.evaluate(MIDDLE, "main a[href^='tel:']")
    finger.tap(place)
    called = until(finger.calls, "nothing was called")
    assert called == [reader.page.locator("main a[href^='tel:']").first.get_attribute("href")]


def test_a_key_that_is_held_down_presses_nothing_that_has_just_come(reader):
    """Enter repeats on whatever has the focus: the new heading, which does nothing."""
    reader.open("/self")
    reader.tick({"symptoms": ["seizure"]})
    reader.page.locator(SEND).last.focus()
    for _ in range(6):
        reader.page.keyboard.down("Enter")
    reader.page.keyboard.up("Enter")
    expect(reader.page.locator(GUIDANCE)).to_have_count(1)
    assert reader.page.evaluate("() => history.length") == 3  # about:blank, the form, the guidance


# --- Nothing is kept --------------------------------------------------------------------------------------------


def test_a_whole_journey_leaves_nothing_in_the_storage_of_the_browser(reader):
    show(reader, STATES["change"])
    reader.tick({"symptoms": ["none"]})
    reader.press("#clear")
    reader.tick({"symptoms": ["seizure"]})
    reader.send()
    assert reader.page.evaluate(KEPT) == NOTHING_KEPT


def test_a_link_inside_the_page_moves_the_focus_and_makes_no_entry_in_the_history(reader):
    reader.open("/self")
    before = reader.page.evaluate("() => [history.length, location.href]")
    reader.page.keyboard.press("Tab")
    reader.page.keyboard.press("Enter")
    expect(reader.page.locator("main")).to_be_focused()
    reader.send()
    reader.press(f"{ERRORS} a")
    expect(reader.page.locator("#q_symptoms-1")).to_be_focused()
    expect(reader.page.locator("#q_symptoms-1")).to_be_in_viewport()
    assert reader.page.evaluate("() => [history.length, location.href]") == before


def test_a_link_on_the_guidance_opens_beside_it(reader):
    show(reader, STATES["soon"])
    reader.rest()
    with reader.context.expect_page() as opened:
        reader.page.locator(".bar a[href='/help']").click()
    expect(opened.value.locator("h1")).to_be_visible()
    expect(reader.page.locator(GUIDANCE)).to_have_count(1)


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
# Not at once: an afterprint in the same moment means that nothing was printed yet.
PRINTED = "() => new Promise((done) => setTimeout(() => done(dispatchEvent(new Event('afterprint'))), 20))"


def on_paper(page):
    """The parts of the page that would be printed."""
    page.emulate_media(media="print")
    shown = page.evaluate("""() => [...document.querySelectorAll("#guidance > *, .bar, footer, .sheet > *")]
        .filter((e) => e.checkVisibility()).map((e) => e.className || e.tagName)""")
    page.emulate_media(media="null")
    return shown


@pytest.mark.parametrize("state", ["soon", "family-soon", "counselor-soon", "soon-sent"])
def test_print_the_sheet_prints_the_sheet_alone_and_afterwards_all_is_as_before(state, sender):
    show(sender, STATES[state])
    page = sender.page
    page.evaluate(PRINT)
    before = on_paper(page)
    folded = page.locator("details:not([open])").count()
    assert folded > 0
    sender.press("[data-print=sheet]", sends=False)
    assert page.evaluate("() => prints") == [{"alone": True, "folded": 0}]
    assert on_paper(page) == before[before.index("sheet") :]
    assert len(before[before.index("sheet") :]) > 8
    page.evaluate(PRINTED)
    assert on_paper(page) == before
    assert page.locator("details:not([open])").count() == folded


def test_print_this_page_prints_all_of_it_unfolded(reader):
    show(reader, STATES["soon"])
    reader.page.evaluate(PRINT)
    before = on_paper(reader.page)
    reader.press("[data-print=page]")
    assert reader.page.evaluate("() => prints") == [{"alone": False, "folded": 0}]
    assert on_paper(reader.page) == before
    assert "sheet" in before
    assert "warning" in before


def test_what_the_reader_unfolded_stays_unfolded_after_printing(reader):
    show(reader, STATES["soon"])
    reader.page.evaluate(PRINT)
    reader.press(reader.page.locator("details > summary").first)
    reader.press("[data-print=page]")
    reader.page.evaluate(PRINTED)
    expect(reader.page.locator("details").first).to_have_attribute("open", "")
    assert reader.page.locator("details[open]").count() == 1


def test_no_print_button_is_offered_where_the_browser_cannot_print(reader):
    reader.page.add_init_script("delete window.print; window.print = undefined;")
    show(reader, STATES["soon"])
    expect(reader.page.locator(GUIDANCE)).to_be_visible()
    expect(reader.page.locator("[data-print]:visible")).to_have_count(0)


@pytest.mark.parametrize(
    "says",
    ["", "dispatchEvent(new Event('beforeprint')); dispatchEvent(new Event('afterprint'));"],
    ids=["never", "at once"],
)
@pytest.mark.parametrize("sign", ["a key", "a touch"])
def test_without_a_late_afterprint_the_next_key_or_touch_restores_the_page(sign, says, reader):
    """Phones print after print() is done, when "afterprint" has long come, or without it."""
    show(reader, STATES["soon"])
    folded = reader.page.locator("details:not([open])").count()
    reader.page.evaluate(f"() => {{ window.print = () => {{ {says} }}; }}")
    reader.press("[data-print=sheet]")
    assert on_paper(reader.page)[0] == "sheet"
    assert reader.page.locator("details:not([open])").count() == 0
    if sign == "a key":
        reader.page.keyboard.press("Control")  # as in Control+P
    else:
        reader.page.locator("h1").dispatch_event("touchstart")
    assert on_paper(reader.page)[0] != "sheet"
    assert reader.page.locator("details:not([open])").count() == folded


# --- The first screen -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_the_start_shows_what_matters_on_a_phone_without_scrolling(script, new_reader, words):
    page = new_reader(script=script).page
    page.goto("/")
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
