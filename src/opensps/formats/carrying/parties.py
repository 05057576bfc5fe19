"""Parties and places as a dialect carries them: with tags, addresses become lines (`domain.md` 2.5, 4.2, 5.1)."""

from opensps.certificate import Address, Area, CountryArea, Identifier, Location, Party, Person
from opensps.codes import country_name
from opensps.formats.carrying.load import (
    ADDRESS,
    Load,
    code,
    codes,
    folded,
    identifier,
    stripped,
)
from opensps.rules import Level

_MAX_LINES = 5


def party(load: Load, value: Party, path: str) -> Party:
    """Return a party. One identifier stands for itself, the others need a scheme."""
    return Party(
        name=load.filler(value.name, f"{path}.name"),
        ids=_ids(load, value.ids, f"{path}.ids"),
        role=code(value.role, "K3035"),
        type_codes=codes(value.type_codes, "C"),
        address=_address(load, value.address, f"{path}.address"),
        contacts=tuple(one for one in map(folded, value.contacts) if one is not None),
        person=_person(value.person),
    )


def _ids(load: Load, values: tuple[Identifier, ...], path: str) -> tuple[Identifier, ...]:
    """Return the identifiers: coded dialects write the first as it is, the others the one without a scheme."""
    known = [one for one in map(identifier, values) if one is not None]
    bare = [one for one in known if one.scheme is None]
    listed = [one for one in known if one.scheme is not None]
    if load.dialect.is_coded and not bare:
        return tuple(listed)
    load.no_place(path, bare[1:])
    return (*bare[:1], *listed)


def optional_party(load: Load, value: Party | None, path: str) -> Party | None:
    """Return a party that may be absent."""
    return None if value is None else party(load, value, path)


def _person(value: Person | None) -> Person | None:
    name = folded(value.name) if value is not None else None
    return Person(name, value.qualifications) if value is not None and name is not None else None


def _address(load: Load, value: Address | None, path: str) -> Address | None:
    """Return the address, in the dialects with tags as lines: its own, then postcode and city, then the country."""
    if value is None:
        return None
    if load.dialect.is_coded:
        return _structured(value)
    own = [one for one in map(folded, value.lines) if one is not None]
    further = _further_lines(value)
    if further or value.city_code or value.type_code:
        load.say(Level.INFO, path, ADDRESS)
    lines = [*own, *further]
    if len(lines) > _MAX_LINES:
        lines = [*lines[: _MAX_LINES - 1], ", ".join(lines[_MAX_LINES - 1 :])]
    return Address(tuple(lines)) if lines else None


def _structured(value: Address) -> Address | None:
    fitted = Address(
        tuple([one for one in map(folded, value.lines) if one is not None]),
        stripped(value.postcode),
        folded(value.city),
        stripped(value.city_code),
        value.country,
        folded(value.country_name),
        stripped(value.subdivision_code),
        folded(value.subdivision_name),
        stripped(value.type_code),
    )
    return None if fitted == Address() else fitted


def _further_lines(value: Address) -> list[str]:
    town = " ".join(part for part in (folded(value.postcode), folded(value.city)) if part is not None)
    region = folded(value.subdivision_name) or folded(value.subdivision_code)
    country = folded(value.country_name) or (country_name(value.country) if value.country else None)
    return [line for line in (town, region, country) if line]


def country(load: Load, value: CountryArea, path: str) -> CountryArea:
    """Return a country with its parts."""
    return CountryArea(
        value.code, load.filler_texts(value.names, f"{path}.names"), load.each(value.areas, f"{path}.areas", _area)
    )


def _area(load: Load, value: Area, path: str) -> Area:
    return Area(
        id=stripped(value.id),
        names=load.filler_texts(value.names, f"{path}.names"),
        level=stripped(value.level) or "0",
        function_code=stripped(value.function_code),
        authorised_parties=load.each(value.authorised_parties, f"{path}.authorised_parties", party),
    )


def location(load: Load, value: Location | None, path: str) -> Location | None:
    """Return a place, ``None`` if it says nothing; its parts have no place."""
    if value is None:
        return None
    load.no_place(f"{path}.areas", value.areas)
    fitted = Location(identifier(value.id), load.filler_texts(value.names, f"{path}.names"))
    return None if fitted == Location() else fitted
