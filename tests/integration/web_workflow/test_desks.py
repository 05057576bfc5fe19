"""Acts of the authority through the pages: refusals, visits, signing, holds and withdrawals."""

import re

import pytest

from opensps.accounts.queries import Actor
from opensps.certification.models import Application, Certificate
from opensps.certification.queries import application_by_reference
from opensps.lifecycle import ApplicationState, CertificateState
from opensps.signing import NoSigningKey
from tests.factories import certification
from tests.factories.certification import Cast, Story
from tests.integration.web_workflow.conftest import PASSWORD, SINCE, Enter

pytestmark = pytest.mark.django_db


def _state(row: Application) -> str:
    return str(application_by_reference(authority=row.authority, reference=row.reference).state)


def _ready(people: Cast) -> Application:
    return certification.application_in(people, ApplicationState.READY, at=SINCE)


# --- The desks -------------------------------------------------------------------------------------------------------


def test_an_act_that_came_too_late_says_why_and_changes_nothing(people: Cast, enter: Enter) -> None:
    row = certification.application_in(people, ApplicationState.SUBMITTED, at=SINCE)
    exporter = enter(people.exporter)
    page = exporter.open(f"/applications/{row.reference}/take-back")
    enter(people.examiner).open(f"/examine/{row.reference}").send("/act/open")
    late = page.send()
    assert late.status == 409
    assert late.heading == "This cannot be done now"
    assert "Nothing was changed." in late.words
    assert _state(row) == "in_examination"


def test_a_reviewer_sees_what_stands_in_the_way(people: Cast, enter: Enter) -> None:
    row = certification.application_in(people, ApplicationState.IN_EXAMINATION, at=SINCE)
    page = enter(people.reviewer).open(f"/examine/{row.reference}")
    assert "Blocked" in page.words
    assert "The inspector has not signed the report yet." in page.words
    assert "Mark as ready to sign" not in page.words


def test_a_refusal_needs_ground_law_and_facts_and_is_shown_to_the_applicant(people: Cast, enter: Enter) -> None:
    row = certification.application_in(people, ApplicationState.IN_EXAMINATION, at=SINCE)
    page = enter(people.examiner).open(f"/examine/{row.reference}/refuse").send()
    assert page.errors == ["Choose the ground.", "Enter law and article.", "Enter what was found."]
    page.send(reason_code="requirement_not_met", legal_ground="Plant Health Act, section 7", text="Live larvae.")
    told = enter(people.exporter).open(f"/applications/{row.reference}").words
    for part in ("Refused", "Plant Health Act, section 7", "Live larvae.", "You can appeal until"):
        assert part in told


def test_a_visit_without_day_or_inspector_is_not_planned(people: Cast, enter: Enter) -> None:
    row = certification.application_in(people, ApplicationState.IN_INSPECTION, at=SINCE)
    visit = row.inspections.get()
    page = enter(people.planner).open(f"/inspections/{visit.reference}").send(planned_on="tomorrow-ish")
    assert page.errors == [
        "Choose an inspector.",
        "Enter a day, for example 18 November 2026.",
        "Enter the place of the visit.",
    ]


def test_a_senior_officer_waives_an_inspection(people: Cast, enter: Enter) -> None:
    row = certification.application_in(people, ApplicationState.IN_INSPECTION, at=SINCE)
    page = enter(people.senior).open("/inspections").link("I-").link("Waive the inspection")
    page.send(reason_code="not_safe")
    assert _state(row) == "in_examination"


def test_an_inspector_has_to_say_why_identity_was_not_checked(people: Cast, enter: Enter) -> None:
    story = Story(people, at=SINCE)
    story("submit", "open", "order", "plan", "confirm", "start")
    page = enter(people.inspector).open(f"/inspect/{story.inspection.reference}")
    page = page.send(identity="not_done", quantity_1="", physical="x", pests="none")
    assert page.errors[0] == "Say why the identity check was not done."
    assert "Enter the quantity you found; 0 if there was none." in page.errors


# --- The certifying officer ------------------------------------------------------------------------------------------


def test_a_wrong_password_signs_nothing_and_says_so(people: Cast, officer: Actor, enter: Enter) -> None:
    row = _ready(people)
    page = enter(officer).open(f"/queue/{row.reference}").send("/prepare").send(password="not this one")
    assert page.errors == ["This is not your password. Nothing was signed. Try again."]
    assert "not this one" not in page.text
    assert not Certificate.objects.exists()


def test_what_is_shown_is_what_is_signed(people: Cast, officer: Actor, enter: Enter) -> None:
    row = _ready(people)
    visitor = enter(officer)
    page = visitor.open(f"/queue/{row.reference}").send("/prepare")
    shown = page.root.xpath("//input[@name='digest']/@value")[0]
    assert re.sub(r"\s", "", page.root.xpath("string(//*[contains(@class,'long')])")) == shown
    page.send(password=PASSWORD)
    assert bytes(Certificate.objects.get().digest).hex() == shown


