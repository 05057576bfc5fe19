"""Whether what a message says of itself is what it holds (`exchange.md` 4.7, step 6).

Only signed fields are compared, with the signed XML. A mismatch is no forgery, for the partner signed both: it is
refused in words, and nothing is applied.
"""

from collections.abc import Iterator

from opensps.exchange.mail.fields import SpsFields, sha256_hex
from opensps.exchange.mail.reading import ExchangeMail
from opensps.formats import Reading


def mismatches(mail: ExchangeMail, reading: Reading, *, own_code: str, partner_code: str) -> tuple[str, ...]:
    """Return what does not fit, in English sentences; none where all fits or the mail says nothing of itself.

    `own_code` and `partner_code` are the connection codes the two sides use for each other.
    """
    said = mail.fields
    if said is None:
        return ()
    return (*_codes(said, own_code, partner_code), *_digest(said, mail.xml), *_values(said, reading))


def addressed_elsewhere(said: SpsFields, *, own_code: str, partner_code: str) -> tuple[str, ...]:
    """Return what says that a letter is not from this partner to us, in English sentences; none where it is."""
    return tuple(_codes(said, own_code, partner_code))


def _codes(said: SpsFields, own_code: str, partner_code: str) -> Iterator[str]:
    if said.recipient != own_code:
        yield "SPS-To is not our code."
    if said.sender != partner_code:
        yield "SPS-From is not the code of the partner whose address and key were used."


def _digest(said: SpsFields, xml: bytes | None) -> Iterator[str]:
    if xml is not None and said.content_digest != sha256_hex(xml):
        yield "SPS-Content-Digest is not the digest of the XML part."


def _values(said: SpsFields, reading: Reading) -> Iterator[str]:
    if reading.certificate is None:
        return
    document = reading.certificate.exchanged_document
    if said.certificate != (document.number or ""):
        yield "SPS-Certificate is not the number in the XML part."
    if said.type_code != document.type_code:
        yield "SPS-Type is not the type in the XML part."
    if said.status_code != document.status_code:
        yield "SPS-Status is not the status in the XML part."
