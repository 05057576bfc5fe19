"""Layouts (ux.md 13): every path of a data file leads to a field, and sheets say everything a certificate says."""

from dataclasses import fields, is_dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opensps import codes
from opensps.certificate import (
    Attestation,
    Certificate,
    CertificateKind,
    Measure,
    OfficialTime,
    Totals,
    TradeLineItem,
    profile_of,
)
from opensps.formats.layouts import GENERIC, LAYOUT_OF_KIND, LAYOUTS, Layout, LayoutError, Sheet, read_layout, sheet_of
from opensps.formats.layouts.names import field_name
from opensps.formats.layouts.parts import Box, Boxes, Paragraphs, Table, measure
from opensps.formats.layouts.places import REST
from opensps.formats.layouts.rows import ROWS, OneAnimal, Place
from opensps.formats.layouts.statements import SAYINGS
from opensps.formats.layouts.totals import totals
from opensps.formats.layouts.words import clock, flat
from opensps.formats.pdf import Mark, render
from tests.factories.certificates import phytosanitary
from tests.factories.everything import everything
from tests.factories.papers import live_animals, sanitary, veterinary
from tests.property.strategies import certificates
from tests.unit.formats.printed import KIND_OF, NEVER_PRINTED, SHOWN, missing, said


@pytest.mark.parametrize("name", LAYOUTS)
def test_nothing_a_certificate_says_is_missing_on_the_sheet(name: str) -> None:
    value = everything(KIND_OF[name])
    assert missing(value, said(sheet_of(value, name))) == []


@settings(max_examples=30)
@given(certificates(), st.sampled_from(sorted(LAYOUTS)))
def test_nothing_any_certificate_says_is_missing(value: Certificate, name: str) -> None:
    assert missing(value, said(sheet_of(value, name))) == []


def test_every_field_and_record_has_a_name_in_both_languages() -> None:
    for record in _records(Certificate, set()):
        for field in fields(record):
            if record not in SHOWN and f"{record.__name__}.{field.name}" not in NEVER_PRINTED:
                assert all(field_name(record, field.name)), field


def _records(hint: Any, seen: set[Any]) -> set[Any]:
    if is_dataclass(hint) and hint not in seen:
        seen.add(hint)
        for one in get_type_hints(hint).values():
            _records(one, seen)
    for one in get_args(hint):
        _records(one, seen)
    return seen


# --- the data files --------------------------------------------------------------------------------------------------

PSEUDO = {"place": Place, "lines.animals.one": OneAnimal}


def _type_at(path: str) -> Any:
    """Return the annotation of the field a path names; raise `KeyError` for none."""
    start = next((begin for begin in PSEUDO if path.startswith(begin + ".")), None)
    record: Any = PSEUDO[start] if start else TradeLineItem if path.startswith("lines.") else Certificate
    steps = path[len(start) + 1 if start else 6 if path.startswith("lines.") else 0 :].split(".")
    for step in steps:
        record = _only_record(get_type_hints(record)[step]) if step != "certifying_signatory" else _signatory()
    return record


def _only_record(hint: Any) -> Any:
    inner = [one for one in get_args(hint) if one not in (type(None), ...)]
    return _only_record(inner[0]) if inner else hint


def _signatory() -> Any:
    return _only_record(get_type_hints(_type_at("exchanged_document"))["signatories"])


@pytest.mark.parametrize("name", LAYOUTS)
def test_every_path_of_a_layout_leads_to_a_field(name: str) -> None:
    paths = [path.removesuffix(REST) for path in LAYOUTS[name].claims.paths if not path.startswith("items.")]
    assert [path for path in paths if path != "lines" and not _type_at(path)] == []


@pytest.mark.parametrize("name", LAYOUTS)
def test_every_layout_takes_what_no_column_names(name: str) -> None:
    layout = LAYOUTS[name]
    assert "lines.*" in layout.claims.paths
    for section in layout.sections:
        if section.is_schedule:
            assert "lines.*" in section.claims
        if section.each == "treatments":
            assert "lines.treatments.*" in section.claims


def test_every_kind_has_a_layout_that_fits_it() -> None:
    for kind, name in LAYOUT_OF_KIND.items():
        assert LAYOUTS[name].fits(kind), kind
    assert LAYOUT_OF_KIND[CertificateKind.OTHER] == GENERIC
    assert not LAYOUTS["phyto-export"].fits(CertificateKind.SANITARY)


