import base64
import gzip
import hashlib
import json
import logging
import re
import subprocess
import sys
from pathlib import Path

import pytest
from flask import session
from werkzeug.exceptions import HTTPException
from werkzeug.test import Client

from tests.kit.pages import ERRORS, FORM_TYPE, breaking_app, fields, one_of_each, provoke
from web.security import MAX_BYTES

ROOT = Path(__file__).parent.parent
CANARY = "canary7f3a"
CARRIED = {  # every place where a request can carry something
    "data": {"q_symptoms": [CANARY], f"q_{CANARY}": CANARY, "version": CANARY},
    "headers": {
        "User-Agent": CANARY,
        "Referer": f"http://localhost/{CANARY}",
        "Accept-Language": CANARY,
        "Cookie": f"{CANARY}={CANARY}",
        "Authorization": f"Bearer {CANARY}",
        f"X-{CANARY}": CANARY,
    },
    "query": {CANARY: CANARY},
}
SHEET = {"q_symptoms": "sleep"}


@pytest.fixture(scope="module")
def answers(app, pages, responses):
    """A response of every kind that the app gives, by name."""
    client = Client(app)
    style, script = (pages["/"].select_one(tag) for tag in ('link[rel="stylesheet"]', "script[src]"))
    others = {
        "leave": client.get("/leave"),
        "well": client.get("/healthz"),
        "style": client.get(style["href"], buffered=True),
        "script": client.get(script["src"], buffered=True),
        "no such file": client.get("/static/nothing.css"),
        "no such version": client.get("/static/0123456789/style.css"),
        "head": client.head("/self"),
        "options": client.options("/self"),
        "options of nothing": client.options("/nowhere"),
    }
    return {**responses, **others}


def policy(response):
    """The Content-Security-Policy as a mapping: directive → its sources."""
    directives = [part.split() for part in response.headers["Content-Security-Policy"].split(";")]
    assert len({name for name, *_ in directives}) == len(directives), "browsers ignore a directive that stands twice"
    return {name: set(sources) for name, *sources in directives}


# --- No trace ---------------------------------------------------------------------------------------------------


def test_no_answer_of_the_app_sets_a_cookie_or_varies_by_one(answers):
    assert [name for name, response in answers.items() if "Set-Cookie" in response.headers] == []
    assert [name for name, response in answers.items() if "cookie" in response.headers.get("Vary", "").lower()] == []


def test_the_app_has_no_secret_so_a_session_cannot_be_written(app):
    assert not app.secret_key
    with app.test_request_context("/self"), pytest.raises(RuntimeError):
        session["symptoms"] = "sleep"


def test_a_cookie_that_is_sent_is_ignored(app, content):
    sheet = fields(one_of_each(content["self"]))
    plain = Client(app).post("/self", data=sheet)
    with_cookie = Client(app).post("/self", data=sheet, headers={"Cookie": "session=abc; q_symptoms=suicide"})
    assert plain.data == with_cookie.data


def test_nothing_is_remembered_from_one_reader_to_the_next(app, content):
    blank = Client(app).get("/self").data
    sheet = fields(one_of_each(content["self"]))
    first, second = (Client(app).post("/self", data=sheet).data for _ in range(2))
    assert first == second
    assert Client(app).get("/self").data == blank


