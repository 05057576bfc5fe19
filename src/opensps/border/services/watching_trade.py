"""Holds new certificates against what exporters and containers did before: P10 and P11. No table of limits is asked.

Source: `fraud.md` 5 and 1: an honest difference never alarms. The work goes with what is new: samples and voyages of
about the same time are read, never all there is.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from decimal import Decimal

from opensps.border.goods_seen import Seen
from opensps.border.records import record_of
from opensps.border.services.goods_marks import MOST, marked, marks_keep, named
from opensps.border.watch_tables import GoodsMark
from opensps.rules.plausibility import is_overlap
from opensps.rules.watching import Row

_SAMPLE = 30
"""Newest shipments of an exporter a median is taken of."""

_LONGEST_VOYAGE = timedelta(days=120)
"""A container on its way for longer was not: a date was written wrong, and says nothing."""

_ENDED = frozenset({"withdrawn", "replaced", "revoked", "cancelled", "rejected", "split", "combined"})


def exporter_rows(authority: str, seen: Sequence[Seen]) -> Iterator[Row]:
    """P10: each against a sample of what its exporter shipped before it; two queries for one exporter, not more."""
    fresh = [each for each in seen if each.exporter and each.is_first_hand and each.kilograms]
    earlier = {name: _shipped(authority, name) for name in {each.exporter for each in fresh}}
    known: dict[tuple[str, str], bool] = {}
    for each in fresh:
        shipped, pair = earlier[each.exporter], (each.exporter, each.destination)
        if pair not in known:
            known[pair] = bool(shipped) and _has_traded(authority, each)
        yield {
            **named(each),
            "destination": each.destination,
            "is_first": not known[pair],
            "volume": each.kilograms,
            "earlier": shipped[-_SAMPLE:],
        }
        known[pair] = True
        earlier[each.exporter] = [*shipped, each.kilograms]
    marks_keep(
        mark
        for each in fresh
        for mark in marked(authority, "exporter", each, [(each.exporter, each.kilograms)], detail=each.destination)
    )


def _shipped(authority: str, exporter: str) -> list[Decimal]:
    """Return the masses an exporter shipped last, the newest at the end."""
    rows = GoodsMark.objects.filter(authority=authority, kind="exporter", key=exporter).order_by("-at")
    return list(rows.values_list("kilograms", flat=True)[:_SAMPLE])[::-1]


def _has_traded(authority: str, each: Seen) -> bool:
    rows = GoodsMark.objects.filter(authority=authority, kind="exporter", key=each.exporter, detail=each.destination)
    return rows.exists()


def container_rows(authority: str, seen: Sequence[Seen]) -> Iterator[Row]:
    """P11: the containers of new certificates, and the voyages of before that overlap theirs.

    A replacement speaks of the voyage of what it replaces; a certificate that ended speaks of none. A day of departure
    that is not said is not guessed: a certificate may be issued long before.
    """
    own = [each for each in seen if not each.is_replacement]
    fresh = [_journey(each, container) for each in own for container in dict.fromkeys(each.containers)]
    whole = [each for each in fresh if each["departed_at"] is not None]
    known = _voyages(authority, whole)
    marks_keep(
        GoodsMark(
            authority=authority,
            kind="container",
            key=each["container"],
            issuer=each["issuer"],
            number=each["number"],
            at=each["departed_at"],
            until=each["arrived_at"],
            detail=each["voyage"],
        )
        for each in whole
    )
    yield from fresh
    for row in known:
        if any(is_overlap(row, each) for each in whole if each["container"] == row["container"]) and not _has_ended(
            authority, row
        ):
            yield row


def _journey(each: Seen, container: str) -> Row:
    left, came = each.leaves_at, each.arrives_at
    is_clear = left is not None and came is not None and timedelta() <= came - left <= _LONGEST_VOYAGE
    return {
        **named(each),
        "container": container,
        "voyage": each.voyage,
        "departed_at": left,
        "arrived_at": came if is_clear else None,
        "is_new": True,
    }


def _voyages(authority: str, new: Sequence[Row]) -> list[Row]:
    """Return the voyages noted before of the same containers about the same time, in one query."""
    if not new:
        return []
    about = {(each["issuer"], each["number"]) for each in new}
    first = min(each["departed_at"] for each in new) - _LONGEST_VOYAGE
    last = max(each["arrived_at"] or each["departed_at"] for each in new)
    rows = GoodsMark.objects.filter(
        authority=authority,
        kind="container",
        key__in={each["container"] for each in new},
        at__gte=first,
        at__lte=last,
    ).order_by("-at")
    return [
        {
            "issuer": mark.issuer,
            "number": mark.number,
            "container": mark.key,
            "voyage": mark.detail,
            "departed_at": mark.at,
            "arrived_at": mark.until,
            "is_new": False,
        }
        for mark in rows[:MOST]
        if (mark.issuer, mark.number) not in about
    ]


def _has_ended(authority: str, row: Row) -> bool:
    record = record_of(authority=authority, issuer=str(row["issuer"]), number=str(row["number"]))
    return record is not None and record.state in _ENDED
