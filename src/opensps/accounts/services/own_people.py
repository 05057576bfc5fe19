"""How people come, are let in anew, and leave: invitations, resets by two administrators, sessions, leavers.

Source: `lifecycles.md` 6 (end), `reliability.md` 4.3. Every act is one event of the person. A one-time link is shown
once to whoever made it and handed over by him; nothing is mailed, no password is ever known to two people.
"""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import Q

from opensps.accounts.actors import SYSTEM, Actor
from opensps.accounts.errors import LinkOver, NotAllowed, NotFound, NotTheSecond
from opensps.accounts.models import EntryLink, EntryPurpose, OfficialAccount, Passkey, Person, RoleGrant
from opensps.accounts.permissions import administering_role
from opensps.accounts.queries import person_by_id
from opensps.accounts.services.access_steps import Secret, fresh_secret, secret_digest
from opensps.accounts.services.people import (
    checked_password,
    locked_person,
    person_create,
    person_event,
    role_end,
    state_of,
    turn,
)
from opensps.accounts.services.second_factor import Chosen, codes_forget, codes_set
from opensps.lifecycle import FOREIGN, Role

INVITATION_VALID = timedelta(days=7)
RESET_VALID = timedelta(hours=24)
DEPARTMENT = frozenset({Role.ACCESS_REVIEWER, Role.ACCESS_APPROVER})


def _tell(person: Person, act: str, *, actor: Actor, role: str, at: datetime, payload: dict[str, Any]) -> None:
    state = state_of(person)
    person_event(
        person=person, act=act, actor=actor, role=role, at=at, from_state=state, to_state=state, payload=payload
    )


def _linked(person: Person, *, purpose: EntryPurpose, actor: Actor, valid: timedelta, at: datetime) -> Secret:
    """Make a link in place of any earlier one of its kind."""
    EntryLink.objects.filter(person=person, purpose=purpose, closed_at__isnull=True).update(closed_at=at)
    link = fresh_secret()
    EntryLink.objects.create(
        id=uuid.uuid4(),
        authority=person.authority,
        purpose=purpose.value,
        person=person,
        asked_by=actor.id,
        asked_at=at,
        digest=link.digest,
        until=at + valid,
    )
    return link


@transaction.atomic
def person_invite(
    *, authority: str, email: str, name: str, actor: Actor, at: datetime, preferred_language: str = "en"
) -> tuple[Person, Secret]:
    """Open an account without a password and return the link with which its owner sets one. Raises `EmailTaken`."""
    person = person_create(
        authority=authority,
        email=email,
        name=name,
        password=None,
        preferred_language=preferred_language,
        actor=actor,
        at=at,
    )
    return person, invitation_renew(authority=authority, person_id=person.opaque_id, actor=actor, at=at)


@transaction.atomic
def invitation_renew(*, authority: str, person_id: str, actor: Actor, at: datetime) -> Secret:
    """Return a new link for somebody who has not set a password yet; earlier ones work no more.

    A country administrator may do so for those he let in. Raises `NotAllowed`, `NotFound`.
    """
    person = locked_person(authority=authority, person_id=person_id)
    role = _inviting_role(actor, person)
    if person.has_usable_password() or person.is_machine:
        raise NotAllowed(person_id)
    link = _linked(person, purpose=EntryPurpose.INVITATION, actor=actor, valid=INVITATION_VALID, at=at)
    _tell(person, "person.invited", actor=actor, role=str(role), at=at, payload={})
    return link


def _inviting_role(actor: Actor, person: Person) -> Role:
    heirs = OfficialAccount.objects.filter(person=person, inherited_from__isnull=False, country=actor.country)
    if Role.COUNTRY_ADMIN in actor.roles and actor.country and heirs.exists():
        return Role.COUNTRY_ADMIN
    return administering_role(actor, authority=person.authority)


