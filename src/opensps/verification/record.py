"""What our own register knows of one certificate, handed in by those who keep it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from opensps.rules.templates import AgreedTemplate
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

    bundle: bytes | None = None
    """Proof bundle, once the log has the certificate."""

    changed_at: datetime | None = None
    """When the state last changed; for expired the end of validity."""

    hold_until: datetime | None = None
    public_reason: str = ""
    successor: str | None = None
    template: str = ""
    """The agreed template it was issued on, ``NAME/VERSION``."""

    templates: tuple[AgreedTemplate, ...] = ()
    """Everything that was agreed about its kind with its destination; asked for only where it is on a template."""

    copies: int | None = None
    """How many copies were counted; ``None`` where nobody counts them."""

    lost_copies: tuple[tuple[int, datetime], ...] = ()
    """Number of each copy that was reported lost, and when; 0 is the original paper."""

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

    status_lists: tuple[bytes, ...] = ()
    """Signed status lists at hand, as fetched."""

    trust_fetched_at: datetime | None = None
    """When the trust list was fetched; ``None`` where it is kept up to date by itself."""

    destination: str = ""
    """Country of the official who checks, ISO 3166-1 alpha-2; empty asks nothing about the purpose."""


@dataclass(frozen=True, slots=True)
class AtHand:
    """What somebody has at hand who checks without our register."""

    status_lists: tuple[bytes, ...] = ()
    """Signed status lists, as fetched."""

    trust_fetched_at: datetime | None = None
    destination: str = ""

    def terms(self, trust: TrustList, now: datetime, *, accepts_training: bool) -> Terms:
        """Return the terms of a check with it."""
        return Terms(trust, now, accepts_training, self.status_lists, self.trust_fetched_at, self.destination)


NOTHING = AtHand()


@dataclass(frozen=True, slots=True)
class Register:
    """The register a check may ask: ours, on our own server."""

    find: Callable[[str], Record | None]
    """By exact number."""

    find_digest: Callable[[bytes], Record | None]
    """By D."""

    authority: str | None = None
    """Whose register it is; ``None`` answers for every authority of the trust list."""
