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
        # Two workers would give the same position twice: the second waits here.
        lock("sequencer", event.authority)
        unplaced = Event.objects.filter(
            authority=event.authority,
            object_kind=event.object_kind,
            object_id=event.object_id,
            seq__lte=event.seq,
            position__isnull=True,
        ).order_by("seq")
        found = list(unplaced.only("id", "digest"))
        if not found:
            return
        head = EventPosition.objects.filter(authority=event.authority).order_by("-position").first()
        position, chain = (0, b"") if head is None else (head.position, bytes(head.chain))
        for row in found:
            position, digest = position + 1, bytes(row.digest)
            chain = chain_digest(previous=chain, position=position, event_digest=digest)
            EventPosition.objects.create(
                authority=event.authority, position=position, event=row, event_digest=digest, chain=chain
            )


SEQUENCER = Sequencer()
