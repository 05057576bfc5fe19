"""One SMTP conversation that hands over one mail, and how it ended (`exchange.md` 4.4): never in the clear.

    before the final dot     nothing can have arrived: `NotTaken`
    an answer to it          `Taken`, or `NotTaken`
    no answer to it          `Unclear`

TLS comes first or nothing does: a server that offers none, shows another name or another certificate than the pinned
one gets no address of anybody. DSN parameters are sent where DSN is offered, for an unknown one is refused.
"""

import re
import smtplib
import ssl
from dataclasses import dataclass, field, replace
from typing import Protocol

from opensps.exchange.transports.http_tls import TlsSettings, TlsSettingsFault, context_for, is_pinned

CONNECT_SECONDS, COMMAND_SECONDS, DATA_SECONDS = 30.0, 60.0, 600.0
TRIAL_SECONDS = 10.0
"""Somebody waits before a page."""

_STATUS = re.compile(r"([245])\.(\d{1,3})\.(\d{1,3})(?=\s|$)")
_MAX_TEXT = 500
_READY, _ACCEPTED, _GO_ON, _TOO_LARGE = 220, 250, 354, 552
_SIZE_STATUS = (5, 3, 4)
_FOR_GOOD = 5
"""First digit of a reply that will not change."""

_ABOUT_MAIL = frozenset({"sender", "recipient", "data", "size"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Where to, and how it proves to be it."""

    host: str
    port: int = 25
    is_implicit: bool = False
    tls: TlsSettings = field(default_factory=TlsSettings)
    user: str = ""
    password: str = field(default="", repr=False)
    patience: float = CONNECT_SECONDS
    """Seconds for connecting and for the first command."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """One mail on its way to one address."""

    data: bytes
    """CRLF, as signed; sent as these bytes."""

    return_path: str
    recipient: str
    envelope_id: str
    """ENVID of a DSN: the delivery number."""


@dataclass(frozen=True, slots=True)
class Taken:
    """250 after the final dot."""

    text: str


@dataclass(frozen=True, slots=True)
class NotTaken:
    """Not accepted; nothing arrived."""

    phase: str
    """connect, tls, login, sender, recipient, data or size."""

    text: str
    code: int = 0
    """SMTP reply code, 0 where there was none."""

    status: tuple[int, int, int] = (0, 0, 0)
    """Enhanced status of RFC 3463, zeros where the reply has none."""

    @property
    def is_for_good(self) -> bool:
        """Whether the same mail would be refused again; before the mail is spoken of nothing is said about it."""
        return self.phase in _ABOUT_MAIL and (self.phase == "size" or self.code // 100 == _FOR_GOOD)

    @property
    def is_about_size(self) -> bool:
        """Whether a smaller mail would do."""
        return self.phase == "size" or self.status == _SIZE_STATUS or (self.code == _TOO_LARGE and not any(self.status))


@dataclass(frozen=True, slots=True)
class Unclear:
    """The connection ended after the final dot: it may have arrived."""

    text: str


Ending = Taken | NotTaken | Unclear


class Post(Protocol):
    """Hands over one mail."""

    def __call__(self, posting: Posting, server: Server) -> Ending:
        """Return how it ended; never raises."""


class _Stopped(Exception):
    """The conversation ends before the mail was handed over."""

    def __init__(self, ending: NotTaken) -> None:
        super().__init__(ending.phase)
        self.ending = ending


_FAILURES = (smtplib.SMTPException, OSError, UnicodeError, ValueError)


def hand_over(posting: Posting, server: Server) -> Ending:
    """Hand one mail to a server and return how it ended."""
    try:
        held = _connected(server)
    except _Stopped as stopped:
        return stopped.ending
    try:
        _login(held, server)
        _envelope(held, posting)
        return _data(held, posting)
    except _Stopped as stopped:
        return stopped.ending
    except _FAILURES as error:
        return NotTaken("connect", _words(error))
    finally:
        _leave(held)


def would_take(recipient: str, server: Server, *, sender: str) -> Taken | NotTaken:
    """Ask a server whether it takes mail for an address, and leave without sending any."""
    try:
        held = _connected(replace(server, patience=TRIAL_SECONDS))
        _timeout(held, TRIAL_SECONDS)
    except _Stopped as stopped:
        return stopped.ending
    try:
        _login(held, server)
        _expect("sender", held.mail(sender))
        answer = held.rcpt(recipient)
        _expect("recipient", answer)
        return Taken(_shown(answer[1]))
    except _Stopped as stopped:
        return stopped.ending
    except _FAILURES as error:
        return NotTaken("connect", _words(error))
    finally:
        _leave(held)


def _connected(server: Server) -> smtplib.SMTP:
    """Return a connection under TLS whose other end is who it should be."""
    held: smtplib.SMTP | None = None
    phase = "tls" if server.is_implicit else "connect"
    try:
        context = context_for(server.tls)
        context.set_alpn_protocols([])
        if server.is_implicit:
            held = smtplib.SMTP_SSL(server.host, server.port, timeout=server.patience, context=context)
        else:
            held = smtplib.SMTP(server.host, server.port, timeout=server.patience)
            phase = "tls"
            _timeout(held, min(COMMAND_SECONDS, 2 * server.patience))
            _start_tls(held, context)
        _check_pin(held, server)
        _timeout(held, min(COMMAND_SECONDS, 2 * server.patience))
        held.ehlo_or_helo_if_needed()
    except _Stopped:
        _leave(held)
        raise
    except (TlsSettingsFault, *_FAILURES) as error:
        _leave(held)
        raise _Stopped(NotTaken(phase, _words(error), *_answer(error))) from None
    return held


def _start_tls(held: smtplib.SMTP, context: ssl.SSLContext) -> None:
    held.ehlo_or_helo_if_needed()
    if not held.has_extn("starttls"):
        raise _Stopped(NotTaken("tls", "the server offers no STARTTLS"))
    code, text = held.starttls(context=context)
    if code != _READY:
        raise _Stopped(_not_taken("tls", code, text))


def _check_pin(held: smtplib.SMTP, server: Server) -> None:
    if not isinstance(held.sock, ssl.SSLSocket) or not is_pinned(
        held.sock.getpeercert(binary_form=True) or b"", server.tls.pinned
    ):
        raise _Stopped(NotTaken("pin", "the server shows another certificate than the pinned one"))


def _login(held: smtplib.SMTP, server: Server) -> None:
    if not server.user:
        return
    try:
        held.login(server.user, server.password)
    except smtplib.SMTPException as error:
        raise _Stopped(NotTaken("login", _words(error))) from None


def _envelope(held: smtplib.SMTP, posting: Posting) -> None:
    options, wishes = [], []
    if held.has_extn("size"):
        _check_size(held.esmtp_features["size"], len(posting.data))
        options.append(f"SIZE={len(posting.data)}")
    if held.has_extn("dsn"):
        options += ["RET=HDRS", f"ENVID={posting.envelope_id}"]
        wishes += ["NOTIFY=SUCCESS,FAILURE,DELAY", f"ORCPT=rfc822;{posting.recipient}"]
    _expect("sender", held.mail(posting.return_path, options))
    _expect("recipient", held.rcpt(posting.recipient, wishes))


def _check_size(offered: str, size: int) -> None:
    if offered.isdigit() and 0 < int(offered) < size:
        raise _Stopped(NotTaken("size", f"the server takes {offered} bytes"))


def _data(held: smtplib.SMTP, posting: Posting) -> Ending:
    held.putcmd("data")
    code, text = held.getreply()
    if code != _GO_ON:
        return _not_taken("data", code, text)
    stuffed = posting.data.replace(b"\r\n.", b"\r\n..")
    held.send((b"." if stuffed.startswith(b".") else b"") + stuffed)
    try:
        _timeout(held, DATA_SECONDS)
        held.send(b".\r\n" if stuffed.endswith(b"\r\n") else b"\r\n.\r\n")
        code, text = held.getreply()
    except _FAILURES as error:
        return Unclear(_words(error))
    return Taken(_shown(text)) if code == _ACCEPTED else _not_taken("data", code, text)


def _expect(phase: str, answer: tuple[int, bytes]) -> None:
    if answer[0] // 10 != _ACCEPTED // 10:
        raise _Stopped(_not_taken(phase, *answer))


def _not_taken(phase: str, code: int, text: bytes) -> NotTaken:
    shown = _shown(text)
    status = _STATUS.match(shown)
    return NotTaken(
        phase, f"{code} {shown}", code, (int(status[1]), int(status[2]), int(status[3])) if status else (0, 0, 0)
    )


def _answer(error: Exception) -> tuple[int]:
    """Return the reply code a server gave instead of a greeting, 0 where there was none."""
    return (error.smtp_code if isinstance(error, smtplib.SMTPResponseException) else 0,)


def _words(error: Exception) -> str:
    """Return what an error says, short: the words of the library or of the other side."""
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        return f"{error.smtp_code} {_shown(said if isinstance(said, bytes) else str(said).encode())}"
    return f"{type(error).__name__}: {error}"[:_MAX_TEXT]


def _shown(text: bytes) -> str:
    decoded = text.decode("utf-8", "replace")
    return "".join(sign if sign.isprintable() else " " for sign in decoded)[:_MAX_TEXT]


def _timeout(held: smtplib.SMTP, seconds: float) -> None:
    if held.sock is not None:
        held.sock.settimeout(seconds)


def _leave(held: smtplib.SMTP | None) -> None:
    """Say goodbye without waiting long for an answer."""
    if held is None:
        return
    try:
        _timeout(held, 2.0)
        held.quit()
    except _FAILURES:
        held.close()
