"""The real server under hostile input, as bytes on a socket: see tests/fuzz.py, which `make fuzz` runs for longer."""

import socket
from contextlib import suppress

import pytest

from tests.kit.fuzz import CANARY, Request, answers, attack, exchange, judge
from tests.kit.server import ask, serving

FORM = b"Host: localhost\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\n"
POST = b"POST /self HTTP/1.1\r\n" + FORM
GET = b"GET /self HTTP/1.1\r\nHost: localhost\r\n"
SEIZURE = b"q_symptoms=seizure"


@pytest.fixture(scope="module")
def server():
    with serving() as started:
        yield started


@pytest.fixture
def send(server, content):
    """send(bytes) gives the statuses of what comes back; every answer keeps the promises."""
    warning = content["self"].words.warning.heading.encode()

    def send_raw(raw):
        found = answers(exchange(server.port, Request(raw, whole=True)))
        for answer in found:
            judge(answer, warning)
        return [answer.status for answer in found]

    yield send_raw
    assert ask(server.port, "/self", {"q_symptoms": "sleep"})[0] == 200
    assert server.said() == "Open http://127.0.0.1:PORT/\n", "what was sent, or who sent it, was logged"


def post(body, *headers):
    return b"".join([POST, *(header + b"\r\n" for header in headers), b"Content-Length: %d\r\n\r\n" % len(body), body])


# --- Any request ------------------------------------------------------------------------------------------------


def test_no_request_breaks_the_server_or_gets_back_what_it_sent(server, content):
    counts = attack(server, content, 1000, repeat=True)  # about ten seconds
    assert counts.total() == 1000
    assert {200, 400, 403, 404, 405, 411, 413, 415, 422} <= {int(status) for status in counts if status.isdigit()}
    assert server.said() == "Open http://127.0.0.1:PORT/\n", "what was sent, or who sent it, was logged"


# --- Sheets -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (SEIZURE + b"&unasked=" + CANARY, 200),
        (SEIZURE + b"&" + SEIZURE, 200),
        (SEIZURE + b"&q_symptoms=none", 422),
        (SEIZURE + b"&q_recent_change=out&q_recent_change=planned", 422),
        (b"q_recent_change=" + CANARY, 422),
        (b"q_symptoms[]=seizure", 422),
        (b"q_symptoms=%00seizure", 422),
        (b"q_symptoms=seizure%E2%80%AE" + CANARY, 422),
        (b"q_symptoms=se%E2%80%8Bizure", 422),
        (b"q_symptoms=\xff\xfe" + CANARY, 422),
        (b"q_symptoms=%c0%af%ed%a0%80" + CANARY, 422),
        (b"q_symptoms=%zz%" + CANARY, 422),
        (b"q_symptoms=seizure%0d%0aSet-Cookie:%20" + CANARY + b"=1", 422),
        (b"version=" + CANARY + b"&" + SEIZURE, 422),
        (b"change=" + CANARY + b"&q_symptoms=" + CANARY, 200),
        (b"&" * 8000, 422),
        (b"=" * 8000, 422),
        (b"q_symptoms=seizure&" * 430, 200),
        (b"".join(b"f%d=%s&" % (n, CANARY) for n in range(400)), 422),
    ],
    ids=lambda value: value[:60] if isinstance(value, bytes) else "",
)
def test_a_sheet_is_answered_by_what_it_says_and_what_is_unknown_is_dropped(send, body, status):
    assert send(post(body)) == [status]


@pytest.mark.parametrize("kind", [b"application/json", b"multipart/form-data; boundary=b", b"text/xml", b"", CANARY])
def test_what_is_no_form_is_not_read(send, kind):
    bomb = b"".join(
        b'--b\r\nContent-Disposition: form-data; name="q_%d"\r\n\r\n%s\r\n' % (n, CANARY) for n in range(90)
    )
    plain = POST.replace(b"application/x-www-form-urlencoded", kind)
    assert send(plain + b"Content-Length: %d\r\n\r\n%s" % (len(bomb), bomb)) == [415]


