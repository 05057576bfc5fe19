"""ListCertificates, GetCertificate, Acknowledge: envelopes of the caller, and of nobody else (`exchange.md` 3.4)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

import structlog

from opensps.exchange.contracts.tables import Record
from opensps.exchange.errors import EnvelopeNotFound
from opensps.exchange.queries.for_callers import (
    Asked,
    Box,
    Envelope,
    carries_own,
    envelope_for_caller,
    envelopes_for_caller,
    tracking_of,
    versions_for_caller,
)
from opensps.exchange.queries.service_callers import envelope_to_fetch
from opensps.exchange.services.outcomes import envelope_outcome, envelopes_fetched
from opensps.lifecycle import WORD_OF_CODE, AcknowledgementCode, TrackingInfo
from opensps.web.documents import paper_of, proof_of, seal_of
from opensps.web.soap.callers import PartnerCaller
from opensps.web.soap.face import Call
from opensps.web.soap.service_cursors import CursorInvalid, bound_to, cursor_after, sequence_of
from opensps.web.soap.service_faults import refused

log = structlog.get_logger("opensps.soap")

USUAL_PAGE: Final = 100
MOST_ITEMS: Final = 100
MOST_FINDINGS: Final = 50
MOST_ANSWER: Final = 40_000_000
"""Octets of an answer."""

MOST_TEXT: Final = 1_000
NOWHERE: Final = "ZZ"
"""For a country that a message made for a test does not name."""

_BASE64: Final = 4 / 3
_OUT: Final = (Box.WAITING, Box.RECEIVED)


def summary_of(envelope: Envelope) -> Record:
    """Return the facts of an envelope."""
    return {
        "deliveryNumber": envelope.delivery_number,
        "number": envelope.number,
        "version": envelope.version,
        "typeCode": int(envelope.type_code),
        "statusCode": int(envelope.status_code),
        "issuedAt": envelope.issued_at or envelope.queued_at,
        "changedAt": envelope.changed_at,
        "exportCountry": envelope.export_country or NOWHERE,
        "importCountry": envelope.import_country or NOWHERE,
        "sha256": envelope.sha256,
        "sizeBytes": envelope.size_bytes,
        "trackingInfo": str(tracking_of(envelope)),
        "state": envelope.certificate_state.upper() or None,
    }


_FILTERS: Final = ("typeCode", "statusCode", "exportCountry", "importCountry", "includeAcknowledged", "changedUntil")


def list_certificates(call: Call[Any], caller: PartnerCaller) -> Record:
    """Return what changed for the caller, oldest change first, and where to go on."""
    asked = call.record
    if "cursor" in asked and "changedSince" in asked:
        raise refused("ONE_OF_REQUIRED", trace=call.trace, message="Give cursor or changedSince, not both.")
    bound = bound_to(caller.code, {name: asked.get(name) for name in _FILTERS})
    try:
        after = sequence_of(asked["cursor"], bound) if "cursor" in asked else 0
    except CursorInvalid:
        raise refused("CURSOR_INVALID", trace=call.trace) from None
    limit = asked.get("maximum", USUAL_PAGE)
    found = envelopes_for_caller(partner=caller.partner, asked=_asked(asked, after, limit))
    page = found[:limit]
    last = page[-1].change_sequence if page else after
    return {
        "certificate": tuple(summary_of(each) for each in page),
        "nextCursor": cursor_after(last or after, bound),
        "hasMore": len(found) > limit,
    }


def _asked(record: Record, after: int, limit: int) -> Asked:
    return Asked(
        boxes=_OUT if record.get("includeAcknowledged") else (Box.WAITING,),
        after=after,
        limit=limit,
        types=tuple(map(str, record["typeCode"])),
        statuses=tuple(map(str, record["statusCode"])),
        export_countries=_given(record, "exportCountry"),
        import_countries=_given(record, "importCountry"),
        updated_since=record.get("changedSince"),
        updated_until=record.get("changedUntil"),
    )


def _given(record: Record, name: str) -> tuple[str, ...]:
    return (record[name],) if name in record else ()


def get_certificate(call: Call[Any], caller: PartnerCaller) -> Record:
    """Return the stored bytes of one envelope, never rendered again, with what was asked for beside them."""
    envelope = _asked_for(call, caller)
    content = envelope.content
    if content is None or content.data is None:
        raise refused("CERTIFICATE_NOT_FOUND", trace=call.trace, message="The bytes are kept no longer.")
    answer: dict[str, Any] = {
        "summary": summary_of(envelope),
        "content": bytes(content.data),
        "contentMediaType": "application/xml",
        **_beside(envelope, call),
    }
    octets = sum(len(each) for each in answer.values() if isinstance(each, bytes))
    if octets * _BASE64 > MOST_ANSWER:
        raise refused("RESULT_TOO_LARGE", trace=call.trace)
    if envelope.fetched_at is None:
        envelopes_fetched(authority=envelope.authority, delivery_numbers=(envelope.delivery_number,), at=call.at)
    return answer


def _beside(envelope: Envelope, call: Call[Any]) -> Mapping[str, bytes]:
    """Return the representations asked for, those that there are; a decision of our border has none."""
    if not carries_own(envelope):
        return {}
    makers: dict[str, tuple[str, Callable[[], bytes | None]]] = {
        "DETACHED_SIGNATURE": ("detachedSignature", lambda: seal_of(envelope)),
        "PROOF_BUNDLE": ("proofBundle", lambda: proof_of(envelope.number)),
        "PDF": ("pdf", lambda: paper_of(envelope.number, at=call.at)),
    }
    wanted = (makers[name] for name in dict.fromkeys(call.record["include"]))
    found = ((name, make()) for name, make in wanted)
    return {name: made for name, made in found if made}


def _asked_for(call: Call[Any], caller: PartnerCaller) -> Envelope:
    asked = call.record
    if ("deliveryNumber" in asked) == ("number" in asked):
        raise refused("ONE_OF_REQUIRED", trace=call.trace, message="Give deliveryNumber or number, exactly one.")
    if "version" in asked and "number" not in asked:
        raise refused("ONE_OF_REQUIRED", trace=call.trace, message="A version goes with a number.")
    if "deliveryNumber" in asked:
        found = envelope_to_fetch(partner=caller.partner, delivery_number=asked["deliveryNumber"])
        if found is None:
            raise refused("CERTIFICATE_NOT_FOUND", trace=call.trace)
        return found
    try:
        versions = versions_for_caller(partner=caller.partner, number=asked["number"])
    except EnvelopeNotFound:
        raise refused("CERTIFICATE_NOT_FOUND", trace=call.trace) from None
    return _version(versions, asked.get("version"), call.trace)


def _outgoing(envelope: Envelope) -> Envelope:
    """Return an envelope that goes to the caller; what the caller sent itself is not found here."""
    if envelope.direction != "out":
        raise EnvelopeNotFound(envelope.delivery_number)
    return envelope


def _version(versions: Sequence[Envelope], version: int | None, trace: str) -> Envelope:
    found = [each for each in versions if version in (None, each.version)]
    if not found:
        raise refused("VERSION_NOT_FOUND", trace=trace)
    return found[-1]


def acknowledge(call: Call[Any], caller: PartnerCaller) -> Record:
    """Apply each item by itself: the first final word stays, a repeat changes nothing."""
    items = call.record["item"]
    if len(items) > MOST_ITEMS or any(len(item["finding"]) > MOST_FINDINGS for item in items):
        message = f"At most {MOST_ITEMS} items, each with {MOST_FINDINGS} findings."
        raise refused("TOO_MANY_ITEMS", trace=call.trace, message=message)
    return {"item": tuple(_acknowledged(item, call, caller) for item in items)}


def _acknowledged(item: Record, call: Call[Any], caller: PartnerCaller) -> Record:
    number = item["deliveryNumber"]
    try:
        envelope = _outgoing(envelope_for_caller(partner=caller.partner, delivery_number=number))
    except EnvelopeNotFound:
        return _result(number, TrackingInfo.ENVELOPE_NOT_EXISTS, message="There is no such envelope for you.")
    if item.get("sha256", envelope.sha256) != envelope.sha256:
        log.warning("acknowledged_other_bytes", delivery_number=number, partner=caller.code)
        return _result(number, tracking_of(envelope), message="The sha256 is not that of this envelope.")
    word = WORD_OF_CODE[AcknowledgementCode(item["result"])]
    done = envelope_outcome(
        authority=envelope.authority, delivery_number=number, word=word, text=_text(item), at=call.at
    )
    return _result(number, done.word, changed=done.changed, message="" if done.changed else "It was answered before.")


def _result(number: str, word: TrackingInfo, *, changed: bool = False, message: str = "") -> Record:
    return {"deliveryNumber": number, "trackingInfo": str(word), "changed": changed, "message": message or None}


def _text(item: Record) -> str:
    """Return the caller's words and findings as one text of at most 1,000 characters."""
    parts = [item.get("message", ""), *_said(item["finding"])]
    return "; ".join(part for part in parts if part)[:MOST_TEXT]


def _said(findings: Iterable[Record]) -> Iterable[str]:
    for each in findings:
        where = f" {each['field']}" if each.get("field") else ""
        yield f"{each['level']} {each['area']}{where}: {each['message']}"
