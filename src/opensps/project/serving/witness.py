"""The HTTP face of a witness: two addresses, small bodies, short waits, TLS where a certificate is given.

Source: `trust.md` 6.10 (C2SP tlog-witness). ``POST /add-checkpoint`` and ``GET /<hex SHA-256(origin)>/checkpoint``.
Standard library only, so that it starts at once and anybody can read all of it. Put it behind a proxy, or give it a
certificate.
"""

import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import structlog

from opensps.project.witness_state import Answer, WitnessState
from opensps.transparency.witness import BAD, MAX_BODY, UNKNOWN

log = structlog.get_logger("opensps.witness")

SECONDS = 10
"""Nobody may keep a connection busy longer without a word."""

AT_ONCE = 64
"""Connections; more wait."""

ADD = "/add-checkpoint"


class WitnessServer(ThreadingHTTPServer):
    """Serves one witness."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], state: WitnessState, *, tls: ssl.SSLContext | None = None) -> None:
        self.state, self.tls = state, tls
        self._free = threading.BoundedSemaphore(AT_ONCE)
        super().__init__(address, Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Start a thread for a connection, once one is free."""
        self._free.acquire()
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Speak TLS in the thread of the connection: a slow handshake stops nobody else."""
        try:
            request.settimeout(SECONDS)
            if self.tls is not None:
                request = self.tls.wrap_socket(request, server_side=True)
        except OSError:
            self.shutdown_request(request)
        else:
            super().process_request_thread(request, client_address)
        finally:
            self._free.release()

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002 the signature of socketserver
        """Note that a connection broke; no address, no trace."""
        log.info("connection_broke")


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    server: WitnessServer
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "witness", ""
    timeout = SECONDS

    def do_POST(self) -> None:
        """Answer ``add-checkpoint``."""
        length = self.headers.get("Content-Length", "")
        if self.path != ADD or not length.isascii() or not length.isdigit() or int(length) > MAX_BODY:
            self.close_connection = True
            self._answer(Answer(UNKNOWN if self.path != ADD else BAD, b"not read\n"))
            return
        answer = self.server.state.add_checkpoint(self.rfile.read(int(length)), at=int(time.time()))
        log.info("checkpoint_answered", status=answer.status)
        self._answer(answer)

    def do_GET(self) -> None:
        """Answer a monitor."""
        self._answer(self.server.state.checkpoint(self.path.removeprefix("/")))

    def _answer(self, answer: Answer) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.type)
        self.send_header("Content-Length", str(len(answer.body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 the signature of http.server
        """Write nothing: what matters is logged by its outcome."""


def tls_context(certificate: Path, key: Path) -> ssl.SSLContext:
    """Return the context of a server with this certificate (PEM)."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificate, key)
    return context
