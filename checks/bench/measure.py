"""What the benchmarks share: one line of the table, and a fair way to time several things at once."""

import random
import statistics
import time
from collections.abc import Callable, Mapping


def row(what: str, value: str, limit: str = "", *, ok: bool | None = None) -> None:
    """One line of the table; `ok` says whether the limit is kept."""
    mark = {True: "kept", False: "NOT KEPT", None: ""}[ok]
    print(f"{what:<66} {value:>20}   {limit:<18} {mark}".rstrip(), flush=True)  # noqa: T201 - a benchmark prints


def timed(cases: Mapping[str, Callable[[], object]], rounds: int = 60, repeat: int = 10) -> dict[str, float]:
    """Median microseconds of processor time for each case, shuffled in every round, so that noise hits them alike."""
    took: dict[str, list[float]] = {name: [] for name in cases}
    for _ in range(rounds):
        for name in random.sample(list(cases), len(cases)):
            start = time.process_time()
            for _ in range(repeat):
                cases[name]()
            took[name].append((time.process_time() - start) / repeat * 1e6)
    return {name: statistics.median(values) for name, values in took.items()}
