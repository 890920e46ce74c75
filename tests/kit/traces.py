"""One reader with a real browser, and what that browser then keeps of the answers: the steps of a journey, the site
that is visited, and the search of the browser's folder before and after each time it is closed."""

import base64
import hashlib
import io
import math
import random
import re
import select
import socket
import socketserver
import ssl
import string
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

import yaml
from werkzeug.wrappers import Response

from app import create_app
from screening import load
from screening.edition import Edition
from screening.load import OUR_CONTENT, load_content
from screening.questions import Answer, Question
from settings import Settings
from tests.kit.browser import CHANGE, ERRORS, FORM, GUARD, GUIDANCE, LEAVE, SEND, RealBrowser, until
from tests.kit.search import found_in
from tests.kit.server import neutral_site, running
from web.prerender import prerender

AWHILE = 4  # seconds: Chromium writes its session file 2.5 seconds after a change


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
        (folder / name).write_bytes((OUR_CONTENT / name).read_bytes())
    asked = yaml.load((OUR_CONTENT / "questions.yaml").read_text(encoding="utf-8"), yaml.BaseLoader)  # all text
    for shared, answers in asked["answers"].items():
        rename(answers, [question for question in asked["questions"] if question.get("answers") == shared])
    for question in asked["questions"]:
        question["id"] = word()
        rename(question.get("any_of", []) + question.get("one_of", []), [question])
    (folder / "questions.yaml").write_text(yaml.safe_dump(asked, sort_keys=False, width=math.inf), encoding="utf-8")
    return words


# --- The site, as it is or with a protection taken away -------------------------------------------------------------

# What is changed in each page. With autocomplete on, a browser keeps what was ticked, to fill it in again; a form that
# the browser sends itself is a part of the history.
AUTOCOMPLETE, SENT = "with autocomplete", "sent by the browser"
FAULTS = {AUTOCOMPLETE: (b'autocomplete="off"', b'autocomplete="on"'), SENT: (b'<p id="whole" hidden></p>', b"")}


class Site(NamedTuple):
    """What the browsers visit: the app, its questions and its words, and a certificate for https."""

    app: Callable
    edition: Edition
    words: set[str]
    certificate: tuple[str, str]
    trusted: str


class Watched:
    """The app, with a fault built in on demand. It notes what came in by POST."""

    def __init__(self, app: Callable, fault: str) -> None:
        self.app, self.fault = app, fault
        self.sent: list[set[str]] = []

    def __call__(self, environ, start_response):
        if environ["REQUEST_METHOD"] == "POST":
            body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
            environ["wsgi.input"] = io.BytesIO(body)
            self.sent.append(set(re.findall("zqx[a-z]+", body.decode())))
        if not self.fault:
            return self.app(environ, start_response)
        environ.pop("HTTP_ACCEPT_ENCODING", None)  # only plain text can be changed
        response = Response.from_app(self.app, environ, buffered=True)
        response.set_data(response.get_data().replace(*FAULTS[self.fault]))
        return response(environ, start_response)


class TlsProxy(socketserver.BaseRequestHandler):
    """Takes a connection by https, and hands on what comes to a server that speaks http."""

    server: "TlsProxyServer"

    def handle(self) -> None:
        with (
            suppress(OSError),
            socket.create_connection(("127.0.0.1", self.server.behind)) as inside,
            self.server.trust.wrap_socket(self.request, server_side=True) as outside,
        ):
            other = {inside: outside, outside: inside}
            while True:
                for here in [outside] if outside.pending() else select.select(list(other), [], [])[0]:
                    part = here.recv(65536)
                    if not part:
                        return
                    other[here].sendall(part)


class TlsProxyServer(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, behind: int, certificate: tuple[str, str]) -> None:
        self.behind = behind
        self.trust = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.trust.load_cert_chain(*certificate)
        super().__init__(("127.0.0.1", 0), TlsProxy)

    def handle_error(self, *_: object) -> None:
        pass


@contextmanager
def serving(app: Callable, certificate: tuple[str, str] | None = None) -> Iterator[str]:
    """The address of the app; with a certificate by https."""
    with running(app) as address:
        if not certificate:
            yield address
            return
        with TlsProxyServer(int(address.rpartition(":")[2]), certificate) as proxy:
            threading.Thread(target=proxy.serve_forever, daemon=True).start()
            yield f"https://127.0.0.1:{proxy.server_address[1]}"
            proxy.shutdown()


