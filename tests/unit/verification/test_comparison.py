"""Each rule of the table of `fraud.md` 4, by an honest difference it explains and a forgery it does not."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from opensps.certificate import (
    AdditionalDeclaration,
    Address,
    AnimalGroup,
    AnimalIdentification,
    Area,
    Attachment,
    Certificate,
    Classification,
    Code,
    ConsignmentItem,
    CountryArea,
    CountryCode,
    Identifier,
    Location,
    Measure,
    OfficialTime,
    Package,
    Party,
    Person,
    ReferencedDocument,
    Seal,
    SignatoryRole,
    Text,
    Totals,
    TransportEquipment,
    Treatment,
)
from opensps.verification.comparison import REASONS, FieldDifference, Kind, Terms, Word, compare
from opensps.verification.comparison.leaves import judge_inspection
from tests.factories.certificates import changed, phytosanitary, text

DOCUMENT = "exchanged_document"
GOODS = "consignment"
LINE = "consignment__items__0__trade_line_items__0"
PARTY = f"{GOODS}__consignor__name"
BOTANY = f"{LINE}__scientific_names"


def kg(value: str, unit: str | None = "KGM") -> Measure:
    return Measure(Decimal(value), unit)


def named(*names: str) -> tuple[Text, ...]:
    return tuple(Text(name, "la") for name in names)


def at(day: int, hour: int, offset: int = 0) -> OfficialTime:
    return OfficialTime.moment(datetime(2026, 7, day, hour, tzinfo=UTC), offset_minutes=offset)


def containers(*numbers: str, seals: tuple[str, ...] = ("G2382564",)) -> tuple[TransportEquipment, ...]:
    return tuple(TransportEquipment(Identifier(number), tuple(map(Seal, seals))) for number in numbers)


def treated(**facts: Any) -> tuple[Treatment, ...]:
    return (Treatment(Code("ZZZ"), **facts),)


def boxes(count: int, type_code: str = "BX") -> tuple[Package, ...]:
    return (Package("1", Code(type_code), Decimal(count)),)


def hs(code: str | None, *names: str, system: str = "HS") -> tuple[Classification, ...]:
    return (Classification(Code(system), code, tuple(map(Text, names))),)


def file(content: bytes = b"%PDF-1", digest: bytes = b"d", **given: Any) -> tuple[ReferencedDocument, ...]:
    return (ReferencedDocument(Code("ZZZ"), "R1", attachments=(Attachment(content=content, sha256=digest, **given),)),)


XA, XB = CountryArea(CountryCode("XA")), CountryArea(CountryCode("XB"))
NORTH = CountryArea(CountryCode("XA"), areas=(Area(names=text("North")),))
ADDRESS = Address(("1 Road",), city="Port", country=CountryCode("XA"))
DAY = OfficialTime(date(2026, 7, 3))
TWO = Text("甲", "zh")

CASES: list[tuple[str, Any, Any, str]] = [
    (f"{DOCUMENT}__number", "XA-2026-014-0004512-0", "xa 2026 014 0004512 ０", "writing"),
    (f"{DOCUMENT}__number", "XA-2026-014-0004512-0", "XA-2026-014-0004513-0", "changed"),
    (f"{DOCUMENT}__type_code", "851", "657", "changed"),
    (f"{DOCUMENT}__status_code", "70", "40", "changed"),
    (f"{DOCUMENT}__issued", at(3, 5, 330), DAY, "same_moment"),
    (f"{DOCUMENT}__issued", at(3, 5), at(3, 9), "same_moment"),
    (f"{DOCUMENT}__issued", at(3, 23), OfficialTime(date(2026, 7, 4)), "day_by_zone"),
    (f"{DOCUMENT}__issued", at(3, 23), at(4, 0), "changed"),
    (f"{DOCUMENT}__issued", DAY, OfficialTime(date(2026, 7, 4)), "changed"),
    (f"{DOCUMENT}__is_copy", False, True, "copy"),
    (f"{DOCUMENT}__titles", text("Phytosanitary Certificate"), text("Certificate"), "help_text"),
    (f"{DOCUMENT}__references", file(), file(uri="u"), "label"),
    (f"{DOCUMENT}__references", file(uri="v"), file(uri="u"), "changed"),
    (f"{DOCUMENT}__references", file(), file(content=b"x", digest=b"e"), "changed"),
    (f"{DOCUMENT}__references", file(filename="a.pdf"), file(filename="b.pdf"), "label"),
    (f"{DOCUMENT}__signatories__0__role", SignatoryRole.CERTIFYING, None, "label"),
    (f"{DOCUMENT}__signatories__0__provider__person", Person("Lin Chen"), Person("CHEN LIN"), "name_form"),
    (f"{DOCUMENT}__signatories__0__provider__person", Person("Lin Chen"), Person("L. Chen"), "name_form"),
    (f"{DOCUMENT}__signatories__0__provider__person", Person("Lin Chen"), Person("lin chen"), "writing"),
    (f"{DOCUMENT}__signatories__0__provider__person", Person("Lin Chen"), Person("Lin Chang"), "changed"),
    (f"{DOCUMENT}__signatories__0__provider__person", Person("Lin Chen"), Person("Lin M Chen"), "changed"),
    (f"{DOCUMENT}__signatories__0__provider__person", Person("Lin 1"), Person("Lin 2"), "changed"),
    (PARTY, "Green Valley Export Co., Ltd.", "GREEN VALLEY EXPORT COMPANY LIMITED", "writing"),
    (PARTY, "Green Valley Export Co., Ltd.", "Green Valley Export Ltd", "legal_form"),
    (PARTY, "Frutas del Sur, S.A.", "Frutas del Sur", "legal_form"),
    (PARTY, "Frutas del Sur, S.A.", "Frutas del Sur SA", "writing"),
    (PARTY, "Green & Sons Ltd", "Green and Sons Limited", "writing"),
    (PARTY, "Green Valley GmbH", "Green Valley Ltd", "changed"),
    (PARTY, "阳光食品有限公司", "阳光食品股份有限公司", "changed"),
    (PARTY, "阳光食品有限公司", "阳光食品", "legal_form"),
    (PARTY, "Green Valley Export", "Green Vallley Exprt", "spelling"),
    (PARTY, "Green Valley Export", "Green Valley Exporting", "changed"),
    (PARTY, "Plant 12 of the North", "Plant 13 of the North", "changed"),
    (PARTY, "Abc", "Abd", "changed"),
    (PARTY, "Green Valley", "Gardens", "changed"),
    (PARTY, "Green Valley Export", "Dlvvv Waaaab Export", "changed"),
    (f"{GOODS}__consignor__address", Address(("1 Road",)), Address(("1, ROAD",)), "address_form"),
    (f"{GOODS}__consignor__address", Address(("1 Road", "Port", "Examplia")), ADDRESS, "address_form"),
    (f"{GOODS}__consignor__address", Address(("1 Road",)), Address(("2 Road",)), "changed"),
    (f"{GOODS}__consignor__address", Address(("1 Road",), country_name="X"), Address(("1 Road",)), "label"),
    (f"{GOODS}__consignor__role", Code("CZ"), None, "label"),
    (f"{GOODS}__import_country", XB, XA, "changed"),
    (f"{GOODS}__import_country", CountryArea(CountryCode("XB"), text("Northland")), XB, "label"),
    (f"{GOODS}__point_of_entry", Location(names=text("Port A")), Location(names=text("Port B")), "journey_changed"),
    (f"{GOODS}__point_of_entry", Location(names=text("Port A")), None, "journey_changed"),
    (f"{GOODS}__availability_due", at(3, 5), at(5, 5), "journey_changed"),
    (f"{GOODS}__export_exit", at(3, 5), at(5, 5), "changed"),
    (f"{GOODS}__transport_equipment", containers("ZZZU1234564"), containers("ZZZU 123456-4"), "separators"),
    (f"{GOODS}__transport_equipment", containers("ZZZU1234564"), containers("zzzu 1234564"), "writing"),
    (f"{GOODS}__transport_equipment", containers("ZZZU1234564"), containers("ZZZU1234565"), "changed"),
    (f"{GOODS}__transport_equipment", containers("A1", "B2"), containers("B2", "A1"), "order"),
    (f"{GOODS}__transport_equipment", containers("A1"), containers("A1", seals=("G9",)), "changed"),
    (f"{GOODS}__transport_equipment", containers("A1"), containers("A1", "B2"), "added"),
    (f"{GOODS}__totals", Totals(kg("1")), None, "derived"),
    (f"{GOODS}__totals", Totals(kg("1")), Totals(kg("2")), "changed"),
    (f"{LINE}__net_weight", kg("24", "TNE"), kg("24000"), "unit"),
    (f"{LINE}__net_weight", kg("24000"), kg("24001"), "changed"),
    (f"{LINE}__net_weight", kg("24.0", "TNE"), kg("24020"), "rounding"),
    (f"{LINE}__net_weight", kg("24000"), kg("24000", "LTR"), "other_dimension"),
    (f"{LINE}__net_weight", kg("24000"), kg("24000", None), "other_dimension"),
    (f"{LINE}__net_weight", kg("24000"), None, "missing"),
    (f"{LINE}__count", None, kg("5", "HEA"), "added"),
    (f"{LINE}__packages", boxes(10), boxes(11), "changed"),
    (f"{LINE}__packages", boxes(10), boxes(10, "CT"), "changed"),
    (f"{LINE}__batches", (Identifier("007-B"),), (Identifier("7-b"),), "leading_zeros"),
    (f"{LINE}__batches", (Identifier("1-23"),), (Identifier("12-3"),), "separators"),
    (f"{LINE}__batches", (Identifier("L1", scheme="lot"),), (Identifier("L1"),), "label"),
    (
        f"{LINE}__batches",
        (Identifier("L1", scheme="lot"), Identifier("L1", scheme="ean")),
        (Identifier("L1", scheme="ean"), Identifier("L1", scheme="lot")),
        "order",
    ),
    (f"{LINE}__batches", (Identifier("L1", scheme="lot"),), (Identifier("L1", scheme="ean"),), "changed"),
    (f"{LINE}__batches", (Identifier("L1"), Identifier("L2")), (Identifier("L1"), Identifier("L3")), "changed"),
    (BOTANY, named("Allium sativum L."), named("Allium sativum"), "authorship"),
    (BOTANY, named("Allium sativum"), named("ALLIUM SATIVUM"), "writing"),
    (BOTANY, named("ALLIUM SATIVUM L."), named("Allium sativum"), "authorship"),
    (BOTANY, named("Gallus gallus (Linnaeus, 1758)"), named("Gallus gallus"), "authorship"),
    (BOTANY, named("Prunus dulcis Mill."), named("Prunus dulcis Webb"), "other_author"),
    (BOTANY, named("Citrus × sinensis"), named("Citrus x sinensis Osbeck"), "authorship"),
    (BOTANY, named("Brassica oleracea var. capitata"), named("Brassica oleracea var. italica"), "changed"),
    (BOTANY, named("Zea mays subsp. mays"), named("Zea mays ssp. mays"), "authorship"),
    (BOTANY, named("Allium sativum"), named("A. sativum"), "genus_shortened"),
    (BOTANY, named("Allium sativum"), named("Allium cepa"), "changed"),
    (BOTANY, named("Allium sativum 1"), named("Allium sativum 2"), "changed"),
    (BOTANY, named("1 a"), named("1 b"), "changed"),
    (BOTANY, (Text("Allium sativum"),), named("Allium sativum"), "label"),
    (f"{LINE}__classifications", hs("070320"), hs("0703.20"), "writing"),
    (f"{LINE}__classifications", hs("070320"), hs("07032000"), "digits"),
    (f"{LINE}__classifications", hs("07032000"), hs("07032010"), "national_digits"),
    (f"{LINE}__classifications", hs("070320"), hs("070310"), "changed"),
    (f"{LINE}__classifications", hs("070320"), hs("080510"), "changed"),
    (f"{LINE}__classifications", hs("070320", "Garlic"), hs("070320", "Fresh garlic"), "help_text"),
    (f"{LINE}__classifications", hs("070320", "Garlic"), hs(None, "Garlic"), "code_or_words"),
    (f"{LINE}__classifications", hs("070320", "Garlic"), hs(None, "Ginger"), "changed"),
    (f"{LINE}__classifications", hs(None, "Garlic"), hs(None, "Ginger"), "changed"),
    (f"{LINE}__classifications", hs("ALLSA", system="EPPO"), hs("ALLCE", system="EPPO"), "changed"),
    (f"{LINE}__classifications", hs("070320"), hs("070320", system="CN"), "changed"),
    (
        f"{LINE}__classifications",
        (Classification(Code("HS"), "070320"),),
        (Classification(Code("HS", name="Harmonized System"), "070320"),),
        "label",
    ),
    (f"{LINE}__origins", (NORTH,), (XA,), "wider_region"),
    (f"{LINE}__origins", (XA,), (NORTH,), "added"),
    (f"{LINE}__origins", (XA,), (XB,), "changed"),
    (f"{LINE}__treatments", treated(type_level_1=Code("CHT")), treated(type_level_1=Code("CHT", name="x")), "label"),
    (f"{LINE}__treatments", treated(type_level_1=Code("CHT")), treated(type_level_1=Code("RAT")), "changed"),
    (
        f"{LINE}__treatments",
        treated(type_level_1=Code("CHT", "ippc_treatment_types")),
        treated(type_level_1=Text("Chemical treatment")),
        "code_or_words",
    ),
    (f"{LINE}__treatments", treated(type_level_1=Code("CHT")), treated(type_level_1=Text("Irradiation")), "changed"),
    (f"{LINE}__treatments", treated(type_level_1=Text("Gas")), treated(type_level_1=Text("GAS")), "writing"),
    (f"{LINE}__treatments", treated(duration=kg("24", "HUR")), treated(duration=kg("1", "DAY")), "unit"),
    (f"{LINE}__treatments", treated(temperature=kg("32", "FAH")), treated(temperature=kg("0", "CEL")), "unit"),
    (f"{LINE}__treatments", treated(temperature=kg("21", "CEL")), treated(temperature=kg("20", "CEL")), "changed"),
    (f"{LINE}__treatments", treated(started=at(3, 5)), treated(started=at(3, 6)), "changed"),
    (f"{LINE}__treatments", treated(started=at(3, 5)), treated(started=DAY), "same_moment"),
    (f"{LINE}__treatments", treated(started=at(3, 5, 60)), treated(started=at(3, 5)), "same_moment"),
    (f"{LINE}__common_names", text("Garlic"), (*text("Garlic"), TWO), "translation"),
    (f"{LINE}__common_names", (*text("Garlic"), TWO), text("Garlic"), "translation"),
    (f"{LINE}__common_names", text("Garlic"), (TWO,), "changed"),
    (f"{LINE}__common_names", text("Garlic"), (*text("Garlic"), Text("Evil", "en")), "added"),
    (f"{LINE}__common_names", text("Weight 1.5"), text("Weight 1,5"), "changed"),
    (f"{LINE}__common_names", text("“Garlic” – fresh"), text("'garlic' - fresh."), "writing"),
    (f"{LINE}__declarations__official_information", text("A"), (*text("A"), TWO), "added"),
    (f"{LINE}__declarations__import_permits", ("IP/2026/948",), ("IP-2026-948",), "writing"),
    (f"{LINE}__sequence", 1, 7, "line_number"),
]  # fmt: skip


def with_field(path: str, value: Any) -> Certificate:
    return changed(phytosanitary(), **{path: value})


@pytest.mark.parametrize(("path", "left", "right", "reason"), CASES)
def test_a_difference_has_its_reason(path: str, left: Any, right: Any, reason: str) -> None:
    found = compare(with_field(path, left), with_field(path, right)).differences
    assert [each.reason for each in found] == [reason], found
    at_path = path.replace("__0", "[0]").replace("__", ".")
    assert found[0].field.startswith(at_path) or at_path.startswith(found[0].field)


LESS = Terms(presented_may_be_less=True)
ANIMALS = AnimalGroup(identifications=tuple(AnimalIdentification(n, Code("EAR_TAG"), f"XA{n}") for n in (1, 2)))


@pytest.mark.parametrize(
    ("path", "left", "right", "terms", "reasons"),
    [
        (f"{LINE}__net_weight", kg("24", "TNE"), kg("23000"), LESS, ["less_presented"]),
        (f"{LINE}__net_weight", kg("24", "TNE"), kg("24501"), LESS, ["more_presented"]),
        (f"{LINE}__net_weight", kg("24", "TNE"), kg("24000"), LESS, ["unit"]),
        (f"{LINE}__batches", (Identifier("A"), Identifier("B")), (Identifier("B"),), LESS, ["less_presented"]),
        (f"{LINE}__batches", (Identifier("A"),), (Identifier("A"), Identifier("B")), LESS, ["added"]),
        (f"{LINE}__animals", ANIMALS, replace(ANIMALS, identifications=ANIMALS.identifications[:1]), LESS,
         ["less_presented"]),
        (f"{LINE}__treatments", treated(temperature=kg("21", "CEL")), treated(temperature=kg("22", "CEL")),
         Terms(treatment_at_least=True), ["stronger"]),
        (f"{LINE}__treatments", treated(temperature=kg("21", "CEL")), treated(temperature=kg("20", "CEL")),
         Terms(treatment_at_least=True), ["weaker"]),
        (f"{LINE}__classifications", hs("070320"), hs("070310"), Terms(hs_edition_changed=True), ["hs_edition"]),
        (f"{GOODS}__transport_equipment", containers("A1"), containers("A2"), Terms(has_transhipment=True),
         ["transhipment"]),
        (f"{GOODS}__transport_equipment", containers("A1"), containers("A1", seals=("G9",)),
         Terms(customs_reference="C-1"), ["seal_replaced"]),
        (PARTY, "Green Valley", "Blue Hill", Terms(former_names={"blue hill": "Green Valley"}), ["former_name"]),
        (BOTANY, named("Allium sativum"), named("Allium controversum"),
         Terms(synonyms={"Allium controversum": "Allium sativum"}), ["synonym"]),
        (f"{LINE}__net_weight", kg("1"), None, Terms(is_partial=True), []),
    ],
)  # fmt: skip
def test_what_is_known_beside_the_two_decides_too(
    path: str, left: Any, right: Any, terms: Terms, reasons: list[str]
) -> None:
    found = compare(with_field(path, left), with_field(path, right), terms=terms)
    assert [each.reason for each in found.differences] == reasons


def test_what_is_not_given_is_not_compared_and_that_is_said() -> None:
    partial = compare(phytosanitary(), with_field(f"{LINE}__net_weight", None), terms=Terms(is_partial=True))
    assert partial.not_compared == ("consignment.items[0].trade_line_items[0].net_weight",)
    assert partial.word is Word.EQUAL


def test_a_signed_note_covers_a_field_and_everything_below_it() -> None:
    notes = {"consignment.transport_equipment": "Seal changed by customs, C-77", "consignment.consignor": "unused"}
    left, right = (
        with_field(f"{GOODS}__transport_equipment", containers("A1", seals=(seal,))) for seal in ("G1", "G2")
    )
    found = compare(left, right, terms=Terms(annotations=notes))
    (one,) = found.differences
    assert (one.reason, one.word, one.note) == ("noted", Word.NOTED, "Seal changed by customs, C-77")
    assert one.sentence() == "A signed note explains the difference: Seal changed by customs, C-77"
    assert found.word is Word.NOTED
    assert compare(left, right).word is Word.DIFFERS


def test_a_destination_that_was_a_country_of_transit_is_explained() -> None:
    left = with_field(f"{GOODS}__transit_countries", (CountryArea(CountryCode("XC")),))
    right = changed(left, **{f"{GOODS}__import_country": CountryArea(CountryCode("XC"))})
    assert [each.reason for each in compare(left, right).differences] == ["transit_country"]


def test_lines_are_matched_by_what_they_hold_and_not_by_their_place() -> None:
    value = phytosanitary()
    first, second = value.lines
    turned = (replace(second, sequence=1, net_weight=kg("1")), replace(first, sequence=2))
    found = compare(value, changed(value, **{f"{GOODS}__items__0__trade_line_items": turned}))
    assert [each.reason for each in found.of_kind(Kind.MATERIAL)] == ["changed"]
    moved = found.of_kind(Kind.MATERIAL)[0]
    assert moved.field.endswith("trade_line_items[1].net_weight")
    assert moved.right_field.endswith("trade_line_items[0].net_weight")


def test_lines_grouped_in_other_items_are_the_same_lines() -> None:
    value = phytosanitary()
    apart = tuple(ConsignmentItem((line,)) for line in value.lines)
    found = compare(value, changed(value, **{f"{GOODS}__items": apart}))
    assert [(each.field, each.reason) for each in found.differences] == [("consignment.items", "order")]
    assert [(each.left, each.right) for each in found.differences] == [("1, 2", "1; 2")]


def test_lines_in_another_order_are_shown_by_their_numbers() -> None:
    value = phytosanitary()
    found = compare(value, changed(value, **{f"{GOODS}__items__0__trade_line_items": value.lines[::-1]}))
    assert [(each.left, each.right, each.reason) for each in found.differences] == [("1, 2", "2, 1", "order")]


def cargo(value: Certificate, *types: str, turned: bool = False) -> Certificate:
    """Return the certificate with each line in an item of its own, of these kinds of cargo."""
    apart = [ConsignmentItem((line,), (Code(kind),)) for line, kind in zip(value.lines, types, strict=True)]
    return changed(value, **{f"{GOODS}__items": tuple(reversed(apart) if turned else apart)})


def test_kinds_of_cargo_are_compared_where_the_same_lines_stand() -> None:
    value = cargo(phytosanitary(), "9", "10")
    assert compare(value, cargo(phytosanitary(), "9", "10", turned=True)).kind is Kind.IDENTICAL
    swapped = compare(value, cargo(phytosanitary(), "10", "9")).of_kind(Kind.MATERIAL)
    assert [each.field for each in swapped] == [f"consignment.items[{n}].cargo_types[0]" for n in (0, 1)]
    fewer = changed(value, **{f"{GOODS}__items": value.consignment.items[:1]})
    assert {each.reason for each in compare(value, fewer).differences} == {"missing"}
    assert {each.reason for each in compare(fewer, value).differences} == {"added"}


def test_a_line_more_is_added_and_a_line_less_is_missing_or_allowed() -> None:
    value = phytosanitary()
    fewer = changed(value, **{f"{GOODS}__items__0__trade_line_items": value.lines[:1]})
    assert [each.reason for each in compare(value, fewer).differences] == ["missing"]
    assert [each.reason for each in compare(fewer, value).differences] == ["added"]
    assert [each.reason for each in compare(value, fewer, terms=LESS).differences] == ["less_presented"]
    assert compare(fewer, value, terms=LESS).kind is Kind.MATERIAL


def test_many_lines_are_matched_without_weighing_every_pair(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("opensps.verification.comparison.pairing._MOST_CELLS", 3)
    value = phytosanitary()
    lines = tuple(replace(line, intended_uses=text("Seed")) for line in value.lines)
    found = compare(value, changed(value, **{f"{GOODS}__items__0__trade_line_items": lines}))
    assert [each.right_field for each in found.differences] == ["", ""]


def test_declarations_that_are_added_or_missing_are_material() -> None:
    value = phytosanitary()
    held = value.exchanged_document.declarations
    more = replace(held, additional=(*held.additional, AdditionalDeclaration(Text("Free from X", "zh"))))
    found = compare(value, changed(value, exchanged_document__declarations=more))
    assert [each.reason for each in found.differences] == ["added"]


def test_another_kind_of_party_record_is_told_in_words() -> None:
    value = phytosanitary()
    found = compare(value, changed(value, **{f"{GOODS}__carrier": Party(name="Line")})).differences
    assert found == (FieldDifference("consignment.carrier", None, "Line", "added"),)


def test_an_inspection_in_words_is_compared_in_words() -> None:
    assert judge_inspection(Text("May 1"), Text("MAY 1"), Terms()) == "writing"
    assert judge_inspection(at(3, 5), DAY, Terms()) == "same_moment"
    assert judge_inspection(at(3, 5), Text("May 1"), Terms()) == "changed"


def test_another_town_in_another_form_of_address_is_another_address() -> None:
    one, other = (
        with_field(f"{GOODS}__consignor__address", address)
        for address in (Address(("1 Road", "Port", "Examplia")), replace(ADDRESS, city="Town"))
    )
    assert compare(one, other).kind is Kind.MATERIAL


def test_the_worst_difference_decides() -> None:
    value = phytosanitary()
    assert compare(value, value).kind is Kind.IDENTICAL
    spelled = changed(value, **{PARTY: "Green Valley Exqort Co."})
    assert (compare(value, spelled).kind, compare(value, spelled).word) == (Kind.EXPLAINABLE, Word.EXPLAINED)


def test_every_reason_speaks_both_languages() -> None:
    for code, row in REASONS.items():
        one = FieldDifference("a", "1", "2", code, note="C-1")
        assert row.english.endswith((".", "%(note)s")), code
        assert any("\u4e00" <= sign <= "\u9fff" for sign in one.sentence("zh-hans")), code


def test_a_number_with_two_readings_is_never_taken_as_one() -> None:
    one, other = (with_field(f"{LINE}__package_text", text(words)) for words in ("25.000 bags", "25,000 bags"))
    assert compare(one, other).kind is Kind.MATERIAL


def test_arabic_digits_are_the_same_digits() -> None:
    one, other = (with_field(f"{LINE}__batches", (Identifier(lot),)) for lot in ("L12", "L١٢"))
    assert compare(one, other).kind is Kind.IDENTICAL
