"""Certificates on paper (ux.md 13.2): each page with its code, head and number, and nothing missing on it."""

import io
import time
from dataclasses import replace
from typing import Any

import pytest
from PIL import Image

from opensps.certificate import AnimalIdentification, Code, Text
from opensps.formats.errors import FormatError
from opensps.formats.layouts import GENERIC, LAYOUTS
from opensps.formats.layouts.words import flat
from opensps.formats.pdf import Carrier, Mark, pictures, render
from tests.factories.certificates import reexport
from tests.factories.drawn import DRAWN_IN
from tests.factories.everything import everything
from tests.factories.papers import NUMBER, live_animals, sanitary, veterinary
from tests.scanner import qr_texts
from tests.unit.formats.printed import KIND_OF, missing_on_paper, without_blanks
from tests.unit.formats.test_pdf import opened, page_words, words

URL = "HTTPS://V.ECERT.EXAMPLE/C/CNJDQET660X0STG7JNY3"
LONGEST = URL + "#1" + "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567" * 11
"""As long as a code of version 13 (trust.md 6.13)."""


@pytest.mark.parametrize("name", ["phyto-export", "codex-generic", "zh-en-animal-health"])
def test_nothing_a_certificate_says_is_missing_on_paper(name: str) -> None:
    value = everything(KIND_OF[name])
    data = render(value, layout=name, mark=Mark.COPY, carrier=carrier())
    assert missing_on_paper(value, data) == []
    assert NUMBER in without_blanks(words(data))


def carrier(**changes: Any) -> Carrier:
    """Return a carrier whose code differs from page to page."""
    each = Carrier(URL, "v.ecert.example", NUMBER, "0A1S5HDRANA5", lambda page, pages: f"{LONGEST}{page}{pages}")
    return replace(each, **changes)


def _read(png: bytes) -> list[str]:
    return qr_texts(Image.open(io.BytesIO(png)).convert("L"))


@pytest.mark.parametrize("name", LAYOUTS)
def test_the_longest_code_of_every_layout_reads_at_200_dpi(name: str) -> None:
    pages = pictures(DRAWN_IN[name](), layout=name, mark=Mark.ORIGINAL, carrier=carrier(), dots_per_inch=200)
    assert [_read(page) for page in pages] == [[f"{LONGEST}{n}{len(pages)}"] for n in range(1, len(pages) + 1)]


def test_the_last_of_the_given_codes_is_that_of_all_further_pages() -> None:
    several = carrier(url_of_page=("A", "B"))
    assert [several.code_of_page(page, 3) for page in (1, 2, 3)] == ["A", "B", "B"]
    assert carrier(url_of_page=None).code_of_page(3, 3) == URL


def test_a_code_too_long_for_its_field_is_an_error() -> None:
    with pytest.raises(FormatError) as caught:
        render(sanitary(), layout=GENERIC, mark=Mark.ORIGINAL, carrier=carrier(url_of_page=(LONGEST * 2,)))
    assert "QR" in caught.value.detail


def test_many_animals_continue_with_head_number_and_page_on_every_page() -> None:
    value = live_animals(70)
    data = render(value, layout="zh-en-animal-health", mark=Mark.ORIGINAL, carrier=carrier())
    shown = without_blanks(words(data))
    with opened(data) as pdf:
        pages = len(pdf.pages)
    assert pages > 3
    assert missing_on_paper(value, data) == []
    assert shown.count("个体标识Identification") >= pages - 1
    for page in range(1, pages + 1):
        assert f"第{page}页，共{pages}页Page{page}of{pages}" in shown
    assert shown.count("续页Continuationsheet") == pages - 1


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_typical_paper_takes_a_second_and_400_kb_at_most(name: str) -> None:
    render(DRAWN_IN[name](), layout=name, mark=Mark.DRAFT)
    started = time.process_time()
    data = render(DRAWN_IN[name](), layout=name, mark=Mark.ORIGINAL, carrier=carrier())
    assert time.process_time() - started < 1
    assert len(data) < 400_000


def test_blank_space_is_struck_out() -> None:
    before_the_signature = render(reexport(), layout="phyto-reexport", mark=Mark.DRAFT)
    assert without_blanks(words(before_the_signature)).count("Intentionallyleftblank") == 1
    with opened(render(veterinary(), layout="eu-official", mark=Mark.DRAFT)) as pdf:
        below_the_signature = page_words(pdf.pages[-1])
    assert "Intentionally left blank" in below_the_signature


def test_paper_shows_its_place_in_the_log_and_which_copy_it_is() -> None:
    extra = carrier(log_position="log 1 234", copy_number=2, url_of_page=None)
    shown = without_blanks(words(render(sanitary(), layout="codex-generic", mark=Mark.COPY, carrier=extra)))
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
