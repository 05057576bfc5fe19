"""Our own hub keeps to its table of behaviours (`exchange.md` 1.8, 2.4)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from opensps.certificate import CertificateNumber, Identifier, Location
from opensps.exchange.acknowledging import receipt_document
from opensps.exchange.contracts.headers import EnvelopeHeader
from opensps.exchange.errors import EnvelopeNotFound, NotAllowed
from opensps.exchange.models import ChannelRule, Content, Delivery, Envelope, IncomingCertificate, PartnerConnection
from opensps.exchange.services import contents_purge, hub_collecting, hub_store
from opensps.exchange.terms import ReceivingTerms
from opensps.lifecycle import AcknowledgementCode, OnboardingState, TrackingInfo
from tests.factories.certificates import country, text
from tests.factories.incoming import NUMBER, theirs
from tests.factories.participants import between, participant

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 22, 7, tzinfo=UTC)
TERMS = ReceivingTerms(extra_countries=frozenset({"XA", "XB", "XC", "XD"}))
TO_XC: dict[str, Any] = {
    "consignment__import_country": country("XC"),
    "consignment__point_of_entry": Location(id=Identifier("XCWMK", "un_locode"), names=text("Westmark Harbour")),
}
CONTENT = theirs(**TO_XC)


@pytest.fixture
def sender() -> PartnerConnection:
    """Northland."""
    return participant("XB")


@pytest.fixture
def receiver() -> PartnerConnection:
    """Westmark."""
    return participant("XC")


def _deliver(
    caller: PartnerConnection,
    header: EnvelopeHeader | None = None,
    content: bytes = CONTENT,
    *,
    validate: bool = False,
    at: datetime = AT,
) -> EnvelopeHeader:
    return hub_store.hub_deliver(
        authority="XA",
        caller=caller,
        header=header or between(NUMBER),
        content=content,
        validate=validate,
        terms=TERMS,
        at=at,
    )


def _acknowledge(caller: PartnerConnection, number: str, word: TrackingInfo, text: str = "") -> str:
    return hub_store.hub_acknowledge(authority="XA", caller=caller, number=number, result=word, text=text, at=AT)


def test_an_envelope_waits_until_its_addressee_acknowledges_it(
    sender: PartnerConnection, receiver: PartnerConnection
) -> None:
    sent = _deliver(sender)
    assert (sent.tracking, sent.error_message) == (TrackingInfo.PENDING_DELIVERY, "")
    assert [one.delivery_number for one in hub_store.hub_pending(caller=receiver)] == [sent.delivery_number]
    assert hub_store.hub_pending(caller=sender) == ()
    assert [one.delivery_number for one in hub_store.hub_under_delivery(caller=sender)] == [sent.delivery_number]
    pulled = hub_store.hub_pull_one(caller=receiver, number=sent.delivery_number, at=AT)
    assert pulled is not None
    assert pulled[1] == CONTENT
    assert len(hub_store.hub_pending(caller=receiver)) == 1, "pulling removes nothing"
    assert _acknowledge(receiver, sent.delivery_number, TrackingInfo.DELIVERED) == "OK"
    assert hub_store.hub_pending(caller=receiver) == hub_store.hub_under_delivery(caller=sender) == ()
    for caller in (sender, receiver):
        assert hub_store.hub_tracking(caller=caller, number=sent.delivery_number).tracking == TrackingInfo.DELIVERED


@pytest.mark.parametrize(
    ("header", "content", "said"),
    [
        (between(NUMBER, sender="XD"), CONTENT, "From is XD, the caller is XB"),
        (between(NUMBER, to="XZ"), CONTENT, "To is XZ, which is not known here"),
        (between(NUMBER, status=39), CONTENT, "XC takes no type 851 with status 39"),
        (between(NUMBER), b"", "Content is empty"),
        (between(NUMBER), b"<a/>", "Content is not readable as a certificate"),
        (between(NUMBER), b"&lt;a/&gt;", "Content is not readable as a certificate"),
        (between("XB/OTHER"), CONTENT, f"NPPOCertificateNumber is XB/OTHER, the certificate says {NUMBER}"),
        (between(NUMBER, copies=("XQ",)), CONTENT, "Forwardings: channel XQ is not known"),
        (between("XB\x00" * 200), CONTENT, "NPPOCertificateNumber is"),
    ],
)
def test_a_wrong_header_is_a_normal_answer_with_a_number_and_nothing_waits(
    sender: PartnerConnection, receiver: PartnerConnection, header: EnvelopeHeader, content: bytes, said: str
) -> None:
    for _ in range(2):
        answer = _deliver(sender, header, content)
        assert answer.tracking == TrackingInfo.FAILED_DELIVERY
        assert said in answer.error_message
        assert answer.delivery_number
        kept = hub_store.hub_tracking(caller=sender, number=answer.delivery_number)
        assert (kept.tracking, kept.error_message) == (answer.tracking, answer.error_message)
    assert hub_store.hub_pending(caller=receiver) == hub_store.hub_under_delivery(caller=sender) == ()


def test_content_larger_than_the_addressee_takes_is_refused(sender: PartnerConnection) -> None:
    participant("XC", limits={"content_bytes": 1000})
    assert _deliver(sender).error_message == "Content is larger than 1000 bytes"


@pytest.mark.parametrize("states", [("sandbox", "live"), ("live", "certified"), ("sandbox", "sandbox")])
def test_a_sandbox_does_not_reach_partners_in_live_exchange(
    sender: PartnerConnection, receiver: PartnerConnection, states: tuple[str, str]
) -> None:
    for one, state in zip((sender, receiver), states, strict=True):
        type(one.partner).objects.filter(pk=one.partner_id).update(state=state)
        one.partner.refresh_from_db()
    refused = _deliver(sender)
    assert (refused.tracking, "not open yet" in refused.error_message) == (TrackingInfo.FAILED_DELIVERY, True)
    number = f"T-{NUMBER}"
    training = _deliver(sender, between(number), theirs(number, **TO_XC))
    is_tested = states == ("sandbox", "sandbox")
    assert training.tracking == (TrackingInfo.PENDING_DELIVERY if is_tested else TrackingInfo.FAILED_DELIVERY)


def test_a_participant_that_is_suspended_is_not_known(sender: PartnerConnection, receiver: PartnerConnection) -> None:
    type(receiver.partner).objects.filter(pk=receiver.partner_id).update(
        state=OnboardingState.SUSPENDED, resumes_as="live", suspended_reason="abuse"
    )
    assert _deliver(sender).tracking == TrackingInfo.FAILED_DELIVERY


def test_an_identical_envelope_keeps_its_number_while_it_is_pending(
    sender: PartnerConnection, receiver: PartnerConnection
) -> None:
    first = _deliver(sender)
    assert _deliver(sender).delivery_number == first.delivery_number
    _acknowledge(receiver, first.delivery_number, TrackingInfo.DELIVERED)
    again = _deliver(sender)
    assert again.delivery_number != first.delivery_number
    assert Envelope.objects.get(delivery_number=again.delivery_number).duplicate_of is not None


def test_validation_refuses_what_must_be_corrected_and_passes_warnings_on(
    sender: PartnerConnection, receiver: PartnerConnection
) -> None:
    broken = theirs(**TO_XC, exchanged_document__signatories=())
    refused = _deliver(sender, content=broken, validate=True)
    assert refused.tracking == TrackingInfo.FAILED_DELIVERY
    assert refused.error_message.startswith("SEVERE ")
    assert _deliver(sender, content=broken).tracking == TrackingInfo.PENDING_DELIVERY
    assert _deliver(sender, content=CONTENT, validate=True).error_message == ""
    doubtful = theirs(**TO_XC, consignment__items__0__trade_line_items__0__origins=(country("XA"),))
    warned = _deliver(sender, content=doubtful, validate=True)
    assert warned.tracking == TrackingInfo.PENDING_DELIVERY, warned.error_message
    assert warned.error_message.startswith("WARNING ")


def test_the_first_final_word_stays_and_a_repeat_changes_nothing(
    sender: PartnerConnection, receiver: PartnerConnection
) -> None:
    number = _deliver(sender).delivery_number
    assert _acknowledge(receiver, number, TrackingInfo.DELIVERED_WITH_WARNINGS, "look at line 1") == "OK"
    assert _acknowledge(receiver, number, TrackingInfo.DELIVERED) == "Already DeliveredWithWarnings"
    assert _acknowledge(receiver, number, TrackingInfo.DELIVERED_WITH_WARNINGS) == "Already DeliveredWithWarnings"
    kept = hub_store.hub_tracking(caller=sender, number=number)
    assert (kept.tracking, kept.error_message) == (TrackingInfo.DELIVERED_WITH_WARNINGS, "look at line 1")


def test_only_the_addressee_acknowledges(sender: PartnerConnection, receiver: PartnerConnection) -> None:
    number = _deliver(sender).delivery_number
    for caller, asked in ((sender, number), (participant("XD"), number), (receiver, "unknown")):
        with pytest.raises(EnvelopeNotFound):
            _acknowledge(caller, asked, TrackingInfo.DELIVERED)
    with pytest.raises(NotAllowed):
        _acknowledge(receiver, number, TrackingInfo.PENDING_DELIVERY)


def test_a_number_that_is_not_theirs_is_said_not_to_exist(
    sender: PartnerConnection, receiver: PartnerConnection
) -> None:
    number = _deliver(sender).delivery_number
    stranger = participant("XD")
    for caller, asked in ((stranger, number), (sender, "whatever")):
        header = hub_store.hub_tracking(caller=caller, number=asked)
        assert (header.tracking, header.delivery_number) == (TrackingInfo.ENVELOPE_NOT_EXISTS, asked)
        assert (header.from_code, header.to_code, header.number, header.type_code) == ("", "", "", 0)
    assert hub_store.hub_pull_one(caller=stranger, number=number, at=AT) is None
    assert hub_store.hub_pull_one(caller=sender, number=number, at=AT) is None


def test_a_status_update_of_the_addressee_is_an_acknowledgement(
    sender: PartnerConnection, receiver: PartnerConnection
) -> None:
    number = _deliver(sender).delivery_number
    update: dict[str, Any] = {"from_code": "XB", "to_code": "XC", "type_code": 851, "status_code": 70, "number": NUMBER}
    header = EnvelopeHeader(**update, delivery_number=number, tracking="FailedDelivery", error_message="not ours")
    assert hub_store.hub_set_tracking(authority="XA", caller=receiver, header=header, at=AT) == "OK"
    kept = hub_store.hub_tracking(caller=sender, number=number)
    assert (kept.tracking, kept.error_message) == (TrackingInfo.FAILED_DELIVERY, "not ours")
    odd = EnvelopeHeader(**update, delivery_number=number, tracking="Delivered With")
    with pytest.raises(NotAllowed):
        hub_store.hub_set_tracking(authority="XA", caller=receiver, header=odd, at=AT)


def test_all_are_pulled_oldest_first_and_at_most_fifty(
    sender: PartnerConnection, receiver: PartnerConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = [f"XB/{place:03d}" for place in range(52)]
    for place, number in enumerate(numbers):
        _deliver(sender, between(number), theirs(number, **TO_XC), at=AT + timedelta(seconds=place))
    pulled = hub_store.hub_pull_all(caller=receiver, at=AT)
    assert [header.number for header, _ in pulled] == numbers[:50]
    monkeypatch.setattr(hub_collecting, "MOST_BYTES", len(CONTENT) - 100)
    assert [header.number for header, _ in hub_store.hub_pull_all(caller=receiver, at=AT)] == numbers[:1]
    assert len(hub_store.hub_pending(caller=receiver)) == 52
    assert len(hub_store.hub_pending(caller=receiver, country_code="XC")) == 52
    assert hub_store.hub_pending(caller=receiver, country_code="XB") == ()


def _rule(connection: PartnerConnection, number: int, **columns: Any) -> None:
    given = {"rule_type": "FORWARD", "direction": "INC", "valid_from": AT} | columns
    ChannelRule.objects.create(authority="XA", partner=connection.partner, number=number, **given)


def test_a_delegate_receives_in_place_of_the_addressee(sender: PartnerConnection, receiver: PartnerConnection) -> None:
    body = participant("XD")
    _rule(receiver, 1, rule_type="DELEGATE", target="XD", type_code="851")
    number = _deliver(sender).delivery_number
    assert hub_store.hub_pending(caller=receiver) == ()
    assert [one.to_code for one in hub_store.hub_pending(caller=body, country_code="XC")] == ["XC"]
    assert _acknowledge(body, number, TrackingInfo.DELIVERED) == "OK"
    assert hub_store.hub_tracking(caller=sender, number=number).tracking == TrackingInfo.DELIVERED


def test_copies_are_asked_for_or_ruled_each_with_its_own_number(
    sender: PartnerConnection, receiver: PartnerConnection
) -> None:
    third, fourth = participant("XD"), participant("XE")
    _rule(receiver, 1, target="XE")
    _rule(fourth, 1, target="XD")
    sent = _deliver(sender, between(NUMBER, copies=("XD",)))
    assert [one.code for one in sent.forwardings] == ["XD"]
    assert sent.forwardings[0].delivery_number not in {"", sent.delivery_number}
    assert len(hub_store.hub_pending(caller=third)) == len(hub_store.hub_pending(caller=fourth)) == 1
    assert [one.delivery_number for one in hub_store.hub_under_delivery(caller=sender)] == [sent.delivery_number]


def test_the_authority_itself_may_be_sent_a_copy(sender: PartnerConnection, receiver: PartnerConnection) -> None:
    sent = _deliver(sender, between(NUMBER, copies=("XA",)))
    assert sent.forwardings[0].code == "XA"
    kept = IncomingCertificate.objects.get()
    assert (kept.state, kept.import_country) == ("in_force", "XC")
    assert hub_store.hub_tracking(caller=sender, number=sent.forwardings[0].delivery_number).tracking == "Delivered"


def test_one_participant_may_send_in_place_of_another_by_its_rule(
    sender: PartnerConnection, receiver: PartnerConnection
) -> None:
    body = participant("XD")
    assert _deliver(body).tracking == TrackingInfo.FAILED_DELIVERY
    _rule(sender, 1, rule_type="DELEGATE", direction="OUT", target="XD")
    assert _deliver(body).tracking == TrackingInfo.PENDING_DELIVERY


def test_what_is_for_the_authority_itself_is_taken_at_once(sender: PartnerConnection) -> None:
    sent = _deliver(sender, between(NUMBER, to="XA"), theirs())
    assert sent.tracking == TrackingInfo.PENDING_DELIVERY
    assert hub_store.hub_tracking(caller=sender, number=sent.delivery_number).tracking == TrackingInfo.DELIVERED
    assert IncomingCertificate.objects.get().state == "in_force"
    assert not Envelope.objects.filter(kind="acknowledgement").exists(), "the sender asks for the word"
    again = _deliver(sender, between(NUMBER, to="XA"), theirs())
    assert again.delivery_number == sent.delivery_number
    other = _deliver(sender, between("XB/2", to="XA"), theirs("XB/2", consignment__import_country=country("XC")))
    assert other.tracking == TrackingInfo.DELIVERED_NOT_READABLE


def test_an_answer_of_the_importing_country_finds_the_delivery_it_speaks_of(
    sender: PartnerConnection, receiver: PartnerConnection
) -> None:
    number = _deliver(sender).delivery_number
    answer = receipt_document(
        number=NUMBER, type_code="851", status_code="39", result=AcknowledgementCode.RECEIVED, text="", at=AT
    )
    sent = _deliver(receiver, between(NUMBER, sender="XC", to="XB", status=39), answer)
    assert sent.tracking == TrackingInfo.PENDING_DELIVERY, sent.error_message
    row = Envelope.objects.select_related("in_reply_to").get(delivery_number=sent.delivery_number)
    assert row.kind == "response"
    assert row.in_reply_to is not None
    assert row.in_reply_to.delivery_number == number


def test_a_participant_that_is_called_gets_a_row_for_the_worker(sender: PartnerConnection) -> None:
    called = participant("XC", delivery=Delivery.PUSH, address="https://xc.example/nppo/DeliveryService")
    sent = _deliver(sender)
    row = Envelope.objects.get(delivery_number=sent.delivery_number)
    assert (row.state, row.due_at) == ("queued", AT)
    assert _acknowledge(called, sent.delivery_number, TrackingInfo.DELIVERED) == "OK"


def test_content_is_kept_ninety_days_after_the_final_word(
    sender: PartnerConnection, receiver: PartnerConnection
) -> None:
    number = _deliver(sender).delivery_number
    later = AT + timedelta(days=91)
    assert contents_purge(authority="XA", at=later) == 0, "it still waits"
    _acknowledge(receiver, number, TrackingInfo.DELIVERED)
    assert contents_purge(authority="XA", at=AT + timedelta(days=89)) == 0
    assert hub_store.hub_pull_one(caller=receiver, number=number, at=AT) is not None
    assert contents_purge(authority="XA", at=later) == 1
    assert Content.objects.get().data is None
    assert hub_store.hub_pull_one(caller=receiver, number=number, at=later) is None
    assert hub_store.hub_tracking(caller=sender, number=number).tracking == TrackingInfo.DELIVERED


def test_numbers_are_kept_exactly_as_they_came(sender: PartnerConnection, receiver: PartnerConnection) -> None:
    odd = CertificateNumber("xb pc(2026)#1")
    _deliver(sender, between(odd), theirs(odd, **TO_XC))
    assert [one.number for one in hub_store.hub_pending(caller=receiver)] == [odd]
