"""The routes. What never changes is rendered once, when the app starts."""

from collections.abc import Mapping

from flask import Flask, Response, redirect, render_template, request
from markupsafe import Markup
from werkzeug.exceptions import HTTPException

from screening.content import Questionnaire
from screening.guidance import guidance_for
from screening.reader import AUDIENCES, Audience
from web.forms import build_form
from web.security import INLINE_SCRIPT

SHARED = {"/": "start.html", "/help": "help.html", "/about": "about.html", "/privacy": "privacy.html"}


def add_pages(app: Flask, content: Mapping[Audience, Questionnaire], leave_url: str) -> None:
    """Give the app its pages, and the error pages that keep helping.

    Arguments: the app, a questionnaire for each audience, and the neutral site that /leave goes to.
    """
    app.jinja_env.globals["inline_script"] = Markup(INLINE_SCRIPT)
    app.jinja_env.filters["date"] = lambda day: f"{day:%B} {day.day}, {day.year}"
    shared = content["self"]
    blank: dict[str, str] = {}
    errors: dict[int, str] = {}

    def show() -> str:
        return blank[request.path]

    def answer(audience: Audience) -> tuple[str, int]:
        questionnaire = content[audience]
        form = forms[audience](formdata=request.form)
        guidance = guidance_for(questionnaire, form.answers)
        if "change" in request.form:
            return questions(questionnaire, form, guidance), 200
        if not form.validate():
            return questions(questionnaire, form, guidance), 422
        return render_template(
            "guidance.html", q=questionnaire, words=questionnaire.words, form=form, guidance=guidance
        ), 200

    def questions(questionnaire, form, guidance) -> str:
        return render_template(
            "questions.html", q=questionnaire, words=questionnaire.words, form=form, guidance=guidance
        )

    def leave() -> Response:
        return redirect(leave_url, 303)

    def error_page(error: HTTPException) -> Response:
        response = error.get_response()  # keeps what belongs to the status, such as Allow
        response.set_data(errors.get(error.code, errors[400 if error.code < 500 else 500]))
        response.mimetype = "text/html"
        return response

    forms = {audience: build_form(content[audience]) for audience in AUDIENCES}
    for path in (*SHARED, "/counselor/guide"):
        app.add_url_rule(path, f"page {path}", show)
    for audience in AUDIENCES:
        app.add_url_rule(f"/{audience}", audience, show)
        app.add_url_rule(
            f"/{audience}", f"{audience} answered", answer, defaults={"audience": audience}, methods=["POST"]
        )
    app.add_url_rule("/leave", "leave", leave)
    app.add_url_rule("/healthz", "healthz", lambda: Response("ok\n", mimetype="text/plain"))
    app.register_error_handler(HTTPException, error_page)

    with app.test_request_context():
        for path, template in SHARED.items():
            blank[path] = render_template(template, q=shared, words=shared.words, path=path)
        for audience in AUDIENCES:
            nothing = guidance_for(content[audience], {})
            blank[f"/{audience}"] = questions(content[audience], forms[audience](formdata=None), nothing)
        counselor = content["counselor"]
        blank["/counselor/guide"] = render_template("guide.html", q=counselor, words=counselor.words)
        for code, said in shared.words.errors.items():
            errors[int(code)] = render_template("error.html", q=shared, words=shared.words, said=said)
