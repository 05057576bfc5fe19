"""Setting a message aside, and what is recorded of it: the raw bytes stay, staff see the reason (`exchange.md` 4.7)."""

from datetime import datetime
from typing import Any

import structlog
from django.db import transaction

from opensps.accounts.queries import SYSTEM, Actor
from opensps.events.services import event_write
from opensps.exchange.models import Decision, ReceivedMessage
from opensps.exchange.permissions import delivery_role
from opensps.lifecycle import Role

logger = structlog.get_logger()

OBJECT = "received_message"


@transaction.atomic
def message_set_aside(message: ReceivedMessage, *, reason: str, at: datetime, text: str = "") -> None:
    """Put a message into quarantine with the reason; staff release or reject it."""
    message_decide(message, Decision.QUARANTINED, at=at, reason=reason, reason_text=text)
    message_tell(message, "quarantined", actor=SYSTEM, at=at)
    logger.warning("message_quarantined", channel=message.channel, reason=reason, message=message.pk)


def message_decide(message: ReceivedMessage, decision: Decision, *, at: datetime, **columns: Any) -> None:
    """Write what was made of a message; it is not due any more unless `columns` say so."""
    given = {"decision": decision, "decided_at": at, "due_at": None} | columns
    for name, value in given.items():
        setattr(message, name, value)
    message.save(update_fields=list(given))


def message_tell(message: ReceivedMessage, act: str, *, actor: Actor, at: datetime) -> None:
    """Write the event of a message that was quarantined, released or rejected."""
    was_released = bool(message.decided_by) and act == "quarantined"
    before = "released" if was_released else "" if act == "quarantined" else "quarantined"
    event_write(
        authority=message.authority,
        object_kind=OBJECT,
        object_id=str(message.pk),
        act=f"{OBJECT}.{act}",
        from_state=before,
        to_state=act,
        actor=actor.id,
        role=Role.SYSTEM if actor is SYSTEM else delivery_role(actor, authority=message.authority),
        at=at,
        reason_code=message.reason,
        payload={"channel": message.channel, "sha256": message.sha256, "text": message.reason_text},
    )
