"""Limits on wrong codes (`ux.md` 5.1), counted alike whether or not the number exists; and on files, good or bad."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from opensps.accounts.queries import keyed_digest, network_prefix
from opensps.border.models import WrongCodeCounter
from opensps.events.services import lock
from opensps.rules.limits import Count, Limit, after_wrong_try, tries_left, waits_until

NUMBER_LIMIT = Limit(tries=5, window=timedelta(hours=1))
"""One number from one network."""

NETWORK_LIMIT = Limit(tries=60, window=timedelta(hours=1))
"""One network in all."""

OFFICIAL_LIMIT = Limit(tries=60, window=timedelta(hours=1))
"""One signed-in official, whatever network the office shares."""

FILE_LIMIT = Limit(tries=120, window=timedelta(minutes=10), longest_wait=timedelta(minutes=10))
"""Files from one network: reading one costs us more than sending it costs anybody."""

OFFICIAL_FILE_LIMIT = Limit(tries=600, window=timedelta(minutes=10), longest_wait=timedelta(minutes=10))
"""Files of one signed-in official."""


@dataclass(frozen=True, slots=True)
class Key:
    """One thing that is counted."""

    scope: str
    digest: str
    limit: Limit


def keys_for(*, network: str, number: str = "", official: str = "") -> tuple[Key, ...]:
    """Return what a wrong code counts against; a wrong token has no number."""
    if official:
        return (Key("official", keyed_digest("border.official", official), OFFICIAL_LIMIT),)
    prefix = network_prefix(network)
    whole = Key("network", keyed_digest("border.wrong_codes", prefix), NETWORK_LIMIT)
    if not number:
        return (whole,)
    return (whole, Key("number", keyed_digest("border.wrong_codes", prefix, number), NUMBER_LIMIT))


def file_keys_for(*, network: str, official: str = "") -> tuple[Key, ...]:
    """Return what a file counts against, before anybody reads it."""
    if official:
        return (Key("official_files", keyed_digest("border.official", official), OFFICIAL_FILE_LIMIT),)
    return (Key("files", keyed_digest("border.files", network_prefix(network)), FILE_LIMIT),)


def locked_counts(*, authority: str, keys: tuple[Key, ...]) -> dict[Key, Count]:
    """Return the counts, locked until the transaction ends: codes sent at once are looked at one after the other."""
    for key in sorted(keys, key=lambda key: (key.scope, key.digest)):
        lock("wrong_codes", authority, key.scope, key.digest)
    rows = WrongCodeCounter.objects.filter(authority=authority, key__in=[key.digest for key in keys])
    found = {(row.scope, row.key): Count(row.wrong, row.since, row.rounds, row.until) for row in rows}
    return {key: found.get((key.scope, key.digest), Count()) for key in keys}


def waiting_until(counts: dict[Key, Count], *, at: datetime) -> datetime | None:
    """Return the latest end of the waits that run, None when there is none."""
    return max((until for count in counts.values() if (until := waits_until(count, at=at))), default=None)


def count_try(*, authority: str, counts: dict[Key, Count], at: datetime) -> int:
    """Count one wrong code, or one file, against every key, in one statement; return how many more are allowed.

    The caller holds the locks.
    """
    moved = {key: after_wrong_try(key.limit, count, at=at) for key, count in counts.items()}
    WrongCodeCounter.objects.bulk_create(
        [
            WrongCodeCounter(
                authority=authority,
                scope=key.scope,
                key=key.digest,
                wrong=count.wrong,
                since=count.since,
                rounds=count.rounds,
                until=count.until,
            )
            for key, count in moved.items()
        ],
        update_conflicts=True,
        unique_fields=["authority", "scope", "key"],
        update_fields=["wrong", "since", "rounds", "until"],
    )
    return min(tries_left(key.limit, count, at=at) for key, count in moved.items())
