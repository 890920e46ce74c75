"""What operators get in deploy/: Debian's nginx with the shipped configuration before two instances, and the rest."""

import dataclasses
import gzip
import json
import os
import re
import shlex
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext, suppress
from pathlib import Path

import pytest
import yaml
from bs4 import BeautifulSoup

from screening.load import load_content
from settings import VARIABLES, Settings
from tests.kit.pages import LANGUAGES, PATHS, carried, fields, guidance_sheets, one_of_each, root, says
from tests.kit.server import ROOT, WRITES, ask, missing, serving, since_the_first_reader
from tests.kit.site import NAME, site, site_of_files
from web.security import HEADERS, MAX_BYTES, POLICY, SCRIPT, STYLE

CANARY = "canary7f3a"
SHEET = {"q_symptoms": "sleep"}
BEGUN = f"POST /self HTTP/1.1\r\nHost: {NAME}\r\nContent-Length: 9\r\n\r\n".encode()
UNFINISHED = (b"GET /self HTTP/1.1\r\nHost: ", BEGUN + b"q")  # in the headers, in the body
OURS = {**HEADERS, "Strict-Transport-Security": "max-age=63072000"}
BY_NGINX = {**OURS, "Content-Security-Policy": "frame-ancestors 'none'"}  # the rest of the policy stands in the page


@pytest.fixture(scope="module")
def traced(tmp_path_factory):
    trace = tmp_path_factory.mktemp("trace") / "trace"
    with site(trace) as started:
        yield started, trace


@pytest.fixture(scope="module")
def front(traced):
    """The site, with two instances behind."""
    return traced[0]


@pytest.fixture(scope="module")
def slow(front):
    """Two who began long ago and never finish."""
    stalled = [front.connect("127.0.0.3") for _ in UNFINISHED]
    for connection, start in zip(stalled, UNFINISHED, strict=True):
        connection.sendall(start)
    yield stalled
    for connection in stalled:
        connection.close()


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Plain files and no app."""
    trace = tmp_path_factory.mktemp("trace") / "trace"
    with site_of_files(trace) as started:
        yield started, trace


def openly(port, path, host=NAME):
    """The whole answer to a request without encryption; nothing, where nginx hangs up."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection, suppress(ConnectionResetError):
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        return b"".join(iter(lambda: connection.recv(65536), b""))
    return b""


def is_the_error_page(body, content):
    """Whether this is that page, in the content's language, with our style, script and policy inside."""
    words, soup = content["self"].words, BeautifulSoup(body, "html.parser")
    whole = soup.find("meta", content=POLICY) and (soup.style.string, soup.script.string) == (STYLE, SCRIPT)
    numbers = {line.tel for line in content["self"].helplines if line.country == "US" and line.tel}
    linked = {link["href"] for link in soup.select('a[href^="tel:"]')}
    return whole and says(soup, words.unreachable.heading) and says(soup, words.warning.heading) and numbers <= linked


# --- It serves --------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("slow")
def test_every_page_and_every_guidance_comes_through(front, content):
    for path in (*PATHS, "/healthz"):
        response, body = front.ask(path)
        assert (response.status, body) == ask(front.apps[0].port, path)
    for audience, edition in content.items():
        for sheet in guidance_sheets(edition).values():
            response, body = front.ask(f"/{audience}", fields(sheet))
            assert (response.status, body) == ask(front.apps[0].port, f"/{audience}", fields(sheet))


def test_the_apps_headers_come_through_and_browsers_are_told_to_come_back_by_https(front):
    response, _ = front.ask("/self", SHEET)
    assert {**response.headers}.items() >= OURS.items()
    assert response.headers["Server"] == "nginx", "the version is no one's business"


