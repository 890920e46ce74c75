"""The other language: the answers go along from tab to tab, and nowhere else."""

import pytest
from playwright.sync_api import expect

from tests.kit.browser import GUIDANCE, Reader

SHEET = {"symptoms": ["seizure", "sleep"], "recent_change": ["out"]}


def switched(reader):
    """The tab that the switch opens."""
    with reader.page.context.expect_page() as opened:
        reader.page.locator("[data-switch]").click()
    opened.value.wait_for_load_state()
    return opened.value


def ticked(page):
    return page.locator("fieldset :checked").evaluate_all("boxes => boxes.map((box) => `${box.name}=${box.value}`)")


@pytest.mark.parametrize(("path", "other"), [("/self", "/es/self"), ("/es/family", "/family")])
def test_the_answers_go_along_to_the_other_language_and_stay_in_no_tab_behind(reader, path, other):
    reader.open(path)
    reader.tick(SHEET)
    before = ticked(reader.page)
    there = switched(reader)
    expect(there.locator("fieldset :checked")).to_have_count(3)
    assert there.url.endswith(other)
    assert ticked(there) == before
    expect(reader.page.locator("form")).to_have_count(0)  # the first tab shows the start page
    assert there.evaluate("() => [history.length, history.state, location.hash, location.search]") == [1, None, "", ""]


@pytest.mark.parametrize(
    ("sheet", "title", "said"),
    [
        (SHEET, "Busque ayuda ahora", "Llamar al 911"),
        ({"symptoms": ["sleep"]}, "Orientación para usted", "Sus respuestas siguen aquí."),
    ],
)
def test_guidance_goes_along_too_and_the_new_tab_announces_what_matters_most(reader, sheet, title, said):
    reader.open("/self")
    reader.tick(sheet)
    reader.send()
    reader.rest()
    there = switched(reader)
    expect(there.locator(GUIDANCE)).to_have_count(1)
    expect(there.locator("main h1")).to_have_count(1)
    expect(there.locator("h1:visible")).to_have_text(title)
    expect(there.locator("#said")).to_have_text(said)


@pytest.mark.parametrize("script", [True, False])
def test_enter_in_a_box_gives_the_guidance_and_not_the_other_language(browser, server, script):
    with Reader(browser, server, script=script) as reader:
        reader.open("/self")
        reader.box("symptoms", "seizure").press("Space")
        reader.box("symptoms", "seizure").press("Enter")
        expect(reader.page.locator(GUIDANCE)).to_have_count(1)
        assert reader.page.url.endswith("/self")
        assert len(reader.context.pages) == 1


def test_a_page_that_another_page_opened_takes_no_answers_from_any_other(reader):
    reader.open("/self")
    there = switched(reader)
    expect(reader.page.locator("form")).to_have_count(0)
    stray = {"chosen": ["q_symptoms-1"], "isAnswered": True}
    there.evaluate("(stray) => window.postMessage(stray, '*')", stray)
    there.wait_for_timeout(200)
    assert ticked(there) == []
