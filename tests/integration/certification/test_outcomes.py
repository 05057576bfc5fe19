"""I34: what an importing authority reports reaches our records once, and the history of the certificate."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from opensps.certification.errors import NotFound, OutcomeRefused
from opensps.certification.models import Certificate, ReportedOutcome
from opensps.certification.outcomes import BorderMeasure, LineQuantity, Outcome, OutcomeReport
from opensps.certification.queries import audit, timeline_for
from opensps.certification.services.outcomes import RecordedOutcome, outcome_record
from opensps.lifecycle import CertificateState
from tests.factories.certification import START, Cast, certificate_in

AT = START + timedelta(days=9)
PART = OutcomeReport(
    outcome=Outcome.ACCEPTED_PARTLY,
    decided_at=AT - timedelta(hours=1),
    location="XBPRT",
    measure=BorderMeasure.RELEASE,
    quantities=(LineQuantity(1, Decimal("10.5"), "KGM"),),
    acknowledgement=b"<a/>",
)


def _recorded(number: str, report: OutcomeReport = PART, *, request_id: str = "r" * 16) -> RecordedOutcome:
    return outcome_record(authority="XA", reporter="XB", request_id=request_id, number=number, report=report, at=AT)


def test_a_report_is_kept_as_it_came_and_its_exporter_sees_it(people: Cast) -> None:
    certificate = certificate_in(people, CertificateState.IN_FORCE)
    done = _recorded(certificate.number)
    kept = ReportedOutcome.objects.get(outcome_number=done.outcome_number)
    assert (kept.outcome, kept.quantities, bytes(kept.acknowledgement or b"")) == (
        "accepted_partly",
        [[1, "10.5", "KGM"]],
        b"<a/>",
    )
    last = timeline_for(authority="XA", object_kind="certificate", object_id=certificate.number)[-1]
    assert (last.act, last.actor, last.role) == ("certificate.outcome_reported", "partner:XB", "partner")
    assert audit("XA") == ()


def test_the_same_report_again_is_the_same_answer_and_nothing_new(people: Cast) -> None:
    number = certificate_in(people).number
    first = _recorded(number)
    assert _recorded(number) == replace(first, is_repeat=True)
    assert ReportedOutcome.objects.count() == 1


def test_another_report_under_the_same_request_is_refused(people: Cast) -> None:
    number = certificate_in(people).number
    _recorded(number)
    with pytest.raises(OutcomeRefused, match="request_reused"):
        _recorded(number, replace(PART, location="XBALM"))
    assert ReportedOutcome.objects.count() == 1


def test_accepting_in_part_without_how_much_is_refused(people: Cast) -> None:
    number = certificate_in(people).number
    with pytest.raises(OutcomeRefused, match="quantity_missing"):
        _recorded(number, replace(PART, quantities=()))


def test_a_number_we_never_issued_is_not_found(db: None) -> None:
    with pytest.raises(NotFound):
        _recorded("XA-2026-014-0000000-1")


def test_a_withdrawal_since_is_told_and_the_report_is_kept(people: Cast) -> None:
    certificate = certificate_in(people, CertificateState.WITHDRAWN)
    assert "WITHDRAWN_SINCE" in _recorded(certificate.number).alerts
    assert Certificate.objects.get(pk=certificate.pk).state == CertificateState.WITHDRAWN


def test_the_database_keeps_reports(people: Cast) -> None:
    done = _recorded(certificate_in(people).number)
    row = ReportedOutcome.objects.filter(outcome_number=done.outcome_number)
    for change in (lambda: row.update(outcome="rejected"), row.delete):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
