"""What is made of envelopes that come: decided, stored and answered together (`exchange.md` 8.3, 8.4)."""

import itertools
import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from opensps.accounts.queries import Actor
from opensps.events.models import Event
from opensps.exchange.acknowledging import receipt_document
from opensps.exchange.errors import EnvelopeNotFound, NotAllowed, RecordRefused
from opensps.exchange.immutable import missing_triggers
from opensps.exchange.models import Decision, Envelope, IncomingCertificate, Partner, ReceivedMessage
from opensps.exchange.services.incoming import incoming_decide
from opensps.exchange.services.messages import (
    message_process,
    message_receive,
    message_reject,
    message_release,
    messages_process_due,
    messages_purge,
)
from opensps.exchange.services.receiving import ReceiptAnswer, envelope_receive
from opensps.exchange.terms import InboundMessage, ReceivingTerms
from opensps.exchange.transports import Channel
from opensps.lifecycle import AcknowledgementCode
from tests.factories.incoming import NUMBER, header, theirs
from tests.factories.partners import MANAGER, connect, live_partner

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 22, 7, tzinfo=UTC)
TERMS = ReceivingTerms(extra_countries=frozenset({"XA", "XB", "XC"}))
SECOND = "XB/PC/2026/00002"
TRUNCATED = {"postgresql": ("TRUNCATE exchange_receivedmessage CASCADE",)}
"""SQLite has no such statement."""

_numbers = itertools.count(1)


@pytest.fixture
def partner() -> Partner:
    """Northland, live over the test channel."""
    return live_partner("XB")


def _come(partner: Partner, content: bytes, number: str = NUMBER, **given: Any) -> ReceiptAnswer:
    """Let an envelope come under a delivery number of its own."""
    values: dict[str, Any] = {"status": 70, "to": "XA"} | {
        name: given.pop(name) for name in ("status", "to") if name in given
    }
    return envelope_receive(
        authority="XA",
        partner=partner,
        channel=Channel.TEST,
        header=header(number, **values),
        content=content,
        terms=TERMS,
        at=AT,
        **{"remote_number": f"R{next(_numbers)}"} | given,
    )


def _state(number: str = NUMBER) -> str:
    return IncomingCertificate.objects.get(number=number).state


@pytest.mark.parametrize("state", ["applied", "profile_set", "sandbox", "certified"])
def test_before_the_exchange_is_open_only_training_numbers_are_taken(partner: Partner, state: str) -> None:
    """What a partner tries out in its sandbox must never be a certificate that a border point lets goods in by."""
    Partner.objects.update(state=state)
    partner.refresh_from_db()
    training = f"T-{NUMBER}"
    for number, content in ((NUMBER, theirs()), (training, theirs())):
        answer = _come(partner, content, number)
        assert answer.result is AcknowledgementCode.REJECTED
        assert "not open yet" in answer.text
    assert not IncomingCertificate.objects.exists()
    assert _come(partner, theirs(training), training).result is AcknowledgementCode.RECEIVED


def test_a_clean_certificate_is_in_force_and_acknowledged_in_the_same_transaction(partner: Partner) -> None:
    answer = _come(partner, theirs())
    assert (answer.result, answer.text, answer.is_new) == (AcknowledgementCode.RECEIVED, "", True)
    kept = IncomingCertificate.objects.get(number=NUMBER)
    assert (kept.state, kept.export_country, kept.import_country) == ("in_force", "XB", "XA")
    assert "Fresh garlic" in kept.goods
    reply = Envelope.objects.get(kind="acknowledgement")
    assert (reply.state, reply.result, reply.in_reply_to_id) == ("queued", "RECEIVED", kept.envelope_id)
    event = Event.objects.get(object_kind="incoming_certificate")
    assert (event.object_id, event.to_state) == (f"XB:{NUMBER}", "in_force")


