"""Parties and places: SPSParty, SPSAddress, SPSCountry, SPSCountrySubDivision, SPSLocation into values."""

from collections.abc import Callable
from typing import TypeVar

from lxml import etree

from opensps import codes
from opensps.certificate import (
    Address,
    Area,
    Code,
    CountryArea,
    CountryCode,
    Identifier,
    Location,
    Party,
    Person,
    Texts,
    country_code,
)
from opensps.formats.reading import leaves
from opensps.formats.reading.trail import Elements, Trail, plan

_Record = TypeVar("_Record")
_ENTRY_LENGTHS = {2, 5}
_LINES = {
    "LineOne": "_line_1",
    "LineTwo": "_line_2",
    "LineThree": "_line_3",
    "LineFour": "_line_4",
    "LineFive": "_line_5",
}

One = Callable[[Trail, etree._Element, str], _Record]
"""Reads one element."""


def first(read: One[_Record]) -> Callable[[Trail, Elements, str], _Record]:
    """Return the reader of an element that occurs once at most."""
    return lambda trail, elements, path: read(trail, elements[0], path)


def each(read: One[_Record | None]) -> Callable[[Trail, Elements, str], tuple[_Record, ...]]:
    """Return the reader of a repeated element; records that say nothing are left out."""

    def all_of(trail: Trail, elements: Elements, path: str) -> tuple[_Record, ...]:
        records = [read(trail, element, f"{path}[{index}]") for index, element in enumerate(elements)]
        return tuple([record for record in records if record is not None])

    return all_of


def flat(read: One[Texts]) -> Callable[[Trail, Elements, str], Texts]:
    """Return the reader of texts of which each stands in an element of its own."""
    return lambda trail, elements, path: tuple(text for element in elements for text in read(trail, element, path))


def _type_codes(trail: Trail, elements: Elements, path: str) -> tuple[tuple[Identifier, ...], tuple[Code, ...]]:
    """Return identifiers and types: a TypeCode with a list name is an identifier of that kind."""
    listed = [_listed(trail, one, path) for one in elements if one.get("listName")]
    types = leaves.open_codes(trail, [one for one in elements if not one.get("listName")], path)
    return tuple(one for one in listed if one is not None), types


def _listed(trail: Trail, element: etree._Element, path: str) -> Identifier | None:
    value = leaves.raw(trail, element, path)
    trail.keep_attributes(element, "listName", "listAgencyID", "name")
    agency, name = element.get("listAgencyID") or None, element.get("name") or None
    return Identifier(value, element.get("listName"), agency, name) if value else None


_CONTACT = plan("Contact", {"PersonName": ("name", leaves.string)})
_QUALIFICATION = plan("Qualification", {"Name": ("names", leaves.texts)})


def _contact(trail: Trail, element: etree._Element, path: str) -> str | None:
    return trail.record(element, _CONTACT, path).get("name")


def _qualification(trail: Trail, element: etree._Element, path: str) -> Texts:
    names: Texts = trail.record(element, _QUALIFICATION, path).get("names", ())
    return names


_PERSON = plan(
    "Person",
    {"Name": ("name", leaves.string), "AttainedSPSQualification": ("qualifications", flat(_qualification))},
)


def _person(trail: Trail, element: etree._Element, path: str) -> Person | None:
    values = trail.record(element, _PERSON, path)
    if "name" in values:
        return Person(**values)
    trail.keep(element)
    return None


def plain_country(trail: Trail, elements: Elements, path: str) -> CountryCode | None:
    """Return a country code, known or not; other shapes go to the residue."""
    element = elements[0]
    value = leaves.raw(trail, element, path)
    if not value:
        return None
    if element.keys():
        trail.keep_attributes(element, "schemeID", "schemeAgencyID", "schemeName", "schemeVersionID")
    found = leaves.shaped(trail, element, path, value, country_code)
    if found is not None and not codes.is_country(found, trail.extra_countries):
        trail.say("READ-COUNTRY-OUTSIDE", path, code=found)
    return found


