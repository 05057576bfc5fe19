"""A certificate into the bytes that are signed: strict order, UTF-8, no white space, no choice (`domain.md` 9.3).

The same value gives the same bytes. What the dialect cannot carry without harm is refused before anything is written.
"""

import re

from opensps import codes
from opensps.certificate import Acknowledgement, Certificate, Consignment
from opensps.formats import replacing
from opensps.formats.carrying import fitted, fitted_acknowledgement
from opensps.formats.errors import FormatError
from opensps.formats.structure import LIST_IDS, RAM, RSM, RSM_ACKNOWLEDGEMENT, UDT
from opensps.formats.writing.emit import Pen, attributes, identifier, indicator, leaf, pen_of, texts
from opensps.formats.writing.goods import items
from opensps.formats.writing.parties import country, equipment, event, location, main_carriage, party
from opensps.formats.writing.statements import document_notes, referenced, signatory
from opensps.rules import Finding, Level

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    f'<rsm:SPSCertificate xmlns:rsm="{RSM}" xmlns:ram="{RAM}" xmlns:udt="{UDT}"><rsm:SPSExchangedDocument>'
)
_ANSWER_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    f'<rsm:SPSAcknowledgement xmlns:rsm="{RSM_ACKNOWLEDGEMENT}" xmlns:ram="{RAM}" xmlns:udt="{UDT}">'
    "<rsm:SPSAcknowledgementDocument>"
)
_CONTROLS = bytes(sign for sign in range(32) if sign not in b"\t\n\r")
_NO_SIGNS = (b"\xef\xbf\xbe", b"\xef\xbf\xbf")
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_certificate(value: Certificate, *, dialect: str = "ephyto") -> bytes:
    """Return the certificate as a document of the dialect, UTF-8 with an XML declaration.

    Raises `FormatError`: cannot_carry for a SEVERE loss, characters for text XML 1.0 cannot hold, time, dialect.
    """
    carried, findings = fitted(value, dialect=dialect)
    _refuse(findings)
    pen = pen_of(dialect)
    return _encoded(
        "".join(
            (
                _HEAD,
                _document(pen, carried),
                "</rsm:SPSExchangedDocument><rsm:SPSConsignment>",
                _consignment(pen, carried.consignment),
                "</rsm:SPSConsignment></rsm:SPSCertificate>\n",
            )
        )
    )


def write_acknowledgement(value: Acknowledgement, *, dialect: str = "ephyto") -> bytes:
    """Return an acknowledgement as a document of the dialect: its time is a string through the Hub, else typed.

    Raises `FormatError`: cannot_carry for one that names no status or no document, characters, time, dialect.
    """
    carried, findings = fitted_acknowledgement(value, dialect=dialect)
    _refuse(findings)
    pen = pen_of(dialect)
    inner = pen.children(
        "AcknowledgementDocument",
        {
            "IssueDateTime": pen.moment("IssueDateTime", carried.issued),
            "StatusCode": _labelled(pen, "StatusCode", "K4405", carried.status_code),
            "ReasonInformation": texts("ReasonInformation", carried.reasons),
            "ReferenceSPSReferencedDocument": pen.each(
                "ReferenceSPSReferencedDocument", carried.references, referenced
            ),
        },
    )
    return _encoded(f"{_ANSWER_HEAD}{inner}</rsm:SPSAcknowledgementDocument></rsm:SPSAcknowledgement>\n")


def _refuse(findings: tuple[Finding, ...]) -> None:
    for finding in findings:
        if finding.level is Level.SEVERE:
            raise FormatError("cannot_carry", finding.field, detail=finding.message)


def _encoded(text: str) -> bytes:
    """Return the bytes of a document; raise `FormatError` for what XML 1.0 cannot hold."""
    try:
        data = text.encode("utf-8")
    except UnicodeEncodeError:
        data = _CONTROLS
    if len(data.translate(None, _CONTROLS)) == len(data) and not any(sign in data for sign in _NO_SIGNS):
        return data
    bad = _FORBIDDEN.search(text)
    raise FormatError("characters", detail=f"U+{ord(bad[0]) if bad else 0:04X} is not allowed in XML")


