"""What our hub asks of an envelope before it takes it, and who gets it. Source: `exchange.md` 1.8, 2.4. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from opensps.exchange.acknowledging import MAX_TEXT, receipt_text
from opensps.exchange.contracts.headers import EnvelopeHeader
from opensps.exchange.examining import read_content
from opensps.exchange.terms import MAX_CONTENT_BYTES
from opensps.formats import Reading, Validation, judged
from opensps.rules import PROFILES, Envelope, Finding, Level, Policy

MOST_COPIES = 10
ANY = frozenset({"", "0"})


class RuleRow(Protocol):
    """A channel rule as it is kept."""

    rule_type: str
    type_code: str
    status_code: str
    country: str
    target: str


@dataclass(frozen=True, slots=True)
class Route:
    """Who receives an envelope instead of its addressee, and who gets copies."""

    delegate: str = ""
    copies: tuple[str, ...] = ()


def route_of(
    header: EnvelopeHeader, *, incoming: Iterable[RuleRow], outgoing: Iterable[RuleRow], countries: tuple[str, str]
) -> Route:
    """Return the route of an envelope by the rules of its addressee (`incoming`) and its sender (`outgoing`).

    `countries`: of sender and addressee. At most one delegate and ten copies; a copy is never forwarded again.
    """
    theirs = [one for one in incoming if _matches(one, header, countries[0])]
    mine = [one for one in outgoing if _matches(one, header, countries[1])]
    delegate = next((one.target for one in theirs if one.rule_type == "DELEGATE"), "")
    asked = [one.code for one in header.forwardings]
    ruled = [one.target for one in (*theirs, *mine) if one.rule_type == "FORWARD"]
    copies = [code for code in dict.fromkeys((*asked, *ruled)) if code not in {delegate or header.to_code, ""}]
    return Route(delegate, tuple(copies[:MOST_COPIES]))


def speaks_for(rules: Iterable[RuleRow], header: EnvelopeHeader, *, caller_code: str) -> bool:
    """Whether the outgoing rules of the one named in From let the caller send in its place."""
    return any(one.rule_type == "DELEGATE" and one.target == caller_code and _matches(one, header, "") for one in rules)


def _matches(rule: RuleRow, header: EnvelopeHeader, country: str) -> bool:
    return (
        (rule.type_code in ANY or rule.type_code == str(header.type_code))
        and (rule.status_code in ANY or rule.status_code == str(header.status_code))
        and (rule.country in ANY or not country or rule.country == country)
    )


@dataclass(frozen=True, slots=True)
class Checked:
    """The content of an envelope as the hub looks at it."""

    reading: Reading
    findings: tuple[Finding, ...] = ()

    @property
    def is_response(self) -> bool:
        """Whether it is an answer to a certificate."""
        return self.reading.acknowledgement is not None

    @property
    def numbers(self) -> frozenset[str]:
        """The certificate numbers it may travel under; empty when nothing can be read."""
        if self.reading.certificate is not None:
            number = self.reading.certificate.exchanged_document.number
            return frozenset({number} if number else ())
        answer = self.reading.acknowledgement
        return frozenset(one.id for one in answer.references) if answer is not None else frozenset()

    @property
    def refusal(self) -> str:
        """Text where a finding must be corrected first; empty otherwise."""
        return receipt_text(self.findings) if any(one.level is Level.SEVERE for one in self.findings) else ""

    @property
    def warning(self) -> str:
        """Text of what the sender should look at."""
        return receipt_text(self.findings)


def checked(
    content: bytes, *, header: EnvelopeHeader, validate: bool, extra_countries: frozenset[str], at: datetime
) -> Checked:
    """Read the content of an envelope once; with `validate` also by schema, rules and the rules of the Hub."""
    reading = read_content(content, extra_countries=extra_countries)
    if not validate or reading.certificate is None:
        return Checked(reading)
    return Checked(reading, hub_findings(reading, header=header, extra_countries=extra_countries, at=at).findings)


def hub_findings(
    reading: Reading, *, header: EnvelopeHeader, extra_countries: frozenset[str], at: datetime
) -> Validation:
    """Return what our rules say of a certificate that is to pass through a hub."""
    envelope = Envelope(
        number=header.number,
        type_code=str(header.type_code),
        status_code=str(header.status_code),
        sender=header.from_code,
        receiver=header.to_code,
        forwardings=frozenset(one.code for one in header.forwardings),
    )
    policy = Policy(now=at, extra_countries=extra_countries, attachments_limit=MAX_CONTENT_BYTES, envelope=envelope)
    return judged(reading, profile=PROFILES["hub"], policy=policy)


def header_objection(header: EnvelopeHeader, content: bytes, read: Checked, *, most_bytes: int) -> str:
    """Return what is wrong with content and number of an envelope, in the Hub's order; empty when nothing is."""
    if not content.strip():
        return "Content is empty"
    if len(content) > most_bytes:
        return f"Content is larger than {most_bytes} bytes"
    if not read.numbers:
        return "Content is not readable as a certificate"
    if header.number not in read.numbers:
        return f"NPPOCertificateNumber is {header.number}, the certificate says {min(read.numbers)}"[:MAX_TEXT]
    return ""
