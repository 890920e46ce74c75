"""The decision is made twice: by guidance_for(), and by the script in the page. Both show the same pieces."""

import itertools
import json
import random
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from bs4 import BeautifulSoup, Tag

from screening.edition import Edition
from screening.guidance import guidance_for
from screening.load import ENGLISH
from tests.kit.server import missing

SCRIPT = Path(__file__).parent.parent / "templates" / "script.js"
RANDOM_SHEETS = 5000
IN_OTHER_LANGUAGES = 500  # the marks are those of the same template
Sheet = Mapping[str, Sequence[str]]  # question id → ids of the answers
Piece = tuple[str, str]  # what shows it, and what takes it away

# Runs script.js as the pages have it, in a browser with an empty document.
DECIDE = """
const fs = require("fs"), vm = require("vm");
class MutationObserver { observe() {} }
const page = vm.createContext({ document: { documentElement: {} }, addEventListener() {}, MutationObserver });
vm.runInContext(fs.readFileSync(process.argv[1], "utf8"), page);
const { questions, pieces, sheets } = JSON.parse(fs.readFileSync(0, "utf8"));
const shown = sheets.map((sheet) => {
  const names = page.namesFor(questions.map(({ id, answers }) => (
    { id, chosen: answers.filter((answer) => (sheet[id] || []).includes(answer.id)) })));
  const kept = pieces.map(() => false);
  pieces.forEach((piece, n) => {
    kept[n] = (piece.inside === null || kept[piece.inside]) && page.stays(piece.if, piece.unless, names);
  });
  return { wrong: names.has("any-wrong"), kept: pieces.map((_, n) => n).filter((n) => kept[n]) };
});
console.log(JSON.stringify(shown));
"""


def asked(page: BeautifulSoup) -> list[dict]:
    """The questions of a form page, as script.js reads them."""
    return [
        {
            "id": question["data-question"],
            "answers": [
                {
                    "id": answer["value"],
                    "shows": answer.get("data-shows", "").split(),
                    "open": answer.has_attr("data-open"),
                    "alone": answer.has_attr("data-alone"),
                }
                for answer in question.find_all("input")
                if answer["value"]
            ],
        }
        for question in page.find_all("fieldset")
    ]


def decided_by_script(given: dict) -> list[dict]:
    """For each sheet, what script.js decides: whether the sheet is faulty, and which pieces it keeps."""
    if not shutil.which("node"):
        missing("nodejs")
    command = ["node", "-e", DECIDE, SCRIPT]
    ran = subprocess.run(command, input=json.dumps(given), capture_output=True, text=True, timeout=120)
    assert not ran.stderr
    return json.loads(ran.stdout)


def is_piece(element: Tag) -> bool:
    return element.has_attr("data-if") or element.has_attr("data-unless")


def piece(element: Tag) -> Piece:
    return " ".join(element.get("data-if", "").split()), " ".join(element.get("data-unless", "").split())


def carried(page: BeautifulSoup) -> list[dict]:
    """The pieces that a form page carries, each with the piece around it."""
    guidance = BeautifulSoup(page.find(id="guidance-pieces").string, "html.parser")
    elements = guidance.find_all(is_piece)
    number = {id(element): n for n, element in enumerate(elements)}
    around = [element.find_parent(is_piece) for element in elements]
    return [
        {"if": piece(element)[0], "unless": piece(element)[1], "inside": number[id(outer)] if outer else None}
        for element, outer in zip(elements, around, strict=True)
    ]


def choices(question) -> list[list[str]]:
    """Each way to answer one question that the form takes, up to two boxes at once."""
    together = [answer.id for answer in question.answers if question.many and not answer.alone]
    return [[], *([answer.id] for answer in question.answers), *map(list, itertools.combinations(together, 2))]


def sheets_of(edition: Edition) -> Iterator[Sheet]:
    """In English every answer, every pair, every subset of the emergencies, and thousands at random."""
    if edition.language != ENGLISH:
        yield from random_sheets(edition, IN_OTHER_LANGUAGES)
        return
    for question in edition.questions:
        yield from ({question.id: chosen} for chosen in choices(question) if chosen)
    for one, other in itertools.combinations(edition.questions, 2):
        for a, b in itertools.product(one.answers, other.answers):
            yield {one.id: [a.id], other.id: [b.id]}
    emergencies = [
        (question.id, answer) for question in edition.questions for answer, note in question.notes.items()
        if note.care == "emergency"
    ]  # fmt: skip
    for size in range(2, len(emergencies) + 1):
        for subset in itertools.combinations(emergencies, size):
            yield {question: [a for q, a in subset if q == question] for question, _ in subset}
    yield from random_sheets(edition, RANDOM_SHEETS)


def random_sheets(edition: Edition, count: int) -> Iterator[Sheet]:
    chance = random.Random(42)
    for _ in range(count):
        sheet = {}
        for question in edition.questions:
            answers = [answer for answer in question.answers if chance.random() < 0.25]
            free = [answer.id for answer in answers if not answer.alone]
            sheet[question.id] = (free if question.many else free[:1]) or [answer.id for answer in answers[:1]]
        if any(sheet.values()):
            yield sheet


def test_the_script_shows_the_pieces_that_the_server_shows_in_the_same_order(app, client, each_form):
    path, edition = each_form
    page = BeautifulSoup(client.get(path).text, "html.parser")
    pieces, sheets = carried(page), list(sheets_of(edition))
    shown_by_script = decided_by_script({"questions": asked(page), "pieces": pieces, "sheets": sheets})
    marks = re.compile(r' data-if="([^"]*)"(?: data-unless="([^"]*)")?| data-unless="([^"]*)"')

    def written(html: str) -> list[Piece]:
        found = ((wanted, unwanted or alone) for wanted, unwanted, alone in marks.findall(html))
        return [(wanted, unwanted.strip()) for wanted, unwanted in found if wanted or unwanted.strip()]

    with app.test_request_context(path):
        unescaped = app.jinja_env.overlay(autoescape=False)  # a quarter of the time, and the marks are the same
        template = unescaped.get_template("guidance.html")
        for sheet, shown in zip(sheets, shown_by_script, strict=True):
            assert not shown["wrong"], sheet
            guidance = guidance_for(edition, sheet)
            html = template.render(edition=edition, words=edition.words, guidance=guidance, action="", kept=())
            assert [(pieces[n]["if"], pieces[n]["unless"]) for n in shown["kept"]] == written(html), sheet


def test_the_script_and_the_server_find_the_same_sheets_faulty(client, each_form):
    path, edition = each_form
    page = BeautifulSoup(client.get(path).text, "html.parser")
    pairs = [
        {question.id: [a.id, b.id]}
        for question in edition.questions
        if question.many
        for a, b in itertools.combinations(question.answers, 2)
    ]
    sheets = [{}, *pairs]
    shown_by_script = decided_by_script({"questions": asked(page), "pieces": [], "sheets": sheets})
    found = [shown["wrong"] for shown in shown_by_script]
    version = {"version": edition.version}
    forms = [version | {f"q_{question}": chosen for question, chosen in sheet.items()} for sheet in sheets]
    posted = [client.post(path, data=form) for form in forms]
    assert found == [answer.status_code == 422 for answer in posted]
    assert any(found)
    assert not all(found)
