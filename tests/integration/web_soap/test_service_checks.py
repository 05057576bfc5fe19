"""VerifyCertificate, OpenInquiry, GetInquiry: what a partner's officials ask about certificates."""

import hashlib
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from zeep.exceptions import Fault

from opensps.border.models import CheckAttempt, Inquiry, InquiryMessage, Presentation
from opensps.border.queries import audit
from opensps.border.services.inquiring import Saying, inquiry_act
from opensps.certificate import IssuedNumber
from opensps.certification.queries import certificate_record, certificate_value
from opensps.exchange.contracts.certificate_service_types import CS
from opensps.formats.carriers import check_url
from opensps.formats.qr_payload import Claims, sign_claims
from opensps.formats.qr_text import write_code
from opensps.lifecycle.inquiry import InquiryAct, InquiryFinding, InquiryMeasure, InquiryParty
from opensps.signing import TrustList
from tests.factories.service_callers import AT, Program, Served, fault_code, request_id
from tests.factories.signing import signer, trust_list, trusted

XB, XC = Program("XB"), Program("XC")
VERSIONS = ("1.1", "1.2")
PDF = b"%PDF-1.7 not much of it"
NEVER = IssuedNumber(authority="XA", year=2026, office="014", serial=99).text
"""A number nobody was given."""


def refusal(call: Any) -> tuple[str, str]:
    """Return element and code of the fault a zeep call ends in."""
    with pytest.raises(Fault) as caught:
        call()
    detail = caught.value.detail
    return detail[0].tag.rpartition("}")[2], detail[0].findtext(f"{{{CS}}}code")


@pytest.mark.parametrize("version", VERSIONS)
def test_what_was_sent_to_the_caller_needs_no_code(served: Served, version: str) -> None:
    found = XB.zeep(version=version).VerifyCertificate(number=served.in_force.number)
    assert (found.verdict, found.result, found.kind) == ("GREEN", "IN_FORCE", None)
    assert found.certificate.number == served.in_force.number
    assert {each.outcome for each in found.fragment} <= {"VALID", "SKIPPED"}
    assert (found.checkedAt, len(found.checkNumber)) == (AT, 32)
    attempt = CheckAttempt.objects.latest("id")
    assert (attempt.checker, attempt.number, attempt.network_digest) == ("partner:XB", served.in_force.number, "")


def test_states_decide_the_verdict(served: Served) -> None:
    service = XB.zeep()
    held = service.VerifyCertificate(number=served.on_hold.number)
    gone = service.VerifyCertificate(number=served.withdrawn.number, language="zh")
    assert (held.verdict, held.result) == ("AMBER", "ON_HOLD")
    assert (gone.verdict, gone.result, gone.kind) == ("RED", "WITHDRAWN", "INVALID")
    assert gone.sentence["languageID"] == "zh"


def test_a_number_of_others_is_answered_like_one_that_never_was(served: Served) -> None:
    service = XB.zeep()
    answers = [service.VerifyCertificate(number=number) for number in (served.not_theirs.number, NEVER)]
    told = [
        (each.verdict, each.result, each.sentence["_value_1"], each.certificate, len(each.fragment), each.reasonCode)
        for each in answers
    ]
    assert told[0] == told[1]
    assert told[0][1] == "NO_MATCH"


def test_the_code_opens_what_was_not_sent_and_wrong_codes_run_out(served: Served) -> None:
    service, record = XB.zeep(), certificate_record(authority="XA", number=served.not_theirs.number)
    assert record is not None
    right = {"number": served.not_theirs.number, "verificationCode": record.code}
    found = service.VerifyCertificate(**right)
    assert (found.result, found.certificate) == ("IN_FORCE", None)
    assert refusal(lambda: service.VerifyCertificate(**{**right, "verificationCode": record.code[:-1] + "?"})) == (
        "InvalidRequest",
        "VALUE_OUT_OF_RANGE",
    )
    other = certificate_record(authority="XA", number=served.in_force.number)
    assert other is not None
    wrong = {**right, "verificationCode": other.code}
    results = [service.VerifyCertificate(**wrong).result for _ in range(62)]
    assert (results[0], results[-1]) == ("NO_MATCH", "TOO_MANY_TRIES")
    assert service.VerifyCertificate(**right).result == "TOO_MANY_TRIES", "a right guess waits like a wrong one"
    assert service.VerifyCertificate(number=served.in_force.number).result == "IN_FORCE"


