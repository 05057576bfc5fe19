"""Layouts on paper (ux.md 13): everything a certificate says is printed, in every layout, each page with its code."""

import io
import time
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from opensps import codes
from opensps.certificate import (
    AnimalIdentification,
    Attachment,
    Attestation,
    Certificate,
    CertificateKind,
    CertificateNumber,
    Code,
    CountryArea,
    CountryCode,
    Identifier,
    Measure,
    OfficialTime,
    Text,
    Totals,
    TradeLineItem,
    profile_of,
)
from opensps.formats.errors import FormatError
from opensps.formats.layouts import GENERIC, LAYOUT_OF_KIND, LAYOUTS, Layout, LayoutError, Sheet, read_layout, sheet_of
from opensps.formats.layouts.names import field_name, word_of
from opensps.formats.layouts.parts import Box, Boxes, Paragraphs, Run, Table, day, measure, number
from opensps.formats.layouts.places import REST
from opensps.formats.layouts.rows import ROWS, OneAnimal, Place
from opensps.formats.layouts.statements import SAYINGS
from opensps.formats.layouts.totals import totals
from opensps.formats.layouts.words import clock, flat
from opensps.formats.pdf import Carrier, Mark, pictures, render
from tests.factories.certificates import SMALL_PDF, phytosanitary, reexport
from tests.factories.papers import NUMBER, live_animals, sanitary, veterinary
from tests.property.strategies import certificates
from tests.unit.formats.test_pdf import opened, page_words, words

URL = "HTTPS://V.ECERT.EXAMPLE/C/CNJDQET660X0STG7JNY3"
LONGEST = URL + "#1" + "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567" * 11
"""As long as a code of version 13 (trust.md 6.13)."""

NEVER_PRINTED = frozenset(
    {
        "Certificate.kind",  # the title
        "ExchangedDocument.number",  # the head, tested with the pages
        "ExchangedDocument.type_code",
        "ExchangedDocument.status_code",  # the mark
        "Signatory.authenticated",  # the notice, on paper with a number
        "Signatory.role",
        "Party.role",  # the box
        "Text.language",
        "Code.list_id",
        "Identifier.scheme",
        "Identifier.agency",
        "Identifier.scheme_name",
        "OfficialTime.at",
        "OfficialTime.offset_minutes",
        "OfficialTime.text",
        "AdditionalDeclaration.code",
        "Address.city_code",
        "Address.subdivision_code",
        "Address.type_code",
        "Area.level",
        "Package.level",
        "Attachment.content",
        "Attachment.sha256",
        "Attachment.media_type",
        "Attestation.scheme",
        "TradeLineItem.sequence",  # rows are counted from 1
        "AnimalIdentification.animal",
        "Residue.path",  # its end only
    }
)
"""Fields that other printed words say, or that say nothing to a reader of paper."""


# --- every printable leaf of a value ---------------------------------------------------------------------------------


