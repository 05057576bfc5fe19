"""The dialects of the standard as rows: what each writes differently, and what it has a place for.

Source: `domain.md` 2.5, 4, 5, 8.4. One reader takes them all; schema, capacity check and writer ask this table.
A dialect says facts either as tags (`ephyto`, `intercom`) or as codes of a vocabulary (`opensps`, `traces`, `uk`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from opensps.certificate import Certificate
from opensps.certificate.kinds import profile_of
from opensps.formats.errors import FormatError
from opensps.formats.structure import Change

_NONE: Mapping[str, str | None] = MappingProxyType({})
_NO_NAMES: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """How one partner says coded facts: which subjects it knows, and the list each coded value is of."""

    subject_list: str | None = None
    """List id of the subjects we write."""

    document: Mapping[str, str | None] = field(default_factory=lambda: _NONE)
    """Subjects of notes of the document, each with the list of its coded value."""

    line: Mapping[str, str | None] = field(default_factory=lambda: _NONE)
    attestation_scheme: str | None = None
    """Scheme of a clause that names none."""

    has_totals: bool = False
    """Whether a line numbered 0 sums up the consignment."""

    systems: Mapping[str, str] = field(default_factory=lambda: _NO_NAMES)
    """Classification systems it names differently."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """One row of the table."""

    name: str
    rule: str
    """Id of the finding about what it cannot carry."""

    vocabulary: Vocabulary | None = None
    """``None`` where facts are said as tags."""

    is_narrowed_by_hub: bool = False
    """Whether a typed call of the Hub carries less than the document."""

    unwritten: frozenset[str] = frozenset()
    """Fillers, as row/element, that are left out instead of written empty."""

    without: frozenset[str] = frozenset()
    """Fields of the document the receiver's schema has no element for."""

    null_fillers: frozenset[str] = frozenset()
    """Fillers that say `NULL`."""

    has_nested_reference_date: bool = False
    ticks: tuple[str, str] = ("False", "True")
    """How the boxes of a re-export are written."""

    changes: tuple[Change, ...] = ()
    """Overlay of the structure table for its schema."""

    @property
    def is_coded(self) -> bool:
        """Whether facts are said as codes."""
        return self.vocabulary is not None


_DECLARED: Mapping[str, str | None] = MappingProxyType(
    {"ADDITIONAL_DECLARATION": None, "OFFICIAL_INFORMATION": None, "INSPECTION": None, "DISTINGUISHING_MARKS": None}
)
OPENSPS = Vocabulary(
    subject_list="opensps_note_subject_code",
    document={
        "CERTIFICATE_KIND": "opensps_certificate_kind",
        "TRANSPORT_CONDITIONS": "product_temperature",
        **_DECLARED,
        "REPLACEMENT_REASON": None,
    },
    line={
        "BREED": None,
        "SEX": "opensps_sex",
        "AGE": "unece_rec20",
        "CATEGORY": "opensps_animal_category",
        "IDENTIFIER": "opensps_identification_system",
        **_DECLARED,
        "PACKAGES": None,
        "OTHER_QUANTITY": None,
    },
    attestation_scheme="opensps_attestation",
    has_totals=True,
)
"""Ours (`domain.md` 5.4), for partners without a vocabulary of their own."""

TRACES = Vocabulary(
    subject_list="certificate_note_subject_code",
    document={"TRANSPORT_CONDITIONS": "product_temperature"},
    has_totals=True,
    systems={"EPPO": "EPPT"},
)
UK = Vocabulary(line={"IDENTIFIER": None})

