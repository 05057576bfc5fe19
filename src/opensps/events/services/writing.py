"""The one way to write an event, inside the transaction of its act; and the one way to erase a payload."""

import secrets
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from opensps.events.digests import event_digest, payload_digest, payload_text
from opensps.events.errors import DoesNotFollow, NotInTransaction, PayloadNotFound
from opensps.events.locks import lock
from opensps.events.models import Event, EventDue, EventPayload
from opensps.events.registry import consumers_of

_SALT_BYTES = 16


_LAST_OF = """
    SELECT id, seq, at, digest, to_state FROM events_event
    WHERE authority = %s AND object_kind = %s AND object_id = %s ORDER BY seq DESC LIMIT 1
"""
"""In SQL, because every act asks it: composing the same query anew takes six times as long as its answer."""


def _last_of(*, authority: str, object_kind: str, object_id: str) -> Event | None:
    return next(iter(Event.objects.raw(_LAST_OF, [authority, object_kind, object_id])), None)


def event_write(
    *,
    authority: str,
    object_kind: str,
    object_id: str,
    act: str,
    from_state: str = "",
    to_state: str = "",
    actor: str,
    role: str,
    at: datetime,
    on_behalf_of: str = "",
    office: str = "",
    reason_code: str = "",
    payload: Mapping[str, Any] | None = None,
) -> Event:
    """Write one act on one object, with its due rows, in the transaction of the act.

    ``payload`` is JSON-able; free text and personal data belong there and nowhere else. The stored time is the later of
    ``at`` and that of the object's event before. Raises `NotInTransaction` outside a transaction, `DoesNotFollow` when
    ``from_state`` is not what the event before reached (``""`` before the first), ``IntegrityError`` when a connection
    without our lock took the step first.
    """
    if not connection.in_atomic_block:
        raise NotInTransaction(act)
    # Two acts on one object at once would take the same seq: the second waits here.
    lock("event", authority, object_kind, object_id)
    previous = _last_of(authority=authority, object_kind=object_kind, object_id=object_id)
    reached = "" if previous is None else previous.to_state
    if from_state != reached:
        raise DoesNotFollow(f"{act}: from {from_state!r}, the object is {reached!r}")
    salt, text = secrets.token_bytes(_SALT_BYTES), None if payload is None else payload_text(payload)
    columns: dict[str, Any] = {
        "id": uuid.uuid4(),
        "authority": authority,
        "object_kind": object_kind,
        "object_id": object_id,
        "seq": 1 if previous is None else previous.seq + 1,
        "from_state": str(from_state),
        "act": act,
        "to_state": str(to_state),
        "actor": actor,
        "role": str(role),
        "on_behalf_of": on_behalf_of,
        "office": office,
        "at": at if previous is None else max(at, previous.at),
        "reason_code": reason_code,
        "payload_digest": b"" if text is None else payload_digest(salt=salt, text=text),
        "previous_digest": b"" if previous is None else bytes(previous.digest),
    }
    event = Event.objects.create(**columns, digest=event_digest(**columns))
    if text is not None:
        EventPayload.objects.create(event=event, authority=authority, salt=salt, body=text)
    EventDue.objects.bulk_create(
        EventDue(consumer=consumer.name, event=event, authority=authority, due_at=event.at)
        for consumer in consumers_of(object_kind)
    )
    return event


def payload_erase(
    *, authority: str, event_id: uuid.UUID, actor: str, role: str, at: datetime, reason_code: str
) -> Event:
    """Erase the payload of one event for good and write that this was done; no event's digest changes.

    Raises `PayloadNotFound`, which also answers for events of other authorities.
    """
    with transaction.atomic():
        kept = EventPayload.objects.filter(authority=authority, event_id=event_id, erased_at__isnull=True)
        if not kept.update(salt=None, body=None, erased_at=at):
            raise PayloadNotFound(str(event_id))
        event = Event.objects.get(authority=authority, pk=event_id)
        last = _last_of(authority=authority, object_kind=event.object_kind, object_id=event.object_id)
        state = "" if last is None else last.to_state
        return event_write(
            authority=authority,
            object_kind=event.object_kind,
            object_id=event.object_id,
            act="payload.erased",
            from_state=state,
            to_state=state,
            actor=actor,
            role=role,
            at=at,
            reason_code=reason_code,
            payload={"event": str(event_id)},
        )
