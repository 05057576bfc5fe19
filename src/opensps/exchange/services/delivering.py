"""The outbox at work: check, offer, lease, send outside any transaction, write down what came of it.

Source: `exchange.md` 8.2, `reliability.md` 2.3. `Deliverer` keeps several envelopes on their way at once, so that a
partner who does not answer slows no other; only its own thread touches the database, transports run beside it.
"""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from django.db import DatabaseError

from opensps.exchange.errors import WrongTransport
from opensps.exchange.secrets import SecretBox
from opensps.exchange.services.checking import envelopes_check
from opensps.exchange.services.leasing import Lease, leases_end, leases_take
from opensps.exchange.services.offering import envelopes_offer
from opensps.exchange.services.outbounds import Papers, outbounds
from opensps.exchange.services.outcomes import attempt_finish, lease_give_back, question_failed
from opensps.exchange.transports.transport import Answer, Outbound, Seen, Transports, Uncertain, Unreachable

log = structlog.get_logger("opensps.exchange")

AT_ONCE = 16
"""Envelopes one worker has on their way."""

Clock = Callable[[], datetime]
Done = tuple[Lease, "Answer | Seen"]


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """What one step did, in envelopes."""

    checked: int = 0
    offered: int = 0
    started: int = 0
    finished: int = 0

    @property
    def is_idle(self) -> bool:
        """Nothing was due and nothing came back."""
        return not (self.checked or self.offered or self.started or self.finished)

    def __add__(self, other: "DeliveryReport") -> "DeliveryReport":
        return DeliveryReport(
            self.checked + other.checked,
            self.offered + other.offered,
            self.started + other.started,
            self.finished + other.finished,
        )


def spoken(transports: Transports, outbound: Outbound, *, is_question: bool) -> Answer | Seen:
    """Speak with the other side; whatever a transport does, an answer comes back. Touches no database."""
    try:
        transport = transports.of(outbound.connection.channel)
        return transport.ask(outbound) if is_question else transport.send(outbound)
    except WrongTransport:
        return Unreachable(text="no transport for this channel", is_about_envelope=True, code="ours")
    except Exception as error:  # noqa: BLE001 what broke must not take the worker with it
        log.warning("transport_failed", channel=str(outbound.connection.channel), kind=type(error).__name__)
        return Uncertain(text=type(error).__name__)


@dataclass(slots=True)
class Deliverer:
    """One worker's deliveries; `step` does what is due, `wait` sleeps until an answer comes, `close` finishes."""

    authority: str
    transports: Transports
    clock: Clock
    box: SecretBox | None = None
    papers: Papers | None = None
    at_once: int = AT_ONCE
    _pool: ThreadPoolExecutor = field(init=False)
    _running: dict[Future[Answer | Seen], Lease] = field(init=False, default_factory=dict)
    _woken: threading.Event = field(init=False, default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._pool = ThreadPoolExecutor(max_workers=self.at_once, thread_name_prefix="delivery")

    @property
    def on_their_way(self) -> int:
        """Envelopes whose answer is awaited."""
        return len(self._running)

    def step(self) -> DeliveryReport:
        """Write down what came back, then check, offer and send what is due."""
        finished = self._finish()
        at = self.clock()
        leases_end(authority=self.authority, at=at)
        checked = envelopes_check(authority=self.authority, at=at)
        offered = envelopes_offer(authority=self.authority, at=at)
        return DeliveryReport(checked, offered, self._start(), finished)

    def wait(self, seconds: float) -> None:
        """Sleep until an answer comes, `wake` is called, or the time is over."""
        self._woken.wait(seconds)
        self._woken.clear()

    def wake(self) -> None:
        """End a `wait` from another thread."""
        self._woken.set()

    def close(self, *, seconds: float = 5.0) -> None:
        """Start nothing more, wait a moment for answers and write them down; what is left comes back by its lease."""
        deadline = threading.Event()
        self._pool.shutdown(wait=False, cancel_futures=True)
        for _ in range(int(seconds * 20)):
            self._finish()
            if not self._running or deadline.wait(0.05):
                break

    def _start(self) -> int:
        room = self.at_once - len(self._running)
        if room <= 0:
            return 0
        busy = Counter(lease.envelope.connection_id or 0 for lease in self._running.values())
        leases = leases_take(authority=self.authority, at=self.clock(), limit=room, busy=busy)
        for lease, outbound in zip(leases, outbounds(leases, box=self.box, papers=self.papers), strict=True):
            if isinstance(outbound, str):
                log.error("not_sent", reason=outbound, delivery_number=lease.envelope.delivery_number)
                lease_give_back(lease=lease, reason=outbound, at=self.clock())
                continue
            future = self._pool.submit(spoken, self.transports, outbound, is_question=lease.is_question)
            self._running[future] = lease
            future.add_done_callback(lambda _: self._woken.set())
        return len(leases)

    def _finish(self) -> int:
        """Write down every answer; one the database did not take is kept for the next step, until its lease ends."""
        done = [future for future in self._running if future.done()]
        lost: DatabaseError | None = None
        for future in done:
            lease, at = self._running[future], self.clock()
            try:
                if not future.cancelled():
                    finished(lease, future.result(), at=at)
            except DatabaseError as error:
                lost = error
                if at < (lease.envelope.lease_until or at):
                    continue
            del self._running[future]
        if lost is not None:
            raise lost
        return len(done)


def finished(lease: Lease, answer: Answer | Seen, *, at: datetime) -> None:
    """Write down how an attempt, or a question, ended."""
    if lease.is_question and not isinstance(answer, Seen):
        missed = answer if isinstance(answer, Unreachable) else Unreachable(text=answer.text)
        question_failed(lease=lease, answer=missed, at=at)
    else:
        attempt_finish(lease=lease, answer=answer, at=at)


def deliver_due(
    *,
    authority: str,
    transports: Transports,
    clock: Clock,
    box: SecretBox | None = None,
    papers: Papers | None = None,
    at_once: int = AT_ONCE,
) -> DeliveryReport:
    """Deliver until nothing is due at the clock's time; what failed waits for a later time.

    For commands and tests; the worker keeps a `Deliverer`.
    """
    deliverer = Deliverer(authority, transports, clock, box, papers, at_once)
    total = DeliveryReport()
    try:
        while not (report := deliverer.step()).is_idle or deliverer.on_their_way:
            total += report
            if deliverer.on_their_way and not report.finished:
                deliverer.wait(1.0)
    finally:
        deliverer.close()
    return total
