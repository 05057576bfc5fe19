"""How the partner port reads a request: header fields strictly, a body in pieces, chunks into a file.

Source: RFC 9112. What two readers might read differently is refused: folded lines, lengths beside chunks, fields that
count once and are there twice. Fields by which a proxy would speak are thrown away: there is none before this port.
"""

import contextlib
import io
import tempfile
from collections.abc import Iterable
from typing import Any

HEAD_BYTES = 32_768
"""Of all header lines together."""

HEADERS = 100
_IN_MEMORY = 1_000_000
PIECE = 65_536
"""Read at once, octets."""

_CHUNK_LINE = 1_000
_TOLD_BY_PROXIES = (b"X-Forwarded-", b"Client-Cert", b"Forwarded", b"X-Real-Ip", b"Ssl-Client-")
_ONCE = (b"Content-Length", b"Transfer-Encoding", b"Host", b"Content-Type", b"Authorization")


class TooLarge(Exception):
    """A body has more octets than its address takes."""


class Body(io.RawIOBase):
    """A body of known length, taken from the connection in pieces; an end before that length is an `OSError`."""

    def __init__(self, source: Any) -> None:
        super().__init__()
        self._source = source

    def read(self, size: int | None = -1) -> bytes:
        """Return up to ``size`` octets, all that is left without one."""
        left: int = self._source.remaining
        wanted = left if size is None or size < 0 else min(size, left)
        return b"".join(self._pieces(wanted))

    def _pieces(self, wanted: int) -> Iterable[bytes]:
        while wanted > 0:
            piece = self._source.read(min(wanted, PIECE))
            if not piece:
                raise ConnectionError("the body ended early")
            wanted -= len(piece)
            yield piece


def read_chunks(source: Any, *, limit: int) -> Any:
    """Return a file with the body of chunks, at its beginning (RFC 9112, 7.1); trailers are thrown away.

    Raises `TooLarge`; ValueError for anything that is no chunk.
    """
    with contextlib.ExitStack() as stack:
        body = stack.enter_context(tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY))
        while size := _chunk_size(source.readline(_CHUNK_LINE)):
            if body.tell() + size > limit:
                raise TooLarge
            body.write(_exactly(source, size))
            if source.readline(_CHUNK_LINE) != b"\r\n":
                raise ValueError("a chunk does not end")
        _skip_trailers(source)
        body.seek(0)
        stack.pop_all()
        return body


def _skip_trailers(source: Any) -> None:
    for _ in range(HEADERS):
        if source.readline(_CHUNK_LINE) == b"\r\n":
            return
    raise ValueError("too many trailers")


def _chunk_size(line: bytes) -> int:
    digits = line.partition(b";")[0].strip()
    if not line.endswith(b"\r\n") or not digits or digits.strip(b"0123456789abcdefABCDEF") or len(digits) > 8:  # noqa: PLR2004 4 GiB
        raise ValueError("no size of a chunk")
    return int(digits, 16)


def _exactly(source: Any, size: int) -> bytes:
    pieces: list[bytes] = []
    while size > 0:
        pieces.append(source.read(min(size, PIECE)))
        if not pieces[-1]:
            raise ConnectionError("the body ended early")
        size -= len(pieces[-1])
    return b"".join(pieces)


class Headers:
    """Reads header fields: CRLF lines, no folding, nothing twice that counts once, nothing a proxy would say."""

    def __call__(self, rfile: Any, hdict: dict[bytes, bytes]) -> dict[bytes, bytes]:
        for _ in range(HEADERS + 1):
            line = rfile.readline()
            if line == b"\r\n":
                return self._checked(hdict)
            self._take(line, hdict)
        raise ValueError("Too many headers.")

    @staticmethod
    def _take(line: bytes, hdict: dict[bytes, bytes]) -> None:
        name, colon, value = line.partition(b":")
        if not line.endswith(b"\r\n") or not colon or not name or name.strip() != name:
            raise ValueError("Illegal header line.")
        name, value = name.title(), value.strip()
        if b"_" in name or name.startswith(_TOLD_BY_PROXIES):
            return
        if name in hdict and name in _ONCE:
            raise ValueError("A header is there twice.")
        hdict[name] = b", ".join((hdict[name], value)) if name in hdict else value

    @staticmethod
    def _checked(hdict: dict[bytes, bytes]) -> dict[bytes, bytes]:
        length = hdict.get(b"Content-Length", b"0")
        if not length.isdigit() or (b"Content-Length" in hdict and b"Transfer-Encoding" in hdict):
            raise ValueError("Malformed Content-Length Header.")
        return hdict
