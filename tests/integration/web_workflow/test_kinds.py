"""A11, A12: certificates of animals and animal products through the pages, without JavaScript, wrong input included."""

import pytest

from opensps.accounts.queries import Actor
from opensps.certificate import CertificateKind, TransportCondition
from opensps.certification.models import Application, Certificate
from opensps.certification.queries import application_value, attestations_of, certificate_value
from opensps.formats.pdf_input import attached_files
from opensps.lifecycle import ApplicationState
from tests.factories import certification
from tests.factories.certification import Cast, Story
from tests.factories.web import Page, Visitor
from tests.integration.web_workflow.conftest import PASSWORD, SINCE, Enter

pytestmark = pytest.mark.django_db

PARTIES = {
    "from_name": "Hillmere Stud Farm",
    "from_address": "1 Paddock Lane",
    "from_city": "Hillmere",
    "from_country": "XA",
    "to_name": "Northland Equestrian Centre",
    "to_address": "Rider Road 4",
    "to_city": "Northport",
    "to_country": "XB",
}
NEXT = ("then", "next")


def _begin(exporter: Visitor, kind: CertificateKind, product: str) -> Page:
    page = exporter.open("/applications/new").send(kind=kind.value, destination="Northland", product=product)
    return page.link("Who is sending and receiving").send(**PARTIES, press=NEXT)


def _horses(exporter: Visitor) -> str:
    """Apply for three horses; return the reference."""
    page = _begin(exporter, CertificateKind.ANIMAL_HEALTH, "Live horses")
    reference = page.url.split("/")[2]
    page = page.link("Change").send(
        scientific_name="Equus caballus", hs_code="010121", count="3", intended_use="Competition", press=NEXT
    )
    page = page.link("Continue")
    assert page.heading == "Animals and their marks"
    wrong = page.send(system_0_0="MICROCHIP", marks_0_0="985000000000001\n985000000000001", press=NEXT)
    assert wrong.errors == ["“985000000000001” stands there twice. Each animal has a mark of its own."]
    assert wrong.words.count("stands there twice") == 2
    marks = "985000000000001\n985000000000002\n985000000000003"
    page = wrong.send(breed_0="Alma Warmblood", sex_0="FEMALE", age_0="6", marks_0_0=marks, press=NEXT)
    page = page.send(
        loading_name="Port Alma",
        entry_name="Northport",
        mode="4",
        conveyance_name="Alma Air Cargo",
        departure="30 November 2026",
        press=NEXT,
    )
    assert not page.errors, page.errors
    page = page.send(country_0="XA", place_0="Alma Valley", press=NEXT)
    assert "No establishment entered." in page.words
    page = page.link("Continue")
    assert page.heading == "What the certificate attests"
    page = page.send(use="COMPETITION", statements=["II.1", "II.2", "II.4", "II.6"], press=("then", "leave"))
    assert "Animals and their marks" in page.words
    page = page.link("Check your answers and submit")
    assert not page.errors, page.errors
    assert "985000000000001, 985000000000002, 985000000000003" in page.words
    assert page.send(is_declared=True).heading == "Application submitted"
    return reference


def test_A12_live_animals_go_from_the_first_question_to_a_sealed_certificate_through_the_pages(
    people: Cast, officer: Actor, enter: Enter
) -> None:
    exporter, examiner = enter(people.exporter), enter(people.examiner)
    reference = _horses(exporter)
    page = examiner.open(f"/examine/{reference}").send("/act/open").link("Word the statements")
    assert "Competition and racing" in page.words
    page = page.send(en_1="As agreed with Northland in 2025.", zh_1="")
    assert page.heading == "Live horses to Northland"
    assert "As agreed with Northland in 2025." in page.words
    story = Story.__new__(Story)
    story.people, story.at, story.reference = people, SINCE, reference
    row = Application.objects.get(reference=reference)
    story.at = row.changed_at
    story("order", "inspect", "mark_ready")
    page = enter(officer).open(f"/queue/{reference}").send("/prepare").send(password=PASSWORD)
    assert page.heading == "Certificate issued"
    certificate = Certificate.objects.get(application__reference=reference)
    value = certificate_value(certificate)
    (line,) = value.lines
    assert line.animals is not None
    assert [each.value[-1] for each in line.animals.identifications] == ["1", "2", "3"]
    said = {each.id: each.texts[0].value for each in attestations_of(value)}
    assert list(said) == ["CERTIFIED_AS_OR_FOR", "II.1", "II.2", "II.4", "II.6"]
    assert said["II.1"] == "As agreed with Northland in 2025."
    page = exporter.open(f"/certificates/{certificate.number}")
    assert "985000000000002" in page.words
    assert "Animal health certificate" in page.words
    paper = exporter.file(f"/certificates/{certificate.number}/file.pdf").content
    assert f"{certificate.number}.xml" in {file.name for file in attached_files(paper).files}


