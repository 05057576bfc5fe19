"""The signed PDF of a certificate: signed last, on its first download, then kept (`trust.md` 6.15)."""

import hashlib
from datetime import datetime

from django.db import IntegrityError, transaction

from opensps.certification.models import SignedPaper
from opensps.signing import Signer
from opensps.signing.pdf_seals import seal_pdf


def paper_sign(pdf: bytes, *, authority: str, number: str, signer: Signer, at: datetime) -> bytes:
    """Return this paper, signed; one that was signed before is handed out again as it is.

    Raises what the signer raises: a paper is never handed out unsigned instead.
    """
    made_from = hashlib.sha256(pdf).digest()
    kept = SignedPaper.objects.filter(authority=authority, number=number).first()
    if kept is not None and bytes(kept.made_from) == made_from:
        return bytes(kept.content)
    signed = seal_pdf(pdf, signer=signer, at=at)
    values = {"made_from": made_from, "content": signed, "signed_at": at}
    try:
        with transaction.atomic():
            SignedPaper.objects.update_or_create(authority=authority, number=number, defaults=values)
    except IntegrityError:  # somebody else was first with the same paper
        return paper_sign(pdf, authority=authority, number=number, signer=signer, at=at)
    return signed
