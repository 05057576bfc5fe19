"""The directory: found by name, role or office in a fixed number of queries; a whole office's role is one act (B04)."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from opensps.accounts.errors import NotAllowed, NotFound
from opensps.accounts.models import Office, RoleGrant
from opensps.accounts.people_queries import colleagues, people_found
from opensps.accounts.queries import SYSTEM, actor_for, person_by_id
from opensps.accounts.services import OfficeChange, office_roles_change, person_suspend, role_grant
from opensps.events.models import Event
from opensps.events.queries import events_for
from opensps.lifecycle import ActNotAllowed, Role
from tests.factories.accounts import START, grant, make_authority, make_office, make_person

pytestmark = pytest.mark.django_db
AT = START.replace(day=9)
CHANGE = OfficeChange("014", held=Role.INSPECTOR, given=Role.BORDER_OFFICER, ends_held=True)


@pytest.fixture
def _offices() -> None:
    make_authority()
    make_office("014")
    make_office("015")


def _inspectors(many: int, office: str, mark: str) -> list[str]:
    made = [make_person(f"{mark}{n}@demo.example", password=None) for n in range(many)]
    return [grant(each, Role.INSPECTOR, office_code=office).id for each in made]


def _names(**asked: str) -> list[str]:
    return [row.name for row in people_found(authority="XA", at=AT, **asked).rows]


@pytest.mark.usefixtures("_offices")
def test_people_are_found_by_words_role_and_office_and_only_at_home() -> None:
    _inspectors(2, "014", "ada")
    _inspectors(1, "015", "bob")
    make_person("ada9@demo.example", authority="XB", password=None)
    assert _names(text="ada") == ["Ada0", "Ada1"]
    assert _names(office="014") == ["Ada0", "Ada1"]
    assert _names(role="inspector", office="015") == ["Bob0"]
    assert _names(text="bob", office="014") == []
    assert _names(text="--") == ["Ada0", "Ada1", "Bob0"]
    assert [row.name for row in colleagues(authority="XA", text="ada", office="014", at=AT)] == ["Ada0", "Ada1"]
    assert colleagues(authority="XA", office="999", at=AT) == ()


@pytest.mark.usefixtures("_offices")
@pytest.mark.parametrize("asked", [{"text": "ada"}, {"office": "014"}, {"role": "inspector"}, {}])
def test_the_queries_are_the_same_however_many_there_are(asked: dict[str, str]) -> None:
    counts = []
    for many, mark in ((2, "ada"), (20, "adam")):
        _inspectors(many, "014", mark)
        with CaptureQueriesContext(connection) as counted:
            people_found(authority="XA", at=AT, **asked)
        counts.append(len(counted))
    assert counts[0] == counts[1] <= 5


@pytest.mark.usefixtures("_offices")
def test_B04_the_role_of_a_whole_office_is_changed_as_one_act() -> None:
    here, there = _inspectors(3, "014", "ada"), _inspectors(1, "015", "bob")
    both = person_by_id(authority="XA", person_id=here[0])
    assert both is not None
    grant(both, Role.BORDER_OFFICER, office_code="014")
    assert office_roles_change(authority="XA", change=CHANGE, actor=SYSTEM, at=AT) == 3
    for person_id in here:
        person = person_by_id(authority="XA", person_id=person_id)
        assert person is not None
        assert actor_for(person, AT).roles == {Role.BORDER_OFFICER}
    assert RoleGrant.objects.filter(role=Role.BORDER_OFFICER, person=both).count() == 1, "nobody is given it twice"
    assert RoleGrant.objects.filter(role=Role.INSPECTOR, valid_until=None).get().person_id.hex == there[0]
    newest = events_for(authority="XA", object_kind="office", object_id="014")[-1]
    assert (newest.act, newest.payload["people"]) == ("office.roles_changed", 3)
    assert Event.objects.filter(act="role.ended").count() == 3
    with pytest.raises(ActNotAllowed, match="nobody_met"):
        office_roles_change(authority="XA", change=CHANGE, actor=SYSTEM, at=AT)
    assert Event.objects.filter(act="office.roles_changed").count() == 1


@pytest.mark.usefixtures("_offices")
def test_a_role_that_ends_in_an_office_ends_for_who_is_away_and_who_begins_later() -> None:
    away, later, twice = (make_person(f"ada{n}@demo.example", password=None) for n in range(3))
    grant(away, Role.INSPECTOR, office_code="014")
    person_suspend(authority="XA", person_id=away.opaque_id, actor=SYSTEM, at=START)
    begins, ends = AT + timedelta(days=3), AT + timedelta(days=30)
    for person, since, until in ((later, begins, None), (twice, START, ends - timedelta(days=9)), (twice, START, ends)):
        given = {"role": Role.INSPECTOR, "office_code": "014", "valid_from": since, "valid_until": until}
        role_grant(authority="XA", person_id=person.opaque_id, actor=SYSTEM, at=START, **given)
    assert office_roles_change(authority="XA", change=CHANGE, actor=SYSTEM, at=AT) == 3
    assert not RoleGrant.objects.filter(Q(valid_until=None) | Q(valid_until__gt=begins), role=Role.INSPECTOR).exists()
    told = RoleGrant.objects.filter(role=Role.BORDER_OFFICER).values_list("person_id", "valid_from", "valid_until")
    assert set(told) == {(away.id, AT, None), (later.id, begins, None), (twice.id, AT, ends)}


@pytest.mark.usefixtures("_offices")
def test_what_is_given_one_by_one_is_given_to_no_office() -> None:
    _inspectors(1, "014", "ada")
    planner = grant(make_person("planner@demo.example", password=None), Role.PLANNER)
    for given in (Role.ADMINISTRATOR, Role.FOREIGN_OFFICER, Role.SYSTEM, Role.INSPECTOR, None):
        change = OfficeChange("014", held=Role.INSPECTOR, given=given, ends_held=given is not None)
        with pytest.raises(NotAllowed):
            office_roles_change(authority="XA", change=change, actor=SYSTEM, at=AT)
    with pytest.raises(NotAllowed):
        office_roles_change(authority="XA", change=CHANGE, actor=planner, at=AT)
    with pytest.raises(NotFound):
        office_roles_change(authority="XA", change=OfficeChange("999", Role.INSPECTOR, None, True), actor=SYSTEM, at=AT)
    assert Office.objects.count() == 2
    assert not Event.objects.filter(act="office.roles_changed").exists()
