"""The cost of a page and of an answer without a server, in hellos: one is what a Flask app that says hello costs."""

import io
import logging
import sys
from collections.abc import Callable
from functools import partial
from urllib.parse import urlencode

from flask import Flask

from app import create_app
from checks.bench.measure import row, timed
from screening.load import load_content
from tests.kit.pages import FORM_TYPE, everything_soon, fields, left_open, nothing_noticed, one_of_each
from web.prerender import prerender


def hello_app() -> Flask:
    app = Flask("hello")
    app.add_url_rule("/", view_func=lambda: "hello")
    return app


def call(app: Callable, path: str, body: bytes | None = None, accept: str = "") -> bytes:
    """One request without a server."""
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
        "CONTENT_TYPE": FORM_TYPE if body is not None else "",
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


def main() -> None:
    logging.disable()
    app, edition = create_app(), load_content()["self"]
    prerender(app)
    sheets = {
        "one question left open": left_open(edition),
        "nothing noticed": nothing_noticed(edition),
        "an emergency, a today, a sign": one_of_each(edition),
        "a long one": everything_soon(edition)[0],
    }
    cases = {"hello": partial(call, hello_app(), "/")}
    cases |= {f"GET {path}": partial(call, app, path, accept="gzip") for path in ("/", "/self", "/help")}
    for name, sheet in sheets.items():
        cases[f"POST, {name}"] = partial(call, app, "/self", urlencode(fields(sheet), doseq=True).encode())
    took = timed(cases)
    for name, microseconds in took.items():
        hellos = microseconds / took["hello"]
        limit = {"GET": 1.4, "POS": 20}.get(name[:3])
        row(
            name,
            f"{microseconds:.0f} us, {hellos:.2f} hellos",
            f"at most {limit}" if limit else "",
            ok=hellos <= limit if limit else None,
        )


if __name__ == "__main__":
    main()
