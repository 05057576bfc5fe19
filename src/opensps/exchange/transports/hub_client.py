"""Our side of a conversation with a hub: one method for each question, one HTTPS call each. Source: `exchange.md` 2.2.

Requests are written from the contract's tables, answers read tolerantly (`hub_reply`). Nothing is stored, decided or
repeated here.
"""

import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, TypeVar

from opensps.exchange.contracts.headers import EnvelopeHeader
from opensps.exchange.contracts.hub import CONTRACT
from opensps.exchange.contracts.tables import Record
from opensps.exchange.contracts.writer import envelope
from opensps.exchange.transports.http_client import HttpClient
from opensps.exchange.transports.http_result import Answer, Forbidden, Lost, NotReached, Request
from opensps.exchange.transports.hub_reply import (
    Disturbed,
    Faulted,
    Reply,
    Response,
    flat,
    header_of,
    read_reply,
)
from opensps.formats.xml_stream import Node

MOST_BYTES: Final = 150_000_000
"""Of one answer: a certificate of 104 MB, escaped, and its envelope."""

CALL_SECONDS, PULL_SECONDS, CONNECT_SECONDS = 60.0, 300.0, 10.0
HTTP_OK, HTTP_FAULT, HTTP_FORBIDDEN = 200, 500, 403
_NOTHING: Record = MappingProxyType({})
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Failure:
    """No answer of the hub: where the way ended, and whether the request may have arrived."""

    text: str
    code: str = ""
    """HTTP status; without an answer the reason why there is none (`http_result.Reason`)."""

    may_have_arrived: bool = False
    retry_after: int | None = None
    """Seconds."""

    pauses: str = ""
    """Why a person should look at the connection, "" where a later try may do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulled:
    """One envelope with its content, as text exactly as it came."""

    header: EnvelopeHeader
    content: bytes
    """UTF-8; not decoded any further."""


@dataclass(frozen=True, slots=True)
class HubClient:
    """Speaks with one hub as one participant."""

    url: str
    calls: HttpClient
    """For short answers."""

    pulls: HttpClient
    """For answers with content."""

    def send(self, header: EnvelopeHeader, content: bytes, *, operation: str) -> EnvelopeHeader | Faulted | Failure:
        """Send by ``DeliverEnvelope`` or ``ValidateAndDeliverEnvelope``; return the header they made of it."""
        child = "envelope" if operation == "ValidateAndDeliverEnvelope" else "env"
        return self._header(operation, {child: {**_record(header), "Content": content}})

    def respond(self, header: EnvelopeHeader, content: Any) -> EnvelopeHeader | Faulted | Failure:
        """Send the importing country's answer; `content` is an SPSAcknowledgement as `contracts.writer.Raw`."""
        record = {"CountryResponseEnvelope": {**_record(header), "SPSAcknowledgement": content}}
        return self._header("DeliverCountryResponseEnvelope", record)

    def acknowledge(self, operation: str, record: Record) -> Faulted | Failure | None:
        """Call one of the three acknowledgements; ``None`` when it was taken, whatever their ``return`` says."""
        return self._asked(operation, record, read=lambda _reply: None)

    def tracking(self, number: str) -> EnvelopeHeader | Faulted | Failure:
        """Ask after one envelope by the hub's number."""
        return self._header("GetEnvelopeTrackingInfo", {"hubTrackingNumber": number})

    def waiting(self) -> tuple[EnvelopeHeader, ...] | Faulted | Failure:
        """Return the headers of what waits for us, in the hub's order, each number once."""
        return self._headers("GetImportEnvelopeHeaders")

    def under_delivery(self) -> tuple[EnvelopeHeader, ...] | Faulted | Failure:
        """Return the headers of ours that are still under way."""
        return self._headers("GetUnderDeliveryEnvelope")

    def pull(self, number: str) -> Pulled | Faulted | Failure | None:
        """Return one envelope with its content; ``None`` when the hub has none of that number for us."""
        with tempfile.TemporaryDirectory() as folder:
            return self._asked(
                "PULLSingleImportEnvelope", {"hubTrackingNumber": number}, read=_pulled, into=Path(folder) / "answer"
            )

    def entities(self, operation: str, item: str) -> tuple[Mapping[str, str], ...] | Faulted | Failure:
        """Return the items of a list by local names: code lists, channels."""
        return self._asked(operation, _NOTHING, read=lambda reply: tuple(flat(node) for node in reply.items(item)))

    def read(self, operation: str, read: Callable[[Response], _T]) -> _T | Faulted | Failure:
        """Ask a question without parameters and return what `read` makes of the answer, or why there is none."""
        return self._asked(operation, _NOTHING, read=read)

    def _header(self, operation: str, record: Record) -> EnvelopeHeader | Faulted | Failure:
        return self._asked(operation, record, read=_result_header)

    def _headers(self, operation: str) -> tuple[EnvelopeHeader, ...] | Faulted | Failure:
        return self._asked(operation, _NOTHING, read=lambda reply: tuple(_once(reply)))

    def _asked(
        self, operation: str, record: Record, *, read: Callable[[Response], _T], into: Path | None = None
    ) -> _T | Faulted | Failure:
        """Make one call; what `read` returns, or a fault, or a failure."""
        contract = CONTRACT.by_name[operation]
        body = envelope(CONTRACT, contract.request, record).whole()
        headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{contract.soap_action}"'}
        http = self.calls if into is None else self.pulls
        result = http.send(Request("POST", self.url, headers, body, into))
        if not isinstance(result, Answer):
            return _not_answered(result)
        reply = _reply(result, into, operation)
        if isinstance(reply, Response):
            with reply:
                return read(reply)
        return reply if isinstance(reply, Faulted) else _disturbed(result, reply)


