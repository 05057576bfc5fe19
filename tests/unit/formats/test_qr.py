"""QR codes read back as they were written, at the sizes of ux.md 5.7."""

from PIL import Image

from opensps.formats import qr
from tests.scanner import qr_texts

LINK = "HTTPS://V.ECERT.EXAMPLE/C/CNJDQET660X0STG7JNY3"


def picture(grid: tuple[tuple[bool, ...], ...], scale: int) -> Image.Image:
    side = (len(grid) + 2 * qr.QUIET_ZONE) * scale
    image = Image.new("L", (side, side), 255)
    for y, row in enumerate(grid):
        for x, black in enumerate(row):
            if black:
                left, top = (x + qr.QUIET_ZONE) * scale, (y + qr.QUIET_ZONE) * scale
                image.paste(0, (left, top, left + scale, top + scale))
    return image


def test_a_link_of_a_short_host_fits_version_3_at_level_q() -> None:
    assert len(qr.modules(LINK)) == 29


def test_a_written_code_reads_back() -> None:
    assert qr_texts(picture(qr.modules(LINK), 3)) == [LINK]


def test_the_svg_draws_the_same_modules_without_any_inline_style() -> None:
    drawing = qr.svg(LINK, module_mm=0.5)
    black = sum(sum(row) for row in qr.modules(LINK))
    drawn = sum(int(run.split("h")[1].split("v")[0]) for run in drawing.split('d="')[1].split('"')[0].split("M")[1:])
    assert drawn == black
    assert 'width="18.50mm"' in drawing
    assert "style" not in drawing
