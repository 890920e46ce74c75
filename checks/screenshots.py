"""Render every page and state into a folder: `python -m checks.screenshots [folder]`, or `make screenshots`."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from playwright.sync_api import sync_playwright

from app import create_app
from settings import Settings
from tests.kit.browser import CHROMIUM, DESKTOP, PHONE, SMALL, ZOOMED, Reader
from tests.kit.server import running
from tests.kit.states import STATES, show
from web.freeze import freeze

LETTER = {"width": 700, "height": 932}  # what a page of this size has between its margins
VARIANTS: dict[str, dict[str, Any]] = {
    "phone": {},
    "small": {"viewport": SMALL},
    "zoomed": {"viewport": ZOOMED},
    "desktop": {"viewport": DESKTOP},
    "phone-dark": {"color_scheme": "dark"},
    "forced": {"forced_colors": "active"},
    "noscript": {"script": False},
    "paper": {"viewport": LETTER},
}


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with running(create_app()) as address, sync_playwright() as playwright, TemporaryDirectory() as files:
        browser = playwright.chromium.launch(**CHROMIUM)
        for variant, options in VARIANTS.items():
            with Reader(browser, address, **{"viewport": PHONE, **options}) as reader:
                for name, state in STATES.items():
                    reader.page.emulate_media(media="screen")
                    show(reader, state)
                    reader.page.emulate_media(media="print" if variant == "paper" else "screen")
                    reader.page.screenshot(path=folder / f"{name}-{variant}.png", full_page=True)
                    if variant == "phone":
                        reader.page.screenshot(path=folder / f"{name}-first.png")
                        reader.page.pdf(path=folder / f"{name}-print.pdf", format="Letter", tagged=True)
        frozen = freeze(create_app(), Settings().leave_url)
        for name, page in frozen.items():
            file = Path(files) / name
            file.parent.mkdir(exist_ok=True)
            file.write_text(page, encoding="utf-8")
        for variant, script in (("frozen", True), ("frozen-noscript", False)):
            with Reader(browser, Path(files).as_uri(), script=script) as reader:
                for name, state in STATES.items():
                    file = Path(files) / f"{state.path.strip('/') or 'index'}.html"
                    if file.exists() and not state.sent and (script or state.answers is None):
                        show(reader, state, file.as_uri())
                        reader.page.screenshot(path=folder / f"{name}-{variant}.png", full_page=True)
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "screenshots"))
