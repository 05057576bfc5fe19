"""The largest certificate the Hub knows, 104 MB, passes through our hub within measured memory."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.databases import Fresh

ROOT = Path(__file__).resolve().parents[2]
MOST_MIB = 384
"""Above what the process held before; the certificate itself is 99 MiB, and the database driver copies it."""


def test_a_certificate_of_104_megabytes_passes_within_measured_memory(fresh_database: Fresh) -> None:
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.heavy.large_envelope"],
        cwd=ROOT,
        env={
            **os.environ,
            "OPENSPS_DATABASE_URL": fresh_database.url,
            "DJANGO_SETTINGS_MODULE": "opensps.project.settings",
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
    said = json.loads(ran.stdout.splitlines()[-1])
    assert said["word"] == "PendingDelivery", said
    assert said["size"] > 104_000_000
    assert said["deliver_mib"] < MOST_MIB, said
    assert said["pull_mib"] < MOST_MIB, said
