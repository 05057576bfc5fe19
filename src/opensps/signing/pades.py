"""The signature on the PDF: PAdES baseline B, over the finished file, after which nothing may change (`trust.md` 6.15).

Written by pyHanko with a key of ours. The seal in the XML is what counts; this one lets any PDF reader show that the
paper is whole and whose it is. Importing this module takes a second: ask through `pdf_seals.seal_pdf`.
"""

import io
from datetime import UTC, datetime
from typing import Any

from asn1crypto import algos
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.asymmetric import rsa
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign import signers
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.general import SigningError as PdfSigningError
from pyhanko_certvalidator.registry import SimpleCertificateStore

from opensps.signing.certifying import sealing_key
from opensps.signing.errors import KeyFileError
from opensps.signing.keys import Signer, public_key_of
from opensps.signing.signatures import HALF, as_der

FIELD = "Seal"

_MAX_DER = 2 * HALF + 9
"""Bytes of r and s in DER, at most."""


class _KeyOfOurs(signers.Signer):
    """Our signer, as pyHanko asks for one."""

    def __init__(self, held: Signer) -> None:
        own = asn1_x509.Certificate.load(held.certificate_der)
        registry = SimpleCertificateStore()  # type: ignore[no-untyped-call]  # pyHanko has not typed it
        registry.register_multiple([asn1_x509.Certificate.load(each) for each in held.chain_der])
        self.is_rsa = isinstance(sealing_key(public_key_of(held.certificate_der)), rsa.RSAPublicKey)
        named = algos.SignedDigestAlgorithm({"algorithm": "sha256_rsa" if self.is_rsa else "sha256_ecdsa"})
        super().__init__(signing_cert=own, cert_registry=registry, signature_mechanism=named)
        self.held = held

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:  # noqa: ARG002  pyHanko's signature
        """Return the signature as CMS writes it; of a rehearsal only the length counts."""
        if dry_run:
            return bytes(512 if self.is_rsa else _MAX_DER)
        made = self.held.sign(data)
        return made if self.is_rsa else as_der(made)


class _Dated(signers.PdfSigner):
    """Signs at the time it is told, not at the machine's."""

    def __init__(self, *given: Any, at: datetime) -> None:
        super().__init__(*given)
        self.at = at

    def init_signing_session(self, *given: Any, **named: Any) -> Any:
        """Return a session at our time."""
        session = super().init_signing_session(*given, **named)
        session.system_time = self.at
        return session


def sign_pdf(pdf: bytes, signer: Signer, at: datetime) -> bytes:
    """Return the PDF with our signature as its last update; raise `KeyFileError` (pdf) where it cannot be signed."""
    asked = signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
    )
    signing = _Dated(asked, _KeyOfOurs(signer), at=at.astimezone(UTC).replace(microsecond=0))
    try:
        made = signing.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)))
    except (PdfError, PdfSigningError, ValueError) as error:
        raise KeyFileError("pdf", type(error).__name__) from None
    return bytes(made.getvalue())