def entry_for(*, authority: str, link: str, at: datetime) -> EntryLink:
    """Return what a one-time link opens, without using it. Raises `LinkOver`."""
    rows = EntryLink.objects.select_related("person").filter(authority=authority, closed_at__isnull=True)
    found = rows.filter(digest=secret_digest(link), until__gt=at).first()
    if found is None or not found.person.is_active or found.person.is_machine:
        raise LinkOver(authority)
    return found


def needs_device(person: Person) -> bool:
    """Return whether the account cannot be used without one-time codes: people of other countries."""
    official = OfficialAccount.objects.filter(person=person).exists()
    return official or RoleGrant.objects.filter(person=person, role__in=[role.value for role in FOREIGN]).exists()


@transaction.atomic
def entry_use(
    *, authority: str, link: str, password: str, chosen: Chosen | None, at: datetime
) -> tuple[Person, tuple[str, ...]]:
    """Set one's own password, and a device where it is needed or wanted; return the recovery codes.

    Raises `LinkOver`, `PasswordRefused`, `CodeRefused`, `NotAllowed` where a device is needed and none is given.
    """
    entry = entry_for(authority=authority, link=link, at=at)
    person = locked_person(authority=authority, person_id=entry.person_id.hex)
    # The condition is the lock: of two requests with the same link one closes it.
    if not EntryLink.objects.filter(pk=entry.pk, closed_at__isnull=True).update(closed_at=at):
        raise LinkOver(authority)
    if chosen is None and needs_device(person):
        raise NotAllowed(person.opaque_id)
    person.password = checked_password(password, person)
    person.session_epoch += 1
    person.save(update_fields=["password", "session_epoch"])
    act = "person.joined" if entry.purpose == EntryPurpose.INVITATION else "person.reset_used"
    _tell(person, act, actor=Actor(person.opaque_id, authority, frozenset()), role="", at=at, payload={})
    return person, codes_set(person, chosen, actor=SYSTEM, at=at) if chosen else ()


@transaction.atomic
def sessions_end(*, authority: str, person_id: str, actor: Actor, at: datetime) -> None:
    """End all sessions of a person: an administrator's act, or one's own. Raises `NotAllowed`, `NotFound`."""
    person = locked_person(authority=authority, person_id=person_id)
    is_own = actor.id == person.opaque_id and actor.authority == authority
    role = str(min(actor.roles, default="")) if is_own else str(administering_role(actor, authority=authority))
    person.session_epoch += 1
    person.save(update_fields=["session_epoch"])
    _tell(person, "person.sessions_ended", actor=actor, role=role, at=at, payload={})


def resetting_role(actor: Actor, person: Person) -> Role:
    """Return the role in which somebody lets a person in anew; raise `NotAllowed`.

    Administrators for everybody; the department of access for officials of other countries.
    """
    is_official = OfficialAccount.objects.filter(person=person).exists()
    if is_official and actor.authority == person.authority and actor.roles & DEPARTMENT:
        return min(actor.roles & DEPARTMENT)
    return administering_role(actor, authority=person.authority)


@transaction.atomic
def reset_ask(*, authority: str, person_id: str, reason: str, actor: Actor, at: datetime) -> EntryLink:
    """Ask for a reset of password, passkeys and device; nothing happens until a second person confirms.

    Raises `NotAllowed`, also for one's own account, `NotFound`.
    """
    person = locked_person(authority=authority, person_id=person_id)
    role = resetting_role(actor, person)
    if actor.id == person.opaque_id or not reason.strip() or person.is_machine:
        raise NotAllowed(person_id)
    rows = EntryLink.objects.filter(person=person, purpose=EntryPurpose.RESET)
    rows.filter(closed_at__isnull=True).update(closed_at=at)
    entry = EntryLink.objects.create(
        id=uuid.uuid4(),
        authority=authority,
        purpose=EntryPurpose.RESET.value,
        person=person,
        asked_by=actor.id,
        asked_at=at,
        reason=reason.strip()[:200],
    )
    _tell(person, "person.reset_asked", actor=actor, role=str(role), at=at, payload={"reason": reason.strip()})
    return entry


