"""Browsers that playwright does not drive: Chromium as it was years ago, by its DevTools protocol, and WebKit, by
WebDriver. Both press with a real mouse and real keys. What is run in a page must be JavaScript of 2018."""

import base64
import itertools
import json
import os
import re
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.request
from contextlib import ExitStack, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple, Self

from websocket import WebSocket, create_connection

from tests.kit.browser import GUARD, SHEET, until
from tests.kit.screen import screen
from tests.kit.server import ROOT, free_port, missing

OLD_CHROMIUM = ROOT / "checks/tools/chromium"  # a folder for each version, filled by checks/tools/old-chromium.mjs
WEBKIT_WINDOW = Path(__file__).with_name("webkit_window.py")
FIRST, LAST = 0, -1


class Key(NamedTuple):
    code: int  # for the DevTools protocol
    unicode: str  # for WebDriver
    text: str = ""


KEYS = {
    "Tab": Key(9, "\ue004"),
    "Enter": Key(13, "\ue007", "\r"),
    "Escape": Key(27, "\ue00c"),
    " ": Key(32, " ", " "),
    "ArrowDown": Key(40, "\ue015"),
}

# The visible matches. WebKit gives boxes to folded content, too.
SEEN = """Array.from(document.querySelectorAll(css)).filter((element) =>
    element.getClientRects().length && !element.closest("details:not([open]) > :not(summary), .hidden, .going"))"""

# What a press in the middle of an element hits instead of it or its label; "" if it hits them.
OVER = """(element, at) => {
    const hit = document.elementFromPoint(at.x, at.y);
    const label = element.id && document.querySelector(`label[for="${element.id}"]`);
    const own = hit && (element.contains(hit) || (label && label.contains(hit)));
    return own ? "" : hit ? hit.outerHTML.slice(0, 80) : "nothing";
}"""
PLACE = """(element) => {
    element.scrollIntoView({block: "center"});
    const box = element.getClientRects()[0];
    return {x: box.left + box.width / 2, y: box.top + box.height / 2};
}"""
MIDDLE = f"""(css, nth) => {{
    const all = {SEEN}, element = all[nth < 0 ? all.length + nth : nth];
    if (!element) return null;
    const at = ({PLACE})(element);
    return Object.assign(at, {{over: ({OVER})(element, at)}});
}}"""
COVERED = f"""(css) => {SEEN}.map((element) => [element, ({OVER})(element, ({PLACE})(element))])
    .filter((pair) => pair[1]).map((pair) => `${{pair[0].outerHTML.slice(0, 80)}} is under ${{pair[1]}}`)"""


class Engine:
    """A reader's browser with one page, on a phone of 360 x 640. `origin` is the address of the site."""

    name: str

    def __init__(self, origin: str, dark: bool = False) -> None:
        self.origin = origin
        self.dark = dark
        self.complaints: list[str] = []  # what it wrote into its console; WebKit tells nobody
        self.processes: list[subprocess.Popen] = []
        self.stack = ExitStack()
        self.temporary = TemporaryDirectory(prefix="engine-")
        self.folder = Path(self.temporary.name)
        self.changed = 0.0

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for process in reversed(self.processes):
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self.stack.close()
        with suppress(OSError):  # the last processes still write
            self.temporary.cleanup()

    def __repr__(self) -> str:
        return self.name

    def _run(self, *command: str, **env: str) -> subprocess.Popen:
        """Start a program. All that it writes and says is in the folder."""
        own = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
        own |= {"HOME": self.temporary.name, **env}
        with (self.folder / f"said-{len(self.processes)}").open("wb") as said:
            process = subprocess.Popen(command, env=own, stdout=said, stderr=said, start_new_session=True)
        self.processes.append(process)
        return process

    # What each does in its own way.

    def start(self) -> None:
        raise NotImplementedError

    def go(self, url: str) -> None:
        raise NotImplementedError

    def history(self, delta: int) -> None:
        raise NotImplementedError

    def run(self, function: str, *arguments: object) -> Any:
        """What a function of JavaScript gives for these arguments."""
        raise NotImplementedError

    def click(self, x: float, y: float) -> None:
        raise NotImplementedError

    def key(self, name: str) -> None:
        raise NotImplementedError

    def resize(self, width: int, height: int) -> None:
        raise NotImplementedError

    def picture(self) -> bytes:
        """A PNG of what is in view."""
        raise NotImplementedError

    def printed(self) -> bytes:
        """The page on paper, as PDF."""
        raise NotImplementedError

    # What is the same for all.

    def open(self, path: str) -> None:
        self.go(self.origin + path)
        self.changed = 0.0

    def press(self, css: str, nth: int = LAST, changes: bool = True) -> None:
        """Press the middle of a visible match, as soon as presses count; fail if it hits another element.

        changes: whether another page comes up, which ignores presses for a moment.
        """
        time.sleep(max(0.0, self.changed + 1.2 * GUARD - time.monotonic()))
        at = until(lambda: self.run(MIDDLE, css, nth), f"{self} never showed {css}")
        assert not at["over"], f"{self}: a tap on {css} hits {at['over']}"
        self.click(at["x"], at["y"])
        if changes:
            self.changed = time.monotonic()

    def covered(self, css: str) -> list[str]:
        """The visible matches whose middle is covered, each with what covers it."""
        return self.run(COVERED, css)

    def count(self, css: str) -> int:
        """How many of these are to be seen."""
        try:
            return self.run(f"css => {SEEN}.length", css)
        except EngineError:  # between two pages
            return 0

    def wait_for(self, css: str) -> None:
        until(lambda: self.count(css), f"{self} never showed {css}")
        self.changed = time.monotonic()

    def text(self, css: str) -> str:
        """The words of the first of these that is to be seen."""
        first = (
            "css => Array.from(document.querySelectorAll(css)).filter((e) => e.getClientRects().length)[0].innerText"
        )
        return self.run(first, css).strip()

    def sheet(self) -> dict[str, list[str]]:
        """The answers as the form stands."""
        return self.run(SHEET)

    def url(self) -> str:
        return self.run("() => location.href")


