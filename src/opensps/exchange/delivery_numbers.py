"""Delivery numbers: ULID, 26 symbols of Crockford base32, ordered by time. Source: `exchange.md` 0. Pure."""

import re
from datetime import datetime

LENGTH = 26
RANDOM_BYTES = 10
"""80 random bits follow 48 bits of milliseconds."""

_SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PATTERN = re.compile(f"[0-7][{_SYMBOLS}]{{25}}")


def delivery_number(*, at: datetime, random: bytes) -> str:
    """Return the number for a moment and ten random bytes."""
    if len(random) != RANDOM_BYTES:
        raise ValueError("a delivery number takes ten random bytes")
    value = int(at.timestamp() * 1000) << 80 | int.from_bytes(random, "big")
    return "".join(_SYMBOLS[value >> shift & 31] for shift in range(125, -1, -5))


def is_delivery_number(text: str) -> bool:
    """Whether a text has the shape of one of our delivery numbers."""
    return _PATTERN.fullmatch(text) is not None
