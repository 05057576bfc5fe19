"""Bounces and receipts as facts: delivery status notifications (RFC 3464) and disposition notifications (RFC 8098).

What they are worth is decided in `signals`: a bounce may be forged, a receipt counts only when signed by the partner.
"""

import re
from dataclasses import dataclass

from opensps.exchange.mail.classes import report_type
from opensps.exchange.mail.errors import MailQuarantined
from opensps.exchange.mail.structure import Part
from opensps.exchange.mail.words import message_id

_STATUS = re.compile(r"([245])\.(\d{1,3})\.(\d{1,3})")
_MIC = re.compile(r"([A-Za-z0-9+/]{43}=)\s*,\s*sha-?256", re.IGNORECASE)
_MAX_REPORT = 64 * 1024
_MAX_TEXT = 500
_MAX_GROUPS = 20


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """What a delivery status notification says of our one recipient."""

    envelope_id: str
    """Original-Envelope-Id, "" where the sender of the report keeps none."""

    action: str
    """failed, delayed, delivered, relayed or expanded, lower case."""

    status: tuple[int, int, int]
    """Status code of RFC 3463; (0, 0, 0) where it cannot be read."""

    diagnostic: str
    """Their words, cut."""


@dataclass(frozen=True, slots=True)
class DispositionReport:
    """What a disposition notification says."""

    original_message_id: str
    disposition: str
    """displayed, processed, deleted, dispatched, denied or failed, lower case."""

    modifiers: frozenset[str]
    """error, failure, warning and others, lower case, without what stands behind a colon."""

    mic: str
    """Base64 of the SHA-256 they computed over our signed part, "" where they give none or another digest."""

    text: str
    """Their words about an error, cut."""


def delivery_report(part: Part) -> DeliveryReport | None:
    """Return what a multipart/report of delivery status says; ``None`` where it is none or says nothing.

    Of several recipients the worst one counts: we send to one address.
    """
    if report_type(part) != "delivery-status":
        return None
    message, *others = _groups(part, "message/delivery-status") or [{}]
    recipients = [_recipient(message, each) for each in others[:_MAX_GROUPS]]
    order = ("failed", "delayed", "relayed", "expanded", "delivered")
    known = [each for each in recipients if each.action in order]
    return min(known, key=lambda each: order.index(each.action)) if known else None


def disposition_report(part: Part) -> DispositionReport | None:
    """Return what a multipart/report of disposition says; ``None`` where it is none or cannot be read."""
    if report_type(part) != "disposition-notification":
        return None
    groups = _groups(part, "message/disposition-notification")
    if not groups:
        return None
    said = groups[0]
    _mode, semicolon, kind = said.get("disposition", "").partition(";")
    if not semicolon:
        return None
    disposition, _slash, modifiers = kind.strip().lower().partition("/")
    mic = _MIC.fullmatch(said.get("received-content-mic", "").strip())
    texts = (said.get(name, "") for name in ("error", "failure", "warning"))
    return DispositionReport(
        original_message_id=message_id(said.get("original-message-id", "")),
        disposition=disposition.strip(),
        modifiers=frozenset(each.partition(":")[0].strip() for each in modifiers.split(",") if each.strip()),
        mic=mic[1] if mic else "",
        text=_cut("; ".join(filter(None, (modifiers.partition(":")[2].strip(), *texts)))),
    )


def _recipient(message: dict[str, str], recipient: dict[str, str]) -> DeliveryReport:
    status = _STATUS.match(recipient.get("status", "").strip())
    return DeliveryReport(
        envelope_id=message.get("original-envelope-id", "").strip(),
        action=recipient.get("action", "").strip().lower(),
        status=(int(status[1]), int(status[2]), int(status[3])) if status else (0, 0, 0),
        diagnostic=_cut(recipient.get("diagnostic-code", "").partition(";")[2].strip()),
    )


def _groups(part: Part, name: str) -> list[dict[str, str]]:
    """Return the groups of fields of the machine-readable part, names in lower case; the first of a name counts."""
    found = next((each for each in part.parts if each.kind.name == name), None)
    if found is None:
        return []
    try:
        text = found.content()[:_MAX_REPORT].decode("ascii", "replace").replace("\r\n", "\n")
    except MailQuarantined:
        return []
    return [group for group in map(_group, re.split(r"\n[ \t]*\n", text)) if group]


def _group(text: str) -> dict[str, str]:
    unfolded = re.sub(r"\n[ \t]+", " ", text)
    found: dict[str, str] = {}
    for line in unfolded.split("\n"):
        name, colon, value = line.partition(":")
        if colon:
            found.setdefault(name.strip().lower(), value.strip())
    return found


def _cut(text: str) -> str:
    """Return text of strangers short and printable."""
    return "".join(sign if sign.isprintable() else " " for sign in text)[:_MAX_TEXT]
