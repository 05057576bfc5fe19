"""The one client for calls over HTTPS to partners, hubs and webhooks: one call, one connection, one frozen result.

Source: `exchange.md` 2.2, 5.3, 8.2; `reliability.md` 3.2. Redirects are not followed, proxies and authorities of the
environment not looked at, names resolved once, answers read in pieces up to a limit. No exception of a library leaves.
Does not retry, does not know what is in a body, keeps no connection.
"""

import os
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from http.client import HTTPException, HTTPResponse, IncompleteRead
from typing import Final

from urllib3.connection import HTTPSConnection
from urllib3.exceptions import HTTPError, ReadTimeoutError
from urllib3.response import HTTPResponse as Response

from opensps.exchange.transports.http_address import Guard, Resolve, Target, addresses, read_url, resolve
from opensps.exchange.transports.http_result import Answer, Forbidden, Lost, NotReached, Reason, Request, Result
from opensps.exchange.transports.http_tls import TlsSettings, TlsSettingsFault, context_for, digest_of, is_pinned

_PIECE: Final = 65_536
_FIXED_HEADERS: Final = {"Accept-Encoding": "identity", "Connection": "close", "User-Agent": "OpenSPS"}
_TAKES_BODY: Final = frozenset({"POST", "PUT", "PATCH"})
_SUCCESS: Final = range(200, 300)
_CERT_HAS_EXPIRED: Final = 10
"""Code of OpenSSL for a certificate out of date."""

_REFUSED_US: Final = ("CERTIFICATE", "UNKNOWN_CA", "ACCESS_DENIED", "HANDSHAKE")
"""Parts of TLS alerts by which a server of TLS 1.3 refuses our certificate after the handshake looked complete."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long and how much, in seconds and octets."""

    connect: float = 10.0
    read: float = 60.0
    """Silence borne between two pieces."""

    total: float = 60.0
    """From the first packet to the last octet of the answer; resolving the name comes before."""

    answer: int = 1_000_000


@dataclass(frozen=True, slots=True)
class HttpClient:
    """Calls with one set of credentials and limits. Safe to share between threads."""

    tls: TlsSettings = TlsSettings()
    limits: Limits = Limits()
    guard: Guard | None = None
    """For destinations that others choose: webhooks, addresses entered by partners."""

    ask: Resolve = resolve

    def send(self, request: Request) -> Result:
        """Make one call and say what became of it."""
        target = read_url(request.url)
        if isinstance(target, Forbidden):
            return target
        if not all(_is_plain(text) for text in (request.method, *request.headers, *request.headers.values())):
            return Forbidden(Reason.ADDRESS, "a header field has a character it may not have")
        found = addresses(target, guard=self.guard, ask=self.ask)
        if not isinstance(found, tuple):
            return found
        try:
            call = _Call(request, target, context_for(self.tls), self.tls.pinned, self.limits)
        except TlsSettingsFault as exc:
            return NotReached(Reason.TLS, str(exc))
        return call.made(found)


class _Stop(Exception):
    """The call ends here, with this result."""

    def __init__(self, result: NotReached | Lost) -> None:
        self.result = result


class _WholeHead(HTTPResponse):
    """An answer whose head is checked; the library takes one that was cut off for whole."""

    def begin(self) -> None:
        super().begin()
        if self.msg.defects:
            raise HTTPException("the head of the answer is not whole")


class _Connection(HTTPSConnection):
    """A connection over a socket that is already there."""

    response_class = _WholeHead

    def __init__(self, target: Target, sock: ssl.SSLSocket, *, seconds: float) -> None:
        super().__init__(target.host, target.port, timeout=seconds)
        self.sock = sock


