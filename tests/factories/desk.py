"""People at a border desk: officials of other countries and our own border officers; and what a partner sent us."""

from datetime import UTC, datetime
from typing import Any

from opensps.accounts.queries import Actor
from opensps.exchange.services import envelope_receive
from opensps.exchange.terms import ReceivingTerms
from opensps.exchange.transports import Channel
from opensps.lifecycle import Role
from opensps.lifecycle.access import AccessScope
from tests.factories.incoming import NUMBER, header, theirs
from tests.factories.partners import live_partner

ARRIVED_AT = datetime(2026, 11, 22, 7, tzinfo=UTC)
TERMS = ReceivingTerms(extra_countries=frozenset({"XA", "XB", "XC"}))


def official(country: str = "XB", *roles: Role, mark: str = "b") -> Actor:
    """Return an official of another country; another ``mark`` is another person."""
    given = frozenset(roles or (Role.FOREIGN_OFFICER,))
    return Actor(
        id=mark * 32,
        authority="XA",
        roles=given,
        organisation="e" * 32,
        country=country,
        scopes=frozenset(AccessScope),
        name="Nora Lund",
    )


def border_officer(*roles: Role, mark: str = "d") -> Actor:
    """Return an officer at our own border."""
    given = frozenset(roles or (Role.BORDER_OFFICER,))
    return Actor(id=mark * 32, authority="XA", roles=given, office="014", name="Boris Vale")


def arrived(number: str = NUMBER, *, partner: Any = None, **changes: Any) -> str:
    """Take a certificate of Northland (XB), as it comes over a channel, and return its number."""
    envelope_receive(
        authority="XA",
        partner=partner or live_partner("XB"),
        channel=Channel.TEST,
        header=header(number),
        content=theirs(number, **changes),
        remote_number=f"R-{number}-{len(changes)}",
        terms=TERMS,
        at=ARRIVED_AT,
    )
    return number
