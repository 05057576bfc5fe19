"""What we say about an envelope that came: the text of an acknowledgement, its word, and its document.

Source: `exchange.md` 1.4 and 4.8. English, at most 1,000 characters, the most severe finding first, nothing that could
name a person. It sends nothing and knows no channel.
"""

from collections.abc import Iterable
from datetime import datetime
from types import MappingProxyType

from opensps.certificate import Acknowledgement, Code, OfficialTime, ReferencedDocument, Text
from opensps.formats import write_acknowledgement
from opensps.lifecycle.delivery import WORD_OF_CODE, AcknowledgementCode, TrackingInfo
from opensps.rules import Area, Finding, Level

MAX_TEXT = 1_000

HUB_AREAS = MappingProxyType(
    {Area.MANDATORY_ELEMENTS: "MandatoryElements", Area.SCHEMA: "Schema", Area.MAPPING: "Mapping"}
)
"""The Hub knows three words; every other area is Mapping to it."""

_WEIGHT = MappingProxyType({Level.SEVERE: 0, Level.WARNING: 1, Level.INFO: 2})
_FREE = frozenset({"text", "name", "label", "party", "filename", "message", "permit"})
"""Parameters that hold what somebody wrote freely: they stay here."""

_LEFT_OUT = "…"


def hub_tracking(result: AcknowledgementCode) -> TrackingInfo:
    """Return the word a hub shows after our acknowledgement: not readable also for what was refused."""
    return TrackingInfo.DELIVERED_NOT_READABLE if result is AcknowledgementCode.REJECTED else WORD_OF_CODE[result]


def hub_area(area: Area) -> str:
    """Return the Hub's word for what a finding is about."""
    return HUB_AREAS.get(area, "Mapping")


def has_remarks(findings: Iterable[Finding]) -> bool:
    """Whether something was found that the sender should look at."""
    return any(finding.level is not Level.INFO for finding in findings)


def receipt_text(findings: Iterable[Finding], *, lead: str = "") -> str:
    """Return the text of an acknowledgement; empty where nothing is to be said.

    `lead` is a sentence of ours that stands first. What does not fit is left out whole, and that is said.
    """
    told = sorted((one for one in findings if one.level is not Level.INFO), key=lambda one: _WEIGHT[one.level])
    parts = [lead] if lead else []
    parts += [_said(finding) for finding in told]
    return "".join(sign if sign.isprintable() else " " for sign in _fitted(parts))


def _said(finding: Finding) -> str:
    shown = {name: _LEFT_OUT if name in _FREE else value for name, value in finding.params.items()}
    message = (finding.template % shown).rstrip(".")
    field = f" {finding.field}" if finding.field else ""
    return f"{finding.level} {hub_area(finding.area)}{field}: {message}"


def _fitted(parts: list[str]) -> str:
    whole = "; ".join(parts)
    if len(whole) <= MAX_TEXT:
        return whole
    kept: list[str] = []
    for number, part in enumerate(parts):
        rest = f"and {len(parts) - number - 1} more"
        if len("; ".join((*kept, part, rest))) > MAX_TEXT:
            break
        kept.append(part)
    if not kept:
        return whole[: MAX_TEXT - 1] + _LEFT_OUT
    return "; ".join((*kept, f"and {len(parts) - len(kept)} more"))


def receipt_document(
    *, number: str, type_code: str, status_code: str, result: AcknowledgementCode, text: str, at: datetime
) -> bytes:
    """Return the SPSAcknowledgement that answers one certificate (`exchange.md` 4.8).

    Its status is that of the certificate: a receipt decides nothing. Raises `FormatError` for a text XML cannot hold.
    """
    answered = ReferencedDocument(
        relationship=Code("CAW", "un_1153"), id=number, type_code=Code(type_code, "un_1001") if type_code else None
    )
    reason = f"{result}: {text}" if text else str(result)
    return write_acknowledgement(
        Acknowledgement(
            status_code=status_code,
            issued=OfficialTime.moment(at, offset_minutes=0),
            reasons=(Text(reason, "en"),),
            references=(answered,),
        )
    )