def _record(header: EnvelopeHeader) -> dict[str, Any]:
    """Return the header as a record of the contract; what only answers carry is left out."""
    record: dict[str, Any] = {
        "From": header.from_code,
        "To": header.to_code,
        "CertificateType": header.type_code,
        "CertificateStatus": header.status_code,
        "NPPOCertificateNumber": header.number,
    }
    if header.forwardings:
        record["Forwardings"] = {"EnvelopeForwarding": tuple({"Code": each.code} for each in header.forwardings)}
    return record


def _result_header(reply: Response) -> EnvelopeHeader:
    found = reply.result()
    return (
        EnvelopeHeader(from_code="", to_code="", type_code=0, status_code=0, number="")
        if found is None
        else header_of(found)
    )


def _once(reply: Response) -> Iterator[EnvelopeHeader]:
    seen: set[str] = set()
    for node in reply.items("EnvelopeHeader"):
        header = header_of(node)
        if header.delivery_number not in seen:
            seen.add(header.delivery_number)
            yield header


def _pulled(reply: Response) -> Pulled | None:
    found = reply.result()
    if found is None or not found.children:
        return None
    return Pulled(header=header_of(found), content=_content(found))


def _content(node: Node) -> bytes:
    found = next((each for each in node.children if each.local == "Content" and not each.is_nil), None)
    if found is None:
        return b""
    return found.text.encode("utf-8", "replace") if found.long is None else found.long.whole()


def _reply(answer: Answer, into: Path | None, operation: str) -> Reply:
    """Return what the answer says; only 200 and 500 can be a hub's word."""
    if answer.status not in {HTTP_OK, HTTP_FAULT}:
        return Disturbed(f"HTTP {answer.status}")
    source = into if into is not None and answer.status == HTTP_OK else answer.body
    return read_reply(source, operation=operation, charset=_charset(answer), most_bytes=MOST_BYTES)


def _charset(answer: Answer) -> str | None:
    """Return the charset of the Content-Type; ``None`` leaves it to the document."""
    for part in answer.headers.get("content-type", "").split(";")[1:]:
        name, _, value = part.partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip("\"'") or None
    return None


def _not_answered(result: Forbidden | NotReached | Lost) -> Failure:
    pauses = result.reason.value if isinstance(result, Forbidden) or result.reason in _OURS_TO_MEND else ""
    return Failure(result.text, str(result.reason), may_have_arrived=isinstance(result, Lost), pauses=pauses)


_OURS_TO_MEND = frozenset({"pin"})
"""Reasons that do not go away by waiting: somebody else answers there."""


def _disturbed(answer: Answer, reply: Disturbed) -> Failure:
    """Return the failure of an answer that is none; a redirect leads away from the hub somebody named."""
    code = str(answer.status)
    if 300 <= answer.status < 400:  # noqa: PLR2004  RFC 9110, 15.4
        return Failure("they answered with a redirect, which is not followed", code, pauses="redirect")
    pauses = "forbidden" if answer.status == HTTP_FORBIDDEN else ""
    return Failure(reply.text, code, retry_after=_wait(answer), pauses=pauses)


def _wait(answer: Answer) -> int | None:
    text = answer.headers.get("retry-after", "").strip()
    return min(int(text[:9]), 3600) if text.isascii() and text.isdecimal() else None
