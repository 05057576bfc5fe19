"""Acts on sealing keys as events: object ``key``, named by its kid; the log makes leaves of them (`trust.md` 6.5)."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from opensps.events.queries import events_for
from opensps.events.services import event_write

STATES: Mapping[str, str] = {"key.added": "in_use", "key.retired": "retired", "key.distrusted": "distrusted"}


def key_event_write(*, authority: str, kid: bytes, act: str, at: datetime, payload: Mapping[str, str]) -> None:
    """Write one act on a key; whoever runs the command is the system, the roots are the people."""
    with transaction.atomic():
        before = events_for(authority=authority, object_kind="key", object_id=kid.hex())
        event_write(
            authority=authority,
            object_kind="key",
            object_id=kid.hex(),
            act=act,
            from_state=before[-1].to_state if before else "",
            to_state=STATES[act],
            actor="system",
            role="system",
            at=at,
            payload=payload,
        )
