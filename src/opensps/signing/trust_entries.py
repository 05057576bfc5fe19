"""The entries of a trust list: which key speaks for which authority, for which uses and types, from when to when.

Source: `trust.md` 5.1, 6.11. An authority that has no log yet (profile 1) has no log positions, so the periods here
are times: of the event that issued the certificate where it is known, of the seal itself where it is not.
Signed lists, logs and witnesses come with the room `transparency`.
"""

from dataclasses import dataclass
from datetime import datetime

from opensps.signing.keys import kid_of

TRAINING = "training"
"""The use of demo and course keys: whatever they sign is a specimen."""


@dataclass(frozen=True, slots=True)
class TrustedKey:
    """A key that may speak for an authority."""

    authority: str
    """Country code, one more sign where a country has several authorities."""

    spki_der: bytes
    uses: frozenset[str]
    """Of xml, qr, pdf, status, block, training."""

    types: frozenset[str]
    """UNCL 1001 codes."""

    from_at: datetime
    to_at: datetime | None = None
    """Retired from this moment on; ``None`` while in use."""

    distrusted_from: datetime | None = None
    """Nothing from this moment on counts, whoever used the key."""

    algorithm: str = "ES256"
    """ES256 or, for reading only, RS256."""

    @property
    def kid(self) -> bytes:
        """First 8 bytes of the SHA-256 of the key."""
        return kid_of(self.spki_der)

    @property
    def is_training(self) -> bool:
        """Whether it is the key of a demo or a course."""
        return TRAINING in self.uses

    @property
    def country(self) -> str:
        """ISO 3166-1 alpha-2 code of the authority's country."""
        return self.authority[:2]

    def may(self, use: str) -> bool:
        """Return whether the key is listed for a use; a training key may do everything, for training."""
        return self.is_training or use in self.uses


@dataclass(frozen=True, slots=True)
class TrustedAuthority:
    """An authority as the trust list names it."""

    code: str
    name: str
    hosts: tuple[str, ...] = ()
    """Official hosts of check addresses."""

    profile: int = 1
    """0 channel only, 1 sealed, 2 sealed and logged, 3 also witnessed: what its documents must show."""
