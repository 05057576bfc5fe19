"""Answers of the API: JSON of a declared form, strong ETags, and a gate that lets no page of HTML out.

Source: `exchange.md` 5.1; RFC 9110 (13.1), draft-ietf-httpapi-ratelimit-headers.
"""

import hashlib
from collections.abc import Callable, Mapping
from typing import Final

from django.http import HttpRequest, HttpResponse
from ninja import Schema

from opensps.web.rest.bodies import content_digest
from opensps.web.rest.problems import BY_STATUS, MEDIA_TYPE, Problem, problem_response

PREFIXES: Final = ("/api/", "/oauth2/")
_ERRORS: Final = 400
_BROKEN: Final = 500
_NOT_MODIFIED: Final = 304


def answered(model: Schema, *, status: int = 200, headers: Mapping[str, str] | None = None) -> HttpResponse:
    """Return a value as JSON; members without a value are left out."""
    text = model.model_dump_json(by_alias=True, exclude_none=True)
    response = HttpResponse(text, status=status, content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    for name, value in (headers or {}).items():
        response.headers[name] = value
    return response


def etag_of(content: bytes) -> str:
    """Return the strong ETag of an answer."""
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def tagged(request: HttpRequest, response: HttpResponse, *, etag: str = "") -> HttpResponse:
    """Give an answer its ETag, or 304 where the caller has it already."""
    tag = etag or etag_of(response.content)
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = "private, no-cache"
    if not _names(request.headers.get("If-None-Match", ""), tag):
        return response
    unchanged = HttpResponse(status=_NOT_MODIFIED)
    unchanged.headers["ETag"] = tag
    unchanged.headers["Cache-Control"] = response.headers["Cache-Control"]
    return unchanged


def _names(header: str, tag: str) -> bool:
    """Tell whether If-None-Match names the tag; compared weakly, as RFC 9110 wants it here."""
    return header.strip() == "*" or any(each.strip().removeprefix("W/") == tag for each in header.split(","))


def must_match(request: HttpRequest, tag: str) -> None:
    """Go on only where the caller names the version it changes. Raises `Problem` (428, 412)."""
    header = request.headers.get("If-Match", "").strip()
    if not header:
        raise Problem("PRECONDITION_REQUIRED")
    if header != "*" and tag not in [each.strip() for each in header.split(",")]:
        raise Problem("PRECONDITION_FAILED", headers={"ETag": tag})


def document(request: HttpRequest, content: bytes, *, media_type: str) -> HttpResponse:
    """Return bytes exactly as they are, with their digest."""
    digest = content_digest(content)
    response = HttpResponse(content, content_type=media_type)
    response.headers["Content-Digest"] = f"sha-256=:{digest}:"
    response.headers["Content-Disposition"] = "attachment"
    return tagged(request, response, etag=f'"{hashlib.sha256(content).hexdigest()}"')


class Answers:
    """Around everything below the API's addresses: problem documents for every error, and what a client has left."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not request.path.startswith(PREFIXES):
            return response
        answer = _in_the_agreed_form(request, response)
        answer.headers["X-Trace-Id"] = getattr(request, "reference", "")
        allowance = getattr(request, "allowance", None)
        if allowance is not None:
            name = getattr(request, "counted_as", "")
            answer.headers["RateLimit-Policy"] = f'"{name}";q={allowance.limit};w=60'
            answer.headers["RateLimit"] = f'"{name}";r={max(0, allowance.left)};t={allowance.resets_in}'
        return answer


def _in_the_agreed_form(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    kind = response.headers.get("Content-Type", "")
    if response.status_code < _ERRORS or kind.startswith((MEDIA_TYPE, "application/json")):
        return response
    code = BY_STATUS.get(
        response.status_code, "INTERNAL_ERROR" if response.status_code >= _BROKEN else "REQUEST_MALFORMED"
    )
    kept = {name: value for name, value in response.items() if not name.startswith("Content-")}
    return problem_response(request, Problem(code, headers=kept))
