"""What a rule looks at: one certificate, the policy it is judged under, and where everything in it stands.

A `Case` is made once per check; it walks the value and keeps every record under its type with its path, so that a
rule about all codes or all measures asks for them instead of walking again.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any, NewType, TypeVar, get_args

from opensps.certificate import Certificate, ExchangedDocument, Text, TradeLineItem

R = TypeVar("R")

HS_LENGTHS = frozenset({6})

ATTACHMENTS_LIMIT = 5 * 1024 * 1024
"""Bytes; a sealed document is refused above 10 MiB, and base64 makes files a third longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What an envelope says of the certificate in it (IPPC Hub: ePhytoEnvelope)."""

    number: str
    """NPPOCertificateNumber."""

    type_code: str
    """CertificateType."""

    status_code: str
    """CertificateStatus."""

    sender: str
    """Connection code, From."""

    receiver: str
    """Connection code, To."""

    forwardings: frozenset[str] = frozenset()
    """Codes of the channels that get a copy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HubReceiver:
    """What the Hub says of a receiver (GetActiveNppos), as far as it matters for one certificate."""

    receives: bool
    allowed: frozenset[tuple[str, str]]
    """Pairs of type and status the receiver takes (AllowedDocument, the active ones)."""

    delegate: str | None = None
    """Channel that receives in its place (ChannelRule DELEGATE)."""

    forwards: frozenset[str] = frozenset()
    """Channels that must get a copy (ChannelRule FORWARD)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What the judgement depends on beside the certificate; it comes in as an argument."""

    now: datetime
    """Aware UTC."""

    extra_countries: frozenset[str] = frozenset()
    """Codes that count as countries beside those of ISO 3166-1: demonstration, training, partners' own."""

    attachments_limit: int = ATTACHMENTS_LIMIT
    """Bytes, all attached files together."""

    customs_digits: frozenset[int] = HS_LENGTHS
    """Lengths an HS code may have: 6, and 8 or 10 where the partner asks for its own subdivision."""

    envelope: Envelope | None = None
    """What the certificate is sent or was received in; ``None`` outside an exchange."""

    receiver: HubReceiver | None = None
    """What the Hub says of the receiver; ``None`` where nobody asked."""


Getter = Callable[[Any], tuple[Any, ...]]


def _holds_words(hint: Any) -> bool:
    """Say whether a field of that type can hold a record or words of its own."""
    inner = get_args(hint)
    return any(map(_holds_words, inner)) if inner else hint is str or isinstance(hint, NewType) or is_dataclass(hint)


_PLANS: dict[type, tuple[tuple[str, ...], Getter]] = {}


def _plan(record: Any) -> tuple[tuple[str, ...], Getter]:
    """Return the fields of a record worth walking into, and what gets them all."""
    names = tuple(one.name for one in fields(record) if _holds_words(one.type))
    getter = attrgetter(*names)
    return _PLANS.setdefault(record, (names, getter if len(names) > 1 else lambda value: (getter(value),)))


class _Walk:
    """One walk over a value: what stands in it, by type."""

    def __init__(self) -> None:
        self.records: defaultdict[type, list[tuple[str, Any]]] = defaultdict(list)
        self.texts: list[tuple[str, str]] = []

    def record(self, path: str, value: Any) -> None:
        """Put a record, and everything in it, where it belongs."""
        kind: Any = type(value)
        self.records[kind].append((path, value))
        prefix = f"{path}." if path else ""
        names, getter = _PLANS.get(kind) or _plan(kind)
        for name, inner in zip(names, getter(value), strict=True):
            if inner:
                kind = type(inner)
                if kind is str:
                    if not inner.isascii():
                        self.texts.append((prefix + name, inner))
                elif kind is tuple:
                    self._members(prefix + name, inner)
                else:
                    self.record(prefix + name, inner)

    def _members(self, path: str, values: tuple[Any, ...]) -> None:
        for place, one in enumerate(values):
            kind = type(one)
            if kind is Text or kind is str:
                words = one if kind is str else one.value
                if not words.isascii():
                    self.texts.append((f"{path}[{place}]" if kind is Text else path, words))
            else:
                self.record(f"{path}[{place}]", one)


@dataclass(frozen=True, slots=True)
class Case:
    """One certificate under judgement."""

    certificate: Certificate
    policy: Policy
    lines: tuple[tuple[str, TradeLineItem], ...]
    """Every trade line with its path, in document order."""

    records: Mapping[type, list[tuple[str, Any]]]
    """Type to the records of that type with their paths, in document order; texts in tuples are left out."""

    texts: tuple[tuple[str, str], ...]
    """Every text with a sign beyond ASCII, with the path of its field, in document order."""

    answers: dict[Callable[["Case"], Any], Any] = field(default_factory=dict, compare=False)
    """What `once` was asked, with the answers."""

    def once(self, question: Callable[["Case"], Iterable[R]]) -> tuple[R, ...]:
        """Return what the question finds in this case; several rules may ask it, it is answered once."""
        if question not in self.answers:
            self.answers[question] = tuple(question(self))
        answer: tuple[R, ...] = self.answers[question]
        return answer

    @property
    def document(self) -> ExchangedDocument:
        """The certificate's header."""
        return self.certificate.exchanged_document

    def every(self, record: type[R]) -> list[tuple[str, R]]:
        """Return all records of a type with their paths."""
        return self.records.get(record, [])


def case_of(certificate: Certificate, policy: Policy) -> Case:
    """Return the certificate laid out for judging."""
    walk = _Walk()
    walk.record("", certificate)
    return Case(certificate, policy, tuple(walk.records[TradeLineItem]), walk.records, tuple(walk.texts))
