"""What cannot be printed is said before it is signed."""

import pytest

from opensps.certificate import Text
from opensps.formats.pdf import Mark, render
from opensps.formats.printing import USUAL, unprintable
from opensps.rules import Level
from tests.factories.certificates import phytosanitary, reexport

LINE = "consignment__items__0__trade_line_items__0__descriptions"


def test_every_usual_sign_has_a_glyph() -> None:
    signs = [chr(point) for first, last in USUAL for point in range(first, last + 1)]
    texts = tuple(Text("x" + "".join(signs[at : at + 500]) + "x") for at in range(0, len(signs), 500))
    assert len(texts) > 40
    render(phytosanitary(**{LINE: texts}), layout="phyto-export", mark=Mark.DRAFT)


@pytest.mark.parametrize("sign", ["ท", "😀", "\U00020000"])
def test_a_sign_without_a_glyph_is_found_where_it_stands(sign: str) -> None:
    (finding,) = unprintable(phytosanitary(**{LINE: (Text(f"Garlic {sign}", "en"),)}))
    assert (finding.level, finding.field) == (Level.SEVERE, "consignment.items[0].trade_line_items[0].descriptions[0]")
    assert finding.params["sign"] == sign
    assert sign in finding.message


@pytest.mark.parametrize("words", ["あカ", "Gỗ xẻ", "“x” – 5 ‰", "“大蒜”，新鲜"])
def test_an_unusual_sign_that_prints_is_no_finding(words: str) -> None:
    assert unprintable(phytosanitary(**{LINE: (Text(words),)})) == ()
    assert unprintable(reexport()) == ()
