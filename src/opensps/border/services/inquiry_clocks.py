"""Clocks of inquiries and questions: what is late goes one level up, what nobody ends ends by itself.

Source: `lifecycles.md` 1, 5.2, 5.3. Of our desk a clock decides nothing: it flags, and tells the next level. It closes
what the asker left open: a question asked back and not answered, an answer nobody reported on.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import F, Q

from opensps.border.errors import InquiryRefused
from opensps.border.inquiries import INQUIRY
from opensps.border.inquiry_terms import EMBASSY_AFTER, REMINDER_WORKING_DAYS
from opensps.border.inquiry_values import Saying
from opensps.border.models import Inquiry
from opensps.border.services.inquiring import inquiry_act, offset_of
from opensps.certification.deadlines import after_working_days
from opensps.events.services import event_write
from opensps.lifecycle.inquiry import InquiryAct, InquiryParty, InquiryState

_ENDS = {InquiryState.WAITING_ASKER: InquiryAct.ASK_BACK_CLOCK_ENDS, InquiryState.ANSWERED: InquiryAct.CLOSE_CLOCK_ENDS}
_AT_ONCE = 200
_NOTHING = Saying()


def inquiry_clocks_run(*, authority: str, at: datetime) -> int:
    """Do what is due; return how many inquiries were moved or flagged. A second worker finds nothing left."""
    rows = Inquiry.objects.filter(authority=authority).exclude(state=InquiryState.CLOSED)
    done = 0
    for inquiry in _first(rows.filter(state__in=list(_ENDS), step_due_at__lte=at)):
        done += _moved(inquiry, _ENDS[InquiryState(inquiry.state)], at)
    waiting = rows.exclude(state=InquiryState.ANSWERED).filter(paused_at=None)
    late = Q(escalated_to="", reply_due_at__lte=at) | Q(
        escalated_to="coordinator", reply_due_at__lte=at - EMBASSY_AFTER
    )
    for inquiry in _first(waiting.filter(late)):
        done += _moved(inquiry, InquiryAct.ANSWER_CLOCK_ENDS, at)
    return done + _reminded(authority, at)


def _first(rows: Iterable[Inquiry]) -> tuple[Inquiry, ...]:
    return tuple(rows.order_by("pk")[:_AT_ONCE])  # type: ignore[attr-defined]  # a query set


def _moved(inquiry: Inquiry, act: InquiryAct, at: datetime) -> int:
    """Let the clock act unless somebody was quicker."""
    try:
        inquiry_act(
            authority=inquiry.authority,
            inquiry_number=inquiry.inquiry_number,
            act=act,
            party=InquiryParty.CLOCK,
            saying=_NOTHING,
            actor="clock",
            expected=(inquiry.state, inquiry.changed_at),
            at=at,
        )
    except InquiryRefused:
        return 0
    return 1


def _reminded(authority: str, at: datetime) -> int:
    """Tell the supervisor of a step of ours that is late, and the asker that we wait; once each."""
    rows = Inquiry.objects.filter(authority=authority, reminded_at=None)
    late = rows.filter(step_due_at__lte=at).exclude(state__in=[*_ENDS, InquiryState.CLOSED])
    done = sum(_told(inquiry, "inquiry.step_late", at) for inquiry in _first(late))
    asked = rows.filter(state=InquiryState.WAITING_ASKER, paused_at__isnull=False, step_due_at__gt=F("paused_at"))
    offset = offset_of(authority)
    for inquiry in _first(asked):
        since = inquiry.paused_at
        if since is not None and after_working_days(since, REMINDER_WORKING_DAYS, offset_minutes=offset) <= at:
            done += _told(inquiry, "inquiry.reminded", at)
    return done


@transaction.atomic
def _told(inquiry: Inquiry, act: str, at: datetime) -> int:
    """Note that somebody was reminded; of two workers one does it."""
    rows = Inquiry.objects.filter(pk=inquiry.pk, state=inquiry.state, reminded_at=None)
    if not rows.update(reminded_at=at):
        return 0
    event_write(
        authority=inquiry.authority,
        object_kind=INQUIRY,
        object_id=inquiry.inquiry_number,
        act=act,
        from_state=inquiry.state,
        to_state=inquiry.state,
        actor="clock",
        role="clock",
        at=at,
        payload={"asker": inquiry.asker, "number": inquiry.number},
    )
    return 1
