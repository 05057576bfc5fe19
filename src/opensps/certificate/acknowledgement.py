"""The receiver's business answer to a certificate (UN/CEFACT D17A, SPSAcknowledgement; `domain.md` 6).

Receipts of the transport belong to envelopes and are no acknowledgement.
"""

from dataclasses import dataclass

from opensps.certificate.document import Residue
from opensps.certificate.notes import ReferencedDocument
from opensps.certificate.scalars import OfficialTime, Texts


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """What a receiver decided about the documents it names."""

    status_code: str
    """UNCL 4405: 39 accepted, 41 rejected, 122 partly; some senders echo the status of the document."""

    issued: OfficialTime | None = None
    reasons: Texts = ()
    references: tuple[ReferencedDocument, ...] = ()
    """What is answered: relationship CAW, the number, and the country that issued it."""

    residue: tuple[Residue, ...] = ()
    """Always empty for acknowledgements we write."""
