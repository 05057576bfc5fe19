"""From the outbox to the partner: when it is tried, and what every answer leads to (`exchange.md` 8)."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from opensps.events.queries import events_for
from opensps.exchange import services
from opensps.exchange.consumer import EXCHANGE_CONSUMER
from opensps.exchange.models import Attempt, Delivery, Envelope, Partner, PartnerConnection
from opensps.exchange.services.leasing import leases_end, leases_take
from opensps.exchange.services.outcomes import (
    attempt_finish,
    envelope_failed,
    envelope_noted,
    envelope_outcome,
)
from opensps.exchange.transports import (
    Answer,
    Channel,
    Outbound,
    Refused,
    Seen,
    Sent,
    Uncertain,
    Unreachable,
)
from opensps.lifecycle import TrackingInfo
from tests.factories.certification import cast, certificate_in
from tests.factories.outboxes import NOW, World, answering, issued, only
from tests.factories.partners import MANAGER, live_partner

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return World(cast())


def test_not_reached_is_tried_again_by_the_schedule(world: World) -> None:
    live_partner("XB")
    world.transport.script = answering(Unreachable(text="connection refused", code="111"))
    issued(world)
    world.deliver()
    waits = []
    for _ in range(4):
        row = only()
        waits.append((row.due_at - world.now).total_seconds() if row.due_at else 0)
        world.now = (row.due_at or world.now) + timedelta(hours=1)
        PartnerConnection.objects.update(breaker_failures=0)
        world.deliver()
    for wait, step in zip(waits, (10, 60, 300, 900), strict=True):
        assert step * 0.8 <= wait <= step * 1.2
    assert [row.result for row in Attempt.objects.all()] == ["unreachable"] * 5
    assert only().tracking_text == "connection refused"


def test_retry_after_is_honoured_up_to_an_hour(world: World) -> None:
    live_partner("XB")
    world.transport.script = answering(Unreachable(retry_after=timedelta(hours=9), is_about_envelope=True))
    issued(world)
    world.deliver()
    assert only().due_at == world.now + timedelta(hours=1)
    assert PartnerConnection.objects.get().breaker_failures == 0, "it was about this envelope"


def test_refused_for_good_keeps_their_words_without_secrets_and_tells_the_exporter(world: World) -> None:
    live_partner("XB")
    world.transport.script = answering(Refused(text="Invalid HS code\x00, token=abcdef123 sent", code="422"))
    certificate = issued(world)
    world.deliver()
    row = only()
    assert (row.state, row.tracking, row.tracking_text) == (
        "rejected",
        "FailedDelivery",
        "Invalid HS code , token=[cut] sent",
    )
    last = events_for(authority="XA", object_kind="certificate", object_id=certificate.number)[-1]
    assert last.act == "certificate.delivery_rejected"
    assert last.payload is not None
    assert last.payload["partner"] == "XB"


def test_five_failures_open_the_breaker_and_rows_wait_without_counting(world: World) -> None:
    live_partner("XB")
    world.transport.script = answering(Unreachable(text="down"))
    for _ in range(7):
        issued(world)
    world.deliver()
    connection = PartnerConnection.objects.get()
    assert connection.breaker_opened_at == NOW
    before = Attempt.objects.count()
    world.later(seconds=30)
    assert Attempt.objects.count() == before, "nothing is tried while it is open"
    world.later(seconds=40)
    assert Attempt.objects.count() == before + 1, "one probe"
    world.transport.script = answering(Sent())
    world.later(seconds=120)
    world.later(minutes=20)
    assert set(Envelope.objects.values_list("state", flat=True)) == {"sent"}
    assert PartnerConnection.objects.get().breaker_opened_at is None


def test_a_dead_partner_slows_no_other(world: World) -> None:
    live_partner("XC", countries=("XB",))
    live_partner("XB")

    def script(outbound: Outbound) -> Answer:
        return Unreachable(text="down") if outbound.to_code == "XC" else Sent()

    world.transport.script = script
    for _ in range(6):
        issued(world)
    world.deliver()
    states = Envelope.objects.values_list("partner__code", "state")
    assert {state for code, state in states if code == "XB"} == {"sent"}


def test_an_unknown_outcome_is_asked_about_and_sent_again_only_when_it_never_arrived(world: World) -> None:
    live_partner("XB")
    world.transport.script = answering(Uncertain(text="reset"), Sent(remote_number="R2"))
    world.transport.memory = lambda _: Seen(is_known=False)
    issued(world)
    world.deliver()
    assert only().state == "uncertain"
    world.later(seconds=11)
    assert (only().state, only().asked) == ("uncertain", 1)
    world.later(seconds=61)
    assert (only().state, only().remote_number) == ("sent", "R2")
    assert [row.kind for row in Attempt.objects.order_by("ordinal")] == ["send", "ask", "ask", "send"]


def test_what_had_arrived_after_all_is_adopted_under_its_number(world: World) -> None:
    live_partner("XB")
    world.transport.script = answering(Uncertain(text="reset"))
    world.transport.memory = lambda _: Seen(is_known=True, remote_number="R9", tracking=TrackingInfo.DELIVERED)
    issued(world)
    world.deliver()
    world.later(seconds=11)
    assert (only().state, only().remote_number, len(world.transport.received)) == ("received", "R9", 1)


def test_a_worker_that_died_leaves_an_uncertain_envelope_that_another_asks_about(world: World) -> None:
    live_partner("XB")
    issued(world)
    services.envelopes_check(authority="XA", at=world.now)
    (lease,) = leases_take(authority="XA", at=world.now, limit=5)
    assert only().state == "sending"
    assert leases_take(authority="XA", at=world.now, limit=5) == (), "nobody else takes it"
    world.now += timedelta(minutes=5)
    assert leases_end(authority="XA", at=world.now) == 1
    assert (only().state, Attempt.objects.get().result) == ("uncertain", "lease_lost")
    state = attempt_finish(lease=lease, answer=Sent(remote_number="R1"), at=world.now)
    assert (state, only().remote_number) == ("sent", "R1"), "the first worker lives after all, and knows"
    assert Attempt.objects.get().result == "lease_lost", "what was written stays"


def test_an_answer_that_is_final_at_once_is_believed(world: World) -> None:
    live_partner("XB")
    world.transport.script = answering(Sent(tracking=TrackingInfo.FAILED_DELIVERY, text="To unknown"))
    issued(world)
    world.deliver()
    assert (only().state, only().tracking_text) == ("rejected", "To unknown")


def test_a_number_that_does_not_exist_there_is_asked_about_before_it_is_sent_again(world: World) -> None:
    live_partner("XB")
    world.transport.script = answering(Sent(tracking=TrackingInfo.ENVELOPE_NOT_EXISTS), Sent(remote_number="R2"))
    world.transport.memory = lambda _: Seen(is_known=False, is_final_answer=True)
    issued(world)
    world.deliver()
    assert only().state == "uncertain"
    world.later(seconds=11)
    assert only().state == "sent"


def test_only_the_first_final_word_counts(world: World) -> None:
    live_partner("XB")
    certificate = issued(world)
    world.deliver()
    ask = {"authority": "XA", "delivery_number": only().delivery_number, "at": world.now}
    assert not envelope_outcome(word=TrackingInfo.PENDING_DELIVERY, **ask).changed
    first = envelope_outcome(word=TrackingInfo.DELIVERED, text="thanks", **ask)
    assert (first.changed, first.word) == (True, TrackingInfo.DELIVERED)
    again = envelope_outcome(word=TrackingInfo.FAILED_DELIVERY, **ask)
    assert (again.changed, again.word) == (False, TrackingInfo.DELIVERED)
    last = events_for(authority="XA", object_kind="certificate", object_id=certificate.number)[-1]
    assert (last.act, last.from_state, last.to_state) == ("certificate.delivery_received", "in_force", "in_force")
    with pytest.raises(IntegrityError), transaction.atomic():
        Envelope.objects.update(state="rejected")


def test_what_they_could_not_read_is_sent_again_once_by_itself(world: World) -> None:
    live_partner("XB")
    issued(world)
    world.deliver()
    ask = {"authority": "XA", "delivery_number": only().delivery_number, "at": world.now}
    envelope_outcome(word=TrackingInfo.DELIVERED_NOT_READABLE, text="garbage", **ask)
    assert only().state == "queued"
    world.deliver()
    assert len(world.transport.received) == 2
    envelope_outcome(word=TrackingInfo.DELIVERED_NOT_READABLE, text="garbage", **ask)
    assert only().state == "unreadable", "the second time a person decides"


def test_a_fact_is_no_acknowledgement(world: World) -> None:
    live_partner("XB")
    issued(world)
    world.deliver()
    for fact in ("handed_over", "opened", "fetched"):
        ask = {"authority": "XA", "delivery_number": only().delivery_number, "fact": fact}
        assert envelope_noted(at=world.now, **ask)
        assert not envelope_noted(at=world.now + timedelta(hours=1), **ask), "the first time counts"
    row = only()
    assert (row.state, row.opened_at, row.fetched_at) == ("sent", world.now, world.now)


def test_a_bounce_for_now_is_tried_again_and_one_for_good_is_a_refusal(world: World) -> None:
    live_partner("XB")
    issued(world)
    world.deliver()
    bounce = {"authority": "XA", "delivery_number": only().delivery_number, "text": "5.2.2 full"}
    envelope_failed(is_final=False, at=world.now, **bounce)
    assert (only().state, only().due_at) == ("retrying", world.now + timedelta(hours=1))
    world.later(hours=1)
    envelope_failed(is_final=True, at=world.now, **bounce)
    assert only().state == "rejected"


def test_a_pull_partner_finds_what_waits_in_its_change_sequence(world: World) -> None:
    live_partner("XB", channel=Channel.REST, delivery=Delivery.PULL, address="")
    for _ in range(3):
        issued(world)
    world.deliver()
    rows = list(Envelope.objects.order_by("change_sequence").values_list("state", "tracking", "change_sequence"))
    assert rows == [("waiting", "PendingDelivery", sequence) for sequence in (1, 2, 3)]
    assert Partner.objects.get(code="XB").change_sequence == 3
    assert Attempt.objects.count() == 0


def test_a_paused_connection_sends_nothing_until_it_is_resumed(world: World) -> None:
    live_partner("XB")
    world.transport.script = answering(Refused(text="user unknown", code="550", pauses="address"), Sent())
    issued(world)
    world.deliver()
    assert PartnerConnection.objects.get().paused_reason == "address"
    issued(world)
    world.deliver()
    assert len(world.transport.received) == 1
    services.connection_resume(
        authority="XA", connection_id=PartnerConnection.objects.get().pk, reason="new address", actor=MANAGER,
        at=world.now,
    )  # fmt: skip
    world.deliver()
    assert len(world.transport.received) == 2


def test_http_403_pauses_at_the_third_in_a_row(world: World) -> None:
    live_partner("XB")
    world.transport.script = answering(Unreachable(text="403", code="403", pauses="forbidden"))
    for number in (1, 2, 3):
        issued(world)
        world.deliver()
        assert bool(PartnerConnection.objects.get().paused_reason) == (number == 3)


def test_a_transport_that_breaks_takes_nobody_with_it(world: World) -> None:
    live_partner("XB")

    def broken(outbound: Outbound) -> Answer:
        raise ZeroDivisionError

    world.transport.script = broken
    issued(world)
    world.deliver()
    assert only().state == "uncertain"


def test_a_channel_without_a_transport_is_our_fault_and_opens_no_breaker(world: World) -> None:
    live_partner("XB", channel=Channel.SMTP)
    issued(world)
    world.deliver()
    assert (only().state, PartnerConnection.objects.get().breaker_failures) == ("retrying", 0)


def test_a_hundred_envelopes_are_queued_checked_and_leased_in_a_fixed_number_of_queries(world: World) -> None:
    live_partner("XB", limits={"at_once": 100})
    live_partner("XC", countries=("XB",), limits={"at_once": 100})
    counts = []
    for amount in (1, 4):
        certificates = [certificate_in(world.people) for _ in range(amount)]
        numbers = {certificate.number for certificate in certificates}
        told = [
            event
            for number in numbers
            for event in events_for(authority="XA", object_kind="certificate", object_id=number)
        ]
        with CaptureQueriesContext(
            database,
        ) as captured:
            EXCHANGE_CONSUMER.handle_many(tuple(told))
            services.envelopes_check(authority="XA", at=world.now)
            leases = leases_take(authority="XA", at=world.now, limit=100)
            assert len(leases) == amount * 2
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 40, counts
