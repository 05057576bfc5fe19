"""What paper carries beside the text: salt, commitment, token, verification code, check address.

Source: `trust.md` 6.4 and 6.13. Everything follows from the certificate's salt, its number and its digest D;
there is no server secret. Symbols are Crockford base32 (no I, L, O, U).
"""

import hashlib
import re
import unicodedata
from collections.abc import Callable

SALT_LENGTH = 16
"""Bytes of a salt."""

TOKEN_LENGTH = 20
"""Symbols of a token: 100 bits."""

CODE_LENGTH = 12
"""Symbols of a verification code: 55 bits and a check symbol."""

_SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_VALUES = {symbol: value for value, symbol in enumerate(_SYMBOLS)}
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1"})
_SEPARATORS = re.compile(r"[\s\-_\u2010-\u2015\u2212\uff0d]+")
_FIELD_POLYNOMIAL = 0x25
_FIELD_SIZE = 0x20


class CodeTypo(ValueError):
    """A typed code or token has a wrong length, a foreign sign or a wrong check symbol: a typing error, not a check."""


def new_salt(random: Callable[[int], bytes]) -> bytes:
    """Return a fresh salt of 16 bytes from the given source of random bytes."""
    return random(SALT_LENGTH)


def commitment(salt: bytes, digest: bytes) -> bytes:
    """Return the salted commitment to a content digest D: 32 bytes."""
    return hashlib.sha256(b"ecert.doc/v1\n" + salt + digest).digest()


def handle(salt: bytes, *, issuer: str, number: str) -> bytes:
    """Return the handle of a certificate in status lists: 16 bytes."""
    return hashlib.sha256(b"ecert.status/v1\n" + salt + issuer.encode() + b"\n" + number.encode()).digest()[:16]


def token(salt: bytes, digest: bytes) -> str:
    """Return the token of the check address: 20 symbols, which say nothing about number or code."""
    return _symbols(hashlib.sha256(b"ecert.token/v1\n" + salt + digest).digest(), TOKEN_LENGTH)


def verification_code(salt: bytes, number: str) -> str:
    """Return the verification code of a number: 12 symbols, the last one a check symbol, without hyphens."""
    symbols = _symbols(hashlib.sha256(b"ecert.code/v1\n" + salt + number.encode()).digest(), CODE_LENGTH - 1)
    return symbols + _check_symbol(symbols)


def grouped(code: str) -> str:
    """Return a code as it is printed, in groups of four: ``0A1S-5HDR-ANA5``."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def parse_code(typed: str) -> str:
    """Return the 12 symbols of a typed verification code; case, blanks, hyphens and O, I, L are forgiven.

    Raises `CodeTypo` when it cannot be a code.
    """
    code = _folded(typed, CODE_LENGTH)
    if _check_symbol(code[:-1]) != code[-1]:
        raise CodeTypo("the check symbol does not fit")
    return code


def parse_token(typed: str) -> str:
    """Return the 20 symbols of a token, in any case, with or without hyphens; raise `CodeTypo` otherwise."""
    return _folded(typed, TOKEN_LENGTH)


def check_url(host: str, token: str) -> str:
    """Return the address printed as QR code, upper case so that the code stays small: ``HTTPS://HOST/C/TOKEN``."""
    return f"HTTPS://{host.upper()}/C/{token}"


def _folded(typed: str, length: int) -> str:
    """Return the symbols of what a person typed; raise `CodeTypo` unless there are exactly `length` of them."""
    wide = unicodedata.normalize("NFKC", typed[:200]).upper()
    digits = "".join(str(unicodedata.digit(sign)) if sign.isdigit() else sign for sign in wide)
    symbols = _SEPARATORS.sub("", digits).translate(_READ_AS)
    if len(symbols) != length or any(symbol not in _VALUES for symbol in symbols):
        raise CodeTypo(f"not {length} symbols")
    return symbols


def _symbols(digest: bytes, count: int) -> str:
    """Return the first `count` groups of five bits of a digest as symbols."""
    bits = int.from_bytes(digest)
    width = len(digest) * 8
    return "".join(_SYMBOLS[bits >> (width - 5 * (place + 1)) & 31] for place in range(count))


def _check_symbol(symbols: str) -> str:
    """Return the check symbol: for each value v, x becomes 2 * (x xor v) in GF(32)."""
    check = 0
    for symbol in symbols:
        check = (check ^ _VALUES[symbol]) << 1
        if check & _FIELD_SIZE:
            check ^= _FIELD_POLYNOMIAL
    return _SYMBOLS[check]
