import base64
import gzip
import hashlib
import logging

import pytest
from bs4 import BeautifulSoup
from flask import session
from werkzeug.exceptions import HTTPException
from werkzeug.test import Client

from tests.kit.pages import ERRORS, FORM_TYPE, LANGUAGES, PATHS, breaking_app, fields, one_of_each, provoke, root
from web.security import MAX_BYTES, STYLE_RTL

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
def kept(prerendered):
    return Client(prerendered)


@pytest.fixture(scope="module")
def every_response(app, responses, kept):
    """A response of every kind that the app gives, by name."""
    client = Client(app)
    others = {
        "leave": client.get("/leave"),
        "well": client.get("/healthz"),
        "head": client.head("/self"),
        "options": client.options("/self"),
        "options of nothing": client.options("/nowhere"),
        "kept": kept.get("/self"),
        "kept and packed": kept.get("/self", headers={"Accept-Encoding": "gzip"}),
    }
    return {**responses, **others}


def policy(response):
    """The Content-Security-Policy as a mapping: directive → its sources."""
    directives = [part.split() for part in response.headers["Content-Security-Policy"].split(";")]
    assert len({name for name, *_ in directives}) == len(directives), "browsers ignore a directive that stands twice"
    return {name: set(sources) for name, *sources in directives}


# --- No trace ---------------------------------------------------------------------------------------------------


def test_no_response_of_the_app_sets_a_cookie_or_varies_by_one(every_response):
    assert [name for name, response in every_response.items() if "Set-Cookie" in response.headers] == []
    assert [
        name for name, response in every_response.items() if "cookie" in response.headers.get("Vary", "").lower()
    ] == []


def test_the_app_has_no_secret_so_a_session_cannot_be_written(app):
    assert not app.secret_key
    with app.test_request_context("/self"), pytest.raises(RuntimeError):
        session["symptoms"] = "sleep"


def test_nothing_is_remembered_from_one_reader_to_the_next_and_no_cookie_is_read(app, content):
    blank = Client(app).get("/self").data
    sheet = fields(one_of_each(content["self"]))
    headers = ({}, {}, {"Cookie": "session=abc; q_symptoms=suicide"})
    assert len({Client(app).post("/self", data=sheet, headers=sent).data for sent in headers}) == 1
    assert Client(app).get("/self").data == blank


# --- Headers ----------------------------------------------------------------------------------------------------


def digest(inline):
    return "'sha256-" + base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode() + "'"


def test_the_policy_allows_the_style_and_the_script_in_the_page_and_a_form_of_our_own(pages, every_response):
    (style, script) = ({tag(soup).string for soup in pages.values()} for tag in (lambda s: s.style, lambda s: s.script))
    assert len(style) == len(script) == 1
    wanted = {
        "default-src": {"'none'"},  # and no connect-src: a page can send nothing but its form
        "style-src": {digest(style.pop()), digest(STYLE_RTL)},
        "script-src": {digest(script.pop())},
        "img-src": {"data:"},
        "form-action": {"'self'"},
        "base-uri": {"'none'"},
        "frame-ancestors": {"'none'"},
    }
    assert [name for name, response in every_response.items() if policy(response) != wanted] == []


def test_no_page_runs_or_styles_anything_else(pages):
    for name, soup in pages.items():
        pieces = [block for block in soup.find_all("script") if block.get("type") == "text/html"]
        assert len(soup.find_all("script")) == 1 + len(pieces), name
        assert len(soup.find_all("style")) == 1, name
        for part in (soup, *(BeautifulSoup(block.string, "html.parser") for block in pieces)):
            attributes = {key for tag in part.find_all(True) for key in tag.attrs}
            assert not [key for key in attributes if key.startswith("on") or key == "style"], name
            assert not part.select('[href^="javascript:" i]'), name
        assert not [block for block in pieces if "<script" in block.string or "<style" in block.string], name


def test_no_response_may_be_kept_by_a_browser_or_on_the_way(every_response):
    assert {response.headers["Cache-Control"] for response in every_response.values()} == {"no-store"}


def test_every_header_stands_once(every_response):
    for name, response in every_response.items():
        names = [header.lower() for header, _ in response.headers]
        assert sorted(set(names)) == sorted(names), name


