"""Update the site while readers have forms open, and print what they got: `make update`, or `make update REF=v1`.

nginx stands before two instances of the older version, which are replaced one after the other by this folder's, as
docs/operating.md tells. Fails if a request fails, an answer is lost, or anything is sent where script runs.
"""
# ruff: noqa: T201 - a command prints

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from bs4 import BeautifulSoup
from playwright.sync_api import sync_playwright

from tests.kit.browser import CHROMIUM, GUIDANCE, Reader
from tests.kit.pages import AUDIENCE_PATHS, LANGUAGES, carried, checked, root
from tests.kit.server import ROOT, ask, free_port
from tests.kit.site import NAME, Site, site

OLDER = "HEAD~15"
READERS = 6
HOLDING = 60  # forms that are opened before the update and sent after it
FORMS = [f"{root(language)}{path}" for language in LANGUAGES for path in AUDIENCE_PATHS]
Fields = dict[str, list[str]]


class Instance:
    """One of those behind nginx, on a port that it keeps from version to version."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.process = self._start(folder)

    def _start(self, folder: Path) -> subprocess.Popen:
        known = {name: value for name, value in os.environ.items() if not name.startswith("SCREENING_")}
        process = subprocess.Popen(
            [sys.executable, "app.py"], cwd=folder, env={**known, "PORT": str(self.port)}, stdout=subprocess.DEVNULL
        )
        while process.poll() is None:
            with suppress(OSError):
                if ask(self.port)[0] == 200:
                    return process
            time.sleep(0.05)
        sys.exit(f"The version in {folder} does not start.")

    def replace(self, folder: Path) -> None:
        """As `systemctl restart` does it: end the old, and wait until the new one answers."""
        self.end()
        self.process = self._start(folder)

    def end(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(10)


class Readers:
    """Readers without script. They note what they get."""

    def __init__(self, front: Site) -> None:
        self.front = front
        self.got: Counter[str] = Counter()
        self.faults: list[str] = []
        self.longest = 0.0
        self.addresses = (f"127.1.{block}.{number}" for block in range(250) for number in range(1, 250))
        self.lock = threading.Lock()

    def ask(self, path: str, sheet: Fields | None = None) -> tuple[int, BeautifulSoup]:
        with self.lock:
            source = next(self.addresses)
        started = time.monotonic()
        try:
            response, body = self.front.ask(path, sheet, source=source)
            status, text = response.status, body.decode()
        except OSError as error:
            status, text = 0, ""
            self.faults.append(f"{path}: {error!r}")
        with self.lock:
            self.longest = max(self.longest, time.monotonic() - started)
            self.got[f"{'GET' if sheet is None else 'POST'} {status}"] += 1
        if status not in (200, 422) or not text.rstrip().endswith("</html>"):
            self.faults.append(f"{path}: {status}, {len(text)} characters")
        return status, BeautifulSoup(text, "html.parser")

    def open_form(self) -> tuple[str, Fields]:
        """A form, and an answer to each of its questions."""
        path = random.choice(FORMS)
        _, soup = self.ask(path)
        sheet = carried(soup)
        for fieldset in soup.select("main form fieldset"):
            boxes = [box for box in fieldset.select("input") if box.get("value")]
            if boxes:
                chosen = random.choice(boxes)
                sheet[str(chosen["name"])] = [str(chosen["value"])]
        return path, sheet

    def send(self, path: str, sheet: Fields) -> None:
        """Every answer must be on the page that comes: in the guidance's hidden inputs, or ticked in the form."""
        status, soup = self.ask(path, sheet)
        sent = {(name, value) for name, values in sheet.items() if name.startswith("q_") for value in values}
        if status == 200:
            kept = {(name, value) for name, values in carried(soup).items() for value in values}
        else:
            kept = {(f"q_{name}", value) for name, values in checked(soup).items() for value in values}
            offered = {(str(box["name"]), str(box["value"])) for box in soup.select("fieldset input[name][value]")}
            self.got["answers that the new version no longer has"] += len(sent - offered)
            sent &= offered
        if lost := sent - kept:
            self.faults.append(f"{path}: lost {lost}")

    def go_on(self, until: threading.Event) -> None:
        while not until.is_set():
            path, sheet = self.open_form()
            time.sleep(random.uniform(0, 0.5))
            self.send(path, sheet)


def older_version(ref: str, folder: Path) -> Path:
    """The files of that commit, with one question under another id, so that the versions differ in what they ask."""
    packed = subprocess.run(["git", "archive", ref], cwd=ROOT, check=True, capture_output=True).stdout
    subprocess.run(["tar", "-x", "-C", folder], input=packed, check=True)
    questions = folder / "screening/questions.yaml"
    questions.write_text(questions.read_text().replace("- id: on_your_mind", "- id: on_your_mind_of_old"))
    return folder


def main() -> None:
    ref = sys.argv[1] if sys.argv[1:] else OLDER
    with TemporaryDirectory() as temporary, sync_playwright() as playwright:
        instances = [Instance(older_version(ref, Path(temporary))) for _ in range(2)]
        resolved = [f"--host-resolver-rules=MAP {NAME} 127.0.0.1"]
        browser = playwright.chromium.launch(**{**CHROMIUM, "args": CHROMIUM["args"] + resolved})
        with site(apps=[instance.port for instance in instances]) as front, ThreadPoolExecutor(READERS) as pool:
            readers, done = Readers(front), threading.Event()
            with_script = [Reader(browser, f"https://{NAME}:{front.port}", ignore_https_errors=True) for _ in FORMS]
            for path, reader in zip(FORMS, with_script, strict=True):
                reader.open(path)
                reader.tick({"symptoms": ["seizure"]})
            held = [readers.open_form() for _ in range(HOLDING)]
            print(f"from {ref} to this folder, behind nginx, {READERS} readers without script at a time")
            going_on = [pool.submit(readers.go_on, done) for _ in range(READERS)]
            time.sleep(2)
            for folder in (ROOT, Path(temporary)) * 4 + (ROOT,):  # going back is an update, too
                for instance in instances:
                    instance.replace(folder)
            time.sleep(2)
            done.set()
            for one in going_on:
                one.result()
            print(f"meanwhile, 18 restarts: {dict(readers.got)}, the slowest in {readers.longest:.2f} s")
            readers.got.clear()
            for path, sheet in held:
                readers.send(path, sheet)
            print(f"{HOLDING} forms opened before and sent after: {dict(readers.got)}")
            for reader in with_script:
                reader.send()
                reader.page.wait_for_selector(GUIDANCE)
                reader.change()
                if reader.sheet() != {"symptoms": ["seizure"]}:
                    readers.faults.append(f"the answer is gone: {reader.page.url}")
                readers.faults += reader.faults()
            print(f"{len(FORMS)} forms with script, opened before and pressed after: guidance, and nothing sent")
        browser.close()
        for instance in instances:
            instance.end()
    sys.exit("\n".join(readers.faults) or 0)


if __name__ == "__main__":
    main()
