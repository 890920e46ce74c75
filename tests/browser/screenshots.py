"""Render every page and state into a folder: `python -m tests.browser.screenshots [folder]`, or `make screenshots`."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import waitress.server
from playwright.sync_api import Browser, Page, sync_playwright

from app import create_app

CHROMIUM = {
    "executable_path": "/usr/bin/chromium",
    "args": ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"],
}
PHONE, SMALL, DESKTOP = {"width": 360, "height": 740}, {"width": 320, "height": 640}, {"width": 1280, "height": 900}
VARIANTS = {
    "phone": {"viewport": PHONE},
    "small": {"viewport": SMALL},
    "desktop": {"viewport": DESKTOP},
    "phone-dark": {"viewport": PHONE, "color_scheme": "dark"},
    "forced": {"viewport": PHONE, "forced_colors": "active"},
    "noscript": {"viewport": PHONE, "java_script_enabled": False},
}
# What is answered in each state: a page, and the answers that are sent from it (None: it is only opened).
STATES: dict[str, tuple[str, list[str] | None]] = {
    "start": ("/", None),
    "self": ("/self", None),
    "family": ("/family", None),
    "counselor": ("/counselor", None),
    "help": ("/help", None),
    "about": ("/about", None),
    "privacy": ("/privacy", None),
    "guide": ("/counselor/guide", None),
    "not-found": ("/nowhere", None),
    "empty-sheet": ("/self", []),
    "open": ("/self", ["q_longer_than_planned=unsure"]),
    "soon": ("/self", ["q_symptoms=sleep", "q_longer_than_planned=yes", "q_mixing=alcohol"]),
    "today": ("/self", ["q_recent_change=out", "q_symptoms=shaking"]),
    "emergency": ("/self", ["q_symptoms=seizure"]),
    "suicide": ("/self", ["q_symptoms=suicide", "q_recent_change=out"]),
    "all-emergencies": (
        "/family",
        [
            *(f"q_symptoms={a}" for a in ("seizure", "breathing", "confusion", "suicide")),
            "q_circumstances=seizures_missed",
        ],
    ),
    "family-soon": ("/family", ["q_keeping_it_private=yes", "q_hard_to_talk_about=yes"]),
    "family-today": ("/family", ["q_circumstances=child_not_prescribed"]),
    "counselor-today": ("/counselor", ["q_mixing=opioids", "q_getting_it=street"]),
    "counselor-soon": ("/counselor", ["q_on_your_mind=yes"]),
    "error-emergency": ("/self", ["q_symptoms=seizure", "q_symptoms=none"]),
}


@contextmanager
def served() -> Iterator[str]:
    """The app on a real server of its own; gives its address."""
    server = waitress.server.create_server(create_app(), host="127.0.0.1", port=0)
    threading.Thread(target=server.run, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        server.close()


def open_state(page: Page, address: str, state: str) -> None:
    """Open a page and send its answers as the browser would, without the script's help or refusal."""
    path, answers = STATES[state]
    page.goto(address + path)
    if answers is None:
        return
    for answer in answers:
        name, value = answer.split("=")
        page.locator(f"input[name={name}][value={value}]").evaluate("input => { input.checked = true; }")
    page.locator("form button").first.click()
    page.wait_for_load_state()


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
