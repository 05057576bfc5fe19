"""What the dialect cannot carry is said before writing, and refused where it matters (`domain.md` 2.5).

One case for each thing a dialect has no place for, hence its length.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from opensps.certificate import (
    AdditionalDeclaration,
    Address,
    AnimalGroup,
    AppliedProcess,
    Area,
    Attachment,
    Attestation,
    Certificate,
    CertificateKind,
    Characteristic,
    Classification,
    Code,
    ConsignmentItem,
    CountryArea,
    CountryCode,
    Declarations,
    Establishment,
    Identifier,
    Location,
    MainCarriage,
    Measure,
    ModelRef,
    Note,
    OfficialTime,
    OtherQuantity,
    Package,
    Party,
    Person,
    ReferencedDocument,
    Replacement,
    Residue,
    Seal,
    SignatoryRole,
    Temperature,
    Text,
    Totals,
    TransportCondition,
    TransportEquipment,
    Treatment,
)
from opensps.formats import FormatError, as_carried, capacity, read_certificate, write_certificate
from opensps.formats.carrying import CAPACITY_MESSAGES
from opensps.rules import Level
from tests.factories.certificates import phytosanitary, reexport, text

LINE = "consignment__items__0__trade_line_items__0"
DOCUMENT = "exchanged_document"
SIGNER = f"{DOCUMENT}__signatories__0"
NOON = OfficialTime.moment(datetime(2026, 11, 18, 4, tzinfo=UTC), offset_minutes=480)
LONG = Measure(Decimal("1.00001"), "KGM")


def line(value: Certificate) -> Any:
    return value.lines[0]


def said(value: Certificate) -> list[tuple[Level, str]]:
    """Return level and path of each finding beyond those of an unchanged certificate."""
    usual = {(one.field, one.template) for one in capacity(phytosanitary())}
    return [(one.level, one.field) for one in capacity(value) if (one.field, one.template) not in usual]


SEVERE: tuple[tuple[str, dict[str, Any]], ...] = (
    ("kind", {"kind": CertificateKind.SANITARY}),
    ("model", {"model": ModelRef("garlic", "1")}),
    ("consignment.transport_condition", {"consignment__transport_condition": TransportCondition.FROZEN}),
    (f"{LINE}.animals", {f"{LINE}__animals": AnimalGroup(breed=Text("Holstein"))}),
    (
        f"{LINE}.count",
        {f"{LINE}__count": Measure(Decimal(1), "H87"), f"{LINE}__net_volume": Measure(Decimal(1), "MTQ")},
    ),
    (f"{LINE}.count", {f"{LINE}__count": Measure(Decimal(1), "KGM")}),
    (f"{LINE}.net_volume", {f"{LINE}__net_volume": Measure(Decimal(1), "H87")}),
    (f"{LINE}.gross_volume", {f"{LINE}__gross_volume": Measure(Decimal(1), "MTK")}),
    (f"{LINE}.net_weight", {f"{LINE}__net_weight": LONG}),
    (f"{LINE}.net_weight", {f"{LINE}__net_weight": Measure(Decimal("1e20"), "KGM")}),
    (f"{LINE}.sequence", {f"{LINE}__sequence": 10**21}),
    (f"{LINE}", {f"{LINE}__sequence": 0, f"{LINE}__descriptions": text("Consignment totals")}),
    (f"{LINE}.other_quantity", {f"{LINE}__other_quantity": OtherQuantity(Decimal("0.00001"), "crates")}),
    (f"{LINE}.other_quantity", {f"{LINE}__other_quantity": OtherQuantity(Decimal(1), " ")}),
    (f"{LINE}.packages[0]", {f"{LINE}__packages": (Package("1", Code(" "), Decimal(1)),)}),
    (f"{LINE}.packages[0].count", {f"{LINE}__packages": (Package("1", Code("BX"), Decimal("0.12345")),)}),
    (f"{LINE}.other_notes[0]", {f"{LINE}__other_notes": (Note(subject="OPTND"),)}),
    (f"{DOCUMENT}.other_notes[0]", {f"{DOCUMENT}__other_notes": (Note(subject="SPSFL"),)}),
    (f"{LINE}.processes[0]", {f"{LINE}__processes": (AppliedProcess(Code("ZZZ")),)}),
    (f"{LINE}.processes[0]", {f"{LINE}__processes": (AppliedProcess(Code("")),)}),
    (
        f"{LINE}.processes[0]",
        {f"{LINE}__processes": (AppliedProcess(Code("37"), characteristics=(Characteristic(texts=text("TTFT")),)),)},
    ),
    (f"{DOCUMENT}.references[0]", {f"{DOCUMENT}__references": (ReferencedDocument(Code("ZZZ"), " "),)}),
    (f"{DOCUMENT}.references[0]", {f"{DOCUMENT}__references": (ReferencedDocument(Code(""), "1"),)}),
    (f"{SIGNER}.attestations[0].code", {f"{SIGNER}__attestations": (Attestation("1", code="X"),)}),
    (f"{SIGNER}.attestations[0].scheme", {f"{SIGNER}__attestations": (Attestation("1", scheme="X"),)}),
    (f"{SIGNER}.attestations[0].texts", {f"{SIGNER}__attestations": (Attestation("1", texts=text("I swear")),)}),
    (f"{SIGNER}.attestations[0].texts", {f"{SIGNER}__attestations": (Attestation(texts=text("I swear")),)}),
    ("consignment.consignor.ids", {"consignment__consignor": Party("A", ids=(Identifier("1"), Identifier("2")))}),
    ("consignment.point_of_entry.areas", {"consignment__point_of_entry": Location(areas=(Area("1"),))}),
    ("consignment.main_carriages[0]", {"consignment__main_carriages": (MainCarriage(Code("")),)}),
    (
        "consignment.transport_equipment[0].seals[0]",
        {"consignment__transport_equipment": (TransportEquipment(seals=(Seal(" "),)),)},
    ),
)


def dotted(path: str) -> str:
    """Return a factory path as a path of the value model."""
    steps = path.replace("__", ".").split(".")
    return ".".join(steps).replace(".0", "[0]")


@pytest.mark.parametrize(("path", "changes"), SEVERE, ids=[dotted(path) for path, _ in SEVERE])
def test_what_has_no_place_is_severe_and_refused_before_a_byte_is_written(path: str, changes: dict[str, Any]) -> None:
    value = phytosanitary(**changes)
    assert (Level.SEVERE, dotted(path)) in said(value)
    with pytest.raises(FormatError) as refused:
        write_certificate(value)
    assert refused.value.code == "cannot_carry"
    assert all(one.template in CAPACITY_MESSAGES and one.message for one in capacity(value))
    assert as_carried(as_carried(value)) == as_carried(value)


TEXT_ONLY: tuple[tuple[str, Any], ...] = (
    ("consignment__id", Identifier("C-1", "consignment", "9", "of ours")),
    ("consignment__availability_due", NOON),
    ("consignment__export_exit", OfficialTime(date(2026, 11, 19))),
    ("consignment__is_ship_stores", True),
    ("consignment__re_export_countries", (CountryArea(CountryCode("XC")),)),
    ("consignment__storage_places", (Location(names=text("Cold store")),)),
    ("consignment__transit_places", (Location(names=text("Pass")),)),
    ("consignment__place_of_loading", Location(Identifier("XAPRT"))),
    ("consignment__consignee_receipt_place", Location(names=text("Dock 4"))),
    ("consignment__examination_place", Location(names=text("Hall 2"))),
    ("consignment__carrier", Party("Sea Lines", role=Code("CA", "un_3035"))),
    ("consignment__despatch_party", Party("Sender", type_codes=(Code("X", "kinds", "of ours"),))),
    ("consignment__delivery_party", Party("Receiver", contacts=("Desk 4",))),
    ("consignment__customs_transit_agent", Party(person=Person("A. Gent", text("Broker")))),
    (f"{DOCUMENT}__descriptions", text("For the spring market")),
    (f"{DOCUMENT}__is_copy", True),
    (f"{DOCUMENT}__recipients", (Party("Northland Service"),)),
    (
        f"{DOCUMENT}__other_notes",
        (Note(subject_code=Code("MOOD", "list"), content_codes=(Code("FAIR"),), texts=text("fair")),),
    ),
    (f"{LINE}__batches", (Identifier("B-7"),)),
    (f"{LINE}__expiries", (NOON,)),
    (f"{LINE}__transport_equipment", (TransportEquipment(Identifier("ZZZU1")),)),
    (f"{LINE}__signatories", (phytosanitary().exchanged_document.signatories[0],)),
)


@pytest.mark.parametrize(("path", "given"), TEXT_ONLY, ids=[dotted(path) for path, _ in TEXT_ONLY])
def test_what_the_text_form_carries_is_a_warning_and_is_read_again(path: str, given: Any) -> None:
    value = phytosanitary(**{path: given})
    assert (Level.WARNING, dotted(path)) in said(value)
    assert read_certificate(write_certificate(value)).certificate == as_carried(value)
    kept: Any = as_carried(value)
    for step in path.split("__"):
        kept = kept[int(step)] if step.isdigit() else getattr(kept, step)
    assert kept == given or path.endswith("signatories")


def test_temperatures_of_a_container_travel_in_the_text_form() -> None:
    measured = Temperature(minimum=Measure(Decimal(2), "CEL"), type_code=Code("2", "un_6245"))
    box = TransportEquipment(Identifier("ZZZU1"), temperatures=(measured, Temperature()))
    value = phytosanitary(consignment__transport_equipment=(box,))
    assert (Level.WARNING, "consignment.transport_equipment[0].temperatures") in said(value)
    assert as_carried(value).consignment.transport_equipment[0].temperatures == (measured,)
    assert read_certificate(write_certificate(value)).certificate == as_carried(value)


LOST: tuple[tuple[str, dict[str, Any], Callable[[Any], Any], Any], ...] = (
    (
        "an address becomes lines",
        {
            "consignment__consignor__address": Address(
                ("1 Road",), "99", "Greenville", country=CountryCode("XA"), subdivision_name="South"
            )
        },
        lambda v: v.consignment.consignor.address.lines,
        ("1 Road", "99 Greenville", "South", "Examplia"),
    ),
    (
        "six lines become five",
        {"consignment__consignor__address": Address(("a", "b", "c", "d", "e"), city="Greenville")},
        lambda v: v.consignment.consignor.address.lines,
        ("a", "b", "c", "d", "e, Greenville"),
    ),
    (
        "an empty address is none",
        {"consignment__consignor__address": Address(type_code="1")},
        lambda v: v.consignment.consignor.address,
        None,
    ),
    (
        "a declaration loses its code",
        {f"{LINE}__declarations": Declarations(additional=(AdditionalDeclaration(Text("Free"), "7"),))},
        lambda v: line(v).declarations.additional,
        (AdditionalDeclaration(Text("Free")),),
    ),
    ("totals follow from the lines", {"consignment__totals": Totals()}, lambda v: v.consignment.totals, None),
    (
        "a role does not travel",
        {f"{SIGNER}__role": SignatoryRole.CONTROL},
        lambda v: v.exchanged_document.signatories[0].role,
        None,
    ),
    ("residue is not written", {"residue": (Residue("/a", "b"),)}, lambda v: v.residue, ()),
    (
        "a blank statement is none",
        {f"{SIGNER}__attestations": (Attestation(" "), Attestation("1"))},
        lambda v: v.exchanged_document.signatories[0].attestations,
        (Attestation("1"),),
    ),
    (
        "the standard's own words stay behind",
        {
            f"{SIGNER}__attestations": (
                Attestation("2", texts=(Text("They are deemed to be practically free from other pests.", "en"),)),
            )
        },
        lambda v: v.exchanged_document.signatories[0].attestations,
        (Attestation("2"),),
    ),
    (
        "EPPO codes have no confirmed place",
        {f"{LINE}__classifications": (Classification(Code("EPPO"), "ALLSA"), Classification(Code("")))},
        lambda v: line(v).classifications,
        (),
    ),
    (
        "HS without a code",
        {f"{LINE}__classifications": (Classification(Code("HS")),)},
        lambda v: line(v).classifications,
        (),
    ),
    (
        "a partner's system keeps its list and name",
        {
            f"{LINE}__classifications": (
                Classification(Code("CN", "lists", "Nomenclature"), "07032000", text("Garlic")),
            )
        },
        lambda v: line(v).classifications,
        (Classification(Code("CN", "lists", "Nomenclature"), "07032000", text("Garlic")),),
    ),
    (
        "no end and no duration without a start",
        {f"{LINE}__treatments": (Treatment(Code("ZZZ"), ended=NOON, duration=LONG, full_text=text("Cold")),)},
        lambda v: (line(v).treatments[0].ended, line(v).treatments[0].duration),
        (None, None),
    ),
    (
        "every treatment has the code ZZZ",
        {
            f"{LINE}__treatments": (
                Treatment(
                    Code("16", name="Fumigation"),
                    type_level_1=Code("lower"),
                    type_level_2=Text("OP"),
                    active_ingredients=(Code(" "), Code("238")),
                ),
            )
        },
        lambda v: line(v).treatments,
        (
            Treatment(
                Code("ZZZ", "un_7187", "Fumigation"),
                Text("lower"),
                Code("OP", "ippc_treatment_types"),
                (Code("238", "codex_pesticides"),),
            ),
        ),
    ),
    (
        "a treatment that says nothing",
        {f"{LINE}__treatments": (Treatment(Code("ZZZ")),)},
        lambda v: line(v).treatments,
        (),
    ),
    (
        "an establishment without a role has the role of others, and its section is the label of it",
        {
            f"{LINE}__establishments": (
                Establishment(
                    Code("37", "un_7187"),
                    Identifier("N-1", "approval_number"),
                    "Mill",
                    CountryCode("XA"),
                    "IX",
                    Code("MF"),
                    NOON,
                ),
                Establishment(Code("13"), Identifier("N-2", "approval_number"), section="X"),
                Establishment(Code("13"), Identifier("N-3", "approval_number"), role=Code("GQ")),
            )
        },
        lambda v: [(one.approval_number.value, one.role, one.section) for one in line(v).establishments],
        [
            ("N-1", Code("MF", "un_3035"), "IX"),
            ("N-2", Code("ZZZ", "un_3035"), "X"),
            ("N-3", Code("GQ", "un_3035"), None),
        ],
    ),
    (
        "a broken attachment was never readable",
        {
            f"{DOCUMENT}__references__0__attachments": (
                Attachment("a.pdf", sha256=b"x" * 32),
                Attachment(sha256=b"x" * 32),
            )
        },
        lambda v: v.exchanged_document.references[0].attachments,
        (Attachment("a.pdf"),),
    ),
    (
        "the word NULL is read as nothing",
        {f"{DOCUMENT}__titles": text("NULL"), "consignment__consignor__name": "NULL"},
        lambda v: (v.exchanged_document.titles, v.consignment.consignor.name),
        ((), None),
    ),
)


@pytest.mark.parametrize(("changes", "look", "kept"), [row[1:] for row in LOST], ids=[row[0] for row in LOST])
def test_losses_are_said_and_the_rest_is_read_again(
    changes: dict[str, Any], look: Callable[[Certificate], Any], kept: Any
) -> None:
    value = phytosanitary(**changes)
    assert look(as_carried(value)) == kept
    assert read_certificate(write_certificate(value)).certificate == as_carried(value)


def test_forms_of_a_value_that_mean_the_same_are_carried_as_one() -> None:
    value = phytosanitary(
        **{
            "consignment__consignor": Party(
                " Green  Valley ",
                ids=(Identifier(" 1 ", "kind", "", None), Identifier(" "), Identifier("2", "")),
                contacts=("", "Desk"),
                person=Person(" "),
            ),
            "consignment__storage_places": (Location(),),
            f"{DOCUMENT}__replacement": Replacement(),
            f"{DOCUMENT}__references__0__attachments": (
                Attachment("", None, b"%PDF-1", ""),
                Attachment(uri="https://x.example", media_type=""),
            ),
            f"{LINE}__declarations": Declarations(
                inspections=(Text("2026-11-01"), Text("2026-11-01", "en"), Text("soon")), import_permits=(" ", "P  1")
            ),
            f"{LINE}__packages": (Package(" ", Code(" BX "), Decimal("1.50"), Measure(Decimal(1), " KGM ")),),
            f"{LINE}__processes": (AppliedProcess(Code("37"), duration=LONG, country=CountryArea()),),
        }
    )
    carried = as_carried(value)
    consignor = carried.consignment.consignor
    assert consignor.name == "Green Valley"
    assert consignor.ids == (Identifier("2"), Identifier("1", "kind"))
    assert (consignor.contacts, consignor.person) == (("Desk",), None)
    assert carried.exchanged_document.replacement is None
    assert line(carried).declarations.inspections == (
        OfficialTime(date(2026, 11, 1)),
        Text("2026-11-01", "en"),
        Text("soon"),
    )
    assert line(carried).packages[0].gross_weight == Measure(Decimal(1), "KGM")
    assert read_certificate(write_certificate(value)).certificate == carried


def test_a_re_export_carries_the_words_of_its_own_clause() -> None:
    value = reexport(exchanged_document__signatories__0__attestations=(Attestation(texts=text("As agreed")),))
    assert read_certificate(write_certificate(value)).certificate == as_carried(value)
    assert as_carried(value).exchanged_document.signatories[0].attestations == (Attestation(texts=text("As agreed")),)


def test_groups_of_lines_and_parts_of_countries_travel() -> None:
    value = phytosanitary()
    goods = replace(
        value.consignment,
        items=(*value.consignment.items, ConsignmentItem(cargo_types=(Code("12", "un_7085"),))),
        export_country=CountryArea(
            CountryCode("XA"),
            text("Examplia"),
            (Area("XA-1", text("South"), "1", "44", (Party("Office 1"),)),),
        ),
    )
    value = replace(value, consignment=goods)
    again = read_certificate(write_certificate(value)).certificate
    assert again == as_carried(value)
    assert again is not None
    assert again.consignment.export_country == goods.export_country


def test_only_known_dialects_are_written() -> None:
    for act in (capacity, as_carried, write_certificate):
        with pytest.raises(FormatError) as refused:
            act(phytosanitary(), dialect="coded")
        assert refused.value.code == "dialect"
