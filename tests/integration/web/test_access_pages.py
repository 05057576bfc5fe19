"""The pages of access, from the form anybody can fill in to the first sign-in with a code."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from opensps.accounts.models import AccessRequest, OfficialAccount
from opensps.accounts.one_time_codes import code_at, secret_of, step_at
from opensps.accounts.queries import actor_for, audit, person_by_id
from opensps.accounts.services import official_suspend
from opensps.lifecycle import Role
from opensps.lifecycle.access import AccessScope, SuspensionReason
from tests.factories import access
from tests.factories.accounts import PASSWORD, grant, make_authority, make_person
from tests.factories.web import Page, Visitor, upload

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n1 0 obj\n<< >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"
ANSWERS: dict[str, Any] = {
    "name": "Wei Larsen",
    "email": "wei@port.gov.example",
    "post": "Inspector",
    "office": "Northport",
    "nominating_authority": "Northland Border Inspection",
    "kinds": ["PHYTOSANITARY"],
    "scopes": ["view", "verify"],
    "reason": "Checks plants at Northport.",
}


def _as(actor: Any, *, proved: bool = True) -> Visitor:
    visitor = Visitor(person_by_id(authority="XA", person_id=actor.id))
    session = visitor.client.session
    session["proved"] = ["password", "one_time_code"] if proved else ["password"]
    session.save()
    return visitor


def _code(page: Page, *, ago: int = 0) -> str:
    letters = page.root.xpath("string(//section[@class='box']//span[contains(@class,'long')])")
    return code_at(secret_of(letters), step_at(datetime.now(UTC)) - ago)


def test_A29_an_official_gets_in_through_embassy_and_department_and_signs_in_with_a_code() -> None:
    make_authority()
    cast = access.desk(at=datetime.now(UTC) - timedelta(days=1))
    stranger = Visitor()
    form = stranger.open("/officials/request-access")
    own = form.send(embassy=cast.embassy.id.hex, **ANSWERS)
    assert own.heading == "Your request for access"
    assert "Letter of your authority" in own.words
    own = stranger.post(own.url, {"file": upload("letter.pdf", PDF)})
    own = own.send("/send")
    assert "Your embassy has it now." in own.words
    reference = AccessRequest.objects.get().reference

    embassy = _as(cast.ambassador)
    assert "Access: Wei Larsen" in embassy.open("/home").words
    page = embassy.open("/access").link("Wei Larsen").link("Confirm for the embassy")
    page = page.send(note_reference="Note 12/2026")
    assert "Confirmed by the embassy" in page.words
    reviewer, approver = _as(cast.reviewer), _as(cast.approver)
    assert reviewer.open("/access").link("Wei Larsen").send("/review").status == 200
    page = approver.open("/access").link("Wei Larsen").send("/approve")
    assert "Approved" in page.words
    shown = embassy.open(f"/access/requests/{reference}").send("/link")
    address = shown.root.xpath("string(//main//span[contains(@class,'long')])")
    enrol = stranger.open(address.partition("testserver")[2])
    wrong = enrol.send(password=PASSWORD, code="000000", accepts_terms=True)
    assert wrong.status == 422
    done = wrong.send(password=PASSWORD, code=_code(wrong, ago=1), accepts_terms=True)
    assert done.heading == "Your recovery codes"
    assert stranger.open(address.partition("testserver")[2]).status == 404

    codes = [row.text_content().strip() for row in done.root.xpath("//main//li")]
    fresh = Visitor()
    asked = fresh.open("/sign-in").send("/sign-in", email=ANSWERS["email"], password=PASSWORD)
    assert asked.heading == "One-time code"
    assert fresh.open("/home").url.startswith("/sign-in")
    asked = fresh.open("/sign-in/code").send(code="000000")
    assert asked.status == 422
    home = asked.send(code=codes[0])
    assert "Wei Larsen" in home.words
    again = Visitor()
    again.open("/sign-in").send("/sign-in", email=ANSWERS["email"], password=PASSWORD)
    assert again.open("/sign-in/code").send(code=codes[0]).status == 422  # each recovery code works once

    account = OfficialAccount.objects.get()
    official_suspend(
        authority="XA",
        account_id=account.opaque_id,
        why=SuspensionReason.MOVED,
        reason="moved",
        actor=cast.approver,
        at=datetime.now(UTC),
    )
    assert fresh.open("/home").url.startswith("/sign-in")
    assert audit("XA") == ()


def test_a_private_mailbox_and_an_unknown_embassy_are_refused_beside_their_fields() -> None:
    make_authority()
    cast = access.desk()
    page = Visitor().open("/officials/request-access")
    refused = page.send(embassy=cast.embassy.id.hex, **{**ANSWERS, "email": "wei@private.example"})
    assert refused.errors == ["Use your official mail address. Private addresses are not accepted."]
    assert not AccessRequest.objects.exists()


def test_an_embassy_without_second_factor_does_not_confirm_and_sees_nothing_of_others() -> None:
    make_authority()
    cast, other = access.desk("XB"), access.desk("XC")
    reference = access.sent(cast)
    page = _as(cast.ambassador, proved=False).open(f"/access/requests/{reference}/decide/endorse")
    refused = page.send(note_reference="Note 1")
    assert refused.status == 409
    assert "Set up one-time codes" in refused.words
    missing = _as(other.ambassador).open("/access/requests/XA-U-2026-00000000").status
    assert _as(other.ambassador).open(f"/access/requests/{reference}").status == missing == 404
    assert "Wei Larsen" not in _as(other.ambassador).open("/access").words


def test_officials_do_not_see_the_desks_and_the_wrong_key_opens_nothing() -> None:
    make_authority()
    cast = access.desk()
    official = grant(make_person("o@gov.example"), Role.FOREIGN_OFFICER, organisation_id=cast.embassy.id.hex)
    visitor = _as(official)
    assert [visitor.open(url).status for url in ("/access", "/access/accounts", "/access/agreements")] == [404] * 3
    assert Client().get("/officials/requests/abc").status_code == 404
    assert Client().get("/enrol/abc").status_code == 404


def test_the_approver_finds_suspends_and_reopens_an_account_and_the_embassy_confirms_it() -> None:
    make_authority()
    cast = access.desk(at=datetime.now(UTC) - timedelta(days=1))
    made = access.enrolled(cast, at=datetime.now(UTC))
    approver = _as(cast.approver)
    page = approver.open("/access/accounts?q=WEI").link("Wei Larsen")
    page = page.link("Suspend").send(why="moved", reason="Left for another office.")
    assert "Suspended" in page.words
    page = page.link("Open again").send(reason="Back.")
    assert OfficialAccount.objects.get(pk=made.account.pk).state == "active"
    page = _as(cast.ambassador).open(f"/access/accounts/{made.account.opaque_id}").send("/reconfirm")
    assert "Confirmed by the country" in page.words
    page = approver.open("/access/agreements").link("Northland")
    page = page.send(mail_domains="gov.example\nport.example", scopes=["view"])
    assert "port.example" in page.words


def test_a_country_administrator_lets_a_colleague_in_who_cannot_enter_without_a_device() -> None:
    make_authority()
    cast = access.desk(at=datetime.now(UTC) - timedelta(days=1))
    made = access.enrolled(cast, at=datetime.now(UTC), scopes=(AccessScope.VIEW, AccessScope.COUNTRY_ADMIN))
    page = _as(actor_for(made.person, datetime.now(UTC))).open("/access/accounts").link("Let a colleague in")
    refused = page.send(name="Ana Berg", email="ana@private.example", scopes=["view"])
    assert refused.errors == ["Use your official mail address. Private addresses are not accepted."]
    shown = refused.send(name="Ana Berg", email="ana@gov.example", scopes=["view"])
    address = shown.root.xpath("string(//main//span[contains(@class,'long')])").partition("testserver")[2]
    join = Visitor().open(address)
    assert join.send(password=PASSWORD, accepts_terms=True).errors == ["Enter the code."]
    assert join.send(password=PASSWORD, accepts_terms=True, code=_code(join)).heading == "Your recovery codes"


def test_an_administrator_writes_down_a_first_agreement_and_the_country_can_apply() -> None:
    make_authority()
    admin = _as(grant(make_person("admin@demo.example"), Role.ADMINISTRATOR))
    page = admin.open("/people").link("Agreements with countries").link("Agreement with another country")
    answers: dict[str, Any] = {"embassy": "Embassy of Westmark", "mail_domains": "gov.example", "scopes": ["view"]}
    assert page.send(country="", **answers).errors == ["Enter the country."]
    page = page.send(country="XC", **answers)
    assert "Westmark" in page.words
    form = Visitor().open("/officials/request-access")
    assert "Embassy of Westmark" in form.words
