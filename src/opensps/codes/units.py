"""Units that mean the same: what a quantity is in the base unit of its dimension, exactly, as a fraction.

Source: UNECE Recommendation 20, conversion factors of the units whose factor is exact by definition. A unit whose
meaning depends on more (kilogram gross, ppm, a month against a day) has no factor and equals only itself.
"""

import csv
from decimal import Decimal
from fractions import Fraction
from functools import cache
from importlib.resources import files


@cache
def _factors() -> dict[str, tuple[str, Fraction, Fraction]]:
    """Return unit to base unit, factor and offset: base = (value + offset) * factor."""
    text = files("opensps.codes").joinpath("conversions.tsv").read_text(encoding="utf-8")
    rows = csv.DictReader((line for line in text.splitlines() if not line.startswith("#")), delimiter="\t")
    return {row["unit"]: (row["base"], Fraction(row["factor"]), Fraction(row["offset"] or 0)) for row in rows}


def in_base(value: Decimal, unit: str | None) -> tuple[str, Fraction]:
    """Return the base unit and the exact amount in it; a unit without a factor, and none at all, is its own base."""
    base, factor, offset = _factors().get(unit or "", (unit or "", Fraction(1), Fraction(0)))
    return base, (Fraction(value) + offset) * factor


def size_of(unit: str | None) -> Fraction:
    """Return how much one step of the unit is in its base unit."""
    return _factors().get(unit or "", ("", Fraction(1), Fraction(0)))[1]
