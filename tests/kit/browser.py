"""Browsers. `Reader` is someone with a page in the shared Chromium, which starts fast. `Chromium` and `Firefox` are
started by hand with a new profile folder, as a reader's own is: playwright's launch would switch off the back/forward
cache and session restore. Chromium is driven by CDP, Firefox by Marionette."""

import json
import os
import signal
import socket
import subprocess
import time
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Error, Locator, Page, Playwright, sync_playwright
from pypdfium2 import PdfDocument

CHROMIUM = {
    "executable_path": "/usr/bin/chromium",
    "args": ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"],
}
# The same engine without windows, menus and services. Where it is installed, the tests take much less processor time.
SHELL = Path("/usr/bin/chromium-headless-shell")
BARE_CHROMIUM = {**CHROMIUM, **({"executable_path": str(SHELL)} if SHELL.exists() else {})}
PHONE, SMALL, DESKTOP = {"width": 360, "height": 740}, {"width": 320, "height": 640}, {"width": 1280, "height": 900}
ZOOMED = {"width": 320, "height": 256}  # what 1280 x 1024 comes down to at 400 % zoom
PATIENCE = 60  # seconds: two cores may be shared by many
GUARD = 0.5  # seconds after a change of the page in which a click does nothing

FORM, SEND, CHANGE, LEAVE = "#form", "#form button:not([type])", "[data-change] button", "#leave"
GUIDANCE, ERRORS = "#sheet", "#check"


def until(wanted: Callable[[], Any], what: str) -> Any:
    """What `wanted` gives as soon as it is true."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if found := wanted():
            return found
        time.sleep(0.05)
    raise TimeoutError(what)


def unspaced(text: str) -> str:
    """Without ligatures, spaces and soft breaks: a PDF has its own."""
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


def printed_pages(pdf: bytes) -> list[str]:
    """The text of each page of a PDF, unspaced."""
    with closing(PdfDocument(pdf)) as document:
        texts = [page.get_textpage().get_text_range() for page in document]
    return [unspaced(text.replace("\ufffe", "-")) for text in texts]  # what PDFium has for a hyphen that ends a line


# --- A reader with a page in the shared Chromium ----------------------------------------------------------------------


class Reader:
    """Someone with a page in a profile of their own. The methods are what a reader does; `page` is playwright's.

    Arguments: the shared browser, the address of the site, whether script runs, the size of the screen, and whatever
    else playwright's new_context() takes.
    """

    def __init__(
        self, browser: Browser, address: str, *, script: bool = True, viewport: Mapping = PHONE, **options: Any
    ) -> None:
        self.script, self.address = script, address
        self.context = browser.new_context(base_url=address, java_script_enabled=script, viewport=viewport, **options)
        self.context.set_default_timeout(1000 * PATIENCE)
        self.asked: list[tuple[str, str]] = []  # method and address of each request
        self.complaints: list[str] = []
        self.context.on("request", lambda request: self.asked.append((request.method, request.url)))
        self.context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        self.context.on("console", self._hear)
        self.page = self.context.new_page()
        self._changed = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.context.close()

    def _hear(self, message: ConsoleMessage) -> None:
        if "status of 422" not in message.text:  # Chromium calls each of them a failure to load
            self.complaints.append(f"{message.type}: {message.text}")

    def open(self, path: str) -> None:
        self.page.goto(path)
        self._changed = 0.0  # on a new page each click counts

    def box(self, question: str, answer: str) -> Locator:
        return self.page.locator(f'input[name="q_{question}"][value="{answer}"]')

    def tick(self, sheet: Mapping[str, Sequence[str]]) -> None:
        self.rest()
        for question, answers in sheet.items():
            for answer in answers:
                self.box(question, answer).check()

    def sheet(self) -> dict[str, list[str]]:
        """The answers as the form stands."""
        return self.page.evaluate(SHEET)

    def rest(self) -> None:
        """Until a click counts again."""
        time.sleep(max(0.0, self._changed + 1.1 * GUARD - time.monotonic()))

    def press(self, button: str | Locator, sends: bool | None = None) -> None:
        """Press the last match, wait for the next page. `sends`: whether the form is sent (None: if script is off)."""
        self.rest()
        found = self.page.locator(button).last if isinstance(button, str) else button
        if not self.script if sends is None else sends:
            with self.page.expect_navigation():
                found.click()
            self._changed = 0.0
        else:
            found.click()
            self._come()
            self._changed = time.monotonic()

    def send(self, sends: bool | None = None) -> None:
        self.press(SEND, sends)

    def change(self, sends: bool | None = None) -> None:
        self.press(CHANGE, sends)

    def back(self) -> None:
        """Back to the form, by the browser's own button."""
        self._go("back", FORM)

    def forward(self) -> None:
        self._go("forward", GUIDANCE)

    def _go(self, way: str, shows: str) -> None:
        self.page.evaluate(f"() => history.{way}()")
        self.page.wait_for_selector(shows)
        self._come()
        self._changed = time.monotonic()

    def _come(self) -> None:
        """Until what a change of the page has replaced is gone."""
        self.page.wait_for_function("() => !document.querySelector('main > .going')")

    def lead(self) -> str:
        """The words of the first heading."""
        return self.page.locator("main h1:visible").inner_text()

    def faults(self) -> list[str]:
        """What may never happen, whatever the journey was."""
        site = urlsplit(self.address)[:2]
        no_sites = ("data", ""), ("tel", ""), ("file", "")
        away = [url for _, url in self.asked if urlsplit(url)[:2] not in (site, *no_sites)]
        found = [f"asked another site: {url}" for url in away]
        found += [f"an answer in an address: {url}" for _, url in self.asked if "q_" in url]
        found += [f"sent: {method} {url}" for method, url in self.asked if self.script and method != "GET"]
        found += [f"a cookie: {cookie}" for cookie in self.context.cookies()]
        kept = self.context.storage_state(indexed_db=True)
        return found + self.complaints + ([] if kept == {"cookies": [], "origins": []} else [f"stored: {kept}"])


