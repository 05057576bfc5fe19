"""Kill -9 of the worker at random while events arrive: every event is followed once, and the doctor finds it sound."""

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from opensps.events.models import Event, EventDue, EventPosition
from opensps.signing.ceremony import DemoKeys, make_demo_keys
from tests.databases import Fresh
from tests.factories.certification import Cast, Story, cast

KILLS = 200
LONGEST_LIFE_SECONDS = 1.5
"""From the first import to the kill: some die before they begin, some at work."""


def _opensps(database: Fresh, demo: DemoKeys, *arguments: str) -> subprocess.Popen[str]:
    program = "from opensps.project.command import main; main()"
    own = {
        "DJANGO_SETTINGS_MODULE": "opensps.project.settings",
        "OPENSPS_DATABASE_URL": database.url,
        "OPENSPS_SIGNING_KEY": demo.key_uri,
        "OPENSPS_TRUST_FILE": str(demo.trust_path),
    }
    command = [sys.executable, "-c", program, *arguments]
    return subprocess.Popen(command, env=os.environ | own, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def _act(people: Cast) -> None:
    at = datetime.now(UTC) - timedelta(hours=2)
    Story(people, at=at)("submit", "open", "order", "inspect", "mark_ready")


@pytest.mark.timeout(3600)
def test_a_worker_that_dies_leaves_no_event_behind_and_follows_none_twice(
    fresh_database: Fresh, tmp_path: Path, heavy_count: Callable[[int], int]
) -> None:
    choice = random.Random(7)  # noqa: S311 when to kill is no secret
    demo = make_demo_keys(tmp_path / "keys", authority="XA", at=datetime.now(UTC) - timedelta(days=1))
    people = cast(at=datetime.now(UTC) - timedelta(hours=12))
    for _ in range(heavy_count(KILLS)):
        worker = _opensps(fresh_database, demo, "worker")
        _act(people)
        time.sleep(choice.uniform(0, LONGEST_LIFE_SECONDS))
        worker.kill()
        worker.communicate()
    _wait_for_what_was_taken(fresh_database, demo)
    positions = list(EventPosition.objects.order_by("position").values_list("position", flat=True))
    assert positions == list(range(1, Event.objects.count() + 1)), "every event has one place, and no place is empty"
    doctor = _opensps(fresh_database, demo, "doctor")
    said, _ = doctor.communicate()
    assert doctor.returncode == 0, said


def _wait_for_what_was_taken(database: Fresh, demo: DemoKeys) -> None:
    """What a dead worker had taken comes back after a while; another worker then does it."""
    deadline = time.monotonic() + 600
    while EventDue.objects.exists():
        assert time.monotonic() < deadline, "events still wait"
        _opensps(database, demo, "worker", "--once").communicate()