def test_guidance_is_packed_for_a_browser_that_accepts_it(front):
    plain, body = front.ask("/self", SHEET)
    packed, small = front.ask("/self", SHEET, {"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(small) == body
    assert len(small) < len(body) / 2


def test_leaving_leads_where_the_app_says_and_without_the_app_to_the_neutral_site():
    """One place to set it. nginx.conf only knows the default, for when no instance answers."""
    with site(SCREENING_LEAVE_URL="https://weather.example/") as front:
        response, _ = front.ask("/leave")
        assert (response.status, response.headers["Location"]) == (303, "https://weather.example/")
        for app in front.apps:
            os.killpg(app.process.pid, signal.SIGKILL)
        response, _ = front.ask("/leave")
        assert (response.status, response.headers["Location"]) == (303, Settings.leave_url)


def test_leaving_still_works_for_an_address_that_asks_too_much(front):
    many = 300
    request = f"GET /leave HTTP/1.1\r\nHost: {NAME}\r\n".encode()
    with front.connect("127.0.0.9") as connection:
        connection.sendall((request + b"\r\n") * (many - 1) + request + b"Connection: close\r\n\r\n")
        received = b"".join(iter(lambda: connection.recv(65536), b""))
    assert received.count(b"HTTP/1.1 303 ") == received.count(f"Location: {Settings.leave_url}\r\n".encode()) == many


def test_the_health_port_answers_healthz_and_nothing_else(front):
    assert re.match(rb"(?s)HTTP/1.1 200 .*\r\n\r\nok\n$", openly(front.checks_port, "/healthz", "127.0.0.1"))
    assert openly(front.checks_port, "/self", "127.0.0.1") == openly(front.checks_port, "/", "127.0.0.1") == b""


def test_who_issues_the_certificate_finds_its_challenge_by_http(front, files):
    for where in (front, files[0]):
        challenge = where.folder / "acme/.well-known/acme-challenge/token"
        challenge.parent.mkdir(parents=True)
        challenge.write_text("token.key")
        got = openly(where.open_port, "/.well-known/acme-challenge/token")
        shutil.rmtree(where.folder / "acme")
        assert re.match(rb"(?s)HTTP/1.1 200 .*\r\n\r\ntoken.key$", got)


def test_the_check_of_the_origin_works_behind_it(front):
    for headers, status in (
        ({"Origin": f"https://{NAME}"}, 200),
        ({"Origin": "https://other.example"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "cross-site", "Origin": f"https://{NAME}"}, 403),
    ):
        assert front.ask("/self", SHEET, headers)[0].status == status


def test_http_leads_to_https_and_another_name_leads_nowhere(front):
    assert f"\r\nLocation: https://{NAME}/help\r\n".encode() in openly(front.open_port, "/help")
    assert f"\r\nLocation: https://{NAME}/\r\n".encode() in openly(front.open_port, "/", f"{NAME}\r\nX Y: z")
    assert openly(front.open_port, "/help", "other.example") == b""
    assert front.send(b"GET / HTTP/1.1\r\nHost: other.example\r\n\r\n") == b""
    front.trust.check_hostname = False
    with pytest.raises(ssl.SSLError):
        front.connect(name="other.example")
    front.trust.check_hostname = True


# --- What it keeps to itself ------------------------------------------------------------------------------------


def test_the_app_never_learns_who_asks(tmp_path):
    """In the app's place stands something that keeps what it is sent."""
    got = []
    with socket.create_server(("127.0.0.1", 0)) as app:

        def listen():
            connection, _ = app.accept()
            with connection:
                got.append(connection.recv(65536))
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

        listener = threading.Thread(target=listen)
        listener.start()
        telling = ("Cookie", "User-Agent", "Referer", "Accept-Language", "X-Forwarded-For", "Forwarded", "X-Real-IP")
        with site(apps=[app.getsockname()[1]] * 2) as front:
            sent = {**dict.fromkeys(telling, CANARY), "Origin": f"https://{NAME}", "Sec-Fetch-Site": "same-origin"}
            front.ask("/self", SHEET, sent, source="127.0.0.77")
        listener.join()
    head, _, body = got[0].partition(b"\r\n\r\n")
    line, *headers = head.decode().split("\r\n")
    assert line == "POST /self HTTP/1.1"
    assert {header.split(":")[0] for header in headers} == {
        *("Host", "Origin", "Sec-Fetch-Site", "Content-Type", "Content-Length", "Accept-Encoding")
    }
    assert CANARY.encode() not in got[0]
    assert b"127.0.0.77" not in got[0]
    assert body == b"q_symptoms=sleep"


def test_no_request_is_logged_and_no_body_or_page_touches_the_disk(traced):
    front, trace = traced
    front.ask(f"/{CANARY}?{CANARY}", headers={"User-Agent": CANARY})
    front.ask("/self", {**SHEET, "x": "x" * (MAX_BYTES - 50)})
    front.ask("/self", {"x": "x" * MAX_BYTES})
    front.send(f"GET /{CANARY}\r\n\r\n".encode())
    half, rest = b"q_symptoms=sleep&x=", b"x" * 8000  # in two parts: the second comes when the first is kept somewhere
    with front.connect() as connection:
        head = f"POST /self HTTP/1.1\r\nHost: {NAME}\r\nConnection: close\r\nContent-Length: {len(half + rest)}\r\n"
        connection.sendall(f"{head}Content-Type: application/x-www-form-urlencoded\r\n\r\n".encode() + half)
        front.ask("/self", SHEET)
        connection.sendall(rest)
        assert connection.recv(12) == b"HTTP/1.1 200"
    front.output.seek(0)
    assert front.output.read() == b""
    calls = since_the_first_reader(trace)
    assert [call for call in calls if WRITES.search(call)] == []
    called = {call for call in calls if re.search(r"\bconnect\(", call)}
    assert called, "it must have asked the instances"
    assert not [call for call in called if 'inet_addr("127.0.0.1")' not in call]
    files = {path.name for path in front.folder.rglob("*") if path.is_file()}
    assert files == {"nginx.conf", "privkey.pem", "fullchain.pem", "pid", "unreachable.html"}


# --- What it refuses --------------------------------------------------------------------------------------------

HEAD = f"Host: {NAME}\r\nConnection: close\r\n".encode()
LARGE = b"x" * 8193


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"GET / HTTP/1.1\r\n" + HEAD + b"X Y: z\r\n\r\n", 400),
        (b"GET /\0 HTTP/1.1\r\n" + HEAD + b"\r\n", 400),
        (b"get / HTTP/1.1\r\n" + HEAD + b"\r\n", 400),
        (b"GET /../../etc/passwd HTTP/1.1\r\n" + HEAD + b"\r\n", 400),
        (b"GET / HTTP/9.9\r\n" + HEAD + b"\r\n", 400),
        (b"TRACE / HTTP/1.1\r\n" + HEAD + b"\r\n", 405),
        (b"GET / HTTP/1.1\r\n" + HEAD + b"X: " + b"x" * 40_000 + b"\r\n\r\n", 400),
        (b"GET /" + b"x" * 9000 + b" HTTP/1.1\r\n" + HEAD + b"\r\n", 414),
        (b"POST /self HTTP/1.1\r\n" + HEAD + b"Content-Length: 8193\r\n\r\n" + LARGE, 413),
        (
            b"POST /self HTTP/1.1\r\n"
            + HEAD
            + b"Transfer-Encoding: chunked\r\n\r\n2001\r\n"
            + LARGE
            + b"\r\n0\r\n\r\n",
            413,
        ),
        (b"POST /self HTTP/1.1\r\n" + HEAD + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx", 400),
        (b"POST /self HTTP/1.1\r\n" + HEAD + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        (b"POST /self HTTP/1.1\r\n" + HEAD + b"Transfer-Encoding: gzip\r\n\r\n", 400),
    ],
    ids=lambda value: value[:40] if isinstance(value, bytes) else "",
)
def test_what_nginx_refuses_it_answers_with_the_warning_and_the_numbers(front, content, raw, status):
    answer = front.send(raw)
    assert answer.startswith(f"HTTP/1.1 {status} ".encode())
    head, _, body = answer.partition(b"\r\n\r\n")
    assert is_the_error_page(body, content)
    lines = head.decode().split("\r\n")
    for name, value in BY_NGINX.items():
        assert [line for line in lines if line.startswith(f"{name}: ")] == [f"{name}: {value}"]


def test_nginx_answers_in_the_language_of_the_address(front, languages):
    first, *further = LANGUAGES
    asked = {f"/{code}/self": code for code in further} | {f"/{further[0]}": further[0]}
    asked |= {"/self": first, "/xx/self": first, f"/{further[0]}x": first}
    for path, code in asked.items():
        response, body = front.ask(path, {"x": "x" * MAX_BYTES})
        assert response.status == 413
        assert is_the_error_page(body, languages[code])


def make_missing(www):
    shutil.rmtree(www)


def make_unreadable(www):
    for page in www.rglob("*.html"):
        page.chmod(0)


@pytest.mark.parametrize("happens", [make_missing, make_unreadable])
def test_the_warning_and_the_numbers_are_there_even_without_the_error_page(happens, languages):
    """They stand in nginx.conf as the last resort, in each language."""
    with site() as front:
        happens(front.folder / "www")
        for app in front.apps:
            os.killpg(app.process.pid, signal.SIGKILL)
        large = {"x": "x" * MAX_BYTES}
        for path, sheet, status in (("/self", None, 502), ("/es/self", large, 413), ("/unreachable.html", None, 503)):
            response, body = front.ask(path, sheet)
            assert response.status == (status if happens is make_missing else 503)
            assert response.headers["Cache-Control"] == "no-store"
            assert response.headers["Content-Type"] == "text/html; charset=utf-8"
            soup = BeautifulSoup(body, "html.parser")
            linked = [link["href"] for link in soup.select("a")]
            for content in languages.values():
                words = content["self"].words
                assert says(soup, words.unreachable.heading)
                assert says(soup, words.warning.heading)
                for kind in ("emergency", "crisis"):
                    line = content["self"].helpline(kind)
                    assert linked.count(line.tel) == len(LANGUAGES)
                    assert says(soup, line.name)


def by_http_2(front, size):
    """How a body of this size is answered: the version of HTTP with the status, and the page."""
    if not shutil.which("curl"):
        missing("curl")
    address = f"https://{NAME}:{front.port}/self"
    command = ["curl", "--silent", "--http2", "--insecure", "--resolve", f"{NAME}:{front.port}:127.0.0.1"]
    command += ["--data", "x" * size, "--write-out", "|%{http_version} %{http_code}", address]
    body, _, how = subprocess.run(command, check=True, capture_output=True, text=True).stdout.rpartition("|")
    return how, body


def test_a_large_body_is_answered_over_http_2_as_well(front, content):
    """nginx measures it again on the way to the error page."""
    for size in (MAX_BYTES + 1, 70_000):
        how, body = by_http_2(front, size)
        assert how == "2 413"
        assert is_the_error_page(body, content)


def test_only_ciphers_with_forward_secrecy_are_accepted(front):
    for cipher, accepted in (("ECDHE-ECDSA-AES128-GCM-SHA256", True), ("ECDHE-ECDSA-AES128-SHA", False)):
        trust = ssl.create_default_context(cafile=str(front.folder / "fullchain.pem"))
        trust.maximum_version = ssl.TLSVersion.TLSv1_2
        trust.set_ciphers(cipher)
        with pytest.raises(ssl.SSLError) if not accepted else nullcontext():
            front._replace(trust=trust).connect().close()


def test_one_address_can_not_take_every_place(front, content):
    greedy = [front.connect("127.0.0.4") for _ in range(55)]
    for connection in greedy:
        connection.sendall(BEGUN)
    assert front.ask("/self", SHEET, source="127.0.0.5")[0].status == 200
    refused, body = front.ask("/self", SHEET, source="127.0.0.4")
    assert refused.status == 429
    assert is_the_error_page(body, content)
    for connection in greedy:
        connection.close()


def test_one_address_can_not_ask_without_end(front):
    many = 400
    request = b"GET /healthz HTTP/1.1\r\nHost: " + NAME.encode() + b"\r\n"
    with front.connect("127.0.0.6") as connection:
        connection.sendall((request + b"\r\n") * (many - 1) + request + b"Connection: close\r\n\r\n")
        received = b"".join(iter(lambda: connection.recv(65536), b""))
    served = received.count(b"HTTP/1.1 200 ")
    assert served >= 100
    assert received.count(b"HTTP/1.1 429 ") == many - served > 0
    assert front.ask("/self", SHEET, source="127.0.0.7")[0].status == 200


def test_forty_unfinished_requests_delay_no_one_else(front):
    for start in UNFINISHED:
        stalled = [front.connect("127.0.0.8") for _ in range(40)]
        for connection in stalled:
            connection.sendall(start)
        for _ in range(3):
            assert front.ask("/self", SHEET)[0].status == 200
        for connection in stalled:
            connection.close()


# --- Instances --------------------------------------------------------------------------------------------------


def test_a_page_of_one_instance_is_answered_by_another(front, content):
    one, other = (app.port for app in front.apps)
    for audience, edition in content.items():
        blank = ask(one, f"/{audience}")
        assert blank == ask(other, f"/{audience}")
        form = carried(BeautifulSoup(blank[1], "html.parser"))
        sheet = {**form, **fields(one_of_each(edition))}
        status, guidance = ask(other, f"/{audience}", sheet)
        assert status == 200
        changed = {**carried(BeautifulSoup(guidance, "html.parser")), "change": "1"}
        assert ask(one, f"/{audience}", changed) == ask(other, f"/{audience}", changed)


def test_an_instance_may_die_at_any_time_and_no_request_fails(content):
    """`make load` does the same with 5,000."""
    with site() as front:

        def one(number):
            if number == 100:
                os.killpg(front.apps[0].process.pid, signal.SIGKILL)
            # each from an address of its own, else it would be asked to slow down
            return front.ask("/self", SHEET if number % 2 else None, source=f"127.0.1.{number % 250 + 1}")[0].status

        with ThreadPoolExecutor(8) as readers:
            assert set(readers.map(one, range(200))) == {200}
        assert front.apps[0].process.poll() == -signal.SIGKILL

        os.killpg(front.apps[1].process.pid, signal.SIGKILL)
        for sheet in (None, SHEET):
            response, body = front.ask("/self", sheet)
            assert response.status == 502
            assert is_the_error_page(body, content)
        assert front.ask("/leave")[0].status == 303


def test_who_never_finishes_is_cut_off(slow):
    """After ten seconds; most of them have passed when this runs."""
    for connection in slow:
        connection.settimeout(20)
        with suppress(ConnectionResetError):
            assert connection.recv(100) == b""


def test_without_the_lines_for_ipv6_nginx_takes_the_rest(front, files):
    """As docs/operating.md tells whoever has no IPv6 to do."""
    for name, where in (("nginx.conf", front), ("nginx-files.conf", files[0])):
        text = (ROOT / "deploy" / name).read_text()
        assert (rows := text.count("[::]:")) == len(re.findall(r"^ +listen \[::\]:.*;$", text, re.MULTILINE)) > 0
        assert text.count(" listen ") - rows == rows + text.count("listen 127.0.0.1:"), "each has one without IPv6"
        less = re.sub(r"^.*127\.0\.0\.2:.*\n", "", (where.folder / "nginx.conf").read_text(), flags=re.MULTILINE)
        (where.folder / "less.conf").write_text(less)
        checked = subprocess.run(
            ["nginx", "-t", "-e", "stderr", "-c", where.folder / "less.conf"], capture_output=True, check=False
        )
        (where.folder / "less.conf").unlink()
        assert checked.returncode == 0, checked.stderr


# --- Plain files ------------------------------------------------------------------------------------------------


def test_plain_files_have_the_addresses_and_the_headers_of_the_app(files):
    front, _ = files
    for path in PATHS:
        name = f"{path}index.html"[1:] if path.endswith("/") else f"{path}.html"[1:]
        written = (front.folder / "www" / name).read_bytes()
        for address in (path, f"/{name}"):
            response, body = front.ask(address)
            assert (response.status, body) == (200, written)
            assert {**response.headers}.items() >= BY_NGINX.items()
            assert response.headers["Content-Type"] == "text/html; charset=utf-8"
            assert not {"ETag", "Set-Cookie"} & set(response.headers)
    assert (front.ask("/leave")[0].status, front.ask("/leave")[0].headers["Location"]) == (303, Settings.leave_url)


def test_a_language_without_its_slash_is_led_to_it(files):
    """The links of a file are relative: without it, they would lead to pages in another language."""
    front, _ = files
    for at in map(root, LANGUAGES[1:]):
        response, _ = front.ask(at)
        assert (response.status, response.headers["Location"]) == (303, f"https://{NAME}:{front.port}{at}/")


def test_whatever_is_asked_of_plain_files_leads_to_the_start_page(files):
    front, _ = files
    start = (front.folder / "www/index.html").read_bytes()
    for path in ("/nowhere", "/counselor/", "/counselor/nowhere", "/../nginx.conf", "/nginx.conf"):
        response, _ = front.ask(path)
        assert response.status == 400 or (response.status, response.headers["Location"]) == (
            303,
            f"https://{NAME}:{front.port}/",
        )
    assert front.ask("/self", SHEET)[1] == start
    spanish = (front.folder / "www/es/index.html").read_bytes()
    assert front.ask("/es/self", SHEET)[1] == front.ask("/es", {"x": "x" * 2000})[1] == spanish
    assert front.ask("/es/nowhere")[0].headers["Location"] == f"https://{NAME}:{front.port}/es/"
    assert front.ask("/self", {"x": "x" * 2000})[1] == start
    assert front.send(b"GET /\0 HTTP/1.1\r\n\r\n").endswith(start)
    assert by_http_2(front, 2000) == ("2 413", start.decode())


def test_plain_files_are_served_without_a_log_and_without_writing(files):
    front, trace = files
    front.ask(f"/{CANARY}?{CANARY}", headers={"User-Agent": CANARY})
    front.ask("/self", SHEET)
    front.output.seek(0)
    assert front.output.read() == b""
    calls = since_the_first_reader(trace)
    assert [call for call in calls if WRITES.search(call) or re.search(r"\bconnect\(", call)] == []


# --- The other files --------------------------------------------------------------------------------------------


def test_the_unit_is_understood_and_leaves_little_open(tmp_path):
    if not shutil.which("systemd-analyze"):
        missing("systemd")
    unit = tmp_path / "screening@8001.service"
    python = shutil.which("python3")  # /opt/screening is not here
    text = (ROOT / "deploy/screening@.service").read_text()
    unit.write_text(text.replace("/opt/screening/.venv/bin/python", python))
    checked = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False)
    assert [line for line in checked.stderr.splitlines() if "screening@" in line] == []
    security = ["systemd-analyze", "security", "--offline=true", "--json=short", "--threshold=20", str(unit)]
    judged = subprocess.run(security, capture_output=True, text=True, check=False)
    assert judged.returncode == 0, "its exposure is over 2.0"
    open_still = {check["name"] for check in json.loads(judged.stdout) if not check["set"] and check["exposure"]}
    assert open_still <= {
        "RootDirectory=/RootImage=",
        "PrivateMounts=",
        "PrivateNetwork=",  # it has to listen
        "RestrictAddressFamilies=~AF_(INET|INET6)",
        "DeviceAllow=",
        "IPAddressDeny=",  # which lets localhost through
    }


