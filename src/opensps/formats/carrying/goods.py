"""Trade lines as a dialect carries them (`domain.md` 2.5, 4.3, 5.4)."""

from dataclasses import replace
from decimal import Decimal

from opensps.certificate import (
    Classification,
    Code,
    ConsignmentItem,
    Measure,
    OtherQuantity,
    Package,
    Totals,
    TradeLineItem,
)
from opensps.formats.carrying.load import (
    COUNT_OR_VOLUME,
    DIGITS,
    EMPTY,
    NO_PLACE,
    TOTALS,
    Load,
    code,
    codes,
    folded,
    identifier,
    stripped,
    times,
)
from opensps.formats.carrying.parties import country, location
from opensps.formats.carrying.processes import establishment, process, treatment
from opensps.formats.carrying.statements import declarations, notes_beside, permits, referenced, signatory
from opensps.formats.carrying.transport import equipment
from opensps.formats.carrying.vocabulary import animals, has_subject, kept, line_lists
from opensps.formats.coded_notes import PACKAGES, QUANTITY
from opensps.formats.decimals import is_writable, plain
from opensps.formats.dialects import LINE_SUBJECTS, SYSTEM_NAMES
from opensps.formats.summary import is_totals
from opensps.formats.tags import LINE_TAGS, SYSTEMS
from opensps.formats.units import VolumePlace, volume_place
from opensps.rules import Level

_note = notes_beside(LINE_TAGS, LINE_SUBJECTS)


def item(load: Load, value: ConsignmentItem, path: str) -> ConsignmentItem:
    """Return a group of lines."""
    lines = load.each(value.trade_line_items, f"{path}.trade_line_items", line)
    return ConsignmentItem(lines, codes(value.cargo_types, "K7085"))


def fitted_totals(load: Load, value: Totals | None, path: str) -> Totals | None:
    """Return the totals where a line sums them up; elsewhere they follow from the lines."""
    vocabulary = load.dialect.vocabulary
    if value is None:
        return None
    if vocabulary is None or not vocabulary.has_totals:
        load.say(Level.INFO, path, TOTALS)
        return None
    count = load.measure(value.count, f"{path}.count")
    if count is not None and volume_place(count.unit) is not VolumePlace.COUNT:
        load.no_place(f"{path}.count", count)
        count = None
    return Totals(
        net_weight=load.measure(value.net_weight, f"{path}.net_weight"),
        gross_weight=load.measure(value.gross_weight, f"{path}.gross_weight"),
        count=count,
        packages=load.each(value.packages, f"{path}.packages", package),
    )


def line(load: Load, value: TradeLineItem, path: str) -> TradeLineItem | None:
    """Return one line of goods; totals are no line."""
    if is_totals(value):
        load.no_place(path, value=True)
        return None
    if load.dialect.is_coded:
        load.no_place(f"{path}.re_export", value.re_export)
    for name in ("batches", "expiries", "establishments", "transport_equipment", "signatories"):
        load.text_only(f"{path}.{name}", getattr(value, name))
    if not is_writable(Decimal(value.sequence)):
        load.say(Level.SEVERE, f"{path}.sequence", DIGITS, value=str(value.sequence))
    amounts = _quantities(load, value, path)
    declared, permitted = permits(load, value.declarations, f"{path}.declarations")
    return TradeLineItem(
        sequence=value.sequence,
        descriptions=value.descriptions,
        common_names=value.common_names,
        scientific_names=value.scientific_names,
        intended_uses=value.intended_uses,
        batches=tuple(one for one in map(identifier, value.batches) if one is not None),
        expiries=times(value.expiries),
        net_weight=load.measure(value.net_weight, f"{path}.net_weight"),
        gross_weight=load.measure(value.gross_weight, f"{path}.gross_weight"),
        net_volume=amounts[0],
        gross_volume=amounts[1],
        count=amounts[2],
        other_quantity=_other_quantity(load, value.other_quantity, f"{path}.other_quantity"),
        declarations=declarations(load, declared, f"{path}.declarations", line_lists(load)),
        animals=animals(load, value.animals, f"{path}.animals"),
        classifications=load.each(value.classifications, f"{path}.classifications", _classification),
        packages=load.each(value.packages, f"{path}.packages", package),
        package_text=kept(load, PACKAGES, value.package_text, f"{path}.package_text", line_lists(load)),
        transport_equipment=load.each(value.transport_equipment, f"{path}.transport_equipment", equipment),
        origins=load.each(value.origins, f"{path}.origins", country),
        origin_places=load.each(value.origin_places, f"{path}.origin_places", location),
        treatments=load.each(value.treatments, f"{path}.treatments", treatment),
        establishments=load.each(value.establishments, f"{path}.establishments", establishment),
        processes=load.each(value.processes, f"{path}.processes", process),
        re_export=None if load.dialect.is_coded else value.re_export,
        signatories=load.each(value.signatories, f"{path}.signatories", signatory),
        references=(*permitted, *load.each(value.references, f"{path}.references", referenced)),
        other_notes=load.each(value.other_notes, f"{path}.other_notes", _note),
    )


