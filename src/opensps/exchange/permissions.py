"""Who may change partners' records and decide about deliveries. Pure."""

from opensps.accounts.queries import Actor
from opensps.exchange.errors import NotAllowed
from opensps.lifecycle import DELIVERY_STAFF, PARTNER_STAFF, Role

_BY_ITSELF = frozenset({Role.SYSTEM, Role.CLOCK})


def partner_role(actor: Actor, *, authority: str) -> Role:
    """Return the role in which somebody changes partners' records; raises `NotAllowed`."""
    return _role(actor, PARTNER_STAFF | _BY_ITSELF, authority)


def delivery_role(actor: Actor, *, authority: str) -> Role:
    """Return the role in which somebody decides about a delivery; raises `NotAllowed`."""
    return _role(actor, DELIVERY_STAFF, authority)


def may_see_contacts(actor: Actor, *, authority: str) -> bool:
    """Whether somebody sees partners' contacts and connections: personal data and addresses."""
    return bool(actor.roles & (PARTNER_STAFF | DELIVERY_STAFF)) and actor.authority == authority


def _role(actor: Actor, allowed: frozenset[Role], authority: str) -> Role:
    held = actor.roles & allowed
    is_ours = actor.authority == authority or bool(actor.roles & _BY_ITSELF)
    if not held or not is_ours:
        raise NotAllowed(actor.id)
    return next(role for role in Role if role in held)
