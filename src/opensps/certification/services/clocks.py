"""Deadlines that ended: what the clock may do by itself (`lifecycles.md` 1). The worker calls it now and then."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from opensps.certification.models import Application, Certificate
from opensps.certification.services.certificates import certificate_escalate_hold, certificate_expire
from opensps.certification.services.examination import application_lapse
from opensps.lifecycle import ActNotAllowed, ApplicationState, CertificateState


@dataclass(frozen=True, slots=True)
class ClockReport:
    """How many things the clock moved."""

    lapsed: int = 0
    escalated: int = 0
    expired: int = 0


def clocks_run(*, authority: str, at: datetime) -> ClockReport:
    """Close unanswered returns, escalate overdue holds, expire what is out of date; each in its own transaction."""
    returned = Application.objects.filter(authority=authority, state=ApplicationState.RETURNED, due_at__lt=at)
    yesterday = (at - timedelta(days=1)).date()
    held = Certificate.objects.filter(
        authority=authority, state=CertificateState.ON_HOLD, is_escalated=False, hold_decide_by__lte=yesterday
    )
    over = Certificate.objects.filter(authority=authority, state=CertificateState.IN_FORCE, valid_until__lt=at.date())
    return ClockReport(
        lapsed=sum(_lapsed(authority, row, at) for row in list(returned.values_list("reference", flat=True))),
        escalated=sum(_escalated(authority, row, at) for row in list(held.values_list("number", flat=True))),
        expired=sum(_expired(authority, row, at) for row in list(over.values_list("number", flat=True))),
    )


def _lapsed(authority: str, reference: str, at: datetime) -> bool:
    try:
        application_lapse(authority=authority, reference=reference, at=at)
    except ActNotAllowed:  # somebody acted first
        return False
    return True


def _escalated(authority: str, number: str, at: datetime) -> bool:
    try:
        certificate_escalate_hold(authority=authority, number=number, at=at)
    except ActNotAllowed:  # somebody acted first, or the office day is not over
        return False
    return True


def _expired(authority: str, number: str, at: datetime) -> bool:
    try:
        certificate_expire(authority=authority, number=number, at=at)
    except ActNotAllowed:  # somebody acted first
        return False
    return True
