# ruff: noqa: T201 - a command that prints
"""What a browser keeps of the answers: `make traces` drives real browsers through many journeys, searches their folders
after each, and prints what was found where. `docs/privacy.md` says what is claimed on the strength of it."""

import argparse
import base64
import hashlib
import io
import os
import random
import re
import string
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from unittest import mock

import yaml
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Response

from app import create_app
from checks.screenshots import CHANGE, until
from screening.content import HERE, Answer, Edition, Question, load_content
from tests.kit.browser import BROWSERS, RealBrowser
from tests.kit.search import found_in
from web.security import INLINE_SCRIPT

AWHILE = 4  # seconds: Chromium writes its session file 2.5 seconds after a change
SEND, GUIDANCE, ERRORS = "form:has(fieldset) button", "#sheet", "#check"


# --- Answers that can't be mistaken for anything else -------------------------------------------------------------


def new_word() -> str:
    return "zqx" + "".join(random.choices(string.ascii_lowercase, k=20))


def write_content(folder: Path) -> set[str]:
    """An operator's own content: ours, with a new word for the id of each question and answer and for each label."""
    words: set[str] = set()

    def word() -> str:
        words.add(new := new_word())
        return new

    def rename(answers: list[dict], questions: list[dict]) -> None:
        for answer in answers:
            old, answer["id"] = answer["id"], word()
            for question in questions:
                if old in question.get("notes", {}):
                    question["notes"][answer["id"]] = question["notes"].pop(old)
            label = word()
            answer["label"] = dict.fromkeys(answer["label"], label) if isinstance(answer["label"], dict) else label

    folder.mkdir()
    for name in ("pages.yaml", "helplines.yaml"):
        (folder / name).write_bytes((HERE / name).read_bytes())
    asked = yaml.safe_load((HERE / "questions.yaml").read_text(encoding="utf-8"))
    for shared, answers in asked["answers"].items():
        rename(answers, [question for question in asked["questions"] if question.get("answers") == shared])
    for question in asked["questions"]:
        question["id"] = word()
        rename(question.get("any_of", []) + question.get("one_of", []), [question])
    (folder / "questions.yaml").write_text(yaml.safe_dump(asked, sort_keys=False), encoding="utf-8")
    return words


# --- The site, as it is or with a protection taken away -------------------------------------------------------------

NO_LINE, NO_STORE = "without the inline line", "without no-store"


class Site(NamedTuple):
    """What the browsers visit: the app, its questions and its words, and a certificate for https."""

    app: Callable
    questions: Edition
    words: set[str]
    certificate: tuple[str, str]
    trusted: str


class Watched:
    """The app, with a fault built in on demand. It notes what came in by POST, and can keep script.js back."""

    def __init__(self, app: Callable, fault: str, late: bool) -> None:
        self.app, self.fault, self.late = app, fault, late
        self.sent: list[set[str]] = []

    def __call__(self, environ, start_response):
        if self.late and environ["PATH_INFO"].endswith(".js"):
            return Response("", mimetype="text/javascript")(environ, start_response)
        if environ["REQUEST_METHOD"] == "POST":
            body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
            environ["wsgi.input"] = io.BytesIO(body)
            self.sent.append(set(re.findall("zqx[a-z]+", body.decode())))
        if not self.fault:
            return self.app(environ, start_response)
        environ.pop("HTTP_ACCEPT_ENCODING", None)  # only plain text can be mended
        response = Response.from_app(self.app, environ, buffered=True)
        if self.fault == NO_LINE:
            response.set_data(response.get_data().replace(INLINE_SCRIPT.encode(), b""))
        else:
            response.headers.pop("Cache-Control", None)
        return response(environ, start_response)


class Silent(WSGIRequestHandler):
    def log(self, type, message, *args):  # noqa: A002 - werkzeug's name
        pass


