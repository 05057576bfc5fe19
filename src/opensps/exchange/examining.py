"""What the bytes of one envelope say, and what is to be said about them: a pure function of bytes, profile and day.

Source: `exchange.md` 1.4, 1.6, 8.4. Limits first, then reading, schema and rules, then the signature. It decides
nothing about other messages and writes nothing; so it can be run again on the stored bytes after a correction.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time
from types import MappingProxyType

from lxml import etree

from opensps.certificate import Acknowledgement, Certificate, OfficialTime
from opensps.exchange.contracts.headers import EnvelopeHeader
from opensps.exchange.inbound_rules import found
from opensps.exchange.signatures import Agreed, carries_signature, signature_findings
from opensps.exchange.terms import MAX_CONTENT_BYTES, ReceivingTerms
from opensps.exchange.training import is_for_training
from opensps.formats import FormatError, Reading, content_digest, judged, read_certificate
from opensps.formats.xml_input import MAX_BYTES
from opensps.formats.xml_stream import without_long_texts
from opensps.lifecycle import AcknowledgementCode
from opensps.lifecycle.receipt import FINAL, ISSUED, Said
from opensps.rules import PROFILES, Envelope, Finding, Level, Policy

_REFUSING = MappingProxyType(
    {
        "EXCHANGE-EMPTY": AcknowledgementCode.UNREADABLE,
        "EXCHANGE-NESTED": AcknowledgementCode.UNREADABLE,
        "EXCHANGE-HEADER": AcknowledgementCode.REJECTED,
        "EXCHANGE-SIZE": AcknowledgementCode.REJECTED,
        "EXCHANGE-SANDBOX": AcknowledgementCode.REJECTED,
        "EXCHANGE-SAID": AcknowledgementCode.REJECTED,
        "EXCHANGE-ADDRESS": AcknowledgementCode.REJECTED,
        "EXCHANGE-DESTINATION": AcknowledgementCode.REJECTED,
        "EXCHANGE-SIGNATURE": AcknowledgementCode.REJECTED,
        "EXCHANGE-SIGNATURE-MISSING": AcknowledgementCode.REJECTED,
    }
)
"""Findings that keep an envelope from being applied at all, and what is answered."""


MAX_FIELD = 100
"""Signs of a number or connection code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderProfile:
    """What was agreed with the sender, as far as one envelope needs it."""

    countries: frozenset[str] = frozenset()
    """Countries the sender speaks for; empty asks nothing."""

    our_codes: frozenset[str] = frozenset()
    """Connection codes under which this sender knows us; empty asks nothing."""

    requires_signature: bool = False
    """A certificate that is issued must carry one; what ends it may rest on a proven channel."""

    is_channel_proven: bool = True
    """Whether the channel itself proved who sends: a client certificate, S/MIME, a token."""

    signature_variant: str = ""
    """Of `signing.Variant`; empty takes any."""

    allowed: frozenset[tuple[str, str]] | None = None
    """Pairs of type and status agreed for what they send; ``None`` where nothing was listed."""

    max_bytes: int = MAX_CONTENT_BYTES
    is_exchanging: bool = True
    """Whether certificates count already; before, only those with a training number are taken."""

    is_copy: bool = False
    """Whether it was forwarded to us: then it may be made out for another country."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """One envelope, read and judged."""

    digest: str
    """Identity of the content, hexadecimal: D of a certificate, else SHA-256 of the bytes."""

    sha256: str
    findings: tuple[Finding, ...] = ()
    refusal: AcknowledgementCode | None = None
    """UNREADABLE or REJECTED where it cannot be applied at all."""

    certificate: Certificate | None = None
    acknowledgement: Acknowledgement | None = None
    number: str = ""
    """Number the message is about: the certificate's own where it says one."""

    type_code: str = ""
    status_code: str = ""
    """UNCL 4405: of header and certificate the one that ends more."""

    issued_at: datetime | None = None
    version: int | None = None
    has_proven_signature: bool = False
    """A signature of the sender's that holds, whether or not one was agreed."""

    @property
    def is_held(self) -> bool:
        """Whether a person has to look before it counts."""
        return any(finding.level is Level.SEVERE for finding in self.findings)

    @property
    def said(self) -> Said:
        """What it says of its certificate."""
        return Said(
            type_code=self.type_code,
            status_code=self.status_code,
            digest=self.digest,
            version=self.version,
            issued_at=self.issued_at,
            is_held=self.is_held,
        )

    @property
    def is_misnumbered(self) -> bool:
        """Whether envelope and certificate name different certificates: it then speaks of neither."""
        return any(one.rule == "CORE-ENVELOPE" and one.field.endswith(".number") for one in self.findings)