def test_an_answer_sheet_leaves_no_trace_on_the_machine():
    """tests/kit/watched.py serves 300 sheets and every error; it notes files, connections and programs."""
    ran = subprocess.run(
        [sys.executable, "-B", "-m", "tests.kit.watched"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    told = json.loads(ran.stdout)
    assert told["served"] == 300
    assert set(told["statuses"]) >= {200, *ERRORS}
    assert told["seen"] == []
    assert told["watching"], "the watch itself saw nothing when it should"
    assert "RuntimeError" in ran.stderr, "the log says what broke, and where"
    assert "an answer" not in ran.stderr


# --- Headers ----------------------------------------------------------------------------------------------------


def test_every_answer_allows_only_what_is_ours_and_named(answers):
    for name, response in answers.items():
        allowed = policy(response)
        assert allowed["default-src"] == {"'none'"}, name
        assert allowed["form-action"] == allowed["connect-src"] == {"'self'"}, name
        assert allowed["frame-ancestors"] == {"'none'"}, name
        assert allowed["base-uri"] == {"'none'"}, name
        sources = set().union(*allowed.values())
        assert not [source for source in sources if re.search(r"unsafe|[*.]|http|blob", source)], name
        assert {source for source in allowed["script-src"] if not source.startswith("'sha256-")} == {"'self'"}, name


def test_the_policy_allows_one_inline_script_and_it_is_the_one_on_the_page(pages, answers):
    for name, soup in pages.items():
        (inline,) = [script.string for script in soup.find_all("script") if not script.get("src")]
        digest = base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()
        hashes = {source for source in policy(answers[name])["script-src"] if source.startswith("'sha")}
        assert hashes == {f"'sha256-{digest}'"}, name


def test_nothing_but_our_own_files_is_kept_by_a_browser_or_on_the_way(answers):
    kept = [name for name, response in answers.items() if not response.cache_control.no_store]
    assert set(kept) <= {"style", "script"}
    assert answers["style"].status_code == answers["script"].status_code == 200


def test_every_header_stands_once(answers):
    for name, response in answers.items():
        names = [header.lower() for header, _ in response.headers]
        assert sorted(set(names)) == sorted(names), name


@pytest.mark.parametrize("accepted", ["", "br", "identity", "gzip;q=0", "gzip", "br, gzip", "GZIP", "*", "gzip;q=x"])
def test_a_page_is_the_same_whether_it_was_packed_or_not(app, responses, accepted):
    for path in ("/", "/self", "/help"):
        sent = Client(app).get(path, headers={"Accept-Encoding": accepted})
        packed = "gzip" in sent.headers.get("Content-Encoding", "")
        assert not packed or "gzip" in accepted.lower() or "*" in accepted
        assert "q=0" not in accepted or not packed
        assert (gzip.decompress(sent.data) if packed else sent.data) == responses[path].data
        assert "accept-encoding" in sent.headers.get("Vary", "").lower() or not packed


def test_every_answer_says_what_it_is_and_is_taken_for_nothing_else(answers):
    assert {response.headers["X-Content-Type-Options"] for response in answers.values()} == {"nosniff"}


def test_every_answer_tells_other_sites_nothing_but_our_own_forms_where_they_come_from(answers):
    """no-referrer would make browsers send `Origin: null` with our own form, and it would be refused."""
    assert {response.headers["Referrer-Policy"] for response in answers.values()} == {"same-origin"}


def test_no_other_site_can_frame_open_or_load_a_page(answers):
    for name, response in answers.items():
        assert response.headers["X-Frame-Options"] == "DENY", name
        assert response.headers["Cross-Origin-Opener-Policy"] == "same-origin", name
        assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin", name
        assert "Access-Control-Allow-Origin" not in response.headers, name


# --- Other sites ------------------------------------------------------------------------------------------------

ORIGINS = [
    # the browser says where it comes from: nothing else counts
    ({"Sec-Fetch-Site": "same-origin"}, 200),
    ({"Sec-Fetch-Site": "none"}, 200),
    ({"Sec-Fetch-Site": "same-site"}, 403),
    ({"Sec-Fetch-Site": "cross-site"}, 403),
    ({"Sec-Fetch-Site": ""}, 403),
    ({"Sec-Fetch-Site": "unheard-of"}, 403),
    ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, 200),
    ({"Sec-Fetch-Site": "same-origin", "Origin": "https://other.example"}, 200),
    ({"Sec-Fetch-Site": "cross-site", "Origin": "http://ours.example"}, 403),
    # an older browser, or a plain http address: Origin must name the host
    ({}, 200),
    ({"Origin": "http://ours.example"}, 200),
    ({"Origin": "https://ours.example"}, 200),
    ({"Origin": "null"}, 403),
    ({"Origin": ""}, 403),
    ({"Origin": "ours.example"}, 403),
    ({"Origin": "http://other.example"}, 403),
    ({"Origin": "http://OTHER.example"}, 403),
    ({"Origin": "http://sub.ours.example"}, 403),
    ({"Origin": "http://ours.example.other.example"}, 403),
    ({"Origin": "http://ours.example:8080"}, 403),
    ({"Origin": "http://ours.example@other.example"}, 403),
    ({"Origin": "http://other.example@ours.example"}, 403),
    ({"Origin": "http://other.example/ours.example"}, 403),
    ({"Origin": "http://other.example#ours.example"}, 403),
    ({"Origin": "http://ours.example other.example"}, 403),
    ({"Origin": "http://["}, 403),
    ({"Origin": "\\\\ours.example"}, 403),
]


@pytest.mark.parametrize(("headers", "status"), ORIGINS, ids=[str(headers) for headers, _ in ORIGINS])
def test_a_post_is_answered_only_when_it_comes_from_our_own_page(client, headers, status):
    sent = client.post("/self", data=SHEET, headers={"Host": "ours.example", **headers})
    assert sent.status_code == status


def test_our_own_page_may_be_on_any_port(client):
    headers = {"Host": "localhost:8000"}
    assert client.post("/self", data=SHEET, headers={**headers, "Origin": "http://localhost:8000"}).status_code == 200
    assert client.post("/self", data=SHEET, headers={**headers, "Origin": "http://localhost:9000"}).status_code == 403


def test_a_post_from_another_site_is_refused_whatever_it_asks_for(client):
    for path in ("/", "/self", "/help", "/leave", "/healthz", "/nowhere", "/static/style.css"):
        for method in ("POST", "PUT", "DELETE"):
            refused = client.open(path, method=method, data=SHEET, headers={"Sec-Fetch-Site": "cross-site"})
            assert refused.status_code == 403, f"{method} {path}"


def test_a_link_from_another_site_is_welcome(client):
    for path in ("/", "/self", "/help", "/leave"):
        for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}, {"Origin": "http://["}):
            assert client.get(path, headers=headers).status_code < 400
            assert client.head(path, headers=headers).status_code < 400


