"""The certificates of the golden messages: small, complete, of made-up traders, between the two real countries.

Source: `exchange.md` 7.4. Numbers are training numbers, remarks say that nothing of it is real. Which
message carries which of them, and what is expected, stands in `conversation`.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from opensps.certificate import (
    AdditionalDeclaration,
    Address,
    Attachment,
    Attestation,
    Certificate,
    CertificateKind,
    CertificateNumber,
    Classification,
    Code,
    Consignment,
    ConsignmentItem,
    CountryArea,
    CountryCode,
    Declarations,
    ExchangedDocument,
    Identifier,
    IssuedNumber,
    Location,
    MainCarriage,
    Measure,
    OfficialTime,
    Package,
    Party,
    Person,
    ReferencedDocument,
    Replacement,
    Signatory,
    SignatoryRole,
    Text,
    TradeLineItem,
    Treatment,
    named,
)

OFFICE = "999"
"""No office of any authority issues from here."""

RUNS, PAPERS_PER_RUN = 90_000, 100

_EXAMPLE = "TEST OF THE EXCHANGE, NOT A CERTIFICATE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One end of a conversation."""

    code: str
    """Connection code."""

    country: str
    """ISO 3166-1 alpha-2."""

    authority: str
    """Name of the competent authority."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Papers:
    """Makes the certificates of one run, each with a number of its own."""

    sender: Side
    receiver: Side
    run: int
    """1 to `RUNS`: part of every number, so that runs never meet."""

    at: datetime
    """When they were issued; a few seconds more have to lie in the past."""

    remark: str = _EXAMPLE
    """Stands on each of them."""

    def number(self, place: int) -> CertificateNumber:
        """Return the number of the certificate at a place, 1 to `PAPERS_PER_RUN` - 1."""
        serial = (self.run % RUNS) * PAPERS_PER_RUN + place
        return IssuedNumber(self.sender.country, self.at.year, OFFICE, serial, is_training=True).text

    def paper(self, place: int, *, weight: str = "1000") -> Certificate:
        """Return a clean phytosanitary certificate over kilograms of garlic."""
        moment = OfficialTime.moment(self.at, offset_minutes=0)
        document = ExchangedDocument(
            type_code="851",
            status_code="70",
            number=self.number(place),
            issued=moment,
            issuer=Party(name=self.sender.authority),
            declarations=Declarations(
                additional=(AdditionalDeclaration(Text(self.remark, "en")),),
                official_information=(Text(self.remark, "en"),),
            ),
            signatories=(self._signatory(moment),),
        )
        return Certificate(CertificateKind.PHYTOSANITARY, document, self._goods(weight))

    def _signatory(self, moment: OfficialTime) -> Signatory:
        return Signatory(
            provider=Party(person=Person("Test Officer")),
            role=SignatoryRole.CERTIFYING,
            authenticated=moment,
            place=named("Test", "en"),
            attestations=(Attestation(id="1"), Attestation(id="2")),
        )

    def _goods(self, weight: str) -> Consignment:
        return Consignment(
            consignor=_trader("Test Consignor", self.sender.country),
            consignee=_trader("Test Consignee", self.receiver.country),
            export_country=_country(self.sender.country),
            import_country=_country(self.receiver.country),
            point_of_entry=Location(names=(Text("Test port", "en"),)),
            main_carriages=(MainCarriage(Code("1", "un_rec19"), Identifier("TEST 1"), Text("MV Test")),),
            items=(ConsignmentItem(trade_line_items=(_garlic(weight, self.sender.country),)),),
        )


def _trader(name: str, country: str) -> Party:
    return Party(name=name, address=Address(lines=("1 Test Road",), country=CountryCode(country)))


def _country(code: str) -> CountryArea:
    return CountryArea(code=CountryCode(code))


def _garlic(weight: str, country: str) -> TradeLineItem:
    return TradeLineItem(
        sequence=1,
        descriptions=(Text("Fresh garlic", "en"),),
        scientific_names=(Text("Allium sativum"),),
        intended_uses=(Text("Consumption", "en"),),
        net_weight=Measure(Decimal(weight), "KGM"),
        classifications=(Classification(Code("HS"), class_code="070320"),),
        packages=(Package(level="1", type_code=Code("CT", "un_rec21"), count=Decimal(100)),),
        origins=(_country(country),),
    )


def with_line(paper: Certificate, line: TradeLineItem) -> Certificate:
    """Return the certificate with another line of goods."""
    goods = replace(paper.consignment, items=(ConsignmentItem(trade_line_items=(line,)),))
    return replace(paper, consignment=goods)


def with_undated_treatment(paper: Certificate) -> Certificate:
    """Return the certificate with a treatment that has no date: a remark, nothing more (M2)."""
    treatment = Treatment(
        process_code=Code("ZZZ", "un_7187"),
        type_level_1=Code("CHT"),
        type_level_2=Code("FG"),
        full_text=(Text("Treatment named for the test only", "en"),),
    )
    return with_line(paper, replace(paper.lines[0], treatments=(treatment,)))


def without_species(paper: Certificate) -> Certificate:
    """Return the certificate without the botanical name that ISPM 12 demands (M3)."""
    return with_line(paper, replace(paper.lines[0], scientific_names=()))


def for_country(paper: Certificate, country: str) -> Certificate:
    """Return the certificate made out to another country (M10)."""
    return replace(paper, consignment=replace(paper.consignment, import_country=_country(country)))


def with_status(paper: Certificate, status: str) -> Certificate:
    """Return the certificate with another status: 40 withdrawn, 68 split."""
    return replace(paper, exchanged_document=replace(paper.exchanged_document, status_code=status))


def instead_of(paper: Certificate, old: Certificate, *, reason: str) -> Certificate:
    """Return the certificate as the successor of another one (M7)."""
    replaced = Replacement(
        number=old.exchanged_document.number,
        issued=old.exchanged_document.issued,
        reasons=(Text(reason, "en"),),
        has_statement=True,
    )
    return replace(paper, exchanged_document=replace(paper.exchanged_document, replacement=replaced))


def with_attachment(paper: Certificate, content: bytes) -> Certificate:
    """Return the certificate with a PDF file attached (M9)."""
    attached = ReferencedDocument(
        relationship=Code("ZZZ", "un_1153"),
        id="TEST-ATTACHMENT",
        issued=paper.exchanged_document.issued,
        information=Text("Attachment of the test", "en"),
        attachments=(Attachment("test.pdf", "application/pdf", content),),
    )
    return replace(paper, exchanged_document=replace(paper.exchanged_document, references=(attached,)))


def child_of(paper: Certificate, parent: Certificate) -> Certificate:
    """Return the certificate as a part of a split one, which it names (M8)."""
    named_parent = ReferencedDocument(
        relationship=Code("ZZZ", "un_1153"),
        id=str(parent.exchanged_document.number),
        issued=parent.exchanged_document.issued,
        information=Text("Certificate that was split", "en"),
    )
    return replace(paper, exchanged_document=replace(paper.exchanged_document, references=(named_parent,)))
