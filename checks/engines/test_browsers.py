"""What the pages promise, in Chromium as it was from 2018 on and in Safari's engine."""

import pytest

from tests.kit.browser import CHANGE, ERRORS, FORM, GUIDANCE, SEND, unspaced
from tests.kit.engines import OldChromium, WebKit
from tests.kit.pages import OPEN_PATHS, PATHS, answers_with, left_open, nothing_noticed, together
from tests.kit.walk import AWAKE, Site, call_in_view, focus, main_journey, paper, shown, tick

FORMS = ["/self", "/family", "/counselor", "/es/self", "/es/family", "/es/counselor"]
# The skip link lies outside until it has the focus.
CONTROLS = "a[href]:not(.skip), button, input:not([type=hidden]), summary"

# --- Looking at a page; each gives a list of what is wrong --------------------------------------------------------

# What reaches over the right edge, innermost parts only.
TOO_WIDE = """() => document.documentElement.scrollWidth <= innerWidth ? [] :
    Array.from(document.querySelectorAll("body *")).filter((e) => e.getBoundingClientRect().right > innerWidth + 1 &&
        !Array.from(e.children).some((c) => c.getBoundingClientRect().right > innerWidth + 1))
    .map((e) => e.outerHTML.slice(0, 80))"""

# Whatever has the focus has a ring, or its label has, and can be seen and touched.
FOCUSED = """() => {
    const e = document.activeElement;
    if (e === document.body) return null;
    const label = e.id && document.querySelector(`label[for="${e.id}"]`);
    const ringed = [e, label].filter(Boolean).some((part) => {
        const style = getComputedStyle(part);
        return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 3;
    });
    const box = e.getClientRects()[0];
    const hit = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    const free = hit && (e.contains(hit) || (label && label.contains(hit)));
    return {what: e.outerHTML.replace(/\\s+/g, " ").slice(0, 90), ringed: ringed, free: Boolean(free)};
}"""

# Words whose contrast to what is behind them is less than 4.5 to 1.
FAINT = """() => {
    const parts = (color) => (color.match(/[\\d.]+/g) || []).map(Number);
    const clear = (color) => parts(color).length === 4 && parts(color)[3] === 0;
    const light = (color) => parts(color).slice(0, 3)
        .map((c) => c / 255).map((c) => c <= 0.03928 ? c / 12.92 : Math.pow((c + 0.055) / 1.055, 2.4))
        .reduce((sum, c, n) => sum + c * [0.2126, 0.7152, 0.0722][n], 0);
    const ground = (e) => {
        while (e && clear(getComputedStyle(e).backgroundColor)) e = e.parentElement;
        return e ? getComputedStyle(e).backgroundColor : "rgb(255, 255, 255)";
    };
    return Array.from(document.querySelectorAll("body *")).filter((e) => e.getClientRects().length &&
        Array.from(e.childNodes).some((node) => node.nodeType === 3 && node.data.trim())
    ).filter((e) => {
        const two = [light(getComputedStyle(e).color), light(ground(e))].sort((one, other) => other - one);
        return (two[0] + 0.05) / (two[1] + 0.05) < 4.5;
    }).map((e) => `${getComputedStyle(e).color} on ${ground(e)}: ${e.outerHTML.slice(0, 60)}`);
}"""


def unclear_focus(engine, limit=200):
    """Tab through the page: what has no ring or can't be seen while it has the focus, and how many there were."""
    engine.run("() => { document.activeElement.blur(); scrollTo(0, 0); }")
    found, first = [], None
    for number in range(limit):
        engine.key("Tab")
        told = engine.run(FOCUSED)
        if told is None or (told["what"] == first and number > 5):
            return found, number
        first = first or told["what"]
        if not (told["ringed"] and told["free"]):
            found.append(told)
    raise AssertionError(f"{engine} never came to the end of the page")


def fullest(edition):
    """Every emergency, and all else that brings something onto the page."""
    sheets = [sheet for care in ("emergency", "today", "soon") for sheet in answers_with(edition, care)]
    many = {question.id for question in edition.questions if question.many}
    sheet = dict(together(sheets))
    return {asked: answers if asked in many else answers[:1] for asked, answers in sheet.items()}


@pytest.fixture(params=FORMS)
def form(request, site):
    return next(form for form in site.forms if form.path == request.param)


@pytest.fixture(params=FORMS[:3])
def english(request, site):
    return next(form for form in site.forms if form.path == request.param)


# --- The claims -------------------------------------------------------------------------------------------------


def test_the_whole_way(engine, site, form):
    main_journey(engine, site, form)


def test_each_lead_and_each_emergency_shows_what_is_first(engine, english):
    path, edition = english
    said = edition.words.guidance
    for sheet, heading in [
        (nothing_noticed(edition), said.nothing.heading),
        (left_open(edition), said.left_open.heading),
        (answers_with(edition, "soon")[0], said.soon.heading),
        (answers_with(edition, "today")[0], said.today.heading),
    ]:
        shown(engine, path, sheet)
        assert focus(engine) == said.heading
        assert engine.text("main h2") == heading
        assert not engine.count(".emergency")
    for sheet in answers_with(edition, "emergency"):
        shown(engine, path, sheet)
        assert focus(engine) == said.emergency.heading
        call_in_view(engine, english)


