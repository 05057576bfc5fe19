"""The signed PDF of a certificate: signed last, on its first download, then kept (`trust.md` 6.15)."""

import hashlib
import json
from datetime import datetime
from functools import cache
from pathlib import Path

from django.db import IntegrityError, transaction

from opensps.certification.models import Certificate, SignedPaper
from opensps.certification.queries.certificates import certificate_by_number
from opensps.certification.queries.log import log_place
from opensps.certification.services.paper_codes import CodeSigner
from opensps.certification.services.papers import certificate_pdf
from opensps.formats import layouts
from opensps.signing import Signer
from opensps.signing.pdf_seals import seal_pdf


def certificate_paper(
    *,
    authority: str,
    number: str,
    signer: Signer,
    at: datetime,
    is_demo: bool = False,
    codes: CodeSigner | None = None,
    bundle: bytes | None = None,
) -> bytes:
    """Return the original paper of a certificate, signed; one that was signed before is handed out as it is.

    It is made anew when it would say more, such as its place in the log. Raises what `certificate_pdf` and the signer
    raise: a paper is never handed out unsigned instead.
    """
    certificate = certificate_by_number(authority=authority, number=number)
    made_from = _made_from(certificate, is_demo=is_demo, has_codes=codes is not None, bundle=bundle)
    kept = SignedPaper.objects.filter(authority=authority, number=number).first()
    if kept is not None and bytes(kept.made_from) == made_from:
        return bytes(kept.content)
    pdf = certificate_pdf(authority=authority, number=number, is_demo=is_demo, codes=codes, bundle=bundle)
    signed = seal_pdf(pdf, signer=signer, at=at)
    _keep(authority, number, {"made_from": made_from, "content": signed, "signed_at": at})
    return signed


def _keep(authority: str, number: str, values: dict[str, object]) -> None:
    try:
        with transaction.atomic():
            SignedPaper.objects.update_or_create(authority=authority, number=number, defaults=values)
    except IntegrityError:  # somebody else was first; both papers say the same
        return


def _made_from(certificate: Certificate, *, is_demo: bool, has_codes: bool, bundle: bytes | None) -> bytes:
    """Return a digest of everything that makes the paper what it is, but no signature in it."""
    place = log_place(authority=certificate.authority, number=certificate.number)
    octets = (certificate.xml, certificate.seal, bundle)
    parts = [hashlib.sha256(bytes(each or b"")).hexdigest() for each in octets]
    parts += [str(is_demo), str(has_codes), str(place), _layout_digest()]
    return hashlib.sha256(json.dumps(parts).encode()).digest()


@cache
def _layout_digest() -> str:
    files = sorted(Path(layouts.__file__).parent.iterdir())
    return hashlib.sha256(b"".join(each.read_bytes() for each in files if each.is_file())).hexdigest()
