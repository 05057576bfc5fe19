"""Opening counterfeit cases and moving them by the table of `lifecycle.case`; listing papers for partners.

Source: `fraud.md` 7. Each act writes its event, and a line in the log of the case, in one transaction.
"""

import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from opensps.accounts.queries import Actor
from opensps.border.case_terms import MOST_PAPERS, NewPaper
from opensps.border.cases import CASE
from opensps.border.errors import CaseRefused
from opensps.border.models import Case, CaseFeature, CasePaper, ForgeryNotice
from opensps.border.services.case_asking import issuers_ask
from opensps.border.services.case_log import entry_write, locked_case
from opensps.certification.deadlines import after_days, after_working_days
from opensps.events.services import event_write, lock
from opensps.lifecycle import ActNotAllowed, Role
from opensps.lifecycle.case import CASE as TABLE
from opensps.lifecycle.case import CaseAct, CaseFacts, CaseState, next_case_state

ASSESS_WORKING_DAYS, WORK_DAYS, REVIEW_DAYS = 2, 10, 30
SUSPECTED = frozenset(
    {
        *("never_issued", "not_recorded", "file_altered", "fields_differ", "foreign_signature", "key_not_valid"),
        *("address_not_official", "duplicate_number", "pages_mixed"),
    }
)
"""Results of a check that are of the kind suspected fraud (`fraud.md` 2)."""

_TEXT_OF = {CaseAct.REFER: "competent_body", CaseAct.CLOSE: "measure"}
_UNNUMBERED = 6


@transaction.atomic
def case_open(
    *,
    authority: str,
    actor: Actor,
    papers: Iterable[NewPaper],
    opened_from: str,
    origin: str = "",
    priority: str = "routine",
    goods: Mapping[str, str] | None = None,
    at: datetime,
) -> Case:
    """Open a case with the papers that gave rise to it.

    Raises `ActNotAllowed` (role; guard paper_attached), `CaseRefused` paper_elsewhere, too_many; `CaseRefused`
    not_found for people of another authority.
    """
    if actor.authority != authority and Role.SYSTEM not in actor.roles:
        raise CaseRefused("not_found")
    attached = tuple(papers)
    state = next_case_state(None, CaseAct.OPEN, roles=actor.roles, facts=CaseFacts(papers=len(attached)))
    lock("case_number", authority, str(at.year))
    case = Case.objects.create(
        authority=authority,
        case_number=_number(authority, at),
        state=state.value,
        office=actor.office or "",
        opened_from=opened_from,
        origin=origin,
        priority=priority,
        opened_by=actor.id,
        opened_at=at,
        due_at=after_working_days(at, ASSESS_WORKING_DAYS),
        changed_at=at,
    )
    _tell(case, CaseAct.OPEN, "", actor=actor, at=at)
    entry_write(case, act="open", actor=actor.id, at=at, data={"from": opened_from, "origin": origin})
    for paper in attached:
        paper_attach(case, paper, actor=actor, at=at)
    said = {name: text for name, text in (goods or {}).items() if text}
    if said:
        entry_write(case, act="goods", actor=actor.id, at=at, data=said)
        feature_note(case, "container", said.get("container", ""))
    return case


def _number(authority: str, at: datetime) -> str:
    """Return the next number of the year; the caller holds the lock."""
    head = f"{authority}-CF-{at.year}-"
    last = Case.objects.filter(authority=authority, case_number__startswith=head).order_by("-case_number").first()
    count = int(last.case_number.rpartition("-")[2]) if last is not None else 0
    return f"{head}{count + 1:0{_UNNUMBERED}d}"


def paper_attach(case: Case, paper: NewPaper, *, actor: Actor, at: datetime) -> CasePaper:
    """Add a paper to a locked case. Raises `CaseRefused` paper_elsewhere, too_many."""
    count = case.papers.count()
    if count >= MOST_PAPERS:
        raise CaseRefused("too_many")
    try:
        with transaction.atomic():
            row = _paper(case, paper, count + 1, actor=actor, at=at)
    except IntegrityError:
        held = CasePaper.objects.filter(authority=case.authority, paper_key=paper.paper_key).select_related("case")
        first = held.first()
        raise CaseRefused("paper_elsewhere", first.case.case_number if first is not None else "") from None
    told = {"paper": row.sequence, "number": row.number, "key": row.paper_key, "result": row.result}
    entry_write(case, act="paper", actor=actor.id, at=at, data=told)
    feature_note(case, "number", row.number)
    for name, value in paper.features.items():
        feature_note(case, name, value)
    return row


def _paper(case: Case, paper: NewPaper, sequence: int, *, actor: Actor, at: datetime) -> CasePaper:
    return CasePaper.objects.create(
        authority=case.authority,
        case=case,
        sequence=sequence,
        paper_key=paper.paper_key,
        number=paper.number,
        type_code=paper.type_code,
        issuer=paper.issuer,
        presented_where=paper.presented_where,
        presented_by=paper.presented_by,
        presented_at=paper.presented_at,
        result=paper.result,
        verdict=dict(paper.verdict),
        differences=[list(each) for each in paper.differences],
        features={name: value for name, value in paper.features.items() if value},
        added_at=at,
        added_by=actor.id,
    )


