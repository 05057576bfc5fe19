"""Who calls the CertificateService, whether it may, and how often: asked before any work is done.

Source: `exchange.md` 3.4 to 3.7. A partner shows its client certificate, a UsernameToken, or both, as agreed for its
SOAP connection.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.http import HttpRequest

from opensps.accounts.access_queries import OfficialAccount
from opensps.exchange.errors import SecretsLocked
from opensps.exchange.queries.clients import is_served
from opensps.exchange.queries.service_callers import (
    Partner,
    PartnerConnection,
    PartnerCredential,
    partner_by_fingerprint,
    service_connection,
)
from opensps.exchange.services.username_tokens import token_accept
from opensps.exchange.username_token import OLDEST, TokenCode, TokenRefused, UsernameToken, token_of
from opensps.formats.xml_stream import Node
from opensps.web.html.protection import secret_box
from opensps.web.soap.identity import ShownCertificate, shown_certificate
from opensps.web.soap.limits import CallLimits, Limits, TooMany
from opensps.web.soap.service_faults import refused, refused_token


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
    key: PartnerCredential | None = None
    """Of the UsernameToken, where one was shown."""

    @property
    def code(self) -> str:
        """Code of the partner."""
        return self.partner.code

    @property
    def official(self) -> OfficialAccount | None:
        """The account of a program that came through its embassy; None for a program of the partner itself."""
        return self.key.official if self.key is not None else None

    def lacks(self, scope: str) -> bool:
        """Whether a program's account was not approved for this; the partner itself may call everything."""
        return self.key is not None and self.key.official is not None and scope not in self.key.scopes


def at_the_door(request: HttpRequest, at: datetime) -> Door:
    """Look at the connection; nobody is turned away before the message says who it is."""
    return Door(shown_certificate(request, at=at), request.is_secure(), request.META.get("REMOTE_ADDR") or "")


def caller_of(door: Door, headers: tuple[Node, ...], *, at: datetime, trace: str) -> PartnerCaller:
    """Return who calls. Raises `Faulted`."""
    try:
        by_certificate = _by_certificate(door, at)
        token = token_of(headers, at=at)
        key = None if token is None else _by_token(token, door, at)
        by_token = None if key is None else key.partner
        partner = _one(by_certificate, by_token, has_certificate=door.shown is not None)
        connection = _connection(partner, trace)
        _as_agreed(connection, by_certificate, by_token)
        _fresh(connection, token, at)
    except TokenRefused as error:
        raise refused_token(error, trace=trace) from None
    except SecretsLocked:
        raise refused("STORAGE_UNAVAILABLE", trace=trace) from None
    return PartnerCaller(partner, connection, door.address, key)


def _by_certificate(door: Door, at: datetime) -> Partner | None:
    if door.shown is None or not door.shown.is_current:
        return None
    return partner_by_fingerprint(authority=settings.OPENSPS_AUTHORITY, sha256_hex=door.shown.fingerprint, at=at)


def _by_token(token: UsernameToken, door: Door, at: datetime) -> PartnerCredential:
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


LIMITS: Final = CallLimits("soap")
"""Of partners, whatever address of the service they call."""


@contextmanager
def counted(caller: PartnerCaller, *, at: datetime, trace: str) -> Iterator[None]:
    """Count a call of a partner while it runs. Raises `Faulted` RATE_LIMIT."""
    limits = Limits.agreed(caller.connection.limits)
    try:
        with LIMITS.call(authority=caller.partner.authority, caller=caller.code, limits=limits, at=at):
            yield
    except TooMany as error:
        raise refused("RATE_LIMIT", trace=trace, message=error.text, retry_after=error.retry_after) from None
