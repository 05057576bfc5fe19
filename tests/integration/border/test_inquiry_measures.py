"""What follows from an answer: a withdrawal is proposed for a second person, tasks wait, a forgery opens a case."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from opensps.accounts.queries import Actor
from opensps.border.case_terms import NewPaper
from opensps.border.inquiry_values import Decision
from opensps.border.models import Case, CasePaper, Inquiry
from opensps.border.queries import inquiries_waiting_for, messages_of
from opensps.border.services.case_parts import case_conclude
from opensps.border.services.cases import case_act, case_open
from opensps.certification.models import Certificate
from opensps.certification.services import certificate_confirm_withdrawal
from opensps.lifecycle import ActNotAllowed, Role
from opensps.lifecycle.case import CaseAct, CaseFinding
from opensps.lifecycle.inquiry import InquiryAct, InquiryFinding, InquiryMeasure
from tests.factories import certification
from tests.factories.certification import Cast, certificate_in
from tests.factories.desk import border_officer
from tests.integration.border.test_inquiries import (
    BORDER,
    BOTH,
    DESK,
    EXAMINER,
    NORTHLAND,
    NOW,
    SENIOR,
    asked,
    done,
    said,
    why,
    with_office,
)

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def people(db: None) -> Cast:
    return certification.cast()


@pytest.fixture
def certificate(people: Cast) -> Certificate:
    return certificate_in(people)


def answered(
    number: str, finding: InquiryFinding, measure: InquiryMeasure, *, by: Actor = EXAMINER, sender: Actor = DESK,
    **asking: Any,
) -> Inquiry:  # fmt: skip
    inquiry = with_office(number, **asking)
    done(inquiry, by, InquiryAct.DRAFT_REPLY, BOTH, decision=Decision(finding=finding, measures=(measure,)))
    return done(inquiry, sender, InquiryAct.SEND, at=LATER)


def test_a_reply_that_withdraws_proposes_it_and_whoever_sent_it_confirms_as_the_second_person(
    people: Cast, certificate: Certificate
) -> None:
    answered(
        certificate.number, InquiryFinding.ISSUED_IN_ERROR, InquiryMeasure.WITHDRAW, by=people.officer,
        sender=people.senior,
    )  # fmt: skip
    certificate.refresh_from_db()
    assert (certificate.state, certificate.proposed_by) == ("on_hold", people.officer.id)
    assert certificate.proposed_reason_code == "issued_in_error"
    alone = replace(people.officer, roles=frozenset({Role.SENIOR_OFFICER}))
    which: dict[str, Any] = {"authority": "XA", "number": certificate.number, "at": LATER}
    with pytest.raises(ActNotAllowed):
        certificate_confirm_withdrawal(actor=alone, **which)
    certificate_confirm_withdrawal(actor=people.senior, **which)
    certificate.refresh_from_db()
    assert certificate.state == "withdrawn"


def test_where_nothing_can_be_withdrawn_the_reply_goes_out_all_the_same(people: Cast) -> None:
    sent = answered("XA-2026-014-7654321-3", InquiryFinding.UNRESOLVED, InquiryMeasure.WITHDRAW, sender=SENIOR)
    assert sent.state == "answered"
    assert inquiries_waiting_for(actor=EXAMINER, limit=5) == (sent,), "the promise waits for a person"
    assert "withdrawal_not_proposed" not in {each.act for each in messages_of(sent)}, "the asker reads nothing of it"
    done(sent, EXAMINER, InquiryAct.MEASURE_DONE, said("There is no such certificate; we wrote to them."), at=LATER)
    assert inquiries_waiting_for(actor=EXAMINER, limit=5) == ()


def test_a_promise_waits_for_a_person_where_the_author_is_no_officer_any_more(
    people: Cast, certificate: Certificate
) -> None:
    which: dict[str, Any] = {"finding": InquiryFinding.ISSUED_IN_ERROR, "measure": InquiryMeasure.WITHDRAW}
    sent = answered(certificate.number, by=EXAMINER, sender=DESK, **which)
    certificate.refresh_from_db()
    assert certificate.state == "in_force", "neither who wrote it nor who sent it is an officer"
    assert inquiries_waiting_for(actor=EXAMINER, limit=5) == (sent,)


def test_a_number_typed_with_blanks_and_small_letters_is_withdrawn_all_the_same(
    people: Cast, certificate: Certificate
) -> None:
    which: dict[str, Any] = {"finding": InquiryFinding.ISSUED_IN_ERROR, "measure": InquiryMeasure.WITHDRAW}
    typed = f" {certificate.number.lower().replace('-', ' ')} "
    answered(typed, by=people.officer, sender=people.senior, **which)
    certificate.refresh_from_db()
    assert (certificate.state, certificate.proposed_by) == ("on_hold", people.officer.id)
    answered(certificate.number, by=people.officer, sender=people.senior, **which)
    assert inquiries_waiting_for(actor=EXAMINER, limit=5) == (), "it was proposed before"


def test_a_measure_of_ours_waits_for_the_office_until_somebody_says_it_was_done(certificate: Certificate) -> None:
    sent = answered(certificate.number, InquiryFinding.GENUINE_WITH_CORRECTION, InquiryMeasure.REPLACE)
    assert inquiries_waiting_for(actor=EXAMINER, limit=5) == (sent,)
    elsewhere = replace(EXAMINER, id="9" * 32, office="021")
    assert inquiries_waiting_for(actor=elsewhere, limit=5) == ()
    assert why(lambda: done(sent, EXAMINER, InquiryAct.MEASURE_DONE, said(""))) == "text_missing"
    done(sent, NORTHLAND, InquiryAct.REPORT_ACTION, said("We wait."), decision=Decision(action="held"), at=LATER)
    assert inquiries_waiting_for(actor=EXAMINER, limit=5) == (sent,), "closing it does not carry it out"
    closed_at = Inquiry.objects.get().closed_at
    done(sent, EXAMINER, InquiryAct.MEASURE_DONE, said("Replaced by XA-2026-014-1."), at=LATER + timedelta(days=1))
    assert inquiries_waiting_for(actor=EXAMINER, limit=5) == ()
    assert Inquiry.objects.get().closed_at == closed_at
    assert "measure_done" not in {each.act for each in messages_of(sent)}


def test_where_nothing_is_to_be_done_nobody_can_say_it_was(certificate: Certificate) -> None:
    sent = answered(certificate.number, InquiryFinding.GENUINE, InquiryMeasure.RELEASE_ADVISED)
    assert inquiries_waiting_for(actor=EXAMINER, limit=5) == ()
    assert why(lambda: done(sent, EXAMINER, InquiryAct.MEASURE_DONE)) == "state"


@pytest.mark.parametrize("finding", [InquiryFinding.ALTERED, InquiryFinding.COUNTERFEIT])
def test_a_forgery_opens_a_case_with_the_paper_by_itself(certificate: Certificate, finding: InquiryFinding) -> None:
    answered(
        certificate.number, finding, InquiryMeasure.SEIZE_ADVISED, sender=SENIOR,
        presented={"net_weight.1": "999 KGM"}, location="XBPNO",
    )  # fmt: skip
    case, paper = Case.objects.get(), CasePaper.objects.get()
    assert (case.opened_from, case.opened_by, case.state) == ("inquiry", "system", "open")
    assert (paper.number, paper.issuer, paper.presented_where) == (certificate.number, "XA", "XBPNO")
    assert [each[0] for each in paper.differences] == ["net_weight.1"]
    assert paper.result == "fields_differ"


def test_what_a_partner_finds_forged_opens_a_case_here(db: None) -> None:
    certification.cast()
    inquiry = asked("XB/PC/2026/1", actor=BORDER, answerer="XB")
    grave = Decision(finding=InquiryFinding.COUNTERFEIT, measures=(InquiryMeasure.SEIZE_ADVISED,))
    done(inquiry, BORDER, InquiryAct.RECORD_ANSWER, decision=grave)
    assert CasePaper.objects.get().issuer == "XB"
    assert Case.objects.get().origin == inquiry.inquiry_number


def test_taking_a_case_asks_the_issuer_once_and_its_answer_stands_in_the_case(db: None) -> None:
    certification.cast()
    officer, second = border_officer(Role.CASE_OFFICER, mark="c"), border_officer(Role.CASE_OFFICER, mark="d")
    paper = NewPaper(number="XB/PC/2026/9", issuer="XB", differences=(("net_weight", "9 t", "2 t"),))
    ours = NewPaper(number="XA-2026-014-7654321-3", issuer="XA")
    case = case_open(authority="XA", actor=BORDER, papers=(paper, ours), opened_from="desk", at=NOW)
    which: dict[str, Any] = {"authority": "XA", "case_number": case.case_number, "at": LATER}
    case_act(actor=officer, act=CaseAct.TAKE, **which)
    inquiry = Inquiry.objects.get()
    assert (inquiry.direction, inquiry.answerer, inquiry.number) == ("outbound", "XB", paper.number)
    assert inquiry.evidence["presented"] == {"net_weight": "9 t"}

    grave = Decision(finding=InquiryFinding.ALTERED, measures=(InquiryMeasure.NONE,))
    done(inquiry, BORDER, InquiryAct.RECORD_ANSWER, decision=grave, at=LATER)
    assert Case.objects.count() == 1, "the paper lies in a case already"
    case_conclude(actor=officer, finding=CaseFinding.ALTERED, grounds="They say so.", **which)
    assert case_act(actor=second, act=CaseAct.CONFIRM, **which).state == "confirmed", "the issuer answered"
    again = case_open(authority="XA", actor=BORDER, papers=(paper,), opened_from="desk", at=LATER)
    case_act(authority="XA", actor=officer, case_number=again.case_number, act=CaseAct.TAKE, at=LATER)
    assert Inquiry.objects.count() == 1, "who answered once is not asked again by itself"


def test_the_whole_code_of_a_partner_counts_and_its_newest_answer_stands(db: None) -> None:
    certification.cast()
    paper = NewPaper(number="XBGACC/PC/1", issuer="XB-GACC-NORTH-01")
    other = NewPaper(number="XBGACC/PC/1", issuer="XB-OTHER")
    case = case_open(authority="XA", actor=BORDER, papers=(paper,), opened_from="desk", at=NOW)
    apart = case_open(authority="XA", actor=BORDER, papers=(other,), opened_from="desk", at=NOW)
    officer = border_officer(Role.CASE_OFFICER, mark="c")
    case_act(authority="XA", actor=officer, case_number=case.case_number, act=CaseAct.TAKE, at=LATER)
    inquiry = Inquiry.objects.get()
    assert inquiry.answerer == "XB-GACC-NORTH-01"
    fine = Decision(finding=InquiryFinding.GENUINE, measures=(InquiryMeasure.NONE,))
    grave = Decision(finding=InquiryFinding.COUNTERFEIT, measures=(InquiryMeasure.NONE,))
    done(inquiry, BORDER, InquiryAct.RECORD_ANSWER, decision=fine, at=LATER)
    done(inquiry, BORDER, InquiryAct.CONTEST, said("The seal is another."), at=LATER)
    done(inquiry, BORDER, InquiryAct.RECORD_ANSWER, decision=grave, at=LATER)
    assert Case.objects.count() == 2, "the paper lies in a case already"
    case.refresh_from_db()
    apart.refresh_from_db()
    assert case.issuer_answer.startswith("counterfeit"), "what the contest ended with"
    assert apart.issuer_answer == ""
