"""The CertificateService: every operation by a stock client in both versions of SOAP, and by a client without WSDL."""

import hashlib
import uuid
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from zeep.exceptions import Fault

from opensps.certification.models import ReportedOutcome
from opensps.exchange.contracts.certificate_service_types import CS
from opensps.exchange.models import Envelope, Partner
from opensps.exchange.services.answering import Decided, answer_queue
from opensps.exchange.services.offering import envelopes_offer
from opensps.formats import read_certificate
from tests.factories.desk import arrived
from tests.factories.service_callers import (
    AT,
    Program,
    Served,
    body_of,
    envelope_of,
    fault_code,
    octets_of,
    offer_all,
    plain,
    request_id,
)

XB, XC = Program("XB"), Program("XC")
VERSIONS = ("1.1", "1.2")


def refusal(call: Any) -> tuple[str, str]:
    """Return element and code of the fault a zeep call ends in."""
    with pytest.raises(Fault) as caught:
        call()
    detail = caught.value.detail
    return detail[0].tag.rpartition("}")[2], detail[0].findtext(f"{{{CS}}}code")


@pytest.mark.parametrize("version", VERSIONS)
def test_a_stock_client_lists_what_changed_and_goes_on_from_the_cursor(served: Served, version: str) -> None:
    service = XB.zeep(version=version)
    first = service.ListCertificates(maximum=2)
    assert (len(first.certificate), first.hasMore) == (2, True)
    rest = service.ListCertificates(cursor=first.nextCursor)
    assert rest.hasMore is False
    seen = [each.number for each in (*first.certificate, *rest.certificate)]
    theirs = {served.in_force.number, served.on_hold.number, served.withdrawn.number}
    assert set(seen) == theirs
    assert service.ListCertificates(cursor=rest.nextCursor).certificate == []


def test_a_hold_and_a_withdrawal_are_told_by_state_and_code(served: Served) -> None:
    listed = XB.zeep().ListCertificates(maximum=1000).certificate
    words = {(each.number, each.statusCode, each.state) for each in listed}
    assert (served.on_hold.number, 70, "ON_HOLD") in words
    assert (served.withdrawn.number, 40, "WITHDRAWN") in words
    assert (served.in_force.number, 70, "IN_FORCE") in words


def test_filters_narrow_the_list(served: Served) -> None:
    service = XB.zeep()
    assert {each.number for each in service.ListCertificates(statusCode=[40]).certificate} == {served.withdrawn.number}
    assert service.ListCertificates(typeCode=[657]).certificate == []
    assert service.ListCertificates(importCountry="XC").certificate == []
    assert service.ListCertificates(changedSince=AT).certificate == []
    assert len(service.ListCertificates(changedUntil=AT).certificate) == len(service.ListCertificates().certificate)


def test_a_cursor_is_bound_to_its_caller_and_filters_and_cannot_be_made_up(served: Served) -> None:
    cursor = XB.zeep().ListCertificates().nextCursor
    invalid = ("InvalidRequest", "CURSOR_INVALID")
    assert refusal(lambda: XC.zeep().ListCertificates(cursor=cursor)) == invalid
    assert refusal(lambda: XB.zeep().ListCertificates(cursor=cursor, statusCode=[70])) == invalid
    assert refusal(lambda: XB.zeep().ListCertificates(cursor="X" + cursor)) == invalid
    both = lambda: XB.zeep().ListCertificates(cursor=cursor, changedSince=AT)  # noqa: E731  one of many
    assert refusal(both) == ("InvalidRequest", "ONE_OF_REQUIRED")


def test_a_later_change_comes_after_every_cursor(served: Served) -> None:
    cursor = XB.zeep().ListCertificates().nextCursor
    service = XB.zeep()
    service.Acknowledge(item=[{"deliveryNumber": envelope_of(served.in_force).delivery_number, "result": "RECEIVED"}])
    everything = {"includeAcknowledged": True}
    after = service.ListCertificates(**everything)
    assert served.in_force.number in {each.number for each in after.certificate}
    assert served.in_force.number not in {each.number for each in service.ListCertificates(cursor=cursor).certificate}
    assert after.certificate[-1].trackingInfo == "Delivered"


@pytest.mark.parametrize("version", VERSIONS)
def test_a_certificate_is_handed_out_as_it_was_signed(served: Served, version: str) -> None:
    got = XB.zeep(version=version).GetCertificate(number=served.in_force.number, include=["DETACHED_SIGNATURE"])
    assert got.content == bytes(served.in_force.xml or b"")
    assert got.detachedSignature == bytes(served.in_force.seal or b"")
    assert got.summary.sha256 == hashlib.sha256(got.content).hexdigest()
    assert (got.contentMediaType, got.pdf, got.proofBundle) == ("application/xml", None, None)