def test_content_is_judged_by_its_signature_and_our_record(served: Served) -> None:
    service, xml = XB.zeep(), bytes(served.in_force.xml or b"")
    assert service.VerifyCertificate(content=xml).result in {"IN_FORCE", "NOT_SEALED"}
    forged = service.VerifyCertificate(content=xml.replace(b"XB", b"XC", 1))
    assert forged.verdict in {"RED", "AMBER", "GREY"}
    assert service.VerifyCertificate(content=b"no certificate at all").verdict in {"GREY", "RED"}


def test_a_long_file_comes_through(served: Served) -> None:
    found = XB.zeep().VerifyCertificate(content=b"%PDF-1.7" + b"x" * 2_000_000)
    assert found.verdict in {"GREY", "RED"}


def test_fields_read_on_the_paper_are_compared_and_named(served: Served) -> None:
    service, number = XB.zeep(), served.in_force.number
    line = served_line(served)
    same = service.VerifyCertificate(number=number, presentedField=[{"name": "net_weight", "line": 1, "value": line}])
    assert (same.verdict, same.difference) == ("GREEN", [])
    fields = [{"name": "net_weight", "line": 1, "value": "99999999 KGM"}]
    raised = service.VerifyCertificate(number=number, presentedField=fields)
    assert (raised.verdict, raised.result, raised.kind) == ("RED", "FIELDS_DIFFER", "SUSPECTED_FRAUD")
    assert (raised.difference[0].name, raised.difference[0].line) == ("net_weight", 1)
    assert raised.difference[0].recorded
    unread = lambda: service.VerifyCertificate(  # noqa: E731  one of many
        number=number, presentedField=[{"name": "issued_on", "value": "last week"}]
    )
    assert refusal(unread) == ("InvalidRequest", "VALUE_OUT_OF_RANGE")


def served_line(served: Served) -> str:
    weight = certificate_value(served.in_force).lines[0].net_weight
    assert weight is not None
    return f"{format(weight.value, 'f')} {weight.unit}"


def test_fields_of_others_are_not_compared(served: Served) -> None:
    record = certificate_record(authority="XA", number=served.not_theirs.number)
    assert record is not None
    found = XB.zeep().VerifyCertificate(
        number=served.not_theirs.number,
        verificationCode=record.code,
        presentedField=[{"name": "net_weight", "line": 1, "value": "1 KGM"}],
    )
    assert found.difference == []
    assert ("CONSISTENCY", "SKIPPED") in {(each.aspect, each.outcome) for each in found.fragment}


def test_a_presentation_is_written_once_also_of_a_number_that_never_was(served: Served) -> None:
    service = XB.zeep()
    for number in (served.in_force.number, NEVER):
        asked = {"number": number, "presentation": True, "requestId": request_id(), "location": "XBPNO"}
        first, again = service.VerifyCertificate(**asked), service.VerifyCertificate(**asked)
        assert first.checkNumber == again.checkNumber
        kept = Presentation.objects.get(request_id=asked["requestId"])
        assert (kept.number, kept.location, kept.presenter) == (number, "XBPNO", "XB")
        moved = lambda asked=asked: service.VerifyCertificate(**{**asked, "location": "XBALM"})  # noqa: E731  as above
        assert refusal(moved) == ("Conflict", "REQUEST_ID_REUSED")
    assert refusal(lambda: service.VerifyCertificate(number=served.in_force.number, presentation=True)) == (
        "InvalidRequest",
        "ONE_OF_REQUIRED",
    )


