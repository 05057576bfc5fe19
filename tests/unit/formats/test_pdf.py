"""Certificates on paper (ux.md 13.2): PDF/A-3 with the XML inside, a code that reads back, and no empty boxes."""

import io
import zlib
from collections.abc import Callable
from typing import Any

import pikepdf
import pytest
from PIL import Image

from opensps.certificate import Certificate, Text
from opensps.formats import qr
from opensps.formats.errors import FormatError
from opensps.formats.pdf import AttachedFile, Carrier, Mark, render
from opensps.formats.pdf_input import MAX_FILE_BYTES, MAX_FILES, attached_files
from tests.factories.certificates import NUMBER, phytosanitary, reexport
from tests.factories.pdfs import attached
from tests.scanner import qr_texts

CARRIER = Carrier(
    url="HTTPS://V.ECERT.EXAMPLE/C/CNJDQET660X0STG7JNY3",
    check_host="v.ecert.example",
    number=NUMBER,
    code="0A1S5HDRANA5",
)
XML = AttachedFile(f"{NUMBER}.xml", "<a>植物</a>".encode(), "source", "application/xml", "eCert XML")
SEAL = AttachedFile(f"{NUMBER}.xades", b"<b/>", "supplement", "application/xml", "Seal")
BOXES = (
    "is_original",
    "is_certified_true_copy",
    "is_packed",
    "is_repacked",
    "in_original_containers",
    "in_new_containers",
    "based_on_original",
    "with_additional_inspection",
)
LINE = "consignment__items__0__trade_line_items__0__"


def original(value: Certificate, *, layout: str = "phyto-export") -> bytes:
    return render(value, layout=layout, mark=Mark.ORIGINAL, carrier=CARRIER, attached=(XML, SEAL))


def opened(data: bytes) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(data))


def words(data: bytes) -> str:
    """All text the pages can give back, by way of the fonts' maps to Unicode."""
    with opened(data) as pdf:
        return "".join(page_words(page) for page in pdf.pages)


def page_words(page: pikepdf.Page) -> str:
    """The text of one page."""
    maps = {name: _unicode_map(font) for name, font in page.resources["/Font"].items()}
    found, current = [], {}
    instructions: Any = pikepdf.parse_content_stream(page)
    for operands, operator in instructions:
        if str(operator) == "Tf":
            current = maps[str(operands[0])]
        elif str(operator) in {"Tj", "TJ"}:
            pieces = operands[0] if str(operator) == "TJ" else operands
            for piece in pieces:
                if isinstance(piece, pikepdf.String):
                    raw = bytes(piece)
                    found += [current.get(raw[at : at + 2], "") for at in range(0, len(raw), 2)]
    return "".join(found)


def _unicode_map(font: pikepdf.Object) -> dict[bytes, str]:
    table: dict[bytes, str] = {}
    for line in font.ToUnicode.read_bytes().decode("latin-1").splitlines():
        parts = line.split()
        if len(parts) == 2 and parts[0].startswith("<") and parts[1].startswith("<"):
            table[bytes.fromhex(parts[0][1:-1])] = bytes.fromhex(parts[1][1:-1]).decode("utf-16-be")
    return table


def test_an_original_carries_the_sealed_xml_and_the_seal_as_they_are() -> None:
    content = attached_files(original(phytosanitary()))
    assert {(file.name, file.data) for file in content.files} == {(XML.name, XML.data), (SEAL.name, SEAL.data)}
    assert content.mark is Mark.ORIGINAL
    assert not content.is_draft
    assert not content.is_specimen


def test_the_xml_is_declared_as_the_source_of_the_paper() -> None:
    with opened(original(phytosanitary())) as pdf:
        assert {str(spec.obj.AFRelationship) for spec in pdf.attachments.values()} == {"/Source", "/Supplement"}


def test_the_file_is_tagged_pdf_a_3_with_title_and_language() -> None:
    with opened(original(phytosanitary())) as pdf, pdf.open_metadata() as metadata:
        assert metadata["pdfaid:part"] == "3"
        assert metadata["pdfaid:conformance"] == "A"
        assert NUMBER in str(metadata["dc:title"])
        assert str(pdf.Root.Lang) == "en"
        assert bool(pdf.Root.MarkInfo.Marked)


def test_one_line_of_goods_fits_on_one_page_and_thirty_continue_with_page_numbers() -> None:
    value = phytosanitary()
    item = value.consignment.items[0]
    with opened(original(phytosanitary(consignment__items__0__trade_line_items=item.trade_line_items[:1]))) as pdf:
        assert len(pdf.pages) == 1
    many = original(phytosanitary(consignment__items__0__trade_line_items=item.trade_line_items[:1] * 30))
    with opened(many) as pdf:
        assert len(pdf.pages) > 2
    shown = words(many)
    assert "Continuation" in shown
    assert "续页" in shown
    assert "Page3of" in shown.replace(" ", "")