def examine(
    content: bytes,
    *,
    header: EnvelopeHeader,
    sender: SenderProfile,
    terms: ReceivingTerms,
    authority: str,
    at: datetime,
    version: int | None = None,
    detached_signature: bytes | None = None,
    beforehand: tuple[Finding, ...] = (),
) -> Examined:
    """Return what an envelope holds and what is wrong with it. Never raises for what came from outside.

    `beforehand` are findings the channel made itself, of `inbound_rules`.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    outside = (*beforehand, *_outside(content, header, sender))
    reading = Reading(None, (), None) if _refusal(outside) else _read(content, terms)
    findings = [*outside, *reading.findings]
    digest = (_digest(reading) if len(content) <= MAX_BYTES else "") or sha256
    certificate = reading.certificate
    has_signature = False
    if certificate is not None:
        findings += _judged(reading, header, terms, at)
        findings += _not_open(certificate, header, sender)
        findings += _not_agreed(header, sender)
        findings += _made_out(certificate, sender, terms.countries(authority))
        findings += signature_findings(
            content,
            detached=detached_signature,
            agreed=_agreed(header, sender),
            variant=sender.signature_variant,
            trust=terms.trust,
            accepts_training=terms.accepts_training,
            at=at,
        )
        has_signature = carries_signature(content, detached_signature)
    refusal = _refusal(findings) or _unreadable(reading)
    document = certificate.exchanged_document if certificate is not None else None
    return Examined(
        digest=digest,
        sha256=sha256,
        findings=tuple(dict.fromkeys(findings)),
        refusal=refusal,
        certificate=certificate,
        acknowledgement=reading.acknowledgement,
        number=(document.number if document is not None else None) or header.number,
        type_code=document.type_code if document is not None and document.type_code else str(header.type_code),
        status_code=_status(header, document.status_code if document is not None else ""),
        issued_at=_moment(document.issued) if document is not None else None,
        version=version,
        has_proven_signature=has_signature and not any(one.rule.startswith("EXCHANGE-SIGN") for one in findings),
    )


def _outside(content: bytes, header: EnvelopeHeader, sender: SenderProfile) -> Iterator[Finding]:
    """Yield what is wrong before anything is parsed."""
    if not all(map(_is_plain, (header.from_code, header.to_code, header.number))):
        yield found("EXCHANGE-HEADER")
    if sender.our_codes and header.to_code not in sender.our_codes:
        yield found("EXCHANGE-ADDRESS", code=header.to_code or "-")
    if not content.strip():
        yield found("EXCHANGE-EMPTY")
    if len(content) > sender.max_bytes:
        yield found("EXCHANGE-SIZE", limit=str(sender.max_bytes))


def _is_plain(text: str) -> bool:
    """Whether a field of a header may be kept as it is."""
    return len(text) <= MAX_FIELD and text.isprintable()


def read_content(content: bytes, *, extra_countries: frozenset[str]) -> Reading:
    """Return what an envelope's content says; of one beyond the limits of a certificate without its long texts.

    Such a one holds large attachments; it is read for what it is about, and has no digest but that of its bytes.
    """
    if len(content) <= MAX_BYTES:
        return read_certificate(content, extra_countries=extra_countries)
    try:
        shorter = without_long_texts(content, most_bytes=MAX_CONTENT_BYTES)
    except FormatError:
        return read_certificate(content, extra_countries=extra_countries)  # refused, with the reason as a finding
    return read_certificate(shorter, extra_countries=extra_countries)


def _read(content: bytes, terms: ReceivingTerms) -> Reading:
    """Return the one document the content is; what is wrapped in it is not looked for twice."""
    reading = read_content(content, extra_countries=terms.extra_countries)
    root = reading.root
    if root is None:
        return reading
    is_nested = root.getroottree().getroot() is not root or not _begins_as_xml(content)
    return Reading(None, (found("EXCHANGE-NESTED"),), None) if is_nested else reading


def _begins_as_xml(content: bytes) -> bool:
    bare = content.removeprefix(b"\xef\xbb\xbf").removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff")
    return bare.lstrip(b" \t\r\n\0").startswith(b"<")


def _digest(reading: Reading) -> str:
    if not isinstance(reading.root, etree._Element) or reading.certificate is None:
        return ""
    try:
        return content_digest(reading.root).hex()
    except FormatError:
        return ""


def _judged(reading: Reading, header: EnvelopeHeader, terms: ReceivingTerms, at: datetime) -> Iterator[Finding]:
    """Yield what schema and rules find, but that an ended certificate is sent as it was issued."""
    envelope = Envelope(
        number=header.number,
        type_code=str(header.type_code),
        status_code=str(header.status_code),
        sender=header.from_code,
        receiver=header.to_code,
        forwardings=frozenset(one.code for one in header.forwardings),
    )
    policy = Policy(
        now=at, extra_countries=terms.extra_countries, attachments_limit=MAX_CONTENT_BYTES, envelope=envelope
    )
    said = judged(reading, profile=PROFILES["read"], policy=policy).findings[len(reading.findings) :]
    is_ending = str(header.status_code) in FINAL
    for finding in said:
        if is_ending and finding.rule == "CORE-ENVELOPE" and finding.params.get("certificate") == ISSUED:
            continue
        yield finding


def _agreed(header: EnvelopeHeader, sender: SenderProfile) -> Agreed:
    """Return what was agreed about the signature of a message; ends carry none where the channel proves the sender."""
    if not sender.requires_signature:
        return Agreed.NOTHING
    return Agreed.CHANNEL if str(header.status_code) in FINAL and sender.is_channel_proven else Agreed.SIGNATURE


def _not_open(certificate: Certificate, header: EnvelopeHeader, sender: SenderProfile) -> Iterator[Finding]:
    numbers = (certificate.exchanged_document.number or header.number, header.number)
    if not sender.is_exchanging and not all(map(is_for_training, numbers)):
        yield found("EXCHANGE-SANDBOX")


def _not_agreed(header: EnvelopeHeader, sender: SenderProfile) -> Iterator[Finding]:
    pair = (str(header.type_code), str(header.status_code))
    if sender.allowed is not None and pair not in sender.allowed:
        yield found("EXCHANGE-NOT-ALLOWED", type=pair[0], status=pair[1])


def _made_out(certificate: Certificate, sender: SenderProfile, ours: frozenset[str]) -> Iterator[Finding]:
    """Yield what is wrong with where the certificate comes from and where it goes."""
    goods = certificate.consignment
    to, through = goods.import_country.code, {one.code for one in goods.transit_countries}
    if to and to not in ours and not through & ours and not sender.is_copy:
        yield found("EXCHANGE-DESTINATION", "consignment.import_country.code", country=to)
    country = goods.export_country.code
    if country and sender.countries and country not in sender.countries:
        yield found("EXCHANGE-ISSUER", "consignment.export_country.code", country=country)


def _refusal(findings: tuple[Finding, ...] | list[Finding]) -> AcknowledgementCode | None:
    return next((_REFUSING[one.rule] for one in findings if one.rule in _REFUSING), None)


def _unreadable(reading: Reading) -> AcknowledgementCode | None:
    is_read = reading.certificate is not None or reading.acknowledgement is not None
    return None if is_read else AcknowledgementCode.UNREADABLE


def _status(header: EnvelopeHeader, inside: str) -> str:
    """Return the status of the envelope, unless the certificate itself says it has ended."""
    outside = str(header.status_code)
    return inside if inside in FINAL and outside not in FINAL else outside


def _moment(issued: OfficialTime | None) -> datetime | None:
    if issued is None:
        return None
    return issued.at or datetime.combine(issued.on, time.min, UTC)