@pytest.mark.parametrize(
    "inner",
    [
        "",
        "<number>XA-1</number><qrPayload>x</qrPayload>",
        "<verificationCode>x</verificationCode><qrPayload>x</qrPayload>",
    ],
)
def test_exactly_one_thing_is_checked(served: Served, inner: str) -> None:
    assert fault_code(XB.call("VerifyCertificate", inner)) == ("InvalidRequest", "ONE_OF_REQUIRED")


def test_too_many_presented_fields_are_refused(served: Served) -> None:
    fields = "<presentedField><name>net_weight</name><value>1 KGM</value></presentedField>" * 201
    inner = f"<number>{served.in_force.number}</number>{fields}"
    assert fault_code(XB.call("VerifyCertificate", inner)) == ("LimitExceeded", "TOO_MANY_ITEMS")


def _opened(served: Served, version: str = "1.1", **changes: Any) -> Any:
    asked = {
        "requestId": request_id(),
        "act": "OPEN",
        "number": served.in_force.number,
        "subject": "GENUINENESS",
        "priority": "PERISHABLE",
        "text": [{"_value_1": "Is this yours?", "languageID": "en"}],
        **changes,
    }
    return XB.zeep(version=version).OpenInquiry(**{name: value for name, value in asked.items() if value is not None})


@pytest.mark.parametrize("version", VERSIONS)
def test_an_inquiry_is_answered_by_the_register_at_once(served: Served, version: str) -> None:
    file = {"fileName": "paper.pdf", "mediaType": "application/pdf", "content": PDF}
    inquiry = _opened(served, version, attachment=[file])
    assert (inquiry.state, inquiry.priority, inquiry.machineFinding) == ("OPEN", "PERISHABLE", None)
    assert inquiry.replyDueAt == AT + timedelta(hours=4)
    assert [(each.sequence, each["from"]) for each in inquiry.message] == [(1, "CALLER"), (2, "SYSTEM")]
    assert inquiry.certificate.number == served.in_force.number
    attached = inquiry.message[0].attachment[0]
    assert (attached.sha256, attached.sizeBytes, attached.content) == (hashlib.sha256(PDF).hexdigest(), len(PDF), None)
    with_files = XB.zeep(version=version).GetInquiry(inquiryNumber=inquiry.inquiryNumber, includeAttachments=True)
    assert with_files.message[0].attachment[0].content == PDF
    assert [
        each.sequence for each in XB.zeep().GetInquiry(inquiryNumber=inquiry.inquiryNumber, sinceMessage=1).message
    ] == [2]


def test_each_thing_the_register_knows_has_its_finding(served: Served) -> None:
    differs = [{"name": "net_weight", "line": 1, "value": "99999999 KGM"}]
    same = [{"name": "net_weight", "line": 1, "value": served_line(served)}]
    XB.zeep().SubmitOutcome(requestId=request_id(), number=served.on_hold.number, outcome="ACCEPTED", decidedAt=AT)
    found = {
        "CANNOT_TELL": _opened(served, number=served.not_theirs.number),
        "WITHDRAWN": _opened(served, number=served.withdrawn.number),
        "ON_HOLD": _opened(served, number=served.on_hold.number),
        "FIELDS_DIFFER": _opened(served, presentedField=differs),
        "FIELDS_MATCH": _opened(served, presentedField=same),
    }
    assert {name: each.machineFinding for name, each in found.items()} == {name: name for name in found}
    assert found["CANNOT_TELL"].certificate is None
    assert _opened(served, number=None).machineFinding == "CANNOT_TELL"
    XB.zeep().SubmitOutcome(
        requestId=request_id(),
        number=served.in_force.number,
        outcome="ACCEPTED_PARTLY",
        decidedAt=AT,
        quantity=[{"line": 1, "value": Decimal(1), "unitCode": "KGM"}],
    )
    assert _opened(served).machineFinding == "ALREADY_ACCEPTED"


def test_an_inquiry_does_not_tell_whether_what_was_not_sent_was_issued(served: Served) -> None:
    """Otherwise anybody could go through our numbers by asking about each."""
    told = []
    for number in (NEVER, served.not_theirs.number):
        inquiry = _opened(served, number=number)
        said = repr(inquiry).replace(number, "NUMBER").replace(inquiry.inquiryNumber, "INQUIRY")
        told.append((inquiry.machineFinding, said))
    assert told[0] == told[1]
    assert told[0][0] == "CANNOT_TELL"


