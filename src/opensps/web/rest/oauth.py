"""The token endpoint and its description (RFC 6749 4.4, 8414, 8705; `exchange.md` 5.1).

Client credentials only. No cookie, no redirect, nothing in the address: a key in a URL is refused.
"""

import base64
import binascii
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import parse_qsl, unquote_plus

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from opensps.accounts.queries import keyed_digest, network_prefix
from opensps.exchange.client_assertions import ALGORITHMS
from opensps.exchange.queries.clients import SCOPES
from opensps.exchange.services.limits import call_counted
from opensps.exchange.services.tokens import TokenRefused, TokenRequest, token_issue
from opensps.web.html.access import public
from opensps.web.html.installation import installation
from opensps.web.rest.calling import certificate_of

PATH: Final = "/oauth2/token"
LARGEST: Final = 20_000
TRIES_A_MINUTE: Final = 300
"""Of one network, good or bad; a client that proved itself has its own, smaller limit."""

_FIELDS: Final = frozenset(
    {"grant_type", "scope", "client_id", "client_secret", "client_assertion", "client_assertion_type", "resource"}
)


@public
@csrf_exempt
@require_http_methods(["POST"])
def token(request: HttpRequest) -> HttpResponse:
    """Give a client that proves itself a token."""
    at = datetime.now(UTC)
    try:
        _count(request, at)
        issued = token_issue(authority=installation().authority, request=_asked(request, at), at=at)
    except TokenRefused as exc:
        return _refused(exc)
    body = {
        "access_token": issued.token,
        "token_type": "Bearer",
        "expires_in": issued.seconds,
        "scope": " ".join(issued.scopes),
    }
    return _unkept(JsonResponse(body))


@public
@require_safe
def metadata(request: HttpRequest) -> HttpResponse:
    """Describe the token endpoint (RFC 8414)."""
    issuer = f"https://{request.get_host()}"
    methods = ["private_key_jwt", "tls_client_auth", "self_signed_tls_client_auth"]
    if installation().is_demo:
        methods.append("client_secret_basic")
    described: dict[str, Any] = {
        "issuer": issuer,
        "token_endpoint": issuer + PATH,
        "grant_types_supported": ["client_credentials"],
        "response_types_supported": [],
        "scopes_supported": list(SCOPES),
        "token_endpoint_auth_methods_supported": methods,
        "token_endpoint_auth_signing_alg_values_supported": list(ALGORITHMS),
        "tls_client_certificate_bound_access_tokens": True,
        "service_documentation": f"{issuer}/api/v1/openapi.json",
    }
    if settings.OPENSPS_PARTNER_URL:
        described["mtls_endpoint_aliases"] = {"token_endpoint": settings.OPENSPS_PARTNER_URL + PATH}
    response = JsonResponse(described)
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


def _count(request: HttpRequest, at: datetime) -> None:
    network = keyed_digest("exchange.tokens", network_prefix(request.META.get("REMOTE_ADDR") or ""))
    tried = call_counted(
        authority=installation().authority, scope="token_tries", caller=network, limit=TRIES_A_MINUTE, at=at
    )
    if tried.is_used_up:
        raise TokenRefused("rate_limit", retry_after=tried.resets_in)


def _asked(request: HttpRequest, at: datetime) -> TokenRequest:
    if request.GET:
        raise TokenRefused("invalid_request", "nothing belongs into the address")
    if request.content_type != "application/x-www-form-urlencoded":
        raise TokenRefused("invalid_request", "send application/x-www-form-urlencoded")
    fields = _fields(request.read(LARGEST + 1))
    name, secret = _basic(request)
    if secret and fields.get("client_secret"):
        raise TokenRefused("invalid_request", "more than one way of authentication")
    if fields.get("client_secret"):
        raise TokenRefused("invalid_client", "a secret belongs into the Authorization header")
    return TokenRequest(
        grant_type=fields.get("grant_type", ""),
        client_id=name or fields.get("client_id", ""),
        client_secret=secret,
        assertion=fields.get("client_assertion", ""),
        assertion_type=fields.get("client_assertion_type", ""),
        scope=fields.get("scope", ""),
        certificate_sha256=certificate_of(request, at),
        audiences=_own_names(request),
    )


def _fields(body: bytes) -> dict[str, str]:
    """Return the fields of the form; each may stand there once (RFC 6749, 3.2)."""
    if len(body) > LARGEST:
        raise TokenRefused("invalid_request", "the form is too large")
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=20, errors="strict")
    except ValueError as exc:
        raise TokenRefused("invalid_request", "the form cannot be read") from exc
    fields = dict(pairs)
    if len(fields) < len(pairs) or any("\0" in value for value in fields.values()):
        raise TokenRefused("invalid_request", "a field stands there twice, or is no text")
    return {name: value for name, value in fields.items() if name in _FIELDS}


def _basic(request: HttpRequest) -> tuple[str, str]:
    """Return name and secret of the Authorization header, each URL-encoded inside (RFC 6749, 2.3.1)."""
    header = request.headers.get("Authorization", "")
    scheme, _, value = header.partition(" ")
    if not header:
        return "", ""
    if scheme.lower() != "basic":
        raise TokenRefused("invalid_request", "the Authorization header cannot be read")
    try:
        name, colon, secret = base64.b64decode(value, validate=True).decode("ascii").partition(":")
    except (ValueError, binascii.Error) as exc:
        raise TokenRefused("invalid_request", "the Authorization header cannot be read") from exc
    if not colon or not secret or "\0" in unquote_plus(name):
        raise TokenRefused("invalid_client")
    return unquote_plus(name), unquote_plus(secret)


def _own_names(request: HttpRequest) -> frozenset[str]:
    """Return what a statement made for us may call us; the host was compared with the list of our names before."""
    issuers = {f"https://{request.get_host()}", settings.OPENSPS_PARTNER_URL} - {""}
    return frozenset(issuers | {issuer + PATH for issuer in issuers})


def _refused(refusal: TokenRefused) -> HttpResponse:
    if refusal.error == "rate_limit":
        response = JsonResponse({"error": "temporarily_unavailable"}, status=HTTPStatus.TOO_MANY_REQUESTS)
        response.headers["Retry-After"] = str(refusal.retry_after)
        return _unkept(response)
    status = HTTPStatus.UNAUTHORIZED if refusal.error == "invalid_client" else HTTPStatus.BAD_REQUEST
    said = {"error_description": refusal.description} if refusal.description else {}
    response = JsonResponse({"error": refusal.error, **said}, status=status)
    if status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = 'Basic realm="OpenSPS"'
    return _unkept(response)


def _unkept(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "no-store"
    return response