_INTERCOM_CHANGES = (
    ("ExchangedDocument", "Name", "T", "*"),
    ("ExchangedDocument", "IssuerSPSParty", "Party", "1"),
    ("ExchangedDocument", "CopyIndicator", "X", "-"),
    ("ExchangedDocument", "RecipientSPSParty", "Party", "-"),
    ("TransportEquipment", "ID", "I", "?"),
    ("Authentication", "ActualDateTime", "D", "?"),
    ("Authentication", "IssueSPSLocation", "Location", "1"),
    ("Authentication", "ProviderSPSParty", "Party", "?"),
    ("Authentication", "IncludedSPSClause", "Clause", "*"),
    ("ReferencedDocument", "IssueDateTime", "D", "?"),
    ("ReferencedDocument", "RelationshipTypeCode", "K1153", "?"),
    ("ReferencedDocument", "ID", "I", "?"),
    ("Party", "Name", "T", "?"),
    ("Country", "Name", "T", "*"),
    ("Classification", "ClassName", "T", "*"),
    ("CountrySubDivision", "HierarchicalLevelCode", "C", "?"),
    ("Clause", "ID", "I", "1"),
    ("Clause", "Content", "T", "*"),
)

EPHYTO = Dialect("ephyto", "EPHYTO-CANNOT-CARRY", is_narrowed_by_hub=True)
INTERCOM = Dialect(
    "intercom",
    "INTERCOM-CANNOT-CARRY",
    unwritten=frozenset(
        {
            "ExchangedDocument/Name",
            "Country/Name",
            "Party/Name",
            "Clause/Content",
            "Authentication/ActualDateTime",
            "Authentication/IncludedSPSClause",
            "Classification/ClassName",
            "TransportEquipment/ID",
        }
    ),
    without=frozenset({"is_copy", "recipients"}),
    null_fillers=frozenset({"Event/OccurrenceSPSLocation"}),
    has_nested_reference_date=True,
    ticks=("false", "true"),
    changes=_INTERCOM_CHANGES,
)

DIALECTS: Mapping[str, Dialect] = MappingProxyType(
    {
        one.name: one
        for one in (
            EPHYTO,
            INTERCOM,
            Dialect("opensps", "OPENSPS-CANNOT-CARRY", OPENSPS),
            Dialect("traces", "TRACES-CANNOT-CARRY", TRACES),
            Dialect("uk", "UK-CANNOT-CARRY", UK),
        )
    }
)
"""Name to row; the names are what every caller passes."""

SUBJECT_LISTS = frozenset(
    {
        "opensps_note_subject_code",
        "certificate_note_subject_code",
        "ched_note_subject_code",
        "eu_intra_note_subject_code",
    }
)
"""Lists of subjects of which we know the subjects we read into fields."""

DOCUMENT_SUBJECTS = frozenset(OPENSPS.document)
LINE_SUBJECTS = frozenset(OPENSPS.line)
"""Subjects read into fields, whoever wrote them: ours has all that the others have."""

SYSTEM_NAMES: Mapping[str, str] = MappingProxyType(
    {theirs: ours for one in (TRACES, UK, OPENSPS) for ours, theirs in one.systems.items()}
)
"""A partner's name of a classification system to ours."""

CLAUSES = frozenset(
    {
        "PURPOSE",
        "GOODS_CERTIFIED_AS",
        "CERTIFIED_AS_OR_FOR",
        "DECISION_CONCLUSION",
        "DOCUMENTARY_CHECK_RESULT",
        "IDENTITY_CHECK",
        "IDENTITY_CHECK_RESULT",
        "PHYSICAL_CHECK",
        "PHYSICAL_CHECK_RESULT",
    }
)
"""Clauses that say a coded value, whether their sender names the scheme or not (`domain.md` 5.2, 5.3)."""


def dialect(name: str) -> Dialect:
    """Return the row of a dialect; raise `FormatError` (code dialect) for one we do not know."""
    found = DIALECTS.get(name)
    if found is None:
        raise FormatError("dialect", detail=name[:80])
    return found


def dialect_of(value: Certificate) -> str:
    """Return the name of the dialect a certificate of this kind is written in where no partner asks for another."""
    own = profile_of(value.kind).dialect
    if own is not None:
        return own
    return "ephyto" if value.exchanged_document.type_code in {"851", "657"} else "opensps"
