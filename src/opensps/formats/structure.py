"""The structure of a D17A document as one table: which element holds which, in which order, how often, of what type.

Source: UN/CEFACT D17A, RAM:21 (`domain.md` 3.2, 3.3). The schema, the reader and the writer are driven by it.
A row reads "element type cardinality": 1, ?, * or +. A type is one letter (T text, I identifier, C open code,
D date-time, P plain date, M measure, Q quantity, N number, B binary, X indicator), K with a code list, or a row.
An "f" after the cardinality marks a filler: the schema asks for it; where there is nothing to say it is written empty.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

RSM = "urn:un:unece:uncefact:data:standard:SPSCertificate:17"
RSM_ACKNOWLEDGEMENT = "urn:un:unece:uncefact:data:standard:SPSAcknowledgement:17"
RAM = "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:21"
UDT = "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:21"

SPS_CERTIFICATE = f"{{{RSM}}}SPSCertificate"
SPS_ACKNOWLEDGEMENT = f"{{{RSM_ACKNOWLEDGEMENT}}}SPSAcknowledgement"

ROOTS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        SPS_CERTIFICATE: MappingProxyType(
            {"SPSExchangedDocument": "ExchangedDocument", "SPSConsignment": "Consignment"}
        ),
        SPS_ACKNOWLEDGEMENT: MappingProxyType({"SPSAcknowledgementDocument": "AcknowledgementDocument"}),
    }
)
"""Root element to its children, each exactly once in this order, and their rows."""

_TABLE = """
ExchangedDocument: Name T+f, ID I1, Description T*, TypeCode K1001 1, StatusCode K4405 1, IssueDateTime D1,
    CopyIndicator X?, IssuerSPSParty Party?, RecipientSPSParty Party*, IncludedSPSNote Note*,
    ReferenceSPSReferencedDocument ReferencedDocument*, SignatorySPSAuthentication Authentication+
Consignment: ID I?, AvailabilityDueDateTime D?, ExportExitDateTime D?, ShipStoresIndicator X?,
    ConsignorSPSParty Party1, ConsigneeSPSParty Party1, ExportSPSCountry Country1, ReExportSPSCountry Country*,
    StorageSPSEvent Event*, LoadingBaseportSPSLocation Location?, ImportSPSCountry Country1,
    ConsigneeReceiptSPSLocation Location?, TransitSPSCountry Country*, TransitSPSLocation Location*,
    UnloadingBaseportSPSLocation Location?, ExaminationSPSEvent Event1f, CarrierSPSParty Party?,
    DespatchSPSParty Party?, DeliverySPSParty Party?, CustomsTransitAgentSPSParty Party?,
    MainCarriageSPSTransportMovement TransportMovement*, UtilizedSPSTransportEquipment TransportEquipment*,
    IncludedSPSConsignmentItem ConsignmentItem+
ConsignmentItem: NatureIdentificationSPSCargo Cargo*, IncludedSPSTradeLineItem TradeLineItem+
TradeLineItem: SequenceNumeric N1, Description T+f, CommonName T*, ScientificName T*, ProductionBatchID I*,
    IntendedUse T*, ExpiryDateTime D*, NetWeightMeasure M?, GrossWeightMeasure M?, NetVolumeMeasure M?,
    GrossVolumeMeasure M?, AdditionalInformationSPSNote Note*, ApplicableSPSClassification Classification*,
    PhysicalSPSPackage Package*, AssociatedSPSTransportEquipment TransportEquipment*, OriginSPSCountry Country*,
    OriginSPSLocation Location*, AppliedSPSProcess Process*, AssertedSPSAuthentication Authentication*,
    ReferenceSPSReferencedDocument ReferencedDocument*
AcknowledgementDocument: IssueDateTime D1, StatusCode K4405 1, ReasonInformation T*,
    ReferenceSPSReferencedDocument ReferencedDocument+
Address: PostcodeCode C?, LineOne T?, LineTwo T?, LineThree T?, LineFour T?, LineFive T?, CityName T?, CountryID I?,
    TypeCode K3131 ?, CountryName T?, CountrySubDivisionID I?, CountrySubDivisionName T?, CityID I?
Authentication: TypeCode K9417 ?, ActualDateTime D1f, IssueSPSLocation Location?, ProviderSPSParty Party1,
    LocationProviderSPSParty Party?, IncludedSPSClause Clause+f
Cargo: TypeCode K7085 1
Classification: SystemID I?, SystemName T+f, ClassCode C?, ClassName T+f
Clause: ID I?, Content T+f
Contact: PersonName T1
Country: ID Kcountry 1f, Name T+f, SubordinateSPSCountrySubDivision CountrySubDivision*
CountrySubDivision: ID I?, Name T+f, HierarchicalLevelCode C1f, FunctionTypeCode K3227 ?,
    SuperordinateSPSCountrySubDivision CountrySubDivision*, SubordinateSPSCountrySubDivision CountrySubDivision*,
    ActivityAuthorizedSPSParty Party*
Event: OccurrenceSPSLocation Location1f
Location: ID I?, Name T+f
Note: Subject T?, ContentCode C*, Content T+f, SubjectCode C?
Package: LevelCode C1, TypeCode Krec21 1, ItemQuantity Q1, NominalGrossWeightMeasure M?, NominalGrossVolumeMeasure M?,
    PhysicalSPSShippingMarks ShippingMarks*
Party: ID I?, Name T1f, RoleCode K3035 ?, TypeCode C*, SpecifiedSPSAddress Address?, DefinedSPSContact Contact*,
    SpecifiedSPSPerson Person?
