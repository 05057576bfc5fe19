"""Calls that create or send carry an Idempotency-Key; a repeat gets the first answer again (`exchange.md` 5.1)."""

import hashlib
import json
import re
from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from django.http import HttpResponse

from opensps.exchange.services.request_keys import (
    NewRequest,
    OtherRequest,
    RepeatedRequest,
    RequestInFlight,
    request_abandoned,
    request_begin,
    request_done,
)
from opensps.web.rest.calling import ApiRequest
from opensps.web.rest.problems import Fault, Problem

HEADER: Final = "Idempotency-Key"
PATTERN: Final = r"^[!-~]{8,255}$"
_KEPT_HEADERS: Final = ("Location", "ETag", "Retry-After", "Content-Type")

_SHOWN_ONCE: Final = "secret"
"""Member of an answer that is told in the first one only and is not kept."""

View = Callable[..., HttpResponse]


def once(view: View) -> View:
    """Do the work once per key; only answers of success are kept, what was refused may be tried again."""

    @wraps(view)
    def answered_once(request: ApiRequest, *args: Any, **values: Any) -> HttpResponse:
        begun = request_begin(
            authority=request.auth.caller.partner.authority,
            caller=request.auth.caller.client_id,
            operation=f"{request.method} {request.path}"[:100],
            key=_key(request),
            body_sha256=hashlib.sha256(request.body).hexdigest(),
            at=request.auth.at,
        )
        match begun:
            case RepeatedRequest():
                return _again(begun)
            case OtherRequest():
                raise Problem("REQUEST_ID_REUSED", faults=(_fault("used with another body"),))
            case RequestInFlight():
                raise Problem("REQUEST_IN_PROGRESS", headers={"Retry-After": "2"})
            case NewRequest():
                return _done(begun, lambda: view(request, *args, **values))

    return answered_once


def _key(request: ApiRequest) -> str:
    key = request.headers.get(HEADER, "")
    if not re.fullmatch(PATTERN, key):
        raise Problem("KEY_MISSING", faults=(_fault("8 to 255 printable characters, new for each request"),))
    return key


def _fault(detail: str) -> Fault:
    return Fault("IDEMPOTENCY_KEY", detail, parameter=HEADER)


def _again(repeated: RepeatedRequest) -> HttpResponse:
    response = HttpResponse(repeated.answer, status=repeated.status)
    for name, value in repeated.headers.items():
        response.headers[name] = value
    response.headers["Idempotency-Replayed"] = "true"
    return response


def _done(begun: NewRequest, work: Callable[[], HttpResponse]) -> HttpResponse:
    try:
        response = work()
    except BaseException:
        request_abandoned(request_id=begun.id)
        raise
    headers = {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
    answer = _without_secret(response.content)
    request_done(request_id=begun.id, status=response.status_code, headers=headers, answer=answer)
    return response


def _without_secret(content: bytes) -> bytes:
    """Return an answer as it may be kept for 90 days: whoever reads the database learns no secret of a partner."""
    if f'"{_SHOWN_ONCE}"'.encode() not in content:
        return content
    told = json.loads(content)
    if not isinstance(told, dict) or _SHOWN_ONCE not in told:
        return content
    del told[_SHOWN_ONCE]
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