class EngineError(Exception):
    """The browser could not do what it was told."""


class OldChromium(Engine):
    """`version` is that of the browser, such as 64. Without script, the page's own is off; ours still runs."""

    def __init__(self, version: int, origin: str, dark: bool = False, script: bool = True) -> None:
        super().__init__(origin, dark)
        self.version, self.script = version, script
        self.name = f"Chromium {version}"
        self._numbers = itertools.count()
        self._socket: WebSocket | None = None

    def start(self) -> None:
        path = OLD_CHROMIUM / str(self.version) / "chromium"
        if not path.exists():
            missing(f"Chromium {self.version}", f"node checks/tools/old-chromium.mjs {self.version}")
        self._run(
            str(path),
            *("--headless", "--no-sandbox", "--disable-gpu", "--no-zygote"),
            *("--remote-debugging-port=0", f"--user-data-dir={self.folder / 'profile'}", "--window-size=360,640"),
            "about:blank",
        )
        said = self.folder / "said-0"
        found = until(lambda: re.search(r"ws://([\d.:]+)/", said.read_text()), f"{self} did not start")

        def page() -> str | None:
            with urllib.request.urlopen(f"http://{found[1]}/json", timeout=5) as answer:
                return next((tab["webSocketDebuggerUrl"] for tab in json.load(answer) if tab["type"] == "page"), None)

        self._socket = create_connection(until(page, f"{self} has no page"), timeout=30, suppress_origin=True)
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.order(f"{domain}.enable")
        if self.dark and self.version >= 79:  # none before can be told
            dark = {"name": "prefers-color-scheme", "value": "dark"}
            self.order("Emulation.setEmulatedMedia", features=[dark])
        if not self.script:
            self.order("Emulation.setScriptExecutionDisabled", value=True)
        self.resize(360, 640)

    def __exit__(self, *_: object) -> None:
        if self._socket:
            self._socket.close()
        super().__exit__()

    def order(self, method: str, **given: Any) -> dict:
        assert self._socket
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": given}))
        while True:
            said = json.loads(self._socket.recv())
            if said.get("id") == number:
                if "error" in said:
                    raise EngineError(f"{self}: {method}: {said['error']}")
                return said["result"]
            self._hear(said.get("method", ""), said.get("params", {}))

    def _hear(self, event: str, told: dict) -> None:
        if event == "Runtime.exceptionThrown":
            details = told["exceptionDetails"]
            self.complaints.append(details.get("exception", {}).get("description") or details["text"])
        elif event == "Log.entryAdded":
            self.complaints.append(f"{told['entry']['text']} {told['entry'].get('url', '')}".strip())
        elif event == "Runtime.consoleAPICalled":
            self.complaints.append(" ".join(str(given.get("value")) for given in told["args"]))

    def go(self, url: str) -> None:
        self.order("Page.navigate", url=url)
        arrived = "url => document.readyState === 'complete' && location.href === url"
        until(lambda: self._try(arrived, url), f"{self} never came to {url}")

    def _try(self, function: str, *arguments: object) -> Any:
        with suppress(EngineError):
            return self.run(function, *arguments)

    def history(self, delta: int) -> None:
        history = self.order("Page.getNavigationHistory")
        there = history["entries"][history["currentIndex"] + delta]
        self.order("Page.navigateToHistoryEntry", entryId=there["id"])
        self.changed = time.monotonic()

    def run(self, function: str, *arguments: object) -> Any:
        expression = f"({function})(...{json.dumps(arguments)})"
        result = self.order("Runtime.evaluate", expression=expression, returnByValue=True)
        if "exceptionDetails" in result:
            raise EngineError(f"{self}: {result['result'].get('description', result)}")
        return result["result"].get("value")

    def click(self, x: float, y: float) -> None:
        for kind in ("mousePressed", "mouseReleased"):
            self.order("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def key(self, name: str) -> None:
        key = KEYS[name]
        given = {"key": name, "code": "Space" if name == " " else name, "windowsVirtualKeyCode": key.code}
        down = {"type": "keyDown", "text": key.text} if key.text else {"type": "rawKeyDown"}
        self.order("Input.dispatchKeyEvent", **down, **given)
        self.order("Input.dispatchKeyEvent", type="keyUp", **given)

    def resize(self, width: int, height: int) -> None:
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.order("Emulation.setDeviceMetricsOverride", **size)

    def picture(self) -> bytes:
        return base64.b64decode(self.order("Page.captureScreenshot")["data"])

    def printed(self) -> bytes:
        return base64.b64decode(self.order("Page.printToPDF", paperWidth=8.5, paperHeight=11)["data"])


class WebKit(Engine):
    """WebKitGTK, whose engine is Safari's, in a window of its own on a screen that nobody sees."""

    name = "WebKit"

    def start(self) -> None:
        for command in ("dbus-run-session", "WebKitWebDriver", "/usr/bin/python3"):
            if not shutil.which(command):
                missing(command, "apt install webkit2gtk-driver gir1.2-webkit2-4.1 python3-gi dbus")
        self.port = free_port()
        env = self.stack.enter_context(screen()) | {
            "WEBKIT_FOLDER": self.temporary.name,
            "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1",  # for root, who has none
            "WEBKIT_DISABLE_COMPOSITING_MODE": "1",
            "LIBGL_ALWAYS_SOFTWARE": "1",
            "NO_AT_BRIDGE": "1",
            "GTK_THEME": "Adwaita:dark" if self.dark else "Adwaita",
        }
        driver = ("WebKitWebDriver", f"--port={self.port}", "--host=127.0.0.1")
        self._run("dbus-run-session", "--", *driver, **env)
        self.session = ""
        until(self._is_ready, "WebKitWebDriver did not start")
        window = {"webkitgtk:browserOptions": {"binary": str(WEBKIT_WINDOW), "args": []}}
        self.session = "/session/" + self.order("/session", capabilities={"alwaysMatch": window})["sessionId"]
        self.resize(360, 640)

    def _is_ready(self) -> bool:
        try:
            self.order("/status", "GET")
        except OSError:
            return False
        return True

    def order(self, path: str, method: str = "POST", **given: Any) -> Any:
        body = json.dumps(given).encode() if method == "POST" else None
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{self.session}{path}", body, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            told = json.load(error)["value"]
            raise EngineError(f"{self}: {path}: {told['error']}: {told['message']}") from error

    def go(self, url: str) -> None:
        self.order("/url", url=url)

    def history(self, delta: int) -> None:
        self.order("/back" if delta < 0 else "/forward")
        self.changed = time.monotonic()

    def run(self, function: str, *arguments: object) -> Any:
        expression = f"JSON.stringify(({function})(...{json.dumps(arguments)}))"
        (self.folder / "asked.js").write_text(expression)
        answer = self._ask_window(signal.SIGUSR2, "answered.json").decode()
        if answer.startswith("! "):
            raise EngineError(f"{self}: {answer}")
        return None if answer == "undefined" else json.loads(answer)

    def _ask_window(self, order: signal.Signals, answer: str) -> bytes:
        file = self.folder / answer
        file.unlink(missing_ok=True)
        os.kill(int((self.folder / "pid").read_text()), order)
        until(file.exists, f"{self} gave no {answer}")
        return file.read_bytes()

    def click(self, x: float, y: float) -> None:
        move = {"type": "pointerMove", "origin": "viewport", "x": round(x), "y": round(y), "duration": 0}
        press = [move, {"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}]
        self.order("/actions", actions=[{"type": "pointer", "id": "mouse", "actions": press}])

    def key(self, name: str) -> None:
        strokes = [{"type": kind, "value": KEYS[name].unicode} for kind in ("keyDown", "keyUp")]
        self.order("/actions", actions=[{"type": "key", "id": "keys", "actions": strokes}])

    def resize(self, width: int, height: int) -> None:
        self.order("/window/rect", width=width, height=height)
        until(lambda: self.run("() => innerWidth") == width, f"{self}: no window of {width} pixels")

    def picture(self) -> bytes:
        return base64.b64decode(self.order("/screenshot", "GET"))

    def printed(self) -> bytes:
        return self._ask_window(signal.SIGUSR1, "printed.pdf")
