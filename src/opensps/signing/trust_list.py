"""The trust list as a whole: who is asked whether a key may speak. Entries: `trust_entries`; file: `trust_file`."""

from collections.abc import Iterator
from dataclasses import dataclass

from opensps.signing import trust_file
from opensps.signing.trust_entries import TrustedAuthority, TrustedKey


@dataclass(frozen=True, slots=True)
class TrustList:
    """Authorities and their keys."""

    authorities: tuple[TrustedAuthority, ...] = ()
    keys: tuple[TrustedKey, ...] = ()

    def authority(self, code: str) -> TrustedAuthority | None:
        """Return the authority with this code, if it is listed."""
        return next((each for each in self.authorities if each.code == code), None)

    def of_country(self, country: str) -> tuple[TrustedAuthority, ...]:
        """Return the authorities of a country (ISO 3166-1 alpha-2)."""
        return tuple(each for each in self.authorities if each.code[:2] == country)

    def keys_like(self, spki_der: bytes) -> Iterator[TrustedKey]:
        """Give every entry of exactly this key; the 8 bytes of a kid are never enough."""
        return (key for key in self.keys if key.spki_der == spki_der)

    @classmethod
    def load(cls, text: str) -> "TrustList":
        """Return the list of an unsigned local trust file; raise `TrustError` at the first wrong line."""
        return cls(*trust_file.parse(text))

    def dump(self) -> str:
        """Return the list as an unsigned local trust file; raise `TrustError` if such a file may not hold it."""
        return trust_file.write(self.authorities, self.keys)
