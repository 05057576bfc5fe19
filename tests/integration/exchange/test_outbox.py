"""From the event to the outbox: who gets what, in which order, and what holds it back (`exchange.md` 8)."""

import hashlib

import pytest
from django.db import IntegrityError, transaction

from opensps.certification import services as certification
from opensps.events.models import Event
from opensps.events.queries import events_for
from opensps.exchange import services
from opensps.exchange.consumer import EXCHANGE_CONSUMER
from opensps.exchange.models import Attempt, Content, Envelope, Mode, Partner, PartnerConnection
from opensps.exchange.outgoing import NoticeNotMade, with_status
from opensps.exchange.transports import (
    Channel,
    Refused,
    Sent,
    Unreachable,
)
from opensps.formats import read_certificate
from opensps.lifecycle import CertificateState
from tests.factories.certification import cast, certificate_in
from tests.factories.outboxes import NOW, World, answering, issued, only
from tests.factories.partners import MANAGER, live_partner

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return World(cast())


def test_an_issue_reaches_the_partner_of_the_import_country_with_the_signed_bytes(world: World) -> None:
    live_partner("XB")
    live_partner("XC")
    certificate = issued(world)
    world.deliver()
    (sent,) = world.transport.received
    assert (sent.to_code, sent.from_code, sent.number) == (certificate.import_country, "XA", certificate.number)
    assert sent.content == bytes(certificate.xml or b"")
    assert sent.detached_signature == bytes(certificate.seal or b"")
    assert sent.sha256 == hashlib.sha256(sent.content).hexdigest()
    row = only()
    assert (row.state, row.version, row.remote_number, row.attempts) == ("sent", 1, f"R-{row.delivery_number}", 1)
    attempt = Attempt.objects.get()
    assert (attempt.result, attempt.ended_at) == ("sent", NOW)


def test_an_event_followed_again_queues_nothing_twice(world: World) -> None:
    live_partner("XB")
    certificate = issued(world)
    event = events_for(authority="XA", object_kind="certificate", object_id=certificate.number)[0]
    for _ in range(3):
        EXCHANGE_CONSUMER.handle(event)
    assert Envelope.objects.count() == 1


