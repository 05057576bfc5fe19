"""What may be done to an issued certificate: copies, hold, lift, withdrawal by two people (`lifecycles.md` 4).

Signed bytes never change; only state, dates and reasons move.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db import transaction

from opensps.accounts.queries import CLOCK, Actor
from opensps.certification.deadlines import (
    HOLD_WORKING_DAYS,
    PROPOSAL_WORKING_DAYS,
    day_end,
    office_day,
    working_day_after,
)
from opensps.certification.models import Certificate
from opensps.certification.queries.judging import actor_facts
from opensps.certification.reasons import HOLD_REASONS, WITHDRAWAL_REASONS
from opensps.certification.services.office_time import office_offset
from opensps.certification.services.steps import Told, certificate_move, locked_certificate
from opensps.lifecycle import CertificateAct, CertificateState, Facts

PROPOSED = "withdrawal_proposed"
"""Public reason while a withdrawal is being decided."""


def _facts(certificate: Certificate, *, actor: Actor, at: datetime, **given: Any) -> Facts:
    own: dict[str, Any] = {
        "organisation": certificate.organisation,
        "has_proposal": bool(certificate.proposed_by),
        "proposer": certificate.proposed_by,
        "was_extended": certificate.was_hold_extended,
        "valid_until": certificate.valid_until,
    }
    return replace(actor_facts(actor=actor, at=at), **(own | given))


def hold_decide_by(at: datetime, *, offset_minutes: int = 0) -> date:
    """Return the latest day by which a hold that begins now must be decided."""
    return working_day_after(office_day(at, offset_minutes=offset_minutes), HOLD_WORKING_DAYS)


@transaction.atomic
def certificate_hold(
    *, authority: str, number: str, reason_code: str, decide_by: date, text: str = "", actor: Actor, at: datetime
) -> Certificate:
    """Put a certificate on hold: checks answer so at once. `decide_by` lies at most ten working days ahead."""
    certificate = locked_certificate(authority=authority, number=number)
    facts = _facts(
        certificate,
        actor=actor,
        at=at,
        reason_code=reason_code,
        known_reason_codes=frozenset(HOLD_REASONS) - {PROPOSED},
        decide_by=decide_by,
        latest_decide_by=hold_decide_by(at, offset_minutes=office_offset(authority)),
    )
    certificate_move(
        certificate,
        CertificateAct.HOLD,
        actor=actor,
        at=at,
        facts=facts,
        told=Told(reason_code=reason_code, payload={"decide_by": decide_by.isoformat(), "text": text}),
        public_reason=reason_code,
        hold_decide_by=decide_by,
        was_hold_extended=False,
        is_escalated=False,
    )
    return certificate


@transaction.atomic
def certificate_extend_hold(
    *, authority: str, number: str, reason: str, decide_by: date, actor: Actor, at: datetime
) -> Certificate:
    """Publish a later day for the decision, once."""
    certificate = locked_certificate(authority=authority, number=number)
    facts = _facts(
        certificate,
        actor=actor,
        at=at,
        reason=reason,
        decide_by=decide_by,
        latest_decide_by=hold_decide_by(at, offset_minutes=office_offset(authority)),
    )
    certificate_move(
        certificate,
        CertificateAct.EXTEND_HOLD,
        actor=actor,
        at=at,
        facts=facts,
        told=Told(payload={"reason": reason, "decide_by": decide_by.isoformat()}),
        hold_decide_by=decide_by,
        was_hold_extended=True,
        is_escalated=False,
    )
    return certificate


def _is_over(certificate: Certificate, at: datetime) -> bool:
    return certificate.valid_until is not None and at.date() > certificate.valid_until


def _freed(certificate: Certificate, at: datetime) -> CertificateState:
    """Return where a certificate goes that is no longer on hold."""
    return CertificateState.EXPIRED if _is_over(certificate, at) else CertificateState.IN_FORCE


_NO_HOLD: Mapping[str, Any] = {
    "public_reason": "",
    "hold_decide_by": None,
    "was_hold_extended": False,
    "is_escalated": False,
}
_NO_PROPOSAL: Mapping[str, Any] = {
    "proposed_by": "",
    "proposed_at": None,
    "held_before_proposal": False,
    "hold_reason_before_proposal": "",
    "hold_decide_by_before_proposal": None,
}


@transaction.atomic
def certificate_lift(*, authority: str, number: str, reason: str, actor: Actor, at: datetime) -> Certificate:
    """End a hold; a senior officer says why."""
    certificate = locked_certificate(authority=authority, number=number)
    certificate_move(
        certificate,
        CertificateAct.LIFT,
        actor=actor,
        at=at,
        facts=_facts(certificate, actor=actor, at=at, reason=reason),
        towards=_freed(certificate, at),
        told=Told(payload={"reason": reason}),
        **_NO_HOLD,
    )
    return certificate


@transaction.atomic
def certificate_propose_withdrawal(
    *, authority: str, number: str, reason_code: str, text: str = "", actor: Actor, at: datetime
) -> Certificate:
    """Propose a withdrawal: on hold at once; another person decides within one working day."""
    certificate = locked_certificate(authority=authority, number=number)
    decide_by = working_day_after(office_day(at, offset_minutes=office_offset(authority)), PROPOSAL_WORKING_DAYS)
    facts = _facts(
        certificate,
        actor=actor,
        at=at,
        reason_code=reason_code,
        known_reason_codes=frozenset(WITHDRAWAL_REASONS),
        decide_by=decide_by,
        latest_decide_by=decide_by,
    )
    was_held = certificate.state == CertificateState.ON_HOLD
    certificate_move(
        certificate,
        CertificateAct.PROPOSE_WITHDRAWAL,
        actor=actor,
        at=at,
        facts=facts,
        told=Told(reason_code=reason_code, payload={"text": text}),
        held_before_proposal=was_held,
        hold_reason_before_proposal=certificate.public_reason if was_held else "",
        hold_decide_by_before_proposal=certificate.hold_decide_by if was_held else None,
        proposed_by=actor.id,
        proposed_at=at,
        proposed_reason_code=reason_code,
        public_reason=PROPOSED,
        hold_decide_by=decide_by,
        is_escalated=False,
    )
    return certificate


@transaction.atomic
def certificate_confirm_withdrawal(*, authority: str, number: str, actor: Actor, at: datetime) -> Certificate:
    """Withdraw for good what somebody else proposed (I23)."""
    certificate = locked_certificate(authority=authority, number=number)
    reason_code = certificate.proposed_reason_code
    certificate_move(
        certificate,
        CertificateAct.CONFIRM_WITHDRAWAL,
        actor=actor,
        at=at,
        facts=_facts(certificate, actor=actor, at=at),
        told=Told(reason_code=reason_code, on_behalf_of=certificate.proposed_by),
        confirmed_by=actor.id,
        withdrawn_at=at,
        public_reason=reason_code,
        hold_decide_by=None,
        is_escalated=False,
    )
    return certificate


@transaction.atomic
def certificate_decline_withdrawal(
    *, authority: str, number: str, text: str = "", actor: Actor, at: datetime
) -> Certificate:
    """Turn a proposal down: back to where the certificate stood before it."""
    certificate = locked_certificate(authority=authority, number=number)
    held: dict[str, Any] = dict(_NO_HOLD)
    towards = _freed(certificate, at)
    if certificate.held_before_proposal:
        towards = CertificateState.ON_HOLD
        held = {
            "public_reason": certificate.hold_reason_before_proposal,
            "hold_decide_by": certificate.hold_decide_by_before_proposal,
        }
    certificate_move(
        certificate,
        CertificateAct.DECLINE_WITHDRAWAL,
        actor=actor,
        at=at,
        facts=_facts(certificate, actor=actor, at=at),
        towards=towards,
        told=Told(payload={"text": text}),
        **{**_NO_PROPOSAL, "proposed_reason_code": "", **held},
    )
    return certificate


@transaction.atomic
def certificate_print_copy(*, authority: str, number: str, actor: Actor, at: datetime) -> int:
    """Count a printed copy; return its number, 1 for the first."""
    certificate = locked_certificate(authority=authority, number=number)
    copy = certificate.copy_count + 1
    certificate_move(
        certificate,
        CertificateAct.PRINT_COPY,
        actor=actor,
        at=at,
        facts=_facts(certificate, actor=actor, at=at),
        told=Told(payload={"copy": copy}),
        copy_count=copy,
    )
    return copy


@transaction.atomic
def certificate_report_copy_lost(
    *, authority: str, number: str, copy: int, reason: str = "", actor: Actor, at: datetime
) -> Certificate:
    """Mark a printed copy as lost, 0 the original paper: whoever presents it is asked for another one.

    Raises `ActNotAllowed` for a copy that was never printed, or was reported before.
    """
    certificate = locked_certificate(authority=authority, number=number)
    lost: dict[str, str] = dict(certificate.lost_copies)
    certificate_move(
        certificate,
        CertificateAct.REPORT_COPY_LOST,
        actor=actor,
        at=at,
        facts=_facts(
            certificate,
            actor=actor,
            at=at,
            copy=copy,
            copies=certificate.copy_count,
            lost_copies=frozenset(map(int, lost)),
        ),
        told=Told(payload={"copy": copy, "reason": reason}),
        lost_copies={**lost, str(copy): at.isoformat()},
    )
    return certificate


@transaction.atomic
def certificate_expire(*, authority: str, number: str, at: datetime) -> Certificate:
    """Note that the validity of a certificate is over."""
    certificate = locked_certificate(authority=authority, number=number)
    facts = _facts(certificate, actor=CLOCK, at=at)
    certificate_move(certificate, CertificateAct.VALIDITY_ENDS, actor=CLOCK, at=at, facts=facts)
    return certificate


@transaction.atomic
def certificate_escalate_hold(*, authority: str, number: str, at: datetime) -> Certificate:
    """Note that a hold was not decided in time; it stays until somebody decides."""
    certificate = locked_certificate(authority=authority, number=number)
    due_at = None
    if certificate.hold_decide_by is not None:
        due_at = day_end(certificate.hold_decide_by, offset_minutes=office_offset(authority))
    certificate_move(
        certificate,
        CertificateAct.HOLD_CLOCK_ENDS,
        actor=CLOCK,
        at=at,
        facts=_facts(certificate, actor=CLOCK, at=at, due_at=due_at),
        is_escalated=True,
    )
    return certificate
