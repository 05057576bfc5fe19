"""ValidatePhytoXML: a document held to reader, schema and rules, said in the Hub's words (`exchange.md` 1.3, 2.4)."""

from datetime import datetime
from typing import Any

from opensps.exchange.contracts.content import content_bytes
from opensps.formats import validate
from opensps.formats.xml_stream import LongText
from opensps.rules import PROFILES, Area, Finding, Policy

_AREAS = {Area.MANDATORY_ELEMENTS: "MandatoryElements", Area.SCHEMA: "Schema"}
_MOST = 500
"""Findings in one answer."""


def validation(text: str | LongText, *, extra_countries: frozenset[str], at: datetime) -> dict[str, Any]:
    """Return the response for a document; never raises for what it holds."""
    data = content_bytes(text.whole() if isinstance(text, LongText) else text)
    policy = Policy(now=at, extra_countries=extra_countries)
    found = validate(data, profile=PROFILES["hub"], policy=policy).findings
    return {"ValidationResult": tuple(map(_result, found[:_MOST]))}


def _result(finding: Finding) -> dict[str, Any]:
    return {
        "area": _AREAS.get(finding.area, "Mapping"),
        "field": finding.field,
        "level": str(finding.level),
        "msg": finding.message,
    }
