"""First paint in Chromium as on an old phone with a weak signal: 150 ms round trip, 1.6 Mbit/s, a slow processor."""

from playwright.sync_api import sync_playwright

from app import create_app
from checks.bench.load import row
from tests.kit.browser import CHROMIUM, PHONE
from tests.kit.server import running

SLOW = {"offline": False, "latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 0.75e6 / 8}
MEASURE = """() => new Promise(done => {
  let shift = 0;
  new PerformanceObserver(list => list.getEntries().forEach(e => { if (!e.hadRecentInput) shift += e.value; }))
    .observe({type: "layout-shift", buffered: true});
  setTimeout(() => {
    const blocking = performance.getEntriesByType("resource").filter(r => r.renderBlockingStatus === "blocking");
    const paint = performance.getEntriesByName("first-contentful-paint")[0].startTime;
    done([paint, shift, blocking.map(r => r.name.split("/").pop())]);
  }, 500);
})"""


def main() -> None:
    with running(create_app()) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(**CHROMIUM)
        for path in ("/", "/self"):
            found = []
            for _ in range(5):
                context = browser.new_context(viewport=PHONE)  # an empty cache each time
                page = context.new_page()
                devtools = context.new_cdp_session(page)
                devtools.send("Network.enable")
                devtools.send("Network.emulateNetworkConditions", SLOW)
                devtools.send("Emulation.setCPUThrottlingRate", {"rate": 4})
                page.goto(address + path)
                found.append(page.evaluate(MEASURE))
                context.close()
            paint, shift, blocking = sorted(found)[2]
            row(f"first contentful paint of {path}, slow phone", f"{paint:.0f} ms", "two round trips")
            row(f"layout shift of {path}", f"{shift:.3f}", "none", ok=shift == 0)
            row(
                f"what blocks {path} besides its HTML",
                ", ".join(blocking),
                "its stylesheet",
                ok=blocking == ["style.css"],
            )
        browser.close()


if __name__ == "__main__":
    main()
