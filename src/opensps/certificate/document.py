"""The certificate: header, consignment and everything in them, as one immutable value.

Source: UN/CEFACT D17A, SPSCertificate (`domain.md` 2.3). The value is the only model of a certificate: drafts
are its JSON, issued certificates its sealed XML. A draft lacks what is not yet known; rules say what is missing.
"""

from dataclasses import dataclass

from opensps.certificate.kinds import CertificateKind
from opensps.certificate.lines import Package, TradeLineItem
from opensps.certificate.notes import Declarations, Note, ReferencedDocument, Replacement, Signatory
from opensps.certificate.parties import CountryArea, Location, Party
from opensps.certificate.scalars import CertificateNumber, Code, Identifier, Measure, OfficialTime, Texts
from opensps.certificate.transport import MainCarriage, TransportCondition, TransportEquipment


@dataclass(frozen=True, slots=True)
class ModelRef:
    """A template agreed with a partner: id and version."""

    id: str
    version: str


@dataclass(frozen=True, slots=True)
class Residue:
    """Received content that has no place in the model: where it stood and what it said."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class ExchangedDocument:
    """The header of a certificate (SPSExchangedDocument)."""

    type_code: str
    """UNCL 1001."""

    status_code: str
    """UNCL 4405, document meaning."""

    number: CertificateNumber | None = None
    """``None`` in a draft: numbers are given when the issue is prepared."""

    issued: OfficialTime | None = None
    titles: Texts = ()
    descriptions: Texts = ()
    is_copy: bool | None = None
    issuer: Party | None = None
    """The competent authority."""

    recipients: tuple[Party, ...] = ()
    declarations: Declarations = Declarations()
    has_financial_liability_clause: bool = False
    replacement: Replacement | None = None
    references: tuple[ReferencedDocument, ...] = ()
    signatories: tuple[Signatory, ...] = ()
    other_notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Totals:
    """Totals of the consignment; for ours derived from the lines and checked against them."""

    net_weight: Measure | None = None
    gross_weight: Measure | None = None
    count: Measure | None = None
    packages: tuple[Package, ...] = ()


@dataclass(frozen=True, slots=True)
class ConsignmentItem:
    """A group of trade lines with its cargo types (UNCL 7085)."""

    trade_line_items: tuple[TradeLineItem, ...] = ()
    cargo_types: tuple[Code, ...] = ()


@dataclass(frozen=True, slots=True)
class Consignment:
    """The goods moving under one certificate (SPSConsignment; ISPM 5)."""

    id: Identifier | None = None
    availability_due: OfficialTime | None = None
    """Expected arrival."""

    export_exit: OfficialTime | None = None
    """Departure."""

    is_ship_stores: bool | None = None
    consignor: Party = Party()
    consignee: Party = Party()
    export_country: CountryArea = CountryArea()
    """For a re-export the re-exporting country."""

    import_country: CountryArea = CountryArea()
    re_export_countries: tuple[CountryArea, ...] = ()
    transit_countries: tuple[CountryArea, ...] = ()
    storage_places: tuple[Location, ...] = ()
    transit_places: tuple[Location, ...] = ()
    place_of_loading: Location | None = None
    point_of_entry: Location | None = None
    consignee_receipt_place: Location | None = None
    examination_place: Location | None = None
    carrier: Party | None = None
    despatch_party: Party | None = None
    delivery_party: Party | None = None
    customs_transit_agent: Party | None = None
    main_carriages: tuple[MainCarriage, ...] = ()
    transport_equipment: tuple[TransportEquipment, ...] = ()
    transport_condition: TransportCondition | None = None
    totals: Totals | None = None
    items: tuple[ConsignmentItem, ...] = ()


@dataclass(frozen=True, slots=True)
class Certificate:
    """One official SPS document (SPSCertificate; Codex official certificate)."""

    kind: CertificateKind
    exchanged_document: ExchangedDocument
    consignment: Consignment = Consignment()
    model: ModelRef | None = None
    residue: tuple[Residue, ...] = ()
    """Always empty for certificates we issue."""

    @property
    def lines(self) -> tuple[TradeLineItem, ...]:
        """All trade lines over all items, in document order."""
        return tuple(line for item in self.consignment.items for line in item.trade_line_items)

    @property
    def certifying_signatory(self) -> Signatory | None:
        """The first signatory: the certifying officer's signature."""
        signatories = self.exchanged_document.signatories
        return signatories[0] if signatories else None
