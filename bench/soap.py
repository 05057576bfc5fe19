"""SOAP requests a second: DeliverEnvelope of the Hub's contract with a certificate of 20 KB.

Baseline: a spyne server that reads the same message and answers with its header, without validation and without a
database. Ours: the dispatcher alone with a handler that does the same, and the whole hub with middleware, caller,
rules of the hub and a durable commit on SQLite. All by WSGI in one process, no sockets.
"""

import json
import os
import subprocess
import sys
import tempfile

from bench.timing import Row, table


def said(*, rounds: int) -> str:
    """Return the table."""
    with tempfile.TemporaryDirectory() as directory:
        url = f"sqlite:///{directory}/soap.sqlite3"
        command = [sys.executable, "-m", "bench.soap_calls", url, str(rounds)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ})
    if done.returncode:
        return f"SOAP DeliverEnvelope: not measured ({done.stderr.strip().splitlines()[-1:]})"
    found = json.loads(done.stdout.splitlines()[-1])
    return "\n\n".join(
        (
            _table("SOAP DeliverEnvelope, processor time, speed against spyne (aim 3 or more)", found["computed"]),
            _table("SOAP DeliverEnvelope, wall time with a durable commit", found["waited"]),
        )
    )


def _table(title: str, found: dict[str, float]) -> str:
    baseline = found["spyne echo (baseline)"]
    rows = (
        Row(f"{name}, {1_000_000 / micros:.0f} a second", micros, baseline / micros) for name, micros in found.items()
    )
    return table(title, list(rows))
