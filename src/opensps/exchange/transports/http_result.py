"""What a call over HTTPS ends in: an answer, or one of three ways to have none. All are values; nothing is raised.

Source: `exchange.md` 8.2: what has certainly not been sent is tried again, what may have been is asked about first.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from pathlib import Path

LONGEST_WAIT = 3600
"""Seconds; a partner that asks for more is asked again after an hour (`exchange.md` 8.2)."""


class Reason(StrEnum):
    """Why there is no answer."""

    ADDRESS = "address"
    """The URL is not one we call: not https, with a user name, a control character or no host."""

    NETWORK = "network"
    """The name leads into a private, local or otherwise special network."""

    NAME = "name"
    """The name does not resolve."""

    CONNECT = "connect"
    TLS = "tls"
    """Handshake failed, on either side: version, chain, name, date, our client certificate."""

    EXPIRED = "expired"
    """The server's certificate, or one of those above it, is out of date."""

    PIN = "pin"
    """The server's certificate is valid, or not looked at, but none of the pinned ones."""

    TIME = "time"
    CUT = "cut"
    """The connection ended before the answer did."""

    SIZE = "size"
    """The answer is larger than the limit."""

    PROTOCOL = "protocol"
    """The answer is not HTTP, or compressed although we did not ask for it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The server answered, whatever its status; redirects are answers too and are never followed."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case; repeated ones joined by ``, ``."""

    body: bytes
    """Empty where the answer went into a file."""

    size: int
    """Octets of the body."""

    server: str
    """SHA-256 of the server's certificate (DER), hexadecimal."""

    def retry_after(self, *, at: datetime) -> int | None:
        """Return the seconds the server asks us to wait, between 0 and an hour; None where it does not say."""
        value = self.headers.get("retry-after", "").strip()
        if value.isascii() and value.isdecimal():
            return min(int(value[:9]), LONGEST_WAIT)
        try:
            until = parsedate_to_datetime(value)
        except ValueError:
            return None
        if until.tzinfo is None:
            return None
        return max(0, min(int((until - at).total_seconds()), LONGEST_WAIT))


@dataclass(frozen=True, slots=True)
class Forbidden:
    """We refused to make the call. Nothing left this machine but, at most, the question for the name."""

    reason: Reason
    text: str


@dataclass(frozen=True, slots=True)
class NotReached:
    """No octet of the request was sent: safe to repeat."""

    reason: Reason
    text: str


@dataclass(frozen=True, slots=True)
class Lost:
    """The request was sent, wholly or in part, and no whole answer came: its outcome is unknown."""

    reason: Reason
    text: str


Result = Answer | Forbidden | NotReached | Lost


@dataclass(frozen=True, slots=True)
class Request:
    """One call."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes = b""
    into: Path | None = None
    """Write the body of a 2xx answer into this new file (mode 0600); it does not stay when the answer is not whole."""
