"""Who acts: an opaque id and the roles held at this moment. Pure."""

from dataclasses import dataclass

from opensps.lifecycle import Role
from opensps.lifecycle.access import AccessScope


@dataclass(frozen=True, slots=True)
class Actor:
    """A person or machine in the moment of an act."""

    id: str
    """Opaque: what the event says. 32 hexadecimal digits for a person."""

    authority: str
    roles: frozenset[Role]
    organisation: str | None = None
    """Id of the organisation the person acts for, 32 hexadecimal digits."""

    country: str = ""
    """Of the organisation of an official of another country, ISO 3166-1 alpha-2; ``""`` for our own people."""

    scopes: frozenset[AccessScope] = frozenset()
    """What an official of another country was approved for; empty for our own people, whom their roles bind."""

    office: str | None = None
    """Code of the person's office."""

    name: str = ""
    """For what is printed or shown, never for an event."""

    def lacks(self, scope: AccessScope) -> bool:
        """Tell whether an official of another country was not approved for this; administrators may do all of it."""
        return bool(self.country) and not self.scopes & {scope, AccessScope.COUNTRY_ADMIN}


SYSTEM = Actor(id="system", authority="", roles=frozenset({Role.SYSTEM}))
"""What follows by itself; acts for whichever authority the call names."""

CLOCK = Actor(id="clock", authority="", roles=frozenset({Role.CLOCK}))
"""A deadline that ended; acts for whichever authority the call names."""
