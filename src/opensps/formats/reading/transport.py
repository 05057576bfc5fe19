"""How the goods travel: conveyance, containers, seals, temperatures into values."""

from lxml import etree

from opensps.certificate import MainCarriage, Seal, Temperature, Text, TransportEquipment
from opensps.formats.reading import leaves
from opensps.formats.reading.parties import each, first, party
from opensps.formats.reading.trail import Trail


def main_carriage(trail: Trail, element: etree._Element, path: str) -> MainCarriage | None:
    """Return a leg of the conveyance; one without a mode goes to the residue."""
    kids = trail.children(element, "TransportMovement")
    mode = leaves.first_code(trail, kids.pop("ModeCode", ()), f"{path}.mode", "Krec19")
    if mode is None:
        trail.not_converted(element, path)
        return None
    value = MainCarriage(
        mode=mode,
        id=leaves.first_identifier(trail, kids.pop("ID", ()), f"{path}.id"),
        means_name=first(trail, kids.pop("UsedSPSTransportMeans", ()), f"{path}.means_name", _means),
    )
    trail.rest(kids)
    return value


def _means(trail: Trail, element: etree._Element, path: str) -> Text | None:
    kids = trail.children(element, "TransportMeans")
    names = leaves.texts(trail, kids.pop("Name", ()), path)
    trail.rest(kids)
    return names[0] if names else None


def equipment(trail: Trail, element: etree._Element, path: str) -> TransportEquipment:
    """Return a container with its seals and temperatures."""
    kids = trail.children(element, "TransportEquipment")
    value = TransportEquipment(
        id=leaves.first_identifier(trail, kids.pop("ID", ()), f"{path}.id"),
        seals=each(trail, kids.pop("AffixedSPSSeal", ()), f"{path}.seals", _seal),
        temperatures=each(trail, kids.pop("SettingSPSTemperature", ()), f"{path}.temperatures", _temperature),
    )
    trail.rest(kids)
    return value


def _seal(trail: Trail, element: etree._Element, path: str) -> Seal | None:
    kids = trail.children(element, "Seal")
    own_id = leaves.token(trail, kids.pop("ID", ()), f"{path}.id")
    if own_id is None:
        trail.rest(kids)
        return None
    value = Seal(
        id=own_id,
        maximum_id=leaves.token(trail, kids.pop("MaximumID", ()), f"{path}.maximum_id"),
        issuer=first(trail, kids.pop("IssuingSPSParty", ()), f"{path}.issuer", party),
    )
    trail.rest(kids)
    return value


def _temperature(trail: Trail, element: etree._Element, path: str) -> Temperature | None:
    kids = trail.children(element, "Temperature")
    value = Temperature(
        value=leaves.measure(trail, kids.pop("ValueMeasure", ()), f"{path}.value"),
        minimum=leaves.measure(trail, kids.pop("MinimumValueMeasure", ()), f"{path}.minimum"),
        maximum=leaves.measure(trail, kids.pop("MaximumValueMeasure", ()), f"{path}.maximum"),
        type_code=leaves.first_code(trail, kids.pop("TypeCode", ()), path, "K6245"),
    )
    trail.rest(kids)
    return None if value == Temperature() else value
