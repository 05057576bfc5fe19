"""Deliveries as people look at them: the list, one with its attempts, those of a certificate, each partner's figures.

Source: `exchange.md` 8.1, `ux.md` 6.5 and 11. Words are chosen where pages are made.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from django.db.models import Count, Min, Q, QuerySet

from opensps.exchange.errors import EnvelopeNotFound
from opensps.exchange.models import Attempt, Envelope, Partner
from opensps.exchange.transports.transport import Kind
from opensps.lifecycle import SHOWN, DeliveryState

PAGE = 50
MOST_COUNTED = 10_000
"""More than this many are "more than": a count never grows with the register."""

MOST_ATTEMPTS = 200

STATES_SHOWN_AS: Mapping[str, tuple[DeliveryState, ...]] = MappingProxyType(
    {word: tuple(state for state in DeliveryState if SHOWN[state] == word) for word in dict.fromkeys(SHOWN.values())}
)
"""Code of the word people see -> the states behind it."""

ATTENTION = ("failed", "rejected", "unreadable", "received_remarks")
"""Words with which a person has something to do or to read."""

_TROUBLE = tuple(state for word in ("failed", "rejected", "unreadable") for state in STATES_SHOWN_AS[word])
_UNDER_WAY = ("queued", "sending", "retrying", "uncertain")
_RECENT = timedelta(days=14)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a list is narrowed to; empty: not narrowed."""

    shown: str = ""
    """Code of a word, or ``attention``, or ``late``."""

    partner: str = ""
    number: str = ""
    """Number of a certificate, or of a delivery."""


def deliveries(*, authority: str, asked: Asked = Asked(), offset: int = 0, limit: int = PAGE) -> tuple[Envelope, ...]:
    """Return a page of what we sent, newest first; acknowledgements of ours are left out, golden messages found by
    their number only."""
    rows = _asked(authority, asked).select_related("partner", "connection").defer("detached_signature")
    return tuple(rows.order_by("-queued_at", "-pk")[offset : offset + limit])


def deliveries_count(*, authority: str, asked: Asked = Asked()) -> int:
    """Return how many there are, at most one more than `MOST_COUNTED`."""
    return _asked(authority, asked)[: MOST_COUNTED + 1].count()


def delivery(*, authority: str, delivery_number: str) -> Envelope:
    """Return one envelope of ours with its partner. Raises `EnvelopeNotFound`."""
    rows = Envelope.objects.select_related("partner", "connection").defer("detached_signature")
    found = rows.filter(authority=authority, direction="out", delivery_number=delivery_number).first()
    if found is None:
        raise EnvelopeNotFound(delivery_number)
    return found


def attempts_of(envelope: Envelope) -> tuple[Attempt, ...]:
    """Return the last attempts to deliver an envelope, newest first."""
    rows = Attempt.objects.filter(authority=envelope.authority, envelope=envelope)
    return tuple(rows.order_by("-ordinal")[:MOST_ATTEMPTS])


def deliveries_of_certificate(*, authority: str, number: str, limit: int = PAGE) -> tuple[Envelope, ...]:
    """Return where a certificate of ours was sent, by partner and version: what its exporter sees too (G07)."""
    rows = Envelope.objects.filter(
        authority=authority, direction="out", kind=Kind.CERTIFICATE, number=number, golden_run=""
    )
    narrow = rows.select_related("partner").defer("detached_signature", "findings")
    return tuple(narrow.order_by("partner__code", "version", "pk")[:limit])


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerFigures:
    """How delivery to a partner goes."""

    in_trouble: int = 0
    """Failed, rejected or unreadable, of the last 14 days."""

    under_way: int = 0
    oldest_under_way: datetime | None = None
    unanswered: int = 0
    """Sent, and no answer in time."""

    sent: int = 0
    """Of the last 14 days."""

    received: int = 0
    """Of these, with a proven acknowledgement."""


def figures_by_partner(*, authority: str, at: datetime) -> Mapping[int, PartnerFigures]:
    """Return the figures of the last fourteen days by the id of the partner, in one query."""
    rows = (
        Envelope.objects.filter(
            authority=authority, direction="out", kind=Kind.CERTIFICATE, golden_run="", queued_at__gte=at - _RECENT
        )
        .values("partner_id")
        .annotate(
            in_trouble=Count("pk", filter=Q(state__in=_TROUBLE)),
            under_way=Count("pk", filter=Q(state__in=_UNDER_WAY)),
            oldest_under_way=Min("queued_at", filter=Q(state__in=_UNDER_WAY)),
            unanswered=Count("pk", filter=Q(late_at__isnull=False, state__in=("sent", "waiting"))),
            sent=Count("pk", filter=Q(sent_at__isnull=False)),
            received=Count("pk", filter=Q(state__in=("received", "received_remarks"))),
        )
        .order_by()
    )
    return {row["partner_id"]: PartnerFigures(**_without_partner(row)) for row in rows}


def _without_partner(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "partner_id"}


def partners_for_staff(*, authority: str) -> tuple[Partner, ...]:
    """Return every partner with its connections, by code."""
    rows = Partner.objects.filter(authority=authority).prefetch_related("connections")
    return tuple(rows.order_by("code"))


def _asked(authority: str, asked: Asked) -> QuerySet[Envelope]:
    rows = Envelope.objects.filter(authority=authority, direction="out").exclude(kind=Kind.ACKNOWLEDGEMENT)
    if asked.shown == "late":
        rows = rows.filter(late_at__isnull=False, state__in=("sent", "waiting"))
    elif asked.shown == "attention":
        rows = rows.filter(state__in=[state for word in ATTENTION for state in STATES_SHOWN_AS[word]])
    elif asked.shown in STATES_SHOWN_AS:
        rows = rows.filter(state__in=STATES_SHOWN_AS[asked.shown])
    if asked.partner:
        rows = rows.filter(partner__code=asked.partner)
    if asked.number:
        return rows.filter(Q(number=asked.number) | Q(delivery_number=asked.number.upper()))
    return rows.filter(golden_run="")
