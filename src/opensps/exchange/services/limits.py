"""How many calls one caller may make a minute. Source: `exchange.md` 3.7, 5.1."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import transaction

from opensps.events.services import lock
from opensps.exchange.models import AccessToken, CallCounter, RequestKey, UsedNonce


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a caller has left."""

    limit: int
    left: int
    """Calls after this one; -1 where this one was one too many."""

    resets_in: int
    """Seconds until the window ends, at least 1."""

    @property
    def is_used_up(self) -> bool:
        """Whether the call is to be refused."""
        return self.left < 0


def call_counted(*, authority: str, scope: str, caller: str, limit: int, at: datetime, seconds: int = 60) -> Allowance:
    """Count one call in the present window. Calls at once are counted one after the other, and none twice."""
    stamp = int(at.timestamp())
    window = datetime.fromtimestamp(stamp - stamp % seconds, UTC)
    resets_in = max(1, seconds - stamp % seconds)
    with transaction.atomic():
        lock("exchange_calls", authority, scope, caller)
        row = CallCounter.objects.filter(authority=authority, scope=scope, caller=caller).first()
        if row is None:
            CallCounter.objects.create(authority=authority, scope=scope, caller=caller, window_at=window, calls=1)
            return Allowance(limit, limit - 1, resets_in)
        calls = row.calls + 1 if row.window_at == window else 1
        if calls <= limit:
            row.window_at, row.calls = window, calls
            row.save(update_fields=["window_at", "calls"])
    return Allowance(limit, limit - calls, resets_in)


def calls_purge(*, authority: str, at: datetime) -> int:
    """Remove what protects from repeats no longer: ended keys, nonces, tokens and idle counters; return how many."""
    ended = [table.objects.filter(authority=authority, expires_at__lte=at) for table in (RequestKey, UsedNonce)]
    tokens = AccessToken.objects.filter(authority=authority, expires_at__lte=at - timedelta(days=1))
    idle = CallCounter.objects.filter(authority=authority, window_at__lte=at - timedelta(days=1))
    idle = idle.exclude(until__gt=at)
    return sum(rows.delete()[0] for rows in (*ended, tokens, idle))
