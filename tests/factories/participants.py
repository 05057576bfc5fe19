"""Participants of our own hub: Northland (XB) and Westmark (XC), who call us."""

from typing import Any

from opensps.exchange.contracts.headers import EnvelopeHeader, Forwarding
from opensps.exchange.models import Delivery, PartnerConnection, Side
from opensps.exchange.transports import Channel
from tests.factories.partners import live_partner


def participant(code: str, **columns: Any) -> PartnerConnection:
    """Return a participant in live exchange that collects by itself."""
    given = {"side": Side.HOST, "delivery": Delivery.PULL, "address": ""} | columns
    return live_partner(code, channel=Channel.HUB, **given).connections.select_related("partner").get()


def between(
    number: str,
    *,
    sender: str = "XB",
    to: str = "XC",
    type_code: int = 851,
    status: int = 70,
    copies: tuple[str, ...] = (),
) -> EnvelopeHeader:
    """Return the header of an envelope between two participants."""
    return EnvelopeHeader(
        from_code=sender,
        to_code=to,
        type_code=type_code,
        status_code=status,
        number=number,
        forwardings=tuple(map(Forwarding, copies)),
    )
