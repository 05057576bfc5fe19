"""Base45: bytes in the 45 signs of the alphanumeric mode of QR codes (RFC 9285). One writing for each value."""

from opensps.formats.errors import FormatError

_SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_VALUES = {sign: value for value, sign in enumerate(_SIGNS)}
_BASE = len(_SIGNS)
_GROUP = 3
"""Signs for two bytes; one byte at the end takes two."""


def write_base45(data: bytes) -> str:
    """Return the signs."""
    return "".join(_signs(data[start : start + 2]) for start in range(0, len(data), 2))


def read_base45(text: str) -> bytes:
    """Return the bytes; raise `FormatError` (base45) for foreign signs, a wrong length or a group that is too large."""
    if any(sign not in _VALUES for sign in text):
        raise FormatError("base45", detail="a foreign sign")
    return b"".join(_bytes(text[start : start + _GROUP]) for start in range(0, len(text), _GROUP))


def _signs(pair: bytes) -> str:
    value, signs = int.from_bytes(pair, "big"), ""
    for _ in range(len(pair) + 1):
        value, rest = divmod(value, _BASE)
        signs += _SIGNS[rest]
    return signs


def _bytes(group: str) -> bytes:
    value = 0
    for sign in reversed(group):
        value = value * _BASE + _VALUES[sign]
    length = len(group) - 1
    if not length or value >= 1 << 8 * length:
        raise FormatError("base45", detail="a group of no value")
    return value.to_bytes(length, "big")
