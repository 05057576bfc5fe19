"""What an importing authority reports of a certificate at its border, and what in it deserves a second look. Pure.

Source: `lifecycles.md` 5.1 for the words, `exchange.md` 3.4 (SubmitOutcome). A report is recorded as it was made: what
does not fit the certificate, its place or its balance is an alert, never a refusal, for the goods have been dealt with.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from opensps.certificate import Certificate, Measure, TradeLineItem


class Outcome(StrEnum):
    """What became of goods that were presented with a certificate."""

    PRESENTED = "presented"
    HELD = "held"
    ACCEPTED = "accepted"
    ACCEPTED_PARTLY = "accepted_partly"
    REJECTED = "rejected"
    FORWARDED = "forwarded"
    ANNULLED = "annulled"


class BorderMeasure(StrEnum):
    """What was ordered for the goods."""

    RELEASE = "release"
    RELEASE_OTHER_GROUND = "release_other_ground"
    TREATMENT = "treatment"
    RE_EXPORT = "re_export"
    TRANSFORMATION = "transformation"
    OTHER_USE = "other_use"
    QUARANTINE = "quarantine"
    SEIZURE = "seizure"
    DESTRUCTION = "destruction"


ACCEPTING = frozenset({Outcome.ACCEPTED, Outcome.ACCEPTED_PARTLY})


@dataclass(frozen=True, slots=True)
class LineQuantity:
    """How much of a line was accepted."""

    line: int
    """Sequence number of the line in the certificate."""

    value: Decimal
    unit: str
    """UNECE Rec 20."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeReport:
    """One report, as it came."""

    outcome: Outcome
    decided_at: datetime
    location: str = ""
    """UN/LOCODE."""

    office_reference: str = ""
    reason_code: str = ""
    reason_text: str = ""
    reason_language: str = ""
    measure: BorderMeasure | None = None
    quantities: tuple[LineQuantity, ...] = ()
    acknowledgement: bytes | None = None
    """SPSAcknowledgement that came along; kept, not read."""


ALERTS: Mapping[str, str] = MappingProxyType(
    {
        "WITHDRAWN_SINCE": "The certificate was withdrawn; this was not accepted on a certificate in force.",
        "ON_HOLD": "The certificate is on hold.",
        "EXPIRED": "The validity of the certificate is over.",
        "OTHER_PORT": "The certificate names another point of entry.",
        "UNKNOWN_LINE": "The certificate has no such line.",
        "OTHER_UNIT": "The certificate measures the line in another unit; the balance was not drawn.",
        "OVERDRAWN": "More was accepted than the certificate covers.",
        "ACCEPTED_BEFORE": "The whole certificate was accepted before.",
        "DECIDED_BEFORE_ISSUE": "The decision is older than the certificate.",
    }
)
"""Code -> English sentence. The list is open: a new word breaks nothing."""

_STATES = MappingProxyType({"withdrawn": "WITHDRAWN_SINCE", "on_hold": "ON_HOLD", "expired": "EXPIRED"})


def needs_quantity(report: OutcomeReport) -> bool:
    """Whether a report lacks the quantity it must give."""
    return report.outcome is Outcome.ACCEPTED_PARTLY and not report.quantities


def alerts_for(
    report: OutcomeReport,
    *,
    certificate: Certificate,
    state: str,
    issued_at: datetime,
    earlier: Sequence[OutcomeReport],
) -> tuple[str, ...]:
    """Return the codes of `ALERTS` that a report deserves, given what was reported before it."""
    found = [_STATES[state]] if state in _STATES and report.outcome in ACCEPTING else []
    if report.decided_at < issued_at:
        found.append("DECIDED_BEFORE_ISSUE")
    if _is_other_port(report, certificate):
        found.append("OTHER_PORT")
    if report.outcome in ACCEPTING:
        found.extend(_balance(report, certificate, [each for each in earlier if each.outcome in ACCEPTING]))
    return tuple(dict.fromkeys(found))


def _is_other_port(report: OutcomeReport, certificate: Certificate) -> bool:
    entry = certificate.consignment.point_of_entry
    named = entry.id.value if entry is not None and entry.id is not None else ""
    return bool(report.location and named) and named != report.location


def _balance(report: OutcomeReport, certificate: Certificate, accepted: Sequence[OutcomeReport]) -> Iterable[str]:
    if any(not each.quantities for each in accepted):
        yield "ACCEPTED_BEFORE"
    lines = {line.sequence: line for line in certificate.lines}
    for quantity in report.quantities:
        yield from _drawn(quantity, lines.get(quantity.line), accepted)


def _drawn(quantity: LineQuantity, line: TradeLineItem | None, accepted: Sequence[OutcomeReport]) -> Iterable[str]:
    if line is None:
        yield "UNKNOWN_LINE"
        return
    covered = [each.value for each in _measures(line) if each.unit == quantity.unit]
    if not covered:
        yield "OTHER_UNIT"
        return
    before = sum(
        (
            each.value
            for report in accepted
            for each in report.quantities
            if (each.line, each.unit) == (quantity.line, quantity.unit)
        ),
        Decimal(0),
    )
    if before + quantity.value > max(covered):
        yield "OVERDRAWN"


def _measures(line: TradeLineItem) -> Iterable[Measure]:
    """Return what a line measures of itself; of net and gross the larger covers."""
    return (
        each
        for each in (line.net_weight, line.gross_weight, line.net_volume, line.gross_volume, line.count)
        if each is not None
    )