@pytest.mark.parametrize(
    ("accepted", "is_packed"),
    [
        *((name, True) for name in ("gzip", "br, gzip", "gzip;q=0.2, br;q=1", "gzip, deflate, br, zstd")),
        *((name, False) for name in ("", "br", "identity", "gzip;q=0", "gzip;q=0.0, br", "gzip; q=0", "x-gzip", "*")),
    ],
)
def test_a_page_is_packed_only_on_request_and_is_the_same(kept, responses, accepted, is_packed):
    for path in ("/", "/self", "/help", *(f"{root(language)}/self" for language in LANGUAGES[1:])):
        sent = kept.get(path, headers={"Accept-Encoding": accepted})
        assert (sent.headers.get("Content-Encoding") == "gzip") is is_packed
        assert sent.headers["Vary"] == "Accept-Encoding"
        assert (gzip.decompress(sent.data) if is_packed else sent.data) == responses[path].data


def test_an_answer_to_a_post_is_never_packed(kept):
    sent = kept.post("/self", data=SHEET, headers={"Accept-Encoding": "gzip"})
    assert (sent.status_code, "Content-Encoding" in sent.headers) == (200, False)


def test_no_response_is_sniffed_framed_or_loaded_by_another_site(every_response):
    for name, response in every_response.items():
        assert response.headers["X-Content-Type-Options"] == "nosniff", name
        assert response.headers["X-Frame-Options"] == "DENY", name
        assert response.headers["Cross-Origin-Opener-Policy"] == "same-origin", name
        assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin", name
        assert "Access-Control-Allow-Origin" not in response.headers, name


def test_every_response_keeps_the_referrer_within_our_site(every_response):
    """no-referrer would make browsers send `Origin: null` with our own form, and it would be refused."""
    assert {response.headers["Referrer-Policy"] for response in every_response.values()} == {"same-origin"}


# --- Other sites ------------------------------------------------------------------------------------------------

OURS = ("http://ours.example", "https://ours.example")
THEIRS = (
    *("null", "", "ours.example", "http://other.example", "http://OTHER.example", "http://sub.ours.example"),
    *("http://ours.example.other.example", "http://ours.example:8080", "http://ours.example@other.example"),
    *("http://other.example@ours.example", "http://other.example/ours.example", "http://other.example#ours.example"),
    *("http://ours.example other.example", "http://[", "\\\\ours.example"),
)
ORIGINS = [
    # the browser says where it comes from: nothing else counts
    *(({"Sec-Fetch-Site": site}, 200) for site in ("same-origin", "none")),
    *(({"Sec-Fetch-Site": site}, 403) for site in ("same-site", "cross-site", "", "unheard-of")),
    ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, 200),
    ({"Sec-Fetch-Site": "same-origin", "Origin": "https://other.example"}, 200),
    ({"Sec-Fetch-Site": "cross-site", "Origin": "http://ours.example"}, 403),
    # an older browser, or a plain http address: Origin must name the host
    ({}, 200),
    *(({"Origin": origin}, 200) for origin in OURS),
    *(({"Origin": origin}, 403) for origin in THEIRS),
]


@pytest.mark.parametrize(("headers", "status"), ORIGINS, ids=[str(headers) for headers, _ in ORIGINS])
def test_a_post_is_answered_only_when_it_comes_from_our_own_page(client, headers, status):
    sent = client.post("/self", data=SHEET, headers={"Host": "ours.example", **headers})
    assert sent.status_code == status


@pytest.mark.parametrize(
    ("host", "origin", "status"),
    [
        ("localhost:8000", "http://localhost:8000", 200),
        ("localhost:8000", "http://localhost:9000", 403),
        ("localhost:8000", "http://localhost", 403),
        # a proxy may name the port that an Origin leaves out: a default port is no difference
        ("ours.example:443", "https://ours.example", 200),
        ("ours.example:80", "http://ours.example", 200),
        ("ours.example", "https://ours.example:443", 200),
        ("ours.example:4443", "https://ours.example:4443", 200),
        ("ours.example:4443", "https://ours.example", 403),
        ("ours.example:443", "https://other.example", 403),
        ("ours.example:443", "https://ours.example.other.example:443", 403),
        # the default port of the other scheme is another port
        ("ours.example:443", "http://ours.example", 403),
        ("ours.example", "http://ours.example:443", 403),
        ("ours.example", "https://ours.example:80", 403),
        ("ours.example", "ftp://ours.example", 403),
        ("[::1]", "http://[::1]", 200),
        ("[::1]:8000", "http://[::1]:8000", 200),
        ("[::1]:443", "https://[::1]", 200),
        ("[::1]", "http://[::2]", 403),
        ("[::1]:8000", "http://[::1]", 403),
        ("ours.example:443", "https://ours.example@other.example", 403),
        ("ours.example:443", "https://other.example:443@ours.example", 403),
    ],
)
def test_a_post_is_ours_when_it_names_our_host_and_port(client, host, origin, status):
    assert client.post("/self", data=SHEET, headers={"Host": host, "Origin": origin}).status_code == status


