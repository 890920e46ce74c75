"""The routes. What never changes is rendered once, when the app starts."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path

import click
from flask import Flask, Response, abort, request
from jinja2 import Environment
from markupsafe import Markup, escape
from werkzeug.exceptions import HTTPException

from screening.content import Edition
from screening.guidance import guidance_for
from screening.reader import AUDIENCES, Audience
from web.forms import AnswerSheet, build_form
from web.ready import TYPES, Ready
from web.security import INLINE_SCRIPT

STATIC = Path(__file__).parent.parent / "static"
SHARED = {"/": "start.html", "/help": "help.html", "/about": "about.html", "/privacy": "privacy.html"}


def add_pages(app: Flask, content: Mapping[Audience, Edition], leave_url: str) -> None:
    """Give the app its pages, and the error pages that keep helping.

    Arguments: the app, an edition for each audience, and the neutral site that /leave goes to.
    """
    app.jinja_env.globals["inline_script"] = Markup(INLINE_SCRIPT)
    app.jinja_env.filters["linked"] = _linker(content["self"])
    app.jinja_env.filters["date"] = lambda day: f"{day:%B} {day.day}, {day.year}"
    blank: dict[str, Ready] = {}
    errors: dict[int, bytes] = {}
    static = {path.name: Ready.file(path) for path in sorted(STATIC.iterdir()) if path.suffix in TYPES}
    app.jinja_env.globals["static"] = {name: f"/static/{file.hash}/{name}" for name, file in static.items()}
    forms = {audience: build_form(content[audience]) for audience in AUDIENCES}
    guidance: dict[Audience, GuidancePage] = {}

    def show() -> Response:
        return blank[request.path].send()

    def show_static(version: str, name: str) -> Response:
        if name not in static or version != static[name].hash:
            abort(404)
        return static[name].send()

    def answer(audience: Audience) -> str | tuple[str, int]:
        form = forms[audience](formdata=request.form)
        if "change" in request.form:
            return questions(audience, form)
        if not form.validate():
            return questions(audience, form), 422
        return guidance[audience].render(form.answers)

    def questions(audience: Audience, form: AnswerSheet) -> str:
        urgent = guidance_for(content[audience], form.answers).emergency
        # Without its path, the form would post to the # of a link in the error summary, too.
        return render("questions.html", content[audience], form=form, urgent=urgent, path=f"/{audience}")

    def render(template: str, q: Edition, **given: object) -> str:
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
            guidance[audience] = GuidancePage(app.jinja_env, content[audience], f"/{audience}")
            blank[f"/{audience}"] = Ready.page(questions(audience, forms[audience](formdata=None)))
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


def _linker(q: Edition) -> Callable[[str], Markup]:
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


class GuidancePage:
    """The guidance for one audience. The page and each block, lead, note and kept answer are made once, then joined."""

    def __init__(self, templates: Environment, q: Edition, path: str) -> None:
        parts, words = templates.get_template("_parts.html").module, q.words.guidance
        offered = [(question, answer) for question in q.questions for answer in question.answers]
        around = templates.get_template("guidance.html").render(q=q, words=q.words, path=path)
        self.q = q
        self.page = templates.from_string(around)
        self.blocks = {block: parts.block(block, q) for block in words.emergency.blocks + words.today.blocks}
        self.leads = {lead: parts.prose(lead, q.words.site) for lead in (words.soon, words.nothing, words.left_open)}
        self.kept = {(question.id, answer.id): parts.kept(question, answer) for question, answer in offered}
        self.notes = {
            (question.id, answer.id): parts.noticed(question, answer, question.notes[answer.id], words)
            for question, answer in offered
            if answer.id in question.notes
        }

    def render(self, answers: Mapping[str, Collection[str]]) -> str:
        """The page for an answer sheet."""
        guidance = guidance_for(self.q, answers)
        return self.page.render(
            emergency_blocks=_joined(self.blocks[block] for block in guidance.emergency),
            today_blocks=_joined(self.blocks[block] for block in guidance.today),
            lead=self.leads[guidance.lead],
            noticed=_joined(self.notes[found.question.id, found.answer.id] for found in guidance.noticed),
            usual_pills=guidance.pills is self.q.words.guidance.pills,
            left_open=" · ".join(question.topic for question in guidance.left_open),
            kept=_joined(self.kept[asked, chosen] for asked, many in answers.items() for chosen in many),
            facts=guidance.sheet,
        )


def _joined(pieces: Iterable[Markup]) -> Markup:
    return Markup("\n".join(pieces))  # Markup's own join would escape each piece again
