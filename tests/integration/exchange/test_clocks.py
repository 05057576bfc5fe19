"""What the clock does to deliveries, what people decide about them, and golden messages in the outbox."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from opensps.accounts.queries import Actor
from opensps.events.models import Event
from opensps.events.queries import events_for
from opensps.exchange import services
from opensps.exchange.errors import EnvelopeNotFound, NotAllowed, RecordRefused
from opensps.exchange.golden import Golden, Step
from opensps.exchange.models import Attempt, Content, Envelope, Partner, PartnerConnection
from opensps.exchange.schedule import next_try
from opensps.exchange.services.outcomes import envelope_outcome
from opensps.exchange.transports import Channel, Refused, Sent, Unreachable
from opensps.exchange.transports.scripted import ScriptedTransport, TransportsByChannel
from opensps.lifecycle import ActNotAllowed, Role, TrackingInfo
from tests.factories.certification import START, Cast, cast, certificate_in
from tests.factories.partners import MANAGER, live_partner

pytestmark = pytest.mark.django_db
NOW = START + timedelta(days=2)
SENIOR = Actor(id="d" * 32, authority="XA", roles=frozenset({Role.SENIOR_OFFICER}))


class Outbox:
    """One certificate on its way to one partner, and its clock."""

    def __init__(self) -> None:
        self.now = NOW
        self.transport = ScriptedTransport()
        self.people: Cast = cast()
        live_partner("XB")
        self.number = certificate_in(self.people).number
        for event in events_for(authority="XA", object_kind="certificate", object_id=self.number):
            services.envelopes_for_event(event)

    @property
    def row(self) -> Envelope:
        return Envelope.objects.order_by("pk").last() or Envelope()

    def deliver(self) -> None:
        transports = TransportsByChannel.of_pairs([(Channel.TEST, self.transport)])
        services.deliver_due(authority="XA", transports=transports, clock=lambda: self.now)

    def clocks(self, **later: float) -> services.ClockReport:
        self.now += timedelta(**later)
        return services.clocks_run(authority="XA", at=self.now)

    def acts(self) -> list[str]:
        told = events_for(authority="XA", object_kind="certificate", object_id=self.number)
        return [event.act.partition(".")[2] for event in told]

    def decide(self, act: Any, *, actor: Actor = MANAGER, reason: str = "agreed") -> Any:
        which: dict[str, Any] = {"authority": "XA", "delivery_number": self.row.delivery_number}
        return act(actor=actor, reason=reason, at=self.now, **which)


@pytest.fixture
def outbox() -> Outbox:
    return Outbox()


def test_silence_is_late_after_a_day_and_after_an_hour_for_a_withdrawal(outbox: Outbox) -> None:
    outbox.deliver()
    assert outbox.clocks(hours=23).late == 0
    assert outbox.clocks(hours=2).late == 1
    assert outbox.clocks(hours=2).late == 0, "said once"
    assert (outbox.row.state, outbox.row.late_at) == ("sent", NOW + timedelta(hours=25))
    assert outbox.acts()[-1] == "delivery_late"
    Envelope.objects.update(urgent=True, late_at=None, sent_at=outbox.now)
    assert outbox.clocks(minutes=61).late == 1


def test_without_a_word_in_15_days_it_is_expired_and_a_word_is_still_believed(outbox: Outbox) -> None:
    outbox.deliver()
    assert outbox.clocks(days=15).expired == 1
    assert (outbox.row.state, outbox.row.tracking) == ("expired", "FailedDelivery")
    envelope_outcome(
        authority="XA", delivery_number=outbox.row.delivery_number, word=TrackingInfo.DELIVERED, at=outbox.now
    )
    assert outbox.row.state == "received"
    assert outbox.acts()[-2:] == ["delivery_expired", "delivery_received"]


def test_after_72_hours_of_trying_it_is_given_up_and_a_person_revives_it(outbox: Outbox) -> None:
    outbox.transport.script = lambda _: Unreachable(text="down")
    outbox.deliver()
    assert outbox.clocks(hours=71).given_up == 0
    assert outbox.clocks(hours=2).given_up == 1
    assert (outbox.row.state, outbox.acts()[-1]) == ("dead", "delivery_failed")
    outbox.transport.script = lambda _: Sent()
    outbox.deliver()
    assert outbox.row.state == "dead", "nothing is sent again by itself"
    outbox.decide(services.envelope_revive)
    outbox.deliver()
    assert (outbox.row.state, outbox.row.attempts, outbox.row.resent) == ("sent", 2, 1)


def test_what_stands_still_raises_one_alarm(outbox: Outbox) -> None:
    outbox.now = outbox.row.queued_at
    assert outbox.clocks(hours=3).alarmed == 0
    assert outbox.clocks(hours=2).alarmed == 1
    assert outbox.clocks(hours=2).alarmed == 0


def test_the_clocks_of_a_suspended_partner_stand_still(outbox: Outbox) -> None:
    outbox.deliver()
    Partner.objects.update(state="suspended", resumes_as="live", suspended_reason="key")
    report = outbox.clocks(days=20)
    assert (report.late, report.expired) == (0, 0)


@pytest.mark.parametrize("roles", [{Role.EXPORTER}, {Role.CERTIFYING_OFFICER}, {Role.EXAMINER}])
def test_only_staff_of_deliveries_decides(outbox: Outbox, roles: set[Role]) -> None:
    actor = Actor(id="e" * 32, authority="XA", roles=frozenset(roles))
    for act in (services.envelope_revive, services.envelope_not_needed, services.envelope_retry_now):
        with pytest.raises(NotAllowed):
            outbox.decide(act, actor=actor)
    with pytest.raises(NotAllowed):
        outbox.decide(services.envelope_not_needed, actor=Actor(id="f" * 32, authority="XZ", roles=MANAGER.roles))
    assert outbox.row.state == "queued"


def test_a_decision_needs_a_reason_and_an_envelope_and_is_an_event(outbox: Outbox) -> None:
    with pytest.raises(RecordRefused):
        outbox.decide(services.envelope_not_needed, reason=" ")
    with pytest.raises(EnvelopeNotFound):
        services.envelope_not_needed(authority="XA", delivery_number="0" * 26, actor=MANAGER, reason="x", at=outbox.now)
    outbox.decide(services.envelope_not_needed, actor=SENIOR, reason="sold elsewhere")
    event = Event.objects.get(object_kind="envelope")
    assert (event.act, event.actor, event.object_id) == ("envelope.not_needed", SENIOR.id, outbox.row.delivery_number)
    assert outbox.acts()[-1] == "delivery_not_needed"
    outbox.deliver()
    assert outbox.transport.received == []
    with pytest.raises(ActNotAllowed):
        outbox.decide(services.envelope_revive)


def test_retry_now_does_not_wait_for_the_schedule(outbox: Outbox) -> None:
    outbox.transport.script = lambda _: Unreachable(is_about_envelope=True)
    outbox.deliver()
    outbox.transport.script = lambda _: Sent()
    outbox.deliver()
    assert len(outbox.transport.received) == 1
    outbox.decide(services.envelope_retry_now)
    outbox.deliver()
    assert outbox.row.state == "sent"


def test_what_was_refused_is_sent_again_by_a_person_only(outbox: Outbox) -> None:
    outbox.transport.script = lambda _: Refused(text="no")
    outbox.deliver()
    outbox.now += timedelta(days=1)
    outbox.deliver()
    assert len(outbox.transport.received) == 1
    outbox.decide(services.envelope_revive)
    outbox.deliver()
    assert [one.resent for one in outbox.transport.received] == [0, 1]


def test_all_failed_deliveries_of_a_partner_are_revived_at_once(outbox: Outbox) -> None:
    outbox.transport.script = lambda _: Unreachable(text="down")
    outbox.deliver()
    outbox.clocks(hours=73)
    many: dict[str, Any] = {"authority": "XA", "partner": "XB", "actor": MANAGER, "reason": "they are back"}
    assert services.envelopes_revive(at=outbox.now, **many) == 1
    assert services.envelopes_revive(at=outbox.now, **many) == 0


def test_bytes_go_90_days_after_the_last_word_and_header_and_digest_stay(outbox: Outbox) -> None:
    outbox.deliver()
    envelope_outcome(authority="XA", delivery_number=outbox.row.delivery_number, word=TrackingInfo.DELIVERED, at=NOW)
    assert services.contents_purge(authority="XA", at=NOW + timedelta(days=89)) == 0
    later = NOW + timedelta(days=91)
    assert services.contents_purge(authority="XA", at=later) == 1
    kept = Content.objects.get()
    assert (kept.data, kept.removed_at, kept.sha256) == (None, later, outbox.row.sha256)
    with pytest.raises(IntegrityError), transaction.atomic():
        Content.objects.update(data=b"again", removed_at=None)


def test_the_schedule_grows_to_an_hour_and_stays_short_for_withdrawals() -> None:
    def minutes(tries: int, *, urgent: bool = False, spread: float = 0) -> float:
        return (next_try(tries=tries, urgent=urgent, at=NOW, spread=spread) - NOW).total_seconds() / 60

    assert [round(minutes(tries), 2) for tries in range(1, 8)] == [0.17, 1, 5, 15, 60, 60, 60]
    assert minutes(7, urgent=True) == 15
    assert (minutes(5, spread=-1), minutes(5, spread=1)) == (48, 72)


def _step(name: str, content: bytes, version: int = 1) -> Step:
    return Step(
        golden=Golden(name), part="", type_code="851", status_code="70", number="XA-TEST-1", version=version,
        content=content, signature=b"<seal/>", expected=frozenset({TrackingInfo.DELIVERED}),
    )  # fmt: skip


def test_golden_messages_go_in_order_wrong_or_not_and_touch_no_certificate(outbox: Outbox) -> None:
    Partner.objects.update(state="sandbox")
    connection = PartnerConnection.objects.get()
    steps = [_step("M1", b"<a/>"), _step("M3", b"not even XML"), _step("M4", b"<a/>"), _step("M5", b"<b/>", 3)]
    numbers = services.envelopes_queue_golden(
        authority="XA", connection_id=connection.pk, run="r1", steps=steps, actor=MANAGER, at=outbox.now
    )
    outbox.deliver()
    assert [one.delivery_number for one in outbox.transport.received] == [numbers[0]]
    assert outbox.transport.received[0].detached_signature == b"<seal/>"
    assert services.golden_next(authority="XA", run="r1", at=outbox.now) == 3
    outbox.deliver()
    assert len(outbox.transport.received) == 1, "its word has not come"
    envelope_outcome(authority="XA", delivery_number=numbers[0], word=TrackingInfo.DELIVERED_NOT_READABLE, at=NOW)
    assert Envelope.objects.get(delivery_number=numbers[0]).state == "unreadable", "not sent again by itself"
    services.golden_next(authority="XA", run="r1", at=outbox.now)
    outbox.deliver()
    assert len(outbox.transport.received) == 2
    outbox.now += timedelta(seconds=95)
    outbox.deliver()
    assert [one.delivery_number for one in outbox.transport.received] == list(numbers)
    assert Envelope.objects.get(delivery_number=numbers[2]).duplicate_of is not None
    assert Attempt.objects.count() == 4
    assert outbox.acts() == ["issued"]


def test_nobody_is_tested_who_has_only_applied(outbox: Outbox) -> None:
    Partner.objects.update(state="applied")
    with pytest.raises(RecordRefused, match="state"):
        services.envelopes_queue_golden(
            authority="XA", connection_id=PartnerConnection.objects.get().pk, run="r", steps=[], actor=MANAGER, at=NOW
        )
