"""CORE rules about codes: countries, closed lists and our own, ports, customs and plant codes, transit countries.

A code of a list this installation does not hold is not judged. Places of countries outside ISO 3166-1, such as those
of the demonstration, are in no edition of UN/LOCODE, so only their shape is.
"""

import re
from collections.abc import Iterator, Mapping
from operator import attrgetter
from types import MappingProxyType
from typing import Any

from opensps import codes
from opensps.certificate import (
    Address,
    AppliedProcess,
    Characteristic,
    Classification,
    Code,
    ConsignmentItem,
    CountryArea,
    Establishment,
    ExchangedDocument,
    Location,
    MainCarriage,
    Package,
    Party,
    ReExportStatement,
    ReferencedDocument,
    Temperature,
    Treatment,
)
from opensps.certificate import (
    Area as CountryPart,
)
from opensps.rules.case import Case
from opensps.rules.findings import Area, Level
from opensps.rules.rule import Found, Rule

CLOSED: Mapping[type, tuple[tuple[str, str], ...]] = MappingProxyType(
    {
        ExchangedDocument: (("type_code", "un_1001"), ("status_code", "un_4405")),
        ReferencedDocument: (("relationship", "un_1153"), ("type_code", "un_1001")),
        Party: (("role", "un_3035"),),
        Address: (("type_code", "un_3131"),),
        CountryPart: (("function_code", "un_3227"),),
        ConsignmentItem: (("cargo_types", "un_7085"),),
        MainCarriage: (("mode", "un_rec19"),),
        Temperature: (("type_code", "un_6245"),),
        Package: (("type_code", "un_rec21"),),
        Treatment: (("process_code", "un_7187"),),
        Establishment: (("activity", "un_7187"), ("role", "un_3035")),
        AppliedProcess: (("process_code", "un_7187"),),
        Characteristic: (("code", "un_6313"),),
    }
)
"""Record to its coded fields and their closed lists (D17A; `domain.md` 3.4)."""

COUNTRY_FIELDS: Mapping[type, str] = MappingProxyType(
    {
        CountryArea: "code",
        Address: "country",
        ReferencedDocument: "issuing_country",
        Establishment: "country",
        ReExportStatement: "origin_countries",
    }
)
"""Record to its field with a country code, or several."""

_LOCODE = re.compile(r"[A-Z]{2}[A-Z2-9]{3}\Z")
_HS_DIGITS = 6
_EPPO = re.compile(r"[A-Z0-9]{5,6}\Z")
_EPPO_SYSTEMS = frozenset({"EPPO", "EPPT"})
_OURS = ("opensps_", "product_temperature")
UN_LOCODE = "un_locode"
"""Scheme of an identifier that is a UN/LOCODE, and id of the list."""


def _each(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, tuple):
        yield from ((f"{path}[{place}]", inner) for place, inner in enumerate(value))
    elif value is not None:
        yield path, value


def coded(case: Case) -> Iterator[tuple[str, str, str]]:
    """Give path, list and code of everything that is coded by a closed list."""
    for record, fields in CLOSED.items():
        holder: object
        for start, holder in case.every(record):
            for field, list_id in fields:
                given = getattr(holder, field)
                if isinstance(given, Code):
                    yield f"{start}.{field}", list_id, given.value
                elif isinstance(given, str):
                    yield f"{start}.{field}", list_id, given
                elif given:
                    yield from ((f"{start}.{field}[{place}]", list_id, one.value) for place, one in enumerate(given))


def _unknown_codes(case: Case) -> Iterator[Found]:
    for path, list_id, value in case.once(coded):
        if not codes.is_known(list_id, value):  # whatever the day: old certificates keep their codes
            yield path, {"code": value, "list": list_id}


def _unknown_words(case: Case) -> Iterator[Found]:
    for path, code in case.every(Code):
        list_id = code.list_id or ""
        if list_id.startswith(_OURS) and is_missing(list_id, code.value):
            yield path, {"code": code.value, "list": list_id}


def is_missing(list_id: str, code: str) -> bool:
    """Say whether we hold the list and the code is not in it."""
    return list_id in codes.LIST_IDS and not codes.is_known(list_id, code)


def _withdrawn_codes(case: Case) -> Iterator[Found]:
    issued = case.document.issued
    for path, list_id, value in case.once(coded):
        if issued and codes.is_known(list_id, value) and not codes.is_known(list_id, value, on=issued.on):
            yield path, {"code": value, "list": list_id}


def _unknown_countries(case: Case) -> Iterator[Found]:
    for record, field in COUNTRY_FIELDS.items():
        holder: object
        for start, holder in case.every(record):
            for path, code in _each(f"{start}.{field}", attrgetter(field)(holder)):
                if not codes.is_country(code, case.policy.extra_countries) and not _was_country(code, case):
                    yield path, {"code": code}


def _was_country(code: str, case: Case) -> bool:
    """Say whether ISO has withdrawn the code since the certificate was issued."""
    held, issued = codes.get("iso_3166_1"), case.document.issued
    entry = held.entries.get(code)
    return issued is not None and entry is not None and entry.withdrawn and held.was_in_use(code, issued.on)


