"""The seal of a certificate that came from a partner: asked where one was agreed, looked at wherever there is one.

Source: `exchange.md` 8.4, `trust.md` 6.3 and 7. The verifier is that of `verification`, without our register: what it
says of the status of the certificate does not count here.
"""

from collections.abc import Iterator
from datetime import datetime
from enum import Enum

from opensps.exchange.inbound_rules import found
from opensps.formats import FormatError
from opensps.formats.xml_input import parse
from opensps.rules import Finding
from opensps.signing import SealError, TrustList, Variant, read_enveloped
from opensps.verification import Aspect, Fragment, Outcome, Upload, check_file

_ASKED = (Aspect.INPUT, Aspect.SEAL_SHAPE, Aspect.INTEGRITY, Aspect.CONTENT, Aspect.SIGNER)
_MARK = b"http://www.w3.org/2000/09/xmldsig#"
_UNKNOWN = frozenset({"unknown_key", "list_missing", "list_expired", "too_large"})
"""Reasons that say nothing against the signature, only that we know too little."""


class Agreed(Enum):
    """What was agreed with a sender about the signature of a message."""

    NOTHING = 1
    SIGNATURE = 2
    CHANNEL = 3
    """One is agreed, and this message may do without it: the channel proves who sends."""


def carries_signature(content: bytes, detached: bytes | None) -> bool:
    """Whether there is a signature, beside the certificate or in it."""
    return detached is not None or _MARK in content


def signature_findings(
    content: bytes,
    *,
    detached: bytes | None,
    agreed: Agreed,
    variant: str,
    trust: TrustList,
    accepts_training: bool,
    at: datetime,
) -> Iterator[Finding]:
    """Yield what is wrong with the signature of a certificate; nothing where it holds, or where none was agreed."""
    is_required = agreed is not Agreed.NOTHING
    if not carries_signature(content, detached):
        if is_required:
            yield found("EXCHANGE-SIGNATURE-CHANNEL" if agreed is Agreed.CHANNEL else "EXCHANGE-SIGNATURE-MISSING")
        return
    upload = Upload(xml=content, seal=detached)
    verdict = check_file(upload, trust=trust, now=at, accepts_training=accepts_training)
    reason = _objection(verdict.fragments) or _other_variant(content, detached, variant if is_required else "")
    if not reason:
        return
    is_open = reason.partition(".")[2] in _UNKNOWN and not is_required
    yield found("EXCHANGE-SIGNATURE-OPEN" if is_open else "EXCHANGE-SIGNATURE", reason=reason)


def _objection(fragments: tuple[Fragment, ...]) -> str:
    """Return the first question that was not answered well, with its reason; empty when all were."""
    answers = {fragment.aspect: fragment for fragment in fragments}
    for aspect in _ASKED:
        answer = answers.get(aspect)
        if answer is None:
            return f"{aspect}.not_checked"
        if answer.outcome is not Outcome.VALID:
            return f"{aspect}.{answer.reason}"
    return ""


def _other_variant(content: bytes, detached: bytes | None, variant: str) -> str:
    """Return the objection that it is signed in another form than agreed."""
    if not variant:
        return ""
    try:
        inside = None if detached is not None else read_enveloped(parse(content, sealed=True))
    except (FormatError, SealError):
        return "seal_shape.variant"
    is_form = Variant.DETACHED if inside is None else inside.variant
    return "" if is_form == variant else "seal_shape.variant"
