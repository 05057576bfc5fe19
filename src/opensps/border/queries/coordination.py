"""Reading coordination: the coordinator reads every case, a body its own parts and nothing beside them. Row A01.

What a body may not see does not exist: another body's part, what was said about it, the list of bodies.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from opensps.accounts.queries import Actor, organisations
from opensps.border.coordination import PART, CoordinationCase, CoordinationEntry, CoordinationPart
from opensps.border.coordination_terms import is_body
from opensps.border.errors import CoordinationRefused
from opensps.events.queries import events_for
from opensps.lifecycle import Role
from opensps.lifecycle.coordination import UNFINISHED, CoordinationState, PartState

__all__ = [
    "PAGE",
    "READERS",
    "CoordinationCase",
    "CoordinationEntry",
    "CoordinationPart",
    "SeenCase",
    "bodies",
    "coordination_of_question",
    "coordination_seen",
    "coordinations",
    "parts_waiting",
]

PAGE = 25
READERS = frozenset({Role.COORDINATOR, Role.LIAISON})
_UNFINISHED = [each.value for each in UNFINISHED]


@dataclass(frozen=True, slots=True)
class SeenCase:
    """A case as one person may read it."""

    case: CoordinationCase
    parts: tuple[CoordinationPart, ...]
    entries: tuple[CoordinationEntry, ...]
    """The newest first."""

    is_whole: bool
    """Whether everything is there: for the coordinator."""

    said_by_body: frozenset[int] = frozenset()
    """Keys of the entries that come from the body's own side; for a body alone."""


def _seen_by(actor: Actor) -> QuerySet[CoordinationCase]:
    rows = CoordinationCase.objects.filter(authority=actor.authority)
    if Role.COORDINATOR in actor.roles:
        return rows
    if Role.LIAISON not in actor.roles or not actor.organisation:
        return rows.none()
    return rows.filter(pk__in=_own_parts(actor).values("case"))


def _own_parts(actor: Actor) -> QuerySet[CoordinationPart]:
    rows = CoordinationPart.objects.filter(authority=actor.authority, organisation=actor.organisation or "-")
    return rows.exclude(state=PartState.WITHDRAWN)


def coordinations(
    *, actor: Actor, state: str = "", procedure: str = "", text: str = "", offset: int = 0
) -> tuple[Sequence[CoordinationCase], int]:
    """Return a page of the cases somebody may read, newest first, and how many there are.

    ``state`` is one of a case, or ``overdue``.
    """
    rows = _seen_by(actor)
    if state == "overdue":
        late = CoordinationPart.objects if Role.COORDINATOR in actor.roles else _own_parts(actor)
        rows = rows.filter(pk__in=late.filter(is_overdue=True, state__in=_UNFINISHED).values("case"))
    elif state:
        rows = rows.filter(state=state)
    if procedure:
        rows = rows.filter(procedure=procedure)
    if text:
        rows = rows.filter(Q(case_number__iexact=text) | Q(subject__icontains=text) | Q(question__iexact=text))
    return tuple(rows.order_by("-pk")[offset : offset + PAGE]), rows.count()


def coordination_seen(*, actor: Actor, case_number: str) -> SeenCase:
    """Return a case with what somebody may read of it. Raises `CoordinationRefused` not_found."""
    case = _seen_by(actor).filter(case_number=case_number).first()
    if case is None:
        raise CoordinationRefused("not_found")
    is_whole = Role.COORDINATOR in actor.roles
    parts, entries = CoordinationPart.objects.filter(case=case), CoordinationEntry.objects.filter(case=case)
    if not is_whole:
        parts = parts.filter(pk__in=_own_parts(actor).values("pk"))
        entries = entries.filter(part__in=parts)
    own, said = tuple(parts.order_by("place")), tuple(entries.order_by("-sequence"))
    return SeenCase(case, own, said, is_whole, frozenset() if is_whole else _said_by_body(case, own, said))


def _said_by_body(
    case: CoordinationCase, parts: Sequence[CoordinationPart], entries: Sequence[CoordinationEntry]
) -> frozenset[int]:
    """Return which entries somebody of the body made: each has its event, and the event its role."""
    found: set[int] = set()
    for part in parts:
        events = events_for(authority=case.authority, object_kind=PART, object_id=f"{case.case_number}/{part.place}")
        said = [each.pk for each in reversed(entries) if each.part_id == part.pk]
        found |= {key for key, event in zip(said, events, strict=False) if event.role == Role.LIAISON}
    return frozenset(found)


def parts_waiting(*, actor: Actor, limit: int) -> tuple[CoordinationPart, ...]:
    """Return the parts somebody has to move: a body those it did not report; the coordinator late and reported ones."""
    if actor.roles.isdisjoint(READERS):
        return ()
    open_ones = CoordinationPart.objects.filter(authority=actor.authority, case__state=CoordinationState.OPEN)
    found = Q(pk__in=[])
    if Role.COORDINATOR in actor.roles:
        found |= Q(is_overdue=True, state__in=_UNFINISHED) | Q(state=PartState.REPORTED)
    if Role.LIAISON in actor.roles:
        found |= Q(organisation=actor.organisation or "-", state__in=_UNFINISHED)
    return tuple(open_ones.filter(found).select_related("case").order_by("due_at", "pk")[:limit])


def coordination_of_question(*, authority: str, question: str) -> CoordinationCase | None:
    """Return the newest case that was opened for a question to the enquiry point."""
    return CoordinationCase.objects.filter(authority=authority, question=question).order_by("-pk").first()


def bodies(*, authority: str) -> tuple[tuple[str, str, str], ...]:
    """Return id, name and Chinese name of every body a part can be given to, by name."""
    rows = organisations(authority=authority)
    return tuple((row.id.hex, row.name, row.name_zh) for row in rows if is_body(row.kind))