@contextmanager
def site_in(folder: Path) -> Iterator[Site]:
    """The site, made of content of its own, and another site that "Leave this page" goes to."""
    words = write_content(folder / "content")
    certificate = str(folder / "certificate"), str(folder / "key")
    trusted = make_certificate(*certificate)
    with neutral_site() as neutral:
        with patch.object(load, "OUR_CONTENT", folder / "content"):  # an operator's folder can't change as much
            app = create_app(Settings(content=folder / "content", leave_url=neutral))
            questions = load_content(folder / "content")["self"]
        prerender(app)
        yield Site(app, questions, words, certificate, trusted)


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
        self.blank = list(site.edition.questions)
        random.shuffle(self.blank)

    def _press(self, button: str, css: str) -> None:
        """With script nothing is sent, unless a fault was built in; without, each press sends."""
        before, is_sent = len(self.watched.sent), not self.browser.script or self.watched.fault == SENT
        self.browser.click(button)
        if is_sent:
            until(lambda: len(self.watched.sent) > before, "nothing was sent")
        self.browser.wait_for(css)
        assert len(self.watched.sent) == before + is_sent
        time.sleep(1.1 * GUARD)  # until a click counts again

    def _tick(self, question: Question, answer: Answer) -> None:
        self.chosen |= {answer.id, answer.label}
        self.browser.click(f'input[name="q_{question.id}"][value="{answer.id}"]')

    def answer(self) -> None:
        self.browser.open("/")
        self.browser.wait_for(".choices")
        self.browser.open("/self")
        self.answer_more()

    def answer_more(self) -> None:
        """Answer up to four questions that are blank."""
        self.browser.wait_for("#form > .buttons")  # the end of the form
        for question in [self.blank.pop() for _ in range(min(4, len(self.blank)))]:
            some = [answer for answer in question.answers if not answer.alone]
            for answer in random.sample(some, 2 if question.many else 1):
                self._tick(question, answer)

    def press(self) -> None:
        self._press(SEND, GUIDANCE)

    def press_faulty(self) -> None:
        """Tick "None of these" beside another answer, and follow the link to the question."""
        self._tick_both()
        self._press(SEND, ERRORS)
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
        self._press(CHANGE, FORM)

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
        self.browser.click(LEAVE)
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


V = Visit
JOURNEYS = {
    "answer and press": Journey([V.answer, V.press, V.wait]),
    "back, forward, reload": Journey(
        [V.answer, V.press, V.wait, V.back, V.forward, V.reload, V.back, V.go_elsewhere, V.back, V.wait]
    ),
    "press, then reload": Journey([V.answer, V.press, V.reload, V.wait]),
    "faulty sheet, then corrected": Journey(
        [V.answer, V.press_faulty, V.wait, V.correct, V.press, V.wait, V.back, V.back, V.wait]
    ),
    "change my answers": Journey([V.answer, V.press, V.change, V.wait, V.answer_more, V.press, V.wait]),
    "leave": Journey([V.answer, V.press, V.leave, V.wait, V.back, V.wait]),
    "leave before the press": Journey([V.answer, V.wait, V.leave, V.wait]),
    "close the tab": Journey([V.answer, V.press, V.wait, V.close_tab, V.wait]),
    "never pressed": Journey([V.answer, V.wait]),
    "restart twice": Journey([V.answer, V.press], restarts=2),
    "power cut": Journey([V.answer, V.press, V.wait], killed=True),
}


# The journey that shows each fault. For autocomplete, the form must still be there when the browser saves it: after a
# press it may be gone.
SHOWN_BY = {AUTOCOMPLETE: "never pressed", SENT: "answer and press"}


def mixed_journey() -> Journey:
    """Any steps in any order that a reader could take, with pauses of any length."""

    def pause(_: Visit) -> None:
        time.sleep(random.uniform(0, AWHILE))

    steps: list[Callable[[Visit], None]] = [V.answer, pause, V.press, pause]
    steps += random.choice([[], [V.change, V.answer_more, V.press, pause]])
    steps += random.choice([[], [V.back, V.forward, pause], [V.reload, pause], [V.go_elsewhere, pause]])
    steps += random.choice([[], [V.close_tab], [V.back]])
    return Journey(steps, killed=random.random() < 0.3, restarts=random.randint(1, 2))


# --- One run ----------------------------------------------------------------------------------------------------------


class RunKind(NamedTuple):
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


def run(site: Site, kind: RunKind, journey: Journey, https: bool) -> Found:
    """Make the journey with a new profile; search its folder before and after each time the browser is closed."""
    watched = Watched(site.app, kind.fault)
    asked = {question.id for question in site.edition.questions}
    found: Found = {}
    with (
        tempfile.TemporaryDirectory(prefix="traces-", ignore_cleanup_errors=True) as folder,
        serving(watched, site.certificate if https else None) as address,
        kind.browser(Path(folder), address, kind.script, site.trusted) as browser,
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
