"""The ledger of use: what was presented where, how much is left, who is told (`lifecycles.md` 5.1, `fraud.md` 3)."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from opensps.border.errors import PresentationNotFound, PresentationRefused
from opensps.border.ledger import LineBalance, Presentation, PresentationEntry
from opensps.border.ledger_consumer import LEDGER_CONSUMER
from opensps.border.queries.presentations import (
    acts_offered,
    balance_of,
    presentation_for,
    presentations,
    presentations_of,
    use_state,
)
from opensps.border.records import CertificateRecord
from opensps.border.services.presentation_clocks import presentation_clocks_run
from opensps.certification.models import Certificate, ReportedOutcome
from opensps.certification.names import OUTCOME_CORRECTED, OUTCOME_REPORTED
from opensps.certification.outcomes import LineQuantity, Outcome, OutcomeReport
from opensps.certification.services.outcomes import outcome_record
from opensps.events.queries import events_for
from opensps.lifecycle import ActNotAllowed, CertificateState, Role
from opensps.lifecycle.balance import Use
from opensps.lifecycle.presentation import PresentationAct as Act
from tests.databases import Blocker
from tests.factories.certification import cast, certificate_in
from tests.factories.presenting import (
    AT,
    ELSEWHERE,
    OURS,
    SECOND,
    SENIOR,
    SUPERVISOR,
    act_on,
    actor,
    kilograms,
    paper_of,
    presented,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def issued(django_db_setup: None, django_db_blocker: Blocker) -> Iterator[Certificate]:
    """A certificate for XB, made once; rolled back with the module."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield certificate_in(cast())
        transaction.set_rollback(True)


@pytest.fixture
def paper(issued: Certificate, db: None) -> CertificateRecord:
    return paper_of(issued)


@pytest.fixture
def whole(paper: CertificateRecord) -> Decimal:
    """What line 1 was issued for."""
    return balance_of(authority="XA", issuer="XA", number=paper.number, certificate=paper.value)[0].issued


def left(paper: CertificateRecord) -> Decimal:
    return balance_of(authority="XA", issuer="XA", number=paper.number)[0].left


def use(paper: CertificateRecord) -> Use:
    return use_state(authority="XA", issuer="XA", number=paper.number)


def refusal(row: Presentation, act: Act, **said: object) -> str:
    with pytest.raises(ActNotAllowed) as refused:
        act_on(row, act, **said)  # type: ignore[arg-type]  # as the tests name them
    return refused.value.guard or refused.value.reason


def reported(paper: CertificateRecord, request: str, outcome: Outcome, value: str = "", at: object = AT) -> None:
    """Let the partner report, and the worker hand its event to the ledger."""
    quantities = (LineQuantity(1, Decimal(value), "KGM"),) if value else ()
    report = OutcomeReport(outcome=outcome, decided_at=AT, location="XBAAA", quantities=quantities)
    outcome_record(authority="XA", reporter="XB", request_id=request, number=paper.number, report=report, at=AT)
    for event in events_for(authority="XA", object_kind="certificate", object_id=paper.number):
        LEDGER_CONSUMER.handle(event)


def test_a_first_presentation_reserves_everything_and_gives_no_alarm(paper: CertificateRecord) -> None:
    row = presented(paper)
    assert (row.state, row.verdict_class, row.alerts) == ("presented", "green", ["other_port"])
    assert left(paper) == 0
    assert use(paper) is Use.AT_BORDER


def test_a_second_port_learns_that_the_paper_is_open_elsewhere_and_only_one_accepts(paper: CertificateRecord) -> None:
    first, second = presented(paper), presented(paper, by=SECOND, place="XBBBB")
    assert (second.verdict_class, second.reasons) == ("amber", ["open_elsewhere"])
    assert refusal(second, Act.ACCEPT, reason_code="explained_at_desk") == "claim_within_balance"
    assert act_on(first, Act.ACCEPT).state == "accepted"
    assert refusal(second, Act.ACCEPT, reason_code="explained_at_desk") == "claim_within_balance"
    assert use(paper) is Use.USED_UP


