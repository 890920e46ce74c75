"""What someone does who hears the pages: each journey is keys, and what to listen for."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from checks.heard.desktop import Desktop

LOADED = 2.5  # seconds of silence after which a page that came or changed has been read out
GIVEN_UP = 6  # seconds: after five, the page says that the reader is still on it
ELSEWHERE = "Elsewhere"  # the title of the neutral site
MOST = 80  # times a key is pressed before something must have been heard

Heard = Iterator[tuple[str, list[str]]]  # what was done, and what was said then


class Words(NamedTuple):
    """Of the language that is heard: what the journeys look for."""

    root: str
    submit: str
    change: str
    clear: str
    other: str
    third: str
    signs: str


def until(desktop: Desktop, key: str, words: str) -> Heard:
    """Press a key until certain words are heard."""
    for _ in range(MOST):
        heard = desktop.press(key)
        yield key, heard
        if words in " ".join(heard):
            return
    raise LookupError(f"{key} never leads to “{words}”")


def times(desktop: Desktop, number: int, key: str) -> Heard:
    for _ in range(number):
        yield key, desktop.press(key)


def read(desktop: Desktop, words: str) -> Heard:
    """Read down to certain words. Where a line ends is not told: it depends on the size of the window."""
    heard = [part for _, said in until(desktop, "Down", words) for part in said]
    yield "Down", [" ".join(heard)]


def press(desktop: Desktop, words: str) -> Heard:
    """Go to the button of these words and press it."""
    *_, reached = until(desktop, "b", words)
    yield reached
    yield "Return", desktop.press("Return", LOADED)


def start(desktop: Desktop, words: Words) -> Heard:
    yield from read(desktop, "level 2")
    yield from read(desktop, "level 2")
    yield from read(desktop, "level 2")


def form_by_tab(desktop: Desktop, words: Words) -> Heard:
    yield from until(desktop, "Tab", words.third)


def form_by_down(desktop: Desktop, words: Words) -> Heard:
    yield from until(desktop, "h", words.signs)
    yield from until(desktop, "shift+h", "level 2")
    yield from read(desktop, words.third)


def emergency(desktop: Desktop, words: Words) -> Heard:
    yield from times(desktop, 1, "x")
    yield "space", desktop.press("space", 1)
    yield from press(desktop, words.submit)
    yield from read(desktop, "level 2")
    yield from read(desktop, "level 2")
    yield from press(desktop, words.change)
    yield from read(desktop, "level 2")


def guidance(desktop: Desktop, words: Words) -> Heard:
    yield from times(desktop, 7, "x")
    yield "space", desktop.press("space", 1)
    yield from press(desktop, words.submit)
    yield from read(desktop, "level 3")
    yield from times(desktop, 8, "h")
    yield from times(desktop, 4, "shift+h")  # Shift+H reads backwards and must not trigger Leave


def error(desktop: Desktop, words: Words) -> Heard:
    yield from press(desktop, words.submit)
    yield from times(desktop, 1, "Down")
    yield "Return", desktop.press("Return", 1)


def clearing(desktop: Desktop, words: Words) -> Heard:
    yield from times(desktop, 1, "x")
    yield "space", desktop.press("space", 1)
    yield from press(desktop, words.clear)


def switch(desktop: Desktop, words: Words) -> Heard:
    yield from times(desktop, 1, "x")
    yield "space", desktop.press("space", 1)
    yield from press(desktop, words.other)
    yield from read(desktop, "level 2")


def leaving(desktop: Desktop, words: Words) -> Heard:
    yield "Escape", desktop.press("Escape", GIVEN_UP)
    yield from times(desktop, 2, "Escape")
    desktop.press("Escape", LOADED)
    list(until(desktop, "h", ELSEWHERE))  # how the other site is told depends on how fast it comes
    yield "Escape", [ELSEWHERE]


# The page that a journey begins on, and the journey. The main ones are heard in Firefox, too.
JOURNEYS: dict[str, tuple[str, Callable[[Desktop, Words], Heard]]] = {
    "emergency": ("/self", emergency),
    "error": ("/self", error),
    "form-by-tab": ("/self", form_by_tab),
    "guidance": ("/self", guidance),
    "start": ("/", start),
    "form-by-down": ("/self", form_by_down),
    "clearing": ("/self", clearing),
    "leaving": ("/self", leaving),
    "switch": ("/self", switch),
}
MAIN = ("emergency", "error", "form-by-tab", "guidance")