@pytest.mark.parametrize(
    "text",
    [
        "not toml",
        "languages = ['en']",
        "languages = ['en', 'zh']\nwords = ['en']\nsignature = []\nsections = [{kind = 'picture'}]",
        "languages = ['en', 'zh']\nwords = ['en']\nsignature = []\nsections = [{kind = 'text', saying = 'nothing'}]",
        "languages = ['en', 'zh']\nwords = ['en']\nsections = []\nsignature = [{label = ['Only English']}]",
        "languages = ['en', 'zh']\nwords = ['en']\nsections = []\nsignature = [{colour = 'red'}]",
    ],
)
def test_a_file_that_is_not_a_layout_is_refused(text: str) -> None:
    with pytest.raises(LayoutError, match="layout wrong"):
        read_layout("wrong", text)


HOW_TO = Path(__file__).resolve().parents[3] / "docs" / "how-to" / "add-a-paper-layout.md"


def own_layout() -> Layout:
    """Return the layout the how-to describes."""
    return read_layout("own", HOW_TO.read_text(encoding="utf-8").split("```toml\n")[1].split("```")[0])


def test_a_box_without_a_label_of_its_own_has_that_of_the_kind_or_else_the_usual_one() -> None:
    boxes = own_layout()(phytosanitary()).sections[0]
    assert isinstance(boxes, Boxes)
    kind = profile_of(CertificateKind.PHYTOSANITARY).labels["consignment.consignor"]
    labels = [box.label for box in boxes.rows]
    assert (labels[0], *labels[-2:]) == (kind, ("Carrier", "承运人"), ("Everything else", "其他"))


def test_the_how_to_names_every_layout_and_everything_a_layout_may_say() -> None:
    text = HOW_TO.read_text(encoding="utf-8")
    assert [name for name in (*LAYOUTS, *ROWS, *SAYINGS) if f"`{name}`" not in text] == []


@pytest.mark.parametrize("value", [live_animals(3), sanitary(5), everything(CertificateKind.SANITARY)])
def test_a_layout_of_few_boxes_still_prints_everything(value: Certificate) -> None:
    assert missing(value, said(own_layout()(value))) == []


# --- words -----------------------------------------------------------------------------------------------------------


def _section(sheet: Sheet, kind: type) -> Any:
    return next(one for one in sheet.sections if isinstance(one, kind))


def _box(sheet: Sheet, label: str) -> Box:
    return next(
        box
        for one in sheet.sections
        if isinstance(one, Boxes)
        for box in one.rows
        if box.label and box.label[0] == label
    )


def _text(lines: Any) -> list[str]:
    return ["".join(run.text for run in line) for line in lines]


def test_a_chinese_form_says_coded_words_in_both_languages_chinese_first() -> None:
    sheet = sheet_of(veterinary())
    assert sheet.title == ("Veterinary (health) certificate", "兽医（卫生）证书")
    assert sheet.languages == ("zh", "en")
    assert _text(_box(sheet, "Number and type of packages").value) == ["1\u00a0200 纸箱 Carton, 标记 Marks AM 417"]
    assert _text(_box(sheet, "Temperature during storage and transport").value) == [
        "冷冻 Frozen",
        "运输温度 Transport temperature ≤\u00a0−18\u00a0°C",
    ]
    assert _text(_box(sheet, "Date of despatch").value) == ["20 November 2026, 22:15 (UTC+08:00)"]


def test_latin_names_are_marked_as_such() -> None:
    lines = _box(sheet_of(veterinary()), "Description of goods").value
    assert [run.text for line in lines for run in line if run.latin] == ["Bos taurus"]


def test_attestations_keep_number_and_order_and_end_with_a_sign() -> None:
    paragraphs = _section(sheet_of(veterinary()), Paragraphs).paragraphs
    assert _text(paragraphs[0]) == ["II.1", "上述产品来自无该种动物须通报疫病地区的动物。", _text(paragraphs[0])[2]]
    assert _text(paragraphs[-1]) == ["* * * * * * * *"]


def test_an_attestation_that_says_nothing_takes_no_place() -> None:
    said_nothing = (Attestation(), Attestation("II.1"))
    value = veterinary(exchanged_document__signatories__0__attestations=said_nothing)
    assert [_text(lines) for lines in _section(sheet_of(value), Paragraphs).paragraphs] == [
        ["II.1"],
        ["* * * * * * * *"],
    ]
    assert render(value, layout="zh-en-veterinary", mark=Mark.DRAFT)


