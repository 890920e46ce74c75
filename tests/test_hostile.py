"""The real server under hostile input, as bytes on a socket. `make fuzz` runs tests/kit/fuzz.py for longer."""

import socket
import sys
import time
from contextlib import suppress

import pytest

from tests.kit.fuzz import CANARY, Request, answers, attack, exchange, judge
from tests.kit.server import ask, serving

FORM = b"Host: localhost\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\n"
POST = b"POST /self HTTP/1.1\r\n" + FORM
GET = b"GET /self HTTP/1.1\r\nHost: localhost\r\n"
SEIZURE = b"q_symptoms=seizure"
CHUNK = b"12\r\n" + SEIZURE + b"\r\n0\r\n\r\n"
QUIET = "Open http://127.0.0.1:PORT/\n"  # all that it ever says
HANGS_UP: list[str] = []


@pytest.fixture(scope="module")
def server():
    with serving() as started:
        yield started


@pytest.fixture
def send(server, content):
    """send(bytes) gives the status of each answer, with "refused" where waitress gave it. Each keeps the promises."""
    warning = content["self"].words.warning.heading.encode()

    def send_raw(raw):
        found = answers(exchange(server.port, Request(raw, whole=True)))
        return [f"{answer.status}" if judge(answer, warning) else f"{answer.status} refused" for answer in found]

    yield send_raw
    assert ask(server.port, "/self", {"q_symptoms": "sleep"})[0] == 200
    assert server.said() == QUIET, "what was sent, or who sent it, was logged"


def post(body, *headers):
    return b"".join([POST, *(header + b"\r\n" for header in headers), b"Content-Length: %d\r\n\r\n" % len(body), body])


def test_no_request_breaks_the_server_or_gets_back_what_it_sent(server, content):
    counts = attack(server, content, 1000, repeat=True)  # about ten seconds
    assert counts.total() == 1000
    assert {200, 400, 403, 404, 405, 411, 413, 415, 422} <= {int(status) for status in counts if status.isdigit()}
    assert server.said() == QUIET, "what was sent, or who sent it, was logged"


# --- Lengths, and requests hidden in others ---------------------------------------------------------------------

HIDDEN = b"GET /" + CANARY + b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


