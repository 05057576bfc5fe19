"""Certificates of Northland (XB) for Examplia (XA), as they come in envelopes."""

from dataclasses import replace
from typing import Any

from opensps.certificate import CertificateNumber, Identifier, Location, Replacement
from opensps.exchange.contracts.headers import EnvelopeHeader
from opensps.formats import write_certificate
from tests.factories.certificates import country, phytosanitary, text

NUMBER = "XB/PC/2026/00001"


def theirs(number: str = NUMBER, *, status: str = "70", replaces: str = "", goods: str = "", **changes: Any) -> bytes:
    """Return a clean certificate of theirs for us as XML; `goods` makes another content of it."""
    given = {
        "exchanged_document__number": CertificateNumber(number),
        "exchanged_document__status_code": status,
        "exchanged_document__references": (),
        "consignment__export_country": country("XB"),
        "consignment__import_country": country("XA"),
        "consignment__transit_countries": (),
        "consignment__point_of_entry": Location(id=Identifier("XAPRT", "un_locode"), names=text("Port City")),
        "consignment__items__0__trade_line_items__0__origins": (country("XB", "River Province"),),
        "consignment__items__0__trade_line_items__1__origins": (country("XB"),),
    }
    value = phytosanitary(**given | changes)
    if replaces:
        said = Replacement(CertificateNumber(replaces), has_statement=True)
        value = replace(value, exchanged_document=replace(value.exchanged_document, replacement=said))
    if goods:
        value = replace(value, consignment=replace(value.consignment, consignee=_named(value.consignment, goods)))
    return write_certificate(value)


def _named(consignment: Any, name: str) -> Any:
    return replace(consignment.consignee, name=name)


def header(number: str = NUMBER, *, status: int = 70, to: str = "XA", delivery: str = "") -> EnvelopeHeader:
    """Return the header of an envelope from Northland to us."""
    return EnvelopeHeader(
        from_code="XB", to_code=to, type_code=851, status_code=status, number=number, delivery_number=delivery
    )