def test_a_refused_post_shows_no_guidance(client, content):
    refused = client.post("/self", data={"q_symptoms": "seizure"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert content["self"].words.guidance.emergency.heading not in refused.text


# --- Limits -----------------------------------------------------------------------------------------------------


def test_the_largest_answer_sheet_is_far_below_the_limit(content):
    for edition in content.values():
        pairs = [f"q_{q.id}={answer.id}" for q in edition.questions for answer in q.answers]
        assert len("&".join([*pairs, "version=12345678", "change=1"])) < MAX_BYTES / 2


@pytest.mark.parametrize(("size", "status"), [(MAX_BYTES, 200), (MAX_BYTES + 1, 413), (10**7, 413)])
def test_a_body_over_the_limit_is_refused(client, size, status):
    body = b"q_symptoms=sleep&x="
    sent = client.post("/self", data=body + b"x" * (size - len(body)), content_type=FORM_TYPE)
    assert sent.status_code == status


def test_a_body_that_claims_to_be_small_is_read_no_further(client):
    body = b"q_symptoms=sleep&q_mixing=alcohol"
    sent = client.post("/self", data=body, content_type=FORM_TYPE, environ_overrides={"CONTENT_LENGTH": "16"})
    assert sent.status_code == 200
    assert b'value="alcohol"' not in sent.data


@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data; boundary=x", "text/plain", "text/xml", ""])
def test_only_a_form_is_read(client, kind):
    for path in ("/self", "/family", "/counselor"):
        assert client.post(path, data=b"[1]", content_type=kind).status_code == 415


def test_a_form_may_name_its_character_set(client):
    assert client.post("/self", data=b"q_symptoms=sleep", content_type=f"{FORM_TYPE}; charset=UTF-8").status_code == 200


@pytest.mark.parametrize("body", [b"\xff\xfe=\xff", b"q_symptoms=%ff%fe", b"%", b"&&==;;", b"q_symptoms=%00", b"\x00"])
def test_bytes_that_are_no_text_break_nothing(client, body):
    assert client.post("/self", data=body, content_type=FORM_TYPE).status_code == 422


@pytest.mark.parametrize("host", ["", "[", "a b", "ours.example:port", "é.example", "x" * 500])
def test_a_strange_host_breaks_nothing(client, host):
    for headers in ({}, {"Origin": "http://ours.example"}, {"Origin": f"http://{host}".encode().decode("latin-1")}):
        for method in ("GET", "POST"):
            named = {"HTTP_HOST": host}
            sent = client.open("/self", method=method, data=SHEET, headers=headers, environ_overrides=named)
            assert sent.status_code in (200, 400, 403)


# --- Nothing that is sent comes back or is noted ----------------------------------------------------------------


def lacks_canary(response):
    return CANARY not in response.text and CANARY not in str(response.headers)


def notes(caplog, capfd):
    """All that was logged or printed, down to the last detail."""
    records = [str(vars(record)) for record in caplog.records]
    return "".join([*records, caplog.text, *capfd.readouterr()])


@pytest.fixture
def listening(caplog):
    caplog.set_level(logging.DEBUG)
    return caplog


def test_a_query_is_never_repeated(client, answers):
    for path in ("/", "/self", "/family", "/counselor", "/counselor/guide", "/help", "/about", "/privacy", "/leave"):
        assert lacks_canary(client.get(path, query_string={CANARY: CANARY}, headers=CARRIED["headers"])), path


@pytest.mark.parametrize("status", [status for status in ERRORS if status != 500])
def test_no_error_page_or_log_holds_what_was_sent(app, status, listening, capfd):
    response = provoke(app, status, path=f"/{CANARY}", **CARRIED)
    assert response.status_code == status
    assert lacks_canary(response)
    assert CANARY not in notes(listening, capfd)


@pytest.mark.parametrize(("more", "status"), [({}, 200), ({"q_mixing": CANARY}, 422), ({"change": "1"}, 200)])
def test_no_answer_to_a_sheet_and_no_log_holds_what_is_unknown(client, more, status, listening, capfd):
    known = {"q_symptoms": "sleep", "unasked": CANARY, CANARY: CANARY}
    response = client.post("/self", data={**known, **more}, headers=CARRIED["headers"], query_string=CARRIED["query"])
    assert response.status_code == status
    assert lacks_canary(response)
    assert CANARY not in notes(listening, capfd)


def test_no_log_holds_an_answer(client, content, listening, capfd):
    sheet = fields(one_of_each(content["self"]))
    for sent in (sheet, {**sheet, "q_mixing": ["none", "alcohol"]}, {**sheet, "change": "1"}):
        client.post("/self", data=sent)
    noted = notes(listening, capfd)
    assert not [word for word in ("q_", "seizure", "alcohol", "longer_than_planned") if word in noted]


def failure():
    """An exception that holds an answer in its text, in its cause and in what it was raised during."""
    try:
        raise KeyError(f"{CANARY} in the context")
    except KeyError as error:
        failed = ValueError(f"{CANARY} in the text")
        failed.__cause__ = error
        failed.add_note(f"{CANARY} in a note")
        return failed


def test_when_something_breaks_the_log_says_where_and_nothing_else(listening, capfd):
    with breaking_app(failure) as app:
        assert not app.config["PROPAGATE_EXCEPTIONS"]
        response = provoke(app, 500, **CARRIED)
    assert response.status_code == 500
    assert lacks_canary(response)
    noted = notes(listening, capfd)
    assert "ValueError" in noted
    assert "pages.py" in noted
    assert CANARY not in noted


def test_when_an_http_error_breaks_out_of_a_page_its_text_is_not_shown(listening, capfd):
    class Teapot(HTTPException):
        code = 418
        description = CANARY

    with breaking_app(Teapot) as app:
        response = provoke(app, 500)
    assert response.status_code == 418
    assert lacks_canary(response)
    assert CANARY not in notes(listening, capfd)
