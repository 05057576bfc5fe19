"""The pages of people: invitation to sign-in, roles, a reset by two administrators, one's own account."""

from datetime import UTC, datetime

import pytest

from opensps.accounts.models import OrganisationKind, Person
from opensps.accounts.one_time_codes import code_at, secret_of, step_at
from opensps.accounts.queries import Actor, actor_for, person_by_id
from opensps.lifecycle import Role
from tests.factories.accounts import (
    PASSWORD,
    START,
    grant,
    make_authority,
    make_office,
    make_organisation,
    make_person,
)
from tests.factories.web import Page, Visitor

pytestmark = pytest.mark.django_db
NEW = "another quiet long word"


def _as(actor: Actor) -> Visitor:
    return Visitor(person_by_id(authority="XA", person_id=actor.id))


@pytest.fixture
def admins() -> tuple[Visitor, Visitor]:
    """Two administrators at their browsers."""
    make_authority()
    make_office("014")
    made = [grant(make_person(f"admin{n}@demo.example"), Role.ADMINISTRATOR) for n in (1, 2)]
    return _as(made[0]), _as(made[1])


def _linked(page: Page) -> str:
    address: str = page.root.xpath("string(//main//span[contains(@class,'long')])")
    return address.partition("testserver")[2]


def test_an_administrator_invites_gives_a_role_and_ends_it(admins: tuple[Visitor, Visitor]) -> None:
    page = admins[0].open("/people").link("Invite somebody").send(name="Nia Cole", email="nia@demo.example")
    link = _linked(page)
    weak = Visitor().open(link).send(password="short", accepts_terms=True)
    assert weak.errors == ["Use at least 12 characters."]
    assert weak.send(password=NEW, accepts_terms=True).heading == "Sign in"
    assert Visitor().open(link).status == 404
    page = admins[0].open("/people?q=nia").link("Nia Cole").link("Give a role")
    refused = page.send(role="certifying_officer")
    assert refused.status == 422
    page = refused.send(role="certifying_officer", office="014")
    assert "Certifying officer" in page.words
    nia = Visitor()
    nia.open("/sign-in").send("/sign-in", email="nia@demo.example", password=NEW)
    assert nia.open("/queue").status == 200
    page.send("/end")
    assert nia.open("/queue").status == 404
    assert nia.open("/people").status == 404


def test_a_reset_waits_for_another_administrator(admins: tuple[Visitor, Visitor]) -> None:
    person = make_person()
    here = f"/people/{person.opaque_id}"
    page = admins[0].open(here).link("Ask for a reset").send(reason="Passkey and telephone lost.")
    assert "so a second person has to confirm it" in page.words
    assert not page.root.xpath("//form[contains(@action, 'confirm')]")
    forced = admins[0].post(f"{here}/reset/confirm", {})
    assert forced.status == 409
    link = _linked(admins[1].open(here).send("/confirm"))
    assert Visitor().open(link).send(password=NEW, accepts_terms=True).heading == "Sign in"
    signed = Visitor().open("/sign-in").send("/sign-in", email=person.email, password=NEW)
    assert signed.url == "/home"


def test_whoever_leaves_is_signed_out_at_once(admins: tuple[Visitor, Visitor]) -> None:
    actor = grant(make_person(), Role.PLANNER)
    visitor = _as(actor)
    assert visitor.open("/inspections").status == 200
    page = admins[0].open(f"/people/{actor.id}").link("Has left the authority").send(reason="Retired.")
    assert "Left the authority" in page.words
    assert visitor.open("/inspections").url.startswith("/sign-in")
    assert not Person.objects.get(pk=actor.id).is_active


def test_ones_own_password_and_device(admins: tuple[Visitor, Visitor]) -> None:
    actor = grant(make_person(), Role.PLANNER)
    visitor, other = _as(actor), _as(actor)
    page = visitor.open("/account").link("Change your password")
    assert page.send(former="wrong", password=NEW).errors == ["This is not your password."]
    assert page.send(former=PASSWORD, password=NEW).heading == "Your account"
    assert other.open("/account").url.startswith("/sign-in")
    page = visitor.open("/account").link("Set up one-time codes")
    secret = page.root.xpath("string(//section[@class='box']//span[contains(@class,'long')])")
    code = code_at(secret_of(secret), step_at(datetime.now(UTC)))
    assert page.send(former=NEW, code=code).heading == "Your recovery codes"
    asked = Visitor().open("/sign-in").send("/sign-in", email="somebody@demo.example", password=NEW)
    assert asked.heading == "One-time code"


def test_colleagues_are_found_by_name_and_office_and_officials_of_others_see_none(
    admins: tuple[Visitor, Visitor],
) -> None:
    grant(make_person("ola@demo.example"), Role.CERTIFYING_OFFICER, office_code="014")
    page = admins[0].open("/organisation?q=ola&office=014")
    assert "Ola" in page.words
    assert "Admin2" not in page.words
    assert "ola@demo.example" not in page.words


@pytest.mark.usefixtures("admins")
@pytest.mark.parametrize("role", [Role.TRADE_AGENT, Role.EXPORTER, Role.LIAISON])
def test_who_is_not_of_the_authority_reads_no_names_of_its_people(role: Role) -> None:
    kind = {Role.TRADE_AGENT: "agent", Role.EXPORTER: "exporter", Role.LIAISON: "ministry"}[role]
    place = make_organisation("Harbour", kind=OrganisationKind(kind))
    someone = grant(make_person("ann@harbour.example"), role, organisation_id=place.pk.hex)
    assert _as(someone).open("/organisation?q=admin").status == 404


def test_a_role_of_a_whole_office_is_changed_on_one_page(admins: tuple[Visitor, Visitor]) -> None:
    grant(make_person("ola@demo.example"), Role.INSPECTOR, office_code="014")
    page = admins[0].open("/people").link("Change a role in a whole office")
    same = page.send(office="014", held="inspector", given="inspector")
    assert same.errors == ["Choose another role, or let the present one end."]
    assert "administrator" not in same.root.xpath("//select[@name='given']/option/@value")
    done = same.send(office="014", held="inspector", given="border_officer")
    assert done.url == "/people?office=014"
    assert "Border officer" in done.words
    assert "Inspector" not in done.root.xpath("string(//tbody)")
    assert _as(actor_for(make_person("eve@demo.example"), START)).open("/people/offices").status == 404
