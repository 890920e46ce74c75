"""The real server: `python app.py` as a process of its own, for tests that look at it from outside, or in this one."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path
from typing import IO, NamedTuple
from urllib.parse import urlencode

import pytest
from flask import Flask, Response

from web.prerender import prerender
from web.server import listen

ROOT = Path(__file__).parents[2]
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Server(NamedTuple):
    port: int
    process: subprocess.Popen
    output: IO[bytes]

    def said(self) -> str:
        """All it has printed or logged."""
        self.output.seek(0)
        return self.output.read().decode().replace(str(self.port), "PORT")


def missing(command: str, brought_by: str = "") -> None:
    """Skip a test that needs a command this machine lacks; fail it in CI, where nothing may be skipped."""
    if os.environ.get("CI"):
        pytest.fail(f"{command} is missing")
    pytest.skip(f"{command} is missing; `{brought_by or f'apt install {command}'}` brings it")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return found.getsockname()[1]


def ask(
    port: int,
    path: str = "/healthz",
    sheet: Mapping | None = None,
    headers: Mapping = {},
    method: str = "",
    timeout: float = 10,  # the machine may be busy; a hung server is hung for longer
) -> tuple[int, bytes]:
    """A page, or the answer to a sheet: its status and its body."""
    connection = HTTPConnection("127.0.0.1", port, timeout=timeout)
    body = None if sheet is None else urlencode(sheet, doseq=True)
    try:
        connection.request(
            method or ("GET" if body is None else "POST"), path, body, {**({} if body is None else FORM), **headers}
        )
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def wait_for(process: subprocess.Popen, port: int, output: IO[bytes], host: str = "127.0.0.1") -> None:
    """Until it listens, or ends."""
    deadline = time.monotonic() + 60  # strace on a busy machine is slow
    while process.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection((host, port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    output.seek(0)
    pytest.fail(f"the server does not listen: {output.read().decode()}")


@contextmanager
def serving(*wrapper: str, folder: Path = ROOT, **settings: str) -> Iterator[Server]:
    """Start the server on a free port, by a command such as strace if one is given, and stop it afterwards."""
    port = free_port()
    known = {name: value for name, value in os.environ.items() if not name.startswith(("SCREENING_", "PYTHON"))}
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            [*wrapper, sys.executable, "app.py"],
            cwd=folder,
            env={**known, "PORT": str(port), **settings},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # one group to signal: strace ends only when the server does
        )
        try:
            wait_for(process, port, output, settings.get("SCREENING_HOST", "127.0.0.1"))
            yield Server(port, process, output)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            process.wait(timeout=30)


@contextmanager
def running(app: Callable) -> Iterator[str]:
    """The app, or any other, on the server that it ships with, in this process. Gives its address."""
    if isinstance(app, Flask):
        prerender(app)
    with warnings.catch_warnings(action="ignore", category=DeprecationWarning):  # send_bytes is on its way out
        server = listen(app, "127.0.0.1", 0)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()

    def stop() -> None:
        for channel in list(server.active_channels.values()):
            channel.handle_close()
        server.close()

    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        server.trigger.pull_trigger(stop)  # in its own thread
        thread.join(10)
        server.task_dispatcher.shutdown()


@contextmanager
def neutral_site(door: threading.Event | None = None) -> Iterator[str]:
    """The address of a site for "Leave this page" to go to. With a door, it answers only while that is open."""
    page = "<!doctype html><link rel=icon href=data:,><title>Elsewhere</title><p id=elsewhere>Elsewhere"

    def elsewhere(environ, start_response):
        if door:
            door.wait(60)
        return Response(page, mimetype="text/html")(environ, start_response)

    with running(elsewhere) as address:
        yield address.replace("127.0.0.1", "localhost") + "/"  # another site than ours, as for a reader


class Recorded:
    """An app that notes what it is asked."""

    def __init__(self, app: Callable) -> None:
        self.app = app
        self.asked: list[str] = []

    def __call__(self, environ, start_response):
        self.asked.append(f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}{environ['QUERY_STRING']}")
        return self.app(environ, start_response)


# --- What a program asks of the system ---------------------------------------------------------------------------

# How a program leaves something behind, or reaches out. What only reads, and what only serves, is not here.
WRITES = re.compile(
    r"^\d+ +(?:(?:open|openat|openat2)\(.*(?:O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_TMPFILE)"
    r"|(?:creat|mkdir|mknod|rename|link|symlink|unlink|rmdir|truncate|chmod|chown|utime|setxattr|memfd_create)\w*\()"
)
REACHES_OUT = re.compile(r"^\d+ +(?:socket|socketpair|connect|bind|listen)\(|^\d+ +send\w+\(.*sa_family")
STARTS = re.compile(r"^\d+ +(?:execve|execveat|fork|vfork|clone|clone3)\(")


def strace(trace: Path) -> list[str]:
    if not shutil.which("strace"):
        missing("strace")
    calls = "trace=%file,%network,%process,memfd_create"
    return [
        "strace",
        "-f",
        "-qq",
        "--seccomp-bpf",
        "-e",
        calls,
        "-o",
        str(trace),
    ]  # seccomp: the rest runs at full speed


def since_the_first_reader(trace: Path) -> list[str]:
    """What the server has asked of the system since it took its first connection: one line each."""
    calls = trace.read_text(errors="replace").splitlines()
    first = next(n for n, call in enumerate(calls) if " accept" in call)
    return calls[first:]
