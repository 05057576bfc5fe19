"""Notes that somebody opened a certificate in full: each such reading is in the audit trail (`trust.md` 8)."""

import hashlib
from datetime import datetime

from django.db import transaction

from opensps.accounts.queries import Actor
from opensps.border.records import CertificateRecord
from opensps.events.services import event_write

RECORD = "record"
"""Kind of object of the events; the id is a digest of issuer and number, which may be of any length."""


def record_id(issuer: str, number: str) -> str:
    """Return the id under which readings of a certificate are found: 32 hexadecimal digits."""
    return hashlib.sha256(f"{issuer}\n{number}".encode()).hexdigest()[:32]


@transaction.atomic
def record_opened(*, actor: Actor, record: CertificateRecord, at: datetime) -> None:
    """Write that this person opened this certificate."""
    event_write(
        authority=record.authority,
        object_kind=RECORD,
        object_id=record_id(record.issuer, record.number),
        act="record.opened",
        actor=actor.id,
        role=min(actor.roles),
        office=actor.office or "",
        at=at,
        payload={"issuer": record.issuer, "number": record.number, "country": actor.country},
    )
