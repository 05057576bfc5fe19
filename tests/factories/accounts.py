"""People, organisations and offices for tests, made through the services."""

from datetime import UTC, datetime, timedelta
from typing import Any

from opensps.accounts import services
from opensps.accounts.models import Authority, Office, Organisation, Person
from opensps.accounts.queries import SYSTEM, Actor, OrganisationKind, actor_for
from opensps.lifecycle import Role

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
    """Give a person one more role from the start; return the person as an actor a day later."""
    services.role_grant(
        authority=person.authority, person_id=person.opaque_id, role=role, actor=SYSTEM, at=START, **columns
    )
    return actor_for(person, START + timedelta(days=1))
