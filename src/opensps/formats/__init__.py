"""Bytes to certificate and back: UN/CEFACT XML, JSON, PDF, QR; schema; safe parsing; the content digest.

Errors: `FormatError` is the room's only error; no error of lxml, expat or json crosses its border.
"""

from opensps.formats.digest import content_digest
from opensps.formats.errors import FormatError

__all__ = ["FormatError", "content_digest"]
