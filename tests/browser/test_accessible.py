"""What axe finds, on every page and state, and what it can't see: groups, order, focus, size, room."""

import itertools

import pytest
from axe_playwright_python.base import AxeResults
from axe_playwright_python.sync_playwright import Axe

from tests.kit.browser import DESKTOP, SMALL, ZOOMED, Reader
from tests.kit.states import STATES, show

TAGS = ["wcag2a", "wcag2aa", "wcag2aaa", "wcag21a", "wcag21aa", "wcag21aaa", "wcag22aa", "best-practice"]
CONTRAST = "color-contrast-enhanced"  # 7:1; whatever passes it passes color-contrast, which takes as long again
# axe leaves these out unless it is asked for them
OFF = [CONTRAST, "identical-links-same-purpose", "meta-refresh-no-exceptions", "target-size"]
EVERYTHING = {
    "runOnly": {"type": "tag", "values": TAGS},
    "rules": {rule: {"enabled": True} for rule in OFF} | {"color-contrast": {"enabled": False}},
    "resultTypes": ["violations"],
}
COLORS = {"runOnly": {"type": "rule", "values": [CONTRAST]}, "resultTypes": ["violations"]}
RUN = """rules => axe.run(rules).then(({violations, passes, incomplete, inapplicable}) => ({
    violations, ran: [...passes, ...incomplete, ...inapplicable].map(rule => rule.id),
}))"""
# All rules by day, and those on color again by night.
SCHEMES = {"light": EVERYTHING, "dark": COLORS}
READ = ["start", "self", "about", "privacy", "guide", "error-emergency", "soon", "suicide", "counselor-today"]


@pytest.fixture(scope="module")
def shown(browser, server):
    """shown(state, viewport=…) opens a state, everything unfolded. Each view has one reader, who looks again."""
    readers = {}

    def look(state, **options):
        view = repr(sorted(options.items()))
        if view not in readers:
            readers[view] = Reader(browser, server, reduced_motion="reduce", **options)
        show(readers[view], STATES[state])
        page = readers[view].page
        page.evaluate("() => { for (const part of document.querySelectorAll('details')) part.open = true; }")
        return page

    yield look
    for reader in readers.values():
        reader.context.close()


@pytest.fixture(scope="module", params=STATES)
def state(request):
    return request.param


@pytest.fixture(scope="module")
def small(state, shown):
    """The state on the smallest phone. pytest runs all that is asked of one state in a row, so it is opened once."""
    return shown(state, viewport=SMALL)


def test_axe_finds_nothing(state, small):
    small.evaluate(Axe().axe_script)
    for scheme, rules in SCHEMES.items():
        small.emulate_media(color_scheme=scheme)
        found = small.evaluate(RUN, rules)
        assert found["violations"] == [], f"{scheme}\n{AxeResults(found).generate_report()}"
        assert set(OFF if rules is EVERYTHING else [CONTRAST]) <= set(found["ran"])
    small.emulate_media(color_scheme="light")


@pytest.mark.parametrize("where", READ)
def test_the_colors_can_be_told_apart_on_a_desktop_too(where, shown):
    """A few states hold all there is to see: no color depends on the size of the window."""
    page = shown(where, viewport=DESKTOP, color_scheme="light")
    page.evaluate(Axe().axe_script)
    found = page.evaluate(RUN, COLORS)
    assert found["violations"] == [], AxeResults(found).generate_report()
    assert CONTRAST in found["ran"]


def test_every_lead_and_every_emergency_is_among_the_states(content, responses):
    """A state stands for each kind of page there is, and each answer that is an emergency leads one of them."""
    sent = {answer for state in STATES.values() for answer in state.answers or ()}
    urgent = {
        f"q_{question.id}={answer}"
        for edition in content.values()
        for question in edition.questions
        for answer, note in question.notes.items()
        if note.care == "emergency"
    }
    assert urgent <= sent
    opened = {state.path for state in STATES.values()}
    assert {name for name in responses if name.startswith("/") and " " not in name} <= opened
    for audience in content:
        assert [s for s in STATES.values() if s.path == f"/{audience}" and s.answers is not None]


