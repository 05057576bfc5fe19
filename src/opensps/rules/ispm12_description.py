"""ISPM 12, Annex 1, part I: description of consignment."""

import re
from collections.abc import Iterator

from opensps.certificate import Location, Party, TradeLineItem
from opensps.rules.case import Case
from opensps.rules.findings import NO_PARAMS, Area, Level
from opensps.rules.rule import EXPORT, PLANTS, Found, Rule, on_document, on_lines

_ANNEX = "ISPM 12, section 5 and Annex 1, part I"
_TO_ORDER = re.compile(r"to\s+order", re.IGNORECASE)
_LATIN_NAME = re.compile(r"[×x]?\s?[A-Z][a-z-]+(\s.+)?\Z")
_LOCODE = re.compile(r"([A-Z]{2})[A-Z2-9]{3}\Z")


def _has_address(party: Party) -> bool:
    address = party.address
    return address is not None and bool(address.lines or address.city or address.postcode)


def is_to_order(party: Party) -> bool:
    """Say whether the consignee is "To order" instead of a name."""
    return _TO_ORDER.match(party.name or "") is not None


def _consignee_without_address(case: Case) -> bool:
    party = case.certificate.consignment.consignee
    return bool(party.name) and not is_to_order(party) and not _has_address(party)


def _exporter_without_address(case: Case) -> bool:
    party = case.certificate.consignment.consignor
    return bool(party.name) and not _has_address(party)


def _no_quantity(line: TradeLineItem) -> bool:
    given = (line.net_weight, line.gross_weight, line.net_volume, line.gross_volume, line.count, line.other_quantity)
    return not any(given)


def _not_latin(case: Case) -> Iterator[Found]:
    for number, (path, line) in enumerate(case.lines, 1):
        for place, name in enumerate(line.scientific_names):
            if not _LATIN_NAME.match(name.value):
                yield f"{path}.scientific_names[{place}]", {"line": str(number), "name": name.value}


def _foreign_origin(case: Case) -> Iterator[Found]:
    here = case.certificate.consignment.export_country.code
    for number, (path, line) in enumerate(case.lines, 1):
        elsewhere = [origin.code for origin in line.origins if origin.code and here and origin.code != here]
        if elsewhere and len(elsewhere) == len(line.origins):
            yield f"{path}.origins", {"line": str(number), "country": ", ".join(elsewhere)}


def _entry_names_nothing(case: Case) -> bool:
    entry = case.certificate.consignment.point_of_entry or Location()
    return entry.id is None and not entry.names


def _entry_elsewhere(case: Case) -> Iterator[Found]:
    consignment = case.certificate.consignment
    entry, country = consignment.point_of_entry, consignment.import_country.code
    found = _LOCODE.match(entry.id.value) if entry and entry.id else None
    if found and country and found[1] != country:
        yield "consignment.point_of_entry", {"code": found[0], "country": country}


def _to_order(case: Case) -> Iterator[Found]:
    if is_to_order(case.certificate.consignment.consignee):
        yield "consignment.consignee.name", NO_PARAMS


_MISSING = Area.MANDATORY_ELEMENTS

