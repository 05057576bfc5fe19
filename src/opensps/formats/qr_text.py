"""What a printed code says: a check address, with signed claims behind `#1`; or the claims alone (`trust.md` 6.13).

    HTTPS://V.ECERT.EXAMPLE/C/<token>#1<base32 of COSE_Sign1>     printed
    HTTPS://V.ECERT.EXAMPLE/C/<token>                             labels: online only
    EC1:<base45 of zlib of COSE_Sign1>                            read, never printed

Whose host it is, and what the claims say, is asked elsewhere. Errors: `FormatError`.
"""

import base64
import re
import zlib
from dataclasses import dataclass

from opensps.formats.base45 import read_base45, write_base45
from opensps.formats.carriers import CodeTypo, check_url, parse_token
from opensps.formats.errors import FormatError

MAX_TEXT = 4096
MAX_INFLATED = 64 * 1024

_BARE = "EC1:"
_VERSION = "1"
_ADDRESS = re.compile(
    r"(?i:https)://(?P<host>[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?(?::\d{1,5})?|\[[0-9A-Fa-f:]{2,39}\](?::\d{1,5})?)"
    r"/C/(?P<token>[0-9A-Za-z-]{20,24})(?:#(?P<fragment>.*))?",
    re.ASCII,
)
_BASE32 = re.compile(r"[A-Z2-7]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class ScannedCode:
    """The parts of a code, none of them believed yet."""

    message: bytes | None
    """The COSE_Sign1; ``None`` in a plain link."""

    host: str = ""
    """In small letters, with its port if it names one; empty in the bare form."""

    token: str = ""
    """20 symbols; empty in the bare form."""


def write_code(message: bytes, *, host: str, token: str) -> str:
    """Return the text of the printed code: every sign but ``#`` is in the compact mode of QR codes."""
    written = base64.b32encode(message).decode().rstrip("=")
    return f"{check_url(host, token)}#{_VERSION}{written}"


def write_bare(message: bytes) -> str:
    """Return the bare form, for apps and tests."""
    return _BARE + write_base45(zlib.compress(message, 9))


def read_code(text: str) -> ScannedCode:
    """Return the parts of a code.

    Raises `FormatError`: too_large, address (none of the three forms), version, base32, base45, zlib.
    """
    if len(text) > MAX_TEXT:
        raise FormatError("too_large")
    if text.startswith(_BARE):
        return ScannedCode(_inflated(read_base45(text.removeprefix(_BARE))))
    found = _ADDRESS.fullmatch(text)
    if found is None:
        raise FormatError("address")
    try:
        token = parse_token(found["token"])
    except CodeTypo:
        raise FormatError("address", detail="no token") from None
    fragment = found["fragment"]
    return ScannedCode(_message(fragment) if fragment is not None else None, found["host"].lower(), token)


def _message(fragment: str) -> bytes:
    if not fragment.startswith(_VERSION):
        raise FormatError("version")
    written = fragment.removeprefix(_VERSION)
    if not _BASE32.fullmatch(written):
        raise FormatError("base32")
    try:
        message = base64.b32decode(written + "=" * (-len(written) % 8))
    except ValueError:
        raise FormatError("base32", detail="a length no bytes have") from None
    if base64.b32encode(message).decode().rstrip("=") != written:
        raise FormatError("base32", detail="loose bits")
    return message


def _inflated(packed: bytes) -> bytes:
    inflater = zlib.decompressobj()
    try:
        data = inflater.decompress(packed, MAX_INFLATED + 1)
    except zlib.error:
        raise FormatError("zlib") from None
    if len(data) > MAX_INFLATED or not inflater.eof or inflater.unused_data:
        raise FormatError("zlib", detail="cut short, too large, or followed by something")
    return data