# --- What axe can't see -----------------------------------------------------------------------------------------

# What is wrong, by its kind. A heading is, if it skips a level, or is the first and has not the first level, or a later
# one and has.
STRUCTURE = """() => {
    const all = (what, where = document) => [...where.querySelectorAll(what)];
    const name = (element) => element.outerHTML.slice(0, 120);
    const levels = all("h1, h2, h3, h4, h5, h6").filter((h) => !h.hidden).map((h) => Number(h.tagName[1]));
    return {
        loose: all("input:not([type=hidden])").filter((input) => !input.closest("fieldset")).map(name),
        unnamed: all("fieldset").filter((f) => f.firstElementChild?.tagName !== "LEGEND"
            || !f.firstElementChild.innerText.trim()).map(name),
        described: all("fieldset").filter((f) => !(f.getAttribute("aria-describedby") || "").split(" ")
            .every((id) => document.getElementById(id)?.textContent.trim())).map(name),
        unlabelled: all("input:not([type=hidden])").filter((i) => !i.labels.length).map(name),
        headings: levels.filter((level, n) => n ? level === 1 || level > levels[n - 1] + 1 : level !== 1),
        landmarks: ["body > nav[aria-label]", "body > header", "main", "footer", "footer nav[aria-label]"]
            .filter((what) => all(what).length !== 1),
        outside: all("body > *:not(nav, header, main, footer, .skip, #said, script, #whole)").map(name),
        language: [document.documentElement.lang]
            .filter((code) => code !== (location.pathname.startsWith("/es") ? "es" : "en")),
        duplicates: all("[id]").map((e) => e.id).filter((id, n, ids) => ids.indexOf(id) !== n),
    };
}"""


def test_groups_are_named_headings_are_in_order_and_everything_is_in_a_landmark(small):
    assert {kind: found for kind, found in small.evaluate(STRUCTURE).items() if found} == {}


# The focused element as it stands: where it comes in the document, its box, and what may cover it.
# A radio or checkbox is seen as its whole row.
FOCUSED = """() => {
    const it = document.activeElement;
    if (!it || it === document.body) return null;
    const seen = it.closest(".answer") || it;
    const box = seen.getBoundingClientRect();
    const bar = document.querySelector(".bar").getBoundingClientRect();
    const ring = getComputedStyle(it.matches(".answer input") ? it.nextElementSibling : it);
    const on = document.elementFromPoint(box.left + box.width / 2, box.top + Math.min(box.height, 20) / 2);
    return {
        place: [...document.querySelectorAll("*")].indexOf(it),
        what: it.outerHTML.slice(0, 100),
        top: box.top, bottom: box.bottom, left: box.left, right: box.right, height: box.height,
        bar: it.closest(".bar, .skip") ? 0 : bar.bottom,
        barred: bar.height,
        room: innerHeight,
        ring: ring.outlineStyle === "none" ? 0 : parseFloat(ring.outlineWidth),
        reached: !!on && (seen.contains(on) || on.contains(seen)),
    };
}"""
# What Tab has to stop at: one stop for a group of radios, nothing that is folded away.
STOPS = """() => {
    const groups = new Set();
    return [...document.querySelectorAll("a[href], button, summary, input:not([type=hidden])")]
        .filter((e) => e.checkVisibility({contentVisibilityAuto: true, visibilityProperty: true}))
        .filter((e) => {
            if (e.type !== "radio") return true;
            const group = [...document.getElementsByName(e.name)];
            const stop = group.find((one) => one.checked) || group[0];
            return e === stop;
        })
        .map((e) => [...document.querySelectorAll("*")].indexOf(e));
}"""


# Guidance opens with the focus on its heading, so start tabbing from the top of the page instead.
FROM_THE_TOP = """() => {
    document.body.tabIndex = -1;
    document.body.focus();
    document.body.removeAttribute("tabindex");
}"""
FROM_THE_END = """() => {
    document.activeElement.blur();
    getSelection().selectAllChildren(document.querySelector("footer"));
    getSelection().collapseToEnd();
}"""


