"""What every benchmark asks: the same requests, straight into a WSGI app, and a fair way to time several at once."""

import io
import random
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from urllib.parse import urlencode

from screening.content import Edition

FORM = "application/x-www-form-urlencoded"


def sheets(edition: Edition) -> dict[str, bytes]:
    """Bodies of a POST: one answer; nothing noticed; and every question answered with something that has a note."""
    plain, noted = [], []
    for question in edition.questions:
        silent = [a for a in question.answers if a.id not in question.notes and not a.open]
        told = [a for a in question.answers if a.id in question.notes]
        plain.append((f"q_{question.id}", silent[0].id))
        noted.append((f"q_{question.id}", told[-1].id))
    return {
        "one answer": urlencode(noted[:1]).encode(),
        "nothing": urlencode(plain).encode(),
        "all": urlencode(noted).encode(),
    }


def call(app: Callable, path: str, body: bytes | None = None, accept: str = "") -> bytes:
    """One request without a server: what the app itself costs."""
    environ = {
        "REQUEST_METHOD": "GET" if body is None else "POST",
        "PATH_INFO": path,
        "SCRIPT_NAME": "",
        "QUERY_STRING": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "localhost",
        "HTTP_ACCEPT_ENCODING": accept,
        "CONTENT_TYPE": FORM if body is not None else "",
        "CONTENT_LENGTH": str(len(body)) if body is not None else "",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body or b""),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    parts = app(environ, lambda status, headers: None)
    answer = b"".join(parts)
    if hasattr(parts, "close"):
        parts.close()
    return answer


def timed(cases: Mapping[str, Callable[[], object]], rounds: int = 60, repeat: int = 10) -> dict[str, list[float]]:
    """Microseconds of processor time for each case, shuffled in every round, so that noise hits them alike."""
    took: dict[str, list[float]] = {name: [] for name in cases}
    for _ in range(rounds):
        for name in random.sample(list(cases), len(cases)):
            start = time.process_time()
            for _ in range(repeat):
                cases[name]()
            took[name].append((time.process_time() - start) / repeat * 1e6)
    return took


def row(what: str, value: str, reach: str, *, ok: bool | None = None, note: str = "") -> None:
    """One line of the table."""
    mark = {True: "reached", False: "NOT reached", None: ""}[ok]
    print(f"{what:<58} {value:>22}   {reach:<22} {mark} {note}".rstrip())  # noqa: T201 - a benchmark prints


def middle(values: list[float]) -> float:
    return statistics.median(values)


def spread(values: list[float]) -> str:
    """The middle half, in per cent of the median."""
    low, _, high = statistics.quantiles(values, n=4)
    return f"±{(high - low) / 2 / statistics.median(values) * 100:.0f} %"
