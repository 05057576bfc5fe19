"""The SMTP listener behind the authority's mail gateway: takes one mail for one address of ours, or says no at once.

Source: `exchange.md` 4.7, `reliability.md` 3.3. 250 is said after the raw mail is committed, 451 where it cannot be.
The conversation itself is aiosmtpd's; here is what it may not do: bare CR or LF, BDAT, commands sent ahead, AUTH, plain
text where TLS is set, more than one recipient, strangers' addresses, too many faults or connections. Reads no mail.
"""

import asyncio
import logging
import ssl
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from opensps.exchange.mail.structure import MAX_BYTES

IDLE_SECONDS = 60.0
DATA_SECONDS = 600.0
"""All of one mail; a peer that sends a byte a minute is not waited for."""

MOST_FAULTS = 10
MOST_CONNECTIONS = 50
WRITERS = 4

_LINE_END = b"\r\n"
_REFUSED = frozenset({"5", "4"})
_NOT_OURS = "550 5.1.1 Not an address of ours"
_ONE_ONLY = "452 4.5.3 One recipient for each mail"
_BARE_SAID = "554 5.6.0 Bare CR, bare LF and NUL are not taken"
_STORED, _NOT_STORED = "250 2.0.0 Kept", "451 4.3.0 Cannot be kept now, try again later"
_AHEAD = "554 5.5.1 Wait for the answer before the next command"
_NOT_OFFERED = "502 5.5.1 Not offered"
_TOO_MANY = "421 4.7.0 Too many faults"
_BUSY = b"421 4.3.2 Too many connections, try again later\r\n"

logging.getLogger("mail.log").setLevel(logging.CRITICAL)  # the library writes addresses and commands into its log


class CannotKeep(Exception):
    """A mail could not be stored; its sender keeps it."""


class _Misspoken(Exception):
    """A command that is not waited for or not ended as it must be; the words are the answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """One mail as the conversation gave it."""

    raw: bytes
    mail_from: str
    """ "" for the null sender."""

    rcpt_to: str
    """Lower case."""

    peer: str
    is_tls: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MailDoor:
    """Who is let in, and where mail goes."""

    hostname: str
    is_ours: Callable[[str], bool]
    """Whether an address, lower case, is one of ours."""

    keep: Callable[[Incoming], None]
    """Makes a mail durable before it returns; raises `CannotKeep`. Called in a thread of its own."""

    tls: ssl.SSLContext | None = None
    """``None`` only on the loopback interface."""

    idle_seconds: float = IDLE_SECONDS
    open_now: set[object] = field(default_factory=set)
    writers: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(WRITERS, "mail"))

    def __call__(self) -> asyncio.BaseProtocol:
        """Return what speaks with one more peer."""
        return _Conversation(self) if len(self.open_now) < MOST_CONNECTIONS else _Busy()


class _Busy(asyncio.Protocol):
    """Says that there are too many, and leaves."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.WriteTransport):
            transport.write(_BUSY)
        transport.close()


class _Reader:
    """Reads commands that are ended by CRLF and waited for; lines of a mail it lets through as they are."""

    def __init__(self, inner: asyncio.StreamReader, conversation: "_Conversation") -> None:
        object.__setattr__(self, "_inner", inner)
        object.__setattr__(self, "_conversation", conversation)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def __setattr__(self, name: str, value: object) -> None:
        setattr(self._inner, name, value)

    async def readuntil(self, separator: bytes = b"\n") -> bytes:
        """Return one line; raise `_Misspoken` for a command that ends or comes otherwise."""
        line: bytes = await self._inner.readuntil(separator)
        if separator == _LINE_END:
            self._conversation.line_of_mail()
            return line
        self._conversation.command_comes()
        if not line.endswith(_LINE_END) or b"\r" in line[:-2]:
            raise _Misspoken(_BARE_SAID)
        if self._inner._buffer:  # aiosmtpd looks there too: nothing public says what lies waiting
            raise _Misspoken(_AHEAD)
        return line