_ADDRESS = plan(
    "Address",
    {name: (line, leaves.string) for name, line in _LINES.items()}
    | {
        "PostcodeCode": ("postcode", leaves.token),
        "CityName": ("city", leaves.string),
        "CityID": ("city_code", leaves.token),
        "CountryID": ("country", plain_country),
        "CountryName": ("country_name", leaves.string),
        "CountrySubDivisionID": ("subdivision_code", leaves.token),
        "CountrySubDivisionName": ("subdivision_name", leaves.string),
        "TypeCode": ("type_code", leaves.code_value("K3131")),
    },
)


def _address(trail: Trail, element: etree._Element, path: str) -> Address | None:
    values = trail.record(element, _ADDRESS, path)
    lines = tuple([values.pop(line) for line in _LINES.values() if line in values])
    return Address(lines, **values) if lines or values else None


_PARTY = plan(
    "Party",
    {
        "ID": ("_ids", leaves.first_identifier),
        "Name": ("name", leaves.filler),
        "RoleCode": ("role", leaves.first_code("K3035")),
        "TypeCode": ("_type_codes", _type_codes),
        "SpecifiedSPSAddress": ("address", first(_address)),
        "DefinedSPSContact": ("contacts", each(_contact)),
        "SpecifiedSPSPerson": ("person", first(_person)),
    },
)


def party(trail: Trail, element: etree._Element, path: str) -> Party:
    """Return a party."""
    values = trail.record(element, _PARTY, path)
    own = values.pop("_ids", None)
    listed, types = values.pop("_type_codes", ((), ()))
    return Party(ids=listed if own is None else (own, *listed), type_codes=types, **values)


def _country_id(trail: Trail, elements: Elements, path: str) -> CountryCode | None:
    found = plain_country(trail, elements, path)
    if found is None and not (elements[0].text or "").strip():
        trail.say("READ-EMPTY-COUNTRY", path)
    return found


_AREA = plan(
    "CountrySubDivision",
    {
        "ID": ("id", leaves.token),
        "Name": ("names", leaves.fillers),
        "HierarchicalLevelCode": ("level", leaves.token),
        "FunctionTypeCode": ("function_code", leaves.code_value("K3227")),
        "ActivityAuthorizedSPSParty": ("authorised_parties", each(party)),
    },
)


def _area(trail: Trail, element: etree._Element, path: str) -> Area:
    """Return a part of a country; parts of parts go to the residue."""
    return Area(**trail.record(element, _AREA, path))


_COUNTRY = plan(
    "Country",
    {
        "ID": ("code", _country_id),
        "Name": ("names", leaves.fillers),
        "SubordinateSPSCountrySubDivision": ("areas", each(_area)),
    },
)


def country(trail: Trail, element: etree._Element, path: str) -> CountryArea:
    """Return a country with its names and parts."""
    return CountryArea(**trail.record(element, _COUNTRY, path))


_LOCATION = plan("Location", {"ID": ("id", leaves.first_identifier), "Name": ("names", leaves.fillers)})


def location(trail: Trail, element: etree._Element, path: str) -> Location | None:
    """Return a place, ``None`` if it says nothing."""
    values = trail.record(element, _LOCATION, path)
    return Location(**values) if values else None


def entry(trail: Trail, element: etree._Element, path: str) -> Location | None:
    """Return the point of entry: an identifier of five characters is a UN/LOCODE, of two a country."""
    value = location(trail, element, path)
    if value is not None and value.id is not None and len(value.id.value) in _ENTRY_LENGTHS:
        is_odd = len(value.id.value) == min(_ENTRY_LENGTHS) or "3166" in (value.id.scheme or "")
        if is_odd:
            trail.say("READ-ENTRY-SCHEME", f"{path}.id", id=value.id.value)
    return value


_EVENT = plan("Event", {"OccurrenceSPSLocation": ("place", first(location))})


def event_place(trail: Trail, element: etree._Element, path: str) -> Location | None:
    """Return the place of an event."""
    return trail.record(element, _EVENT, path).get("place")
