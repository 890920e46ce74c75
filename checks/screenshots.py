"""Render every page and state into a folder: `python -m checks.screenshots [folder]`, or `make screenshots`."""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import waitress.server
from playwright.sync_api import Browser, Error, Page, sync_playwright

from app import create_app

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

CHROMIUM = {
    "executable_path": "/usr/bin/chromium",
    "args": ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"],
}
PHONE, SMALL, DESKTOP = {"width": 360, "height": 740}, {"width": 320, "height": 640}, {"width": 1280, "height": 900}
ZOOMED = {"width": 320, "height": 256}  # what 1280 x 1024 comes down to at 400 % zoom
VARIANTS = {
    "phone": {"viewport": PHONE},
    "small": {"viewport": SMALL},
    "desktop": {"viewport": DESKTOP},
    "phone-dark": {"viewport": PHONE, "color_scheme": "dark"},
    "forced": {"viewport": PHONE, "forced_colors": "active"},
    "noscript": {"viewport": PHONE, "java_script_enabled": False},
}
PATIENCE = 60  # seconds: two cores may be shared by many
CHANGE = "form:has([name=change]) button"
COME = "what => document.readyState === 'complete' && Boolean(document.querySelector(what))"


class State(NamedTuple):
    """A page, the answers that are sent from it (None: it is only opened), and whether the guidance is given back."""

    path: str
    answers: list[str] | None = None
    change: bool = False


NO = ["longer_than_planned", "more_than_label", "unwell_without_it", "on_your_mind"]
NO += ["more_than_one_prescriber", "keeping_it_private", "hard_to_talk_about"]
NOTHING = [f"q_{question}=none" for question in ("symptoms", "mixing", "circumstances")]
NOTHING += ["q_recent_change=same", "q_getting_it=own", *(f"q_{question}=no" for question in NO)]
EMERGENCIES = [f"q_symptoms={answer}" for answer in ("seizure", "breathing", "confusion", "suicide")]
EMERGENCIES += ["q_circumstances=seizures_missed"]

STATES = {
    "start": State("/"),
    "self": State("/self"),
    "family": State("/family"),
    "counselor": State("/counselor"),
    "help": State("/help"),
    "about": State("/about"),
    "privacy": State("/privacy"),
    "guide": State("/counselor/guide"),
    "not-found": State("/nowhere"),
    "empty-sheet": State("/self", []),
    "error-emergency": State("/self", ["q_symptoms=seizure", "q_symptoms=none"]),
    "family-error": State("/family", ["q_mixing=alcohol", "q_mixing=unsure"]),
    "counselor-error": State("/counselor", []),
    "change": State("/self", ["q_symptoms=sleep", "q_recent_change=out"], change=True),
    "nothing": State("/self", NOTHING),
    "open": State("/self", ["q_longer_than_planned=unsure"]),
    "soon": State("/self", ["q_symptoms=sleep", "q_longer_than_planned=yes", "q_mixing=alcohol"]),
    "today": State("/self", ["q_recent_change=out", "q_symptoms=shaking"]),
    "emergency": State("/self", ["q_symptoms=seizure"]),
    "breathing": State("/self", ["q_symptoms=breathing"]),
    "confusion": State("/self", ["q_symptoms=confusion"]),
    "seizure-medicine": State("/self", ["q_circumstances=seizures_missed"]),
    "suicide": State("/self", ["q_symptoms=suicide", "q_recent_change=out"]),
    "all-emergencies": State("/family", EMERGENCIES),
    "family-nothing": State("/family", NOTHING),
    "family-soon": State("/family", ["q_keeping_it_private=yes", "q_hard_to_talk_about=yes"]),
    "family-today": State("/family", ["q_circumstances=child_not_prescribed"]),
    "family-suicide": State("/family", ["q_symptoms=suicide"]),
    "counselor-open": State("/counselor", ["q_symptoms=skip"]),
    "counselor-soon": State("/counselor", ["q_on_your_mind=yes"]),
    "counselor-today": State("/counselor", ["q_mixing=opioids", "q_getting_it=street"]),
    "counselor-emergency": State("/counselor", ["q_symptoms=seizure", "q_recent_change=unplanned"]),
}


@contextmanager
def served(app: "WSGIApplication | None" = None) -> Iterator[str]:
    """The app, or another, on a real server of its own; gives its address."""
    server = waitress.server.create_server(app or create_app(), host="127.0.0.1", port=0)
    threading.Thread(target=server.run, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        server.close()


def until(wanted: Callable[[], Any], what: str) -> Any:
    """What `wanted` gives as soon as it is true."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if found := wanted():
            return found
        time.sleep(0.05)
    raise TimeoutError(what)


def wait_until(page: Page, tells: str, what: str = "") -> None:
    """Wait until a function in the page tells true. With script an answer is no navigation that could be waited for;
    without, the page can't watch itself, as playwright's own way to wait would have it."""

    def told() -> bool:
        with suppress(Error):  # between two pages
            return page.evaluate(tells, what)
        return False

    until(told, f"{tells} was never true of {what}")


def open_state(page: Page, address: str, state: str) -> None:
    """Open a page and send its answers as the browser would, without the script's help or refusal."""
    path, answers, change = STATES[state]
    page.goto(address + path)
    if answers is None:
        return
    for answer in answers:
        name, value = answer.split("=")
        page.locator(f"input[name={name}][value={value}]").evaluate("input => { input.checked = true; }")
    page.locator("form:has(fieldset) button").first.click()
    wait_until(page, COME, "#sheet, #check")
    if change:
        page.locator(CHANGE).click()
        wait_until(page, COME, "fieldset")


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with served() as address, sync_playwright() as playwright:
        browser: Browser = playwright.chromium.launch(**CHROMIUM)
        for variant, options in VARIANTS.items():
            context = browser.new_context(**options)
            page = context.new_page()
            for state in STATES:
                open_state(page, address, state)
                page.screenshot(path=folder / f"{state}-{variant}.png", full_page=True)
                if variant == "phone":
                    page.screenshot(path=folder / f"{state}-first.png")
                    page.pdf(path=folder / f"{state}-print.pdf", format="Letter", tagged=True)
            context.close()
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "screenshots"))
