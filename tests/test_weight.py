"""Bytes do not vary from run to run, so they can be tested; times can't, and benchmarks/ prints those."""

import gzip

import pytest
from checks.bench.load import call

from checks.bench.app import HEADERS, PACKED, WINDOW, everything


@pytest.fixture
def static(app):
    return app.jinja_env.globals["static"]


def test_the_whole_question_page_fits_into_one_first_flight_of_packets(app, static, audience):
    total = sum(len(call(app, path, accept=PACKED)) + HEADERS for path in (f"/{audience}", *static.values()))
    assert total < WINDOW * 1000


def test_the_longest_guidance_fits_too(app, audience):
    assert len(gzip.compress(call(app, f"/{audience}", everything(audience)), 6)) < WINDOW * 1000


def test_the_headers_are_no_heavier_than_the_sums_above_assume(client, audience):
    response = client.get(f"/{audience}", headers={"Accept-Encoding": PACKED})
    assert len(str(response.headers)) < HEADERS


def test_the_script_is_small(static, app):
    assert len(call(app, static["script.js"], accept=PACKED)) <= 4000


def test_ready_pages_are_packed_only_for_browsers_that_accept_it(client):
    for accept, packed in (
        ("gzip", True),
        (PACKED, True),
        ("br;q=1, gzip;q=0.2", True),
        ("gzip;q=0", False),
        ("", False),
    ):
        response = client.get("/self", headers={"Accept-Encoding": accept})
        assert (response.headers.get("Content-Encoding") == "gzip") is packed, accept
        assert response.headers["Vary"] == "Accept-Encoding"
        body = gzip.decompress(response.data) if packed else response.data
        assert body.startswith(b"<!doctype html>")


def test_an_answer_to_a_post_is_never_packed_by_the_app(client):
    response = client.post("/self", data={"q_symptoms": "sleep"}, headers={"Accept-Encoding": PACKED})
    assert "Content-Encoding" not in response.headers


def test_a_static_file_is_kept_under_the_hash_of_its_content_and_found_under_no_other(client, static):
    for path in static.values():
        assert "immutable" in client.get(path).headers["Cache-Control"]
        _, folder, version, name = path.split("/")
        assert client.get(f"/{folder}/{version[::-1]}/{name}").status_code == 404
