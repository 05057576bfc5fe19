"""Who calls the CertificateService, whether it may, and how often: asked before any work is done.

Source: `exchange.md` 3.4 to 3.7. A partner shows its client certificate, a UsernameToken, or both, as agreed for its
SOAP connection. Calls are counted in the memory of this process: reads write nothing, and a limit for each process is
still a limit.
"""

import threading
import time
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest

from opensps.exchange.errors import SecretsLocked
from opensps.exchange.queries.clients import is_served
from opensps.exchange.queries.service_callers import (
    Partner,
    PartnerConnection,
    partner_by_fingerprint,
    service_connection,
)
from opensps.exchange.secrets import SecretBox
from opensps.exchange.services.username_tokens import token_accept
from opensps.exchange.username_token import OLDEST, TokenCode, TokenRefused, UsernameToken, token_of
from opensps.formats.xml_stream import Node
from opensps.web.soap.identity import ShownCertificate, shown_certificate
from opensps.web.soap.service_faults import refused, refused_token

CALLS_A_MINUTE = 600
CALLS_AT_ONCE = 8
_MINUTE = 60.0


@dataclass(frozen=True, slots=True)
class Door:
    """What the connection itself says of a caller."""

    shown: ShownCertificate | None
    is_secure: bool
    address: str
    """Network address; counts wrong codes."""


@dataclass(frozen=True, slots=True)
class PartnerCaller:
    """A partner whose credentials hold and whose call is allowed."""

    partner: Partner
    connection: PartnerConnection
    address: str

    @property
    def code(self) -> str:
        """Code of the partner."""
        return self.partner.code

    def limit(self, name: str, usual: int) -> int:
        """Return a limit of this partner."""
        agreed = (self.connection.limits or {}).get(name)
        return agreed if isinstance(agreed, int) and agreed > 0 else usual


def at_the_door(request: HttpRequest, at: datetime) -> Door:
    """Look at the connection; nobody is turned away before the message says who it is."""
    return Door(shown_certificate(request, at=at), request.is_secure(), request.META.get("REMOTE_ADDR") or "")


def caller_of(door: Door, headers: tuple[Node, ...], *, at: datetime, trace: str) -> PartnerCaller:
    """Return who calls. Raises `Faulted`."""
    try:
        by_certificate = _by_certificate(door, at)
        token = token_of(headers, at=at)
        by_token = None if token is None else _by_token(token, door, at)
        partner = _one(by_certificate, by_token, has_certificate=door.shown is not None)
        connection = _connection(partner, trace)
        _as_agreed(connection, by_certificate, by_token)
        _fresh(connection, token, at)
    except TokenRefused as error:
        raise refused_token(error, trace=trace) from None
    except SecretsLocked:
        raise refused("STORAGE_UNAVAILABLE", trace=trace) from None
    return PartnerCaller(partner, connection, door.address)


def _by_certificate(door: Door, at: datetime) -> Partner | None:
    if door.shown is None or not door.shown.is_current:
        return None
    return partner_by_fingerprint(authority=settings.OPENSPS_AUTHORITY, sha256_hex=door.shown.fingerprint, at=at)


def _by_token(token: UsernameToken, door: Door, at: datetime) -> Partner:
    if not door.is_secure:
        raise TokenRefused(TokenCode.CREDENTIAL_INVALID, "tokens are taken over TLS only")
    return token_accept(authority=settings.OPENSPS_AUTHORITY, token=token, box=secret_box(), at=at)


def _one(by_certificate: Partner | None, by_token: Partner | None, *, has_certificate: bool) -> Partner:
    found = by_token or by_certificate
    if found is None:
        code = TokenCode.CREDENTIAL_INVALID if has_certificate else TokenCode.CREDENTIAL_MISSING
        raise TokenRefused(code)
    if by_certificate is not None and by_certificate != found:
        raise TokenRefused(TokenCode.CREDENTIAL_INVALID)
    return found


def _connection(partner: Partner, trace: str) -> PartnerConnection:
    if not is_served(partner):
        raise refused("PARTNER_SUSPENDED", trace=trace)
    connection = service_connection(partner)
    if connection is None:
        raise refused("CHANNEL_NOT_AGREED", trace=trace)
    return connection


def _as_agreed(connection: PartnerConnection, by_certificate: Partner | None, by_token: Partner | None) -> None:
    """Refuse a caller who shows less than was agreed: ``mtls``, ``digest`` or ``mtls+digest``."""
    shown = {name for name, found in (("mtls", by_certificate), ("digest", by_token)) if found is not None}
    if not set(connection.authentication.split("+")) <= shown:
        raise TokenRefused(TokenCode.CREDENTIAL_MISSING)


def _fresh(connection: PartnerConnection, token: UsernameToken | None, at: datetime) -> None:
    """Refuse a token older than this partner agreed on."""
    seconds = (connection.limits or {}).get("token_seconds")
    oldest = timedelta(seconds=seconds) if isinstance(seconds, int) else OLDEST
    if token is not None and token.created_at < at - oldest:
        raise TokenRefused(TokenCode.TOKEN_EXPIRED, "Created is not current; compare your clock with ours")


@lru_cache(maxsize=2)
def _box(path: Path, _changed_at: float) -> SecretBox:
    return SecretBox.read(path.read_text(encoding="ascii"))


def secret_box() -> SecretBox | None:
    """Return what opens the secrets of partners; None where no key is configured."""
    path: Path | None = settings.OPENSPS_EXCHANGE_KEY
    try:
        return None if path is None else _box(path, path.stat().st_mtime)
    except OSError:
        raise SecretsLocked("no_key") from None


class CallLimits:
    """Calls of each partner in the last minute, and at this moment."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._recent: dict[str, deque[float]] = {}
        self._running = Counter[str]()

    @contextmanager
    def call(self, caller: PartnerCaller, *, trace: str) -> Iterator[None]:
        """Count one call while it runs. Raises `Faulted` RATE_LIMIT."""
        self._enter(caller, trace)
        try:
            yield
        finally:
            with self._lock:
                self._running[caller.code] -= 1

    def _enter(self, caller: PartnerCaller, trace: str) -> None:
        now = time.monotonic()
        with self._lock:
            recent = self._recent.setdefault(caller.code, deque())
            while recent and recent[0] <= now - _MINUTE:
                recent.popleft()
            if len(recent) >= caller.limit("calls_per_minute", CALLS_A_MINUTE):
                raise refused("RATE_LIMIT", trace=trace, retry_after=int(recent[0] + _MINUTE - now) + 1)
            if self._running[caller.code] >= caller.limit("at_once", CALLS_AT_ONCE):
                raise refused("RATE_LIMIT", trace=trace, message="Too many calls at once.", retry_after=1)
            recent.append(now)
            self._running[caller.code] += 1

    def forget(self) -> None:
        """Begin anew, for tests."""
        with self._lock:
            self._recent.clear()
            self._running.clear()


LIMITS = CallLimits()
"""Those of this process."""
