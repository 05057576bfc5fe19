"""The gates every request passes: where it comes from, its reference number and log line, a sane address and body.

No person, no query and no address of a check link (``/c/...``) reaches the log.
"""

import secrets
import time
from collections.abc import Callable

import structlog
from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import TemplateDoesNotExist

from opensps.web.soap.identity import PEER_KEY

log = structlog.get_logger("opensps.request")

GetResponse = Callable[[HttpRequest], HttpResponse]

COUNT_THEMSELVES = frozenset({"/hub/DeliveryService", "/nppo/DeliveryService"})
"""Addresses with a limit of their own (`web.soap`)."""

DRAIN_LIMIT = 512_000_000
"""Octets of a refused upload that are read and thrown away, so that a browser shows our answer and not an error."""


NO_DEVICES = "camera=(), geolocation=(), microphone=()"
"""What pages may ask of a device, unless a page says otherwise itself."""


class RequestRecord:
    """Give the request a ``reference`` that people can quote to us, and log its outcome under it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        reference = secrets.token_hex(6)
        request.reference = reference  # type: ignore[attr-defined]  # our own mark, read by the error page
        started = time.perf_counter()
        with structlog.contextvars.bound_contextvars(reference=reference):
            response = self.get_response(request)
            response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
            response.headers.setdefault("Permissions-Policy", NO_DEVICES)
            match = request.resolver_match
            log.info(
                "request_done",
                route=match.route if match else "",
                **({"operation": request.operation} if hasattr(request, "operation") else {}),
                method=request.method,
                status=response.status_code,
                duration_ms=round((time.perf_counter() - started) * 1000, 1),
            )
        return response


class Caller:
    """Take the caller's address from our own proxy; else all the world is one network, and its wrong codes one count.

    Our proxy adds the address it saw at the end of ``X-Forwarded-For``; what stands before it strangers may write.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Who is at the other end of the connection decides whether what a proxy says of certificates is believed.
        request.META[PEER_KEY] = request.META.get("REMOTE_ADDR", "")
        seen = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
        if settings.OPENSPS_BEHIND_PROXY and seen:
            request.META["REMOTE_ADDR"] = seen
        return self.get_response(request)


class SaneAddress:
    """Refuse an address with a zero octet with 400: nothing of ours has one, and PostgreSQL cannot look for it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest("a zero octet in the address")
        return self.get_response(request)


class BodyLimit:
    """Refuse a request with more than ``OPENSPS_MAX_REQUEST_BYTES`` octets with 413 before reading it into memory.

    The addresses of hubs take more, count while they read, and hold no long text in memory.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = _content_length(request)
        if length <= settings.OPENSPS_MAX_REQUEST_BYTES or request.path in COUNT_THEMSELVES:
            return self.get_response(request)
        _drain(request, octets=min(length, DRAIN_LIMIT))
        log.warning("request_too_large", size_bytes=length)
        return _too_large(request)


def _content_length(request: HttpRequest) -> int:
    value = request.META.get("CONTENT_LENGTH") or "0"
    return int(value) if value.isdecimal() else 0


def _drain(request: HttpRequest, *, octets: int) -> None:
    stream = request.META.get("wsgi.input")
    while stream is not None and octets > 0:
        chunk = stream.read(min(octets, 262_144))
        if not chunk:
            return
        octets -= len(chunk)


def _too_large(request: HttpRequest) -> HttpResponse:
    try:
        return render(request, "413.html", {"limit_mb": settings.OPENSPS_MAX_REQUEST_BYTES // 1_000_000}, status=413)
    except TemplateDoesNotExist:
        return HttpResponse("The upload is too large.", status=413, content_type="text/plain")
