"""The door of a delivery: what a partner sent over its own channel (`trust.md` 7.3).

A seal is judged as on a file. A sender of profile 0 seals nothing: of its documents input and content are asked, and
the answer is `not_sealed`, which is never green. Whoever is listed with a higher profile cannot strip a seal that way.
"""

from dataclasses import replace
from datetime import datetime

from opensps.formats import read_element
from opensps.signing import TrustedAuthority, TrustList, issuing_country
from opensps.signing.xmldsig import DS
from opensps.verification.aspects import Aspect, failed, passed
from opensps.verification.content import check_content, check_issuer
from opensps.verification.document import Document, Refused, open_document
from opensps.verification.file import check_file
from opensps.verification.guard import never_raises
from opensps.verification.record import NOTHING, AtHand
from opensps.verification.upload import Upload
from opensps.verification.verdict import Verdict, decide

_REQUIRED = frozenset({Aspect.INPUT, Aspect.CONTENT})


def check_delivery(
    upload: Upload,
    *,
    sender: str,
    trust: TrustList,
    now: datetime,
    accepts_training: bool = False,
    at_hand: AtHand = NOTHING,
) -> Verdict:
    """Return the verdict on what the authority `sender` delivered over a channel that proves it. Never raises."""
    listed = trust.authority(sender)
    is_sealed = upload.xml is None or upload.seal is not None or DS.encode() in upload.xml
    if listed is None or listed.profile > 0 or is_sealed or upload.xml is None:
        return check_file(upload, trust=trust, now=now, accepts_training=accepts_training, at_hand=at_hand)
    xml = upload.xml
    return never_raises(lambda: _unsealed(xml, listed, now), now=now)


def _unsealed(xml: bytes, sender: TrustedAuthority, now: datetime) -> Verdict:
    try:
        document = open_document(xml, is_sealed=False)
        check_content(document, now=now)
        check_issuer(document, authority=sender.code)
    except Refused as refused:
        return replace(decide((failed(refused.aspect, refused.reason),), required=frozenset()), as_of=now)
    return replace(_read(document, sender), as_of=now, signer=sender.name, issuing_country=sender.code[:2])


def _read(document: Document, sender: TrustedAuthority) -> Verdict:
    """Return what the content says, and that nothing but the channel speaks for it."""
    certificate, asked = read_element(document.root).certificate, passed(Aspect.CONTENT)
    if certificate is None:
        asked = failed(Aspect.CONTENT, "unreadable")
    elif issuing_country(document.root) != sender.code[:2]:
        asked, certificate = failed(Aspect.CONTENT, "issuer_mismatch"), None
    fragments = (passed(Aspect.INPUT), failed(Aspect.SEAL_SHAPE, "not_sealed"), asked)
    number = None if certificate is None else document.number
    return replace(decide(fragments, required=_REQUIRED), certificate=certificate, number=number)
