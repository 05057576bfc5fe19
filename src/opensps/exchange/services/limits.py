"""How many calls one caller may make a minute. Source: `exchange.md` 3.7, 5.1."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

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


@dataclass(frozen=True, slots=True)
class Portion:
    """Calls a process may let pass in one window without asking again."""

    calls: int
    """None where the limit is reached."""

    window_at: datetime
    resets_in: int
    """Seconds until the window ends, at least 1."""


_SHARE: Final = 8


def call_counted(*, authority: str, scope: str, caller: str, limit: int, at: datetime, seconds: int = 60) -> Allowance:
    """Count one call in the present window. Calls at once are counted one after the other, and none twice."""
    window = window_of(at, seconds=seconds)
    taken, left = _taken(authority=authority, scope=scope, caller=caller, limit=limit, window=window, share=limit + 1)
    return Allowance(limit, left if taken else -1, _resets_in(at, seconds))


def calls_taken(*, authority: str, scope: str, caller: str, limit: int, at: datetime, seconds: int = 60) -> Portion:
    """Take an eighth of what is left in the present window, at least one call: so few calls have to be counted here.

    All processes together never let more pass than the limit; what one of them took and does not use is lost to the
    others, which is the less the nearer the limit is.
    """
    window = window_of(at, seconds=seconds)
    taken, _ = _taken(authority=authority, scope=scope, caller=caller, limit=limit, window=window, share=_SHARE)
    return Portion(taken, window, _resets_in(at, seconds))


def window_of(at: datetime, *, seconds: int = 60) -> datetime:
    """Return when the window began in which calls are counted now."""
    stamp = int(at.timestamp())
    return datetime.fromtimestamp(stamp - stamp % seconds, UTC)


def _resets_in(at: datetime, seconds: int) -> int:
    return max(1, seconds - int(at.timestamp()) % seconds)


def _taken(*, authority: str, scope: str, caller: str, limit: int, window: datetime, share: int) -> tuple[int, int]:
    """Take calls out of a window; return how many, and how many are left after them."""
    with transaction.atomic():
        lock("exchange_calls", authority, scope, caller)
        row = CallCounter.objects.filter(authority=authority, scope=scope, caller=caller).first()
        row = row or CallCounter(authority=authority, scope=scope, caller=caller, window_at=window)
        used = row.calls if row.window_at == window else 0
        left = max(0, limit - used)
        taken = min(left, max(1, left // share))
        if taken:
            row.window_at, row.calls = window, used + taken
            row.save()
    return taken, left - taken


def calls_purge(*, authority: str, at: datetime) -> int:
    """Remove what protects from repeats no longer: ended keys, nonces, tokens and idle counters; return how many."""
    ended = [table.objects.filter(authority=authority, expires_at__lte=at) for table in (RequestKey, UsedNonce)]
    tokens = AccessToken.objects.filter(authority=authority, expires_at__lte=at - timedelta(days=1))
    idle = CallCounter.objects.filter(authority=authority, window_at__lte=at - timedelta(days=1))
    idle = idle.exclude(until__gt=at)
    return sum(rows.delete()[0] for rows in (*ended, tokens, idle))
