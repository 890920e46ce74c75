"""Whatever breaks between the press and the guidance, a reader keeps the answers and has a way on."""

import threading
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from app import create_app
from tests.kit.browser import ERRORS, GUIDANCE, SEND, Reader
from tests.kit.server import running
from web.prerender import prerender

SHEET = {"symptoms": ["seizure", "sleep"], "recent_change": ["out"]}

# --- The script throws ------------------------------------------------------------------------------------------

BREAKS = {
    "innerHTML": "Object.defineProperty(Element.prototype, 'innerHTML', {set() { throw new Error('broken'); }});",
    "focus": "HTMLElement.prototype.focus = () => { throw new Error('broken'); };",
    "scrollTo": "window.scrollTo = () => { throw new Error('broken'); };",
    "before": "Element.prototype.before = () => { throw new Error('broken'); };",
    "createElement": "Document.prototype.createElement = () => { throw new Error('broken'); };",
    "Set": "window.Set = undefined;",
    "the pieces": "addEventListener('DOMContentLoaded', () => document.getElementById('guidance-pieces').remove());",
    "the end of the page": "addEventListener('DOMContentLoaded', () => document.getElementById('whole').remove());",
    "the status": "addEventListener('DOMContentLoaded', () => document.getElementById('said').remove());",
    "dataset": "delete HTMLElement.prototype.dataset;",
    "performance": "window.performance.now = () => { throw new Error('broken'); };",
}


@pytest.mark.parametrize("broken", BREAKS)
def test_where_the_script_throws_the_form_is_sent_as_without_script_and_keeps_the_answers(broken, sender, content):
    """Guidance comes in either way; from there the answers come back."""
    sender.page.add_init_script(BREAKS[broken])
    sender.open("/self")
    sender.tick(SHEET)
    sender.page.locator(SEND).last.press("Enter")
    expect(sender.page.locator(GUIDANCE)).to_have_count(1)
    expect(sender.page.locator("main h1")).to_have_count(1)
    assert sender.lead() == content["self"].words.guidance.emergency.heading
    sender.rest()
    sender.page.locator("[data-change] button").press("Enter")
    expect(sender.page.locator("fieldset").first).to_be_visible()
    assert sender.sheet() == SHEET
    sender.complaints.clear()


@pytest.mark.parametrize("broken", ["pushState", "replaceState"])
def test_without_an_entry_in_the_history_the_button_still_leads_back(broken, reader):
    reader.page.add_init_script(f"History.prototype.{broken} = () => {{ throw new Error('broken'); }};")
    reader.open("/self")
    for _ in range(2):
        reader.tick(SHEET)
        reader.send()
        expect(reader.page.locator(GUIDANCE)).to_have_count(1)
        reader.change()
        expect(reader.page.locator(GUIDANCE)).to_have_count(0)
        assert reader.sheet() == SHEET


def test_without_its_error_pieces_a_faulty_sheet_is_sent_and_the_server_reports_it(sender, content):
    sender.page.add_init_script(BREAKS["the pieces"].replace("guidance-pieces", "check-pieces"))
    sender.open("/self")
    sender.tick({"symptoms": ["seizure", "none"]})
    sender.send(sends=True)
    expect(sender.page.locator(ERRORS)).to_have_count(1)
    assert sender.lead() == content["self"].words.guidance.emergency.heading
    assert sender.sheet() == {"symptoms": ["seizure", "none"]}


def test_a_form_opened_before_an_update_is_answered_by_its_script_or_else_kept_by_the_server(sender):
    """The open page is of one version; what the server then has is of another."""
    for broken in (False, True):
        sender.open("/self")
        sender.page.evaluate("() => { document.querySelector('[name=version]').value = 'older'; }")
        sender.tick(SHEET)
        if broken:
            sender.page.evaluate("() => document.querySelector('#whole').remove()")
        sender.send(sends=broken)
        expect(sender.page.locator(ERRORS if broken else GUIDANCE)).to_have_count(1)
        expect(sender.page.locator(".emergency")).to_have_count(1)
    assert sender.sheet() == SHEET
    sender.send(sends=False)
    expect(sender.page.locator(GUIDANCE)).to_have_count(1)


# --- The line breaks or stalls ----------------------------------------------------------------------------------


FLUSHED = 262144  # what the server gathers before it sends anything


