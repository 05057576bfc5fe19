"""Exact quantities in the database, and the lines of a certificate as what can be used up.

A database that counts in floating point must never say that 0.1 + 0.2 is more than 0.3: quantities are stored as whole
millionths. Source: `lifecycles.md` 5.1.
"""

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from django.db import models

from opensps.certificate import Certificate, Measure, TradeLineItem
from opensps.lifecycle.balance import LineUse

MILLION = Decimal(1_000_000)
LARGEST = Decimal(9_000_000_000_000)
"""In any unit; what claims to be more counts as this much."""

_STEP = Decimal("0.000001")
_WHOLE = Decimal(1)


if TYPE_CHECKING:
    _Base = models.BigIntegerField[Decimal | int, Decimal]
else:
    _Base = models.BigIntegerField


class QuantityField(_Base):
    """A decimal with at most six places, up to `LARGEST`, stored as whole millionths."""

    def from_db_value(self, value: int | None, *_: Any) -> Decimal | None:
        """Return the decimal without trailing zeros."""
        return None if value is None else plain(Decimal(value) / MILLION)

    def get_prep_value(self, value: Any) -> int | None:
        """Return whole millionths, of at most `LARGEST`: no certificate can say more than the column holds."""
        return None if value is None else int((_held(Decimal(value)) * MILLION).to_integral_value(ROUND_HALF_UP))

    def to_python(self, value: Any) -> Decimal | None:
        """Return a value given in code as it will come back."""
        return None if value is None else plain(Decimal(value))


def plain(value: Decimal) -> Decimal:
    """Return a quantity with six places at most and no trailing zeros, never in scientific notation."""
    rounded = _held(value).quantize(_STEP, rounding=ROUND_HALF_UP)
    return rounded.to_integral_value() if rounded == rounded.to_integral_value() else rounded.normalize()


def _held(value: Decimal) -> Decimal:
    return max(-LARGEST, min(value, LARGEST))


def issued_lines(certificate: Certificate | None) -> tuple[LineUse, ...]:
    """Return what each line was issued for: by net weight, else what else it measures; one, where it measures nothing.

    A certificate without lines of goods is used whole, as line 0.
    """
    if certificate is None:
        return ()
    lines = tuple(_issued(line) for line in certificate.lines)
    return lines or (LineUse(line=0, unit="", issued=_WHOLE),)


def _issued(line: TradeLineItem) -> LineUse:
    counted = next((each for each in _measures(line) if each is not None and each.value > 0), None)
    if counted is None:
        return LineUse(line=line.sequence, unit="", issued=_WHOLE)
    return LineUse(line=line.sequence, unit=counted.unit or "", issued=plain(counted.value))


def _measures(line: TradeLineItem) -> tuple[Measure | None, ...]:
    return line.net_weight, line.gross_weight, line.net_volume, line.gross_volume, line.count
