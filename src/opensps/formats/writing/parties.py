"""Parties, places and transport as elements."""

from opensps.certificate import (
    Address,
    Area,
    CountryArea,
    Identifier,
    Location,
    MainCarriage,
    Party,
    Person,
    Seal,
    Temperature,
    Text,
    TransportEquipment,
)
from opensps.formats.tags import SEAL_SCHEME
from opensps.formats.writing.emit import (
    Pen,
    attributes,
    closed_code,
    identifier,
    leaf,
    measure,
    open_codes,
    text,
    texts,
)

_LINES = ("LineOne", "LineTwo", "LineThree", "LineFour", "LineFive")


def party(pen: Pen, name: str, value: Party) -> str:
    """Return a party; but one, identifiers travel as type codes with a list name."""
    own = next((one for one in value.ids if one.scheme is None), None)
    if own is None and pen.dialect.is_coded and value.ids:
        own = value.ids[0]
    listed = "".join([_listed(one) for one in value.ids if one is not own])
    return pen.record(
        "Party",
        name,
        {
            "ID": identifier("ID", own),
            "Name": leaf("Name", value.name),
            "RoleCode": closed_code("RoleCode", value.role),
            "TypeCode": listed + open_codes("TypeCode", value.type_codes),
            "SpecifiedSPSAddress": pen.optional("SpecifiedSPSAddress", value.address, _address),
            "DefinedSPSContact": pen.each("DefinedSPSContact", value.contacts, _contact),
            "SpecifiedSPSPerson": pen.optional("SpecifiedSPSPerson", value.person, _person),
        },
    )


def _listed(value: Identifier) -> str:
    attached = attributes(listAgencyID=value.agency, listName=value.scheme, name=value.scheme_name)
    return leaf("TypeCode", value.value, attached)


def _address(pen: Pen, name: str, value: Address) -> str:
    parts = {place: leaf(place, one) for place, one in zip(_LINES, value.lines, strict=False)}
    if pen.dialect.is_coded:
        parts |= {
            "PostcodeCode": leaf("PostcodeCode", value.postcode),
            "CityName": leaf("CityName", value.city),
            "CountryID": leaf("CountryID", value.country),
            "TypeCode": leaf("TypeCode", value.type_code),
            "CountryName": leaf("CountryName", value.country_name),
            "CountrySubDivisionID": leaf("CountrySubDivisionID", value.subdivision_code),
            "CountrySubDivisionName": leaf("CountrySubDivisionName", value.subdivision_name),
            "CityID": leaf("CityID", value.city_code),
        }
    return pen.record("Address", name, parts)


def _contact(pen: Pen, name: str, value: str) -> str:
    return pen.record("Contact", name, {"PersonName": leaf("PersonName", value)})


def _person(pen: Pen, name: str, value: Person) -> str:
    qualified = pen.each("AttainedSPSQualification", value.qualifications, _qualification)
    return pen.record("Person", name, {"Name": leaf("Name", value.name), "AttainedSPSQualification": qualified})


def _qualification(pen: Pen, name: str, value: Text) -> str:
    return pen.record("Qualification", name, {"Name": text("Name", value)})


def country(pen: Pen, name: str, value: CountryArea) -> str:
    """Return a country with its parts."""
    return pen.record(
        "Country",
        name,
        {
            "ID": leaf("ID", value.code),
            "Name": texts("Name", value.names),
            "SubordinateSPSCountrySubDivision": pen.each("SubordinateSPSCountrySubDivision", value.areas, _area),
        },
    )


def _area(pen: Pen, name: str, value: Area) -> str:
    return pen.record(
        "CountrySubDivision",
        name,
        {
            "ID": leaf("ID", value.id),
            "Name": texts("Name", value.names),
            "HierarchicalLevelCode": leaf("HierarchicalLevelCode", value.level),
            "FunctionTypeCode": leaf("FunctionTypeCode", value.function_code),
            "ActivityAuthorizedSPSParty": pen.each("ActivityAuthorizedSPSParty", value.authorised_parties, party),
        },
    )


def location(pen: Pen, name: str, value: Location) -> str:
    """Return a place."""
    return pen.record("Location", name, {"ID": identifier("ID", value.id), "Name": texts("Name", value.names)})


def event(pen: Pen, name: str, value: Location) -> str:
    """Return the event whose only content is its place."""
    return pen.record("Event", name, {"OccurrenceSPSLocation": location(pen, "OccurrenceSPSLocation", value)})


def main_carriage(pen: Pen, name: str, value: MainCarriage) -> str:
    """Return a leg of the conveyance."""
    return pen.record(
        "TransportMovement",
        name,
        {
            "ID": identifier("ID", value.id),
            "ModeCode": closed_code("ModeCode", value.mode),
            "UsedSPSTransportMeans": pen.optional("UsedSPSTransportMeans", value.means_name, _means),
        },
    )


def _means(pen: Pen, name: str, value: Text) -> str:
    return pen.record("TransportMeans", name, {"Name": text("Name", value)})


def equipment(pen: Pen, name: str, value: TransportEquipment) -> str:
    """Return a container with its seals and temperatures."""
    return pen.record(
        "TransportEquipment",
        name,
        {
            "ID": identifier("ID", value.id),
            "AffixedSPSSeal": pen.each("AffixedSPSSeal", value.seals, _seal),
            "SettingSPSTemperature": pen.each("SettingSPSTemperature", value.temperatures, _temperature),
        },
    )


def _seal(pen: Pen, name: str, value: Seal) -> str:
    scheme = attributes(schemeID=SEAL_SCHEME) if pen.dialect.is_coded else ""
    return pen.record(
        "Seal",
        name,
        {
            "ID": leaf("ID", value.id, scheme),
            "MaximumID": leaf("MaximumID", value.maximum_id, scheme),
            "IssuingSPSParty": pen.optional("IssuingSPSParty", value.issuer, party),
        },
    )


def _temperature(pen: Pen, name: str, value: Temperature) -> str:
    return pen.record(
        "Temperature",
        name,
        {
            "ValueMeasure": measure("ValueMeasure", value.value),
            "MinimumValueMeasure": measure("MinimumValueMeasure", value.minimum),
            "MaximumValueMeasure": measure("MaximumValueMeasure", value.maximum),
            "TypeCode": closed_code("TypeCode", value.type_code),
        },
    )
