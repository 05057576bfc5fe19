"""Codex CXG 38: generic model official certificate for food.

Numbers and names of the boxes are to be confirmed against the text of CXG 38, so the rules are named by what a box is
about, and their sources give the number as we know it. Which boxes a kind must fill in stands in its marks.
"""

from typing import Any

from opensps.rules import model_certificates as model
from opensps.rules.fields import asks_for
from opensps.rules.findings import Area, Level
from opensps.rules.rule import FOOD, Judge, Rule, on_document

_MISSING = Area.MANDATORY_ELEMENTS


def _box(number: int, name: str) -> str:
    return f"Codex CXG 38, generic model, {name} (box {number}; number to be confirmed)"


def _asks(path: str, id_: str, source: str, template: str) -> Rule:
    return asks_for(path, id_, source, template, group="cxg38")


def _warning(id_: str, source: str, template: str, judge: Judge, area: Area = _MISSING) -> Rule:
    return Rule(id_, source, Level.WARNING, area, template, judge, FOOD)


def _severe(id_: str, source: str, template: str, judge: Any) -> Rule:
    return Rule(id_, source, Level.SEVERE, _MISSING, template, judge, FOOD)


_CONSIGNOR, _CONSIGNEE = _box(1, "consignor or exporter"), _box(5, "consignee or importer")
_FOOD, _ATTESTATIONS = _box(15, "identification of food products"), _box(16, "attestations")
_OFFICER = _box(17, "certifying officer")

RULES = (
    _asks("consignment.consignor.name", "CXG38-CONSIGNOR", _CONSIGNOR, "Enter the name of the consignor or exporter."),
    _severe(
        "CXG38-CONSIGNOR-ADDRESS",
        _CONSIGNOR,
        "Enter the address of the consignor or exporter.",
        on_document("consignment.consignor.address", model.consignor_lacks_address),
    ),
    _asks("consignment.consignee.name", "CXG38-CONSIGNEE", _CONSIGNEE, "Enter the name of the consignee or importer."),
    _severe(
        "CXG38-CONSIGNEE-ADDRESS",
        _CONSIGNEE,
        "Enter the address of the consignee or importer.",
        on_document("consignment.consignee.address", model.consignee_lacks_address),
    ),
    _asks(
        "lines.origins",
        "CXG38-ORIGIN",
        _box(6, "country of origin"),
        "Line %(line)s: choose the food's country of origin.",
    ),
    _asks(
        "consignment.export_country.code",
        "CXG38-DISPATCH",
        _box(6, "country of origin"),
        "Choose the country the food is exported from.",
    ),
    _asks(
        "consignment.import_country.code",
        "CXG38-DESTINATION",
        _box(7, "country of destination"),
        "Choose the country of destination of the food.",
    ),
    _asks(
        "consignment.place_of_loading",
        "CXG38-LOADING",
        _box(8, "place of loading"),
        "Enter the place of loading: the port, airport or other place where the food leaves.",
    ),
    _asks("consignment.items", "CXG38-FOOD", _FOOD, "Identify the food; add at least one line."),
    _asks("lines.descriptions", "CXG38-PRODUCT", _FOOD, "Line %(line)s: enter the name of the food."),
    _asks(
        "lines.net_weight",
        "CXG38-QUANTITY",
        _box(12, "total quantity"),
        "Line %(line)s: enter the net weight or the net volume of the food.",
    ),
    _asks(
        "lines.packages",
        "CXG38-PACKAGES",
        _box(14, "total number of packages"),
        "Line %(line)s: enter number and type of the packages of the food.",
    ),
    _severe(
        "CXG38-APPROVAL",
        _FOOD,
        "Line %(line)s: enter the approval number of the producer or establishment.",
        model.establishment_without("approval_number"),
    ),
    _warning(
        "CXG38-PRODUCER",
        _FOOD,
        "Line %(line)s: enter the name of the producer or establishment.",
        model.establishment_without("name"),
    ),
    _warning(
        "CXG38-REGION",
        _FOOD,
        "Line %(line)s: enter name or number of the region of origin, or remove it.",
        model.unnamed_zone_of_origin,
    ),
)

AT_ISSUE = (
    _asks(
        "exchanged_document.number",
        "CXG38-NUMBER",
        _box(2, "certificate number"),
        "Give the certificate its identification number.",
    ),
    _asks(
        "exchanged_document.issuer.name",
        "CXG38-AUTHORITY",
        _box(3, "competent authority"),
        "Name the competent authority that issues the certificate.",
    ),
    _asks(
        "certifying_signatory.attestations",
        "CXG38-ATTESTATION",
        _ATTESTATIONS,
        "Include the attestations the importing country asks for.",
    ),
    _severe(
        "CXG38-ATTESTATION-TEXT",
        _ATTESTATIONS,
        "Write out attestation %(statement)s as the certifying officer signs it.",
        model.attestation_without_text,
    ),
    _warning(
        "CXG38-ATTESTATION-LANGUAGE",
        _ATTESTATIONS,
        "Say which language attestation %(statement)s is written in.",
        model.attestation_without_language,
        Area.MAPPING,
    ),
    _asks("exchanged_document.issued", "CXG38-DATE", _OFFICER, "Give the date the certifying officer signs."),
    _asks("certifying_signatory.place", "CXG38-PLACE", _OFFICER, "Give the place where the certifying officer signs."),
    _asks("certifying_signatory.provider.person", "CXG38-OFFICER", _OFFICER, "Name the certifying officer."),
    _warning(
        "CXG38-POSITION",
        _OFFICER,
        "Enter the official position of the certifying officer.",
        on_document("exchanged_document.signatories[0].provider.person", model.officer_without_position),
    ),
)
