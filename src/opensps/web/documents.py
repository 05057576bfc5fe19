"""What goes along with a certificate of ours that a partner fetches: seal, proof and signed paper, where they exist.

The bytes of the certificate lie with the envelope; these are found or made when asked for. None is ever made unsigned
or unproved instead: without a key or a log there is none.
"""

import hashlib
from datetime import datetime

from opensps.certification.errors import CertificationError
from opensps.certification.queries import sealed_by_numbers
from opensps.certification.services import certificate_paper
from opensps.exchange.queries.for_callers import Envelope
from opensps.formats.errors import FormatError
from opensps.signing import SigningError
from opensps.web.html import keys
from opensps.web.html.installation import installation
from opensps.web.html.views.proof import proof_of

__all__ = ["paper_of", "proof_of", "seal_of"]


def seal_of(envelope: Envelope) -> bytes | None:
    """Return the detached signature over exactly the bytes of an envelope; None for a notice, which nobody sealed."""
    if envelope.detached_signature is not None:
        return bytes(envelope.detached_signature)
    found = sealed_by_numbers(authority=envelope.authority, numbers=[envelope.number]).get(envelope.number)
    if found is None or hashlib.sha256(found.xml).hexdigest() != envelope.sha256:
        return None
    return found.seal or None


def paper_of(number: str, *, at: datetime) -> bytes | None:
    """Return the signed PDF of one of our certificates; None where it is none of ours or cannot be signed here."""
    here = installation()
    try:
        return certificate_paper(
            authority=here.authority,
            number=number,
            signer=keys.signer(),
            at=at,
            is_demo=here.is_demo,
            codes=keys.code_signer(),
            bundle=proof_of(number),
        )
    except (CertificationError, SigningError, FormatError):
        return None