def walk(page, key):
    """Press a key until the focus leaves the page, and tell each stop."""
    stops = []
    while len(stops) < 250:
        page.keyboard.press(key)
        stop = page.evaluate(FOCUSED)
        if stop is None or (stops and stop["place"] == stops[0]["place"]):
            return stops
        stops.append(stop)
    raise AssertionError(f"{key} never gets to the end of the page")


@pytest.mark.parametrize(
    ("where", "view"),
    [
        ("self", SMALL),
        ("suicide", SMALL),
        *((s, ZOOMED) for s in ("start", "self", "error-emergency", "suicide", "help")),
    ],
    ids=lambda given: given if isinstance(given, str) else f"{given['width']}x{given['height']}",
)
def test_the_focus_goes_through_the_page_in_its_order_and_is_never_hidden(where, view, shown):
    """Forwards and backwards: no trap, no detour, a ring of 2 px and more, and the bar covers none of it."""
    page = shown(where, viewport=view)
    expected = page.evaluate(STOPS)
    page.evaluate(FROM_THE_TOP)
    forth = walk(page, "Tab")
    assert [stop["place"] for stop in forth] == expected
    page.evaluate(FROM_THE_END)
    back = walk(page, "Shift+Tab")
    assert [stop["place"] for stop in back] == expected[::-1]
    for stop in itertools.chain(forth, back):
        assert stop["ring"] >= 2, stop
        above = stop["bottom"] <= stop["bar"] - stop["barred"] + 1  # the languages, at the top of the page
        assert above or stop["top"] >= stop["bar"] - 1, f"under the bar: {stop}"
        fits = stop["height"] <= stop["room"] - stop["barred"]
        assert not fits or stop["bottom"] <= stop["room"] + 1, f"below the fold: {stop}"
        assert stop["left"] >= 0, stop
        assert stop["right"] <= view["width"], stop
        assert stop["reached"], f"something covers it: {stop}"
    assert max(stop["barred"] for stop in forth) <= view["height"] / 4, "the bar leaves too little room"


TOO_WIDE = """() => ({
    page: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    parts: [...document.querySelectorAll("body *")]
        .filter((e) => !e.closest(".hidden, .new-tab, .skip") && e.checkVisibility())
        .filter((e) => { const box = e.getBoundingClientRect(); return box.right > innerWidth + 1 || box.left < -1; })
        .map((e) => e.outerHTML.slice(0, 120)),
    cut: [...document.querySelectorAll("body *:not(.hidden, .new-tab, input)")]
        .filter((e) => e.checkVisibility() && !e.closest(".hidden, .new-tab"))
        .filter((e) => e.matches("a, button, summary, label, .bar") || getComputedStyle(e).overflow !== "visible")
        .filter((e) => getComputedStyle(e).display !== "inline")
        .filter((e) => e.scrollWidth > e.clientWidth + 2 || e.scrollHeight > e.clientHeight + 2)
        .map((e) => e.outerHTML.slice(0, 120)),
})"""


def test_nothing_is_wider_than_the_smallest_screen(small):
    """320 px, which is also a desktop of 1280 px at 400 % zoom."""
    assert small.evaluate(TOO_WIDE) == {"page": 0, "parts": [], "cut": []}


DOUBLED = """() => {
    const root = document.documentElement;
    root.style.fontSize = root.style.fontSize ? "" : `${2 * parseFloat(getComputedStyle(root).fontSize)}px`;
}"""


def test_text_of_twice_the_size_is_neither_cut_nor_too_wide(small):
    small.evaluate(DOUBLED)
    try:
        assert small.evaluate(TOO_WIDE) == {"page": 0, "parts": [], "cut": []}
    finally:
        small.evaluate(DOUBLED)


