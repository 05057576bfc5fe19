"""The certificate as the Hub's contract types it: a loose subset in the namespaces of UN/CEFACT, not its schema.

Source: `exchange.md` 1.1 and 1.6. It serves the two envelopes with typed content; a certificate is never validated
with it, and we never send one in this form. Names that look misspelt are spelt so on the wire.
"""

from opensps.exchange.contracts.hub_names import ACK, IN_ACK, IN_EPH, IN_RAM, IN_RSM, IN_UDT, QDT, RAM, RSM, UDT
from opensps.exchange.contracts.tables import XSD, ComplexType, Form, Schema, SimpleType

_HERE = Form.QUALIFIED
_BARE = Form.UNQUALIFIED

SCHEMAS = (
    Schema(namespace=UDT, version="1.0", elements=IN_UDT.elements("DateTimeString string")),
    Schema(
        namespace=RSM,
        version="1.0",
        elements=IN_RSM.elements(
            """SPSCertificate eph:SPSCertificate, SPSConsignment ram:spsConsignment,
            SPSExchangedDocument ram:spsExchangedDocument"""
        ),
    ),
    Schema(
        namespace=ACK,
        version="1.0",
        elements=IN_ACK.elements(
            """SPSAcknowledgement eph:SPSAcknowledgement,
            SPSAcknowledgementDocument ram:spsAcknowledgementDocument"""
        ),
    ),
    Schema(
        namespace=QDT,
        version="1.0",
        types=(SimpleType(name=f"{{{QDT}}}dateMandatoryDateTimeType", base=f"{{{XSD}}}string"),),
    ),
    Schema(
        namespace=RAM,
        version="1.0",
        elements=IN_RAM.elements(
            """ActualDateTime eph:actualDateTime, AffixedSPSSeal eph:affixedSPSSeal,
            ApplicableSPSClassification eph:applicableSPSClassification,
            ApplicableSPSProcessCharacteristic eph:applicableSPSProcessCharacteristic,
            AttachmentBinaryObject eph:binaryObjectType, ClassCode string, ClassName textType,
            CompletionSPSPeriod eph:completionSPSPeriod, ConsigneeSPSParty eph:consigneeSPSParty,
            ConsignorSPSParty eph:consignorSPSParty, Content includedSPSNoteContent, Description textType,
            DurationMeasure eph:measureType, EndDateTime eph:endDateTime, HierarchicalLevelCode string,
            ID anyType nil, IncludedSPSClause includedSPSClause, IncludedSPSConsignmentItem IncludedSPSConsignmentItem,
            IncludedSPSNote eph:includedSPSNote, IncludedSPSTradeLineItem IncludedSPSTradeLineItem,
            Information textType, IssueDateTime anyType nil, IssueSPSLocation eph:issueSPSLocation, LineFive string,
            LineFour string, LineOne string, LineThree string, LineTwo string, MeasureType eph:measureType,
            Name string, OcurrenceSPSLocation eph:occurrenceSPSLocation, ProviderSPSParty eph:providerSPSParty,
            ReferenceSPSReferencedDocument eph:referenceSPSReferencedDocument, RelationshipTypeCode string,
            SPSIssuerSPSParty eph:spsIssuerSPSParty, SignatorySPSAuthentication eph:signatorySPSAuthentication,
            SpecifiedSPSAddress eph:specifiedSPSAddress, SpecifiedSPSPerson eph:specifiedSPSPerson,
            StartDateTime eph:startDateTime, Subject string,
            SubordinateSPSCountrySubDivision eph:subordinateSPSCountrySubDivision, SystemName string,
            TransitSPSCountry eph:transitSPSCountry, TypeCode anyType nil,
            UnloadingBaseportSPSLocation eph:unloadingBaseportSPSLocation,
            UsedSPSTransportMeans eph:usedSPSTransportMeans,
            UtilizedSPSTransportEquipment eph:utilizedSPSTransportEquipment, ValueMeasure eph:measureType"""
        ),
        types=(
            IN_RAM.record(
                "spsAcknowledgementDocument",
                """@ram:IssueDateTime?, StatusCode int, ReasonInformation? textType,
                @ram:ReferenceSPSReferencedDocument*""",
                form=_HERE,
            ),
            IN_RAM.text("textType", "string", "languageID? string"),
            IN_RAM.record(
                "spsExchangedDocument",
                """Name? string, ID? string, TypeCode int, StatusCode int, @ram:IssueDateTime?,
                IssuerSPSParty? eph:spsIssuerSPSParty, @ram:IncludedSPSNote*, @ram:ReferenceSPSReferencedDocument*,
                @ram:SignatorySPSAuthentication?""",
                form=_HERE,
            ),
            IN_RAM.text("includedSPSNoteContent", "string", "languageID? string"),
            IN_RAM.record("includedSPSClause", "ID int, Content? string", form=_HERE),
            IN_RAM.record(
                "spsConsignment",
                """@ram:ConsignorSPSParty?, @ram:ConsigneeSPSParty?, ExportSPSCountry? exportSPSCountry,
                ImportSPSCountry? importSPSCountry, @ram:TransitSPSCountry*, @ram:UnloadingBaseportSPSLocation?,
                ExaminationSPSEvent? examinationSPSEvent,
                MainCarriageSPSTransportMovement* mainCarriageSPSTransportMovement,
                @ram:UtilizedSPSTransportEquipment?, @ram:IncludedSPSConsignmentItem*""",
                form=_HERE,
            ),
            IN_RAM.record("exportSPSCountry", "ID? string, Name? string", form=_HERE),
            IN_RAM.record("importSPSCountry", "ID? string, Name? string", form=_HERE),
            IN_RAM.record("examinationSPSEvent", "OccurrenceSPSLocation? eph:occurrenceSPSLocation", form=_HERE),
            IN_RAM.record(
                "mainCarriageSPSTransportMovement",
                "ID? string, ModeCode int, @ram:UsedSPSTransportMeans?",
                form=_HERE,
            ),
            IN_RAM.record(
                "IncludedSPSConsignmentItem",
                "NatureIdentificationSPSCargo? spsCargoType, @ram:IncludedSPSTradeLineItem*",
            ),
            IN_RAM.record("spsCargoType", "TypeCode? string"),
            IN_RAM.record(
                "IncludedSPSTradeLineItem",
                """SequenceNumeric int, Description* textType, CommonName* textType, ScientificName* textType,
                IntendedUse* textType, NetWeightMeasure? eph:measureType, GrossWeightMeasure? eph:measureType,
                NetVolumeMeasure? eph:measureType, GrossVolumeMeasure? eph:measureType,
                AdditionalInformationSPSNote* additionalInformationSPSNote, @ram:ApplicableSPSClassification*,
                PhysicalSPSPackage* physicalSPSPackage, OriginSPSCountry* originSPSCountry,
                AppliedSPSProcess* appliedSPSProcess""",
                form=_HERE,
            ),
            IN_RAM.record("additionalInformationSPSNote", "Subject? string, Content* textType", form=_HERE),
            IN_RAM.record("physicalSPSPackage", "LevelCode int, TypeCode? string, ItemQuantity double", form=_HERE),
            IN_RAM.record(
                "originSPSCountry", "ID? string, Name? string, @ram:SubordinateSPSCountrySubDivision?", form=_HERE
            ),
            IN_RAM.record(
                "appliedSPSProcess",
                "TypeCode? string, @ram:CompletionSPSPeriod?, @ram:ApplicableSPSProcessCharacteristic*",
                form=_HERE,
            ),
        ),
    ),
)
"""The five namespaces named after UN/CEFACT's."""

