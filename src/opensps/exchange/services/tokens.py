"""Access tokens for programs of partners: OAuth 2.0 client credentials. Source: `exchange.md` 5.1; RFC 6749, 8705.

A client proves itself by one means: a signed statement, its TLS certificate, or (sandbox only) a secret. The token is
random, kept as its digest, good for 15 minutes, and bound to the client certificate where one was shown.
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from opensps.exchange.client_assertions import SKEW, TYPE, AssertionRefused, claimed_client, read_assertion
from opensps.exchange.models import AccessToken, Partner, PartnerCredential
from opensps.exchange.queries.clients import clients_named, is_served
from opensps.exchange.services.limits import call_counted
from opensps.exchange.services.nonces import nonce_used

log = structlog.get_logger("opensps.oauth")

LIFE = timedelta(minutes=15)
A_MINUTE = 30
_PEM = "-----BEGIN CERTIFICATE-----"


class TokenRefused(Exception):
    """No token; ``error`` is a word of RFC 6749 5.2, or ``rate_limit`` with seconds to wait."""

    def __init__(self, error: str, description: str = "", *, retry_after: int = 0) -> None:
        super().__init__(error)
        self.error, self.description, self.retry_after = error, description, retry_after


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRequest:
    """What a client sent to the token endpoint."""

    grant_type: str
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    assertion: str = field(default="", repr=False)
    assertion_type: str = ""
    scope: str = ""
    certificate_sha256: str = ""
    """Of the client certificate shown on this connection."""

    audiences: frozenset[str] = frozenset()
    """Names of this token endpoint."""


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A token, told once."""

    token: str = field(repr=False)
    scopes: tuple[str, ...]
    seconds: int


def token_issue(*, authority: str, request: TokenRequest, at: datetime) -> IssuedToken:
    """Return a new token. Raises `TokenRefused`; unknown client and wrong proof are refused alike."""
    if request.grant_type != "client_credentials":
        raise TokenRefused("unsupported_grant_type" if request.grant_type else "invalid_request")
    try:
        client = _client(authority, request, at)
    except AssertionRefused as exc:
        log.info("token_refused", client_id=request.client_id[:100], reason=str(exc))
        raise TokenRefused("invalid_client") from exc
    used = call_counted(authority=authority, scope="tokens", caller=client.name, limit=A_MINUTE, at=at)
    if used.is_used_up:
        raise TokenRefused("rate_limit", retry_after=used.resets_in)
    if not is_served(client.partner):
        raise TokenRefused("unauthorized_client", "the partner is not served at present")
    return _issued(client, _scopes(client, request.scope), request.certificate_sha256, at)


def _client(authority: str, request: TokenRequest, at: datetime) -> PartnerCredential:
    if bool(request.client_secret) and bool(request.assertion):
        raise TokenRefused("invalid_request", "more than one way of authentication")
    if request.assertion:
        return _by_assertion(authority, request, at)
    clients = clients_named(authority=authority, client_id=request.client_id, at=at)
    if request.client_secret:
        return _one(clients, lambda client: _has_secret(client, request.client_secret), "secret")
    return _one(clients, lambda client: _has_certificate(client, request.certificate_sha256), "certificate")


def _one(
    clients: Iterable[PartnerCredential], is_proven: Callable[[PartnerCredential], bool], what: str
) -> PartnerCredential:
    for client in clients:
        if is_proven(client):
            return client
    raise AssertionRefused(f"unknown client or wrong {what}")


def _has_secret(client: PartnerCredential, secret: str) -> bool:
    if client.partner.environment != Partner.SANDBOX or client.material:
        return False
    return hmac.compare_digest(client.fingerprint, hashlib.sha256(secret.encode()).hexdigest())


def _has_certificate(client: PartnerCredential, sha256: str) -> bool:
    return (
        client.material.lstrip().startswith(_PEM) and bool(sha256) and hmac.compare_digest(client.fingerprint, sha256)
    )


def _by_assertion(authority: str, request: TokenRequest, at: datetime) -> PartnerCredential:
    if request.assertion_type != TYPE:
        raise TokenRefused("invalid_request", "client_assertion_type is not known")
    name = claimed_client(request.assertion)
    if request.client_id and request.client_id != name:
        raise AssertionRefused("client_id differs from the statement")
    refused = AssertionRefused("unknown client")
    for client in clients_named(authority=authority, client_id=name, at=at):
        if not client.material.lstrip().startswith("{"):
            continue
        try:
            said = read_assertion(request.assertion, keys=client.material, audiences=request.audiences, at=at)
        except AssertionRefused as exc:
            refused = exc
            continue
        until = said.expires_at + SKEW
        if not nonce_used(
            authority=authority, scope="oauth_assertion", name=name, value=said.id.encode(), at=at, until=until
        ):
            raise AssertionRefused("statement used before")
        return client
    raise refused


def _scopes(client: PartnerCredential, asked: str) -> tuple[str, ...]:
    granted = tuple(client.scopes)
    if not asked:
        return granted
    wanted = tuple(dict.fromkeys(asked.split()))
    if not set(wanted) <= set(granted):
        raise TokenRefused("invalid_scope")
    return wanted


def _issued(client: PartnerCredential, scopes: tuple[str, ...], certificate_sha256: str, at: datetime) -> IssuedToken:
    token = secrets.token_urlsafe(32)
    AccessToken.objects.create(
        authority=client.authority,
        partner=client.partner,
        client_id=client.name,
        sha256=hashlib.sha256(token.encode()).hexdigest(),
        scopes=list(scopes),
        certificate_sha256=certificate_sha256,
        issued_at=at,
        expires_at=at + LIFE,
    )
    return IssuedToken(token, scopes, int(LIFE.total_seconds()))
