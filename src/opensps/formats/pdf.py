"""A certificate as PDF/A-3: a pure function of value, layout, mark and what is attached.

Source: ux.md 13, trust.md 6.15; typst renders, fonts come with the installation. No Django, no network; the same
arguments give the same content. The PDF is made from the sealed bytes' value and is never a source of data itself.
Errors: `FormatError` with code ``missing_glyph`` (with the characters) or ``pdf``.
"""

import io
import json
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import fontpkg_noto_sans
import pikepdf
import pylopdf_fonts_zh_cn
import typst

from opensps.certificate import Certificate
from opensps.formats import qr
from opensps.formats.carriers import grouped
from opensps.formats.errors import FormatError
from opensps.formats.layouts import LAYOUTS

_LAYOUTS = Path(__file__).parent / "layouts"
_LOCK = threading.Lock()
"""One compiler serves the process; it remembers its last inputs, so calls take turns."""


class Mark(StrEnum):
    """What a rendering is; printed as a word and kept as a keyword of the file."""

    ORIGINAL = "ORIGINAL"
    COPY = "COPY"
    DRAFT = "DRAFT"
    SPECIMEN = "SPECIMEN"
    REPLACED = "REPLACED"


MARK_WORDS: Mapping[Mark, tuple[str, str]] = MappingProxyType(
    {
        Mark.ORIGINAL: ("ORIGINAL", "正本"),
        Mark.COPY: ("COPY", "副本"),
        Mark.DRAFT: ("DRAFT – not a certificate", "草稿 – 非证书"),
        Mark.SPECIMEN: ("SPECIMEN – not a certificate", "样本 – 非证书"),
        Mark.REPLACED: ("REPLACED", "已换证"),
    }
)

_WATERMARKS = {
    Mark.COPY: "COPY 副本",
    Mark.DRAFT: "DRAFT 草稿",
    Mark.SPECIMEN: "SPECIMEN 样本",
    Mark.REPLACED: "REPLACED 已换证",
}

CODE_FIELD_MM = 32.0
"""Width of the field of the QR code, quiet zone included (`trust.md` 6.13)."""

LEAST_MODULE_MM, MODULE_MM = 0.4, 0.8
"""Width of a module: the least that reads at 200 dpi, and the most a short code needs."""

_SIGNS_BELOW = 22
"""Signs that fit on a line below the code."""

_LONG_WORD = re.compile(r"[^\s\-/,，。；、\u4e00-\u9fff]{24,}")

MARK_KEYWORD = "opensps-mark:"
"""Prefix of the keyword that tells a reader what a file of ours is."""


UrlOfPage = Callable[[int, int], str]
"""Address in the QR code of a page, from its number and the number of pages, both counted from 1."""


@dataclass(frozen=True, slots=True)
class Carrier:
    """What paper needs so that anybody can check it."""

    url: str
    """The address in the QR code, upper case; of every page unless `url_of_page` says otherwise."""

    check_host: str
    number: str
    code: str
    """Verification code, 12 symbols."""

    url_of_page: tuple[str, ...] | UrlOfPage | None = None
    """Codes of the pages, the last one for all further pages; or a function that makes them."""

    log_position: str | None = None
    """Where the certificate stands in the transparency log, as printed."""

    copy_number: int | None = None
    """Which copy this is, counted from 1; ``None`` for the original."""

    def code_of_page(self, page: int, pages: int) -> str:
        """Return the text of the QR code of a page; both are counted from 1."""
        if self.url_of_page is None:
            return self.url
        if callable(self.url_of_page):
            return self.url_of_page(page, pages)
        return self.url_of_page[min(page, len(self.url_of_page)) - 1]


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """A file inside the PDF."""

    name: str
    data: bytes
    relationship: str = "supplement"
    """``source`` for the XML the paper is made from, else ``supplement`` (PDF/A-3 AFRelationship)."""

    media_type: str = "application/octet-stream"
    description: str = ""


def render(
    value: Certificate,
    *,
    layout: str,
    mark: Mark,
    carrier: Carrier | None = None,
    attached: tuple[AttachedFile, ...] = (),
    is_demo: bool = False,
) -> bytes:
    """Return the certificate as tagged PDF/A-3a with its attachments.

    Every page has a QR code of its own: pages are counted by a first pass. A draft has neither number nor code; the
    paper of a demo installation is marked SPECIMEN across every page.
    Attached files are UTF-8 text (XML). Raises `FormatError`.
    """

    paper = _Paper(value, layout, mark, carrier, is_demo=is_demo)
    form = {"format": "pdf", "pdf_standards": ["a-3a", "ua-1"]}
    made = paper.compiled(1, attached, form)[0]
    with pikepdf.open(io.BytesIO(made)) as pdf:
        pages = len(pdf.pages)
    return made if pages == 1 or carrier is None else paper.compiled(pages, attached, form)[0]


def pictures(
    value: Certificate, *, layout: str, mark: Mark, carrier: Carrier | None = None, dots_per_inch: int = 96
) -> tuple[bytes, ...]:
    """Return what `render` prints as PNG files, a page each: to look at a layout, never to hand out."""
    paper = _Paper(value, layout, mark, carrier, is_demo=False)
    form = {"format": "png", "ppi": dots_per_inch}
    made = paper.compiled(1, (), form)
    return made if len(made) == 1 or carrier is None else paper.compiled(len(made), (), form)


def compile_layout(layout: str, inputs: Mapping[str, str], *, at: datetime) -> bytes:
    """Return a layout of ours filled with texts, as tagged PDF/A-3a. Raises `FormatError`: missing_glyph, pdf."""
    form = {"format": "pdf", "pdf_standards": ["a-3a", "ua-1"]}
    return _compiled(layout, dict(inputs), at, form, path=layout)[0]


