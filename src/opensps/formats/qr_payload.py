"""The claims of a QR code: what the authority signs about a certificate for a check without a network.

Source: `trust.md` 6.13. CWT claims 1 issuer, 2 number, 6 issued, 4 valid until, and ours under -70001. Unknown claims
are ignored. A code is at most version 13 at level M: 267 bytes of COSE behind a host of 15 signs. Not here: whether
the signature holds and whose it is.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal

from opensps.formats import cbor, cose
from opensps.formats.errors import FormatError

MAX_MESSAGE = 267
"""Bytes of COSE_Sign1 that fit the 32 mm field of a layout with a check host of 15 signs (`ux.md` 5.7)."""

_CAPACITY = 334 * 8
"""Bits of a code of version 13 at level M (ISO/IEC 18004)."""

_HEADS = (4 + 11) + (4 + 16 + 8) + (4 + 11)
"""Bits of mode and count of its three segments, and of the number sign between them."""

_TWO_SIGNS = 11
"""Bits of two signs; a single one takes 6."""

MAX_GOODS = 3
MAX_NAME = 60
"""Signs of a name of goods."""

_ISSUER, _NUMBER, _VALID_UNTIL, _ISSUED, _OWN = 1, 2, 4, 6, -70001
_DIGEST, _TYPE, _COUNTRY, _GOODS, _POSITION, _SALT, _MARKS, _COPY, _PAGE, _BLOCK = range(1, 11)

_CODE = re.compile(r"[A-Z]{2}[A-Z0-9]?", re.ASCII)
_COUNTRY_CODE = re.compile(r"[A-Z]{2}", re.ASCII)
_IDENTIFIER = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 ./_:()#-]{0,58}[A-Za-z0-9).])?", re.ASCII)
_MAX_TEXT = 200
_MAX_COUNT = 99
_MAX_TIME = 253402300799
"""The last second of the year 9999."""

_Map = Mapping[cbor.Plain, cbor.Plain]


@dataclass(frozen=True, slots=True)
class GoodsLine:
    """One line of goods in a code."""

    name: str
    quantity: Decimal
    unit: str
    """UNECE Rec 20."""


@dataclass(frozen=True, slots=True)
class Claims:
    """What a code says about a certificate."""

    issuer: str
    """Authority code."""

    number: str
    issued_at: datetime
    """Whole seconds, UTC."""

    digest: bytes
    """D, 32 bytes."""

    type_code: str
    """UNCL 1001."""

    import_country: str
    """ISO 3166-1 alpha-2."""

    valid_until: datetime | None = None
    goods: tuple[GoodsLine, ...] = ()
    position: tuple[bytes, int] | None = None
    """Id of the log's key, 4 bytes, and index of the issue leaf. Proves nothing by itself."""

    salt: bytes | None = None
    """16 bytes; ours always have it."""

    marks: tuple[str, ...] = ()
    """Container and seal numbers."""

    copy: int | None = None
    page: tuple[int, int] | None = None
    """Page and pages."""

    block: str = ""
    """Number of the outage block."""


