"""The stylesheet of this installation: the theme, and the authority's colours after it, under one permanent address.

`/theme.<hash>.css` may be cached for ever, because another content has another address. Colours come from the
installation; one that could not be read on its ground is refused (WCAG 2.2, 1.4.3 and 1.4.11).
"""

import hashlib
import re
from functools import lru_cache
from pathlib import Path

from opensps.web.html.installation import Installation, installation

THEME = Path(__file__).parent / "static" / "opensps" / "theme.css"
PAPER = "#ffffff"
DEFAULT_BRAND, DEFAULT_INK = "#12424f", "#ffffff"
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


class BrandNotReadable(Exception):
    """A colour is not of the form #rrggbb, or cannot be told from its ground."""


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of two colours (#rrggbb), from 1 to 21 (WCAG 2.2, definition of contrast ratio)."""
    high, low = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    if not _COLOUR.fullmatch(colour):
        raise BrandNotReadable(colour)
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)  # noqa: PLR2004 the constants of sRGB
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def properties(place: Installation) -> str:
    """Return the custom properties of the authority's colours, or nothing when it has none.

    Raises `BrandNotReadable` under 4.5:1 for text on the brand colour and under 3:1 for the accent on paper.
    """
    if contrast(place.brand or DEFAULT_BRAND, place.brand_ink or DEFAULT_INK) < 4.5:  # noqa: PLR2004 WCAG 2.2, 1.4.3
        raise BrandNotReadable("brand_ink on brand")
    if place.accent and contrast(place.accent, PAPER) < 3:  # noqa: PLR2004 WCAG 2.2, 1.4.11
        raise BrandNotReadable("accent on paper")
    named = (("--brand", place.brand), ("--brand-ink", place.brand_ink), ("--accent", place.accent))
    rules = "".join(f"{name}: {colour}; " for name, colour in named if colour)
    return f"\n:root {{ {rules}}}\n" if rules else ""


@lru_cache(maxsize=4)
def _stylesheet(place: Installation, _written_at: float) -> tuple[str, str]:
    text = THEME.read_text(encoding="utf-8") + properties(place)
    return text, hashlib.sha256(text.encode()).hexdigest()[:12]


def stylesheet() -> tuple[str, str]:
    """Return the text of this installation's stylesheet and the twelve hex digits of its address."""
    return _stylesheet(installation(), THEME.stat().st_mtime)
