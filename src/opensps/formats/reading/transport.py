"""How the goods travel: conveyance, containers, seals, temperatures into values."""

from lxml import etree

from opensps.certificate import MainCarriage, Seal, Temperature, Text, TransportEquipment
from opensps.formats.reading import leaves
from opensps.formats.reading.parties import each, first, party
from opensps.formats.reading.trail import Trail, plan

_MEANS = plan("TransportMeans", {"Name": ("name", leaves.first_text)})


def _means(trail: Trail, element: etree._Element, path: str) -> Text | None:
    return trail.record(element, _MEANS, path).get("name")


_MOVEMENT = plan(
    "TransportMovement",
    {
        "ID": ("id", leaves.first_identifier),
        "ModeCode": ("mode", leaves.first_code("Krec19")),
        "UsedSPSTransportMeans": ("means_name", first(_means)),
    },
)


def main_carriage(trail: Trail, element: etree._Element, path: str) -> MainCarriage | None:
    """Return a leg of the conveyance; one without a mode goes to the residue."""
    values = trail.record(element, _MOVEMENT, path)
    if "mode" in values:
        return MainCarriage(**values)
    trail.not_converted(element, path)
    return None


_SEAL = plan(
    "Seal",
    {
        "ID": ("id", leaves.token),
        "MaximumID": ("maximum_id", leaves.token),
        "IssuingSPSParty": ("issuer", first(party)),
    },
)


def _seal(trail: Trail, element: etree._Element, path: str) -> Seal | None:
    values = trail.record(element, _SEAL, path)
    if "id" in values:
        return Seal(**values)
    trail.keep(element)
    return None


_TEMPERATURE = plan(
    "Temperature",
    {
        "ValueMeasure": ("value", leaves.measure),
        "MinimumValueMeasure": ("minimum", leaves.measure),
        "MaximumValueMeasure": ("maximum", leaves.measure),
        "TypeCode": ("type_code", leaves.first_code("K6245")),
    },
)


def _temperature(trail: Trail, element: etree._Element, path: str) -> Temperature | None:
    values = trail.record(element, _TEMPERATURE, path)
    return Temperature(**values) if values else None


_EQUIPMENT = plan(
    "TransportEquipment",
    {
        "ID": ("id", leaves.first_identifier),
        "AffixedSPSSeal": ("seals", each(_seal)),
        "SettingSPSTemperature": ("temperatures", each(_temperature)),
    },
)


def equipment(trail: Trail, element: etree._Element, path: str) -> TransportEquipment:
    """Return a container with its seals and temperatures."""
    return TransportEquipment(**trail.record(element, _EQUIPMENT, path))
