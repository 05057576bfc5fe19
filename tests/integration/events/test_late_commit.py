"""Several connections at once: a late commit is never missed, and nobody takes a place or a step twice."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connections, transaction

from opensps.events.models import Event, EventDue, EventPosition
from opensps.events.queries import audit
from opensps.events.services import event_write, worker_run_once, worker_run_until_idle
from tests.factories.events import LATER, NOW, write

WAIT_SECONDS = 20.0
pytestmark = pytest.mark.usefixtures("fresh_database")


def in_its_own_connection(pool: ThreadPoolExecutor, work: Callable[[], object]) -> Future[object]:
    def run() -> object:
        try:
            return work()
        finally:
            connections.close_all()

    return pool.submit(run)


class LateWriter:
    """Writes an event early and commits it when told."""

    def __init__(self) -> None:
        self.has_written, self.may_commit = threading.Event(), threading.Event()

    def __call__(self) -> None:
        with transaction.atomic():
            event_write(
                authority="XA",
                object_kind="certificate",
                object_id="LATE",
                act="certificate.looked_at",
                actor="a",
                role="reviewer",
                at=NOW - timedelta(hours=1),
            )
            self.has_written.set()
            assert self.may_commit.wait(WAIT_SECONDS)


@contextmanager
def a_late_writer() -> Iterator[tuple[ThreadPoolExecutor, LateWriter, Future[object]]]:
    writer = LateWriter()
    with ThreadPoolExecutor(2) as pool:
        future = in_its_own_connection(pool, writer)
        try:
            assert writer.has_written.wait(WAIT_SECONDS)
            yield pool, writer, future
        finally:
            writer.may_commit.set()


def placed() -> list[str]:
    return list(EventPosition.objects.values_list("event__object_id", flat=True))


@pytest.mark.engine("postgres")
def test_an_event_that_commits_after_later_ones_were_followed_is_not_missed() -> None:
    with a_late_writer() as (_, writer, future):
        write("EARLY")
        assert worker_run_until_idle(at=LATER).done == 1
        assert placed() == ["EARLY"]
        writer.may_commit.set()
        future.result(WAIT_SECONDS)
    assert worker_run_until_idle(at=LATER).done == 1
    assert placed() == ["EARLY", "LATE"]
    assert audit("XA") == ()


@pytest.mark.engine("sqlite")
def test_a_worker_that_runs_while_an_event_is_uncommitted_does_not_miss_it() -> None:
    """One writer at a time: the worker waits for the open transaction and finds what it wrote."""
    write("EARLY")
    with a_late_writer() as (pool, writer, future):
        assert EventDue.objects.count() == 1
        waiting = in_its_own_connection(pool, lambda: worker_run_once(at=LATER))
        with pytest.raises(TimeoutError):
            waiting.result(0.3)
        writer.may_commit.set()
        future.result(WAIT_SECONDS)
        waiting.result(WAIT_SECONDS)
    worker_run_until_idle(at=LATER)
    assert sorted(placed()) == ["EARLY", "LATE"]
    assert audit("XA") == ()


@pytest.mark.engine("postgres")
def test_an_act_on_an_object_waits_for_the_one_before_it() -> None:
    with a_late_writer() as (pool, writer, future):
        second = in_its_own_connection(pool, lambda: write("LATE"))
        with pytest.raises(TimeoutError):
            second.result(0.3)
        writer.may_commit.set()
        future.result(WAIT_SECONDS)
        second.result(WAIT_SECONDS)
    assert list(Event.objects.order_by("seq").values_list("seq", flat=True)) == [1, 2]
    assert audit("XA") == ()


def test_writers_and_workers_together_leave_chains_without_gaps() -> None:
    def writing() -> None:
        for turn in range(10):
            write(f"OBJECT-{turn % 3}")

    def working() -> None:
        for _ in range(12):
            worker_run_once(at=LATER, limit=3)

    with ThreadPoolExecutor(5) as pool:
        for future in [in_its_own_connection(pool, work) for work in (writing, writing, writing, working, working)]:
            future.result(WAIT_SECONDS * 3)
    worker_run_until_idle(at=LATER + timedelta(hours=2))
    assert EventPosition.objects.count() == Event.objects.count() == 30
    assert audit("XA") == ()


@pytest.mark.engine("postgres")
def test_a_worker_skips_the_rows_another_one_is_claiming() -> None:
    write("A")
    write("B")
    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        list(EventDue.objects.select_for_update().filter(event__object_id="A"))
        run = in_its_own_connection(pool, lambda: worker_run_once(at=LATER))
        run.result(WAIT_SECONDS)
    assert placed() == ["B"]