def _ports(case: Case) -> Iterator[tuple[str, str]]:
    for path, place in case.every(Location):
        if place.id and place.id.scheme == UN_LOCODE:
            yield f"{path}.id", place.id.value


def _odd_ports(case: Case) -> Iterator[Found]:
    return ((path, {"code": code}) for path, code in case.once(_ports) if not _LOCODE.match(code))


def _unknown_ports(case: Case) -> Iterator[Found]:
    for path, code in case.once(_ports):
        if _LOCODE.match(code) and codes.is_country(code[:2]) and is_missing(UN_LOCODE, code):
            yield path, {"code": code}


def _customs_codes(case: Case) -> Iterator[tuple[str, str]]:
    for path, one in case.every(Classification):
        if one.system.value == "HS":
            yield f"{path}.class_code", one.class_code or ""


def _has_digits(code: str, lengths: frozenset[int]) -> bool:
    return code.isascii() and code.isdigit() and len(code) in lengths


def _odd_customs_codes(case: Case) -> Iterator[Found]:
    for path, code in case.once(_customs_codes):
        if not _has_digits(code, case.policy.customs_digits):
            yield path, {"code": code or "-"}


def _unknown_customs_codes(case: Case) -> Iterator[Found]:
    for path, code in case.once(_customs_codes):
        if _has_digits(code, case.policy.customs_digits) and is_missing("wco_hs", code[:_HS_DIGITS]):
            yield path, {"code": code}


def _odd_plant_codes(case: Case) -> Iterator[Found]:
    for path, one in case.every(Classification):
        if one.system.value in _EPPO_SYSTEMS:
            code = one.class_code or ""
            if not _EPPO.match(code) or is_missing("eppo", code):
                yield f"{path}.class_code", {"code": code or "-"}


def _odd_transit(case: Case) -> Iterator[Found]:
    consignment = case.certificate.consignment
    passed = [consignment.export_country.code, consignment.import_country.code]
    for place, country in enumerate(consignment.transit_countries):
        if country.code and country.code in passed:
            yield f"consignment.transit_countries[{place}]", {"country": country.code}
        passed.append(country.code)


_SHAPES = "UN/CEFACT SPSCertificate D17A, closed lists"

COUNTRY = Rule(
    "CORE-COUNTRY",
    "ISO 3166-1",
    Level.SEVERE,
    Area.CODES,
    "Choose the country again: %(code)s is not a country code in use.",
    _unknown_countries,
)

RULES = (
    Rule(
        "CORE-CODES",
        _SHAPES,
        Level.SEVERE,
        Area.CODES,
        "Choose another code: %(code)s is not in list %(list)s.",
        _unknown_codes,
    ),
    Rule(
        "CORE-CODES",
        "Code lists of OpenSPS for animals and transport",
        Level.SEVERE,
        Area.CODES,
        "Choose another word: %(code)s is not in list %(list)s.",
        _unknown_words,
    ),
    Rule(
        "CORE-LOCODE",
        "UNECE Recommendation 16 (UN/LOCODE)",
        Level.WARNING,
        Area.CODES,
        "Check the code of the place: %(code)s. A UN/LOCODE has five signs, the country's two letters first.",
        _odd_ports,
    ),
    Rule(
        "CORE-LOCODE",
        "UNECE Recommendation 16 (UN/LOCODE)",
        Level.WARNING,
        Area.CODES,
        "Check the code of the place: %(code)s is not in UN/LOCODE.",
        _unknown_ports,
    ),
    Rule(
        "CORE-HS",
        "Harmonized System, WCO",
        Level.WARNING,
        Area.CODES,
        "Check the customs code: %(code)s. An HS code has six digits, like 070320.",
        _odd_customs_codes,
    ),
    Rule(
        "CORE-HS",
        "Harmonized System, WCO",
        Level.WARNING,
        Area.CODES,
        "Check the customs code: %(code)s is not in the Harmonized System.",
        _unknown_customs_codes,
    ),
    Rule(
        "CORE-EPPO",
        "EPPO Global Database, codes of plants and pests",
        Level.WARNING,
        Area.CODES,
        "Check the EPPO code: %(code)s. An EPPO code has five or six letters or digits, like ALLSA.",
        _odd_plant_codes,
    ),
    Rule(
        "CORE-TRANSIT",
        "ISPM 25 (consignments in transit)",
        Level.WARNING,
        Area.CONSISTENCY,
        "Remove %(country)s from the transit countries; it is named twice, or is where the goods start or end.",
        _odd_transit,
    ),
)

AT_ISSUE = (
    Rule(
        "CORE-CODES",
        _SHAPES,
        Level.SEVERE,
        Area.CODES,
        "Choose another code: %(code)s was taken out of list %(list)s.",
        _withdrawn_codes,
    ),
)
"""A received certificate may carry a code that was in use when it was issued; we issue none that is withdrawn."""
