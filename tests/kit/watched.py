"""Serve 300 answer sheets, meet every error, and tell what the process did besides; test_security.py runs it."""

import json
import os
import random
import sys

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_TRUNC
OUTSIDE = (
    "socket.",
    "subprocess.",
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "os.fork",
    "os.mkdir",
    "os.rename",
    "os.remove",
    "os.link",
    "os.symlink",
    "shutil.",
    "sqlite3.",
    "tempfile.",
    "syslog.",
    "urllib.",
    "http.",
    "smtplib.",
)
seen: list[str] = []


def watch(event: str, arguments: tuple) -> None:
    if event == "open":
        path, mode, flags = arguments
        if set("wax+") & set(mode or "") or (flags or 0) & WRITING:
            seen.append(f"open {path!r} {mode} {flags}")
    elif event.startswith(OUTSIDE):
        seen.append(event)


def main() -> None:
    sys.addaudithook(watch)

    from werkzeug.test import Client

    from app import create_app
    from screening.content import load_content
    from tests.kit.pages import ERRORS, breaking_app, provoke

    seen.clear()  # importing is not serving
    content = load_content()
    app = create_app()
    client = Client(app)
    chance = random.Random(1)
    statuses = []
    for _ in range(300):
        audience = chance.choice(sorted(content))
        sheet = {
            f"q_{q.id}": [a.id for a in q.answers if chance.random() < 0.3] if q.many else chance.choice(q.answers).id
            for q in content[audience].questions
            if chance.random() < 0.7
        }
        client.get(f"/{audience}")
        statuses.append(client.post(f"/{audience}", data={"version": content[audience].version, **sheet}).status_code)
    served = len(statuses)
    with breaking_app(lambda: RuntimeError("an answer")) as broken:
        statuses += [provoke(broken if status == 500 else app, status).status_code for status in ERRORS]
    left = seen.copy()
    seen.clear()
    with open(os.devnull, "w"):  # the watch must notice this
        pass
    told = {"served": served, "statuses": sorted(set(statuses)), "seen": left, "watching": seen}
    print(json.dumps(told))  # noqa: T201 - for the test that runs it


if __name__ == "__main__":
    main()