def test_the_database_itself_refuses_the_same_envelope_twice(world: World) -> None:
    live_partner("XB")
    issued(world)
    row = only()
    row.pk, row.delivery_number, row.event_id = None, "0" * 26, None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_what_was_sent_to_whom_cannot_be_changed_and_not_removed(world: World) -> None:
    live_partner("XB")
    issued(world)
    world.deliver()
    for change in ({"number": "XA-1"}, {"sha256": "0" * 64}, {"from_code": "XZ"}, {"version": 9}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Envelope.objects.update(**change)
    for table in (Envelope, Attempt, Content):
        with pytest.raises(IntegrityError), transaction.atomic():
            table.objects.all()._raw_delete("default")
    with pytest.raises(IntegrityError), transaction.atomic():
        Attempt.objects.update(result="refused")
    with pytest.raises(IntegrityError), transaction.atomic():
        Content.objects.update(data=b"other")


@pytest.mark.parametrize(
    ("mode", "sends"), [(Mode.PAPER, False), (Mode.HYBRID, True), (Mode.PARALLEL, True), (Mode.PAPERLESS, True)]
)
def test_the_mode_decides_whether_anything_goes(world: World, mode: Mode, sends: bool) -> None:
    live_partner("XB", mode=mode)
    issued(world)
    assert Envelope.objects.exists() == sends


def test_a_partner_that_is_not_live_gets_nothing_and_a_suspended_one_when_it_is_back(world: World) -> None:
    live_partner("XB")
    Partner.objects.update(state="suspended", resumes_as="live", suspended_reason="key")
    issued(world)
    world.deliver()
    assert (only().state, only().blocked_reason) == ("blocked", "partner_suspended")
    Partner.objects.update(state="live", resumes_as="", suspended_reason="")
    services.envelopes_free(authority="XA", partner="XB", at=world.now)
    world.deliver()
    assert only().state == "sent"
    Partner.objects.update(state="certified")
    issued(world)
    assert Envelope.objects.count() == 1


def test_a_pair_the_partner_does_not_take_is_blocked_with_that_reason_until_it_does(world: World) -> None:
    live_partner("XB", pairs=(("657", "70"),))
    certificate = issued(world)
    world.deliver()
    assert (only().state, only().blocked_reason, world.sent()) == ("blocked", "pair_not_allowed", [])
    acts = [event.act for event in events_for(authority="XA", object_kind="certificate", object_id=certificate.number)]
    assert acts[-1] == "certificate.delivery_blocked", "the exporter sees it"
    services.allowed_set(
        authority="XA", partner="XB", direction="out", pairs=[("851", "70")], actor=MANAGER, at=world.now
    )
    world.deliver()
    assert only().state == "sent"


def test_without_a_channel_the_row_waits_for_one(world: World) -> None:
    live_partner("XB")
    PartnerConnection.objects.update(is_active=False)
    issued(world)
    assert (only().state, only().blocked_reason, only().channel) == ("blocked", "no_channel", "")
    PartnerConnection.objects.update(is_active=True)
    services.envelopes_free(authority="XA", partner="XB", at=world.now)
    world.deliver()
    assert (only().state, only().channel) == ("sent", "test")


def test_a_severe_finding_of_the_receivers_profile_blocks_and_says_which(world: World) -> None:
    partner = live_partner("XB")
    Partner.objects.filter(pk=partner.pk).update(rules_profile="traces")
    issued(world)
    world.deliver()
    row = only()
    assert (row.state, row.blocked_reason) == ("blocked", "findings")
    assert row.findings[0]["level"] == "SEVERE"
    assert row.blocked_text == row.findings[0]["message"]
    services.envelope_free(
        authority="XA", delivery_number=row.delivery_number, actor=MANAGER, reason="agreed by telephone", at=world.now
    )
    world.deliver()
    assert only().state == "sent", "a person freed it, and is named in an event"
    assert Event.objects.get(object_kind="envelope").actor == MANAGER.id


def test_a_withdrawal_follows_the_certificate_and_overtakes_everything_else(world: World) -> None:
    live_partner("XB")
    first = issued(world)
    issued(world)
    withdrawn = certificate_in(world.people, CertificateState.WITHDRAWN)
    world.follow()
    world.deliver()
    order = [(one.number, one.status_code, one.version) for one in world.transport.received]
    own = [entry[1:] for entry in order if entry[0] == withdrawn.number]
    assert own == [("70", 1), ("70", 2), ("40", 3)], "issue, hold with the proposal, withdrawal"
    assert {entry[0] for entry in order} >= {first.number}
    notice = read_certificate(world.transport.received[-1].content).certificate
    row = Envelope.objects.get(number=withdrawn.number, status_code="40")
    assert row.urgent
    assert notice is not None


def test_a_withdrawal_is_the_same_certificate_with_status_40_and_no_seal(world: World) -> None:
    live_partner("XB")
    withdrawn = issued(world, CertificateState.WITHDRAWN)
    world.deliver()
    last = next(one for one in world.transport.received if one.status_code == "40")
    assert last.content != bytes(withdrawn.xml or b"")
    assert last.content.replace(b">40</", b">70</", 1) == bytes(withdrawn.xml or b"")
    assert last.detached_signature is None
    assert last.certificate_state == "withdrawn"
    with pytest.raises(NoticeNotMade):
        with_status(b"<a/>", "40")


def test_a_hold_goes_over_our_own_channels_and_never_to_a_hub(world: World) -> None:
    live_partner("XB")
    held = issued(world, CertificateState.ON_HOLD)
    world.deliver()
    told = [(one.status_code, one.certificate_state) for one in world.transport.received]
    assert told == [("70", "in_force"), ("70", "on_hold")]
    PartnerConnection.objects.update(channel=Channel.HUB)
    certification.certificate_lift(
        authority="XA", number=held.number, reason="checked", actor=world.people.senior, at=world.now
    )
    world.follow()
    assert Envelope.objects.filter(certificate_state="in_force").count() == 1


def test_a_later_version_waits_while_an_earlier_one_is_under_way_and_not_when_it_failed(world: World) -> None:
    live_partner("XB")
    world.transport.script = answering(Unreachable(text="down"))
    issued(world, CertificateState.WITHDRAWN)
    world.deliver()
    assert world.sent() == [("XB", "70")]
    world.transport.script = answering(Refused(text="no"), Sent())
    world.later(seconds=20)
    assert world.sent() == [("XB", "70"), ("XB", "70"), ("XB", "70"), ("XB", "40")]
    assert sorted(Envelope.objects.values_list("version", "state")) == [(1, "rejected"), (2, "sent"), (3, "sent")]


def test_an_earlier_change_whose_turn_has_not_come_goes_first(world: World) -> None:
    """A due row that failed once comes back later than the next one of the same certificate."""
    live_partner("XB")
    certificate = certificate_in(world.people, CertificateState.WITHDRAWN)
    told = events_for(authority="XA", object_kind="certificate", object_id=certificate.number)
    EXCHANGE_CONSUMER.handle(told[-1])
    assert sorted(Envelope.objects.values_list("version", flat=True)) == [1, 2, 3]
    world.follow()
    assert Envelope.objects.count() == 3