Period: StartDateTime D1, EndDateTime D?, DurationMeasure M?
Person: Name T1, AttainedSPSQualification Qualification*
Process: TypeCode K7187 1, CompletionSPSPeriod Period?, ApplicableSPSProcessCharacteristic ProcessCharacteristic*,
    OperationSPSCountry Country?, OperatorSPSParty Party?
ProcessCharacteristic: TypeCode K6313 ?, Description T+f, ValueMeasure M?, MinimumValueMeasure M?,
    MaximumValueMeasure M?
Qualification: Name T+, AbbreviatedName T?
ReferencedDocument: IssueDateTime P?, TypeCode K1001 ?, RelationshipTypeCode K1153 1, ID I1, AttachmentBinaryObject B*,
    Information T?
Seal: ID I1, MaximumID I?, IssuingSPSParty Party?
ShippingMarks: Marking T1
Temperature: ValueMeasure M?, MinimumValueMeasure M?, MaximumValueMeasure M?, TypeCode K6245 ?
TransportEquipment: ID I1f, AffixedSPSSeal Seal*, SettingSPSTemperature Temperature*
TransportMeans: Name T1
TransportMovement: ID I?, ModeCode Krec19 1, UsedSPSTransportMeans TransportMeans?
"""

LIST_IDS: Mapping[str, str] = MappingProxyType(
    {
        "K1001": "un_1001",
        "K4405": "un_4405",
        "K1153": "un_1153",
        "K9417": "un_9417",
        "K7187": "un_7187",
        "K6313": "un_6313",
        "K3035": "un_3035",
        "K3131": "un_3131",
        "K3227": "un_3227",
        "K6245": "un_6245",
        "K7085": "un_7085",
        "Krec19": "un_rec19",
        "Krec21": "un_rec21",
        "Kcountry": "iso_3166_1",
    }
)
"""Closed code type to the list of room `codes` it stands for (`domain.md` 3.4)."""

ATTRIBUTES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "T": ("languageID", "languageLocaleID"),
        "I": (
            "schemeID",
            "schemeName",
            "schemeAgencyID",
            "schemeAgencyName",
            "schemeVersionID",
            "schemeDataURI",
            "schemeURI",
        ),
        "C": (
            "listID",
            "listAgencyID",
            "listAgencyName",
            "listName",
            "listVersionID",
            "name",
            "languageID",
            "listURI",
            "listSchemeURI",
        ),
        "K": ("name", "listID", "listAgencyID", "listVersionID"),
        "K1001": ("name", "listID", "listAgencyID", "listVersionID", "listURI"),
        "K4405": ("name", "listID", "listAgencyID", "listVersionID", "listURI"),
        "Kcountry": ("schemeID", "schemeAgencyID", "schemeVersionID"),
        "M": ("unitCode", "unitCodeListVersionID"),
        "Q": ("unitCode", "unitCodeListID", "unitCodeListAgencyID", "unitCodeListAgencyName"),
        "N": ("format",),
        "B": ("format", "mimeCode", "encodingCode", "characterSetCode", "uri", "filename"),
    }
)
"""Attributes of each data type, all optional (`domain.md` 3.2); a list of its own wins over the letter's."""


@dataclass(frozen=True, slots=True)
class Child:
    """One element a row may hold."""

    name: str
    tag: str
    """Clark notation."""

    type: str
    index: int
    """Place in the schema's order."""

    is_required: bool
    is_repeated: bool
    is_filler: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One kind of element: its children in schema order, and the same by tag."""

    name: str
    children: tuple[Child, ...]
    by_tag: Mapping[str, Child]
    fillers: tuple[str, ...]
    """Names of the children the schema asks for even where there is nothing to say."""


def _child(index: int, words: str) -> Child:
    name, kind = words.split(maxsplit=1)
    is_filler = kind.endswith("f")
    kind = kind.removesuffix("f")
    kind, cardinality = kind[:-1].strip(), kind[-1]
    return Child(
        name=name,
        tag=f"{{{RAM}}}{name}",
        type=kind,
        index=index,
        is_required=cardinality in "1+",
        is_repeated=cardinality in "*+",
        is_filler=is_filler,
    )


def _rows() -> dict[str, Row]:
    rows = {}
    for line in _TABLE.replace("\n    ", " ").strip().splitlines():
        name, _, words = line.partition(": ")
        children = tuple(_child(index, one) for index, one in enumerate(words.split(", ")))
        fillers = tuple(child.name for child in children if child.is_filler)
        rows[name] = Row(name, children, MappingProxyType({child.tag: child for child in children}), fillers)
    return rows


ROWS: Mapping[str, Row] = MappingProxyType(_rows())
"""Row name to its row; the schema calls the type of row X `SPSXType`."""

Change = tuple[str, str, str, str]
"""Row, element, type, cardinality; "-" takes the element out."""


def changed(changes: Iterable[Change]) -> Mapping[str, Row]:
    """Return the table with an overlay: what one receiver's schema has otherwise."""
    rows = dict(ROWS)
    for name, child, kind, cardinality in changes:
        row = rows[name]
        rows[name] = replace(row, children=tuple(_changed(row.children, child, kind, cardinality)))
    return MappingProxyType(rows)


def _changed(children: Iterable[Child], name: str, kind: str, cardinality: str) -> Iterator[Child]:
    for child in children:
        if child.name != name:
            yield child
        elif cardinality != "-":
            yield replace(child, type=kind, is_required=cardinality in "1+", is_repeated=cardinality in "*+")
