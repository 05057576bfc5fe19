"""Loading a reference configuration into this installation, through the services of the rooms."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from opensps.accounts.queries import Actor, OrganisationKind, organisations
from opensps.accounts.services.places import body_create
from opensps.exchange import services
from opensps.exchange.errors import PartnerNotFound
from opensps.exchange.queries.partners import partner_by_code
from opensps.exchange.queries.stages import ORDER, Stage
from opensps.exchange.services.stages import Reached
from opensps.project.setups import PartnerSeed, Setup, SetupUnreadable

CREATED, MOVED, UNCHANGED = "created", "moved", "unchanged"


@dataclass(frozen=True, slots=True)
class Loaded:
    """What loading did: names of what is new, of what moved on, and how much stood so already."""

    created: tuple[str, ...]
    moved: tuple[str, ...]
    unchanged: int


@transaction.atomic
def setup_load(setup: Setup, *, authority: str, actor: Actor, at: datetime) -> Loaded:
    """Load everything or nothing; again, it changes nothing.

    Raises `NotAllowed` of accounts or exchange, `RecordRefused`, `SetupUnreadable` for a stage that does not exist.
    """
    held = {row.name for row in organisations(authority=authority, kind=OrganisationKind.MINISTRY)}
    new = [seed for seed in setup.bodies if seed.name not in held]
    for seed in new:
        body_create(authority=authority, name=seed.name, name_zh=seed.name_zh, actor=actor, at=at)
    done = {seed.name: _partner(seed, authority, actor, at) for seed in setup.partners}
    created = [seed.name for seed in new] + [name for name, what in done.items() if what == CREATED]
    moved = [name for name, what in done.items() if what == MOVED]
    count = len(setup.bodies) + len(done)
    return Loaded(tuple(created), tuple(moved), count - len(created) - len(moved))


def _partner(seed: PartnerSeed, authority: str, actor: Actor, at: datetime) -> str:
    if seed.stage not in set(Stage):
        raise SetupUnreadable(f"{seed.code}: {seed.stage}")
    reached = Reached(stage=Stage(seed.stage), on=seed.on, types=seed.types, note=seed.note)
    try:
        held = partner_by_code(authority=authority, code=seed.code)
    except PartnerNotFound:
        names = {"code": seed.code, "name_en": seed.name, "name_zh": seed.name_zh}
        services.partner_create(
            authority=authority, **names, countries=seed.countries, reached=reached, actor=actor, at=at
        )
        return CREATED
    if ORDER.index(Stage(held.stage)) >= ORDER.index(reached.stage):
        return UNCHANGED
    services.partner_stage_set(
        authority=authority,
        code=seed.code,
        stage=reached.stage,
        on=reached.on,
        types=reached.types,
        note=reached.note,
        actor=actor,
        at=at,
    )
    return MOVED
