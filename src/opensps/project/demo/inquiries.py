"""Inquiries of the demonstration: both directions and the enquiry point, one or two in every state a desk meets.

Made through the services the pages use, each step at its own moment, dated back from the day it is loaded.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from opensps.accounts.queries import SYSTEM
from opensps.border.inquiry_values import NOTHING_DECIDED, Decision, File, Question, Saying
from opensps.border.queries import Inquiry
from opensps.border.services.inquiry_clocks import inquiry_clocks_run
from opensps.border.services.inquiry_machine import asking_for_country, machine_of
from opensps.border.services.inquiry_people import inquiry_ask, inquiry_do
from opensps.certification.queries import certificates_for_actor
from opensps.lifecycle import CertificateState
from opensps.lifecycle.inquiry import (
    InquiryAct,
    InquiryFinding,
    InquiryMeasure,
    InquiryPriority,
    InquirySubject,
)
from opensps.project.demo.people import Cast
from opensps.signing import Signer, TrustList

NEVER = "XA-2026-014-0999999-4"
_GENUINE = Decision(finding=InquiryFinding.GENUINE, measures=(InquiryMeasure.RELEASE_ADVISED,))
_FORGED = Decision(
    finding=InquiryFinding.COUNTERFEIT, measures=(InquiryMeasure.SEIZE_ADVISED, InquiryMeasure.INVESTIGATE)
)
_ALTERED = Decision(finding=InquiryFinding.ALTERED, measures=(InquiryMeasure.SEIZE_ADVISED,))
_STEP = timedelta(minutes=9)


@dataclass(slots=True)
class Desk:
    """Opens and moves inquiries; each step some minutes after the one before."""

    authority: str
    cast: Cast
    signer: Signer
    trust: TrustList
    now: datetime

    def ask(self, asker: str, begun: datetime, text: str, question: Question, files: tuple[File, ...] = ()) -> Inquiry:
        """Open an inquiry at a moment."""
        self.now, actor = begun, self.cast[asker]
        asking = asking_for_country(
            authority=self.authority,
            country=actor.country,
            presented=question.presented,
            trust=self.trust,
            at=begun,
            accepts_training=True,
        )
        return inquiry_ask(
            authority=self.authority,
            actor=actor,
            question=question,
            saying=Saying(texts=(("en", text),), files=files),
            machinery=lambda: machine_of(question.number, asking),
            at=begun,
        )

    def do(
        self, inquiry: Inquiry, who: str, act: InquiryAct, *texts: str, decision: Decision = NOTHING_DECIDED
    ) -> None:
        """Do one act some minutes later; a second text is Chinese."""
        self.now += _STEP
        inquiry_do(
            authority=self.authority,
            actor=self.cast[who],
            inquiry_number=inquiry.inquiry_number,
            act=act,
            saying=Saying(texts=tuple(zip(("en", "zh"), texts, strict=False))),
            decision=decision,
            signer=self.signer,
            at=self.now,
        )

    def to_office(self, inquiry: Inquiry) -> None:
        """Acknowledge and route."""
        self.do(inquiry, "inquiries", InquiryAct.ACKNOWLEDGE)
        self.do(inquiry, "inquiries", InquiryAct.ROUTE, decision=Decision(office="014"))


def inquiries_told(*, authority: str, cast: Cast, signer: Signer, trust: TrustList, at: datetime) -> None:
    """Load the inquiries of the demonstration, as of ``at``."""
    desk = Desk(authority, cast, signer, _before_the_log(trust), at)
    theirs, west = _numbers(authority, "XB"), _numbers(authority, "XC")
    if not theirs or not west:
        return
    _settled(desk, theirs, at)
    _on_the_way(desk, theirs, west, at)
    _of_ours(desk, at)
    _questions(desk, at)
    inquiry_clocks_run(authority=authority, at=at)


def _before_the_log(trust: TrustList) -> TrustList:
    """Return the list as of a register whose log is not written yet: the worker does that after the demo is loaded."""
    return replace(trust, authorities=tuple(replace(each, profile=1) for each in trust.authorities))


def _numbers(authority: str, country: str) -> list[str]:
    """Return numbers of certificates in force for a country, newest first."""
    rows = certificates_for_actor(authority=authority, actor=SYSTEM, states=(CertificateState.IN_FORCE,), limit=120)
    return [row.number for row in rows if row.import_country == country]


def _about(number: str, subject: InquirySubject, priority: InquiryPriority, **further: object) -> Question:
    minutes = 120 if further.pop("north", True) else -180
    return Question(number=number, subject=subject, priority=priority, asked_from_minutes=minutes, **further)  # type: ignore[arg-type]  # as named


def _settled(desk: Desk, numbers: Sequence[str], at: datetime) -> None:
    """Tell one that ended well, and one that was forged and waits for what the asker did."""
    routine = _about(numbers[-1], InquirySubject.GENUINENESS, InquiryPriority.ROUTINE, location="XBPNO")
    old = desk.ask("official", at - timedelta(days=21), "The stamp on the paper looks unusual. Is it yours?", routine)
    desk.to_office(old)
    desk.do(
        old, "examiner", InquiryAct.DRAFT_REPLY,
        "The certificate is ours. The office changed its stamp on 1 October.",
        "证书由我方签发，该机构自10月1日起更换印章。",
        decision=_GENUINE,
    )  # fmt: skip
    desk.do(old, "inquiries", InquiryAct.SEND)
    desk.do(old, "official", InquiryAct.REPORT_ACTION, "Goods released.", decision=Decision(action="released"))
    unknown = _about(NEVER, InquirySubject.GENUINENESS, InquiryPriority.HELD_AT_PORT, location="XBPNO")
    forged = desk.ask(
        "official", at - timedelta(days=2), "We do not find this number. The goods are held.", unknown, _scan()
    )
    desk.to_office(forged)
    desk.do(
        forged, "examiner", InquiryAct.DRAFT_REPLY,
        "We never issued this number. The form, the stamp and the officer named on it are not ours.",
        "我方从未签发该编号，所用格式、印章及所列官员均非我方。", decision=_FORGED,
    )  # fmt: skip
    desk.do(forged, "senior", InquiryAct.SEND)


def _on_the_way(desk: Desk, theirs: Sequence[str], west: Sequence[str], at: datetime) -> None:
    """Leave one in each state on the way: open, late, with the office, asked back, drafted for a second person."""
    content, status = InquirySubject.CONTENT, InquirySubject.STATUS
    paper = {"net_weight": "52000 KGM"}
    fresh = _about(theirs[0], content, InquiryPriority.PERISHABLE, location="XBPNO", presented=paper)
    desk.ask("official", at - timedelta(minutes=12), "The paper says 52,000 kg. What did you sign?", fresh, _scan())
    late = _about(theirs[1], content, InquiryPriority.PERISHABLE, location="XBPNO")
    waiting = desk.ask("official", at - timedelta(hours=7), "The seal on the container is another one.", late)
    desk.do(waiting, "inquiries", InquiryAct.ACKNOWLEDGE)
    desk.to_office(
        desk.ask("official2", at - timedelta(hours=20), "The consignee says it was replaced.",
                 _about(west[0], status, InquiryPriority.HELD_AT_PORT, location="XCPSU", north=False))
    )  # fmt: skip
    asked = desk.ask(
        "official2", at - timedelta(days=1), "Two containers came, the certificate names one.",
        _about(west[1 % len(west)], content, InquiryPriority.ROUTINE, location="XCPSU", north=False),
    )  # fmt: skip
    desk.to_office(asked)
    desk.do(asked, "examiner", InquiryAct.ASK_BACK, "Which numbers do the two containers carry?")
    drafted = desk.ask(
        "official", at - timedelta(hours=26), "The number of packages was written over by hand.",
        _about(theirs[2 % len(theirs)], content, InquiryPriority.HELD_AT_PORT, location="XBPNO"),
    )  # fmt: skip
    desk.to_office(drafted)
    desk.do(
        drafted, "examiner", InquiryAct.DRAFT_REPLY,
        "We certified fewer packages. The figure was changed after signing.",
        "我方证明的件数较少，该数字在签发后被改动。",
        decision=_ALTERED,
    )  # fmt: skip


def _of_ours(desk: Desk, at: datetime) -> None:
    """Tell what our own border asked a partner: one open, one answered."""
    held = InquiryPriority.HELD_AT_PORT
    first = Question(number="XB/PC/2026/00917", subject=InquirySubject.GENUINENESS, priority=held, answerer="XB")
    desk.ask("border", at - timedelta(days=1, hours=3), "The officer named on it is not on your list.", first)
    second = Question(number="XC-2026-0311", subject=InquirySubject.STATUS, priority=held, answerer="XC")
    answered = desk.ask("border", at - timedelta(days=4), "Is it still in force?", second)
    desk.do(answered, "border", InquiryAct.ACKNOWLEDGE)
    desk.do(answered, "border", InquiryAct.RECORD_ANSWER, "By mail: it is in force.", decision=_GENUINE)


def _questions(desk: Desk, at: datetime) -> None:
    """Tell two questions to the enquiry point."""
    ask = {"number": "", "subject": InquirySubject.OTHER, "priority": InquiryPriority.ROUTINE, "kind": Inquiry.QUESTION}
    text = "Which papers does a new dairy plant need to be listed?"
    desk.ask("official2", at - timedelta(hours=3), text, Question(procedure="approval", **ask))  # type: ignore[arg-type]  # as named
    text = "How often do you sample apples at import?"
    old = desk.ask("official", at - timedelta(days=6), text, Question(procedure="inspection", **ask))  # type: ignore[arg-type]  # as named
    desk.do(old, "enquiries", InquiryAct.ACKNOWLEDGE)
    desk.do(
        old,
        "enquiries",
        InquiryAct.SEND,
        "One consignment in ten, more often after a finding.",
        "每十批抽查一批，发现问题后增加。",
    )


def _scan() -> tuple[File, ...]:
    """Return a made-up scan."""
    return (
        File(
            "paper.pdf", "application/pdf", b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
        ),
    )