def _compiled(
    layout: str, inputs: dict[str, str], stamp: datetime, form: dict[str, Any], *, path: str
) -> tuple[bytes, ...]:
    try:
        with _LOCK:
            made = _compiler().compile(input=_LAYOUTS / layout, sys_inputs=inputs, timestamp=stamp, **form)
    except typst.TypstError as error:
        code = "missing_glyph" if "could not be displayed" in error.message else "pdf"
        raise FormatError(code, path=path, detail=error.message) from error
    return tuple(file for file in (made if isinstance(made, list) else [made]) if file is not None)


@dataclass(frozen=True, slots=True)
class _Paper:
    """One certificate on its way to paper. The field of the code has one size, so that no code moves a page break."""

    value: Certificate
    layout: str
    mark: Mark
    carrier: Carrier | None
    is_demo: bool

    def compiled(self, pages: int, attached: tuple[AttachedFile, ...], form: dict[str, Any]) -> tuple[bytes, ...]:
        """Return one file, or a picture of each page, with the codes for so many pages."""
        data = {**_breakable(asdict(LAYOUTS[self.layout](self.value))), **self._around(pages)}
        inputs = {"data": json.dumps(data, ensure_ascii=False)}
        inputs["attached"] = json.dumps([_attachment(file) for file in attached], ensure_ascii=False)
        issued = self.value.exchanged_document.issued
        stamp = issued.at if issued and issued.at else datetime(2000, 1, 1, tzinfo=UTC)
        return _compiled("official.typ", inputs, stamp, form, path=self.layout)

    def _around(self, pages: int) -> dict[str, object]:
        """Return what the template prints around the sheet, as plain JSON."""
        carrier, issuer = self.carrier, self.value.exchanged_document.issuer
        number = self.value.exchanged_document.number if carrier else None
        host = carrier.check_host if carrier else None
        below = _below(carrier) if carrier else []
        microtext = (number, issuer.name if issuer else None, MARK_WORDS[self.mark][0])
        return {
            "mark": MARK_WORDS[self.mark],
            "keywords": [f"{MARK_KEYWORD}{self.mark.value}"],
            "watermark": _WATERMARKS.get(self.mark) or ("SPECIMEN 样本" if self.is_demo else None),
            "band": ("Demonstration: made up", "演示：内容均为虚构") if self.is_demo else None,
            "copy": _copy(carrier.copy_number) if carrier and carrier.copy_number else None,
            "number": number,
            "labels": _LABELS,
            "codes": [_code(carrier.code_of_page(page, pages)) for page in range(1, pages + 1)] if carrier else [],
            "below": below,
            "head_mm": _head_mm(below),
            "no_code": ("No code: not issued", "未签发，无二维码"),
            "microtext": " ".join(part for part in microtext if part) if number else None,
            "official_address": ("Check at", "核验网址") if host else ("Not issued", "未签发"),
            "host": host,
        }


_LABELS = {
    "number": ("No.", "编号"),
    "continued": ("Continuation sheet", "续页"),
    "goes_on": ("Continued overleaf", "转下页"),
    "page": ("Page # of @", "第#页，共@页"),
}


def _copy(number: int) -> tuple[str, str]:
    """Return the words of a counted copy."""
    return f"Certified copy No. {number}", f"经认证的副本第{number}份"


def _code(text: str) -> dict[str, object]:
    """Return a QR code as large as its field allows, with modules of `MODULE_MM` at most.

    Raises `FormatError` where its modules would be smaller than a scanner needs.
    """
    level = "M" if "#" in text else "Q"
    side = len(qr.modules(text, level=level)) + 2 * qr.QUIET_ZONE
    if side * LEAST_MODULE_MM > CODE_FIELD_MM:
        raise FormatError("pdf", path="qr", detail=f"{len(text)} signs are too many for the QR field")
    width = min(side * MODULE_MM, CODE_FIELD_MM)
    return {"svg": qr.svg(text, level=level), "side": width, "alt": f"QR code: {text.partition('#')[0]}"}


def _head_mm(below: list[dict[str, object]]) -> float:
    """Return the height of the head: the code's field and the lines below it, of which a long one takes two."""
    lines = sum(-(-len(str(line["text"])) // _SIGNS_BELOW) for line in below)
    return max(50.0, 8 + CODE_FIELD_MM + 2.9 * lines)


def _below(carrier: Carrier) -> list[dict[str, object]]:
    """Return the lines below the QR code: host, number, verification code, position in the log."""
    lines = (
        (carrier.check_host, False),
        (carrier.number, False),
        (grouped(carrier.code), True),
        *(((carrier.log_position, False),) if carrier.log_position else ()),
    )
    return [{"text": text, "strong": strong} for text, strong in lines]


def _breakable(data: Any) -> Any:
    """Return plain data whose very long words may break: paper has no scroll bar."""
    if isinstance(data, str):
        return _LONG_WORD.sub(lambda found: "\u200b".join(found[0]), data)
    if isinstance(data, dict):
        return {key: _breakable(one) for key, one in data.items()}
    return [_breakable(one) for one in data] if isinstance(data, list | tuple) else data


def _attachment(file: AttachedFile) -> dict[str, str]:
    """Return an attached file as the template takes it."""
    return {
        "name": file.name,
        "text": file.data.decode("utf-8"),
        "relationship": file.relationship,
        "media_type": file.media_type,
        "description": file.description,
    }


@cache
def _compiler() -> typst.Compiler:
    """Return the compiler of this process, with the installed fonts and no others."""
    fonts = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[Path(fontpkg_noto_sans.ROOT), Path(pylopdf_fonts_zh_cn.sans_path()).parent],
    )
    return typst.Compiler(root=_LAYOUTS, font_paths=fonts, ignore_system_fonts=True)