def test_A11_a_veterinary_certificate_asks_for_plant_temperature_and_batches(people: Cast, enter: Enter) -> None:
    page = _begin(enter(people.exporter), CertificateKind.VETERINARY_HEALTH, "Frozen boneless beef")
    line = page.link("Change").send(
        hs_code="020230",
        net_weight="18,000",
        package_count_0="900",
        package_type_0="CT",
        batches="L1\nL2",
        expiries="30 November 2028",
        press=NEXT,
    )
    page = line.link("Continue")
    wrong = page.send(mode="1", condition="FROZEN", coldest="2", warmest="-18", press=NEXT)
    assert wrong.errors == ["The highest temperature is below the lowest. Change one of the two."]
    page = wrong.send(loading_name="Port Alma", container="ZZZU1234564", seals="S-1", coldest="", press=NEXT)
    page = page.send(country_0="XA", press=NEXT).link("Add an establishment")
    wrong = page.send(press=NEXT)
    assert wrong.errors == ["Choose what was done there.", "Enter the approval number."]
    page = wrong.send(activity="12", approval_number="XA-SL-0207", name="Port Alma Abattoir", press=NEXT)
    assert "XA-SL-0207 Port Alma Abattoir" in page.words
    assert "Slaughter" in page.words
    row = Application.objects.get()
    value = application_value(row)
    (beef,) = value.lines
    assert [batch.value for batch in beef.batches] == ["L1", "L2"]
    assert beef.establishments[0].approval_number.value == "XA-SL-0207"
    assert value.consignment.transport_condition is TransportCondition.FROZEN
    page.send("/establishments/1/1/remove")
    assert application_value(Application.objects.get()).lines[0].establishments == ()
    check = enter(people.exporter).open(f"/applications/{row.reference}/check")
    assert [error for error in check.errors if "approved establishments" in error]


def test_a_step_that_a_kind_does_not_have_is_not_found(people: Cast, enter: Enter) -> None:
    row = Story(people, at=SINCE).application
    exporter = enter(people.exporter)
    for slug in ("animals", "establishments", "attestations"):
        assert exporter.open(f"/applications/{row.reference}/{slug}").status == 404
    opened = certification.application_in(people, ApplicationState.IN_EXAMINATION, at=SINCE)
    assert enter(people.examiner).open(f"/examine/{opened.reference}/attestations").status == 404
    assert "Word the statements" not in enter(people.examiner).open(f"/examine/{opened.reference}").words


def test_a_copy_of_animals_keeps_what_they_are_and_drops_their_marks(people: Cast, enter: Enter) -> None:
    row = Story(people, kind=CertificateKind.ANIMAL_HEALTH, at=SINCE).application
    page = enter(people.exporter).open(f"/applications/{row.reference}").send("/again")
    value = application_value(Application.objects.get(reference=page.url.rpartition("/")[2]))
    (line,) = value.lines
    assert line.animals is not None
    assert (line.animals.breed is None, line.animals.identifications) == (False, ())
    assert attestations_of(value) == attestations_of(application_value(row))


def test_the_steps_of_every_kind_are_in_chinese_too(people: Cast, enter: Enter) -> None:
    row = Story(people, kind=CertificateKind.ANIMAL_HEALTH, at=SINCE).application
    exporter = enter(people.exporter, prefix="/zh-hans")
    page = exporter.open(f"/applications/{row.reference}/animals")
    assert page.heading == "动物及其标识"
    assert "每行一头" in page.words
    page = exporter.open(f"/applications/{row.reference}/attestations")
    assert "证明事项" in page.words
    assert "上述动物" in page.words
