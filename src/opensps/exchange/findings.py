"""Findings as plain data beside an envelope, and back. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any

from opensps.rules import Area, Finding, Level


def to_plain(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """Return findings as JSON: English sentence, template and parameters, so that pages can translate."""
    return [
        {
            "area": str(one.area),
            "level": str(one.level),
            "field": one.field,
            "rule": one.rule,
            "message": one.message,
            "template": one.template,
            "params": dict(one.params),
        }
        for one in findings
    ]


def from_plain(rows: Iterable[Mapping[str, Any]]) -> tuple[Finding, ...]:
    """Return findings from their JSON."""
    return tuple(
        Finding(Area(row["area"]), Level(row["level"]), row["field"], row["template"], row["rule"], row["params"])
        for row in rows
    )
