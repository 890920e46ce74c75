"""Hostile requests, as bytes, for the real server: `make fuzz` sends 20,000 and counts the answers by status."""
# ruff: noqa: T201 - a command prints

import gzip
import re
import socket
import sys
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from typing import NamedTuple
from urllib.parse import quote, quote_from_bytes

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from screening.edition import Edition
from screening.load import load_content
from tests.kit.server import Server, ask, serving

FORM_TYPE = b"application/x-www-form-urlencoded"
CANARY = b"canary7f3a"  # no page holds it; it stands wherever a request can carry something
QUIET = 0.3  # seconds without a byte, after which an unfinished request will get no answer, also on a busy machine
PATIENCE = 10  # seconds in which any finished request is answered, also on a busy machine
BIDI = "\u202e\u2066\u200b\ufeff\u2028"  # turn the text around, or are not seen


# --- Requests ---------------------------------------------------------------------------------------------------


class Request(NamedTuple):
    raw: bytes
    whole: bool  # the server has all it needs to answer


def usually(common, seldom):
    """One of `common` nine times in ten: a request that is wrong in all its parts only tests the first."""
    return st.sampled_from([*common * -(-9 * len(seldom) // len(common)), *seldom])


NASTY = [
    CANARY,
    CANARY + b"\x00",
    CANARY + BIDI.encode(),
    CANARY + b"\xff\xfe\xc0\xaf",
    b"<script>" + CANARY + b"</script>",
    b"\"'><img src=" + CANARY + b">",
    b"{{" + CANARY + b"}}%s%n${7*7}",
    CANARY + b"\r\nSet-Cookie: " + CANARY + b"=1\r\n\r\n" + CANARY,
    b"' OR 1=1;--" + CANARY,
    CANARY * 700,
    "é\U0001f48a".encode() + CANARY,
    b"",
]
ODD_PERCENT = b"% %zz %0 %00 %u202e %ff%fe %c0%af %ed%a0%80 %250d%250a + %0d%0a".split()

METHODS = usually(
    [b"GET", b"POST", b"POST", b"POST", b"HEAD"],
    [
        *b"PUT DELETE PATCH OPTIONS TRACE CONNECT PROPFIND get Post".split(),
        *(b"", CANARY, CANARY.upper(), b"X" * 5000, b"GE\tT", b"G\x00T", b"G\xc3\x89T", b"GET GET"),
    ],
)
PATHS = b"/ /self /self /self /self /family /counselor /counselor /counselor/guide /help /leave /healthz".split()
TARGETS = usually(
    PATHS,
    [
        *(path + b"?" + quote_from_bytes(text).encode() for path in PATHS for text in NASTY),
        *(path + b"/" + quote_from_bytes(text).encode() for path in PATHS for text in NASTY),
        *(path + odd + CANARY for path in PATHS for odd in ODD_PERCENT),
        b"/../app.py",
        b"/%2e%2e/app.py",
        b"/..%2f..%2f..%2fetc/passwd",
        b"/..%5capp.py",
        b"/../../../../etc/passwd",
        b"//" + CANARY + b".example/self",
        b"/\\" + CANARY + b".example",
        b"/counselor//guide?" + CANARY,
        b"/self/",
        b"/self;" + CANARY,
        b"/self#" + CANARY,
        b"*",
        b"self",
        b"http://" + CANARY + b".example/self",
        b"http://[" + CANARY + b"]/",
        b"https://x:" + CANARY + b"@[::1]:99999/",
        b"/" + CANARY * 900,
        b"/" + b"../" * 2000,
        b"/\xff" + CANARY,
        b"/self HTTP/1.1\r\nX: " + CANARY,
        b"",
    ],
)
VERSIONS = usually(
    [b" HTTP/1.1"],
    [b" HTTP/1.0", b"", b" HTTP/0.9", b" HTTP/2.0", b" HTTP/9.9", b" http/1.1", b" HTTP/1.1 " + CANARY, b" " + CANARY],
)
HEADERS = usually(
    [
        (b"Host", b"localhost"),
        (b"Host", CANARY + b".example"),
        (b"Host", b"localhost:" + CANARY),
        (b"Host", b"[::" + CANARY),
        (b"Host", b""),
        (b"Host", b"a" * 5000),
        (b"Origin", b"https://" + CANARY + b".example"),
        (b"Origin", b"null"),
        (b"Origin", b"http://["),
        (b"Origin", b"http://localhost"),
        (b"Sec-Fetch-Site", b"cross-site"),
        (b"Sec-Fetch-Site", b"same-origin"),
        (b"Sec-Fetch-Site", b"same-origin"),
        (b"Sec-Fetch-Site", CANARY),
        (b"X-Forwarded-Host", CANARY + b".example"),
        (b"X-Forwarded-Proto", b"https"),
        (b"X-Forwarded-Proto", CANARY),
        (b"X-Forwarded-For", CANARY + b", 127.0.0.1"),
        (b"X-Forwarded-Prefix", b"/" + CANARY),
        (b"X-Forwarded-Port", CANARY),
        (b"X-Script-Name", b"/" + CANARY),
        (b"X-Original-URL", b"/" + CANARY),
        (b"X-HTTP-Method-Override", b"DELETE"),
        (b"Forwarded", b"for=127.0.0.1;host=" + CANARY + b';proto="https'),
        (b"Cookie", CANARY + b"=" + CANARY + b"; session=" + CANARY),
        (b"Authorization", b"Basic " + CANARY),
        (b"Accept-Encoding", b"gzip;q=" + CANARY),
        (b"Accept-Encoding", b"gzip"),
        (b"Accept-Language", CANARY),
        (b"Range", b"bytes=0-," * 500),
        (b"If-None-Match", b'"' + CANARY + b'"'),
        (b"If-Modified-Since", CANARY),
        (b"Expect", b"100-continue"),
        (b"Expect", CANARY),
        (b"Upgrade", b"websocket"),
        (b"Upgrade", b"h2c"),
        (b"Content-Encoding", b"gzip"),
        (b"X" * 3000, CANARY),
        (b"X", CANARY * 3000),
    ],
    [(name, text) for name in (CANARY, b"X-" + CANARY, b"X_Y", b"X Y", b"", b"X\x00") for text in NASTY],
)
TYPES = usually(
    [FORM_TYPE],
    [
        FORM_TYPE + b"; charset=" + CANARY,
        b"application/json",
        b"multipart/form-data; boundary=b",
        b"multipart/form-data",
        b"multipart/form-data; boundary=" + CANARY * 20,
        b"text/plain; charset=utf-16",
        CANARY,
        b"",
        b"a/b; " * 200,
    ],
)
ENCODERS = usually(
    [lambda text: quote_from_bytes(text).encode()],
    [
        lambda text: quote(quote_from_bytes(text)).encode(),  # twice
        lambda text: b"".join(b"%%%02x" % byte for byte in text),
        lambda text: text,
    ],
)


def sheets(content: Mapping[str, Edition]) -> st.SearchStrategy[bytes]:
    """Bodies that look like answer sheets: known and unknown fields, repeated, excluding each other, of any type."""
    questions = [q for edition in content.values() for q in edition.questions]
    names = sorted({f"q_{q.id}".encode() for q in questions})
    right = [(f"q_{q.id}".encode(), answer.id.encode()) for q in questions for answer in q.answers]
    odd_names = [*names, b"version", b"change", b"q_", b"data", b"errors", b"csrf_token", b"q_symptoms[]", *NASTY]
    wrong = [(name, text) for name in odd_names for text in [*NASTY, b"seizure", b"none"]]

    def joined(pairs, encode, between, odd):
        return between.join(encode(name) + b"=" + encode(value) for name, value in pairs) + odd

    few = st.lists(usually(right, wrong), max_size=12)
    return st.builds(joined, few, ENCODERS, usually([b"&"], [b";", b"&&"]), usually([b""], ODD_PERCENT))


OTHER_BODIES = st.sampled_from(
    [
        b'{"q_symptoms": ["' + CANARY + b'"], "__proto__": {}}',
        b"[" * 4000,
        b'<!DOCTYPE x [<!ENTITY a "' + CANARY + b'">]><x>&a;</x>',
        b"".join(b'--b\r\nContent-Disposition: form-data; name="q_symptoms"\r\n\r\n%s\r\n' % CANARY for _ in range(60)),
        b'--b\r\nContent-Disposition: form-data; name="f"; filename="../%s"\r\n\r\n%s' % (CANARY, b"x" * 7000),
        b"--b\r\n" * 1500,
        b"q_symptoms=seizure&" * 400,
        b"&" * 8000,
        b"=" * 8000,
        b"q_symptoms=" + b"a" * 8180,
        b"x" * 9000,
        b"x" * 66000,
        gzip.compress(b"q_symptoms=seizure"),
        b"\x00" * 500,
        b"",
    ]
)


def chunked(body: bytes) -> bytes:
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (body[:5], body[5:]) if part) + b"0\r\n\r\n"


HIDDEN = b"GET /" + CANARY + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"  # a request in another's body
FRAMES = {  # how long the body is said to be → the headers, what is sent for it, whether the server has all of it
    "length": lambda body: (b"Content-Length: %d\r\n" % len(body), body, True),
    "no length": lambda body: (b"", body, False),
    "too short": lambda body: (b"Content-Length: %d\r\n" % (len(body) // 2), body, False),
    "too long": lambda body: (b"Content-Length: %d\r\n" % (len(body) + 9), body, False),
    "huge": lambda body: (b"Content-Length: 99999999999999999999\r\n", body, True),
    "5,000 digits": lambda body: (b"Content-Length: " + b"9" * 5000 + b"\r\n", body, True),
    "negative": lambda body: (b"Content-Length: -%d\r\n" % len(body), body, True),
    "signed": lambda body: (b"Content-Length: +%d\r\n" % len(body), body, True),
    "hexadecimal": lambda body: (b"Content-Length: 0x%x\r\n" % len(body), body, True),
    "no number": lambda body: (b"Content-Length: " + CANARY + b"\r\n", body, True),
    "two lengths": lambda body: (b"Content-Length: %d\r\nContent-Length: 0\r\n" % len(body), body + HIDDEN, True),
    "twice the same": lambda body: (b"Content-Length: %d\r\n" % len(body) * 2, body, True),
    "chunked": lambda body: (b"Transfer-Encoding: chunked\r\n", chunked(body), False),
    "length and chunked": lambda body: (
        b"Content-Length: %d\r\nTransfer-Encoding: chunked\r\n" % len(body),
        chunked(body) + HIDDEN,
        False,
    ),
    "chunked and length": lambda body: (
        b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n",
        b"%x\r\n%s\r\n0\r\n\r\n" % (len(HIDDEN), HIDDEN),
        False,
    ),
    "chunked twice": lambda body: (b"Transfer-Encoding: chunked\r\n" * 2, chunked(body), False),
    "another coding": lambda body: (b"Transfer-Encoding: gzip, chunked\r\n", chunked(body), False),
    "no coding": lambda body: (b"Transfer-Encoding: " + CANARY + b"\r\n", body, False),
    "hidden coding": lambda body: (b"Transfer-Encoding: \x0bchunked\r\n", chunked(body) + HIDDEN, False),
    "folded coding": lambda body: (b"Transfer-Encoding:\r\n chunked\r\n", chunked(body) + HIDDEN, False),
    "spaced name": lambda body: (b"Transfer-Encoding : chunked\r\n", chunked(body), True),
    "endless chunk": lambda body: (b"Transfer-Encoding: chunked\r\n", b"fffffff\r\n" + body, False),
    "no chunk": lambda body: (b"Transfer-Encoding: chunked\r\n", CANARY + b"\r\n" + body, False),
    "chunk with more": lambda body: (
        b"Transfer-Encoding: chunked\r\n",
        b"3;" + CANARY + b"=" + CANARY + b"\r\na=b\r\n0\r\nX: " + CANARY + b"\r\n\r\n",
        False,
    ),
}


FRAME_NAMES = usually(["length"], sorted(FRAMES))
MUTATED = usually([False], [True])


@st.composite
def requests(draw, bodies: st.SearchStrategy[bytes]) -> Request:
    """One request, nearly right or wholly wrong."""
    method, target, version, kind = draw(METHODS), draw(TARGETS), draw(VERSIONS), draw(TYPES)
    headers = draw(st.lists(HEADERS, max_size=4))
    framing, sent, whole = b"", b"", True
    if method != b"GET":
        framing, sent, whole = FRAMES[draw(FRAME_NAMES)](draw(bodies))
    head = b"%s %s%s\r\n" % (method, target, version)
    lines = b"".join(b"%s: %s\r\n" % header for header in headers)
    whole = whole and b"100-continue" not in lines  # a length over the limit is then waited for
    raw = head + b"Connection: close\r\nContent-Type: " + kind + b"\r\n" + framing + lines + b"\r\n" + sent
    if draw(MUTATED):  # one byte of the head is another
        place = draw(st.integers(0, raw.index(b"\r\n\r\n")))
        raw, whole = raw[:place] + draw(st.binary(min_size=1, max_size=1)) + raw[place + 1 :], False
    return Request(raw, whole)


# --- Answers ----------------------------------------------------------------------------------------------------


class Answer(NamedTuple):
    status: int
    headers: dict[bytes, bytes]
    body: bytes


def exchange(port: int, request: Request) -> bytes:
    """What comes back until the server hangs up, or is silent because it waits for more."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        received = b""
        with suppress(ConnectionError):  # it may hang up before it has read all
            connection.sendall(request.raw)
            connection.settimeout(PATIENCE if request.whole else QUIET)
            try:
                while part := connection.recv(65536):
                    received += part
            except TimeoutError:
                assert not request.whole, "a whole request was left without an answer"
        return received


def answers(received: bytes) -> list[Answer]:
    found = []
    while received:
        head, _, rest = received.partition(b"\r\n\r\n")
        status = re.match(rb"HTTP/1\.[01] (\d{3}) ", head)
        assert status, f"no answer in HTTP: {received[:80]!r}"
        lines = [line.split(b": ", 1) for line in head.split(b"\r\n")[1:]]
        headers = {name.lower(): value for name, value in lines}
        size = int(headers.get(b"content-length", 0))
        if rest.startswith(b"HTTP/1.") or len(rest) < size:
            size = 0  # HEAD has a length and no body; or it was we who hung up
        if status[1] != b"100":  # "go on", with no headers
            found.append(Answer(int(status[1]), headers, rest[:size]))
        received = rest[size:]
    return found


UNSEEN = tuple(character.encode() for character in (*BIDI, "\0"))


# How waitress refuses requests that no browser can send; three of its messages repeat the faulty line.
REFUSED = {400, 413, 431, 501}
REPEATING = (b'Malformed HTTP method "', b'Malformed header line "', b'Bare CR or LF found in header line "')


def judge(answer: Answer, warning: bytes) -> bool:
    """Raise AssertionError if an answer breaks a promise; say whether it is ours, or a refusal by waitress."""
    body = gzip.decompress(answer.body) if answer.headers.get(b"content-encoding") == b"gzip" else answer.body
    assert b"set-cookie" not in answer.headers
    sent_back = body + b"".join(name + value for name, value in answer.headers.items())
    if b"content-security-policy" not in answer.headers:
        assert answer.status in REFUSED
        assert answer.headers[b"content-type"] == b"text/plain; charset=utf-8"
        reason = body.split(b"\r\n\r\n", 1)[-1]
        assert reason.startswith(REPEATING) or (CANARY not in sent_back.lower() and len(body) < 200)
        return False
    assert answer.status < 500
    assert CANARY not in sent_back.lower(), "something that was sent came back"
    assert not [character for character in UNSEEN if character in sent_back]
    assert answer.headers[b"x-content-type-options"] == b"nosniff"
    assert b"default-src 'none'" in answer.headers[b"content-security-policy"]
    assert answer.headers[b"cache-control"] == b"no-store"
    helpful = warning in body or body == b"ok\n" or answer.status == 303
    assert helpful or not body, "a page without the warning"
    return True


def attack(server: Server, content: Mapping[str, Edition], count: int, repeat: bool) -> Counter:
    """Send hostile requests and judge every answer; between them, an ordinary reader is served. Returns the counts."""
    counts: Counter = Counter()
    warning = content["self"].words.warning.heading.encode()

    @settings(
        max_examples=count,
        deadline=None,  # the machine may be busy
        suppress_health_check=list(HealthCheck),  # long bodies are meant
        database=None,
        phases=[Phase.generate],  # to shrink what hangs takes minutes
        derandomize=repeat,
    )
    @given(requests(st.one_of(sheets(content), sheets(content), sheets(content), OTHER_BODIES)))
    def send(request: Request) -> None:
        found = answers(exchange(server.port, request))
        for answer in found:
            judge(answer, warning)
        counts[", then ".join(str(answer.status) for answer in found) or "hung up, or waits for the rest"] += 1
        if counts.total() % 100 == 0:
            assert ask(server.port, "/self", {"q_symptoms": "sleep"})[0] == 200, "an ordinary reader was not served"

    send()
    return counts


def main() -> None:
    count = int(sys.argv[1]) if sys.argv[1:] else 20_000
    started = time.monotonic()
    with serving() as server:
        counts = attack(server, load_content(), count, repeat=False)
        said = server.said()
    for status, times in counts.most_common():
        print(f"{times:7} {status}")
    print(f"{counts.total():7} requests in {time.monotonic() - started:.0f} s; the server logged:")
    print(said)


if __name__ == "__main__":
    main()
