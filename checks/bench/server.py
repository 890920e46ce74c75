"""What the site costs its operator: processor time behind nginx (app, and plain files), cold start, memory."""

import statistics
import time
from pathlib import Path
from urllib.parse import parse_qs

from checks.bench.measure import row
from checks.load import SHEET, processor, readers
from tests.kit.server import ask, serving
from tests.kit.site import Site, site, site_of_files

COUNT = 2000


def cost(front: Site, body: str | None = None) -> float:
    """Seconds of processor time that one request takes, of nginx and the app together."""
    processes = [front.nginx, *(app.process.pid for app in front.apps)]
    readers(front, 400, body)  # first ones are slower
    before = processor(*processes)
    statuses, _ = readers(front, COUNT, body)
    if set(statuses) != {200}:
        raise RuntimeError(f"not all were answered: {statuses}")
    return (processor(*processes) - before) / COUNT


def behind_nginx() -> None:
    with site_of_files() as front:
        files = cost(front)
    with site() as front:
        page, guidance = cost(front), cost(front, SHEET)
    for what, seconds in {
        "plain files, a form": files,
        "the app, a form": page,
        "the app, a long guidance by POST": guidance,
    }.items():
        row(f"https by nginx, one core: {what}", f"{seconds * 1000:.2f} ms, {1 / seconds:.0f} a second")


def cold_start() -> None:
    took = []
    for _ in range(5):
        start = time.perf_counter()
        with serving() as server:
            ask(server.port)
            took.append(time.perf_counter() - start)
    seconds = statistics.median(took)
    row("from start to the first answer", f"{seconds:.2f} s", "2 s", ok=seconds <= 2)


def own_memory(process: int) -> float:
    """Megabytes that are the process's own, shared ones counted by their share."""
    lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:"))


def memory() -> None:
    sheet = parse_qs(SHEET)
    found = []
    with serving() as server:
        for _ in range(2):
            for _ in range(COUNT):
                ask(server.port, "/self", sheet)
                ask(server.port, "/self")
            found.append(own_memory(server.process.pid))
    early, late = found
    row(
        f"memory after {4 * COUNT} requests", f"{late:.0f} MB", "64 MB", ok=late <= 64
    )  # the unit allows four times this
    row(f"memory, from {2 * COUNT} to {4 * COUNT} requests", f"{late - early:+.1f} MB", "+2 MB", ok=late - early <= 2)


def main() -> None:
    behind_nginx()
    cold_start()
    memory()


if __name__ == "__main__":
    main()