def leaves(value: Any, record: str = "") -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield field and the words any of which must stand on paper, for everything printable below a value."""
    if value is None or record in NEVER_PRINTED or isinstance(value, bool | bytes):
        return
    if isinstance(value, tuple):
        for one in value:
            yield from leaves(one, record)
    elif is_dataclass(value) and type(value) not in SHOWN:
        for field in fields(value):
            if not _is_said_otherwise(value, field.name):
                yield from leaves(getattr(value, field.name), f"{type(value).__name__}.{field.name}")
    else:
        yield record, SHOWN.get(type(value), _plain)(value)


def _plain(value: Any) -> tuple[str, ...]:
    word = word_of(value.value) if isinstance(value, Enum) else None
    return (str(value), *(word or ()))


def _is_said_otherwise(value: Any, name: str) -> bool:
    """Say whether a field needs no words of its own because of what stands in another."""
    if isinstance(value, CountryArea):
        return name == "code" and bool(value.names)
    held = getattr(value, name)
    if isinstance(held, Code) and held.value == "ZZZ":
        return True
    if isinstance(value, Attestation):
        is_purpose = value.id == "CERTIFIED_AS_OR_FOR"
        return (name == "id" and value.id in {"1", "2", "3", "4", "5"}) or (name in {"id", "code"} and is_purpose)
    return name == "country" and getattr(value, "country_name", None) is not None


def _code(value: Code) -> tuple[str, ...]:
    lists = [one for one in codes.LIST_IDS if codes.is_known(one, value.value)]
    labels = [codes.label(one, value.value, language) for one in lists for language in ("en", "zh")]
    return (value.value, *([value.name] if value.name else ()), *labels, *(word_of(value.value) or ()))


SHOWN: dict[type, Any] = {
    Code: _code,
    Text: lambda value: (value.value,),
    Identifier: lambda value: (value.value,),
    Decimal: lambda value: (number(value),),
    Measure: lambda value: (number(value.value).replace("-", "\u2212"),),
    OfficialTime: lambda value: (day(value) or "", day(value, short=True) or ""),
}


def said(sheet: Sheet) -> str:
    """Everything a sheet says, without blanks."""
    return _without_blanks("".join(_said(sheet)))


def _said(value: Any) -> Iterator[str]:
    if isinstance(value, Run):
        yield value.text
    elif isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for one in value:
            yield from _said(one)
    elif is_dataclass(value):
        for field in fields(value):
            yield from _said(getattr(value, field.name))


def _without_blanks(text: str) -> str:
    return "".join(text.replace("\u200b", "").split())


def missing_on_paper(value: Certificate, data: bytes) -> list[tuple[str, tuple[str, ...]]]:
    """Return what a certificate says and its pages do not; words may begin on one page and end on the next."""
    with opened(data) as pdf:
        pages = [_without_blanks(page_words(page)) for page in pdf.pages]
    overleaf = list(pairwise(pages))
    return [
        (record, spellings)
        for record, spellings in missing(value, "".join(pages))
        if not any(_goes_on(_without_blanks(one), *two) for one in spellings for two in overleaf)
    ]


def _goes_on(text: str, page: str, following: str) -> bool:
    return any(text[:cut] in page and text[cut:] in following for cut in range(1, len(text)))


def missing(value: Certificate, shown: str) -> list[tuple[str, tuple[str, ...]]]:
    """Return what a certificate says and a text does not."""
    return [
        (record, spellings)
        for record, spellings in leaves(value)
        if not any(_without_blanks(one) in shown for one in spellings)
    ]


# --- a certificate that says everything ------------------------------------------------------------------------------


class Everything:
    """Builds a value with every field of every record filled, no word twice."""

    def __init__(self) -> None:
        self.count = 100

    def make(self, hint: Any, name: str = "") -> Any:
        """Return a value of an annotation."""
        self.count += 1
        made = MADE.get((name if name in {"system", "id"} else "", hint)) or MADE.get(("", hint))
        if made:
            return made(self.count)
        origin, inner = get_origin(hint), get_args(hint)
        if origin is tuple:
            several = not is_dataclass(inner[0]) or inner[0] in (Text, TradeLineItem)
            return tuple(self.make(inner[0], name) for _ in range(1 + several))
        if inner:
            return self.make(next(one for one in inner if one is not type(None)), name)
        if isinstance(hint, type) and issubclass(hint, Enum):
            return next(iter(hint))
        hints = get_type_hints(hint)
        return hint(**{field.name: self.make(hints[field.name], field.name) for field in fields(hint)})


MADE: dict[tuple[str, Any], Any] = {
    ("", str): lambda count: f"word{count}",
    ("", bool): lambda _count: True,
    ("", int): lambda count: count,
    ("", bytes): lambda _count: SMALL_PDF,
    ("", Decimal): lambda count: Decimal(count) + Decimal("0.5"),
    ("", CertificateNumber): lambda count: CertificateNumber(f"NO-{count}"),
    ("", CountryCode): lambda _count: CountryCode("XB"),
    ("", Text): lambda count: Text(f"text{count}", "en"),
    ("", Code): lambda count: Code(f"C{count}"),
    ("", OfficialTime): lambda count: OfficialTime(date(2026, 1, 1) + timedelta(days=count)),
    ("", Attachment): lambda count: Attachment(f"file{count}.pdf", "application/pdf", SMALL_PDF),
    ("", Measure): lambda count: Measure(Decimal(count), "KGM"),
}


@cache
def everything(kind: CertificateKind) -> Certificate:
    """Return a certificate of a kind that leaves nothing out, with one line for the kind's own number."""
    made: Certificate = Everything().make(Certificate)
    document = replace(made.exchanged_document, number=NUMBER, status_code="70", type_code="851")
    return replace(made, kind=kind, exchanged_document=document)


