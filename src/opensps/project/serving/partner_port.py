"""The partner port: a server of its own for machines, which hands their client certificate to the application.

Source: `exchange.md` 3.6; `reliability.md` 3 for the limits. granian neither passes a client certificate on nor takes
an optional one. The DER octets are given as ``opensps.client_certificate`` in the WSGI environment, a name that no
header can have. Only the addresses of machines are served.
"""

import io
import threading
from collections import Counter, deque
from collections.abc import Callable
from pathlib import Path
from types import MappingProxyType
from typing import Any
from wsgiref.types import WSGIApplication

import structlog
from cheroot.server import HTTPConnection, HTTPRequest
from cheroot.wsgi import Gateway_10, Server
from OpenSSL import SSL

from opensps.project.serving.partner_http import HEAD_BYTES, PIECE, Body, Headers, TooLarge, read_chunks
from opensps.project.serving.partner_tls import Adapter, server_context

log = structlog.get_logger("opensps.partner_port")

CERTIFICATE_KEY = "opensps.client_certificate"
"""In the WSGI environment: DER octets; absent when the peer showed no certificate."""

BODIES = MappingProxyType(
    {
        "/hub": 150_000_000,
        "/nppo": 150_000_000,
        "/soap": 15_000_000,
        "/api": 26_000_000,
        "/oauth2": 100_000,
    }
)
"""First segment of an address served here -> octets of a request's body."""

THREADS = 32
"""Each has its own database connection."""

MOST_WAITING = 64
"""Connections of one address that wait while it has its share of the threads."""

STOP_SECONDS = 8
_BACKLOG = 128
_QUEUE_SECONDS = 0.5


class _Request(HTTPRequest):
    header_reader = Headers()


class _Connection(HTTPConnection):
    RequestHandlerClass = _Request
    place: str | None = None
    """Address against which its thread counts, while it has one."""

    def communicate(self) -> bool:
        """Answer one request within the limits of the socket."""
        self.socket.begin()
        return bool(super().communicate())  # type: ignore[no-untyped-call]  # cheroot's stub

    def close(self) -> None:
        """Close, and give the place of its address back."""
        super().close()
        self.server.left(self)


class _Gateway(Gateway_10):
    """Hands a request to the application, with its certificate; refuses what is not served here."""

    def get_environ(self) -> dict[str, Any]:  # type: ignore[override]  # cheroot's stub says None
        """Return the WSGI environment."""
        environ: dict[str, Any] = super().get_environ()  # type: ignore[no-untyped-call]  # cheroot's stub
        environ["wsgi.errors"] = io.StringIO()
        certificate = self.req.conn.socket.client_certificate
        if certificate is not None:
            environ[CERTIFICATE_KEY] = certificate
        return environ

    def respond(self) -> None:
        """Answer; whatever is left of the body afterwards ends the connection."""
        try:
            self._take_body()
        except TooLarge:
            self._refuse("413 Content Too Large", b"The body is too large.\n")
        except ValueError:
            self._refuse("400 Bad Request", b"The body is not well chunked.\n")
        except LookupError:
            self._refuse("404 Not Found", b"Nothing is served at this address of the partner port.\n")
        else:
            self._answer()

    def _answer(self) -> None:
        try:
            super().respond()
        finally:
            self.env["wsgi.input"].close()

    def _take_body(self) -> None:
        limit = BODIES["/" + self.env["PATH_INFO"].split("/")[1]]
        if self.req.chunked_read:
            body = read_chunks(self.req.conn.rfile, limit=limit)
            self.env["CONTENT_LENGTH"] = str(body.seek(0, io.SEEK_END))
            body.seek(0)
            self.env["wsgi.input"] = body
            return
        if self.req.rfile.remaining > limit:
            raise TooLarge
        self.env["wsgi.input"] = Body(self.req.rfile)

    def _refuse(self, status: str, text: bytes) -> None:
        self._leave_body()
        self.start_response(status, [("Content-Type", "text/plain"), ("Content-Length", str(len(text)))])
        self.write(text)

    def start_response(
        self, status: str, headers: list[tuple[str, str]], exc_info: Any = None
    ) -> Callable[[bytes], None]:
        """Note the head of an answer; a body that nobody read is not read for it."""
        if getattr(self.req.rfile, "remaining", 0) > PIECE:
            self._leave_body()
        write: Callable[[bytes], None] = super().start_response(status, headers, exc_info)
        return write

    def _leave_body(self) -> None:
        self.req.close_connection = True
        self.req.conn.socket.has_unread_body = True


class PartnerPort(Server):
    """Serves partners until `stop`."""

    ConnectionClass = _Connection
    max_request_header_size = HEAD_BYTES
    keep_alive_conn_limit = 100
    timeout = 15

    def __init__(
        self, address: tuple[str, int], application: WSGIApplication, *, tls: SSL.Context, threads: int = THREADS
    ) -> None:
        super().__init__(
            address,
            application,
            numthreads=threads,
            max=threads,
            server_name="OpenSPS",
            request_queue_size=_BACKLOG,
            shutdown_timeout=STOP_SECONDS,
            accepted_queue_size=_BACKLOG,
            accepted_queue_timeout=_QUEUE_SECONDS,  # type: ignore[arg-type]  # it is a time in seconds
        )
        self.gateway, self.ssl_adapter = _Gateway, Adapter(tls)
        self._most = max(1, threads // 2)
        self._lock, self._busy = threading.Lock(), Counter[str]()
        self._waiting: dict[str, deque[Any]] = {}

    def process_conn(self, conn: Any) -> None:
        """Give a connection to a thread; one address has at most half of them, and the rest of its calls wait."""
        address = conn.remote_addr or ""
        with self._lock:
            waiting = self._waiting.setdefault(address, deque())
            is_crowded = self._busy[address] >= self._most
            if is_crowded and len(waiting) < MOST_WAITING:
                waiting.append(conn)
                return
            if not is_crowded:
                self._busy[address] += 1
                conn.place = address
        if is_crowded:
            log.info("connection_refused", reason="too many of one address")
            conn.close()
        else:
            super().process_conn(conn)

    def put_conn(self, conn: Any) -> None:
        """Wait for the next request of a connection; one that cannot be waited for is closed and stops nobody."""
        self.left(conn)
        try:
            super().put_conn(conn)
        except (OSError, ValueError, KeyError):
            conn.close()

    def left(self, conn: Any) -> None:
        """Give the place of a connection back, once, and let the next one of its address have it."""
        address, conn.place = conn.place, None
        if address is None:
            return
        with self._lock:
            self._busy[address] -= 1
            waiting = self._waiting.get(address)
            following = waiting.popleft() if waiting else None
            if not waiting:
                self._waiting.pop(address, None)
            if self._busy[address] <= 0:
                del self._busy[address]
        if following is not None:
            self.process_conn(following)

    def error_log(self, msg: str = "", level: int = 20, traceback: bool = False) -> None:
        """Note that something went wrong in the server itself: its kind, neither address nor trace."""
        if traceback:
            log.warning("partner_port_trouble", level=level, kind=msg.partition("(")[0][:60])


def partner_port(
    address: tuple[str, int], application: WSGIApplication, *, certificate: Path, key: Path, threads: int = THREADS
) -> PartnerPort:
    """Return the server, not yet listening. Stops when certificate and key (PEM) do not fit."""
    return PartnerPort(address, application, tls=server_context(certificate, key), threads=threads)
