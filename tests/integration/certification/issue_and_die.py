"""A process that issues a certificate and is killed on the way; run by `test_crashes`, never imported.

    python issue_and_die.py WHERE REFERENCE OFFICER KEY_URI TRUST_FILE AT

WHERE is ``sealing`` (between the second and the last transaction), ``storing`` (inside the last one, before its
commit) or ``answering`` (after it, before anybody is told).
"""

import os
import signal
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "opensps.project.settings"
django.setup()

from django.db import connection  # noqa: E402 the rooms load after Django

from opensps.accounts.queries import actor_for, person_by_id  # noqa: E402 as above
from opensps.certification import services  # noqa: E402 as above
from opensps.signing import FileSigner, TrustList, signer_from  # noqa: E402 as above


def die() -> None:
    """End as a power cut would."""
    os.kill(os.getpid(), signal.SIGKILL)


class DyingSigner:
    """A signer whose device takes the process with it."""

    def __init__(self, signer: FileSigner) -> None:
        self.signer = signer
        self.kid, self.certificate_der, self.chain_der = signer.kid, signer.certificate_der, signer.chain_der

    def sign(self, data: bytes) -> bytes:
        """Sign, and die before the signature reaches anybody."""
        self.signer.sign(data)
        die()
        raise AssertionError


def dying_on_insert(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
    """Die once the certificate's row was written and before its transaction commits."""
    answer = execute(sql, params, many, context)
    if sql.startswith('INSERT INTO "certification_certificate"'):
        die()
    return answer


where, reference, officer, key_uri, trust_file, moment = sys.argv[1:]
at = datetime.fromisoformat(moment)
person = person_by_id(authority="XA", person_id=officer)
assert person is not None
given: dict[str, Any] = {"authority": "XA", "reference": reference, "actor": actor_for(person, at), "at": at}
prepared = services.issue_prepare(**given)
evidence = services.ApprovalEvidence(method="password", template_digest=b"\x11" * 32)
services.issue_intend(digest=prepared.digest, evidence=evidence, **given)
signer = signer_from(key_uri)
assert isinstance(signer, FileSigner)
sealing: dict[str, Any] = {
    "authority": "XA",
    "reference": reference,
    "trust": TrustList.load(Path(trust_file).read_text(encoding="utf-8")),
    "at": at,
    "accepts_training": True,
}
if where == "sealing":
    services.certificate_issue(signer=DyingSigner(signer), **sealing)
elif where == "storing":
    with connection.execute_wrapper(dying_on_insert):
        services.certificate_issue(signer=signer, **sealing)
else:
    services.certificate_issue(signer=signer, **sealing)
    die()
