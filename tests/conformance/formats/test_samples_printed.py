"""Certificates of known senders on paper: nothing they say is missing, whatever kind and dialect they are."""

from pathlib import Path

import pytest

from opensps.formats import read_certificate
from opensps.formats.layouts import layout_of, sheet_of
from opensps.formats.pdf import Mark, render
from tests.unit.formats.printed import missing, said

LONG_NOTES = "traces/CHEDPP.DE.2018.0000015.nsfixed.neutral.xml"


def test_nothing_a_sample_says_is_missing_on_its_sheet(reference: Path) -> None:
    shown = 0
    for path in sorted((reference / "sps" / "samples").rglob("*.xml")):
        value = read_certificate(path.read_bytes()).certificate
        if value is not None:
            shown += 1
            for layout in (None, "generic"):
                assert missing(value, said(sheet_of(value, layout))) == [], path.name
    assert shown > 10


@pytest.mark.parametrize("name", ["golden/coded_853_animal_health.xml", LONG_NOTES])
def test_a_sample_of_another_dialect_can_be_printed(reference: Path, name: str) -> None:
    value = read_certificate((reference / "sps" / "samples" / name).read_bytes()).certificate
    assert value is not None
    assert render(value, layout=layout_of(value.kind), mark=Mark.COPY).startswith(b"%PDF-")
