"""Bytes to certificate and back: UN/CEFACT XML, JSON, PDF, QR; schema; safe parsing; the content digest.

Errors: `FormatError` is the room's only error; no error of lxml, expat or json crosses its border.
"""

from opensps.formats.carrying import CAPACITY_MESSAGES, as_carried, capacity
from opensps.formats.dialects import DIALECTS, Dialect, dialect_of
from opensps.formats.digest import content_digest
from opensps.formats.errors import FormatError
from opensps.formats.locating import Place, locate, locator
from opensps.formats.messages import GLYPH_TEMPLATE, READ_MESSAGES, REFUSED, REMEDIES, what_to_do
from opensps.formats.reading import Reading, read_certificate, read_element
from opensps.formats.schema import SCHEMA_TEMPLATE, schema_findings
from opensps.formats.validation import Validation, judged, validate
from opensps.formats.writing import write_acknowledgement, write_certificate

__all__ = [
    "DIALECTS",
    "MESSAGES",
    "READ_MESSAGES",
    "Dialect",
    "FormatError",
    "Place",
    "Reading",
    "Validation",
    "as_carried",
    "capacity",
    "content_digest",
    "dialect_of",
    "judged",
    "locate",
    "locator",
    "read_certificate",
    "read_element",
    "schema_findings",
    "validate",
    "what_to_do",
    "write_acknowledgement",
    "write_certificate",
]

MESSAGES = (
    *(message.template for message in READ_MESSAGES.values()),
    *CAPACITY_MESSAGES,
    SCHEMA_TEMPLATE,
    GLYPH_TEMPLATE,
    *REMEDIES,
    *REFUSED.values(),
)
"""Every sentence this room can say in a finding, as templates; the keys of their translations."""
