"""The real server: how it ends, and how many it bears at once."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from tests.kit.server import FORM, ROOT, ask, serving

SIGNALS = (signal.SIGTERM, signal.SIGINT)
BODY = b"q_symptoms=sleep"
HEAD = f"POST /self HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM['Content-Type']}\r\nContent-Length: {len(BODY)}\r\n\r\n"
POST = HEAD.encode() + BODY


def connect(server):
    return socket.create_connection(("127.0.0.1", server.port), timeout=10)


def whole_answer(connection):
    """What comes until the server hangs up. Its headers must announce just as much as comes."""
    received = b"".join(iter(lambda: connection.recv(65536), b""))
    head, _, body = received.partition(b"\r\n\r\n")
    (length,) = [line.split()[1] for line in head.split(b"\r\n") if line.startswith(b"Content-Length:")]
    assert len(body) == int(length)
    return received


def end(server, sign=signal.SIGTERM):
    """Its status, and the seconds that it took to end."""
    started = time.monotonic()
    server.process.send_signal(sign)
    return server.process.wait(10), time.monotonic() - started


@pytest.mark.parametrize("sign", SIGNALS)
def test_a_signal_to_end_ends_it_at_once_when_no_one_waits_and_it_says_nothing(sign):
    with serving() as server, connect(server):  # who has only connected has asked nothing
        status, took = end(server, sign)
        assert (status, server.said()) == (0, "Open http://127.0.0.1:PORT/\n")
        assert took < 1


@pytest.mark.parametrize("so_far", [len("POST /se"), len(HEAD), len(POST) - 1])
def test_half_a_form_is_still_answered_and_no_one_new_is_let_in(so_far):
    with serving() as server, connect(server) as connection:
        connection.sendall(POST[:so_far])
        time.sleep(0.1)  # it has been read by now
        server.process.send_signal(signal.SIGTERM)
        time.sleep(0.1)
        with pytest.raises(ConnectionRefusedError):
            connect(server)
        connection.sendall(POST[so_far:])
        assert whole_answer(connection).startswith(b"HTTP/1.1 200 ")
        assert server.process.wait(10) == 0


def test_everyone_who_came_before_the_signal_is_answered():
    """The server is stopped meanwhile, so that all of them, and the signal, wait for it at once."""
    with serving() as server:
        server.process.send_signal(signal.SIGSTOP)
        waiting = [connect(server) for _ in range(50)]
        for connection in waiting:
            connection.sendall(POST)
        server.process.send_signal(signal.SIGTERM)
        server.process.send_signal(signal.SIGCONT)
        for connection in waiting:
            with connection:
                assert whole_answer(connection).startswith(b"HTTP/1.1 200 ")
        assert server.process.wait(10) == 0


def test_who_reads_slowly_still_gets_the_whole_answer():
    with serving() as server, socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)  # the page does not fit in
        connection.settimeout(10)
        connection.connect(("127.0.0.1", server.port))
        connection.sendall(b"GET /self HTTP/1.1\r\nHost: x\r\n\r\n")
        connection.recv(1, socket.MSG_PEEK)
        server.process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        assert len(whole_answer(connection)) > 50_000
        assert server.process.wait(10) == 0


@pytest.mark.parametrize("so_far", [len("POST /se"), len(POST) - 1])
def test_who_never_finishes_holds_up_the_end_for_less_than_two_seconds(so_far):
    with serving() as server, connect(server) as connection:
        connection.sendall(POST[:so_far])
        time.sleep(0.1)
        status, took = end(server)
        assert status == 0
        assert 1 < took < 2.5  # less than two, and a busy machine


def test_what_a_shell_runs_in_the_background_is_not_ended_by_the_terminals_interrupt():
    with serving("sh", "-c", 'trap "" INT; exec "$@"', "sh") as server:
        server.process.send_signal(signal.SIGINT)
        time.sleep(0.3)
        assert ask(server.port)[0] == 200
        assert end(server)[0] == 0


def test_it_can_be_ended_while_it_starts():
    """As process 1 of a container it would not hear a signal that it has not asked for."""
    started = "import signal, app; app.create_app = lambda _: signal.raise_signal(signal.SIGTERM); app.main()"
    ran = subprocess.run([sys.executable, "-c", started], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")


LONG = b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"x" * 250_000  # far more than it takes


@pytest.mark.parametrize("start", [b"", LONG[:32_000], LONG, POST[:-1]], ids=("silent", "headers", "no end", "body"))
def test_nine_hundred_who_stall_delay_no_one_else(start):
    with serving() as server, ExitStack() as stack:
        for _ in range(900):
            with suppress(ConnectionError):  # it ends those who go too far
                stack.enter_context(connect(server)).sendall(start)
        for _ in range(3):
            assert ask(server.port, timeout=3)[0] == 200  # the time that health checks allow
            assert ask(server.port, "/self", {"q_symptoms": "sleep"}, timeout=3)[0] == 200
        status = Path(f"/proc/{server.process.pid}/status").read_text()
        assert int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) < 230_000, "deploy/ gives 256 MB"


def test_it_answers_on_when_its_folder_is_emptied(tmp_path):
    """As an update does that copies another version over it."""
    for part in ("app.py", "settings.py", "screening", "web", "templates"):
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
        copy(ROOT / part, tmp_path / part)
    sheets = {"q_symptoms": "seizure"}, {}  # an emergency, and the form again
    asked = [(f"/{audience}", sheet) for audience in ("self", "es/family") for sheet in sheets]
    asked += [("/nowhere", None), ("/es/help", None), ("/leave", None)]
    with serving() as whole, serving(folder=tmp_path) as emptied:
        for path in tmp_path.iterdir():
            shutil.rmtree(path) if path.is_dir() else os.unlink(path)
        for path, sheet in asked:
            assert ask(emptied.port, path, sheet) == ask(whole.port, path, sheet)
        assert emptied.said() == "Open http://127.0.0.1:PORT/\n"
        assert end(emptied)[0] == 0
