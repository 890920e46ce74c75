"""The way of a reader through the pages, as it must be in every engine."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from app import create_app
from screening.load import OUR_CONTENT, load_languages
from settings import Settings
from tests.kit.browser import CHANGE, ERRORS, FORM, GUIDANCE, LEAVE, SEND, printed_pages, unspaced, until
from tests.kit.engines import FIRST, Engine
from tests.kit.pages import LANGUAGES, Form, Sheet, root
from tests.kit.server import Recorded, neutral_site, running
from web.prerender import prerender

AWAKE = "#answered"  # the script has woken the form
# What only a page that knows an answer has: a checked box, a hidden one, a part of the guidance, an error.
TRACES = "input:checked, input[type=hidden][name^=q_], .noticed, .sheet, .emergency, .today, .lead, .errors"
ELSEWHERE = "#elsewhere"


class Site(NamedTuple):
    """The app, the forms that it shows, what it is asked for, and the neutral site that it leaves to."""

    address: str
    forms: Sequence[Form]
    recorded: Recorded
    neutral: str


@contextmanager
def visited() -> Iterator[Site]:
    languages = load_languages(OUR_CONTENT, "US", LANGUAGES)
    forms = [
        Form(f"{root(lang)}/{audience}", edition) for lang in languages for audience, edition in languages[lang].items()
    ]
    with neutral_site() as neutral:
        app = create_app(Settings(leave_url=neutral))
        prerender(app)
        recorded = Recorded(app)
        with running(recorded) as address:
            yield Site(address, forms, recorded, neutral)


def tick(engine: Engine, sheet: Sheet) -> None:
    """Tick these with the mouse, each in its place."""
    for question, answers in sheet.items():
        for answer in answers:
            engine.press(f'input[name="q_{question}"][value="{answer}"]', changes=False)


def shown(engine: Engine, path: str, sheet: Sheet, shows: str = GUIDANCE) -> None:
    """The guidance for these answers, or whatever else pressing the button shows."""
    engine.open(path)
    engine.wait_for(AWAKE)
    tick(engine, sheet)
    engine.press(SEND)
    engine.wait_for(shows)


def paper(engine: Engine) -> list[str]:
    """The text of each page that the engine prints, without spaces."""
    return printed_pages(engine.printed())


def focus(engine: Engine) -> str:
    """The words of what has the focus."""
    return engine.run("() => document.activeElement.innerText").strip()


def call_in_view(engine: Engine, form: Form) -> None:
    """A button that calls the emergency number is wholly in view, without scrolling."""
    bottom = """tel => { const call = document.querySelector(`.emergency a.call[href="${tel}"]`);
        return call && call.getBoundingClientRect().bottom + pageYOffset <= innerHeight && pageYOffset === 0; }"""
    tel = form.edition.helpline("emergency").tel
    until(lambda: engine.run(bottom, tel), f"{engine}, {form.path}: the number to call is not on the first view")


def main_journey(engine: Engine, site: Site, form: Form) -> None:
    """From the start page to the guidance, back to the questions, to paper and away, with nothing sent."""
    words = form.edition.words
    start = "/".join(form.path.split("/")[:-1]) + "/"
    site.recorded.asked.clear()

    engine.open(start)
    engine.press(f'main a[href="{form.path}"]')
    engine.wait_for(AWAKE)
    assert engine.sheet() == {}, "nothing is chosen for the reader"

    engine.press(SEND)
    engine.wait_for(ERRORS)
    assert focus(engine) == words.form.errors.heading
    assert words.form.errors.empty in engine.text(ERRORS)

    sheet = {"symptoms": ["seizure", "none"], "recent_change": ["out"]}
    tick(engine, sheet)
    engine.press(SEND)
    engine.wait_for(f".emergency ~ {ERRORS}")  # the emergency first, though the sheet is faulty
    assert focus(engine) == words.guidance.emergency.heading
    call_in_view(engine, form)

    tick(engine, {"symptoms": ["none"]})
    engine.press(SEND, FIRST)
    engine.wait_for(GUIDANCE)
    assert focus(engine) == words.guidance.emergency.heading
    call_in_view(engine, form)
    sheet = {"symptoms": ["seizure"], "recent_change": ["out"]}

    engine.history(-1)
    engine.wait_for(FORM)
    assert engine.sheet() == sheet
    engine.history(1)
    engine.wait_for(GUIDANCE)
    engine.press(CHANGE)
    engine.wait_for(FORM)
    assert engine.sheet() == sheet
    engine.press(SEND)
    engine.wait_for(GUIDANCE)

    whole = paper(engine)
    assert unspaced(words.warning.text) in "".join(whole)
    engine.run("() => { window.print = () => {}; }")
    engine.press(".sheet > summary")
    engine.press("[data-print=sheet]")
    alone = paper(engine)
    assert len(alone) <= 2, f"{engine} prints {len(alone)} of {len(whole)} pages for the sheet alone"
    assert alone[0].startswith(unspaced(words.sheet.heading))
    engine.wait_for("body:not(.sheet-alone)")  # the rest comes back after printing
    assert site.recorded.asked == [f"GET {start}", f"GET {form.path}"], "one request for each page, and nothing sent"

    engine.open(form.path)
    engine.wait_for(AWAKE)
    tick(engine, {"symptoms": ["seizure"]})
    for _ in range(3):
        engine.key("Escape")
    engine.wait_for(ELSEWHERE)
    assert engine.url() == site.neutral

    shown(engine, form.path, sheet)
    engine.press(LEAVE)
    engine.wait_for(ELSEWHERE)
    engine.history(-1)
    engine.wait_for("body")
    assert engine.count(TRACES) == 0, "nothing of the answers is one step behind"
    assert engine.complaints == []