def test_the_same_delivery_again_is_answered_as_before_and_makes_nothing_new(partner: Partner) -> None:
    first = _come(partner, theirs(), remote_number="R")
    again = _come(partner, theirs(), remote_number="R")
    assert (again.delivery_number, again.result, again.is_new) == (first.delivery_number, first.result, False)
    assert Envelope.objects.filter(direction="in").count() == Envelope.objects.filter(direction="out").count() == 1


def test_without_a_number_the_same_content_is_the_same_envelope(partner: Partner) -> None:
    first = _come(partner, theirs(), remote_number="")
    assert _come(partner, theirs(), remote_number="").delivery_number == first.delivery_number
    assert _come(partner, b"hello", remote_number="").result is AcknowledgementCode.UNREADABLE
    assert _come(partner, b"hello", remote_number="").is_new is False


def test_a_delivery_number_with_other_content_is_set_aside(partner: Partner) -> None:
    first = _come(partner, theirs(), remote_number="R")
    other = _come(partner, theirs(goods="Others"), remote_number="R")
    assert other.result is AcknowledgementCode.RECEIVED_REMARKS
    assert other.delivery_number == first.delivery_number
    kept = ReceivedMessage.objects.get()
    assert (kept.decision, kept.reason) == (Decision.QUARANTINED, "REPLAY")
    assert _state() == "in_force"


def test_a_second_delivery_of_the_same_thing_is_clean_linked_and_applied_once(partner: Partner) -> None:
    first, again = _come(partner, theirs()), _come(partner, theirs())
    assert again.result is AcknowledgementCode.RECEIVED
    row = Envelope.objects.get(delivery_number=again.delivery_number)
    assert row.duplicate_of is not None
    assert row.duplicate_of.delivery_number == first.delivery_number
    assert Event.objects.filter(object_kind="incoming_certificate").count() == 1
    assert Envelope.objects.filter(kind="acknowledgement").count() == 2


def test_other_content_under_one_number_and_status_is_a_conflict_for_a_person(partner: Partner) -> None:
    _come(partner, theirs())
    other = _come(partner, theirs(goods="Others"))
    assert other.result is AcknowledgementCode.RECEIVED_REMARKS
    kept = IncomingCertificate.objects.get(number=NUMBER)
    assert (kept.state, kept.has_conflict, kept.envelope) == ("conflict", True, None)


def test_a_person_decides_a_conflict_until_something_else_comes(partner: Partner) -> None:
    _come(partner, theirs())
    _come(partner, theirs(goods="Others"))
    digests = [one["digest"] for one in IncomingCertificate.objects.get(number=NUMBER).said]
    given: dict[str, Any] = {"authority": "XA", "partner": partner, "number": NUMBER, "reason": "called them", "at": AT}
    with pytest.raises(RecordRefused):
        incoming_decide(digest="0" * 64, actor=MANAGER, **given)
    with pytest.raises(NotAllowed):
        incoming_decide(digest=digests[1], actor=Actor(id="e" * 32, authority="XA", roles=frozenset()), **given)
    decided = incoming_decide(digest=digests[1], actor=MANAGER, **given)
    assert (decided.state, decided.has_conflict, decided.consignee_name) == ("in_force", False, "Others")
    event = Event.objects.filter(object_kind="incoming_certificate").latest("seq")
    assert (event.act, event.actor) == ("incoming_certificate.decided", MANAGER.id)
    _come(partner, theirs(goods="Third"))
    assert _state() == "conflict"


def test_a_withdrawal_that_comes_first_is_a_tombstone_and_wins(partner: Partner) -> None:
    assert _come(partner, theirs(status="40"), status=40).result is AcknowledgementCode.RECEIVED
    assert _state() == "withdrawn"
    late = _come(partner, theirs())
    assert (late.result, _state()) == (AcknowledgementCode.RECEIVED_REMARKS, "withdrawn")
    assert "Something later is known" in late.text


