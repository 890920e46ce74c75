# ruff: noqa: T201 - a command that prints
"""What a browser keeps of the answers: `make traces` drives real browsers through many journeys, searches their folders
after each, and prints what was found where. `docs/privacy.md` says what is claimed on the strength of it."""

import argparse
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from playwright.sync_api import Error as PlaywrightError

from tests.kit.browser import BROWSERS, RealBrowser
from tests.kit.traces import (
    ANSWER,
    AUTOCOMPLETE,
    JOURNEYS,
    PAGE,
    QUESTION,
    SENT,
    SHOWN_BY,
    Found,
    Journey,
    RunKind,
    mixed_journey,
    run,
    site_in,
)

# Where a protection has nothing to prevent, its absence proves nothing: Firefox never writes down what was sent.
CONTROLS = {"Chromium": (AUTOCOMPLETE, SENT), "Firefox": (AUTOCOMPLETE,)}
# The files that may hold answers where script is off, as the privacy page says.
ADMITTED = {"Chromium": r"Default/Sessions(_Encrypted)?/(Session|Tabs)_\*", "Firefox": "none"}


def planned(browser: type[RealBrowser], times: int) -> Iterator[tuple[RunKind, Journey]]:
    """All runs of one browser: journeys with script, several times; without; and with faults, to prove the search."""
    for name, journey in JOURNEYS.items():
        for _ in range(times):
            yield RunKind(browser, True, "", name), journey
    for _ in range(2 * times):
        yield RunKind(browser, True, "", "mixed"), mixed_journey()
    for name, journey in JOURNEYS.items():
        yield RunKind(browser, False, "", name), journey
    for fault in CONTROLS[browser.name]:
        yield RunKind(browser, True, fault, SHOWN_BY[fault]), JOURNEYS[SHOWN_BY[fault]]


def fault_in(kind: RunKind, found: Found) -> str:
    """What is wrong with this run, or nothing."""
    if kind.fault:
        return "" if found else "the search missed what must be there"
    if kind.script:
        return "a trace was left" if found else ""
    beyond = [
        file
        for file, tells in found.items()
        if PAGE in tells or (ANSWER in tells and not re.fullmatch(ADMITTED[kind.browser.name], file))
    ]
    return "more than the privacy page admits" if beyond else ""


def table(done: Sequence[tuple[RunKind, Found]]) -> str:
    """All runs in Markdown, a line for each kind."""
    rows: dict[tuple[str, ...], list[Found]] = {}
    for kind, found in done:
        rows.setdefault(kind.line, []).append(found)
    lines = ["| browser | script | journey | runs | with an answer | with a question's name alone | where |"]
    lines.append("| --- | --- | --- | --: | --: | --: | --- |")
    for line, runs in rows.items():
        files = sorted(set().union(*runs))
        tells = [set().union(*found.values()) for found in runs]
        counts = len(runs), sum(told > {QUESTION} or ANSWER in told for told in tells), tells.count({QUESTION})
        where = ", ".join(f"`{file}`" for file in files) or "nowhere"
        lines.append("| " + " | ".join([*line, *map(str, counts), where]) + " |")
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=2, help="how often each journey is made with script (2)")
    times = parser.parse_args().times
    faults: list[str] = []

    def all_runs_of(browser: type[RealBrowser]) -> list[tuple[RunKind, Found]]:
        done = []
        for number, (kind, journey) in enumerate(planned(browser, times)):
            found: Found = {}
            try:
                found = run(site, kind, journey, https=bool(number % 2))
                done.append((kind, found))
                fault = fault_in(kind, found)
            except (AssertionError, RuntimeError, TimeoutError, PlaywrightError) as error:
                fault = f"the journey broke off: {error!r}"
            if fault:
                faults.append(f"{' | '.join(kind.line)}: {fault}: {found}")
            print(" | ".join(kind.line), fault, sep=" | ", file=sys.stderr, flush=True)
        return done

    with (
        tempfile.TemporaryDirectory() as folder,
        site_in(Path(folder)) as site,
        ThreadPoolExecutor() as pool,  # each browser has a thread of its own, which playwright needs
    ):
        done = [one for many in pool.map(all_runs_of, BROWSERS) for one in many]
    print(table(done))
    print("\n".join(faults) or "This is what the privacy page says, and no more.")
    return len(faults) > 0


if __name__ == "__main__":
    sys.exit(main())
