"""The app itself, without a server: weight, time against a Flask hello, growth, and the side-by-side."""

import gzip
import logging
from functools import partial

from flask import Flask
from werkzeug.datastructures import MultiDict

from app import create_app
from checks.bench.load import call, middle, row, sheets, spread, timed
from checks.bench.stock import stock_app
from screening.content import Edition, load_content
from screening.guidance import guidance_for
from screening.reader import AUDIENCES
from web.forms import AnswerSheet, build_form

PACKED = "gzip, deflate, br, zstd"
HEADERS = 800  # bytes, more than an answer has
WINDOW = 14.6  # kB: ten segments of 1,460 bytes, what a server may send before the first answer comes back


def hello_app() -> Flask:
    app = Flask("hello")
    app.add_url_rule("/", view_func=lambda: "hello")
    return app


def weight(app: Flask) -> None:
    static = [len(call(app, path, accept=PACKED)) for path in app.jinja_env.globals["static"].values()]
    for audience in AUDIENCES:
        total = (len(call(app, f"/{audience}", accept=PACKED)) + sum(static) + 3 * HEADERS) / 1000
        what = f"question page /{audience}: HTML, CSS, script, headers, gzip"
        row(what, f"{total:.1f} kB", f"under {WINDOW} kB", ok=total < WINDOW)
    longest, audience = max(
        (len(gzip.compress(call(app, f"/{audience}", everything(audience)), 6)) / 1000, audience)
        for audience in AUDIENCES
    )
    what = f"guidance page, the longest (/{audience}): HTML, gzip"
    row(what, f"{longest:.1f} kB", f"under {WINDOW} kB", ok=longest < WINDOW)


def everything(audience: str) -> bytes:
    """Every box that may stand beside another, and the last noted answer of the rest: the longest guidance there is."""
    pairs = []
    for question in load_content()[audience].questions:
        told = [a.id for a in question.answers if a.id in question.notes]
        pairs += [f"q_{question.id}={answer}" for answer in (told if question.many else told[-1:])]
    return "&".join(pairs).encode()


def ratios(app: Flask, bodies: dict[str, bytes]) -> None:
    hello, stock = hello_app(), stock_app(load_content()["self"])
    cases = {"hello": partial(call, hello, "/")}
    cases |= {f"GET {path}": partial(call, app, path) for path in ("/", "/self", "/counselor/guide", "/help", "/about")}
    cases["GET /self, gzip"] = partial(call, app, "/self", accept=PACKED)
    cases |= {f"POST, {name}": partial(call, app, "/self", body) for name, body in bodies.items()}
    cases["stock widgets: GET"] = partial(call, stock, "/self")
    cases["stock widgets: POST, all"] = partial(call, stock, "/self", bodies["all"])
    took = timed(cases)
    one = middle(took["hello"])
    for name, values in took.items():
        ratio = middle(values) / one
        reach = 1.3 if name.startswith("GET") else 6 if name.startswith("POST") else None
        ok = None if reach is None else ratio <= reach
        row(
            f"{name} ({spread(values)})",
            f"{middle(values):.0f} us, {ratio:.2f} x",
            f"at most {reach} x" * bool(reach),
            ok=ok,
        )


def growth() -> None:
    """The questions ten times over: the form, its check and the decision may cost ten times as much, not a hundred."""
    small = load_content()["self"]
    tenfold = [q.model_copy(update={"id": f"{q.id}_{n}"}) for n in range(10) for q in small.questions]
    cases = {}
    for name, questions in (("one", small.questions), ("ten", tuple(tenfold))):
        edition = small.model_copy(update={"questions": questions})
        sent = MultiDict({f"q_{q.id}": next(iter(q.notes)) for q in questions})
        cases[name] = partial(decide, build_form(edition), edition, sent)
    with create_app().test_request_context():
        took = timed(cases, rounds=20, repeat=5)
    ratio = middle(took["ten"]) / middle(took["one"])
    row("questions x 10: form, check and decision of a POST", f"{ratio:.1f} x", "at most 10 x", ok=ratio <= 10)


def decide(form_class: type[AnswerSheet], edition: Edition, sent: MultiDict) -> None:
    form = form_class(formdata=sent)
    form.validate()
    guidance_for(edition, form.answers)


def main() -> None:
    logging.disable()
    app = create_app()
    bodies = sheets(load_content()["self"])
    weight(app)
    ratios(app, bodies)
    growth()


if __name__ == "__main__":
    main()
