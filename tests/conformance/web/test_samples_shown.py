"""Certificates of known senders, shown as a page in both languages and printed (real input of the first issue)."""

from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.html import escape

from opensps.certificate import Certificate, Declarations, Text
from opensps.formats import read_certificate
from opensps.formats.layouts import LAYOUT_OF_KIND
from opensps.formats.pdf import Mark, render
from opensps.web.html.sheets import sheet_of

EPHYTO = (
    "golden/ephyto_851_full.xml",
    "golden/ephyto_657_reexport.xml",
    "golden/ephyto_851_replacement.xml",
    "ippc-hub/mattilsynet_SPSCertificateContent.neutral.xml",
)


def sample(reference: Path, name: str) -> Certificate:
    value = read_certificate((reference / "sps" / "samples" / name).read_bytes()).certificate
    assert value is not None
    return value


def texts_of(value: Any) -> list[str]:
    """Every text below a value."""
    if isinstance(value, Text):
        return [value.value]
    if isinstance(value, tuple):
        return [text for each in value for text in texts_of(each)]
    if is_dataclass(value):
        return [text for field in fields(value) for text in texts_of(getattr(value, field.name))]
    return []


def shown(value: Certificate, language: str) -> str:
    sheet = sheet_of(value)
    with translation.override(language):
        return render_to_string("certificates/sheet.html", {"sheet": sheet, "signature": sheet.signature})


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("name", EPHYTO)
def test_a_sample_is_shown_as_a_page(reference: Path, name: str, language: str) -> None:
    value = sample(reference, name)
    page = shown(value, language)
    document, consignment = value.exchanged_document, value.consignment
    expected = [consignment.consignor.name, consignment.consignee.name, *texts_of(consignment.point_of_entry)]
    for declarations in (document.declarations, *(line.declarations for line in value.lines)):
        expected += [*said(declarations)]
    for line in value.lines:
        expected += [*texts_of((line.descriptions, line.common_names, line.scientific_names, line.package_text))]
    if document.replacement is not None:
        expected += [document.replacement.number, *texts_of(document.replacement.reasons)]
    expected += [reference_.id for reference_ in document.references]
    missing = [text for text in expected if text and escape(text) not in page]
    assert missing == []


def said(declarations: Declarations) -> list[str]:
    """What declarations say in words."""
    return [*texts_of(declarations), *declarations.import_permits]


@pytest.mark.parametrize("name", EPHYTO)
def test_a_sample_can_be_printed(reference: Path, name: str) -> None:
    value = sample(reference, name)
    assert render(value, layout=LAYOUT_OF_KIND[value.kind], mark=Mark.COPY).startswith(b"%PDF-")
