"""The whole way of a certificate through the pages, without JavaScript: apply, inspect, review, sign, download."""

import io
import zipfile
from datetime import UTC, datetime

import pytest

from opensps.accounts.queries import Actor
from opensps.certification.models import Certificate
from opensps.formats.pdf_input import attached_files
from opensps.signing import verify_seal
from tests.factories.certification import Cast, Keys
from tests.factories.web import Page, Visitor
from tests.integration.web_workflow.conftest import PASSWORD, Enter

pytestmark = pytest.mark.django_db


def _apply(exporter: Visitor) -> str:
    """Fill in every step and submit; return the reference."""
    page = exporter.open("/applications/new")
    page = page.send(kind="PHYTOSANITARY", destination="Northland", product="Fresh garlic")
    assert page.heading == "Fresh garlic to Northland"
    reference = page.url.rpartition("/")[2]
    page = page.link("Who is sending and receiving").send(
        from_name="Green Valley Export Co.",
        from_address="12 Market Street",
        from_city="Port City",
        from_country="Examplia",
        to_name="Northland Foods Ltd",
        to_address="4 Quay Road",
        to_city="Northport",
        to_country="XB",
        press=("then", "next"),
    )
    assert page.heading == "Goods and packages"
    page = page.link("Change").send(
        scientific_name="Allium sativum",
        net_weight="24,000",
        package_count_0="1200",
        package_type_0="CT",
        press=("then", "next"),
    )
    page = page.link("Continue").send(
        entry_name="Northport", mode="1", conveyance_name="MV Aurora", press=("then", "next")
    )
    page = page.send(country_0="XA", place_0="Alma Valley", press=("then", "next"))
    assert page.heading == "Additional declarations"
    page = page.send(additional_en="Free from Ditylenchus dipsaci.", press=("then", "leave"))
    page = page.link("Check your answers and submit")
    assert not page.errors
    page = page.send(is_declared=True)
    assert page.heading == "Application submitted"
    assert reference in page.words
    return reference


def _inspect(planner: Visitor, exporter: Visitor, inspector: Visitor, people: Cast, reference: str) -> None:
    page = planner.open("/inspections").link("I-")
    page.send(inspector=people.inspector.id, planned_on=f"{datetime.now(UTC):%Y-%m-%d}", slot="09:00", place="Store 4")
    page = exporter.open(f"/applications/{reference}")
    page.send("/visit", press=("answer", "confirm"))
    page = inspector.open("/inspect").link("Open the visit").send("/start")
    page = page.send(identity="full", quantity_1="24000", physical="60 cartons opened, clean.", pests="none")
    page = page.send("/conclude", result="satisfactory")
    assert "Sign the report" in page.words
    page = page.send("/sign")
    assert page.heading == "My visits"


def _sign(officer: Visitor, reference: str) -> Page:
    page = officer.open("/queue").link("Open next")
    assert reference in page.words
    assert "Blocked" not in page.words
    page = page.send("/prepare")
    assert page.heading == "Sign the certificate"
    return page.send(password=PASSWORD)


def test_an_application_becomes_a_sealed_certificate_through_the_pages(
    people: Cast, officer: Actor, enter: Enter, keys: Keys
) -> None:
    exporter, examiner, reviewer = enter(people.exporter), enter(people.examiner), enter(people.reviewer)
    reference = _apply(exporter)
    page = examiner.open("/examine").link(reference).send("/act/open")
    page = page.link("Order an inspection").send(cause="required")
    _inspect(enter(people.planner), exporter, enter(people.inspector), people, reference)
    page = reviewer.open(f"/examine/{reference}")
    assert "Satisfactory" in page.words
    page.send("/act/ready")
    page = _sign(enter(officer), reference)
    assert page.heading == "Certificate issued"
    issued = Certificate.objects.get(application__reference=reference)
    assert issued.number in page.words
    for visitor in (enter(officer), exporter):
        _download(visitor, issued, keys)
    assert exporter.open("/home").words.count(issued.number) == 1


def _download(visitor: Visitor, issued: Certificate, keys: Keys) -> None:
    page = visitor.open(f"/certificates/{issued.number}")
    assert page.heading == "Fresh garlic to Northland"
    files = {
        ending: visitor.file(f"/certificates/{issued.number}/file.{ending}").content
        for ending in ("pdf", "xml", "xades", "zip")
    }
    assert files["xml"] == bytes(issued.xml or b"")
    verify_seal(files["xml"], files["xades"], trust=keys.trust, sealed_at=issued.sealed_at)
    with zipfile.ZipFile(io.BytesIO(files["zip"])) as packed:
        assert sorted(packed.namelist()) == [f"{issued.number}.xades", f"{issued.number}.xml"]
    inside = {file.name: file.data for file in attached_files(files["pdf"]).files}
    assert inside[f"{issued.number}.xml"] == files["xml"]
