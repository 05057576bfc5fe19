"""The log as static files: ``/log/<authority>/<year>/checkpoint`` and ``.../tile/...``, before any page and any cookie.

Source: `trust.md` 6.8. Answered without database, session and language, so that proofs stay there when nothing else
does; behind a proxy the directory itself may be served instead. Tiles never change and may be kept for ever; the
checkpoint may not be kept at all.
"""

import re
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from opensps.certification.log_directory import STATUS_PATH
from opensps.transparency.errors import TileError
from opensps.transparency.tiles import CHECKPOINT_PATH, read_tile_path

PREFIX = "/log/"
FOR_EVER = "public, max-age=31536000, immutable"
_MOVING = {
    CHECKPOINT_PATH: ("text/plain; charset=utf-8", "no-store"),
    STATUS_PATH: ("application/statuslist+cwt", "public, max-age=60"),
}
"""File that changes -> its type and how long it may be kept."""

_FOR_ALL = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
_ADDRESS = re.compile(r"/log/((?:[a-z0-9-]{1,60}/){1,4}?)(checkpoint|status|tile/.+)", re.ASCII)


class LogFiles:
    """Answer everything below ``/log/``."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(PREFIX) or settings.OPENSPS_LOG_DIR is None:
            return self.get_response(request)
        if request.method not in {"GET", "HEAD"}:
            return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
        return _answer(Path(settings.OPENSPS_LOG_DIR), request.path)


def _answer(base: Path, path: str) -> HttpResponse:
    found = _ADDRESS.fullmatch(path)
    if found is None or (found[2] not in _MOVING and not _is_tile(found[2])):
        return _missing()
    try:
        data = (base / found[1] / found[2]).read_bytes()
    except OSError:
        return _missing()
    media_type, keeping = _MOVING.get(found[2], ("application/octet-stream", FOR_EVER))
    return HttpResponse(data, content_type=media_type, headers={**_FOR_ALL, "Cache-Control": keeping})


def _is_tile(path: str) -> bool:
    try:
        read_tile_path(path)
    except TileError:
        return False
    return True


def _missing() -> HttpResponse:
    return HttpResponse("Not here.\n", status=404, content_type="text/plain; charset=utf-8")