def test_a_later_version_stays_whatever_comes_after_it(partner: Partner) -> None:
    _come(partner, theirs(goods="Third"), version=3)
    _come(partner, theirs(goods="Second"), version=2)
    kept = IncomingCertificate.objects.get(number=NUMBER)
    assert (kept.state, kept.version, kept.consignee_name) == ("in_force", 3, "Third")


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_a_replacement_points_from_old_to_new_in_any_order(partner: Partner, order: tuple[int, ...]) -> None:
    messages = (
        (theirs(), NUMBER, 70),
        (theirs(SECOND, replaces=NUMBER), SECOND, 70),
        (theirs(status="40"), NUMBER, 40),
    )
    for place in order:
        content, number, status = messages[place]
        _come(partner, content, number, status=status)
    old = IncomingCertificate.objects.get(number=NUMBER)
    assert (old.state, old.replaced_by) == ("replaced", SECOND)
    assert _state(SECOND) == "in_force"


def test_what_must_be_corrected_is_held_until_a_person_looks(partner: Partner) -> None:
    incomplete = theirs(exchanged_document__signatories=())
    answer = _come(partner, incomplete)
    assert answer.result is AcknowledgementCode.RECEIVED_REMARKS
    assert answer.text.startswith("SEVERE")
    assert _state() == "held"


@pytest.mark.parametrize(
    ("content", "given", "result"),
    [
        (b"", {}, AcknowledgementCode.UNREADABLE),
        (b"<html/>", {}, AcknowledgementCode.UNREADABLE),
        (theirs(), {"to": "XC"}, AcknowledgementCode.REJECTED),
        (theirs(), {"requires_seal": True}, AcknowledgementCode.REJECTED),
    ],
)
def test_what_is_refused_is_kept_and_applied_to_nothing(
    partner: Partner, content: bytes, given: dict[str, Any], result: AcknowledgementCode
) -> None:
    answer = _come(partner, content, **given)
    assert answer.result is result
    assert not IncomingCertificate.objects.exists()
    row = Envelope.objects.get(delivery_number=answer.delivery_number)
    assert row.content is not None
    assert bytes(row.content.data or b"") == content
    assert Event.objects.filter(act="envelope.refused").count() == 1


def test_another_number_inside_than_outside_is_answered_with_a_warning_and_applied_to_neither(partner: Partner) -> None:
    assert _come(partner, theirs(), SECOND).result is AcknowledgementCode.RECEIVED_REMARKS
    assert not IncomingCertificate.objects.exists()


def test_what_is_no_certificate_goes_to_whoever_takes_it(partner: Partner) -> None:
    taken: list[InboundMessage] = []

    def take(message: InboundMessage) -> bool:
        taken.append(message)
        return True

    outcome = receipt_document(
        number="XA-1", type_code="851", status_code="39", result=AcknowledgementCode.RECEIVED, text="", at=AT
    )
    assert _come(partner, outcome, "XA-1", status=39).result is AcknowledgementCode.RECEIVED_REMARKS
    given: dict[str, Any] = {"authority": "XA", "partner": partner, "channel": Channel.TEST, "at": AT}
    terms = ReceivingTerms(extra_countries=TERMS.extra_countries, handlers=(take,))
    answer = envelope_receive(
        header=header("XA-2", status=39), content=outcome, remote_number="H1", terms=terms, **given
    )
    assert (answer.result, taken[0].number, taken[0].partner) == (AcknowledgementCode.RECEIVED, "XA-2", "XB")


def test_any_order_with_repeats_over_any_deliveries_ends_the_same(partner: Partner) -> None:
    choice = random.Random(11)  # noqa: S311 an order is no secret
    messages = [(theirs(), 70), (theirs(goods="B"), 70), (theirs(status="44"), 44), (theirs(status="40"), 40)]
    ends = set()
    for turn in range(3):
        number = f"XB/T/{turn}"
        said = [(content.replace(NUMBER.encode(), number.encode()), status) for content, status in messages]
        sent = [one for one in said for _ in range(choice.randint(1, 3))]
        choice.shuffle(sent)
        for content, status in sent:
            _come(partner, content, number, status=status)
        ends.add(_state(number))
    assert ends == {"withdrawn"}


