"""The certificate as JSON: lossless for every value, drafts included; keys in the order of the model, absent left out.

Our own form, for drafts at rest and for machines (`architecture.md` 3). A member that has its default is left out.
Decimals are strings, bytes base64, moments ISO 8601; where a field may be one of two records, an outer member names
which: {"code": {...}}, {"text": {...}}, {"official_time": {...}}.

Errors: `FormatError` with a JSON pointer as path and the code json_syntax, json_limits, json_duplicate, json_member
(unknown or missing), json_type (another type expected) or json_value (right type, impossible value).
"""

import base64
import binascii
import json
import re
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from enum import Enum
from functools import cache
from typing import Any

from opensps.certificate import Certificate, ShapeError
from opensps.formats.decimals import plain
from opensps.formats.errors import FormatError

MAX_CHARACTERS = 16 * 1024 * 1024

Plain = Any
"""What `json` reads and writes: dict, list, str, int, bool."""

_UNIONS = (types.UnionType, typing.Union)

_Decoder = Callable[[Plain, str], Any]
_DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,6})?\Z", re.ASCII)


def dumps(value: Certificate) -> str:
    """Return the certificate as JSON text: the same value gives the same text."""
    return json.dumps(to_plain(value), ensure_ascii=False, separators=(",", ":"))


def loads(text: str) -> Certificate:
    """Return the certificate written by `dumps`; raise `FormatError` for anything else."""
    if len(text) > MAX_CHARACTERS:
        raise FormatError("json_limits", detail="too long")
    try:
        plain_value = json.loads(text, object_pairs_hook=_object, parse_constant=_no_constant)
    except RecursionError:
        raise FormatError("json_limits", detail="nested too deep") from None
    except ValueError as error:
        raise FormatError("json_syntax", line=getattr(error, "lineno", 0), detail=str(error)) from None
    return from_plain(plain_value)


def _object(pairs: list[tuple[str, Plain]]) -> dict[str, Plain]:
    """Return the members of one object; a name that comes twice is refused."""
    members: dict[str, Plain] = {}
    for name, value in pairs:
        if name in members:
            raise FormatError("json_duplicate", detail=name[:80])
        members[name] = value
    return members


def _no_constant(name: str) -> None:
    raise FormatError("json_syntax", detail=name)


def to_plain(value: Any) -> Plain:
    """Return the certificate, or any record of its model, as dictionaries, lists, strings, integers and booleans."""
    kind: Any = type(value)
    if kind is str:
        return value
    if kind is tuple:
        return [to_plain(item) for item in value]
    if not hasattr(kind, "__dataclass_fields__"):
        return _scalar(value)
    members = {}
    for name, default, is_union in _members(kind):
        inner = getattr(value, name)
        if inner is not None and inner != default:
            members[name] = _wrapped(inner) if is_union else to_plain(inner)
    return members


def _scalar(value: Any) -> Plain:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    return value


def _wrapped(value: Any) -> Plain:
    """Return a record that shares its place with another kind of record, under the name of its kind."""
    if isinstance(value, tuple):
        return [_wrapped(item) for item in value]
    kind: Any = type(value)
    return {_kind(kind): to_plain(value)}


@cache
def _kind(record: type) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", record.__name__).lower()


@cache
def _members(record: type) -> tuple[tuple[str, Any, bool], ...]:
    """Return name, default and whether it may hold records of several kinds, for every field of a record."""
    hints = typing.get_type_hints(record)
    return tuple((field.name, _default(field), len(_records_of(hints[field.name])) > 1) for field in fields(record))


def _default(field: Field[Any]) -> Any:
    return object() if field.default is MISSING else field.default


def _records_of(hint: Any) -> tuple[type, ...]:
    """Return the records a union or a tuple of a union may hold."""
    if typing.get_origin(hint) is tuple:
        return _records_of(typing.get_args(hint)[0])
    if typing.get_origin(hint) in _UNIONS:
        return tuple(one for one in typing.get_args(hint) if is_dataclass(one) and isinstance(one, type))
    return ()


def from_plain(plain_value: Plain) -> Certificate:
    """Return the certificate of what `to_plain` made; raise `FormatError` with a JSON pointer for anything else."""
    certificate: Certificate = _decoder(Certificate)(plain_value, "")
    return certificate


