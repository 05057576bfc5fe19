"""What every template can use: the installation, the person, the navigation, the languages and the time."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse, translate_url
from django.utils.translation import get_language, get_language_info

from opensps.accounts.queries import authority_profile
from opensps.web.html.branding import stylesheet
from opensps.web.html.installation import installation
from opensps.web.html.navigation import items_for
from opensps.web.html.templatetags.parts import is_chinese

OWN_NAMES = {"en": "English", "zh-hans": "中文"}
"""Each language by the short name its own readers know."""


def frame(request: HttpRequest) -> dict[str, Any]:
    """Return the variables of the page frame (`templates/frame/base.html`)."""
    place = installation()
    actor = getattr(request, "actor", None)
    return {
        "installation": place,
        "authority_name": authority_name(place.authority),
        "actor": actor,
        "navigation": items_for(actor, request.path),
        "languages": _languages(request),
        "stylesheet_url": reverse("stylesheet", args=[stylesheet()[1]]),
        "now": datetime.now(UTC),
    }


def authority_name(code: str) -> str:
    """Return the authority's name in the reader's language, or its code where no profile is loaded yet."""
    names = authority_profile(code)
    if names is None:
        return code
    return names.name_zh if is_chinese() else names.name_en


def authority_names(code: str) -> Mapping[str, str]:
    """Return the authority's English name, as trust lists hold it, with its name in the reader's language."""
    names = authority_profile(code)
    return {names.name_en: names.name_zh if is_chinese() else names.name_en} if names else {}


def _languages(request: HttpRequest) -> list[dict[str, Any]]:
    """Each language by its own name, with the address of this very page in it."""
    here = getattr(request, "here", request.get_full_path())
    rows = []
    for code, name in settings.LANGUAGES:
        info = get_language_info(code)
        rows.append(
            {
                "code": html_code(code),
                "name": OWN_NAMES.get(code, name),
                "url": translate_url(here, code),
                "dir": "rtl" if info["bidi"] else "ltr",
                "is_current": code == get_language(),
            }
        )
    return rows


def html_code(code: str) -> str:
    """Return a language code as HTML writes it: `zh-Hans`, not `zh-hans`."""
    main, _, script = code.partition("-")
    return f"{main}-{script.title()}" if script else main
