"""Base64 that has one writing for each value (RFC 4648, 3.5): no other alphabet, no missing padding, no loose bits."""

import base64

from opensps.formats.errors import NoteError


def write_base64(value: bytes) -> str:
    """Return standard base64 with padding."""
    return base64.b64encode(value).decode("ascii")


def read_base64(text: str) -> bytes:
    """Return the bytes; raise `NoteError` ``base64`` unless this text is exactly how they are written."""
    try:
        value = base64.b64decode(text, validate=True)
    except ValueError as exc:
        raise NoteError("base64") from exc
    if write_base64(value) != text:
        raise NoteError("base64", detail="not canonical")
    return value