def test_the_unit_lets_answers_neither_reach_the_disk_nor_leave_the_machine():
    """systemd-analyze does not ask for these."""
    lines = (ROOT / "deploy/screening@.service").read_text().splitlines()
    on_disk = {
        "MemorySwapMax=0",
        "LimitCORE=0",
        "LimitFSIZE=0",
        "ReadOnlyPaths=/tmp /var/tmp /dev/shm /dev/mqueue /run",
    }
    away = {"IPAddressDeny=any", "IPAddressAllow=localhost", "SocketBindDeny=any", "RestrictAddressFamilies=AF_INET"}
    assert on_disk | away <= set(lines)


def test_a_unit_counts_as_started_when_its_app_answers_and_fails_when_it_ends():
    """`systemctl restart` waits for this command, and fails with it. systemd writes $ as $$ and the port as %i."""
    unit = (ROOT / "deploy/screening@.service").read_text()
    assert "\nType=exec\n" in unit, "else the command may come before the app has its user, and can't ask for it"
    (line,) = re.findall(r"^ExecStartPost=((?:.*\\\n)*.*)", unit, re.MULTILINE)
    command = shlex.split(line.replace("\\\n", ""))
    command = [part.replace("$$", "$").replace(".venv/bin/python", sys.executable) for part in command]
    with serving() as server:
        asked = [part.replace("%i", str(server.port)) for part in command]
        settings = {**os.environ, "MAINPID": str(server.process.pid), "http_proxy": "http://127.0.0.1:1"}
        assert subprocess.run(asked, env=settings, check=False).returncode == 0
        server.process.send_signal(signal.SIGSTOP)  # as if it were still starting
        with subprocess.Popen(asked, env=settings) as waiting:
            with pytest.raises(subprocess.TimeoutExpired):
                waiting.wait(1)
            server.process.send_signal(signal.SIGCONT)
            assert waiting.wait(10) == 0
    assert subprocess.run(asked, env=settings, check=False).returncode == 1


