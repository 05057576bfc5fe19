"""That an officer approved exactly this D: the evidence that goes with a seal (`trust.md` 6.14).

A password evidence is a record of the application: the password was entered again on the page that showed the
document. A WebAuthn evidence is a signature of the officer's own key over the digests; anybody who knows the key can
check it, and the signing service does.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from enum import StrEnum
from typing import Self

from opensps.formats import cbor
from opensps.signing.errors import EvidenceRefused

MAX_DIGESTS = 30
"""So many documents of one act may be approved together."""

ACTS = frozenset({"issue", "replace", "withdraw", "hold", "lift"})
_PREFIX = b"ecert.approve/v1\n"
_DIGEST_LENGTH = 32


class Method(StrEnum):
    """How the officer approved."""

    PASSWORD = "password"  # noqa: S105  the name of a method
    WEBAUTHN = "webauthn"


def challenge_of(act: str, digests: Iterable[bytes]) -> bytes:
    """Return what an officer's authenticator signs: act and digests, hashed.

    Raises `EvidenceRefused` (digests) unless the act is known and there are 1 to 30 digests of 32 bytes, each once.
    """
    listed = tuple(digests)
    if act not in ACTS or not 1 <= len(listed) <= MAX_DIGESTS or len(set(listed)) != len(listed):
        raise EvidenceRefused("digests")
    if any(len(each) != _DIGEST_LENGTH for each in listed):
        raise EvidenceRefused("digests")
    return hashlib.sha256(_PREFIX + act.encode() + b"\n" + b"".join(listed)).digest()


@dataclass(frozen=True, slots=True)
class Approval:
    """One officer's evidence."""

    method: Method
    officer: str
    """Opaque id of a person."""

    at: datetime
    digests: tuple[bytes, ...]
    """Every D the officer approved in this act."""

    template_digest: bytes
    """SHA-256 of the page template on which the document was shown."""

    act: str = "issue"
    credential_id: bytes = b""
    authenticator_data: bytes = b""
    client_data: bytes = b""
    """clientDataJSON as the browser wrote it."""

    signature: bytes = b""

    @property
    def challenge(self) -> bytes:
        """What the authenticator had to sign."""
        return challenge_of(self.act, self.digests)

    def plain(self) -> Mapping[cbor.Plain, cbor.Plain]:
        """Return it as data for the signing service; the time in whole milliseconds since 1970."""
        written: dict[cbor.Plain, cbor.Plain] = {each.name: getattr(self, each.name) for each in fields(self)}
        return written | {"method": str(self.method), "at": round(self.at.timestamp() * 1000)}

    @classmethod
    def from_plain(cls, data: object) -> Self:
        """Return the evidence of such data; raise `EvidenceRefused` (form) for anything else."""
        if not isinstance(data, Mapping) or not _is_right(data):
            raise EvidenceRefused("form")
        try:
            at = datetime.fromtimestamp(data["at"] / 1000, UTC)
            return cls(**{**data, "method": Method(data["method"]), "at": at})
        except (ValueError, OverflowError, OSError):
            raise EvidenceRefused("form") from None


_OCTETS = ("template_digest", "credential_id", "authenticator_data", "client_data", "signature")


def _is_right(data: Mapping[str, object]) -> bool:
    """Return whether every field of an evidence is there, of its type, and nothing else."""
    if set(data) != {each.name for each in fields(Approval)} or data["act"] not in ACTS:
        return False
    digests = data["digests"]
    octets = (*(data[name] for name in _OCTETS), *(digests if isinstance(digests, tuple) else (None,)))
    is_named = isinstance(data["officer"], str) and isinstance(data["at"], int)
    return is_named and all(isinstance(each, bytes) for each in octets)


def plain_approvals(approvals: Iterable[Approval]) -> cbor.Plain:
    """Return evidences as data of a question to the signing service."""
    return tuple(each.plain() for each in approvals)
