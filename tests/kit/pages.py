"""What the tests of pages share: parsed pages, filled-in answer sheets, and a way to meet every status."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import NamedTuple

import pytest
from bs4 import BeautifulSoup, Tag
from werkzeug.test import Client, TestResponse

import web.pages
from app import create_app
from screening.edition import Edition
from screening.load import known_languages
from screening.questions import Care, Question
from screening.translation import IN_ENGLISH
from screening.words import STATUSES
from web.pages import Editions
from web.security import MAX_BYTES

Sheet = Mapping[str, Sequence[str]]  # question id → ids of the answers

AUDIENCE_PATHS = ("/self", "/family", "/counselor")
OPEN_PATHS = ("/", "/help", "/about", "/privacy", "/counselor/guide", "/counselor/handout")
LANGUAGES = known_languages()  # the first stands at the root
ERRORS = tuple(map(int, STATUSES))
FORM_TYPE = "application/x-www-form-urlencoded"


class Form(NamedTuple):
    """One of the forms: those of each audience, in each language."""

    path: str
    edition: Edition


def root(language: str) -> str:
    """What the addresses of a language start with."""
    return "" if language == LANGUAGES[0] else f"/{language}"


PATHS = tuple(f"{root(language)}{path}" for language in LANGUAGES for path in (*AUDIENCE_PATHS, *OPEN_PATHS))


# --- Parsing ----------------------------------------------------------------------------------------------------


def page(response: TestResponse) -> BeautifulSoup:
    return BeautifulSoup(response.text, "html.parser")


def unpacked(soup: BeautifulSoup) -> BeautifulSoup:
    """The page with what it keeps in data blocks for readers with script. It is changed, and given back."""
    for block in soup.select("script.for-script"):
        block.replace_with(BeautifulSoup(block.string, "html.parser"))
    return soup


def squeezed(text: str) -> str:
    return " ".join(text.split())


def text_of(node: Tag) -> str:
    return squeezed(node.get_text())


def shown(words: str) -> str:
    """Words of the content as a page shows them: English in another language stands in quotation marks."""
    return squeezed(IN_ENGLISH.sub(r"“\1”", words))


def says(node: Tag, words: str) -> bool:
    return shown(words) in text_of(node)


def headings(node: Tag) -> list[Tag]:
    return node.find_all(["h1", "h2", "h3", "h4", "h5", "h6"])


def values(soup: BeautifulSoup, *attributes: str) -> set[str]:
    """What these attributes say, anywhere on the page."""
    return {tag[name] for tag in soup.find_all(True) for name in attributes if name in tag.attrs}


def section_headed(soup: BeautifulSoup, heading: str) -> Tag:
    """The part of the page that a heading with these words opens."""
    found = next(h for h in headings(soup) if text_of(h) == squeezed(heading))
    section = found.find_parent(["section", "details"])
    assert section is not None
    return section


def emergency_card(soup: BeautifulSoup) -> Tag | None:
    return soup.select_one("section.emergency")


def checked(soup: BeautifulSoup) -> dict[str, list[str]]:
    """The answer sheet that the form of a page would send as it stands."""
    sheet: dict[str, list[str]] = {}
    for box in soup.select('input[checked]:not([value=""])'):  # an empty value is "No answer"
        sheet.setdefault(str(box["name"]).removeprefix("q_"), []).append(str(box["value"]))
    return sheet


def carried(soup: BeautifulSoup) -> dict[str, list[str]]:
    """What the hidden inputs of a form carry, by name. The switch to another language has a form of its own."""
    fields: dict[str, list[str]] = {}
    for box in soup.select("main form input[type=hidden]"):
        fields.setdefault(str(box["name"]), []).append(str(box["value"]))
    return fields


# --- Answer sheets ----------------------------------------------------------------------------------------------


def fields(sheet: Sheet) -> dict[str, list[str]]:
    """An answer sheet as the form sends it."""
    return {f"q_{question}": list(answers) for question, answers in sheet.items()}


def question(edition: Edition, wanted: str) -> Question:
    return next(q for q in edition.questions if q.id == wanted)


def nothing_noticed(edition: Edition) -> Sheet:
    """Every question answered, with nothing that anything is said about."""
    return {q.id: [next(a.id for a in q.answers if a.id not in q.notes and not a.open)] for q in edition.questions}


def left_open(edition: Edition) -> Sheet:
    """One question answered, and that with an answer that leaves it open."""
    first = edition.questions[0]
    return {first.id: [next(a.id for a in first.answers if a.open)]}


def answers_with(edition: Edition, care: Care) -> list[Sheet]:
    """A sheet for each answer that carries this level of care, with nothing else on it."""
    return [
        {q.id: [a.id]} for q in edition.questions for a in q.answers if a.id in q.notes and q.notes[a.id].care == care
    ]


def together(sheets: Sequence[Sheet]) -> Sheet:
    """One sheet with the answers of all."""
    every: dict[str, list[str]] = {}
    for sheet in sheets:
        for asked, answers in sheet.items():
            every.setdefault(asked, []).extend(answers)
    return every


def everything_soon(edition: Edition) -> list[Sheet]:
    """As few sheets as hold every answer that carries the lowest level of care."""
    chosen = together(answers_with(edition, "soon"))
    many = {q.id for q in edition.questions if q.many}
    rounds = max(len(answers) for asked, answers in chosen.items() if asked not in many)
    return [{q: a if q in many else [a[min(n, len(a) - 1)]] for q, a in chosen.items()} for n in range(rounds)]


def one_of_each(edition: Edition) -> Sheet:
    """An emergency, something for today and a sign, from three questions."""
    return {"symptoms": ["seizure"], "recent_change": ["out"], "longer_than_planned": ["yes"]}


def guidance_sheets(edition: Edition) -> dict[str, Sheet]:
    """A valid sheet for everything that guidance can be: nothing, open, soon, each urgent answer, a mix."""
    emergencies = answers_with(edition, "emergency")
    urgent = [*emergencies, *answers_with(edition, "today")]
    return {
        "nothing": nothing_noticed(edition),
        "open": left_open(edition),
        **{f"soon {n}": sheet for n, sheet in enumerate(everything_soon(edition), 1)},
        **{f"{asked}={answer}": sheet for sheet in urgent for asked, (answer,) in sheet.items()},
        "every emergency": together(emergencies),
        "one of each": one_of_each(edition),
    }


def faulty_sheets(edition: Edition) -> dict[str, dict[str, list[str]]]:
    """What is sent for each fault that a sheet can have, on top of a seizure where the fault leaves room for one."""
    seizure = fields({"symptoms": ["seizure"]})
    return {
        "empty": {"version": [edition.version]},
        "alone together": {"q_symptoms": ["seizure", "none"]},
        "two for one": {**seizure, "q_recent_change": ["planned", "out"]},
        "unknown": {**seizure, "q_mixing": ["alcohol", "unheard-of"]},
        "older version": {**seizure, "version": ["older"]},
    }


# --- Every status -----------------------------------------------------------------------------------------------


@contextmanager
def breaking_app(error: Callable[[], Exception]) -> Iterator:
    """An app in which the decision about an answer sheet raises."""

    def broken(edition, answers):
        raise error()

    app = create_app()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(web.pages, "guidance_for", broken)
        yield app


def without_length(app):
    """The app behind a server that does not know how long a body is."""

    def wrapped(environ, start_response):
        environ.pop("CONTENT_LENGTH", None)
        return app(environ, start_response)

    return wrapped


def provoke(
    app, status: int, *, at="", path: str = "", data: Mapping | None = None, headers: Mapping | None = None, query=None
):
    """An answer with this status, to a request that carries what is given besides.

    `at` is the root of a language. `path` is something to find in a log later: it is added to the address where a page
    that is not there answers with the same status. For 500 the app must come from breaking_app().
    """
    form = {"data": data or {"version": ""}, "headers": headers or {}, "query_string": query, "method": "POST"}
    address, more = {
        400: ("/self", {"environ_overrides": {"CONTENT_LENGTH": str(MAX_BYTES - 1)}}),
        403: (f"/self{path}", {"headers": {**form["headers"], "Sec-Fetch-Site": "cross-site"}}),
        404: (f"/nowhere{path}", {"method": "GET", "data": None}),
        405: ("/help", {}),
        411: (f"/self{path}", {}),
        413: (f"/self{path}", {"data": {**form["data"], "much": "x" * MAX_BYTES}}),
        415: (f"/self{path}", {"data": None, "json": form["data"]}),
        500: ("/self", {}),
    }[status]
    return Client(without_length(app) if status == 411 else app).open(f"{at}{address}", **{**form, **more})


def all_responses(app, languages: Mapping[str, Editions]) -> dict[str, TestResponse]:
    """Every page, all guidance for every audience, every error, in each language, by a name for each."""
    client = Client(app)
    found = {}
    for language, content in languages.items():
        at = root(language)
        for path in (*AUDIENCE_PATHS, *OPEN_PATHS):
            found[f"{at}{path}"] = client.get(f"{at}{path}")
        for audience, edition in content.items():
            form = f"{at}/{audience}"
            for name, sheet in guidance_sheets(edition).items():
                found[f"{form} {name}"] = client.post(form, data=fields(sheet))
            for name, sent in faulty_sheets(edition).items():
                found[f"{form} faulty: {name}"] = client.post(form, data=sent)
            found[f"{form} change"] = client.post(form, data={**fields(one_of_each(edition)), "change": "1"})
    with breaking_app(lambda: RuntimeError("broken for a test")) as broken:
        for at in map(root, languages):
            for status in ERRORS:
                asked = broken if status == 500 else app
                found[f"{at} error {status}".lstrip()] = provoke(asked, status, at=at)
    return found
