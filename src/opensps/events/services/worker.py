"""The worker: takes due rows, does the consumer's work and deletes the row in one transaction.

A row is claimed first, in a short transaction of its own, by moving its ``due_at`` into the future: a worker that dies
leaves a row that comes back, counted, and stops nobody. Rows taken for the first time share one transaction: a consumer
that can takes them all at once, any other each in its own savepoint. Rows taken before are claimed and done one by one,
so that one that kills its worker costs only itself.
"""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db import DatabaseError, connection, transaction

from opensps.events.models import EventDue
from opensps.events.registry import BatchConsumer, Consumer, consumers
from opensps.events.views import view_of

logger = structlog.get_logger()

LEASE = timedelta(seconds=60)
"""How long a claimed row stays with its worker."""

LONGEST_WAIT = timedelta(hours=1)
_MAX_DOUBLINGS = 12
_NEVER, _BEFORE = "= 0", "> 0"


@dataclass(frozen=True, slots=True)
class WorkerReport:
    """What one run did, in rows."""

    done: int = 0
    failed: int = 0

    @property
    def is_idle(self) -> bool:
        """Nothing was due."""
        return self.done == self.failed == 0


def _wait(attempts: int) -> timedelta:
    """2 s, 4 s, 8 s ... up to one hour."""
    return min(timedelta(seconds=2 ** min(attempts, _MAX_DOUBLINGS)), LONGEST_WAIT)


def _claim(*, consumer: str, at: datetime, taken: str, limit: int) -> tuple[uuid.UUID, list[int]]:
    """Take up to ``limit`` due rows of which ``attempts`` ``taken``; return our claim and the ids of the rows in order.

    PostgreSQL skips the rows another worker is claiming; on SQLite the write lock makes claims follow each other.
    """
    claim = uuid.uuid4()
    is_postgresql = connection.vendor == "postgresql"
    skip = " FOR UPDATE SKIP LOCKED" if is_postgresql else ""
    # An array is asked for once; PostgreSQL may ask an IN (... LIMIT) again for each row and so take them all.
    among, end = ("= ANY(ARRAY(", "))") if is_postgresql else ("IN (", ")")
    adapt = connection.ops.adapt_datetimefield_value
    stored_claim = claim if connection.features.has_native_uuid_field else claim.hex
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE events_eventdue SET claim = %s, attempts = attempts + 1, due_at = %s WHERE id {among}"  # noqa: S608 constant parts
            f"SELECT id FROM events_eventdue WHERE consumer = %s AND due_at <= %s AND attempts {taken}"
            f" ORDER BY due_at, id LIMIT %s{skip}{end} RETURNING id",
            [stored_claim, adapt(at + LEASE), consumer, adapt(at), limit],
        )
        return claim, sorted(row_id for (row_id,) in cursor.fetchall())


def _do(*, consumer: Consumer, row_id: int, claim: uuid.UUID, at: datetime) -> WorkerReport:
    """Follow one row inside the surrounding transaction: done and deleted, or failed and due later."""
    mine = EventDue.objects.select_for_update(of=("self",)).filter(pk=row_id, claim=claim)
    row = mine.select_related("event", "event__payload").first()
    if row is None:  # the lease ended and another worker took it over
        return WorkerReport()
    try:
        with transaction.atomic():
            consumer.handle(view_of(row.event))
            row.delete()
    except Exception as error:  # noqa: BLE001 the worker's outer loop: one bad row holds back nobody
        row.due_at, row.claim, row.last_error = at + _wait(row.attempts), None, type(error).__name__
        row.save(update_fields=["due_at", "claim", "last_error"])
        logger.warning(
            "consumer_failed",
            consumer=consumer.name,
            event_id=str(row.event_id),
            kind=row.last_error,
            attempts=row.attempts,
        )
        return WorkerReport(failed=1)
    return WorkerReport(done=1)


def _many(*, consumer: BatchConsumer, row_ids: Collection[int], claim: uuid.UUID) -> WorkerReport | None:
    """Follow all rows at once inside the surrounding transaction; ``None`` when it failed and nothing was done."""
    mine = EventDue.objects.select_for_update(of=("self",)).filter(pk__in=row_ids, claim=claim)
    rows = list(mine.select_related("event", "event__payload").order_by("pk"))
    try:
        with transaction.atomic():
            consumer.handle_many(tuple(view_of(row.event) for row in rows))
            EventDue.objects.filter(pk__in=[row.pk for row in rows]).delete()
    except Exception as error:  # noqa: BLE001 the worker's outer loop: each row is tried alone next, and reported there
        logger.info("batch_falls_apart", consumer=consumer.name, kind=type(error).__name__, rows=len(rows))
        return None
    return WorkerReport(done=len(rows))


def _together(*, consumer: Consumer, row_ids: Collection[int], claim: uuid.UUID, at: datetime) -> list[WorkerReport]:
    try:
        with transaction.atomic():
            if isinstance(consumer, BatchConsumer) and (done := _many(consumer=consumer, row_ids=row_ids, claim=claim)):
                return [done]
            return [_do(consumer=consumer, row_id=row_id, claim=claim, at=at) for row_id in row_ids]
    except DatabaseError as error:  # a lost connection or a deadlock: the rows come back when their lease ends
        logger.warning("worker_transaction_lost", consumer=consumer.name, kind=type(error).__name__)
        return [WorkerReport(failed=1)]


def _run(*, consumer: Consumer, at: datetime, limit: int) -> list[WorkerReport]:
    if not EventDue.objects.filter(consumer=consumer.name, due_at__lte=at).exists():
        return []  # an idle worker takes no write lock
    claim, fresh = _claim(consumer=consumer.name, at=at, taken=_NEVER, limit=limit)
    reports = _together(consumer=consumer, row_ids=fresh, claim=claim, at=at) if fresh else []
    for _ in range(limit):
        claim, again = _claim(consumer=consumer.name, at=at, taken=_BEFORE, limit=1)
        if not again:
            break
        reports += _together(consumer=consumer, row_ids=again, claim=claim, at=at)
    return reports


def worker_run_once(*, at: datetime, limit: int = 20, only: Collection[str] = ()) -> WorkerReport:
    """Do up to ``limit`` new and ``limit`` repeated due rows of each consumer; several workers may run at once.

    ``only``: names of the consumers to serve; empty: all of them.
    """
    served = [consumer for consumer in consumers() if not only or consumer.name in only]
    reports = [report for consumer in served for report in _run(consumer=consumer, at=at, limit=limit)]
    return WorkerReport(sum(report.done for report in reports), sum(report.failed for report in reports))


def worker_run_until_idle(*, at: datetime, limit: int = 200) -> WorkerReport:
    """Run until nothing is due at ``at``; rows that failed wait for a later time."""
    total = WorkerReport()
    while not (run := worker_run_once(at=at, limit=limit)).is_idle:
        total = WorkerReport(total.done + run.done, total.failed + run.failed)
    return total
