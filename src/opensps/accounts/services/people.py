"""People, their passwords and their roles."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from opensps.accounts.actors import Actor
from opensps.accounts.errors import EmailTaken, GrantIncomplete, NotAllowed, NotFound, PasswordRefused
from opensps.accounts.models import (
    MACHINES,
    OFFICIAL_ROLES,
    Office,
    OfficialAccount,
    Organisation,
    Person,
    PersonWord,
    RoleGrant,
)
from opensps.accounts.name_words import words_of
from opensps.accounts.permissions import administering_role
from opensps.accounts.queries import ACTIVE, SUSPENDED, office_by_code, organisation_by_id, uuid_of
from opensps.events.services import event_write, lock
from opensps.lifecycle import APPLICANTS, FOREIGN, Role
from opensps.lifecycle.access import AccountState

OBJECT_KIND = "person"


def person_event(
    *,
    person: Person,
    act: str,
    actor: Actor,
    role: str,
    at: datetime,
    from_state: str,
    to_state: str,
    reason_code: str = "",
    payload: Mapping[str, Any] | None = None,
) -> None:
    """Write one event about a person."""
    event_write(
        authority=person.authority,
        object_kind=OBJECT_KIND,
        object_id=person.opaque_id,
        act=act,
        from_state=from_state,
        to_state=to_state,
        actor=actor.id,
        role=role,
        at=at,
        reason_code=reason_code,
        payload=payload,
    )


def state_of(person: Person) -> str:
    """Return the state the person's events have led to."""
    return ACTIVE if person.is_active else SUSPENDED


def locked_person(*, authority: str, person_id: str) -> Person:
    """Return the person's row, locked: of two changes at once the second sees the first. Raises `NotFound`."""
    found = Person.objects.select_for_update().filter(authority=authority, pk=uuid_of(person_id)).first()
    if found is None:
        raise NotFound(person_id)
    return found


def checked_password(password: str, person: Person) -> str:
    """Return the hash of a password that is strong enough; raises `PasswordRefused`."""
    try:
        validate_password(password, user=person)
    except ValidationError as exc:
        raise PasswordRefused(tuple(error.code or "" for error in exc.error_list)) from exc
    return make_password(password)


@transaction.atomic
def person_create(
    *,
    authority: str,
    email: str,
    name: str,
    password: str | None,
    preferred_language: str = "en",
    is_machine: bool = False,
    actor: Actor,
    at: datetime,
) -> Person:
    """Open an account; without a password nobody can sign in to it yet. Raises `EmailTaken`, `PasswordRefused`."""
    role = administering_role(actor, authority=authority)
    address = email.strip().lower()
    # Two administrators opening the same account at once: the second waits and is told.
    lock("email", authority, address)
    if Person.objects.filter(authority=authority, email=address).exists():
        raise EmailTaken(address)
    person = Person(id=uuid.uuid4(), authority=authority, email=address, name=name, is_machine=is_machine)
    person.preferred_language = preferred_language
    person.password = make_password(None) if password is None else checked_password(password, person)
    person.save(force_insert=True)
    _words_write(person)
    payload = {"email": address, "name": name}
    person_event(
        person=person,
        act="person.created",
        actor=actor,
        role=role,
        at=at,
        from_state="",
        to_state=ACTIVE,
        payload=payload,
    )
    return person


def _words_write(person: Person) -> None:
    """Write the words by which a person is found."""
    words = sorted(words_of(person.name, person.email))
    PersonWord.objects.bulk_create(PersonWord(authority=person.authority, person=person, word=each) for each in words)


@transaction.atomic
def password_set(*, authority: str, person_id: str, password: str, actor: Actor, at: datetime) -> None:
    """Give a person a new password; every session ends. Raises `NotFound`, `NotAllowed`, `PasswordRefused`.

    For the installation itself only: between people, a reset takes two administrators (`own_people`).
    """
    role = administering_role(actor, authority=authority)
    if role is not Role.SYSTEM:
        raise NotAllowed(actor.id)
    person = locked_person(authority=authority, person_id=person_id)
    person.password = checked_password(password, person)
    person.session_epoch += 1
    person.save(update_fields=["password", "session_epoch"])
    state = state_of(person)
    person_event(
        person=person, act="person.password_set", actor=actor, role=role, at=at, from_state=state, to_state=state
    )


def _turn(*, authority: str, person_id: str, is_active: bool, actor: Actor, at: datetime, reason_code: str) -> None:
    role = administering_role(actor, authority=authority)
    person = locked_person(authority=authority, person_id=person_id)
    if is_active and OfficialAccount.objects.filter(person=person).exclude(state=AccountState.ACTIVE).exists():
        raise NotAllowed(person_id)  # an official's account is restored by the department, not by an administrator
    turn(person, is_active=is_active, actor=actor, role=role, at=at, reason_code=reason_code)


def turn(person: Person, *, is_active: bool, actor: Actor, role: Role, at: datetime, reason_code: str = "") -> None:
    """Close or open a locked account, in the caller's transaction; all its sessions end. Nothing twice."""
    if person.is_active == is_active:
        return
    before = state_of(person)
    person.is_active = is_active
    # A session that began before a suspension does not come back with the account.
    person.session_epoch += 1
    person.save(update_fields=["is_active", "session_epoch"])
    person_event(
        person=person,
        act="person.restored" if is_active else "person.suspended",
        actor=actor,
        role=role,
        at=at,
        from_state=before,
        to_state=state_of(person),
        reason_code=reason_code,
    )


