"""Webhooks from what happened to an HTTPS receiver that believes them, and everything that goes wrong on the way."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import standardwebhooks

from opensps.events.queries import EventView
from opensps.exchange.models import Partner, WebhookAttempt, WebhookEndpoint, WebhookMessage
from opensps.exchange.secrets import SecretBox
from opensps.exchange.services.moving import moved
from opensps.exchange.services.outcomes import envelope_outcome
from opensps.exchange.services.webhook_delivery import LEASE, WebhookDeliverer, messages_take
from opensps.exchange.services.webhook_endpoints import (
    EndpointSettings,
    KeyedEndpoint,
    endpoint_create,
    endpoint_rekey,
    endpoint_test,
    messages_replay,
)
from opensps.exchange.services.webhook_telling import envelopes_told
from opensps.exchange.transports.http_address import Guard
from opensps.exchange.transports.http_tls import TlsSettings
from opensps.exchange.transports.webhook import WebhookTransport
from opensps.exchange.webhook_consumer import WEBHOOK_CONSUMER
from opensps.exchange.webhook_signing import prove
from opensps.lifecycle import DeliveryEvent, TrackingInfo
from opensps.project.serving.tls import TlsFiles
from tests.factories.https_servers import HttpsServer, Received, Script, Step, answer, server_files
from tests.factories.rest import partner_of, waiting_envelope

BOX = SecretBox(bytes(range(32)))
AT = datetime.now(UTC).replace(microsecond=0)
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> TlsFiles:
    return server_files(tmp_path_factory.mktemp("receiver"))


@pytest.fixture
def partner(db: None) -> Partner:
    return partner_of()


def listening(partner: Partner, url: str = "https://receiver.example/hook", **parts: Any) -> KeyedEndpoint:
    asked = EndpointSettings(url=url, **parts)
    return endpoint_create(partner=partner, asked=asked, created_by="test", box=BOX, at=AT)


def deliverer(server: HttpsServer, files: TlsFiles, *, at: datetime = AT) -> WebhookDeliverer:
    guard = Guard(frozenset({f"127.0.0.1:{server.port}"}))
    transport = WebhookTransport(guard, TlsSettings(files.authority.read_bytes()))
    return WebhookDeliverer("XA", transport, lambda: at, BOX)


def told(partner: Partner) -> list[tuple[str, Any]]:
    rows = WebhookMessage.objects.filter(endpoint__partner=partner).order_by("pk")
    return [(row.event_type, json.loads(bytes(row.body))["data"]) for row in rows]


def test_a_receiver_believes_what_it_is_told_by_the_reference_library(files: TlsFiles, partner: Partner) -> None:
    with HttpsServer(files, lambda _: answer(status=204)) as server:
        made = listening(partner, server.url("/hook"), signature="v1")
        now = datetime.now(UTC).replace(microsecond=0)  # the library looks at the clock itself
        endpoint_test(endpoint=made.endpoint, at=now)
        assert deliverer(server, files, at=now).step() == 1
    (request,) = server.received
    said = standardwebhooks.Webhook(made.secret).verify(request.body.decode(), dict(request.headers))
    assert said["type"] == "webhook.test"
    assert (request.method, request.path, request.headers["content-type"]) == ("POST", "/hook", "application/json")
    row = WebhookMessage.objects.get()
    assert (row.state, row.due_at, row.message_id) == ("delivered", None, request.headers["webhook-id"])
    assert WebhookAttempt.objects.get().code == "204"


def test_between_governments_the_receiver_holds_a_public_key_only(files: TlsFiles, partner: Partner) -> None:
    with HttpsServer(files, lambda _: answer()) as server:
        made = listening(partner, server.url())
        endpoint_test(endpoint=made.endpoint, at=AT)
        deliverer(server, files).step()
    (request,) = server.received
    assert made.secret == ""
    assert made.endpoint.public_key.startswith("whpk_")
    prove(headers=request.headers, body=request.body, keys=[made.endpoint.public_key], at=AT)


def test_while_a_key_changes_both_sign_and_afterwards_the_new_one_alone(files: TlsFiles, partner: Partner) -> None:
    with HttpsServer(files, lambda _: answer()) as server:
        made = listening(partner, server.url())
        old = made.endpoint.public_key
        new = endpoint_rekey(partner=partner, endpoint_id=made.endpoint.pk, version=1, box=BOX, at=AT).endpoint
        for at in (AT, AT + timedelta(days=1, seconds=1)):
            endpoint_test(endpoint=new, at=at)
            deliverer(server, files, at=at).step()
    first, second = (each.headers["webhook-signature"].split(" ") for each in server.received)
    assert (len(first), len(second)) == (2, 1)
    for key in (old, new.public_key):
        prove(headers=server.received[0].headers, body=server.received[0].body, keys=[key], at=AT)


def test_the_secret_lies_encrypted_and_opens_in_no_other_row(partner: Partner) -> None:
    one, two = listening(partner, signature="v1"), listening(partner, signature="v1")
    sealed = bytes(WebhookEndpoint.objects.get(pk=one.endpoint.pk).secret or b"")
    assert one.secret.removeprefix("whsec_").encode() not in sealed
    assert one.secret != two.secret
    assert one.secret not in repr(one)


def scripted(*answers: Sequence[Step]) -> Script:
    waiting = list(answers)
    return lambda _: waiting.pop(0) if waiting else answer()


def test_a_failure_is_tried_again_by_the_schedule_under_the_same_id(files: TlsFiles, partner: Partner) -> None:
    script = scripted(answer(status=500), [], answer(status=302, headers={"Location": "https://127.0.0.1/"}))
    with HttpsServer(files, script) as server:
        endpoint_test(endpoint=listening(partner, server.url()).endpoint, at=AT)
        at = AT
        for least, most in ((4, 6), (240, 360), (1440, 2160)):
            assert deliverer(server, files, at=at).step() == 1
            row = WebhookMessage.objects.get()
            assert row.due_at is not None
            assert row.lease is None
            assert least <= (row.due_at - at).total_seconds() <= most
            assert deliverer(server, files, at=row.due_at - timedelta(seconds=1)).step() == 0
            at = row.due_at
        deliverer(server, files, at=at).step()
    assert len({request.headers["webhook-id"] for request in server.received}) == 1
    assert len(server.received) == 4, "the redirect was not followed"
    codes = list(WebhookAttempt.objects.order_by("ordinal").values_list("ordinal", "result", "code"))
    assert codes == [(1, "failed", "500"), (2, "failed", "cut"), (3, "failed", "302"), (4, "delivered", "200")]
    assert WebhookEndpoint.objects.get().failing_since is None


def test_what_the_receiver_asks_for_is_waited_for(files: TlsFiles, partner: Partner) -> None:
    with HttpsServer(files, scripted(answer(status=429, headers={"Retry-After": "600"}))) as server:
        endpoint_test(endpoint=listening(partner, server.url()).endpoint, at=AT)
        deliverer(server, files).step()
    assert WebhookMessage.objects.get().due_at == AT + timedelta(seconds=600)


def test_an_endpoint_that_is_gone_is_told_nothing_more(files: TlsFiles, partner: Partner) -> None:
    with HttpsServer(files, lambda _: answer(status=410)) as server:
        made = listening(partner, server.url())
        for _ in range(3):
            endpoint_test(endpoint=made.endpoint, at=AT)
        work = deliverer(server, files)
        while work.step():
            pass
    row = WebhookEndpoint.objects.get()
    assert (row.is_active, row.disabled_reason, row.disabled_at) == (False, "gone", AT)
    assert len(server.received) < 3
    envelopes_told([waiting_envelope(partner)], at=AT)
    assert WebhookMessage.objects.count() == 3, "nothing new is written for it"


def test_after_five_days_of_failure_an_endpoint_is_switched_off(files: TlsFiles, partner: Partner) -> None:
    with HttpsServer(files, lambda _: answer(status=503)) as server:
        made = listening(partner, server.url())
        for days in (0, 2, 4.99, 5):
            at = AT + timedelta(days=days)
            endpoint_test(endpoint=made.endpoint, at=at)
            WebhookMessage.objects.filter(tries__gt=0).update(state="failed", due_at=None)
            deliverer(server, files, at=at).step()
            assert WebhookEndpoint.objects.get().is_active == (days < 5)
    assert WebhookEndpoint.objects.get().disabled_reason == "failing"


def test_a_success_between_begins_the_five_days_anew(files: TlsFiles, partner: Partner) -> None:
    with HttpsServer(files, scripted(answer(status=503), answer(), answer(status=503))) as server:
        made = listening(partner, server.url())
        for days in (0, 3, 6):
            endpoint_test(endpoint=made.endpoint, at=AT + timedelta(days=days))
            WebhookMessage.objects.filter(tries__gt=0).update(state="failed", due_at=None)
            deliverer(server, files, at=AT + timedelta(days=days)).step()
    assert WebhookEndpoint.objects.get().is_active


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "2130706433", "[::1]", "[::ffff:127.0.0.1]", "0x7f000001", "169.254.169.254"]
)
def test_nothing_is_told_inside_our_own_network(files: TlsFiles, partner: Partner, host: str) -> None:
    with HttpsServer(files, lambda _: answer()) as server:
        endpoint_test(endpoint=listening(partner, server.url(host=host)).endpoint, at=AT)
        transport = WebhookTransport(tls=TlsSettings(files.authority.read_bytes()))
        WebhookDeliverer("XA", transport, lambda: AT, BOX).step()
    assert server.received == []
    attempt = WebhookAttempt.objects.get()
    assert (attempt.result, attempt.code in ("network", "name")) == ("failed", True)


def test_a_name_that_turns_inside_after_it_was_judged_leads_nowhere(files: TlsFiles, partner: Partner) -> None:
    answers = iter([("203.0.113.7", "8.8.8.8"), ("127.0.0.1",)])
    with HttpsServer(files, lambda _: answer()) as server:
        endpoint_test(endpoint=listening(partner, server.url(host="rebind.example")).endpoint, at=AT)
        transport = WebhookTransport(ask=lambda *_: next(answers))
        WebhookDeliverer("XA", transport, lambda: AT, BOX).step()
    assert server.received == []
    assert next(answers) == ("127.0.0.1",), "asked once only"


def test_without_the_key_of_the_installation_nothing_is_sent_unsigned(files: TlsFiles, partner: Partner) -> None:
    with HttpsServer(files, lambda _: answer()) as server:
        endpoint_test(endpoint=listening(partner, server.url()).endpoint, at=AT)
        replace(deliverer(server, files), box=None).step()
    assert server.received == []
    assert WebhookMessage.objects.get().state == "pending"


def test_a_worker_that_died_loses_nothing(partner: Partner) -> None:
    endpoint_test(endpoint=listening(partner).endpoint, at=AT)
    assert len(messages_take(authority="XA", at=AT)) == 1
    assert messages_take(authority="XA", at=AT + LEASE - timedelta(seconds=1)) == ()
    assert len(messages_take(authority="XA", at=AT + LEASE)) == 1


def test_many_messages_of_one_endpoint_leave_room_for_another(partner: Partner) -> None:
    busy, quiet = listening(partner).endpoint, listening(partner).endpoint
    for _ in range(20):
        endpoint_test(endpoint=busy, at=AT)
    endpoint_test(endpoint=quiet, at=AT)
    taken = [row.endpoint_id for row in messages_take(authority="XA", at=AT)]
    assert taken.count(busy.pk) <= 2
    assert quiet.pk in taken


def test_messages_are_told_again_one_or_those_of_a_time(files: TlsFiles, partner: Partner) -> None:
    with HttpsServer(files, lambda _: answer()) as server:
        made = listening(partner, server.url())
        first = endpoint_test(endpoint=made.endpoint, at=AT - timedelta(hours=2))
        second = endpoint_test(endpoint=made.endpoint, at=AT)
        work = deliverer(server, files)
        work.step()
        assert messages_replay(endpoint=made.endpoint, at=AT, message_id=first) == 1
        work.step()
        assert messages_replay(endpoint=made.endpoint, at=AT, since=AT - timedelta(hours=1), until=AT) == 1
        work.step()
    assert sorted(each.headers["webhook-id"] for each in server.received) == sorted([first, first, second, second])


def test_whom_an_envelope_waits_for_is_told_once_and_thinly(partner: Partner) -> None:
    listening(partner)
    listening(partner_of("XC"))
    row = waiting_envelope(partner)
    for _ in range(2):
        envelopes_told([row], at=AT)
    waiting, issued = told(partner)
    assert (waiting[0], issued[0]) == ("envelope.waiting", "certificate.issued")
    assert waiting[1] == {
        "delivery_number": row.delivery_number,
        "number": row.number,
        "version": 1,
        "type_code": "851",
        "status_code": "70",
        "tracking_info": "PendingDelivery",
        "link": f"/api/v1/envelopes/{row.delivery_number}",
    }
    assert told(partner_of("XC")) == []


@pytest.mark.parametrize(
    ("state", "version", "notice"),
    [
        ("in_force", 1, "certificate.issued"),
        ("on_hold", 2, "certificate.held"),
        ("in_force", 3, "certificate.lifted"),
        ("replaced", 2, "certificate.replaced"),
        ("withdrawn", 2, "certificate.withdrawn"),
    ],
)
def test_every_change_of_a_certificate_has_its_name(partner: Partner, state: str, version: int, notice: str) -> None:
    listening(partner, events=(notice,))
    envelopes_told([waiting_envelope(partner, certificate_state=state, version=version)], at=AT)
    assert [each[0] for each in told(partner)] == [notice]


def test_an_endpoint_hears_only_what_it_asked_for(partner: Partner) -> None:
    listening(partner, events=("envelope.expired",))
    row = waiting_envelope(partner)
    envelopes_told([row], at=AT)
    assert told(partner) == []
    moved(row, DeliveryEvent.EXPIRE, at=AT, roles=frozenset({_clock()}))
    assert [each[0] for each in told(partner)] == ["envelope.expired"]


def _clock() -> Any:
    from opensps.lifecycle import Role  # noqa: PLC0415 only here

    return Role.CLOCK


@pytest.mark.parametrize(
    ("word", "notice"),
    [(TrackingInfo.DELIVERED, "envelope.delivered"), (TrackingInfo.FAILED_DELIVERY, "envelope.failed")],
)
def test_who_sent_through_our_hub_is_told_what_the_recipient_said(
    partner: Partner, word: TrackingInfo, notice: str
) -> None:
    sender = partner_of("XC")
    listening(sender)
    row = waiting_envelope(partner, direction="through", channel="hub", sender_partner=sender, from_code="XC")
    envelope_outcome(authority="XA", delivery_number=row.delivery_number, word=word, at=AT)
    assert [each[0] for each in told(sender)] == [notice]


def event(act: str, object_id: str, **payload: Any) -> EventView:
    values: dict[str, Any] = dict.fromkeys(EventView.__dataclass_fields__, "")
    given = {"id": "11111111-1111-1111-1111-111111111111", "authority": "XA", "act": act, "object_id": object_id}
    return EventView(**{**values, **given, "at": AT, "payload": payload})


def test_modes_and_outcomes_are_told_to_the_partner_they_concern(partner: Partner) -> None:
    listening(partner)
    listening(partner_of("XC"))
    WEBHOOK_CONSUMER.handle(event("partner.mode_changed", "XB"))
    outcome = event("certificate.outcome_reported", "XA-1", reporter="XB", outcome_number="XB-1")
    for _ in range(2):
        WEBHOOK_CONSUMER.handle(outcome)
    WEBHOOK_CONSUMER.handle(event("certificate.issued", "XA-1"))
    WEBHOOK_CONSUMER.handle(event("certificate.outcome_reported", "XA-1"))
    assert [each[0] for each in told(partner)] == ["partner.mode_changed", "outcome.recorded"]
    assert told(partner_of("XC")) == []


def test_who_asked_is_told_of_the_inquiry_its_answer_and_its_end(partner: Partner) -> None:
    listening(partner)
    steps = (("open", "", "open"), ("machine_finding", "open", "open"), ("send", "reply_drafted", "answered"))
    for number, (act, before, after) in enumerate((*steps, ("withdraw_inquiry", "answered", "closed"))):
        given = event(f"inquiry.{act}", "XA-Q-1", asker="XB", number="XA-1")
        ids = f"{number:08d}-1111-1111-1111-111111111111"
        WEBHOOK_CONSUMER.handle(replace(given, id=ids, object_kind="inquiry", from_state=before, to_state=after))  # type: ignore[arg-type]  # a text will do
    assert [each[0] for each in told(partner)] == ["inquiry.opened", "inquiry.answered", "inquiry.closed"]


def test_a_slow_receiver_is_left_after_its_time(files: TlsFiles, partner: Partner, monkeypatch: Any) -> None:
    from opensps.exchange.transports import webhook  # noqa: PLC0415 only here

    monkeypatch.setattr(webhook, "LIMITS", replace(webhook.LIMITS, read=0.2, total=0.3))

    def slow(_: Received) -> list[Step]:
        return [1.0, *answer()]

    with HttpsServer(files, slow) as server:
        endpoint_test(endpoint=listening(partner, server.url()).endpoint, at=AT)
        deliverer(server, files).step()
    assert WebhookAttempt.objects.get().code == "time"
