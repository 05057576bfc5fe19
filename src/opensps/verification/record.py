"""What our own register knows of one certificate, handed in by those who keep it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from opensps.signing import TrustList
from opensps.verification.verdict import Circumstances


@dataclass(frozen=True, slots=True)
class Record:
    """One certificate at rest: its bytes as sealed, and its state."""

    number: str
    state: str
    """Code of the certificate's state (`lifecycles.md` 2): in_force, on_hold, withdrawn ..."""

    digest: bytes
    """D, 32 bytes."""

    xml: bytes
    seal: bytes
    """The signature file, `.xades`."""

    sealed_at: datetime
    """Time of the event that issued it; stands in for its position in a log (`trust.md` 5.1)."""

    salt: bytes = b""
    """16 bytes."""

    token: str = ""
    code: str = ""
    """Verification code, 12 symbols."""

    changed_at: datetime | None = None
    """When the state last changed; for expired the end of validity."""

    hold_until: datetime | None = None
    public_reason: str = ""
    successor: str | None = None

    @property
    def circumstances(self) -> Circumstances:
        """What the words of an answer need."""
        return Circumstances(
            sealed_at=self.sealed_at,
            changed_at=self.changed_at,
            hold_until=self.hold_until,
            public_reason=self.public_reason,
            successor=self.successor,
        )


@dataclass(frozen=True, slots=True)
class Terms:
    """Under which terms a check is made."""

    trust: TrustList
    now: datetime
    """Aware UTC."""

    accepts_training: bool = False
    """Inside a demo or course, where its own keys count as real."""


@dataclass(frozen=True, slots=True)
class Register:
    """The register a check may ask: ours, on our own server."""

    find: Callable[[str], Record | None]
    """By exact number."""

    find_digest: Callable[[bytes], Record | None]
    """By D."""

    authority: str | None = None
    """Whose register it is; ``None`` answers for every authority of the trust list."""