SHEET = """() => {
    const sheet = {};
    for (const input of document.querySelectorAll("fieldset input:checked")) {
        if (input.value) (sheet[input.name.slice(2)] = sheet[input.name.slice(2)] || []).push(input.value);
    }
    return sheet;
}"""


# --- Browsers with a profile of their own -----------------------------------------------------------------------------


class RealBrowser:
    """A browser with a profile of its own. All that it writes goes to `folder` and to `temporary`. One tab is driven.

    Arguments: the folder, the address of the site, whether the reader's browser runs script, how to trust the site's
    certificate, and the environment of a screen, if it is to have a window.
    """

    name: str
    path: str

    def __init__(
        self, folder: Path, origin: str, script: bool = True, trusted: str = "", screen: Mapping[str, str] | None = None
    ) -> None:
        self.folder = folder
        self.profile = folder / "profile"
        self.origin = origin
        self.script = script
        self.trusted = trusted
        self.screen = screen or {}
        self.processes: list[subprocess.Popen] = []
        self.temporary = TemporaryDirectory(prefix="browser-")  # not in the folder: its sockets need short names
        folder.mkdir(parents=True, exist_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Whatever happened, no process is left."""
        self.kill()
        self.temporary.cleanup()

    def _run(self, *arguments: str) -> None:
        """Start the browser. Its home and what it prints are in the folder too."""
        env = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
        env |= {"HOME": str(self.folder), "TMPDIR": self.temporary.name, **self.screen}
        with (self.folder / "printed").open("ab") as printed:
            command = [self.path, *arguments]
            self.processes = [
                subprocess.Popen(command, env=env, stdout=printed, stderr=printed, start_new_session=True)
            ]

    def _end(self) -> None:
        with suppress(subprocess.TimeoutExpired):
            self.processes[0].wait(PATIENCE)
        self.kill()

    def kill(self) -> None:
        """As a power cut would: nothing can be tidied up."""
        for process in self.processes:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self.processes = []

    def wait_for(self, css: str) -> None:
        until(lambda: self.count(css), f"{self.name} never showed {css}")

    def start(self, restore: bool = False) -> None:
        """Start with an empty tab, or with the tabs of the last time."""
        raise NotImplementedError

    def open(self, path: str) -> None:
        raise NotImplementedError

    def count(self, css: str) -> int:
        raise NotImplementedError

    def click(self, css: str) -> None:
        """Click the first of these with the mouse."""
        raise NotImplementedError

    def url(self) -> str:
        raise NotImplementedError

    def go(self, delta: int) -> None:
        """Go back or forward, and be there."""
        raise NotImplementedError

    def reload(self) -> None:
        """Reload; where the browser asks whether to send the answers again, say yes."""
        raise NotImplementedError

    def close_tab(self) -> None:
        raise NotImplementedError

    def close(self) -> None:
        """Close the browser, as its own menu would."""
        raise NotImplementedError


class Chromium(RealBrowser):
    name = "Chromium"
    path = str(CHROMIUM["executable_path"])
    page: Page
    _driver: Playwright | None = None

    def start(self, restore: bool = False) -> None:
        preferences = self.profile / "Default" / "Preferences"
        if restore:
            after = json.loads(preferences.read_text())
            after["profile"]["exit_type"] = "Normal"  # after a power cut it would ask; the reader says yes
            preferences.write_text(json.dumps(after))
        else:
            preferences.parent.mkdir(parents=True)
            choice = {} if self.script else {"default_content_setting_values": {"javascript": 2}}
            preferences.write_text(json.dumps({"profile": choice}))
        port = self.profile / "DevToolsActivePort"
        port.unlink(missing_ok=True)
        flags = [*CHROMIUM["args"], "--disable-component-update", "--disable-sync", "--remote-debugging-port=0"]
        flags += ["--password-store=basic"]  # its key is no secret, so that the search can open what is encrypted
        flags += [f"--ignore-certificate-errors-spki-list={self.trusted}"] if self.trusted else []
        flags += [] if self.screen else ["--headless=new"]
        self._run(f"--user-data-dir={self.profile}", *flags, "--restore-last-session" if restore else "about:blank")
        until(lambda: port.exists() and port.read_text().count("\n"), "Chromium did not start")
        self._driver = sync_playwright().start()
        self._browser = until(partial(self._connected, port.read_text().split()[0]), "Chromium takes no orders")
        pages = until(lambda: self._browser.contexts[0].pages, "Chromium has no tab")
        self.page = next((page for page in pages if page.url.startswith(self.origin)), pages[-1])

    def _connected(self, port: str) -> Browser | None:
        """playwright waits without end for a tab that changes while it looks; a second look finds it."""
        with suppress(Error):
            return self._driver.chromium.connect_over_cdp(f"http://127.0.0.1:{port}", timeout=15_000)
        return None

    def _send(self, command: str, **given: Any) -> dict:
        session = self.page.context.new_cdp_session(self.page)  # a session does not outlive every change of page
        try:
            return session.send(command, given)
        finally:
            with suppress(Error):
                session.detach()

    def open(self, path: str) -> None:
        self.page.goto(self.origin + path, wait_until="commit", timeout=1000 * PATIENCE)

    def count(self, css: str) -> int:
        try:
            return self.page.locator(css).count()
        except Error:  # between two pages
            return 0

    def click(self, css: str) -> None:
        self.page.locator(css).first.click(timeout=1000 * PATIENCE, no_wait_after=True)

    def url(self) -> str:
        return self.page.url

    def go(self, delta: int) -> None:
        history = self._send("Page.getNavigationHistory")
        there = history["currentIndex"] + delta
        self._send("Page.navigateToHistoryEntry", entryId=history["entries"][there]["id"])

        def arrived() -> bool:
            try:
                return self._send("Page.getNavigationHistory")["currentIndex"] == there
            except Error:
                return False

        until(arrived, "Chromium went nowhere")

    def reload(self) -> None:
        with suppress(Error):  # the session may end with the page
            self._send("Page.reload")

    def close_tab(self) -> None:
        page, self.page = self.page, self.page.context.new_page()
        page.close()

    def close(self) -> None:
        with suppress(Error):
            self._browser.new_browser_cdp_session().send("Browser.close")
        self._end()

    def kill(self) -> None:
        if self._driver:
            self._driver.stop()
            self._driver = None
        super().kill()


class Firefox(RealBrowser):
    name = "Firefox"
    path = "/usr/bin/firefox-esr"
    _socket: socket.socket | None = None
    PREFERENCES: dict[str, Any] = {  # noqa: RUF012
        "marionette.port": 0,  # any that is free
        "remote.prefs.recommended": False,  # a driven Firefox would switch off session restore and more
        "browser.startup.page": 3,  # brings back the tabs of the last time
        "browser.sessionstore.interval": 1000,  # milliseconds, not 15,000: what it would write, it writes while we look
        "dom.input_events.security.minNumTicks": 0,  # a click right after a page has come counts
        "dom.input_events.security.minTimeElapsedInMS": 0,
        "general.smoothScroll": False,  # a wheel that was turned has done its work
        "browser.aboutwelcome.enabled": False,
        "browser.shell.checkDefaultBrowser": False,
        "browser.startup.homepage_override.mstone": "ignore",
        "browser.warnOnQuit": False,
        # no calls to the maker's servers
        "app.normandy.enabled": False,
        "app.update.enabled": False,
        "browser.region.network.url": "",
        "browser.safebrowsing.malware.enabled": False,
        "browser.safebrowsing.phishing.enabled": False,
        "datareporting.policy.dataSubmissionEnabled": False,
        "extensions.update.enabled": False,
        "network.captive-portal-service.enabled": False,
        "network.connectivity-service.enabled": False,
        "services.settings.server": "data:,",
    }

    def start(self, restore: bool = False) -> None:
        if not self.profile.exists():
            self.profile.mkdir()
            chosen = self.PREFERENCES | {"javascript.enabled": self.script}
            lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in chosen.items()]
            (self.profile / "user.js").write_text("".join(lines))
        port = self.profile / "MarionetteActivePort"
        port.unlink(missing_ok=True)
        self._run(
            *([] if self.screen else ["--headless"]),
            *("--no-remote", "--marionette", "--profile", str(self.profile)),
            *([] if restore else ["about:blank"]),
        )
        until(lambda: port.exists() and port.read_text(), "Firefox did not start")
        self._socket = socket.create_connection(("127.0.0.1", int(port.read_text())), timeout=2 * PATIENCE)
        self._said = self._socket.makefile("rb")
        self._hear()
        settings = {"pageLoadStrategy": "none", "acceptInsecureCerts": True, "unhandledPromptBehavior": "ignore"}
        self._order("WebDriver:NewSession", **settings)
        for tab in self._order("WebDriver:GetWindowHandles"):
            self._order("WebDriver:SwitchToWindow", handle=tab, focus=False)
            if self.url().startswith(self.origin):
                break

    def _hear(self) -> Any:
        size = b""
        while not size.endswith(b":"):
            size += self._said.read(1) or self._gone()
        return json.loads(self._said.read(int(size[:-1])))

    def _gone(self) -> bytes:
        raise RuntimeError("Firefox is gone")

    def _order(self, order: str, **given: Any) -> Any:
        """Marionette, Firefox's own way to be driven, takes orders also where the reader's script is off."""
        text = json.dumps([0, 0, order, given]).encode()
        self._socket.sendall(b"%d:%s" % (len(text), text))
        _, _, error, answer = self._hear()
        if error:
            raise RuntimeError(f"{order}: {error['error']}: {error['message']}")
        return answer["value"] if isinstance(answer, dict) and "value" in answer else answer

    def run(self, script: str, *arguments: Any) -> Any:
        """What the body of a function gives, awaited."""
        script = f"return (async function () {{ {script} }})(...arguments)"
        return self._order("WebDriver:ExecuteScript", script=script, args=arguments)

    def _find(self, css: str) -> list[str]:
        found = self._order("WebDriver:FindElements", using="css selector", value=css)
        return [name for element in found for name in element.values()]

    def open(self, path: str) -> None:
        self._order("WebDriver:Navigate", url=self.origin + path)

    def count(self, css: str) -> int:
        try:
            return len(self._find(css))
        except RuntimeError:  # between two pages
            return 0

    def click(self, css: str) -> None:
        self.wait_for(css)

        def clicked() -> bool:
            try:
                self._order("WebDriver:ElementClick", id=self._find(css)[0])
            except RuntimeError:  # it is under the bar at the top
                up = {"type": "scroll", "x": 200, "y": 400, "deltaX": 0, "deltaY": -200}
                self._order("WebDriver:PerformActions", actions=[{"type": "wheel", "id": "wheel", "actions": [up]}])
                return False
            return True

        until(clicked, f"Firefox could not click {css}")

    def url(self) -> str:
        return self._order("WebDriver:GetCurrentURL")

    def go(self, delta: int) -> None:
        self._order("WebDriver:Back" if delta < 0 else "WebDriver:Forward")

    def reload(self) -> None:
        with suppress(RuntimeError):
            self._order("WebDriver:Refresh")
        time.sleep(1)
        with suppress(RuntimeError):  # it did not ask
            self._order("WebDriver:AcceptAlert")

    def close_tab(self) -> None:
        other = self._order("WebDriver:NewWindow", type="tab", focus=True)["handle"]
        self._order("WebDriver:CloseWindow")
        self._order("WebDriver:SwitchToWindow", handle=other)

    def close(self) -> None:
        self._order("Marionette:Quit", flags=["eAttemptQuit"])
        self._end()

    def kill(self) -> None:
        super().kill()
        if self._socket:
            self._said.close()
            self._socket.close()


BROWSERS: tuple[type[RealBrowser], ...] = (Chromium, Firefox)
