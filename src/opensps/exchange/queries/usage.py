"""Which countries took part lately: partners that acknowledged what we sent, or sent something. For the figures (A39).

It looks at the newest envelopes only, so its cost does not grow; whoever asks often misses nobody who takes part.
"""

from datetime import datetime

from opensps.exchange.models import Envelope, Way
from opensps.lifecycle import DeliveryState

NEWEST = 500
_ACKNOWLEDGED = (DeliveryState.RECEIVED.value, DeliveryState.RECEIVED_REMARKS.value)


def countries_active(*, authority: str) -> tuple[tuple[str, datetime], ...]:
    """Return country and the newest time at which a partner of it took part, as far as the newest envelopes tell."""
    sent = Envelope.objects.filter(authority=authority, direction=Way.OUT.value).order_by("-queued_at")[:NEWEST]
    came = Envelope.objects.filter(authority=authority, direction=Way.IN.value).order_by("-queued_at")[:NEWEST]
    names = ("partner__countries", "queued_at", "state")
    rows = [row for row in sent.values_list(*names) if row[2] in _ACKNOWLEDGED]
    found: dict[str, datetime] = {}
    for countries, at, _state in (*rows, *came.values_list(*names)):
        for country in countries:
            found[country] = max(at, found.get(country, at))
    return tuple(found.items())
