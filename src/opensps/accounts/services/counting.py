"""Counters of wrong passwords, read and moved under their lock."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from opensps.accounts.models import TryCounter
from opensps.events.services import lock
from opensps.rules.limits import Count, Limit, after_wrong_try, waits_until


@dataclass(frozen=True, slots=True)
class Key:
    """One thing that is counted, with its limit."""

    scope: str
    digest: str
    limit: Limit


def _count(row: TryCounter) -> Count:
    return Count(row.wrong, row.since, row.rounds, row.until)


def counts(*, authority: str, keys: tuple[Key, ...]) -> dict[Key, Count]:
    """Return the counts of the keys in one query; one that was never wrong has an empty one."""
    digests = [key.digest for key in keys]
    rows = {
        (row.scope, row.key): _count(row) for row in TryCounter.objects.filter(authority=authority, key__in=digests)
    }
    return {key: rows.get((key.scope, key.digest), Count()) for key in keys}


def waiting_until(found: dict[Key, Count], *, at: datetime) -> datetime | None:
    """Return the latest end of the waits that run, None when there is none."""
    ends = [until for count in found.values() if (until := waits_until(count, at=at))]
    return max(ends, default=None)


def locked_counts(*, authority: str, keys: tuple[Key, ...]) -> dict[Key, Count]:
    """Return the counts, locked until the transaction ends: tries sent at once are looked at one after the other."""
    for key in sorted(keys, key=lambda key: (key.scope, key.digest)):
        lock("tries", authority, key.scope, key.digest)
    return counts(authority=authority, keys=keys)


def count_wrong(*, authority: str, found: dict[Key, Count], at: datetime) -> dict[Key, Count]:
    """Count one wrong try on every key; return the new counts. The caller holds the locks."""
    moved = {key: after_wrong_try(key.limit, count, at=at) for key, count in found.items()}
    for key, count in moved.items():
        TryCounter.objects.update_or_create(
            authority=authority,
            scope=key.scope,
            key=key.digest,
            defaults={"wrong": count.wrong, "since": count.since, "rounds": count.rounds, "until": count.until},
        )
    return moved


def forget(*, authority: str, key: Key) -> None:
    """Forget what was wrong for one key."""
    TryCounter.objects.filter(authority=authority, scope=key.scope, key=key.digest).delete()


def forget_before(*, authority: str, at: datetime, age: timedelta) -> int:
    """Remove counters nobody touched for that long; return how many."""
    idle = TryCounter.objects.filter(authority=authority).exclude(since__gte=at - age).exclude(until__gte=at - age)
    return idle.delete()[0]
