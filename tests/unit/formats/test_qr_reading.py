"""Printed codes read back as they are scanned: askew, pale, squeezed (`trust.md` 6.13, `ux.md` 5.7)."""

import io
from collections.abc import Callable

import pytest
from PIL import Image

from opensps.certificate import Certificate
from opensps.formats import qr
from opensps.formats.carriers import check_url
from opensps.formats.pdf import CODE_FIELD_MM, LEAST_MODULE_MM, MODULE_MM
from opensps.formats.qr_goods import goods_of, marks_of
from opensps.formats.qr_payload import MAX_MESSAGE, Claims, room_behind, sign_claims
from opensps.formats.qr_text import write_code
from tests.factories import papers
from tests.factories.certificates import phytosanitary, reexport
from tests.factories.signing import SEALED_AT, signer
from tests.scanner import qr_texts

TOKEN = "CNJDQET660X0STG7JNY3"
LINK = check_url("v.ecert.example", TOKEN)


def scanned(text: str, *, level: str, module_mm: float, dpi: int) -> Image.Image:
    """Return what a scanner of this resolution sees of a printed code."""
    grid = qr.modules(text, level=level)
    side = len(grid) + 2 * qr.QUIET_ZONE
    sharp = Image.new("L", (side, side), 255)
    for y, row in enumerate(grid):
        for x, black in enumerate(row):
            sharp.putpixel((x + qr.QUIET_ZONE, y + qr.QUIET_ZONE), 0 if black else 255)
    printed = sharp.resize((side * 24, side * 24), Image.Resampling.NEAREST)
    pixels = round(side * module_mm / 25.4 * dpi)
    return printed.resize((pixels, pixels), Image.Resampling.BOX)


def askew(image: Image.Image) -> Image.Image:
    return image.rotate(3, resample=Image.Resampling.BICUBIC, expand=True, fillcolor=255)


def pale(image: Image.Image) -> Image.Image:
    return image.point(lambda value: 128 + value // 2)


def squeezed(image: Image.Image) -> Image.Image:
    held = io.BytesIO()
    image.save(held, "JPEG", quality=40)
    return Image.open(io.BytesIO(held.getvalue()))


def worn(image: Image.Image) -> Image.Image:
    return squeezed(pale(askew(image)))


WAYS: tuple[Callable[[Image.Image], Image.Image], ...] = (askew, pale, squeezed, worn)


def reads(image: Image.Image, text: str) -> bool:
    return qr_texts(image) == [text]


SAMPLES: dict[str, Callable[[], Certificate]] = {
    "851": phytosanitary,
    "657": reexport,
    "853 animals": lambda: papers.live_animals(20),
    "853 products": lambda: papers.veterinary(9),
    "852": lambda: papers.sanitary(9),
}


def code_of(kind: str, host: str = "v.ecert.example") -> str:
    """Return the fullest code that the example of a kind gets."""
    value = SAMPLES[kind]()
    claims = Claims(
        issuer="XA",
        number="XA-2026-014-0004512-0",
        issued_at=SEALED_AT,
        digest=bytes(range(32)),
        type_code="851",
        import_country="XB",
        goods=goods_of(value),
        position=(b"log1", 1234567),
        salt=bytes(range(16)),
        marks=marks_of(value),
        copy=1,
        page=(1, 2),
    )
    message = sign_claims(claims, kid=signer().kid, sign=signer().sign, limit=room_behind(check_url(host, TOKEN)))
    return write_code(message, host=host, token=TOKEN)


@pytest.mark.parametrize("kind", sorted(SAMPLES))
@pytest.mark.parametrize("dpi", [200, 300])
def test_the_code_of_every_layout_reads_from_200_dpi_on(kind: str, dpi: int) -> None:
    text = code_of(kind)
    side = len(qr.modules(text, level="M")) + 2 * qr.QUIET_ZONE
    module_mm = min(MODULE_MM, CODE_FIELD_MM / side)
    assert module_mm >= LEAST_MODULE_MM
    for way in WAYS:
        assert reads(way(scanned(text, level="M", module_mm=module_mm, dpi=dpi)), text), way.__name__


@pytest.mark.parametrize(("module_mm", "dpi"), [(0.5, 150), (0.7, 72), (0.4, 200), (0.8, 300)])
def test_the_plain_link_of_a_label_reads_at_lower_resolutions(module_mm: float, dpi: int) -> None:
    image = scanned(LINK, level="Q", module_mm=module_mm, dpi=dpi)
    assert reads(image, LINK)
    assert reads(squeezed(image), LINK)
    assert reads(pale(image), LINK)
    assert reads(askew(image), LINK)


@pytest.mark.parametrize("length", range(4, 40))
def test_whatever_the_host_the_code_fits_its_field(length: int) -> None:
    room = room_behind(check_url("v" * length, TOKEN))
    text = write_code(bytes(room), host="v" * length, token=TOKEN)
    assert len(qr.modules(text, level="M")) <= 69
    if room < MAX_MESSAGE:
        longer = write_code(bytes(room + 2), host="v" * length, token=TOKEN)
        assert len(qr.modules(longer, level="M")) > 69
