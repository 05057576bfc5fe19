"""Whether a certificate can be printed: every sign needs a glyph, and that is asked before anything is signed.

A paper with an empty box is an error (`ux.md` 13), so a certificate in a script without installed fonts would be issued
and never printed. Texts of the usual scripts are known to print; any other is tried on a draft.
"""

import re
from datetime import UTC, datetime

from opensps.certificate import Certificate
from opensps.formats.errors import FormatError
from opensps.formats.layouts import layout_of
from opensps.formats.messages import GLYPH_TEMPLATE
from opensps.formats.pdf import Mark, render
from opensps.rules import Area, Finding, Level, Policy
from opensps.rules.case import case_of

RULE = "CORE-GLYPH"

USUAL = (
    (0x20, 0x7E), (0xA0, 0x17F), (0x391, 0x3A1), (0x3A3, 0x3C9), (0x410, 0x44F), (0x2013, 0x2014), (0x2018, 0x2019),
    (0x201C, 0x201D), (0x3001, 0x3002), (0x3008, 0x3011), (0x4E00, 0x9FA5), (0xFF01, 0xFF5E),
)  # fmt: skip
"""First and last code points that the installed fonts print: Latin, Greek, Cyrillic, Han; a test prints all."""

_UNUSUAL = re.compile("[^\t\n\r" + "".join(f"{chr(first)}-{chr(last)}" for first, last in USUAL) + "]")
_MISSING = re.compile(r'the text `"(.+?)"`', re.DOTALL)
_ANY_TIME = Policy(now=datetime(2000, 1, 1, tzinfo=UTC))
_SHOWN = 80


def unprintable(value: Certificate) -> tuple[Finding, ...]:
    """Return a SEVERE finding for the first sign that has no glyph, none when the certificate can be printed."""
    texts = case_of(value, _ANY_TIME).texts
    if not any(_UNUSUAL.search(text) for _, text in texts if not text.isascii()):
        return ()
    try:
        render(value, layout=layout_of(value.kind), mark=Mark.DRAFT)
    except FormatError as error:
        found = _MISSING.search(error.detail)
        return (_finding(found[1] if found else "?", texts),)
    return ()


def _finding(sign: str, texts: tuple[tuple[str, str], ...]) -> Finding:
    path, text = next(((path, text) for path, text in texts if sign in text), ("consignment", sign))
    params = {"sign": sign, "text": text[:_SHOWN]}
    return Finding(Area.MAPPING, Level.SEVERE, path.removesuffix(".value"), GLYPH_TEMPLATE, RULE, params)