def _labelled(pen: Pen, name: str, kind: str, value: str) -> str:
    """Return a code; the coded dialects put the name of it beside it, for people."""
    list_id = LIST_IDS[kind]
    if not pen.dialect.is_coded or not codes.is_known(list_id, value):
        return leaf(name, value)
    return leaf(name, value, attributes(name=codes.label(list_id, value)))


def _document(pen: Pen, certificate: Certificate) -> str:
    value = certificate.exchanged_document
    references = value.references
    if pen.dialect.is_coded:
        references = replacing.written(value.replacement, references, value.type_code)
    return pen.children(
        "ExchangedDocument",
        {
            "Name": texts("Name", value.titles),
            "ID": leaf("ID", value.number or ""),
            "Description": texts("Description", value.descriptions),
            "TypeCode": _labelled(pen, "TypeCode", "K1001", value.type_code),
            "StatusCode": _labelled(pen, "StatusCode", "K4405", value.status_code),
            "IssueDateTime": pen.moment("IssueDateTime", value.issued),
            "CopyIndicator": indicator("CopyIndicator", value.is_copy),
            "IssuerSPSParty": pen.optional("IssuerSPSParty", value.issuer, party),
            "RecipientSPSParty": pen.each("RecipientSPSParty", value.recipients, party),
            "IncludedSPSNote": document_notes(pen, "IncludedSPSNote", certificate),
            "ReferenceSPSReferencedDocument": pen.each("ReferenceSPSReferencedDocument", references, referenced),
            "SignatorySPSAuthentication": pen.each("SignatorySPSAuthentication", value.signatories, signatory),
        },
    )


def _consignment(pen: Pen, value: Consignment) -> str:
    return pen.children(
        "Consignment",
        {
            "ID": identifier("ID", value.id),
            "AvailabilityDueDateTime": pen.moment("AvailabilityDueDateTime", value.availability_due),
            "ExportExitDateTime": pen.moment("ExportExitDateTime", value.export_exit),
            "ShipStoresIndicator": indicator("ShipStoresIndicator", value.is_ship_stores),
            "ConsignorSPSParty": party(pen, "ConsignorSPSParty", value.consignor),
            "ConsigneeSPSParty": party(pen, "ConsigneeSPSParty", value.consignee),
            "ExportSPSCountry": country(pen, "ExportSPSCountry", value.export_country),
            "ReExportSPSCountry": pen.each("ReExportSPSCountry", value.re_export_countries, country),
            "StorageSPSEvent": pen.each("StorageSPSEvent", value.storage_places, event),
            "LoadingBaseportSPSLocation": pen.optional("LoadingBaseportSPSLocation", value.place_of_loading, location),
            "ImportSPSCountry": country(pen, "ImportSPSCountry", value.import_country),
            "ConsigneeReceiptSPSLocation": pen.optional(
                "ConsigneeReceiptSPSLocation", value.consignee_receipt_place, location
            ),
            "TransitSPSCountry": pen.each("TransitSPSCountry", value.transit_countries, country),
            "TransitSPSLocation": pen.each("TransitSPSLocation", value.transit_places, location),
            "UnloadingBaseportSPSLocation": pen.optional(
                "UnloadingBaseportSPSLocation", value.point_of_entry, location
            ),
            "ExaminationSPSEvent": pen.optional("ExaminationSPSEvent", value.examination_place, event),
            "CarrierSPSParty": pen.optional("CarrierSPSParty", value.carrier, party),
            "DespatchSPSParty": pen.optional("DespatchSPSParty", value.despatch_party, party),
            "DeliverySPSParty": pen.optional("DeliverySPSParty", value.delivery_party, party),
            "CustomsTransitAgentSPSParty": pen.optional(
                "CustomsTransitAgentSPSParty", value.customs_transit_agent, party
            ),
            "MainCarriageSPSTransportMovement": pen.each(
                "MainCarriageSPSTransportMovement", value.main_carriages, main_carriage
            ),
            "UtilizedSPSTransportEquipment": pen.each(
                "UtilizedSPSTransportEquipment", value.transport_equipment, equipment
            ),
            "IncludedSPSConsignmentItem": items(pen, "IncludedSPSConsignmentItem", value.items, value.totals),
        },
    )
