"""What WebKit writes: a window that keeps what a reader's browser keeps, answers that can't be mistaken, every file."""

import os
import signal
import time
from pathlib import Path

import pytest
from werkzeug.wrappers import Response

from tests.kit.browser import CHANGE, FORM, GUIDANCE, LEAVE, SEND
from tests.kit.engines import WebKit
from tests.kit.search import found_in
from tests.kit.server import running
from tests.kit.traces import AWHILE, Watched, site_in
from tests.kit.walk import AWAKE, ELSEWHERE


@pytest.fixture(scope="module")
def marked(tmp_path_factory):
    with site_in(tmp_path_factory.mktemp("marked")) as site:
        yield site


def cached(app):
    """The app, with headers that let a browser cache its pages."""

    def serve(environ, start_response):
        response = Response.from_app(app, environ)
        response.headers["Cache-Control"] = "max-age=3600"
        return response(environ, start_response)

    return serve


def answer(engine: WebKit, marked) -> None:
    engine.open("/")
    engine.open("/self")
    engine.wait_for(AWAKE)
    for question in marked.edition.questions[:4]:
        chosen = next(answer for answer in question.answers if not answer.alone)
        engine.press(f'input[name="q_{question.id}"][value="{chosen.id}"]', changes=False)
    engine.press(SEND)
    engine.wait_for(GUIDANCE)
    time.sleep(AWHILE)


def back_and_forth(engine: WebKit) -> None:
    for step in (-1, 1):
        engine.history(step)
        engine.wait_for(FORM if step < 0 else GUIDANCE)
    engine.press(CHANGE)
    engine.wait_for(FORM)
    time.sleep(AWHILE)


def leave(engine: WebKit) -> None:
    engine.press(LEAVE)
    engine.wait_for(ELSEWHERE)
    time.sleep(AWHILE)


def kept(engine: WebKit, words) -> dict:
    """Where any of the words is, while the window is open and after it was closed."""
    found = found_in(engine.folder, words)
    os.kill(int((engine.folder / "pid").read_text()), signal.SIGTERM)
    time.sleep(AWHILE)
    found |= found_in(engine.folder, words)
    return {file: told for file, told in found.items() if Path(file).name not in ("asked.js", "answered.json")}  # ours


@pytest.mark.parametrize("journey", [back_and_forth, leave])
def test_webkit_writes_no_answer_to_its_folder(journey, marked):
    watched = Watched(marked.app, "")
    with running(watched) as address, WebKit(address) as engine:
        answer(engine, marked)
        journey(engine)
        assert kept(engine, marked.words) == {}
        assert watched.sent == []


def test_the_search_finds_a_page_that_webkit_may_keep(marked):
    with running(cached(marked.app)) as address, WebKit(address) as engine:
        answer(engine, marked)
        assert kept(engine, marked.words)
