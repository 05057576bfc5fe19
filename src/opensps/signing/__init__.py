"""Sealing and the reading of seals: keys, trust list, the thin XAdES signer and its strict verifier. No Django.

Source: `trust.md` 5, 6.2, 6.3, 6.11, 7.2. Errors: `errors`. Logs, witnesses and time stamps are elsewhere.
"""

from opensps.signing.approvals import Approval, Method, challenge_of
from opensps.signing.check import check_integrity, check_signer, issuing_country, judge_signer, type_code, verify_seal
from opensps.signing.enveloped import EnvelopedVariant, document_digest, seal_enveloped
from opensps.signing.errors import (
    DeviceUnavailable,
    EvidenceRefused,
    KeyFileError,
    NoSigningKey,
    SealError,
    ServiceRefused,
    ServiceUnavailable,
    SigningError,
    TrustError,
    TryLater,
)
from opensps.signing.keys import FileSigner, Signer, kid_of, spki_of
from opensps.signing.providers import signer_from
from opensps.signing.sealing import seal_approved
from opensps.signing.seals import Seal, Variant
from opensps.signing.shape import read_enveloped, read_seal
from opensps.signing.signer_certificate import SignerCertificate
from opensps.signing.speaking import Evidence, speaking_key
from opensps.signing.trust_entries import (
    LogPosition,
    Quorum,
    TrustedAuthority,
    TrustedKey,
    TrustedLog,
    TrustedWitness,
)
from opensps.signing.trust_list import TrustList
from opensps.signing.trust_note import Roots
from opensps.signing.xades import seal, seal_digest

__all__ = [
    "Approval",
    "DeviceUnavailable",
    "EnvelopedVariant",
    "Evidence",
    "EvidenceRefused",
    "FileSigner",
    "KeyFileError",
    "LogPosition",
    "Method",
    "NoSigningKey",
    "Quorum",
    "Roots",
    "Seal",
    "SealError",
    "ServiceRefused",
    "ServiceUnavailable",
    "Signer",
    "SignerCertificate",
    "SigningError",
    "TrustError",
    "TrustList",
    "TrustedAuthority",
    "TrustedKey",
    "TrustedLog",
    "TrustedWitness",
    "TryLater",
    "Variant",
    "challenge_of",
    "check_integrity",
    "check_signer",
    "document_digest",
    "issuing_country",
    "judge_signer",
    "kid_of",
    "read_enveloped",
    "read_seal",
    "seal",
    "seal_approved",
    "seal_digest",
    "seal_enveloped",
    "signer_from",
    "speaking_key",
    "spki_of",
    "type_code",
    "verify_seal",
]
