"""Whatever a test does in an engine, nothing may be sent, and the console must stay empty."""

import os

import pytest

from tests.kit.engines import OldChromium, WebKit
from tests.kit.walk import Site, visited

os.environ["CI"] = "true"  # `make engines` must fail, not skip, if one is missing

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


@pytest.fixture(params=ENGINES)
def engine(request, site: Site):
    site.recorded.asked.clear()
    with ENGINES[request.param](site.address) as engine:
        yield engine
        assert [asked for asked in site.recorded.asked if not asked.startswith("GET ") or "q_" in asked] == []
        assert engine.complaints == []