def test_after_the_first_was_turned_away_the_second_may_be_accepted(paper: CertificateRecord) -> None:
    first, second = presented(paper), presented(paper, by=SECOND, place="XBBBB")
    act_on(first, Act.REJECT, reason_code="goods_differ", measure="re_export")
    assert act_on(second, Act.ACCEPT, reason_code="earlier_cleared").state == "accepted"


def test_anything_after_the_last_kilogram_is_red_and_never_accepted(paper: CertificateRecord) -> None:
    act_on(presented(paper), Act.ACCEPT)
    again = presented(paper, by=SECOND)
    assert (again.verdict_class, again.verdict_kind, again.result) == ("red", "invalid", "used_up")
    assert refusal(again, Act.ACCEPT, reason_code="explained_at_desk") == "verdict_allows"
    with pytest.raises(IntegrityError), transaction.atomic():
        Presentation.objects.filter(pk=again.pk).update(state="accepted")


def test_a_part_is_accepted_the_rest_is_free_and_more_than_the_rest_is_red(
    paper: CertificateRecord, whole: Decimal
) -> None:
    row = presented(paper)
    everything = {line.line: line.claimed for line in row.lines.all()}
    assert refusal(row, Act.ACCEPT_PARTLY, accepted=everything) == "less_than_claimed"
    act_on(row, Act.ACCEPT_PARTLY, accepted={1: whole - 10})
    assert left(paper) == 10
    assert use(paper) is Use.PARTLY_USED
    too_much = presented(paper, quantities=kilograms("10.000001"))
    assert too_much.reasons == ["balance_exceeded"]
    act_on(too_much, Act.REJECT, reason_code="quantity_exceeded", measure="re_export")
    rest = presented(paper, quantities=kilograms("10"))
    assert rest.verdict_class == "green"
    assert act_on(rest, Act.ACCEPT).state == "accepted"


def test_a_certificate_withdrawn_meanwhile_is_not_accepted(paper: CertificateRecord) -> None:
    row = presented(paper)
    with transaction.atomic():
        Certificate.objects.filter(number=paper.number).update(state=CertificateState.EXPIRED.value)
        assert refusal(row, Act.ACCEPT) == "certificate_live"
        transaction.set_rollback(True)


def test_amber_is_accepted_only_with_a_reason_and_grey_only_where_that_was_agreed(paper: CertificateRecord) -> None:
    amber = presented(paper, reasons=("fields_explained",), quantities=kilograms("1"))
    assert refusal(amber, Act.ACCEPT) == "verdict_allows"
    assert act_on(amber, Act.ACCEPT, reason_code="explained_by_issuer").state == "accepted"
    grey = presented(paper, reasons=("unavailable",), quantities=kilograms("1"))
    assert refusal(grey, Act.ACCEPT, reason_code="accepted_by_paper") == "verdict_allows"
    assert act_on(grey, Act.ACCEPT, reason_code="accepted_by_paper", has_fallback=True).state == "accepted"


def test_a_hold_keeps_the_reservation_and_gets_fifteen_days(paper: CertificateRecord) -> None:
    row = act_on(presented(paper), Act.HOLD, reason_code="sample_taken")
    assert row.due_at == AT + timedelta(days=15)
    assert left(paper) == 0


def test_goods_leave_on_another_ground_only_by_two_people(paper: CertificateRecord) -> None:
    row = presented(paper)
    said = {"reason_code": "certificate_invalid", "measure": "release_other_ground"}
    assert refusal(row, Act.REJECT, **said) == "second_person_releases"
    assert act_on(row, Act.REJECT, by=SECOND, **said).state == "rejected"


def test_what_is_sent_on_is_taken_over_with_its_reservation_once(paper: CertificateRecord, whole: Decimal) -> None:
    row = presented(paper)
    act_on(row, Act.FORWARD, next_location="XBBBB")
    other = presented(paper, by=SECOND, place="XBCCC")
    assert other.reasons == ["open_elsewhere"]
    there = presented(paper, by=SECOND, place="XBBBB")
    assert there.continues == row
    assert there.lines.get(line=1).reserved == whole
    assert row.lines.get(line=1).reserved == 0
    assert presented(paper, by=SECOND, place="XBBBB").continues is None


