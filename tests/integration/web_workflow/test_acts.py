"""Single acts through the pages: wrong input, two windows, a double click, refusals, holds and withdrawals."""

import re
from typing import Any

import pytest

from opensps.accounts.queries import Actor
from opensps.certification.models import Application, Certificate
from opensps.certification.queries import application_by_reference, application_value
from opensps.formats.pdf_input import attached_files
from opensps.lifecycle import ApplicationState, CertificateState
from opensps.signing import NoSigningKey
from tests.factories import certificates, certification
from tests.factories.certification import Cast, Story
from tests.factories.web import upload
from tests.integration.web_workflow.conftest import PASSWORD, SINCE, Enter

pytestmark = pytest.mark.django_db


def _draft(people: Cast, **changes: Any) -> Application:
    return Story(people, value=certificates.phytosanitary(**changes), at=SINCE).application


def _state(row: Application) -> str:
    return str(application_by_reference(authority=row.authority, reference=row.reference).state)


def _ready(people: Cast) -> Application:
    return certification.application_in(people, ApplicationState.READY, at=SINCE)


# --- The exporter ----------------------------------------------------------------------------------------------------


def test_a_wrong_day_and_number_stay_as_typed_with_the_same_words_above_and_beside(people: Cast, enter: Enter) -> None:
    row = _draft(people)
    exporter = enter(people.exporter)
    page = exporter.open(f"/applications/{row.reference}/transport")
    page = page.send(departure="5/6/2026", destination="Atlantis", press=("then", "next"))
    assert page.text.count("<title>Error:") == 1
    assert [error[:27] for error in page.errors] == ["“Atlantis” is not a country", "5/6/2026 can be read in two"]
    for error in page.errors:
        assert page.words.count(error) == 2
    assert 'value="5/6/2026"' in page.text
    assert 'href="#id_departure"' in page.text
    line = exporter.open(f"/applications/{row.reference}/goods/1").send(net_weight="24,0", press=("then", "next"))
    assert line.errors == ["Enter a number in figures, for example 24000 or 0.5."]
    assert application_value(row) == application_value(_again(row))


def _again(row: Application) -> Application:
    return application_by_reference(authority=row.authority, reference=row.reference)


def test_what_is_missing_is_said_on_the_check_page_and_beside_its_field(people: Cast, enter: Enter) -> None:
    row = _draft(people, consignment__point_of_entry=None)
    exporter = enter(people.exporter)
    page = exporter.open(f"/applications/{row.reference}/check")
    (error,) = page.errors
    sentence = error.removesuffix(" (Transport and route)")
    assert f"/applications/{row.reference}/transport#id_entry_name" in page.text
    assert "Submit the application" not in page.words
    beside = exporter.open(f"/applications/{row.reference}/transport")
    assert beside.errors == [sentence]
    assert beside.words.count(sentence) == 2
    chinese = enter(people.exporter, prefix="/zh-hans").open(f"/applications/{row.reference}/check")
    assert chinese.errors
    assert sentence not in chinese.words


def test_submitting_needs_the_declaration(people: Cast, enter: Enter) -> None:
    row = _draft(people)
    page = enter(people.exporter).open(f"/applications/{row.reference}/check").send()
    assert page.errors == ["Tick the box to declare that what you entered is true."]
    assert _state(row) == "draft"


def test_a_second_window_cannot_overwrite_the_first(people: Cast, enter: Enter) -> None:
    row = _draft(people)
    exporter = enter(people.exporter)
    one = exporter.open(f"/applications/{row.reference}/parties")
    two = exporter.open(f"/applications/{row.reference}/parties")
    assert one.send(to_name="First Foods", press=("then", "next")).status == 200
    late = two.send(to_name="Second Foods", press=("then", "next"))
    assert late.status == 409
    assert "Somebody changed this meanwhile" in late.words
    assert "Second Foods" in late.words
    assert application_value(_again(row)).consignment.consignee.name == "First Foods"


def test_a_double_click_begins_one_application(people: Cast, enter: Enter) -> None:
    exporter = enter(people.exporter)
    page = exporter.open("/applications/new")
    pages = [page.send(kind="PHYTOSANITARY", destination="XB", product="Garlic") for _n in range(2)]
    assert pages[0].url == pages[1].url
    assert Application.objects.count() == 1


def test_goods_can_be_added_duplicated_and_removed_but_not_the_last_line(people: Cast, enter: Enter) -> None:
    row = _draft(people)
    count = len(application_value(row).lines)
    exporter = enter(people.exporter)
    page = exporter.open(f"/applications/{row.reference}/goods")
    page = page.send("/1/duplicate")
    assert len(application_value(_again(row)).lines) == count + 1
    exporter.open(f"/applications/{row.reference}/goods").send("/goods/add")
    for _n in range(count + 1):
        exporter.open(f"/applications/{row.reference}/goods").send("/1/remove")
    assert [line.sequence for line in application_value(_again(row)).lines] == [1]
    assert "/1/remove" not in exporter.open(f"/applications/{row.reference}/goods").text
    assert exporter.post(f"/applications/{row.reference}/goods/1/remove", {"version": "99"}).status == 404