# --- Lengths, and requests hidden in others ---------------------------------------------------------------------

HIDDEN = b"GET /" + CANARY + b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


@pytest.mark.parametrize(
    ("raw", "statuses"),
    [
        (POST + b"\r\n", [411]),
        (POST + b"Content-Length: 9\r\nContent-Length: 9\r\n\r\n" + SEIZURE, [400]),
        (POST + b"Content-Length: 18\r\nContent-Length: 0\r\n\r\n" + SEIZURE + HIDDEN, [400]),
        (POST + b"Content-Length: -1\r\n\r\n" + SEIZURE, [400]),
        (POST + b"Content-Length: +18\r\n\r\n" + SEIZURE, [400]),
        (POST + b"Content-Length: 0x12\r\n\r\n" + SEIZURE, [400]),
        (POST + b"Content-Length: " + b"9" * 20 + b"\r\n\r\n" + SEIZURE, [413]),
        (POST + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n" + SEIZURE, [400]),
        (POST + b"Transfer-Encoding: gzip\r\n\r\n" + SEIZURE, [400]),
        (POST + b"Transfer-Encoding: \x0bchunked\r\n\r\n12\r\n" + SEIZURE + b"\r\n0\r\n\r\n", [400]),
        (POST + b"Transfer-Encoding : chunked\r\n\r\n12\r\n" + SEIZURE + b"\r\n0\r\n\r\n", [400]),
        (POST + b"Transfer-Encoding: chunked\r\n\r\n12\r\n" + SEIZURE + b"\r\n0\r\n\r\n", [200]),
        (POST + b"Transfer-Encoding: chunked\r\n\r\n" + CANARY + b"\r\n" + SEIZURE, [400]),
        # the coding wins over the length, and what follows is no request of its own
        (
            POST
            + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n12\r\n"
            + SEIZURE
            + b"\r\n0\r\n\r\n"
            + HIDDEN,
            [200],
        ),
        (post(b"x" * 8192), [422]),
        (post(b"x" * 8193), [413]),
        (GET + b"Connection: close\r\nExpect: 100-continue\r\n\r\n", [200]),
        (POST + b"Expect: 100-continue\r\nContent-Length: 99999\r\n\r\n", [413]),
        (POST + b"Expect: 100-continue\r\nContent-Length: x\r\n\r\n", [400]),
    ],
    ids=lambda value: (value[len(POST) :][:50] or "nothing") if isinstance(value, bytes) else "",
)
def test_a_request_has_one_length_or_is_refused(send, raw, statuses):
    assert send(raw) == statuses


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (post(b"x" * 70_000), 413),
        (post(b"x" * 5_000_000), 413),
        (GET + b"Connection: close\r\nX: " + b"x" * 300_000 + b"\r\n\r\n", 431),
        (GET + b"Connection: close\r\n" + b"X: x\r\n" * 60_000 + b"\r\n", 431),
    ],
    ids=lambda value: f"{len(value)} bytes" if isinstance(value, bytes) else "",
)
def test_what_is_far_too_large_is_read_no_further(send, raw, status):
    assert send(raw) in ([status], [])  # nothing: it hung up while more was on its way


# --- Where it goes to and where it comes from -------------------------------------------------------------------


