"""TLS of the partner port: every client certificate is taken whose key the handshake proves; the register says whose.

Source: `exchange.md` 3.6. TLS 1.2 or newer, no renegotiation, no resumed sessions. Names, issuers and dates of a client
certificate mean nothing here: partners use self-signed ones, and are known by SHA-256. The handshake is made in the
thread of the connection, within the same limits as a request, so that a slow one stops nobody else.
"""

import contextlib
import errno
import select
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from cheroot.errors import FatalSSLAlert
from cheroot.makefile import StreamReader, StreamWriter
from OpenSSL import SSL, crypto

from opensps.project.exits import Exit, Stopped
from opensps.project.words import gettext_noop

SECONDS = 30.0
"""Reading a request may take as long, and writing its answer: a slow peer is never held longer than both."""

LEAST_RATE = 65_536
"""Octets a second: who is faster may take longer, for a national client may send 100 MB over a thin line."""

IDLE_SECONDS = 10.0
"""Without a single octet."""

DRAIN_SECONDS = 2.0
_PIECE = 65_536

Result = TypeVar("Result")


def server_context(certificate: Path, key: Path) -> SSL.Context:
    """Return the context of a server with this certificate chain and key (PEM). Stops when they do not fit."""
    context = SSL.Context(SSL.TLS_SERVER_METHOD)
    context.set_min_proto_version(SSL.TLS1_2_VERSION)
    context.set_options(SSL.OP_NO_RENEGOTIATION | SSL.OP_NO_TICKET | SSL.OP_NO_COMPRESSION)
    context.set_session_cache_mode(SSL.SESS_CACHE_OFF)
    context.set_session_id(b"opensps partner port")
    # The callback believes every chain. The handshake itself still proves that the client holds the key.
    context.set_verify(SSL.VERIFY_PEER, lambda *_: True)
    try:
        context.use_certificate_chain_file(str(certificate))
        context.use_privatekey_file(str(key))
        context.check_privatekey()
    except SSL.Error as exc:
        raise Stopped(
            Exit.USAGE, gettext_noop("%(certificate)s is no certificate with a key."), certificate=certificate
        ) from exc
    return context


@dataclass(slots=True)
class Pace:
    """How long we waited for a peer in one direction, and for how many octets; our own work does not count."""

    seconds: float = SECONDS
    octets: int = 0
    waited: float = 0.0

    @property
    def left(self) -> float:
        """Seconds it may still take; zero or less when it was too slow."""
        return max(self.seconds, self.octets / LEAST_RATE) - self.waited


