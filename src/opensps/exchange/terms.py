"""Under which terms this installation takes what partners send: whom it believes, which countries are its own. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from opensps.signing import TrustList

MAX_CONTENT_BYTES = 109_051_904
"""Of one certificate, measured on the XML (`exchange.md` 1.6)."""


class MessageRefused(Exception):
    """A handler knows whose message it is and does not believe it: it is set aside for people.

    ``reason`` is a permanent code, ``detail`` English without any text of the message.
    """

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A file that came with a message."""

    kind: str
    """Media type, as the message says."""

    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundMessage:
    """What is neither certificate nor acknowledgement of ours, as a handler gets it."""

    authority: str
    partner: str
    """Code of the partner who said it."""

    delivery_number: str
    number: str
    """Certificate number it speaks of."""

    type_code: str
    status_code: str
    content: bytes
    at: datetime
    enclosed: tuple[Enclosed, ...] = ()
    """What came beside the text of a mail."""

    is_signed: bool = False
    """Whether a key of the partner signed all of it."""


InboundHandler = Callable[[InboundMessage], bool]
"""Does the work in the transaction of the receipt and says whether the message was its own; it never answers.

It raises `MessageRefused` for what is its own and must not be believed.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivingTerms:
    """Whom we believe, what is ours, and who takes other messages."""

    trust: TrustList = TrustList()
    accepts_training: bool = False
    """In a demo or course, where training keys count as real."""

    own_countries: frozenset[str] = frozenset()
    """ISO 3166-1 alpha-2 codes certificates for us are made out for; empty: the country of the authority."""

    extra_countries: frozenset[str] = frozenset()
    """Codes that count as countries beside ISO 3166-1."""

    handlers: tuple[InboundHandler, ...] = ()

    def countries(self, authority: str) -> frozenset[str]:
        """Return the countries certificates for this authority are made out for."""
        return self.own_countries or frozenset({authority[:2]})
