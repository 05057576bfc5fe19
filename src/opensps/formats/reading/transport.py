"""How the goods travel: conveyance, containers, seals, temperatures into values."""

from lxml import etree

from opensps.certificate import MainCarriage, Seal, Temperature, Text, TransportEquipment
from opensps.formats.reading import leaves
from opensps.formats.reading.parties import party
from opensps.formats.reading.trail import Path, Trail, plan
from opensps.formats.tags import SEAL_SCHEME

_MEANS = plan("TransportMeans", {"Name": ("name", leaves.text)})


def _means(trail: Trail, element: etree._Element, path: Path) -> Text | None:
    return trail.record(element, _MEANS, path).get("name")


_MOVEMENT = plan(
    "TransportMovement",
    {
        "ID": ("id", leaves.identifier),
        "ModeCode": ("mode", leaves.code_of("Krec19")),
        "UsedSPSTransportMeans": ("means_name", _means),
    },
)


def main_carriage(trail: Trail, element: etree._Element, path: Path) -> MainCarriage | None:
    """Return a leg of the conveyance; one without a mode goes to the residue."""
    values = trail.record(element, _MOVEMENT, path)
    if "mode" in values:
        return MainCarriage(**values)
    trail.not_converted(element, path)
    return None


def _seal_id(trail: Trail, element: etree._Element, path: Path) -> str | None:
    """Return the number of a seal; that it is one needs no words, any other scheme goes to the residue."""
    is_plain = element.get("schemeID", SEAL_SCHEME) == SEAL_SCHEME
    if element.keys():
        trail.keep_attributes(element, *(("schemeID",) if is_plain else ()))
    return leaves.raw(trail, element, path) or None


_SEAL = plan(
    "Seal",
    {"ID": ("id", _seal_id), "MaximumID": ("maximum_id", _seal_id), "IssuingSPSParty": ("issuer", party)},
)


def _seal(trail: Trail, element: etree._Element, path: Path) -> Seal | None:
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
        "TypeCode": ("type_code", leaves.code_of("K6245")),
    },
)


def _temperature(trail: Trail, element: etree._Element, path: Path) -> Temperature | None:
    values = trail.record(element, _TEMPERATURE, path)
    return Temperature(**values) if values else None


_EQUIPMENT = plan(
    "TransportEquipment",
    {
        "ID": ("id", leaves.identifier),
        "AffixedSPSSeal": ("seals", _seal),
        "SettingSPSTemperature": ("temperatures", _temperature),
    },
)


def equipment(trail: Trail, element: etree._Element, path: Path) -> TransportEquipment:
    """Return a container with its seals and temperatures."""
    return TransportEquipment(**trail.record(element, _EQUIPMENT, path))