class PartnerSocket:
    """One TLS connection, as cheroot wants a socket to be; waits by itself and within the limits."""

    def __init__(self, context: SSL.Context, sock: socket.socket) -> None:
        sock.setblocking(False)
        self._sock = sock
        self._tls = SSL.Connection(context, sock)
        self._tls.set_accept_state()
        self._is_open = False
        self._is_ended = False
        self._reading, self._writing = Pace(), Pace()
        self.has_unread_body = False
        self.client_certificate: bytes | None = None
        """DER of the certificate whose key the client has; None when it showed none."""

    def begin(self) -> None:
        """Start the time of a request."""
        self._reading, self._writing = Pace(), Pace()

    def recv_into(self, buffer: Any, nbytes: int = 0, flags: int = 0) -> int:
        """Read what is there, at least one octet; 0 at the end."""
        self._shake()
        try:
            got = self._done(lambda: self._tls.recv_into(buffer, nbytes or None, flags or None), self._reading)
        except EOFError:
            return 0
        self._reading.octets += got
        return got

    def send(self, data: Any, _flags: int = 0) -> int:
        """Write everything; cheroot copies what a shorter write leaves over."""
        if not self._is_open:
            raise ConnectionResetError(errno.ECONNRESET, "no handshake")
        view = memoryview(data)
        while view:
            piece = view[:_PIECE]
            try:
                sent = self._done(lambda: self._tls.send(piece), self._writing)  # noqa: B023  called at once
            except EOFError as exc:
                raise ConnectionResetError(errno.ECONNRESET, "closed") from exc
            self._writing.octets += sent
            view = view[sent:]
        return len(data)

    def pending(self) -> bool:
        """Return whether octets were decrypted that nobody has read yet."""
        return self._is_open and self._tls.pending() > 0

    def fileno(self) -> int:
        """Return the descriptor of the connection."""
        return self._sock.fileno()

    def settimeout(self, _seconds: float | None) -> None:
        """Ignore the server's one time limit: there are better ones here."""

    def gettimeout(self) -> float:
        """Return the longest wait for one octet, seconds."""
        return IDLE_SECONDS

    def _decref_socketios(self) -> None:
        """Do nothing: the connection is closed by `close`, not by the last file on it."""

    def shutdown(self, _how: int = socket.SHUT_RDWR) -> None:
        """End the connection from another thread: whoever waits in it gets an error."""
        self._is_ended = True
        with contextlib.suppress(OSError):
            self._sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Say good-bye and close; take a body that nobody reads for a moment, so that the peer sees the answer."""
        if self._is_open:
            with contextlib.suppress(OSError, SSL.Error):
                self._tls.shutdown()
        if self.has_unread_body:
            with contextlib.suppress(OSError):
                self._drain()
        self._sock.close()

    def _drain(self) -> None:
        self._sock.shutdown(socket.SHUT_WR)
        pace = Pace(DRAIN_SECONDS)
        while pace.left > 0:
            self._wait(select.POLLIN, pace)
            if not self._sock.recv(_PIECE):
                return

    def _shake(self) -> None:
        """Make the handshake, once."""
        if self._is_open:
            return
        try:
            self._done(self._tls.do_handshake, self._reading)
        except EOFError as exc:
            raise FatalSSLAlert from exc
        self._is_open = True
        shown = self._tls.get_peer_certificate()
        if shown is not None:
            self.client_certificate = crypto.dump_certificate(crypto.FILETYPE_ASN1, shown)

    def _done(self, call: Callable[[], Result], pace: Pace) -> Result:
        """Repeat a call until it need not wait. Raises EOFError, `TimeoutError` or what cheroot expects of TLS."""
        while True:
            try:
                return call()
            except SSL.WantReadError:
                self._wait(select.POLLIN, pace)
            except SSL.WantWriteError:
                self._wait(select.POLLOUT, pace)
            except (SSL.ZeroReturnError, SSL.SysCallError) as exc:
                raise EOFError from exc
            except SSL.Error as exc:
                raise FatalSSLAlert(*exc.args) from exc

    def _wait(self, event: int, pace: Pace) -> None:
        if self._is_ended:
            raise ConnectionResetError(errno.ECONNRESET, "the server stops")
        poller = select.poll()
        poller.register(self._sock, event)
        began = time.monotonic()
        is_ready = pace.left > 0 and poller.poll(min(IDLE_SECONDS, pace.left) * 1000)
        pace.waited += time.monotonic() - began
        if not is_ready:
            raise TimeoutError("timed out")


class _Reader(StreamReader):
    """Knows that TLS may hold octets back which no selector sees."""

    def __init__(self, sock: PartnerSocket, mode: str, bufsize: int) -> None:
        super().__init__(sock, mode, bufsize)
        self._socket = sock

    def has_data(self) -> bool:
        """Return whether there is something to read at once."""
        return bool(super().has_data()) or self._socket.pending()  # type: ignore[no-untyped-call]  # cheroot's stub


@dataclass(frozen=True, slots=True)
class Adapter:
    """What cheroot asks about TLS."""

    context: SSL.Context

    def bind(self, sock: socket.socket) -> socket.socket:
        """Leave the listening socket as it is."""
        return sock

    def wrap(self, sock: socket.socket) -> tuple[PartnerSocket, dict[str, str]]:
        """Return the connection; its handshake comes with the first read."""
        return PartnerSocket(self.context, sock), {"wsgi.url_scheme": "https", "HTTPS": "on"}

    def makefile(self, sock: PartnerSocket, mode: str = "r", bufsize: int = -1) -> Any:
        """Return the file to read from or write to."""
        return _Reader(sock, mode, bufsize) if "r" in mode else StreamWriter(sock, mode, bufsize)
