"""What a browser keeps: one run of each kind of `make traces`, and whether its search can find anything at all."""

import base64
import gzip
import hashlib
import sqlite3
import subprocess
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from tests.kit.browser import BROWSERS, Chromium, Firefox
from tests.kit.search import SEALED, found_in
from tests.kit.server import missing
from tests.kit.traces import ANSWER, AUTOCOMPLETE, JOURNEYS, SENT, SHOWN_BY, Journey, RunKind, V, new_word, run, site_in

# --- The search -------------------------------------------------------------------------------------------------

WORD = new_word()
BURIED = f"{'before ' * 9}{WORD}{' after' * 9}"


def lz4() -> bytes:
    """A block that says: write the word's end, a dot and its beginning, then copy the end from where you began."""
    beginning, end = WORD[:12].encode(), WORD[12:].encode()
    literal = end + b"." + beginning
    return bytes([0xF0 | len(end) - 4, len(literal) - 15]) + literal + bytes([len(literal), 0]) + b"\x10!"


def database(path):
    """A database in which a page ends inside the word, so the file never holds it whole."""
    for before in range(0, 9000, 10):
        path.unlink(missing_ok=True)
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("create table texts (text)")
            connection.execute("insert into texts values (?)", ["x" * before + WORD + "x" * (9000 - before)])
            connection.commit()
        if WORD.encode() not in path.read_bytes():
            return
    raise AssertionError("no page ends inside the word")


def sealed_database(path):
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("create table texts (text)")
        connection.execute("insert into texts values (?)", [sealed(BURIED.encode())])
        connection.commit()


def sealed(text: bytes) -> bytes:
    """As Chromium encrypts with --password-store=basic."""
    key = hashlib.pbkdf2_hmac("sha1", b"peanuts", b"saltysalt", 1, 16).hex()
    command = ["openssl", "enc", "-aes-128-cbc", "-K", key, "-iv", (b" " * 16).hex()]
    return SEALED + subprocess.run(command, input=text, stdout=subprocess.PIPE, check=True).stdout


def session(records):
    return b"SNSS\5\0\0\0" + b"".join(len(record).to_bytes(4, "little") + record for record in records)


PLACES = {
    "UTF-8": lambda path: path.write_text(BURIED),
    "UTF-16": lambda path: path.write_bytes(b"\1" + BURIED.encode("utf-16-le")),
    "base64": lambda path: path.write_bytes(base64.b64encode(BURIED.encode())),
    "base64, one byte on": lambda path: path.write_bytes(base64.b64encode(b"." + BURIED.encode())),
    "base64, two bytes on": lambda path: path.write_bytes(base64.b64encode(b".." + BURIED.encode())),
    "gzip inside a cache's file": lambda path: path.write_bytes(b"head" + gzip.compress(BURIED.encode()) + b"tail"),
    "Firefox's sessions": lambda path: path.write_bytes(b"mozLz40\0" + bytes(4) + lz4()),
    "a database": database,
    "an encrypted value of a database": sealed_database,
    "Chromium's encrypted sessions": lambda path: path.write_bytes(
        session([sealed(b"other"), sealed(BURIED.encode())])
    ),
}


@pytest.mark.parametrize("put", PLACES.values(), ids=PLACES)
def test_the_search_finds_a_word_in(put, tmp_path):
    (tmp_path / "deep").mkdir()
    put(tmp_path / "deep" / "file")
    other = new_word()
    assert found_in(tmp_path, {WORD, other}) == {"deep/file": {WORD}}


def test_the_search_finds_a_word_in_the_name_of_a_file_and_none_where_there_is_none(tmp_path):
    (tmp_path / WORD).mkdir()
    (tmp_path / "file").write_text(BURIED.replace(WORD, WORD[:-1]))
    assert found_in(tmp_path, {WORD}) == {WORD: {WORD}}


# --- The browsers -----------------------------------------------------------------------------------------------

# What a reader may do in one go.
MUCH = Journey(
    [
        *(V.answer, V.press_faulty, V.correct, V.press, V.wait, V.change, V.answer_more, V.press, V.wait, V.back),
        *(V.forward, V.wait, V.reload, V.answer_more, V.wait),
    ]
)
RUNS = {
    "Chromium": (RunKind(Chromium, True, "", "much"), MUCH),
    "Firefox": (RunKind(Firefox, True, "", "much"), MUCH),
    "Chromium, with autocomplete": (
        RunKind(Chromium, True, AUTOCOMPLETE, "filled in"),
        JOURNEYS[SHOWN_BY[AUTOCOMPLETE]],
    ),
    "Firefox, with autocomplete": (RunKind(Firefox, True, AUTOCOMPLETE, "filled in"), JOURNEYS[SHOWN_BY[AUTOCOMPLETE]]),
    "Chromium, sent by itself": (RunKind(Chromium, True, SENT, "pressed"), JOURNEYS[SHOWN_BY[SENT]]),
}


@pytest.fixture(scope="module")
def found(default_settings, tmp_path_factory):
    """found(name) is what that run left. They go at the same time, each in a thread, which playwright needs anyway."""
    for browser in BROWSERS:
        if not Path(browser.path).exists():
            missing(Path(browser.path).name)
    with site_in(tmp_path_factory.mktemp("site")) as site, ThreadPoolExecutor() as pool:
        running = {
            name: pool.submit(run, site, kind, journey, https=kind.browser is Chromium)
            for name, (kind, journey) in RUNS.items()
        }
        yield lambda name: running[name].result()


@pytest.mark.parametrize("browser", ["Chromium", "Firefox"])
def test_with_script_nothing_is_sent_and_the_browser_keeps_no_answer(browser, found):
    """Each press in these journeys asserts that the server got nothing."""
    assert found(browser) == {}


def test_a_form_that_the_browser_sent_would_be_found(found):
    assert ANSWER in set().union(*found("Chromium, sent by itself").values())


@pytest.mark.parametrize("browser", ["Chromium", "Firefox"])
def test_what_a_browser_keeps_to_fill_in_again_would_be_found(browser, found):
    assert found(f"{browser}, with autocomplete") != {}
