"""Who calls, what the caller may do, and how often: the gate before every operation of the API.

Source: `exchange.md` 5.1; RFC 6750, RFC 8705. No cookie is read here, so nobody's browser can be abused.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Any, Final

from django.http import HttpRequest
from ninja.security.base import AuthBase

from opensps.accounts.services import official_used
from opensps.exchange.queries.clients import SCOPES, ApiCaller, caller_of_token, is_served
from opensps.exchange.services.limits import Allowance, call_counted
from opensps.web.html.installation import installation
from opensps.web.rest.bodies import read_body
from opensps.web.rest.problems import Problem
from opensps.web.soap.identity import shown_certificate

SMALL: Final = 1_000_000
"""Octets of an ordinary request."""

LARGE: Final = 16_000_000
"""Octets of a request that carries a certificate of 10 MiB in base64."""

_LONGEST_TOKEN: Final = 512


class Count(Enum):
    """How often a client may call, a minute."""

    READS = ("reads", 600)
    WRITES = ("writes", 120)
    CHECKS = ("checks", 1_000)


@dataclass(frozen=True, slots=True)
class Called:
    """What is known of a call once it has passed the gate."""

    caller: ApiCaller
    at: datetime


class ApiRequest(HttpRequest):
    """A request whose caller is proven; what an operation receives."""

    auth: Called
    allowance: Allowance


class OAuth2(AuthBase):
    """An access token that covers a scope; any token where the scope is empty."""

    openapi_type = "oauth2"
    openapi_flows: Final[dict[str, Any]] = {
        "clientCredentials": {"tokenUrl": "/oauth2/token", "scopes": dict.fromkeys(SCOPES, "")}
    }

    def __init__(self, scope: str, count: Count, *, largest: int = SMALL) -> None:
        super().__init__()
        self.scope, self.count, self.largest = scope, count, largest

    def __call__(self, request: HttpRequest) -> Called:
        """Return who calls. Raises `Problem`."""
        at = datetime.now(UTC)
        caller = _proven(request, at)
        allowance = counted(request, caller, self.count, at)
        if allowance.is_used_up:
            raise Problem("RATE_LIMIT", headers={"Retry-After": str(allowance.resets_in)})
        if not is_served(caller.partner):
            raise Problem("PARTNER_SUSPENDED")
        if self.scope and self.scope not in caller.scopes:
            challenge = f'Bearer error="insufficient_scope", scope="{self.scope}"'
            raise Problem("SCOPE_MISSING", f"needs {self.scope}", headers={"WWW-Authenticate": challenge})
        read_body(request, limit=self.largest)
        if caller.official is not None:
            official_used(caller.official, at=at)
        return Called(caller, at)


def _proven(request: HttpRequest, at: datetime) -> ApiCaller:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Problem("CREDENTIAL_MISSING", headers={"WWW-Authenticate": "Bearer"})
    caller = None
    if len(token) <= _LONGEST_TOKEN and token.isascii():
        sha256 = certificate_of(request, at)
        caller = caller_of_token(authority=installation().authority, token=token, certificate_sha256=sha256, at=at)
    if caller is None:
        raise Problem("CREDENTIAL_INVALID", headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})
    return caller


def certificate_of(request: HttpRequest, at: datetime) -> str:
    """Return the SHA-256 of the client certificate shown on this connection; empty where none is, or not in date."""
    shown = shown_certificate(request, at=at)
    return shown.fingerprint if shown is not None and shown.is_current else ""


def counted(request: HttpRequest, caller: ApiCaller, count: Count, at: datetime) -> Allowance:
    """Count the call and remember on the request what is left, for the header fields of the answer."""
    scope, limit = count.value
    allowance = call_counted(
        authority=caller.partner.authority, scope=scope, caller=caller.client_id, limit=limit, at=at
    )
    request.allowance, request.counted_as = allowance, scope  # type: ignore[attr-defined]  # read by `answering.Answers`
    return allowance
