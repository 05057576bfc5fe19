"""The address of a key in a device: RFC 7512, and never a PIN in it.

    pkcs11:token=SEAL;object=xa-2026?module-path=/usr/lib/softhsm/libsofthsm2.so&pin-source=file:/etc/opensps/pin
        &x-certificates=/etc/opensps/keys

`pin-source` is ``file:PATH`` or ``env:NAME``. Where two people start a device, each holds a half of the PIN:
`x-pin-source` names the second half. `x-certificates` names a directory with the signer_certificate and its chain.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from urllib.parse import unquote, unquote_to_bytes

from opensps.signing.errors import KeyFileError

SCHEME = "pkcs11:"

_PATH_WORDS = frozenset({"token", "object", "id", "type"})
_QUERY_WORDS = frozenset({"module-path", "pin-source", "x-pin-source", "x-certificates"})


@dataclass(frozen=True, slots=True)
class DeviceAddress:
    """Which key in which device, and where its PIN and its certificates are."""

    module_path: str
    token: str
    object: str | None
    id: bytes | None
    pin_sources: tuple[str, ...]
    certificates: Path | None

    @classmethod
    def parse(cls, address: str) -> "DeviceAddress":
        """Return the parts of an address; raise `KeyFileError` (uri) for one that is not as above."""
        path, _, query = address.removeprefix(SCHEME).partition("?")
        named = _words(path, ";", _PATH_WORDS)
        asked = _words(query, "&", _QUERY_WORDS)
        if "token" not in named or not {"object", "id"} & named.keys():
            raise KeyFileError("uri", "a device key has a token and an object or id")
        if "module-path" not in asked or "pin-source" not in asked:
            raise KeyFileError("uri", "a device key has a module-path and a pin-source")
        if named.get("type", "private") != "private":
            raise KeyFileError("uri", "only a private key signs")
        return cls(
            module_path=unquote(asked["module-path"]),
            token=unquote(named["token"]),
            object=unquote(named["object"]) if "object" in named else None,
            id=unquote_to_bytes(named["id"]) if "id" in named else None,
            pin_sources=tuple(unquote(asked[each]) for each in ("pin-source", "x-pin-source") if each in asked),
            certificates=Path(unquote(asked["x-certificates"])) if "x-certificates" in asked else None,
        )

    def pin(self, environment: Mapping[str, str] = os.environ) -> str:
        """Return the PIN from its source or sources; raise `KeyFileError` (pin)."""
        return "".join(_pin(each, environment) for each in self.pin_sources)


def _words(text: str, sign: str, known: frozenset[str]) -> Mapping[str, str]:
    """Return the name=value pairs of a part of the address: known names, each once."""
    found: dict[str, str] = {}
    for each in filter(None, text.split(sign)):
        name, equals, value = each.partition("=")
        if name == "pin-value":
            raise KeyFileError("uri", "a PIN does not belong into an address")
        if name not in known or name in found or not equals or not value:
            raise KeyFileError("uri", f"not understood: {name[:40]}")
        found[name] = value
    return MappingProxyType(found)


def _pin(source: str, environment: Mapping[str, str]) -> str:
    scheme, _, rest = source.partition(":")
    if scheme == "env" and environment.get(rest):
        return environment[rest]
    if scheme == "file":
        try:
            return Path(rest.removeprefix("//")).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            pass
    raise KeyFileError("pin", "no PIN where the address says")
