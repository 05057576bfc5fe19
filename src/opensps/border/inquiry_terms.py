"""When each step of an inquiry or question is due. Source: `lifecycles.md` 5.2, 5.3. Pure.

Office hours are Monday to Friday, 8 to 17 by the clock of the authority; calendars with holidays do not exist yet.
"""

from datetime import UTC, datetime, timedelta
from typing import Final

from opensps.certification.deadlines import after_working_days
from opensps.lifecycle.inquiry import InquiryPriority, InquiryState
from opensps.lifecycle.question import QuestionState

OPENS, CLOSES, SATURDAY = 8, 17, 5
IN_OFFICE_HOURS, OUTSIDE_THEM = timedelta(minutes=30), timedelta(hours=4)
PERISHABLE: Final = timedelta(hours=4)
HARD_LIMIT_WORKING_DAYS = 5
ROUTE_WORKING_DAYS = 1
ASK_BACK_WORKING_DAYS, REMINDER_WORKING_DAYS = 10, 2
CLOSE_WORKING_DAYS = 5
EMBASSY_AFTER: Final = timedelta(hours=24)
"""So long after the answer was due the embassy is told."""

QUESTION_WORKING_DAYS = {
    QuestionState.RECEIVED: 1,
    QuestionState.WAITING_ASKER: ASK_BACK_WORKING_DAYS,
    QuestionState.ANSWERED: 10,
}


def is_office_time(at: datetime, *, offset_minutes: int = 0) -> bool:
    """Tell whether somebody sits at the desk."""
    local = at.astimezone(UTC) + timedelta(minutes=offset_minutes)
    return local.weekday() < SATURDAY and OPENS <= local.hour < CLOSES


def reply_due_at(priority: InquiryPriority, at: datetime, *, offset_minutes: int = 0) -> datetime:
    """Return when an answer is due: four hours for what perishes, else the end of the fifth working day."""
    if priority is InquiryPriority.PERISHABLE:
        return at + PERISHABLE
    return after_working_days(at, HARD_LIMIT_WORKING_DAYS, offset_minutes=offset_minutes)


def step_due_at(
    state: InquiryState, *, priority: InquiryPriority, at: datetime, offset_minutes: int = 0
) -> datetime | None:
    """Return until when the step must be done that a state reached at ``at`` waits for; None where it has no clock."""
    if state is InquiryState.OPEN:
        return at + (IN_OFFICE_HOURS if is_office_time(at, offset_minutes=offset_minutes) else OUTSIDE_THEM)
    if state is InquiryState.ACKNOWLEDGED and priority is InquiryPriority.PERISHABLE:
        return at + PERISHABLE
    days = {
        InquiryState.ACKNOWLEDGED: ROUTE_WORKING_DAYS,
        InquiryState.WAITING_ASKER: ASK_BACK_WORKING_DAYS,
        InquiryState.ANSWERED: CLOSE_WORKING_DAYS,
    }.get(state)
    return None if days is None else after_working_days(at, days, offset_minutes=offset_minutes)


def question_due_at(state: QuestionState, *, at: datetime, offset_minutes: int = 0) -> datetime | None:
    """Return the same for a question."""
    days = QUESTION_WORKING_DAYS.get(state)
    return None if days is None else after_working_days(at, days, offset_minutes=offset_minutes)
