"""What was agreed with a partner: documents taken, channel rules, modes and fallbacks (`exchange.md` 1.8, 7.2)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from opensps.accounts.queries import Actor
from opensps.exchange.errors import RecordRefused
from opensps.exchange.models import AllowedDocument, ChannelRule, ExchangeMode, Mode, Partner
from opensps.exchange.names import CHANNEL_RULES_SET, DOCUMENTS_SET, MODE_CHANGED
from opensps.exchange.services.deciding import envelopes_free
from opensps.exchange.services.records import changing, partner_event

LONGEST_FALLBACK = timedelta(days=14)
MOST_FORWARDS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One channel rule as the wire has it; type or status 0 and an empty country match all."""

    number: int
    rule_type: str
    direction: str
    target: str
    type_code: str = "0"
    status_code: str = "0"
    country: str = ""


@transaction.atomic
def allowed_set(
    *,
    authority: str,
    partner: str,
    direction: str,
    pairs: Iterable[tuple[str, str]],
    origin: str = AllowedDocument.AGREED,
    actor: Actor,
    at: datetime,
) -> None:
    """Say which pairs of type and status are taken in a direction from now on; others of that origin end."""
    row = changing(authority=authority, code=partner, actor=actor)
    if direction not in ("out", "in"):
        raise RecordRefused("direction", direction)
    wanted = set(pairs)
    rows = AllowedDocument.objects.filter(authority=authority, partner=row, direction=direction)
    known = {(each.type_code, each.status_code): each for each in rows}
    for pair, each in known.items():
        if each.active != (pair in wanted):
            each.active, each.valid_to = pair in wanted, None if pair in wanted else at
            each.save(update_fields=["active", "valid_to"])
    AllowedDocument.objects.bulk_create(
        AllowedDocument(
            authority=authority,
            partner=row,
            direction=direction,
            type_code=type_code,
            status_code=status_code,
            origin=origin,
            valid_from=at,
        )
        for type_code, status_code in sorted(wanted - known.keys())
    )
    told = {"direction": direction, "pairs": sorted(map(list, wanted)), "origin": origin}
    partner_event(row, DOCUMENTS_SET, actor=actor, at=at, payload=told)
    envelopes_free(authority=authority, partner=partner, at=at)


@transaction.atomic
def channel_rules_set(*, authority: str, partner: str, rules: Iterable[Rule], actor: Actor, at: datetime) -> None:
    """Replace the channel rules of a partner. Raises `RecordRefused` too_many_rules, rule."""
    row = changing(authority=authority, code=partner, actor=actor)
    asked = tuple(rules)
    _judge(asked)
    ChannelRule.objects.filter(authority=authority, partner=row).delete()
    ChannelRule.objects.bulk_create(
        ChannelRule(
            authority=authority,
            partner=row,
            number=rule.number,
            rule_type=rule.rule_type,
            direction=rule.direction,
            type_code=rule.type_code,
            status_code=rule.status_code,
            country=rule.country,
            target=rule.target,
            valid_from=at,
        )
        for rule in asked
    )
    told = {"rules": [[rule.rule_type, rule.direction, rule.target] for rule in asked]}
    partner_event(row, CHANNEL_RULES_SET, actor=actor, at=at, payload=told)


def _judge(rules: tuple[Rule, ...]) -> None:
    if any(rule.rule_type not in ("FORWARD", "DELEGATE") or rule.direction not in ("OUT", "INC") for rule in rules):
        raise RecordRefused("rule")
    forwards = sum(rule.rule_type == "FORWARD" for rule in rules)
    delegates = [
        (rule.direction, rule.type_code, rule.status_code, rule.country)
        for rule in rules
        if rule.rule_type == "DELEGATE"
    ]
    if forwards > MOST_FORWARDS or len(delegates) != len(set(delegates)):
        raise RecordRefused("too_many_rules")


@transaction.atomic
def mode_set(
    *,
    authority: str,
    partner: str,
    type_code: str = "",
    direction: str = "out",
    mode: Mode,
    reason: str = "",
    partner_person: str = "",
    includes_transit: bool | None = None,
    actor: Actor,
    at: datetime,
) -> ExchangeMode:
    """Exchange a type in another mode from now on; what was issued before is not touched."""
    if mode is Mode.FALLBACK:
        raise RecordRefused("fallback_needs_end")
    row = changing(authority=authority, code=partner, actor=actor)
    return _changed(
        row,
        ExchangeMode(
            type_code=type_code,
            direction=direction,
            mode=mode.value,
            reason=reason,
            partner_person=partner_person,
        ),
        includes_transit,
        actor=actor,
        at=at,
    )


@transaction.atomic
def mode_fall_back(
    *,
    authority: str,
    partner: str,
    type_code: str = "",
    direction: str = "out",
    reason: str,
    until: datetime,
    partner_person: str = "",
    actor: Actor,
    at: datetime,
) -> ExchangeMode:
    """Declare that paper is the original again for a while, at most 14 days; renewing is declaring again."""
    row = changing(authority=authority, code=partner, actor=actor)
    if not reason.strip() or not at < until <= at + LONGEST_FALLBACK:
        raise RecordRefused("fallback_needs_end")
    before = mode_row(row, type_code=type_code, direction=direction, at=at)
    earlier = Mode.PAPER.value if before is None else before.earlier_mode or before.mode
    wanted = ExchangeMode(
        type_code=type_code,
        direction=direction,
        mode=Mode.FALLBACK.value,
        reason=reason,
        partner_person=partner_person,
        valid_to=until,
        earlier_mode=earlier,
    )
    changed = _changed(row, wanted, None, actor=actor, at=at)
    ExchangeMode.objects.create(
        authority=authority,
        partner=row,
        type_code=type_code,
        direction=direction,
        mode=earlier,
        includes_transit=changed.includes_transit,
        valid_from=until,
        reason="fallback_ends",
        decided_by=actor.id,
    )
    return changed


def mode_row(partner: Partner, *, type_code: str, direction: str, at: datetime) -> ExchangeMode | None:
    """Return the mode in force for exactly this type (empty: for all others) and direction."""
    rows = ExchangeMode.objects.filter(
        authority=partner.authority, partner=partner, type_code=type_code, direction=direction, valid_from__lte=at
    )
    return rows.exclude(valid_to__lte=at).order_by("-valid_from", "-id").first()


def _changed(
    row: Partner, wanted: ExchangeMode, includes_transit: bool | None, *, actor: Actor, at: datetime
) -> ExchangeMode:
    """End what is in force or planned, start the wanted row, write the event."""
    before = mode_row(row, type_code=wanted.type_code, direction=wanted.direction, at=at)
    same = ExchangeMode.objects.filter(
        authority=row.authority, partner=row, type_code=wanted.type_code, direction=wanted.direction
    )
    same.filter(valid_from__gt=at).delete()
    same.exclude(valid_to__lte=at).update(valid_to=at)
    wanted.authority, wanted.partner, wanted.valid_from, wanted.decided_by = row.authority, row, at, actor.id
    kept = before.includes_transit if before is not None else False
    wanted.includes_transit = kept if includes_transit is None else includes_transit
    wanted.save(force_insert=True)
    told = {
        "type": wanted.type_code,
        "direction": wanted.direction,
        "mode": wanted.mode,
        "before": "" if before is None else before.mode,
        "until": None if wanted.valid_to is None else wanted.valid_to.isoformat(),
        "reason": wanted.reason,
    }
    partner_event(row, MODE_CHANGED, actor=actor, at=at, payload=told)
    return wanted