@pytest.mark.parametrize(
    "target",
    [
        b"/static/../app.py",
        b"/static/x/../../app.py",
        b"/static/%2e%2e/%2e%2e/app.py",
        b"/static/x/..%2f..%2fapp.py",
        b"/static/x/..%5c..%5capp.py",
        b"/../../../etc/passwd",
        b"/static/x/style.css",
        b"//canary7f3a.example/self",
        b"/counselor//guide?canary7f3a",
        b"/self/",
        b"/self%00",
        b"/" + CANARY * 900,
        b"/" + b"../" * 2000,
        b"*",
    ],
    ids=lambda target: target[:30],
)
def test_an_address_leads_to_a_page_or_nowhere_and_never_to_a_file_or_another_address(send, target):
    assert send(b"GET " + target + b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n") == [404]


@pytest.mark.parametrize(
    "header",
    [
        b"Host: " + CANARY,
        b"Host: [::" + CANARY,
        b"Host:",
        b"X-Forwarded-Host: " + CANARY,
        b"X-Forwarded-Proto: " + CANARY,
        b"X-Forwarded-For: " + CANARY,
        b"X-Forwarded-Prefix: /" + CANARY,
        b'Forwarded: host=canary7f3a;proto="',
        b"X-Script-Name: /" + CANARY,
        b"X-Original-URL: /" + CANARY,
        b"X-HTTP-Method-Override: DELETE",
        b"Range: bytes=0-0,1-1",
        b'If-None-Match: "' + CANARY + b'"',
    ],
    ids=lambda header: header,
)
def test_what_a_stranger_says_of_the_way_here_changes_nothing(server, send, header):
    plain = exchange(server.port, Request(post(SEIZURE), whole=True))
    odd = exchange(server.port, Request(post(SEIZURE, header), whole=True))
    assert odd.partition(b"\r\n\r\n")[2] == plain.partition(b"\r\n\r\n")[2]
    assert send(post(SEIZURE, header)) == [200]


@pytest.mark.parametrize("origin", [b"http://[", b"null", b"http://" + CANARY, b"\xff", b"http://localhost@" + CANARY])
def test_a_strange_origin_is_another_site(send, origin):
    assert send(post(SEIZURE, b"Origin: " + origin)) == [403]


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"PUT /self HTTP/1.0\r\n\r\n", 405),
        (b"TRACE /self HTTP/1.0\r\nX: " + CANARY + b"\r\n\r\n", 405),
        (b"CONNECT " + CANARY + b":443 HTTP/1.0\r\n\r\n", 404),
        (b"canary7f3a /self HTTP/1.1\r\n\r\n", 400),
        (b"GET /self HTTP/1.1\r\nX: a\nSet-Cookie: " + CANARY + b"\r\n\r\n", 400),
        (b"GET /self HTTP/1.1\r\nX: a\rb" + CANARY + b"\r\n\r\n", 400),
        (b"GET /self HTTP/1.1\r\n " + CANARY + b"\r\n\r\n", 400),
        (b"GET /self HTTP/1.1\r\n" + CANARY + b"\r\n\r\n", 400),
        (b"GET http://[canary7f3a]/ HTTP/1.1\r\n\r\n", 400),
        (b"GET http://[ HTTP/1.1\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 404),
        (b"GET /self\r\n\r\n", 200),
    ],
    ids=lambda value: value if isinstance(value, bytes) else "",
)
def test_what_is_hardly_http_is_answered_with_a_page(send, raw, status):
    assert send(raw) == [status]


# --- Slow senders -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "start", [GET + b"X: ", post(b"x" * 100)[:-99], POST + b"Transfer-Encoding: chunked\r\n\r\n9\r\n"]
)
def test_forty_who_never_finish_keep_no_one_else_waiting(server, start):
    stalled = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(40)]
    for connection in stalled:
        connection.sendall(start)
    for _ in range(3):
        assert ask(server.port, "/self", {"q_symptoms": "sleep"})[0] == 200
    for connection in stalled:
        connection.close()


def test_urgent_data_ends_a_connection_and_leaves_the_log_alone(server):
    """waitress would log it again and again, thousands of times a second."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.send(b"!", socket.MSG_OOB)
        with suppress(ConnectionResetError):
            assert connection.recv(1) == b""
    assert server.said() == "Open http://127.0.0.1:PORT/\n"


def test_those_who_hang_up_at_once_leave_nothing_behind(server):
    for raw in (post(SEIZURE), GET + b"\r\n", b"X\r\n\r\n"):
        for _ in range(30):
            with socket.create_connection(("127.0.0.1", server.port)) as connection:
                connection.sendall(raw)
    assert ask(server.port)[0] == 200
    assert server.said() == "Open http://127.0.0.1:PORT/\n"
