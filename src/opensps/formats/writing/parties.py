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
from opensps.formats.writing.emit import (
    attributes,
    closed_code,
    each,
    identifier,
    leaf,
    measure,
    open_code,
    optional,
    record,
    text,
    texts,
)

_LINES = ("LineOne", "LineTwo", "LineThree", "LineFour", "LineFive")


def party(name: str, value: Party) -> str:
    """Return a party; identifiers with a scheme travel as type codes with a list name."""
    bare = [one for one in value.ids if one.scheme is None]
    listed = "".join([_listed(one) for one in value.ids if one.scheme is not None])
    return record(
        "Party",
        name,
        {
            "ID": "".join([identifier("ID", one) for one in bare]),
            "Name": leaf("Name", value.name),
            "RoleCode": closed_code("RoleCode", value.role),
            "TypeCode": listed + each("TypeCode", value.type_codes, open_code),
            "SpecifiedSPSAddress": optional("SpecifiedSPSAddress", value.address, _address),
            "DefinedSPSContact": each("DefinedSPSContact", value.contacts, _contact),
            "SpecifiedSPSPerson": optional("SpecifiedSPSPerson", value.person, _person),
        },
    )


def _listed(value: Identifier) -> str:
    attached = attributes(listAgencyID=value.agency, listName=value.scheme, name=value.scheme_name)
    return leaf("TypeCode", value.value, attached)


def _address(name: str, value: Address) -> str:
    return record("Address", name, {place: leaf(place, one) for place, one in zip(_LINES, value.lines, strict=False)})


def _contact(name: str, value: str) -> str:
    return record("Contact", name, {"PersonName": leaf("PersonName", value)})


def _person(name: str, value: Person) -> str:
    qualified = each("AttainedSPSQualification", value.qualifications, _qualification)
    return record("Person", name, {"Name": leaf("Name", value.name), "AttainedSPSQualification": qualified})


def _qualification(name: str, value: Text) -> str:
    return record("Qualification", name, {"Name": text("Name", value)})


def country(name: str, value: CountryArea) -> str:
    """Return a country with its parts."""
    return record(
        "Country",
        name,
        {
            "ID": leaf("ID", value.code),
            "Name": texts("Name", value.names),
            "SubordinateSPSCountrySubDivision": each("SubordinateSPSCountrySubDivision", value.areas, _area),
        },
    )


def _area(name: str, value: Area) -> str:
    return record(
        "CountrySubDivision",
        name,
        {
            "ID": leaf("ID", value.id),
            "Name": texts("Name", value.names),
            "HierarchicalLevelCode": leaf("HierarchicalLevelCode", value.level),
            "FunctionTypeCode": leaf("FunctionTypeCode", value.function_code),
            "ActivityAuthorizedSPSParty": each("ActivityAuthorizedSPSParty", value.authorised_parties, party),
        },
    )


def location(name: str, value: Location) -> str:
    """Return a place."""
    return record("Location", name, {"ID": identifier("ID", value.id), "Name": texts("Name", value.names)})


def event(name: str, value: Location) -> str:
    """Return the event whose only content is its place."""
    return record("Event", name, {"OccurrenceSPSLocation": location("OccurrenceSPSLocation", value)})


def main_carriage(name: str, value: MainCarriage) -> str:
    """Return a leg of the conveyance."""
    return record(
        "TransportMovement",
        name,
        {
            "ID": identifier("ID", value.id),
            "ModeCode": closed_code("ModeCode", value.mode),
            "UsedSPSTransportMeans": optional("UsedSPSTransportMeans", value.means_name, _means),
        },
    )


def _means(name: str, value: Text) -> str:
    return record("TransportMeans", name, {"Name": text("Name", value)})


def equipment(name: str, value: TransportEquipment) -> str:
    """Return a container with its seals and temperatures."""
    return record(
        "TransportEquipment",
        name,
        {
            "ID": identifier("ID", value.id),
            "AffixedSPSSeal": each("AffixedSPSSeal", value.seals, _seal),
            "SettingSPSTemperature": each("SettingSPSTemperature", value.temperatures, _temperature),
        },
    )


def _seal(name: str, value: Seal) -> str:
    return record(
        "Seal",
        name,
        {
            "ID": leaf("ID", value.id),
            "MaximumID": leaf("MaximumID", value.maximum_id),
            "IssuingSPSParty": optional("IssuingSPSParty", value.issuer, party),
        },
    )


def _temperature(name: str, value: Temperature) -> str:
    return record(
        "Temperature",
        name,
        {
            "ValueMeasure": measure("ValueMeasure", value.value),
            "MinimumValueMeasure": measure("MinimumValueMeasure", value.minimum),
            "MaximumValueMeasure": measure("MaximumValueMeasure", value.maximum),
            "TypeCode": closed_code("TypeCode", value.type_code),
        },
    )
