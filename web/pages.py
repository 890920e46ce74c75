"""The routes, as ordinary views. Their answers to a GET never change, so web/prerender.py keeps them in memory."""

import datetime
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache

from flask import Blueprint, Flask, Response, redirect, render_template, request
from jinja2.ext import Extension
from markupsafe import Markup, escape
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BaseResponse

from screening.edition import Edition
from screening.guidance import every_piece, guidance_for
from screening.model import Audience
from screening.translation import IN_ENGLISH
from screening.words import Site
from web.forms import PREFIX, AnswerSheet, build_form
from web.security import SCRIPT, STYLE, STYLE_RTL

Editions = Mapping[Audience, Edition]
Claims = tuple[str, list[tuple[str, tuple[str, ...]]]]  # a heading, and what stands under it with its sources


def add_pages(app: Flask, languages: Mapping[str, Editions], leave_url: str) -> None:
    """Register the routes and the error pages.

    Arguments: the app; the editions of each language, the first of which stands at the root of the site; and the
    neutral site that /leave goes to.
    """
    first, *further = languages
    app.url_map.merge_slashes = False  # a redirect would repeat what was asked for
    app.jinja_env.trim_blocks = True
    app.jinja_env.add_extension(Unindented)
    app.jinja_env.globals.update(style=STYLE, style_rtl=STYLE_RTL, script=SCRIPT)
    app.jinja_env.globals.update(policy="", new_tabs=False, guided=False, frozen=False, inert=False)
    app.jinja_env.globals["leave_url"] = leave_url
    app.jinja_env.filters["link_numbers"] = _number_linker(languages[first]["self"])  # numbers are the same in each
    app.jinja_env.filters["date"] = _date
    app.jinja_env.filters["original"] = original
    # Flask hands these to each template. No page of ours may show anything of a request.
    for name in ("request", "session", "g", "get_flashed_messages"):
        del app.jinja_env.globals[name]
    # Flask's own url_for reads the request. A Host header that can't be parsed would break it, and so the error page.
    addresses = app.url_map.bind("")
    app.jinja_env.globals["url_for"] = lambda endpoint, **values: addresses.build(endpoint, values)
    names = {code: editions["self"].words.site.language for code, editions in languages.items()}

    def elsewhere(edition: Edition) -> list[tuple[str, str, str]]:
        """The code and the name of each other language, and the address of this page there."""
        endpoint, values = (request.endpoint or "").partition(".")[2] or "start", request.view_args or {}
        others = [(code, name) for code, name in names.items() if code != edition.language]
        return [(code, name, addresses.build(f"{code}.{endpoint}", values)) for code, name in others]

    app.jinja_env.globals["elsewhere"] = elsewhere
    for code, editions in languages.items():
        app.register_blueprint(_make_pages(code, editions), url_prefix=None if code == first else f"/{code}")

    @app.get("/leave")  # one for all languages: nginx answers it, too, when the app can't
    def leave() -> BaseResponse:
        return redirect(leave_url, 303)

    @app.get("/healthz")
    def healthz() -> Response:
        return Response("ok\n", mimetype="text/plain")

    app.template_context_processors.clear()  # the app and each blueprint have one that hands over request and g

    def error_page(error: HTTPException) -> BaseResponse:
        response = error.get_response()  # keeps what belongs to the status, such as Allow
        language = next((code for code in further if f"{request.path}/".startswith(f"/{code}/")), first)
        edition, code = languages[language]["self"], str(error.code)
        pages = edition.words.errors
        said = pages.get(code) or pages["400" if code < "500" else "500"]
        response.set_data(render("error.html", edition, error=said))
        response.mimetype = "text/html"
        return response

    app.register_error_handler(HTTPException, error_page)
    for name in app.jinja_env.list_templates(extensions=["html"]):
        app.jinja_env.get_template(name)  # now, and not at the first POST: an update may have changed the files by then


BLOCK = "p|div|section|article|[uod]l|li|d[td]|h[1-6]|fieldset|legend|details|summary|form|header|footer|main|nav"
UNSEEN = re.compile(rf"(</?(?:{BLOCK})\b[^<>]*>)\n+|\n+(?=</?(?:{BLOCK})\b|\n)")  # line breaks that no browser shows


class Unindented(Extension):
    """Strips the templates' indentation: pages get a tenth shorter, still 0.9 kB when compressed."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """A template without the spaces that its lines start with, and without idle line breaks. Called by Jinja."""
        return UNSEEN.sub(r"\1", re.sub(r"^ +", "", source, flags=re.MULTILINE))


def render(template: str, edition: Edition, **given: object) -> str:
    """Render a template with an edition's words."""
    return render_template(template, edition=edition, words=edition.words, **given)