def _arrived(partner: Partner, content: bytes, **facts: Any) -> ReceivedMessage:
    connection = partner.connections.get()
    given = {"from_code": "XB", "to_code": "XA", "type_code": 851, "status_code": 70, "number": NUMBER} | facts
    return message_receive(
        authority="XA",
        channel=Channel.TEST,
        raw=content,
        facts={"header": given, "remote_number": "M1", "connection": connection.pk},
        at=AT,
    )


def test_a_message_is_kept_first_and_processed_once(partner: Partner) -> None:
    message = _arrived(partner, theirs())
    assert message.decision == Decision.ARRIVED
    assert messages_process_due(authority="XA", terms=TERMS, at=AT) == 1
    assert messages_process_due(authority="XA", terms=TERMS, at=AT + timedelta(days=1)) == 0
    done = message_process(received_id=message.pk, terms=TERMS, at=AT)
    assert (done.decision, done.partner) == (Decision.APPLIED, partner)
    assert Envelope.objects.filter(kind="acknowledgement").count() == 1


def test_a_message_of_a_stranger_is_set_aside_until_somebody_knows_him(partner: Partner) -> None:
    message = _arrived(partner, theirs(), from_code="XZ")
    done = message_process(received_id=message.pk, terms=TERMS, at=AT)
    assert (done.decision, done.reason) == (Decision.QUARANTINED, "UNKNOWN_SENDER")
    connect(partner, connection_code="XZ")
    message_release(authority="XA", message_id=message.pk, actor=MANAGER, at=AT)
    assert messages_process_due(authority="XA", terms=TERMS, at=AT) == 1
    message.refresh_from_db()
    assert (message.decision, _state()) == (Decision.APPLIED, "in_force")
    acts = Event.objects.filter(object_kind="received_message").order_by("seq").values_list("act", flat=True)
    assert list(acts) == ["received_message.quarantined", "received_message.released"]


def test_what_was_set_aside_may_be_rejected_for_good_and_its_bytes_go_after_a_while(partner: Partner) -> None:
    message = _arrived(partner, theirs(), from_code="XZ")
    message_process(received_id=message.pk, terms=TERMS, at=AT)
    rejected = message_reject(authority="XA", message_id=message.pk, actor=MANAGER, reason="nobody", at=AT)
    assert (rejected.decision, rejected.reason_text) == (Decision.REJECTED, "nobody")
    with pytest.raises(EnvelopeNotFound):
        message_release(authority="XA", message_id=message.pk, actor=MANAGER, at=AT)
    assert messages_purge(authority="XA", at=AT + timedelta(days=89)) == 0
    assert messages_purge(authority="XA", at=AT + timedelta(days=91)) == 1
    message.refresh_from_db()
    assert message.raw is None


def test_what_strangers_pushed_goes_after_a_month_and_nothing_else_ever_does(partner: Partner) -> None:
    kept = _arrived(partner, theirs(), from_code="XZ")
    for place in range(3):
        message_receive(
            authority="XA", channel=Channel.HUB, raw=b"x", facts={}, message_key=f"H{place}", is_hint=True, at=AT
        )
    ReceivedMessage.objects.filter(message_key="H1").update(decision=Decision.IGNORED, reason="asked")
    hints = ReceivedMessage.objects.filter(channel=Channel.HUB)
    messages_purge(authority="XA", at=AT + timedelta(days=29))
    assert hints.count() == 3
    assert messages_purge(authority="XA", at=AT + timedelta(days=31)) == 3
    assert ReceivedMessage.objects.get() == kept
    connection.check_constraints()
    for statement in ("DELETE FROM exchange_receivedmessage", *TRUNCATED.get(connection.vendor, ())):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert missing_triggers() == ()