KIND_OF = {name: next(iter(sorted(layout.kinds)), CertificateKind.OTHER) for name, layout in LAYOUTS.items()}
"""A kind each layout fits."""


@pytest.mark.parametrize("name", LAYOUTS)
def test_nothing_a_certificate_says_is_missing_on_the_sheet(name: str) -> None:
    value = everything(KIND_OF[name])
    assert missing(value, said(sheet_of(value, name))) == []


@pytest.mark.parametrize("name", ["phyto-export", "codex-generic", "zh-en-animal-health"])
def test_nothing_a_certificate_says_is_missing_on_paper(name: str) -> None:
    value = everything(KIND_OF[name])
    data = render(value, layout=name, mark=Mark.COPY, carrier=carrier())
    assert missing_on_paper(value, data) == []
    assert NUMBER in _without_blanks(words(data))


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


# --- the pages -------------------------------------------------------------------------------------------------------


def carrier(**changes: Any) -> Carrier:
    """Return a carrier whose code differs from page to page."""
    each = Carrier(URL, "v.ecert.example", NUMBER, "0A1S5HDRANA5", lambda page, pages: f"{LONGEST}{page}{pages}")
    return replace(each, **changes)


def _sample(name: str) -> Certificate:
    samples: dict[CertificateKind, Callable[[], Certificate]] = {
        CertificateKind.PHYTOSANITARY: phytosanitary,
        CertificateKind.PHYTOSANITARY_REEXPORT: reexport,
        CertificateKind.ANIMAL_HEALTH: live_animals,
        CertificateKind.VETERINARY_HEALTH: veterinary,
    }
    return samples.get(KIND_OF[name], sanitary)()


