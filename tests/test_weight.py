"""Bytes do not vary from run to run, so they can be tested; `make bench` prints times."""

import gzip
import zlib

import pytest
from markupsafe import escape
from werkzeug.test import Client

from tests.kit.decided import QUESTIONS
from tests.kit.pages import LANGUAGES, OPEN_PATHS, fields, root
from web.security import SCRIPT

FLIGHT = 14_600  # bytes: ten segments of 1,460, what a server may send before the first answer comes back
HEADERS = 800  # bytes, more than an answer has
# Bytes of a form page with every piece of its guidance; and of it and the start page, which are all that is asked for.
# Spanish needs a fifth more letters.
ENGLISH, SPANISH = (26_000, 37_000), (30_000, 41_000)


@pytest.fixture(scope="module")
def packed(prerendered):
    return lambda path: Client(prerendered).get(path, headers={"Accept-Encoding": "gzip"})


def first_flight(data):
    """What can be read of a packed answer before the browser has acknowledged anything."""
    return zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(data[: FLIGHT - HEADERS])


def test_the_headers_are_no_heavier_than_the_sums_below_assume(packed, each_form):
    assert len(str(packed(each_form.path).headers)) < HEADERS


def test_the_start_page_and_a_form_are_light_in_each_language(packed, each_form):
    start, form = (len(packed(path).data) for path in (f"{root(each_form.edition.language)}/", each_form.path))
    most, most_with_start = SPANISH if root(each_form.edition.language) else ENGLISH
    assert form < most, "cut words; or raise the limit, here and in docs/performance.md, and say why"
    assert start + form + 2 * HEADERS < most_with_start


def test_all_questions_come_with_the_first_flight_of_packets(packed, each_form):
    """What follows them, the pieces of the guidance, is needed only when they are answered."""
    seen = first_flight(packed(each_form.path).data)
    assert b"</main>" in seen
    assert seen.count(b"<fieldset") == seen.count(b"</fieldset>") == len(QUESTIONS)


def test_every_other_page_comes_with_the_first_flight(packed):
    """But for the sources on /about, which nobody opens in a hurry."""
    for path in set(OPEN_PATHS) - {"/about"}:
        for at in map(root, LANGUAGES):
            assert len(packed(f"{at}{path}").data) < FLIGHT - HEADERS, f"{at}{path}"


def test_what_to_do_now_comes_with_the_first_flight_of_the_longest_guidance(client, each_form):
    """Where a proxy packs it; it comes by POST where there is no script."""
    path, edition = each_form
    noted = {q.id: [a.id for a in q.answers if a.id in q.notes] for q in edition.questions}
    sheet = fields({q.id: noted[q.id] if q.many else noted[q.id][-1:] for q in edition.questions})
    sent = client.post(path, data=sheet)
    assert sent.status_code == 200
    seen = first_flight(gzip.compress(sent.data, 6))
    said = edition.words.guidance
    for heading in (said.emergency.heading, edition.words.warning.heading, said.today.heading, said.noticed.heading):
        assert escape(heading).encode() in seen


def test_the_script_is_small():
    assert len(gzip.compress(SCRIPT.encode(), 9)) <= 4000
