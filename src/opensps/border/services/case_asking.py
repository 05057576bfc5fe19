"""A case and the authority its papers claim: asked when somebody takes the case, noted when it answers.

Source: `fraud.md` 7 (take: issuing authority asked if not yet; confirm: issuer answered, or our record proves it). Of
papers that claim to be ours nobody has to be asked.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from opensps.accounts.queries import Actor
from opensps.border.inquiry_values import Question, Saying
from opensps.border.models import Case, CasePaper, Inquiry
from opensps.border.services.case_log import entry_write
from opensps.border.services.inquiring import inquiry_open
from opensps.lifecycle.case import CaseState
from opensps.lifecycle.inquiry import InquiryPriority, InquirySubject

MOST_ASKED: Final = 20
"""Papers of one case about which its issuer is asked by itself; about more a person asks."""

ASKED, ANSWERED = "issuer_asked", "issuer_answered"
"""Lines of the log."""

_WORDS: Final = (
    ("en", "A paper with this number is being assessed here as possibly counterfeit. Did you issue it, as presented?"),
    ("zh", "我方正在研判一份使用该编号的证书是否系假冒。请问贵方是否按所出示的内容签发了该证书？"),
)


def issuers_ask(case: Case, *, actor: Actor, at: datetime) -> tuple[str, ...]:
    """Ask the other authorities that the papers of a locked case claim, where they were not asked before.

    Return the numbers of the inquiries.
    """
    theirs = case.papers.exclude(issuer__in=("", case.authority)).exclude(number="").order_by("sequence")
    return tuple(_ask(case, paper, actor=actor, at=at) for paper in theirs[:MOST_ASKED] if not _was_asked(case, paper))


def _was_asked(case: Case, paper: CasePaper) -> bool:
    rows = Inquiry.objects.filter(authority=case.authority, number=paper.number, direction=Inquiry.OUTBOUND)
    return rows.filter(answerer=paper.issuer, is_withdrawn=False).exists()


def _ask(case: Case, paper: CasePaper, *, actor: Actor, at: datetime) -> str:
    differences: list[list[str]] = paper.differences
    presented: Mapping[str, str] = {field: typed for field, typed, _signed in differences if field}
    question = Question(
        number=paper.number,
        subject=InquirySubject.GENUINENESS,
        priority=InquiryPriority(case.priority),
        presented=presented,
        seen=paper.verdict,
        direction=Inquiry.OUTBOUND,
        answerer=paper.issuer,
        asked_by=actor.id,
    )
    opened = inquiry_open(
        authority=case.authority,
        asker=case.authority,
        question=question,
        saying=Saying(texts=_WORDS),
        machinery=None,
        at=at,
    )
    told = {"paper": paper.sequence, "inquiry": opened.inquiry_number, "issuer": paper.issuer}
    entry_write(case, act=ASKED, actor=actor.id, at=at, data=told)
    return opened.inquiry_number


def issuer_answered(inquiry: Inquiry, *, at: datetime) -> None:
    """Note the answer of a partner in the open cases that hold the paper; the newest stands, the log keeps all."""
    rows = Case.objects.filter(authority=inquiry.authority, state__in=(CaseState.OPEN, CaseState.ASSESSING))
    held = rows.filter(papers__number=inquiry.number, papers__issuer=inquiry.answerer).distinct()
    for pk in sorted(held.values_list("pk", flat=True)):
        case = Case.objects.select_for_update().get(pk=pk)
        case.issuer_answer = f"{inquiry.finding} ({inquiry.inquiry_number})"
        case.changed_at = at
        case.save()
        told = {"inquiry": inquiry.inquiry_number, "finding": inquiry.finding}
        entry_write(case, act=ANSWERED, actor="system", at=at, data=told)
