"""The main journey in the oldest browser that we serve and in Safari's engine. `make engines` tries more of both."""

import pytest

from tests.kit.engines import OldChromium, WebKit
from tests.kit.walk import main_journey, visited


@pytest.fixture(scope="module")
def site(default_settings):
    with visited() as site:
        yield site


def test_chromium_of_2018_walks_the_whole_way(site):
    with OldChromium(64, site.address) as engine:
        main_journey(engine, site, site.forms[0])


def test_webkit_walks_the_whole_way(site):
    with WebKit(site.address) as engine:
        main_journey(engine, site, site.forms[0])
