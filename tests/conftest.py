"""What many tests need: the shipped content, a copy of it with a fault, the app."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app import create_app
from screening import load
from screening.load import OUR_CONTENT, load_content, load_languages
from screening.model import AUDIENCES
from settings import VARIABLES
from tests.kit.pages import LANGUAGES, Form, all_responses, page, root
from web.prerender import prerender

Edit = tuple[str, str]  # a text in the file, and what replaces it


def pytest_xdist_auto_num_workers() -> int:
    """With browsers a third of the time is waiting, so there are two workers on each core."""
    return (os.cpu_count() or 1) * 2


@pytest.fixture(scope="session", autouse=True)
def default_settings() -> Iterator[None]:
    """Whoever runs the tests may have set these variables."""
    with pytest.MonkeyPatch.context() as patch:
        for name in VARIABLES.values():
            patch.delenv(name, raising=False)
        yield


@pytest.fixture(scope="session")
def languages(default_settings):
    """The shipped content in each language: one edition for each audience."""
    return load_languages(OUR_CONTENT, "US", LANGUAGES)


@pytest.fixture(scope="session")
def content(default_settings):
    """The shipped content in English. Spanish may still lack what is new in it."""
    return load_content()


@pytest.fixture(scope="session", params=AUDIENCES)
def audience(request):
    return request.param


@pytest.fixture(scope="session")
def edition(content, audience):
    return content[audience]


@pytest.fixture(
    scope="session",
    params=[(language, audience) for language in LANGUAGES for audience in AUDIENCES],
    ids=lambda param: f"{root(param[0])}/{param[1]}",
)
def each_form(request, languages) -> Form:
    """Each form: every audience in every language."""
    language, audience = request.param
    return Form(f"{root(language)}/{audience}", languages[language][audience])


@pytest.fixture
def edited(tmp_path) -> Callable[..., Path]:
    """edited("pages.yaml", (old, new), …) gives a folder of content where that file says `new` for the first `old`."""

    def edit(file: str, *edits: Edit) -> Path:
        for path in OUR_CONTENT.glob("*.yaml"):
            if not (tmp_path / path.name).exists():
                (tmp_path / path.name).write_bytes(path.read_bytes())
        text = (tmp_path / file).read_text(encoding="utf-8")
        for old, new in edits:
            assert old in text, f"{file} no longer holds {old!r}; this test needs another example"
            text = text.replace(old, new, 1)
        (tmp_path / file).write_text(text, encoding="utf-8")
        return tmp_path

    return edit


@pytest.fixture
def in_our_place(tmp_path, monkeypatch) -> Path:
    """A copy of our content and translations that a test can change, in the place of ours."""
    for path in (*OUR_CONTENT.glob("*.yaml"), *OUR_CONTENT.glob("*.po")):
        shutil.copy(path, tmp_path)
    monkeypatch.setattr(load, "OUR_CONTENT", tmp_path)
    monkeypatch.setattr("app.OUR_CONTENT", tmp_path)
    return tmp_path


@pytest.fixture(scope="session")
def app(default_settings):
    return create_app()


@pytest.fixture(scope="session")
def prerendered(default_settings):
    """The app with its pages in memory, as web/server.py serves it."""
    app = create_app()
    prerender(app)
    return app


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.fixture(scope="session")
def responses(app, languages):
    """Every page, all guidance for every audience and every error, in each language, by name."""
    return all_responses(app, languages)


@pytest.fixture(scope="session")
def pages(responses):
    """The same, parsed."""
    return {name: page(response) for name, response in responses.items()}
