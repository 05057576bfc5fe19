"""WOAH Terrestrial Code, chapter 5.10: model veterinary certificates for live animals and animal products.

Boxes I.1 to I.8 carry the numbers of the Code. The numbers of the other boxes of part I are to be confirmed against
its text: their rules are named by what the box is about, and their sources say so. Which boxes a kind must fill in
stands in its marks (`certificate.kinds`).
"""

from collections.abc import Iterator
from typing import Any

from opensps.certificate import TradeLineItem
from opensps.rules import model_certificates as model
from opensps.rules.case import Case
from opensps.rules.fields import asks_for
from opensps.rules.findings import Area, Level
from opensps.rules.rule import ANIMALS, Found, Judge, Rule, judged_by, on_document

_CODE = "WOAH Terrestrial Code, chapter 5.10"
_LIVE, _PRODUCTS = judged_by("woah-animals"), judged_by("woah-products")
_MISSING, _SENSE = Area.MANDATORY_ELEMENTS, Area.CONSISTENCY
_SINGLY = ("0101", "0102", "0103", "0104")
"""HS headings of the species identified singly: horses, cattle, pigs, sheep and goats."""


def _box(number: str) -> str:
    return f"{_CODE}, box {number}"


def _part_1(what: str) -> str:
    return f"{_CODE}, part I ({what}; number of the box to be confirmed)"


def _asks(path: str, id_: str, source: str, template: str) -> Rule:
    return asks_for(path, id_, source, template, group="woah")


def _warning(id_: str, source: str, template: str, judge: Judge, area: Area = _MISSING, kinds: Any = ANIMALS) -> Rule:
    return Rule(id_, source, Level.WARNING, area, template, judge, kinds)


def _is_identified_singly(line: TradeLineItem) -> bool:
    codes = (one.class_code or "" for one in line.classifications if one.system.value == "HS")
    return any(code.startswith(_SINGLY) for code in codes)


def _not_identified(case: Case) -> Iterator[Found]:
    for number, (path, line) in enumerate(case.lines, 1):
        if _is_identified_singly(line) and not (line.animals and line.animals.identifications):
            yield f"{path}.animals.identifications", {"line": str(number)}


def _more_than_counted(case: Case) -> Iterator[Found]:
    for number, (path, line) in enumerate(case.lines, 1):
        if line.animals and line.count:
            animals = {one.animal for one in line.animals.identifications}
            if len(animals) > line.count.value:
                yield f"{path}.animals.identifications", {"line": str(number), "animals": str(len(animals))}


def _identified_twice(case: Case) -> Iterator[Found]:
    seen: set[tuple[str, str]] = set()
    for number, (path, line) in enumerate(case.lines, 1):
        for place, one in enumerate(line.animals.identifications if line.animals else ()):
            mark = (one.system.value, one.value)
            if mark in seen:
                yield f"{path}.animals.identifications[{place}]", {"line": str(number), "value": one.value}
            seen.add(mark)


