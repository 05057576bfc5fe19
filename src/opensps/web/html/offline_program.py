"""What makes up the offline check in a browser: its files, their version, the service worker that keeps them."""

import hashlib
import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse

from opensps.web.html import branding
from opensps.web.html.installation import Installation, installation

_HERE = Path(__file__).parent
_STATIC = _HERE / "static" / "opensps"
_SHOWN = ("templates/public/offline.html", "templates/frame/base.html", "templates/part/answer_on_device.html")
LANGUAGES = tuple(code for code, _name in settings.LANGUAGES)
_WORKER = "worker.js"


def files() -> tuple[str, ...]:
    """Return the static files of the page, as static files are named."""
    modules = sorted(path.name for path in (_STATIC / "check").glob("*.js") if path.name != _WORKER)
    return ("opensps/enhance.js", "opensps/mark.svg", *(f"opensps/check/{name}" for name in modules))


def worker(*, pages: Mapping[str, str], words: Mapping[str, str]) -> str:
    """Return the program of the service worker; `pages` and `words` are language -> address."""
    stylesheet = reverse("stylesheet", args=[branding.stylesheet()[1]])
    kept = [*pages.values(), *words.values(), stylesheet, *map(static, files())]
    settled = {"version": version(), "pages": dict(pages), "kept": kept}
    body = (_STATIC / "check" / _WORKER).read_text(encoding="utf-8")
    return f"const SETTLED = {json.dumps(settled, indent=1)};\n\n{body}"


def version() -> str:
    """Return a digest of everything the page is made of: what was kept under another version is thrown away."""
    changed = max(path.stat().st_mtime for path in _parts())
    return _version(installation(), branding.stylesheet()[1], changed)


@lru_cache(maxsize=4)
def _version(place: Installation, stylesheet: str, _changed_at: float) -> str:
    held = hashlib.sha256(f"{place.authority} {place.check_host} {place.is_demo} {stylesheet}".encode())
    for path in _parts():
        held.update(path.read_bytes())
    return held.hexdigest()[:16]


def _parts() -> tuple[Path, ...]:
    """Return the files that the page, its words and its programs come from."""
    catalogues = sorted((_HERE / "locale").rglob("*.mo"))
    programs = [_STATIC.parent / name for name in files()]
    code = [_HERE / name for name in (*_SHOWN, "offline_words.py")]
    return (*programs, _STATIC / "check" / _WORKER, *code, *catalogues)
