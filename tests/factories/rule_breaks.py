"""How to break each rule: the smallest change to a good certificate that makes the rule speak.

One row: rule id, what the rule says as a sentence, which certificate, the changes by path, the field found.
`L1` and `L2` stand for the first and the second trade line, `T` for the treatment of the first, `S` for the signatory,
`D` for the document, `C` for the consignment, `F` for the first attached document. One table, hence its length.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from opensps import codes, rules
from opensps.certificate import (
    AdditionalDeclaration,
    Address,
    AnimalGroup,
    Area,
    Attachment,
    Attestation,
    Certificate,
    CertificateKind,
    CertificateNumber,
    Classification,
    Code,
    CountryCode,
    Identifier,
    Location,
    Measure,
    OfficialTime,
    OtherQuantity,
    Party,
    ReExportStatement,
    Replacement,
    Text,
    Totals,
)
from tests.factories.certificates import (
    ISSUED,
    NOW,
    NUMBER,
    ORIGINAL_NUMBER,
    REEXPORT_NUMBER,
    SMALL_PDF,
    country,
    kilograms,
    original_certificate,
    phytosanitary,
    reexport,
    text,
)

POLICY = rules.Policy(now=NOW, extra_countries=codes.DEMO_COUNTRIES)
LATER = OfficialTime(date(2026, 11, 19))
TOMORROW = OfficialTime.moment(datetime(2026, 11, 18, 23, 0, tzinfo=UTC))
NEXT_WEEK = OfficialTime.moment(datetime(2026, 11, 25, tzinfo=UTC))
EARLIER = CertificateNumber("XA-2026-014-0004001-0")

_DOCUMENT = {
    "L1": "consignment.items[0].trade_line_items[0]",
    "L2": "consignment.items[0].trade_line_items[1]",
    "T": "consignment.items[0].trade_line_items[0].treatments[0]",
    "S": "exchanged_document.signatories[0]",
    "D": "exchanged_document",
    "C": "consignment",
    "F": "exchanged_document.references[0]",
}


def full_path(path: str) -> str:
    """Return the path with its short first step written out."""
    head, dot, rest = path.partition(".")
    first, bracket, place = head.partition("[")
    return _DOCUMENT.get(first, first) + bracket + place + dot + rest


@dataclass(frozen=True, slots=True)
class Break:
    """One way to break one rule."""

    rule: str
    says: str
    certificate: Certificate
    field: str
    profile: str
    policy: rules.Policy = POLICY


def changes_of(changes: dict[str, Any]) -> dict[str, Any]:
    plain = {full_path(path): new for path, new in changes.items()}
    return {path.replace("[", ".").replace("]", "").replace(".", "__"): new for path, new in plain.items()}


def export(rule: str, says: str, field: str, changes: dict[str, Any], profile: str = "issue") -> Break:
    """Return a broken 851."""
    return Break(rule, says, phytosanitary(**changes_of(changes)), full_path(field), profile)


def again(rule: str, says: str, field: str, changes: dict[str, Any], profile: str = "issue") -> Break:
    """Return a broken 657."""
    return Break(rule, says, reexport(**changes_of(changes)), full_path(field), profile)


def declared(*declarations: str) -> tuple[AdditionalDeclaration, ...]:
    """Return additional declarations in English."""
    return tuple(AdditionalDeclaration(Text(one, "en")) for one in declarations)


def replaced(**changes: Any) -> Replacement:
    """Return a replacement of an earlier certificate."""
    return Replacement(**{"number": EARLIER, "has_statement": True, **changes})


def cold(degrees: str, unit: str) -> Measure:
    """Return a temperature."""
    return Measure(Decimal(degrees), unit)


DOCUMENT = (
    export(
        "ISPM12-A1-TO", "a certificate is addressed to a country", "C.import_country", {"C.import_country.code": None}
    ),
    export("ISPM12-A1-FROM", "goods leave from a country", "C.export_country", {"C.export_country.code": None}),
    export("ISPM12-A1-NUMBER", "a certificate has a number", "D.number", {"D.number": None}),
    export("ISPM12-A1-ISSUER", "an organization issues it", "D.issuer", {"D.issuer": None}),
    export("ISPM12-A1-ISSUER", "the organization has a name", "D.issuer", {"D.issuer": Party()}),
    export("ISPM12-A1-DATE", "it has a date", "D.issued", {"D.issued": None}),
    export("ISPM12-A1-OFFICER", "an officer signs", "S.provider.person", {"S.provider.person": None}),
    export("ISPM12-A1-OFFICER", "without a signature there is no officer", "S.provider.person", {"D.signatories": ()}),
    export("ISPM12-A1-PLACE", "it is issued somewhere", "S.place", {"S.place": None}),
    export("ISPM12-A1-PLACE", "the place has a name", "S.place", {"S.place": Location()}),
    export("ISPM12-A1-STATEMENT", "statement 1 is made", "S.attestations", {"S.attestations": (Attestation(id="2"),)}),
    export(
        "ISPM12-A1-STATEMENT-KNOWN",
        "statement 3 is not for an export",
        "S.attestations[1]",
        {"S.attestations": (Attestation(id="1"), Attestation(id="3"))},
    ),
    export(
        "ISPM12-A1-STATEMENT-KNOWN",
        "a statement has a code",
        "S.attestations[1]",
        {"S.attestations": (Attestation(id="1"), Attestation())},
    ),
    export(
        "ISPM12-2.2-NUMBER",
        "a replacement names the replaced one",
        "D.replacement.number",
        {"D.replacement": replaced(number=None)},
    ),
    export(
        "ISPM12-2.2-STATEMENT",
        "a replacement says that it replaces",
        "D.replacement.has_statement",
        {"D.replacement": replaced(has_statement=False)},
    ),
    export(
        "ISPM12-2.2-SELF",
        "a certificate cannot replace itself",
        "D.replacement.number",
        {"D.replacement": replaced(number=NUMBER)},
    ),
    export(
        "ISPM12-2.2-DATE",
        "the replaced one is the older one",
        "D.replacement.issued",
        {"D.replacement": replaced(issued=LATER)},
    ),
)

DESCRIPTION = (
    export("ISPM12-I-EXPORTER", "the exporter has a name", "C.consignor.name", {"C.consignor.name": None}),
    export("ISPM12-I-EXPORTER-ADDRESS", "and an address", "C.consignor.address", {"C.consignor.address": None}),
    export("ISPM12-I-CONSIGNEE", "the consignee has a name", "C.consignee.name", {"C.consignee": Party()}),
    export(
        "ISPM12-I-CONSIGNEE-ADDRESS",
        "the consignee has an address",
        "C.consignee.address",
        {"C.consignee.address": Address(country=CountryCode("XB"))},
    ),
    export(
        "ISPM12-I-TO-ORDER",
        "not every importing country accepts To order",
        "C.consignee.name",
        {"C.consignee": Party(name="To  Order")},
    ),
    export("ISPM12-I-GOODS", "a certificate certifies goods", "C.items", {"C.items": ()}),
    export("ISPM12-I-PACKAGES", "goods come in packages or in bulk", "L1.packages", {"L1.packages": ()}),
    export("ISPM12-I-ORIGIN", "goods were grown somewhere", "L2.origins", {"L2.origins": ()}),
    export("ISPM12-I-ORIGIN", "the origin is a country", "L2.origins", {"L2.origins[0].code": None}),
    export("ISPM12-I-ORIGIN-FOREIGN", "foreign goods are re-exported", "L2.origins", {"L2.origins": (country("XC"),)}),
    export("ISPM12-I-CONVEYANCE", "goods travel by something", "C.main_carriages", {"C.main_carriages": ()}),
    export("ISPM12-I-ENTRY", "goods enter somewhere", "C.point_of_entry", {"C.point_of_entry": None}),
    export("ISPM12-I-ENTRY", "a point of entry is named", "C.point_of_entry", {"C.point_of_entry": Location()}),
    export(
        "ISPM12-I-ENTRY-COUNTRY",
        "the point of entry lies in the importing country",
        "C.point_of_entry",
        {"C.point_of_entry.id": Identifier("XCWMK", "un_locode")},
    ),
    export("ISPM12-I-PRODUCE", "produce has a name", "L1.descriptions", {"L1.descriptions": ()}),
    export(
        "ISPM12-I-QUANTITY", "there is some of it", "L1.net_weight", {"L1.net_weight": None, "L1.gross_weight": None}
    ),
    export("ISPM12-I-BOTANICAL", "plants have a botanical name", "L1.scientific_names", {"L1.scientific_names": ()}),
    export(
        "ISPM12-I-BOTANICAL-LATIN",
        "a botanical name is Latin",
        "L1.scientific_names[0]",
        {"L1.scientific_names": text("大蒜", None)},
    ),
)

DECLARATIONS = (
    export(
        "ISPM12-II-REPEATED",
        "nothing is declared twice",
        "L2.declarations.additional[1]",
        {"L2.declarations.additional": declared("Free from pest A", "Free from pest A")},
    ),
    export(
        "ISPM12-II-STATEMENT",
        "a declaration adds to the certifying statement",
        "D.declarations.additional[0]",
        {"D.declarations.additional": declared("They are deemed to be practically free from other pests.")},
    ),
    export(
        "ISPM12-II-TREATMENT",
        "a treatment stands in part III",
        "L1.declarations.additional[0]",
        {"L1.declarations.additional": declared("Heated"), "T.full_text": text("Heated")},
    ),
    export(
        "ISPM12-II-LANGUAGE",
        "a declaration is in a language",
        "D.declarations.additional[0]",
        {"D.declarations.additional": (AdditionalDeclaration(Text("Free from pest A")),)},
    ),
    export(
        "ISPM12-II-PERMIT",
        "an import permit has a number",
        "D.declarations.import_permits[0]",
        {"D.declarations.import_permits": ("-",)},
    ),
    export(
        "ISPM12-II-INSPECTION-DATE",
        "a date of inspection is a date",
        "D.declarations.inspections[0]",
        {"D.declarations.inspections": text("May 1 and 2")},
    ),
    export(
        "ISPM12-II-INSPECTION-LATER",
        "inspection comes before issue",
        "L2.declarations.inspections[0]",
        {"L2.declarations.inspections": (LATER,)},
    ),
)

TREATMENT = (
    export(
        "ISPM12-III-KIND",
        "a treatment is of some kind",
        "T.type_level_1",
        {"T.type_level_1": None, "T.type_level_2": None, "T.full_text": ()},
    ),
    export(
        "ISPM12-III-PERIOD",
        "a treatment may not end before it starts",
        "T.ended",
        {"T.ended": OfficialTime.moment(datetime(2026, 11, 15, 0, 59, tzinfo=UTC), offset_minutes=480)},
    ),
    export(
        "ISPM12-III-PERIOD",
        "nor on an earlier day",
        "T.ended",
        {"T.ended": OfficialTime(date(2026, 11, 14))},
    ),
    export("ISPM12-III-DATE", "a treatment has a date", "T.started", {"T.started": None, "T.ended": None}),
    export("ISPM12-III-CONCENTRATION", "a chemical has a dose", "T.concentration", {"T.concentration": None}),
    export("ISPM12-III-CHEMICAL", "a dose is of a chemical", "T.active_ingredients", {"T.active_ingredients": ()}),
    export("ISPM12-III-DURATION", "a chemical acts for a time", "T.duration", {"T.duration": None, "T.ended": None}),
    export("ISPM12-III-TEMPERATURE", "goods are not molten", "T.temperature", {"T.temperature": cold("2100", "CEL")}),
    export("ISPM12-III-LATER", "treatment comes before issue", "T.started", {"T.started": LATER, "T.ended": None}),
)

REEXPORT = (
    again("ISPM12-A2-STATEMENT", "every line has the statement", "L1.re_export", {"L1.re_export": None}),
    again("ISPM12-A2-STATEMENT", "the statement is made", "L1.re_export", {"L1.re_export.has_statement": False}),
    again(
        "ISPM12-A2-ORIGIN",
        "goods came from a country",
        "L1.re_export.origin_countries",
        {"L1.re_export.origin_countries": ()},
    ),
    again(
        "ISPM12-A2-NUMBER",
        "under a certificate",
        "L1.re_export.original_numbers",
        {"L1.re_export.original_numbers": ()},
    ),
    again(
        "ISPM12-A2-ORIGINAL",
        "which is attached somehow",
        "L1.re_export.is_original",
        {"L1.re_export.is_original": False},
    ),
    again(
        "ISPM12-A2-ORIGINAL",
        "as original or as copy, not both",
        "L1.re_export.is_original",
        {"L1.re_export.is_certified_true_copy": True},
    ),
    again(
        "ISPM12-A2-PACKED", "goods are packed or repacked", "L1.re_export.is_packed", {"L1.re_export.is_packed": False}
    ),
    again(
        "ISPM12-A2-CONTAINERS",
        "in original or new containers",
        "L1.re_export.in_original_containers",
        {"L1.re_export.in_original_containers": False},
    ),
    again(
        "ISPM12-A2-BASIS",
        "the certification rests on something",
        "L1.re_export.based_on_original",
        {"L1.re_export.based_on_original": False},
    ),
    again("ISPM12-A2-ATTACHED", "the original is attached", "D.references", {"D.references": ()}),
    again(
        "ISPM12-A2-ATTACHED-NUMBER",
        "every original is attached",
        "L1.re_export.original_numbers[1]",
        {"L1.re_export.original_numbers": (ORIGINAL_NUMBER, CertificateNumber("XB/PC/2026/00918"))},
    ),
    again(
        "ISPM12-A2-FROM-HERE",
        "goods of one's own are exported",
        "L1.re_export.origin_countries[0]",
        {"L1.re_export.origin_countries": (CountryCode("XA"),), "L1.origins": (country("XA"),)},
    ),
    again("ISPM12-A2-OTHER-ORIGIN", "origins agree", "L1.re_export.origin_countries", {"L1.origins": (country("XC"),)}),
    again(
        "ISPM12-A2-OWN-NUMBER",
        "the original is another certificate",
        "L1.re_export.original_numbers[0]",
        {"L1.re_export.original_numbers": (REEXPORT_NUMBER,)},
    ),
)

KIND = (
    export("CORE-KIND", "an 851 says 851", "D.type_code", {"D.type_code": "657"}),
    export("CORE-KIND", "an 851 has no re-export statement", "L1.re_export", {"L1.re_export": ReExportStatement()}),
    again("CORE-KIND", "plants are not animals", "L1.animals", {"L1.animals": AnimalGroup()}),
    again("CORE-KIND", "a 657 has no numbered statement", "S.attestations", {"S.attestations": (Attestation(id="1"),)}),
    export("CORE-KIND", "packages are told once", "L1.package_text", {"L1.package_text": text("Bags")}),
    export("CORE-KIND", "other documents are not issued", "kind", {"kind": CertificateKind.OTHER}),
)

CODES = (
    export("CORE-COUNTRY", "a country exists", "C.import_country.code", {"C.import_country.code": CountryCode("QZ")}),
    again(
        "CORE-COUNTRY",
        "so does a country of origin",
        "L1.re_export.origin_countries[0]",
        {"L1.re_export.origin_countries": (CountryCode("QZ"),)},
    ),
    export("CORE-CODES", "a status exists", "D.status_code", {"D.status_code": "9999"}),
    export(
        "CORE-CODES", "a package type exists", "L1.packages[0].type_code", {"L1.packages[0].type_code": Code("QQQ")}
    ),
    export(
        "CORE-CODES",
        "a cargo type exists",
        "C.items[0].cargo_types[1]",
        {"C.items[0].cargo_types": (Code("8"), Code("99"))},
    ),
    export(
        "CORE-CODES",
        "a location function exists",
        "L1.origins[0].areas[0].function_code",
        {"L1.origins[0].areas": (Area(function_code="QQ"),)},
    ),
    export(
        "CORE-LOCODE",
        "a port code has five signs",
        "C.point_of_entry.id",
        {"C.point_of_entry.id": Identifier("Port", "un_locode")},
    ),
    export(
        "CORE-HS",
        "an HS code has six digits",
        "L1.classifications[0].class_code",
        {"L1.classifications[0].class_code": "0703"},
    ),
    export(
        "CORE-HS",
        "an HS code is a code",
        "L1.classifications[0].class_code",
        {"L1.classifications": (Classification(Code("HS")),)},
    ),
    export(
        "CORE-DIRECTION",
        "a text reads as it is signed",
        "L1.descriptions[0]",
        {"L1.descriptions": text("Garlic \u202e081")},
    ),
    export(
        "CORE-DIRECTION",
        "a name reads as it is signed",
        "C.consignee.name",
        {"C.consignee.name": "Northland \u2066Foods"},
    ),
    export(
        "CORE-DIRECTION",
        "a ship's name reads as it is signed",
        "C.main_carriages[0].means_name",
        {"C.main_carriages[0].means_name": Text("MV \u202e18")},
    ),
    export(
        "CORE-DIRECTION",
        "an address reads as it is signed",
        "C.consignor.address.lines",
        {"C.consignor.address.lines": ("\u202e18",)},
    ),
    export("CORE-TRANSIT", "transit is between", "C.transit_countries[0]", {"C.transit_countries": (country("XB"),)}),
    export(
        "CORE-TRANSIT",
        "transit is told once",
        "C.transit_countries[1]",
        {"C.transit_countries": (country("XC"), country("XC"))},
    ),
)

MEASURES = (
    export("CORE-UNIT", "a weight has a unit", "L2.net_weight", {"L2.net_weight": Measure(Decimal(1), None)}),
    export("CORE-UNIT", "a unit exists", "L2.net_weight", {"L2.net_weight": Measure(Decimal(1), "KILO")}),
    export("CORE-UNIT", "a weight is not in litres", "L2.net_weight", {"L2.net_weight": Measure(Decimal(1), "LTR")}),
    export("CORE-UNIT", "a duration is a time", "T.duration", {"T.duration": Measure(Decimal(1), "KGM")}),
    export("CORE-MEASURE", "a weight is not nothing", "L2.net_weight", {"L2.net_weight": kilograms("0.000")}),
    export("CORE-MEASURE", "packages are some", "L1.packages[0].count", {"L1.packages[0].count": Decimal(-1)}),
    export(
        "CORE-MEASURE",
        "other quantities too",
        "L2.other_quantity.value",
        {"L2.other_quantity": OtherQuantity(Decimal(0), "crates")},
    ),
    export("CORE-MEASURE", "no fifth decimal", "L2.net_weight", {"L2.net_weight": kilograms("1.00001")}),
    export("CORE-MEASURE", "no 21st digit", "L2.net_weight", {"L2.net_weight": kilograms("1E+20")}),
    export("CORE-MEASURE", "no number beyond all sense", "L2.net_weight", {"L2.net_weight": kilograms("1E+999")}),
    export(
        "CORE-MEASURE",
        "nor half a ten-thousandth of a package",
        "L1.packages[0].count",
        {"L1.packages[0].count": Decimal("0.00005")},
    ),
    export("CORE-MEASURE", "gross is not below net", "L1.gross_weight", {"L1.gross_weight": kilograms("23999.9999")}),
    export(
        "CORE-MEASURE",
        "nor is gross volume",
        "L1.gross_volume",
        {"L1.net_volume": Measure(Decimal(2), "MTQ"), "L1.gross_volume": Measure(Decimal(1), "MTQ")},
    ),
    export(
        "CORE-MEASURE",
        "nor is the total",
        "C.totals.gross_weight",
        {"C.totals": Totals(net_weight=kilograms("24500"), gross_weight=kilograms("24499"))},
    ),
    export("CORE-TOTALS", "totals add up", "C.totals.net_weight", {"C.totals": Totals(net_weight=kilograms("24501"))}),
    export(
        "CORE-COUNT-OR-VOLUME",
        "pieces travel in the place of the volume",
        "L2.count",
        {"L2.count": Measure(Decimal(5), "H87"), "L2.net_volume": Measure(Decimal(1), "MTQ")},
    ),
)

TIMES = (
    export("CORE-TIME", "a time of issue has an offset", "D.issued", {"D.issued": OfficialTime(ISSUED.on)}),
    export("CORE-TIME", "nothing is issued tomorrow", "D.issued", {"D.issued": TOMORROW}),
    export("CORE-TIME", "nor signed", "S.authenticated", {"S.authenticated": TOMORROW}),
    export("CORE-TIME", "a partner's clock is not a week ahead", "D.issued", {"D.issued": NEXT_WEEK}, "read"),
    export("CORE-TIME", "nor a partner's day", "D.issued", {"D.issued": OfficialTime(date(2026, 11, 25))}, "read"),
    export(
        "CORE-TIME",
        "goods leave before they arrive",
        "C.availability_due",
        {"C.export_exit": LATER, "C.availability_due": ISSUED},
    ),
    export(
        "CORE-TIME",
        "by the minute",
        "C.availability_due",
        {"C.export_exit": TOMORROW, "C.availability_due": ISSUED},
    ),
    export("CORE-SEQUENCE", "lines are numbered from 1", "L1.sequence", {"L1.sequence": 0}),
)

FILES = (
    export("CORE-ATTACHMENT", "a file is what it may be", "F.attachments[0]", {"F.attachments[0].content": b"MZ\x90"}),
    export(
        "CORE-ATTACHMENT", "a file is what it says", "F.attachments[0]", {"F.attachments[0].media_type": "image/png"}
    ),
    export(
        "CORE-ATTACHMENT",
        "an unnamed file is what it may be",
        "F.attachments[0]",
        {"F.attachments": (Attachment(content=b"?"),)},
    ),
    export(
        "CORE-ATTACHMENT",
        "a name fits the content",
        "F.attachments[0].filename",
        {"F.attachments[0].filename": "a.png"},
    ),
    export(
        "CORE-ATTACHMENT", "a name is no path", "F.attachments[0].filename", {"F.attachments[0].filename": "../a.pdf"}
    ),
    export("CORE-ATTACHMENT", "a file has a name", "F.attachments[0].filename", {"F.attachments[0].filename": None}),
    export(
        "CORE-ATTACHMENT", "a name is not hidden", "F.attachments[0].filename", {"F.attachments[0].filename": ".pdf"}
    ),
    export(
        "CORE-ATTACHMENT", "files are small", "D.references", {"F.attachments[0].content": SMALL_PDF + bytes(6_000_000)}
    ),
)

HUB = (
    export("HUB-ZZZ", "a treatment is described", "T.process_code", {"T.process_code": Code("16")}, "hub"),
    export("HUB-TTFT", "and told in words", "T.full_text", {"T.full_text": ()}, "hub"),
    export("HUB-PACKAGES", "packages are told once", "L1.packages", {"L1.package_text": text("Bags")}, "hub"),
    export("HUB-DESCRIPTION", "goods have a name", "L1.descriptions", {"L1.descriptions": ()}, "hub"),
    export("HUB-ORIGIN", "goods have an origin", "L1.origins", {"L1.origins": ()}, "hub"),
    export("HUB-851", "an 851 has statement 1", "S.attestations", {"S.attestations": ()}, "hub"),
    export("HUB-851", "and a signature to make it", "S.attestations", {"D.signatories": ()}, "hub"),
    export("HUB-851", "and nothing of a re-export", "L2.re_export", {"L2.re_export": ReExportStatement()}, "hub"),
    again("HUB-657", "a 657 has no statement", "S.attestations", {"S.attestations": (Attestation(id="1"),)}, "hub"),
    again("HUB-657", "rests on the original", "L1.re_export", {"L1.re_export.based_on_original": False}, "hub"),
    again("HUB-657", "on every line", "L1.re_export", {"L1.re_export": None}, "hub"),
    again(
        "HUB-657",
        "and brings it along",
        "D.references",
        {"D.references": (original_certificate(),), "F.relationship": Code("ZZZ")},
        "hub",
    ),
)

BREAKS = (
    *(*DOCUMENT, *DESCRIPTION, *DECLARATIONS, *TREATMENT, *REEXPORT),
    *(*KIND, *CODES, *MEASURES, *TIMES, *FILES, *HUB),
)
