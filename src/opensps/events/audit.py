"""Recomputing everything: digests, the chain of each object, the one chain of the authority. Read-only.

Finds what no trigger can refuse: a database owner who dropped them first. Rows cut off at the very end of the chain are
found by comparing `ChainHead` with one kept elsewhere, which is what the transparency log is for.
"""

from collections.abc import Iterable, Iterator

from django.db.models import OuterRef, QuerySet, Subquery

from opensps.events.digests import chain_digest, event_digest, payload_digest
from opensps.events.guards import missing_triggers
from opensps.events.models import Event, EventDue, EventPosition
from opensps.events.problems import Problem

MANY_ATTEMPTS = 3
_CHUNK = 2_000


def _recomputed(event: Event) -> bytes:
    return event_digest(
        id=event.id,
        authority=event.authority,
        object_kind=event.object_kind,
        object_id=event.object_id,
        seq=event.seq,
        from_state=event.from_state,
        act=event.act,
        to_state=event.to_state,
        actor=event.actor,
        role=event.role,
        on_behalf_of=event.on_behalf_of,
        office=event.office,
        at=event.at,
        reason_code=event.reason_code,
        payload_digest=bytes(event.payload_digest),
        previous_digest=bytes(event.previous_digest),
    )


def _payload_fault(event: Event) -> str | None:
    """Return the code of what is wrong with the payload; an erased one is right."""
    wanted, payload = bytes(event.payload_digest), getattr(event, "payload", None)
    if payload is None:
        return "payload_missing" if wanted else None
    if payload.body is None or payload.salt is None:
        return None
    return None if payload_digest(salt=bytes(payload.salt), text=payload.body) == wanted else "payload"


def _link_faults(event: Event, previous: Event | None) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield what is wrong between an event and the one before it on the same object."""
    expected = 1 if previous is None else previous.seq + 1
    if event.seq != expected:
        yield "seq_gap", {"expected": str(expected)}
    elif bytes(event.previous_digest) != (b"" if previous is None else bytes(previous.digest)):
        yield "previous_digest", {}
    elif event.from_state != ("" if previous is None else previous.to_state):
        yield "state", {}
    if previous is not None and event.at < previous.at:
        yield "time", {}


def _event_problems(events: Iterable[Event]) -> Iterator[Problem]:
    previous: Event | None = None
    for event in events:
        if previous is not None and (previous.object_kind, previous.object_id) != (event.object_kind, event.object_id):
            previous = None
        where = f"{event.object_kind} {event.object_id}, step {event.seq}"
        if _recomputed(event) != bytes(event.digest):
            yield Problem("digest", where)
        if fault := _payload_fault(event):
            yield Problem(fault, where)
        for code, params in _link_faults(event, previous):
            yield Problem(code, where, params)
        previous = event


def _position_problems(rows: QuerySet[EventPosition]) -> Iterator[Problem]:
    after, chain = 0, b""
    # A subquery, not a join: a place whose event has gone must stay in the answer.
    actual_digest = Subquery(Event.objects.filter(pk=OuterRef("event_id")).values("digest")[:1])
    digests = rows.annotate(actual=actual_digest).values_list("position", "event_digest", "chain", "actual")
    for position, copied, stored, actual in digests.iterator(chunk_size=_CHUNK):
        where = f"chain, place {position}"
        if position != after + 1:
            yield Problem("position_gap", where, {"after": str(after)})
        elif chain_digest(previous=chain, position=position, event_digest=bytes(copied)) != bytes(stored):
            yield Problem("chain", where)
        if actual is None:
            yield Problem("event_missing", where)
        elif bytes(actual) != bytes(copied):
            yield Problem("position_digest", where)
        after, chain = position, bytes(stored)


def _due_problems(authority: str) -> Iterator[Problem]:
    lost = Event.objects.filter(authority=authority, position__isnull=True).exclude(
        pk__in=EventDue.objects.filter(authority=authority, consumer="sequencer").values("event")
    )
    for event in lost.order_by("object_kind", "object_id", "seq"):
        yield Problem("never_placed", f"{event.object_kind} {event.object_id}, step {event.seq}")
    failing = EventDue.objects.filter(authority=authority, attempts__gte=MANY_ATTEMPTS).exclude(last_error="")
    for row in failing.order_by("id"):
        where = f"{row.consumer}, event {row.event_id}"
        yield Problem("consumer_failing", where, {"attempts": str(row.attempts), "error": row.last_error})


def audit(authority: str) -> tuple[Problem, ...]:
    """Return everything that is wrong with the events of an authority; reads every event once."""
    events = Event.objects.filter(authority=authority).select_related("payload")
    ordered = events.order_by("object_kind", "object_id", "seq").iterator(chunk_size=_CHUNK)
    positions = EventPosition.objects.filter(authority=authority).order_by("position")
    return (
        *(Problem("guard_missing", name) for name in missing_triggers()),
        *_event_problems(ordered),
        *_position_problems(positions),
        *_due_problems(authority),
    )
