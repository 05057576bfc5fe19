"""The trust list as a whole: who is asked whether a key may speak, whose a log is, and who witnesses it.

Entries: `trust_entries`; the unsigned local file: `trust_file`; the signed list: `trust_note`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from opensps.signing import trust_file, trust_note
from opensps.signing.errors import TrustError
from opensps.signing.trust_entries import (
    LogPosition,
    TrustedAuthority,
    TrustedKey,
    TrustedLog,
    TrustedWitness,
)
from opensps.signing.trust_lines import Entries
from opensps.signing.trust_note import Roots


@dataclass(frozen=True, slots=True)
class TrustList:
    """Authorities, their keys and logs, and the witnesses of the logs."""

    authorities: tuple[TrustedAuthority, ...] = ()
    keys: tuple[TrustedKey, ...] = ()
    logs: tuple[TrustedLog, ...] = ()
    witnesses: tuple[TrustedWitness, ...] = ()
    serial: int = 0
    """0 for an unsigned local file."""

    issued_at: datetime | None = None
    expires_at: datetime | None = None
    """From then on the list says nothing any more; ``None`` for an unsigned local file."""

    previous: bytes = b""
    digest: bytes = b""
    """SHA-256 of the signed body; a leaf of the log holds it."""

    @property
    def is_signed(self) -> bool:
        """Whether two roots vouch for it."""
        return self.serial > 0

    def has_expired(self, now: datetime) -> bool:
        """Return whether it says nothing any more."""
        return self.expires_at is not None and now >= self.expires_at

    def authority(self, code: str) -> TrustedAuthority | None:
        """Return the authority with this code, if it is listed."""
        return next((each for each in self.authorities if each.code == code), None)

    def of_country(self, country: str) -> tuple[TrustedAuthority, ...]:
        """Return the authorities of a country (ISO 3166-1 alpha-2)."""
        return tuple(each for each in self.authorities if each.code[:2] == country)

    def keys_like(self, spki_der: bytes) -> Iterator[TrustedKey]:
        """Give every entry of exactly this key; the 8 bytes of a kid are never enough."""
        return (key for key in self.keys if key.spki_der == spki_der)

    def keys_called(self, kid: bytes) -> tuple[TrustedKey, ...]:
        """Return every key with this name; several may have it (`trust.md` 6.11)."""
        return tuple(key for key in self.keys if key.kid == kid)

    def logs_of(self, authority: str) -> tuple[TrustedLog, ...]:
        """Return the logs of an authority, oldest first."""
        return tuple(log for log in self.logs if log.authority == authority)

    def log(self, origin: str) -> TrustedLog | None:
        """Return the log of this name."""
        return next((log for log in self.logs if log.origin == origin), None)

    def order(self, authority: str, position: LogPosition) -> tuple[int, int] | None:
        """Return a place that can be compared: ordinal of the log and index; ``None`` for a log that is not theirs."""
        origins = [log.origin for log in self.logs_of(authority)]
        return (origins.index(position.origin), position.index) if position.origin in origins else None

    def witnesses_of(self, authority: str) -> tuple[TrustedWitness, ...]:
        """Return the keys of the organisations in an authority's quorum."""
        listed = self.authority(authority)
        named = listed.quorum.organisations if listed is not None and listed.quorum is not None else ()
        return tuple(each for each in self.witnesses if each.organisation in named)

    @property
    def entries(self) -> Entries:
        """What its lines say."""
        return Entries(self.authorities, self.keys, self.logs, self.witnesses)

    @classmethod
    def of(cls, entries: Entries) -> "TrustList":
        """Return an unsigned list of these entries."""
        return cls(entries.authorities, entries.keys, entries.logs, entries.witnesses)

    @classmethod
    def load(cls, text: str) -> "TrustList":
        """Return the list of an unsigned local trust file; raise `TrustError` at the first wrong line."""
        return cls.of(trust_file.parse(text))

    @classmethod
    def load_signed(cls, raw: bytes, *, roots: Roots) -> "TrustList":
        """Return a list that two of the three roots have signed; raise `TrustError`. It may have expired."""
        text, body = trust_note.read_signed(raw, roots=roots)
        held = body.entries
        return cls(
            held.authorities,
            held.keys,
            held.logs,
            held.witnesses,
            serial=body.serial,
            issued_at=body.issued_at,
            expires_at=body.expires_at,
            previous=body.previous,
            digest=trust_note.digest_of(text),
        )

    @classmethod
    def load_any(cls, raw: bytes, *, roots: Roots | None) -> "TrustList":
        """Return the list of a file that is either; without roots a signed one is refused with `TrustError`."""
        try:
            text = raw.decode()
        except UnicodeDecodeError:
            raise TrustError(0, "not UTF-8") from None
        if trust_file.is_local(text):
            return cls.load(text)
        if roots is None:
            raise TrustError(0, "no roots are known here to check a signed list")
        return cls.load_signed(raw, roots=roots)

    def dump(self) -> str:
        """Return the list as an unsigned local trust file; raise `TrustError` if such a file may not hold it."""
        return trust_file.write(self.entries)
