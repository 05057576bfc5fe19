"""The worker: each consumer follows each event once; what fails comes back and holds up nobody."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection
from pytest_django import DjangoAssertNumQueries

from opensps.events.models import EventDue, EventPosition
from opensps.events.queries import EventView, audit, chain_head, due_count, due_rows_failing
from opensps.events.registry import register, unregister
from opensps.events.services import SEQUENCER, worker_run_once, worker_run_until_idle
from opensps.events.services.worker import LEASE
from tests.factories.events import LATER, NOW, write

pytestmark = pytest.mark.django_db


class Follower:
    """A consumer that writes down what it was called for and fails where it is told to."""

    name = "follower"

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.poison: dict[str, type[BaseException]] = {}

    def handle(self, event: EventView) -> None:
        if event.object_id in self.poison:
            raise self.poison[event.object_id]("the officer's name must not reach the table")
        self.seen.append(event.object_id)


@pytest.fixture
def follower() -> Iterator[Follower]:
    consumer = Follower()
    register(consumer)
    yield consumer
    unregister(consumer.name)


def test_every_consumer_follows_every_event_once(follower: Follower) -> None:
    write("A")
    write("B")
    assert due_count(authority="XA") == 4
    assert worker_run_until_idle(at=LATER).done == 4
    assert follower.seen == ["A", "B"]
    assert worker_run_once(at=LATER).is_idle


def test_a_consumer_that_fails_is_called_again_later_and_shows_its_error(follower: Follower) -> None:
    follower.poison["A"] = ValueError
    write("A")
    write("B")
    assert (worker_run_once(at=NOW).done, follower.seen) == (3, ["B"])
    (row,) = due_rows_failing(authority="XA")
    assert (row.consumer, row.attempts, row.last_error, row.due_at) == (
        "follower",
        1,
        "ValueError",
        NOW + timedelta(seconds=2),
    )
    assert worker_run_once(at=NOW).is_idle
    del follower.poison["A"]
    worker_run_once(at=NOW + timedelta(seconds=2))
    assert follower.seen == ["B", "A"]
    assert due_rows_failing(authority="XA") == ()


def test_a_failing_row_waits_longer_each_time_up_to_an_hour_and_the_doctor_names_it(follower: Follower) -> None:
    follower.poison["A"] = ValueError
    write("A")
    at, waits = NOW, []
    for _ in range(14):
        worker_run_once(at=at)
        due_at = EventDue.objects.get(consumer="follower").due_at
        waits.append((due_at - at).total_seconds())
        at = due_at
    assert waits[:4] == [2, 4, 8, 16]
    assert waits[-1] == 3600
    (problem,) = audit("XA")
    assert (problem.code, problem.params["attempts"]) == ("consumer_failing", "14")


def test_what_a_failing_consumer_wrote_is_undone(follower: Follower, monkeypatch: pytest.MonkeyPatch) -> None:
    def half_done(event: EventView) -> None:
        EventDue.objects.filter(consumer="sequencer").delete()
        raise DatabaseError

    monkeypatch.setattr(follower, "handle", half_done)
    monkeypatch.setattr(SEQUENCER, "handle_many", lambda events: half_done(events[0]))
    write("A")
    assert worker_run_once(at=NOW).failed == 2
    assert due_count(authority="XA") == 2


def test_a_worker_that_dies_leaves_its_rows_to_the_next_and_the_deadly_one_last(follower: Follower) -> None:
    """The first row of the batch kills the worker: its fellows are done by the next worker, without it."""
    follower.poison["A"] = SystemExit
    for name in "ABC":
        write(name)
    with pytest.raises(SystemExit):
        worker_run_once(at=NOW)
    assert worker_run_once(at=NOW).done == 3  # the sequencer's; the follower's are still leased
    again = NOW + LEASE
    with pytest.raises(SystemExit):
        worker_run_once(at=again)
    worker_run_once(at=again + timedelta(seconds=1))
    assert follower.seen == ["B", "C"]


def test_a_row_whose_lease_ended_is_not_done_twice(follower: Follower, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the first worker is at row A, its lease on B ends and a second worker does B."""

    def slow(event: EventView) -> None:
        follower.seen.append(event.object_id)
        if event.object_id == "A":
            monkeypatch.setattr(follower, "handle", lambda event: follower.seen.append(event.object_id))
            row = EventDue.objects.get(consumer="follower", event__object_id="B")
            EventDue.objects.filter(pk=row.pk).update(due_at=NOW)
            worker_run_once(at=NOW)

    monkeypatch.setattr(follower, "handle", slow)
    write("A")
    write("B")
    worker_run_once(at=NOW)
    assert follower.seen == ["A", "B"]


