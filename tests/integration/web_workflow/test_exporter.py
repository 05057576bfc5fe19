"""Acts of an exporter through the pages: wrong input, two windows, a double click, uploads, changes asked for."""

from typing import Any

import pytest

from opensps.certification.models import Application
from opensps.certification.queries import application_by_reference, application_value
from opensps.formats.pdf_input import attached_files
from opensps.lifecycle import ApplicationState
from tests.factories import certificates, certification
from tests.factories.certification import Cast, Story
from tests.factories.web import upload
from tests.integration.web_workflow.conftest import SINCE, Enter

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


def test_an_upload_that_is_too_large_is_refused_before_it_is_kept(people: Cast, enter: Enter) -> None:
    row = _draft(people)
    exporter = enter(people.exporter)
    page = exporter.post(f"/applications/{row.reference}/documents", {"file": upload("big.pdf", b"%PDF-" * 2_400_000)})
    assert page.status == 413
    assert "No document added yet." in exporter.open(f"/applications/{row.reference}/documents").words


def test_an_upload_from_another_site_is_refused(people: Cast, enter: Enter) -> None:
    row = _draft(people)
    exporter = enter(people.exporter)
    exporter.client.handler.enforce_csrf_checks = True
    url = f"/applications/{row.reference}/documents"
    forged = exporter.client.post(url, {"file": upload("permit.pdf", certificates.SMALL_PDF), "purpose": "attached"})
    assert forged.status_code == 403
    page = exporter.open(url)
    assert "permit.pdf" not in page.words
    page = page.send("/documents", file=upload("permit.pdf", certificates.SMALL_PDF))
    assert "permit.pdf" in page.words


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
