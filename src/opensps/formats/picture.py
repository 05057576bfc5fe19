"""The QR codes in a photo: JPEG, PNG or WebP, read in memory with zxing-cpp.

Limits come before the decoder: bytes, kind, and pixels as the head of the file states them. Only brightness is looked
at; what else a picture holds, such as where it was taken, is never asked for. Errors are `FormatError`: too_large
(bytes or pixels) and picture (not one that is read, or damaged).
"""

import struct
import zlib
from io import BytesIO

import zxingcpp
from PIL import Image

from opensps.formats.errors import FormatError

MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 50_000_000
MAX_SIDE = 12_000
WORKING_SIDE = 4_000
"""Larger pictures are made smaller first: a printed code fills more than a tenth of a useful photo."""

MAX_TEXT = 4096
_QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
_KINDS = ("JPEG", "PNG", "WEBP")
_STARTS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
_BROKEN = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    IndexError,
    KeyError,
    TypeError,
    OverflowError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)
"""What the decoders raise on damaged pictures."""


def is_picture(data: bytes) -> bool:
    """Return whether a file begins as a picture that is read here."""
    return data.startswith(_STARTS) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP")


def codes_in(data: bytes) -> tuple[str, ...]:
    """Return the texts of the QR codes in a picture, each once; none where none is found. Raises `FormatError`."""
    if len(data) > MAX_BYTES:
        raise FormatError("too_large")
    if not is_picture(data):
        raise FormatError("picture", detail="JPEG, PNG or WebP")
    picture = _brightness(data)
    found = zxingcpp.read_barcodes(picture, formats=_QR)
    return tuple(dict.fromkeys(each.text for each in found if each.text and len(each.text) <= MAX_TEXT))


def _brightness(data: bytes) -> Image.Image:
    try:
        with Image.open(BytesIO(data), formats=_KINDS) as opened:
            width, height = opened.size
            if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
                raise FormatError("too_large", detail=f"{width} by {height}")
            opened.draft("L", (WORKING_SIDE, WORKING_SIDE))  # a JPEG is decoded no larger than needed
            grey = opened.convert("L")
    except _BROKEN:
        raise FormatError("picture", detail="damaged") from None
    grey.thumbnail((WORKING_SIDE, WORKING_SIDE))
    return grey