def test_a_page_prepared_anew_meanwhile_has_to_be_read_again(people: Cast, officer: Actor, enter: Enter) -> None:
    row = _ready(people)
    visitor = enter(officer)
    old = visitor.open(f"/queue/{row.reference}").send("/prepare")
    page = old.send(password=PASSWORD, digest="0" * 64)
    assert page.errors == ["The document was prepared anew after you opened this page. Look at it again, then sign."]
    assert not Certificate.objects.exists()
    assert page.send(password=PASSWORD).heading == "Certificate issued"


def test_signing_twice_gives_one_certificate(people: Cast, officer: Actor, enter: Enter) -> None:
    row = _ready(people)
    page = enter(officer).open(f"/queue/{row.reference}").send("/prepare")
    pages = [page.send(password=PASSWORD) for _n in range(2)]
    assert [each.heading for each in pages] == ["Certificate issued"] * 2
    assert Certificate.objects.count() == 1


def test_another_officer_has_to_prepare_it_anew(people: Cast, officer: Actor, enter: Enter) -> None:
    row = _ready(people)
    enter(officer).open(f"/queue/{row.reference}").send("/prepare")
    page = enter(people.officer2).open(f"/queue/{row.reference}/sign")
    assert page.status == 409
    assert "Another officer prepared this." in page.words


def test_without_a_key_nothing_is_issued(
    people: Cast, officer: Actor, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing() -> None:
        raise NoSigningKey

    row = _ready(people)
    page = enter(officer).open(f"/queue/{row.reference}").send("/prepare")
    monkeypatch.setattr("opensps.web.html.keys.signer", missing)
    page = page.send(password=PASSWORD)
    assert "The service is not set up for this." in page.words
    assert _state(row) == "ready"
    assert not Certificate.objects.exists()


def test_a_ready_application_is_sent_back_with_a_reason(people: Cast, enter: Enter) -> None:
    row = _ready(people)
    page = enter(people.officer).open(f"/queue/{row.reference}").link("Send back to examination")
    assert page.send().errors == ["Enter the reason."]
    page.send(reason="The consignee is not the one of the permit.")
    assert _state(row) == "in_examination"


# --- Certificates ----------------------------------------------------------------------------------------------------


def test_a_hold_is_set_with_a_date_and_lifted_by_a_senior_officer(people: Cast, enter: Enter) -> None:
    issued = certification.certificate_in(people, at=SINCE)
    page = enter(people.officer).open(f"/certificates/{issued.number}").link("Put on hold")
    assert page.send(decide_by="1 January 2020", reason_code="partner_question").status == 409
    page = page.send(reason_code="partner_question")
    assert "On hold: A question from the importing authority is open" in page.words
    page = enter(people.senior).open("/decisions").link(issued.number).link("Lift the hold")
    assert "In force" in page.send(reason="Answered.").words


def test_a_withdrawal_takes_two_people(people: Cast, enter: Enter) -> None:
    issued = certification.certificate_in(people, at=SINCE)
    senior = enter(people.senior)
    senior.open(f"/certificates/{issued.number}/withdraw").send(reason_code="not_exported", text="Ship left empty.")
    page = senior.open(f"/certificates/{issued.number}/decide").send(press=("answer", "confirm"))
    assert page.status == 409
    assert "a second person has to decide" in page.words
    other = certification.person("Second Senior", *people.senior.roles, office="014", at=SINCE)
    page = enter(other).open("/decisions").link(issued.number)
    assert "Ship left empty." in page.words
    page = page.send(press=("answer", "confirm"))
    assert "Withdrawn on" in page.words
    assert Certificate.objects.get().state == CertificateState.WITHDRAWN


def test_a_declined_proposal_leads_back(people: Cast, enter: Enter) -> None:
    issued = certification.certificate_in(people, at=SINCE)
    enter(people.officer).open(f"/certificates/{issued.number}/withdraw").send(reason_code="misuse", text="A rumour.")
    enter(people.senior).open(f"/certificates/{issued.number}/decide").send(press=("answer", "decline"))
    assert Certificate.objects.get().state == CertificateState.IN_FORCE


def test_an_exact_number_finds_its_certificate_whatever_the_filters_say(people: Cast, enter: Enter) -> None:
    issued = certification.certificate_in(people, at=SINCE)
    visitor = enter(people.officer)
    assert visitor.open(f"/certificates?state=withdrawn&q={issued.number}").url.endswith(issued.number)
    page = visitor.open("/certificates?state=withdrawn")
    assert "Filters hide 1." in page.words


def test_a_printed_copy_is_counted_and_marked(people: Cast, enter: Enter) -> None:
    issued = certification.certificate_in(people, at=SINCE)
    visitor = enter(people.exporter)
    answer = visitor.client.post(f"/certificates/{issued.number}/print-copy")
    assert answer.content.startswith(b"%PDF-")
    assert Certificate.objects.get().copy_count == 1


def test_the_history_names_people_to_colleagues_only(people: Cast, enter: Enter) -> None:
    row = _ready(people)
    inside = enter(people.officer).open(f"/queue/{row.reference}").words
    outside = enter(people.exporter).open(f"/applications/{row.reference}/history").words
    assert "Ravi Nair" in inside
    assert "Ravi Nair" not in outside
    assert "Reviewed and ready to sign" in outside
