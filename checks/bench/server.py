"""The shipped server over HTTP on loopback, beside its own hello: requests a second, tail, memory, cold start."""

import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

from checks.bench.load import FORM, row, sheets
from screening.content import load_content
from tests.kit.server import free_port

CLIENTS = 8
HELLO = """
import logging, sys, waitress
from flask import Flask
logging.getLogger("waitress.queue").setLevel(logging.ERROR)
app = Flask("hello")
app.add_url_rule("/", view_func=lambda: "hello")
waitress.serve(app, listen="127.0.0.1:" + sys.argv[1], ident="")
"""


@contextmanager
def served(*command: str) -> Iterator[tuple[int, int, float]]:
    """Start a server; gives its port, its process id, and the seconds from its start to its first answer."""
    port = free_port()
    start = time.perf_counter()
    server = subprocess.Popen(
        [sys.executable, *command, str(port)], env={**os.environ, "PORT": str(port)}, stdout=subprocess.DEVNULL
    )
    try:
        while True:
            with suppress(ConnectionError):
                ask(connect(port), get("/"))
                break
            time.sleep(0.005)
        yield port, server.pid, time.perf_counter() - start
    finally:
        server.terminate()
        server.wait()


def connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=10)


def get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: gzip\r\n\r\n".encode()


def post(body: bytes) -> bytes:
    head = f"POST /self HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {FORM}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def ask(connection: socket.socket, request: bytes) -> None:
    """Send one request and read its whole answer, as plainly as can be: the client must cost little."""
    connection.sendall(request)
    got = connection.recv(65536)
    while b"\r\n\r\n" not in got:
        got += connection.recv(65536)
    head, _, body = got.partition(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
    while length > len(body):
        body += connection.recv(65536)


def seconds_each(port: int, request: bytes, count: int) -> list[float]:
    def client() -> list[float]:
        connection, took = connect(port), []
        for _ in range(count // CLIENTS):
            start = time.perf_counter()
            ask(connection, request)
            took.append(time.perf_counter() - start)
        return took

    with ThreadPoolExecutor(CLIENTS) as pool:
        return [each for client_took in pool.map(lambda _: client(), range(CLIENTS)) for each in client_took]


def memory(pid: int) -> float:
    """Megabytes that are the process's own, shared ones counted by their share."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:"))


def speed(ours: int, hello: int, body: bytes) -> None:
    cases = {"hello": (hello, get("/")), "GET /self": (ours, get("/self")), "POST, all": (ours, post(body))}
    rates: dict[str, list[float]] = {name: [] for name in cases}
    tails: dict[str, list[float]] = {name: [] for name in cases}
    for _ in range(7):  # interleaved, so that noise hits them alike
        for name, (port, request) in cases.items():
            start = time.perf_counter()
            took = sorted(seconds_each(port, request, 400))
            rates[name].append(len(took) / (time.perf_counter() - start))
            tails[name].append(took[int(len(took) * 0.99)] / statistics.median(took))
    one, tail = statistics.median(rates["hello"]), statistics.median(tails["hello"])
    row("hello on the same server, by HTTP", f"{one:.0f} a second", "")
    for name in ("GET /self", "POST, all"):
        rate, own = statistics.median(rates[name]) / one, statistics.median(tails[name])
        row(f"{name}, by HTTP: requests a second", f"{rate:.2f} of hello's", "at least 0.2", ok=rate >= 0.2)
        row(f"{name}, by HTTP: p99/p50", f"{own:.1f}, hello {tail:.1f}", "at most 1.3 x hello's", ok=own <= 1.3 * tail)


def growth(port: int, pid: int, body: bytes) -> None:
    seconds_each(port, post(body), 2_000)
    early = memory(pid)
    for _ in range(3):
        seconds_each(port, post(body), 3_000)
        seconds_each(port, get("/self"), 3_000)
    late = memory(pid)
    row("memory after 20,000 requests", f"{late:.0f} MB", "at most 45 MB", ok=late <= 45)
    row("memory, from 2,000 to 20,000", f"{late - early:+.1f} MB", "no growth (1 MB)", ok=late - early <= 1)


def cold_start() -> None:
    took = []
    for _ in range(9):
        with served("app.py") as (_, _, seconds):
            took.append(seconds)
    seconds = statistics.median(took)
    row("cold start to first byte", f"{seconds:.2f} s", "at most 0.7 s", ok=seconds <= 0.7)


def main() -> None:
    body = sheets(load_content()["self"])["all"]
    with served("app.py") as (ours, pid, _), served("-c", HELLO) as (hello, _, _):
        speed(ours, hello, body)
        growth(ours, pid, body)
    cold_start()


if __name__ == "__main__":
    main()