def feature_note(case: Case, name: str, value: str) -> None:
    """Remember a feature by which look-alikes are found; case and blanks do not count."""
    text = " ".join(value.split()).casefold()[:200]
    if text:
        CaseFeature.objects.get_or_create(authority=case.authority, case=case, name=name, value=text)


@transaction.atomic
def case_act(*, authority: str, actor: Actor, case_number: str, act: CaseAct, text: str = "", at: datetime) -> Case:
    """Do one act. ``text`` is the explanation, competent body, measure or new evidence, as the act asks.

    Raises `ActNotAllowed`; `CaseRefused` not_found.
    """
    case = locked_case(authority=authority, actor=actor, case_number=case_number)
    before, text = case.state, text.strip()
    facts = CaseFacts(
        actor=actor.id,
        owner=case.owner,
        papers=case.papers.count(),
        finding=case.finding,
        grounds=case.grounds,
        is_issuer_answered=bool(case.issuer_answer),
        is_proven_by_record=case.papers.filter(result__in=SUSPECTED).exclude(verdict={}).exists(),
        text=text,
    )
    case.state = next_case_state(CaseState(before), act, roles=actor.roles, facts=facts).value
    _apply(case, act, text=text, actor=actor, at=at)
    case.save()
    _tell(case, act, before, actor=actor, at=at)
    entry_write(case, act=act.value, actor=actor.id, at=at, data={"text": text} if text else None)
    if act is CaseAct.TAKE:
        issuers_ask(case, actor=actor, at=at)
    return case


def _apply(case: Case, act: CaseAct, *, text: str, actor: Actor, at: datetime) -> None:
    """Change what an act changes besides the state."""
    case.changed_at, case.due_at = at, _due(act, at)
    if act in _TEXT_OF:
        setattr(case, _TEXT_OF[act], text)
    if act is CaseAct.TAKE:
        case.owner = actor.id
    elif act is CaseAct.REOPEN:
        case.second_reader, case.confirmed_at, case.closed_at = "", None, None
    elif act is CaseAct.CONFIRM:
        case.second_reader, case.confirmed_at = actor.id, at
        _list(case, at)
    elif act is CaseAct.DISMISS:
        case.second_reader, case.closed_at = actor.id, at
        _withdraw(case, at)
    elif act is CaseAct.CLOSE:
        case.closed_at = at


def _due(act: CaseAct, at: datetime) -> datetime | None:
    if act in (CaseAct.TAKE, CaseAct.REOPEN):
        return after_working_days(at, WORK_DAYS)
    return after_days(at, REVIEW_DAYS) if act is CaseAct.REFER else None


def _list(case: Case, at: datetime) -> None:
    """Put the papers on the list shared with partners: no names of people, no name of a firm."""
    listed = _standing_notices(case)
    for paper in case.papers.order_by("sequence"):
        if paper.pk not in listed:
            _notice(paper, ForgeryNotice.LISTED, f"FN-{case.authority}-{secrets.token_hex(6).upper()}", case, at)


def _withdraw(case: Case, at: datetime) -> None:
    standing = _standing_notices(case)
    for paper in case.papers.order_by("sequence"):
        if paper.pk in standing:
            _notice(paper, ForgeryNotice.WITHDRAWN, standing[paper.pk], case, at)


def _standing_notices(case: Case) -> dict[int, str]:
    """Return paper -> number of its notice, for papers whose newest notice lists them."""
    rows = ForgeryNotice.objects.filter(paper__case=case).order_by("pk")
    newest = {row.paper.pk: row for row in rows.select_related("paper")}
    return {paper: row.notice_number for paper, row in newest.items() if row.status == ForgeryNotice.LISTED}


def _notice(paper: CasePaper, status: str, notice_number: str, case: Case, at: datetime) -> None:
    lock("forgery_notices", case.authority)  # readers go by the row id, so ids are given in order
    ForgeryNotice.objects.create(
        authority=case.authority,
        notice_number=notice_number,
        paper=paper,
        status=status,
        at=at,
        number=paper.number,
        type_code=paper.type_code,
        issuer=paper.issuer,
        finding=case.finding,
        fields=[each[0] for each in paper.differences],
        features=paper.features,
    )


def _tell(case: Case, act: CaseAct, before: str, *, actor: Actor, at: datetime) -> None:
    row = TABLE[CaseState(before) if before else None, act]
    payload: dict[str, Any] = {"from": case.opened_from, "origin": case.origin, "finding": case.finding}
    event_write(
        authority=case.authority,
        object_kind=CASE,
        object_id=case.case_number,
        act=f"case.{act.value}",
        from_state=before,
        to_state=case.state,
        actor=actor.id,
        role=str(min(row.roles & actor.roles)),
        at=at,
        payload=payload,
    )


def may_act(case: Case, act: CaseAct, *, actor: Actor) -> bool:
    """Tell whether somebody in these roles may try an act in this state; guards are asked when it is done."""
    found = TABLE.get((CaseState(case.state), act))
    return found is not None and bool(found.roles & actor.roles)


__all__ = ["ActNotAllowed", "case_act", "case_open", "feature_note", "may_act", "paper_attach"]
