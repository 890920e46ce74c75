"""The routes. What never changes is rendered once, when the app starts."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click
from flask import Flask, Response, abort, request
from jinja2 import Environment
from markupsafe import Markup, escape
from werkzeug.exceptions import HTTPException

from screening.content import Questionnaire
from screening.guidance import guidance_for
from screening.reader import AUDIENCES, Audience
from web.forms import build_form
from web.ready import TYPES, Ready
from web.security import INLINE_SCRIPT

STATIC = Path(__file__).parent.parent / "static"
SHARED = {"/": "start.html", "/help": "help.html", "/about": "about.html", "/privacy": "privacy.html"}


def add_pages(app: Flask, content: Mapping[Audience, Questionnaire], leave_url: str) -> None:
    """Give the app its pages, and the error pages that keep helping.

    Arguments: the app, a questionnaire for each audience, and the neutral site that /leave goes to.
    """
    app.jinja_env.globals["inline_script"] = Markup(INLINE_SCRIPT)
    app.jinja_env.filters["linked"] = _linker(content["self"])
    app.jinja_env.filters["date"] = lambda day: f"{day:%B} {day.day}, {day.year}"
    blank: dict[str, Ready] = {}
    errors: dict[int, bytes] = {}
    static = {path.name: Ready.file(path) for path in sorted(STATIC.iterdir()) if path.suffix in TYPES}
    app.jinja_env.globals["static"] = {name: f"/static/{file.hash}/{name}" for name, file in static.items()}
    forms = {audience: build_form(content[audience]) for audience in AUDIENCES}
    pieces: dict[Audience, dict[str, Any]] = {}

    def show() -> Response:
        return blank[request.path].send()

    def show_static(version: str, name: str) -> Response:
        if name not in static or version != static[name].hash:
            abort(404)
        return static[name].send()

    def answer(audience: Audience) -> tuple[str, int]:
        form = forms[audience](formdata=request.form)
        if "change" in request.form:
            return page("questions.html", audience, form), 200
        if not form.validate():
            return page("questions.html", audience, form), 422
        return page("guidance.html", audience, form), 200

    def page(template: str, audience: Audience, form) -> str:
        q, made, answers = content[audience], pieces[audience], form.answers
        guidance = guidance_for(q, answers)
        noticed = Markup("\n").join(made["notes"][found.question.id, found.answer.id] for found in guidance.noticed)
        kept = Markup("\n").join(made["kept"][question, one] for question, chosen in answers.items() for one in chosen)
        given = {"form": form, "guidance": guidance, "pieces": made, "noticed": noticed, "kept": kept}
        given["path"] = f"/{audience}"  # a form without it would post to the # of a link in the error summary, too
        given["left_open"] = " · ".join(question.topic for question in guidance.left_open)
        return render(template, q, **given)

    def render(template: str, q: Questionnaire, **given: object) -> str:
        # Not Flask's render_template: it adds request and session, and no page of ours may use them.
        return app.jinja_env.get_template(template).render(q=q, words=q.words, **given)

    def leave() -> Response:
        return Response(status=303, headers={"Location": leave_url})

    def error_page(error: HTTPException) -> Response:
        response = error.get_response()  # keeps what belongs to the status, such as Allow
        response.set_data(errors.get(error.code, errors[400 if error.code < 500 else 500]))
        response.mimetype = "text/html"
        return response

    app.url_map.merge_slashes = False  # a redirect would repeat what was asked for
    for path in (*SHARED, "/counselor/guide"):
        app.add_url_rule(path, f"page {path}", show, strict_slashes=path != "/")  # an empty address would be redirected
    for audience in AUDIENCES:
        app.add_url_rule(f"/{audience}", audience, show)
        to_us = {"defaults": {"audience": audience}, "methods": ["POST"]}
        app.add_url_rule(f"/{audience}", f"answer {audience}", answer, **to_us)
    app.add_url_rule("/static/<version>/<name>", "static", show_static)
    app.add_url_rule("/leave", "leave", leave)
    app.add_url_rule("/healthz", "healthz", lambda: Response("ok\n", mimetype="text/plain"))
    app.register_error_handler(HTTPException, error_page)

    with app.app_context():  # the forms look for it
        for audience in AUDIENCES:
            pieces[audience] = _pieces(app.jinja_env, content[audience])
            blank[f"/{audience}"] = Ready.page(page("questions.html", audience, forms[audience](formdata=None)))
        shared, counselor = content["self"], content["counselor"]
        for path, template in SHARED.items():
            blank[path] = Ready.page(render(template, shared, readers=content.values(), most=counselor))
        blank["/counselor/guide"] = Ready.page(render("guide.html", counselor))
        for code, said in shared.words.errors.items():
            errors[int(code)] = render("error.html", shared, said=said).encode()

    @app.cli.command("error-page")
    def print_error_page() -> None:
        """Print the page that a web server in front shows when it can't ask the app."""
        click.echo(render("error.html", shared, said=shared.words.unreachable))


def _linker(q: Questionnaire) -> Callable[[str], Markup]:
    """A filter that makes each of the country's numbers in a text one tap to call."""
    lines = {line.number: line for line in reversed(q.own_helplines)}  # of two with one number, the first
    longest_first = sorted(lines, key=len, reverse=True)
    number = re.compile(rf"(?<![\w-])({'|'.join(map(re.escape, longest_first))})(?![\w-])")

    def linked(text: str) -> Markup:
        def call(match: re.Match) -> str:
            line = lines[match[1]]
            return f'<a href="{line.tel or line.sms}">{match[1]}</a>'

        return Markup(number.sub(call, str(escape(text))))

    return linked


def _pieces(templates: Environment, q: Questionnaire) -> dict[str, Any]:
    """What is the same for every reader of a guidance page: the partials in once/, each block, each note."""
    parts = templates.get_template("_parts.html").module
    said = q.words.guidance
    pieces: dict[str, Any] = {}
    for name in templates.list_templates():
        if name.startswith("once/"):
            html = templates.get_template(name).render(q=q, words=q.words)
            pieces[name.removeprefix("once/").removesuffix(".html")] = Markup(html)
    pieces["pills"] = parts.prose(said.pills, q.words.site)
    pieces["before"], pieces["after"] = pieces.pop("frame").split("<!-- here -->")
    for care, card in (("emergency", said.emergency), ("today", said.today)):
        pieces[care] = {part.id: parts.block(part, q) for part in card.blocks}
    offered = [(question, answer) for question in q.questions for answer in question.answers]
    pieces["kept"] = {(question.id, answer.id): parts.kept(question, answer) for question, answer in offered}
    pieces["notes"] = {
        (question.id, answer.id): parts.noticed(question, answer, question.notes[answer.id], said)
        for question, answer in offered
        if answer.id in question.notes
    }
    return pieces
