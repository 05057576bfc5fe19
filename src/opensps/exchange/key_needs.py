"""Which keys a connection lives by: without one of each it can neither prove itself nor believe the other side. Pure.

Source: `exchange.md` 3.6, 4.3, 5.1. Whether a key is there and still runs is asked of the records.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

_CERTIFICATE, _TOKEN, _CLIENT = "client_tls", "wsse_key", "oauth_client"
_SERVER, _SIGNS, _OPENS = "server_tls", "smime_sign", "smime_encrypt"
_TOKENS: Final = {"mtls": _CERTIFICATE, "digest": _TOKEN}


@dataclass(frozen=True, slots=True)
class Need:
    """A key of any of these uses will do."""

    uses: frozenset[str]
    is_ours: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """What of a connection decides about its keys, as its record has it."""

    channel: str
    is_host: bool
    authentication: str = ""
    tls_policy: str = ""
    options: Mapping[str, Any]


def needs_of(way: Way) -> tuple[Need, ...]:
    """Return the keys a connection needs, one of each; none for channels that carry no key."""
    if way.channel == "smtp":
        return tuple(_for_mail(way))
    if way.channel == "soap":
        return tuple(_one(_TOKENS[each]) for each in way.authentication.split("+") if each in _TOKENS)
    if way.channel not in {"hub", "rest"}:
        return ()
    uses = frozenset({_CERTIFICATE, _CLIENT} if way.channel == "rest" else {_CERTIFICATE})
    return (Need(uses),) if way.is_host else (Need(uses, is_ours=True), _one(_SERVER))


def _for_mail(way: Way) -> Iterable[Need]:
    yield _one(_SIGNS)
    if str(way.options.get("encryption") or "none") != "none":
        yield _one(_OPENS)
    if way.tls_policy == "required+pinned":
        yield _one(_SERVER)


def _one(use: str) -> Need:
    return Need(frozenset({use}))