TYPES: tuple[ComplexType | SimpleType, ...] = (
    IN_EPH.record("SPSAcknowledgement", "@ack:SPSAcknowledgementDocument?"),
    IN_EPH.record("SPSCertificate", "@rsm:SPSExchangedDocument?, @rsm:SPSConsignment?"),
    *(IN_EPH.record(name, "@udt:DateTimeString?") for name in ("issueDateTime", "actualDateTime")),
    *(IN_EPH.record(name, "@udt:DateTimeString?") for name in ("startDateTime", "endDateTime")),
    *(IN_EPH.record(name, "@ram:Name?") for name in ("spsIssuerSPSParty", "issueSPSLocation", "specifiedSPSPerson")),
    *(IN_EPH.record(name, "@ram:Name?") for name in ("occurrenceSPSLocation", "usedSPSTransportMeans")),
    IN_EPH.record(
        "referenceSPSReferencedDocument",
        """@ram:IssueDateTime?, @ram:TypeCode, @ram:RelationshipTypeCode?, @ram:ID?, @ram:AttachmentBinaryObject?,
        @ram:Information?""",
    ),
    IN_EPH.text("idType", "string", "schemeName? string"),
    IN_EPH.text("binaryObjectType", "string", "filename? string"),
    IN_EPH.text("codeType", "string", "listName? string"),
    IN_EPH.text("measureType", "double", "unitCode? string"),
    IN_EPH.record("includedSPSNote", "@ram:Subject?, @ram:Content?"),
    IN_EPH.record(
        "signatorySPSAuthentication",
        "@ram:ActualDateTime?, @ram:IssueSPSLocation?, @ram:ProviderSPSParty?, @ram:IncludedSPSClause*",
    ),
    IN_EPH.record("providerSPSParty", "@ram:Name?, @ram:SpecifiedSPSPerson?"),
    *(
        IN_EPH.record(name, "@ram:Name?, @ram:TypeCode*, @ram:SpecifiedSPSAddress?")
        for name in ("consignorSPSParty", "consigneeSPSParty")
    ),
    IN_EPH.record(
        "specifiedSPSAddress", "@ram:LineOne?, @ram:LineTwo?, @ram:LineThree?, @ram:LineFour?, @ram:LineFive?"
    ),
    *(IN_EPH.record(name, "@ram:ID?, @ram:Name?") for name in ("transitSPSCountry", "unloadingBaseportSPSLocation")),
    IN_EPH.record("utilizedSPSTransportEquipment", "ID? string, @ram:AffixedSPSSeal?", form=_BARE),
    IN_EPH.record("affixedSPSSeal", "ID? string", form=_BARE),
    IN_EPH.record("applicableSPSClassification", "@ram:SystemName?, @ram:ClassCode?, @ram:ClassName*"),
    IN_EPH.record("subordinateSPSCountrySubDivision", "@ram:Name?, @ram:HierarchicalLevelCode?"),
    IN_EPH.record("completionSPSPeriod", "@ram:StartDateTime?, @ram:EndDateTime?, @ram:DurationMeasure?"),
    IN_EPH.record("applicableSPSProcessCharacteristic", "@ram:Description*, @ram:ValueMeasure?"),
)
"""Types of the certificate that the Hub declares in the namespace of its messages."""