def _make_pages(language: str, editions: Editions) -> Blueprint:
    pages = Blueprint(language, __name__)
    forms = {audience: build_form(edition) for audience, edition in editions.items()}
    shared = editions["self"]  # pages that are the same for each audience

    @pages.get("/", strict_slashes=False)  # a redirect to the slash would repeat what was asked for
    def start() -> str:
        return render("start.html", shared)

    @pages.get("/<any(self, family, counselor):audience>")
    def questions(audience: Audience) -> str:
        return _questions_page(editions[audience], forms[audience](formdata=None), request.path)

    @pages.post("/<any(self, family, counselor):audience>")
    def answer(audience: Audience) -> str | tuple[str, int]:
        edition, form, action = editions[audience], forms[audience](formdata=request.form), request.path
        if "change" in request.form:
            return _questions_page(edition, form, action)
        if not form.validate():
            return _questions_page(edition, form, action), 422
        answers = form.answers
        kept = [(PREFIX + question, answer) for question, chosen in answers.items() for answer in chosen]
        return render("guidance.html", edition, guidance=guidance_for(edition, answers), kept=kept, action=action)

    @pages.get("/counselor/guide")
    def guide() -> str:
        return render("guide.html", editions["counselor"])

    @pages.get("/counselor/handout")
    def handout() -> str:
        return render("handout.html", editions["counselor"], guidance=None)

    @pages.get("/help")
    def help_now() -> str:
        return render("help.html", shared)

    @pages.get("/about")
    def about() -> str:
        return render("about.html", shared, cited=list(_cited(editions)))

    @pages.get("/privacy")
    def privacy() -> str:
        return render("privacy.html", shared)

    return pages


def _questions_page(edition: Edition, form: AnswerSheet, action: str) -> str:
    """The form. It also carries every piece of its guidance, and every message on a faulty sheet, for the script.

    `action` must not be empty: the next address would keep the #fragment of a link in the error summary, and the page
    would open scrolled past its emergency card.
    """
    return render(
        "questions.html",
        edition,
        form=form,
        action=action,
        guidance=guidance_for(edition, form.answers),
        messages=form.messages,
        pieces=every_piece(edition),
        every_message=form.every_message,
    )


def original(text: str) -> Markup:
    """Words that stay in English in each language: titles, proper names, the document's own."""
    return Markup('<span lang="en">{}</span>').format(text)


def _date(site: Site, day: datetime.date) -> str:
    """A date as the language of the site's words writes it."""
    return site.date.format(month=site.months[day.month - 1], day=day.day, year=day.year)


def _number_linker(edition: Edition) -> Callable[[str], Markup]:
    """A template filter that makes each of the country's phone numbers in a text a link."""
    lines = {line.number: line for line in reversed(edition.own_helplines)}  # if two share a number, the first counts
    numbers = "|".join(re.escape(number) for number in sorted(lines, key=len, reverse=True))
    # Not inside a longer number, an amount or a fraction, such as 10,000 or $911 or 111/2 or 0800 111 0222.
    before = r"(?<![\w$€£+/–-])(?<!\d[.,])(?<![$€£]\s)(?<!\d\d\s)(?<!\+\d\s)(?<!\d\))(?<!\d\)\s)"
    after = r"(?![\w/%–-])(?![.,]\d)(?!\)?\s?\d{3})"
    # A full stop goes into the link: alone behind it, a screen reader says "dot".
    alone = re.compile(rf"{before}({numbers}){after}(\.?)")

    @cache  # it only ever gets texts of the content
    def link_numbers(text: str) -> Markup:
        def call(match: re.Match[str]) -> str:
            line = lines[match[1]]
            return f'<a href="{line.tel or line.sms}" translate="no">{match[1]}{match[2]}</a>'

        linked = alone.sub(call, str(escape(text)))
        return Markup(IN_ENGLISH.sub(r'<span class="in-english" lang="en">“\1”</span>', linked))

    return link_numbers


def _cited(editions: Editions) -> Iterator[Claims]:
    """Where each piece of guidance comes from. Only counselors' editions hold all questions, cards and tools."""
    counselor = editions["counselor"]
    for question in counselor.questions:
        noted = [answer for answer in question.answers if answer.id in question.notes]
        yield question.topic, [(answer.label, question.notes[answer.id].sources) for answer in noted]
    for card in (counselor.words.guidance.emergency, counselor.words.guidance.today):
        parts = [part for block in card.blocks for part in (block, block.pills) if part] + list(card.after)
        yield card.heading, [(part.heading or "", part.sources) for part in parts if part.sources]
    for edition in editions.values():
        said = edition.words.guidance
        always = (said.soon, said.nothing, said.left_open, said.who, said.pills, *said.more)
        yield said.heading, [(part.heading or "", part.sources) for part in always]
    if tools := counselor.words.guidance.instruments:
        yield tools.heading, [(original(tool.title), tool.sources) for tool in tools.rows]
    guide = counselor.words.guide
    yield guide.heading, [(part.heading or "", part.sources) for part in (*guide.before, *guide.after)]
