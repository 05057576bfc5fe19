"""The entries of a trust list: which key speaks for which authority, for which uses and types, from when to when.

Source: `trust.md` 5.1, 6.11. The periods of a key are positions in the authority's log. An authority that has no log
yet (profile 1) has no positions, so a time may stand in: of the event that issued the certificate where it is known,
of the seal itself where it is not.
"""

from dataclasses import dataclass
from datetime import datetime

from opensps.formats.note_keys import NoteKey
from opensps.signing.keys import kid_of

TRAINING = "training"
"""The use of demo and course keys: whatever they sign is a specimen."""


@dataclass(frozen=True, slots=True)
class LogPosition:
    """A place in a log: leaves before it are older."""

    origin: str
    """Name of the log: ``log.<host>/<authority>/<year>``."""

    index: int

    def __str__(self) -> str:
        """Return it as a trust list writes it."""
        return f"{self.origin}@{self.index}"


Bound = datetime | LogPosition
"""Where a period begins or ends: an aware time of whole seconds, or a place in a log."""


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

    from_at: Bound
    to_at: Bound | None = None
    """Retired from here on; ``None`` while in use."""

    distrusted_from: Bound | None = None
    """Nothing from here on counts, whoever used the key."""

    algorithm: str = "ES256"
    """ES256 or, for reading only, RS256 and EdDSA."""

    distrust_event: Bound | None = None
    """Where the distrust itself was recorded; ``None`` stands for `distrusted_from`."""

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
class Quorum:
    """How many foreign organisations must have countersigned an authority's log."""

    need: int
    organisations: tuple[str, ...]
    """Authority codes. Organisations are counted, never keys: one under three names counts once."""


@dataclass(frozen=True, slots=True)
class TrustedAuthority:
    """An authority as the trust list names it."""

    code: str
    name: str
    hosts: tuple[str, ...] = ()
    """Official hosts of check addresses."""

    profile: int = 1
    """0 channel only, 1 sealed, 2 sealed and logged, 3 also witnessed: what its documents must show."""

    quorum: Quorum | None = None
    contact: str = ""
    """Mail address of its duty desk."""


@dataclass(frozen=True, slots=True)
class TrustedLog:
    """A log of an authority; the older ones stand before the newer ones."""

    authority: str
    key: NoteKey
    """Signs its checkpoints."""

    prefix: str
    """Where its tiles lie, https."""

    is_open: bool = True
    """Frozen logs keep their proofs and get no new leaf."""

    @property
    def origin(self) -> str:
        """Name of the log in checkpoints and positions."""
        return self.key.name


@dataclass(frozen=True, slots=True)
class TrustedWitness:
    """A key that countersigns checkpoints."""

    organisation: str
    """Authority code; several keys of one organisation count once."""

    key: NoteKey
    url: str
