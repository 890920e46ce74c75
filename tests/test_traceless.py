"""Nothing is kept, seen from outside: the real server under strace, and where nothing can be written."""

import shutil
import socket
import subprocess
from contextlib import suppress

import pytest

from tests.kit.pages import PATHS, faulty_sheets, fields, guidance_sheets
from tests.kit.server import REACHES_OUT, STARTS, WRITES, ask, missing, serving, since_the_first_reader, strace

CANARY = "canary7f3a"
CARRIED = {"User-Agent": CANARY, "Referer": f"http://localhost/{CANARY}", "Cookie": f"{CANARY}={CANARY}"}
FORM = "Content-Type: application/x-www-form-urlencoded"
REFUSED = {  # what has to be written by hand, and its answer; 0 where the server hangs up
    f"GET /{CANARY} HTTP/1.1\r\nX: {CANARY}\nX\r\n\r\n": 400,
    f"GET http://[{CANARY}]/ HTTP/1.1\r\n\r\n": 0,
    f"POST /self HTTP/1.1\r\nContent-Length: {'9' * 5000}\r\n\r\n{CANARY}": 0,
    f"POST /self HTTP/1.1\r\nTransfer-Encoding: {CANARY}\r\n\r\n": 501,
    f"POST /self HTTP/1.1\r\n{FORM}\r\n\r\n": 411,
    # waitress keeps a body over 512 kB in a file, if it takes it at all
    f"POST /self HTTP/1.1\r\n{FORM}\r\nContent-Length: 600000\r\n\r\n": 413,
    f"POST /self HTTP/1.1\r\n{FORM}\r\nTransfer-Encoding: chunked\r\n\r\n" + f"1000\r\n{'x' * 4096}\r\n" * 150: 413,
    f"POST /self HTTP/1.1\r\n{FORM}\r\nContent-Length: 60000\r\n\r\n{'x' * 60000}": 413,
}


def status_of(port: int, request: str) -> int:
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        with suppress(ConnectionError):  # it may refuse before it has read all
            connection.sendall(request.encode())
        received = connection.recv(100)
        return int(received.split()[1]) if received else 0


@pytest.fixture(scope="module")
def watched(tmp_path_factory, content):
    """What the real server asked of the system while it was asked everything, what it printed, and the statuses."""
    trace = tmp_path_factory.mktemp("trace") / "trace"
    with serving(*strace(trace)) as server:
        asked = []
        for path in (*PATHS, "/leave", "/healthz", f"/{CANARY}?{CANARY}"):
            asked.append(ask(server.port, path, headers=CARRIED)[0])
        for audience, edition in content.items():
            sheets = [fields(sheet) for sheet in guidance_sheets(edition).values()]
            for sheet in (*sheets, *faulty_sheets(edition).values(), {**sheets[-1], "change": "1"}):
                asked.append(ask(server.port, f"/{audience}", {**sheet, CANARY: CANARY}, CARRIED)[0])
        asked.append(ask(server.port, "/self", {CANARY: CANARY}, {"Sec-Fetch-Site": "cross-site"})[0])
        asked.append(ask(server.port, "/self", {CANARY: CANARY}, {"Content-Type": "application/json"})[0])
        asked.append(ask(server.port, "/help", {CANARY: CANARY})[0])
        refused = {request: status_of(server.port, request) for request in REFUSED}
        assert ask(server.port)[0] == 200
        said = server.said()
    return since_the_first_reader(trace), said, asked, refused


def test_the_watched_server_was_asked_for_every_page_and_gave_every_answer(watched):
    _, _, asked, refused = watched
    assert set(asked) == {200, 303, 403, 404, 405, 415, 422}
    assert refused == REFUSED


def test_the_server_opens_no_file_to_write_and_changes_none(watched):
    calls, *_ = watched
    assert [call for call in calls if WRITES.search(call)] == []


def test_the_server_connects_to_no_one(watched):
    calls, *_ = watched
    assert [call for call in calls if REACHES_OUT.search(call)] == []


def test_the_server_starts_no_program(watched):
    calls, *_ = watched
    assert [call for call in calls if STARTS.search(call)] == []


def test_the_server_says_where_it_listens_and_then_nothing(watched):
    _, said, *_ = watched
    assert said == "Open http://127.0.0.1:PORT/\n"


def test_the_watch_notices_a_file_a_connection_and_a_program(tmp_path):
    """If it noticed nothing, the tests above would prove nothing."""
    unheard = "socket.create_connection(('127.0.0.1', 9), 1)"  # nothing listens there
    script = f"""
import os, socket, tempfile
server = socket.create_server(("127.0.0.1", 0))
socket.create_connection(server.getsockname())
server.accept()
tempfile.TemporaryFile()
open("left", "w")
os.system("true")
try: {unheard}
except OSError: pass
"""
    subprocess.run([*strace(tmp_path / "trace"), "python3", "-c", script], cwd=tmp_path, check=True)
    calls = since_the_first_reader(tmp_path / "trace")
    assert len([call for call in calls if WRITES.search(call)]) >= 2
    assert [call for call in calls if REACHES_OUT.search(call)]
    assert [call for call in calls if STARTS.search(call)]


READ_ONLY = """
cut -d" " -f5 /proc/self/mountinfo | while read -r place; do mount -o remount,bind,ro "$place"; done
for place in . /tmp /var/tmp /dev/shm; do touch "$place/left" 2>/dev/null && echo "$place can be written"; done
exec "$@"
"""


def test_the_server_works_where_no_folder_can_be_written(content):
    """In a mount namespace of its own, where every file system is read-only, without a home, with bytecode as usual."""
    if not shutil.which("unshare"):
        missing("unshare")
    alone = ["unshare", "--map-root-user", "--mount", "sh", "-c", READ_ONLY, "read-only"]
    with serving(*alone, HOME="/nonexistent", TMPDIR="/nonexistent") as server:
        for audience, edition in content.items():
            for sheet in guidance_sheets(edition).values():
                assert ask(server.port, f"/{audience}", fields(sheet))[0] == 200
        assert server.said() == "Open http://127.0.0.1:PORT/\n"


def test_an_answer_leaves_in_one_piece_so_a_server_that_dies_sends_all_of_it_or_nothing(watched):
    """After nothing, nginx asks another instance; half a page can not be asked for again."""
    calls, _, asked, refused = watched
    sent = [call for call in calls if " sendto(" in call]
    assert len(sent) >= len(asked) + len(list(filter(None, refused.values())))
    assert [call for call in sent if '"HTTP/1.' not in call] == []
