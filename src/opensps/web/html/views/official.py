"""Our addresses and keys: as a page, and as a list that programs read (`ux.md` 5.5, `trust.md` 6.11).

Nothing here is ours to claim: every line comes from the trust list that two of three roots signed, and the signed text
goes along, so that a reader who holds the roots need not believe this server. Partners hold each other's.
"""

from datetime import UTC, datetime
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from opensps.signing import TrustList
from opensps.signing.fingerprints import fingerprint
from opensps.signing.trust_entries import Bound, TrustedAuthority, TrustedKey, TrustedLog
from opensps.signing.trust_lines import written
from opensps.web.html import keys
from opensps.web.html.access import public
from opensps.web.html.installation import installation

FORMAT = "sps-verification/v1"
FIVE_MINUTES = 300


@public
@require_safe
def official_addresses(request: HttpRequest) -> HttpResponse:
    """Show which addresses and keys belong to this service and how to tell them from others."""
    code, trust = installation().authority, keys.trust_list()
    shown = [{"kid": each.kid.hex(), "digest": fingerprint(each.spki_der)} for each in _keys_in_use(trust, code)]
    return render(request, "public/official_addresses.html", {"keys": shown, "is_signed": trust.is_signed})


@public
@require_safe
@cache_control(max_age=FIVE_MINUTES, public=True)
def verification(_request: HttpRequest) -> JsonResponse:
    """Return hosts, mail domains, keys and logs of this authority, and the signed list they were read from.

    ``signed`` is false for the unsigned list of a demonstration. 503 where no list, or an expired one, says anything.
    """
    trust = keys.trust_list()
    listed = trust.authority(installation().authority)
    if listed is None or trust.has_expired(datetime.now(UTC)):
        return JsonResponse({"format": FORMAT, "error": "no trust list"}, status=HTTPStatus.SERVICE_UNAVAILABLE)
    return JsonResponse(
        {
            "format": FORMAT,
            **_authority(listed),
            "keys": [_key(each) for each in trust.keys if each.authority == listed.code],
            "logs": [_log(each) for each in trust.logs_of(listed.code)],
            "signed": trust.is_signed,
            "serial": trust.serial,
            "issued": _time(trust.issued_at),
            "expires": _time(trust.expires_at),
            "trust_list": keys.trust_text(),
        },
        json_dumps_params={"ensure_ascii": False},
    )


def _authority(listed: TrustedAuthority) -> dict[str, object]:
    domain = listed.contact.rpartition("@")[2]
    return {
        "authority": listed.code,
        "name": listed.name,
        "hosts": list(listed.hosts),
        "mail_domains": [domain] if domain else [],
        "contact": listed.contact,
        "profile": listed.profile,
    }


def _key(key: TrustedKey) -> dict[str, object]:
    return {
        "kid": key.kid.hex(),
        "sha256": fingerprint(key.spki_der).replace(" ", "").lower(),
        "algorithm": key.algorithm,
        "uses": sorted(key.uses),
        "types": sorted(key.types),
        "from": written(key.from_at),
        "to": _time(key.to_at),
        "distrusted_from": _time(key.distrusted_from),
    }


def _log(log: TrustedLog) -> dict[str, object]:
    return {"key": str(log.key), "prefix": log.prefix, "open": log.is_open}


def _time(at: Bound | None) -> str | None:
    return None if at is None else written(at)


def _keys_in_use(trust: TrustList, code: str) -> tuple[TrustedKey, ...]:
    held = (each for each in trust.keys if each.authority == code and each.distrusted_from is None)
    return tuple(each for each in held if each.to_at is None)
