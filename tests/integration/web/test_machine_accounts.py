"""A program of another authority: through the embassy to a key, with it over REST and SOAP, and out again."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from joserfc import jwk

from opensps.accounts import services
from opensps.accounts.access_queries import RECONFIRM_EVERY, RECONFIRM_GRACE, ApplicantKind
from opensps.accounts.errors import LinkOver, NotAllowed
from opensps.accounts.models import AccessRequest, OfficialAccount, Person, RoleGrant
from opensps.accounts.queries import Actor, actor_for, audit, person_by_id
from opensps.exchange.client_assertions import TYPE
from opensps.exchange.models import CredentialUse, Partner, PartnerCredential
from opensps.exchange.secrets import SecretBox
from opensps.exchange.services.machine_accounts import (
    MachineKey,
    machine_approve,
    machine_enrol,
    machine_key_end,
    machine_key_renew,
    scopes_for,
)
from opensps.lifecycle import ActNotAllowed, Role
from opensps.lifecycle.access import AccessScope, SuspensionReason
from opensps.web.html.protection import secret_box
from tests.factories import access
from tests.factories.accounts import PASSWORD, grant, make_authority, make_person
from tests.factories.partners import live_partner
from tests.factories.rest import ApiVisitor, KeyClient, partner_of, waiting_envelope
from tests.factories.service_callers import KEY_FILE, Program, body_of, fault_code, plain, soap_partner, token_header
from tests.factories.web import Visitor, upload
from tests.integration.web.test_access_pages import ANSWERS, PDF

pytestmark = pytest.mark.django_db
PROGRAM = {**ANSWERS, "name": "Northland Plant Gate", "responsible": "Wei Larsen", "email": "gate@port.gov.example"}
WISH: dict[str, Any] = {
    "kind": "machine", "name": PROGRAM["name"], "email": PROGRAM["email"], "responsible": "Wei Larsen"
}  # fmt: skip
BOX = SecretBox.read(KEY_FILE)
OWN, FOREIGN = "XA-2026-014-0000318-4", "XA-2026-014-0000319-2"


@pytest.fixture(autouse=True)
def _protected(settings: Any, tmp_path: Any) -> None:
    path = tmp_path / "exchange.key"
    path.write_text(KEY_FILE, encoding="ascii")
    settings.OPENSPS_EXCHANGE_KEY = path
    assert secret_box() is not None


def _as(actor: Actor) -> Visitor:
    visitor = Visitor(person_by_id(authority="XA", person_id=actor.id))
    session = visitor.client.session
    session["proved"] = ["password", "one_time_code"]
    session.save()
    return visitor


def _made(cast: access.Desk, **changes: Any) -> MachineKey:
    """Take a program to its key."""
    at = datetime.now(UTC)
    link = _link(cast, **changes)
    return machine_enrol(authority="XA", link=link, accepts_terms=True, box=BOX, at=at)


def _link(cast: access.Desk, **changes: Any) -> str:
    at = datetime.now(UTC)
    reference = access.endorsed(cast, at=at, **{**WISH, **changes})
    services.access_review(authority="XA", reference=reference, actor=cast.reviewer, at=at)
    machine_approve(authority="XA", request=AccessRequest.objects.get(reference=reference), actor=cast.approver, at=at)
    return services.access_hand_over(
        authority="XA", reference=reference, has_second_factor=True, actor=cast.ambassador, at=at
    ).text


def _token(name: str, private: str, **more: str) -> Any:
    client = KeyClient(name, jwk.ECKey.import_key(json.loads(private)))
    fields = {
        "grant_type": "client_credentials",
        "client_assertion_type": TYPE,
        "client_assertion": client.statement(),
        **more,
    }
    form = "application/x-www-form-urlencoded"
    return Client().generic("POST", "/oauth2/token", urlencode(fields).encode(), form, secure=True)


def _visitor(name: str, private: str) -> ApiVisitor:
    answer = _token(name, private)
    assert answer.status_code == 200, answer.content
    return ApiVisitor(answer.json()["access_token"], Client(raise_request_exception=False))


def _soap(name: str, secret: str, operation: str, inner: str) -> Any:
    at = datetime.now(UTC)
    header = token_header("XB", at=at, key=secret).replace("XB-system", name)
    return body_of(Program(has_certificate=False).post(plain(operation, inner, header=header), at=at))


def test_A29_a_program_gets_its_key_through_embassy_and_department_and_loses_it_with_its_account() -> None:
    make_authority()
    cast = access.desk(at=datetime.now(UTC) - timedelta(days=1))
    partner = soap_partner("XB", authentication="digest")
    waiting_envelope(partner, number=OWN)
    waiting_envelope(partner_of("XC"), number=FOREIGN)

    stranger = Visitor()
    form = stranger.open("/officials/request-access").link("Ask for a program of our authority")
    form = Visitor().open("/officials/request-access?for=program")
    assert "Look after the officials" not in form.words
    own = form.send(embassy=cast.embassy.id.hex, **PROGRAM)
    own = own.visitor.post(own.url, {"file": upload("letter.pdf", PDF)}).send("/send")
    assert "Responsible person" in own.words
    reference = AccessRequest.objects.get().reference
    embassy, approver = _as(cast.ambassador), _as(cast.approver)
    embassy.open(f"/access/requests/{reference}/decide/endorse").send(note_reference="Note 12/2026")
    _as(cast.reviewer).open(f"/access/requests/{reference}").send("/review")
    assert "Approved" in approver.open(f"/access/requests/{reference}").send("/approve").words
    shown = embassy.open(f"/access/requests/{reference}").send("/link")
    address = shown.root.xpath("string(//main//span[contains(@class,'long')])").partition("testserver")[2]
    assert stranger.open(address).send().status == 422
    done = stranger.open(address).send(accepts_terms=True)
    assert done.heading == "Key of the program"
    assert stranger.open(address).status == 404
    private = done.root.xpath("string(//pre[@id='private-key'])")
    account = OfficialAccount.objects.get()
    keys = {row.use: row for row in PartnerCredential.objects.filter(official=account)}
    name = keys[CredentialUse.OAUTH_CLIENT].name
    secret = done.root.xpath("string(//dt[starts-with(.,'Password')]/following-sibling::dd)").strip()
    assert '"d"' not in keys[CredentialUse.OAUTH_CLIENT].material

    rest = _visitor(name, private)
    assert rest.get(f"/certificates?number={OWN}").json()["data"]
    assert rest.get(f"/certificates?number={FOREIGN}").json()["data"] == []
    assert rest.get(f"/certificates/{FOREIGN}").status_code == 404
    assert rest.get(f"/certificates/{FOREIGN}").json()["code"] == rest.get("/certificates/none").json()["code"]
    assert rest.get("/envelopes").json()["code"] == "SCOPE_MISSING"
    assert rest.post("/checks", {"number": OWN, "presentation": True, "location": "XBNOR"}).status_code == 403
    checked = _soap(name, secret, "VerifyCertificate", f"<number>{FOREIGN}</number>")
    assert checked.tag.endswith("VerifyCertificateResponse"), checked.tag
    assert fault_code(_soap(name, secret, "Acknowledge", _ACKNOWLEDGED)) == ("AccessDenied", "SCOPE_MISSING")

    page = approver.open(f"/access/accounts/{account.opaque_id}")
    assert "A program of the authority" in page.words
    assert name in page.words
    assert "Password and device" not in page.words
    page.link("Suspend").send(why="precaution", reason="Calls at odd hours")
    assert rest.get(f"/certificates?number={OWN}").status_code == 401
    assert _token(name, private).status_code == 401
    refused = _soap(name, secret, "VerifyCertificate", f"<number>{OWN}</number>")
    assert fault_code(refused) == ("AuthenticationFailed", "CREDENTIAL_INVALID")
    assert audit("XA") == ()


_ACKNOWLEDGED = (
    f"<item><deliveryNumber>01JD0000000000000000000001</deliveryNumber><sha256>{'e' * 64}</sha256>"
    "<result>RECEIVED</result></item>"
)


def test_without_a_partner_of_its_country_a_program_is_not_approved_and_the_page_says_why() -> None:
    make_authority()
    cast = access.desk()
    partner_of("XE", countries=["XB", "XE"])
    at = datetime.now(UTC)
    reference = access.endorsed(cast, at=at, **WISH)
    services.access_review(authority="XA", reference=reference, actor=cast.reviewer, at=at)
    refused = _as(cast.approver).open(f"/access/requests/{reference}").send("/approve")
    assert refused.status == 409
    assert "No partner serves this country alone" in refused.words
    with pytest.raises(ActNotAllowed, match="partner_known"):
        services.access_approve(authority="XA", reference=reference, actor=cast.approver, at=at)


def test_a_program_cannot_look_after_officials_and_names_who_answers_for_it() -> None:
    make_authority()
    cast = access.desk()
    with pytest.raises(ActNotAllowed, match="fit_for_kind"):
        access.sent(cast, **{**WISH, "scopes": (AccessScope.COUNTRY_ADMIN,)})
    with pytest.raises(ActNotAllowed, match="complete"):
        access.sent(cast, **{**WISH, "responsible": ""})
    assert scopes_for(AccessScope) == (
        *("certificates:read", "checks:write", "inquiries:read", "inquiries:write", "outcomes:write"),
    )
    assert scopes_for(["verify"]) == ("checks:write",)


def test_a_program_signs_in_nowhere_has_no_role_and_gets_no_password() -> None:
    make_authority()
    live_partner("XB")
    cast = access.desk()
    account = _made(cast).account
    person, at = account.person, datetime.now(UTC)
    assert actor_for(person, at).roles == frozenset()
    assert not RoleGrant.objects.filter(person=person).exists()
    assert "/sign-in" in Visitor(person).open("/home").url
    tried = services.sign_in_attempt(authority="XA", email=person.email, password=PASSWORD, network="192.0.2.9", at=at)
    assert tried.outcome == services.SignInOutcome.REFUSED
    known: dict[str, Any] = {"authority": "XA", "person_id": person.opaque_id, "at": at}
    administrator = grant(make_person("root@xa.example"), Role.ADMINISTRATOR)
    with pytest.raises(NotAllowed):
        services.reset_ask(**known, reason="lost", actor=administrator)
    with pytest.raises(NotAllowed):
        services.invitation_renew(**known, actor=administrator)
    with pytest.raises(NotAllowed):
        services.role_grant(**known, role=Role.EXAMINER, actor=administrator)


def test_the_link_of_a_program_opens_no_account_for_a_person_and_the_other_way_round() -> None:
    make_authority()
    live_partner("XB")
    cast, at = access.desk(), datetime.now(UTC)
    link = _link(cast)
    with pytest.raises(LinkOver):
        services.access_enrol(
            authority="XA", link=link, password=PASSWORD, chosen=access.chosen(at), accepts_terms=True, at=at
        )
    reference = access.approved(cast, at=at)
    given = services.access_hand_over(
        authority="XA", reference=reference, has_second_factor=True, actor=cast.ambassador, at=at
    )
    with pytest.raises(LinkOver):
        machine_enrol(authority="XA", link=given.text, accepts_terms=True, box=None, at=at)
    with pytest.raises(ActNotAllowed, match="terms_accepted"):
        machine_enrol(authority="XA", link=link, accepts_terms=False, box=None, at=at)


def test_the_administrator_of_the_country_renews_the_key_and_another_country_sees_nothing() -> None:
    make_authority()
    live_partner("XB")
    cast, other = access.desk(), access.desk("XC")
    made = _made(cast, scopes=(AccessScope.VIEW,))
    assert made.secret == ""  # no SOAP was agreed with this partner
    account_id, at = made.account.opaque_id, datetime.now(UTC)
    rest = _visitor(made.name, made.private_key)
    assert rest.get("/certificates").status_code == 200
    wish: dict[str, Any] = {"scopes": (AccessScope.COUNTRY_ADMIN,), "email": "boss@port.gov.example"}
    own = actor_for(access.enrolled(cast, at=at, **wish).person, at)
    foreign = actor_for(access.enrolled(other, at=at, **{**wish, "email": "boss@xc.gov.example"}).person, at)
    assert _as(foreign).open(f"/access/accounts/{account_id}/key/renew").status == 404
    with pytest.raises(Exception, match=account_id):
        machine_key_end(authority="XA", account_id=account_id, actor=foreign, at=at)

    shown = _as(own).open(f"/access/accounts/{account_id}").link("Make a new key").send()
    assert shown.heading == "Key of the program"
    fresh = shown.root.xpath("string(//pre[@id='private-key'])")
    assert rest.get("/certificates").status_code == 401
    assert _token(made.name, made.private_key).status_code == 401
    again = _visitor(made.name, fresh)
    assert again.get("/certificates").status_code == 200
    with pytest.raises(ActNotAllowed, match="second_factor"):
        machine_key_renew(authority="XA", account_id=account_id, has_second_factor=False, box=None, actor=own, at=at)
    _as(own).open(f"/access/accounts/{account_id}").link("End the key").send()
    assert again.get("/certificates").status_code == 401
    assert "It has no key." in _as(own).open(f"/access/accounts/{account_id}").words


def test_a_missed_confirmation_the_last_day_and_a_partner_of_two_countries_end_the_next_call() -> None:
    make_authority()
    live_partner("XB")
    cast = access.desk()
    made = _made(cast, scopes=(AccessScope.VIEW,), ends_on=datetime.now(UTC).date() + timedelta(days=9))
    rest = _visitor(made.name, made.private_key)
    accounts = OfficialAccount.objects.filter(pk=made.account.pk)
    accounts.update(used_at=datetime.now(UTC) - timedelta(days=3))
    assert rest.get("/certificates").status_code == 200
    assert accounts.get().used_at > datetime.now(UTC) - timedelta(minutes=1)

    def refused_after(rows: Any, **change: Any) -> int:
        with transaction.atomic():
            rows.update(**change)
            status = int(rest.get("/certificates").status_code)
            transaction.set_rollback(True)
        return status

    late = datetime.now(UTC) - RECONFIRM_EVERY - RECONFIRM_GRACE
    assert refused_after(accounts, reconfirmed_at=late) == 401
    assert refused_after(accounts, state="revoked") == 401
    assert refused_after(Person.objects.filter(official=made.account), is_active=False) == 401
    assert refused_after(Partner.objects.filter(code="XB"), countries=["XB", "XE"]) == 401
    (key,) = PartnerCredential.objects.filter(official=made.account)
    assert key.valid_to == made.ends_at
    assert made.ends_at is not None
    over = {"valid_from": late, "valid_to": datetime.now(UTC) - timedelta(seconds=1)}
    assert refused_after(PartnerCredential.objects.filter(pk=key.pk), **over) == 401
    assert rest.get("/certificates").status_code == 200


def test_a_call_of_a_program_asks_no_more_questions_than_a_call_of_its_partner(
    django_assert_num_queries: Any, django_assert_max_num_queries: Any
) -> None:
    make_authority()
    partner = live_partner("XB")
    made = _made(access.desk(), scopes=(AccessScope.VIEW,))
    rest = _visitor(made.name, made.private_key)
    theirs = ApiVisitor.of(partner)
    for each in (rest, theirs):
        each.get("/certificates")
    with django_assert_max_num_queries(50) as counted:
        theirs.get("/certificates")
    with django_assert_num_queries(len(counted)):
        rest.get("/certificates")


def test_the_database_knows_no_program_with_a_password_without_a_partner_or_with_another_kind_of_key() -> None:
    make_authority()
    live_partner("XB")
    made = _made(access.desk())
    wrong = (
        (Person.objects.filter(official=made.account), {"password": "pbkdf2"}),
        (OfficialAccount.objects.filter(pk=made.account.pk), {"partner": ""}),
        (OfficialAccount.objects.filter(pk=made.account.pk), {"kind": ApplicantKind.PERSON}),
        (AccessRequest.objects.filter(kind="machine"), {"responsible": ""}),
        (PartnerCredential.objects.filter(official=made.account), {"use": CredentialUse.CLIENT_TLS}),
    )
    for rows, change in wrong:
        assert rows.count() == 1
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**change)


def test_a_suspended_account_is_opened_again_and_its_key_with_it() -> None:
    make_authority()
    live_partner("XB")
    cast = access.desk()
    made = _made(cast, scopes=(AccessScope.VIEW,))
    known: dict[str, Any] = {
        "authority": "XA", "account_id": made.account.opaque_id, "reason": "asked", "actor": cast.approver
    }  # fmt: skip
    services.official_suspend(**known, why=SuspensionReason.PRECAUTION, at=datetime.now(UTC))
    assert _token(made.name, made.private_key).status_code == 401
    services.official_restore(**known, at=datetime.now(UTC))
    assert _visitor(made.name, made.private_key).get("/certificates").status_code == 200
