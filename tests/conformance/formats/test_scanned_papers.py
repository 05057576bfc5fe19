"""Papers as a border post scans them: PDF rasterised by another tool, askew, pale, squeezed; every code reads.

Source: the acceptance of the paper (`trust.md` 6.13): each layout at 200 and 300 dpi, the plain link from 150 dpi on,
and from 72 dpi where a module is 0.7 mm wide.
"""

import io
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from opensps.certificate import Certificate, profile_of
from opensps.formats import qr
from opensps.formats.carriers import check_url
from opensps.formats.layouts import LAYOUTS
from opensps.formats.pdf import CODE_FIELD_MM, MODULE_MM, Carrier, Mark, render
from opensps.formats.qr_goods import goods_of, marks_of
from opensps.formats.qr_payload import Claims, room_behind, sign_claims
from opensps.formats.qr_text import write_code
from tests.factories.drawn import DRAWN_IN
from tests.factories.signing import SEALED_AT, signer
from tests.scanner import qr_texts

pytestmark = pytest.mark.needs("pdftoppm")

HOST, TOKEN, NUMBER = "v.ecert.example", "CNJDQET660X0STG7JNY3", "XA-2026-014-0004512-0"
LINK = check_url(HOST, TOKEN)
WIDE_MM, HEAD_MM = 210, 90


def code_of_page(value: Certificate, page: int, pages: int) -> str:
    """Return the fullest signed code that page of a certificate can carry."""
    claims = Claims(
        issuer="XA",
        number=NUMBER,
        issued_at=SEALED_AT,
        digest=bytes(range(32)),
        type_code=profile_of(value.kind).type_code or "851",
        import_country="XB",
        goods=goods_of(value),
        position=(b"log1", 1_234_567),
        salt=bytes(range(16)),
        marks=marks_of(value),
        copy=1,
        page=(page, pages),
    )
    message = sign_claims(claims, kid=signer().kid, sign=signer().sign, limit=room_behind(LINK))
    return write_code(message, host=HOST, token=TOKEN)


def scanned(folder: Path, pdf: bytes, *, dpi: int) -> Image.Image:
    """Return the head of the first page as a scanner of this resolution delivers a bad copy of it."""
    (folder / "paper.pdf").write_bytes(pdf)
    head = ["-x", "0", "-y", "0", "-W", str(round(WIDE_MM / 25.4 * dpi)), "-H", str(round(HEAD_MM / 25.4 * dpi))]
    command = ["pdftoppm", "-r", str(dpi), "-gray", "-singlefile", *head, "paper.pdf", "page"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=60)
    sheet = Image.open(folder / "page.pgm")
    pale = sheet.point(lambda level: 128 + level // 2)
    askew = pale.rotate(3, resample=Image.Resampling.BICUBIC, expand=True, fillcolor=255)
    squeezed = io.BytesIO()
    askew.save(squeezed, "JPEG", quality=40)
    return Image.open(squeezed)


def carrier(url_of_page: Callable[[int, int], str] | None) -> Carrier:
    return Carrier(LINK, HOST, NUMBER, "0A1S5HDRANA5", url_of_page)


def test_no_layout_is_missing_below() -> None:
    assert DRAWN_IN.keys() == LAYOUTS.keys()


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_signed_code_of_every_layout_reads_from_a_bad_scan(tmp_path: Path, layout: str) -> None:
    value, asked = DRAWN_IN[layout](), []

    def code(page: int, pages: int) -> str:
        asked.append(code_of_page(value, page, pages))
        return asked[-1]

    pdf = render(value, layout=layout, mark=Mark.ORIGINAL, carrier=carrier(code))
    for dpi in (200, 300):
        (text,) = qr_texts(scanned(tmp_path, pdf, dpi=dpi))
        assert text in asked, dpi


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_plain_link_of_every_layout_reads_from_a_coarse_scan(tmp_path: Path, layout: str) -> None:
    pdf = render(DRAWN_IN[layout](), layout=layout, mark=Mark.ORIGINAL, carrier=carrier(None))
    assert qr_texts(scanned(tmp_path, pdf, dpi=150)) == [LINK]
    assert qr_texts(scanned(tmp_path, pdf, dpi=72)) == [LINK]


def test_the_module_of_a_plain_link_is_as_wide_as_72_dpi_need() -> None:
    side = len(qr.modules(LINK)) + 2 * qr.QUIET_ZONE
    assert min(MODULE_MM, CODE_FIELD_MM / side) >= 0.7
