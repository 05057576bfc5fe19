"""The consumer of events that tells partners what our border decided about goods under their certificates.

Source: `architecture.md` 4, `exchange.md` 0. Presentations belong to `border`, which this room does not know: it reads
the event and nothing else.
"""

from opensps.events.queries import EventView
from opensps.exchange.services.answering import Decided, answer_queue

_PRESENTATION = "presentation"
"""Kind of object of `border`."""


class OutcomeConsumer:
    """Follows presentations: each outcome about a partner's certificate becomes one answer."""

    name = "outcomes"
    kinds = frozenset({_PRESENTATION})

    def handle(self, event: EventView) -> None:
        """Queue the answer of one event; certificates of our own concern no partner here."""
        said = event.payload or {}
        issuer, number = str(said.get("issuer", "")), str(said.get("number", ""))
        if issuer in {"", event.authority} or not number:
            return
        moved = (f"line {line}: {accepted} {unit}".rstrip() for line, unit, _reserved, accepted in said["moved"])
        answer_queue(
            Decided(
                authority=event.authority,
                event_id=event.id,
                issuer=issuer,
                number=number,
                act=event.act.rpartition(".")[2],
                place=str(said.get("place", "")),
                reason_code=event.reason_code,
                measure=str(said.get("measure", "")),
                quantities=tuple(moved) if event.to_state in {"accepted", "accepted_partly"} else (),
                at=event.at,
            )
        )


OUTCOME_CONSUMER = OutcomeConsumer()
