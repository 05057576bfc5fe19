"""A PDF that unpacks to a thousand times its size is refused before anything unpacks it."""

import io
import zlib

import pikepdf
import pytest

from opensps.formats.errors import FormatError
from opensps.formats.pdf_input import attached_files
from opensps.formats.pdf_prepass import MAX_UNPACKED_BYTES, look_through
from tests.factories.pdfs import attached

OBJECTS = b"4 0 null "
BLANKS = b" " * (4 * MAX_UNPACKED_BYTES)
DEFLATED = zlib.compress(OBJECTS + BLANKS, 9)
RUNS = bytes([len(OBJECTS) - 1]) + OBJECTS + b"\x81 " * (len(BLANKS) // 128) + b"\x80"


def _row(kind: int, first: int, second: int) -> bytes:
    return bytes([kind]) + first.to_bytes(4, "big") + second.to_bytes(2, "big")


def packed(data: bytes, packing: bytes) -> bytes:
    """Return a PDF whose catalog needs an object of one object stream, packed so."""
    parts = [
        b"<</Type/Catalog/Pages 2 0 R/Names 4 0 R>>",
        b"<</Type/Pages/Kids[]/Count 0>>",
        b"<</Type/ObjStm/N 1/First 4%s/Length %d>>\nstream\n%s\nendstream" % (packing, len(data), data),
    ]
    out, places = io.BytesIO(b"%PDF-1.7\n"), []
    out.seek(0, io.SEEK_END)
    for number, part in enumerate(parts, start=1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, part))
    last = out.tell()
    rows = b"".join(
        (_row(0, 0, 65_535), *(_row(1, place, 0) for place in places), _row(2, 3, 0), _row(1, last, 0)),
    )
    table = b"<</Type/XRef/Size 6/W[1 4 2]/Root 1 0 R/Length %d>>\nstream\n%s\nendstream" % (len(rows), rows)
    out.write(b"5 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF" % (table, last))
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "packing"),
    [
        (zlib.compress(DEFLATED, 9), b"/Filter[/FlateDecode/FlateDecode]"),
        (DEFLATED.hex().encode() + b">", b"/Filter[/ASCIIHexDecode /FlateDecode]"),
        (RUNS, b"/Filter/RunLengthDecode"),
        (RUNS, b"/Filter/RL"),
        (RUNS, b"/F#69lter /RunLengthDecode"),
        (RUNS, b"/#46ilter [ /RunLeng#74hDecode ]"),
        (b"\x80", b"/Filter /LZWDecode"),
        (b"\x80", b"/Filter % so\n /LZWDecode"),
        (b"\x80", b"/Filter 9 0 R"),
        (b"\x80", b"/Filter [9 0 R]"),
    ],
)
def test_a_stream_packed_to_burst_is_refused(data: bytes, packing: bytes) -> None:
    with pytest.raises(FormatError) as caught:
        attached_files(packed(data, packing))
    assert caught.value.code == "limits"


@pytest.mark.parametrize(("blanks", "is_read"), [(b" " * 1000, True), (BLANKS, False)])
def test_an_object_stream_is_unpacked_no_further_than_the_limit(blanks: bytes, is_read: bool) -> None:
    data = packed(zlib.compress(b"4 0 " + blanks + b"7", 9), b"/Filter/FlateDecode")
    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert ("/Names" in pdf.Root and pdf.Root.Names == 7) is is_read


def test_a_stream_packed_as_usual_is_read() -> None:
    ordinary = packed(zlib.compress(OBJECTS + b" " * 1000), b"/Filter /FlateDecode")
    assert attached_files(ordinary).files == ()


@pytest.mark.parametrize(
    "packing", [b"/Filter /FlateDecode", b"/Filter[/DCTDecode]", b"/Filter [ ]", b"/FilterIt 9 0 R"]
)
def test_usual_ways_of_packing_pass(packing: bytes) -> None:
    look_through(packed(b"x", packing))


def test_what_a_common_tool_saves_passes() -> None:
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.attachments["a.xml"] = attached(pdf, b"<a/>" * 1000)
        pdf.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate, compress_streams=True)
    (file,) = attached_files(out.getvalue()).files
    assert file.data == b"<a/>" * 1000
