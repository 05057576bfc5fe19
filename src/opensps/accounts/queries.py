"""Reading accounts: people, their roles at a time, organisations, offices, the authority itself."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from opensps.accounts.access import ACCESS_REQUEST, OFFICIAL_ACCOUNT
from opensps.accounts.actors import CLOCK, SYSTEM, Actor
from opensps.accounts.mandates import MANDATE, Mandate
from opensps.accounts.models import (
    AccessRequest,
    Authority,
    Office,
    OfficialAccount,
    Organisation,
    OrganisationKind,
    Passkey,
    Person,
    RoleGrant,
)
from opensps.accounts.networks import keyed_digest, network_prefix
from opensps.events.queries import Problem, projection_problems
from opensps.lifecycle import APPLICANTS, FOREIGN, Role
from opensps.lifecycle.access import AccessScope

__all__ = [
    "CLOCK",
    "SYSTEM",
    "Actor",
    "OrganisationKind",
    "Passkey",
    "actor_for",
    "audit",
    "authority_profile",
    "country_of",
    "grants_for",
    "keyed_digest",
    "names_by_id",
    "network_prefix",
    "office_by_code",
    "offices",
    "organisation_by_id",
    "organisation_names",
    "organisations",
    "passkeys_of",
    "people",
    "people_with_role",
    "person_by_email",
    "person_by_id",
]

ACTIVE, SUSPENDED = "active", "suspended"


NOBODY = UUID(int=0)


def uuid_of(text: str) -> UUID:
    """Return the id a text stands for, `NOBODY` when it is none of ours: the same questions are asked either way."""
    try:
        return UUID(hex=text)
    except ValueError:
        return NOBODY


def _valid(at: datetime) -> Q:
    return Q(valid_from__lte=at) & (Q(valid_until__isnull=True) | Q(valid_until__gt=at))


def _is_bound_to_no_place(grant: RoleGrant) -> bool:
    return grant.role not in (*APPLICANTS, Role.CERTIFYING_OFFICER)


def actor_for(person: Person, at: datetime) -> Actor:
    """Return the person with the roles valid at that time; a suspended person has none. One query.

    Organisation and office are those the person applies for and signs in; of those who do neither, the first granted.
    """
    found = RoleGrant.objects.filter(_valid(at), person=person, person__is_active=True)
    rows = found.select_related("office", "organisation", "person__official").order_by("valid_from", "id")
    grants = sorted(rows, key=_is_bound_to_no_place)
    organisations_of = [grant.organisation_id for grant in grants if grant.organisation_id]
    offices_of = [grant.office.code for grant in grants if grant.office]
    return Actor(
        id=person.opaque_id,
        authority=person.authority,
        roles=frozenset(Role(grant.role) for grant in grants),
        organisation=organisations_of[0].hex if organisations_of else None,
        country=next((country_of(grant) for grant in grants if country_of(grant)), ""),
        scopes=next((_scopes_of(grant) for grant in grants if country_of(grant)), frozenset()),
        office=offices_of[0] if offices_of else None,
        name=person.name,
    )


def _scopes_of(grant: RoleGrant) -> frozenset[AccessScope]:
    account = getattr(grant.person, "official", None)
    return frozenset(AccessScope(each) for each in account.scopes) if account is not None else frozenset()


def country_of(grant: RoleGrant) -> str:
    """Return the country a grant binds its holder to; empty for a role of our own people."""
    return grant.organisation.country if grant.role in FOREIGN and grant.organisation else ""


def person_by_email(*, authority: str, email: str) -> Person | None:
    """Return the person with this address, whatever its case."""
    return Person.objects.filter(authority=authority, email=email.strip().lower()).first()


def person_by_id(*, authority: str, person_id: str) -> Person | None:
    """Return the person with this opaque id, None for any other text."""
    return Person.objects.filter(authority=authority, pk=uuid_of(person_id)).first()


def people(*, authority: str) -> tuple[Person, ...]:
    """Return everybody of the authority, by name."""
    return tuple(Person.objects.filter(authority=authority).order_by("name", "id"))


def people_with_role(*, authority: str, role: Role, at: datetime, office: str | None = None) -> tuple[Person, ...]:
    """Return the active people who hold the role at that time (in that office), by name."""
    grants = RoleGrant.objects.filter(_valid(at), authority=authority, role=role)
    if office is not None:
        grants = grants.filter(office__code=office)
    holders = Person.objects.filter(authority=authority, is_active=True, pk__in=grants.values("person"))
    return tuple(holders.order_by("name", "id"))


def names_by_id(*, authority: str, ids: Iterable[str]) -> Mapping[str, str]:
    """Return opaque id -> name for those that are people of the authority; one query for a whole timeline."""
    wanted = {uuid_of(text) for text in ids}
    rows = Person.objects.filter(authority=authority, pk__in=wanted).values_list("id", "name")
    return {person_id.hex: name for person_id, name in rows}


def organisation_names(*, authority: str, ids: Iterable[str]) -> Mapping[str, str]:
    """Return hexadecimal id -> name for those that are organisations of the authority. One query."""
    rows = Organisation.objects.filter(authority=authority, pk__in=[uuid_of(each) for each in ids if each])
    return {pk.hex: name for pk, name in rows.values_list("id", "name")}


def grants_for(*, authority: str, person_id: str) -> tuple[RoleGrant, ...]:
    """Return all grants of a person, ended ones too, oldest first."""
    rows = RoleGrant.objects.filter(authority=authority, person=uuid_of(person_id))
    return tuple(rows.select_related("organisation", "office").order_by("valid_from", "id"))


def organisation_by_id(*, authority: str, organisation_id: str) -> Organisation | None:
    """Return one organisation by its hexadecimal id."""
    return Organisation.objects.filter(authority=authority, pk=uuid_of(organisation_id)).first()


def organisations(*, authority: str, kind: OrganisationKind | None = None) -> tuple[Organisation, ...]:
    """Return the organisations (of one kind), by name."""
    rows: QuerySet[Organisation] = Organisation.objects.filter(authority=authority).order_by("name", "id")
    return tuple(rows if kind is None else rows.filter(kind=kind))


def office_by_code(*, authority: str, code: str) -> Office | None:
    """Return one office by its 3 or 4 digits."""
    return Office.objects.filter(authority=authority, code=code).first()


def offices(*, authority: str) -> tuple[Office, ...]:
    """Return the offices of the authority, by code."""
    return tuple(Office.objects.filter(authority=authority).order_by("code"))


def authority_profile(authority: str) -> Authority | None:
    """Return the authority's own row."""
    return Authority.objects.filter(authority=authority).first()