def test_few_lines_of_goods_stand_in_the_boxes_and_many_in_a_schedule() -> None:
    few, many = sheet_of(veterinary(2)), sheet_of(veterinary(4))
    assert _text(_box(few, "Mark and No.").value) == ["1: LOT 26-311", "2: LOT 26-312"]
    assert not any(isinstance(one, Table) for one in few.sections)
    assert _text(_box(many, "Mark and No.").value) == ["见货物清单 See the schedule of goods"]
    columns = [column[0] for column in _section(many, Table).columns]
    assert columns == ["No.", "Mark and No.", "Quantity / weight declared"]
    assert _text(_box(many, "Place of origin").value) == ["示例国 Examplia (XA), Alma Valley"]


def test_each_animal_has_a_row_with_all_its_marks() -> None:
    table = _section(sheet_of(live_animals(3)), Table)
    assert [_text(cell.value) for cell in table.rows[2]] == [
        ["3"],
        ["Bos taurus"],
        ["Angus"],
        ["雌 Female"],
        ["18\u00a0月\u00a0months"],
        ["耳标 Ear tag XA 0001 0003", "芯片 Microchip 900000000000003"],
    ]


def test_a_line_without_marked_animals_is_one_row() -> None:
    value = live_animals(consignment__items__0__trade_line_items__0__animals=None)
    assert len(_section(sheet_of(value), Table).rows) == 1
    assert list(ROWS["marked-animals"].scopes(value)) == []


def test_totals_are_summed_only_where_units_agree() -> None:
    path = "consignment__items__0__trade_line_items__1__net_weight"
    assert totals(veterinary(2)).net_weight == Measure(Decimal(48003), "KGM")
    assert totals(veterinary(2, **{path: Measure(Decimal(1), "TNE")})).net_weight is None
    assert totals(veterinary(2, **{path: None})).net_weight is None
    assert totals(veterinary(2)).packages[0].count == Decimal(2400)
    given = Totals(count=Measure(Decimal(7), "H87"))
    assert totals(veterinary(2, consignment__totals=given)) == given


def test_totals_of_one_line_are_not_repeated_unless_they_differ() -> None:
    one = sanitary()
    assert "Total" not in said(sheet_of(one))
    assert "Total" not in said(sheet_of(replace(one, consignment=replace(one.consignment, totals=totals(one)))))
    assert "Total" in said(sheet_of(sanitary(consignment__totals=Totals(net_weight=Measure(Decimal(7), "KGM")))))


def test_a_quantity_without_a_unit_has_none_on_paper_either() -> None:
    unitless = Measure(Decimal("-2.50"), None)
    assert flat(unitless, ("en",)) == "−2.5"
    assert measure(unitless) == "-2.5"
    assert measure(None) is None


def test_a_clock_is_told_in_its_own_zone() -> None:
    at = phytosanitary().exchanged_document.issued
    assert at is not None
    assert clock(at) == "10:30 (UTC+08:00)"
    assert clock(replace(at, offset_minutes=-210)) == "23:00 (UTC-03:30)"
    assert clock(OfficialTime(date(2026, 1, 1))) == ""


def test_the_notice_says_who_signed_when_for_whom_and_how_to_check() -> None:
    english, chinese = sheet_of(veterinary()).notices[0]
    assert "by Lin Chen on 18 November 2026, 10:30 (UTC+08:00), for Plant and Animal" in english
    assert "Lin Chen于2026年11月18日 10:30 (UTC+08:00) 以电子方式签署" in chinese
    nobody = veterinary(exchanged_document__signatories=())
    assert sheet_of(nobody).notices[0][0].startswith("Scan the code")
    assert "Signed" not in said(sheet_of(veterinary(exchanged_document__number=None)))


def test_plants_and_other_goods_say_in_their_own_words_what_they_replace() -> None:
    replaced = everything(CertificateKind.SANITARY).exchanged_document.replacement
    plants = phytosanitary(exchanged_document__replacement=replaced)
    assert "Thisphytosanitarycertificatereplaces" in said(sheet_of(plants))
    food = said(sheet_of(sanitary(exchanged_document__replacement=replaced)))
    assert "Thiscertificatereplacesandcancels" in food
    assert "phytosanitary" not in food


def test_a_document_of_another_kind_is_titled_by_its_type() -> None:
    value = replace(everything(CertificateKind.OTHER))
    assert sheet_of(value).title[0] == codes.label("un_1001", "851")
    unknown = replace(value, exchanged_document=replace(value.exchanged_document, type_code="X1"))
    assert sheet_of(unknown).title[0] == "Other official document"
