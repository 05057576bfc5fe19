"""CORE rules about codes: countries, the closed lists of D17A, ports, customs codes, transit countries."""

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
_HS = re.compile(r"[0-9]{6}\Z")
UN_LOCODE = "un_locode"
"""Scheme of an identifier that is a UN/LOCODE."""


def _each(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, tuple):
        yield from ((f"{path}[{place}]", inner) for place, inner in enumerate(value))
    elif value is not None:
        yield path, value


def _unknown_codes(case: Case) -> Iterator[Found]:
    for record, coded in CLOSED.items():
        holder: object
        for start, holder in case.every(record):
            for field, list_id in coded:
                for path, code in _each(f"{start}.{field}", attrgetter(field)(holder)):
                    value = code.value if isinstance(code, Code) else code
                    if not codes.is_known(list_id, value):
                        yield path, {"code": value, "list": list_id}


def _unknown_countries(case: Case) -> Iterator[Found]:
    for record, field in COUNTRY_FIELDS.items():
        holder: object
        for start, holder in case.every(record):
            for path, code in _each(f"{start}.{field}", attrgetter(field)(holder)):
                if not codes.is_country(code, case.policy.extra_countries):
                    yield path, {"code": code}


def _odd_ports(case: Case) -> Iterator[Found]:
    for path, place in case.every(Location):
        if place.id and place.id.scheme == UN_LOCODE and not _LOCODE.match(place.id.value):
            yield f"{path}.id", {"code": place.id.value}


def _odd_customs_codes(case: Case) -> Iterator[Found]:
    for path, one in case.every(Classification):
        if one.system.value == "HS" and not _HS.match(one.class_code or ""):
            yield f"{path}.class_code", {"code": one.class_code or "-"}


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
        "CORE-LOCODE",
        "UNECE Recommendation 16 (UN/LOCODE)",
        Level.WARNING,
        Area.CODES,
        "Check the code of the place: %(code)s. A UN/LOCODE has five signs, the country's two letters first.",
        _odd_ports,
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
        "CORE-TRANSIT",
        "ISPM 25 (consignments in transit)",
        Level.WARNING,
        Area.CONSISTENCY,
        "Remove %(country)s from the transit countries; it is named twice, or is where the goods start or end.",
        _odd_transit,
    ),
)