def test_a_post_from_another_site_is_refused_whatever_it_asks_for(client):
    for path in ("/", "/self", "/help", "/leave", "/healthz", "/nowhere"):
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


@pytest.mark.parametrize(
    "body",
    [
        *(b"%", b"&&==;;", b"\x00", b"\xff\xfe=\xff", b"&" * 8000, b"=" * 8000),
        *(b"q_symptoms=" + odd for odd in (b"%00", b"%ff%fe", b"%00seizure", b"se%E2%80%8Bizure", b"%c0%af%ed%a0%80")),
        *(b"q_symptoms[]=seizure", b"q_symptoms=seizure%0d%0aSet-Cookie:%20x=1"),
    ],
    ids=lambda body: repr(body[:30]),
)
def test_bytes_that_are_no_answers_get_the_form_again(client, body):
    assert client.post("/self", data=body, content_type=FORM_TYPE).status_code == 422


@pytest.mark.parametrize("host", ["", "[", "a b", "ours.example:port", "é.example", "x" * 500, "/", "<b>"])
def test_a_strange_host_breaks_nothing(client, content, host):
    warning = content["self"].words.warning.heading
    for headers in ({}, {"Origin": "http://ours.example"}, {"Origin": f"http://{host}".encode().decode("latin-1")}):
        for method in ("GET", "POST"):
            named = {"HTTP_HOST": host}
            sent = client.open("/self", method=method, data=SHEET, headers=headers, environ_overrides=named)
            assert sent.status_code in (200, 400, 403)
            assert warning in sent.text


# --- Nothing that is sent comes back or is noted ----------------------------------------------------------------


def lacks_canary(response):
    return CANARY not in response.text and CANARY not in str(response.headers)


def logged(caplog, capfd):
    """All that was logged or printed, down to the last detail."""
    records = [str(vars(record)) for record in caplog.records]
    return "".join([*records, caplog.text, *capfd.readouterr()])


@pytest.fixture
def listening(caplog):
    caplog.set_level(logging.DEBUG)
    return caplog


def test_a_query_is_never_repeated(client):
    for path in (*PATHS, "/leave"):
        assert lacks_canary(client.get(path, query_string={CANARY: CANARY}, headers=CARRIED["headers"])), path


@pytest.mark.parametrize("at", [root(language) for language in LANGUAGES])
@pytest.mark.parametrize("status", [status for status in ERRORS if status != 500])
def test_no_error_page_or_log_holds_what_was_sent(app, status, at, listening, capfd):
    response = provoke(app, status, at=at, path=f"/{CANARY}", **CARRIED)
    assert response.status_code == status
    assert lacks_canary(response)
    assert CANARY not in logged(listening, capfd)


@pytest.mark.parametrize(("more", "status"), [({}, 200), ({"q_mixing": CANARY}, 422), ({"change": "1"}, 200)])
def test_no_answer_to_a_sheet_and_no_log_holds_what_is_unknown(client, more, status, listening, capfd):
    known = {"q_symptoms": "sleep", "unasked": CANARY, CANARY: CANARY}
    response = client.post("/self", data={**known, **more}, headers=CARRIED["headers"], query_string=CARRIED["query"])
    assert response.status_code == status
    assert lacks_canary(response)
    assert CANARY not in logged(listening, capfd)


def test_no_log_holds_an_answer(client, content, listening, capfd):
    sheet = fields(one_of_each(content["self"]))
    for sent in (sheet, {**sheet, "q_mixing": ["none", "alcohol"]}, {**sheet, "change": "1"}):
        client.post("/self", data=sent)
    noted = logged(listening, capfd)
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
    noted = logged(listening, capfd)
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
    assert CANARY not in logged(listening, capfd)
