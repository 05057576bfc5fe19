"""Authorities, organisations and offices."""

import uuid
from datetime import datetime

from django.db import transaction

from opensps.accounts.actors import Actor
from opensps.accounts.errors import NameMissing, OfficeTaken
from opensps.accounts.models import Authority, Office, Organisation, OrganisationKind
from opensps.accounts.permissions import administering_role
from opensps.accounts.queries import ACTIVE
from opensps.events.services import event_write, lock
from opensps.lifecycle import Role


def _created(
    *, kind: str, object_id: str, authority: str, actor: Actor, at: datetime, acting_as: Role | None = None
) -> None:
    role = acting_as or administering_role(actor, authority=authority)
    event_write(
        authority=authority,
        object_kind=kind,
        object_id=object_id,
        act=f"{kind}.created",
        to_state=ACTIVE,
        actor=actor.id,
        role=role,
        at=at,
    )


@transaction.atomic
def authority_create(
    *,
    authority: str,
    name_en: str,
    name_zh: str,
    country: str,
    place_en: str,
    place_zh: str,
    offset_minutes: int,
    check_host: str,
    profile: int = 1,
    four_eyes: bool = True,
    actor: Actor,
    at: datetime,
) -> Authority:
    """Write down the authority this installation works for; once, ``IntegrityError`` the second time."""
    _created(kind="authority", object_id=authority, authority=authority, actor=actor, at=at)
    return Authority.objects.create(
        authority=authority,
        name_en=name_en,
        name_zh=name_zh,
        country=country,
        place_en=place_en,
        place_zh=place_zh,
        offset_minutes=offset_minutes,
        check_host=check_host,
        profile=profile,
        four_eyes=four_eyes,
    )


@transaction.atomic
def authority_change_check_host(*, authority: str, check_host: str, actor: Actor, at: datetime) -> None:
    """Print another address of the check page from now on; nothing happens when it is the one already.

    Paper that is out keeps the old one, so the old address must go on answering.
    """
    role = administering_role(actor, authority=authority)
    changed = Authority.objects.filter(authority=authority).exclude(check_host=check_host)
    if not changed.update(check_host=check_host):
        return
    event_write(
        authority=authority,
        object_kind="authority",
        object_id=authority,
        act="authority.check_host_changed",
        from_state=ACTIVE,
        to_state=ACTIVE,
        actor=actor.id,
        role=role,
        at=at,
        payload={"check_host": check_host},
    )


@transaction.atomic
def authority_set_approvals(
    *, authority: str, two_officers: tuple[str, ...], allows_password: bool, actor: Actor, at: datetime
) -> None:
    """Say what needs a second officer (kinds, type codes, ``to:XB``) and whether a password may approve."""
    role = administering_role(actor, authority=authority)
    changed = {"two_officers": sorted(two_officers), "allows_password": allows_password}
    Authority.objects.filter(authority=authority).update(**changed)
    event_write(
        authority=authority,
        object_kind="authority",
        object_id=authority,
        act="authority.approvals_set",
        from_state=ACTIVE,
        to_state=ACTIVE,
        actor=actor.id,
        role=role,
        at=at,
        payload=changed,
    )


@transaction.atomic
def organisation_create(
    *,
    authority: str,
    kind: OrganisationKind,
    name: str,
    name_zh: str = "",
    address_lines: tuple[str, ...] = (),
    postcode: str = "",
    city: str = "",
    country: str = "",
    actor: Actor,
    at: datetime,
) -> Organisation:
    """Add an organisation; its name need not be unique."""
    organisation_id = uuid.uuid4()
    _created(kind="organisation", object_id=organisation_id.hex, authority=authority, actor=actor, at=at)
    return Organisation.objects.create(
        id=organisation_id,
        authority=authority,
        kind=OrganisationKind(kind),
        name=name,
        name_zh=name_zh,
        address_lines=list(address_lines),
        postcode=postcode,
        city=city,
        country=country,
    )


@transaction.atomic
def body_create(*, authority: str, name: str, name_zh: str, actor: Actor, at: datetime) -> Organisation:
    """Add a ministry or other body of the own country; one that has this name already is returned.

    The coordinator's act, or an administrator's. Raises `NotAllowed`, `NameMissing`.
    """
    is_coordinator = Role.COORDINATOR in actor.roles and actor.authority == authority
    role = Role.COORDINATOR if is_coordinator else administering_role(actor, authority=authority)
    name = name.strip()
    if not name:
        raise NameMissing
    lock("body", authority, name)
    kind = OrganisationKind.MINISTRY
    known = Organisation.objects.filter(authority=authority, kind=kind, name=name).first()
    if known is not None:
        return known
    found = uuid.uuid4()
    _created(kind="organisation", object_id=found.hex, authority=authority, actor=actor, at=at, acting_as=role)
    return Organisation.objects.create(id=found, authority=authority, kind=kind, name=name, name_zh=name_zh)


@transaction.atomic
def office_create(
    *,
    authority: str,
    code: str,
    name_en: str,
    name_zh: str,
    place_en: str,
    place_zh: str,
    actor: Actor,
    at: datetime,
) -> Office:
    """Add an issuing office; ``code`` is 3 or 4 digits. Raises `OfficeTaken`."""
    # Two administrators adding the same office at once: the second waits and is told.
    lock("office", authority, code)
    if Office.objects.filter(authority=authority, code=code).exists():
        raise OfficeTaken(code)
    _created(kind="office", object_id=code, authority=authority, actor=actor, at=at)
    return Office.objects.create(
        authority=authority, code=code, name_en=name_en, name_zh=name_zh, place_en=place_en, place_zh=place_zh
    )