@cache
def _decoder(hint: Any) -> _Decoder:
    if typing.get_origin(hint) is tuple:
        return _tuple_decoder(_decoder(typing.get_args(hint)[0]))
    if typing.get_origin(hint) in _UNIONS:
        return _union_decoder(hint)
    if isinstance(hint, typing.NewType):
        return _decoder(hint.__supertype__)
    if is_dataclass(hint):
        return _record_decoder(typing.cast("type", hint))
    if issubclass(hint, Enum):
        return _built("a known word", str, hint)
    return _SCALARS[hint]


def _tuple_decoder(item: _Decoder) -> _Decoder:
    def decode(value: Plain, path: str) -> Any:
        if not isinstance(value, list):
            raise FormatError("json_type", path, detail="expected an array")
        return tuple(item(one, f"{path}/{index}") for index, one in enumerate(value))

    return decode


def _union_decoder(hint: Any) -> _Decoder:
    records = _records_of(hint)
    if len(records) < 2:  # noqa: PLR2004  one record or scalar, or None
        return _decoder(next(one for one in typing.get_args(hint) if one is not types.NoneType))
    kinds = {_kind(record): _decoder(record) for record in records}

    def decode(value: Plain, path: str) -> Any:
        if not isinstance(value, dict) or len(value) != 1 or next(iter(value)) not in kinds:
            raise FormatError("json_type", path, detail=f"expected one member of {', '.join(kinds)}")
        kind, inner = next(iter(value.items()))
        return kinds[kind](inner, f"{path}/{kind}")

    return decode


def _record_decoder(record: type) -> _Decoder:
    hints = typing.get_type_hints(record)
    decoders = {field.name: _decoder(hints[field.name]) for field in fields(record)}
    bare = [field.name for field in fields(record) if field.default is MISSING]
    absent = {name: None for name in bare if types.NoneType in typing.get_args(hints[name])}
    required = [name for name in bare if name not in absent]

    def decode(value: Plain, path: str) -> Any:
        if not isinstance(value, dict):
            raise FormatError("json_type", path, detail="expected an object")
        _check_members(value, path, decoders, required)
        read = {name: decoders[name](inner, f"{path}/{name}") for name, inner in value.items()}
        try:
            return record(**(absent | read))
        except (ShapeError, TypeError, ValueError, OverflowError) as error:
            raise FormatError("json_value", path, detail=str(error)) from None

    return decode


def _check_members(value: Mapping[str, Plain], path: str, known: Mapping[str, _Decoder], required: list[str]) -> None:
    for name in value:
        if name not in known:
            raise FormatError("json_member", f"{path}/{_escaped(name)}", detail="unknown")
    for name in required:
        if name not in value:
            raise FormatError("json_member", f"{path}/{name}", detail="missing")


def _escaped(name: str) -> str:
    """Return a member name as a step of a JSON pointer (RFC 6901, 3)."""
    return name[:80].replace("~", "~0").replace("/", "~1")


def _built(words: str, kind: type, make: Callable[[Any], Any]) -> _Decoder:
    """Return a decoder that takes one JSON type and makes a value of it."""

    def decode(value: Plain, path: str) -> Any:
        if type(value) is not kind:
            raise FormatError("json_type", path, detail=f"expected {words}")
        try:
            return make(value)
        except (ValueError, InvalidOperation, binascii.Error, OverflowError) as error:
            raise FormatError("json_value", path, detail=str(error)) from None

    return decode


def _text(value: str) -> str:
    value.encode("utf-8")
    return value


def _decimal(value: str) -> Decimal:
    if not _DECIMAL.match(value):
        raise ValueError("not a decimal")
    return Decimal(value)


def _moment(value: str) -> datetime:
    at = datetime.fromisoformat(value)
    if at.utcoffset() != timedelta(0):
        raise ValueError("not in UTC")
    return at.astimezone(UTC)


def _bytes(value: str) -> bytes:
    return base64.b64decode(value, validate=True)


_SCALARS: Mapping[Any, _Decoder] = {
    str: _built("a string", str, _text),
    int: _built("an integer", int, int),
    bool: _built("true or false", bool, bool),
    bytes: _built("base64", str, _bytes),
    Decimal: _built("a decimal in a string", str, _decimal),
    date: _built("a date", str, date.fromisoformat),
    datetime: _built("a moment", str, _moment),
}
