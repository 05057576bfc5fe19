"""Reading the ledger: what was presented here, one presentation, everything about one certificate, what is left of it.

Source: `lifecycles.md` 5.1, `ux.md` 6.6. A desk sees what was presented in its own country; the issuing authority sees
every presentation of its certificates. What somebody may not see does not exist.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from opensps.accounts.queries import Actor
from opensps.border.errors import PresentationNotFound
from opensps.border.ledger import LineBalance, Presentation, PresentationEntry
from opensps.border.presenting_parties import DESKS, PRESENTING, WATCHERS, acting, desk_country
from opensps.border.quantities import issued_lines
from opensps.border.rechecks import Recheck
from opensps.certificate import Certificate
from opensps.lifecycle import OFFICERS
from opensps.lifecycle.balance import LineUse, Use, use_of
from opensps.lifecycle.presentation import (
    OPEN_STATES,
    PresentationAct,
    PresentationState,
    presentation_acts,
)

PAGE = 25
MOST_OF_ONE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a list is narrowed to; empty: not narrowed."""

    state: str = ""
    """A state, ``open`` or ``overdue``."""

    number: str = ""
    is_mine: bool = False


def presentations(
    *, authority: str, actor: Actor, wanted: Wanted = Wanted(), offset: int = 0, limit: int = PAGE
) -> tuple[Presentation, ...]:
    """Return a page of what was presented in somebody's country, newest first."""
    rows = _narrowed(_visible(authority, actor), wanted, actor)
    return tuple(rows.order_by("-presented_at", "-id")[offset : offset + limit])


def presentations_count(*, authority: str, actor: Actor, wanted: Wanted = Wanted()) -> int:
    """Return how many there are, at most one more than 10,000."""
    return _narrowed(_visible(authority, actor), wanted, actor)[:10_001].count()


def _narrowed(rows: QuerySet[Presentation], wanted: Wanted, actor: Actor) -> QuerySet[Presentation]:
    if wanted.state == "open":
        rows = rows.filter(state__in=[str(state) for state in OPEN_STATES])
    elif wanted.state == "overdue":
        rows = rows.filter(is_overdue=True)
    elif wanted.state:
        rows = rows.filter(state=wanted.state)
    if wanted.number:
        rows = rows.filter(Q(number=wanted.number) | Q(presentation_number=wanted.number))
    return rows.filter(person=actor.id) if wanted.is_mine else rows


def _visible(authority: str, actor: Actor) -> QuerySet[Presentation]:
    """Return what was presented in the country somebody acts for; of ours everything to who answers for it."""
    rows = Presentation.objects.filter(authority=authority)
    if actor.authority != authority:
        return rows.none()
    if actor.roles & PRESENTING:
        rows_here = Q(country=desk_country(authority=authority, country=actor.country))
        is_own_desk = not actor.country and bool(actor.roles & (WATCHERS | OFFICERS))
        return rows.filter(rows_here | Q(issuer=authority) if is_own_desk else rows_here)
    return rows.filter(issuer=authority) if not actor.country and actor.roles & (WATCHERS | OFFICERS) else rows.none()


def presentation_for(*, authority: str, actor: Actor, presentation_number: str) -> Presentation:
    """Return one presentation with its lines. Raises `PresentationNotFound`."""
    found = (
        _visible(authority, actor)
        .select_related("continues", "continued_by", "recheck")
        .prefetch_related("lines")
        .filter(presentation_number=presentation_number)
        .first()
    )
    if found is None:
        raise PresentationNotFound(presentation_number)
    return found


def rechecked(*, authority: str, actor: Actor, since: datetime, limit: int = 10) -> tuple[Recheck, ...]:
    """Return what was checked again since a time in somebody's country and asks for a look, newest first.

    That is everything not decided yet, and what was accepted by the paper and is not without fault.
    """
    country = desk_country(authority=authority, country=actor.country)
    if actor.authority != authority or not actor.roles & DESKS:
        return ()
    rows = Recheck.objects.filter(authority=authority, answered_at__gte=since, presentation__country=country)
    asks = Q(presentation__state__in=[str(state) for state in OPEN_STATES]) | ~Q(verdict_class="green")
    return tuple(rows.filter(asks).select_related("presentation").order_by("-answered_at", "-pk")[:limit])


def entries_of(row: Presentation) -> tuple[PresentationEntry, ...]:
    """Return every entry of a presentation, oldest first."""
    return tuple(row.entries.order_by("sequence"))


def presentations_of(*, authority: str, actor: Actor, issuer: str, number: str) -> tuple[Presentation, ...]:
    """Return what somebody may see of how a certificate was used before, newest first."""
    rows = _visible(authority, actor).filter(issuer=issuer, number=number)
    return tuple(rows.order_by("-presented_at", "-id")[:MOST_OF_ONE])


def balance_of(
    *, authority: str, issuer: str, number: str, certificate: Certificate | None = None
) -> tuple[LineUse, ...]:
    """Return what is left of each line; before the first presentation what was issued."""
    rows = LineBalance.objects.filter(authority=authority, issuer=issuer, number=number)
    return tuple(row.use for row in rows) or issued_lines(certificate)


def use_state(*, authority: str, issuer: str, number: str) -> Use:
    """Return the use of a certificate that follows from all its presentations, wherever they were."""
    states = Presentation.objects.filter(authority=authority, issuer=issuer, number=number, is_known=True)
    kept = states.values_list("state", flat=True)
    return use_of(map(PresentationState, kept), balance_of(authority=authority, issuer=issuer, number=number))


def acts_offered(row: Presentation, *, authority: str, actor: Actor) -> tuple[PresentationAct, ...]:
    """Return the acts this person may try now; none for who only watches."""
    try:
        country, party, _role = acting(authority=authority, actor=actor)
    except PresentationNotFound:
        return ()
    if row.country != country:
        return ()
    offered = presentation_acts(PresentationState(row.state), party)
    return tuple(act for act in offered if act is not PresentationAct.ARRIVE)


def last_place(*, authority: str, actor: Actor) -> str:
    """Return where somebody presented last, ``""`` the first time."""
    rows = Presentation.objects.filter(authority=authority, person=actor.id)
    return rows.order_by("-id").values_list("location", flat=True).first() or ""


def use_points(*, authority: str, issuer: str, number: str, actor: Actor) -> tuple[str, ...]:
    """Return what the ledger says to who checks a certificate before presenting it, as reasons of a verdict.

    used_up; open_elsewhere where somebody else is still deciding; already_presented where another country had it.
    """
    rows = Presentation.objects.filter(authority=authority, issuer=issuer, number=number, is_known=True)
    earlier = tuple(rows.exclude(state=PresentationState.ANNULLED).only("state", "country", "person"))
    here = desk_country(authority=authority, country=actor.country)
    lines = balance_of(authority=authority, issuer=issuer, number=number)
    said = {
        "used_up": bool(lines) and all(use.unused <= 0 for use in lines),
        "open_elsewhere": any(row.state in OPEN_STATES and row.person != actor.id for row in earlier),
        "already_presented": any(row.country != here for row in earlier),
    }
    return tuple(reason for reason, is_so in said.items() if is_so)