@pytest.mark.parametrize("width", [320, 360, 768])
def test_nothing_scrolls_sideways_and_nothing_is_covered(engine, site, width):
    engine.resize(width, 640)
    found = {}
    for path in PATHS:
        engine.open(path)
        found[path] = engine.run(TOO_WIDE) + engine.covered(CONTROLS)
    for form in site.forms:
        shown(engine, form.path, fullest(form.edition))
        found[f"guidance of {form.path}"] = engine.run(TOO_WIDE) + engine.covered(CONTROLS)
    shown(engine, "/self", {}, ERRORS)
    found["an empty sheet"] = engine.run(TOO_WIDE) + engine.covered(CONTROLS)
    assert {where: what for where, what in found.items() if what} == {}


@pytest.mark.parametrize("size", [(360, 640), (320, 256)])
def test_each_control_shows_that_it_has_the_focus(engine, english, size):
    engine.resize(*size)
    engine.open(english.path)
    engine.wait_for(AWAKE)
    on_form, many = unclear_focus(engine)
    assert many > 50
    shown(engine, english.path, fullest(english.edition))
    on_guidance, many = unclear_focus(engine)
    assert many > 20
    assert on_form + on_guidance == []


@pytest.mark.parametrize("path", OPEN_PATHS)
def test_each_control_of_the_other_pages_shows_that_it_has_the_focus(engine, path):
    engine.open(path)
    found, many = unclear_focus(engine)
    assert many > 5
    assert found == []


def test_help_and_the_way_out_stay_in_reach(engine, english):
    engine.open(english.path)
    for way in ("#leave", ".bar a[href$=help]"):
        engine.run("() => { document.documentElement.style.scrollBehavior = 'auto'; scrollTo(0, 1500); }")
        where = (
            "css => { const box = document.querySelector(css).getBoundingClientRect(); return [box.top, box.bottom]; }"
        )
        top, bottom = engine.run(where, way)
        assert 0 <= top < bottom <= 160, way


def test_the_questions_are_a_paper_form_and_the_guidance_is_printed_unfolded(engine, english):
    words = english.edition.words
    engine.open(english.path)
    engine.wait_for(AWAKE)
    assert len(paper(engine)) <= 5
    shown(engine, english.path, fullest(english.edition))
    text = "".join(paper(engine))
    folded = [line for part in words.guidance.more for line in (*part.paragraphs, *part.points)]
    assert folded
    assert [line for line in folded if unspaced(line) not in text] == []


def test_by_day_the_words_can_be_read(engine, english):
    engine.open(english.path)
    found = engine.run(FAINT)
    shown(engine, english.path, fullest(english.edition))
    assert found + engine.run(FAINT) == []


# --- In another way ---------------------------------------------------------------------------------------------


@pytest.fixture(params=[64, 80, 84, 106, "WebKit"])
def at_night(request, site: Site):
    make = WebKit if request.param == "WebKit" else lambda *given, **more: OldChromium(request.param, *given, **more)
    with make(site.address, dark=True) as engine:
        yield engine


def test_dark_mode_is_used_where_the_browser_has_it_and_is_readable(at_night, site):
    for form in site.forms[:3]:
        at_night.open(form.path)
        ground = at_night.run("() => getComputedStyle(document.body).backgroundColor")
        knows_night = at_night.run("() => matchMedia('(prefers-color-scheme: dark)').matches")
        assert knows_night == (at_night.name not in ("Chromium 64",))
        assert (ground == "rgb(16, 23, 27)") == knows_night, ground
        faint = at_night.run(FAINT)
        shown(at_night, form.path, fullest(form.edition))
        assert faint + at_night.run(FAINT) == []


@pytest.mark.parametrize("version", [64, 84])
def test_without_script_the_form_is_sent_once_and_answered(version, site):
    form = site.forms[0]
    words = form.edition.words
    site.recorded.asked.clear()
    with OldChromium(version, site.address, script=False) as engine:
        engine.open(form.path)
        engine.press(SEND)
        engine.wait_for(ERRORS)
        assert engine.text("main h1") == words.form.errors.heading
        sheet = {"symptoms": ["seizure", "none"], "longer_than_planned": ["yes"]}
        tick(engine, sheet)
        engine.press(SEND)
        engine.wait_for(f".emergency ~ {ERRORS}")
        tick(engine, {"symptoms": ["none"]})
        engine.press(SEND)
        engine.wait_for(GUIDANCE)
        call_in_view(engine, form)
        engine.press(CHANGE)
        engine.wait_for(FORM)
        assert engine.sheet() == {"symptoms": ["seizure"], "longer_than_planned": ["yes"]}
    assert site.recorded.asked == ["GET /self", *4 * ["POST /self"]]