def test_a_lost_transaction_is_reported_and_its_rows_come_back(
    follower: Follower, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("A")
    with monkeypatch.context() as patch:
        patch.setattr(EventDue.objects, "select_for_update", lambda **_: (_ for _ in ()).throw(DatabaseError()))
        assert worker_run_once(at=NOW).failed == 2
    assert worker_run_once(at=NOW).is_idle
    assert worker_run_once(at=NOW + LEASE).done == 2


def test_places_follow_the_steps_of_an_object_whatever_order_they_are_taken_in() -> None:
    first, second = write("A"), write("A")
    EventDue.objects.filter(event=first).update(due_at=LATER)
    worker_run_once(at=NOW)
    assert list(EventPosition.objects.values_list("event", flat=True)) == [first.id, second.id]
    worker_run_once(at=LATER)
    head = chain_head(authority="XA")
    assert head is not None
    assert head.position == 2
    assert audit("XA") == ()


def test_a_batch_places_events_as_if_they_came_one_by_one() -> None:
    for name in "ABAACB":
        write(name)
    assert worker_run_once(at=LATER).done == 6
    placed = EventPosition.objects.order_by("position").values_list("event__object_id", "event__seq")
    assert list(placed) == [("A", 1), ("A", 2), ("A", 3), ("B", 1), ("B", 2), ("C", 1)]
    assert audit("XA") == ()


def test_one_bad_event_of_a_batch_holds_back_only_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    place = type(SEQUENCER).handle_many

    def refusing(events: tuple[EventView, ...]) -> None:
        if any(event.object_id == "B" for event in events):
            raise ValueError
        place(SEQUENCER, events)

    monkeypatch.setattr(SEQUENCER, "handle_many", refusing)
    for name in "ABC":
        write(name)
    report = worker_run_once(at=LATER)
    assert (report.done, report.failed) == (2, 1)


def test_each_authority_has_its_own_chain() -> None:
    write("A")
    write("B", authority="XB")
    worker_run_until_idle(at=LATER)
    assert list(EventPosition.objects.values_list("authority", "position")) == [("XA", 1), ("XB", 1)]
    assert chain_head(authority="XC") is None


def test_a_batch_of_events_costs_no_more_queries_than_one(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for name in "ABCDEFGHIJ":
        write(name)
    # Look, two claims, transaction, rows, savepoint, lock, unplaced, head, places, delete: whatever their number.
    with django_assert_max_num_queries(16):
        assert worker_run_once(at=LATER).done == 10
    with django_assert_max_num_queries(1):
        assert worker_run_once(at=LATER).is_idle


@pytest.mark.engine("postgres")
def test_no_plan_of_the_database_makes_a_worker_take_more_than_it_asked_for(follower: Follower) -> None:
    """A subquery that PostgreSQL asks again for each row would take every row, whatever its LIMIT."""
    with connection.cursor() as cursor:
        for way in ("hashagg", "hashjoin", "mergejoin", "sort", "material", "indexscan", "bitmapscan"):
            cursor.execute(f"SET LOCAL enable_{way} = off")
    for name in "ABC":
        write(name)
    follower.poison["A"] = SystemExit
    with pytest.raises(SystemExit):
        worker_run_once(at=NOW, limit=1)
    claimed = EventDue.objects.filter(consumer=follower.name, attempts__gt=0)
    assert claimed.count() == 1


def test_a_choosy_consumer_gets_due_rows_of_its_kinds_only() -> None:
    class Choosy:
        name = "choosy"
        kinds = frozenset({"certificate"})

        def handle(self, event: EventView) -> None:
            """Follow it."""

    register(Choosy())
    try:
        write("A", object_kind="certificate")
        write("B", object_kind="application")
        rows = EventDue.objects.filter(consumer="choosy").values_list("event__object_id", flat=True)
        assert list(rows) == ["A"]
        assert worker_run_once(at=LATER, only={"sequencer"}).done == 2, "one consumer may be served alone"
        assert EventDue.objects.filter(consumer="choosy").count() == 1
    finally:
        unregister("choosy")
