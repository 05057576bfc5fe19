"""Reading events: timelines, the state they fold to, the head of the chain, what is still due."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Max, OuterRef, QuerySet, Subquery

from opensps.events.audit import audit
from opensps.events.models import Event, EventDue, EventPosition
from opensps.events.problems import Problem
from opensps.events.views import EventView, view_of

__all__ = [
    "ChainHead",
    "DueRow",
    "EventView",
    "Problem",
    "audit",
    "chain_at",
    "chain_head",
    "due_count",
    "due_event_ids",
    "due_rows_failing",
    "event_by_id",
    "events_by_actor",
    "events_for",
    "events_of_kind",
    "events_of_objects",
    "events_since",
    "folded_state",
    "newest_at",
    "projection_problems",
]


@dataclass(frozen=True, slots=True)
class ChainHead:
    """The newest place in an authority's chain; kept elsewhere, it proves everything before it."""

    position: int
    chain: bytes


@dataclass(frozen=True, slots=True)
class DueRow:
    """A due row that failed at least once."""

    consumer: str
    event_id: UUID
    attempts: int
    due_at: datetime
    last_error: str


def _with_payload(authority: str) -> QuerySet[Event]:
    return Event.objects.filter(authority=authority).select_related("payload")


def events_for(*, authority: str, object_kind: str, object_id: str) -> tuple[EventView, ...]:
    """Return the events of one object, oldest first. One query."""
    rows = _with_payload(authority).filter(object_kind=object_kind, object_id=object_id).order_by("seq")
    return tuple(view_of(row) for row in rows)


def event_by_id(*, authority: str, event_id: UUID) -> EventView | None:
    """Return one event, or None when this authority has none of that id."""
    row = _with_payload(authority).filter(pk=event_id).first()
    return None if row is None else view_of(row)


def events_of_objects(
    *, authority: str, object_kind: str, object_ids: Collection[str]
) -> Mapping[str, tuple[EventView, ...]]:
    """Return object id -> its events, oldest first, for several objects. One query."""
    rows = _with_payload(authority).filter(object_kind=object_kind, object_id__in=object_ids)
    found: dict[str, tuple[EventView, ...]] = {}
    for row in rows.order_by("object_id", "seq"):
        found[row.object_id] = (*found.get(row.object_id, ()), view_of(row))
    return found


def events_by_actor(*, authority: str, actor: str, limit: int = 50) -> tuple[EventView, ...]:
    """Return the newest events of one actor, newest first."""
    rows = _with_payload(authority).filter(actor=actor).order_by("-at", "-seq")[:limit]
    return tuple(view_of(row) for row in rows)


def events_since(*, authority: str, at: datetime, object_kind: str | None = None) -> tuple[EventView, ...]:
    """Return the events at or after a time, oldest first."""
    rows = _with_payload(authority).filter(at__gte=at).order_by("at", "object_kind", "object_id", "seq")
    return tuple(view_of(row) for row in (rows if object_kind is None else rows.filter(object_kind=object_kind)))


def events_of_kind(*, authority: str, object_kind: str) -> Iterator[EventView]:
    """Yield every event of one kind of object, object by object, oldest first; read in portions."""
    rows = _with_payload(authority).filter(object_kind=object_kind).order_by("object_id", "seq")
    return (view_of(row) for row in rows.iterator(chunk_size=1000))


def folded_state(events: Iterable[EventView]) -> str:
    """Return the state the events of one object lead to, "" for none.

    Raises ValueError where one does not follow on the one before.
    """
    state = ""
    for event in events:
        if event.from_state != state:
            raise ValueError(
                f"{event.object_kind} {event.object_id} {event.seq}: from {event.from_state!r}, was {state!r}"
            )
        state = event.to_state
    return state


def projection_problems(*, authority: str, object_kind: str, states: Mapping[str, str]) -> tuple[Problem, ...]:
    """Compare stored states (object id -> state) with what the events say; rooms with a state column call this."""
    newest = (
        Event.objects.filter(authority=authority, object_kind=object_kind, object_id=OuterRef("object_id"))
        .order_by("-seq")
        .values("to_state")[:1]
    )
    told = dict(
        Event.objects.filter(authority=authority, object_kind=object_kind, seq=1)
        .annotate(state=Subquery(newest))
        .values_list("object_id", "state")
    )
    problems = [
        Problem("projection", f"{object_kind} {object_id}", {"stored": state, "told": told.get(object_id, "-")})
        for object_id, state in states.items()
        if told.get(object_id) != state
    ]
    problems += [
        Problem("projection", f"{object_kind} {object_id}", {"stored": "-", "told": told[object_id]})
        for object_id in sorted(told.keys() - states.keys())
    ]
    return tuple(problems)


def chain_head(*, authority: str) -> ChainHead | None:
    """Return the newest place in the chain, None before the first."""
    head = EventPosition.objects.filter(authority=authority).order_by("-position").first()
    return None if head is None else ChainHead(head.position, bytes(head.chain))


def chain_at(*, authority: str, position: int) -> bytes | None:
    """Return the chain digest at a place, None where the chain does not reach."""
    found = EventPosition.objects.filter(authority=authority, position=position).values_list("chain", flat=True).first()
    return None if found is None else bytes(found)


def due_event_ids(*, authority: str, consumer: str, among: Collection[UUID] | None = None) -> frozenset[UUID]:
    """Return the events that one consumer still has to follow, all or those of them that are asked for."""
    rows = EventDue.objects.filter(authority=authority, consumer=consumer)
    if among is not None:
        rows = rows.filter(event_id__in=among)
    return frozenset(rows.values_list("event_id", flat=True))


def due_count(*, authority: str) -> int:
    """Return how many due rows wait."""
    return EventDue.objects.filter(authority=authority).count()


def due_rows_failing(*, authority: str) -> tuple[DueRow, ...]:
    """Return the due rows that failed, most often tried first."""
    rows = EventDue.objects.filter(authority=authority).exclude(last_error="").order_by("-attempts", "id")
    return tuple(DueRow(row.consumer, row.event_id, row.attempts, row.due_at, row.last_error) for row in rows)


def newest_at(*, authority: str) -> datetime | None:
    """Return the time of the newest event; a clock behind it runs wrong."""
    found: datetime | None = Event.objects.filter(authority=authority).aggregate(newest=Max("at"))["newest"]
    return found
