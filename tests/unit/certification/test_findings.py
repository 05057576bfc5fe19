"""Ceilings of a signed report, line by line (I70)."""

from dataclasses import replace
from decimal import Decimal

import pytest

from opensps.certificate import Measure
from opensps.certification.findings import (
    InspectionRecord,
    LineFinding,
    beyond,
    declared,
    from_plain,
    to_plain,
    unmeasured,
    without_unit,
)
from tests.factories.certificates import changed, phytosanitary

GARLIC = LineFinding(1, Decimal(24000), "KGM", "weighed", ("L1", "L2"), "as declared")
GINGER = LineFinding(2, Decimal(500), "KGM", "weighed")


def found(*lines: LineFinding) -> InspectionRecord:
    """Return a record of these lines."""
    return InspectionRecord(lines=lines)


def test_a_record_comes_back_from_its_json() -> None:
    record = InspectionRecord((GARLIC, GINGER), True, "seal", "", "No live pests.", "none")
    assert from_plain(to_plain(record)) == record
    assert from_plain({}) == InspectionRecord()


@pytest.mark.parametrize(
    ("quantity", "unit", "lines"),
    [
        ("24000", "KGM", ()),
        ("24", "TNE", ()),
        ("23999.999", "KGM", ("1",)),
        ("24000000", "GRM", ()),
        ("99999", "LTR", ("1",)),
    ],
)
def test_I70_what_is_declared_stays_within_what_was_found(quantity: str, unit: str, lines: tuple[str, ...]) -> None:
    finding = replace(GARLIC, quantity=Decimal(quantity), unit=unit)
    assert beyond(phytosanitary(), found(finding, GINGER)) == lines


def test_I70_a_line_nobody_measured_is_beyond_the_report() -> None:
    assert beyond(phytosanitary(), found(GARLIC)) == ("2",)
    assert unmeasured(phytosanitary(), found(GARLIC)) == ("2",)
    assert unmeasured(phytosanitary(), found(GARLIC, GINGER)) == ()


def test_a_quantity_in_words_is_compared_by_its_word() -> None:
    value = changed(phytosanitary(), consignment__items__0__trade_line_items__1__net_weight=None)
    crates = LineFinding(2, Decimal(50), "crates", "counted")
    assert beyond(value, found(GARLIC, crates)) == ()
    assert beyond(value, found(GARLIC, replace(crates, quantity=Decimal(49)))) == ("2",)


def test_every_declared_quantity_is_seen() -> None:
    line = changed(phytosanitary(), consignment__items__0__trade_line_items__0__count=Measure(Decimal(3), None)).lines[
        0
    ]
    assert declared(line) == ((Decimal(24000), "KGM"), (Decimal(3), ""), (Decimal("25200.5"), "KGM"))


@pytest.mark.parametrize(
    "finding",
    [
        replace(GARLIC, unit=" "),
        replace(GARLIC, method=""),
        replace(GARLIC, quantity=Decimal(-1)),
        replace(GARLIC, quantity=Decimal("NaN")),
        replace(GARLIC, quantity=Decimal("sNaN")),
    ],
)
def test_a_value_without_unit_method_or_sense_is_named(finding: LineFinding) -> None:
    assert without_unit(found(finding, GINGER)) == ("1",)
