"""Recording what an importing authority reports of a certificate: once, with an event that its exporter can see.

Source: `exchange.md` 3.4 (SubmitOutcome), `lifecycles.md` 5.1 and I34. The certificate itself does not move.
"""

import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from django.db import transaction

from opensps.certification.errors import OutcomeRefused
from opensps.certification.models import Certificate, ReportedOutcome
from opensps.certification.names import CERTIFICATE, OUTCOME_CORRECTED, OUTCOME_REPORTED
from opensps.certification.outcomes import ACCEPTING, LineQuantity, Outcome, OutcomeReport, alerts_for, needs_quantity
from opensps.certification.queries.certificates import certificate_value
from opensps.certification.services.steps import locked_certificate
from opensps.events.services import event_write, lock

PARTNER_ROLE = "partner"


@dataclass(frozen=True, slots=True)
class RecordedOutcome:
    """What the reporter is told, the same on every repeat."""

    outcome_number: str
    recorded_at: datetime
    alerts: tuple[str, ...]
    """Codes of `outcomes.ALERTS`."""

    is_repeat: bool


@transaction.atomic
def outcome_record(
    *, authority: str, reporter: str, request_id: str, number: str, report: OutcomeReport, at: datetime
) -> RecordedOutcome:
    """Keep a report and write its event. ``reporter`` is the code of a partner that may see the certificate.

    Raises `NotFound`; `OutcomeRefused` quantity_missing, request_reused. Two reports at once are recorded one after the
    other, so that the second sees the first in its balance.
    """
    lock("outcome", authority, reporter, request_id)
    digest = _digest(number, report)
    kept = ReportedOutcome.objects.filter(authority=authority, reporter=reporter, request_id=request_id).first()
    if kept is not None:
        return _repeated(kept, digest)
    if needs_quantity(report):
        raise OutcomeRefused("quantity_missing")
    certificate = locked_certificate(authority=authority, number=number)
    alerts = alerts_for(
        report,
        certificate=certificate_value(certificate),
        state=certificate.state,
        issued_at=certificate.issued_at,
        earlier=reports_of(certificate),
    )
    row = _kept(certificate, report, reporter=reporter, request_id=request_id, digest=digest, alerts=alerts, at=at)
    _tell(certificate, row, at=at)
    return RecordedOutcome(row.outcome_number, at, alerts, is_repeat=False)


def _repeated(kept: ReportedOutcome, digest: bytes) -> RecordedOutcome:
    if bytes(kept.digest) != digest:
        raise OutcomeRefused("request_reused")
    return RecordedOutcome(kept.outcome_number, kept.recorded_at, tuple(kept.alerts), is_repeat=True)


def _kept(
    certificate: Certificate,
    report: OutcomeReport,
    *,
    reporter: str,
    request_id: str,
    digest: bytes,
    alerts: Sequence[str],
    at: datetime,
) -> ReportedOutcome:
    return ReportedOutcome.objects.create(
        authority=certificate.authority,
        outcome_number=f"{reporter}-{at:%Y}-{secrets.token_hex(6).upper()}",
        reporter=reporter,
        request_id=request_id,
        digest=digest,
        certificate=certificate,
        outcome=report.outcome.value,
        decided_at=report.decided_at,
        recorded_at=at,
        location=report.location,
        office_reference=report.office_reference,
        reason_code=report.reason_code,
        reason_text=report.reason_text,
        reason_language=report.reason_language,
        measure=report.measure.value if report.measure else "",
        quantities=_plain(report.quantities),
        acknowledgement=report.acknowledgement,
        alerts=list(alerts),
    )


def _tell(certificate: Certificate, row: ReportedOutcome, *, at: datetime) -> None:
    told = {
        "outcome": row.outcome,
        "outcome_number": row.outcome_number,
        "reporter": row.reporter,
        "place": row.location,
        "measure": row.measure,
        "quantities": row.quantities,
        "alerts": row.alerts,
    }
    event_write(
        authority=certificate.authority,
        object_kind=CERTIFICATE,
        object_id=certificate.number,
        act=OUTCOME_REPORTED,
        from_state=certificate.state,
        to_state=certificate.state,
        actor=f"partner:{row.reporter}",
        role=PARTNER_ROLE,
        at=at,
        reason_code=row.reason_code,
        payload=told,
    )


@transaction.atomic
def outcome_correct(
    *,
    authority: str,
    reporter: str,
    number: str,
    office_reference: str,
    changes: Sequence[LineQuantity],
    at: datetime,
) -> None:
    """Write that an importing authority corrected how much it accepted; what it reported first stays.

    ``changes`` may be less than nothing. Raises `NotFound`.
    """
    certificate = locked_certificate(authority=authority, number=number)
    event_write(
        authority=authority,
        object_kind=CERTIFICATE,
        object_id=certificate.number,
        act=OUTCOME_CORRECTED,
        from_state=certificate.state,
        to_state=certificate.state,
        actor=f"partner:{reporter}",
        role=PARTNER_ROLE,
        at=at,
        payload={"reporter": reporter, "office_reference": office_reference, "quantities": _plain(changes)},
    )


def reports_of(certificate: Certificate) -> tuple[OutcomeReport, ...]:
    """Return what was reported of a certificate, oldest first; without texts."""
    rows = ReportedOutcome.objects.filter(certificate=certificate).order_by("id")
    return tuple(
        OutcomeReport(
            outcome=Outcome(row.outcome),
            decided_at=row.decided_at,
            quantities=tuple(LineQuantity(line, Decimal(value), unit) for line, value, unit in row.quantities),
        )
        for row in rows.only("outcome", "decided_at", "quantities")
    )


def is_accepted(*, authority: str, number: str) -> bool:
    """Whether some authority reported that it accepted goods under a certificate."""
    rows = ReportedOutcome.objects.filter(authority=authority, certificate__number=number)
    return rows.filter(outcome__in=[each.value for each in ACCEPTING]).exists()


def _plain(quantities: Sequence[LineQuantity]) -> list[list[int | str]]:
    return [[each.line, format(each.value, "f"), each.unit] for each in quantities]


def _digest(number: str, report: OutcomeReport) -> bytes:
    """Return the SHA-256 over everything a report says."""
    said = [
        *(number, report.outcome.value, report.decided_at.astimezone(UTC).isoformat(), report.location),
        *(report.office_reference, report.reason_code, report.reason_text, report.reason_language),
        *(report.measure.value if report.measure else "", _plain(report.quantities)),
        hashlib.sha256(report.acknowledgement or b"").hexdigest(),
    ]
    return hashlib.sha256(json.dumps(said).encode()).digest()
