"""A process that issues what is ready, follows its events and lets the log grow until somebody kills it.

    python -m tests.heavy.issuing KEY_URI TRUST_FILE OFFICER

Run by `test_kill`. The log is that of the environment (OPENSPS_LOG_DIR, OPENSPS_LOG_KEY). On standard output:
``begun``; each number once its certificate was acknowledged to the person; ``logged SIZE`` once a checkpoint was
published; at last ``done``.
"""

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "opensps.project.settings"
django.setup()

from opensps.accounts.queries import Actor, actor_for, person_by_id  # noqa: E402 the rooms load after Django
from opensps.certification import services  # noqa: E402 as above
from opensps.certification.models import Application  # noqa: E402 as above
from opensps.certification.queries.log import log_by_origin  # noqa: E402 as above
from opensps.events.services import worker_run_until_idle  # noqa: E402 as above
from opensps.project.log_installation import directory_of  # noqa: E402 as above
from opensps.project.log_writing import LogWriter  # noqa: E402 as above
from opensps.signing import TrustList, signer_from  # noqa: E402 as above

key_uri, trust_file, officer_id = sys.argv[1:]
signer, trust = signer_from(key_uri), TrustList.load(Path(trust_file).read_text(encoding="utf-8"))


def say(word: str) -> None:
    """Tell the test, at once."""
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def issue(reference: str, officer: Actor) -> str:
    """Do what the signing page does and return the number."""
    given: dict[str, Any] = {"authority": "XA", "reference": reference, "actor": officer}
    prepared = services.issue_prepare(at=datetime.now(UTC), **given)
    evidence = services.ApprovalEvidence(method="password", template_digest=b"\x11" * 32)
    services.issue_intend(digest=prepared.digest, evidence=evidence, at=datetime.now(UTC), **given)
    return services.certificate_issue(
        authority="XA", reference=reference, signer=signer, trust=trust, at=datetime.now(UTC), accepts_training=True
    ).number


def follow(writer: LogWriter) -> None:
    """Do what the worker does each second, and say how large the published log is."""
    worker_run_until_idle(at=datetime.now(UTC))
    writer.run(datetime.now(UTC))
    log = log_by_origin(authority="XA")
    assert log is not None
    size, _signatures = directory_of(log.origin).published() or (0, 0)
    say(f"logged {size}")


person = person_by_id(authority="XA", person_id=officer_id)
assert person is not None
officer = actor_for(person, datetime.now(UTC))
writer = LogWriter()
say("begun")
services.issue_resume(authority="XA", signer=signer, trust=trust, at=datetime.now(UTC), accepts_training=True)
for row in Application.objects.filter(authority="XA", state="ready").order_by("id"):
    say(issue(row.reference, officer))
    follow(writer)
say("done")
