"""What a signing service may seal, for whom and how much: its own file, which no application can change.

authority = "XA"
types = ["851", "657"]
evidence = ["webauthn"]          # and "password" where the authority allows it
two_officers = ["657"]           # types that need a second officer over the same D
signs = ["seal", "qr", "status", "pdf", "reply"]
max_age_minutes = 10080          # of an approval; a device may be away over a weekend
host = "cert.example"            # for passkeys
origin = "https://cert.example"

[per_hour]                       # most seals in an hour
type = 500
country = 500

[per_hour.types]                 # exceptions
657 = 50

[per_hour.countries]
XB = 100
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType

from opensps.signing.approvals import Method
from opensps.signing.errors import KeyFileError
from opensps.signing.passkeys import RelyingParty

SIGNS = frozenset({"seal", "qr", "status", "pdf", "reply"})


@dataclass(frozen=True, slots=True)
class Limits:
    """Most seals in an hour: a rule and its exceptions."""

    usual: int
    exceptions: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))

    def of(self, code: str) -> int:
        """Return the limit of a type or country."""
        return self.exceptions.get(code, self.usual)


@dataclass(frozen=True, slots=True)
class ServicePolicy:
    """The policy of one service; the empty file allows nothing."""

    authority: str
    types: frozenset[str]
    methods: frozenset[Method]
    two_officers: frozenset[str]
    signs: frozenset[str]
    max_age: timedelta
    per_type: Limits
    per_country: Limits
    party: RelyingParty

    @classmethod
    def load(cls, text: str) -> "ServicePolicy":
        """Return the policy of a file; raise `KeyFileError` (policy) at the first thing that is not as above."""
        try:
            return _policy(tomllib.loads(text))
        except (KeyError, ValueError, TypeError, AttributeError) as error:
            raise KeyFileError("policy", str(error)) from None


_KNOWN = frozenset(
    {"authority", "types", "evidence", "two_officers", "signs", "max_age_minutes", "host", "origin", "per_hour"}
)


def _policy(data: Mapping[str, object]) -> ServicePolicy:
    if unknown := data.keys() - _KNOWN:
        raise ValueError(f"not understood: {min(unknown)}")
    per_hour = _table(data["per_hour"])
    signs = _words(data.get("signs", ["seal"]))
    if not signs <= SIGNS:
        raise ValueError("signs: only seal, qr, status and pdf")
    return ServicePolicy(
        authority=_text(data["authority"]),
        types=_words(data["types"]),
        methods=frozenset(Method(each) for each in _words(data["evidence"])),
        two_officers=_words(data.get("two_officers", [])),
        signs=signs,
        max_age=timedelta(minutes=_number(data.get("max_age_minutes", 10080))),
        per_type=Limits(_number(per_hour["type"]), _numbers(per_hour.get("types", {}))),
        per_country=Limits(_number(per_hour["country"]), _numbers(per_hour.get("countries", {}))),
        party=RelyingParty(_text(data.get("host", "localhost")), _text(data.get("origin", "https://localhost"))),
    )


def _table(value: object) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise TypeError("a table is expected")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise TypeError("a text is expected")
    return value


def _words(value: object) -> frozenset[str]:
    if not isinstance(value, list):
        raise TypeError("a list is expected")
    return frozenset(_text(each) for each in value)


def _number(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise TypeError("a whole number is expected")
    return value


def _numbers(value: object) -> Mapping[str, int]:
    return MappingProxyType({name: _number(each) for name, each in _table(value).items()})
