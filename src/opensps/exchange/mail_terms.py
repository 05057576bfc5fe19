"""What processing of mail needs beside the record of the partner: our addresses, our keys, the scan. Pure values."""

from collections.abc import Callable
from dataclasses import dataclass, field

from opensps.exchange.mail.smime import ExchangeKey

Scan = Callable[[bytes, str], bool]
"""(bytes of a part, its media type) -> whether it is clean. Whatever it raises counts as not clean."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailTerms:
    """Who we are by mail, and what looks at attachments."""

    address: str
    """Our exchange address, lower case."""

    secret: bytes = field(repr=False)
    """Makes the tokens of return paths."""

    keys: tuple[ExchangeKey, ...] = ()
    """Open what is sealed for us."""

    scan: Scan | None = None

    @property
    def domain(self) -> str:
        """What stands behind the at sign."""
        return self.address.rpartition("@")[2].lower()
