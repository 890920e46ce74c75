"""Room: small windows, large letters, a phone that is turned, and what stands on the first screens."""

import pytest

from tests.kit.browser import BARE_CHROMIUM, Reader
from tests.kit.pages import LANGUAGES, root
from tests.kit.states import State, show

PHONE, LOW, NARROW, TURNED, WATCH = (
    {"width": width, "height": height} for width, height in ((360, 640), (320, 256), (240, 400), (640, 360), (125, 190))
)
LETTERS = {"as usual": 16, "doubled": 32}
VIEWS = [(view, letters) for letters in LETTERS for view in (PHONE, LOW, NARROW, TURNED, WATCH)]

# Slower than that of checks/bench: milliseconds, and bytes a second.
SLOW_LINE = {"offline": False, "latency": 150, "downloadThroughput": 30_000, "uploadThroughput": 30_000}
# What has moved since it was first seen.
MOVED = """() => new Promise((done) => {
    const moved = [];
    new PerformanceObserver((list) => list.getEntries().forEach((shift) => {
        const things = shift.sources.map(({node}) => node && node.textContent.slice(0, 40));
        const isLink = shift.sources.every(({node}) => node && node.matches && node.matches(".bar a"));
        // The words of a link at the end of the bar may come in two packets; half of them stand further to the right.
        if (!isLink || shift.value > 0.005) moved.push(...things);
    })).observe({type: "layout-shift", buffered: true});
    setTimeout(() => done(moved), 300);
})"""


def name_of(given):
    return f"{given['width']}x{given['height']}" if isinstance(given, dict) else given


@pytest.fixture(scope="module")
def browsers(browser):
    """Browsers by the size of letters that their reader has set. A style would not move the media queries."""
    args = [*BARE_CHROMIUM["args"], f"--blink-settings=defaultFontSize={LETTERS['doubled']}"]
    doubled = browser.browser_type.launch(**{**BARE_CHROMIUM, "args": args})
    yield {"as usual": browser, "doubled": doubled}
    doubled.close()


@pytest.fixture
def looking(browsers, server):
    """looking(letters, …) gives a Reader whose letters are of this size."""
    readers = []

    def look(letters="as usual", **options):
        readers.append(Reader(browsers[letters], server, reduced_motion="reduce", **options))
        return readers[-1]

    yield look
    for reader in readers:
        reader.context.close()


# --- The first screens ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_the_first_question_begins_within_one_screen_and_a_half_of_a_small_phone(script, each_form, looking):
    reader = looking(viewport=PHONE, script=script, has_touch=True, is_mobile=True)
    reader.open(each_form.path)
    assert reader.page.locator("legend").first.bounding_box()["y"] <= 1.5 * PHONE["height"]
    warned = reader.page.locator(".warning").bounding_box()
    called = reader.page.locator(".danger a[href^='tel:']").first.bounding_box()
    assert called["y"] + called["height"] <= warned["y"], "whom to call in danger comes first"
    assert called["y"] + called["height"] <= PHONE["height"], "and is on the first screen"


def test_nothing_moves_as_a_form_comes_on_a_slow_line(each_form, looking):
    reader = looking(viewport={"width": 360, "height": 900})  # what could move is in view
    devtools = reader.context.new_cdp_session(reader.page)
    devtools.send("Network.enable")
    devtools.send("Network.emulateNetworkConditions", SLOW_LINE)
    reader.page.goto(each_form.path)
    assert reader.page.evaluate(MOVED) == []


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
@pytest.mark.parametrize(
    ("view", "letters"), [(PHONE, "as usual"), (LOW, "as usual"), (NARROW, "as usual"), (PHONE, "doubled")], ids=name_of
)
def test_the_number_to_call_in_an_emergency_is_on_the_first_view(view, letters, script, looking):
    reader = looking(letters, viewport=view, script=script)
    for at in map(root, LANGUAGES):
        for path, answer in (
            ("self", "symptoms=seizure"),
            ("self", "symptoms=suicide"),  # a line with a long name
            ("family", "symptoms=breathing"),
            ("counselor", "circumstances=seizures_missed"),
        ):
            show(reader, State(f"{at}/{path}", [f"q_{answer}"]))
            call = reader.page.locator(".emergency .call").first.bounding_box()
            assert call["y"] >= 0, (at, path, answer)
            assert call["y"] + call["height"] <= view["height"], (at, path, answer)


@pytest.mark.parametrize(("touch", "view"), [(True, PHONE), (False, TURNED)], ids=["a phone", "a keyboard"])
def test_phones_are_not_told_about_the_escape_key(touch, view, looking):
    reader = looking(viewport={**view, "height": 640}, has_touch=touch, is_mobile=touch)
    reader.open("/self")
    assert reader.page.locator(".keys").is_visible() is not touch


# --- The bar, and what has the focus ------------------------------------------------------------------------------

