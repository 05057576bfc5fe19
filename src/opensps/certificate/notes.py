"""What is said about goods and document: declarations, attestations, references, signatories.

Source: UN/CEFACT D17A, IncludedSPSNote, SPSReferencedDocument, SPSAuthentication; ePhyto tags (`domain.md` 2.3, 4.4).
"""

from dataclasses import dataclass
from enum import StrEnum

from opensps.certificate.parties import Location, Party
from opensps.certificate.scalars import Attachment, CertificateNumber, Code, CountryCode, OfficialTime, Text, Texts


@dataclass(frozen=True, slots=True)
class AdditionalDeclaration:
    """A statement required by the importing country (ISPM 5)."""

    text: Text
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Declarations:
    """Declarations, the same record at document and at line level."""

    additional: tuple[AdditionalDeclaration, ...] = ()
    official_information: Texts = ()
    import_permits: tuple[str, ...] = ()
    inspections: tuple[OfficialTime | Text, ...] = ()
    """Dates; free text is kept where a sender wrote some."""

    distinguishing_marks: Texts = ()


@dataclass(frozen=True, slots=True)
class Replacement:
    """Which certificate this one replaces (ePhyto ADRP, ADRPN, ADRPR, ADRD)."""

    number: CertificateNumber | None = None
    issued: OfficialTime | None = None
    reasons: Texts = ()
    has_statement: bool = False


@dataclass(frozen=True, slots=True)
class Attestation:
    """The statement the officer makes (IncludedSPSClause). In 851 the id alone; elsewhere the text as signed."""

    id: str | None = None
    code: str | None = None
    scheme: str | None = None
    texts: Texts = ()


class SignatoryRole(StrEnum):
    """UNCL 9417 as used: certifying officer or decision, applicant, later control."""

    CERTIFYING = "CERTIFYING"
    APPLICANT = "APPLICANT"
    CONTROL = "CONTROL"


@dataclass(frozen=True, slots=True)
class Signatory:
    """Who signs, where, when and what (SignatorySPSAuthentication)."""

    provider: Party = Party()
    """The authority or office, with the certifying officer as its person."""

    role: SignatoryRole | None = None
    authenticated: OfficialTime | None = None
    place: Location | None = None
    location_provider: Party | None = None
    attestations: tuple[Attestation, ...] = ()


@dataclass(frozen=True, slots=True)
class ReferencedDocument:
    """Another document this one speaks of (SPSReferencedDocument)."""

    relationship: Code
    """UNCL 1153: ZZZ any attachment, AWR the original certificate of a re-export."""

    id: str
    type_code: Code | None = None
    issuing_country: CountryCode | None = None
    issued: OfficialTime | None = None
    information: Text | None = None
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Note:
    """A note without a modelled field (IncludedSPSNote)."""

    subject: str | None = None
    subject_code: Code | None = None
    content_codes: tuple[Code, ...] = ()
    texts: Texts = ()
