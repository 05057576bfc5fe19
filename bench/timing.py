"""Measuring: medians of interleaved rounds, so that both sides of a ratio see the same machine at the same time."""

import statistics
import time
import tracemalloc
from collections.abc import Callable, Mapping
from dataclasses import dataclass

Work = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    name: str
    micros: float
    """Median time of one call, in microseconds."""

    ratio: float | None = None
    """Against the baseline of its group; ``None`` for a part."""


def medians(
    works: Mapping[str, Work], *, rounds: int, clock: Callable[[], int] = time.thread_time_ns
) -> dict[str, float]:
    """Return the median time of each work in microseconds; in each round every work runs once, in turn.

    The clock counts nanoseconds: of this thread's processor time, or of the wall where a disk takes part.
    """
    for work in works.values():
        work()
    taken: dict[str, list[int]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            begun = clock()
            work()
            taken[name].append(clock() - begun)
    return {name: statistics.median(times) / 1000 for name, times in taken.items()}


def peak_kib(work: Work) -> float:
    """Return the peak of memory Python allocates during one call, in KiB (libxml2's own memory is not seen)."""
    work()
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1] / 1024
    finally:
        tracemalloc.stop()


def table(title: str, rows: list[Row]) -> str:
    """Return a table as text."""
    width = max(len(row.name) for row in rows)
    lines = [title, "-" * (width + 24)]
    for row in rows:
        ratio = "" if row.ratio is None else f"{row.ratio:8.2f} x"
        lines.append(f"{row.name:<{width}}  {row.micros:10.0f} us {ratio}")
    return "\n".join(lines)