def test_the_manuals_line_for_cron_names_old_dates(tmp_path):
    line = re.search(
        r"^0 9 1 \* \* nobody (.+)$", (ROOT / "docs/operating.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    (tmp_path / "helplines.yaml").write_text("helplines:\n  - {id: us_samhsa, read_on: 2001-01-01}\n", encoding="utf-8")
    (settings := tmp_path / "settings").write_text(f"SCREENING_CONTENT={tmp_path}\n", encoding="utf-8")
    assert line
    assert "%" not in line[1]  # cron takes it for the end of the line
    command = line[1].replace("/opt/screening", str(ROOT)).replace("/etc/default/screening", str(settings))
    ran = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False, timeout=60)
    assert (ran.returncode, ran.stdout) == (1, "")
    assert f"{tmp_path / 'helplines.yaml'}:2: US, SAMHSA National Helpline: read on 2001-01-01" in ran.stderr


def test_nginx_asks_the_ports_that_the_unit_allows():
    ports = set(map(int, re.findall(r"server 127\.0\.0\.1:(\d+)", (ROOT / "deploy/nginx.conf").read_text())))
    unit = (ROOT / "deploy/screening@.service").read_text()
    low, high = map(int, re.search(r"SocketBindAllow=ipv4:tcp:(\d+)-(\d+)", unit).groups())
    assert ports <= set(range(low, high + 1))
    assert len(ports) >= 2


def test_the_image_holds_all_that_the_app_needs_and_is_well(tmp_path):
    text = (ROOT / "deploy/Dockerfile").read_text().replace("\\\n", "")
    for line in re.findall(r"^COPY (.+)$", text, re.MULTILINE):
        *sources, target = line.split()
        assert target in (*sources, "./", ".")
        for source in sources:
            copy = shutil.copytree if (ROOT / source).is_dir() else shutil.copy
            copy(ROOT / source, tmp_path / source)
    (check,) = re.findall(r"^HEALTHCHECK .* CMD (.+)$", text, re.MULTILINE)
    ask_if_well = ["sh", "-c", check.replace("python", sys.executable).replace("127.0.0.1", "127.0.0.9")]
    with serving(folder=tmp_path, SCREENING_HOST="127.0.0.9") as server:
        settings = {**os.environ, "PORT": str(server.port), "http_proxy": "http://127.0.0.1:1"}
        assert subprocess.run(ask_if_well, env=settings, check=False).returncode == 0
        with pytest.raises(ConnectionError):
            ask(server.port)  # SCREENING_HOST says where it listens, and that is not here
        assert "http://127.0.0.9:PORT/" in server.said()
    assert subprocess.run(ask_if_well, env=settings, capture_output=True, check=False).returncode == 1


def test_the_image_runs_as_nobody_and_takes_only_what_has_the_right_hash():
    text = (ROOT / "deploy/Dockerfile").read_text()
    assert "\nUSER 65534:65534\n" in text
    assert "--require-hashes" in text
    assert "VOLUME" not in text


def test_the_cluster_runs_it_as_nobody_read_only_and_lets_nothing_out():
    parts = {part["kind"]: part for part in yaml.safe_load_all((ROOT / "deploy/kubernetes.yaml").read_text())}
    assert parts["Namespace"]["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    spec = parts["Deployment"]["spec"]
    assert spec["replicas"] >= 2
    pod = spec["template"]["spec"]
    (container,) = pod["containers"]
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert container["securityContext"] == {
        "readOnlyRootFilesystem": True,
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
    }
    assert "volumes" not in pod
    assert pod["automountServiceAccountToken"] is pod["enableServiceLinks"] is False
    probes = [container[f"{kind}Probe"]["httpGet"] for kind in ("startup", "readiness", "liveness")]
    assert probes == [{"path": "/healthz", "port": 8000}] * 3
    before_the_end = container["lifecycle"]["preStop"]["exec"]["command"]
    assert before_the_end[0] == "sleep", "readers must be led elsewhere before SIGTERM lets no one in"
    assert int(before_the_end[1]) + 2 < pod["terminationGracePeriodSeconds"]
    policy = parts["NetworkPolicy"]["spec"]
    assert policy["policyTypes"] == ["Ingress", "Egress"]
    assert policy["egress"] == []


def test_pods_read_own_words_from_a_read_only_mount_of_symlinks(content, tmp_path):
    """Each file is a link into a folder that is itself a link. `make analyze` lays kustomization.yaml over the rest."""
    manifest, over = (ROOT / "deploy/kubernetes.yaml", ROOT / "deploy/kustomization.yaml")
    over = yaml.safe_load(over.read_text())
    (pod,) = [part["spec"] for part in yaml.safe_load_all(manifest.read_text()) if part["kind"] == "Deployment"]
    (patch,) = over["patches"]
    added = {one["path"]: one["value"] for one in yaml.safe_load(patch["patch"])}
    assert added["/spec/template/spec/volumes"] == [{"name": "words", "configMap": {"name": "words"}}]
    (mount,) = added["/spec/template/spec/containers/0/volumeMounts"]
    assert mount == {"name": "words", "mountPath": "/words", "readOnly": True}
    assert added["/spec/template/spec/containers/0/env"] == [{"name": "SCREENING_CONTENT", "value": "/words"}]
    assert not {"volumes", "env"} & {*pod["template"]["spec"], *pod["template"]["spec"]["containers"][0]}
    (words,) = over["configMapGenerator"]
    assert words["name"] == "words"
    data = tmp_path / "..2026_11_26"
    data.mkdir()
    (tmp_path / "..data").symlink_to(data.name)
    for name in (Path(name).name for name in words["files"]):
        shutil.copy(ROOT / "screening" / name, data)
        (tmp_path / name).symlink_to(f"..data/{name}")
    assert load_content(tmp_path)["self"].words == content["self"].words


def test_every_file_that_the_manual_names_is_there_and_every_file_for_operators_is_named():
    named = set(re.findall(r"deploy/[\w@.-]+\w", (ROOT / "docs/operating.md").read_text()))
    assert named == {f"deploy/{file.name}" for file in (ROOT / "deploy").iterdir()}


def test_the_manual_names_every_setting_and_its_default():
    rows = re.findall(r"^\| `(\w+)` \|.*\| (.+) \|$", (ROOT / "docs/operating.md").read_text(), re.MULTILINE)
    told = {variable: default.strip("`") for variable, default in rows}
    defaults = {VARIABLES[field.name]: str(field.default) for field in dataclasses.fields(Settings)}
    in_words = {variable: told.pop(variable) for variable in ("SCREENING_CONTENT", "SCREENING_LANGUAGES")}
    assert told == {variable: default for variable, default in defaults.items() if variable not in in_words}
