"""The consumer of events that fills the outbox: one row per partner and version of a certificate.

Source: `architecture.md` 4, `exchange.md` 0 and 8.2, `reliability.md` 2.3. It works in the worker's transaction, which
also deletes the due row; one row per partner and event, kept by the database, makes a repeat harmless.
"""

from opensps.certification.names import CERTIFICATE
from opensps.events.queries import EventView
from opensps.exchange.services.queueing import envelopes_for_events

_ISSUED = f"{CERTIFICATE}.issued"


class ExchangeConsumer:
    """Follows events: puts every change of a certificate that partners are told into the outbox."""

    name = "exchange"
    kinds = frozenset({CERTIFICATE})

    def handle(self, event: EventView) -> None:
        """Queue what the event means to partners."""
        self.handle_many((event,))

    def handle_many(self, events: tuple[EventView, ...]) -> None:
        """Queue what these events mean to partners, in order, many for little more than the price of one."""
        wanted = tuple(event for event in events if concerns_partners(event))
        for authority in dict.fromkeys(event.authority for event in wanted):
            envelopes_for_events(tuple(event for event in wanted if event.authority == authority))


def concerns_partners(event: EventView) -> bool:
    """Whether a change of a certificate's state is something partners may have to know."""
    return event.object_kind == CERTIFICATE and (event.act == _ISSUED or event.from_state != event.to_state)


EXCHANGE_CONSUMER = ExchangeConsumer()
