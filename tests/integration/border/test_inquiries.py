"""Inquiries by people: who asks, who answers, two people where it is grave, clocks, and nobody else's business."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from opensps.accounts.queries import Actor
from opensps.border.errors import InquiryRefused
from opensps.border.inquiry_terms import reply_due_at, step_due_at
from opensps.border.inquiry_values import Decision, Machine, Question, Saying
from opensps.border.models import Inquiry, InquiryMessage, InquiryReply
from opensps.border.queries import (
    SoughtInquiries,
    audit,
    inquiries_of,
    inquiries_seen_by,
    inquiries_waiting_for,
    inquiry_seen_by,
    messages_of,
)
from opensps.border.replies import ReplyNotAuthentic, evidence_digest, read_reply
from opensps.border.services.inquiry_clocks import inquiry_clocks_run
from opensps.border.services.inquiry_machine import asking_for_country, findings_run, machine_of
from opensps.border.services.inquiry_people import inquiry_ask, inquiry_do
from opensps.certification.models import Certificate
from opensps.certification.queries import timeline_for
from opensps.lifecycle import Role
from opensps.lifecycle.inquiry import (
    InquiryAct,
    InquiryFinding,
    InquiryMeasure,
    InquiryPriority,
    InquiryState,
    InquirySubject,
    MachineFinding,
)
from tests.factories import certification, signing
from tests.factories.certification import Cast, certificate_in
from tests.factories.desk import border_officer, official

NOW = certification.START + timedelta(days=2)
"""A Thursday, 01:00 UTC: 09:00 by the clock of the authority."""

NORTHLAND, WESTMARK = official("XB"), official("XD", mark="c")
COLLEAGUE = official("XB", mark="f")
DESK = border_officer(Role.INQUIRY_DESK, mark="1")
DESK2 = border_officer(Role.INQUIRY_DESK, mark="2")
ENQUIRIES = border_officer(Role.ENQUIRY_DESK, mark="3")
BORDER = border_officer(mark="4")
EXAMINER = border_officer(Role.EXAMINER, mark="5")
SENIOR = border_officer(Role.SENIOR_OFFICER, mark="6")
ELSEWHERE = replace(EXAMINER, id="7" * 32, office="021")
COORDINATOR = border_officer(Role.COORDINATOR, mark="8")
GENUINE = Decision(finding=InquiryFinding.GENUINE, measures=(InquiryMeasure.RELEASE_ADVISED,))
GRAVE = Decision(finding=InquiryFinding.COUNTERFEIT, measures=(InquiryMeasure.SEIZE_ADVISED,))
BOTH = Saying(texts=(("en", "We compared it with our record."), ("zh", "我们已与记录核对。")))


@pytest.fixture
def people(db: None) -> Cast:
    return certification.cast()


@pytest.fixture
def certificate(people: Cast) -> Certificate:
    return certificate_in(people)


def said(text: str = "Please check.", language: str = "en") -> Saying:
    return Saying(texts=((language, text),))


def asked(number: str, *, actor: Actor = NORTHLAND, at: datetime = NOW, **changes: Any) -> Inquiry:
    given = {"subject": InquirySubject.GENUINENESS, "priority": InquiryPriority.ROUTINE, **changes}
    question = Question(number=number, **given)
    trust = signing.trust_list()
    terms = asking_for_country(
        authority="XA", country=actor.country, presented=question.presented, trust=trust, at=at, accepts_training=True
    )
    machinery = None if actor.country == "" else lambda: machine_of(number, terms)
    return inquiry_ask(authority="XA", actor=actor, question=question, saying=said(), machinery=machinery, at=at)


def done(inquiry: Inquiry, actor: Actor, act: InquiryAct, saying: Saying | None = None, **further: Any) -> Inquiry:
    further.setdefault("at", NOW + timedelta(minutes=5))
    return inquiry_do(
        authority="XA",
        actor=actor,
        inquiry_number=inquiry.inquiry_number,
        act=act,
        saying=saying or said(),
        signer=signing.signer(),
        **further,
    )


def with_office(number: str, **changes: Any) -> Inquiry:
    return done(asked(number, **changes), DESK, InquiryAct.ROUTE, decision=Decision(office="014"))


def why(call: Any) -> str:
    with pytest.raises(InquiryRefused) as refused:
        call()
    return refused.value.reason


def test_an_official_asks_and_the_register_answers_in_the_same_moment(certificate: Certificate) -> None:
    inquiry = asked(certificate.number, presented={"import_country": "XB"}, seen={"en": {"result": "fields_differ"}})
    assert (inquiry.asker, inquiry.machine_finding, inquiry.found_at) == ("XB", MachineFinding.FIELDS_MATCH, NOW)
    assert inquiry.step_due_at == NOW + timedelta(minutes=30), "in office hours"
    assert inquiry.evidence["seen"] == {"en": {"result": "fields_differ"}}
    assert inquiry.evidence["check"]["en"]["result"] == "in_force"
    assert [each.act for each in messages_of(inquiry)] == ["open", "machine_finding"]
    assert not audit("XA")


@pytest.mark.parametrize("known", [True, False], ids=["of another country", "never issued"])
def test_what_is_not_for_their_country_is_answered_like_what_never_was(certificate: Certificate, known: bool) -> None:
    number = certificate.number if known else "XA-2026-014-7654321-3"
    inquiry = asked(number, actor=WESTMARK)
    wanted = MachineFinding.CANNOT_TELL if known else inquiry.machine_finding
    assert (inquiry.machine_finding, inquiry.evidence["check"]) == (wanted, {})


def test_a_number_that_cannot_be_ours_is_said_to_be_none(people: Cast) -> None:
    for number in ("XA-2026-014-7654321-9", "XB-2026-014-7654321-3", "7"):
        assert asked(number).machine_finding == MachineFinding.NEVER_ISSUED


def test_what_opening_could_not_find_the_worker_finds_within_its_turn(certificate: Certificate) -> None:
    question = Question(number=certificate.number, subject=InquirySubject.STATUS, priority=InquiryPriority.ROUTINE)
    inquiry = inquiry_ask(authority="XA", actor=NORTHLAND, question=question, saying=said(), machinery=None, at=NOW)
    assert inquiry.found_at is None
    trust = signing.trust_list()

    def terms(row: Inquiry) -> Any:
        return asking_for_country(
            authority="XA", country=row.asker, presented={}, trust=trust, at=NOW, accepts_training=True
        )

    assert findings_run(authority="XA", terms_of=terms, at=NOW + timedelta(seconds=40)) == 1
    assert findings_run(authority="XA", terms_of=terms, at=NOW + timedelta(seconds=50)) == 0
    inquiry.refresh_from_db()
    assert inquiry.found_at == NOW + timedelta(seconds=40)
    assert messages_of(inquiry)[-1].party == InquiryMessage.SYSTEM


def test_from_question_to_signed_reply_to_action(certificate: Certificate) -> None:
    inquiry = asked(certificate.number)
    done(inquiry, DESK, InquiryAct.ACKNOWLEDGE)
    inquiry = done(inquiry, DESK, InquiryAct.ROUTE, decision=Decision(office="014"))
    done(inquiry, EXAMINER, InquiryAct.ASK_BACK, said("Which seal is on the container?"))
    waiting = inquiry_seen_by(actor=NORTHLAND, inquiry_number=inquiry.inquiry_number)
    assert waiting is not None
    assert waiting.state == InquiryState.WAITING_ASKER
    supplied = done(inquiry, COLLEAGUE, InquiryAct.SUPPLY, said("EX4410023"), at=NOW + timedelta(hours=3, minutes=5))
    assert supplied.reply_due_at == inquiry.reply_due_at + timedelta(hours=3), "the clock stood meanwhile"
    done(inquiry, EXAMINER, InquiryAct.DRAFT_REPLY, BOTH, decision=GENUINE)
    assert "draft_reply" not in {each.act for each in messages_of(inquiry)}, "the asker does not read drafts"
    answered = done(inquiry, DESK, InquiryAct.SEND, at=NOW + timedelta(hours=4))
    assert messages_of(answered)[-1].texts == [list(each) for each in BOTH.texts]
    (kept,) = InquiryReply.objects.all()
    trust = signing.trust_list()
    reply = read_reply(bytes(kept.statement), authority="XA", trust=trust, accepts_training=True)
    assert (reply.finding, reply.measures, reply.texts) == ("genuine", ("release_advised",), BOTH.texts)
    assert reply.evidence == evidence_digest(answered.evidence)
    closed = done(
        answered, NORTHLAND, InquiryAct.REPORT_ACTION, said("Released."), decision=Decision(action="released")
    )
    assert (closed.state, closed.action) == ("closed", "released")
    assert not audit("XA")


def test_a_forged_reply_and_one_of_another_authority_prove_nothing(certificate: Certificate) -> None:
    inquiry = with_office(certificate.number)
    done(inquiry, EXAMINER, InquiryAct.DRAFT_REPLY, BOTH, decision=GENUINE)
    done(inquiry, DESK, InquiryAct.SEND)
    statement = bytes(InquiryReply.objects.get().statement)
    trust, terms = signing.trust_list(), {"authority": "XA", "accepts_training": True}
    with pytest.raises(ReplyNotAuthentic):
        read_reply(statement.replace(b"genuine", b"altered"), trust=trust, **terms)
    with pytest.raises(ReplyNotAuthentic):
        read_reply(statement, trust=trust, authority="XB", accepts_training=True)
    with pytest.raises(ReplyNotAuthentic):
        read_reply(statement, trust=signing.trust_list(signing.trusted(signing.stranger())), **terms)


def test_a_grave_reply_needs_a_second_person_and_the_database_says_so(certificate: Certificate) -> None:
    both_hats = replace(DESK, id="9" * 32, roles=frozenset({Role.INQUIRY_DESK, Role.EXAMINER}))
    inquiry = with_office(certificate.number)
    done(inquiry, both_hats, InquiryAct.DRAFT_REPLY, BOTH, decision=GRAVE)
    assert why(lambda: done(inquiry, both_hats, InquiryAct.SEND)) == "state"
    with pytest.raises(IntegrityError), transaction.atomic():
        Inquiry.objects.update(state="answered", sent_by=both_hats.id)
    done(inquiry, SENIOR, InquiryAct.REWORK, said("Say which stamp is wrong."))
    done(inquiry, both_hats, InquiryAct.DRAFT_REPLY, BOTH, decision=GRAVE)
    answered = done(inquiry, SENIOR, InquiryAct.SEND)
    assert (answered.finding, answered.sent_by) == ("counterfeit", SENIOR.id)
    told = timeline_for(authority="XA", object_kind="inquiry", object_id=inquiry.inquiry_number)
    assert (told[-1].act, dict(told[-1].payload or {})["finding"]) == ("inquiry.send", "counterfeit")


def test_guards_of_the_acts(certificate: Certificate) -> None:
    inquiry = asked(certificate.number)
    assert why(lambda: done(inquiry, DESK, InquiryAct.ROUTE, decision=Decision(office="999"))) == "office_missing"
    done(inquiry, DESK, InquiryAct.ROUTE, decision=Decision(office="014"))
    assert why(lambda: done(inquiry, EXAMINER, InquiryAct.DRAFT_REPLY, said(), decision=GENUINE)) == "text_missing"
    assert why(lambda: done(inquiry, EXAMINER, InquiryAct.DRAFT_REPLY, BOTH)) == "reply_missing"
    assert why(lambda: done(inquiry, EXAMINER, InquiryAct.ASK_BACK, said(" "))) == "text_missing"
    done(inquiry, EXAMINER, InquiryAct.DRAFT_REPLY, BOTH, decision=GENUINE)
    assert why(lambda: done(inquiry, SENIOR, InquiryAct.SEND)) == "state", "a plain answer leaves by the desk"


def test_everybody_else_is_answered_as_if_it_were_not_there(certificate: Certificate) -> None:
    inquiry = with_office(certificate.number)
    strangers = (WESTMARK, BORDER, ENQUIRIES, ELSEWHERE, official("XB", Role.EMBASSY, mark="0"))
    for actor in strangers:
        assert inquiry_seen_by(actor=actor, inquiry_number=inquiry.inquiry_number) is None
        assert not inquiries_seen_by(actor=actor, sought=SoughtInquiries(), at=NOW)
        for act in (InquiryAct.WITHDRAW_INQUIRY, InquiryAct.DRAFT_REPLY, InquiryAct.SEND):
            assert why(lambda actor=actor, act=act: done(inquiry, actor, act, BOTH, decision=GENUINE)) == "not_found"
    assert inquiry_seen_by(actor=COLLEAGUE, inquiry_number=inquiry.inquiry_number) == inquiry
    assert why(lambda: done(inquiry, NORTHLAND, InquiryAct.DRAFT_REPLY, BOTH, decision=GENUINE)) == "state"
    assert why(lambda: asked("7", actor=official("XB", Role.EMBASSY))) == "not_found"


def test_what_waits_for_whom(certificate: Certificate) -> None:
    inquiry = asked(certificate.number)

    def waiting() -> set[str]:
        people = {"desk": DESK, "office": EXAMINER, "senior": SENIOR, "asker": COLLEAGUE, "border": BORDER}
        return {name for name, actor in people.items() if inquiries_waiting_for(actor=actor, limit=5)}

    assert waiting() == {"desk"}
    done(inquiry, DESK, InquiryAct.ROUTE, decision=Decision(office="014"))
    assert waiting() >= {"office"}
    assert "desk" not in waiting()
    done(inquiry, EXAMINER, InquiryAct.DRAFT_REPLY, BOTH, decision=GRAVE)
    assert waiting() == {"desk", "senior"}
    done(inquiry, SENIOR, InquiryAct.SEND)
    assert waiting() == {"asker"}


def test_an_answer_nobody_gave_goes_up_and_up_and_decides_nothing(certificate: Certificate) -> None:
    inquiry = asked(certificate.number, priority=InquiryPriority.PERISHABLE)
    assert inquiry.reply_due_at == NOW + timedelta(hours=4)
    steps = []
    for minutes in (29, 31, 239, 241, 300, 24 * 60 + 239, 24 * 60 + 241, 3000):
        at = NOW + timedelta(minutes=minutes)
        steps.append(inquiry_clocks_run(authority="XA", at=at))
        inquiry.refresh_from_db()
    assert steps == [0, 1, 0, 1, 0, 0, 1, 0]
    assert (inquiry.state, inquiry.escalated_to, inquiry.is_escalated) == ("open", "embassy", True)
    assert inquiries_waiting_for(actor=COORDINATOR, limit=5) == (inquiry,)
    acts = [each.act for each in timeline_for(authority="XA", object_kind="inquiry", object_id=inquiry.inquiry_number)]
    assert acts[2:] == ["inquiry.step_late", "inquiry.answer_clock_ends", "inquiry.answer_clock_ends"]
    assert not audit("XA")


def test_the_clock_closes_what_the_asker_left(certificate: Certificate) -> None:
    unanswered, unreported = with_office(certificate.number), with_office(certificate.number)
    done(unanswered, EXAMINER, InquiryAct.ASK_BACK)
    done(unreported, EXAMINER, InquiryAct.DRAFT_REPLY, BOTH, decision=GENUINE)
    done(unreported, DESK, InquiryAct.SEND)
    run = lambda days: inquiry_clocks_run(authority="XA", at=NOW + timedelta(days=days))  # noqa: E731  four times the same
    assert (run(5), run(6), run(9), run(15)) == (1, 0, 1, 1), "reminder, nothing, no report, no supply"
    for inquiry, finding in ((unanswered, "unresolved"), (unreported, "genuine")):
        inquiry.refresh_from_db()
        assert (inquiry.state, inquiry.finding) == ("closed", finding)


def test_day_n_is_in_time_and_day_n_plus_one_is_late() -> None:
    due = reply_due_at(InquiryPriority.ROUTINE, NOW, offset_minutes=480)
    assert due == datetime.fromisoformat("2026-11-26T16:00+00:00"), "five working days, 24:00 by the office's clock"
    night = step_due_at(
        InquiryState.OPEN, priority=InquiryPriority.ROUTINE, at=NOW + timedelta(hours=12), offset_minutes=480
    )
    assert night == NOW + timedelta(hours=16), "outside office hours four hours"


def test_our_question_to_a_partner_goes_through_the_same_states(people: Cast) -> None:
    assert why(lambda: asked("", actor=BORDER, answerer="XB")) == "number_missing"
    inquiry = asked("XB-2026-7", actor=BORDER, answerer="XB")
    assert (inquiry.direction, inquiry.asker, inquiry.step_due_at) == ("outbound", "XA", None)
    for stranger in (NORTHLAND, EXAMINER, ENQUIRIES):
        assert inquiry_seen_by(actor=stranger, inquiry_number=inquiry.inquiry_number) is None
    assert inquiries_of(authority="XA", asker="XA", after=0, limit=5) == ()
    done(inquiry, BORDER, InquiryAct.ACKNOWLEDGE)
    done(inquiry, BORDER, InquiryAct.ASK_BACK, said("Which line?"))
    done(inquiry, BORDER, InquiryAct.SUPPLY, said("The second."))
    answered = done(inquiry, DESK, InquiryAct.RECORD_ANSWER, said("Never issued by us."), decision=GRAVE)
    assert (answered.state, answered.finding, answered.needs_second) == ("answered", "counterfeit", False)
    assert done(inquiry, BORDER, InquiryAct.REPORT_ACTION, said("Destroyed.")).state == "closed"


def test_a_question_to_the_enquiry_point_is_answered_on_the_same_machine(people: Cast) -> None:
    inquiry = asked("", kind="question", procedure="approval", subject=InquirySubject.OTHER)
    assert (inquiry.state, inquiry.machine_finding) == ("received", "")
    assert inquiry_seen_by(actor=DESK, inquiry_number=inquiry.inquiry_number) is None
    done(inquiry, ENQUIRIES, InquiryAct.ACKNOWLEDGE)
    assert why(lambda: done(inquiry, ENQUIRIES, InquiryAct.ROUTE)) == "office_missing"
    done(inquiry, ENQUIRIES, InquiryAct.ROUTE, decision=Decision(office="Registration department"))
    day = NOW + timedelta(days=20)
    estimated = done(inquiry, ENQUIRIES, InquiryAct.ESTIMATE, decision=Decision(estimate_at=day))
    assert (estimated.state, estimated.reply_due_at) == ("routed", day)
    answered = done(inquiry, ENQUIRIES, InquiryAct.SEND, said("The procedure takes 30 days."))
    assert answered.state == "answered"
    assert InquiryReply.objects.count() == 1
    assert inquiry_clocks_run(authority="XA", at=NOW + timedelta(days=16)) == 1
    assert inquiries_of(authority="XA", asker="XB", after=0, limit=5) == (), "programs know inquiries only"


def test_what_was_prepared_over_another_draft_is_not_sent(certificate: Certificate) -> None:
    inquiry = with_office(certificate.number)
    done(inquiry, EXAMINER, InquiryAct.DRAFT_REPLY, BOTH, decision=GENUINE)

    class Slow(signing.UntrustedTestSigner):
        """While it thinks, somebody sends the draft back."""

        def sign(self, data: bytes) -> bytes:
            done(inquiry, DESK2, InquiryAct.REWORK, said("Not like this."), at=NOW + timedelta(minutes=6))
            return super().sign(data)

    ordinary = signing.signer()
    slow = Slow(ordinary.key, ordinary.certificate_der)
    sending = lambda: inquiry_do(  # noqa: E731  called once below
        authority="XA", actor=DESK, inquiry_number=inquiry.inquiry_number, act=InquiryAct.SEND, saying=Saying(),
        signer=slow, at=NOW + timedelta(minutes=7),
    )  # fmt: skip
    assert why(sending) == "changed"
    assert InquiryReply.objects.count() == 0


def test_a_finding_needs_somebody_to_have_asked() -> None:
    assert Machine(None).verdict == {}
