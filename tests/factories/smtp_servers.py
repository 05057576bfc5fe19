"""A real SMTP server on loopback that answers as a test tells it, and goes away when a test tells it to."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from opensps.project.serving.tls import TlsFiles

CLOSE = b""
"""Instead of a reply: the connection ends."""


@dataclass(slots=True)
class SmtpServer:
    """Takes mail on 127.0.0.1; use it in a ``with``."""

    files: TlsFiles
    offers: tuple[bytes, ...] = (b"STARTTLS", b"SIZE 20000000")
    replies: Mapping[bytes, bytes] = field(default_factory=dict)
    """Verb (``CONNECT``, ``MAIL``, ``DATA``, ``.`` ...) -> reply instead of the usual one, or `CLOSE`."""

    said: list[bytes] = field(default_factory=list)
    """Every command, its verb in capitals, those under TLS with a star before them."""

    mails: list[bytes] = field(default_factory=list)
    """What stood between 354 and the final dot, stuffing undone."""

    port: int = 0
    _listening: socket.socket = field(init=False)
    _threads: list[threading.Thread] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self._run(self._accept)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for thread in self._threads:
            thread.join(5)

    @property
    def address(self) -> str:
        """host:port, as a partner's record has it."""
        return f"127.0.0.1:{self.port}"

    def _run(self, work: object, *given: object) -> None:
        thread = threading.Thread(target=work, args=given, daemon=True)  # type: ignore[arg-type]  # a method of ours
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                met, _address = self._listening.accept()
            except OSError:
                return
            met.settimeout(10)
            self._run(self._talk, met)

    def _talk(self, met: socket.socket) -> None:
        with contextlib.suppress(OSError, EOFError):
            if self._reply(met, b"CONNECT", b"220 mx.xb.example ready"):
                self._commands(met)
        with contextlib.suppress(OSError):
            met.close()

    def _commands(self, met: socket.socket) -> None:
        reader = met.makefile("rb")
        secured = False
        while line := reader.readline():
            verb = line.split()[0].upper()
            self.said.append((b"*" if secured else b"") + verb + line.rstrip()[len(verb) :])
            if verb == b"STARTTLS" and b"STARTTLS" not in self.replies:
                met.sendall(b"220 go\r\n")
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.load_cert_chain(self.files.certificate, self.files.key)
                met = context.wrap_socket(met, server_side=True)
                reader, secured = met.makefile("rb"), True
                continue
            if verb == b"DATA" and b"DATA" not in self.replies:
                met.sendall(b"354 go on\r\n")
                self._take(reader)
                verb = b"."
            usual = self._hello(secured=secured) if verb == b"EHLO" else b"250 2.0.0 ok"
            if not self._reply(met, verb, usual) or verb == b"QUIT":
                met.close()
                return

    def _hello(self, *, secured: bool) -> bytes:
        offers = [each for each in self.offers if not (secured and each == b"STARTTLS")]
        lines = [b"mx.xb.example", *offers]
        return b"\r\n".join(b"250" + (b" " if each is lines[-1] else b"-") + each for each in lines)

    def _take(self, reader: object) -> None:
        lines: list[bytes] = []
        while (line := reader.readline()) != b".\r\n":  # type: ignore[attr-defined]  # a file of a socket
            if not line:
                raise EOFError
            lines.append(line[1:] if line.startswith(b".") else line)
        self.mails.append(b"".join(lines))

    def _reply(self, met: socket.socket, verb: bytes, usual: bytes) -> bool:
        said = self.replies.get(verb, usual)
        if said != CLOSE:
            met.sendall(said + b"\r\n")
        return said != CLOSE
