"""People, organisations and offices for tests, made through the services."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction

from opensps.accounts import services
from opensps.accounts.access import ACCESS_REQUEST
from opensps.accounts.models import (
    OFFICIAL_ROLES,
    AccessApproval,
    AccessEndorsement,
    AccessRequest,
    Authority,
    Office,
    Organisation,
    Person,
)
from opensps.accounts.queries import SYSTEM, Actor, OrganisationKind, actor_for
from opensps.accounts.services.officials import account_open
from opensps.events.services import event_write
from opensps.lifecycle import Role
from opensps.lifecycle.access import AccessScope

START = datetime(2026, 7, 1, tzinfo=UTC)
PASSWORD = "a-long-enough-word-for-tests"


def make_authority(code: str = "XA") -> Authority:
    """Write down an authority, by default that of the demo."""
    return services.authority_create(
        authority=code,
        name_en="Plant and Animal Health Service of Examplia",
        name_zh="示例国动植物检疫局",
        country=code[:2],
        place_en="Port Alma",
        place_zh="阿尔玛港",
        offset_minutes=480,
        check_host="v.ecert.example",
        actor=SYSTEM,
        at=START,
    )


def make_organisation(name: str = "Greenfields Foods Co., Ltd", **columns: Any) -> Organisation:
    """Add an exporter with an address."""
    values: dict[str, Any] = {
        "authority": "XA",
        "kind": OrganisationKind.EXPORTER,
        "address_lines": ("1 Harbour Road",),
        "city": "Port Alma",
        "country": "XA",
        "actor": SYSTEM,
        "at": START,
    }
    return services.organisation_create(name=name, **{**values, **columns})


def make_office(code: str = "014", *, authority: str = "XA") -> Office:
    """Add an issuing office."""
    return services.office_create(
        authority=authority,
        code=code,
        name_en=f"Office {code}",
        name_zh=f"第{code}办事处",
        place_en="Port Alma",
        place_zh="阿尔玛港",
        actor=SYSTEM,
        at=START,
    )


def make_person(
    email: str = "somebody@demo.example", *, authority: str = "XA", password: str | None = PASSWORD
) -> Person:
    """Open an account without a role."""
    return services.person_create(
        authority=authority,
        email=email,
        name=email.partition("@")[0].title(),
        password=password,
        actor=SYSTEM,
        at=START,
    )


def grant(person: Person, role: Role, **columns: Any) -> Actor:
    """Give a person one more role from the start; return the person as an actor a day later.

    The roles of officials of other countries come with the papers of an official account.
    """
    if role in OFFICIAL_ROLES:
        return official_of(person, columns["organisation_id"], role)
    services.role_grant(
        authority=person.authority, person_id=person.opaque_id, role=role, actor=SYSTEM, at=START, **columns
    )
    return actor_for(person, START + timedelta(days=1))


def official_of(person: Person, organisation_id: str, role: Role, *, at: datetime = START) -> Actor:
    """Open an official account for somebody who has a person's, with the papers the database asks for."""
    organisation = Organisation.objects.get(pk=organisation_id)
    scopes = [AccessScope.COUNTRY_ADMIN] if role is Role.COUNTRY_ADMIN else [*AccessScope][:4]
    request = AccessRequest.objects.create(
        id=person.id,
        authority=person.authority,
        reference=f"T-{person.id.hex[:20]}",
        country=organisation.country,
        embassy=organisation,
        embassy_country=organisation.country,
        name=person.name,
        email=person.email,
        state="completed",
        since=at,
        created_at=at,
        key_digest=person.id.hex,
        reviewed_by="reviewer",
    )
    with transaction.atomic():
        event_write(
            authority=person.authority,
            object_kind=ACCESS_REQUEST,
            object_id=request.reference,
            act="access.enrol",
            to_state=request.state,
            actor="factory",
            role="system",
            at=at,
        )
    common: dict[str, Any] = {"authority": person.authority, "endorsed_by": "embassy"}
    endorsement = AccessEndorsement.objects.create(request=request, note_reference="Note 1", endorsed_at=at, **common)
    approval = AccessApproval.objects.create(
        endorsement=endorsement, reviewed_by="reviewer", approved_by="approver", approved_at=at, scopes=scopes, **common
    )
    with transaction.atomic():
        account_open(person=person, approval=approval, organisation=organisation, at=at)
    return actor_for(person, at + timedelta(days=1))
