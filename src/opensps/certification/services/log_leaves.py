"""Leaves get their index: the consumer that follows events, and the head of the chain of events.

Source: `trust.md` 4.6 and 6.5, `reliability.md` 2.7 and 4.4. An index is given under the log's lock, in the order in
which due rows are taken; the tree is built afterwards by `log_growth`, from these rows alone.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max

from opensps.certification.errors import LogError, NotFound
from opensps.certification.log_leaves import (
    ISSUED,
    PUBLIC_ACTS,
    PUBLIC_OBJECT,
    certificate_leaf,
    head_leaf,
    kind_of,
    public_leaf,
)
from opensps.certification.models import Certificate, LogLeaf, TransparencyLog
from opensps.certification.names import CERTIFICATE
from opensps.events.queries import ChainHead, EventView, chain_head, events_for
from opensps.events.services import event_write, lock
from opensps.transparency.leaf import Leaf, LeafEvent, write_leaf

HEAD_EVERY = timedelta(minutes=10)


def log_locked(authority: str) -> TransparencyLog:
    """Return the log that takes leaves; nobody else gives an index until the transaction ends. Raises `LogError`."""
    lock("log", authority)
    log = TransparencyLog.objects.filter(authority=authority).exclude(state=TransparencyLog.FROZEN).first()
    if log is None:
        raise LogError("none")
    return log


class LogConsumer:
    """Follows events: gives each that belongs into the log its leaf, once, whatever order the due rows are taken in."""

    name = "log"

    def handle(self, event: EventView) -> None:
        """Give the event its leaf, and before it the earlier ones of the same certificate that have none."""
        self.handle_many((event,))

    def handle_many(self, events: tuple[EventView, ...]) -> None:
        """Give these events their leaves. Raises `LogError` none while no log was created: the rows wait."""
        wanted = tuple(event for event in events if kind_of(event) is not None)
        for authority in dict.fromkeys(event.authority for event in wanted):
            log = log_locked(authority)
            _Appending(log).add(event for event in wanted if event.authority == authority)


class _Appending:
    """One append of leaf rows under the log's lock."""

    def __init__(self, log: TransparencyLog) -> None:
        self.log = log
        self.index = next_index(log)
        self.made: list[LogLeaf] = []

    def add(self, events: Iterable[EventView]) -> None:
        """Add the leaves of these events and store them."""
        asked = tuple(events)
        known = set(
            LogLeaf.objects.filter(
                authority=self.log.authority, event_id__in=[event.id for event in asked]
            ).values_list("event_id", flat=True)
        )
        self._add_all(tuple(event for event in asked if event.id not in known))

    def _add_all(self, events: Sequence[EventView]) -> None:
        if not events:
            return
        numbers = {event.object_id for event in events if event.object_kind == CERTIFICATE}
        rows = Certificate.objects.filter(authority=self.log.authority, number__in=numbers)
        certificates = {row.number: row for row in rows.only("authority", "number", "seal", "salt", "digest")}
        for event in events:
            if event.object_kind == CERTIFICATE:
                if event.object_id not in certificates:
                    raise NotFound(event.object_id)
                for each in self._with_earlier(event):
                    self._add_certificate(each, certificates[event.object_id])
            else:
                self._add_public(event)
        LogLeaf.objects.bulk_create(self.made)

    def _with_earlier(self, event: EventView) -> tuple[EventView, ...]:
        """Return the event after those of its certificate that should have a leaf before it and have none."""
        if self._is_made(event):
            return ()
        if event.act == ISSUED:
            return (event,)
        told = events_for(authority=event.authority, object_kind=CERTIFICATE, object_id=event.object_id)
        earlier = tuple(each for each in told if each.seq <= event.seq and kind_of(each) is not None)
        logged = set(
            LogLeaf.objects.filter(authority=event.authority, event_id__in=[each.id for each in earlier]).values_list(
                "event_id", flat=True
            )
        )
        return tuple(each for each in earlier if each.id not in logged and not self._is_made(each))

    def _is_made(self, event: EventView) -> bool:
        return any(leaf.event_id == event.id for leaf in self.made)

    def _add_certificate(self, event: EventView, certificate: Certificate) -> None:
        kind = kind_of(event)
        if kind is None:
            return
        previous = None if kind is LeafEvent.ISSUE else self._issue_index(certificate.number)
        leaf = certificate_leaf(kind, certificate, at=event.at, issue_index=previous)
        self._append(leaf, event, number=certificate.number)

    def _add_public(self, event: EventView) -> None:
        self._append(public_leaf(PUBLIC_ACTS[event.act], event), event)

    def _issue_index(self, number: str) -> int | None:
        """Return the issue leaf of a certificate in this log, None when it lies in an older one."""
        for leaf in self.made:
            if leaf.number == number and leaf.kind == LeafEvent.ISSUE:
                return leaf.index
        rows = LogLeaf.objects.filter(log=self.log, authority=self.log.authority, number=number, kind=LeafEvent.ISSUE)
        return rows.order_by("index").values_list("index", flat=True).first()

    def _append(self, leaf: Leaf, event: EventView, *, number: str = "") -> None:
        self.made.append(_row(self.log, self.index, leaf, event_id=event.id, number=number))
        self.index += 1


