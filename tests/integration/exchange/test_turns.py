"""Nobody waits for another's backlog, and no answer is lost with a write (`exchange.md` 5.3, 8.2)."""

from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError

from opensps.events.queries import events_for
from opensps.exchange.consumer import EXCHANGE_CONSUMER
from opensps.exchange.models import Content, Envelope, Partner, WebhookEndpoint, WebhookMessage
from opensps.exchange.schedule import URGENT_LONGEST
from opensps.exchange.secrets import SecretBox
from opensps.exchange.services import delivering
from opensps.exchange.services.delivering import Deliverer
from opensps.exchange.services.leasing import leases_take
from opensps.exchange.services.webhook_delivery import messages_take
from opensps.exchange.services.webhook_endpoints import EndpointSettings, endpoint_create, endpoint_test
from opensps.exchange.transports import Channel
from opensps.exchange.transports.scripted import ScriptedTransport, TransportsByChannel
from opensps.lifecycle import CertificateState, DeliveryState
from tests.factories.certification import START, cast, certificate_in
from tests.factories.partners import live_partner
from tests.factories.rest import waiting_envelope

pytestmark = pytest.mark.django_db
NOW = START + timedelta(days=2)


def _endpoint(partner: Partner) -> WebhookEndpoint:
    asked = EndpointSettings(url="https://receiver.example/hook")
    return endpoint_create(partner=partner, asked=asked, created_by="test", box=SecretBox(bytes(32)), at=NOW).endpoint


def test_a_thousand_messages_of_a_dead_endpoint_leave_another_its_turn() -> None:
    partner = live_partner("XB")
    dead, alive = _endpoint(partner), _endpoint(partner)
    endpoint_test(endpoint=dead, at=NOW)
    first = WebhookMessage.objects.get()
    fields = {
        each.attname: getattr(first, each.attname)
        for each in WebhookMessage._meta.concrete_fields
        if each.attname != "id"
    }
    WebhookMessage.objects.bulk_create(
        WebhookMessage(**{**fields, "message_id": f"msg_{index}", "cause": f"test {index}"}) for index in range(999)
    )
    endpoint_test(endpoint=alive, at=NOW + timedelta(hours=1))
    taken = [row.endpoint_id for row in messages_take(authority="XA", at=NOW + timedelta(hours=1))]
    assert (taken.count(dead.pk), taken.count(alive.pk)) == (2, 1)
    assert len(messages_take(authority="XA", at=NOW + timedelta(hours=1), limit=1)) == 1


def _queued(partner: Partner, *, due_at: datetime, **fields: object) -> Envelope:
    connection = partner.connections.get()
    given = {"state": "queued", "connection": connection, "channel": connection.channel, "due_at": due_at, **fields}
    return waiting_envelope(partner, change_sequence=None, sent_at=None, **given)


def test_a_backlog_of_one_connection_hides_no_other() -> None:
    busy, quiet, pressed = live_partner("XB"), live_partner("XC"), live_partner("XD")
    pattern = _queued(busy, due_at=NOW)
    columns = {each.attname: getattr(pattern, each.attname) for each in Envelope._meta.concrete_fields}
    columns.pop("id", None)
    Envelope.objects.bulk_create(
        Envelope(
            **{
                **columns,
                "number": f"N-{index}",
                "delivery_number": f"{index:026d}",
                "due_at": NOW - timedelta(seconds=index),
            }
        )
        for index in range(5001)
    )
    _queued(quiet, due_at=NOW)
    _queued(pressed, due_at=NOW, urgent=True)
    taken = [lease.envelope.to_code for lease in leases_take(authority="XA", at=NOW, limit=16)]
    assert taken == ["XD", *["XB"] * 4, "XC"], "the urgent one first, then the oldest, and everybody has a turn"
    assert Content.objects.count() == 1


@pytest.mark.parametrize(
    ("state", "waits"), [(DeliveryState.QUEUED, timedelta(0)), (DeliveryState.RETRYING, URGENT_LONGEST)]
)
def test_what_stands_before_a_withdrawal_does_not_sleep_an_hour(state: DeliveryState, waits: timedelta) -> None:
    live_partner("XB")
    certificate = certificate_in(cast(), CertificateState.WITHDRAWN)
    told = events_for(authority="XA", object_kind="certificate", object_id=certificate.number)
    EXCHANGE_CONSUMER.handle_many(told[:1])
    Envelope.objects.update(state=state, due_at=NOW + timedelta(hours=1))
    EXCHANGE_CONSUMER.handle(told[-1])
    rows = Envelope.objects.order_by("version")
    first, last = rows[0], rows[len(rows) - 1]
    assert first.urgent
    assert last.urgent
    assert first.due_at == last.queued_at + waits


def test_an_answer_the_database_did_not_take_is_written_by_the_next_step(monkeypatch: pytest.MonkeyPatch) -> None:
    partner = live_partner("XB")
    for number in ("1", "2"):
        _queued(partner, due_at=NOW, number=number)
    transport, failures = ScriptedTransport(), [DatabaseError("gone")]
    written = delivering.attempt_finish

    def failing_once(**given: object) -> object:
        if failures:
            raise failures.pop()
        return written(**given)

    monkeypatch.setattr(delivering, "attempt_finish", failing_once)
    worker = Deliverer("XA", TransportsByChannel.of_pairs([(Channel.TEST, transport)]), lambda: NOW)
    assert worker.step().started == 2
    while len([future for future in worker._running if future.done()]) < 2:
        worker.wait(0.05)
    with pytest.raises(DatabaseError):
        worker.step()
    assert worker.on_their_way == 1, "the other answer is written, this one is kept"
    assert worker.step().finished == 1
    worker.close()
    assert set(Envelope.objects.values_list("state", flat=True)) == {"sent"}
    assert len(transport.received) == 2, "nothing was sent twice"
