"""The adoption of a trust list in the record of acts, and so in the log (`trust.md` 6.5, event 8)."""

from datetime import datetime

from django.conf import settings
from django.db import DatabaseError, transaction

from opensps.accounts.queries import SYSTEM
from opensps.certification.log_leaves import PUBLIC_OBJECT
from opensps.certification.services.log_leaves import log_public_object
from opensps.events.queries import events_for
from opensps.lifecycle import Role
from opensps.project.exits import Exit, Stopped


def record_adopted(digest: bytes, *, at: datetime) -> None:
    """Write that this list was adopted, once; stops with a sentence when the database does not answer."""
    authority = settings.OPENSPS_AUTHORITY
    try:
        with transaction.atomic():
            if not events_for(authority=authority, object_kind=PUBLIC_OBJECT, object_id=digest.hex()):
                log_public_object(
                    authority=authority,
                    act="trust_list.adopted",
                    digest=digest,
                    actor=SYSTEM.id,
                    role=str(Role.SYSTEM),
                    at=at,
                )
    except DatabaseError as exc:
        raise Stopped(Exit.TRY_LATER, "The database does not answer (%(why)s).", why=type(exc).__name__) from exc
