"""Conveyance, containers and seals as the ephyto dialect carries them (`domain.md` 4.2)."""

from opensps.certificate import MainCarriage, Seal, Temperature, TransportEquipment
from opensps.formats.carrying.load import Load, code, identifier, stripped
from opensps.formats.carrying.parties import optional_party


def main_carriage(load: Load, value: MainCarriage, path: str) -> MainCarriage | None:
    """Return a leg of the conveyance; without a mode it has no place."""
    mode = code(value.mode, "Krec19")
    if mode is None:
        load.no_place(path, value=True)
        return None
    return MainCarriage(mode, identifier(value.id), value.means_name)


def equipment(load: Load, value: TransportEquipment, path: str) -> TransportEquipment:
    """Return a container; its temperatures travel in the text form only."""
    load.text_only(f"{path}.temperatures", value.temperatures)
    return TransportEquipment(
        id=identifier(value.id),
        seals=load.each(value.seals, f"{path}.seals", _seal),
        temperatures=load.each(value.temperatures, f"{path}.temperatures", _temperature),
    )


def _seal(load: Load, value: Seal, path: str) -> Seal | None:
    own_id = stripped(value.id)
    if own_id is None:
        load.no_place(path, value=True)
        return None
    return Seal(own_id, stripped(value.maximum_id), optional_party(load, value.issuer, f"{path}.issuer"))


def _temperature(load: Load, value: Temperature, path: str) -> Temperature | None:
    fitted = Temperature(
        value=load.measure(value.value, f"{path}.value"),
        minimum=load.measure(value.minimum, f"{path}.minimum"),
        maximum=load.measure(value.maximum, f"{path}.maximum"),
        type_code=code(value.type_code, "K6245"),
    )
    return None if fitted == Temperature() else fitted
