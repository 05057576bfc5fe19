"""Exchange at work in a worker: deliveries, what arrived, rounds at hubs, clocks; wired to the settings.

Source: `exchange.md` 2.2 and 8. Deliveries, hubs, webhooks and inquiries have a thread each beside the worker's own
loop, so that a slow witness, hub or partner never holds back a certificate that another partner waits for.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial

import structlog
from django.conf import settings
from django.db import DatabaseError, connection

from opensps.events.services import worker_run_once
from opensps.exchange.consumer import EXCHANGE_CONSUMER
from opensps.exchange.errors import where
from opensps.exchange.queries.connections import connection_with_keys
from opensps.exchange.services import Deliverer, clocks_run, contents_purge, deliver_due, envelope_outcome
from opensps.exchange.services.hub_cycle import Ways, hub_cycles_run
from opensps.exchange.services.key_ends import keys_end
from opensps.exchange.services.key_warnings import keys_warn
from opensps.exchange.services.limits import calls_purge
from opensps.exchange.services.messages import messages_process_due, messages_purge
from opensps.exchange.services.webhook_delivery import WebhookDeliverer
from opensps.exchange.transports import Channel, Transport
from opensps.exchange.transports.folder import FolderTransport
from opensps.exchange.transports.http_address import Guard
from opensps.exchange.transports.http_tls import TlsSettings
from opensps.exchange.transports.hub import HubTransport, client_of
from opensps.exchange.transports.rest import RestTransport
from opensps.exchange.transports.scripted import TransportsByChannel
from opensps.exchange.transports.smtp import SmtpTransport
from opensps.exchange.transports.webhook import WebhookTransport
from opensps.project.golden_talks import GoldenTalks
from opensps.project.inquiry_asking import PartnersAsked, partners_ask
from opensps.project.log_installation import own_proof
from opensps.project.mail import mail_account
from opensps.project.trying import partner_guard
from opensps.web.documents import paper_of
from opensps.web.html.protection import secret_box
from opensps.web.html.receiving import receiving_terms

log = structlog.get_logger("opensps.exchange")

IDLE_SECONDS = 0.5
BUSY_SECONDS = 0.02
HUBS_EVERY_SECONDS = 5.0
LONGEST_PAUSE_SECONDS = 30.0
CLOCKS_EVERY = timedelta(minutes=1)
PURGE_EVERY = timedelta(hours=1)
_OURS = frozenset({EXCHANGE_CONSUMER.name})


class OwnPapers:
    """Proof and PDF of our certificates, for channels that carry them."""

    def proof(self, number: str) -> bytes | None:
        """Return the proof bundle, ``None`` while the log has none."""
        return own_proof(number)

    def pdf(self, number: str) -> bytes | None:
        """Return the signed PDF, ``None`` where it cannot be made."""
        return paper_of(number, at=datetime.now(UTC))


def own_transports() -> TransportsByChannel:
    """Return the transports of this installation. The partner that is a folder takes part in demos and courses only."""
    guard = partner_guard()
    hub = HubTransport(client=partial(client_of, guard=guard))
    pairs: list[tuple[str, Transport]] = [(Channel.HUB, hub), (Channel.REST, RestTransport(guard=guard))]
    if settings.OPENSPS_MAIL_ADDRESS:
        pairs.append((Channel.SMTP, SmtpTransport(account=mail_account(), guard=guard)))
    if settings.OPENSPS_DEMO:
        pairs.append((Channel.TEST, FolderTransport()))
    return TransportsByChannel.of_pairs(pairs)


def own_webhooks() -> WebhookDeliverer:
    """Return what tells endpoints, on the real clock; a demo believes its own authority and tells this machine too."""
    tls = TlsSettings()
    if settings.OPENSPS_DEMO and settings.OPENSPS_DEMO_CA_FILE is not None:
        tls = TlsSettings(authorities_pem=settings.OPENSPS_DEMO_CA_FILE.read_bytes())
    transport = WebhookTransport(Guard(frozenset(settings.OPENSPS_WEBHOOK_HOSTS)), tls)
    return WebhookDeliverer(settings.OPENSPS_AUTHORITY, transport, lambda: datetime.now(UTC), secret_box())


def own_deliverer() -> Deliverer:
    """Return a deliverer of this installation, on the real clock."""
    return Deliverer(
        settings.OPENSPS_AUTHORITY,
        own_transports(),
        lambda: datetime.now(UTC),
        secret_box(),
        OwnPapers(),
    )


@dataclass(slots=True)
class Exchanging:
    """The exchange of one worker: its threads, started and stopped together."""

    stop: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)
    _deliverer: Deliverer | None = None

    def start(self) -> None:
        """Begin to deliver and to go round the hubs."""
        self._deliverer = own_deliverer()
        threads = (
            ("deliveries", self._deliveries), ("hubs", self._hubs), ("webhooks", self._webhooks),
            ("inquiries", self._inquiries),
        )  # fmt: skip
        for name, work in threads:
            thread = threading.Thread(target=self._kept_going, args=(work,), name=name, daemon=True)
            thread.start()
            self._threads.append(thread)

    def end(self, *, seconds: float = 10.0) -> None:
        """Start nothing more and wait for what is under way; what does not end comes back by its lease."""
        self.stop.set()
        if self._deliverer is not None:
            self._deliverer.wake()
        for thread in self._threads:
            thread.join(seconds)

    def _kept_going(self, work: Callable[[], None]) -> None:
        """Do one kind of work until stopped; a database that went away is waited for, longer and longer."""
        pause = IDLE_SECONDS
        while not self.stop.is_set():
            try:
                work()
                pause = IDLE_SECONDS
            except DatabaseError as error:
                log.warning("exchange_database_lost", kind=type(error).__name__)
                connection.close()
                pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
                self.stop.wait(pause)
            except Exception as error:  # noqa: BLE001  the thread's outer loop: logged by kind and place, and begun again
                log.error("exchange_failed", kind=type(error).__name__, where=where(error))  # noqa: TRY400  a traceback may print what was sent
                self.stop.wait(pause)
        self._close()

    def _close(self) -> None:
        if threading.current_thread().name == "deliveries" and self._deliverer is not None:
            self._deliverer.close()
        connection.close()

    def _deliveries(self) -> None:
        """Follow events into the outbox, deliver, judge what arrived; until stopped."""
        deliverer, clocks, talks = self._deliverer, _Clocks(), GoldenTalks()
        while deliverer is not None and not self.stop.is_set():
            now = datetime.now(UTC)
            clocks.run(now)
            talks.step(now)
            followed = worker_run_once(at=now, only=_OURS)
            judged = messages_process_due(authority=deliverer.authority, terms=receiving_terms(), at=now)
            report = deliverer.step()
            is_idle = followed.is_idle and report.is_idle and not judged
            deliverer.wait(IDLE_SECONDS if is_idle else BUSY_SECONDS)

    def _hubs(self) -> None:
        """Go round the hubs whose round is due; until stopped."""
        while not self.stop.is_set():
            hubs_visit(datetime.now(UTC))
            self.stop.wait(HUBS_EVERY_SECONDS)

    def _inquiries(self) -> None:
        """Ask partners after our inquiries, some each minute; until stopped."""
        asked = PartnersAsked(settings.OPENSPS_AUTHORITY)
        while not self.stop.is_set():
            asked.run(datetime.now(UTC))
            self.stop.wait(CLOCKS_EVERY.total_seconds())

    def _webhooks(self) -> None:
        """Tell endpoints what waits for them; until stopped."""
        deliverer = own_webhooks()
        while not self.stop.is_set():
            self.stop.wait(BUSY_SECONDS if deliverer.step() else IDLE_SECONDS)


@dataclass(slots=True)
class _Clocks:
    """Remembers when the clocks were looked at last."""

    done_at: datetime | None = None
    purged_at: datetime | None = None

    def run(self, at: datetime) -> None:
        """Do what is due."""
        authority = settings.OPENSPS_AUTHORITY
        if self.done_at is None or at >= self.done_at + CLOCKS_EVERY:
            self.done_at = at
            clocks_run(authority=authority, at=at)
            keys_warn(authority=authority, at=at)
            keys_end(authority=authority, at=at)
        if self.purged_at is None or at >= self.purged_at + PURGE_EVERY:
            self.purged_at = at
            for purge in (contents_purge, messages_purge, calls_purge):
                purge(authority=authority, at=at)


def hubs_visit(at: datetime) -> int:
    """Do the rounds at hubs that are due; return how many."""
    box = secret_box()
    ways = Ways(
        client=lambda row: client_of(connection_with_keys(row, box=box), guard=partner_guard()),
        terms=receiving_terms(),
        outcome=envelope_outcome,
    )
    return hub_cycles_run(authority=settings.OPENSPS_AUTHORITY, ways=ways, at=at)


def exchange_once(at: datetime) -> None:
    """Do once what is due: clocks, what arrived, deliveries, hubs. For ``opensps worker --once``."""
    authority = settings.OPENSPS_AUTHORITY
    _Clocks().run(at)
    GoldenTalks().step(at)
    messages_process_due(authority=authority, terms=receiving_terms(), at=at)
    deliver_due(
        authority=authority,
        transports=own_transports(),
        clock=lambda: datetime.now(UTC),
        box=secret_box(),
        papers=OwnPapers(),
    )
    hubs_visit(at)
    partners_ask(authority=authority, at=at)
    own_webhooks().step()
