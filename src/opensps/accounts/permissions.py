"""Who may change accounts. Pure."""

from opensps.accounts.actors import Actor
from opensps.accounts.errors import NotAllowed
from opensps.lifecycle import Role


def administering_role(actor: Actor, *, authority: str) -> Role:
    """Return the role in which the actor changes accounts; raises `NotAllowed`.

    An administrator of another authority is nobody here.
    """
    if Role.SYSTEM in actor.roles:
        return Role.SYSTEM
    if Role.ADMINISTRATOR in actor.roles and actor.authority == authority:
        return Role.ADMINISTRATOR
    raise NotAllowed(actor.id)
