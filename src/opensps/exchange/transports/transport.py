"""What a transport is, and the frozen values that go in and out of it. Source: `exchange.md` 8.2. No Django here.

A transport speaks with one partner over one channel. It never touches the database: services give it an `Outbound` with
all it needs and write down what it answers. Errors never leave it as exceptions: every end of a conversation is one of
the four answers; "I do not know" is `Uncertain`, never a guess.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Protocol

from opensps.lifecycle import AcknowledgementCode, TrackingInfo

NOTHING: Mapping[str, Any] = MappingProxyType({})


class Channel(StrEnum):
    """How envelopes travel."""

    HUB = "hub"
    SOAP = "soap"
    SMTP = "smtp"
    REST = "rest"
    WEBHOOK = "webhook"
    TEST = "test"


class Kind(StrEnum):
    """What an envelope carries."""

    CERTIFICATE = "certificate"
    ACKNOWLEDGEMENT = "acknowledgement"
    RESPONSE = "response"
    """The importing country's answer (SPSAcknowledgement about an outcome)."""

    INQUIRY = "inquiry"
    """One message of an inquiry about a certificate; only mail and REST carry it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """One key or secret of a conversation, ours or theirs; `secret` never appears in a log or a repr."""

    use: str
    name: str = ""
    """User name, client id or key id."""

    fingerprint: str = ""
    """SHA-256 of the certificate (DER) or of the public key, hexadecimal."""

    material: str = ""
    """Public part: PEM, JWK or address of a key of ours."""

    secret: bytes = field(default=b"", repr=False)
    is_ours: bool = False
    """What we show; otherwise what we expect of them."""

    is_next: bool = False
    """Not used yet, already accepted: both sides are changing keys."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """One connection with a partner as a transport sees it."""

    id: int
    partner: str
    """Code of the partner."""

    channel: Channel
    connection_code: str
    """What the hub or the partner calls them; ``To`` of ours."""

    own_code: str
    """What they call us; ``From`` of ours."""

    address: str
    """URL or mail address."""

    send_operation: str = "validate"
    tls_policy: str = "required"
    limits: Mapping[str, Any] = field(default_factory=lambda: NOTHING)
    options: Mapping[str, Any] = field(default_factory=lambda: NOTHING)
    credentials: tuple[Credential, ...] = ()
    languages: tuple[str, ...] = ()

    def credential(self, use: str, *, is_ours: bool) -> Credential | None:
        """Return the credential in use for something, ``None`` when there is none."""
        found = (one for one in self.credentials if one.use == use and one.is_ours == is_ours and not one.is_next)
        return next(found, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbound:
    """One envelope on its way, with everything a channel needs."""

    delivery_number: str
    kind: Kind
    from_code: str
    to_code: str
    number: str
    type_code: str
    status_code: str
    """UNCL 4405, as the wire has it."""

    version: int
    certificate_state: str
    """Our own word: ``in_force``, ``on_hold``, ``withdrawn`` ...; channels without a wire status for a hold need it."""

    content: bytes
    sha256: str
    """Of the content, hexadecimal."""

    connection: Connection
    detached_signature: bytes | None = None
    proof_bundle: Callable[[], bytes | None] = lambda: None
    pdf: Callable[[], bytes | None] = lambda: None
    """Both lazy: asked for only where the channel carries them."""

    in_reply_to: str = ""
    """Delivery number (or the number the other side gave) of what this answers."""

    in_reply_to_remote: str = ""
    in_reply_to_message: str = ""
    """Message-ID of the mail that this answers."""

    in_reply_to_mic: str = ""
    """Base64 of the SHA-256 of its signed part, where its sender asked for a receipt."""

    result: AcknowledgementCode | None = None
    """Of an acknowledgement."""

    text: str = ""
    """Words of an acknowledgement, English, at most 1,000 characters."""

    remote_number: str = ""
    """The number the other side gave it, known once it was sent."""

    attempt: int = 1
    resent: int = 0
    """How often a person sent it again (`exchange.md` 4.2)."""

    queued_at: datetime | None = None
    """When the row was made: dates in a message stay the same on every retry."""

    references: tuple[str, ...] = ()
    """Remote numbers of earlier envelopes to this partner about the same certificate, oldest first."""

    replaces: str = ""
    """Number of the certificate this one replaces."""

    marked: str = ""
    """Mode of the exchange: hybrid, parallel, paperless, fallback."""

    forwardings: tuple[str, ...] = ()
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Sent:
    """Taken over by the other side. A tracking word in the answer may already be final (a failed header)."""

    remote_number: str = ""
    tracking: TrackingInfo | None = None
    text: str = ""
    code: str = ""
    """HTTP or SMTP code."""

    unknown_word: str = ""
    """A tracking word that is none of the six: treated as pending, with an alarm."""

    message_mic: str = ""
    """Of a mail: base64 of the SHA-256 of the signed part as sent."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Refused for good, with their words."""

    text: str = ""
    code: str = ""
    pauses: str = ""
    """Code of a reason why the whole connection should pause (bad address, our certificate refused); empty: no."""


@dataclass(frozen=True, slots=True)
class Unreachable:
    """Not taken, for now; nothing can have arrived."""

    text: str = ""
    retry_after: timedelta | None = None
    code: str = ""
    pauses: str = ""
    is_about_envelope: bool = False
    """The partner answered, but not this one now (mailbox full, 429): it says nothing against the connection."""


@dataclass(frozen=True, slots=True)
class Uncertain:
    """The connection ended after the first byte: it may have arrived."""

    text: str = ""
    code: str = ""


Answer = Sent | Refused | Unreachable | Uncertain


@dataclass(frozen=True, slots=True)
class Seen:
    """What the other side says of an envelope of ours when asked. Nothing known of it: `is_known` is false."""

    is_known: bool
    remote_number: str = ""
    tracking: TrackingInfo | None = None
    text: str = ""
    is_final_answer: bool = False
    """Not known, and it will not turn up later: send again without asking twice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """One envelope that was waiting for us, exactly as it came."""

    raw: bytes
    remote_number: str = ""
    facts: Mapping[str, Any] = field(default_factory=lambda: NOTHING)
    """Header fields and channel facts, JSON-able."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """What one cycle at a hub found; `problems` are words for the operator, nothing else stopped."""

    arrived: tuple[Arrived, ...] = ()
    tracked: tuple[Seen, ...] = ()
    problems: tuple[str, ...] = ()


class Transport(Protocol):
    """One channel: sends, asks after what it sent, takes acknowledgements."""

    def send(self, outbound: Outbound) -> Answer:
        """Send one envelope, also one that is an acknowledgement. Never raises for what the other side does."""

    def ask(self, outbound: Outbound) -> Seen | Unreachable:
        """Ask what became of an envelope whose sending ended in the dark, or that was silent for long."""


class Collecting(Protocol):
    """A channel at which we collect what waits for us."""

    def collect(self, connection: Connection, *, at: datetime) -> Collected:
        """Return what waits, without acknowledging any of it."""

    def acknowledge(self, outbound: Outbound) -> Answer:
        """Say what became of an envelope of theirs; the same as `Transport.send` of an acknowledgement."""


class Transports(Protocol):
    """Which transport carries which channel; filled in `project`."""

    def of(self, channel: str) -> Transport:
        """Return the transport of a channel; raise `WrongTransport`."""