def test_the_same_request_opens_one_inquiry(served: Served) -> None:
    same = request_id()
    first, again = _opened(served, requestId=same), _opened(served, requestId=same)
    assert first.inquiryNumber == again.inquiryNumber
    assert Inquiry.objects.count() == 1
    assert refusal(lambda: _opened(served, requestId=same, priority="ROUTINE")) == ("Conflict", "REQUEST_ID_REUSED")


def test_an_inquiry_belongs_to_its_asker(served: Served) -> None:
    number = _opened(served).inquiryNumber
    for asked in (number, "XA-Q-2026-0000000000"):
        assert refusal(lambda asked=asked: XC.zeep().GetInquiry(inquiryNumber=asked)) == (
            "NotFound",
            "INQUIRY_NOT_FOUND",
        )


def _say(number: str, act: str, **changes: Any) -> Any:
    text = [{"_value_1": f"about {act}", "languageID": "en"}]
    asked = {"requestId": request_id(), "act": act, "inquiryNumber": number, "text": text, **changes}
    return XB.zeep().OpenInquiry(**asked)


def _ours(number: str, act: InquiryAct, party: InquiryParty, **further: Any) -> None:
    said = Saying(texts=(("en", f"we {act}"), ("zh", "答复")))
    given = {"authority": "XA", "inquiry_number": number, "act": act, "party": party, "saying": said, "at": AT}
    inquiry_act(**given, actor="desk", **further)


def test_the_whole_life_of_an_inquiry(served: Served) -> None:
    """The desk's acts are done through its services here; its pages come with the border desk."""
    number = _opened(served).inquiryNumber
    for act in ("SUPPLY", "REPORT_ACTION", "CONTEST"):
        assert refusal(lambda act=act: _say(number, act)) == ("Conflict", "INQUIRY_STATE")
    _ours(number, InquiryAct.ACKNOWLEDGE, InquiryParty.DESK)
    _ours(number, InquiryAct.ROUTE, InquiryParty.DESK)
    _ours(number, InquiryAct.ASK_BACK, InquiryParty.OFFICE)
    assert XB.zeep().GetInquiry(inquiryNumber=number).state == "WAITING_ASKER"
    assert _say(number, "SUPPLY").state == "WITH_OFFICE"
    reply = {"finding": InquiryFinding.GENUINE, "measures": (InquiryMeasure.RELEASE_ADVISED,)}
    _ours(number, InquiryAct.DRAFT_REPLY, InquiryParty.OFFICE, **reply)
    drafted = XB.zeep().GetInquiry(inquiryNumber=number)
    assert (drafted.state, drafted.finding, drafted.measure) == ("WITH_OFFICE", None, [])
    _ours(number, InquiryAct.SEND, InquiryParty.DESK)
    answered = XB.zeep().GetInquiry(inquiryNumber=number)
    assert (answered.state, answered.finding, answered.measure) == ("ANSWERED", "GENUINE", ["RELEASE_ADVISED"])
    contested = _say(number, "CONTEST")
    assert (contested.state, contested.flag) == ("WITH_OFFICE", ["ASKED_AGAIN"])
    _ours(number, InquiryAct.DRAFT_REPLY, InquiryParty.OFFICE, **reply)
    _ours(number, InquiryAct.SEND, InquiryParty.DESK)
    assert _say(number, "REPORT_ACTION").state == "CLOSED"
    assert audit("XA") == ()
    assert refusal(lambda: _say(number, "WITHDRAW_INQUIRY")) == ("Conflict", "INQUIRY_STATE")


def test_an_asker_may_withdraw_and_an_overdue_answer_is_flagged(served: Served) -> None:
    number = _opened(served).inquiryNumber
    late = XB.zeep(at=AT + timedelta(hours=5)).GetInquiry(inquiryNumber=number)
    assert late.flag == ["OVERDUE"]
    assert _say(number, "WITHDRAW_INQUIRY").state == "CLOSED"