@contextmanager
def serving(app: Callable, certificate: tuple[str, str] | None = None) -> Iterator[int]:
    """The app on a port of its own; with a certificate by https."""
    server = make_server("127.0.0.1", 0, app, threaded=True, ssl_context=certificate, request_handler=Silent)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def site_in(folder: Path) -> Iterator[Site]:
    """The site, made of content of its own, and another site that "Leave this page" goes to."""
    words = write_content(folder / "content")
    certificate = str(folder / "certificate"), str(folder / "key")
    trusted = make_certificate(*certificate)
    with serving(Response("<title>Elsewhere</title><p id=elsewhere>Elsewhere", mimetype="text/html")) as port:
        settings = {"SCREENING_CONTENT": str(folder / "content"), "SCREENING_LEAVE_URL": f"http://localhost:{port}/"}
        with mock.patch.dict(os.environ, settings):
            app = create_app()
        yield Site(app, load_content(folder / "content")["self"], words, certificate, trusted)


def make_certificate(certificate: str, key: str) -> str:
    """Write a certificate and its key. Gives the hash by which Chromium can be told to trust it."""
    names = "subjectAltName=IP:127.0.0.1"
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=test"]
    subprocess.run([*make, "-addext", names, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    show = ["openssl", "x509", "-in", certificate, "-pubkey", "-noout"]
    lines = subprocess.run(show, check=True, capture_output=True, text=True).stdout.split("\n")
    public = base64.b64decode("".join(line for line in lines if "-----" not in line))
    return base64.b64encode(hashlib.sha256(public).digest()).decode()


# --- What a reader does ---------------------------------------------------------------------------------------------


class Visit:
    """One reader with one browser. Each method is a step of a journey."""

    def __init__(self, browser: RealBrowser, site: Site, watched: Watched) -> None:
        self.browser, self.site, self.watched = browser, site, watched
        self.chosen: set[str] = set()
        self.blank = list(site.questions.questions)
        random.shuffle(self.blank)

    def _send(self, button: str, css: str) -> None:
        before = len(self.watched.sent)
        self.browser.click(button)
        until(lambda: len(self.watched.sent) > before, "nothing was sent")
        self.browser.wait_for(css)

    def _tick(self, question: Question, answer: Answer) -> None:
        self.chosen |= {answer.id, answer.label}
        self.browser.click(f'input[name="q_{question.id}"][value="{answer.id}"]')

    def answer(self) -> None:
        self.browser.open("/")
        self.browser.wait_for(".choices")
        self.browser.open("/self")
        self.answer_more()

    def answer_more(self) -> None:
        """Answer four questions that are blank."""
        self.browser.wait_for(SEND)
        for question in [self.blank.pop() for _ in range(4)]:
            some = [answer for answer in question.answers if not answer.alone]
            for answer in random.sample(some, 2 if question.many else 1):
                self._tick(question, answer)

    def send(self) -> None:
        self._send(SEND, GUIDANCE)

    def send_faulty(self) -> None:
        """Tick "None of these" beside another answer, and follow the link to the question."""
        self._tick_both()
        self._send(SEND, ERRORS)
        self.browser.click(f"{ERRORS} a")

    def correct(self) -> None:
        self._tick(*self.both)

    def _tick_both(self) -> None:
        question = next(question for question in self.blank if question.many)
        self.blank.remove(question)
        self.both = question, next(answer for answer in question.answers if answer.alone)
        self._tick(question, question.answers[0])
        self._tick(*self.both)

    def change(self) -> None:
        self._send(CHANGE, SEND)

    def back(self) -> None:
        self.browser.go(-1)
        time.sleep(1)

    def forward(self) -> None:
        self.browser.go(1)
        time.sleep(1)

    def reload(self) -> None:
        self.browser.reload()
        time.sleep(1)

    def go_elsewhere(self) -> None:
        self.browser.open("/help")
        until(lambda: self.browser.url().endswith("/help") and self.browser.count("h1"), "no help")

    def leave(self) -> None:
        self.browser.click("[data-leave]")
        self.browser.wait_for("#elsewhere")

    def close_tab(self) -> None:
        self.browser.close_tab()

    def wait(self) -> None:
        time.sleep(AWHILE)


class Journey(NamedTuple):
    """The steps of a visit; how it ends; how often the browser then starts again with the tabs of the last time."""

    steps: Sequence[Callable[[Visit], None]]
    killed: bool = False
    restarts: int = 1
    late: bool = False  # script.js has not come yet, so it neither helps nor hinders


V = Visit
JOURNEYS = {
    "answer and send": Journey([V.answer, V.send, V.wait]),
    "back, forward, reload": Journey(
        [V.answer, V.send, V.wait, V.back, V.forward, V.reload, V.back, V.go_elsewhere, V.back, V.wait]
    ),
    "send, then reload": Journey([V.answer, V.send, V.reload, V.wait]),
    "faulty sheet, then corrected": Journey(
        [V.answer, V.send_faulty, V.wait, V.correct, V.send, V.wait, V.back, V.back, V.wait], late=True
    ),
    "change my answers": Journey([V.answer, V.send, V.change, V.wait, V.answer_more, V.send, V.wait]),
    "leave": Journey([V.answer, V.send, V.leave, V.wait, V.back, V.wait]),
    "leave before sending": Journey([V.answer, V.wait, V.leave, V.wait]),
    "close the tab": Journey([V.answer, V.send, V.wait, V.close_tab, V.wait]),
    "never sent": Journey([V.answer, V.wait]),
    "restart twice": Journey([V.answer, V.send], restarts=2),
    "power cut": Journey([V.answer, V.send, V.wait], killed=True),
}


def mixed_journey() -> Journey:
    """Any steps in any order that a reader could take, with pauses of any length."""

    def pause(_: Visit) -> None:
        time.sleep(random.uniform(0, AWHILE))

    steps: list[Callable[[Visit], None]] = [V.answer, pause, V.send, pause]
    steps += random.choice([[], [V.change, V.answer_more, V.send, pause]])
    steps += random.choice([[], [V.back, V.forward, pause], [V.reload, pause], [V.go_elsewhere, pause]])
    steps += random.choice([[], [V.close_tab], [V.back]])
    return Journey(steps, killed=random.random() < 0.3, restarts=random.randint(1, 2))


# --- One run ----------------------------------------------------------------------------------------------------------


class Kind(NamedTuple):
    """What the runs of one line of the table have in common."""

    browser: type[RealBrowser]
    script: bool
    fault: str
    name: str

    @property
    def line(self) -> tuple[str, ...]:
        return self.browser.name, "on" if self.script else "off", self.fault or self.name


Found = dict[str, set[str]]  # a file of the browser's folder, and what it tells: ANSWER, QUESTION, PAGE
ANSWER, QUESTION, PAGE = "what was answered", "the name of a question", "a page with all the answers there are"


def run(site: Site, kind: Kind, journey: Journey, https: bool) -> Found:
    """Make the journey with a new profile; search its folder before and after each time the browser is closed."""
    watched = Watched(site.app, kind.fault, journey.late)
    asked = {question.id for question in site.questions.questions}
    found: Found = {}
    with (
        tempfile.TemporaryDirectory(prefix="traces-", ignore_cleanup_errors=True) as folder,
        serving(watched, site.certificate if https else None) as port,
        kind.browser(
            Path(folder), f"http{'s' if https else ''}://127.0.0.1:{port}", kind.script, site.trusted
        ) as browser,
    ):

        def look() -> None:
            for place in (browser.folder, Path(browser.temporary.name)):
                for file, words in found_in(place, site.words).items():
                    tells = QUESTION if words <= asked else ANSWER if words <= asked | visit.chosen else PAGE
                    name = re.sub(r"(?i)[0-9a-f]{13,}", "*", file)  # so that the same file has one name in every run
                    found.setdefault(name.removeprefix("profile/"), set()).add(tells)

        visit = Visit(browser, site, watched)
        browser.start()
        for step in journey.steps:
            step(visit)
        if V.send in journey.steps:
            assert any(visit.chosen & sent for sent in watched.sent), "no answer was ever sent"
        look()
        last = browser.url()
        if journey.killed:
            browser.kill()
        else:
            browser.close()
        look()
        for _ in range(journey.restarts):
            browser.start(restore=True)
            if last.startswith(browser.origin):
                back = last, "chrome-error://chromewebdata/"  # Chromium's words for "Confirm Form Resubmission"
                until(lambda: browser.url() in back, f"{browser.name} did not bring the tab back")  # noqa: B023
            visit.wait()
            look()
            browser.close()
            look()
    return found


# --- Many, and the table ----------------------------------------------------------------------------------------------

# Where a protection has nothing to prevent, its absence proves nothing: Firefox never writes down what was sent, and
# Chromium's cache never takes what was fetched by POST.
CONTROLS = {"Chromium": (NO_LINE,), "Firefox": (NO_STORE,)}
# The files that may hold answers where script is off, as the privacy page says.
ADMITTED = {"Chromium": r"Default/Sessions(_Encrypted)?/(Session|Tabs)_\*", "Firefox": "none"}


def planned(browser: type[RealBrowser], times: int) -> Iterator[tuple[Kind, Journey]]:
    """All the runs of one browser: the claim, many times over; what is left without script; what proves the search."""
    for name, journey in JOURNEYS.items():
        for _ in range(times):
            yield Kind(browser, True, "", name), journey
    for _ in range(2 * times):
        yield Kind(browser, True, "", "mixed"), mixed_journey()
    for name, journey in JOURNEYS.items():
        yield Kind(browser, False, "", name), journey
    for fault in CONTROLS[browser.name]:
        yield Kind(browser, True, fault, "answer and send"), JOURNEYS["answer and send"]


def fault_in(kind: Kind, found: Found) -> str:
    """What is wrong with this run, or nothing."""
    if kind.fault:
        return "" if any(ANSWER in tells for tells in found.values()) else "the search missed what must be there"
    if kind.script:
        return "a trace was left" if found else ""
    beyond = [
        file
        for file, tells in found.items()
        if PAGE in tells or (ANSWER in tells and not re.fullmatch(ADMITTED[kind.browser.name], file))
    ]
    return "more than the privacy page admits" if beyond else ""


def table(done: Sequence[tuple[Kind, Found]]) -> str:
    """All runs in Markdown, a line for each kind."""
    rows: dict[tuple[str, ...], list[Found]] = {}
    for kind, found in done:
        rows.setdefault(kind.line, []).append(found)
    lines = ["| browser | script | journey | runs | with an answer | with a question's name alone | where |"]
    lines.append("| --- | --- | --- | --: | --: | --: | --- |")
    for line, runs in rows.items():
        files = sorted(set().union(*runs))
        tells = [set().union(*found.values()) for found in runs]
        counts = len(runs), sum(told > {QUESTION} or ANSWER in told for told in tells), tells.count({QUESTION})
        where = ", ".join(f"`{file}`" for file in files) or "nowhere"
        lines.append("| " + " | ".join([*line, *map(str, counts), where]) + " |")
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=2, help="how often each journey is made with script (2)")
    times = parser.parse_args().times
    faults: list[str] = []

    def all_runs_of(browser: type[RealBrowser]) -> list[tuple[Kind, Found]]:
        done = []
        for number, (kind, journey) in enumerate(planned(browser, times)):
            found = run(site, kind, journey, https=bool(number % 2))
            done.append((kind, found))
            if fault := fault_in(kind, found):
                faults.append(f"{' | '.join(kind.line)}: {fault}: {found}")
            print(" | ".join(kind.line), fault, sep=" | ", file=sys.stderr, flush=True)
        return done

    with (
        tempfile.TemporaryDirectory() as folder,
        site_in(Path(folder)) as site,
        ThreadPoolExecutor() as pool,  # each browser has a thread of its own, which playwright needs
    ):
        done = [one for many in pool.map(all_runs_of, BROWSERS) for one in many]
    print(table(done))
    print("\n".join(faults) or "This is what the privacy page says, and no more.")
    return len(faults) > 0


if __name__ == "__main__":
    sys.exit(main())
