"""Values of simple types: text of the wire to Python and back (XML Schema part 2), with the facets of the tables.

Strings are kept exactly; everything else is read with blanks around it, and booleans in any case (`exchange.md` 1.6).
"""

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any

from opensps.exchange.contracts.errors import ContractBroken
from opensps.exchange.contracts.tables import XSD, Contract, SimpleType

_INTEGER = re.compile(r"[+-]?[0-9]{1,19}")
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BLANKS = b" \t\r\n"
_TRUE, _FALSE = frozenset({"true", "1"}), frozenset({"false", "0"})


def value_of(contract: Contract, type_name: str, text: str, path: str) -> Any:
    """Return the value a text stands for in a simple type; raise `ContractBroken` (value, range, length)."""
    held = contract.types.get(type_name)
    if not isinstance(held, SimpleType):
        return _read(type_name, text, path)
    value = value_of(contract, held.base, text, path)
    _check_facets(held, value, path)
    return value


def _read(type_name: str, text: str, path: str) -> Any:
    try:
        return _READERS[type_name](text)
    except (ValueError, InvalidOperation, binascii.Error):
        raise ContractBroken("value", path, f"not a value of {type_name.rpartition('}')[2]}") from None
    except OverflowError:
        raise ContractBroken("range", path, f"out of the range of {type_name.rpartition('}')[2]}") from None


def _check_facets(held: SimpleType, value: Any, path: str) -> None:
    if held.values and value not in held.values:
        raise ContractBroken("value", path, f"one of {' '.join(held.values)} is expected")
    if held.pattern and re.fullmatch(held.pattern, value) is None:
        raise ContractBroken("value", path, f"it does not have the form {held.pattern}")
    if isinstance(value, str) and not (held.shortest or 0) <= len(value) <= (held.longest or len(value)):
        raise ContractBroken("length", path, f"{held.shortest or 0} to {held.longest or 'any'} characters are expected")
    if isinstance(value, int) and not _is_within(held, value):
        raise ContractBroken("range", path, f"{held.lowest} to {held.highest} is expected")


def _is_within(held: SimpleType, value: int) -> bool:
    return (held.lowest is None or held.lowest <= value) and (held.highest is None or value <= held.highest)


def _collapsed(text: str) -> str:
    return " ".join(text.split())


def _integer(lowest: int, highest: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        stripped = text.strip()
        if _INTEGER.fullmatch(stripped) is None:
            raise ValueError
        value = int(stripped)
        if not lowest <= value <= highest:
            raise OverflowError
        return value

    return read


def _boolean(text: str) -> bool:
    word = text.strip().lower()
    if word not in _TRUE | _FALSE:
        raise ValueError
    return word in _TRUE


def _moment(text: str) -> datetime:
    """Return an aware time; one without an offset counts as UTC."""
    value = datetime.fromisoformat(text.strip())
    if "T" not in text:
        raise ValueError
    return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC)


def _language(text: str) -> str:
    stripped = text.strip()
    if _LANGUAGE.fullmatch(stripped) is None:
        raise ValueError
    return stripped


def _decimal(text: str) -> Decimal:
    value = Decimal(text.strip())
    if not value.is_finite() or "e" in text.lower():
        raise ValueError
    return value


def _binary(text: str) -> bytes:
    return base64.b64decode(text.encode("ascii").translate(None, _BLANKS), validate=True)


_BY_NAME: Mapping[str, Callable[[str], Any]] = MappingProxyType(
    {
        "string": str,
        "token": _collapsed,
        "language": _language,
        "int": _integer(-(2**31), 2**31 - 1),
        "long": _integer(-(2**63), 2**63 - 1),
        "positiveInteger": _integer(1, 2**63 - 1),
        "boolean": _boolean,
        "decimal": _decimal,
        "double": lambda text: float(text.strip()),
        "dateTime": _moment,
        "date": lambda text: date.fromisoformat(text.strip()[:10]),
        "base64Binary": _binary,
    }
)
_READERS = MappingProxyType({f"{{{XSD}}}{name}": read for name, read in _BY_NAME.items()})


def text_of(value: Any) -> str:
    """Return a value as its text on the wire, not yet escaped; what XML cannot hold becomes the replacement sign."""
    if isinstance(value, str):
        return value if value.isascii() and value.isprintable() else _ILLEGAL.sub("\ufffd", value)
    for kind, write in _WRITERS:
        if isinstance(value, kind):
            return write(value)
    return str(value)


_WRITERS: tuple[tuple[type, Callable[[Any], str]], ...] = (
    (bool, lambda value: "true" if value else "false"),
    (bytes, lambda value: base64.b64encode(value).decode("ascii")),
    (datetime, lambda value: value.astimezone(UTC).isoformat().replace("+00:00", "Z")),
    (date, lambda value: value.isoformat()),
    (Decimal, lambda value: format(value, "f")),
)