RULES = (
    _asks("consignment.consignor.name", "WOAH-I.1", _box("I.1"), "Enter the name of the consignor (box I.1)."),
    Rule(
        "WOAH-I.1-ADDRESS",
        _box("I.1"),
        Level.SEVERE,
        _MISSING,
        "Enter the full address of the consignor (box I.1).",
        on_document("consignment.consignor.address", model.consignor_lacks_address),
        ANIMALS,
    ),
    _asks("consignment.consignee.name", "WOAH-I.4", _box("I.4"), "Enter the name of the consignee (box I.4)."),
    Rule(
        "WOAH-I.4-ADDRESS",
        _box("I.4"),
        Level.SEVERE,
        _MISSING,
        "Enter the full address of the consignee (box I.4).",
        on_document("consignment.consignee.address", model.consignee_lacks_address),
        ANIMALS,
    ),
    _asks(
        "consignment.export_country.code",
        "WOAH-I.5",
        _box("I.5"),
        "Choose the country the animals or products are exported from (box I.5).",
    ),
    _asks("lines.origins", "WOAH-I.5-ORIGIN", _box("I.5"), "Line %(line)s: choose the country of origin (box I.5)."),
    _warning(
        "WOAH-I.6",
        _box("I.6"),
        "Line %(line)s: enter name or number of the zone or compartment of origin (box I.6), or remove it.",
        model.unnamed_zone_of_origin,
    ),
    _asks("consignment.import_country.code", "WOAH-I.7", _box("I.7"), "Choose the country of destination (box I.7)."),
    _warning(
        "WOAH-I.8",
        _box("I.8"),
        "Enter name or number of the zone or compartment of destination (box I.8), or remove it.",
        model.unnamed_zone_of_destination,
    ),
    _asks(
        "consignment.place_of_loading",
        "WOAH-SHIPMENT",
        _part_1("place of shipment"),
        "Enter the place of shipment: port, airport or station, with its town.",
    ),
    _asks(
        "consignment.export_exit",
        "WOAH-DEPARTURE",
        _part_1("date of departure"),
        "Enter the expected date of departure.",
    ),
    _asks(
        "consignment.main_carriages",
        "WOAH-TRANSPORT",
        _part_1("means of transport"),
        "Say how the animals or products travel, with ship, flight, train or vehicle if known.",
    ),
    _asks(
        "consignment.transport_equipment",
        "WOAH-CONTAINER",
        _part_1("identification of container and seal"),
        "Enter the number of the container or vehicle, and of its seal.",
    ),
    _warning(
        "WOAH-SEAL",
        _part_1("identification of container and seal"),
        "Enter the number of the seal on container %(container)s.",
        model.equipment_without_seal,
        kinds=_PRODUCTS,
    ),
    _asks(
        "consignment.transport_condition",
        "WOAH-TEMPERATURE",
        _part_1("temperature of the products"),
        "Choose the temperature of the products: ambient, chilled or frozen.",
    ),
    _asks(
        "consignment.items",
        "WOAH-COMMODITY",
        _part_1("identification of animals or commodities"),
        "Describe the animals or products; add at least one line.",
    ),
    _asks(
        "lines.descriptions",
        "WOAH-DESCRIPTION",
        _part_1("description of commodity"),
        "Line %(line)s: describe the animals or products.",
    ),
    _asks(
        "lines.classifications[system=HS]",
        "WOAH-HS",
        _part_1("commodity code"),
        "Line %(line)s: enter the HS code, as the Harmonized System has it.",
    ),
    _asks(
        "lines.scientific_names",
        "WOAH-SPECIES",
        _part_1("identification of animals: species"),
        "Line %(line)s: enter the scientific name of the species.",
    ),
    _asks(
        "lines.net_weight",
        "WOAH-QUANTITY",
        _part_1("total quantity"),
        "Line %(line)s: enter the net weight of the products.",
    ),
    _asks("lines.count", "WOAH-COUNT", _part_1("total quantity"), "Line %(line)s: enter the number of animals."),
    _asks(
        "lines.packages",
        "WOAH-PACKAGES",
        _part_1("number of packages, type of packaging"),
        "Line %(line)s: enter number and type of the packages of the products.",
    ),
    _asks(
        "lines.establishments",
        "WOAH-ESTABLISHMENT",
        _part_1("approval number of establishments"),
        "Line %(line)s: name the approved establishments: slaughterhouse, cutting plant, cold store and the like.",
    ),
    Rule(
        "WOAH-APPROVAL",
        _part_1("approval number of establishments"),
        Level.SEVERE,
        _MISSING,
        "Line %(line)s: enter the approval number of the establishment.",
        model.establishment_without("approval_number"),
        ANIMALS,
    ),
    _warning(
        "WOAH-IDENTIFICATION",
        _part_1("identification of animals"),
        "Line %(line)s: enter ear tag, microchip or another mark of each animal; the species is identified singly.",
        _not_identified,
        kinds=_LIVE,
    ),
    Rule(
        "WOAH-IDENTIFICATION-COUNT",
        _part_1("identification of animals"),
        Level.SEVERE,
        _SENSE,
        "Line %(line)s: correct the number of animals or the list; %(animals)s animals are identified.",
        _more_than_counted,
        _LIVE,
    ),
    Rule(
        "WOAH-IDENTIFICATION-TWICE",
        _part_1("identification of animals"),
        Level.SEVERE,
        _SENSE,
        "Line %(line)s: check the mark %(value)s; it stands on the certificate twice.",
        _identified_twice,
        _LIVE,
    ),
)

_PART_2 = f"{_CODE}, part II (zoosanitary information)"
_VETERINARIAN = f"{_CODE}, official veterinarian"

AT_ISSUE = (
    _asks("exchanged_document.number", "WOAH-I.2", _box("I.2"), "Give the certificate its reference number (box I.2)."),
    _asks(
        "exchanged_document.issuer.name",
        "WOAH-I.3",
        _box("I.3"),
        "Name the Veterinary Authority that issues the certificate (box I.3).",
    ),
    _asks(
        "certifying_signatory.attestations",
        "WOAH-II",
        _PART_2,
        "Include the zoosanitary information the importing country asks for (part II).",
    ),
    Rule(
        "WOAH-II-TEXT",
        _PART_2,
        Level.SEVERE,
        _MISSING,
        "Write out statement %(statement)s of part II as the official veterinarian signs it.",
        model.attestation_without_text,
        ANIMALS,
    ),
    _warning(
        "WOAH-II-LANGUAGE",
        _PART_2,
        "Say which language statement %(statement)s of part II is written in.",
        model.attestation_without_language,
        Area.MAPPING,
    ),
    _asks("exchanged_document.issued", "WOAH-DATE", _VETERINARIAN, "Give the date the official veterinarian signs."),
    _asks(
        "certifying_signatory.place",
        "WOAH-PLACE",
        _VETERINARIAN,
        "Give the place where the official veterinarian signs.",
    ),
    _asks(
        "certifying_signatory.provider.person",
        "WOAH-OFFICER",
        _VETERINARIAN,
        "Name the official veterinarian who certifies.",
    ),
    _warning(
        "WOAH-POSITION",
        _VETERINARIAN,
        "Enter the official position of the veterinarian.",
        on_document("exchanged_document.signatories[0].provider.person", model.officer_without_position),
    ),
)
