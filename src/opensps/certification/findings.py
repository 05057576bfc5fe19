"""What an inspector records, and whether a draft stays within it (`lifecycles.md` 8, I70). Pure.

Quantities of different units of mass are compared in kilograms; what cannot be compared is beyond the report.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from opensps.certificate import Certificate, TradeLineItem

_KILOGRAMS: Mapping[str, Decimal] = MappingProxyType(
    {"KGM": Decimal(1), "TNE": Decimal(1000), "GRM": Decimal("0.001"), "LBR": Decimal("0.45359237")}
)
"""UNECE Rec 20."""

IDENTITY_CHECKS = ("seal", "full", "not_done")
"""How the identity of the goods was checked."""


@dataclass(frozen=True, slots=True)
class LineFinding:
    """What was found of one line of the application."""

    line: int
    """Sequence of the trade line."""

    quantity: Decimal
    unit: str
    """Rec 20, or the word a line uses instead."""

    method: str
    """How it was measured: weighed, counted, from documents."""

    lots: tuple[str, ...] = ()
    remark: str = ""


@dataclass(frozen=True, slots=True)
class InspectionRecord:
    """What an inspector recorded so far."""

    lines: tuple[LineFinding, ...] = ()
    documents_checked: bool = False
    identity: str = ""
    """One of `IDENTITY_CHECKS`."""

    identity_remark: str = ""
    physical: str = ""
    """Physical examination, in words."""

    pests: str = ""


def to_plain(record: InspectionRecord) -> dict[str, Any]:
    """Return the record as JSON: quantities are text."""
    plain = asdict(record)
    plain["lines"] = [
        {**asdict(line), "quantity": str(line.quantity), "lots": list(line.lots)} for line in record.lines
    ]
    return plain


def from_plain(plain: Mapping[str, Any]) -> InspectionRecord:
    """Return the record of its JSON; an empty one is an empty record."""
    lines = tuple(
        LineFinding(**{**line, "quantity": Decimal(line["quantity"]), "lots": tuple(line["lots"])})
        for line in plain.get("lines", ())
    )
    return InspectionRecord(**{**plain, "lines": lines})


def declared(line: TradeLineItem) -> tuple[tuple[Decimal, str], ...]:
    """Return every quantity a line declares, with its unit or word; the first is what reports are compared with."""
    measures = (line.net_weight, line.count, line.net_volume, line.gross_weight, line.gross_volume)
    found = [(measure.value, measure.unit or "") for measure in measures if measure is not None]
    if line.other_quantity is not None:
        found.append((line.other_quantity.value, line.other_quantity.unit_text))
    return tuple(found)


def _comparable(quantity: Decimal, unit: str) -> tuple[Decimal, str]:
    factor = _KILOGRAMS.get(unit)
    return (quantity, unit) if factor is None else (quantity * factor, "KGM")


def _is_within(line: TradeLineItem, finding: LineFinding) -> bool:
    ceiling, unit = _comparable(finding.quantity, finding.unit)
    same_unit = [value for value, own in (_comparable(*each) for each in declared(line)) if own == unit]
    return bool(same_unit) and same_unit[0] <= ceiling


def beyond(value: Certificate, record: InspectionRecord) -> tuple[str, ...]:
    """Return the sequences of lines that declare more than was found, or what was not measured."""
    found = {finding.line: finding for finding in record.lines}
    return tuple(
        str(line.sequence)
        for line in value.lines
        if line.sequence not in found or not _is_within(line, found[line.sequence])
    )


def unmeasured(value: Certificate, record: InspectionRecord) -> tuple[str, ...]:
    """Return the sequences of lines without a finding."""
    measured = {finding.line for finding in record.lines}
    return tuple(str(line.sequence) for line in value.lines if line.sequence not in measured)


def without_unit(record: InspectionRecord) -> tuple[str, ...]:
    """Return the sequences of findings whose quantity lacks its unit or method, or is below nothing."""
    return tuple(
        str(finding.line)
        for finding in record.lines
        if not finding.unit.strip()
        or not finding.method.strip()
        or not finding.quantity.is_finite()
        or finding.quantity < 0
    )
