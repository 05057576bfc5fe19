"""The consumer of events that partners are told by webhook, beside what happens to envelopes (`exchange.md` 5.3)."""

from opensps.certification.names import CERTIFICATE, OUTCOME_REPORTED
from opensps.events.queries import EventView
from opensps.exchange.names import KEY_EXPIRING, MODE_CHANGED, PARTNER
from opensps.exchange.queries.webhooks import partner_id_by_code
from opensps.exchange.services.webhook_telling import webhook_tell
from opensps.exchange.webhook_notices import Notice, Telling

_INQUIRY = "inquiry"
"""Kind of object of `border`, which this room does not know."""


class WebhookConsumer:
    """Follows events of partners and outcomes, and writes what endpoints are told of them."""

    name = "webhooks"
    kinds = frozenset({CERTIFICATE, PARTNER, _INQUIRY})

    def handle(self, event: EventView) -> None:
        """Write the messages of one event; none where it concerns nobody."""
        if event.act == MODE_CHANGED:
            self._tell(event, event.object_id, Notice.MODE_CHANGED, {"partner": event.object_id})
        elif event.act == KEY_EXPIRING:
            self._tell(event, event.object_id, Notice.KEY_EXPIRING, _of_key(event))
        elif event.act == OUTCOME_REPORTED:
            said = event.payload or {}
            number = {"number": event.object_id, "outcome_number": str(said.get("outcome_number", ""))}
            self._tell(event, str(said.get("reporter", "")), Notice.OUTCOME_RECORDED, number)
        elif event.object_kind == _INQUIRY and (notice := _of_inquiry(event)) is not None:
            said = event.payload or {}
            data = {"inquiry_number": event.object_id, "number": str(said.get("number", ""))}
            self._tell(event, str(said.get("asker", "")), notice, data)

    def _tell(self, event: EventView, code: str, notice: Notice, data: dict[str, str]) -> None:
        partner_id = partner_id_by_code(authority=event.authority, code=code)
        if partner_id is not None:
            telling = Telling(notice, str(event.id), event.at, data)
            webhook_tell(authority=event.authority, partner_id=partner_id, tellings=(telling,))


def _of_key(event: EventView) -> dict[str, str]:
    """Return which key ends, whose it is and when; fingerprints are public."""
    said = event.payload or {}
    whose = "authority" if said.get("is_ours") else "partner"
    named = {name: str(said.get(name, "")) for name in ("use", "fingerprint", "ends")}
    return {"partner": event.object_id, "whose": whose, **named}


def _of_inquiry(event: EventView) -> Notice | None:
    if event.act == "inquiry.open":
        return Notice.INQUIRY_OPENED
    if event.to_state == event.from_state:
        return None
    return {"answered": Notice.INQUIRY_ANSWERED, "closed": Notice.INQUIRY_CLOSED}.get(event.to_state)


WEBHOOK_CONSUMER = WebhookConsumer()
