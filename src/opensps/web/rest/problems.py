"""What can go wrong in a call, each with its word, its status and its page: problem documents of RFC 9457.

Source: `exchange.md` 3.5 and 5.1. The words are permanent and shared with the SOAP service. Texts on the wire are
English; the pages behind ``type`` are in both languages (`pages`).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest, HttpResponse

MEDIA_TYPE: Final = "application/problem+json"
PAGES: Final = "/developers/errors/"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of problem."""

    status: int
    title: str
    is_retryable: bool = False


KINDS: Final[Mapping[str, Kind]] = {
    "REQUEST_MALFORMED": Kind(400, "The request cannot be read"),
    "CURSOR_INVALID": Kind(400, "The cursor is not one of ours for this question, or has ended"),
    "DIGEST_MISMATCH": Kind(400, "The content does not have the digest that was sent with it"),
    "KEY_MISSING": Kind(400, "The Idempotency-Key is missing or malformed"),
    "CREDENTIAL_MISSING": Kind(401, "An access token is needed"),
    "CREDENTIAL_INVALID": Kind(401, "The access token is not valid here"),
    "SCOPE_MISSING": Kind(403, "The access token does not cover this"),
    "PARTNER_SUSPENDED": Kind(403, "Exchange with this partner is suspended"),
    "CHANNEL_NOT_AGREED": Kind(403, "This exchange was not agreed"),
    "NOT_FOUND": Kind(404, "There is nothing at this address, or it is not yours"),
    "METHOD_NOT_ALLOWED": Kind(405, "This address does not accept that method"),
    "REQUEST_IN_PROGRESS": Kind(409, "The same request is being worked on", is_retryable=True),
    "STATE_CONFLICT": Kind(409, "The present state does not allow this"),
    "REMOVED": Kind(410, "The content is kept no longer"),
    "PRECONDITION_FAILED": Kind(412, "It was changed since you read it"),
    "BODY_TOO_LARGE": Kind(413, "The request is too large"),
    "MEDIA_TYPE_UNSUPPORTED": Kind(415, "The media type is not accepted here"),
    "SCHEMA_INVALID": Kind(422, "The request does not have the agreed form"),
    "REQUEST_ID_REUSED": Kind(422, "The Idempotency-Key was used with another body"),
    "PRECONDITION_REQUIRED": Kind(428, "If-Match is needed"),
    "RATE_LIMIT": Kind(429, "Too many calls", is_retryable=True),
    "INTERNAL_ERROR": Kind(500, "Something went wrong on our side", is_retryable=True),
    "NOT_OFFERED": Kind(501, "This is not offered here"),
    "MAINTENANCE": Kind(503, "The service is being looked after", is_retryable=True),
}

BY_STATUS: Final[Mapping[int, str]] = {
    400: "REQUEST_MALFORMED", 401: "CREDENTIAL_MISSING", 403: "SCOPE_MISSING", 404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED", 409: "STATE_CONFLICT", 410: "REMOVED", 413: "BODY_TOO_LARGE",
    415: "MEDIA_TYPE_UNSUPPORTED", 422: "SCHEMA_INVALID", 429: "RATE_LIMIT", 500: "INTERNAL_ERROR",
    503: "MAINTENANCE",
}  # fmt: skip
"""What an answer of Django itself is called."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one part of a request."""

    code: str
    detail: str
    pointer: str = ""
    """JSON pointer into the body (RFC 6901)."""

    parameter: str = ""
    """Name of a header field, or of a part of the address."""


class Problem(Exception):
    """A call ends here with this problem document."""

    def __init__(
        self, code: str, detail: str = "", *, faults: Sequence[Fault] = (), headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(code)
        self.code, self.detail, self.faults, self.headers = code, detail, tuple(faults), dict(headers or {})


def slug(code: str) -> str:
    """Return the last part of the address of a kind's page."""
    return code.lower().replace("_", "-")


def problem_response(request: HttpRequest, problem: Problem) -> HttpResponse:
    """Return the problem document."""
    kind = KINDS[problem.code]
    trace = getattr(request, "reference", "")
    document: dict[str, Any] = {
        "type": PAGES + slug(problem.code),
        "title": kind.title,
        "status": kind.status,
        **({"detail": problem.detail} if problem.detail else {}),
        "instance": request.path,
        "code": problem.code,
        "trace_id": trace,
        "retryable": kind.is_retryable,
        "errors": [_fault(each) for each in problem.faults],
    }
    response = HttpResponse(json.dumps(document, ensure_ascii=False), status=kind.status, content_type=MEDIA_TYPE)
    response.headers["Cache-Control"] = "no-store"
    for name, value in problem.headers.items():
        response.headers[name] = value
    return response


def _fault(fault: Fault) -> dict[str, str]:
    place = {"pointer": fault.pointer} if fault.pointer or not fault.parameter else {"parameter": fault.parameter}
    return {**place, "code": fault.code, "detail": fault.detail}
