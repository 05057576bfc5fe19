"""Who acts: an opaque id and the roles held at this moment. Pure."""

from dataclasses import dataclass

from opensps.lifecycle import Role


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

    office: str | None = None
    """Code of the person's office."""

    name: str = ""
    """For what is printed or shown, never for an event."""


SYSTEM = Actor(id="system", authority="", roles=frozenset({Role.SYSTEM}))
"""What follows by itself; acts for whichever authority the call names."""

CLOCK = Actor(id="clock", authority="", roles=frozenset({Role.CLOCK}))
"""A deadline that ended; acts for whichever authority the call names."""
