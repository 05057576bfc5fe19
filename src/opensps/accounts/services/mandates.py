"""Mandates: offered by an exporter, accepted or declined by an agent, ended by either or by the day (row B40)."""

import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db import transaction

from opensps.accounts.actors import CLOCK, Actor
from opensps.accounts.errors import NotFound
from opensps.accounts.mandates import MANDATE, Mandate
from opensps.accounts.models import Organisation, OrganisationKind
from opensps.accounts.queries import authority_profile, organisation_by_id, uuid_of
from opensps.events.services import event_write
from opensps.lifecycle import Role
from opensps.lifecycle.mandate import (
    MandateAct,
    MandateFacts,
    MandateScope,
    MandateState,
    next_mandate_state,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MandateTerms:
    """What an exporter lets an agent do."""

    agent: str
    """Id of the organisation, 32 hexadecimal digits."""

    scopes: tuple[MandateScope, ...]
    kinds: tuple[str, ...]
    last_day: date


def _offset(authority: str) -> timedelta:
    profile = authority_profile(authority)
    return timedelta(minutes=profile.offset_minutes if profile else 0)


def _end_of(day: date, offset: timedelta) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), UTC) - offset


def _is_only_offer(own: Organisation, agent: Organisation, at: datetime) -> bool:
    """Return whether no offer between the two waits, under a lock on the exporter: of two at once one comes later."""
    Organisation.objects.select_for_update().get(pk=own.pk)
    waiting = Mandate.objects.filter(principal=own, agent=agent, state=MandateState.OFFERED, until__gt=at)
    return not waiting.exists()


@transaction.atomic
def mandate_offer(*, authority: str, terms: MandateTerms, actor: Actor, at: datetime) -> Mandate:
    """Offer an agent a mandate for the actor's own organisation. Raises `ActNotAllowed`, `NotFound`."""
    agent = organisation_by_id(authority=authority, organisation_id=terms.agent)
    own = organisation_by_id(authority=authority, organisation_id=actor.organisation or "")
    if agent is None or own is None or actor.authority != authority:
        raise NotFound(terms.agent)
    offset = _offset(authority)
    facts = MandateFacts(
        at=at,
        actor_organisation=actor.organisation or "",
        principal=own.pk.hex,
        agent=agent.pk.hex,
        is_agent=agent.kind == OrganisationKind.AGENT,
        is_only_offer=_is_only_offer(own, agent, at),
        scopes=frozenset(terms.scopes),
        kinds=frozenset(terms.kinds),
        today=(at + offset).date(),
        last_day=terms.last_day,
    )
    state = next_mandate_state(None, MandateAct.OFFER, roles=actor.roles, facts=facts)
    mandate = Mandate.objects.create(
        id=uuid.uuid4(),
        authority=authority,
        principal=own,
        agent=agent,
        state=state.value,
        scopes=sorted(terms.scopes),
        kinds=sorted(terms.kinds),
        last_day=terms.last_day,
        until=_end_of(terms.last_day, offset),
        offered_by=actor.id,
        offered_at=at,
    )
    _tell(mandate, MandateAct.OFFER, "", actor=actor, at=at)
    return mandate


def _locked(authority: str, mandate_id: str, actor: Actor) -> Mandate:
    rows = Mandate.objects.select_for_update().filter(authority=authority, pk=uuid_of(mandate_id))
    found = rows.first()
    is_party = found is not None and actor.organisation in {found.principal_id.hex, found.agent_id.hex}
    if found is None or not (is_party or Role.CLOCK in actor.roles):
        raise NotFound(mandate_id)
    return found


def _move(mandate: Mandate, act: MandateAct, *, actor: Actor, at: datetime, reason: str = "") -> None:
    """Judge one act on a locked mandate, set the state and write the event."""
    facts = MandateFacts(
        at=at,
        actor_organisation=actor.organisation or "",
        principal=mandate.principal_id.hex,
        agent=mandate.agent_id.hex,
        reason=reason,
        until=mandate.until,
    )
    before = mandate.state
    after = next_mandate_state(MandateState(before), act, roles=actor.roles, facts=facts)
    mandate.state = after.value
    if after is MandateState.ACTIVE:
        mandate.accepted_by, mandate.accepted_at = actor.id, at
    else:
        mandate.ended_by, mandate.ended_at = actor.id, at
    mandate.save()
    _tell(mandate, act, before, actor=actor, at=at, reason=reason)


def _tell(mandate: Mandate, act: MandateAct, before: str, *, actor: Actor, at: datetime, reason: str = "") -> None:
    is_agents = actor.organisation == mandate.agent_id.hex
    acting = (Role.CLOCK, *((Role.TRADE_AGENT, Role.EXPORTER) if is_agents else (Role.EXPORTER, Role.TRADE_AGENT)))
    event_write(
        authority=mandate.authority,
        object_kind=MANDATE,
        object_id=mandate.opaque_id,
        act=f"mandate.{act.value}",
        from_state=before,
        to_state=mandate.state,
        actor=actor.id,
        role=str(next(role for role in acting if role in actor.roles)),
        at=at,
        on_behalf_of=actor.organisation or "",
        payload={
            "principal": mandate.principal_id.hex,
            "agent": mandate.agent_id.hex,
            "scopes": mandate.scopes,
            "kinds": mandate.kinds,
            "last_day": mandate.last_day.isoformat(),
            "reason": reason,
        },
    )


@transaction.atomic
def mandate_accept(*, authority: str, mandate_id: str, actor: Actor, at: datetime) -> None:
    """Take a mandate on: it holds from now. Raises `ActNotAllowed`, `NotFound`."""
    _move(_locked(authority, mandate_id, actor), MandateAct.ACCEPT, actor=actor, at=at)


@transaction.atomic
def mandate_decline(*, authority: str, mandate_id: str, actor: Actor, at: datetime) -> None:
    """Not take a mandate on. Raises `ActNotAllowed`, `NotFound`."""
    _move(_locked(authority, mandate_id, actor), MandateAct.DECLINE, actor=actor, at=at)


@transaction.atomic
def mandate_end(*, authority: str, mandate_id: str, reason: str, actor: Actor, at: datetime) -> None:
    """End a mandate at once, as exporter or agent. Raises `ActNotAllowed`, `NotFound`."""
    _move(_locked(authority, mandate_id, actor), MandateAct.END, actor=actor, at=at, reason=reason)


def mandate_clocks_run(*, authority: str, at: datetime) -> int:
    """Write down which mandates are over; return how many. They held no more before this ran."""
    open_states = (MandateState.OFFERED, MandateState.ACTIVE)
    rows = Mandate.objects.filter(authority=authority, state__in=open_states, until__lte=at)
    return sum(_over(authority, row.opaque_id, at) for row in tuple(rows.order_by("id")))


def _over(authority: str, mandate_id: str, at: datetime) -> bool:
    with transaction.atomic():
        mandate = _locked(authority, mandate_id, CLOCK)
        if mandate.state not in (MandateState.OFFERED, MandateState.ACTIVE):
            return False
        _move(mandate, MandateAct.TERM_ENDS, actor=CLOCK, at=at)
    return True
