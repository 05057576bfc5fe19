"""Events for tests, written through the service."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction

from opensps.events.models import Event
from opensps.events.services import event_write

NOW = datetime(2026, 7, 3, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=1)


def write(object_id: str = "XA-2026-014-0004512-0", **columns: Any) -> Event:
    """Write one event in a transaction of its own."""
    values: dict[str, Any] = {
        "authority": "XA",
        "object_kind": "certificate",
        "act": "certificate.looked_at",
        "actor": "5f0c0a52f7a94d1c8a0d1c7f6b9e2d31",
        "role": "reviewer",
        "at": NOW,
    }
    with transaction.atomic():
        return event_write(object_id=object_id, **{**values, **columns})
