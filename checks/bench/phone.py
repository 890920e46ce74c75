"""What a reader with an old phone and a weak signal meets: Chromium, slowed down, before the real server.

Of several first paints the shortest counts: whatever else the machine does can only add to it.
"""

import statistics
import zlib
from http.client import HTTPConnection

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from checks.bench.measure import row
from screening.load import load_content
from screening.model import AUDIENCES
from tests.kit.browser import CHROMIUM
from tests.kit.pages import Sheet, everything_soon, fields, one_of_each
from tests.kit.server import serving

# 150 ms for a round trip; bytes a second
SLOW_LINE = {"offline": False, "latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 0.75e6 / 8}
SHOW = "#form button:not([type])"
SLOWER = 6
WINDOW = 14_600  # bytes: ten segments, what a server may send before the first receipt comes back
PAINTED = """() => new Promise(done => {
  let shift = 0;
  new PerformanceObserver(list => list.getEntries().forEach(e => { if (!e.hadRecentInput) shift += e.value; }))
    .observe({type: "layout-shift", buffered: true});
  setTimeout(() => done([performance.getEntriesByName("first-contentful-paint")[0].startTime, shift]), 500);
})"""
# From the press to the frame that shows what came of it, as the browser itself counts it, in steps of 8 ms.
WATCH = """() => { window.presses = new Promise(done => {
  new PerformanceObserver(list => list.getEntries().filter(e => e.name === "click").forEach(e => done(e.duration)))
    .observe({type: "event", durationThreshold: 16});
}); }"""
TICK = """boxes => boxes.forEach(([name, value]) => {
  document.querySelector(`[name=${name}][value=${value}]`).checked = true;
})"""


def new_phone(browser: Browser, **slow: float) -> tuple[Page, CDPSession]:
    """A page with an empty cache. `processor`: how many times slower the CPU is; `line`: if the network is slow."""
    page = browser.new_context(viewport={"width": 360, "height": 740}).new_page()
    devtools = page.context.new_cdp_session(page)
    devtools.send("Network.enable")
    if slow.get("line"):
        devtools.send("Network.emulateNetworkConditions", SLOW_LINE)
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": slow.get("processor", 1)})
    return page, devtools


def journey(browser: Browser, address: str) -> None:
    page, devtools = new_phone(browser)
    finished: list[float] = []
    devtools.on("Network.loadingFinished", lambda event: finished.append(event["encodedDataLength"]))
    page.goto(address)
    page.locator("a[href='/self']").click()
    page.wait_for_selector("#whole", state="attached")
    page.evaluate(TICK, pairs(one_of_each(load_content()["self"])))
    page.locator(SHOW).last.click()
    page.wait_for_selector("#sheet, .emergency")
    page.wait_for_timeout(500)
    sent = [size for size in finished if size]  # the empty icon in the page counts as a request of no bytes
    row("start, form, guidance: requests", str(len(sent)), "2", ok=len(sent) == 2)
    row("start, form, guidance: bytes, with headers", f"{sum(sent) / 1000:.1f} kB", "40 kB", ok=sum(sent) <= 40_000)
    page.context.close()


def first_flight(port: int) -> None:
    for audience in AUDIENCES:
        connection = HTTPConnection("127.0.0.1", port)
        connection.request("GET", f"/{audience}", headers={"Accept-Encoding": "gzip"})
        response = connection.getresponse()
        head, body = len(str(response.headers)) + 40, response.read()
        connection.close()
        first = next(
            n for n in range(0, len(body), 100) if b"</fieldset>" in zlib.decompressobj(31).decompress(body[:n])
        )
        what = f"/{audience}: {(head + len(body)) / 1000:.1f} kB; the first question is whole after"
        row(what, f"{(head + first) / 1000:.1f} kB", f"{WINDOW / 1000} kB", ok=head + first <= WINDOW)


def pairs(sheet: Sheet) -> list[tuple[str, str]]:
    return [(name, value) for name, values in fields(sheet).items() for value in values]


def press(browser: Browser, address: str) -> None:
    """From pressing the button to the first screen of the guidance, on a processor six times slower than this one."""
    for audience, edition in load_content().items():
        sheet = everything_soon(edition)[0]
        seen = statistics.median(pressed(browser, f"{address}/{audience}", sheet) for _ in range(7))
        what = f"/{audience}: from press to a long guidance, processor {SLOWER}x slower"
        row(what, f"{seen:.0f} ms", "100 ms", ok=seen <= 100)


def pressed(browser: Browser, address: str, sheet: Sheet) -> float:
    """Milliseconds from pressing the button until the guidance is seen."""
    page, _ = new_phone(browser, processor=SLOWER)
    page.goto(address)
    page.evaluate(TICK, pairs(sheet))
    page.evaluate(WATCH)
    page.locator(SHOW).last.click()
    seen = page.evaluate("presses")
    page.context.close()
    return seen


def paint(browser: Browser, address: str) -> None:
    for path in ("/", "/self"):
        found = []
        for _ in range(5):
            page, _ = new_phone(browser, line=True, processor=4)
            page.goto(address + path)
            found.append(page.evaluate(PAINTED))
            page.context.close()
        first, shift = min(first for first, _ in found), max(shift for _, shift in found)
        what = f"{path}: first words seen, 150 ms, 1.6 Mbit/s, processor 4x slower"
        row(what, f"{first:.0f} ms", "1000 ms", ok=first <= 1000)
        row(f"{path}: what moves after it has been seen", f"{shift:.3f}", "0", ok=shift == 0)


def main() -> None:
    with serving() as server, sync_playwright() as playwright:
        address = f"http://127.0.0.1:{server.port}"
        browser = playwright.chromium.launch(**CHROMIUM)
        journey(browser, address)
        first_flight(server.port)
        press(browser, address)
        paint(browser, address)
        browser.close()


if __name__ == "__main__":
    main()
