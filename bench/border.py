"""The border desk among 10^4, 10^5, 10^6 and, on SQLite, 2 * 10^6 certificates and 10,000 official accounts.

Each size has a process and a database of its own (`bench.desk`), filled one after the other. Then the sizes take turns:
every round asks each of them every question once, so that all see the same machine, and growth is the median of the
ratios to the smallest size in the same round. Only the certificates that are checked were really issued; the others are
rows made in bulk, with short fillers for bytes, so that indexes have their true height. Every check is the whole act of
an official: permission, record, seal, verdict, and what is kept of it.
"""

import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from tests.postgres import CannotStart, PrivateServer

SIZES = (10_000, 100_000, 1_000_000, 2_000_000)
ACCOUNTS = 10_000
MOST_ON_POSTGRESQL = 3
"""Sizes; the largest would fill the disk of a small machine twice."""

WARM_UP = 10
"""Rounds nobody counts."""


class CannotMeasure(Exception):
    """A process did not come to its end; the message is its last line."""


class Sized:
    """One size: its process, what its questions cost in queries, and how long each took, in seconds."""

    def __init__(self, url: str, size: int, accounts: int) -> None:
        command = [sys.executable, "-m", "bench.desk", url, str(size), str(accounts)]
        pipe = subprocess.PIPE
        self.size = size
        self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True)
        self.queries: dict[str, int] = self._answer()
        self.taken: dict[str, list[float]] = {name: [] for name in self.queries}

    def _answer(self) -> dict[str, Any]:
        line = self.process.stdout.readline() if self.process.stdout is not None else ""
        if not line:
            said = self.process.stderr.read().strip().splitlines() if self.process.stderr is not None else []
            raise CannotMeasure((said or ["?"])[-1])
        found: dict[str, Any] = json.loads(line)
        return found

    def round(self) -> dict[str, float]:
        """Ask every question once and return the seconds it took."""
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return self._answer()

    def end(self) -> None:
        """Let the process end."""
        self.process.communicate()


def said(*, rounds: int, sizes: tuple[int, ...] = SIZES, accounts: int = ACCOUNTS) -> str:
    """Return the lines of the tables, one for each database."""
    with tempfile.TemporaryDirectory() as directory:
        lines = _table("SQLite", f"sqlite:///{directory}/desk%d.sqlite3", sizes, accounts, rounds)
    return "\n".join([*lines, "", *_on_postgresql(sizes[:MOST_ON_POSTGRESQL], accounts, rounds)])


def _on_postgresql(sizes: tuple[int, ...], accounts: int, rounds: int) -> list[str]:
    name = "PostgreSQL, which does not wait for the disk here"
    try:
        with _databases(sizes) as url:
            return _table(name, url, sizes, accounts, rounds)
    except CannotStart as exc:
        return [f"{name}: not measured ({exc})"]


@contextmanager
def _databases(sizes: tuple[int, ...]) -> Iterator[str]:
    import psycopg  # noqa: PLC0415  where there is no server nobody needs it

    server = PrivateServer(Path(tempfile.mkdtemp(prefix="opensps-pg-")))
    try:
        server.start()
        with psycopg.connect(host=str(server.directory), user="postgres", autocommit=True) as door:
            for size in sizes:
                door.execute(f"CREATE DATABASE desk{size}")
        yield f"postgresql:///desk%d?host={server.directory}&user=postgres"
    finally:
        server.stop()


def _table(name: str, url: str, sizes: tuple[int, ...], accounts: int, rounds: int) -> list[str]:
    lines = [f"Checks at the border desk, {name} (aim: growth at most 1.3, queries constant)", "-" * 70]
    with ExitStack() as ends:
        try:
            desks = []
            for size in sizes:
                desks.append(Sized(url % size, size, accounts))
                ends.callback(desks[-1].end)
            _rounds(desks, rounds)
        except CannotMeasure as exc:
            return [*lines, f"not measured ({exc})"]
    return [*lines, *(line for desk in desks for line in _lines(desk)), *_growths(desks)]


def _rounds(desks: Sequence[Sized], rounds: int) -> None:
    for count in range(WARM_UP + rounds):
        for desk in desks:
            taken = desk.round()
            if count >= WARM_UP:
                for name, seconds in taken.items():
                    desk.taken[name].append(seconds)


def _lines(desk: Sized) -> list[str]:
    return [f"{desk.size:>9,} certificates", *(_line(name, desk) for name in desk.taken)]


def _line(name: str, desk: Sized) -> str:
    taken = sorted(desk.taken[name])
    p50, p95, p99 = (taken[min(len(taken) - 1, len(taken) * mark // 100)] * 1000 for mark in (50, 95, 99))
    return (
        f"  {name:<28} {len(taken) / sum(taken):7.0f} a second; p50 {p50:6.1f}, p95 {p95:6.1f}, p99 {p99:6.1f} ms;"
        f" {desk.queries[name]} queries"
    )


def _growths(desks: Sequence[Sized]) -> list[str]:
    first, others = desks[0], desks[1:]
    return [_growth(name, first, others) for name in first.taken] if others else []


def _growth(name: str, first: Sized, others: Sequence[Sized]) -> str:
    same = all(each.queries[name] == first.queries[name] for each in others)
    grown = ", ".join(f"{_ratio(name, first, each):.2f} at {each.size:,}" for each in others)
    return f"{name}: x {grown}; {'the same queries' if same else 'OTHER QUERIES'}"


def _ratio(name: str, first: Sized, other: Sized) -> float:
    return statistics.median(after / before for before, after in zip(first.taken[name], other.taken[name], strict=True))
