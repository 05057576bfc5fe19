"""Headers and envelopes of the Hub between records of the contract and values (`exchange.md` 1.3).

Used by every role: our hub, the push endpoint and the client. Texts of a header are trimmed; in a send the four
fields a hub fills in are ignored by who receives it.
"""

from typing import Any

from opensps.exchange.contracts.content import as_content, content_bytes
from opensps.exchange.contracts.headers import EnvelopeHeader, Forwarding
from opensps.exchange.contracts.tables import Record
from opensps.formats.xml_stream import LongText


def header_of(record: Record) -> EnvelopeHeader:
    """Return the header a record of EnvelopeHeader, or of an envelope, holds."""
    return EnvelopeHeader(
        from_code=record["From"].strip(),
        to_code=record["To"].strip(),
        type_code=record["CertificateType"],
        status_code=record["CertificateStatus"],
        number=record["NPPOCertificateNumber"].strip(),
        delivery_number=record.get("hubDeliveryNumber", ""),
        tracking=record.get("HUBTrackingInfo", "").strip(),
        error_message=record.get("hubDeliveryErrorMessage", ""),
        forwardings=_forwardings(record.get("Forwardings")),
    )


def _forwardings(record: Record | None) -> tuple[Forwarding, ...]:
    items = record["EnvelopeForwarding"] if record else ()
    return tuple(
        Forwarding(item["Code"].strip(), item.get("HubDeliveryNumber", "").strip())
        for item in items
        if item is not None
    )


def content_of(record: Record) -> bytes:
    """Return the bytes of the certificate in an envelope, decoded once; b"" without any."""
    content = record.get("Content", "")
    return content_bytes(content.whole() if isinstance(content, LongText) else content)


def record_of(header: EnvelopeHeader, *, content: bytes | None = None) -> dict[str, Any]:
    """Return the record of a header, or of an envelope with the document it carries."""
    record: dict[str, Any] = {
        "From": header.from_code,
        "To": header.to_code,
        "CertificateType": header.type_code,
        "CertificateStatus": header.status_code,
        "NPPOCertificateNumber": header.number,
    }
    if header.delivery_number:
        record["hubDeliveryNumber"] = header.delivery_number
    if header.tracking:
        record["HUBTrackingInfo"] = header.tracking
    if header.error_message:
        record["hubDeliveryErrorMessage"] = header.error_message
    if header.forwardings:
        record["Forwardings"] = {"EnvelopeForwarding": tuple(map(_forwarding, header.forwardings))}
    if content is not None:
        record["Content"] = as_content(content)
    return record


def _forwarding(each: Forwarding) -> dict[str, Any]:
    return {"Code": each.code} | ({"HubDeliveryNumber": each.delivery_number} if each.delivery_number else {})