def test_versions_are_found_by_number_and_the_latest_is_the_default(served: Served) -> None:
    service, number = XB.zeep(), served.withdrawn.number
    latest = service.GetCertificate(number=number).summary
    assert latest.statusCode == 40
    first = service.GetCertificate(number=number, version=1).summary
    assert (first.statusCode, first.deliveryNumber) == (70, envelope_of(served.withdrawn, last=False).delivery_number)
    by_delivery = service.GetCertificate(deliveryNumber=first.deliveryNumber)
    assert by_delivery.summary.version == 1
    assert refusal(lambda: service.GetCertificate(number=number, version=99)) == ("NotFound", "VERSION_NOT_FOUND")


def test_what_is_fetched_is_noted_once_and_not_acknowledged(served: Served) -> None:
    XB.zeep().GetCertificate(number=served.in_force.number)
    XB.zeep(at=AT + timedelta(minutes=1)).GetCertificate(number=served.in_force.number)
    row = envelope_of(served.in_force)
    assert (row.fetched_at, row.state) == (AT, "waiting")


def test_exactly_one_name_of_a_certificate_is_given(served: Served) -> None:
    row = envelope_of(served.in_force)
    for asked in ({}, {"number": row.number, "deliveryNumber": row.delivery_number}, {"version": 1}):
        answer = XB.call("GetCertificate", "".join(f"<{k}>{v}</{k}>" for k, v in reversed(asked.items())))
        assert fault_code(answer) == ("InvalidRequest", "ONE_OF_REQUIRED")


def test_unknown_and_not_theirs_are_the_same(served: Served) -> None:
    """Tenancy: XB cannot tell a certificate for XC from one that never was."""
    theirs, none = served.not_theirs.number, "XA-2026-014-9999999-9"
    for name, value in (("number", theirs), ("deliveryNumber", envelope_of(served.not_theirs).delivery_number)):
        known = XB.call("GetCertificate", f"<{name}>{value}</{name}>")
        unknown = XB.call("GetCertificate", f"<{name}>{none if name == 'number' else '0' * 26}</{name}>")
        assert fault_code(known) == fault_code(unknown) == ("NotFound", "CERTIFICATE_NOT_FOUND")
        assert [known.findtext(".//faultstring")] == [unknown.findtext(".//faultstring")]
    decided = "<outcome>ACCEPTED</outcome><decidedAt>2026-11-20T08:00:00Z</decidedAt>"
    for number in (theirs, none):
        named = f"<requestId>{request_id()}</requestId><number>{number}</number>"
        answer = XB.call("SubmitOutcome", named + decided)
        assert fault_code(answer) == ("NotFound", "CERTIFICATE_NOT_FOUND")
    items = "".join(
        f"<item><deliveryNumber>{each}</deliveryNumber><result>RECEIVED</result></item>"
        for each in (envelope_of(served.not_theirs).delivery_number, "0" * 26)
    )
    first, second = XB.call("Acknowledge", items)
    assert [each.text for each in first[1:]] == [each.text for each in second[1:]]
    assert first.findtext(f"{{{CS}}}trackingInfo") == "EnvelopeNotExists"
    assert XC.zeep().GetCertificate(number=theirs).summary.number == theirs


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("result", "word"),
    [
        ("RECEIVED", "Delivered"),
        ("RECEIVED_REMARKS", "DeliveredWithWarnings"),
        ("UNREADABLE", "DeliveredNotReadable"),
        ("REJECTED", "FailedDelivery"),
    ],
)
def test_each_result_of_an_acknowledgement_has_its_word(served: Served, result: str, word: str, version: str) -> None:
    number = envelope_of(served.in_force).delivery_number
    finding = {"area": "CODES", "level": "WARNING", "field": "Consignment/Seal", "message": "not in our list"}
    item = {"deliveryNumber": number, "result": result, "message": "looked at", "finding": [finding]}
    (done,) = XB.zeep(version=version).Acknowledge(item=[item])
    assert (done.trackingInfo, done.changed) == (word, True)
    row = Envelope.objects.get(delivery_number=number)
    assert row.tracking_text == "looked at; WARNING CODES Consignment/Seal: not in our list"


def test_the_first_final_word_stays_and_a_repeat_changes_nothing(served: Served) -> None:
    number = envelope_of(served.in_force).delivery_number
    service = XB.zeep()
    first = service.Acknowledge(item=[{"deliveryNumber": number, "result": "RECEIVED"}])[0]
    again = service.Acknowledge(item=[{"deliveryNumber": number, "result": "REJECTED", "message": "no"}])[0]
    assert (first.changed, again.changed, again.trackingInfo) == (True, False, "Delivered")


def test_items_are_independent_and_wrong_bytes_change_nothing(served: Served) -> None:
    good, other = envelope_of(served.in_force), envelope_of(served.withdrawn)
    items = [
        {"deliveryNumber": other.delivery_number, "sha256": "0" * 64, "result": "RECEIVED"},
        {"deliveryNumber": "unknown", "result": "RECEIVED"},
        {"deliveryNumber": good.delivery_number, "sha256": good.sha256, "result": "RECEIVED"},
    ]
    done = XB.zeep().Acknowledge(item=items)
    words = [(each.trackingInfo, each.changed) for each in done]
    assert words == [("PendingDelivery", False), ("EnvelopeNotExists", False), ("Delivered", True)]


