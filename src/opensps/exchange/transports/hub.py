"""The Hub as a channel: our envelopes and acknowledgements go out by its operations. Source: `exchange.md` 2.2, 8.2.

What waits for us is collected by `services.hub_cycle`, with the same client. Never touches the database.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from opensps.exchange.contracts.headers import EnvelopeHeader, Forwarding
from opensps.exchange.contracts.writer import Raw
from opensps.exchange.transports.http_address import Guard
from opensps.exchange.transports.http_client import HttpClient, Limits
from opensps.exchange.transports.http_tls import tls_of
from opensps.exchange.transports.hub_client import (
    CALL_SECONDS,
    CONNECT_SECONDS,
    MOST_BYTES,
    PULL_SECONDS,
    Failure,
    HubClient,
)
from opensps.exchange.transports.hub_reply import Faulted
from opensps.exchange.transports.transport import (
    Answer,
    Connection,
    Kind,
    Outbound,
    Refused,
    Seen,
    Sent,
    Uncertain,
    Unreachable,
)
from opensps.lifecycle import AcknowledgementCode, TrackingInfo, tracking_word

MOST_SENT: Final = 104_000_000
"""Octets of one certificate (`exchange.md` 1.6)."""

_SEND: Final = {"validate": "ValidateAndDeliverEnvelope", "plain": "DeliverEnvelope"}
_ANSWERS_BYTES: Final = 10_000_000
_DECLARATION_END: Final = b"?>"


def client_of(connection: Connection, *, guard: Guard | None = None) -> HubClient:
    """Return the client of a connection: our certificate, the pinned servers or the authorities we believe."""
    tls = tls_of(connection)
    seconds = float(connection.limits.get("seconds", CALL_SECONDS))
    calls = Limits(connect=CONNECT_SECONDS, read=seconds, total=seconds, answer=_ANSWERS_BYTES)
    pulls = Limits(connect=CONNECT_SECONDS, read=CALL_SECONDS, total=PULL_SECONDS, answer=MOST_BYTES)
    return HubClient(connection.address, HttpClient(tls, calls, guard), HttpClient(tls, pulls, guard))


@dataclass(frozen=True, slots=True)
class HubTransport:
    """Sends to partners behind a hub, and asks the hub what became of it."""

    client: Callable[[Connection], HubClient] = client_of

    def send(self, outbound: Outbound) -> Answer:
        """Send an envelope, an answer of the importing country, or an acknowledgement of theirs."""
        client = self.client(outbound.connection)
        if outbound.kind is Kind.ACKNOWLEDGEMENT:
            return _acknowledge(client, outbound)
        if len(outbound.content) > MOST_SENT:
            return Refused(f"larger than {MOST_SENT} octets: the hub takes no more", code="too_large")
        if outbound.kind is Kind.RESPONSE:
            return _sent(client.respond(_header(outbound), Raw(_without_declaration(outbound.content))))
        operation = _SEND.get(outbound.connection.send_operation, _SEND["validate"])
        return _sent(client.send(_header(outbound), outbound.content, operation=operation))

    def ask(self, outbound: Outbound) -> Seen | Unreachable:
        """Ask by the hub's number; without one, look among what is under delivery for the same certificate."""
        client = self.client(outbound.connection)
        if outbound.remote_number:
            found = client.tracking(outbound.remote_number)
            return _seen(found) if isinstance(found, EnvelopeHeader) else _no_answer(found)
        under_way = client.under_delivery()
        if not isinstance(under_way, tuple):
            return _no_answer(under_way)
        same = next((each for each in under_way if _is_same(each, outbound)), None)
        return Seen(is_known=False) if same is None else _seen(same)


def _header(outbound: Outbound) -> EnvelopeHeader:
    return EnvelopeHeader(
        from_code=outbound.from_code,
        to_code=outbound.to_code,
        type_code=int(outbound.type_code),
        status_code=int(outbound.status_code),
        number=outbound.number,
        forwardings=tuple(Forwarding(code) for code in outbound.forwardings),
    )


def _without_declaration(xml: bytes) -> bytes:
    """Return a document as an element inside another one."""
    return xml.partition(_DECLARATION_END)[2].strip() if xml.startswith(b"<?xml") else xml


def _is_same(header: EnvelopeHeader, outbound: Outbound) -> bool:
    return (header.to_code, header.type_code, header.status_code, header.number) == (
        outbound.to_code,
        int(outbound.type_code),
        int(outbound.status_code),
        outbound.number,
    )


def _sent(answer: EnvelopeHeader | Faulted | Failure) -> Answer:
    """Return what the answer to a send means; without a number and a word nobody knows."""
    if isinstance(answer, Faulted):
        return _faulted(answer)
    if isinstance(answer, Failure):
        return _failed(answer)
    word = tracking_word(answer.tracking)
    if word is TrackingInfo.ENVELOPE_NOT_EXISTS or not (answer.delivery_number or answer.tracking):
        return Uncertain("the hub answered without a number")
    return Sent(
        remote_number=answer.delivery_number,
        tracking=word,
        text=answer.error_message,
        code="200",
        unknown_word="" if word is not None else answer.tracking,
    )


def _faulted(fault: Faulted) -> Answer:
    if fault.is_unknown_caller:
        return Unreachable(fault.message, code="500", pauses="not_known_there")
    return Refused(fault.message or "refused without a word", code="500")


def _failed(failure: Failure) -> Uncertain | Unreachable:
    if failure.may_have_arrived:
        return Uncertain(failure.text, failure.code)
    wait = None if failure.retry_after is None else timedelta(seconds=failure.retry_after)
    return Unreachable(failure.text, wait, failure.code, failure.pauses)


def _no_answer(found: Faulted | Failure) -> Unreachable:
    """Return a question that led nowhere; asking again does no harm."""
    if isinstance(found, Faulted):
        return Unreachable(found.message, code="500", pauses="not_known_there" if found.is_unknown_caller else "")
    return Unreachable(found.text, code=found.code, pauses=found.pauses)


def _seen(header: EnvelopeHeader) -> Seen:
    """Return what a header says; an empty one, or one that does not exist, is not known."""
    word = tracking_word(header.tracking)
    if word is TrackingInfo.ENVELOPE_NOT_EXISTS or not header.tracking:
        return Seen(is_known=False)
    return Seen(is_known=True, remote_number=header.delivery_number, tracking=word, text=header.error_message)


def _acknowledge(client: HubClient, outbound: Outbound) -> Answer:
    """Acknowledge by the operation of the result; a fault is tried again, for the hub may only be ill."""
    number = outbound.in_reply_to_remote
    if outbound.result is AcknowledgementCode.RECEIVED:
        found = client.acknowledge("AcknowledgeEnvelopeReceipt", {"hubTrackingNumber": number})
    elif outbound.result is AcknowledgementCode.RECEIVED_REMARKS:
        record = {"hubTrackingNumber": number, "warningMessage": outbound.text}
        found = client.acknowledge("AdvancedAcknowledgeEnvelopeReceipt", record)
    else:
        record = {"hubTrackingNumber": number, "message": outbound.text}
        found = client.acknowledge("AcknowledgeFailedEnvelopeReceipt", record)
    if found is None:
        return Sent(code="200")
    return _no_answer(found) if isinstance(found, Faulted) else _failed(found)