def test_a_supervisor_annuls_what_was_recorded_in_error_and_nobody_else(paper: CertificateRecord) -> None:
    row = presented(paper)
    assert refusal(row, Act.ANNUL, reason="Typed twice.") == "role"
    assert refusal(row, Act.ANNUL, by=SUPERVISOR) == "reason_given"
    assert act_on(row, Act.ANNUL, by=SUPERVISOR, reason="Typed twice.").state == "annulled"
    assert use(paper) is Use.NOT_PRESENTED
    assert Presentation.objects.count() == 1


def test_another_person_corrects_an_outcome_by_an_entry_of_its_own(paper: CertificateRecord, whole: Decimal) -> None:
    row = act_on(presented(paper, by=SUPERVISOR), Act.ACCEPT, by=SUPERVISOR)
    said = {"accepted": {1: whole - 5}, "reason": "Weighed again."}
    assert refusal(row, Act.CORRECT_OUTCOME, by=SUPERVISOR, **said) == "other_person"
    act_on(row, Act.CORRECT_OUTCOME, by=actor("7", Role.COUNTRY_ADMIN, "XB"), **said)
    assert left(paper) == 5
    assert [entry.act for entry in row.entries.all()] == ["present", "accept", "correct_outcome"]
    acts = [event.act for event in events_for(authority="XA", object_kind="certificate", object_id=paper.number)]
    assert acts[-2:] == [OUTCOME_REPORTED, OUTCOME_CORRECTED]
    third = {**said, "by": actor("8", Role.COUNTRY_ADMIN, "XB"), "accepted": {1: whole + 1}}
    assert refusal(row, Act.CORRECT_OUTCOME, **third) == "claim_within_balance"


def test_a_number_nobody_issued_and_goods_without_a_paper_stay_in_the_ledger(issued: Certificate) -> None:
    unknown = presented(None, number="XA-2026-014-9999999-3", reasons=("never_issued",))
    assert (unknown.verdict_class, unknown.verdict_kind) == ("red", "suspected_fraud")
    assert refusal(unknown, Act.ACCEPT, reason_code="explained_at_desk") == "certificate_live"
    without = presented(None, reasons=("certificate_missing",), goods="Fresh garlic")
    assert (without.verdict_class, without.number, without.result) == ("red", "", "certificate_missing")
    assert act_on(without, Act.REJECT, reason_code="certificate_missing", measure="seizure").state == "rejected"
    with pytest.raises(ActNotAllowed):
        presented(None, reasons=("certificate_missing",))


def test_the_same_copy_twice_is_looked_at(paper: CertificateRecord) -> None:
    act_on(presented(paper, copy="1", quantities=kilograms("1")), Act.ACCEPT)
    again = presented(paper, copy="1", quantities=kilograms("1"))
    assert (again.verdict_class, again.alerts[0]) == ("amber", "same_copy")


def test_a_repeat_of_a_request_is_the_same_presentation_and_another_question_is_refused(
    paper: CertificateRecord,
) -> None:
    first = presented(paper, request_id="r1")
    assert presented(paper, request_id="r1") == first
    with pytest.raises(PresentationRefused, match="request_reused"):
        presented(paper, request_id="r1", place="XBBBB")


def test_nobody_presents_in_another_country_or_more_lines_than_there_are(paper: CertificateRecord) -> None:
    with pytest.raises(PresentationRefused, match="place"):
        presented(paper, place="XCAAA")
    with pytest.raises(PresentationRefused, match="quantity"):
        presented(paper, quantities=kilograms("1", line=77))
    with pytest.raises(PresentationNotFound):
        presented(paper, by=SENIOR)


