"""A certificate into the bytes that are signed: strict order, UTF-8, no white space, no choice (`domain.md` 9.3).

The same value gives the same bytes. What the dialect cannot carry without harm is refused before anything is written.
"""

import re

from opensps.certificate import Certificate, Consignment, ExchangedDocument
from opensps.formats.carrying import fitted
from opensps.formats.errors import FormatError
from opensps.formats.structure import RAM, RSM, UDT
from opensps.formats.writing.emit import (
    children,
    each,
    identifier,
    indicator,
    leaf,
    moment,
    optional,
    texts,
)
from opensps.formats.writing.goods import item
from opensps.formats.writing.parties import country, equipment, event, location, main_carriage, party
from opensps.formats.writing.statements import document_notes, referenced, signatory
from opensps.rules import Level

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    f'<rsm:SPSCertificate xmlns:rsm="{RSM}" xmlns:ram="{RAM}" xmlns:udt="{UDT}"><rsm:SPSExchangedDocument>'
)
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_certificate(value: Certificate, *, dialect: str = "ephyto") -> bytes:
    """Return the certificate as a document of the dialect, UTF-8 with an XML declaration.

    Raises `FormatError`: cannot_carry for a SEVERE loss, characters for text XML 1.0 cannot hold, time, dialect.
    """
    carried, findings = fitted(value, dialect=dialect)
    for finding in findings:
        if finding.level is Level.SEVERE:
            raise FormatError("cannot_carry", finding.field, detail=finding.message)
    text = "".join(
        (
            _HEAD,
            _document(carried.exchanged_document),
            "</rsm:SPSExchangedDocument><rsm:SPSConsignment>",
            _consignment(carried.consignment),
            "</rsm:SPSConsignment></rsm:SPSCertificate>\n",
        )
    )
    bad = _FORBIDDEN.search(text)
    if bad is not None:
        raise FormatError("characters", detail=f"U+{ord(bad[0]):04X} is not allowed in XML")
    return text.encode("utf-8")


def _document(value: ExchangedDocument) -> str:
    return children(
        "ExchangedDocument",
        {
            "Name": texts("Name", value.titles),
            "ID": leaf("ID", value.number or ""),
            "Description": texts("Description", value.descriptions),
            "TypeCode": leaf("TypeCode", value.type_code),
            "StatusCode": leaf("StatusCode", value.status_code),
            "IssueDateTime": moment("IssueDateTime", value.issued),
            "CopyIndicator": indicator("CopyIndicator", value.is_copy),
            "IssuerSPSParty": optional("IssuerSPSParty", value.issuer, party),
            "RecipientSPSParty": each("RecipientSPSParty", value.recipients, party),
            "IncludedSPSNote": document_notes("IncludedSPSNote", value),
            "ReferenceSPSReferencedDocument": each("ReferenceSPSReferencedDocument", value.references, referenced),
            "SignatorySPSAuthentication": each("SignatorySPSAuthentication", value.signatories, signatory),
        },
    )


def _consignment(value: Consignment) -> str:
    return children(
        "Consignment",
        {
            "ID": identifier("ID", value.id),
            "AvailabilityDueDateTime": moment("AvailabilityDueDateTime", value.availability_due),
            "ExportExitDateTime": moment("ExportExitDateTime", value.export_exit),
            "ShipStoresIndicator": indicator("ShipStoresIndicator", value.is_ship_stores),
            "ConsignorSPSParty": party("ConsignorSPSParty", value.consignor),
            "ConsigneeSPSParty": party("ConsigneeSPSParty", value.consignee),
            "ExportSPSCountry": country("ExportSPSCountry", value.export_country),
            "ReExportSPSCountry": each("ReExportSPSCountry", value.re_export_countries, country),
            "StorageSPSEvent": each("StorageSPSEvent", value.storage_places, event),
            "LoadingBaseportSPSLocation": optional("LoadingBaseportSPSLocation", value.place_of_loading, location),
            "ImportSPSCountry": country("ImportSPSCountry", value.import_country),
            "ConsigneeReceiptSPSLocation": optional(
                "ConsigneeReceiptSPSLocation", value.consignee_receipt_place, location
            ),
            "TransitSPSCountry": each("TransitSPSCountry", value.transit_countries, country),
            "TransitSPSLocation": each("TransitSPSLocation", value.transit_places, location),
            "UnloadingBaseportSPSLocation": optional("UnloadingBaseportSPSLocation", value.point_of_entry, location),
            "ExaminationSPSEvent": optional("ExaminationSPSEvent", value.examination_place, event),
            "CarrierSPSParty": optional("CarrierSPSParty", value.carrier, party),
            "DespatchSPSParty": optional("DespatchSPSParty", value.despatch_party, party),
            "DeliverySPSParty": optional("DeliverySPSParty", value.delivery_party, party),
            "CustomsTransitAgentSPSParty": optional("CustomsTransitAgentSPSParty", value.customs_transit_agent, party),
            "MainCarriageSPSTransportMovement": each(
                "MainCarriageSPSTransportMovement", value.main_carriages, main_carriage
            ),
            "UtilizedSPSTransportEquipment": each(
                "UtilizedSPSTransportEquipment", value.transport_equipment, equipment
            ),
            "IncludedSPSConsignmentItem": each("IncludedSPSConsignmentItem", value.items, item),
        },
    )