def room_behind(address: str) -> int:
    """Return how many bytes of COSE_Sign1 fit behind a check address in the largest code a layout has room for."""
    left = _CAPACITY - _HEADS - (len(address) * _TWO_SIGNS + 1) // 2
    signs = left * 2 // _TWO_SIGNS - 1  # the version takes one
    return min(signs * 5 // 8, MAX_MESSAGE)


def write_claims(claims: Claims) -> bytes:
    """Return the claims as they are signed."""
    own: dict[cbor.Plain, cbor.Plain] = {
        _DIGEST: claims.digest,
        _TYPE: int(claims.type_code),
        _COUNTRY: claims.import_country,
        _GOODS: tuple((each.name, _written(each.quantity), each.unit) for each in claims.goods) or None,
        _POSITION: claims.position,
        _SALT: claims.salt,
        _MARKS: claims.marks or None,
        _COPY: claims.copy,
        _PAGE: claims.page,
        _BLOCK: claims.block or None,
    }
    whole: dict[cbor.Plain, cbor.Plain] = {
        _ISSUER: claims.issuer,
        _NUMBER: claims.number,
        _ISSUED: int(claims.issued_at.timestamp()),
        _VALID_UNTIL: int(claims.valid_until.timestamp()) if claims.valid_until is not None else None,
        _OWN: {key: value for key, value in own.items() if value is not None},
    }
    return cbor.dumps({key: value for key, value in whole.items() if value is not None})


def sign_claims(claims: Claims, *, kid: bytes, sign: Callable[[bytes], bytes], limit: int = MAX_MESSAGE) -> bytes:
    """Return the signed claims within `limit` bytes: goods, then marks, are left out from the end until they fit.

    `sign` is asked once. Raises `FormatError` (too_large) where even the shortest does not fit.
    """
    fitting = fitted(claims, limit=limit)
    return cose.write_sign1(write_claims(fitting), kid=kid, sign=sign)


def fitted(claims: Claims, *, limit: int = MAX_MESSAGE) -> Claims:
    """Return the claims with as many goods and marks as fit."""
    whole = replace(claims, goods=claims.goods[:MAX_GOODS])
    shorter = [replace(whole, goods=whole.goods[:count]) for count in range(len(whole.goods), -1, -1)]
    shorter += [replace(shorter[-1], marks=whole.marks[:count]) for count in range(len(whole.marks) - 1, -1, -1)]
    for each in shorter:
        if _length(each) <= limit:
            return each
    raise FormatError("too_large", detail="the shortest claims do not fit")


def shortest(claims: Claims) -> Claims:
    """Return what the pages after the first carry: digest, salt, number, date, country, copy and page."""
    return replace(claims, goods=(), marks=(), position=None, valid_until=None)


def _length(claims: Claims) -> int:
    return len(cose.write_sign1(write_claims(claims), kid=bytes(8), sign=lambda _: bytes(64)))


def _written(quantity: Decimal) -> int | str:
    """Return a whole number as one, any other as plain decimal text."""
    return int(quantity) if quantity == quantity.to_integral_value() else f"{quantity:f}"


def read_claims(payload: bytes) -> Claims:
    """Return the claims.

    Raises `FormatError`: cbor; claims (missing or of another kind; `path` is its number), identifier, date, number.
    """
    whole = cbor.loads(payload)
    if not isinstance(whole, Mapping):
        raise FormatError("claims", detail="a map")
    own = _own(whole)
    return Claims(
        issuer=_matching(whole, _ISSUER, _CODE),
        number=_matching(whole, _NUMBER, _IDENTIFIER),
        issued_at=_time(whole, _ISSUED),
        valid_until=_time(whole, _VALID_UNTIL) if _VALID_UNTIL in whole else None,
        digest=_bytes(own, _DIGEST, 32),
        type_code=str(_count(own, _TYPE, 9999)),
        import_country=_matching(own, _COUNTRY, _COUNTRY_CODE),
        goods=tuple(_goods_line(each) for each in _array(own, _GOODS, MAX_GOODS)),
        position=_position(own),
        salt=_bytes(own, _SALT, 16) if _SALT in own else None,
        marks=tuple(_text(each, _MARKS) for each in _array(own, _MARKS, 100)),
        copy=_count(own, _COPY, 10**6) if _COPY in own else None,
        page=_page(own),
        block=_text(own[_BLOCK], _BLOCK) if _BLOCK in own else "",
    )


def _own(whole: _Map) -> _Map:
    own = whole.get(_OWN)
    if not isinstance(own, Mapping):
        raise FormatError("claims", path=str(_OWN))
    return own


def _matching(held: _Map, key: int, pattern: re.Pattern[str]) -> str:
    value = held.get(key)
    if not isinstance(value, str):
        raise FormatError("claims", path=str(key))
    if not pattern.fullmatch(value) or "  " in value:
        raise FormatError("identifier", path=str(key))
    return value


def _time(held: _Map, key: int) -> datetime:
    value = held.get(key)
    if not isinstance(value, int) or not 0 <= value <= _MAX_TIME:
        raise FormatError("date", path=str(key))
    return datetime.fromtimestamp(value, UTC)


def _bytes(held: _Map, key: int, length: int) -> bytes:
    value = held.get(key)
    if not isinstance(value, bytes) or len(value) != length:
        raise FormatError("claims", path=str(key))
    return value


def _count(held: _Map, key: int, most: int) -> int:
    value = held.get(key)
    if not isinstance(value, int) or not 0 <= value <= most:
        raise FormatError("claims", path=str(key))
    return value


def _array(held: _Map, key: int, most: int) -> tuple[cbor.Plain, ...]:
    value = held.get(key, ())
    if not isinstance(value, tuple) or len(value) > most:
        raise FormatError("claims", path=str(key))
    return value


def _text(value: cbor.Plain, key: int) -> str:
    """Return text that shows as it is; signs that change direction or hide are refused."""
    if not isinstance(value, str) or len(value) > _MAX_TEXT or not value.isprintable():
        raise FormatError("identifier", path=str(key))
    return value


def _goods_line(value: cbor.Plain) -> GoodsLine:
    if not isinstance(value, tuple) or len(value) != 3:  # noqa: PLR2004  name, quantity, unit
        raise FormatError("claims", path=str(_GOODS))
    name, quantity, unit = value
    return GoodsLine(_text(name, _GOODS), _quantity(quantity), _text(unit, _GOODS))


def _quantity(value: cbor.Plain) -> Decimal:
    written = str(value) if isinstance(value, int) else value
    if not isinstance(written, str) or not re.fullmatch(r"\d{1,20}(?:\.\d{1,20})?", written, re.ASCII):
        raise FormatError("number", path=str(_GOODS))
    return Decimal(written)


def _position(own: _Map) -> tuple[bytes, int] | None:
    if _POSITION not in own:
        return None
    match own[_POSITION]:
        case (bytes() as log, int() as index) if len(log) == 4 and 0 <= index < 1 << 63:  # noqa: PLR2004  a key id
            return log, index
    raise FormatError("claims", path=str(_POSITION))


def _page(own: _Map) -> tuple[int, int] | None:
    if _PAGE not in own:
        return None
    match own[_PAGE]:
        case (int() as page, int() as pages) if 1 <= page <= pages <= _MAX_COUNT:
            return page, pages
    raise FormatError("claims", path=str(_PAGE))