@transaction.atomic
def person_suspend(*, authority: str, person_id: str, actor: Actor, at: datetime, reason_code: str = "") -> None:
    """Close the account for now: all its sessions end, it has no role. Nothing happens to a suspended one."""
    _turn(authority=authority, person_id=person_id, is_active=False, actor=actor, at=at, reason_code=reason_code)


@transaction.atomic
def person_restore(*, authority: str, person_id: str, actor: Actor, at: datetime, reason_code: str = "") -> None:
    """Open a suspended account again; its roles are back, its former sessions are not."""
    _turn(authority=authority, person_id=person_id, is_active=True, actor=actor, at=at, reason_code=reason_code)


@transaction.atomic
def role_grant(
    *,
    authority: str,
    person_id: str,
    role: Role,
    organisation_id: str | None = None,
    office_code: str | None = None,
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
    actor: Actor,
    at: datetime,
) -> RoleGrant:
    """Give a person a role for a time, from ``at`` unless told otherwise.

    An exporter, an agent, a liaison and an official of another country need an organisation, a certifying officer an
    office; the roles of machines are nobody's, and nobody is of another country and of ours. Raises `NotFound`,
    `GrantIncomplete`, `NotAllowed`.
    """
    acting_as = administering_role(actor, authority=authority)
    if role in MACHINES or role in OFFICIAL_ROLES:
        raise NotAllowed(str(role))  # an official's roles come with the account that embassy and department opened
    person = locked_person(authority=authority, person_id=person_id)
    if person.is_machine:
        raise NotAllowed(person_id)
    start = valid_from or at
    if valid_until is not None and valid_until <= start:
        raise GrantIncomplete("ends before it begins")
    organisation = organisation_id and organisation_by_id(authority=authority, organisation_id=organisation_id)
    office = office_code and office_by_code(authority=authority, code=office_code)
    if (organisation_id and not organisation) or (office_code and not office):
        raise NotFound(organisation_id or office_code)
    if _lacks_place(role, organisation=bool(organisation), office=bool(office)):
        raise GrantIncomplete(str(role))
    if _is_of_two_countries(person, role, start):
        raise NotAllowed(str(role))
    return grant_write(
        person=person,
        role=Role(role),
        organisation=organisation or None,
        office=office or None,
        valid_from=start,
        valid_until=valid_until,
        actor=actor,
        acting_as=acting_as,
        at=at,
    )


def grant_write(
    *,
    person: Person,
    role: Role,
    organisation: Organisation | None = None,
    office: Office | None = None,
    official: OfficialAccount | None = None,
    valid_from: datetime,
    valid_until: datetime | None = None,
    actor: Actor,
    acting_as: Role,
    at: datetime,
) -> RoleGrant:
    """Write down a role that was judged, with its event, in the caller's transaction."""
    grant = RoleGrant.objects.create(
        id=uuid.uuid4(),
        authority=person.authority,
        person=person,
        role=role,
        organisation=organisation,
        office=office,
        official=official,
        valid_from=valid_from,
        valid_until=valid_until,
    )
    _grant_event(grant=grant, person=person, act="role.granted", actor=actor, role=acting_as, at=at)
    return grant


def _lacks_place(role: Role, *, organisation: bool, office: bool) -> bool:
    if role == Role.CERTIFYING_OFFICER:
        return not office
    return role in {*APPLICANTS, Role.LIAISON, *FOREIGN} and not organisation


def _is_of_two_countries(person: Person, role: Role, at: datetime) -> bool:
    held = RoleGrant.objects.filter(Q(valid_until__isnull=True) | Q(valid_until__gt=at), person=person)
    return any((Role(other) in FOREIGN) != (role in FOREIGN) for other in held.values_list("role", flat=True))


def _grant_event(*, grant: RoleGrant, person: Person, act: str, actor: Actor, role: Role, at: datetime) -> None:
    state = state_of(person)
    payload = {
        "grant": grant.id.hex,
        "role": str(grant.role),
        "organisation": grant.organisation_id.hex if grant.organisation_id else None,
        "office": grant.office.code if grant.office else None,
        "valid_from": grant.valid_from.isoformat(),
        "valid_until": grant.valid_until.isoformat() if grant.valid_until else None,
    }
    person_event(
        person=person, act=act, actor=actor, role=role, at=at, from_state=state, to_state=state, payload=payload
    )


@transaction.atomic
def role_end(*, authority: str, grant_id: uuid.UUID, actor: Actor, at: datetime) -> RoleGrant:
    """End a grant now. Raises `NotFound`, also when it ended before."""
    acting_as = administering_role(actor, authority=authority)
    grants = RoleGrant.objects.select_for_update(of=("self",)).select_related("person", "office")
    grant = grants.filter(authority=authority, pk=grant_id).first()
    if grant is None or (grant.valid_until is not None and grant.valid_until <= at):
        raise NotFound(str(grant_id))
    grant.valid_until = max(at, grant.valid_from)
    grant.save(update_fields=["valid_until"])
    _grant_event(grant=grant, person=grant.person, act="role.ended", actor=actor, role=acting_as, at=at)
    return grant
