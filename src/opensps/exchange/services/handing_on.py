"""Handing what is no certificate to whoever takes it: outcomes and answers of other authorities (`exchange.md` 0, 2).

Rooms that do not know each other meet here by handlers named in a setting; without one, the message is kept and said
to be taken by nobody.
"""

from collections.abc import Iterable
from datetime import datetime

from opensps.exchange.inbound_rules import found
from opensps.exchange.models import Envelope
from opensps.exchange.terms import InboundMessage, ReceivingTerms
from opensps.rules import Finding


def hand_on(envelope: Envelope, *, content: bytes, terms: ReceivingTerms, at: datetime) -> Iterable[Finding]:
    """Offer an envelope to the handlers, in the transaction of its receipt; return what is to be said about it."""
    message = InboundMessage(
        authority=envelope.authority,
        partner=envelope.partner.code,
        delivery_number=envelope.delivery_number,
        number=envelope.number,
        type_code=envelope.type_code,
        status_code=envelope.status_code,
        content=content,
        at=at,
    )
    return () if any(handler(message) for handler in terms.handlers) else (found("EXCHANGE-OTHER"),)
