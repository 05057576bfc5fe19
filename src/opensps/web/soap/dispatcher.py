"""The dispatcher of every SOAP face: one request in, one answer or one fault out; never HTML, never a trace.

Source: `exchange.md` 2.1. Only the first element of the Body routes. The body is read in pieces under the face's limit,
and a long text in it lies in a file. Whatever goes wrong is a fault; what nobody expected is a fault with a reference.
"""

import secrets
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Generic

import structlog
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.views.decorators.csrf import csrf_exempt

from opensps.exchange.contracts.errors import ContractBroken, SoapBroken
from opensps.exchange.contracts.reader import read
from opensps.exchange.contracts.soap_message import Fault, Message, fault_message, opened
from opensps.exchange.contracts.tables import Operation, SoapVersion, namespace
from opensps.exchange.contracts.writer import Written, envelope
from opensps.exchange.errors import where
from opensps.formats.errors import FormatError
from opensps.formats.xml_stream import Document, is_readable, read_stream
from opensps.web.html.access import public
from opensps.web.soap.face import C, Call, Face, Faulted, Problem, Refused

log = structlog.get_logger("opensps.soap")

MEDIA_TYPES = frozenset({"", "text/xml", "application/xml", "application/soap+xml"})
CONTENT_TYPE = {
    SoapVersion.SOAP_1_1: "text/xml; charset=utf-8",
    SoapVersion.SOAP_1_2: "application/soap+xml; charset=utf-8",
}
PIECE = 65_536
SECONDS = 60
"""A body that takes longer to arrive is given up."""