class Cut:
    """The app, of whose form only the first bytes come. Then the line breaks, or stalls until it is let go."""

    def __init__(self, app: Callable) -> None:
        self.app, self.at, self.stalls = app, 0, False
        self.go = threading.Event()
        self.page = app.test_client().get("/self").data

    def __call__(self, environ, start_response):
        if environ["REQUEST_METHOD"] == "POST" or environ["PATH_INFO"] != "/self" or not self.at:
            return self.app(environ, start_response)
        start_response("200 OK", [("Content-Type", "text/html; charset=utf-8"), ("Cache-Control", "no-store")])
        return self.pieces()

    def pieces(self) -> Iterator[bytes]:
        yield b" " * FLUSHED + self.page[: self.at]
        if self.stalls:
            self.go.wait(60)
            yield self.page[self.at :]


@pytest.fixture(scope="module")
def cut(default_settings):
    app = create_app()
    prerender(app)
    cut = Cut(app)
    with running(cut) as address:
        cut.address = address
        yield cut
        cut.go.set()


@pytest.fixture
def cut_reader(cut, browser):
    cut.go.clear()
    with Reader(browser, cut.address) as reader:
        yield reader
        cut.go.set()
    cut.at, cut.stalls = 0, False


def test_a_page_that_is_cut_anywhere_still_answers_whoever_can_press(cut, cut_reader):
    """At every 4 kB, at the joints of the pieces, and just before the end."""
    page = cut.page
    button = page.index(b"</button>", page.index(b'id="form"'))
    marks = [page.index(mark) for mark in (b'id="check-pieces"', b'id="guidance-pieces"', b'id="whole"')]
    joints = [mark + further for mark in marks for further in (0, 40)]
    places = [at for at in sorted([*range(4096, len(page), 4096), *joints, len(page) - 20]) if at > button + 10]
    assert len(places) > 20
    for cut.at in places:
        cut_reader.open("/self")
        cut_reader.tick({"symptoms": ["seizure", "sleep"]})
        cut_reader.page.locator(SEND).first.click()
        expect(cut_reader.page.locator(GUIDANCE)).to_have_count(1)
        expect(cut_reader.page.locator(".emergency .call").first).to_be_in_viewport()
        expect(cut_reader.page.locator(".noticed")).to_have_count(2)
    assert cut_reader.complaints == []


def stalled_before_the_pieces(cut, reader):
    cut.at, cut.stalls = cut.page.index(b'id="guidance-pieces"'), True
    reader.page.goto("/self", wait_until="commit")
    reader.page.wait_for_selector("footer", state="attached")  # the form ends before it
    reader.tick({"symptoms": ["seizure"]})
    reader.page.locator(SEND).last.click(no_wait_after=True)
    reader.page.wait_for_timeout(300)
    expect(reader.page.locator(GUIDANCE)).to_have_count(0)


def test_on_a_slow_line_one_press_shows_the_guidance_as_soon_as_its_pieces_have_come(cut, cut_reader):
    stalled_before_the_pieces(cut, cut_reader)
    cut.go.set()
    expect(cut_reader.page.locator(GUIDANCE)).to_have_count(1)
    assert [method for method, _ in cut_reader.asked] == ["GET"]


def test_a_page_whose_pieces_never_come_sends_the_form_after_five_seconds(cut, cut_reader):
    clock = cut_reader.page.clock
    clock.install()
    stalled_before_the_pieces(cut, cut_reader)
    clock.fast_forward(3000)
    cut_reader.page.wait_for_timeout(300)
    assert [method for method, _ in cut_reader.asked] == ["GET"]
    clock.fast_forward(2000)
    cut_reader.page.wait_for_selector(GUIDANCE)
    assert [method for method, _ in cut_reader.asked] == ["GET", "POST"]


def test_a_second_press_on_a_stalled_page_sends_the_form_at_once(cut, cut_reader):
    stalled_before_the_pieces(cut, cut_reader)
    cut_reader.page.locator(SEND).last.click(no_wait_after=True)
    cut_reader.page.wait_for_selector(GUIDANCE, timeout=3000)
    assert [method for method, _ in cut_reader.asked] == ["GET", "POST"]


# --- The server does not answer ---------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", ["502", "429", "204", "a sign-in page", "nothing"])
def test_whatever_stands_between_reader_and_server_the_guidance_comes(answer, reader):
    """With script no answer of the server is waited for, so none can take the place of the guidance."""
    reader.open("/self")
    if answer == "nothing":
        reader.context.set_offline(True)
    else:
        given = {"status": int(answer)} if answer.isdigit() else {"body": "<h1>Sign in"}
        reader.page.route("**/*", lambda route: route.fulfill(**given))
    reader.tick(SHEET)
    reader.send()
    expect(reader.page.locator(GUIDANCE)).to_have_count(1)
    reader.change()
    assert reader.sheet() == SHEET
    assert len(reader.asked) == 1
