"""A real server, as shipped, and a real browser. Debian's Chromium is driven; playwright's own need not be there."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from app import create_app
from tests.kit.browser import BARE_CHROMIUM, PATIENCE, Reader
from tests.kit.server import missing, running
from web.freeze import freeze

expect.set_options(timeout=1000 * PATIENCE)


@pytest.fixture(scope="session")
def server(default_settings) -> Iterator[str]:
    """The address of the app, as waitress serves it."""
    with running(create_app()) as address:
        yield address


@pytest.fixture(scope="session")
def files(default_settings, tmp_path_factory) -> Path:
    """The site as plain files."""
    folder = tmp_path_factory.mktemp("frozen")
    for name, page in freeze(create_app(), "https://elsewhere.example/").items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(page, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not Path(BARE_CHROMIUM["executable_path"]).exists():
        missing("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**BARE_CHROMIUM)
        yield browser
        browser.close()


@pytest.fixture
def new_reader(browser, server) -> Iterator[Callable[..., Reader]]:
    """new_reader(script=…, …) gives a Reader. Afterwards none may have sent, stored or complained of anything."""
    readers: list[Reader] = []

    def come(**options) -> Reader:
        readers.append(Reader(browser, server, **options))
        return readers[-1]

    yield come
    faults = [fault for reader in readers for fault in reader.faults()]
    for reader in readers:
        reader.context.close()
    assert faults == []


@pytest.fixture
def reader(new_reader) -> Reader:
    return new_reader()


@pytest.fixture
def sender(browser, server) -> Iterator[Reader]:
    """A reader with script whose browser may send the form, because a test has the script fail."""
    with Reader(browser, server) as reader:
        yield reader
        assert [fault for fault in reader.faults() if not fault.startswith("sent: ")] == []