def test_a_treatment_is_recorded_for_all_lines_and_taken_out_of_one(people: Cast, enter: Enter) -> None:
    row = _draft(people)
    before = [len(line.treatments) for line in application_value(row).lines]
    exporter = enter(people.exporter)
    page = exporter.open(f"/applications/{row.reference}/treatments/add")
    assert page.send(treatment="", press=("then", "next")).errors == [
        "Enter the treatment, for example cold treatment."
    ]
    page = page.send(
        treatment="Fumigation", started="2 Nov 2026", duration="24", concentration="32", press=("then", "next")
    )
    assert page.heading == "Treatments"
    assert [len(line.treatments) for line in application_value(_again(row)).lines] == [n + 1 for n in before]
    page.send(f"/treatments/2/{before[1] + 1}/remove")
    assert len(application_value(_again(row)).lines[1].treatments) == before[1]


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("photo.png", b"\x89PNG\r\n\x1a\n but cut off", "damaged or cut off"),
        ("letter.docx", b"PK\x03\x04 something else", "not a PDF, JPEG, PNG or GIF"),
        ("empty.pdf", b"", "The file is empty"),
    ],
)
def test_an_unreadable_upload_is_refused_with_the_reason_and_nothing_is_kept(
    people: Cast, enter: Enter, name: str, data: bytes, said: str
) -> None:
    row = _draft(people)
    page = (
        enter(people.exporter)
        .open(f"/applications/{row.reference}/documents")
        .send("/documents", file=upload(name, data))
    )
    assert [said in error for error in page.errors] == [True]
    assert "No document added yet." in page.words


def test_an_upload_is_listed_handed_out_and_removed(people: Cast, enter: Enter) -> None:
    row = _draft(people)
    exporter = enter(people.exporter)
    page = exporter.open(f"/applications/{row.reference}/documents")
    page = page.send("/documents", file=upload("permit.pdf", certificates.SMALL_PDF), purpose="attached")
    assert "permit.pdf" in page.words
    assert "Travels with the certificate" in page.words
    again = page.send("/documents", file=upload("permit.pdf", certificates.SMALL_PDF))
    assert again.errors == ["This file was added already."]
    url = page.root.xpath("//a[text()='permit.pdf']/@href")[0]
    answer = exporter.file(url)
    assert (answer.content, answer.headers["Content-Type"]) == (certificates.SMALL_PDF, "application/pdf")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert enter(people.stranger).file(url).status_code == 404
    assert "No document added yet." in page.send("/remove").words


def test_a_re_export_asks_for_its_statement_and_the_original(people: Cast, enter: Enter) -> None:
    exporter = enter(people.exporter)
    page = exporter.open("/applications/new")
    page = page.send(kind="PHYTOSANITARY_REEXPORT", destination="Westmark", product="Soybeans")
    assert "Re-export statement" in page.words
    page = page.link("Re-export statement").send(
        origin_countries="Northland",
        original_numbers="XB/PC/2026/00042",
        is_original=True,
        based_on_original=True,
        press=("then", "leave"),
    )
    (line,) = application_value(Application.objects.get()).lines
    assert line.re_export is not None
    assert (line.re_export.original_numbers, line.re_export.is_original) == (("XB/PC/2026/00042",), True)
    documents = page.link("Supporting documents")
    assert "The original certificate of a re-export" in documents.words


def test_the_draft_on_paper_says_draft_and_has_no_number(people: Cast, enter: Enter) -> None:
    row = _draft(people)
    answer = enter(people.exporter).file(f"/applications/{row.reference}/preview.pdf")
    assert attached_files(answer.content).is_draft


def test_an_application_is_taken_back_copied_deleted_and_cancelled(people: Cast, enter: Enter) -> None:
    row = _draft(people)
    exporter = enter(people.exporter)
    exporter.open(f"/applications/{row.reference}/check").send(is_declared=True)
    exporter.open(f"/applications/{row.reference}/take-back").send()
    assert _state(row) == "draft"
    copy = exporter.open(f"/applications/{row.reference}").send("/again")
    other = _again(Application.objects.get(reference=copy.url.rpartition("/")[2]))
    assert other.goods == row.goods
    assert application_value(other).consignment.transport_equipment == ()
    exporter.open(f"/applications/{other.reference}/delete").send()
    assert exporter.open(f"/applications/{other.reference}").status == 404
    exporter.open(f"/applications/{row.reference}/check").send(is_declared=True)
    assert exporter.open(f"/applications/{row.reference}/cancel").send().errors == ["Enter the reason."]
    exporter.open(f"/applications/{row.reference}/cancel").send(reason="The order fell through.")
    assert _state(row) == "cancelled"


def test_changes_asked_for_stand_beside_the_fields_until_they_are_made(people: Cast, enter: Enter) -> None:
    row = certification.application_in(people, ApplicationState.IN_EXAMINATION, at=SINCE)
    examiner, exporter = enter(people.examiner), enter(people.exporter)
    page = examiner.open(f"/examine/{row.reference}/return").send(reason="Please look at the consignee.")
    assert page.errors == ["Pick at least one field and say what should change."]
    (name,) = (
        box.get("name")
        for box in page.root.xpath("//input[@type='checkbox']")
        if "Consignee" in page.root.xpath("string(//label[@for=$id])", id=box.get("id"))
    )
    number = name.removeprefix("pick_")
    assert page.send(reason="Look.", **{name: True}).errors == ["Say what should change here."]
    page.send(reason="Look.", **{name: True, f"comment_{number}": "Name it as the permit does."})
    assert _state(row) == "returned"
    page = exporter.open(f"/applications/{row.reference}").link("See what to change")
    assert "1 thing is needed" in page.words
    page = page.link("Consignee")
    assert page.errors == ["Name it as the permit does."]
    page.send(to_name="Northland Foods Holding", press=("then", "leave"))
    page = exporter.open(f"/applications/{row.reference}/changes")
    assert "To change" not in page.words
    page.send()
    assert _state(row) == "in_examination"
    assert "Northland Foods Holding" in examiner.open(f"/examine/{row.reference}").words


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
