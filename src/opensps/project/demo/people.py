"""The people of the demonstration: authority, offices, exporters and everybody's roles, made by the services."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from opensps.accounts.queries import SYSTEM, Actor, OrganisationKind, actor_for
from opensps.accounts.services import (
    authority_create,
    office_create,
    organisation_create,
    person_create,
    role_grant,
)
from opensps.accounts.services.places import body_create
from opensps.lifecycle import Role
from opensps.project.demo.mandates import mandates_made
from opensps.project.demo.officials import agreements_set, official_let_in
from opensps.project.demo.pantry import FURTHER_EXPORTERS
from opensps.project.demo.world import (
    ABROAD,
    BODIES,
    BROKERS,
    DOMAIN,
    EXPORTERS,
    OFFICES,
    PASSWORD,
    PEOPLE,
    SERVICE,
    AbroadSeed,
    PersonSeed,
    TraderSeed,
)


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody who acts, by the mailbox of their address; exporters also by the name of their firm."""

    actors: Mapping[str, Actor]
    exporters: Mapping[str, Actor]

    def __getitem__(self, mailbox: str) -> Actor:
        return self.actors[mailbox]


def cast_create(*, authority: str, check_host: str, at: datetime) -> Cast:
    """Make the authority, its offices, the exporters and the people, with roles from `at` on."""
    authority_create(
        authority=authority,
        name_en=SERVICE,
        name_zh="示例国动植物检疫局",
        country="XA",
        place_en="Port Alma",
        place_zh="阿尔玛港",
        offset_minutes=0,
        check_host=check_host,
        actor=SYSTEM,
        at=at,
    )
    for office in OFFICES:
        office_create(
            authority=authority,
            code=office.code,
            name_en=office.english,
            name_zh=office.chinese,
            place_en=office.place,
            place_zh=office.chinese_place,
            actor=SYSTEM,
            at=at,
        )
    firms = {trader.name: _firm(authority, trader, at) for trader in (*EXPORTERS, *FURTHER_EXPORTERS)}
    firms[BROKERS] = _brokers(authority, at)
    firms |= {abroad.name: _abroad(authority, abroad, at) for abroad in ABROAD}
    for name, name_zh in BODIES:
        body = body_create(authority=authority, name=name, name_zh=name_zh, actor=SYSTEM, at=at)
        firms[name] = body.id.hex
    seeds = [seed for seed in (*PEOPLE, *_other_exporters()) if not _is_official(seed)]
    actors = {seed.mailbox: _person(authority, seed, firms, at) for seed in seeds}
    agreements_set(authority=authority, at=at)
    mandates_made(authority=authority, actors=actors, at=at)
    for seed in (seed for seed in PEOPLE if _is_official(seed)):
        abroad = next(each for each in ABROAD if each.name == seed.organisation)
        actors[seed.mailbox] = official_let_in(seed, abroad, authority=authority, actors=actors, at=at)
    exporters = {seed.exporter: actors[seed.mailbox] for seed in (*PEOPLE, *_other_exporters()) if seed.exporter}
    return Cast(actors, exporters)


def _is_official(seed: PersonSeed) -> bool:
    return Role.FOREIGN_OFFICER in seed.roles


def _other_exporters() -> tuple[PersonSeed, ...]:
    """Return a clerk for each firm that has no button on the sign-in page."""
    known = {seed.exporter for seed in PEOPLE}
    return tuple(
        PersonSeed(f"clerk{place}", f"Clerk of {trader.name}", (Role.EXPORTER,), exporter=trader.name)
        for place, trader in enumerate((*EXPORTERS, *FURTHER_EXPORTERS), 1)
        if trader.name not in known
    )


def _firm(authority: str, trader: TraderSeed, at: datetime) -> str:
    firm = organisation_create(
        authority=authority,
        kind=OrganisationKind.EXPORTER,
        name=trader.name,
        address_lines=(trader.line,),
        city=trader.town,
        country="XA",
        actor=SYSTEM,
        at=at,
    )
    return firm.id.hex


def _brokers(authority: str, at: datetime) -> str:
    made = organisation_create(
        authority=authority,
        kind=OrganisationKind.AGENT,
        name=BROKERS,
        name_zh="阿尔玛港报检行",
        country="XA",
        actor=SYSTEM,
        at=at,
    )
    return made.id.hex


def _abroad(authority: str, seed: AbroadSeed, at: datetime) -> str:
    kind = OrganisationKind.EMBASSY if seed.is_embassy else OrganisationKind.FOREIGN_AUTHORITY
    made = organisation_create(
        authority=authority, kind=kind, name=seed.name, country=seed.country, actor=SYSTEM, at=at
    )
    return made.id.hex


def _person(authority: str, seed: PersonSeed, firms: Mapping[str, str], at: datetime) -> Actor:
    """Open an account; only people with a button get a password."""
    person = person_create(
        authority=authority,
        email=f"{seed.mailbox}@{DOMAIN}",
        name=seed.name,
        password=PASSWORD if seed in PEOPLE else None,
        actor=SYSTEM,
        at=at,
    )
    for role in seed.roles:
        role_grant(
            authority=authority,
            person_id=person.opaque_id,
            role=role,
            organisation_id=firms.get(seed.exporter or seed.organisation or ""),
            office_code=seed.office,
            actor=SYSTEM,
            at=at,
        )
    return actor_for(person, at)
