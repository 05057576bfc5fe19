"""Parties and places: SPSParty, SPSAddress, SPSCountry, SPSCountrySubDivision, SPSLocation into values."""

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
    Text,
    country_code,
)
from opensps.formats.reading import leaves
from opensps.formats.reading.trail import Flat, Path, Trail, plan

_ENTRY_LENGTHS = {2, 5}
_LINES = {
    "LineOne": "_line_1",
    "LineTwo": "_line_2",
    "LineThree": "_line_3",
    "LineFour": "_line_4",
    "LineFive": "_line_5",
}


def _type_code(trail: Trail, element: etree._Element, path: Path) -> Identifier | Code | None:
    """Return an identifier or a type: a TypeCode with a list name alone is an identifier of that kind."""
    if not element.get("listName") or element.get("listID"):
        return leaves.code(trail, element, path, "C")
    value = leaves.raw(trail, element, path)
    trail.keep_attributes(element, "listName", "listAgencyID", "name")
    agency, name = element.get("listAgencyID") or None, element.get("name") or None
    return Identifier(value, element.get("listName"), agency, name) if value else None


_CONTACT = plan("Contact", {"PersonName": ("name", leaves.string)})
_QUALIFICATION = plan("Qualification", {"Name": ("names", leaves.text)})


def _contact(trail: Trail, element: etree._Element, path: Path) -> str | None:
    return trail.record(element, _CONTACT, path).get("name")


def _qualification(trail: Trail, element: etree._Element, path: Path) -> tuple[Text, ...]:
    names: tuple[Text, ...] = trail.record(element, _QUALIFICATION, path).get("names", ())
    return names


_PERSON = plan(
    "Person",
    {"Name": ("name", leaves.string), "AttainedSPSQualification": ("qualifications", Flat(_qualification))},
)


def _person(trail: Trail, element: etree._Element, path: Path) -> Person | None:
    values = trail.record(element, _PERSON, path)
    if "name" in values:
        return Person(**values)
    trail.keep(element)
    return None


def plain_country(trail: Trail, element: etree._Element, path: Path) -> CountryCode | None:
    """Return a country code, known or not; other shapes go to the residue."""
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


def _address(trail: Trail, element: etree._Element, path: Path) -> Address | None:
    values = trail.record(element, _ADDRESS, path)
    lines = tuple([values.pop(line) for line in _LINES.values() if line in values])
    return Address(lines, **values) if lines or values else None


_PARTY = plan(
    "Party",
    {
        "ID": ("_ids", leaves.identifier),
        "Name": ("name", leaves.filler_string),
        "RoleCode": ("role", leaves.code_of("K3035")),
        "TypeCode": ("_type_codes", _type_code),
        "SpecifiedSPSAddress": ("address", _address),
        "DefinedSPSContact": ("contacts", _contact),
        "SpecifiedSPSPerson": ("person", _person),
    },
)


def party(trail: Trail, element: etree._Element, path: Path) -> Party:
    """Return a party."""
    values = trail.record(element, _PARTY, path)
    own, typed = values.pop("_ids", None), values.pop("_type_codes", ())
    if own is None and not typed:
        return Party(**values)
    listed = tuple([one for one in typed if isinstance(one, Identifier)])
    types = tuple([one for one in typed if isinstance(one, Code)])
    return Party(ids=listed if own is None else (own, *listed), type_codes=types, **values)


def _country_id(trail: Trail, element: etree._Element, path: Path) -> CountryCode | None:
    found = plain_country(trail, element, path)
    if found is None and not (element.text or "").strip():
        trail.say("READ-EMPTY-COUNTRY", path)
    return found


_AREA = plan(
    "CountrySubDivision",
    {
        "ID": ("id", leaves.token),
        "Name": ("names", leaves.filler),
        "HierarchicalLevelCode": ("level", leaves.token),
        "FunctionTypeCode": ("function_code", leaves.code_value("K3227")),
        "ActivityAuthorizedSPSParty": ("authorised_parties", party),
    },
)


def _area(trail: Trail, element: etree._Element, path: Path) -> Area:
    """Return a part of a country; parts of parts go to the residue."""
    return Area(**trail.record(element, _AREA, path))


_COUNTRY = plan(
    "Country",
    {
        "ID": ("code", _country_id),
        "Name": ("names", leaves.filler),
        "SubordinateSPSCountrySubDivision": ("areas", _area),
    },
)


def country(trail: Trail, element: etree._Element, path: Path) -> CountryArea:
    """Return a country with its names and parts."""
    return CountryArea(**trail.record(element, _COUNTRY, path))


_LOCATION = plan("Location", {"ID": ("id", leaves.identifier), "Name": ("names", leaves.filler)})


def location(trail: Trail, element: etree._Element, path: Path) -> Location | None:
    """Return a place, ``None`` if it says nothing."""
    values = trail.record(element, _LOCATION, path)
    value = Location(**values)
    return None if value == Location() else value


def entry(trail: Trail, element: etree._Element, path: Path) -> Location | None:
    """Return the point of entry: an identifier of five characters is a UN/LOCODE, of two a country."""
    value = location(trail, element, path)
    if value is not None and value.id is not None and len(value.id.value) in _ENTRY_LENGTHS:
        is_odd = len(value.id.value) == min(_ENTRY_LENGTHS) or "3166" in (value.id.scheme or "")
        if is_odd:
            trail.say("READ-ENTRY-SCHEME", (path, ".id"), id=value.id.value)
    return value


_EVENT = plan("Event", {"OccurrenceSPSLocation": ("place", location)})


def event_place(trail: Trail, element: etree._Element, path: Path) -> Location | None:
    """Return the place of an event."""
    return trail.record(element, _EVENT, path).get("place")
