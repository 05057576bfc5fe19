"""Coordination between ministries: opening a case, giving out its parts, working on them, closing. Rows A01, A02.

The table is `lifecycle.coordination`. A body reaches its own parts alone; anything else does not exist for it. Every
act writes its event and a line of the case in one transaction.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from opensps.accounts.queries import Actor, organisation_by_id
from opensps.border.coordination import COORDINATION, PART, CoordinationCase, CoordinationEntry, CoordinationPart
from opensps.border.coordination_terms import MOST_ENTRIES, MOST_PARTS, MOST_SIGNS, Matter, Task, is_body
from opensps.border.errors import CoordinationRefused
from opensps.events.services import event_write, lock
from opensps.lifecycle import Role
from opensps.lifecycle.coordination import (
    COORDINATION as CASES,
)
from opensps.lifecycle.coordination import (
    PART as PARTS,
)
from opensps.lifecycle.coordination import (
    UNFINISHED,
    CoordinationAct,
    CoordinationFacts,
    CoordinationState,
    PartAct,
    PartState,
    next_coordination_state,
    next_part_state,
)

_DIGITS = 6
_AT_ONCE = 200


@transaction.atomic
def coordination_open(
    *, authority: str, actor: Actor, matter: Matter, tasks: Sequence[Task] = (), at: datetime
) -> CoordinationCase:
    """Open a case, and give out the parts that are known already.

    Raises `ActNotAllowed` (role; guards subject_given, task_given, body_named), `CoordinationRefused` not_found for
    people of another authority, too_many.
    """
    if actor.authority != authority:
        raise CoordinationRefused("not_found")
    facts = CoordinationFacts(text=matter.subject)
    state = next_coordination_state(None, CoordinationAct.OPEN, roles=actor.roles, facts=facts)
    lock("coordination_number", authority, str(at.year))
    case = CoordinationCase.objects.create(
        authority=authority,
        case_number=_number(authority, at),
        state=state.value,
        procedure=matter.procedure.value,
        subject=matter.subject.strip()[:200],
        details=matter.details.strip()[:MOST_SIGNS],
        question=matter.question,
        opened_by=actor.id,
        opened_at=at,
        changed_at=at,
    )
    _case_told(case, CoordinationAct.OPEN, "", actor=actor, text="", at=at)
    for task in tasks:
        _assigned(case, task, actor=actor, at=at)
    return case


def _number(authority: str, at: datetime) -> str:
    """Return the next number of the year; the caller holds the lock."""
    head = f"{authority}-CO-{at.year}-"
    rows = CoordinationCase.objects.filter(authority=authority, case_number__startswith=head)
    last = rows.order_by("-case_number").first()
    count = int(last.case_number.rpartition("-")[2]) if last is not None else 0
    return f"{head}{count + 1:0{_DIGITS}d}"


@transaction.atomic
def coordination_assign(
    *, authority: str, actor: Actor, case_number: str, task: Task, at: datetime
) -> CoordinationPart:
    """Give a part of a case to a body.

    Raises `ActNotAllowed` (guards task_given, body_named), `CoordinationRefused` not_found, too_many.
    """
    return _assigned(_locked(authority, actor, case_number), task, actor=actor, at=at)


def _locked(authority: str, actor: Actor, case_number: str) -> CoordinationCase:
    """Return a case under its lock, for whoever may open cases. Raises `CoordinationRefused` not_found."""
    if actor.authority != authority or not actor.roles & {Role.COORDINATOR}:
        raise CoordinationRefused("not_found")
    return _row(authority, case_number)


def _row(authority: str, case_number: str) -> CoordinationCase:
    rows = CoordinationCase.objects.select_for_update().filter(authority=authority, case_number=case_number)
    found = rows.first()
    if found is None:
        raise CoordinationRefused("not_found")
    return found


def _assigned(case: CoordinationCase, task: Task, *, actor: Actor, at: datetime) -> CoordinationPart:
    body = organisation_by_id(authority=case.authority, organisation_id=task.organisation)
    held = case.parts.filter(organisation=task.organisation).exclude(state=PartState.WITHDRAWN)
    facts = CoordinationFacts(
        text=task.text, is_body_known=body is not None and is_body(body.kind), is_body_new=not held.exists()
    )
    next_coordination_state(CoordinationState(case.state), CoordinationAct.ASSIGN, roles=actor.roles, facts=facts)
    place = case.parts.count() + 1
    if place > MOST_PARTS:
        raise CoordinationRefused("too_many")
    part = CoordinationPart.objects.create(
        authority=case.authority,
        case=case,
        place=place,
        organisation=task.organisation,
        task=task.text.strip()[:MOST_SIGNS],
        state=next_part_state(None, PartAct.ASSIGN, roles=actor.roles, facts=facts).value,
        assigned_at=at,
        due_at=task.due_at,
        changed_at=at,
    )
    _part_told(part, PartAct.ASSIGN, "", actor=actor, text=part.task, at=at)
    return part


@transaction.atomic
def coordination_act(
    *, authority: str, actor: Actor, case_number: str, act: CoordinationAct, text: str, at: datetime
) -> CoordinationCase:
    """Remark, close with an outcome, or open again with a reason: the coordinator's acts on the whole case.

    Raises `ActNotAllowed` (guards outcome_given, nothing_outstanding, reason_given, remark_given),
    `CoordinationRefused` not_found, too_many.
    """
    case = _locked(authority, actor, case_number)
    before, text = case.state, text.strip()[:MOST_SIGNS]
    unfinished = case.parts.filter(state__in=[each.value for each in UNFINISHED]).count()
    facts = CoordinationFacts(text=text, unfinished=unfinished)
    case.state = next_coordination_state(CoordinationState(before), act, roles=actor.roles, facts=facts).value
    if act is CoordinationAct.CLOSE:
        case.outcome, case.closed_at = text, at
    elif act is CoordinationAct.REOPEN:
        case.closed_at = None
    case.changed_at = at
    case.save()
    _case_told(case, act, before, actor=actor, text=text, at=at)
    return case


@transaction.atomic
def coordination_part_act(
    *,
    authority: str,
    actor: Actor,
    case_number: str,
    place: int,
    act: PartAct,
    text: str = "",
    due_at: datetime | None = None,
    at: datetime,
) -> CoordinationPart:
    """Take up, report, remark (the body); remark, ask again until ``due_at``, take back (the coordinator).

    Asked again without a day, a deadline that is over no longer counts.
    Raises `ActNotAllowed`; `CoordinationRefused` not_found, also for a part of another body, too_many.
    """
    part = _locked_part(authority, actor, case_number, place)
    before, text = part.state, text.strip()[:MOST_SIGNS]
    is_other_side = act is PartAct.REMARK and Role.COORDINATOR in actor.roles
    facts = CoordinationFacts(
        text=text,
        is_case_open=part.case.state == CoordinationState.OPEN,
        is_of_body=is_other_side or part.organisation == actor.organisation,
    )
    part.state = next_part_state(PartState(before), act, roles=actor.roles, facts=facts).value
    part.changed_at = at
    if act is PartAct.REPORT:
        part.reported_at, part.is_overdue = at, False
    elif act is PartAct.ASK_AGAIN:
        part.reported_at, part.due_at = None, due_at or _still_running(part.due_at, at)
    part.save()
    _part_told(part, act, before, actor=actor, text=text, at=at)
    return part


def _still_running(due_at: datetime | None, at: datetime) -> datetime | None:
    return due_at if due_at is not None and due_at > at else None


def _locked_part(authority: str, actor: Actor, case_number: str, place: int) -> CoordinationPart:
    """Return a part, its case locked; for a body that does not have it there is none."""
    if actor.authority != authority or not actor.roles & {Role.COORDINATOR, Role.LIAISON}:
        raise CoordinationRefused("not_found")
    case = _row(authority, case_number)
    rows = CoordinationPart.objects.select_related("case").filter(case=case, place=place)
    if Role.COORDINATOR not in actor.roles:
        rows = rows.filter(organisation=actor.organisation or "-").exclude(state=PartState.WITHDRAWN)
    found = rows.first()
    if found is None:
        raise CoordinationRefused("not_found")
    return found


def coordination_clocks_run(*, authority: str, at: datetime) -> int:
    """Flag the parts whose time is over, each once; return how many. A second worker finds nothing left."""
    rows = CoordinationPart.objects.filter(authority=authority, is_overdue=False, due_at__lte=at)
    late = rows.filter(state__in=[each.value for each in UNFINISHED], case__state=CoordinationState.OPEN)
    return sum(_flagged(key, at) for key in late.order_by("pk").values_list("pk", flat=True)[:_AT_ONCE])


@transaction.atomic
def _flagged(key: int, at: datetime) -> int:
    part = CoordinationPart.objects.select_related("case").get(pk=key)
    part.case = _row(part.authority, part.case.case_number)
    if not CoordinationPart.objects.filter(pk=key, state=part.state, is_overdue=False).update(is_overdue=True):
        return 0
    facts = CoordinationFacts(is_due=True)
    clock = Actor(id="clock", authority=part.authority, roles=frozenset({Role.CLOCK}))
    next_part_state(PartState(part.state), PartAct.DUE_CLOCK_ENDS, roles=clock.roles, facts=facts)
    _part_told(part, PartAct.DUE_CLOCK_ENDS, part.state, actor=clock, text="", at=at)
    return 1


def _case_told(
    case: CoordinationCase, act: CoordinationAct, before: str, *, actor: Actor, text: str, at: datetime
) -> None:
    row = CASES[CoordinationState(before) if before else None, act]
    _entry(case, None, act.value, actor=actor, text=text, at=at)
    event_write(
        authority=case.authority,
        object_kind=COORDINATION,
        object_id=case.case_number,
        act=f"coordination.{act.value}",
        from_state=before,
        to_state=case.state,
        actor=actor.id,
        role=str(min(row.roles & actor.roles)),
        at=at,
        payload={"procedure": case.procedure, "question": case.question},
    )


def _part_told(part: CoordinationPart, act: PartAct, before: str, *, actor: Actor, text: str, at: datetime) -> None:
    row = PARTS[PartState(before) if before else None, act]
    _entry(part.case, part, act.value, actor=actor, text=text, at=at)
    event_write(
        authority=part.authority,
        object_kind=PART,
        object_id=f"{part.case.case_number}/{part.place}",
        act=f"{PART}.{act.value}",
        from_state=before,
        to_state=part.state,
        actor=actor.id,
        role=str(min(row.roles & actor.roles)),
        at=at,
        payload={"organisation": part.organisation},
    )


def _entry(
    case: CoordinationCase, part: CoordinationPart | None, act: str, *, actor: Actor, text: str, at: datetime
) -> None:
    case.entry_count += 1
    if case.entry_count > MOST_ENTRIES and Role.CLOCK not in actor.roles:
        raise CoordinationRefused("too_many")
    CoordinationCase.objects.filter(pk=case.pk).update(entry_count=case.entry_count, changed_at=at)
    CoordinationEntry.objects.create(
        authority=case.authority,
        case=case,
        part=part,
        sequence=case.entry_count,
        at=at,
        actor=actor.id,
        act=act,
        text=text,
    )
