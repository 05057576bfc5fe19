"""Kill -9 at random while certificates are issued: nothing acknowledged is lost, nothing is doubled."""

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from opensps.certification import services
from opensps.certification.models import Application, Certificate
from opensps.certification.queries import audit as projection_audit
from opensps.certification.queries import open_intentions
from opensps.events.queries import audit
from opensps.events.services import worker_run_until_idle
from opensps.signing import TrustList, signer_from
from opensps.signing.ceremony import DemoKeys, make_demo_keys
from tests.databases import Fresh
from tests.factories.certification import Cast, Story, cast

AHEAD = 3
"""Applications that stand ready whenever the process begins."""

LONGEST_PAUSE_SECONDS = 0.2
KILLS = 500


def _begin(database: Fresh, demo: DemoKeys, people: Cast) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.heavy.issuing", demo.key_uri, str(demo.trust_path), people.officer.id]
    environment = {**os.environ, "OPENSPS_DATABASE_URL": database.url}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "begun\n"
    return process


def _killed(process: subprocess.Popen[str], choice: random.Random) -> list[str]:
    """Kill the process some time after some acknowledgements; return the numbers it had acknowledged."""
    assert process.stdout is not None
    with process.stdout:
        lines = [process.stdout.readline() for _ in range(choice.randint(0, AHEAD - 1))]
        time.sleep(choice.uniform(0, LONGEST_PAUSE_SECONDS))
        process.kill()
        process.wait()
        lines += process.stdout.readlines()
    return [line.strip() for line in lines if line.endswith("\n") and line != "done\n"]


@pytest.mark.timeout(3600)
def test_many_deaths_lose_nothing_and_double_nothing(
    fresh_database: Fresh, tmp_path: Path, heavy_count: Callable[[int], int]
) -> None:
    choice = random.Random(7)  # noqa: S311 when to kill is no secret
    demo = make_demo_keys(tmp_path / "keys", authority="XA", at=datetime.now(UTC) - timedelta(days=1))
    people, acknowledged = cast(at=datetime.now(UTC) - timedelta(hours=12)), []
    for _ in range(heavy_count(KILLS)):
        while Application.objects.filter(state="ready").count() < AHEAD:
            Story(people, at=datetime.now(UTC) - timedelta(hours=2))("submit", "open", "order", "inspect", "mark_ready")
        process = _begin(fresh_database, demo, people)
        acknowledged += _killed(process, choice)
    trust = TrustList.load(demo.trust_path.read_text(encoding="utf-8"))
    at = datetime.now(UTC) + timedelta(days=1)
    services.issue_resume(authority="XA", signer=signer_from(demo.key_uri), trust=trust, at=at, accepts_training=True)
    worker_run_until_idle(at=at)
    assert acknowledged
    _all_is_whole(acknowledged)


def _all_is_whole(acknowledged: list[str]) -> None:
    kept = {row.number: row for row in Certificate.objects.all()}
    assert len(acknowledged) == len(set(acknowledged)), "a number was acknowledged twice"
    assert set(acknowledged) <= kept.keys(), "an acknowledged certificate was lost"
    assert all(row.state == "in_force" and row.xml and row.seal for row in kept.values())
    assert Certificate.objects.count() == Application.objects.filter(state="issued").count()
    assert open_intentions(authority="XA") == ()
    assert audit("XA") == ()
    assert projection_audit("XA") == ()
