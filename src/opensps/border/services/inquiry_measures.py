"""What follows from an answer by itself: a withdrawal is proposed, a forgery opens a case; the rest waits for people.

Source: `lifecycles.md` 5.2 (certificate event if the measure asks for one; altered or counterfeit opens a case), 4 (two
people withdraw). It runs in the transaction of the answer. The proposal is that of whoever wrote the reply, so that who
sent it may confirm it as the second person.
"""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

import structlog
from django.db import transaction

from opensps.accounts.queries import SYSTEM, Actor, actor_for, person_by_id
from opensps.border.case_terms import NewPaper
from opensps.border.errors import CaseRefused
from opensps.border.inquiry_sentences import NOT_PROPOSED
from opensps.border.models import CasePaper, Inquiry, InquiryMessage
from opensps.border.services.case_asking import issuer_answered
from opensps.border.services.cases import case_open
from opensps.border.services.inquiring import inquiry_note
from opensps.certification.errors import NotFound
from opensps.certification.queries import certificate_by_number
from opensps.certification.queries.certificates import exact_number
from opensps.certification.services import certificate_propose_withdrawal
from opensps.lifecycle import OFFICERS, ActNotAllowed, CertificateState
from opensps.lifecycle.case import CaseState
from opensps.lifecycle.inquiry import GRAVE_FINDINGS, InquiryFinding, InquiryMeasure

log = structlog.get_logger("opensps.border")

_REASONS: Mapping[str, str] = MappingProxyType(
    {
        InquiryFinding.ISSUED_IN_ERROR: "issued_in_error",
        InquiryFinding.ALTERED: "misuse",
        InquiryFinding.COUNTERFEIT: "misuse",
        InquiryFinding.DUPLICATE_USE: "misuse",
    }
)
"""Finding -> why a withdrawal is proposed."""

_ELSE = "information_wrong"


def answer_follow(inquiry: Inquiry, *, sender: Actor, at: datetime) -> None:
    """Do what follows from an answer that was sent, or that a partner gave, under the caller's lock of the inquiry."""
    is_ours = inquiry.direction == Inquiry.INBOUND and inquiry.kind == Inquiry.CERTIFICATE
    if is_ours and InquiryMeasure.WITHDRAW in inquiry.measures:
        _propose(inquiry, sender=sender, at=at)
    if inquiry.direction == Inquiry.OUTBOUND:
        issuer_answered(inquiry, at=at)
    if inquiry.finding in GRAVE_FINDINGS and not _lies_in_a_case(inquiry):
        _case(inquiry, at=at)


def _lies_in_a_case(inquiry: Inquiry) -> bool:
    """Tell whether the paper we asked a partner about is in an open case already."""
    papers = CasePaper.objects.filter(authority=inquiry.authority, number=inquiry.number, issuer=inquiry.answerer)
    open_cases = papers.filter(case__state__in=(CaseState.OPEN, CaseState.ASSESSING))
    return inquiry.direction == Inquiry.OUTBOUND and open_cases.exists()


def _propose(inquiry: Inquiry, *, sender: Actor, at: datetime) -> None:
    """Propose the withdrawal; where it cannot be proposed by itself the office has it as a task."""
    number = exact_number(inquiry.number) or inquiry.number
    try:
        with transaction.atomic():
            certificate_propose_withdrawal(
                authority=inquiry.authority,
                number=number,
                reason_code=_REASONS.get(inquiry.finding, _ELSE),
                text=inquiry.inquiry_number,
                actor=_proposer(inquiry, sender=sender, at=at),
                at=at,
            )
    except (ActNotAllowed, NotFound) as exc:
        log.info("withdrawal_not_proposed", inquiry=inquiry.inquiry_number, kind=type(exc).__name__)
        if not _is_on_its_way(inquiry.authority, number):
            inquiry_note(inquiry, InquiryMessage.NOT_PROPOSED, texts=NOT_PROPOSED, at=at)


def _is_on_its_way(authority: str, number: str) -> bool:
    """Tell whether a certificate is withdrawn, or somebody proposed that before."""
    try:
        found = certificate_by_number(authority=authority, number=number)
    except NotFound:
        return False
    return found.state == CertificateState.WITHDRAWN or (
        found.state == CertificateState.ON_HOLD and bool(found.proposed_by)
    )


def _proposer(inquiry: Inquiry, *, sender: Actor, at: datetime) -> Actor:
    """Return who wrote the reply, where that is an officer; else who sent it."""
    person = person_by_id(authority=inquiry.authority, person_id=inquiry.drafted_by)
    author = actor_for(person, at) if person is not None else None
    return author if author is not None and author.roles & OFFICERS else sender


def _case(inquiry: Inquiry, *, at: datetime) -> None:
    """Open a case with the paper as the asker presented it; none where that paper lies in a case already."""
    seen = inquiry.evidence.get("seen") or inquiry.evidence.get("check") or {}
    issuer = inquiry.authority if inquiry.direction == Inquiry.INBOUND else inquiry.answerer
    paper = NewPaper(
        number=inquiry.number,
        issuer=issuer,
        presented_where=inquiry.location,
        paper_key=f"inquiry:{inquiry.inquiry_number}",
        result=str(_in_english(seen).get("result", ""))[:30],
        verdict=seen,
        differences=_differences(inquiry, seen),
        features={},
    )
    try:
        with transaction.atomic():
            case = case_open(
                authority=inquiry.authority,
                actor=SYSTEM,
                papers=(paper,),
                opened_from="inquiry",
                origin=inquiry.inquiry_number,
                priority=inquiry.priority,
                at=at,
            )
        log.info("case_opened", inquiry=inquiry.inquiry_number, case=case.case_number)
    except CaseRefused as exc:
        log.info("case_not_opened", inquiry=inquiry.inquiry_number, reason=exc.reason)


def _in_english(seen: Mapping[str, Any]) -> Mapping[str, Any]:
    told = seen.get("en", {})
    return told if isinstance(told, Mapping) else {}


def _differences(inquiry: Inquiry, seen: Mapping[str, Any]) -> tuple[tuple[str, str, str], ...]:
    """Return field, as presented, as signed: what the check named, else what the asker presented."""
    named = _in_english(seen).get("differences") or ()
    found = tuple(
        (str(each.get("field", "")), str(each.get("presented", "")), str(each.get("recorded", "")))
        for each in named
        if isinstance(each, Mapping)
    )
    presented: Mapping[str, Any] = inquiry.evidence.get("presented") or {}
    return found or tuple((name, str(text), "") for name, text in presented.items())
