"""The pages in lynx and w3m: the form is sent by a POST, as by every reader without script."""

import re
import subprocess
import tempfile

import pytest

from checks.engines.text import WIDTH, Terminal
from tests.kit.browser import until
from tests.kit.pages import PATHS, question, squeezed
from tests.kit.server import missing
from tests.kit.walk import Site

BROWSERS = {
    "lynx": ["lynx", "-dump", "-nolist", f"-width={WIDTH}"],
    "w3m": ["w3m", "-dump", "-cols", str(WIDTH)],
}


@pytest.fixture(params=BROWSERS)
def browser(request):
    try:
        subprocess.run([request.param, "-version"], capture_output=True)
    except FileNotFoundError:
        missing(request.param)
    return request.param


@pytest.fixture(params=["/self", "/family", "/counselor", "/es/self"])
def form(request, site):
    return next(form for form in site.forms if form.path == request.param)


def seizure(edition):
    return next(answer.label for answer in question(edition, "symptoms").answers if answer.id == "seizure")


def dumped(browser: str, url: str) -> str:
    with tempfile.TemporaryDirectory() as home:  # w3m makes a folder there
        env = {"LANG": "C.UTF-8", "PATH": "/usr/bin", "HOME": home}
        return subprocess.run([*BROWSERS[browser], url], env=env, capture_output=True, text=True, check=True).stdout


class Reader:
    """Someone at a form in a text browser."""

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal

    def find(self, words: str) -> None:
        """Go to the next place after the cursor where these words stand, at the top first."""
        self.terminal.keys("Home" if self.terminal.browser == "lynx" else "g", "/")
        self.terminal.type(re.escape(words).replace(r"\ ", " ") if self.terminal.browser == "w3m" else words)
        self.terminal.keys("Enter")

    def tick(self, label: str) -> None:
        self.find(label[:25])  # long labels go on in the next line
        if self.terminal.browser == "w3m":
            self.terminal.keys("BTab")  # the box is before its words
        else:
            self.terminal.keys("Up", "Down")  # to the first box from there on
        self.terminal.keys("Enter")

    def send(self, button: str, shows: str) -> str:
        self.find(button)
        self.terminal.keys("Enter")
        return squeezed(until(lambda: shows in squeezed(self.terminal.screen()) and self.terminal.screen(), shows))


def test_every_page_fits_a_terminal_and_shows_nothing_that_is_not_for_it(browser, site: Site):
    for path in PATHS:
        text = dumped(browser, site.address + path)
        assert max(map(len, text.splitlines())) <= WIDTH, path
        assert "<" not in text, path
    for form in site.forms:
        words, text = form.edition.words, squeezed(dumped(browser, site.address + form.path))
        assert squeezed(words.form.sent) in text
        for said in (words.form.stays, words.form.offline, words.site.leave_keys, words.guidance.not_saved):
            assert squeezed(said) not in text, form.path
        assert words.guidance.emergency.heading not in text, "a piece of the guidance"


def test_an_untouched_form_is_told_to_be_empty(browser, site, form):
    words = form.edition.words.form
    with Terminal(browser, site.address + form.path) as terminal:
        assert "(*)" not in terminal.screen().replace(f"(*) {words.no_answer}", ""), "an answer that nobody chose"
        told = Reader(terminal).send(words.submit, words.errors.heading)
        assert squeezed(words.errors.empty) in told


def test_an_emergency_comes_first_and_change_brings_the_answers_back(browser, site, form):
    words, label = form.edition.words, seizure(form.edition)
    with Terminal(browser, site.address + form.path) as terminal:
        reader = Reader(terminal)
        reader.tick(label)
        told = reader.send(words.form.submit, words.guidance.emergency.heading)
        assert told.index(words.guidance.emergency.heading) < told.index(words.warning.heading)
        assert form.edition.helpline("emergency").number in told
        assert "(*)" not in told
        for said in (words.guidance.print, words.sheet.print):
            assert said not in told, "a button that does nothing"
        back = reader.send(words.guidance.change, words.form.heading)
        assert squeezed(f"[X] {label}") in back.replace("[*]", "[X]")
        assert back.count("[X]") + back.count("[*]") == 1


def test_nothing_of_the_answers_is_written_to_disk(browser, site):
    edition = site.forms[0].edition
    words = edition.words
    with Terminal(browser, f"{site.address}/self") as terminal:
        reader = Reader(terminal)
        reader.tick(seizure(edition))
        reader.send(words.form.submit, words.guidance.emergency.heading)
        terminal.keys("q", "y")
        kept = {path.name: path.read_bytes() for path in terminal.files()}
        assert [name for name, data in kept.items() if b"seizure" in data] == []
