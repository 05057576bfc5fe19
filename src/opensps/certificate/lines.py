"""The goods: trade lines, packages, treatments, establishments, animals.

Source: UN/CEFACT D17A, IncludedSPSTradeLineItem and what hangs below it (`domain.md` 2.3).
"""

from dataclasses import dataclass
from decimal import Decimal

from opensps.certificate.notes import Declarations, Note, ReferencedDocument, Signatory
from opensps.certificate.parties import CountryArea, Location, Party
from opensps.certificate.scalars import (
    CertificateNumber,
    Code,
    CountryCode,
    Identifier,
    Measure,
    OfficialTime,
    Text,
    Texts,
)
from opensps.certificate.transport import TransportEquipment


@dataclass(frozen=True, slots=True)
class Classification:
    """A class of the goods in one system: HS, CN, EPPO, IPPC_PLANT_PART, IPPC_CONDITION or a partner's own."""

    system: Code
    class_code: str | None = None
    class_names: Texts = ()


@dataclass(frozen=True, slots=True)
class Package:
    """Packages of one type on one level (PhysicalSPSPackage)."""

    level: str
    """Ordered, opaque; 1 is the outermost in ePhyto practice."""

    type_code: Code
    """Rec 21."""

    count: Decimal
    gross_weight: Measure | None = None
    gross_volume: Measure | None = None
    marks: Texts = ()


@dataclass(frozen=True, slots=True)
class Treatment:
    """A disinfestation or disinfection treatment (AppliedSPSProcess; ISPM 12, part III)."""

    process_code: Code
    """UNCL 7187; ZZZ in ePhyto."""

    type_level_1: Code | Text | None = None
    type_level_2: Code | Text | None = None
    active_ingredients: tuple[Code | Text, ...] = ()
    started: OfficialTime | None = None
    ended: OfficialTime | None = None
    duration: Measure | None = None
    temperature: Measure | None = None
    concentration: Measure | None = None
    additional_information: Texts = ()
    full_text: Texts = ()
    """The whole treatment in words; some importers read nothing else."""

    country: CountryArea | None = None
    operator: Party | None = None


@dataclass(frozen=True, slots=True)
class Establishment:
    """An approved establishment and what it did with the goods."""

    activity: Code
    """UNCL 7187."""

    approval_number: Identifier
    name: str | None = None
    country: CountryCode | None = None
    section: str | None = None
    role: Code | None = None
    started: OfficialTime | None = None
    ended: OfficialTime | None = None


@dataclass(frozen=True, slots=True)
class Characteristic:
    """One fact about a process (ApplicableSPSProcessCharacteristic)."""

    code: Code | None = None
    texts: Texts = ()
    value: Measure | None = None
    minimum: Measure | None = None
    maximum: Measure | None = None


@dataclass(frozen=True, slots=True)
class AppliedProcess:
    """A process that is neither treatment nor establishment."""

    process_code: Code
    started: OfficialTime | None = None
    ended: OfficialTime | None = None
    duration: Measure | None = None
    characteristics: tuple[Characteristic, ...] = ()
    country: CountryArea | None = None
    operator: Party | None = None


@dataclass(frozen=True, slots=True)
class AnimalIdentification:
    """One mark of one animal of the line."""

    animal: int
    system: Code
    value: str


@dataclass(frozen=True, slots=True)
class AnimalGroup:
    """A homogeneous group of live animals: one line, one group."""

    breed: Text | None = None
    sex: Code | None = None
    age: Measure | None = None
    category: Code | None = None
    identifications: tuple[AnimalIdentification, ...] = ()


@dataclass(frozen=True, slots=True)
class ReExportStatement:
    """What ISPM 12, Annex 2 asks of a re-export: eight boxes, and where the goods came from."""

    origin_countries: tuple[CountryCode, ...] = ()
    original_numbers: tuple[CertificateNumber, ...] = ()
    has_statement: bool = True
    is_original: bool = False
    is_certified_true_copy: bool = False
    is_packed: bool = False
    is_repacked: bool = False
    in_original_containers: bool = False
    in_new_containers: bool = False
    based_on_original: bool = False
    with_additional_inspection: bool = False


@dataclass(frozen=True, slots=True)
class OtherQuantity:
    """A quantity whose unit is a word (ePhyto notes OQV, OQU)."""

    value: Decimal
    unit_text: str


@dataclass(frozen=True, slots=True)
class TradeLineItem:
    """One line of goods (IncludedSPSTradeLineItem)."""

    sequence: int
    descriptions: Texts = ()
    common_names: Texts = ()
    scientific_names: Texts = ()
    intended_uses: Texts = ()
    batches: tuple[Identifier, ...] = ()
    expiries: tuple[OfficialTime, ...] = ()
    net_weight: Measure | None = None
    gross_weight: Measure | None = None
    net_volume: Measure | None = None
    gross_volume: Measure | None = None
    count: Measure | None = None
    """Pieces or animals (H87, HEA, C62); travels as NetVolumeMeasure."""

    other_quantity: OtherQuantity | None = None
    declarations: Declarations = Declarations()
    classifications: tuple[Classification, ...] = ()
    packages: tuple[Package, ...] = ()
    package_text: Texts = ()
    transport_equipment: tuple[TransportEquipment, ...] = ()
    origins: tuple[CountryArea, ...] = ()
    origin_places: tuple[Location, ...] = ()
    treatments: tuple[Treatment, ...] = ()
    establishments: tuple[Establishment, ...] = ()
    processes: tuple[AppliedProcess, ...] = ()
    animals: AnimalGroup | None = None
    re_export: ReExportStatement | None = None
    signatories: tuple[Signatory, ...] = ()
    references: tuple[ReferencedDocument, ...] = ()
    other_notes: tuple[Note, ...] = ()