def _quantities(load: Load, value: TradeLineItem, path: str) -> tuple[Measure | None, Measure | None, Measure | None]:
    """Return net volume, gross volume and count; each must be told from the others by its unit."""
    if value.count is not None and value.net_volume is not None:
        load.say(Level.SEVERE, f"{path}.count", COUNT_OR_VOLUME, rule="CORE-COUNT-OR-VOLUME")
    places = (VolumePlace.VOLUME, VolumePlace.VOLUME, VolumePlace.COUNT)
    fitted = []
    for name, place in zip(("net_volume", "gross_volume", "count"), places, strict=True):
        amount = load.measure(getattr(value, name), f"{path}.{name}")
        if amount is not None and volume_place(amount.unit) is not place:
            load.no_place(f"{path}.{name}", amount)
            amount = None
        fitted.append(amount)
    return fitted[0], fitted[1], fitted[2]


def _other_quantity(load: Load, value: OtherQuantity | None, path: str) -> OtherQuantity | None:
    if value is None:
        return None
    unit = folded(value.unit_text)
    if not is_writable(value.value) or unit is None:
        load.say(Level.SEVERE, path, DIGITS, value=plain(value.value))
        return None
    if not has_subject(load, QUANTITY, line_lists(load)):
        load.no_place(path, value=True)
        return None
    return OtherQuantity(value.value, unit)


def _classification(load: Load, value: Classification, path: str) -> Classification | None:
    system = _system(load, value.system)
    fitted = Classification(
        system, stripped(value.class_code), load.filler_texts(value.class_names, f"{path}.class_names")
    )
    if not system.value or (system.value == "EPPO" and not load.dialect.is_coded):
        load.say(Level.WARNING, path, EMPTY if not system.value else NO_PLACE)
        return None
    if system.value == "HS" and fitted.class_code is None:
        load.say(Level.WARNING, path, EMPTY)
        return None
    return fitted


def _system(load: Load, value: Code) -> Code:
    """Return a system; in the dialects with tags those of theirs are known by their name alone."""
    name = stripped(value.value) or ""
    name = SYSTEM_NAMES.get(name, name)
    if name in SYSTEMS and not load.dialect.is_coded:
        return Code(name)
    return Code(name, value.list_id or None, folded(value.name))


def package(load: Load, value: Package, path: str) -> Package | None:
    """Return packages of one type; without a type they have no place."""
    type_code = code(value.type_code, "Krec21")
    if type_code is None:
        load.no_place(path, value=True)
        return None
    if not is_writable(value.count):
        load.say(Level.SEVERE, f"{path}.count", DIGITS, value=plain(value.count))
        return None
    return replace(
        value,
        level=stripped(value.level) or "0",
        type_code=type_code,
        gross_weight=load.measure(value.gross_weight, f"{path}.gross_weight"),
        gross_volume=load.measure(value.gross_volume, f"{path}.gross_volume"),
    )
