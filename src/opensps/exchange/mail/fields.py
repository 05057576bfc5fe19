"""The SPS-* fields of the signed part (`exchange.md` 4.2): one value, written and read.

Only the signed ones count; copies on the outer header are hints for people who look for a mail.
"""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass, fields
from enum import StrEnum
from types import MappingProxyType
from urllib.parse import quote, unquote

from opensps.exchange.mail.structure import Part

PROFILE = "1"
_PLAIN = "!\"#$&'()*+,-./:;<=>?@[\\]^_`{|}~"
"""Printable ASCII that stays as it is; the percent sign itself never does."""

_DIGEST = re.compile(r"sha-256=:([A-Za-z0-9+/]{43}=):")
_MAX_VALUE = 900


class Action(StrEnum):
    """What a message does."""

    ISSUE = "issue"
    REPLACE = "replace"
    WITHDRAW = "withdraw"
    STATUS = "status"
    COLLECT = "collect"
    ACKNOWLEDGE = "acknowledge"
    INQUIRY = "inquiry"


@dataclass(frozen=True, slots=True)
class SpsFields:
    """What the header of the signed part says; "" where a field is not given."""

    action: str = ""
    delivery: str = ""
    sender: str = ""
    """Connection code of the sender."""

    recipient: str = ""
    certificate: str = ""
    type_code: str = ""
    status_code: str = ""
    version: str = ""
    content_digest: str = ""
    """SHA-256 of the XML part, 64 hexadecimal digits."""

    result: str = ""
    """Of an acknowledgement: RECEIVED, RECEIVED_REMARKS, UNREADABLE or REJECTED (`exchange.md` 3.3)."""

    answers_delivery: str = ""
    profile: str = PROFILE


_NAMES = MappingProxyType(
    {
        "profile": "SPS-Profile",
        "action": "SPS-Action",
        "delivery": "SPS-Delivery",
        "sender": "SPS-From",
        "recipient": "SPS-To",
        "certificate": "SPS-Certificate",
        "type_code": "SPS-Type",
        "status_code": "SPS-Status",
        "version": "SPS-Version",
        "content_digest": "SPS-Content-Digest",
        "result": "SPS-Result",
        "answers_delivery": "SPS-In-Reply-To-Delivery",
    }
)


def sha256_hex(content: bytes) -> str:
    """Return the SHA-256 of content, 64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def written(value: SpsFields) -> tuple[tuple[str, str], ...]:
    """Return the fields that say something, as names and values ready for a header."""
    said = ((name, getattr(value, attribute)) for attribute, name in _NAMES.items())
    return tuple(
        (name, _digest_text(text) if name == "SPS-Content-Digest" else _escaped(text)) for name, text in said if text
    )


def read_fields(part: Part) -> SpsFields | None:
    """Return what the header of a part says; ``None`` without a profile of ours, or where a field stands twice."""
    values: dict[str, str] = {}
    for each in fields(SpsFields):
        found = part.every(_NAMES[each.name].lower())
        if len(found) > 1 or any(len(value) > _MAX_VALUE for value in found):
            return None
        values[each.name] = _plain(each.name, found[0]) if found else ""
    return SpsFields(**values) if values["profile"] == PROFILE else None


def _plain(attribute: str, value: str) -> str:
    if attribute != "content_digest":
        return unquote(value.strip(), errors="replace")
    found = _DIGEST.fullmatch(value.strip())
    try:
        return base64.b64decode(found[1], validate=True).hex() if found else "unreadable"
    except (binascii.Error, ValueError):
        return "unreadable"


def _escaped(value: str) -> str:
    return quote(value, safe=_PLAIN)


def _digest_text(hexadecimal: str) -> str:
    return f"sha-256=:{base64.b64encode(bytes.fromhex(hexadecimal)).decode('ascii')}:"
