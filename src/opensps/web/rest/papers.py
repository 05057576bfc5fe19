"""What goes with a certificate of ours to a partner that asks: seal, proof and PDF, from where the pages take them."""

from datetime import datetime

from opensps.certification.errors import CertificationError
from opensps.certification.services import certificate_paper
from opensps.formats import FormatError
from opensps.signing import SigningError
from opensps.web.html import keys
from opensps.web.html.installation import installation
from opensps.web.html.views.proof import proof_of


def pdf_of(number: str, *, at: datetime) -> bytes | None:
    """Return the signed paper of one of our certificates; None where it cannot be made here."""
    place = installation()
    try:
        return certificate_paper(
            authority=place.authority,
            number=number,
            signer=keys.signer(),
            at=at,
            is_demo=place.is_demo,
            codes=keys.code_signer(),
            bundle=proof_of(number),
        )
    except (CertificationError, FormatError, SigningError):
        return None