BAR = """() => {
    const bar = document.querySelector(".bar");
    return [getComputedStyle(bar).position, bar.offsetHeight];
}"""
SIDEWAYS = """() => [
    document.documentElement.scrollWidth - innerWidth,
    [...document.querySelectorAll("body *")]
        .filter((e) => !e.closest(".hidden, .new-tab, .skip") && e.checkVisibility())
        .filter((e) => { const box = e.getBoundingClientRect(); return box.right > innerWidth + 1 || box.left < -1; })
        .map((e) => e.outerHTML.slice(0, 100)),
]"""
SPACED = """() => {  // WCAG 1.4.12
    for (const e of document.querySelectorAll("body *")) {
        e.style.letterSpacing = ".12em";
        e.style.wordSpacing = ".16em";
        e.style.lineHeight = "1.5";
    }
    for (const p of document.querySelectorAll("p")) p.style.marginBottom = "2em";
    dispatchEvent(new Event("resize"));
}"""
# Where the row of the focused control lies, and what a finger would meet at its beginning.
FOCUSED = """() => {
    const it = document.activeElement, row = it.closest(".answer") || it;
    if (it === document.body) return null;
    const box = row.getBoundingClientRect();
    const on = document.elementFromPoint(box.left + Math.min(box.width / 2, 20), Math.max(box.top, 0) + 8);
    return {what: it.outerHTML.slice(0, 90), top: box.top, seen: !!on && (row.contains(on) || on.contains(row))};
}"""


@pytest.mark.parametrize(("view", "letters"), VIEWS, ids=name_of)
def test_the_bar_stays_only_where_it_is_small_and_nothing_is_wider_than_the_window(view, letters, looking):
    reader = looking(letters, viewport=view)
    for path in ("/self", "/es/counselor", "/es/help"):
        reader.open(path)
        for spaced in (False, True):
            if spaced:
                reader.page.evaluate(SPACED)
            position, height = reader.page.evaluate(BAR)
            assert position == "static" or height <= view["height"] / 4, (path, spaced, height)
            if not spaced:
                assert reader.page.evaluate(SIDEWAYS) == [0, []], path


def test_the_bar_stops_sticking_when_letters_are_enlarged_by_style_or_text_zoom(looking):
    """As where letters are enlarged by a style, or for text alone."""
    page = looking(viewport=PHONE).page
    page.goto("/self")
    assert page.evaluate(BAR)[0] == "sticky"
    page.evaluate("() => { document.documentElement.style.fontSize = '48px'; dispatchEvent(new Event('resize')); }")
    position, height = page.evaluate(BAR)
    assert height > PHONE["height"] / 4
    assert position == "static"


@pytest.mark.parametrize(
    ("view", "letters", "path"),
    [
        (PHONE, "as usual", "/self"),
        (TURNED, "as usual", "/es/self"),
        (WATCH, "as usual", "/family"),
        (PHONE, "doubled", "/es/counselor"),
    ],
    ids=name_of,
)
@pytest.mark.parametrize("padding", [True, False], ids=["today", "before scroll-padding"])
def test_whatever_gets_the_focus_by_keyboard_is_seen(view, letters, path, padding, looking):
    page = looking(letters, viewport=view).page
    page.goto(path)
    if not padding:  # as in browsers before 2019
        page.evaluate("() => { document.documentElement.style.scrollPadding = '0'; }")
    stops = 0
    for key in ["Tab"] * 45 + ["Shift+Tab"] * 40:
        page.keyboard.press(key)
        found = page.evaluate(FOCUSED)
        assert found["seen"], (key, found)
        assert found["top"] >= -1 or view is WATCH, (key, found)
        stops += 1
    assert stops == 85


# Brings a question to a third down the view. The page notes its place 100 ms after the last scrolling. The first scroll
# event may belong to an earlier scroll.
BRING = """n => new Promise((done) => {
    const legend = document.querySelectorAll("legend")[n];
    let pause = 0;
    addEventListener("scroll", () => {
        clearTimeout(pause);
        pause = setTimeout(done, 150);
    });
    scrollTo(0, legend.getBoundingClientRect().top + scrollY - innerHeight / 3);
})"""
IN_VIEW = """n => {
    const box = document.querySelectorAll("legend")[n].getBoundingClientRect();
    return box.bottom > 0 && box.top < innerHeight;
}"""


@pytest.mark.parametrize("way", [(PHONE, TURNED), (TURNED, PHONE)], ids=["on its side", "upright"])
def test_a_phone_that_is_turned_keeps_its_place(way, looking):
    before, after = way
    page = looking(viewport=before).page
    page.goto("/self")
    anchoring = page.evaluate("() => getComputedStyle(document.documentElement).overflowAnchor")
    assert anchoring == "none", "it would leave a trace"
    for question in (3, 6, 11):
        page.evaluate(BRING, question)
        for view in (after, before):
            page.set_viewport_size(view)
            page.wait_for_function("width => innerWidth === width", arg=view["width"])
            page.wait_for_function(IN_VIEW, arg=question)  # the resize event comes after the width


def test_what_comes_into_view_while_a_phone_is_being_turned_is_not_the_place_to_keep(looking):
    """Until the resize event the page stands elsewhere; a second turn right after the first could note that."""
    page = looking(viewport=PHONE).page
    page.goto("/self")
    page.evaluate(BRING, 3)
    page.evaluate(
        "() => Object.defineProperty(document.documentElement, 'clientWidth', {value: 1, configurable: true})"
    )
    page.evaluate(BRING, 11)
    page.evaluate("() => delete document.documentElement.clientWidth")
    page.set_viewport_size(TURNED)
    page.wait_for_function(IN_VIEW, arg=3)