def passkeys_of(*, authority: str, person_id: str) -> tuple[Passkey, ...]:
    """Return somebody's passkeys that may approve, oldest first."""
    rows = Passkey.objects.filter(authority=authority, person_id=uuid_of(person_id), removed_at__isnull=True)
    return tuple(rows.order_by("id"))


def audit(authority: str) -> tuple[Problem, ...]:
    """Return where stored states of people, requests, official accounts and mandates differ from their events."""
    rows = Person.objects.filter(authority=authority).values_list("id", "is_active")
    states = {person_id.hex: ACTIVE if is_active else SUSPENDED for person_id, is_active in rows}
    requests = AccessRequest.objects.filter(authority=authority).values_list("reference", "state")
    accounts = OfficialAccount.objects.filter(authority=authority).values_list("id", "state")
    found = {account_id.hex: state for account_id, state in accounts}
    mandates = Mandate.objects.filter(authority=authority).values_list("id", "state")
    given = {mandate_id.hex: state for mandate_id, state in mandates}
    return (
        *projection_problems(authority=authority, object_kind="person", states=states),
        *projection_problems(authority=authority, object_kind=ACCESS_REQUEST, states=dict(requests)),
        *projection_problems(authority=authority, object_kind=OFFICIAL_ACCOUNT, states=found),
        *projection_problems(authority=authority, object_kind=MANDATE, states=given),
    )
