"""A certificate as PDF/A-3: a pure function of value, layout, mark and what is attached.

Source: ux.md 13, trust.md 6.15; typst renders, fonts come with the installation. No Django, no network; the same
arguments give the same content. The PDF is made from the sealed bytes' value and is never a source of data itself.
Errors: `FormatError` with code ``missing_glyph`` (with the characters) or ``pdf``.
"""

import json
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType

import fontpkg_noto_sans
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

MARK_KEYWORD = "opensps-mark:"
"""Prefix of the keyword that tells a reader what a file of ours is."""


@dataclass(frozen=True, slots=True)
class Carrier:
    """What paper needs so that anybody can check it."""

    url: str
    """The address in the QR code, upper case."""

    check_host: str
    number: str
    code: str
    """Verification code, 12 symbols."""


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

    A draft has neither number nor QR code; a demo installation's paper is marked SPECIMEN across every page.
    Attached files are UTF-8 text (XML). Raises `FormatError`.
    """
    inputs = {"data": json.dumps(_data(value, layout, mark, carrier, is_demo), ensure_ascii=False)}
    inputs["attached"] = json.dumps([_attachment(file) for file in attached], ensure_ascii=False)
    issued = value.exchanged_document.issued
    stamp = issued.at if issued and issued.at else datetime(2000, 1, 1, tzinfo=UTC)
    try:
        with _LOCK:
            pdf = _compiler().compile(
                input=_LAYOUTS / "official.typ",
                format="pdf",
                sys_inputs=inputs,
                pdf_standards=["a-3a", "ua-1"],
                timestamp=stamp,
            )
    except typst.TypstError as error:
        code = "missing_glyph" if "could not be displayed" in error.message else "pdf"
        raise FormatError(code, path=layout, detail=error.message) from error
    if not isinstance(pdf, bytes):
        raise FormatError("pdf", path=layout, detail="no single document came back")
    return pdf


def _data(value: Certificate, layout: str, mark: Mark, carrier: Carrier | None, is_demo: bool) -> dict[str, object]:
    """Return everything the template prints, as plain JSON."""
    sheet = asdict(LAYOUTS[layout](value))
    watermark = _WATERMARKS.get(mark) or ("SPECIMEN 样本" if is_demo else None)
    host = carrier.check_host if carrier else None
    return {
        **sheet,
        "mark": MARK_WORDS[mark],
        "keywords": [f"{MARK_KEYWORD}{mark.value}"],
        "watermark": watermark,
        "band": ("Demonstration: made up", "演示：内容均为虚构") if is_demo else None,
        "number": value.exchanged_document.number if carrier else None,
        "labels": {"number": ("No.", "编号"), "continued": ("Continuation", "续页")},
        "qr": qr.svg(carrier.url) if carrier else None,
        "qr_alt": f"QR code: {carrier.url}" if carrier else None,
        "no_code": ("No code: not issued", "未签发，无二维码"),
        "check_host": host,
        "code": grouped(carrier.code) if carrier else None,
        "official_address": f"Check at 核验网址: {host}" if host else "Not issued 未签发",
    }


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
