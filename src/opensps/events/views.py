"""An event as other rooms see it: a frozen value, never a row that could be saved again."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

if TYPE_CHECKING:  # the registry is imported before the tables exist
    from opensps.events.models import Event


@dataclass(frozen=True, slots=True)
class EventView:
    """One act, read-only."""

    id: UUID
    authority: str
    object_kind: str
    object_id: str
    seq: int
    from_state: str
    act: str
    to_state: str
    actor: str
    role: str
    on_behalf_of: str
    office: str
    at: datetime
    reason_code: str
    digest: bytes
    payload: Mapping[str, Any] | None
    """None when the act had none, or it was erased."""

    is_erased: bool


def view_of(event: "Event") -> EventView:
    """Return the view of a row fetched with ``select_related("payload")``."""
    payload = getattr(event, "payload", None)
    body = None if payload is None else payload.body
    return EventView(
        id=event.id,
        authority=event.authority,
        object_kind=event.object_kind,
        object_id=event.object_id,
        seq=event.seq,
        from_state=event.from_state,
        act=event.act,
        to_state=event.to_state,
        actor=event.actor,
        role=event.role,
        on_behalf_of=event.on_behalf_of,
        office=event.office,
        at=event.at,
        reason_code=event.reason_code,
        digest=bytes(event.digest),
        payload=None if body is None else json.loads(body),
        is_erased=payload is not None and body is None,
    )