@dataclass(frozen=True, slots=True)
class _Call:
    request: Request
    target: Target
    context: ssl.SSLContext
    pinned: frozenset[str]
    limits: Limits

    def made(self, found: tuple[str, ...]) -> Result:
        try:
            plain = self._reached(found)
        except OSError as exc:
            return NotReached(Reason.TIME if isinstance(exc, TimeoutError) else Reason.CONNECT, "no connection")
        with plain, self._deadline(plain) as is_over:
            try:
                return self._spoken(plain)
            except _Stop as stop:
                return replace(stop.result, reason=Reason.TIME) if is_over.is_set() else stop.result
            except (OSError, HTTPException, HTTPError, ValueError) as exc:
                reason = Reason.TIME if is_over.is_set() else _reason(exc)
                return Lost(reason, "the connection failed before the whole answer was here")

    def _reached(self, found: tuple[str, ...]) -> socket.socket:
        """Connect to the first address that answers, within the time for connecting."""
        until = time.monotonic() + self.limits.connect
        last: OSError = TimeoutError()
        for address in found:
            left = until - time.monotonic()
            if left <= 0:
                break
            try:
                return socket.create_connection((address, self.target.port), timeout=left)
            except OSError as exc:
                last = exc
        raise last

    @contextmanager
    def _deadline(self, plain: socket.socket) -> Iterator[threading.Event]:
        """Cut the connection when its whole time is over, whatever it is waiting for."""
        is_over = threading.Event()
        descriptor = socket.socket(fileno=os.dup(plain.fileno()))

        def cut() -> None:
            is_over.set()
            with suppress(OSError):
                descriptor.shutdown(socket.SHUT_RDWR)

        timer = threading.Timer(self.limits.total, cut)
        timer.daemon = True
        timer.start()
        try:
            yield is_over
        finally:
            timer.cancel()
            timer.join()
            descriptor.close()

    def _spoken(self, plain: socket.socket) -> Answer:
        with self._secured(plain) as sock:
            server = sock.getpeercert(binary_form=True) or b""
            if not is_pinned(server, self.pinned):
                raise _Stop(NotReached(Reason.PIN, "the server's certificate is none of those agreed"))
            connection = _Connection(self.target, sock, seconds=self.limits.read)
            with closing(connection), closing(self._asked(connection)) as response:
                size, body = self._read(response)
                return Answer(response.status, _fields(response), body, size, digest_of(server))

    def _secured(self, plain: socket.socket) -> ssl.SSLSocket:
        """Return the connection under TLS; an end without farewell is an error, for it may be a cut."""
        try:
            return self.context.wrap_socket(plain, server_hostname=self.target.host, suppress_ragged_eofs=False)
        except OSError as exc:
            raise _Stop(NotReached(_unsecured(exc), _said(exc))) from exc

    def _asked(self, connection: _Connection) -> Response:
        request = self.request
        headers = {"Host": self.target.authority, **_FIXED_HEADERS, **request.headers}
        body = request.body if request.body or request.method in _TAKES_BODY else None
        try:
            connection.request(
                request.method, self.target.path, body, headers, preload_content=False, decode_content=False
            )
            response = connection.getresponse()
        except ssl.SSLError as exc:
            if any(part in (exc.reason or "") for part in _REFUSED_US):
                raise _Stop(NotReached(Reason.TLS, _said(exc))) from exc
            raise
        if response.headers.get("content-encoding", "identity").lower() != "identity":
            raise _Stop(Lost(Reason.PROTOCOL, "the answer is compressed"))
        return response

    def _read(self, response: Response) -> tuple[int, bytes]:
        into = self.request.into if response.status in _SUCCESS else None
        if into is None:
            body = b"".join(self._pieces(response))
            return len(body), body
        opened = os.open(into, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(opened, "wb") as file:
                return sum(file.write(piece) for piece in self._pieces(response)), b""
        except BaseException:
            into.unlink(missing_ok=True)
            raise

    def _pieces(self, response: Response) -> Iterator[bytes]:
        size = 0
        while piece := response.read(_PIECE, decode_content=False):
            size += len(piece)
            if size > self.limits.answer:
                raise _Stop(Lost(Reason.SIZE, "the answer is larger than the limit"))
            yield piece


def _fields(response: Response) -> Mapping[str, str]:
    return {name.lower(): ", ".join(response.headers.getlist(name)) for name in response.headers}


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isprintable()


def _reason(exc: Exception) -> Reason:
    if isinstance(exc, (TimeoutError, ReadTimeoutError)):
        return Reason.TIME
    return Reason.CUT if isinstance(exc, (OSError, HTTPError, IncompleteRead)) else Reason.PROTOCOL


def _unsecured(exc: OSError) -> Reason:
    if isinstance(exc, ssl.SSLCertVerificationError) and exc.verify_code == _CERT_HAS_EXPIRED:
        return Reason.EXPIRED
    return Reason.TLS if isinstance(exc, ssl.SSLError) else _reason(exc)


def _said(exc: OSError) -> str:
    said = exc.verify_message if isinstance(exc, ssl.SSLCertVerificationError) else getattr(exc, "reason", "")
    return f"TLS failed: {said}" if said else "TLS failed"