def next_index(log: TransparencyLog) -> int:
    """Return the index that the next leaf gets."""
    newest = LogLeaf.objects.filter(log=log, authority=log.authority).aggregate(newest=Max("index"))["newest"]
    return 0 if newest is None else int(newest) + 1


def _row(log: TransparencyLog, index: int, leaf: Leaf, **columns: object) -> LogLeaf:
    return LogLeaf(
        authority=log.authority, log=log, index=index, kind=int(leaf.event), data=write_leaf(leaf), **columns
    )


def log_head_append(*, authority: str, at: datetime) -> LogLeaf | None:
    """Put the head of the authority's chain of events into the log, if it moved and the last is 10 minutes old.

    Raises `LogError` none. Looks first without a lock: an idle worker asks every second.
    """
    rows = TransparencyLog.objects.filter(authority=authority).exclude(state=TransparencyLog.FROZEN)
    log = rows.first()
    if log is not None and _due_head(log, at) is None:
        return None
    return _head_append(authority, at)


def _due_head(log: TransparencyLog, at: datetime) -> ChainHead | None:
    """Return the head that should be logged now, None when it is not time or it has not moved."""
    if log.head_at is not None and at < log.head_at + HEAD_EVERY:
        return None
    head = chain_head(authority=log.authority)
    return head if head is not None and head.position > log.head_position else None


@transaction.atomic
def _head_append(authority: str, at: datetime) -> LogLeaf | None:
    log = log_locked(authority)
    head = _due_head(log, at)
    if head is None:
        return None
    leaf = _row(log, next_index(log), head_leaf(authority, head, at=at), chain_position=head.position)
    leaf.save(force_insert=True)
    log.head_position, log.head_at = head.position, at
    log.save(update_fields=["head_position", "head_at"])
    return leaf


def log_public_object(
    *,
    authority: str,
    act: str,
    digest: bytes,
    actor: str,
    role: str,
    at: datetime,
    index: int | None = None,
) -> None:
    """Write the event that puts the SHA-256 of something public into the log, in the caller's transaction.

    `act`: one of `PUBLIC_ACTS`; `index`: from which leaf a key is distrusted. Raises `KeyError` for another act.
    """
    state = PUBLIC_ACTS[act].name.lower()
    told = events_for(authority=authority, object_kind=PUBLIC_OBJECT, object_id=digest.hex())
    event_write(
        authority=authority,
        object_kind=PUBLIC_OBJECT,
        object_id=digest.hex(),
        act=act,
        from_state=told[-1].to_state if told else "",
        to_state=state,
        actor=actor,
        role=role,
        at=at,
        payload={"digest": digest.hex(), "index": index},
    )


LOG_CONSUMER = LogConsumer()
