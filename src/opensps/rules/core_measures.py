"""CORE rules about quantities: units of the right dimension, sensible numbers, totals that add up."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Context, Decimal, localcontext
from types import MappingProxyType
from typing import Any

from opensps import codes
from opensps.certificate import (
    AnimalGroup,
    AppliedProcess,
    Measure,
    OtherQuantity,
    Package,
    Temperature,
    Totals,
    TradeLineItem,
    Treatment,
)
from opensps.rules.case import Case
from opensps.rules.findings import NO_PARAMS, Area, Level
from opensps.rules.rule import Found, Rule, on_lines

_WEIGHTS = ("net_weight", "gross_weight")
_VOLUMES = ("net_volume", "gross_volume")
_MASS, _VOLUME, _COUNT = frozenset({"mass"}), frozenset({"volume"}), frozenset({"count"})
_TIME, _TEMPERATURE = frozenset({"time"}), frozenset({"temperature"})
_DOSE = frozenset({"concentration", "dose"})

DIMENSIONS: Mapping[type, Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        TradeLineItem: dict.fromkeys(_WEIGHTS, _MASS) | dict.fromkeys(_VOLUMES, _VOLUME) | {"count": _COUNT},
        Package: {"gross_weight": _MASS, "gross_volume": _VOLUME},
        Totals: {"net_weight": _MASS, "gross_weight": _MASS, "count": _COUNT},
        Treatment: {"duration": _TIME, "temperature": _TEMPERATURE, "concentration": _DOSE},
        AppliedProcess: {"duration": _TIME},
        Temperature: dict.fromkeys(("value", "minimum", "maximum"), _TEMPERATURE),
        AnimalGroup: {"age": _TIME},
    }
)
"""Record to its measures and the dimensions (groups of list un_rec20) their units may have."""

AMOUNTS = frozenset({*_WEIGHTS, *_VOLUMES, "count", "duration", "concentration", "age"})
"""Measures that are more than nothing; a temperature may be below zero."""

_INTEGER_DIGITS, _FRACTION_DIGITS = 20, 4
_NOTHING = Decimal(0)
_WIDE = Context(prec=3 * _INTEGER_DIGITS, traps=[])


def _measures(case: Case) -> Iterator[tuple[str, str, Measure, frozenset[str]]]:
    for record, measured in DIMENSIONS.items():
        holder: object
        for start, holder in case.every(record):
            for field, dimensions in measured.items():
                measure = getattr(holder, field)
                if measure is not None:
                    yield f"{start}.{field}", field, measure, dimensions


def _without_unit(case: Case) -> Iterator[Found]:
    for path, _, measure, _ in case.once(_measures):
        if measure.unit is None:
            yield path, {"value": _plain(measure.value)}


def _unknown_unit(case: Case) -> Iterator[Found]:
    units = codes.get("un_rec20").entries
    for path, measure in case.every(Measure):
        if measure.unit is not None and measure.unit not in units:
            yield path, {"unit": measure.unit}


def _wrong_dimension(case: Case) -> Iterator[Found]:
    units = codes.get("un_rec20").entries
    for path, _, measure, dimensions in case.once(_measures):
        unit = units.get(measure.unit or "")
        if unit is not None and unit.group not in dimensions:
            yield path, {"unit": unit.code}


def _bare_numbers(case: Case) -> Iterator[tuple[str, Decimal]]:
    """Give the numbers that are no measure."""
    yield from ((f"{path}.count", package.count) for path, package in case.every(Package))
    yield from ((f"{path}.value", other.value) for path, other in case.every(OtherQuantity))


def _not_positive(case: Case) -> Iterator[Found]:
    for path, field, measure, _ in case.once(_measures):
        if field in AMOUNTS and measure.value <= _NOTHING:
            yield path, {"value": _plain(measure.value)}
    for path, value in case.once(_bare_numbers):
        if value <= _NOTHING:
            yield path, {"value": _plain(value)}


def _plain(value: Decimal) -> str:
    """Return the number as people write it: no exponent, no zeros nobody needs; too large ones in short."""
    if abs(value.adjusted()) > 2 * _INTEGER_DIGITS:
        return str(value)
    plain = format(value, "f")
    return (plain.rstrip("0").rstrip(".") if "." in plain else plain) or "0"


def integer_digits(value: Decimal) -> int:
    """Return how many digits stand before the decimal point."""
    return max(0, value.adjusted() + 1) if value else 0


def fraction_digits(value: Decimal) -> int:
    """Return how many digits stand after the decimal point, zeros at the end left out."""
    _, digits, exponent = value.as_tuple()
    significant = "".join(map(str, digits)).rstrip("0")
    return max(0, -int(exponent) - (len(digits) - len(significant))) if value else 0


def _has_too_many_digits(value: Decimal) -> bool:
    written = str(value)
    if len(written) <= _INTEGER_DIGITS and written.isdigit():
        return False  # nearly every number of a certificate, and ten times faster
    return integer_digits(value) > _INTEGER_DIGITS or fraction_digits(value) > _FRACTION_DIGITS


def _too_many_digits(case: Case) -> Iterator[Found]:
    for path, measure in case.every(Measure):
        if _has_too_many_digits(measure.value):
            yield path, {"value": _plain(measure.value)}
    for path, value in case.once(_bare_numbers):
        if _has_too_many_digits(value):
            yield path, {"value": _plain(value)}


def _gross_below_net(case: Case) -> Iterator[Found]:
    for number, (path, line) in enumerate(case.lines, 1):
        if _is_below(line.gross_weight, line.net_weight):
            yield f"{path}.gross_weight", {"line": str(number)}
        if _is_below(line.gross_volume, line.net_volume):
            yield f"{path}.gross_volume", {"line": str(number)}


def _gross_total_below_net(case: Case) -> Iterator[Found]:
    totals = case.certificate.consignment.totals or Totals()
    if _is_below(totals.gross_weight, totals.net_weight):
        yield "consignment.totals.gross_weight", NO_PARAMS


def _is_below(gross: Measure | None, net: Measure | None) -> bool:
    if gross is None or net is None:
        return False
    if gross.unit == net.unit or any(map(_has_too_many_digits, (gross.value, net.value))):
        return gross.unit == net.unit and gross.value < net.value
    (base, outer), (other_base, inner) = codes.in_base(gross.value, gross.unit), codes.in_base(net.value, net.unit)
    return base == other_base and outer < inner


def _sum(values: Iterable[Decimal]) -> Decimal:
    """Return the exact sum of what a certificate can hold; beyond that something larger, without an error."""
    with localcontext(_WIDE):
        return sum(values, Decimal(0))


def _wrong_totals(case: Case) -> Iterator[Found]:
    totals = case.certificate.consignment.totals
    for field in (*_WEIGHTS, "count"):
        total: Measure | None = getattr(totals, field, None)
        parts = [getattr(line, field) for _, line in case.lines]
        if total is not None and all(part is not None and part.unit == total.unit for part in parts):
            added = _sum(part.value for part in parts)
            if parts and added != total.value:
                yield f"consignment.totals.{field}", {"total": _plain(total.value), "sum": _plain(added)}


def _wrong_package_totals(case: Case) -> Iterator[Found]:
    totals = case.certificate.consignment.totals or Totals()
    packed = [package for _, line in case.lines for package in line.packages]
    for place, total in enumerate(totals.packages):
        kind = (total.type_code.value, total.level)
        if packed and all((one.type_code.value, one.level) == kind for one in packed):
            added = _sum(one.count for one in packed)
            if added != total.count:
                path = f"consignment.totals.packages[{place}]"
                yield path, {"total": _plain(total.count), "sum": _plain(added)}


_UNITS = "UNECE Recommendation 20"
_NUMBERS = "UN/CEFACT SPSCertificate D17A, measures; ISPM 12, section 5 (quantity declared)"


def _core(id_: str, source: str, template: str, judge: Any, area: Area = Area.CONSISTENCY) -> Rule:
    return Rule(id_, source, Level.SEVERE, area, template, judge)


RULES = (
    _core(
        "CORE-UNIT",
        _UNITS,
        "Add the unit of %(value)s, for example kilogram, litre or hour.",
        _without_unit,
        Area.CODES,
    ),
    _core("CORE-UNIT", _UNITS, "Choose another unit: %(unit)s is not a UN unit code.", _unknown_unit, Area.CODES),
    _core(
        "CORE-UNIT",
        _UNITS,
        "Choose a unit that fits what is measured: %(unit)s measures something else.",
        _wrong_dimension,
        Area.CODES,
    ),
    _core("CORE-MEASURE", _NUMBERS, "Enter a number greater than zero, not %(value)s.", _not_positive),
    _core(
        "CORE-MEASURE",
        _NUMBERS,
        "Shorten %(value)s: at most 20 digits before the decimal point and 4 after it.",
        _too_many_digits,
    ),
    _core(
        "CORE-MEASURE",
        _NUMBERS,
        "Line %(line)s: check the weights or volumes; gross is less than net.",
        _gross_below_net,
    ),
    _core("CORE-MEASURE", _NUMBERS, "Check the total weights; gross is less than net.", _gross_total_below_net),
    _core(
        "CORE-TOTALS",
        "Codex CXG 38, total quantity; UN/CEFACT SPSCertificate D17A",
        "Correct the total: it says %(total)s, the lines add up to %(sum)s.",
        _wrong_totals,
    ),
    _core(
        "CORE-TOTALS",
        "Codex CXG 38, total number of packages; UN/CEFACT SPSCertificate D17A",
        "Correct the number of packages: the total says %(total)s, the lines add up to %(sum)s.",
        _wrong_package_totals,
    ),
    _core(
        "CORE-COUNT-OR-VOLUME",
        "UN/CEFACT SPSCertificate D17A, NetVolumeMeasure",
        "Line %(line)s: give either a number of pieces or a net volume; a certificate has room for one of them.",
        on_lines("count", lambda line: line.count is not None and line.net_volume is not None),
    ),
)