def test_too_many_items_are_refused_whole(served: Served) -> None:
    item = "<item><deliveryNumber>x</deliveryNumber><result>RECEIVED</result></item>"
    assert fault_code(XB.call("Acknowledge", item * 101)) == ("LimitExceeded", "TOO_MANY_ITEMS")


@pytest.mark.parametrize("version", VERSIONS)
def test_an_outcome_is_recorded_once(served: Served, version: str) -> None:
    report = {
        "requestId": request_id(),
        "number": served.in_force.number,
        "outcome": "ACCEPTED_PARTLY",
        "decidedAt": AT - timedelta(hours=2),
        "location": "XBPNO",
        "officeReference": "PN-77",
        "reasonText": {"_value_1": "half was rotten", "languageID": "en"},
        "measure": "TREATMENT",
        "quantity": [{"line": 1, "value": Decimal("2.5"), "unitCode": "KGM"}],
        "acknowledgement": b"<a/>",
    }
    service = XB.zeep(version=version)
    done = service.SubmitOutcome(**report)
    again = service.SubmitOutcome(**report)
    assert (again.outcomeNumber, again.recordedAt) == (done.outcomeNumber, done.recordedAt)
    kept = ReportedOutcome.objects.get()
    assert (kept.reporter, kept.measure, kept.reason_text) == ("XB", "treatment", "half was rotten")
    changed = lambda: service.SubmitOutcome(**{**report, "location": "XBALM"})  # noqa: E731  as above
    assert refusal(changed) == ("Conflict", "REQUEST_ID_REUSED")


def test_what_does_not_fit_is_recorded_and_told(served: Served) -> None:
    done = XB.zeep().SubmitOutcome(
        requestId=request_id(),
        number=served.withdrawn.number,
        outcome="ACCEPTED_PARTLY",
        decidedAt=AT,
        location="XBALM",
        quantity=[{"line": 1, "value": Decimal(10**9), "unitCode": "KGM"}],
    )
    assert [each.code for each in done.alert] == ["WITHDRAWN_SINCE", "OTHER_PORT", "OVERDRAWN"]
    assert all(each.message["languageID"] == "en" for each in done.alert)


def test_accepting_in_part_says_how_much(served: Served) -> None:
    call = lambda: XB.zeep().SubmitOutcome(  # noqa: E731  as above
        requestId=request_id(), number=served.in_force.number, outcome="ACCEPTED_PARTLY", decidedAt=AT
    )
    assert refusal(call) == ("InvalidRequest", "ONE_OF_REQUIRED")


def test_a_certificate_that_comes_later_is_seen_by_the_old_cursor(served: Served) -> None:
    service = XB.zeep()
    cursor = service.ListCertificates().nextCursor
    row = envelope_of(served.in_force)
    Envelope.objects.filter(pk=row.pk).update(state="queued", due_at=AT - timedelta(days=1), tracking="")
    offer_all()
    assert [each.number for each in service.ListCertificates(cursor=cursor).certificate] == [row.number]


def test_answers_name_their_trace_and_their_type(served: Served) -> None:
    answer = XB.post(plain("GetCertificate"))
    assert answer.headers["X-Trace-Id"] == body_of(answer).findtext(f".//{{{CS}}}traceId")
    assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
    assert octets_of(answer).startswith(b"<soap:Envelope")


def test_a_partner_that_collects_finds_what_our_border_decided_about_its_goods(served: Served) -> None:
    partner = Partner.objects.get(code="XB")
    number = arrived(partner=partner)
    before = XB.zeep().ListCertificates().nextCursor
    decided = Decided(
        authority="XA", event_id=uuid.uuid4(), issuer="XB", number=number, act="reject", place="XAPRT",
        reason_code="pest_or_disease_found", measure="destruction", quantities=(), at=AT,
    )  # fmt: skip
    assert answer_queue(decided) is not None
    envelopes_offer(authority="XA", at=AT)
    service = XB.zeep()
    (told,) = service.ListCertificates(cursor=before).certificate
    assert (told.number, told.statusCode, told.state) == (number, 41, None)
    given = service.GetCertificate(deliveryNumber=told.deliveryNumber)
    answer = read_certificate(given.content).acknowledgement
    assert answer is not None
    assert answer.reasons[0].value == "REJECT; XAPRT; pest_or_disease_found; destruction"
    service.Acknowledge(item=[{"deliveryNumber": told.deliveryNumber, "result": "RECEIVED"}])
    assert service.ListCertificates(cursor=before).certificate == []
    assert Envelope.objects.get(delivery_number=told.deliveryNumber).state == "received"
    assert refusal(lambda: XC.zeep().GetCertificate(number=number)) == ("NotFound", "CERTIFICATE_NOT_FOUND")
