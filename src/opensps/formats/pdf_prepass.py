"""A look at the bytes of a PDF before a library opens it: how its streams are packed (`reliability.md` 3.4).

The library unpacks cross-reference and object streams while it opens a file, and some ways of packing make one octet
a thousand. So every `/Filter` must say outright, by names from a short list, how its stream is packed; the list leaves
out what the library unpacks without a limit (LZW, run lengths). For the rest the library gets limits, process-wide and
once, when this module is loaded.
"""

import re

import pikepdf

from opensps.formats.errors import FormatError

MAX_UNPACKED_BYTES = 8 * 1024 * 1024
"""Of one cross-reference or object stream; those of a certificate of 200 lines have far less."""

_NAMES = (
    r"FlateDecode|DCTDecode|ASCIIHexDecode|ASCII85Decode|CCITTFaxDecode|JBIG2Decode|JPXDecode|Crypt|Standard"
    r"|Adobe\.PPKLite"
)
"""The last two are no packing: they name who encrypted or signed a file."""

_SPACE = r"[\x00\t\n\f\r ]*"
_NAME = rf"/(?:{_NAMES})(?![^\x00\t\n\f\r ()<>\[\]{{}}/%])"
_PLAIN = re.compile(rf"{_SPACE}(?:{_NAME}|\[{_SPACE}(?:{_NAME}{_SPACE})?\])".encode())


def _spelled(name: str) -> bytes:
    """Return the pattern of a name in every spelling: each sign may be written as ``#`` and two hex digits."""
    return b"".join(f"(?:{sign}|#(?i:{ord(sign):02x}))".encode() for sign in name)


_FILTER = re.compile(b"/" + _spelled("Filter") + rb"(?![A-Za-z0-9])")

pikepdf.settings.set_qpdf_limits(
    flate_max_memory=MAX_UNPACKED_BYTES,
    png_max_memory=MAX_UNPACKED_BYTES,
    tiff_max_memory=MAX_UNPACKED_BYTES,
    run_length_max_memory=MAX_UNPACKED_BYTES,
    dct_max_memory=MAX_UNPACKED_BYTES,
    max_stream_filters=1,
)


def look_through(data: bytes) -> None:
    """Raise `FormatError` (limits) where a stream is packed in a way, or says so in a way, that we do not read."""
    for found in _FILTER.finditer(data):
        if _PLAIN.match(data, found.end()) is None:
            raise FormatError("limits", path="", detail="a stream is packed in a way we do not read")
