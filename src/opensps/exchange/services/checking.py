"""Before an envelope leaves: our own validator with the receiver's profile; a SEVERE finding blocks it.

The rules run outside any transaction; only their answer is written, and only where nobody wrote one meanwhile.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from opensps.certification.queries import extra_countries
from opensps.exchange.findings import to_plain
from opensps.exchange.judging import MOST_KEPT, findings_of, is_severe
from opensps.exchange.models import Envelope, Way
from opensps.exchange.services.moving import moved
from opensps.exchange.transports.transport import Kind
from opensps.lifecycle import DeliveryEvent, DeliveryState
from opensps.rules import Envelope as JudgedEnvelope
from opensps.rules import Finding

BATCH = 50


def envelopes_check(*, authority: str, at: datetime, limit: int = BATCH) -> int:
    """Judge queued envelopes nobody has judged yet, oldest first; return how many."""
    rows = _unchecked(authority).filter(due_at__lte=at).select_related("content", "partner")
    found = list(rows.order_by("-urgent", "due_at", "pk")[:limit])
    if found:
        _write(authority, {row.pk: _judged(row, at) for row in found}, at)
    return len(found)


def _unchecked(authority: str) -> QuerySet[Envelope]:
    return Envelope.objects.filter(
        authority=authority,
        direction=Way.OUT,
        kind=Kind.CERTIFICATE,
        state=DeliveryState.QUEUED,
        checked_at__isnull=True,
        golden_run="",
    )


def _judged(row: Envelope, at: datetime) -> tuple[Finding, ...] | None:
    data = row.content.data if row.content is not None else None
    envelope = JudgedEnvelope(
        number=row.number,
        type_code=row.type_code,
        status_code=row.status_code,
        sender=row.from_code,
        receiver=row.to_code,
        forwardings=frozenset(each["code"] for each in row.forwardings),
    )
    return findings_of(
        bytes(data or b""),
        profile=row.partner.rules_profile,
        envelope=envelope,
        extra_countries=extra_countries(row.authority[:2]),
        at=at,
    )


@transaction.atomic
def _write(authority: str, answers: dict[int, tuple[Finding, ...] | None], at: datetime) -> None:
    rows = _unchecked(authority).filter(pk__in=answers).select_related("partner")
    locked: Sequence[Envelope] = list(rows.select_for_update(of=("self",), no_key=True).order_by("pk"))
    for row in locked:
        row.checked_at = at
        row.findings = to_plain((answers[row.pk] or ())[:MOST_KEPT])
    said = [row for row in locked if row.findings]
    Envelope.objects.bulk_update(said, ["findings"])
    Envelope.objects.filter(pk__in=[row.pk for row in locked]).update(checked_at=at)
    for row in locked:
        found = answers[row.pk]
        if found is None or is_severe(found):
            text = "the stored bytes are no certificate" if found is None else found[0].message
            reason = "not_a_certificate" if found is None else "findings"
            moved(row, DeliveryEvent.BLOCK, at=at, text=text, blocked_reason=reason, blocked_text=text, due_at=None)
