"""Reading people for those who look after them: found by name, address or role, and one by one.

Administrators see everybody of the authority; the department of access sees officials only. Queries stay the same in
number however many people there are.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from opensps.accounts.access_queries import DEPARTMENT
from opensps.accounts.actors import Actor
from opensps.accounts.directory import has_words, named
from opensps.accounts.errors import NotFound
from opensps.accounts.models import (
    EntryLink,
    EntryPurpose,
    Office,
    OfficialAccount,
    Organisation,
    Person,
    RoleGrant,
)
from opensps.accounts.queries import uuid_of
from opensps.lifecycle import Role

__all__ = [
    "Colleague",
    "FoundPeople",
    "Office",
    "Organisation",
    "PersonRow",
    "colleagues",
    "open_reset",
    "organisation_members",
    "people_found",
    "person_row",
    "resets_waiting",
]

MOST_ROWS = 200


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person as lists and pages show it."""

    id: str
    name: str
    email: str
    is_active: bool
    has_password: bool
    is_official: bool
    is_own: bool
    roles: tuple[str, ...] = ()
    """Codes of the roles held at the moment of asking."""


@dataclass(frozen=True, slots=True)
class FoundPeople:
    """People of one page, and how many there are in all."""

    rows: tuple[PersonRow, ...]
    total: int


def _valid(at: datetime) -> Q:
    return Q(valid_from__lte=at) & (Q(valid_until__isnull=True) | Q(valid_until__gt=at))


def _row(person: Person, *, roles: tuple[str, ...], is_official: bool, is_own: bool) -> PersonRow:
    return PersonRow(
        person.opaque_id,
        person.name,
        person.email,
        person.is_active,
        person.has_usable_password(),
        is_official,
        is_own,
        roles,
    )


def _sought(*, authority: str, text: str, role: str, office: str, at: datetime) -> QuerySet[Person]:
    """Return the people of the authority that are asked for.

    Words and grants carry the authority too. Where one of them is asked for, it alone decides: asked of the people as
    well, the database would walk through all of them by name instead of looking up the few.
    """
    rows = named(Person.objects.all(), authority=authority, text=text)
    if role or office:
        grants = RoleGrant.objects.filter(_valid(at), authority=authority)
        grants = grants.filter(role=role) if role else grants
        # The office is looked up first: joined, every role of the authority would be read.
        grants = grants.filter(office_id=_office_id(authority, office)) if office else grants
        rows = rows.filter(pk__in=grants.values("person"))
    return rows if role or office or has_words(text) else rows.filter(authority=authority)


def _office_id(authority: str, code: str) -> int:
    return Office.objects.filter(authority=authority, code=code).values_list("pk", flat=True).first() or 0


def people_found(
    *, authority: str, text: str = "", role: str = "", office: str = "", at: datetime, limit: int = MOST_ROWS
) -> FoundPeople:
    """Return the people of the authority by name: of words in name or address, of a role or office held now.

    At most five queries; a text without a letter or digit finds everybody.
    """
    rows = _sought(authority=authority, text=text, role=role, office=office, at=at)
    found = tuple(rows.order_by("name", "id")[:limit])
    held = _roles_of(found, at)
    officials = set(OfficialAccount.objects.filter(person__in=found).values_list("person_id", flat=True))
    shown = tuple(
        _row(each, roles=held.get(each.opaque_id, ()), is_official=each.id in officials, is_own=False) for each in found
    )
    return FoundPeople(shown, rows.count())


def _roles_of(found: tuple[Person, ...], at: datetime) -> Mapping[str, tuple[str, ...]]:
    held: dict[str, tuple[str, ...]] = {}
    grants = RoleGrant.objects.filter(_valid(at), person__in=found).order_by("role")
    for person_id, role in grants.values_list("person_id", "role"):
        held[person_id.hex] = (*held.get(person_id.hex, ()), role)
    return held


def person_row(*, authority: str, actor: Actor, person_id: str, at: datetime) -> PersonRow:
    """Return one person somebody looks after. Raises `NotFound`."""
    person = Person.objects.filter(authority=authority, pk=uuid_of(person_id)).first()
    if person is None or actor.authority != authority:
        raise NotFound(person_id)
    is_official = OfficialAccount.objects.filter(person=person).exists()
    if Role.ADMINISTRATOR not in actor.roles and not (is_official and actor.roles & DEPARTMENT):
        raise NotFound(person_id)
    roles = _roles_of((person,), at).get(person.opaque_id, ())
    return _row(person, roles=roles, is_official=is_official, is_own=person.opaque_id == actor.id)


def open_reset(*, authority: str, person_id: str) -> EntryLink | None:
    """Return the reset of a person that waits for a second administrator."""
    rows = EntryLink.objects.filter(authority=authority, person=uuid_of(person_id), purpose=EntryPurpose.RESET)
    return rows.filter(closed_at__isnull=True, digest="").first()


def resets_waiting(*, authority: str) -> tuple[EntryLink, ...]:
    """Return all resets that wait for a second administrator, the oldest first."""
    rows = EntryLink.objects.select_related("person").filter(authority=authority, purpose=EntryPurpose.RESET)
    return tuple(rows.filter(closed_at__isnull=True, digest="").order_by("asked_at", "id"))


@dataclass(frozen=True, slots=True)
class Colleague:
    """A person as colleagues see it: no more than name, roles and office."""

    name: str
    roles: tuple[str, ...]
    office: str


def colleagues(*, authority: str, text: str = "", office: str = "", at: datetime) -> tuple[Colleague, ...]:
    """Return the authority's own active people, by name; of words in the name, of an office. At most three queries."""
    rows = _sought(authority=authority, text=text, role="", office=office, at=at).filter(is_active=True)
    own = RoleGrant.objects.filter(_valid(at), organisation=None)
    rows = rows.filter(Exists(own.filter(person=OuterRef("pk"))))
    ids = [each.pk for each in rows.order_by("name", "id")[:MOST_ROWS]]
    # Whose grants these are decides: asked for those without an organisation, a database would read all of them.
    held = RoleGrant.objects.filter(_valid(at), person__in=ids).select_related("person", "office")
    grants = held.order_by("person__name", "person_id", "role")
    found: dict[str, Colleague] = {}
    for grant in (each for each in grants if each.organisation_id is None):
        known = found.get(grant.person_id.hex, Colleague(grant.person.name, (), ""))
        place = known.office or (grant.office.code if grant.office else "")
        found[grant.person_id.hex] = Colleague(known.name, (*known.roles, grant.role), place)
    return tuple(found.values())


def organisation_members(*, organisation: Organisation | None, at: datetime) -> tuple[Colleague, ...]:
    """Return the active people of an organisation abroad or of an exporter, by name. One query."""
    if organisation is None:
        return ()
    grants = RoleGrant.objects.filter(_valid(at), organisation=organisation, person__is_active=True)
    found: dict[str, Colleague] = {}
    for grant in grants.select_related("person").order_by("person__name", "person_id", "role"):
        known = found.get(grant.person_id.hex, Colleague(grant.person.name, (), ""))
        found[grant.person_id.hex] = Colleague(known.name, (*known.roles, grant.role), "")
    return tuple(found.values())