def _asked(authority: str, person_id: str, actor: Actor) -> tuple[Person, EntryLink, Role]:
    """Return a person and the reset that waits for a second administrator, both locked."""
    person = locked_person(authority=authority, person_id=person_id)
    role = resetting_role(actor, person)
    rows = EntryLink.objects.select_for_update(of=("self",)).filter(person=person, purpose=EntryPurpose.RESET)
    entry = rows.filter(closed_at__isnull=True, digest="").first()
    if entry is None:
        raise NotFound(person_id)
    return person, entry, role


@transaction.atomic
def reset_confirm(*, authority: str, person_id: str, actor: Actor, at: datetime) -> Secret:
    """Confirm a reset as the second person: password, passkeys, device and sessions end; return the one-time link.

    Raises `NotTheSecond`, `NotAllowed`, `NotFound`.
    """
    person, entry, role = _asked(authority, person_id, actor)
    if actor.id in {entry.asked_by, person.opaque_id}:
        raise NotTheSecond(person_id)
    link = fresh_secret()
    entry.confirmed_by, entry.confirmed_at = actor.id, at
    entry.digest, entry.until = link.digest, at + RESET_VALID
    entry.save()
    person.password = make_password(None)
    person.session_epoch += 1
    person.save(update_fields=["password", "session_epoch"])
    _credentials_removed(person, actor=actor, at=at)
    _tell(person, "person.reset_confirmed", actor=actor, role=str(role), at=at, payload={})
    return link


@transaction.atomic
def reset_decline(*, authority: str, person_id: str, actor: Actor, at: datetime) -> None:
    """Close a reset that was asked for; nothing else changes. Raises `NotAllowed`, `NotFound`."""
    person, entry, role = _asked(authority, person_id, actor)
    entry.closed_at = at
    entry.save(update_fields=["closed_at"])
    _tell(person, "person.reset_declined", actor=actor, role=str(role), at=at, payload={})


def _credentials_removed(person: Person, *, actor: Actor, at: datetime) -> None:
    removed = Passkey.objects.filter(person=person, removed_at__isnull=True).update(removed_at=at)
    if removed:
        role = str(min(actor.roles, default=""))
        _tell(person, "person.passkey_removed", actor=actor, role=role, at=at, payload={"count": removed})
    codes_forget(person, actor=actor, at=at)


@transaction.atomic
def person_leave(*, authority: str, person_id: str, reason: str, actor: Actor, at: datetime) -> None:
    """Let somebody leave: roles, sessions, passkeys, device and open links end, the account closes.

    Raises `NotAllowed`, also for one's own account and for officials, whose accounts the department closes.
    """
    role = administering_role(actor, authority=authority)
    person = locked_person(authority=authority, person_id=person_id)
    if actor.id == person.opaque_id or OfficialAccount.objects.filter(person=person).exists():
        raise NotAllowed(person_id)
    held = RoleGrant.objects.filter(Q(valid_until__isnull=True) | Q(valid_until__gt=at), person=person)
    for grant in held.order_by("id"):
        role_end(authority=authority, grant_id=grant.id, actor=actor, at=at)
    EntryLink.objects.filter(person=person, closed_at__isnull=True).update(closed_at=at)
    _credentials_removed(person, actor=actor, at=at)
    _tell(person, "person.left", actor=actor, role=str(role), at=at, payload={"reason": reason})
    turn(person, is_active=False, actor=actor, role=role, at=at, reason_code="left")


@transaction.atomic
def own_password_change(*, authority: str, password: str, actor: Actor, at: datetime) -> Person:
    """Change one's own password; the caller verified the former one. All other sessions end.

    Raises `PasswordRefused`, `NotFound`.
    """
    if person_by_id(authority=authority, person_id=actor.id) is None:
        raise NotFound(actor.id)
    person = locked_person(authority=authority, person_id=actor.id)
    person.password = checked_password(password, person)
    person.session_epoch += 1
    person.save(update_fields=["password", "session_epoch"])
    role = str(min(actor.roles, default=""))
    _tell(person, "person.password_changed", actor=actor, role=role, at=at, payload={})
    return person