@pytest.mark.parametrize("missing", ["subject", "priority"])
def test_opening_needs_subject_and_priority(served: Served, missing: str) -> None:
    assert refusal(lambda: _opened(served, **{missing: None})) == ("InvalidRequest", "ONE_OF_REQUIRED")


def test_other_acts_need_the_number_of_the_inquiry(served: Served) -> None:
    call = lambda: _opened(served, act="CONTEST", subject=None, priority=None)  # noqa: E731  as above
    assert refusal(call) == ("InvalidRequest", "ONE_OF_REQUIRED")


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ([("a.pdf", PDF)] * 6, ("LimitExceeded", "TOO_MANY_ITEMS")),
        ([("a.pdf", PDF + b"x" * 3_000_000)], ("LimitExceeded", "BODY_TOO_LARGE")),
        ([("a.pdf", b"MZ an executable")], ("InvalidRequest", "VALUE_OUT_OF_RANGE")),
    ],
)
def test_files_are_what_they_say_and_not_too_many(
    served: Served, files: list[tuple[str, bytes]], code: tuple[str, str]
) -> None:
    given = [{"fileName": name, "mediaType": "application/pdf", "content": data} for name, data in files]
    assert refusal(lambda: _opened(served, attachment=given)) == code


def test_the_database_keeps_what_was_presented_asked_and_said(served: Served) -> None:
    _opened(served, attachment=[{"fileName": "a.pdf", "mediaType": "application/pdf", "content": PDF}])
    asked = {"number": served.in_force.number, "presentation": True, "requestId": request_id(), "location": "XBPNO"}
    XB.zeep().VerifyCertificate(**asked)
    for rows, change in (
        (Presentation.objects.all(), {"result": "withdrawn"}),
        (Inquiry.objects.all(), {"evidence": {}}),
        (InquiryMessage.objects.all(), {"texts": []}),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**change)
        with pytest.raises(IntegrityError), transaction.atomic():
            rows._raw_delete("default")


HOST = "v.ecert.example"


@pytest.fixture
def with_host(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """Trust a key for printed codes, and the host they lead to."""
    listed = trust_list(trusted(uses=("xml", "qr")))
    trust = TrustList((replace(listed.authorities[0], hosts=(HOST,)),), listed.keys)
    monkeypatch.setattr("opensps.web.html.keys.trust_list", lambda: trust)


@pytest.mark.usefixtures("with_host")
def test_a_printed_code_opens_the_certificate_and_wrong_ones_run_out(served: Served) -> None:
    service = XB.zeep()
    plain_link = check_url(HOST, served.not_theirs.token)
    found = service.VerifyCertificate(qrPayload=plain_link)
    assert (found.result, found.certificate) == ("IN_FORCE", None)
    theirs = service.VerifyCertificate(qrPayload=check_url(HOST, served.in_force.token))
    assert theirs.certificate.number == served.in_force.number
    wrong = check_url(HOST, served.in_force.token[::-1])
    assert service.VerifyCertificate(qrPayload=wrong).verdict in {"GREY", "RED"}
    assert service.VerifyCertificate(qrPayload="no code at all").verdict in {"GREY", "RED"}


@pytest.mark.usefixtures("with_host")
def test_a_signed_code_is_judged_by_its_signature_and_our_record(served: Served) -> None:
    said = Claims(
        issuer="XA",
        number=served.on_hold.number,
        issued_at=served.on_hold.issued_at,
        digest=bytes(served.on_hold.digest),
        type_code=served.on_hold.type_code,
        import_country=served.on_hold.import_country,
        salt=bytes(served.on_hold.salt),
        copy=0,
        page=(1, 1),
    )
    message = sign_claims(said, kid=signer().kid, sign=signer().sign)
    text = write_code(message, host=HOST, token=served.on_hold.token)
    found = XB.zeep().VerifyCertificate(qrPayload=text)
    assert (found.result, found.verdict) == ("ON_HOLD", "AMBER")
