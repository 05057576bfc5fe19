"""A real HTTPS server on loopback that answers as a test tells it: whole, in pieces, slowly, too much, or never."""

import contextlib
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from opensps.project.serving import tls


@dataclass(frozen=True, slots=True)
class Received:
    """A request as it came."""

    method: str
    path: str
    headers: Mapping[str, str]
    """Names in lower case."""

    body: bytes
    client: bytes
    """DER of the client certificate, or empty."""


class Reset:
    """The connection ends at once and hard, as when a machine or a firewall drops it."""


Step = bytes | float | Reset
"""Octets to send, seconds to wait, or the end."""
Script = Callable[[Received], Iterable[Step]]
"""What is sent for a request; the connection is closed after the last step."""


def answer(body: bytes = b"", *, status: int = 200, headers: Mapping[str, str] | None = None) -> list[Step]:
    """Return a whole answer."""
    fields = {"Content-Length": str(len(body)), "Connection": "close", **(headers or {})}
    lines = [f"HTTP/1.1 {status} Said", *(f"{name}: {value}" for name, value in fields.items())]
    return ["\r\n".join([*lines, "", ""]).encode("latin-1") + body]


def server_files(directory: Path, *, names: tuple[str, ...] = tls.LOOPBACK, at: datetime | None = None) -> tls.TlsFiles:
    """Return certificate, key and authority of a server by these names, made at this time."""
    return tls.ensure(directory, names=names, at=at or datetime.now(UTC))


@dataclass(slots=True)
class HttpsServer:
    """Answers on 127.0.0.1 by a script; use it in a ``with``."""

    files: tls.TlsFiles
    script: Script
    client_authorities: bytes = b""
    """PEM of the certificates clients must show; empty: none is asked for."""

    handshake: bool = True
    """False: nothing is ever said on a connection, not even a greeting."""

    greeting: bytes = b""
    """Said instead of a TLS handshake: an alert."""

    received: list[Received] = field(default_factory=list)
    port: int = 0
    """The port it listens at, once entered."""

    _listening: socket.socket = field(init=False)
    _threads: list[threading.Thread] = field(default_factory=list)
    _open: list[socket.socket] = field(default_factory=list)

    def url(self, path: str = "/", *, host: str = "127.0.0.1") -> str:
        """Return an address of it."""
        return f"https://{host}:{self.port}{path}"

    def __enter__(self) -> Self:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self._run(self._accept)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for each in self._open:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(10)
        for each in self._open:
            each.close()

    def _run(self, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.files.certificate, self.files.key)
        if self.client_authorities:
            context.load_verify_locations(cadata=self.client_authorities.decode())
            context.verify_mode = ssl.CERT_REQUIRED
        return context

    def _accept(self) -> None:
        context = self._context()
        with contextlib.suppress(OSError):
            while True:
                plain, _ = self._listening.accept()
                self._open.append(plain)
                if self.handshake:
                    self._run(lambda plain=plain: self._serve(plain, context))  # type: ignore[misc]  # bound early

    def _serve(self, plain: socket.socket, context: ssl.SSLContext) -> None:
        if self.greeting:
            plain.recv(65_536)
            plain.sendall(self.greeting)
            plain.shutdown(socket.SHUT_WR)
            return
        with contextlib.suppress(OSError), context.wrap_socket(plain, server_side=True) as sock:
            self._open.append(sock)
            request = _read(sock)
            if request is None:
                return
            self.received.append(request)
            for step in self.script(request):
                if isinstance(step, bytes):
                    sock.sendall(step)
                elif isinstance(step, Reset):
                    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    socket.socket(fileno=sock.detach()).close()
                    return
                else:
                    time.sleep(step)


def _read(sock: ssl.SSLSocket) -> Received | None:
    """Return the request; None where the caller went away without a word."""
    with sock.makefile("rb") as stream:
        first = stream.readline().decode("latin-1")
        if not first:
            return None
        method, path, _ = first.split(" ", 2)
        headers: dict[str, str] = {}
        while line := stream.readline().decode("latin-1").strip():
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        body = stream.read(int(headers.get("content-length", "0")))
        return Received(method, path, headers, body, sock.getpeercert(binary_form=True) or b"")
