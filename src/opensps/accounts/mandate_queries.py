"""Reading mandates: whose they are, and whether an agent may do something for an exporter at this moment.

An exporter sees the mandates it gave, an agent those it was offered; administrators and officers none: they see on
each act who acted for whom.
"""

from datetime import datetime

from django.db.models import Case, Q, QuerySet, When
from django.db.models.functions import Now

from opensps.accounts.actors import Actor
from opensps.accounts.errors import NotFound
from opensps.accounts.mandates import Mandate
from opensps.accounts.models import Organisation, OrganisationKind
from opensps.accounts.queries import uuid_of
from opensps.lifecycle import Role, allowed_acts
from opensps.lifecycle.mandate import MANDATE, MandateAct, MandateScope, MandateState

__all__ = [
    "Mandate",
    "agents",
    "is_agent",
    "mandate_acts",
    "mandate_for",
    "mandates_for",
    "principals_of",
    "why_no_mandate",
    "within_reach",
]

_OPEN_FIRST = (MandateState.ACTIVE, MandateState.OFFERED, MandateState.ENDED, MandateState.DECLINED)


def is_agent(actor: Actor) -> bool:
    """Tell whether somebody acts for others: an agent who is not an exporter too."""
    return Role.TRADE_AGENT in actor.roles and Role.EXPORTER not in actor.roles


def agents(*, authority: str) -> tuple[Organisation, ...]:
    """Return the organisations of agents, by name."""
    rows = Organisation.objects.filter(authority=authority, kind=OrganisationKind.AGENT)
    return tuple(rows.order_by("name", "id"))


def _visible(authority: str, actor: Actor) -> QuerySet[Mandate]:
    rows = Mandate.objects.select_related("principal", "agent").filter(authority=authority)
    if actor.authority != authority or not actor.organisation:
        return rows.none()
    own = uuid_of(actor.organisation)
    as_principal = Q(principal=own) if Role.EXPORTER in actor.roles else Q(pk__in=[])
    as_agent = Q(agent=own) if Role.TRADE_AGENT in actor.roles else Q(pk__in=[])
    return rows.filter(as_principal | as_agent)


def mandates_for(*, authority: str, actor: Actor, limit: int = 200) -> tuple[Mandate, ...]:
    """Return the mandates somebody is a party to: those that hold first, then the newest."""
    place = Case(*(When(state=state.value, then=rank) for rank, state in enumerate(_OPEN_FIRST)))
    return tuple(_visible(authority, actor).order_by(place, "-offered_at", "id")[:limit])


def mandate_for(*, authority: str, actor: Actor, mandate_id: str) -> Mandate:
    """Return one mandate somebody is a party to. Raises `NotFound`."""
    found = _visible(authority, actor).filter(pk=uuid_of(mandate_id)).first()
    if found is None:
        raise NotFound(mandate_id)
    return found


def mandate_acts(actor: Actor, mandate: Mandate) -> tuple[MandateAct, ...]:
    """Return what somebody may try with a mandate, guards not yet asked."""
    return allowed_acts(MANDATE, MandateState(mandate.state), actor.roles)


def principals_of(*, authority: str, actor: Actor, at: datetime) -> tuple[Organisation, ...]:
    """Return the exporters somebody may begin an application for now, by name."""
    rows = Mandate.objects.select_related("principal").filter(
        authority=authority, agent=uuid_of(actor.organisation or "")
    )
    rows = rows.filter(state=MandateState.ACTIVE, until__gt=at)
    found = {row.principal_id: row.principal for row in rows if MandateScope.PREPARE in row.scopes}
    return tuple(sorted(found.values(), key=lambda each: (each.name, each.pk.hex)))


def within_reach(*, authority: str, actor: Actor, kind: str, needed: frozenset[MandateScope] = frozenset()) -> Q:
    """Return the condition on rows with an organisation and a kind of certificate that an agent may see now.

    Nothing for somebody without a mandate. ``kind`` is the column with the kind; ``needed``: the mandate has one of
    these scopes. One query, by the clock of the database: what may be done is judged by the time of the act.
    """
    rows = Mandate.objects.filter(authority=authority, agent=uuid_of(actor.organisation or ""))
    held = [
        row for row in rows.filter(state=MandateState.ACTIVE, until__gt=Now()) if not needed or needed & {*row.scopes}
    ]
    kinds: dict[str, set[str]] = {}
    for row in held:
        kinds.setdefault(row.principal_id.hex, set()).update(row.kinds)
    # One term for each set of kinds, not for each exporter: the depth of an expression is limited.
    principals: dict[tuple[str, ...], list[str]] = {}
    for principal, each in sorted(kinds.items()):
        principals.setdefault(tuple(sorted(each)), []).append(principal)
    reach = Q(pk__in=[])
    for those, of_them in sorted(principals.items()):
        reach |= Q(organisation__in=of_them, **{f"{kind}__in": those})
    return reach


def why_no_mandate(
    *,
    authority: str,
    actor: Actor,
    principal: str,
    kind: str,
    needed: frozenset[MandateScope],
    at: datetime,
    holds: bool = False,
) -> str:
    """Return why an agent may not act for an exporter now, as a code; empty when a mandate allows it. One query.

    ``holds``: in the transaction of an act, the mandates stay as they are until it is over.
    """
    rows = Mandate.objects.filter(authority=authority, agent=uuid_of(actor.organisation or ""))
    if holds:
        rows = rows.select_for_update(of=("self",))
    given = [row for row in rows.filter(principal=uuid_of(principal)).order_by("id") if row.accepted_at is not None]
    running = [row for row in given if row.state == MandateState.ACTIVE and row.until > at]
    if not running:
        return "mandate_over" if given else "no_mandate"
    fits = any(kind in row.kinds and needed & set(row.scopes) for row in running)
    return "" if fits else "beyond_mandate"
