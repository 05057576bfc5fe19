"""Which lines of an import certificate a line of a re-export draws from, and how much in one unit. Nothing here writes.

Source: `fraud.md` 3, attack 11; P06. Goods are the same by their HS heading of six digits, else by their scientific
name, else by what they are called. Masses are compared in kilograms; anything else in its own unit alone.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from types import MappingProxyType

from opensps.border.quantities import LARGEST
from opensps.certificate import Certificate, Measure, Texts, TradeLineItem
from opensps.lifecycle.balance import LineUse

KILOGRAMS: Mapping[str, Decimal] = MappingProxyType(
    {"KGM": Decimal(1), "TNE": Decimal(1000), "GRM": Decimal("0.001"), "LBR": Decimal("0.45359237")}
)
_HEADING = 6
_WHOLE = Decimal(1)


def base_of(unit: str) -> tuple[str, Decimal]:
    """Return the unit in which quantities are compared, and how many of it are one."""
    return ("KGM", KILOGRAMS[unit]) if unit in KILOGRAMS else (unit, _WHOLE)


def asked_of(line: TradeLineItem) -> dict[str, Decimal]:
    """Return what a line asks for, by unit of comparison; the measure that counts first wins."""
    measures = (line.net_weight, line.gross_weight, line.net_volume, line.gross_volume, line.count)
    found: dict[str, Decimal] = {"": _WHOLE}
    for measure in measures:
        if measure is not None and measure.value > 0:
            unit, factor = base_of(measure.unit or "")
            found.setdefault(unit, measure.value * factor)
    return found


def first_asked(line: TradeLineItem) -> tuple[Decimal, str]:
    """Return the quantity a line is shown with, and its unit."""
    asked = asked_of(line)
    unit = next((each for each in asked if each), "")
    return asked[unit], unit


def kilograms(measure: Measure | None) -> Decimal | None:
    """Return a mass in kilograms, `LARGEST` at most; None for anything else."""
    factor = KILOGRAMS.get(measure.unit or "") if measure is not None else None
    return min(measure.value * factor, LARGEST) if measure is not None and factor is not None else None


def heading_of(line: TradeLineItem) -> str:
    """Return the HS heading of a line, six digits, or ``""``."""
    codes = (one.class_code or "" for one in line.classifications if one.system.value == "HS")
    return next((code[:_HEADING] for code in codes if len(code) >= _HEADING), "")


def is_same_goods(line: TradeLineItem, source: TradeLineItem) -> bool:
    """Whether two lines name goods of one kind, by the first of three ways in which both say something."""
    here, there = heading_of(line), heading_of(source)
    if here and there:
        return here == there
    for mine, theirs in (
        (_folded(line.scientific_names), _folded(source.scientific_names)),
        (_named(line), _named(source)),
    ):
        if mine and theirs:
            return bool(mine & theirs)
    return False


def _named(line: TradeLineItem) -> frozenset[str]:
    return _folded(line.common_names) | _folded(line.descriptions)


def _folded(texts: Texts) -> frozenset[str]:
    return frozenset(" ".join(text.value.casefold().split()) for text in texts) - {""}


def matching(line: TradeLineItem, source: Certificate, uses: Iterable[LineUse]) -> tuple[LineUse, ...]:
    """Return the lines of an import certificate with goods of this kind."""
    same = {each.sequence for each in source.lines if is_same_goods(line, each)}
    return tuple(use for use in uses if use.line in same)