RULES = (
    Rule(
        "ISPM12-I-EXPORTER",
        f"{_ANNEX} (name and address of exporter)",
        Level.SEVERE,
        _MISSING,
        "Enter the name of the exporter.",
        on_document("consignment.consignor.name", lambda case: not case.certificate.consignment.consignor.name),
        PLANTS,
        demands="consignment.consignor.name",
    ),
    Rule(
        "ISPM12-I-EXPORTER-ADDRESS",
        f"{_ANNEX} (name and address of exporter)",
        Level.SEVERE,
        _MISSING,
        "Enter the address of the exporter in the country the goods leave from.",
        on_document("consignment.consignor.address", _exporter_without_address),
        PLANTS,
    ),
    Rule(
        "ISPM12-I-CONSIGNEE",
        f"{_ANNEX} (declared name and address of consignee)",
        Level.SEVERE,
        _MISSING,
        'Enter the name of the consignee, or "To order" where the importing country accepts it.',
        on_document("consignment.consignee.name", lambda case: not case.certificate.consignment.consignee.name),
        PLANTS,
        demands="consignment.consignee.name",
    ),
    Rule(
        "ISPM12-I-CONSIGNEE-ADDRESS",
        f"{_ANNEX} (declared name and address of consignee)",
        Level.SEVERE,
        _MISSING,
        "Enter the address of the consignee.",
        on_document("consignment.consignee.address", _consignee_without_address),
        PLANTS,
    ),
    Rule(
        "ISPM12-I-TO-ORDER",
        f"{_ANNEX} (declared name and address of consignee)",
        Level.WARNING,
        Area.CONSISTENCY,
        'Make sure the importing country accepts "To order" in place of a consignee.',
        _to_order,
        PLANTS,
    ),
    Rule(
        "ISPM12-I-GOODS",
        f"{_ANNEX} (name of produce and quantity declared)",
        Level.SEVERE,
        _MISSING,
        "Add at least one line of goods.",
        on_document("consignment.items", lambda case: not case.lines),
        PLANTS,
        demands="consignment.items",
    ),
    Rule(
        "ISPM12-I-PACKAGES",
        f"{_ANNEX} (number and description of packages)",
        Level.SEVERE,
        _MISSING,
        "Line %(line)s: enter the number and kind of packages, or say that the goods are in bulk.",
        on_lines("packages", lambda line: not line.packages and not line.package_text),
        PLANTS,
        demands="lines.packages",
    ),
    Rule(
        "ISPM12-I-ORIGIN",
        f"{_ANNEX} (place of origin)",
        Level.SEVERE,
        _MISSING,
        "Line %(line)s: choose the country of origin, where the plants were grown.",
        on_lines("origins", lambda line: all(origin.code is None for origin in line.origins)),
        PLANTS,
        demands="lines.origins",
    ),
    Rule(
        "ISPM12-I-ORIGIN-FOREIGN",
        f"{_ANNEX} (place of origin), and section 6",
        Level.WARNING,
        Area.CONSISTENCY,
        "Line %(line)s comes from %(country)s. Goods of foreign origin usually need a certificate for re-export.",
        _foreign_origin,
        EXPORT,
    ),
    Rule(
        "ISPM12-I-CONVEYANCE",
        f"{_ANNEX} (declared means of conveyance)",
        Level.SEVERE,
        _MISSING,
        "Say how the goods travel: by sea, air, road, rail or mail, with ship, flight or vehicle if known.",
        on_document("consignment.main_carriages", lambda case: not case.certificate.consignment.main_carriages),
        PLANTS,
        demands="consignment.main_carriages",
    ),
    Rule(
        "ISPM12-I-ENTRY",
        f"{_ANNEX} (declared point of entry)",
        Level.SEVERE,
        _MISSING,
        "Enter the point of entry: the first place in the importing country, or its name if the place is not known.",
        on_document("consignment.point_of_entry", _entry_names_nothing),
        PLANTS,
        demands="consignment.point_of_entry",
    ),
    Rule(
        "ISPM12-I-ENTRY-COUNTRY",
        f"{_ANNEX} (declared point of entry)",
        Level.WARNING,
        Area.CONSISTENCY,
        "Check the point of entry: %(code)s does not lie in %(country)s, the importing country.",
        _entry_elsewhere,
        PLANTS,
    ),
    Rule(
        "ISPM12-I-PRODUCE",
        f"{_ANNEX} (name of produce and quantity declared)",
        Level.SEVERE,
        _MISSING,
        "Line %(line)s: enter the name of the produce as an importing officer would call it.",
        on_lines("descriptions", lambda line: not line.descriptions),
        PLANTS,
        demands="lines.descriptions",
    ),
    Rule(
        "ISPM12-I-QUANTITY",
        f"{_ANNEX} (name of produce and quantity declared)",
        Level.SEVERE,
        _MISSING,
        "Line %(line)s: enter a quantity, for example the net weight in kilograms.",
        on_lines("net_weight", _no_quantity),
        PLANTS,
        demands="lines.net_weight",
    ),
    Rule(
        "ISPM12-I-BOTANICAL",
        f"{_ANNEX} (botanical name of plants)",
        Level.SEVERE,
        _MISSING,
        "Line %(line)s: enter the botanical name, at least the genus.",
        on_lines("scientific_names", lambda line: not line.scientific_names),
        PLANTS,
        demands="lines.scientific_names",
    ),
    Rule(
        "ISPM12-I-BOTANICAL-LATIN",
        f"{_ANNEX} (botanical name of plants)",
        Level.WARNING,
        Area.MAPPING,
        "Line %(line)s: write the botanical name in Latin, like Allium sativum, genus first; not %(name)s.",
        _not_latin,
        PLANTS,
    ),
)