def test_another_country_never_learns_of_a_presentation_and_the_issuer_sees_all(paper: CertificateRecord) -> None:
    row = presented(paper)
    asked = {"authority": "XA", "presentation_number": row.presentation_number}
    assert presentation_for(actor=SECOND, **asked) == row
    assert acts_offered(row, authority="XA", actor=SENIOR) == ()
    assert Act.ACCEPT in acts_offered(row, authority="XA", actor=SECOND)
    for stranger in (ELSEWHERE, OURS):
        assert presentations(authority="XA", actor=stranger) == ()
        assert presentations_of(authority="XA", actor=stranger, issuer="XA", number=paper.number) == ()
        with pytest.raises(PresentationNotFound):
            presentation_for(actor=stranger, **asked)
        with pytest.raises(PresentationNotFound):
            act_on(row, Act.ACCEPT, by=stranger)
    assert presentations_of(authority="XA", actor=SENIOR, issuer="XA", number=paper.number) == (row,)


def test_the_outcome_stands_with_the_certificate_and_is_not_counted_twice(paper: CertificateRecord) -> None:
    row = act_on(presented(paper), Act.ACCEPT)
    report = ReportedOutcome.objects.get()
    assert (report.reporter, report.outcome, report.office_reference) == ("XB", "accepted", row.presentation_number)
    for event in events_for(authority="XA", object_kind="certificate", object_id=paper.number):
        LEDGER_CONSUMER.handle(event)
    assert Presentation.objects.count() == 1
    assert PresentationEntry.objects.get(report_number=report.outcome_number).act == "accept"


def test_what_a_partner_reports_moves_the_same_balance_once(paper: CertificateRecord, whole: Decimal) -> None:
    reported(paper, "r1", Outcome.ACCEPTED, "10")
    reported(paper, "r1", Outcome.ACCEPTED, "10")
    assert left(paper) == whole - 10
    assert presented(paper).lines.get(line=1).claimed == whole - 10


def test_a_report_beyond_the_balance_is_kept_and_moves_nothing(paper: CertificateRecord, whole: Decimal) -> None:
    act_on(presented(paper), Act.ACCEPT)
    reported(paper, "r1", Outcome.ACCEPTED, "10")
    noted = PresentationEntry.objects.get(act="report")
    assert noted.moved == []
    assert noted.presentation.state == "presented"
    assert LineBalance.objects.get(line=1).accepted == whole


def test_a_clock_reminds_then_says_overdue_and_frees_nothing(paper: CertificateRecord) -> None:
    row = presented(paper)
    day = timedelta(days=1)
    assert presentation_clocks_run(authority="XA", at=AT + day) == 0
    assert presentation_clocks_run(authority="XA", at=AT + day + timedelta(seconds=1)) == 1
    assert presentation_clocks_run(authority="XA", at=AT + 3 * day + timedelta(seconds=1)) == 1
    assert presentation_clocks_run(authority="XA", at=AT + 4 * day) == 0
    row.refresh_from_db()
    assert (row.is_overdue, row.state, left(paper)) == (True, "presented", 0)


def test_the_database_keeps_the_ledger_and_refuses_more_than_was_issued(
    paper: CertificateRecord, whole: Decimal
) -> None:
    row = presented(paper)
    changes = (
        lambda: LineBalance.objects.filter(line=1).update(accepted=1),
        lambda: LineBalance.objects.filter(line=1).update(issued=whole + 1),
        lambda: Presentation.objects.filter(pk=row.pk).update(location="XBCCC"),
        lambda: PresentationEntry.objects.filter(presentation=row).update(act="annul"),
        lambda: PresentationEntry.objects.filter(presentation=row).delete(),
        lambda: Presentation.objects.filter(pk=row.pk).delete(),
    )
    for change in changes:
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_the_issuer_sees_where_else_it_was_shown(paper: CertificateRecord) -> None:
    act_on(presented(paper, quantities=kilograms("1")), Act.ACCEPT)
    again = presented(paper, by=ELSEWHERE, place="XCAAA", quantities=kilograms("1"))
    assert again.alerts[0] == "other_country"
    assert again.verdict_class == "amber"
