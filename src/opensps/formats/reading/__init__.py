"""Any certificate on the wire into the one value model: any order, every dialect, nothing dropped (`domain.md` 9.1).

The bytes are the record; the value is a projection of them. What does not convert is residue with a finding. Only
bytes that are not XML within the limits, or hold no official document, give no value; then one SEVERE finding says why.
"""

from dataclasses import dataclass

from lxml import etree

from opensps.certificate import Acknowledgement, Certificate
from opensps.formats.errors import FormatError
from opensps.formats.messages import read_finding
from opensps.formats.reading.acknowledgement import acknowledgement
from opensps.formats.reading.document import certificate
from opensps.formats.reading.payload import BASE64, Payload, find_payload, unwrapped
from opensps.formats.reading.trail import Trail
from opensps.formats.structure import ROOTS
from opensps.formats.xml_input import Parsed, parse_noting
from opensps.formats.xml_prepass import MISMATCHED_PREFIX, UNDECLARED_PREFIX
from opensps.rules import Finding

_UNREADABLE = {UNDECLARED_PREFIX: "READ-UNDECLARED-PREFIX", MISMATCHED_PREFIX: "READ-MISMATCHED-PREFIX"}
_NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read: the certificate or acknowledgement if there is one, what was found, and the element it is in."""

    certificate: Certificate | None
    findings: tuple[Finding, ...]
    root: etree._Element | None
    payload: str | None = None
    """"SPSCertificate", "SPSAcknowledgement" or ``None``."""

    acknowledgement: Acknowledgement | None = None


def read_certificate(data: bytes, *, extra_countries: frozenset[str] = _NOBODY) -> Reading:
    """Return the certificate or acknowledgement found in unsealed bytes; never raises for what they hold.

    `extra_countries` are codes beyond ISO 3166-1 that raise no finding.
    """
    inner = unwrapped(data)
    try:
        parsed = parse_noting(data if inner is None else inner)
    except FormatError as error:
        return Reading(None, (_refusal(error),), None)
    return _read(parsed, Trail(extra_countries), is_wrapped=inner is not None)


def read_element(root: etree._Element, *, extra_countries: frozenset[str] = _NOBODY) -> Reading:
    """Return the certificate or acknowledgement of a tree `xml_input` let through."""
    return _read(Parsed(root, ()), Trail(extra_countries), is_wrapped=False)


def traced(root: etree._Element) -> dict[str, etree._Element]:
    """Return from which element each value of a payload was read, by its path in the value model."""
    trail = Trail(traced={})
    acknowledgement(trail, root) if etree.QName(root).localname == "SPSAcknowledgement" else certificate(trail, root)
    return trail.traced or {}


def _refusal(error: FormatError) -> Finding:
    if error.code != "not_well_formed":
        return read_finding("READ-REFUSED", "", {"reason": error.code})
    rule = _UNREADABLE.get(error.detail, "READ-NOT-WELL-FORMED")
    return read_finding(rule, "", {"line": str(error.line or 1)})


def _read(parsed: Parsed, trail: Trail, *, is_wrapped: bool) -> Reading:
    try:
        found = find_payload(parsed.root)
    except FormatError as error:
        return Reading(None, (_refusal(error),), None)
    if isinstance(found, Finding):
        return Reading(None, (found,), None)
    _say_origin(trail, parsed, found, is_wrapped=is_wrapped)
    if found.name == "SPSAcknowledgement":
        trail.say("READ-ACKNOWLEDGEMENT", trail.xpath(found.root))
        answer = acknowledgement(trail, found.root)
        return Reading(None, tuple(trail.findings), found.root, found.name, answer)
    value = certificate(trail, found.root)
    return Reading(value, tuple(trail.findings), found.root, found.name)


def _say_origin(trail: Trail, parsed: Parsed, found: Payload, *, is_wrapped: bool) -> None:
    noticed = len(parsed.noticed) + found.noticed
    if noticed:
        trail.say("READ-MARKUP", "", count=str(noticed))
    if found.carried is BASE64 or is_wrapped:
        trail.say("READ-BASE64-CONTENT", trail.xpath(found.root))
    if found.root.tag not in ROOTS:
        namespace = etree.QName(found.root).namespace or ""
        trail.say("READ-FOREIGN-ROOT", trail.xpath(found.root), namespace=namespace)
