"""Print what load the shipped setup takes: `make load`. nginx, two instances and the readers, all on this machine.

What a request costs is counted in processor time, so that other work on the machine and the readers' own do not count.
"""
# ruff: noqa: T201 - a command prints

import os
import signal
import socket
import statistics
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

from screening.load import load_content
from tests.kit.pages import everything_soon, fields
from tests.kit.server import FORM, ask
from tests.kit.site import NAME, Site, site

READERS = 8  # at a time
EACH = 100  # requests from one address; more would be asked to slow down
TICK = os.sysconf("SC_CLK_TCK")
SHEET = urlencode(fields(everything_soon(load_content()["self"])[0]), doseq=True)  # a long guidance page


def processor(*processes: int) -> float:
    """Seconds of a processor that these have used, with their children."""
    seconds = 0.0
    for process in processes:
        seconds += sum(map(int, Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2].split()[11:13])) / TICK
        children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
        seconds += processor(*map(int, children))
    return seconds


addresses = (f"127.1.{block}.{number}" for block in range(250) for number in range(1, 250))


def readers(front: Site, count: int, body: str | None, at: dict | None = None) -> tuple[Counter, list[float]]:
    """The statuses and seconds of `count` requests; `at`: a request's number → what is called before it."""
    done = iter(range(count))

    def reader(_: int) -> list[tuple[int, float]]:
        connection, found = HTTPConnection(NAME), []
        connection.sock = front.connect(next(addresses))
        for _ in range(EACH):
            (at or {}).get(next(done), lambda: None)()
            start = time.monotonic()
            connection.request("GET" if body is None else "POST", "/self", body, FORM if body else {})
            response = connection.getresponse()
            response.read()
            found.append((response.status, time.monotonic() - start))
        connection.close()
        return found

    with ThreadPoolExecutor(READERS) as pool:
        found = [one for some in pool.map(reader, range(count // EACH)) for one in some]
    return Counter(status for status, _ in found), [seconds for _, seconds in found]


def capacity(front: Site) -> None:
    print("what one request costs           the app      nginx      one core answers, by the app's cost")
    apps = [app.process.pid for app in front.apps]
    for name, body in (("the questions (GET)", None), ("a long guidance (POST)", SHEET)):
        readers(front, 400, body)  # first ones are slower
        app, nginx = processor(*apps), processor(front.nginx)
        statuses, _ = readers(front, 4000, body)
        assert set(statuses) == {200}, statuses
        app, nginx = (processor(*apps) - app) / 4000, (processor(front.nginx) - nginx) / 4000
        print(f"{name:28} {app * 1000:7.2f} ms {nginx * 1000:7.2f} ms {1 / app:10.0f} a second")


def stalled(front: Site) -> None:
    print("\nclients that never finish; the median and longest time of twenty other readers meanwhile")
    begun = f"POST /self HTTP/1.1\r\nHost: {NAME}\r\nContent-Length: 9\r\n\r\nq".encode()
    port = front.apps[0].port
    for where, start in (("silent", b""), ("in the headers", b"GET /self HTTP/1.1\r\nHo"), ("in the body", begun)):
        for name, many in (
            ("nginx", 40),
            ("the app alone", 40),
            ("the app alone", 900),
        ):  # nginx lets one address have 50
            waiting = [
                front.connect("127.0.0.8") if name == "nginx" else socket.create_connection(("127.0.0.1", port))
                for _ in range(many)
            ]
            for connection in waiting:
                connection.sendall(start)
            took = []
            for _ in range(20):
                began = time.monotonic()
                status = front.ask("/self")[0].status if name == "nginx" else ask(port, "/self")[0]
                took.append(time.monotonic() - began)
                assert status == 200
            print(f"{many:3} {where:15} {name:14} {statistics.median(took) * 1000:6.0f} ms {max(took) * 1000:6.0f} ms")
            for connection in waiting:
                connection.close()


def killed(front: Site) -> None:
    victim = front.apps[0].process.pid
    statuses, took = readers(front, 5000, SHEET, at={2500: lambda: os.killpg(victim, signal.SIGKILL)})
    print(f"\n5,000 posts, one of two instances killed before the 2,500th: {dict(statuses)}")
    print(f"middle time {statistics.median(took) * 1000:.0f} ms, longest {max(took) * 1000:.0f} ms")
    assert front.apps[0].process.wait(10) == -signal.SIGKILL


def main() -> None:
    with site() as front:
        capacity(front)
        stalled(front)
        killed(front)


if __name__ == "__main__":
    sys.exit(main())
