"""How far agreements with partners are: one partner's history, and the register of all (A20, A42, A43)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from opensps.accounts.queries import authority_profile
from opensps.exchange.models import AgreementStage, Partner, Stage

__all__ = ["ORDER", "Agreement", "AgreementStage", "Stage", "agreements", "reached_counts", "stages_of"]

ORDER = tuple(Stage)
"""From first contact to live exchange."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """A partner in the register."""

    code: str
    name_en: str
    name_zh: str
    stage: Stage
    on: date | None
    types: tuple[str, ...]


def stages_of(partner: Partner) -> tuple[AgreementStage, ...]:
    """Return every stage that was recorded of a partner, the newest first."""
    return tuple(AgreementStage.objects.filter(partner=partner).order_by("-pk"))


def agreements(*, authority: str) -> tuple[Agreement, ...]:
    """Return the register, the furthest first, then by name, without programs of the own country. Three queries."""
    profile = authority_profile(authority)
    own = [] if profile is None else [profile.country]
    partners = {row.pk: row for row in Partner.objects.filter(authority=authority).order_by("name_en", "code")}
    rows = AgreementStage.objects.filter(authority=authority).order_by("pk")
    newest = {row.partner_id: row for row in rows}
    abroad = {key: row for key, row in partners.items() if not own or row.countries != own}
    found = [_agreement(partner, newest.get(key)) for key, partner in abroad.items()]
    return tuple(sorted(found, key=lambda each: -ORDER.index(each.stage)))


def _agreement(partner: Partner, row: AgreementStage | None) -> Agreement:
    return Agreement(
        code=partner.code,
        name_en=partner.name_en,
        name_zh=partner.name_zh,
        stage=Stage(partner.stage),
        on=row.since if row is not None else None,
        types=tuple(row.types) if row is not None else (),
    )


def reached_counts(rows: tuple[Agreement, ...]) -> Mapping[Stage, int]:
    """Return stage -> how many partners came to it or further."""
    return {stage: sum(ORDER.index(row.stage) >= place for row in rows) for place, stage in enumerate(ORDER)}