@pytest.mark.parametrize(
    ("rest", "answered"),
    [
        (b"\r\n", ["411"]),
        (b"Content-Length: 9\r\nContent-Length: 9\r\n\r\n" + SEIZURE, ["400 refused"]),
        (b"Content-Length: 18\r\nContent-Length: 0\r\n\r\n" + SEIZURE + HIDDEN, ["400 refused"]),
        *(
            (b"Content-Length: " + odd + b"\r\n\r\n" + SEIZURE, ["400 refused"])
            for odd in (b"-1", b"+18", b"0x12", b"x")
        ),
        (b"Content-Length: " + b"9" * 20 + b"\r\n\r\n" + SEIZURE, ["413 refused"]),
        (b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n" + SEIZURE, HANGS_UP),
        (b"Transfer-Encoding: gzip\r\n\r\n" + SEIZURE, ["501 refused"]),
        (b"Transfer-Encoding: \x0bchunked\r\n\r\n" + CHUNK, ["400 refused"]),
        (b"Transfer-Encoding : chunked\r\n\r\n" + CHUNK, ["400 refused"]),
        (b"Transfer-Encoding: chunked\r\n\r\n" + CHUNK, ["200"]),
        (b"Transfer-Encoding: chunked\r\n\r\n" + CANARY + b"\r\n" + SEIZURE, ["400 refused"]),
        # the coding wins over the length, and what follows is no request of its own
        (b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n" + CHUNK + HIDDEN, ["200"]),
        (b"Expect: 100-continue\r\nContent-Length: 18\r\n\r\n" + SEIZURE, ["200"]),
        (b"Content-Length: 8192\r\n\r\n" + b"x" * 8192, ["422"]),
        (b"Content-Length: 8193\r\n\r\n" + b"x" * 8193, ["413"]),
    ],
    ids=lambda value: value[:50] if isinstance(value, bytes) else "",
)
def test_a_request_has_one_length_or_is_refused(send, rest, answered):
    assert send(POST + rest) == answered


@pytest.mark.parametrize(
    ("raw", "answered"),
    [
        (post(b"x" * 70_000), ["413 refused"]),
        (post(b"x" * 5_000_000), ["413 refused"]),
        (GET + b"Connection: close\r\nX: " + b"x" * 300_000 + b"\r\n\r\n", ["431 refused"]),
        (GET + b"Connection: close\r\n" + b"X: x\r\n" * 60_000 + b"\r\n", ["431 refused"]),
    ],
    ids=lambda value: f"{len(value)} bytes" if isinstance(value, bytes) else "",
)
def test_what_is_far_too_large_is_read_no_further(send, raw, answered):
    assert send(raw) in (answered, HANGS_UP)  # it may hang up while more is on its way


# --- Where it goes to and where it comes from -------------------------------------------------------------------


@pytest.mark.parametrize(
    "target",
    [
        *(b"/../app.py", b"/%2e%2e/%2e%2e/app.py", b"/..%2f..%2fapp.py", b"/..%5c..%5capp.py", b"/../../etc/passwd"),
        *(
            b"//canary7f3a.example/self",
            b"/counselor//guide?canary7f3a",
            b"/self/",
            b"/self%00",
            b"/templates/base.html",
        ),
        *(b"/" + CANARY * 900, b"/" + b"../" * 2000, b"*"),
    ],
    ids=lambda target: target[:30],
)
def test_an_address_leads_to_a_page_or_nowhere_and_never_to_a_file_or_another_address(send, target):
    assert send(b"GET " + target + b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n") == ["404"]


@pytest.mark.parametrize(
    "header",
    [
        *(b"Host: " + CANARY, b"Host: [::" + CANARY, b"Host:", b'Forwarded: host=canary7f3a;proto="'),
        *(b"X-Forwarded-%s: /%s" % (name, CANARY) for name in (b"Host", b"Proto", b"For", b"Prefix", b"Port")),
        *(b"X-Script-Name: /" + CANARY, b"X-Original-URL: /" + CANARY, b"X-HTTP-Method-Override: DELETE"),
        *(b"Range: bytes=0-0,1-1", b'If-None-Match: "' + CANARY + b'"'),
    ],
    ids=lambda header: header,
)
def test_forwarding_headers_are_ignored(server, send, header):
    plain = exchange(server.port, Request(post(SEIZURE), whole=True))
    odd = exchange(server.port, Request(post(SEIZURE, header), whole=True))
    assert odd.partition(b"\r\n\r\n")[2] == plain.partition(b"\r\n\r\n")[2]
    assert send(post(SEIZURE, header)) == ["200"]


@pytest.mark.parametrize(
    ("raw", "answered"),
    [
        (b"PUT /self HTTP/1.0\r\n\r\n", ["405"]),
        (b"TRACE /self HTTP/1.0\r\nX: " + CANARY + b"\r\n\r\n", ["405"]),
        (b"CONNECT " + CANARY + b":443 HTTP/1.0\r\n\r\n", ["404"]),
        (b"CANARY7F3A /self HTTP/1.0\r\n\r\n", ["405"]),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", ["404"]),
        (b"GET /self\r\n\r\n", ["200"]),
        # what no browser can send
        (b"canary7f3a /self HTTP/1.1\r\n\r\n", ["400 refused"]),
        (b"GET /self HTTP/1.1\r\nX: a\nSet-Cookie: " + CANARY + b"\r\n\r\n", ["400 refused"]),
        (b"GET /self HTTP/1.1\r\nX: a\rb" + CANARY + b"\r\n\r\n", ["400 refused"]),
        (b"GET /self HTTP/1.1\r\n " + CANARY + b"\r\n\r\n", ["400 refused"]),
        (b"GET /self HTTP/1.1\r\n" + CANARY + b"\r\n\r\n", ["400 refused"]),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", ["400 refused"]),
        (b"GET http://[canary7f3a]/ HTTP/1.1\r\n\r\n", HANGS_UP),
        (b"GET http://[ HTTP/1.1\r\n\r\n", HANGS_UP),
    ],
    ids=lambda value: value if isinstance(value, bytes) else "",
)
def test_what_is_http_gets_a_page_and_the_rest_a_short_refusal(send, raw, answered):
    assert send(raw) == answered


# --- Slow senders -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "start", [GET + b"X: ", post(b"x" * 100)[:-99], POST + b"Transfer-Encoding: chunked\r\n\r\n9\r\n"]
)
def test_forty_unfinished_requests_delay_no_one_else(server, start):
    stalled = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(40)]
    for connection in stalled:
        connection.sendall(start)
    for _ in range(3):
        assert ask(server.port, "/self", {"q_symptoms": "sleep"})[0] == 200
    for connection in stalled:
        connection.close()


# The server as it is, with a tenth of its time limits. A KeyError here means that web/server.py no longer sets them.
IMPATIENT = """
import waitress, app
create = waitress.create_server
def hurried(*given, channel_timeout, cleanup_interval, **more):
    assert channel_timeout + cleanup_interval <= 35
    return create(*given, channel_timeout=channel_timeout / 10, cleanup_interval=cleanup_interval / 10, **more)
waitress.create_server = hurried
app.main()
"""


def test_urgent_data_and_a_body_that_never_comes_end_in_time_and_leave_the_log_alone():
    """Until then, urgent data costs a core: waitress asks for it again and again, and would log it each time."""
    with serving(sys.executable, "-c", IMPATIENT) as server:
        urgent, silent = (socket.create_connection(("127.0.0.1", server.port), timeout=10) for _ in range(2))
        started = time.monotonic()
        urgent.send(b"!", socket.MSG_OOB)
        silent.sendall(POST + b"Expect: 100-continue\r\nContent-Length: 99999\r\n\r\n")
        with urgent, silent:
            assert ask(server.port, "/self", {"q_symptoms": "sleep"})[0] == 200
            with suppress(ConnectionResetError):
                assert urgent.recv(1) == b""
            received = b""
            while part := silent.recv(4096):
                received += part
        assert received in (b"HTTP/1.1 100 Continue\r\n\r\n", b"")
        assert time.monotonic() - started < 8  # a tenth of 35 seconds, and a busy machine
        assert server.said() == QUIET


def test_those_who_hang_up_at_once_leave_nothing_behind(server):
    for raw in (post(SEIZURE), GET + b"\r\n", b"X\r\n\r\n"):
        for _ in range(30):
            with socket.create_connection(("127.0.0.1", server.port)) as connection:
                connection.sendall(raw)
    assert ask(server.port)[0] == 200
    assert server.said() == QUIET
