"""Cases, concerns and figures through their pages: opened by one, confirmed by two others, closed to everybody else."""

import io
import zipfile
from typing import Any

import pytest
from django.test import Client

from opensps.accounts.models import Person
from opensps.border.models import Case, CaseEntry, Concern
from opensps.lifecycle import Role
from opensps.web.html import keys
from tests.factories import signing
from tests.factories.certification import cast, person
from tests.factories.web import Visitor, upload

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n1 0 obj\nendobj\n%%EOF\n"


def visitor(name: str, *roles: Role) -> Visitor:
    return Visitor(Person.objects.get(pk=person(name, *roles, office="014").id))


@pytest.fixture
def desk(db: None, monkeypatch: pytest.MonkeyPatch) -> dict[str, Visitor]:
    """A border officer, two case officers, a senior officer, a manager; and a key that seals."""
    cast()
    monkeypatch.setattr(keys, "signer", signing.signer)
    return {
        "border": visitor("Boris", Role.BORDER_OFFICER),
        "first": visitor("Cleo", Role.CASE_OFFICER),
        "second": visitor("Carl", Role.CASE_OFFICER),
        "senior": visitor("Sofia", Role.SENIOR_OFFICER),
        "manager": visitor("Max", Role.MANAGER),
    }


def opened(desk: dict[str, Visitor]) -> str:
    page = desk["border"].open("/cases/new?number=XB-1").send(issuer="xb", sheet="Q 7", product="Garlic")
    assert page.heading == "Case opened"
    return Case.objects.get().case_number


def test_a_paper_becomes_a_confirmed_case_with_evidence_and_a_line_for_partners(desk: dict[str, Visitor]) -> None:
    number = opened(desk)
    first, second = desk["first"], desk["second"]
    page = first.open("/cases").link(number)
    assert "Q 7" in page.words
    page = page.link("Take the case").send()
    page = page.link("Add a file").send(file=upload("paper.pdf", PDF))
    page = page.link("Record harm and who was told").send(whom="exporter", name="Greenfields", told_at="5 June 2026")
    assert "2026-06-05" in page.words
    page = page.link("Hand over an original").send(original="Paper", giver="Boris", taker="Safe 3")
    page = page.link("Write the finding").send(finding="counterfeit", grounds="Nobody issued it.")
    assert "Write down what the issuing authority answered" in second.open(f"/cases/{number}/act/confirm").send().words
    page = first.open(f"/cases/{number}/add/conclusion").send(
        finding="counterfeit", grounds="Nobody issued it.", issuer_answer="Letter of 6 June: not ours."
    )
    assert "a second person has to decide" in first.open(f"/cases/{number}/act/confirm").send().words
    page = second.open(f"/cases/{number}").link("Confirm the finding").send()
    assert "Confirmed" in page.words
    bundle = second.client.post(f"/cases/{number}/evidence.zip")
    with zipfile.ZipFile(io.BytesIO(bundle.content)) as archive:
        assert "manifest.cose" in archive.namelist()
    assert "XB-1" in desk["border"].open("/counterfeits").words
    assert desk["senior"].open(f"/cases/{number}/act/close").send(text="Seized").status == 200
    assert "Case looked at" in desk["senior"].open(f"/cases/{number}/log").words


def test_cases_are_not_there_for_anybody_without_the_case_role(desk: dict[str, Visitor]) -> None:
    number = opened(desk)
    for who in ("border", "manager"):
        for address in ("/cases", f"/cases/{number}", f"/cases/{number}/log", f"/cases/{number}/add/goods"):
            assert desk[who].open(address).status == 404, (who, address)
    assert desk["border"].open(f"/cases/opened/{number}").status == 200
    assert visitor("Bea", Role.BORDER_OFFICER).open(f"/cases/opened/{number}").status == 404
    for address in ("/cases/nothing", f"/cases/{number}/add/nothing", f"/cases/{number}/act/open"):
        assert desk["first"].open(address).status == 404
    assert not CaseEntry.objects.filter(act="view").exists()


def test_every_page_of_a_case_opens_in_chinese(desk: dict[str, Visitor]) -> None:
    number = opened(desk)
    chinese = Visitor(Person.objects.get(name="Cleo"), prefix="/zh-hans")
    for address in (
        "/cases",
        f"/cases/{number}",
        f"/cases/{number}/log",
        "/counterfeits",
        "/alerts",
        "/alerts/limits",
        "/concerns",
    ):
        page = chinese.open(address)
        assert page.status == 200
        assert any("\u4e00" <= sign <= "\u9fff" for sign in page.heading), address


def reported(**given: Any) -> Any:
    address = given.pop("address", "192.0.2.9")
    data = {"text": "The seal was another one.", "number": "", **given}
    return Client().post("/concern", data, REMOTE_ADDR=address)


def test_a_concern_is_answered_alike_whatever_number_it_names_and_nobody_is_asked_who_they_are() -> None:
    cast()
    answers = [reported(number=number, photos=upload("seal.pdf", PDF)) for number in ("XA-2026-014-0004512-0", "x", "")]
    assert {answer.status_code for answer in answers} == {303}
    assert not any(answer.cookies for answer in answers)
    pages = [Client().get(answer["Location"]).content.decode() for answer in answers]
    refs = [answer["Location"].rpartition("/")[2] for answer in answers]
    masked = {page.replace(ref, "").replace(f"{ref[:4]}-{ref[4:]}", "") for page, ref in zip(pages, refs, strict=True)}
    assert len(masked) == 1
    assert Concern.objects.count() == 3
    assert Concern.objects.filter(network_digest__contains="192").count() == 0


def test_reports_of_one_network_are_limited_and_those_of_another_are_not() -> None:
    cast()
    answers = [reported().status_code for _ in range(12)]
    assert answers == [*[303] * 10, 429, 429]
    assert reported(address="198.51.100.1").status_code == 303


@pytest.mark.parametrize("given", [{"text": ""}, {"photos": upload("a.exe", b"MZ")}, {"text": "x" * 5000}])
def test_what_cannot_be_kept_is_said_beside_its_field(given: dict[str, Any]) -> None:
    cast()
    assert reported(**given).status_code == 422
    assert not Concern.objects.exists()


def test_a_foreign_page_cannot_report_through_a_visitor() -> None:
    assert Client().post("/concern", {"text": "x"}, HTTP_ORIGIN="https://evil.example").status_code == 403


def test_a_concern_becomes_a_case_or_is_closed_with_a_note(desk: dict[str, Visitor]) -> None:
    reported(number="XB-9", place="Port Alma")
    reported(number="XB-8")
    second, first = Concern.objects.order_by("-pk")
    page = desk["first"].open("/concerns")
    assert "The seal was another one." in page.words
    page = desk["first"].open(f"/concerns/{first.reference}").link("Open a case").send()
    assert page.heading == "Case opened"
    first.refresh_from_db()
    assert (first.state, first.origin) == ("to_case", Case.objects.get().case_number)
    page = desk["first"].open(f"/concerns/{second.reference}/close").send(reason="A photo of our own specimen.")
    assert "Closed" in page.words
    assert desk["border"].open("/concerns").status == 404
