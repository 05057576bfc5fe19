"""Customs on its pages and by its program: clear or not clear with reasons for a declaration number (A09)."""

from datetime import UTC, datetime

import pytest

from opensps.border.records import record_of
from opensps.border.verdicts import VerdictRecord
from opensps.lifecycle import Role
from opensps.lifecycle.presentation import PresentationAct
from tests.factories import certification
from tests.factories.certification import Cast
from tests.factories.desk import arrived
from tests.factories.presenting import act_on, presented
from tests.factories.rest import ApiVisitor, partner_of
from tests.integration.web_workflow.conftest import SINCE, Enter

pytestmark = pytest.mark.django_db
NUMBER = "26XA-0000-0001"


def test_customs_hears_why_goods_are_not_clear_and_releases_them_when_they_are(people: Cast, enter: Enter) -> None:
    paper = arrived()
    customs = enter(certification.person("Cato Lindt", Role.CUSTOMS, at=SINCE))
    page = customs.open("/declarations").link("Declare goods")
    assert page.send(declaration_number="?", issuer="XB", direction="import", claims="x; y; z").status == 422
    page = page.send(declaration_number=f" {NUMBER.lower()}", issuer="XB", direction="import", claims=paper)
    assert "Not clear" in page.words
    assert "The certificate was not presented at our border yet." in page.words
    presenting = page.link("Record that it was presented").send(place="XAPNO")
    assert presenting.status == 200
    assert "The border has not decided yet." in customs.open(f"/declarations/{NUMBER}").words
    border = certification.person("Boris Vale", Role.BORDER_OFFICER, office="014", at=SINCE)
    here = enter(border).open(f"/declarations/{NUMBER}")
    assert "Release the goods" not in here.words
    refused = customs.post(f"/declarations/{NUMBER}/release", {})
    assert refused.status == 409
    for address in ("/declarations", f"/declarations/{NUMBER}", "/declarations/new"):
        assert enter(people.exporter).open(address).status == 404
    assert "不可放行" in customs.open(f"/zh-hans/declarations/{NUMBER}").words


@pytest.mark.parametrize("said", ["1,5", "1_0", "1E5", "0.0000001", "1.2345678", "0", "-1", "1.000,5"])
def test_a_quantity_that_can_be_read_in_two_ways_or_not_kept_is_asked_again(
    people: Cast, enter: Enter, said: str
) -> None:
    customs = enter(certification.person("Cato Lindt", Role.CUSTOMS, at=SINCE))
    page = customs.open("/declarations/new")
    answer = page.send(declaration_number=NUMBER, issuer="XA", direction="export", claims=f"XA-1; 1; {said}")
    assert answer.status == 422
    assert "six decimal places" in answer.words


def test_the_page_for_changes_gives_back_what_it_was_given_or_is_not_offered(people: Cast, enter: Enter) -> None:
    paper = arrived()
    customs = enter(certification.person("Cato Lindt", Role.CUSTOMS, at=SINCE))
    claims = f"{paper}; 1; 1,500.25\n{paper}; 2"
    page = customs.open("/declarations/new").send(
        declaration_number=NUMBER, issuer="XB", direction="import", claims=claims, goods="Cheese"
    )
    again = page.link("Change the declaration").send()
    assert "Version" not in again.words, "saved as it was shown, it is the same declaration"
    program = ApiVisitor.of(partner_of("CUSTOMS", countries=["XA"]))
    for more in ({"issuer": "XC", "number": "N-1"}, {"goods": "Wine"}, {"issuer": "XB", "number": "N", "goods": "Ham"}):
        items = [{"issuer": "XB", "number": paper}, {"goods": "Cheese"}, more]
        body = {"declaration_number": NUMBER, "direction": "IMPORT", "item": items}
        assert program.post("/declarations", body).status_code == 201
        page = customs.open(f"/declarations/{NUMBER}")
        assert "Change the declaration" not in page.words
        assert "says more than the page for changes can show" in page.words
        assert customs.open(f"/declarations/new?again={NUMBER}").status == 409


def test_customs_records_a_paper_that_was_never_issued_and_is_offered_no_decision(people: Cast, enter: Enter) -> None:
    customs = enter(certification.person("Cato Lindt", Role.CUSTOMS, at=SINCE))
    verdict = customs.open("/desk").send("/desk", number="XB-2026-999999")
    assert "/present/record" in verdict.text
    assert "/present/reject" not in verdict.text
    assert "/present/hold" not in verdict.text
    number = VerdictRecord.objects.get().pk
    for name in ("reject", "hold"):
        assert customs.open(f"/desk/checks/{number}/present/{name}").status == 404
    assert customs.open(f"/desk/checks/{number}/present/record").status == 200


def test_the_program_of_customs_declares_asks_and_releases_and_no_other_learns_of_it(people: Cast) -> None:
    paper = arrived()
    program = ApiVisitor.of(partner_of("CUSTOMS", countries=["XA"]))
    body = {
        "declaration_number": NUMBER,
        "direction": "IMPORT",
        "item": [{"issuer": "XB", "number": paper}, {"goods": "Cheese"}],
    }
    answer = program.post("/declarations", body)
    assert answer.status_code == 201, answer.content
    assert [each["reason"] for each in answer.json()["item"]] == [["CERTIFICATE_MISSING"], ["NOT_PRESENTED"]]
    border = certification.person("Boris Vale", Role.BORDER_OFFICER, office="014", at=SINCE)
    record = record_of(authority="XA", issuer="XB", number=paper)
    now = datetime.now(UTC)
    row = presented(record, by=border, place="XAPNO", at=now)
    body["item"] = [{"issuer": "XB", "number": paper, "line": 1, "quantity": "1.5"}]
    assert program.post("/declarations", body).json()["item"][0]["reason"] == ["AWAITING_DECISION"]
    assert program.post(f"/declarations/{NUMBER}/acts", {"act": "RELEASE"}).status_code == 409
    act_on(row, PresentationAct.ACCEPT, by=border, at=now)
    clear = program.get(f"/declarations/{NUMBER}").json()
    assert (clear["is_clear"], clear["version"], clear["item"][0]["reason"]) == (True, 2, [])
    released = program.post(f"/declarations/{NUMBER}/acts", {"act": "RELEASE"})
    assert released.json()["state"] == "RELEASED"
    abroad = ApiVisitor.of(partner_of("XC"), name="abroad")
    foreign = (abroad.get(f"/declarations/{NUMBER}"), abroad.post("/declarations", body))
    for asked in (*foreign, program.get("/declarations/N-1")):
        assert (asked.status_code, asked.json()["code"]) == (404, "NOT_FOUND")
    for item in ({"number": paper, "issuer": "X" * 61}, {"number": paper, "line": 1, "quantity": "0.0000001"}):
        assert program.post("/declarations", {**body, "item": [item]}).status_code == 422
    wrong = {**body, "declaration_number": "26XA-2", "item": [{"number": paper, "quantity": "1"}]}
    assert program.post("/declarations", wrong).status_code == 422
