"""Kill -9 of the worker at random during deliveries: every partner gets every version once, in order, and nothing else.

The partners are folders, so that what was handed over survives every worker and can be counted.
"""

import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db.models import F

from opensps.events.models import Event, EventDue
from opensps.exchange.models import Attempt, Delivery, Envelope, Partner
from opensps.exchange.queries.due import TAKEN_UP
from opensps.exchange.transports import Channel
from opensps.lifecycle import CertificateState, DeliveryState
from opensps.signing.ceremony import DemoKeys, make_demo_keys
from tests.databases import Fresh
from tests.factories.certification import Cast, cast, certificate_in
from tests.factories.partners import live_partner

KILLS = 200
LONGEST_LIFE_SECONDS = 3.0
"""From the first import to the kill: some die before they begin, most at work."""

PATIENCE_SECONDS = 600


def _opensps(database: Fresh, demo: DemoKeys, *arguments: str) -> subprocess.Popen[str]:
    program = "from opensps.project.command import main; main()"
    own = {
        "DJANGO_SETTINGS_MODULE": "opensps.project.settings",
        "OPENSPS_DATABASE_URL": database.url,
        "OPENSPS_SIGNING_KEY": demo.key_uri,
        "OPENSPS_TRUST_FILE": str(demo.trust_path),
        "OPENSPS_DEMO": "1",
    }
    command = [sys.executable, "-c", program, *arguments]
    return subprocess.Popen(command, env=os.environ | own, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def _act(people: Cast, choice: random.Random) -> None:
    """Issue a certificate; now and then one that two people withdraw at once."""
    state = CertificateState.WITHDRAWN if choice.random() < 0.3 else CertificateState.IN_FORCE
    certificate_in(people, state, at=datetime.now(UTC) - timedelta(hours=2))


@pytest.mark.timeout(7200)
def test_a_worker_that_dies_loses_no_delivery_and_doubles_none(
    fresh_database: Fresh, tmp_path: Path, heavy_count: Callable[[int], int]
) -> None:
    choice = random.Random(7)  # noqa: S311 when to kill is no secret
    demo = make_demo_keys(tmp_path / "keys", authority="XA", at=datetime.now(UTC) - timedelta(days=1))
    folders = {code: tmp_path / code for code in ("XB", "XC")}
    for code, folder in folders.items():
        folder.mkdir()
        live_partner(code, countries=("XB",), address=f"file:{folder}")
    live_partner("XD", channel=Channel.REST, countries=("XB",), address="", delivery=Delivery.PULL)
    people = cast(at=datetime.now(UTC) - timedelta(hours=12))
    for _ in range(heavy_count(KILLS)):
        worker = _opensps(fresh_database, demo, "worker")
        _act(people, choice)
        time.sleep(choice.uniform(0, LONGEST_LIFE_SECONDS))
        worker.kill()
        worker.communicate()
    _let_the_rest_go(fresh_database, demo)
    _every_version_once(folders)
    doctor = _opensps(fresh_database, demo, "doctor")
    said, _ = doctor.communicate()
    assert doctor.returncode == 0, said


def _let_the_rest_go(database: Fresh, demo: DemoKeys) -> None:
    """What a dead worker had taken comes back when its lease ends; here that time is made to pass."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while EventDue.objects.exists() or Envelope.objects.filter(state__in=(*TAKEN_UP, DeliveryState.SENDING)).exists():
        assert time.monotonic() < deadline, "something still waits"
        past = datetime.now(UTC) - timedelta(seconds=1)
        Envelope.objects.filter(lease__isnull=False).update(lease_until=past)
        Envelope.objects.filter(state__in=TAKEN_UP).update(due_at=past)
        _opensps(database, demo, "worker", "--once").communicate()


def _every_version_once(folders: dict[str, Path]) -> None:
    certificate = Event.objects.filter(object_kind="certificate")
    changes = certificate.exclude(from_state=F("to_state")) | certificate.filter(act="certificate.issued")
    wanted = changes.count()
    states = {"XB": {"sent"}, "XC": {"sent"}, "XD": {"waiting"}}
    for code, allowed in states.items():
        rows = Envelope.objects.filter(partner__code=code)
        assert rows.count() == wanted, "one envelope for each change and partner"
        assert set(rows.values_list("state", flat=True)) == allowed
        sequence = sorted(rows.values_list("change_sequence", flat=True))
        assert len(set(sequence)) == wanted
        assert sequence[-1] == Partner.objects.get(code=code).change_sequence
    for code, folder in folders.items():
        files = {path.stem: json.loads(path.read_text()) for path in folder.glob("*.json")}
        rows = Envelope.objects.filter(partner__code=code)
        told = {row.delivery_number: (row.number, row.version, row.sha256) for row in rows}
        assert {name: (one["number"], one["version"], one["sha256"]) for name, one in files.items()} == told
        assert not (folder / "repeated.log").exists(), "nothing that had arrived was handed over again"
    ordinals = Counter(Attempt.objects.values_list("envelope_id", flat=True))
    assert all(
        sorted(Attempt.objects.filter(envelope_id=pk).values_list("ordinal", flat=True)) == list(range(1, count + 1))
        for pk, count in ordinals.items()
    )
    assert not Attempt.objects.filter(ended_at=None).exists()
