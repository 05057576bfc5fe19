"""Decimal numbers as documents write them: plain, no exponent, no rounding (`domain.md` 9.3).

Equal numbers give equal text: 500.0000 and 500 are both "500".
"""

import re
from decimal import Decimal

MAX_INTEGER_DIGITS = 20
MAX_FRACTION_DIGITS = 4

_MAX_MAGNITUDE = 60
_MAX_LENGTH = 100
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?\Z", re.ASCII)
_PLAIN = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]*[1-9])?\Z", re.ASCII)


def plain(value: Decimal) -> str:
    """Return the number without exponent and needless zeros; numbers of absurd size keep their exponent."""
    if not value:
        return "0"
    if abs(value.adjusted()) > _MAX_MAGNITUDE:
        return str(value)
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def is_writable(value: Decimal) -> bool:
    """Tell whether the number fits the wire: at most 20 integer and 4 fraction digits."""
    integer, _, fraction = plain(value).lstrip("-").partition(".")
    return "E" not in integer + fraction and len(integer) <= MAX_INTEGER_DIGITS and len(fraction) <= MAX_FRACTION_DIGITS


def parse_decimal(text: str) -> Decimal | None:
    """Return the number a document wrote, exponents included; ``None`` when it is none or absurdly large."""
    if len(text) > _MAX_LENGTH or not _NUMBER.match(text):
        return None
    value = Decimal(text)
    return value if abs(value.adjusted()) <= _MAX_MAGNITUDE else None


def is_plain(text: str) -> bool:
    """Tell whether the text is the one way we write its number."""
    return _PLAIN.match(text) is not None and text != "-0"
