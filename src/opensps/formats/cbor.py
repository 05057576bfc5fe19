"""Deterministic CBOR, written and read: the one form of RFC 8949 4.2.1 and nothing beside it.

Only integers of 64 bits, byte strings, text, arrays, maps and null, and one tag in front where the caller names it
(`trust.md` 6.13). Every other spelling of the same data is refused, so that what was signed can be read in one way
only. Not here: floats, booleans, indefinite lengths, big numbers, and what any of it means.
"""

from collections.abc import Mapping

from opensps.formats.errors import FormatError

MAX_DEPTH = 8
"""Arrays and maps inside each other, the outermost counted."""

Plain = int | bytes | str | None | tuple["Plain", ...] | Mapping["Plain", "Plain"]
"""What can be written and read. Arrays are tuples; the keys of a map are integers, bytes or text."""

_UNSIGNED, _NEGATIVE, _BYTES, _TEXT, _ARRAY, _MAP, _TAG, _SIMPLE = range(8)
_NULL = 22
_LENGTHS = {24: 1, 25: 2, 26: 4, 27: 8}
"""Additional information -> bytes of the number that follows."""

_LEAST = {24: 24, 25: 1 << 8, 26: 1 << 16, 27: 1 << 32}
"""Additional information -> the smallest number that may be written so."""

_MAX = 1 << 64


def dumps(value: Plain, *, tag: int | None = None) -> bytes:
    """Return the one encoding of a value; raise `FormatError` (cbor) for what has none here."""
    return (_head(_TAG, tag) if tag is not None else b"") + _encoded(value)


def loads(data: bytes, *, tag: int | None = None) -> Plain:
    """Return the value of exactly these bytes; with `tag` that tag must stand in front of it.

    Raises `FormatError` with code ``cbor``; ``path`` is the place in bytes.
    """
    reader = _Reader(data)
    if tag is not None and reader.head() != (_TAG, tag):
        raise _refused(0, f"tag {tag} expected")
    value = reader.value(depth=0)
    if reader.place != len(data):
        raise _refused(reader.place, "something follows")
    return value


def _refused(place: int, why: str) -> FormatError:
    return FormatError("cbor", path=str(place), detail=why)


def _head(major: int, number: int) -> bytes:
    if number < _LEAST[24]:
        return bytes([major << 5 | number])
    for info in (27, 26, 25, 24):
        if _MAX > number >= _LEAST[info]:
            return bytes([major << 5 | info]) + number.to_bytes(_LENGTHS[info], "big")
    raise _refused(0, "a number of more than 64 bits")


def _encoded(value: Plain) -> bytes:
    match value:
        case None:
            return _head(_SIMPLE, _NULL)
        case bool():
            raise _refused(0, "no truth values")
        case int():
            return _head(_UNSIGNED, value) if value >= 0 else _head(_NEGATIVE, -1 - value)
        case bytes():
            return _head(_BYTES, len(value)) + value
        case str():
            encoded = value.encode()
            return _head(_TEXT, len(encoded)) + encoded
        case tuple():
            return _head(_ARRAY, len(value)) + b"".join(map(_encoded, value))
        case Mapping():
            pairs = sorted((_encoded(key), _encoded(each)) for key, each in value.items())
            return _head(_MAP, len(pairs)) + b"".join(key + each for key, each in pairs)
    raise _refused(0, f"no form for {type(value).__name__}")


class _Reader:
    """Reads from front to back; never takes more than is there, never goes deeper than `MAX_DEPTH`."""

    def __init__(self, data: bytes) -> None:
        self.data, self.place = data, 0

    def take(self, count: int) -> bytes:
        """Return the next bytes."""
        if count > len(self.data) - self.place:
            raise _refused(self.place, "cut short")
        self.place += count
        return self.data[self.place - count : self.place]

    def head(self) -> tuple[int, int]:
        """Return major type and number, which must be written as short as it can be."""
        first = self.take(1)[0]
        major, info = first >> 5, first & 31
        if info < _LEAST[24]:
            return major, info
        if info not in _LENGTHS:
            raise _refused(self.place, "an indefinite length")
        number = int.from_bytes(self.take(_LENGTHS[info]), "big")
        if number < _LEAST[info]:
            raise _refused(self.place, "a number written longer than it is")
        return major, number

    def value(self, *, depth: int) -> Plain:
        """Return the next value; arrays and maps count as one step down."""
        major, number = self.head()
        if major in (_ARRAY, _MAP):
            if depth == MAX_DEPTH:
                raise _refused(self.place, "too deep")
            return self.array(number, depth=depth + 1) if major == _ARRAY else self.map(number, depth=depth + 1)
        if major in (_UNSIGNED, _NEGATIVE):
            return number if major == _UNSIGNED else -1 - number
        if major in (_BYTES, _TEXT):
            return self.take(number) if major == _BYTES else self.text(number)
        if (major, number) != (_SIMPLE, _NULL):
            raise _refused(self.place, "a tag, a float or a truth value")
        return None

    def text(self, length: int) -> str:
        """Return text."""
        try:
            return self.take(length).decode()
        except UnicodeDecodeError:
            raise _refused(self.place, "not UTF-8") from None

    def array(self, count: int, *, depth: int) -> tuple[Plain, ...]:
        """Return an array; every element takes a byte at least."""
        self.room_for(count)
        return tuple(self.value(depth=depth) for _ in range(count))

    def map(self, count: int, *, depth: int) -> Mapping[Plain, Plain]:
        """Return a map whose keys stand in order, each once."""
        self.room_for(2 * count)
        found: dict[Plain, Plain] = {}
        former = b""
        for _ in range(count):
            start = self.place
            key = self.value(depth=depth)
            written = self.data[start : self.place]
            if not isinstance(key, int | bytes | str):
                raise _refused(start, "a key that is no number, bytes or text")
            if written <= former:
                raise _refused(start, "keys out of order")
            former = written
            found[key] = self.value(depth=depth)
        return found

    def room_for(self, count: int) -> None:
        """Refuse a count that the rest of the data cannot hold, before anything is made of it."""
        if count > len(self.data) - self.place:
            raise _refused(self.place, "cut short")
