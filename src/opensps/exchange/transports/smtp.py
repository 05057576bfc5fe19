"""The mail channel: one envelope becomes one signed mail, handed to our relay or to the partner's own server.

Source: `exchange.md` 4. A 250 means sent, never received; what bounces and receipts say later is judged where mail is
received (`services.mail_reports`). Implements `Transport`; touches no database.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from opensps.exchange.mail.building import Built
from opensps.exchange.mail.errors import MailNotBuilt
from opensps.exchange.mail.signals import Effect, of_failure
from opensps.exchange.mail.tokens import return_path
from opensps.exchange.transports.http_address import Guard, Target, addresses, resolve
from opensps.exchange.transports.http_result import Reason
from opensps.exchange.transports.http_tls import TlsSettings
from opensps.exchange.transports.mail_account import MailAccount
from opensps.exchange.transports.mail_writing import mail_of, notice_of, receipt_of
from opensps.exchange.transports.smtp_conversation import (
    Ending,
    NotTaken,
    Post,
    Posting,
    Server,
    Taken,
    Unclear,
    hand_over,
)
from opensps.exchange.transports.transport import (
    Answer,
    Connection,
    Outbound,
    Refused,
    Seen,
    Sent,
    Uncertain,
    Unreachable,
)

DEFAULT_BYTES = 10 * 1024 * 1024
MOST_BYTES = 25 * 1024 * 1024
PINNED = "required+pinned"
HOURLY = timedelta(hours=1)


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpTransport:
    """Sends envelopes as mail under one account of ours."""

    account: MailAccount
    post: Post = hand_over
    clock: Callable[[], datetime] = _now
    guard: Guard | None = None
    """For partners' own servers, whose names stand in their records."""

    def send(self, outbound: Outbound) -> Answer:
        """Send one envelope; above the partner's limit say where to collect it, or leave it to a person."""
        server = self.server_of(outbound.connection)
        if not isinstance(server, Server):
            return server
        try:
            built = mail_of(outbound, self.account, at=self.clock())
            receipt = receipt_of(outbound, self.account, at=self.clock())
            first = self._hand(receipt, outbound, server, path="") if receipt is not None else None
            if isinstance(first, NotTaken):
                return _not_taken(first)
            if len(built.data) > most_bytes(outbound.connection):
                return self._too_large(outbound, server)
            ending = self._hand(built, outbound, server)
            if isinstance(ending, NotTaken) and ending.is_about_size:
                return self._too_large(outbound, server, ending)
        except MailNotBuilt as error:
            return Unreachable(f"the mail cannot be made: {error}", code=error.code, is_about_envelope=True)
        return _answer(ending, built)

    def ask(self, outbound: Outbound) -> Seen | Unreachable:  # noqa: ARG002  the protocol's signature
        """Mail cannot be asked; the same Message-ID again does no harm, for servers drop a repeat."""
        return Seen(is_known=False, is_final_answer=True)

    def _hand(self, built: Built, outbound: Outbound, server: Server, *, path: str | None = None) -> Ending:
        own = return_path(outbound.delivery_number, domain=self.account.domain, secret=self.account.secret)
        posting = Posting(
            data=built.data,
            return_path=own if path is None else path,
            recipient=outbound.connection.address,
            envelope_id=outbound.delivery_number,
        )
        return self.post(posting, server)

    def _too_large(self, outbound: Outbound, server: Server, ending: NotTaken | None = None) -> Answer:
        """Send the notice, where the partner can collect; else a person decides (`exchange.md` 4.8)."""
        if not is_notified(outbound.connection) or not self.account.collect_address or outbound.result is not None:
            return Refused(ending.text if ending else "larger than the partner takes by mail", code="size")
        built = notice_of(outbound, self.account, at=self.clock())
        return _answer(self._hand(built, outbound, server), built)

    def server_of(self, connection: Connection) -> Server | Unreachable:
        """Return where mail for a partner is handed over: their own server, or our relay."""
        direct = str(connection.options.get("server") or "")
        if direct:
            return _guarded(_direct(direct, connection), self.guard)
        relay = self.account.relay
        if relay is None:
            return Unreachable("no mail relay is set, and the partner's record names no server of theirs", code="relay")
        if connection.tls_policy == PINNED:
            return Unreachable("a pinned certificate needs the partner's own server in their record", pauses="pin")
        tls = TlsSettings(authorities_pem=relay.authorities_pem)
        return Server(
            host=relay.host,
            port=relay.port,
            is_implicit=relay.is_implicit,
            tls=tls,
            user=relay.user,
            password=relay.password,
        )


def most_bytes(connection: Connection) -> int:
    """Return how large a mail to a partner may be."""
    asked = connection.limits.get("bytes")
    return min(asked, MOST_BYTES) if isinstance(asked, int) and asked > 0 else DEFAULT_BYTES


def is_notified(connection: Connection) -> bool:
    """Whether a partner is told where to collect; by default those who have credentials for it."""
    asked = connection.options.get("oversize")
    if asked in {"notice", "hold"}:
        return bool(asked == "notice")
    return connection.credential("oauth_client", is_ours=False) is not None


def _direct(text: str, connection: Connection) -> Server | Unreachable:
    """Return the partner's own server, with what their record says about its certificate."""
    host, _colon, port = text.rpartition(":")
    if not host or not port.isdigit():
        return Unreachable(f"the server in the partner's record is not host:port: {text}", code="server")
    held = tuple(each for each in connection.credentials if each.use == "server_tls" and not each.is_ours)
    pinned = frozenset(each.fingerprint for each in held) if connection.tls_policy == PINNED else frozenset[str]()
    if connection.tls_policy == PINNED and not pinned:
        return Unreachable("no certificate of their server is pinned", pauses="pin")
    authorities = "\n".join(each.material for each in held if each.material).encode("utf-8")
    return Server(
        host=host.strip("[]"),
        port=int(port),
        is_implicit=port == "465",
        tls=TlsSettings(authorities_pem=b"" if pinned else authorities, pinned=pinned),
    )


def _guarded(server: Server | Unreachable, guard: Guard | None) -> Server | Unreachable:
    """Refuse a server inside our own or any other special network; its name is resolved once more when it is called,
    and then has to show a certificate for this name or the pinned one."""
    if guard is None or not isinstance(server, Server):
        return server
    found = addresses(Target(server.host, server.port, "/"), guard=guard, ask=resolve)
    if isinstance(found, tuple):
        return server
    pauses = "network" if found.reason is Reason.NETWORK else ""
    return Unreachable(found.text, code=str(found.reason), pauses=pauses)


def _answer(ending: Ending, built: Built) -> Answer:
    match ending:
        case Taken():
            return Sent(remote_number=built.message_id, text=ending.text, code="250", message_mic=built.mic)
        case Unclear():
            return Uncertain(ending.text)
    return _not_taken(ending)


def _not_taken(ending: NotTaken) -> Answer:
    code = str(ending.code or ending.phase)
    if ending.phase == "pin":
        return Unreachable(ending.text, code=code, pauses="pin")
    if ending.phase == "login" or not ending.is_for_good:
        is_about_envelope = ending.phase in {"recipient", "data"} and bool(ending.code)
        return Unreachable(ending.text, code=code, is_about_envelope=is_about_envelope)
    found = of_failure(ending.status if any(ending.status) else (5, 0, 0), ending.text)
    if found.effect is Effect.REJECTED:
        return Refused(ending.text, code=code)
    wait = None if found.pause else HOURLY
    return Unreachable(ending.text, retry_after=wait, code=code, pauses=str(found.pause), is_about_envelope=True)
