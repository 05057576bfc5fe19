"""Due dates: calendar days and working days, ending at 24:00 office time of their last day. Pure.

Source: `lifecycles.md` 1 (time units). The start day does not count. Public holidays come with office calendars;
until then Monday to Friday are working days.
"""

from datetime import UTC, date, datetime, time, timedelta

_SATURDAY = 5

ANSWER_DAYS = 30
"""Time to answer a return for changes."""

APPEAL_DAYS = 30
EXAMINATION_WORKING_DAYS = 5
SIGNING_WORKING_DAYS = 2
PLANNING_WORKING_DAYS = 2
HOLD_WORKING_DAYS = 10
PROPOSAL_WORKING_DAYS = 1
REPORT_VALID_DAYS = 30
"""How long a certificate may rest on a signed report, unless a template says otherwise."""


def office_day(at: datetime, *, offset_minutes: int = 0) -> date:
    """Return the day it is in the office."""
    return (at.astimezone(UTC) + timedelta(minutes=offset_minutes)).date()


def day_end(day: date, *, offset_minutes: int = 0) -> datetime:
    """Return 24:00 office time of a day, in UTC."""
    return datetime.combine(day + timedelta(days=1), time(), UTC) - timedelta(minutes=offset_minutes)


def after_days(at: datetime, days: int, *, offset_minutes: int = 0) -> datetime:
    """Return the end of the given number of calendar days."""
    return day_end(office_day(at, offset_minutes=offset_minutes) + timedelta(days=days), offset_minutes=offset_minutes)


def working_day_after(day: date, count: int) -> date:
    """Return the day on which the given number of working days is full."""
    while count > 0:
        day += timedelta(days=1)
        count -= day.weekday() < _SATURDAY
    return day


def after_working_days(at: datetime, count: int, *, offset_minutes: int = 0) -> datetime:
    """Return the end of the given number of working days."""
    start = office_day(at, offset_minutes=offset_minutes)
    return day_end(working_day_after(start, count), offset_minutes=offset_minutes)
