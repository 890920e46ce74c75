"""With script, nothing that a reader answers leaves the browser."""

from urllib.parse import urlsplit

import pytest

from tests.kit.browser import ERRORS, GUIDANCE, Reader
from tests.kit.pages import Sheet, answers_with, nothing_noticed
from tests.kit.server import Recorded, running


@pytest.fixture
def recorded(prerendered) -> Recorded:
    return Recorded(prerendered)


def one_of_each_care(edition) -> dict[str, Sheet]:
    return {
        **{care: answers_with(edition, care)[0] for care in ("soon", "today", "emergency")},
        "nothing": nothing_noticed(edition),
    }


def test_whole_journeys_work_after_the_line_is_cut_and_ask_for_nothing(audience, edition, browser, recorded):
    """The server is gone as soon as the page is there: the form, a faulty sheet, guidance, change, Back and Forward."""
    words = edition.words
    with running(recorded) as address:
        reader = Reader(browser, address)
        reader.open("/")
        reader.page.locator(f"main a[href='/{audience}']").click()
        reader.page.wait_for_load_state()
        title = reader.page.title()
    with reader:
        reader.context.set_offline(True)
        reader.send()
        assert reader.page.locator(f"{ERRORS} li").all_inner_texts() == [words.form.errors.empty]
        for care, sheet in one_of_each_care(edition).items():
            reader.tick(sheet)
            urgent = care == "emergency"
            for go, come_back in [(reader.send, reader.change), (reader.forward, reader.back)][: 1 + urgent]:
                go()
                assert reader.lead() == (words.guidance.emergency if urgent else words.guidance).heading
                assert reader.page.locator(GUIDANCE).count() == 1
                come_back()
                assert reader.sheet() == sheet
            reader.press("#clear")
        assert reader.page.title() == title
        assert recorded.asked == ["GET /", f"GET /{audience}"]
        assert [url for _, url in reader.asked] == [f"{address}/", f"{address}/{audience}"]
        assert reader.faults() == []


def test_every_page_is_one_response(reader):
    for path in ("/", "/self", "/help", "/about", "/privacy", "/counselor/guide", "/nowhere"):
        reader.asked.clear()
        reader.open(path)
        assert [urlsplit(url).path for _, url in reader.asked] == [path]
    reader.complaints.clear()  # a page that is not there is a complaint to Chromium


# Each way that a page has to send something, to our own server or to another.
WAYS = {
    "fetch": "fetch(to, {method: 'POST', body: 'seizure', mode: 'no-cors'})",
    "XMLHttpRequest": "new Promise((done, no) => { const ask = new XMLHttpRequest(); ask.open('POST', to);"
    " ask.onload = done; ask.onerror = no; ask.send('seizure'); })",
    "sendBeacon": "navigator.sendBeacon(to, 'seizure')",
    "image": "new Promise((done, no) => { const image = new Image(); image.onload = done; image.onerror = no;"
    " image.src = to + '?seizure'; })",
    "WebSocket": "new Promise((done, no) => { const line = new WebSocket(to.replace('http', 'ws'));"
    " line.onopen = done; line.onerror = no; })",
    "EventSource": "new Promise((done, no) => { const line = new EventSource(to); line.onopen = done;"
    " line.onerror = no; })",
    "frame": "new Promise((done) => { const frame = document.createElement('iframe'); frame.src = to + '?seizure';"
    " frame.onload = done; document.body.append(frame); })",
    "style": "new Promise((done, no) => { const link = document.createElement('link'); link.rel = 'stylesheet';"
    " link.onload = done; link.onerror = no; link.href = to + '?seizure'; document.head.append(link); })",
    "script": "new Promise((done, no) => { const one = document.createElement('script'); one.onload = done;"
    " one.onerror = no; one.src = to + '?seizure'; document.head.append(one); })",
    "prefetch": "new Promise((done, no) => { const link = document.createElement('link'); link.rel = 'prefetch';"
    " link.onload = done; link.onerror = no; link.href = to + '?seizure'; document.head.append(link); })",
    "worker": "new Promise((done, no) => { const one = new Worker(to); one.onmessage = done; one.onerror = no; })",
    "media": "new Promise((done, no) => { const one = new Audio(to + '?seizure'); one.onloadeddata = done;"
    " one.onerror = no; })",
    "font": "new FontFace('one', `url(${to}?seizure)`).load()",
}
TRY = """([how, to]) => new Promise((done) => {
    addEventListener("securitypolicyviolation", (event) => done("refused: " + event.effectiveDirective));
    const tried = async () => HOW;
    tried().catch((error) => done("failed: " + error.name));
    setTimeout(() => done("nothing happened"), 1000);
})"""


@pytest.mark.parametrize("site", ["ours", "another"])
@pytest.mark.parametrize("shown", ["the form", "the guidance"])
def test_the_page_can_send_nothing_but_its_form(shown, site, browser, recorded):
    other = Recorded(lambda environ, start_response: start_response("200 OK", []) and [b""])
    with running(recorded) as address, running(other) as elsewhere, Reader(browser, address) as reader:
        reader.open("/self")
        if shown == "the guidance":
            reader.tick({"symptoms": ["seizure"]})
            reader.send()
        to = f"{address if site == 'ours' else elsewhere}/self"
        told = {}
        for way, how in WAYS.items():
            told[way] = reader.page.evaluate(TRY.replace("HOW", how), [way, to])
        assert {way: said for way, said in told.items() if not said.startswith(("refused: ", "failed: "))} == {}
        assert recorded.asked == ["GET /self"]
        assert other.asked == []


@pytest.mark.parametrize("how", ["requestSubmit", "submit"])
def test_a_form_is_sent_to_no_other_site(how, browser, recorded):
    other = Recorded(lambda environ, start_response: start_response("200 OK", []) and [b""])
    with running(recorded) as address, running(other) as elsewhere, Reader(browser, address) as reader:
        reader.open("/self")
        refused = reader.page.evaluate(
            """([how, to]) => new Promise((done) => {
                addEventListener("securitypolicyviolation", (event) => done(event.effectiveDirective));
                addEventListener("submit", (event) => event.stopImmediatePropagation(), true);  // ours would answer it
                const form = document.createElement("form");
                form.method = "post";
                form.action = to;
                form.innerHTML = "<input name=q_symptoms value=seizure>";
                document.body.append(form);
                form[how]();
                setTimeout(() => done("nothing happened"), 3000);
            })""",
            [how, elsewhere],
        )
        assert refused == "form-action"
        assert other.asked == []
