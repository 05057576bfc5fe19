"""Writing events: one per act, chained, in the transaction of the act."""

from datetime import timedelta

import pytest
from django.db import transaction
from pytest_django import DjangoAssertNumQueries

from opensps.events.errors import ConsumerTaken, DoesNotFollow, NotInTransaction, PayloadNotFound
from opensps.events.models import Event, EventDue, EventPayload
from opensps.events.queries import (
    audit,
    event_by_id,
    events_by_actor,
    events_for,
    events_since,
    folded_state,
    newest_at,
)
from opensps.events.registry import register
from opensps.events.services import SEQUENCER, Sequencer, payload_erase
from tests.factories.events import NOW, write

OBJECT = {"authority": "XA", "object_kind": "certificate", "object_id": "XA-2026-014-0004512-0"}


def test_an_event_outside_a_transaction_is_refused(fresh_database: object) -> None:
    from opensps.events.services import event_write  # noqa: PLC0415 the factory would open a transaction

    with pytest.raises(NotInTransaction):
        event_write(**OBJECT, act="certificate.issued", actor="a", role="system", at=NOW)
    assert not Event.objects.exists()


@pytest.mark.django_db
def test_the_events_of_an_object_are_numbered_and_chained() -> None:
    first = write(act="certificate.issued", to_state="in_force")
    second = write(act="certificate.held", from_state="in_force", to_state="on_hold")
    other = write("XA-2026-014-0004513-9")
    assert (first.seq, second.seq, other.seq) == (1, 2, 1)
    assert second.previous_digest == first.digest
    assert other.previous_digest == b""
    assert folded_state(events_for(**OBJECT)) == "on_hold"
    assert audit("XA") == ()


@pytest.mark.django_db
def test_time_never_runs_backwards_on_one_object() -> None:
    write(at=NOW)
    assert write(at=NOW - timedelta(seconds=5)).at == NOW
    assert write(at=NOW + timedelta(seconds=5)).at == NOW + timedelta(seconds=5)
    assert newest_at(authority="XA") == NOW + timedelta(seconds=5)


@pytest.mark.django_db
def test_an_act_that_starts_from_another_state_is_refused() -> None:
    write(to_state="in_force")
    with pytest.raises(DoesNotFollow):
        write(from_state="on_hold", to_state="withdrawn")
    assert Event.objects.count() == 1


@pytest.mark.django_db
def test_each_event_leaves_one_due_row_per_consumer_in_the_same_transaction() -> None:
    write()
    assert list(EventDue.objects.values_list("consumer", flat=True)) == ["sequencer"]
    with transaction.atomic():
        write()
        transaction.set_rollback(True)
    assert (Event.objects.count(), EventDue.objects.count()) == (1, 1)


@pytest.mark.django_db
def test_erasing_a_payload_changes_no_digest_and_is_itself_an_event() -> None:
    event = write(to_state="in_force", payload={"text": "the officer's remark"})
    assert events_for(**OBJECT)[0].payload == {"text": "the officer's remark"}
    payload_erase(authority="XA", event_id=event.id, actor="admin", role="administrator", at=NOW, reason_code="privacy")
    shown, erasure = events_for(**OBJECT)
    assert (shown.payload, shown.is_erased, shown.digest) == (None, True, event.digest)
    assert (erasure.act, erasure.to_state) == ("payload.erased", "in_force")
    assert EventPayload.objects.get(pk=event.id).salt is None
    assert audit("XA") == ()


@pytest.mark.django_db
@pytest.mark.parametrize("authority", ["XA", "XB"])
def test_what_is_erased_or_foreign_cannot_be_erased(authority: str) -> None:
    event = write()
    with pytest.raises(PayloadNotFound):
        payload_erase(
            authority=authority, event_id=event.id, actor="a", role="administrator", at=NOW, reason_code="privacy"
        )


@pytest.mark.django_db
def test_other_authorities_see_nothing() -> None:
    event = write()
    assert event_by_id(authority="XB", event_id=event.id) is None
    assert events_for(**{**OBJECT, "authority": "XB"}) == ()


@pytest.mark.django_db
def test_events_are_found_by_actor_and_by_time() -> None:
    write(at=NOW)
    newest = write(at=NOW + timedelta(hours=1))
    actor = {"authority": "XA", "actor": newest.actor}
    assert [event.seq for event in events_by_actor(**actor)] == [2, 1]
    assert [event.seq for event in events_since(authority="XA", at=newest.at)] == [2]
    assert events_since(authority="XA", at=newest.at, object_kind="person") == ()
    found = event_by_id(authority="XA", event_id=newest.id)
    assert found is not None
    assert found.seq == 2


@pytest.mark.django_db
def test_an_act_costs_a_fixed_number_of_queries(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    write()
    with django_assert_max_num_queries(7):  # lock, newest, event, payload, due rows; savepoint and its release
        write(payload={"text": "why"})
    with django_assert_max_num_queries(1):
        assert len(events_for(**OBJECT)) == 2


def test_a_name_belongs_to_one_consumer() -> None:
    register(SEQUENCER)
    with pytest.raises(ConsumerTaken):
        register(Sequencer())
