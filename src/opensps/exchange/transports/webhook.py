"""Telling an endpoint: one signed POST, no redirect, nowhere inside our own network. Source: `exchange.md` 5.3.

Does not touch the database, does not retry, reads nothing out of the answer but its status and Retry-After.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from opensps.exchange.transports.http_address import Guard, Resolve, resolve
from opensps.exchange.transports.http_client import HttpClient, Limits
from opensps.exchange.transports.http_result import Answer, Forbidden, Lost, NotReached, Request
from opensps.exchange.transports.http_tls import TlsSettings

LIMITS: Final = Limits(connect=5.0, read=15.0, total=15.0, answer=65_536)
_SUCCESS: Final = range(200, 300)
_GONE: Final = 410


class Told(StrEnum):
    """How telling ended."""

    DELIVERED = "delivered"
    FAILED = "failed"
    GONE = "gone"
    """The endpoint says that nobody listens any more (410)."""


@dataclass(frozen=True, slots=True)
class Telling:
    """One message as it leaves."""

    url: str
    body: bytes
    headers: Mapping[str, str]
    """Of the signature."""


@dataclass(frozen=True, slots=True)
class Ending:
    """What became of it."""

    told: Told
    code: str
    """HTTP status, or the reason why there is none."""

    text: str = ""
    retry_after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class WebhookTransport:
    """Tells endpoints over HTTPS."""

    guard: Guard = Guard()
    tls: TlsSettings = TlsSettings()
    ask: Resolve = resolve

    def tell(self, telling: Telling, *, at: datetime) -> Ending:
        """Send one message and say what became of it."""
        client = HttpClient(self.tls, LIMITS, self.guard, self.ask)
        headers = {"Content-Type": "application/json", **telling.headers}
        result = client.send(Request("POST", telling.url, headers, telling.body))
        match result:
            case Answer(status=status) if status in _SUCCESS:
                return Ending(Told.DELIVERED, str(status))
            case Answer(status=status):
                wait = result.retry_after(at=at)
                told = Told.GONE if status == _GONE else Told.FAILED
                return Ending(told, str(status), retry_after=None if wait is None else timedelta(seconds=wait))
            case (
                Forbidden(reason=reason, text=text)
                | NotReached(reason=reason, text=text)
                | Lost(reason=reason, text=text)
            ):
                return Ending(Told.FAILED, str(reason), text)
