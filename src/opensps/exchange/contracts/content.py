"""What `Content` holds: a certificate as text, in a CDATA section, or as base64 (`exchange.md` 1.6).

Decoded once, never twice. It does not judge what the bytes are; text that is neither XML nor base64 of XML stays as
it came, so that whoever reads it can say what is wrong with it.
"""

import base64
import binascii
import codecs
import re

_BLANK = " \t\r\n\ufeff"
_BLANK_BYTES = b" \t\r\n"
_UTF_8_MARK = b"\xef\xbb\xbf"
_BEGINNINGS = (b"<", b"\xff\xfe<\0", b"\xfe\xff\0<")
"""How XML begins: in UTF-8, and in both orders of UTF-16."""

_ILLEGAL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]")
_END = re.compile(rb"[^ \t\r\n]\n?\Z")
_PIECE = 262_144
_ENCODING = re.compile(rb"(\A<\?xml\s[^>]{0,100}?encoding\s*=\s*)(?:'[^'>]{0,40}'|\"[^\">]{0,40}\")")
_UTF_8 = re.compile(rb"encoding\s*=\s*['\"][Uu][Tt][Ff]-?8['\"]")


def content_bytes(text: str | bytes) -> bytes:
    """Return the bytes of the certificate a text carries; never raises, and b"" for an empty one.

    Text was already decoded, so it is UTF-8 here whatever its declaration says of another encoding; the declaration
    is made to say so. Blanks around it go, but for the line end our own signed bytes finish with. `bytes` are the
    text in UTF-8, for long ones. Base64 gives the bytes inside exactly.
    """
    data = _from_mark(text)
    if data.startswith(b"<"):
        return _as_utf_8(_ended(data))
    inside = _from_base64(data)
    return data.rstrip(_BLANK_BYTES) if inside is None else inside


def as_content(data: bytes) -> bytes:
    """Return the text that carries a document: itself where every octet survives as text, else base64 of it."""
    return data if _survives(data) else base64.b64encode(data)


def _survives(data: bytes) -> bool:
    head, end = data[:200], data[-10:]
    found = _ENCODING.match(head)
    is_utf_8 = found is None or _UTF_8.search(found[0]) is not None
    if not (is_utf_8 and data.startswith(b"<") and _END.search(end)) or _ILLEGAL.search(data):
        return False
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for at in range(0, len(data), _PIECE):
            decoder.decode(data[at : at + _PIECE])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _from_mark(text: str | bytes) -> bytes:
    """Return the text in UTF-8 from its first sign on, without blanks and byte order mark before it."""
    if isinstance(text, str):
        return text.lstrip(_BLANK).encode("utf-8", "replace")
    return text.lstrip(_BLANK_BYTES).removeprefix(_UTF_8_MARK).lstrip(_BLANK_BYTES)


def _ended(data: bytes) -> bytes:
    """Return a document with at most one line end behind it."""
    kept = data.rstrip(_BLANK_BYTES)
    return kept + b"\n" if data[len(kept) :].startswith((b"\n", b"\r\n")) else kept


def _as_utf_8(data: bytes) -> bytes:
    """Return text with the declaration it deserves."""
    head = data[:200]
    found = _ENCODING.match(head)
    if found is None or _UTF_8.search(found[0]):
        return data
    return found[1] + b'"UTF-8"' + data[found.end() :]


def _from_base64(data: bytes) -> bytes | None:
    """Return the document that strict base64 holds; `None` for anything else."""
    try:
        inside = base64.b64decode(data.translate(None, _BLANK_BYTES), validate=True)
    except (binascii.Error, ValueError):
        return None
    return inside if inside[:100].removeprefix(_UTF_8_MARK).lstrip(_BLANK_BYTES).startswith(_BEGINNINGS) else None
