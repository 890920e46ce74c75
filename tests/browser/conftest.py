"""A real server, as shipped, and a real browser. Debian's Chromium drives it; playwright's own need not be there."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from checks.screenshots import CHROMIUM, served


@pytest.fixture(scope="session")
def server(default_settings) -> Iterator[str]:
    """The address of the app, served by waitress."""
    with served() as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = CHROMIUM["executable_path"]
    if not Path(path).exists():
        missing = f"{path} is missing; `apt install chromium` brings it"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**CHROMIUM)
        yield browser
        browser.close()
