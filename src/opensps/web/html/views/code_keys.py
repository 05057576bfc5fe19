"""The public keys that sign printed codes, as JSON for the browser that checks one itself (`trust.md` 6.11, 6.13).

Everything of it stands in the public trust list; a list that has expired gives no key, and without a key nothing is
called checked. It says nothing about certificates.
"""

import base64
from datetime import UTC, datetime

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from opensps.signing.trust_entries import Bound, TrustedKey
from opensps.web.html import keys
from opensps.web.html.access import public
from opensps.web.html.installation import installation

FIVE_MINUTES = 300
_USES = ("qr", "block", "training")


@public
@require_safe
@cache_control(max_age=FIVE_MINUTES, public=True)
def code_keys(_request: HttpRequest) -> JsonResponse:
    """Return ``hosts`` (authority -> official hosts) and ``keys``; ``from`` is in seconds since 1970."""
    trust, now = keys.trust_list(), datetime.now(UTC)
    listed = () if trust.has_expired(now) else trust.keys
    return JsonResponse(
        {
            "hosts": {each.code: list(each.hosts) for each in trust.authorities},
            "keys": [_key(each, now) for each in listed if _is_offered(each)],
        }
    )


def _is_offered(key: TrustedKey) -> bool:
    """Tell whether a key may sign codes here; keys of courses count in a demonstration only."""
    return any(key.may(use) for use in _USES) and (installation().is_demo or not key.is_training)


def _key(key: TrustedKey, now: datetime) -> dict[str, object]:
    return {
        "authority": key.authority,
        "kid": key.kid.hex(),
        "algorithm": key.algorithm,
        "spki": base64.b64encode(key.spki_der).decode(),
        "uses": sorted(key.uses),
        "types": sorted(key.types),
        "from": int(key.from_at.timestamp()) if isinstance(key.from_at, datetime) else 0,
        "ended": _is_reached(key.to_at, now) or key.distrusted_from is not None,
    }


def _is_reached(bound: Bound | None, now: datetime) -> bool:
    """Tell whether a period is over; a code does not prove its place in a log, so an end that is a place counts."""
    return bound <= now if isinstance(bound, datetime) else bound is not None