class _Conversation(SMTP):
    """One peer; everything it may not do ends in a reply, nothing in a traceback."""

    def __init__(self, door: MailDoor) -> None:
        super().__init__(
            _Handler(door),
            data_size_limit=MAX_BYTES,
            hostname=door.hostname,
            ident="SPS exchange",
            tls_context=door.tls,
            require_starttls=door.tls is not None,
            timeout=door.idle_seconds,
            auth_exclude_mechanism=("LOGIN", "PLAIN"),
            command_call_limit={"*": 100, "AUTH": 2},
            loop=asyncio.get_running_loop(),
        )
        self.door = door
        self.faults = 0
        self.began_at: float | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Count the peer."""
        self.door.open_now.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        """Count it off."""
        self.door.open_now.discard(self)
        super().connection_lost(error)

    def _cb_client_connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = _Reader(reader, self), writer  # type: ignore[assignment]  # stands in for it

    def command_comes(self) -> None:
        """A command ends a mail."""
        self.began_at = None

    def line_of_mail(self) -> None:
        """A line of a mail came: the peer is not idle, but no mail takes for ever."""
        now = self.loop.time()
        self.began_at = self.began_at or now
        left = self.began_at + DATA_SECONDS - now
        self._reset_timeout(min(self.door.idle_seconds, max(left, 0.01)))

    async def push(self, status: Any) -> None:
        """Answer; after too many refusals the conversation ends."""
        await super().push(status)
        said = status if isinstance(status, str) else bytes(status).decode("ascii", "replace")
        self.faults += said[:1] in _REFUSED
        if self.faults >= MOST_FAULTS and self.transport is not None:
            await super().push(_TOO_MANY)
            self.transport.close()

    async def handle_exception(self, error: Exception) -> str:
        """Return the answer to what went wrong."""
        if isinstance(error, _Misspoken):
            self.faults = MOST_FAULTS
            return str(error)
        return "451 4.3.0 Not possible now"

    async def smtp_EHLO(self, hostname: str) -> None:  # noqa: N802  the library's name
        """Greet; a size limit of the library that grows with every greeting is put back."""
        self.command_size_limits.clear()
        await super().smtp_EHLO(hostname)

    async def smtp_BDAT(self, _arg: str) -> None:  # noqa: N802  the library's name
        """Refuse chunks, and whatever follows: it is no command."""
        self.faults = MOST_FAULTS
        await self.push("500 5.5.1 BDAT is not offered")

    async def smtp_AUTH(self, _arg: str) -> None:  # noqa: N802  the library's name
        """Nobody signs in here."""
        await self.push(_NOT_OFFERED)

    async def smtp_VRFY(self, _arg: str) -> None:  # noqa: N802  the library's name
        """Nobody learns which addresses there are."""
        await self.push(_NOT_OFFERED)


class _Handler:
    """What the library asks about one mail."""

    def __init__(self, door: MailDoor) -> None:
        self.door = door

    async def handle_EHLO(  # noqa: N802  the library's name
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """Offer what there is."""
        session.host_name = hostname
        return [each for each in responses if not each.startswith("250-AUTH")]

    async def handle_RCPT(  # noqa: N802  the library's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take one address of ours."""
        if not self.door.is_ours(address.lower()):
            return _NOT_OURS
        if envelope.rcpt_tos:
            return _ONE_ONLY
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ours"

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  as above
        """Keep the mail, then say so."""
        raw = bytes(envelope.original_content or b"")
        if _is_bare(raw):
            return _BARE_SAID
        sender = envelope.mail_from or ""
        mail = Incoming(
            raw=raw,
            mail_from="" if sender == "<>" else sender,
            rcpt_to=envelope.rcpt_tos[0].lower(),
            peer=str((session.peer or ("",))[0]),
            is_tls=session.ssl is not None,
        )
        try:
            await asyncio.get_running_loop().run_in_executor(self.door.writers, self.door.keep, mail)
        except CannotKeep:
            return _NOT_STORED
        return _STORED


def _is_bare(raw: bytes) -> bool:
    """Return whether a mail holds a CR or LF without the other, or a NUL."""
    ends = raw.count(_LINE_END)
    return b"\0" in raw or raw.count(b"\r") != ends or raw.count(b"\n") != ends


async def serve_until(stop: asyncio.Event, door: MailDoor, *, host: str, port: int) -> None:
    """Listen until told to stop; mails being written are written to their end."""
    server = await asyncio.get_running_loop().create_server(door, host, port)
    try:
        await stop.wait()
    finally:
        server.close()
        door.writers.shutdown(wait=True)
