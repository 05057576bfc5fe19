"""What a webhook says and when it is said again. Source: `exchange.md` 5.3. Pure.

Bodies are thin: identifiers, a status, a place to look; whoever wants the content asks for it with a token.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

SOURCE: Final = "opensps"
MOST_OCTETS: Final = 20_000


class Notice(StrEnum):
    """Types of notices; permanent."""

    ENVELOPE_WAITING = "envelope.waiting"
    ENVELOPE_DELIVERED = "envelope.delivered"
    ENVELOPE_FAILED = "envelope.failed"
    ENVELOPE_EXPIRED = "envelope.expired"
    CERTIFICATE_ISSUED = "certificate.issued"
    CERTIFICATE_REPLACED = "certificate.replaced"
    CERTIFICATE_WITHDRAWN = "certificate.withdrawn"
    CERTIFICATE_HELD = "certificate.held"
    CERTIFICATE_LIFTED = "certificate.lifted"
    OUTCOME_RECORDED = "outcome.recorded"
    INQUIRY_OPENED = "inquiry.opened"
    INQUIRY_ANSWERED = "inquiry.answered"
    INQUIRY_CLOSED = "inquiry.closed"
    MODE_CHANGED = "partner.mode_changed"
    KEY_EXPIRING = "partner.key_expiring"
    TEST = "webhook.test"
    """Sent only when somebody asks for it."""


SUBSCRIBABLE: Final = tuple(str(notice) for notice in Notice if notice is not Notice.TEST)

STEPS: Final = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""After the first failed try, the second ...; after the last one nothing follows: about 76 hours in all."""

SPREAD: Final = 0.2
DISABLED_AFTER: Final = timedelta(days=5)
"""Of failures and nothing else."""


def next_telling(*, tries: int, at: datetime, spread: float, retry_after: timedelta | None = None) -> datetime | None:
    """Return when to tell again after so many failed tries; None where enough was tried. ``spread``: -1 to 1."""
    if tries > len(STEPS):
        return None
    wait = STEPS[max(tries, 1) - 1] * (1 + SPREAD * max(-1.0, min(1.0, spread)))
    return at + max(wait, retry_after or timedelta())


@dataclass(frozen=True, slots=True)
class Telling:
    """One notice before it is made into bytes for an endpoint."""

    notice: Notice
    cause: str
    """What is behind it: the same cause is told once."""

    at: datetime
    data: Mapping[str, str | int]


def body_of(telling: Telling, *, message_id: str, as_cloudevent: bool) -> bytes:
    """Return the bytes that are signed and sent."""
    stamp = telling.at.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"
    plain = {"type": str(telling.notice), "timestamp": stamp, "data": dict(telling.data)}
    cloud = {
        "specversion": "1.0",
        "id": message_id,
        "source": SOURCE,
        "type": str(telling.notice),
        "time": stamp,
        "datacontenttype": "application/json",
        "data": dict(telling.data),
    }
    return json.dumps(cloud if as_cloudevent else plain, ensure_ascii=False, separators=(",", ":")).encode()
