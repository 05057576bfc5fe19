"""Acknowledgements: theirs applied to what we sent, ours sent again as they were (`exchange.md` 1.4, 8.4)."""

from datetime import UTC, datetime
from typing import Any

import pytest

from opensps.certification.models import ReportedOutcome
from opensps.exchange.acknowledging import receipt_document
from opensps.exchange.errors import EnvelopeNotFound
from opensps.exchange.models import Envelope, Partner
from opensps.exchange.services.acknowledging import (
    MOST_REPEATS,
    acknowledgement_apply,
    acknowledgement_send_again,
    content_keep,
    new_delivery_number,
)
from opensps.exchange.services.receiving import envelope_receive
from opensps.exchange.terms import ReceivingTerms
from opensps.exchange.transports import Channel
from opensps.lifecycle import AcknowledgementCode, TrackingInfo
from tests.factories.certification import cast, certificate_in
from tests.factories.incoming import header, theirs
from tests.factories.partners import live_partner

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 22, 7, tzinfo=UTC)
TERMS = ReceivingTerms(extra_countries=frozenset({"XA", "XB"}))
GIVEN: dict[str, Any] = {"authority": "XA", "at": AT}


def _sent(partner: Partner, number: str = "XA-1") -> Envelope:
    """Return an envelope of ours that the partner has taken over."""
    content = content_keep(authority="XA", data=number.encode(), at=AT)
    return Envelope.objects.create(
        authority="XA",
        delivery_number=new_delivery_number(AT),
        direction="out",
        partner=partner,
        connection=partner.connections.get(),
        channel=Channel.TEST,
        from_code="XA",
        to_code="XB",
        number=number,
        type_code="851",
        status_code="70",
        sha256=content.sha256,
        content=content,
        state="sent",
        tracking=TrackingInfo.PENDING_DELIVERY,
        remote_number=f"Their {number}",
        golden_run="x",
        queued_at=AT,
        sent_at=AT,
        changed_at=AT,
    )


def test_it_is_found_by_our_number_or_by_theirs_and_the_first_word_stays() -> None:
    partner = live_partner("XB")
    one, other = _sent(partner), _sent(partner, "XA-2")
    remarks, received = AcknowledgementCode.RECEIVED_REMARKS, AcknowledgementCode.RECEIVED
    first = acknowledgement_apply(
        partner=partner, delivery_number=one.delivery_number, result=remarks, text="look", **GIVEN
    )
    assert (first.changed, first.word) == (True, TrackingInfo.DELIVERED_WITH_WARNINGS)
    again = acknowledgement_apply(partner=partner, remote_number="Their XA-1", result=received, **GIVEN)
    assert (again.changed, again.word) == (False, TrackingInfo.DELIVERED_WITH_WARNINGS)
    assert acknowledgement_apply(partner=partner, remote_number="Their XA-2", result=received, **GIVEN).changed
    one.refresh_from_db()
    assert (one.state, one.tracking_text) == ("received_remarks", "look")
    other.refresh_from_db()
    assert other.state == "received"


def test_numbers_are_compared_whole_and_belong_to_one_partner() -> None:
    partner, stranger = live_partner("XB"), live_partner("XC")
    sent = _sent(partner)
    wrong: list[tuple[Partner, dict[str, str]]] = [
        (stranger, {"delivery_number": sent.delivery_number}),
        (partner, {"remote_number": "Their XA"}),
        (partner, {"remote_number": ""}),
        (partner, {"delivery_number": sent.delivery_number.lower()}),
    ]
    for whose, number in wrong:
        with pytest.raises(EnvelopeNotFound):
            acknowledgement_apply(partner=whose, result=AcknowledgementCode.RECEIVED, **number, **GIVEN)
    sent.refresh_from_db()
    assert sent.state == "sent"


def test_a_word_about_other_content_changes_nothing() -> None:
    partner = live_partner("XB")
    sent = _sent(partner)
    number, result = sent.delivery_number, AcknowledgementCode.RECEIVED
    said = acknowledgement_apply(partner=partner, delivery_number=number, result=result, sha256="0" * 64, **GIVEN)
    assert (said.changed, said.word) == (False, TrackingInfo.PENDING_DELIVERY)
    assert acknowledgement_apply(
        partner=partner, delivery_number=number, result=result, sha256=sent.sha256.upper(), **GIVEN
    ).changed


def test_what_comes_again_is_acknowledged_again_with_the_same_row() -> None:
    partner = live_partner("XB")
    given: dict[str, Any] = {"partner": partner, "channel": Channel.TEST, "header": header(), "terms": TERMS, **GIVEN}
    envelope_receive(content=theirs(), remote_number="R", **given)
    ours = Envelope.objects.get(kind="acknowledgement")
    envelope_receive(content=theirs(), remote_number="R", **given)
    assert Envelope.objects.get(kind="acknowledgement").resent == 0, "it is still on its way"
    Envelope.objects.filter(pk=ours.pk).update(state="sent", sent_at=AT, due_at=None)
    envelope_receive(content=theirs(), remote_number="R", **given)
    ours.refresh_from_db()
    assert (ours.state, ours.resent, ours.result) == ("retrying", 1, "RECEIVED")
    Envelope.objects.filter(pk=ours.pk).update(state="sent", sent_at=AT, due_at=None, resent=MOST_REPEATS)
    assert ours.in_reply_to is not None
    assert acknowledgement_send_again(envelope=ours.in_reply_to, at=AT) is False


def test_what_an_importing_authority_decided_is_recorded_once_on_our_certificate() -> None:
    certificate = certificate_in(cast())
    partner = live_partner("XB")
    sent = _sent(partner, certificate.number)
    outcome = receipt_document(
        number=certificate.number,
        type_code="851",
        status_code="39",
        result=AcknowledgementCode.RECEIVED,
        text="goods accepted",
        at=AT,
    )
    given: dict[str, Any] = {"partner": partner, "channel": Channel.TEST, "terms": TERMS, **GIVEN}
    for delivery in ("R1", "R2"):
        answer = envelope_receive(
            header=header(certificate.number, status=39), content=outcome, remote_number=delivery, **given
        )
        assert (answer.result, answer.text) == (AcknowledgementCode.RECEIVED, "")
    kept = ReportedOutcome.objects.get()
    assert (kept.outcome, kept.reporter) == ("accepted", "XB")
    arrived = Envelope.objects.filter(direction="in").order_by("pk").first()
    assert arrived is not None
    assert (arrived.kind, arrived.in_reply_to) == ("response", sent)
    strange = envelope_receive(header=header("XA-9", status=39), content=outcome, remote_number="R3", **given)
    assert "nobody here takes it" in strange.text
