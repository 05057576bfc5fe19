"""Who we are by mail, and how our mail leaves: the settings of the channel as one value. No Django here."""

from collections.abc import Callable
from dataclasses import dataclass, field

from opensps.exchange.mail.smime import ExchangeKey


def untranslated(sentence: str, _language: str) -> str:
    """Return the English sentence: what a mail says where nobody translates."""
    return sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Relay:
    """Our own mail server, which carries mail to partners."""

    host: str
    port: int = 587
    is_implicit: bool = False
    """TLS from the first byte (port 465) instead of STARTTLS."""

    user: str = ""
    password: str = field(default="", repr=False)
    authorities_pem: bytes = b""
    """Authorities of its certificate; empty: those this system knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailAccount:
    """What sending needs beyond the record of the partner."""

    address: str
    """Our exchange address; partners list it."""

    name: str
    """Shown name, for instance ``SPS exchange XA``."""

    secret: bytes = field(repr=False)
    """Makes the tokens of return paths."""

    keys: tuple[ExchangeKey, ...]
    """The first one signs, all of them open."""

    relay: Relay | None = None
    """``None``: only partners whose own server is in their record are reached."""

    collect_address: str = ""
    """Where a certificate too large for mail is collected, ``%(delivery)s`` standing for its number."""

    translated: Callable[[str, str], str] = untranslated
    """(English sentence, language) -> sentence."""

    @property
    def domain(self) -> str:
        """What stands behind the at sign."""
        return self.address.rpartition("@")[2].lower()