def _read(png: bytes, *, spoiled: bool = False) -> list[str]:
    image = Image.open(io.BytesIO(png)).convert("L")
    if spoiled:
        image = image.point(lambda level: 128 + level // 2 if level < 128 else level).rotate(3, fillcolor=255)
        copied = io.BytesIO()
        image.save(copied, "JPEG", quality=40)
        image = Image.open(copied)
    return [found.text for found in zxingcpp.read_barcodes(image)]


@pytest.mark.parametrize("name", LAYOUTS)
def test_the_longest_code_of_every_layout_reads_at_200_dpi(name: str) -> None:
    pages = pictures(_sample(name), layout=name, mark=Mark.ORIGINAL, carrier=carrier(), dots_per_inch=200)
    assert [_read(page) for page in pages] == [[f"{LONGEST}{n}{len(pages)}"] for n in range(1, len(pages) + 1)]


@pytest.mark.parametrize("dots_per_inch", [200, 300])
def test_a_code_reads_from_a_grey_skewed_copy(dots_per_inch: int) -> None:
    (page,) = pictures(
        sanitary(), layout="zh-en-sanitary", mark=Mark.COPY, carrier=carrier(), dots_per_inch=dots_per_inch
    )
    assert _read(page, spoiled=True) == [f"{LONGEST}11"]


@pytest.mark.parametrize("dots_per_inch", [72, 150])
def test_a_plain_link_reads_even_from_a_coarse_copy(dots_per_inch: int) -> None:
    plain = carrier(url_of_page=None)
    page, *_ = pictures(sanitary(), layout=GENERIC, mark=Mark.COPY, carrier=plain, dots_per_inch=dots_per_inch)
    assert _read(page, spoiled=dots_per_inch > 72) == [URL]


def test_the_last_of_the_given_codes_is_that_of_all_further_pages() -> None:
    several = carrier(url_of_page=("A", "B"))
    assert [several.code_of_page(page, 3) for page in (1, 2, 3)] == ["A", "B", "B"]
    assert carrier(url_of_page=None).code_of_page(3, 3) == URL


def test_a_code_too_long_for_its_field_is_an_error() -> None:
    with pytest.raises(FormatError) as caught:
        render(sanitary(), layout=GENERIC, mark=Mark.ORIGINAL, carrier=carrier(url_of_page=(LONGEST * 2,)))
    assert "QR" in caught.value.detail


def test_many_animals_continue_with_head_number_and_page_on_every_page() -> None:
    value = live_animals(120)
    data = render(value, layout="zh-en-animal-health", mark=Mark.ORIGINAL, carrier=carrier())
    shown = _without_blanks(words(data))
    with opened(data) as pdf:
        pages = len(pdf.pages)
    assert pages > 4
    assert missing_on_paper(value, data) == []
    assert shown.count("个体标识Identification") >= pages - 1
    for page in range(1, pages + 1):
        assert f"第{page}页，共{pages}页Page{page}of{pages}" in shown
    assert shown.count("续页Continuationsheet") == pages - 1


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_typical_paper_takes_a_second_and_400_kb_at_most(name: str) -> None:
    render(_sample(name), layout=name, mark=Mark.DRAFT)
    started = time.process_time()
    data = render(_sample(name), layout=name, mark=Mark.ORIGINAL, carrier=carrier())
    assert time.process_time() - started < 1
    assert len(data) < 400_000


def test_blank_space_is_struck_out() -> None:
    before_the_signature = render(reexport(), layout="phyto-reexport", mark=Mark.DRAFT)
    assert _without_blanks(words(before_the_signature)).count("Intentionallyleftblank") == 1
    with opened(render(veterinary(), layout="eu-official", mark=Mark.DRAFT)) as pdf:
        below_the_signature = page_words(pdf.pages[-1])
    assert "Intentionally left blank" in below_the_signature


def test_paper_shows_its_place_in_the_log_and_which_copy_it_is() -> None:
    extra = carrier(log_position="log 1 234", copy_number=2, url_of_page=None)
    shown = _without_blanks(words(render(sanitary(), layout="codex-generic", mark=Mark.COPY, carrier=extra)))
    assert "log1234" in shown
    assert "CertifiedcopyNo.2" in shown
    assert "经认证的副本第2份" in shown


def _edges(png: bytes, *, millimetres: int = 8) -> bytes:
    """Return what stands in the margins on the right and below."""
    image = Image.open(io.BytesIO(png)).convert("L")
    width = round(image.width / 210 * millimetres)
    right = image.crop((image.width - width, 0, *image.size))
    below = image.crop((0, image.height - width // 2, *image.size))
    return right.tobytes() + below.tobytes()


def test_nothing_runs_over_the_edge_of_a_page() -> None:
    mark = AnimalIdentification(1, Code("OTHER"), "X" * 120)
    line = "consignment__items__0__trade_line_items__0__"
    marked: dict[str, Any] = {
        line + "animals__identifications": (mark,),
        line + "descriptions": (Text("long words " * 900, "en"),),
    }
    pages = pictures(live_animals(**marked), layout="zh-en-animal-health", mark=Mark.DRAFT, dots_per_inch=50)
    assert len(pages) > 2
    assert [min(_edges(page)) > 200 for page in pages] == [True] * len(pages)
    assert "X" * 120 in flat(mark, ("en",))
