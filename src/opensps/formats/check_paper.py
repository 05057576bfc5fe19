"""The proof of a check as PDF/A-3: what was checked, when, with which answer, and the statement itself attached.

Source: `ux.md` 5.3 (5). A pure function of its arguments. Signs that no font of ours has are written by their numbers.
Errors: `FormatError` with code ``pdf``.
"""

import json
import re
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from opensps.certificate.direction import with_direction_shown
from opensps.formats import qr
from opensps.formats.errors import FormatError
from opensps.formats.pdf import compile_layout

LAYOUT = "check.typ"
_WRITTEN = re.compile(r"[ -\u04ff\u3000-\u301f\u4e00-\u9fff“”‘’–—…，。；：（）、？！]")
"""Signs our fonts have for certain."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckPaper:
    """What stands on the paper."""

    title: tuple[str, str]
    """English, Chinese; so are all pairs."""

    authority: str
    heading: str
    class_word: str
    tone: str
    """ok, warn, bad or none."""

    sentence: str
    rows: tuple[tuple[str, str], ...]
    """Label and value."""

    fields_heading: str
    fields: tuple[tuple[str, str, str, str], ...]
    """Field, what was typed, what was signed, answer; empty where nothing was compared."""

    columns: tuple[str, str, str, str]
    footer: tuple[str, ...]
    url: str
    """Address of the page that answers for this proof, in the QR code."""

    at: datetime
    band: str = ""
    """Said across the top of a demonstration's papers."""


def check_paper(paper: CheckPaper, *, statement: bytes, file_name: str) -> bytes:
    """Return the PDF with its statement attached. Raises `FormatError`."""
    try:
        return _made(asdict(paper), paper.at, statement, file_name)
    except FormatError as error:
        if error.code != "missing_glyph":
            raise
    return _made(_plain(asdict(paper)), paper.at, statement, file_name)


def _made(data: dict[str, object], at: datetime, statement: bytes, file_name: str) -> bytes:
    code = {"svg": qr.svg(str(data["url"]), level="Q"), "alt": f"QR code: {data['url']}"}
    shown = _shown({name: value for name, value in data.items() if name != "at"})
    inputs = {
        "data": json.dumps({**shown, "code": code}, ensure_ascii=False),
        "statement": statement.decode(),
        "name": file_name,
    }
    return compile_layout(LAYOUT, inputs, at=at.astimezone(UTC).replace(microsecond=0))


def _shown(data: dict[str, object]) -> dict[str, object]:
    """Return the texts with signs that turn direction as their numbers."""
    found: dict[str, object] = json.loads(with_direction_shown(json.dumps(data, ensure_ascii=False)))
    return found


def _plain(data: dict[str, object]) -> dict[str, object]:
    """Return the data with every sign outside Latin, Greek, Cyrillic and Chinese writing as its number."""
    return {name: _plain_text(value) for name, value in data.items()}


def _plain_text(value: object) -> object:
    if isinstance(value, str):
        return "".join(sign if _has_font(sign) else f"[U+{ord(sign):04X}]" for sign in value)
    if isinstance(value, list | tuple):
        return [_plain_text(each) for each in value]
    return value


def _has_font(sign: str) -> bool:
    return _WRITTEN.fullmatch(sign) is not None
