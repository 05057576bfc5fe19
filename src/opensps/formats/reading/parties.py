"""Parties and places: SPSParty, SPSAddress, SPSCountry, SPSCountrySubDivision, SPSLocation into values."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from lxml import etree

from opensps import codes
from opensps.certificate import (
    Address,
    Area,
    CountryArea,
    CountryCode,
    Identifier,
    Location,
    Party,
    Person,
    Text,
    country_code,
)
from opensps.formats.reading import leaves
from opensps.formats.reading.trail import Trail

_Record = TypeVar("_Record")
_ENTRY_LENGTHS = {2, 5}
_LINES = ("LineOne", "LineTwo", "LineThree", "LineFour", "LineFive")


def first(
    trail: Trail, elements: Iterable[etree._Element], path: str, read: Callable[[Trail, etree._Element, str], _Record]
) -> _Record | None:
    """Return the record of an element that occurs once at most."""
    return next((read(trail, element, path) for element in elements), None)


def each(
    trail: Trail,
    elements: Iterable[etree._Element],
    path: str,
    read: Callable[[Trail, etree._Element, str], _Record | None],
) -> tuple[_Record, ...]:
    """Return the records of a repeated element; those that say nothing are left out."""
    records = (read(trail, element, f"{path}[{index}]") for index, element in enumerate(elements))
    return tuple(record for record in records if record is not None)


def party(trail: Trail, element: etree._Element, path: str) -> Party:
    """Return a party. A TypeCode with a list name is an identifier of that kind, one without a type."""
    kids = trail.children(element, "Party")
    kinds = kids.pop("TypeCode", ())
    own = (leaves.identifier(trail, one, path) for one in kids.pop("ID", ()))
    listed = (_listed(trail, one, path) for one in kinds if one.get("listName"))
    value = Party(
        name=leaves.filler(trail, kids.pop("Name", ()), f"{path}.name"),
        ids=tuple(one for one in (*own, *listed) if one is not None),
        role=leaves.first_code(trail, kids.pop("RoleCode", ()), f"{path}.role", "K3035"),
        type_codes=leaves.all_codes(trail, (one for one in kinds if not one.get("listName")), path, "C"),
        address=_said(first(trail, kids.pop("SpecifiedSPSAddress", ()), f"{path}.address", address)),
        contacts=each(trail, kids.pop("DefinedSPSContact", ()), f"{path}.contacts", _contact),
        person=first(trail, kids.pop("SpecifiedSPSPerson", ()), f"{path}.person", _person),
    )
    trail.rest(kids)
    return value


def _said(address_: Address | None) -> Address | None:
    return None if address_ == Address() else address_


def _listed(trail: Trail, element: etree._Element, path: str) -> Identifier | None:
    value = leaves.raw(trail, element, path)
    trail.keep_attributes(element, "listName", "listAgencyID", "name")
    agency, name = element.get("listAgencyID") or None, element.get("name") or None
    return Identifier(value, element.get("listName"), agency, name) if value else None


def _contact(trail: Trail, element: etree._Element, path: str) -> str | None:
    kids = trail.children(element, "Contact")
    name = leaves.string(trail, kids.pop("PersonName", ()), path)
    trail.rest(kids)
    return name


def _person(trail: Trail, element: etree._Element, path: str) -> Person | None:
    kids = trail.children(element, "Person")
    name = leaves.string(trail, kids.pop("Name", ()), f"{path}.name")
    if name is None:
        trail.rest(kids)
        return None
    names = each(trail, kids.pop("AttainedSPSQualification", ()), f"{path}.qualifications", _qualification)
    trail.rest(kids)
    return Person(name, tuple(text for group in names for text in group))


def _qualification(trail: Trail, element: etree._Element, path: str) -> tuple[Text, ...]:
    kids = trail.children(element, "Qualification")
    names = leaves.texts(trail, kids.pop("Name", ()), path)
    trail.rest(kids)
    return names


def address(trail: Trail, element: etree._Element, path: str) -> Address:
    """Return a postal address; the country goes to the residue when it is not a code."""
    kids = trail.children(element, "Address")
    lines = (leaves.string(trail, kids.pop(name, ()), path) for name in _LINES)
    type_code = leaves.first_code(trail, kids.pop("TypeCode", ()), path, "K3131")
    value = Address(
        lines=tuple(line for line in lines if line is not None),
        postcode=leaves.token(trail, kids.pop("PostcodeCode", ()), path),
        city=leaves.string(trail, kids.pop("CityName", ()), path),
        city_code=leaves.token(trail, kids.pop("CityID", ()), path),
        country=next((plain_country(trail, one, f"{path}.country") for one in kids.pop("CountryID", ())), None),
        country_name=leaves.string(trail, kids.pop("CountryName", ()), path),
        subdivision_code=leaves.token(trail, kids.pop("CountrySubDivisionID", ()), path),
        subdivision_name=leaves.string(trail, kids.pop("CountrySubDivisionName", ()), path),
        type_code=type_code.value if type_code else None,
    )
    trail.rest(kids)
    return value


def plain_country(trail: Trail, element: etree._Element, path: str) -> CountryCode | None:
    """Return a country code, known or not; other shapes go to the residue."""
    value = leaves.raw(trail, element, path)
    if not value:
        return None
    trail.keep_attributes(element, "schemeID", "schemeAgencyID", "schemeName", "schemeVersionID")
    found = leaves.shaped(trail, element, path, value, country_code)
    if found is not None and not codes.is_country(found, trail.extra_countries):
        trail.say("READ-COUNTRY-OUTSIDE", path, code=found)
    return found


def country(trail: Trail, element: etree._Element, path: str) -> CountryArea:
    """Return a country with its names and parts."""
    kids = trail.children(element, "Country")
    ids = kids.pop("ID", ())
    value = CountryArea(
        code=next((plain_country(trail, one, f"{path}.code") for one in ids), None),
        names=leaves.fillers(trail, kids.pop("Name", ()), f"{path}.names"),
        areas=each(trail, kids.pop("SubordinateSPSCountrySubDivision", ()), f"{path}.areas", area),
    )
    if ids and not (ids[0].text or "").strip():
        trail.say("READ-EMPTY-COUNTRY", f"{path}.code")
    trail.rest(kids)
    return value


def area(trail: Trail, element: etree._Element, path: str) -> Area:
    """Return a part of a country; parts of parts go to the residue."""
    kids = trail.children(element, "CountrySubDivision")
    function = leaves.first_code(trail, kids.pop("FunctionTypeCode", ()), path, "K3227")
    value = Area(
        id=leaves.token(trail, kids.pop("ID", ()), f"{path}.id"),
        names=leaves.fillers(trail, kids.pop("Name", ()), f"{path}.names"),
        level=leaves.token(trail, kids.pop("HierarchicalLevelCode", ()), f"{path}.level") or "0",
        function_code=function.value if function else None,
        authorised_parties=each(trail, kids.pop("ActivityAuthorizedSPSParty", ()), f"{path}.authorised_parties", party),
    )
    trail.rest(kids)
    return value


def location(trail: Trail, element: etree._Element, path: str) -> Location | None:
    """Return a place, ``None`` if it says nothing."""
    kids = trail.children(element, "Location")
    value = Location(
        id=leaves.first_identifier(trail, kids.pop("ID", ()), f"{path}.id"),
        names=leaves.fillers(trail, kids.pop("Name", ()), f"{path}.names"),
    )
    trail.rest(kids)
    return None if value == Location() else value


def entry(trail: Trail, element: etree._Element, path: str) -> Location | None:
    """Return the point of entry: an identifier of five characters is a UN/LOCODE, of two a country."""
    value = location(trail, element, path)
    if value is not None and value.id is not None and len(value.id.value) in _ENTRY_LENGTHS:
        is_odd = len(value.id.value) == min(_ENTRY_LENGTHS) or "3166" in (value.id.scheme or "")
        if is_odd:
            trail.say("READ-ENTRY-SCHEME", f"{path}.id", id=value.id.value)
    return value


def event_place(trail: Trail, element: etree._Element, path: str) -> Location | None:
    """Return the place of an event."""
    kids = trail.children(element, "Event")
    value = first(trail, kids.pop("OccurrenceSPSLocation", ()), path, location)
    trail.rest(kids)
    return value
