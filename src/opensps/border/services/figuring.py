"""Computing the public figures by the clock: each reads on from where it stopped; a page reads one row.

Source: A13, A38 to A41, A44 to A46, A52. What each figure means is said beside it on the page. Countries that fetch or
acknowledge are known to `exchange`, which this room does not know: whoever calls says which they are.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from django.db import transaction

from opensps.accounts.access_queries import official_figures
from opensps.border.models import (
    CasePaper,
    CheckAttempt,
    CountryUse,
    FigureDay,
    Inquiry,
    InquiryMessage,
    Presentation,
    RuleCursor,
    VerifiedCertificate,
)
from opensps.border.services.cases import SUSPECTED
from opensps.certification.queries.counting import (
    SAMPLE,
    issued_after,
    refused_count,
    submitted_to_signed_minutes,
    withdrawn_count,
)
from opensps.events.services import lock
from opensps.lifecycle.case import IDENTIFIED
from opensps.lifecycle.inquiry import InquiryAct

SETTLED = timedelta(minutes=1)
"""Rows younger than this may not all be visible yet, and wait."""

YEAR = timedelta(days=365)
MOST = 5_000
_PORTS = 20
_HALF_HOUR = timedelta(minutes=30)


@transaction.atomic
def figures_count(*, authority: str, at: datetime, abroad: Iterable[tuple[str, datetime]] = ()) -> Mapping[str, Any]:
    """Bring the figures of today up to date and return them; ``abroad`` are countries and when they last took part."""
    lock("figures", authority)
    newest = FigureDay.objects.filter(authority=authority).order_by("-day").first()
    values: dict[str, Any] = dict(newest.values) if newest is not None else {}
    values["uploaded"] = int(values.get("uploaded", 0)) + _uploaded(authority, at)
    for name, count in _seen(authority, at).items():
        values[name] = int(values.get(name, 0)) + count
    for country, used_at in abroad:
        _used(authority, country, used_at)
    values |= _cheap(authority, at)
    if newest is None or at - newest.computed_at >= _HALF_HOUR or "clearance_minutes" not in values:
        values |= _medians(authority, at)
    FigureDay.objects.update_or_create(
        authority=authority, day=at.date(), defaults={"values": values, "computed_at": at}
    )
    return values


def cursor_of(authority: str, name: str) -> RuleCursor:
    """Return how far something has been read; the caller holds a lock and saves it."""
    return RuleCursor.objects.get_or_create(authority=authority, name=name)[0]


def _uploaded(authority: str, at: datetime) -> int:
    cursor = cursor_of(authority, "figures.issued")
    found = issued_after(authority=authority, position=cursor.position, before=at - SETTLED)
    cursor.position = found.position
    cursor.save()
    return found.count


def _seen(authority: str, at: datetime) -> Mapping[str, int]:
    """Read on through checks and presentations: countries, and certificates of ours that an official looked at."""
    attempts = _next(CheckAttempt, "figures.attempts", authority, at, "at")
    presented = _next(Presentation, "figures.presented", authority, at, "presented_at")
    looked = {row.number: row.at for row in attempts if row.checker and row.number}
    looked |= {row.number: row.presented_at for row in presented if row.is_known and row.issuer in ("", authority)}
    for row in attempts:
        if row.checker and row.country:
            _used(authority, row.country, row.at)
    for row in presented:
        if row.country:
            _used(authority, row.country, row.presented_at)
    return {
        "checks": len(attempts),
        "presented": len(presented),
        "suspected": sum(row.result in SUSPECTED for row in presented),
        "verified": _verified(authority, looked),
    }


def _verified(authority: str, looked: Mapping[str, datetime]) -> int:
    """Remember certificates that were looked at, and return how many of them had not been before."""
    rows = VerifiedCertificate.objects.filter(authority=authority, number__in=looked)
    fresh = looked.keys() - set(rows.values_list("number", flat=True)) - {""}
    VerifiedCertificate.objects.bulk_create(
        VerifiedCertificate(authority=authority, number=number, first_at=looked[number]) for number in sorted(fresh)
    )
    return len(fresh)


def _next(model: Any, name: str, authority: str, at: datetime, column: str) -> list[Any]:
    """Return the settled rows of a table beyond its cursor, and move the cursor behind them."""
    cursor = cursor_of(authority, name)
    rows = model.objects.filter(authority=authority, pk__gt=cursor.position).order_by("pk")[:MOST]
    settled = [row for row in rows if getattr(row, column) < at - SETTLED]
    cursor.position = max((row.pk for row in settled), default=cursor.position)
    cursor.save()
    return settled


def _used(authority: str, country: str, at: datetime) -> None:
    row, is_new = CountryUse.objects.get_or_create(authority=authority, country=country, defaults={"last_used_at": at})
    if not is_new and row.last_used_at < at:
        row.last_used_at = at
        row.save()


def _cheap(authority: str, at: datetime) -> dict[str, Any]:
    """Return what small tables and indexes answer at once."""
    identified = CasePaper.objects.filter(authority=authority, case__state__in=IDENTIFIED)
    return {
        "countries": CountryUse.objects.filter(authority=authority, last_used_at__gt=at - YEAR).count(),
        "officials": sum(official_figures(authority=authority).values()),
        "counterfeits": identified.count(),
    }


def _medians(authority: str, at: datetime) -> dict[str, Any]:
    since = at - YEAR
    decided = Presentation.objects.filter(authority=authority, decided_at__gt=since).order_by("-pk")
    rows = decided.values_list("presented_at", "decided_at", "country", "location")[:SAMPLE]
    times = [(later - earlier, country, place) for earlier, later, country, place in rows if later is not None]
    asked = InquiryMessage.objects.filter(authority=authority, act=InquiryAct.SEND.value, sent_at__gt=since)
    replies = asked.order_by("-pk").values_list("inquiry__opened_at", "sent_at")[:SAMPLE]
    return {
        "clearance_minutes": _median(time for time, _country, _place in times),
        "clearance_by": _by_place(times),
        "reply_minutes": _median((later - earlier) for earlier, later in replies),
        "inquiries": Inquiry.objects.filter(authority=authority).count(),
        "signing_minutes": submitted_to_signed_minutes(authority=authority, at=at),
        "withdrawn": withdrawn_count(authority=authority),
        "refused": refused_count(authority=authority),
    }


def _median(times: Iterable[timedelta]) -> float | None:
    taken = [time.total_seconds() / 60 for time in times]
    return round(median(taken), 1) if taken else None


def _by_place(times: Iterable[tuple[timedelta, str, str]]) -> list[list[Any]]:
    """Return country, port, median in minutes and count, the slowest first."""
    found: dict[tuple[str, str], list[timedelta]] = {}
    for time, country, place in times:
        found.setdefault((country, place), []).append(time)
    slowest = sorted(found.items(), key=lambda row: _median(row[1]) or 0.0, reverse=True)[:_PORTS]
    return [[country, place, _median(taken), len(taken)] for (country, place), taken in slowest]
