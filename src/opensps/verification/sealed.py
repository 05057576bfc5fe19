"""The questions about a seal, in order: does it hold, who made it, may they, is the content unambiguous.

Used by every door behind which a seal stands: a dropped file, and the bytes of our own record.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from opensps.certificate import Certificate
from opensps.formats import read_element
from opensps.signing import Seal, SealError, TrustedKey, check_integrity, issuing_country, judge_signer, type_code
from opensps.verification.aspects import Aspect, Fragment, Outcome, failed, passed, skipped
from opensps.verification.content import check_content, check_issuer
from opensps.verification.document import Document, Refused, without_signature
from opensps.verification.proofs import Proof, prove
from opensps.verification.record import Terms

SEALED = frozenset({Aspect.INPUT, Aspect.SEAL_SHAPE, Aspect.SIGNER, Aspect.INTEGRITY, Aspect.CONTENT})
"""What a sealed document must pass (`trust.md` 7.3)."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A sealed document with what has been found about it."""

    document: Document
    seal: Seal
    fragments: tuple[Fragment, ...] = (passed(Aspect.INPUT), passed(Aspect.SEAL_SHAPE))
    key: TrustedKey | None = None
    certificate: Certificate | None = None
    proof: Proof | None = None
    """What the log proves of it; ``None`` where no bundle was given."""

    @property
    def is_sound(self) -> bool:
        """Whether nothing objected so far."""
        return all(each.outcome is Outcome.VALID for each in self.fragments)

    @property
    def claimed_at(self) -> datetime | None:
        """When it says it was sealed; without signed properties, when it says it was issued."""
        return self.seal.signing_time or self.document.issued_at

    def with_fragment(self, fragment: Fragment) -> "Judged":
        """Return the same with this answer to its question."""
        others = tuple(each for each in self.fragments if each.aspect is not fragment.aspect)
        return replace(self, fragments=(*others, fragment))


def judge_integrity(document: Document, seal: Seal) -> Judged:
    """Ask whether digest and signature hold."""
    judged = Judged(document, seal)
    try:
        check_integrity(seal, digest=document.digest)
    except SealError as error:
        return judged.with_fragment(failed(Aspect(error.aspect), error.reason))
    return judged.with_fragment(passed(Aspect.INTEGRITY))


def judge_content(judged: Judged, *, now: datetime) -> Judged:
    """Read what was signed; not asked where the seal does not hold."""
    if not judged.is_sound:
        return judged.with_fragment(skipped(Aspect.CONTENT))
    try:
        without_signature(judged.document.root)
        check_content(judged.document, now=now)
    except Refused as refused:
        return judged.with_fragment(failed(refused.aspect, refused.reason))
    certificate = read_element(judged.document.root).certificate
    if certificate is None:
        return judged.with_fragment(failed(Aspect.CONTENT, "unreadable"))
    if certificate.exchanged_document.number != judged.document.number:
        return judged.with_fragment(failed(Aspect.CONTENT, "identifier"))
    return replace(judged, certificate=certificate).with_fragment(passed(Aspect.CONTENT))


def judge_proof(judged: Judged, terms: Terms, *, bundle: bytes | None, seal: bytes | None) -> Judged:
    """Hold a proof bundle against the document and its seal file; `seal` is ``None`` where the seal is inside.

    Whose log may prove it follows from the key that sealed it and the country it comes from.
    """
    country, spki = issuing_country(judged.document.root), judged.seal.signer.spki_der
    speaker = next((each for each in terms.trust.keys_like(spki) if each.country == country), None)
    authority = terms.trust.authority(speaker.authority) if speaker is not None else None
    if bundle is None or speaker is None or authority is None:
        return judged
    digest = judged.document.digest
    proof = prove(bundle, digest=digest, seal=seal, kid=speaker.kid, authority=authority, trust=terms.trust)
    return replace(judged, proof=proof)


def judge_key(judged: Judged, terms: Terms, *, proven_at: datetime | None) -> Judged:
    """Ask whether the key may speak for this authority, type and time; and whether the number is that authority's.

    `proven_at`: when a register one may believe issued it; the place in the log, if proven, comes from the bundle.
    """
    try:
        key = judge_signer(
            judged.seal,
            trust=terms.trust,
            country=issuing_country(judged.document.root),
            type_code=type_code(judged.document.root),
            claimed_at=judged.claimed_at or terms.now,
            now=terms.now,
            proven_at=proven_at,
            position=judged.proof.position if judged.proof is not None else None,
        )
        check_issuer(judged.document, authority=key.authority)
    except SealError as error:
        return judged.with_fragment(_signer_fragment(error.reason, judged))
    except Refused as refused:
        return judged.with_fragment(failed(refused.aspect, refused.reason))
    judged = replace(judged, key=key)
    if key.is_training and not terms.accepts_training:
        return judged.with_fragment(failed(Aspect.SIGNER, "training"))
    return judged.with_fragment(passed(Aspect.SIGNER))


def _signer_fragment(reason: str, judged: Judged) -> Fragment:
    """An unknown key whose own seal holds is another's; one whose seal does not hold is nobody's."""
    if reason == "unknown_key" and not judged.is_sound:
        return Fragment(Aspect.SIGNER, Outcome.ERROR, reason)
    return failed(Aspect.SIGNER, reason)
