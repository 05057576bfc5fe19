"""Sealing what was approved, whoever holds the key: a file, a device, or the service that judges for itself."""

from datetime import datetime

from opensps.signing.approvals import Approval
from opensps.signing.keys import Signer
from opensps.signing.service_signer import ServiceSigner
from opensps.signing.xades import seal


def seal_approved(xml: bytes, *, signer: Signer, approvals: tuple[Approval, ...], at: datetime) -> bytes:
    """Return the detached seal of these bytes; a service is given the approvals and takes its own time.

    Raises `FormatError`, `ServiceRefused`, `TryLater` and what the signer raises.
    """
    if isinstance(signer, ServiceSigner):
        return signer.seal(xml, approvals)
    return seal(xml, signer=signer, at=at)
