"""People, organisations, offices and roles: who may change them, one event each, and roles for a time."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from pytest_django import DjangoAssertNumQueries

from opensps.accounts import services
from opensps.accounts.errors import EmailTaken, GrantIncomplete, NotAllowed, NotFound, OfficeTaken, PasswordRefused
from opensps.accounts.models import Person, RoleGrant
from opensps.accounts.queries import (
    SYSTEM,
    Actor,
    OrganisationKind,
    actor_for,
    audit,
    authority_profile,
    grants_for,
    names_by_id,
    office_by_code,
    offices,
    organisation_by_id,
    organisations,
    people,
    people_with_role,
    person_by_email,
    person_by_id,
)
from opensps.events.queries import events_for, folded_state
from opensps.lifecycle import Role
from tests.factories.accounts import START, grant, make_authority, make_office, make_organisation, make_person

pytestmark = pytest.mark.django_db
LATER = START + timedelta(days=1)
XA = {"authority": "XA"}


def acts_of(person: Person) -> list[str]:
    return [event.act for event in events_for(authority="XA", object_kind="person", object_id=person.opaque_id)]


def test_an_account_is_found_by_its_address_in_any_case_and_by_its_opaque_id() -> None:
    person = make_person("Wei.Chen@Demo.Example")
    assert person_by_email(authority="XA", email=" wei.chen@DEMO.example ") == person
    assert person_by_id(authority="XA", person_id=person.opaque_id) == person
    assert person_by_id(authority="XA", person_id="system") is None
    assert person_by_email(authority="XB", email=person.email) is None
    assert people(**XA) == (person,)
    assert str(person) == person.opaque_id


def test_an_address_belongs_to_one_account_per_authority() -> None:
    make_person()
    with pytest.raises(EmailTaken):
        make_person("SOMEBODY@demo.example")
    make_person(authority="XB")
    assert Person.objects.count() == 2


def test_names_and_addresses_stay_out_of_the_event_itself() -> None:
    person = make_person()
    (event,) = events_for(authority="XA", object_kind="person", object_id=person.opaque_id)
    assert (event.act, event.actor, event.role) == ("person.created", "system", "system")
    assert event.payload == {"email": "somebody@demo.example", "name": "Somebody"}


@pytest.mark.parametrize("password", ["short", "q1w2e3r4t5y6", "somebody@demo.example"])
def test_a_weak_password_is_refused_and_no_account_remains(password: str) -> None:
    with pytest.raises(PasswordRefused) as refusal:
        make_person(password=password)
    assert refusal.value.reasons
    assert not Person.objects.exists()


def test_an_actor_has_the_roles_valid_at_that_time() -> None:
    person, organisation = make_person(), make_organisation()
    make_office("0142")
    common = {"authority": "XA", "person_id": person.opaque_id, "actor": SYSTEM, "at": START}
    services.role_grant(role=Role.EXPORTER, organisation_id=organisation.id.hex, **common)
    services.role_grant(role=Role.CERTIFYING_OFFICER, office_code="0142", valid_from=LATER, **common)
    services.role_grant(role=Role.INSPECTOR, valid_until=LATER, **common)
    assert actor_for(person, START).roles == {Role.EXPORTER, Role.INSPECTOR}
    now = actor_for(person, LATER)
    assert now == Actor(
        id=person.opaque_id,
        authority="XA",
        roles=frozenset({Role.EXPORTER, Role.CERTIFYING_OFFICER}),
        organisation=organisation.id.hex,
        office="0142",
        name="Somebody",
    )
    assert people_with_role(authority="XA", role=Role.CERTIFYING_OFFICER, at=LATER, office="0142") == (person,)
    assert people_with_role(authority="XA", role=Role.CERTIFYING_OFFICER, at=LATER, office="014") == ()
    assert people_with_role(authority="XA", role=Role.INSPECTOR, at=LATER) == ()


def test_asking_for_an_actor_is_one_query(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    person = make_person()
    make_office()
    grant(person, Role.CERTIFYING_OFFICER, office_code="014")
    grant(person, Role.REVIEWER)
    with django_assert_max_num_queries(1):
        actor_for(person, LATER)
    with django_assert_max_num_queries(1):
        assert names_by_id(authority="XA", ids=[person.opaque_id, "system"]) == {person.opaque_id: "Somebody"}


@pytest.mark.parametrize("role", [Role.SYSTEM, Role.CLOCK])
def test_no_person_becomes_a_machine_that_acts_for_every_authority(role: Role) -> None:
    person = make_person()
    with pytest.raises(NotAllowed):
        grant(person, role)
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleGrant.objects.create(id=person.id, authority="XA", person=person, role=role, valid_from=START)


def test_somebody_with_two_offices_signs_in_the_one_granted_for_signing() -> None:
    person, exporter = make_person(), make_organisation("Greenfields")
    laboratory = make_organisation("Laboratory", kind=OrganisationKind.LABORATORY)
    make_office("014")
    make_office("021")
    grant(person, Role.INSPECTOR, office_code="014", organisation_id=laboratory.id.hex)
    grant(person, Role.CERTIFYING_OFFICER, office_code="021", valid_from=START + timedelta(hours=1))
    actor = grant(person, Role.EXPORTER, organisation_id=exporter.id.hex, valid_from=START + timedelta(hours=1))
    assert (actor.office, actor.organisation) == ("021", exporter.id.hex)


def test_an_exporter_needs_an_organisation_and_a_certifying_officer_an_office() -> None:
    person = make_person()
    for role in (Role.EXPORTER, Role.CERTIFYING_OFFICER):
        with pytest.raises(GrantIncomplete):
            grant(person, role)
        with pytest.raises(IntegrityError), transaction.atomic():
            RoleGrant.objects.create(id=person.id, authority="XA", person=person, role=role, valid_from=START)


def test_a_role_does_not_end_before_it_begins() -> None:
    with pytest.raises(GrantIncomplete):
        grant(make_person(), Role.REVIEWER, valid_until=START)


@pytest.mark.parametrize("columns", [{"office_code": "999"}, {"organisation_id": "0" * 32}])
def test_a_role_in_an_unknown_place_is_not_found(columns: dict[str, str]) -> None:
    with pytest.raises(NotFound):
        grant(make_person(), Role.REVIEWER, **columns)


def test_a_role_that_was_ended_is_over_at_once() -> None:
    person = make_person()
    grant(person, Role.REVIEWER)
    (given,) = grants_for(authority="XA", person_id=person.opaque_id)
    services.role_end(authority="XA", grant_id=given.id, actor=SYSTEM, at=LATER)
    assert actor_for(person, LATER).roles == frozenset()
    assert acts_of(person) == ["person.created", "role.granted", "role.ended"]
    with pytest.raises(NotFound):
        services.role_end(authority="XA", grant_id=given.id, actor=SYSTEM, at=LATER)


def test_only_administrators_of_the_same_authority_change_accounts() -> None:
    administrator = grant(make_person("admin@demo.example"), Role.ADMINISTRATOR)
    stranger = grant(make_person("admin@b.example", authority="XB"), Role.ADMINISTRATOR)
    officer = grant(make_person("senior@demo.example"), Role.SENIOR_OFFICER)
    person = make_person()
    for actor in (stranger, officer):
        with pytest.raises(NotAllowed):
            services.person_suspend(authority="XA", person_id=person.opaque_id, actor=actor, at=LATER)
    services.person_suspend(authority="XA", person_id=person.opaque_id, actor=administrator, at=LATER)
    newest = events_for(authority="XA", object_kind="person", object_id=person.opaque_id)[-1]
    assert (newest.actor, newest.role) == (administrator.id, "administrator")


def test_a_suspended_person_has_no_roles_until_restored() -> None:
    person = make_person()
    grant(person, Role.REVIEWER)
    for turn, roles in ((services.person_suspend, frozenset()), (services.person_restore, {Role.REVIEWER})):
        turn(authority="XA", person_id=person.opaque_id, actor=SYSTEM, at=LATER, reason_code="moved")
        turn(authority="XA", person_id=person.opaque_id, actor=SYSTEM, at=LATER)  # the second time nothing happens
        person.refresh_from_db()
        assert actor_for(person, LATER).roles == roles
        assert audit("XA") == ()
    assert acts_of(person)[-2:] == ["person.suspended", "person.restored"]
    events = events_for(authority="XA", object_kind="person", object_id=person.opaque_id)
    assert folded_state(events) == "active"


def test_a_state_changed_by_hand_is_noticed() -> None:
    make_person()
    Person.objects.update(is_active=False)
    (problem,) = audit("XA")
    assert problem.code == "projection"


def test_people_of_other_authorities_are_not_found() -> None:
    person = make_person(authority="XB")
    with pytest.raises(NotFound):
        services.person_suspend(authority="XA", person_id=person.opaque_id, actor=SYSTEM, at=LATER)
    with pytest.raises(NotFound):
        services.password_set(
            authority="XA", person_id="somebody", password="whatever-it-takes", actor=SYSTEM, at=LATER
        )


def test_offices_and_organisations_are_kept_per_authority() -> None:
    profile, office, organisation = make_authority(), make_office(), make_organisation()
    assert authority_profile("XA") == profile
    assert office_by_code(authority="XA", code="014") == office
    assert office_by_code(authority="XB", code="014") is None
    assert offices(**XA) == (office,)
    assert organisation_by_id(authority="XA", organisation_id=organisation.id.hex) == organisation
    assert organisations(authority="XA", kind=OrganisationKind.LABORATORY) == ()
    assert organisations(**XA) == (organisation,)
    assert [str(row) for row in (profile, office, organisation)] == [
        "Plant and Animal Health Service of Examplia",
        "014 Office 014",
        "Greenfields Foods Co., Ltd",
    ]
    with pytest.raises(OfficeTaken):
        make_office()
    with pytest.raises(IntegrityError), transaction.atomic():
        make_office("14")


def test_the_address_of_the_check_page_changes_once_and_is_written_down() -> None:
    made = make_authority()
    for _ in range(2):
        services.authority_change_check_host(
            authority="XA", check_host="check.example", actor=SYSTEM, at=START + timedelta(days=1)
        )
    made.refresh_from_db()
    assert made.check_host == "check.example"
    acts = [event.act for event in events_for(authority="XA", object_kind="authority", object_id="XA")]
    assert acts == ["authority.created", "authority.check_host_changed"]
