"""What partners sent, as people look at it: certificates with the report of our check, and messages set aside.

Source: `exchange.md` 8.4, 4.7; `ux.md` 6.5. Words are chosen where pages are made.
"""

from dataclasses import dataclass
from datetime import date, datetime
from itertools import takewhile

from django.db.models import Q, QuerySet

from opensps.exchange.errors import EnvelopeNotFound
from opensps.exchange.models import Content, Decision, Envelope, IncomingCertificate, Partner, ReceivedMessage, columns
from opensps.verification.comparison.folding import bare

PAGE = 50
MOST_COUNTED = 10_000
MOST_ENVELOPES = 100

TO_DECIDE = Q(is_held=True) | Q(has_conflict=True)
"""A person has to look at these before they count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """What the list is narrowed to; empty: not narrowed."""

    state: str = ""
    """A state, or ``to_decide``."""

    partner: str = ""
    text: str = ""
    """Number, goods or consignee."""

    type_code: str = ""
    issued_from: date | None = None
    numbers: tuple[str, ...] | None = None
    """Only these; None: whichever."""


def incoming(
    *, authority: str, sought: Sought = Sought(), offset: int = 0, limit: int = PAGE
) -> tuple[IncomingCertificate, ...]:
    """Return a page of certificates that came to us, newest first."""
    rows = _sought(authority, sought).select_related("partner").defer("said")
    return tuple(rows.order_by("-arrived_at", "-pk")[offset : offset + limit])


def incoming_count(*, authority: str, sought: Sought = Sought()) -> int:
    """Return how many there are, at most one more than `MOST_COUNTED`."""
    return _sought(authority, sought)[: MOST_COUNTED + 1].count()


def incoming_one(*, authority: str, incoming_id: int) -> IncomingCertificate:
    """Return one certificate of a partner: numbers of theirs may hold any sign. Raises `EnvelopeNotFound`."""
    rows = IncomingCertificate.objects.select_related("partner", "envelope", "status_envelope")
    found = rows.filter(authority=authority, pk=incoming_id).first()
    if found is None:
        raise EnvelopeNotFound(str(incoming_id))
    return found


def incoming_under(*, authority: str, number: str, partner: str = "") -> tuple[IncomingCertificate, ...]:
    """Return what came under an exact number: of one partner, or of all, by the partners' codes."""
    folded = bare(number)[: columns.NUMBER]
    rows = IncomingCertificate.objects.filter(authority=authority, number=number, folded_number=folded)
    found = (rows.filter(partner__code=partner) if partner else rows).select_related("partner", "envelope")
    return tuple(found.order_by("partner__code"))


def incoming_after(*, authority: str, position: int, before: datetime, limit: int) -> tuple[IncomingCertificate, ...]:
    """Return certificates beyond a row, in order, up to the first that came at a time or later."""
    rows = IncomingCertificate.objects.filter(authority=authority, pk__gt=position).select_related(
        "partner", "envelope"
    )
    return tuple(takewhile(lambda row: row.arrived_at < before, rows.order_by("pk")[:limit]))


def partner_named(*, authority: str, code: str) -> Partner | None:
    """Return a partner by our own code for it, ``None`` for an unknown one."""
    return Partner.objects.filter(authority=authority, code=code).first()


def envelopes_about(row: IncomingCertificate) -> tuple[Envelope, ...]:
    """Return everything that arrived about a certificate, newest first, with our answers."""
    rows = Envelope.objects.filter(
        authority=row.authority, direction="in", partner=row.partner, number=row.number
    ).prefetch_related("replies")
    return tuple(rows.order_by("-queued_at", "-pk")[:MOST_ENVELOPES])


def content_of(row: IncomingCertificate) -> bytes:
    """Return the bytes that count, exactly as they came. Raises `EnvelopeNotFound` for a tombstone or expired bytes."""
    kept = None
    if row.envelope is not None and row.envelope.content_id is not None:
        kept = Content.objects.filter(pk=row.envelope.content_id).first()
    if kept is None or kept.data is None:
        raise EnvelopeNotFound(row.number)
    return bytes(kept.data)


def set_aside(*, authority: str, offset: int = 0, limit: int = PAGE) -> tuple[ReceivedMessage, ...]:
    """Return a page of the messages in quarantine, newest first, without their bytes."""
    rows = ReceivedMessage.objects.filter(authority=authority, decision=Decision.QUARANTINED)
    return tuple(rows.select_related("partner").defer("raw").order_by("-received_at", "-pk")[offset : offset + limit])


def set_aside_count(*, authority: str) -> int:
    """Return how many are in quarantine, at most one more than `MOST_COUNTED`."""
    rows = ReceivedMessage.objects.filter(authority=authority, decision=Decision.QUARANTINED)
    return rows[: MOST_COUNTED + 1].count()


def set_aside_one(*, authority: str, message_id: int) -> ReceivedMessage:
    """Return one message in quarantine. Raises `EnvelopeNotFound`."""
    rows = ReceivedMessage.objects.filter(authority=authority, decision=Decision.QUARANTINED, pk=message_id)
    found = rows.select_related("partner").first()
    if found is None:
        raise EnvelopeNotFound(str(message_id))
    return found


def _sought(authority: str, sought: Sought) -> QuerySet[IncomingCertificate]:
    rows = IncomingCertificate.objects.filter(authority=authority)
    if sought.numbers is not None:
        rows = rows.filter(number__in=sought.numbers)
    if sought.state == "to_decide":
        rows = rows.filter(TO_DECIDE)
    elif sought.state:
        rows = rows.filter(state=sought.state)
    if sought.partner:
        rows = rows.filter(partner__code=sought.partner)
    if sought.type_code:
        rows = rows.filter(type_code=sought.type_code)
    if sought.issued_from is not None:
        rows = rows.filter(issued_at__date__gte=sought.issued_from)
    if sought.text:
        named = Q(number=sought.text) | Q(goods__icontains=sought.text) | Q(consignee_name__icontains=sought.text)
        rows = rows.filter(named)
    return rows
