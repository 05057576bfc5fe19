"""What staff may see of a mail that was set aside, before anything of it is believed (`exchange.md` 4.7).

Nothing here is run, followed or shown as a page: names, sizes and plain text, with every sign that steers a screen or
turns the direction of writing replaced.
"""

import re
import unicodedata
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.header import decode_header, make_header

from opensps.exchange.mail.errors import MailQuarantined
from opensps.exchange.mail.structure import Part, read_parts

MAX_LINE = 200
MAX_TEXT = 2_000
MAX_SHOWN = 50

_FIELDS = ("from", "to", "subject", "date", "message-id", "auto-submitted", "sps-action", "sps-certificate")
_STEERING = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
"""Categories of Unicode that say something to a screen, not to a reader."""


@dataclass(frozen=True, slots=True)
class PartShown:
    """One part: its type and name as it calls itself, and how large it is."""

    kind: str
    name: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Preview:
    """A mail for the eyes of staff; empty where it cannot be taken apart."""

    fields: tuple[tuple[str, str], ...] = ()
    """Name and value, harmless, in a fixed order."""

    parts: tuple[PartShown, ...] = ()
    text: str = ""
    """The first plain text, or the beginning of what could not be taken apart."""


def preview(raw: bytes) -> Preview:
    """Return what may be shown of a mail; never raises for what it holds."""
    try:
        mail = read_parts(raw)
    except MailQuarantined:
        return Preview(text=harmless(raw[: 4 * MAX_TEXT].decode("utf-8", "replace"), MAX_TEXT))
    leaves = mail.leaves()[:MAX_SHOWN]
    return Preview(
        fields=tuple((name, harmless(_decoded(value), MAX_LINE)) for name in _FIELDS for value in mail.every(name)[:3]),
        parts=tuple(_shown(each) for each in leaves),
        text=next((_text(each) for each in leaves if each.kind.name == "text/plain"), ""),
    )


def harmless(text: str, longest: int) -> str:
    """Return text without signs that steer, lines kept, cut."""
    kept = (
        sign if sign == "\n" or unicodedata.category(sign) not in _STEERING else "\ufffd" for sign in text[:longest]
    )
    return "".join(kept)


def _decoded(value: str) -> str:
    """Return a header value with its encoded words decoded, as it is where they cannot be."""
    if "=?" not in value:
        return value
    try:
        return re.sub(r"\s+", " ", str(make_header(decode_header(value[: 4 * MAX_LINE]))))
    except (HeaderParseError, LookupError, ValueError):
        return value


def _shown(part: Part) -> PartShown:
    return PartShown(part.kind.name, harmless(part.kind.parameter("name"), MAX_LINE), len(part.body))


def _text(part: Part) -> str:
    try:
        return harmless(part.content()[: 4 * MAX_TEXT].decode("utf-8", "replace").replace("\r\n", "\n"), MAX_TEXT)
    except MailQuarantined:
        return ""
