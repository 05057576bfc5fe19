"""The outbox end to end on SQLite and on PostgreSQL: envelopes a minute with acknowledgements, issue to first byte.

PostgreSQL is the private server of the tests, which does not wait for the disk: its figure is that of the code and the
network, not of a disk. Where it cannot start, its line says so.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.postgres import CannotStart, PrivateServer


def said(*, count: int) -> str:
    """Return the lines of the table."""
    with tempfile.TemporaryDirectory() as directory:
        lines = [_line("SQLite", f"sqlite:///{directory}/outbox.sqlite3", count)]
    lines.append(_on_postgresql(count))
    return "\n".join(["Envelopes through the outbox, acknowledged", "-" * 60, *lines])


def _on_postgresql(count: int) -> str:
    server = PrivateServer(Path(tempfile.mkdtemp(prefix="opensps-pg-")))
    try:
        server.start()
        return _line("PostgreSQL", f"postgresql:///postgres?host={server.directory}&user=postgres", count)
    except CannotStart as exc:
        return f"PostgreSQL: not measured ({exc})"
    finally:
        server.stop()


def _line(name: str, url: str, count: int) -> str:
    command = [sys.executable, "-m", "bench.outbox", url, str(count)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        return f"{name}: not measured ({done.stderr.strip().splitlines()[-1:]})"
    found = json.loads(done.stdout.splitlines()[-1])
    return (
        f"{name}: {found['envelopes_per_minute']:.0f} a minute"
        f" (into the outbox {found['followed_ms']:.1f} ms, delivered and acknowledged {found['delivered_ms']:.1f} ms);"
        f" issue to first byte: median {found['latency_median_ms']:.0f} ms, p95 {found['latency_p95_ms']:.0f} ms"
    )
