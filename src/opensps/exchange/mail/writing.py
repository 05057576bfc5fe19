"""Entities of a mail as bytes: CRLF, lines of at most 76 columns, base64 or quoted-printable, nothing else.

What is written here is signed and sent as these bytes; nothing is rendered a second time (`exchange.md` 4.1). The same
input gives the same bytes: boundaries come from the caller.
"""

import base64
import re
from collections.abc import Iterable

from opensps.exchange.mail.errors import MailNotBuilt

COLUMNS = 76
CRLF = b"\r\n"

_VALUE = re.compile(r"[ -~]{1,900}")
_PLAIN = frozenset(range(32, 127)) - {ord("=")} | {ord("\t")}
_PARAMETER = re.compile(r"[A-Za-z0-9._-]{1,120}")


def header(fields: Iterable[tuple[str, str]]) -> bytes:
    """Return header fields as lines, folded at spaces; raise `MailNotBuilt` (field) for what a field cannot hold."""
    return b"".join(_line(name, value) for name, value in fields)


def _line(name: str, value: str) -> bytes:
    if not _VALUE.fullmatch(value):
        raise MailNotBuilt("field", name)
    lines, current = [], f"{name}:"
    for word in value.split(" "):
        if len(current) + 1 + len(word) > COLUMNS and current:
            lines.append(current)
            current = ""
        current += f" {word}"
    return CRLF.join(each.encode("ascii") for each in (*lines, current)) + CRLF


def entity(fields: Iterable[tuple[str, str]], body: bytes) -> bytes:
    """Return a part: header, empty line, body; its last line has no line end, for that belongs to the boundary."""
    return header(fields) + CRLF + body


def text_part(text: str) -> bytes:
    """Return a part of plain text in quoted-printable."""
    lines = (_quoted(line) for line in text.split("\n"))
    fields = (("Content-Type", "text/plain; charset=utf-8"), ("Content-Transfer-Encoding", "quoted-printable"))
    return entity(fields, CRLF.join(lines))


def _quoted(line: str) -> bytes:
    """Return a line in quoted-printable; what mail servers alter at its beginning or end is written as a code."""
    data = line.encode("utf-8")
    lines, current = [], b""
    for place, byte in enumerate(data):
        sign = _sign(byte, is_first=not current, is_last=place == len(data) - 1)
        if len(current) + len(sign) > COLUMNS - 1:
            lines.append(current + b"=")
            sign, current = _sign(byte, is_first=True, is_last=place == len(data) - 1), b""
        current += sign
    return CRLF.join((*lines, current))


def _sign(byte: int, *, is_first: bool, is_last: bool) -> bytes:
    is_plain = byte in _PLAIN and not (is_first and byte in b".F") and not (is_last and byte in b" \t")
    return bytes((byte,)) if is_plain else b"=%02X" % byte


def file_part(kind: str, name: str, data: bytes) -> bytes:
    """Return a part that carries a file in base64; raise `MailNotBuilt` (field) for a name with other signs."""
    if not _PARAMETER.fullmatch(name):
        raise MailNotBuilt("field", "name")
    fields = (
        ("Content-Type", f'{kind}; name="{name}"' if "charset" not in kind else kind),
        ("Content-Transfer-Encoding", "base64"),
        ("Content-Disposition", f'attachment; filename="{name}"'),
    )
    return entity(fields, base64_lines(data))


def base64_lines(data: bytes) -> bytes:
    """Return data in base64, lines of 76 columns, without a line end at the end."""
    text = base64.b64encode(data)
    return CRLF.join(text[at : at + COLUMNS] for at in range(0, len(text), COLUMNS))


def multipart(parts: Iterable[bytes], boundary: str) -> bytes:
    """Return the body of a multipart: each part between its boundaries, exactly as it is."""
    mark = b"--" + boundary.encode("ascii")
    return b"".join(mark + CRLF + part + CRLF for part in parts) + mark + b"--" + CRLF
