"""The app itself, without a server: weight, time against a Flask hello, growth, and the side-by-side."""

import gzip
import logging

from flask import Flask

from app import create_app
from benchmarks.load import call, middle, row, sheets, spread, timed
from benchmarks.stock import stock_app
from screening.content import load_content
from screening.guidance import guidance_for
from web.forms import build_form

PACKED = "gzip, deflate, br, zstd"
WINDOW = 14.6  # kB: ten segments of 1,460 bytes, what a server may send before the first answer comes back


def hello_app() -> Flask:
    app = Flask("hello")
    app.add_url_rule("/", view_func=lambda: "hello")
    return app


def weight(app: Flask, bodies: dict[str, bytes]) -> None:
    kb = 1000
    static = [path for path in app.jinja_env.globals["static"].values()]
    for audience in ("self", "family", "counselor"):
        size = len(call(app, f"/{audience}", accept=PACKED)) + sum(
            len(call(app, path, accept=PACKED)) for path in static
        )
        headers = 3 * 800  # three answers with their headers
        total = (size + headers) / kb
        row(
            f"question page /{audience}: HTML, CSS, script, headers, gzip",
            f"{total:.1f} kB",
            f"under {WINDOW} kB",
            ok=total < WINDOW,
        )
    longest = max(
        (len(gzip.compress(call(app, f"/{audience}", everything(audience)), 6)), audience)
        for audience in ("self", "family", "counselor")
    )
    row(
        f"guidance page, longest (/{longest[1]}), HTML, gzip",
        f"{longest[0] / kb:.1f} kB",
        f"under {WINDOW} kB",
        ok=longest[0] / kb < WINDOW,
    )


def everything(audience: str) -> bytes:
    """Every box that may stand beside another, and the last noted answer of the rest: the longest guidance there is."""
    pairs = []
    for question in load_content()[audience].questions:
        told = [a.id for a in question.answers if a.id in question.notes]
        pairs += [f"q_{question.id}={answer}" for answer in (told if question.many else told[-1:])]
    return "&".join(pairs).encode()


def ratios(app: Flask, bodies: dict[str, bytes]) -> None:
    hello, stock = hello_app(), stock_app(load_content()["self"])
    cases = {"hello": lambda: call(hello, "/")}
    cases |= {
        f"GET {path}": (lambda path=path: call(app, path))
        for path in ("/", "/self", "/counselor/guide", "/help", "/about")
    }
    cases["GET /self, gzip"] = lambda: call(app, "/self", accept=PACKED)
    cases |= {f"POST, {name}": (lambda body=body: call(app, "/self", body)) for name, body in bodies.items()}
    cases["stock GET"] = lambda: call(stock, "/self")
    cases["stock POST, all"] = lambda: call(stock, "/self", bodies["all"])
    took = timed(cases)
    one = middle(took["hello"])
    for name, values in took.items():
        ratio = middle(values) / one
        reach = 1.3 if name.startswith("GET") else 6 if name.startswith("POST") else None
        told = f"at most {reach} x hello" if reach else ""
        row(
            f"{name} ({spread(values)})",
            f"{middle(values):.0f} us, {ratio:.2f} x",
            told,
            ok=None if reach is None else ratio <= reach,
        )


def growth() -> None:
    """The questions ten times over: a POST may cost ten times what its own work costs, not a hundred times."""
    small = load_content()["self"]
    tenfold = [q.model_copy(update={"id": f"{q.id}_{n}"}) for n in range(10) for q in small.questions]
    large = small.model_copy(update={"questions": tuple(tenfold)})
    took = {}
    for name, questionnaire in (("1", small), ("10", large)):
        form_class = build_form(questionnaire)
        sent = {f"q_{q.id}": next(iter(q.notes)) for q in questionnaire.questions}
        app = create_app()

        def decide(form_class=form_class, sent=sent, questionnaire=questionnaire) -> None:
            from werkzeug.datastructures import MultiDict

            form = form_class(formdata=MultiDict(sent))
            form.validate()
            guidance_for(questionnaire, form.answers)

        with app.test_request_context():
            took[name] = middle(timed({name: decide}, rounds=20, repeat=5)[name])
    ratio = took["10"] / took["1"]
    row("questions x 10: form, check and decision of a POST", f"{ratio:.1f} x", "at most 10 x", ok=ratio <= 10.5)


def main() -> None:
    logging.disable()
    app = create_app()
    bodies = sheets(load_content()["self"])
    weight(app, bodies)
    ratios(app, bodies)
    growth()


if __name__ == "__main__":
    main()
