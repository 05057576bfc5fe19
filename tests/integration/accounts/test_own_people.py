"""Our own people: invited, given other roles, let in anew by two administrators, gone; each act is an event."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from opensps.accounts import services
from opensps.accounts.errors import CodeRefused, LinkOver, NotAllowed, NotTheSecond, TooManyTries
from opensps.accounts.models import EntryLink, Person
from opensps.accounts.one_time_codes import code_at, step_at
from opensps.accounts.queries import Actor, actor_for, audit
from opensps.accounts.services import SignInOutcome
from opensps.events.queries import events_for
from opensps.lifecycle import Role
from tests.factories import access
from tests.factories.accounts import PASSWORD, START, grant, make_person

pytestmark = pytest.mark.django_db
XA = {"authority": "XA"}
DAY = timedelta(days=1)
NEW = "another quiet long word"


@pytest.fixture
def admins() -> tuple[Actor, Actor]:
    """Two administrators."""
    first, second = (make_person(f"admin{n}@demo.example") for n in (1, 2))
    return grant(first, Role.ADMINISTRATOR), grant(second, Role.ADMINISTRATOR)


def _acts(person: Person) -> list[str]:
    return [event.act for event in events_for(authority="XA", object_kind="person", object_id=person.opaque_id)]


def _sign_in(email: str, password: str, at: Any = START + DAY) -> SignInOutcome:
    return services.sign_in_attempt(email=email, password=password, network="192.0.2.1", at=at, **XA).outcome


def test_somebody_invited_sets_a_password_by_a_link_that_works_once(admins: tuple[Actor, Actor]) -> None:
    person, first = services.person_invite(email="new@demo.example", name="New", actor=admins[0], at=START, **XA)
    link = services.invitation_renew(person_id=person.opaque_id, actor=admins[1], at=START, **XA)
    for dead in (first.text, "nonsense"):
        with pytest.raises(LinkOver):
            services.entry_use(link=dead, password=NEW, chosen=None, at=START, **XA)
    with pytest.raises(LinkOver):
        services.entry_use(link=link.text, password=NEW, chosen=None, at=START + 7 * DAY, **XA)
    services.entry_use(link=link.text, password=NEW, chosen=None, at=START, **XA)
    with pytest.raises(LinkOver):
        services.entry_use(link=link.text, password=PASSWORD, chosen=None, at=START, **XA)
    assert _sign_in("new@demo.example", NEW) is SignInOutcome.ACCEPTED
    assert _acts(person) == ["person.created", "person.invited", "person.invited", "person.joined", "person.signed_in"]


def test_a_reset_takes_two_administrators_and_neither_is_the_person(admins: tuple[Actor, Actor]) -> None:
    person = make_person()
    asked: dict[str, Any] = {"person_id": person.opaque_id, "at": START + DAY, **XA}
    services.reset_ask(reason="lost everything", actor=admins[0], **asked)
    with pytest.raises(NotTheSecond):
        services.reset_confirm(actor=admins[0], **asked)
    with pytest.raises(NotAllowed):
        services.reset_confirm(actor=grant(make_person("m@demo.example"), Role.MANAGER), **asked)
    assert _sign_in(person.email, PASSWORD) is SignInOutcome.ACCEPTED
    seal = Person.objects.get(pk=person.pk).get_session_auth_hash()
    link = services.reset_confirm(actor=admins[1], **asked)
    assert Person.objects.get(pk=person.pk).get_session_auth_hash() != seal
    assert _sign_in(person.email, PASSWORD) is SignInOutcome.REFUSED
    services.entry_use(link=link.text, password=NEW, chosen=None, at=START + DAY, **XA)
    assert _sign_in(person.email, NEW) is SignInOutcome.ACCEPTED
    with pytest.raises(NotAllowed):
        services.reset_ask(**{**asked, "person_id": admins[0].id}, reason="mine", actor=admins[0])


def test_the_database_refuses_a_reset_link_one_person_made_alone(admins: tuple[Actor, Actor]) -> None:
    person = make_person()
    services.reset_ask(person_id=person.opaque_id, reason="lost", actor=admins[0], at=START, **XA)
    for confirmed_by in ("", admins[0].id):
        with pytest.raises(IntegrityError), transaction.atomic():
            EntryLink.objects.update(digest="d", confirmed_by=confirmed_by)


def test_a_declined_reset_changes_nothing(admins: tuple[Actor, Actor]) -> None:
    person = make_person()
    asked: dict[str, Any] = {"person_id": person.opaque_id, "at": START, **XA}
    services.reset_ask(reason="lost", actor=admins[0], **asked)
    services.reset_decline(actor=admins[1], **asked)
    assert _sign_in(person.email, PASSWORD) is SignInOutcome.ACCEPTED
    assert _acts(person)[-3:] == ["person.reset_asked", "person.reset_declined", "person.signed_in"]


def test_whoever_leaves_keeps_no_role_no_session_and_no_way_in(admins: tuple[Actor, Actor]) -> None:
    person = make_person()
    grant(person, Role.REVIEWER)
    grant(person, Role.PLANNER)
    left: dict[str, Any] = {"reason": "retired", "at": START + DAY, **XA}
    services.person_leave(person_id=person.opaque_id, actor=admins[0], **left)
    person.refresh_from_db()
    assert not person.is_active
    assert _sign_in(person.email, PASSWORD) is SignInOutcome.REFUSED
    services.person_restore(person_id=person.opaque_id, actor=admins[0], at=START + DAY, **XA)
    assert actor_for(Person.objects.get(pk=person.pk), START + DAY).roles == frozenset()
    assert audit("XA") == ()
    with pytest.raises(NotAllowed):
        services.person_leave(person_id=admins[0].id, actor=admins[0], **left)


def test_sessions_end_for_an_administrator_and_for_their_owner_only(admins: tuple[Actor, Actor]) -> None:
    person = make_person()
    own, stranger = grant(person, Role.REVIEWER), grant(make_person("x@demo.example"), Role.PLANNER)
    for actor in (own, admins[0]):
        services.sessions_end(person_id=person.opaque_id, actor=actor, at=START + DAY, **XA)
    assert Person.objects.get(pk=person.pk).session_epoch == person.session_epoch + 2
    with pytest.raises(NotAllowed):
        services.sessions_end(person_id=person.opaque_id, actor=stranger, at=START + DAY, **XA)


def test_an_official_is_let_in_anew_by_two_of_the_department_and_never_without_a_device() -> None:
    cast = access.desk()
    made = access.enrolled(cast)
    asked: dict[str, Any] = {"person_id": made.person.opaque_id, "at": START + DAY, **XA}
    services.reset_ask(reason="device lost", actor=cast.reviewer, **asked)
    link = services.reset_confirm(actor=cast.approver, **asked)
    with pytest.raises(NotAllowed), transaction.atomic():
        services.entry_use(link=link.text, password=NEW, chosen=None, at=START + DAY, **XA)
    chosen = access.chosen(START + DAY)
    _person, codes = services.entry_use(link=link.text, password=NEW, chosen=chosen, at=START + DAY, **XA)
    assert len(codes) == 10


def test_no_code_is_taken_twice_and_wrong_ones_are_limited() -> None:
    made = access.enrolled(access.desk())
    at = START + DAY
    code = code_at(access.SECRET, step_at(at))
    who = {"person_id": made.person.opaque_id, "seal": made.person.get_session_auth_hash(), "at": at, **XA}
    assert _sign_in(made.person.email, PASSWORD, at) is SignInOutcome.CODE
    services.sign_in_code(code=code, **who)
    with pytest.raises(CodeRefused):
        services.sign_in_code(code=code, **who)
    recovery = made.recovery_codes[0].lower().replace("-", " ")
    services.sign_in_code(code=recovery, **who)
    for _ in range(5):
        with pytest.raises(CodeRefused):
            services.sign_in_code(code=recovery, **who)
    with pytest.raises(TooManyTries):
        services.sign_in_code(code=made.recovery_codes[1], **who)