def view_of(face: Face[C]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Return the face as a view of Django, open to everybody: who calls decides `Face.admit`."""

    def view(request: HttpRequest) -> HttpResponseBase:
        return dispatch(face, request, at=datetime.now(UTC))

    return csrf_exempt(public(view))  # type: ignore[type-var]  # a view may answer in pieces


def dispatch(face: Face[C], request: HttpRequest, *, at: datetime) -> HttpResponseBase:
    """Return the answer to one request."""
    trace = getattr(request, "reference", "") or secrets.token_hex(6)
    try:
        response = _answered(face, request, at=at, trace=trace)
    except Refused as refused:
        response = _plain(refused)
    if face.trace_header:
        response.headers[face.trace_header] = trace
    return response


def _answered(face: Face[C], request: HttpRequest, *, at: datetime, trace: str) -> HttpResponseBase:
    if request.method in {"GET", "HEAD"}:
        return _document(face, request)
    if request.method != "POST":
        raise Refused(HTTPStatus.METHOD_NOT_ALLOWED, "Use POST.", {"Allow": "GET, POST"})
    exchange = _Exchange(face, request, at, trace, _likely_version(face, request))
    try:
        written, status, headers = exchange.answered(), 200, {}
    except Faulted as faulted:
        headers = dict(faulted.headers)
        status = faulted.status or _status(faulted.fault, exchange.version)
        written = fault_message(faulted.fault, exchange.version)
        log.info("soap_fault", face=face.name, status=status, is_sender=faulted.fault.is_sender)
    response = _sent(written, status, CONTENT_TYPE[exchange.version], headers)
    # SOAP 1.1 answers every fault with 500: to Django that would be an error of ours, each time a caller makes one.
    response._has_been_logged = True  # type: ignore[attr-defined]  # Django's own mark
    return response


def _likely_version(face: Face[C], request: HttpRequest) -> SoapVersion:
    """Return the version to speak in before the envelope has been seen."""
    is_1_2 = (request.content_type or "").strip().lower() == "application/soap+xml"
    likely = SoapVersion.SOAP_1_2 if is_1_2 else SoapVersion.SOAP_1_1
    return likely if likely in face.versions else next(iter(face.versions))


def _document(face: Face[C], request: HttpRequest) -> HttpResponseBase:
    address = request.build_absolute_uri(request.path)
    for name in request.GET:
        found = face.document(name.lower(), request.GET[name], address)
        if found is not None:
            return HttpResponse(found, content_type=CONTENT_TYPE[SoapVersion.SOAP_1_1])
    raise Refused(HTTPStatus.METHOD_NOT_ALLOWED, "Use POST; the contract is at ?wsdl.", {"Allow": "GET, POST"})


class _Exchange(Generic[C]):
    """One POST on its way through the steps; `version` is that of the answer."""

    def __init__(self, face: Face[C], request: HttpRequest, at: datetime, trace: str, version: SoapVersion) -> None:
        self.face, self.request, self.at, self.trace, self.version = face, request, at, trace, version

    def answered(self) -> Written:
        """Return the response; raises `Refused` and `Faulted`, and nothing else."""
        try:
            return self._answered()
        except (FormatError, SoapBroken, ContractBroken) as error:
            raise self._faulted(_problem(error, self.trace)) from None
        except (Faulted, Refused):
            raise
        except Exception as error:  # noqa: BLE001  the outer edge: whatever it is becomes a fault with a reference
            kind = type(error).__name__
            log.error("soap_internal_error", face=self.face.name, error=kind, where=where(error))  # noqa: TRY400  a traceback may print what was sent
            text = f"internal error, reference {self.trace}"
            raise self._faulted(Problem(code="internal_error", text=text, trace=self.trace)) from None

    def _answered(self) -> Written:
        face = self.face
        charset = _charset(self.request)
        caller = face.admit(self.request, self.at)
        with self._read(charset, caller) as document:
            self.version = next(
                (each for each in face.versions if each.value == namespace(document.root.tag)), self.version
            )
            message = opened(document.root, understood=face.understood)
            if message.version not in face.versions:
                raise SoapBroken("version", "this version of SOAP is not spoken here")
            operation = self._routed(message)
            record = read(face.contract, operation.request, message.body, strictness=face.strictness, kept=face.kept)
            call = Call(
                operation=operation,
                record=record,
                caller=caller,
                headers=message.headers,
                at=self.at,
                trace=self.trace,
            )
            self.request.operation = operation.name  # type: ignore[attr-defined]  # our own mark, for the request's log
            return envelope(face.contract, operation.response, face.answer(call), version=self.version)

    def _read(self, charset: str | None, caller: C) -> Document:
        limit_of = self.face.most_bytes_of
        most_bytes = self.face.most_bytes if limit_of is None else limit_of(caller)
        return read_stream(_pieces(self.request, most_bytes=most_bytes), most_bytes=most_bytes, encoding=charset)

    def _routed(self, message: Message) -> Operation:
        operation = self.face.contract.by_request.get(message.body.tag)
        if operation is None:
            text = f"there is no operation {message.body.local[:60]} in this namespace"
            raise self._faulted(Problem(code="unknown_operation", text=text, trace=self.trace))
        action = _action(self.request)
        if action and action != operation.soap_action:
            if self.face.checks_action:
                text = "the action does not match the body"
                raise self._faulted(Problem(code="action_mismatch", text=text, trace=self.trace))
            log.info("soap_action_ignored", face=self.face.name, operation=operation.name)
        return operation

    def _faulted(self, problem: Problem) -> Faulted:
        return Faulted(self.face.fault(problem), status=self.face.faults_with.get(problem.code))


def _problem(error: FormatError | SoapBroken | ContractBroken, trace: str) -> Problem:
    if isinstance(error, FormatError):
        text = f"the message cannot be read: {error.detail or error.code} (line {error.line or 1})"
        return Problem(code=error.code, text=text, trace=trace)
    if isinstance(error, SoapBroken):
        return Problem(code=error.code, text=error.detail, trace=trace)
    return Problem(code=error.code, text=str(error), path=error.path, trace=trace)


def _charset(request: HttpRequest) -> str | None:
    """Return what the transport says of the encoding; refuse what is no XML, or compressed."""
    media_type = (request.content_type or "").strip().lower()
    coding = request.META.get("HTTP_CONTENT_ENCODING", "").strip().lower()
    if media_type not in MEDIA_TYPES or coding not in {"", "identity"}:
        raise Refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Send XML, not compressed and without attachments.")
    charset = (request.content_params or {}).get("charset", "").strip("\"' ")
    if charset and not is_readable(charset):
        raise Refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Send UTF-8, UTF-16 or ISO-8859-1.")
    return charset or None


def _action(request: HttpRequest) -> str:
    """Return the action a caller names, without its quotes: header of SOAP 1.1, parameter of 1.2."""
    said = request.META.get("HTTP_SOAPACTION") or (request.content_params or {}).get("action", "")
    return said.strip().strip("\"'")


def _pieces(request: HttpRequest, *, most_bytes: int) -> Iterator[bytes]:
    """Yield the body as it arrives, no more than one piece above the limit, and give up on a slow one."""
    stream = request.META["wsgi.input"]
    left = _length(request, most_bytes)
    ends = time.monotonic() + SECONDS
    while left > 0:
        try:
            piece = stream.read(min(left, PIECE))
        except OSError:
            raise Refused(HTTPStatus.BAD_REQUEST, "The body ended early.") from None
        if not piece:
            return
        if time.monotonic() > ends:
            raise Refused(HTTPStatus.REQUEST_TIMEOUT, "The body took too long.")
        left -= len(piece)
        yield piece


def _length(request: HttpRequest, most_bytes: int) -> int:
    """Return how much to read: the length said, or for chunks everything up to the end, or one octet too many."""
    said = request.META.get("CONTENT_LENGTH") or ""
    if said.isdecimal():
        if int(said) > most_bytes:
            raise FormatError("too_large", detail=f"more than {most_bytes} bytes")
        return int(said)
    return most_bytes + 1 if request.META.get("HTTP_TRANSFER_ENCODING", "").lower() == "chunked" else 0


def _status(fault: Fault, version: SoapVersion) -> int:
    is_1_2_sender = version is SoapVersion.SOAP_1_2 and fault.is_sender
    return HTTPStatus.BAD_REQUEST if is_1_2_sender else HTTPStatus.INTERNAL_SERVER_ERROR


def _sent(written: Written, status: int, content_type: str, headers: dict[str, str]) -> HttpResponseBase:
    if written.is_large:
        return StreamingHttpResponse(written.pieces(), status=status, content_type=content_type, headers=headers)
    return HttpResponse(written.whole(), status=status, content_type=content_type, headers=headers)


def _plain(refused: Refused) -> HttpResponse:
    return HttpResponse(
        f"{refused.text}\n",
        status=refused.status,
        content_type="text/plain; charset=utf-8",
        headers=dict(refused.headers),
    )
