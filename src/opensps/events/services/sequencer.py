"""The sequencer: gives each event its gap-free place in the one chain of its authority."""

from opensps.events.digests import chain_digest
from opensps.events.locks import lock
from opensps.events.models import Event, EventPosition
from opensps.events.views import EventView


class Sequencer:
    """A consumer. Within one object, places follow ``seq`` whatever order the due rows are taken in."""

    name = "sequencer"

    def handle(self, event: EventView) -> None:
        """Place the event, and before it those of the same object that have no place yet; nothing if it has one."""
        self.handle_many((event,))

    def handle_many(self, events: tuple[EventView, ...]) -> None:
        """Place these events, and before each those of its object that have no place yet."""
        for authority in dict.fromkeys(event.authority for event in events):
            self._place(authority, tuple(event for event in events if event.authority == authority))

    def _place(self, authority: str, events: tuple[EventView, ...]) -> None:
        # Two workers would give the same position twice: the second waits here.
        lock("sequencer", authority)
        unplaced = _unplaced(authority, events)
        if not unplaced:
            return
        head = EventPosition.objects.filter(authority=authority).order_by("-position").first()
        position, chain = (0, b"") if head is None else (head.position, bytes(head.chain))
        places = []
        for row in unplaced:
            position, digest = position + 1, bytes(row.digest)
            chain = chain_digest(previous=chain, position=position, event_digest=digest)
            places.append(
                EventPosition(authority=authority, position=position, event=row, event_digest=digest, chain=chain)
            )
        EventPosition.objects.bulk_create(places)


def _unplaced(authority: str, events: tuple[EventView, ...]) -> list[Event]:
    """Return what has no place yet of these events' objects, up to each event, in the order the events came."""
    last = {(event.object_kind, event.object_id): event.seq for event in sorted(events, key=lambda event: event.seq)}
    order = {key: place for place, key in enumerate(dict.fromkeys((e.object_kind, e.object_id) for e in events))}
    rows = Event.objects.filter(
        authority=authority,
        object_kind__in={kind for kind, _ in last},
        object_id__in={object_id for _, object_id in last},
        position__isnull=True,
    ).only("id", "digest", "object_kind", "object_id", "seq")
    found = [row for row in rows if row.seq <= last.get((row.object_kind, row.object_id), 0)]
    return sorted(found, key=lambda row: (order[row.object_kind, row.object_id], row.seq))


SEQUENCER = Sequencer()