TOO_SMALL = """() => {
    const running = (link) => {  // a link with words of the same sentence beside it
        if (!["inline", "inline-block"].includes(getComputedStyle(link).display)) return false;
        const around = link.closest("p, li, dd, td");
        return around && around.innerText.trim().length > link.innerText.trim().length + 2;
    };
    return [...document.querySelectorAll("a[href], button, summary, input:not([type=hidden])")]
        .filter((e) => e.checkVisibility() && !e.matches(".skip") && !(e.tagName === "A" && running(e)))
        .map((e) => [e, (e.closest(".answer") || e).getBoundingClientRect()])
        .filter(([, box]) => box.width < 43.9 || box.height < 43.9)
        .map(([e, box]) => `${Math.round(box.width)}x${Math.round(box.height)} ${e.outerHTML.slice(0, 120)}`);
}"""


def test_whatever_can_be_touched_is_44_pixels_wide_and_high(small):
    """Links within a sentence are exempt, as in WCAG 2.5.5."""
    assert small.evaluate(TOO_SMALL) == []


SIZES = """() => [...document.querySelectorAll("body, body *")]
    .filter((e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()) && e.checkVisibility())
    .map((e) => [parseFloat(getComputedStyle(e).fontSize), e.outerHTML.slice(0, 120),
        e.matches("main :is(p, li, dd, label, legend):not(.small, .small *, .now, .eyebrow)")])"""


def test_text_is_18_pixels_or_more_and_side_notes_are_not_tiny(small):
    sizes = small.evaluate(SIZES)
    assert [(size, what) for size, what, plain in sizes if size < (18 if plain else 15)] == []


LONG_LINES = """() => [...document.querySelectorAll("main p, main li, main dd, main label, main h1, main h2, footer p")]
    .filter((block) => block.checkVisibility())
    .flatMap((block) => {
        const lines = new Map();
        const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
        for (let node = walker.nextNode(); node; node = walker.nextNode()) {
            if (node.parentElement.closest(".hidden")) continue;
            for (const word of node.data.matchAll(/\\S+\\s*/g)) {
                const range = document.createRange();
                range.setStart(node, word.index);
                range.setEnd(node, word.index + word[0].trimEnd().length);
                const {bottom} = range.getBoundingClientRect();
                const line = Math.round(bottom / 10);
                lines.set(line, (lines.get(line) || "") + word[0].replace(/\\s+/g, " "));
            }
        }
        return [...lines.values()].map((line) => line.trim()).filter((line) => line.length > 75);
    })"""


def test_no_line_is_longer_than_75_characters_on_a_desktop(shown):
    long = {where: shown(where, viewport=DESKTOP, color_scheme="light").evaluate(LONG_LINES) for where in READ}
    assert {where: lines for where, lines in long.items() if lines} == {}


# --- Edges, in the colors that the browser computed ------------------------------------------------------------

COLOR = """(selector) => {
    const found = document.querySelector(selector);
    const style = getComputedStyle(found);
    const behind = (e) => {
        for (; e; e = e.parentElement) {
            const color = getComputedStyle(e).backgroundColor;
            if (!/rgba\\(.*, 0\\)/.test(color)) return color;
        }
    };
    return {edge: style.borderTopColor, width: parseFloat(style.borderTopWidth),
            inside: behind(found), outside: behind(found.parentElement), ring: style.outlineColor};
}"""


def luminance(color):
    """WCAG's relative luminance of `rgb(…)`."""
    channels = [int(part) / 255 for part in color[color.index("(") + 1 : -1].split(",")[:3]]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    dark, light = sorted(map(luminance, (one, other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_can_be_touched_has_an_edge_and_a_ring_that_are_seen(scheme, shown):
    edges = {"self": [".answer label", "#leave", "form button"], "start": [".choices a"], "suicide": [".call"]}
    for where, selectors in edges.items():
        page = shown(where, viewport=SMALL, color_scheme=scheme)
        for selector in selectors:
            found = page.evaluate(COLOR, selector)
            assert found["width"] >= 1
            assert contrast(found["edge"], found["outside"]) >= 3, (selector, found)
    page.keyboard.press("Tab")
    ring = page.evaluate(COLOR, ":focus")["ring"]
    page.locator("main a").first.focus()
    for surface in ("body", ".emergency", ".warning"):
        assert contrast(ring, page.evaluate(COLOR, surface)["inside"]) >= 3, (surface, ring)
