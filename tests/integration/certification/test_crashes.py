"""Kill -9 on the way of an issue, then a restart: never two numbers, never an unsealed certificate, same bytes."""

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from opensps.certification import services
from opensps.certification.models import Certificate, IssueIntention
from opensps.certification.queries import application_by_reference, audit, open_intentions
from opensps.events.models import Event
from opensps.signing import TrustList, signer_from
from opensps.signing.ceremony import DemoKeys, make_demo_keys
from tests.databases import Fresh
from tests.factories.certification import Story, cast

PROGRAM = Path(__file__).with_name("issue_and_die.py")
NOW = datetime(2026, 11, 17, 6, 0, tzinfo=UTC)
NUMBER = "XA-2026-014-0000001-1"


def killed(where: str, story: Story, demo: DemoKeys, database: Fresh) -> None:
    """Run the issue in a process of its own that dies at a place."""
    source = Path(services.__file__).parents[3]
    done = subprocess.run(
        [
            sys.executable,
            str(PROGRAM),
            where,
            story.reference,
            story.people.officer.id,
            demo.key_uri,
            str(demo.trust_path),
            NOW.isoformat(),
        ],
        env={**os.environ, "OPENSPS_DATABASE_URL": database.url, "PYTHONPATH": str(source)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr


@pytest.mark.parametrize("where", ["sealing", "storing", "answering"])
def test_a_process_killed_while_issuing_leaves_what_a_restart_completes(
    fresh_database: Fresh, tmp_path: Path, where: str
) -> None:
    demo = make_demo_keys(tmp_path / "keys", authority="XA", at=NOW - timedelta(days=1))
    story = Story(cast())
    story("submit", "open", "order", "inspect", "mark_ready")
    killed(where, story, demo, fresh_database)

    was_issued = where == "answering"
    assert Certificate.objects.count() == was_issued
    assert [each.number for each in open_intentions(authority="XA")] == ([] if was_issued else [NUMBER])
    stood = bytes(IssueIntention.objects.get().xml)
    before = Event.objects.count()

    trust = TrustList.load(demo.trust_path.read_text(encoding="utf-8"))
    resumed = services.issue_resume(
        authority="XA",
        signer=signer_from(demo.key_uri),
        trust=trust,
        at=NOW + timedelta(minutes=1),
        accepts_training=True,
    )
    assert [each.number for each in resumed] == ([] if was_issued else [NUMBER])
    certificate = Certificate.objects.get()
    assert (certificate.number, bytes(certificate.xml or b"")) == (NUMBER, stood)
    assert certificate.seal
    assert application_by_reference(authority="XA", reference=story.reference).state == "issued"
    assert open_intentions(authority="XA") == ()
    assert Event.objects.count() == before + (0 if was_issued else 2), "application issued, certificate issued"
    assert audit("XA") == ()
