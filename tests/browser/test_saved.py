"""A page that is opened from the disk: one that was saved, or one of the plain files of `flask freeze`."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import expect

from app import create_app
from settings import Settings
from tests.kit.browser import FORM, LEAVE, SEND, Reader
from tests.kit.server import neutral_site, running
from tests.kit.states import STATES, show

SAVED = ["start", "help", "guide", "self", "error-emergency", "all-emergencies", "soon", "soon-sent", "counselor-today"]
LOOKS = """() => ["body", "h1", ".bar", ".warning", "#leave"].map((css) => {
    const style = getComputedStyle(document.querySelector(css));
    return [style.color, style.backgroundColor, style.fontFamily, style.fontSize, style.padding, style.borderWidth];
})"""
WORDS = """() => {
    for (const part of document.querySelectorAll("details")) part.open = true;
    for (const part of document.querySelectorAll("main [data-change], main a[href^='/'], #answered")) {
        (part.closest("li") || part).hidden = true;
    }
    return document.querySelector("main").innerText.split("\\n").map((line) => line.trim()).filter(Boolean);
}"""


@pytest.fixture(scope="module")
def neutral(default_settings):
    with neutral_site() as address:
        yield address


@pytest.fixture(scope="module")
def saved(browser, neutral, tmp_path_factory):
    """saved(state): a file with the page as it stands, its looks and its words. The server is gone then."""
    folder, found = tmp_path_factory.mktemp("saved"), {}
    app = create_app(Settings(leave_url=neutral))
    with running(app) as address, Reader(browser, address) as reader:
        for state in SAVED:
            show(reader, STATES[state])
            file = folder / f"{state}.html"
            file.write_text("<!doctype html>" + reader.page.evaluate("() => document.documentElement.outerHTML"))
            found[state] = file.as_uri(), reader.page.evaluate(LOOKS), reader.page.evaluate(WORDS)
    return found.__getitem__


@pytest.fixture
def opened(browser, saved):
    readers = []

    def open_saved(state, **options):
        readers.append(Reader(browser, "http://127.0.0.1:1", **options))
        readers[-1].open(saved(state)[0])
        return readers[-1]

    yield open_saved
    for reader in readers:
        reader.context.close()
        assert reader.complaints == []


@pytest.mark.parametrize("state", SAVED)
def test_a_saved_page_reads_as_it_did_and_offers_nothing_that_cannot_work(state, opened, saved):
    page = opened(state).page
    _, looks, words = saved(state)
    assert page.evaluate(LOOKS) == looks
    expect(page.locator("a:visible[href^='/']:not(#leave)")).to_have_count(0)
    expect(page.locator("[data-change]:visible")).to_have_count(0)
    expect(page.locator("main [data-print]:visible")).to_have_count(page.locator("main [data-print]").count())
    assert page.evaluate(WORDS) == words


@pytest.mark.parametrize("state", SAVED)
def test_leave_works_from_a_saved_page(state, opened, neutral):
    page = opened(state).page
    page.locator(LEAVE).click()
    page.wait_for_url(neutral)


def test_a_saved_form_still_gives_guidance_and_takes_it_back(opened, content):
    reader = opened("self")
    reader.tick({"symptoms": ["seizure"]})
    reader.send()
    assert reader.lead() == content["self"].words.guidance.emergency.heading
    reader.change()
    assert reader.sheet() == {"symptoms": ["seizure"]}
    assert [url.split(":")[0] for _, url in reader.asked] == ["file"]


# --- Plain files ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("broken", ["HTMLElement.prototype.focus", "Element.prototype.before"])
def test_a_plain_file_whose_script_breaks_says_that_it_cannot_be_sent_and_keeps_the_answers(
    broken, reader, files, content
):
    reader.page.add_init_script(f"{broken} = () => {{ throw new Error('broken'); }};")
    reader.open((files / "self.html").as_uri())
    told = reader.page.locator("#unsendable")
    expect(told).to_be_hidden()
    reader.tick({"symptoms": ["seizure"]})
    reader.page.locator(SEND).first.press("Enter")
    expect(told).to_be_in_viewport()
    expect(told).to_have_text(content["self"].words.form.unsendable)
    expect(reader.page.locator("#said")).to_have_text(content["self"].words.form.unsendable)
    expect(reader.page.locator(FORM)).to_be_visible()
    assert reader.sheet() == {"symptoms": ["seizure"]}
    assert [method for method, _ in reader.asked] == ["GET"]


def test_a_plain_file_without_script_says_so_before_its_first_question(new_reader, files, audience, edition):
    reader = new_reader(script=False)
    reader.open((files / f"{audience}.html").as_uri())
    told = reader.page.locator("main p.error:visible")
    expect(told).to_have_text(edition.words.form.unsendable)
    assert told.bounding_box()["y"] < reader.page.locator("fieldset").first.bounding_box()["y"]


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_every_link_of_a_plain_file_leads_to_another_or_away(script, new_reader, files):
    reader = new_reader(script=script)
    for file in sorted(files.rglob("*.html")):
        reader.open(file.as_uri())
        here = reader.page.evaluate("() => [...document.links].map((link) => link.href)")
        inside = {link.partition("#")[0] for link in here if link.startswith("file:")}
        assert len(inside) > 3
        assert [link for link in inside if not Path(unquote(urlsplit(link).path)).is_file()] == []
