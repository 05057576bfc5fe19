"""What others did with a certificate, on its own history: the state does not move (`architecture.md` 4, G07)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection

from opensps.certification.errors import NotFound
from opensps.certification.names import CERTIFICATE
from opensps.certification.services.steps import locked_certificate
from opensps.events.errors import NotInTransaction
from opensps.events.services import event_write


def certificate_note(
    *,
    authority: str,
    number: str,
    act: str,
    actor: str,
    role: str,
    at: datetime,
    reason_code: str = "",
    payload: Mapping[str, Any] | None = None,
) -> bool:
    """Write an event beside the table on a certificate of ours, in the caller's transaction; False for other numbers.

    `act` is a permanent name of the room that calls, like ``certificate.delivery_received``.
    """
    if not connection.in_atomic_block:
        raise NotInTransaction(act)
    try:
        certificate = locked_certificate(authority=authority, number=number)
    except NotFound:
        return False
    event_write(
        authority=authority,
        object_kind=CERTIFICATE,
        object_id=certificate.number,
        act=act,
        from_state=certificate.state,
        to_state=certificate.state,
        actor=actor,
        role=role,
        at=at,
        reason_code=reason_code,
        payload=payload,
    )
    return True
