"""How far the agreement with a partner is: every stage is kept, with its day, types, and who recorded it (A20).

A stage may be recorded again, further or back: the row recorded last counts, the earlier ones stay.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import transaction

from opensps.accounts.queries import Actor, authority_profile
from opensps.certification.deadlines import office_day
from opensps.exchange.errors import RecordRefused
from opensps.exchange.models import AgreementStage, Partner, Stage
from opensps.exchange.names import STAGE_SET
from opensps.exchange.services.records import changing, partner_event

_TYPE: Final = re.compile(r"[0-9]{3}\Z")
MOST_NOTE: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """A stage, as it is recorded."""

    stage: Stage
    on: date | None = None
    """Since when; None = no day is known."""

    types: tuple[str, ...] = ()
    """UNCL 1001."""

    note: str = ""


@transaction.atomic
def partner_stage_set(
    *,
    authority: str,
    code: str,
    stage: Stage,
    on: date | None,
    types: Iterable[str] = (),
    note: str = "",
    actor: Actor,
    at: datetime,
) -> Partner:
    """Note how far the agreement is. Raises `PartnerNotFound`, `NotAllowed`, `RecordRefused` type."""
    partner = changing(authority=authority, code=code, actor=actor)
    row = stage_keep(partner, Reached(stage=Stage(stage), on=on, types=tuple(types), note=note), actor=actor, at=at)
    if row is not None:
        _tell(partner, row, actor=actor, at=at)
    return partner


def stage_live(partner: Partner, *, actor: Actor, at: datetime) -> None:
    """Note that exchange is live since today, for the types agreed last; nothing where that stands already."""
    last = AgreementStage.objects.filter(partner=partner).order_by("-pk").first()
    if last is not None and last.stage == Stage.LIVE:
        return
    types = tuple(last.types) if last is not None else ()
    row = stage_keep(
        partner, Reached(stage=Stage.LIVE, on=day_here(partner.authority, at), types=types), actor=actor, at=at
    )
    if row is not None:
        _tell(partner, row, actor=actor, at=at)


def day_here(authority: str, at: datetime) -> date:
    """Return the day in the offices of the authority."""
    profile = authority_profile(authority)
    return office_day(at, offset_minutes=profile.offset_minutes if profile is not None else 0)


def _tell(partner: Partner, row: AgreementStage, *, actor: Actor, at: datetime) -> None:
    told = {"stage": row.stage, "on": "" if row.since is None else row.since.isoformat(), "types": row.types}
    partner_event(partner, STAGE_SET, actor=actor, at=at, payload=told)


def stage_keep(partner: Partner, reached: Reached, *, actor: Actor, at: datetime) -> AgreementStage | None:
    """Record a stage of a partner whose row the caller holds and writes the event of; None where it stands so already.

    Raises `RecordRefused` type.
    """
    types = sorted({each.strip() for each in reached.types if each.strip()})
    if not all(_TYPE.match(each) for each in types):
        raise RecordRefused("type", ", ".join(types))
    note = reached.note.strip()[:MOST_NOTE]
    last = AgreementStage.objects.filter(partner=partner).order_by("-pk").first()
    said = (reached.stage.value, reached.on, types, note)
    if last is not None and (last.stage, last.since, last.types, last.note) == said:
        return None
    row = AgreementStage.objects.create(
        authority=partner.authority,
        partner=partner,
        stage=reached.stage.value,
        since=reached.on,
        types=types,
        note=note,
        recorded_by=actor.id,
        recorded_at=at,
    )
    on = reached.on.isoformat() if reached.on is not None else ""
    partner.stage, partner.changed_at = reached.stage.value, at
    partner.stages_on = {**partner.stages_on, reached.stage.value: on}
    partner.save(update_fields=["stage", "stages_on", "changed_at"])
    return row
