"""Each engine starts once. Whatever a test did in it, nothing may have been sent, and its console must be empty."""

import os

import pytest

from tests.kit.engines import Engine, OldChromium, WebKit
from tests.kit.walk import Site, visited

os.environ["CI"] = "true"  # who asks for every engine wants none to be skipped

ENGINES = {
    "Chromium-64": lambda origin: OldChromium(64, origin),
    "Chromium-80": lambda origin: OldChromium(80, origin),
    "Chromium-84": lambda origin: OldChromium(84, origin),
    "Chromium-106": lambda origin: OldChromium(106, origin),
    "WebKit": WebKit,
}


@pytest.fixture(scope="session")
def site():
    with visited() as site:
        yield site


@pytest.fixture(scope="session", params=ENGINES)
def started(request, site):
    with ENGINES[request.param](site.address) as engine:
        yield engine


@pytest.fixture
def engine(started: Engine, site: Site):
    site.noted.asked.clear()
    started.complaints.clear()
    yield started
    assert [asked for asked in site.noted.asked if not asked.startswith("GET ")] == []
    assert [asked for asked in site.noted.asked if "q_" in asked] == []
    assert started.complaints == []
    started.resize(360, 640)
