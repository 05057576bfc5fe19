"""A mail as a tree of parts over its exact bytes, read with limits before anything else (`exchange.md` 4.7, step 1).

Own and small on purpose: what a signature covers are bytes between boundaries, and readers made for people's mail
spend seconds on ten thousand parts and fall over nesting (`reliability.md` 3.3). Nothing here decodes text for display.
"""

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from opensps.exchange.mail.errors import MailQuarantined, Reason
from opensps.exchange.mail.words import ContentType, content_type

MAX_BYTES = 10 * 1024 * 1024
MAX_FIELDS = 200
"""Header fields of one part."""

MAX_HEADER_BYTES = 64 * 1024
MAX_PARTS = 50
MAX_DEPTH = 5
MAX_LINE = 998
_MAX_BOUNDARY = 70

CRLF = b"\r\n"
_NAME = re.compile(rb"[!-9;-~]{1,100}")
_SINGLE = frozenset({"content-type", "content-transfer-encoding", "from", "message-id", "mime-version"})
_CODINGS = frozenset({"7bit", "8bit", "binary", "base64", "quoted-printable"})


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a mail, the mail itself being the outermost one."""

    fields: tuple[tuple[str, str], ...]
    """Header fields in order: lower-case name, unfolded and trimmed value; bytes beyond ASCII are shown as U+FFFD."""

    raw: bytes
    """Header, empty line and body, exactly as they lie between the boundaries."""

    body: bytes
    kind: ContentType
    parts: tuple["Part", ...] = ()

    def every(self, name: str) -> tuple[str, ...]:
        """Return the values of the fields of this name (lower case), in order."""
        return tuple(value for found, value in self.fields if found == name)

    def first(self, name: str) -> str:
        """Return the value of the first field of this name, "" if there is none."""
        return next(iter(self.every(name)), "")

    def leaves(self) -> tuple["Part", ...]:
        """Return the parts that hold content, in order."""
        return tuple(leaf for part in self.parts for leaf in part.leaves()) if self.parts else (self,)

    def content(self) -> bytes:
        """Return the decoded body; raise `MailQuarantined` (STRUCTURE) where its encoding is broken or not known."""
        coding = self.first("content-transfer-encoding").lower() or "7bit"
        if coding == "quoted-printable":
            return binascii.a2b_qp(self.body)
        if coding != "base64":
            return self.body
        try:
            return base64.b64decode(self.body.translate(None, b" \t\r\n"), validate=True)
        except (binascii.Error, ValueError):
            raise _broken("a part is not in the base64 it declares") from None


@dataclass(slots=True)
class _Budget:
    """How many parts may still be read."""

    parts: int = field(default=MAX_PARTS)

    def take(self) -> None:
        self.parts -= 1
        if self.parts < 0:
            raise _broken(f"more than {MAX_PARTS} parts")


def read_parts(raw: bytes) -> Part:
    """Return the tree of a mail; raise `MailQuarantined` (STRUCTURE) beyond the limits or for broken structure."""
    if len(raw) > MAX_BYTES:
        raise _broken(f"more than {MAX_BYTES} bytes")
    if b"\0" in raw:
        raise _broken("a NUL byte")
    ends = raw.count(CRLF)
    if raw.count(b"\r") != ends or raw.count(b"\n") != ends:
        raise _broken("a line end that is not CRLF")
    if _has_long_line(raw):
        raise _broken(f"a line longer than {MAX_LINE} bytes")
    return read_entity(raw)


def _has_long_line(raw: bytes) -> bool:
    """Look for the last line end within reach, and go on from there: a few steps for each thousand bytes."""
    start, reach = 0, MAX_LINE + len(CRLF)
    while len(raw) - start > MAX_LINE:
        end = raw.rfind(b"\n", start, start + reach)
        if end < 0:
            return True
        start = end + 1
    return False


def read_entity(raw: bytes) -> Part:
    """Return the tree of an entity already within the limits of bytes and lines: a decrypted or a signed one."""
    return _part(raw, _Budget(), depth=1)


def _part(raw: bytes, budget: _Budget, *, depth: int) -> Part:
    if depth > MAX_DEPTH:
        raise _broken(f"parts nested deeper than {MAX_DEPTH}")
    budget.take()
    header, body = _divided(raw)
    fields = _fields(header)
    _check_single(fields)
    kind = content_type(next((value for name, value in fields if name == "content-type"), ""))
    if kind is None:
        raise _broken("a Content-Type that cannot be read")
    coding = next((value for name, value in fields if name == "content-transfer-encoding"), "7bit").lower()
    if coding not in _CODINGS:
        raise _broken("an unknown transfer encoding")
    if kind.main != "multipart":
        return Part(fields, raw, body, kind)
    if coding in {"base64", "quoted-printable"}:
        raise _broken("an encoded multipart")
    inner = tuple(_part(each, budget, depth=depth + 1) for each in _between(body, kind.parameter("boundary"), budget))
    return Part(fields, raw, body, kind, inner)


def _divided(raw: bytes) -> tuple[bytes, bytes]:
    """Return header, with its last line end, and body."""
    if raw.startswith(CRLF):
        return b"", raw[2:]
    end = raw.find(CRLF + CRLF, 0, MAX_HEADER_BYTES + 4)
    if end >= 0:
        return raw[: end + 2], raw[end + 4 :]
    if len(raw) > MAX_HEADER_BYTES:
        raise _broken(f"a header of more than {MAX_HEADER_BYTES} bytes")
    return raw, b""


def _fields(header: bytes) -> tuple[tuple[str, str], ...]:
    lines = header.removesuffix(CRLF).split(CRLF) if header else []
    found: list[list[bytes]] = []
    for line in lines:
        if line[:1] in {b" ", b"\t"} and found:
            found[-1].append(line)
        else:
            found.append([line])
    if len(found) > MAX_FIELDS:
        raise _broken(f"more than {MAX_FIELDS} header fields")
    return tuple(_field(b"".join(each)) for each in found)


def _field(line: bytes) -> tuple[str, str]:
    name, colon, value = line.partition(b":")
    if not colon or not _NAME.fullmatch(name.rstrip(b" \t")):
        raise _broken("a header line without a name")
    return name.rstrip(b" \t").decode("ascii").lower(), value.strip(b" \t").decode("ascii", "replace")


def _check_single(fields: tuple[tuple[str, str], ...]) -> None:
    names = [name for name, _value in fields if name in _SINGLE and name != "from"]
    if len(names) != len(set(names)):
        raise _broken("a header field twice that may stand once")


def _between(body: bytes, boundary: str, budget: _Budget) -> list[bytes]:
    """Return the parts between the delimiter lines; what stands before the first and after the last is nothing."""
    if not 1 <= len(boundary) <= _MAX_BOUNDARY or not boundary.isascii() or boundary != boundary.rstrip():
        raise _broken("a boundary that is none")
    found: list[bytes] = []
    start = -1
    for before, after, is_last in _delimiters(body, b"--" + boundary.encode("ascii")):
        if start >= 0:
            found.append(body[start:before])
            if len(found) > budget.parts:
                raise _broken(f"more than {MAX_PARTS} parts")
        if is_last:
            return found
        start = after
    raise _broken("a multipart that does not end")


def _delimiters(body: bytes, mark: bytes) -> Iterator[tuple[int, int, bool]]:
    """Yield each delimiter line: where what is before it ends, what is after it begins, whether it is the last."""
    at = body.find(mark)
    while at >= 0:
        end = at + len(mark)
        if at == 0 or body[at - 2 : at] == CRLF:
            is_last = body.startswith(b"--", end)
            line_end = body.find(CRLF, end)
            line_end = len(body) if line_end < 0 else line_end
            if not body[end + 2 * is_last : line_end].strip(b" \t"):
                yield max(at - 2, 0), line_end + 2, is_last
        at = body.find(mark, end)


def _broken(detail: str) -> MailQuarantined:
    return MailQuarantined(Reason.STRUCTURE, detail)
