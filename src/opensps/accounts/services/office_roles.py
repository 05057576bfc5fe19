"""The role of a whole office changed as one act: who held one role holds another from then on, or as well.

Source: row B04 of the capability catalogue. All or nothing, in one transaction: one event of the office says what was
changed for how many, one event for each grant says it of the person. Roles that open the administration, and those of
people of other countries and of machines, are given one by one and never so.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.db import transaction
from django.db.models import Q

from opensps.accounts.actors import Actor
from opensps.accounts.errors import NotAllowed, NotFound
from opensps.accounts.models import MACHINES, Office, RoleGrant
from opensps.accounts.permissions import administering_role
from opensps.accounts.queries import ACTIVE
from opensps.accounts.services.people import grant_write, role_end
from opensps.events.services import event_write
from opensps.lifecycle import APPLICANTS, FOREIGN, ActNotAllowed, Role

ONE_BY_ONE = frozenset({*MACHINES, *FOREIGN, Role.ADMINISTRATOR, Role.ACCESS_APPROVER, *APPLICANTS, Role.LIAISON})
"""Roles that no whole office is given, and that nobody loses with an office."""


@dataclass(frozen=True, slots=True)
class OfficeChange:
    """What changes for everybody in an office who holds a role there."""

    office: str
    """Code."""

    held: Role
    given: Role | None
    """What they hold from now on; ``None`` when they only lose the role."""

    ends_held: bool


def _held(authority: str, change: OfficeChange, at: datetime) -> list[RoleGrant]:
    """Return the grants of that role in that office that the change meets, locked.

    A role that ends, ends for everybody: for suspended people, who may come back, and for grants that begin later.
    """
    rows = RoleGrant.objects.select_for_update(of=("self",)).select_related("person", "office")
    rows = rows.filter(Q(valid_until__isnull=True) | Q(valid_until__gt=at), authority=authority)
    rows = rows.filter(office__code=change.office, role=change.held)
    if not change.ends_held:
        rows = rows.filter(person__is_active=True, valid_from__lte=at)
    return list(rows.order_by("person_id", "valid_from", "id"))


def _lacking(authority: str, change: OfficeChange, grants: list[RoleGrant], at: datetime) -> Iterator[RoleGrant]:
    """Yield, of each person without the new role in that office, the grant that runs longest; of equal ones the first.

    The new role begins with the person's earliest grant, and not before now.
    """
    rows = RoleGrant.objects.filter(authority=authority, office__code=change.office, role=change.given)
    running = rows.filter(Q(valid_until__isnull=True) | Q(valid_until__gt=at), valid_from__lte=at)
    seen = set(running.values_list("person_id", flat=True))
    for person, theirs in groupby(grants, key=lambda grant: grant.person_id):
        if person not in seen:
            yield max(theirs, key=lambda grant: (grant.valid_until is None, grant.valid_until or at))


@transaction.atomic
def office_roles_change(*, authority: str, change: OfficeChange, actor: Actor, at: datetime) -> int:
    """Change the role of everybody in an office who holds another; return how many people that were.

    Raises `NotAllowed` for roles given one by one and a change that changes nothing, `NotFound` for no such office,
    `ActNotAllowed` (nobody_met) where nobody there holds the role.
    """
    role = administering_role(actor, authority=authority)
    if {change.held, change.given} & ONE_BY_ONE or not (change.given or change.ends_held):
        raise NotAllowed(change.held)
    if change.held == change.given:
        raise NotAllowed(change.held)
    if not Office.objects.filter(authority=authority, code=change.office).exists():
        raise NotFound(change.office)
    grants = _held(authority, change, at)
    if not grants:
        raise ActNotAllowed("nobody_met", act="office.roles_change")
    begins = {grant.person_id: grant.valid_from for grant in reversed(grants)}
    for grant in _lacking(authority, change, grants, at) if change.given else ():
        grant_write(
            person=grant.person,
            role=change.given or change.held,
            office=grant.office,
            valid_from=max(at, begins[grant.person_id]),
            valid_until=grant.valid_until,
            actor=actor,
            acting_as=role,
            at=at,
        )
    for grant in grants if change.ends_held else ():
        role_end(authority=authority, grant_id=grant.id, actor=actor, at=at)
    people = {grant.person_id for grant in grants}
    _tell(authority, change, len(people), actor=actor, role=role, at=at)
    return len(people)


def _tell(authority: str, change: OfficeChange, people: int, *, actor: Actor, role: Role, at: datetime) -> None:
    event_write(
        authority=authority,
        object_kind="office",
        object_id=change.office,
        act="office.roles_changed",
        from_state=ACTIVE,
        to_state=ACTIVE,
        actor=actor.id,
        role=role,
        at=at,
        office=change.office,
        payload={
            "held": change.held,
            "given": change.given or "",
            "ends_held": change.ends_held,
            "people": people,
        },
    )
