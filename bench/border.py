"""The border desk among 10^4, 10^5 and 10^6 certificates and 10,000 official accounts, on SQLite.

Each size runs in a process and a database of its own (`bench.desk`). Only the certificates that are checked were really
issued; the others are rows made in bulk, with short fillers for bytes, so that indexes have their true height. Every
check is the whole act of an official: permission, record, seal, verdict, and what is kept of it.
"""

import json
import subprocess
import sys
import tempfile

SIZES = (10_000, 100_000, 1_000_000)
ACCOUNTS = 10_000


def said(*, rounds: int, sizes: tuple[int, ...] = SIZES, accounts: int = ACCOUNTS) -> str:
    """Return the lines of the table."""
    lines = ["Checks at the border desk (aim: growth at most 1.3, queries constant)", "-" * 70]
    found = [_measured(size, accounts, rounds) for size in sizes]
    lines += [_line(size, row) for size, row in zip(sizes, found, strict=True)]
    good = [row for row in found if "error" not in row]
    if len(good) > 1:
        lines += [_growth(name, good) for name in good[0]["p50_ms"]]
    return "\n".join(lines)


def _measured(size: int, accounts: int, rounds: int) -> dict[str, dict[str, float]]:
    with tempfile.TemporaryDirectory() as directory:
        url = f"sqlite:///{directory}/desk.sqlite3"
        command = [sys.executable, "-m", "bench.desk", url, str(size), str(accounts), str(rounds)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        return {"error": {(done.stderr.strip().splitlines() or ["?"])[-1]: 0}}
    row: dict[str, dict[str, float]] = json.loads(done.stdout.splitlines()[-1])
    return row


def _line(size: int, row: dict[str, dict[str, float]]) -> str:
    if "error" in row:
        return f"{size:>9,} certificates: not measured ({next(iter(row['error']))})"
    parts = [
        f"  {name:<28} {row['per_second'][name]:7.0f} a second; p50 {row['p50_ms'][name]:6.1f}, p95"
        f" {row['p95_ms'][name]:6.1f}, p99 {row['p99_ms'][name]:6.1f} ms; {row['queries'][name]:.0f} queries"
        for name in row["p50_ms"]
    ]
    return "\n".join([f"{size:>9,} certificates", *parts])


def _growth(name: str, rows: list[dict[str, dict[str, float]]]) -> str:
    first, last = rows[0], rows[-1]
    growth = last["p50_ms"][name] / first["p50_ms"][name]
    same = "the same queries" if len({row["queries"][name] for row in rows}) == 1 else "OTHER QUERIES"
    return f"{name}: {growth:.2f} x from the smallest to the largest, {same}"