def test_the_paper_shows_the_values_in_both_languages() -> None:
    shown = words(original(phytosanitary())).replace(" ", "").replace("\u00a0", "")
    for expected in (NUMBER, "PHYTOSANITARYCERTIFICATE", "植物检疫证书", "0A1S-5HDR-ANA5", "v.ecert.example", "产地"):
        assert expected in shown


def test_a_re_export_prints_its_boxes_ticked_or_empty() -> None:
    value = reexport()
    found = value.lines[0].re_export
    assert found is not None
    shown = words(original(value, layout="phyto-reexport"))
    ticked = sum(getattr(found, box) for box in BOXES)
    assert 0 < ticked < len(BOXES)
    assert shown.count("×") == 2 * ticked


def test_a_draft_says_so_and_has_neither_number_nor_code() -> None:
    data = render(phytosanitary(), layout="phyto-export", mark=Mark.DRAFT)
    shown = words(data)
    assert attached_files(data).is_draft
    assert "DRAFT" in shown
    assert "草稿" in shown
    assert NUMBER not in shown


def test_a_specimen_says_so() -> None:
    data = render(phytosanitary(), layout="phyto-export", mark=Mark.SPECIMEN, carrier=CARRIER)
    assert attached_files(data).is_specimen
    assert "样本" in words(data)


def test_paper_of_a_demo_says_that_it_is_made_up_and_stays_an_original_of_the_demo() -> None:
    data = render(phytosanitary(), layout="phyto-export", mark=Mark.ORIGINAL, carrier=CARRIER, is_demo=True)
    assert "SPECIMEN" in words(data)
    assert "Demonstration" in words(data)
    assert attached_files(data).mark is Mark.ORIGINAL


def test_the_same_certificate_gives_the_same_file() -> None:
    assert original(phytosanitary()) == original(phytosanitary())


def test_a_character_without_a_glyph_is_an_error_that_names_it_never_an_empty_box() -> None:
    value = phytosanitary(**{LINE + "descriptions": (Text("ทุเรียน", "th"),)})
    with pytest.raises(FormatError) as caught:
        original(value)
    assert caught.value.code == "missing_glyph"
    assert "ท" in caught.value.detail


@pytest.mark.parametrize("data", [b"", b"not a pdf", b"%PDF-1.7\ngarbage", b"%PDF-1.7\n" + b"(" * 5000])
def test_what_is_not_a_pdf_is_refused_in_words(data: bytes) -> None:
    with pytest.raises(FormatError) as caught:
        attached_files(data)
    assert caught.value.code == "not_a_pdf"


def test_somebody_elses_pdf_has_no_mark_and_no_files() -> None:
    blank = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(blank)
    content = attached_files(blank.getvalue())
    assert content.files == ()
    assert content.mark is None


def _with_attachments(*files: bytes) -> bytes:
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        for place, data in enumerate(files):
            pdf.attachments[f"{place}.xml"] = attached(pdf, data)
        pdf.save(out, compress_streams=True)
    return out.getvalue()


def test_too_many_attached_files_are_refused_before_they_are_read() -> None:
    with pytest.raises(FormatError) as caught:
        attached_files(_with_attachments(*[b"x"] * (MAX_FILES + 1)))
    assert caught.value.code == "limits"


Change = Callable[[pikepdf.Object], None]


def _inflating(stream: pikepdf.Object) -> None:
    stream.write(zlib.compress(b"\0" * (MAX_FILE_BYTES + 1)), filter=pikepdf.Name.FlateDecode)


def _boasting(stream: pikepdf.Object) -> None:
    stream.Params = pikepdf.Dictionary(Size=MAX_FILE_BYTES + 1)


def _predicted(stream: pikepdf.Object) -> None:
    packed = zlib.compress(b"\0" * 10)
    stream.write(packed, filter=pikepdf.Name.FlateDecode, decode_parms=pikepdf.Dictionary(Predictor=12, Columns=4))


@pytest.mark.parametrize("change", [_inflating, _boasting, _predicted])
def test_an_attached_file_beyond_the_limits_or_packed_otherwise_is_refused(change: Change) -> None:
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.attachments["a.xml"] = attached(pdf, b"x")
        change(pdf.attachments["a.xml"].get_file().obj)
        pdf.save(out)
    with pytest.raises(FormatError) as caught:
        attached_files(out.getvalue())
    assert (caught.value.code, caught.value.path) == ("limits", "a.xml")


def test_a_code_printed_at_200_dpi_reads_back_after_a_grey_copy() -> None:
    grid = qr.modules(CARRIER.url)
    side = len(grid) + 2 * qr.QUIET_ZONE
    image = Image.new("L", (side, side), 255)
    for y, row in enumerate(grid):
        for x, black in enumerate(row):
            image.putpixel((x + qr.QUIET_ZONE, y + qr.QUIET_ZONE), 128 if black else 255)
    printed = image.resize((round(26 / 25.4 * 200),) * 2, Image.Resampling.BILINEAR).rotate(3, fillcolor=255)
    assert qr_texts(printed) == [CARRIER.url]
