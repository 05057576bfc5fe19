"""Parties and places: who sends, receives, signs, and where.

Source: UN/CEFACT D17A, SPSParty, SPSAddress, SPSCountry, SPSLocation (`domain.md` 2.3).
"""

from dataclasses import dataclass

from opensps.certificate.scalars import Code, CountryCode, Identifier, ShapeError, Text, Texts

_MAX_LINES = 5


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address (SPSAddress)."""

    lines: tuple[str, ...] = ()
    """0 to 5 lines, in order."""

    postcode: str | None = None
    city: str | None = None
    city_code: str | None = None
    country: CountryCode | None = None
    country_name: str | None = None
    subdivision_code: str | None = None
    subdivision_name: str | None = None
    type_code: str | None = None

    def __post_init__(self) -> None:
        if len(self.lines) > _MAX_LINES:
            raise ShapeError("an address has at most five lines")


@dataclass(frozen=True, slots=True)
class Person:
    """A person named on a certificate (SPSPerson)."""

    name: str
    qualifications: Texts = ()


@dataclass(frozen=True, slots=True)
class Party:
    """An organisation or trader (SPSParty)."""

    name: str | None = None
    ids: tuple[Identifier, ...] = ()
    role: Code | None = None
    """UNCL 3035."""

    type_codes: tuple[Code, ...] = ()
    address: Address | None = None
    contacts: tuple[str, ...] = ()
    person: Person | None = None


@dataclass(frozen=True, slots=True)
class Area:
    """A part of a country: zone, compartment, region, exit post (SPSCountrySubDivision)."""

    id: str | None = None
    names: Texts = ()
    level: str = "0"
    """HierarchicalLevelCode, opaque."""

    function_code: str | None = None
    authorised_parties: tuple[Party, ...] = ()


@dataclass(frozen=True, slots=True)
class CountryArea:
    """A country with the parts of it that matter (SPSCountry)."""

    code: CountryCode | None = None
    names: Texts = ()
    areas: tuple[Area, ...] = ()


@dataclass(frozen=True, slots=True)
class Location:
    """A port, post or town (SPSLocation)."""

    id: Identifier | None = None
    """UN/LOCODE where the scheme says so or the value has five characters."""

    names: Texts = ()
    areas: tuple[Area, ...] = ()


def named(name: str, language: str | None = None) -> Location:
    """Return a location that has a name only."""
    return Location(names=(Text(name, language),))
