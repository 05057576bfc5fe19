"""The check that works without a network: its page, its program, and what it keeps of lists (`ux.md` 5.8).

Browsers judge by the programs in ``static/opensps/check``; nothing they scan comes back here. What is handed out is
public: the trust list and its roots as they are, the status lists and checkpoints of our logs, and words.
"""

from base64 import b64encode
from datetime import UTC, datetime
from pathlib import Path

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from opensps.certification.errors import LogError
from opensps.certification.log_directory import STATUS_PATH, LogDirectory
from opensps.signing import TrustedLog
from opensps.transparency.tiles import CHECKPOINT_PATH
from opensps.web.html import keys, offline_program, offline_words
from opensps.web.html.access import public
from opensps.web.html.context import authority_names
from opensps.web.html.installation import installation

CAMERA_HERE = "camera=(self), geolocation=(), microphone=()"
"""Permissions-Policy of the pages that scan; no other page may use the camera."""

AN_HOUR = 3600
SCANNED = "/C/"
"""Addresses of printed codes: opened without a network, the kept page answers them."""

TONES = ("ok", "info", "warn", "bad", "none")


@public
@require_safe
@cache_control(no_cache=True)
def offline(request: HttpRequest) -> HttpResponse:
    """Show the page that a browser keeps and that works with this server gone."""
    response = render(
        request,
        "public/offline.html",
        {"tones": TONES, "scopes": " ".join([*_in_all_languages("offline").values(), SCANNED])},
    )
    response.headers["Permissions-Policy"] = CAMERA_HERE
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@public
@require_safe
@gzip_page
@cache_control(max_age=AN_HOUR, public=True)
def words(_request: HttpRequest) -> JsonResponse:
    """Return what the page says of an answer, in the language of its address."""
    named = dict(authority_names(installation().authority))
    return JsonResponse({**offline_words.words(translation.get_language() or "en"), "authorities": named})


@public
@require_safe
@never_cache
def data(_request: HttpRequest) -> JsonResponse:
    """Return whom we believe and what the newest lists say, bytes in base64, all of it signed by somebody."""
    place = installation()
    logs = keys.trust_list().logs_of(place.authority) if place.log_directory else ()
    return JsonResponse(
        {
            "authority": place.authority,
            "host": place.check_host,
            "is_demo": place.is_demo,
            "trust": _text(_read(place.trust_file)),
            "roots": (_read(place.trust_roots) or b"").decode("utf-8", "replace"),
            "logs": [_log(place.log_directory, each) for each in logs],
            "answered_at": int(datetime.now(UTC).timestamp() * 1000),
        }
    )


def _log(base: str, log: TrustedLog) -> dict[str, str | None]:
    try:
        directory = LogDirectory.below(Path(base), log.origin).path
    except LogError:
        return {"origin": log.origin, "status": None, "checkpoint": None}
    status, checkpoint = (_text(_read(str(directory / name))) for name in (STATUS_PATH, CHECKPOINT_PATH))
    return {"origin": log.origin, "status": status, "checkpoint": checkpoint}


def _read(path: str) -> bytes | None:
    try:
        return Path(path).read_bytes() if path else None
    except OSError:
        return None


def _text(found: bytes | None) -> str | None:
    return b64encode(found).decode() if found is not None else None


@public
@require_safe
@cache_control(no_cache=True)
def worker(_request: HttpRequest) -> HttpResponse:
    """Return the service worker with its version and the list of what it keeps; it may serve the check pages only."""
    program = offline_program.worker(pages=_in_all_languages("offline"), words=_in_all_languages("offline-words"))
    return HttpResponse(program, content_type="text/javascript; charset=utf-8", headers={"Service-Worker-Allowed": "/"})


def _in_all_languages(name: str) -> dict[str, str]:
    """Return language -> address of a page in it."""
    found = {}
    for language in offline_program.LANGUAGES:
        with translation.override(language):
            found[language] = reverse(name)
    return found
