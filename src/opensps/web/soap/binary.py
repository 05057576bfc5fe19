"""Octets of a base64Binary element, which the reader hands over as octets, or as a text in a file where it is long."""

import base64
import binascii

from opensps.exchange.contracts.errors import ContractBroken
from opensps.formats.xml_stream import LongText

_BLANKS = b" \t\r\n"


def octets_of(value: bytes | LongText) -> bytes:
    """Return the octets. Raises `ContractBroken` where a long text is no base64."""
    if isinstance(value, bytes):
        return value
    try:
        return base64.b64decode(value.whole().translate(None, _BLANKS), validate=True)
    except (binascii.Error, ValueError):
        raise ContractBroken("value", "base64Binary", "not a value of base64Binary") from None
