"""Our push endpoint for hubs: what is pushed is stored, then answered, and believed and processed later.

Source: `exchange.md` 1.7 and 2.3. A push by a hub whose client certificate is on record counts as delivered by it; any
other is a hint: the envelope is then asked for at the hub by its number. Storage that fails is a fault, so that the hub
pushes again.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from opensps.exchange.contracts.headers import EnvelopeHeader
from opensps.exchange.contracts.hub import CONTRACT
from opensps.exchange.contracts.hub_records import header_of, record_of
from opensps.exchange.contracts.tables import Record, SoapVersion
from opensps.exchange.queries.hub_directory import HubConnection
from opensps.exchange.queries.pushes import Pushing, pushing_hub, was_pushed
from opensps.exchange.services.limits import call_counted
from opensps.exchange.services.messages import message_receive
from opensps.exchange.services.setting_aside import message_set_aside
from opensps.formats.xml_stream import LongText
from opensps.web.soap.face import Call, Face, Refused
from opensps.web.soap.hub_documents import MOST_BYTES, document
from opensps.web.soap.hub_faults import fault_of_problem, faulted
from opensps.web.soap.identity import shown_certificate

MOST_OF_A_STRANGER = 20_000_000
"""Octets of a push by somebody unknown."""

LONGEST_NUMBER = 300
"""Signs of a hub's delivery number; what does not fit its column is refused."""

MOST_OF_A_FIELD = 200
"""Signs of each header text that are kept of a hint."""

HINTS_A_MINUTE = 60


@dataclass(frozen=True, slots=True)
class Pusher:
    """Who pushes: a hub we know, or somebody."""

    fingerprint: str
    """SHA-256 of the certificate shown, "" without one."""

    hub: HubConnection | None
    """Our connection to the hub whose certificate it is."""


def admit(request: HttpRequest, at: datetime) -> Pusher:
    """Return who pushes; strangers may, unless every hub we use shows its certificate."""
    shown = shown_certificate(request, at=at)
    fingerprint = shown.fingerprint if shown is not None else ""
    is_current = shown is not None and shown.is_current
    found = pushing_hub(authority=settings.OPENSPS_AUTHORITY, fingerprint=fingerprint if is_current else "", at=at)
    if found.hub is None:
        _admit_stranger(request, found, at)
    return Pusher(fingerprint, found.hub)


def _admit_stranger(request: HttpRequest, found: Pushing, at: datetime) -> None:
    if not found.takes_hints:
        raise Refused(403, "The client certificate of a hub we use is needed.")
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > MOST_OF_A_STRANGER:
        raise Refused(413, "Without the client certificate of a hub we use this is too large.")
    counted = call_counted(
        authority=settings.OPENSPS_AUTHORITY,
        scope="push_hint",
        caller="anybody",
        limit=HINTS_A_MINUTE,
        seconds=60,
        at=at,
    )
    if counted.is_used_up:
        raise Refused(503, "Too many pushes; try again later.", {"Retry-After": str(counted.resets_in)})


def answer(call: Call[Pusher]) -> Record:
    """Store what was pushed and say so."""
    if call.operation.name == "DeliverEnvelope":
        record = call.record["env"]
        header = header_of(record)
        _store(call, header, _raw(record), operation="deliver")
        return {"DeliverEnvelopeResult": record_of(header)}
    if call.operation.name == "SetTrackingInfoUpdate":
        _store(call, header_of(call.record["header"]), b"", operation="tracking")
        return {}
    raise faulted("operation not offered here")


def _raw(record: Record) -> bytes:
    """Return the content as it came, not decoded."""
    content = record.get("Content", "")
    return content.whole() if isinstance(content, LongText) else str(content).encode("utf-8", "replace")


def _store(call: Call[Pusher], header: EnvelopeHeader, raw: bytes, *, operation: str) -> None:
    """Keep a push; the same number with the same content is kept once."""
    hub, authority = call.caller.hub, settings.OPENSPS_AUTHORITY
    _check_number(header.delivery_number, is_proven=hub is not None)
    is_hint = hub is None or operation == "tracking"
    if was_pushed(authority=authority, hub=hub, number=header.delivery_number, raw=raw) and operation == "deliver":
        return
    message = message_receive(
        authority=authority,
        channel="hub",
        raw=raw,
        facts=_facts(header, raw, operation, is_hint=is_hint),
        connection=hub,
        peer=call.caller.fingerprint,
        message_key=header.delivery_number,
        is_hint=is_hint,
        at=call.at,
    )
    if is_hint and not header.delivery_number:
        message_set_aside(message, reason="NO_NUMBER", at=call.at)


def _check_number(number: str, *, is_proven: bool) -> None:
    """Refuse what could not be asked for at the hub; nothing is stored of it."""
    if len(number) > LONGEST_NUMBER:
        raise faulted(f"hubDeliveryNumber is longer than {LONGEST_NUMBER} characters")
    if not number and not is_proven:
        raise faulted("hubDeliveryNumber is missing: without it and without a known client certificate nothing is kept")


def _facts(header: EnvelopeHeader, raw: bytes, operation: str, *, is_hint: bool) -> dict[str, Any]:
    said = asdict(header)
    del said["forwardings"], said["delivery_number"]
    if is_hint:
        said = {name: text[:MOST_OF_A_FIELD] if isinstance(text, str) else text for name, text in said.items()}
    return {"header": said, "remote_number": header.delivery_number, "pushed": operation, "size_bytes": len(raw)}


FACE = Face(
    name="nppo",
    contract=CONTRACT,
    admit=admit,
    answer=answer,
    fault=fault_of_problem,
    versions=frozenset({SoapVersion.SOAP_1_1}),
    most_bytes=MOST_BYTES,
    most_bytes_of=lambda caller: MOST_BYTES if caller.hub is not None else MOST_OF_A_STRANGER,
    document=document,
)
