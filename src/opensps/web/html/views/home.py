"""The first page after signing in: what needs the person now, what happened lately, numbers that open their lists."""

from collections.abc import Callable
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from opensps.accounts.access_queries import requests_to_do
from opensps.accounts.mandate_queries import is_agent, mandate_acts, mandates_for
from opensps.accounts.people_queries import resets_waiting
from opensps.border.inquiry_parties import READERS
from opensps.border.queries import inquiries_waiting_for
from opensps.certification.queries import (
    application_counts_for_actor,
    certificates_for_actor,
    holds_to_decide,
    inspections_of_exporter,
    inspections_of_inspector,
    inspections_to_plan,
    withdrawals_to_confirm,
    worklist_for,
)
from opensps.lifecycle import APPLICANTS, ApplicationState, Role
from opensps.lifecycle import words as states
from opensps.lifecycle.mandate import MandateAct
from opensps.web.html.access import SignedInRequest, signed_in
from opensps.web.html.inquiry_shown import heading
from opensps.web.html.records import due_day, heading_of
from opensps.web.html.templatetags.parts import status_word
from opensps.web.html.views.case_needs import Need, waiting_cases, waiting_forms, waiting_parts
from opensps.web.html.views.lists import address

MOST_NEEDS: Final = 8
MOST_RECENT: Final = 5
PER_ROLE: Final = 4
BAD_DAYS: Final = 2
WARN_DAYS: Final = 7


def _application_need(row: Any, url: str) -> Need:
    due = due_day(row.due_at)
    tag, tone = (
        _time_left(due) if due else (status_word("application", row.state), states.word("application", row.state).tone)
    )
    return Need(url, heading_of(row), row.reference, tone, tag)


def _time_left(due: Any) -> tuple[str, str]:
    """Return how long is left, in words, and its tone; nothing without a deadline."""
    if due is None:
        return "", "info"
    days = (due - localdate()).days
    if days < 0:
        return ngettext("%(days)d day late", "%(days)d days late", -days) % {"days": -days}, "bad"
    if days == 0:
        return _("Due today"), "bad"
    tone = "bad" if days <= BAD_DAYS else "warn" if days <= WARN_DAYS else "none"
    return ngettext("%(days)d day left", "%(days)d days left", days) % {"days": days}, tone


def _work(role: Role, url_name: str) -> Callable[[SignedInRequest], list[Need]]:
    def needs(request: SignedInRequest) -> list[Need]:
        rows = worklist_for(authority=request.actor.authority, actor=request.actor, role=role, limit=PER_ROLE)
        return [_application_need(row, reverse(url_name, args=[row.reference])) for row in rows]

    return needs


def _exporter(request: SignedInRequest) -> list[Need]:
    role = Role.TRADE_AGENT if is_agent(request.actor) else Role.EXPORTER
    rows = worklist_for(authority=request.actor.authority, actor=request.actor, role=role, limit=PER_ROLE)
    pages = {ApplicationState.RETURNED: "application-changes"}
    needs = [
        _application_need(row, reverse(pages.get(ApplicationState(row.state), "application"), args=[row.reference]))
        for row in rows
    ]
    visits = inspections_of_exporter(
        authority=request.actor.authority, organisation=request.actor.organisation or "", limit=PER_ROLE
    )
    unconfirmed = (v for v in visits if v.state == "inspection_booked" and not v.confirmed_at and not v.is_unannounced)
    asked = [
        Need(
            reverse("application", args=[visit.application.reference]),
            _("Confirm the visit: %(goods)s") % {"goods": visit.application.goods},
            visit.application.reference,
            "warn",
            status_word("inspection", visit.state),
        )
        for visit in unconfirmed
    ]
    return [*asked, *needs]


def _mandates(request: SignedInRequest) -> list[Need]:
    """Return the mandates that wait for somebody's answer."""
    rows = mandates_for(authority=request.actor.authority, actor=request.actor)
    waiting = [row for row in rows if MandateAct.ACCEPT in mandate_acts(request.actor, row)]
    words = status_word("mandate", "offered")
    return [
        Need(
            reverse("mandate", args=[row.opaque_id]),
            _("Mandate of %(name)s") % {"name": row.principal.name},
            "",
            "warn",
            words,
        )
        for row in waiting[:PER_ROLE]
    ]


def _planner(request: SignedInRequest) -> list[Need]:
    rows = inspections_to_plan(authority=request.actor.authority, limit=PER_ROLE)
    found = []
    for visit in rows:
        tag, tone = _time_left(due_day(visit.due_at))
        words = _("Plan the visit: %(goods)s") % {"goods": visit.application.goods}
        url = reverse("inspection", args=[visit.reference])
        found.append(Need(url, words, visit.reference, tone, tag or status_word("inspection", visit.state)))
    return found


def _inspector(request: SignedInRequest) -> list[Need]:
    rows = inspections_of_inspector(authority=request.actor.authority, inspector=request.actor.id, limit=PER_ROLE)
    found = []
    for visit in rows:
        tag, tone = _time_left(visit.planned_on)
        hint = " · ".join(part for part in (visit.slot, visit.place) if part)
        url = reverse("visit", args=[visit.reference])
        found.append(
            Need(url, heading_of(visit.application), hint, tone, tag or status_word("inspection", visit.state))
        )
    return found


def _senior(request: SignedInRequest) -> list[Need]:
    authority = request.actor.authority
    rows = [
        (row, "certificate-decide", _("Withdrawal to decide")) for row in withdrawals_to_confirm(authority=authority)
    ]
    rows += [(row, "certificate", _("Hold to decide")) for row in holds_to_decide(authority=authority)]
    found = []
    for row, name, words in rows[:PER_ROLE]:
        tag, tone = _time_left(row.hold_decide_by)
        found.append(Need(reverse(name, args=[row.number]), f"{words}: {row.goods}", row.number, tone, tag))
    return found


def _inquiries(request: SignedInRequest) -> list[Need]:
    """Return the inquiries and questions the person can move now."""
    if not request.actor.roles & READERS:
        return []
    found = []
    for row in inquiries_waiting_for(actor=request.actor, limit=PER_ROLE):
        tag, tone = _time_left(due_day(row.step_due_at or row.reply_due_at))
        found.append(Need(reverse("inquiry", args=[row.inquiry_number]), heading(row), row.inquiry_number, tone, tag))
    return found


def _access(request: SignedInRequest) -> list[Need]:
    rows = requests_to_do(authority=request.actor.authority, actor=request.actor, limit=PER_ROLE)
    found = []
    for row in rows:
        words = _("Access: %(name)s") % {"name": row.name}
        tone, tag = states.word("access_request", row.state).tone, status_word("access_request", row.state)
        found.append(Need(reverse("access-request", args=[row.reference]), words, row.reference, tone, tag))
    return found


def _resets(request: SignedInRequest) -> list[Need]:
    rows = [row for row in resets_waiting(authority=request.actor.authority) if row.asked_by != request.actor.id]
    words = _("A reset waits for a second person")
    return [
        Need(reverse("person", args=[row.person.opaque_id]), row.person.name, row.reason, "warn", words)
        for row in rows[:PER_ROLE]
    ]


NEEDS: Final[tuple[tuple[Role, Callable[[SignedInRequest], list[Need]]], ...]] = (
    (Role.EXPORTER, _exporter),
    (Role.TRADE_AGENT, _exporter),
    (Role.TRADE_AGENT, _mandates),
    (Role.INSPECTOR, _inspector),
    (Role.CERTIFYING_OFFICER, _work(Role.CERTIFYING_OFFICER, "queue-application")),
    (Role.SENIOR_OFFICER, _senior),
    (Role.EXAMINER, _work(Role.EXAMINER, "examine-application")),
    (Role.REVIEWER, _work(Role.REVIEWER, "examine-application")),
    (Role.PLANNER, _planner),
    (Role.EMBASSY, _access),
    (Role.ACCESS_REVIEWER, _access),
    (Role.ACCESS_APPROVER, _access),
    (Role.ADMINISTRATOR, _resets),
    (Role.COUNTRY_ADMIN, waiting_forms),
)


@signed_in
@require_safe
def home(request: SignedInRequest) -> HttpResponse:
    """What needs the person now, first."""
    needs = [need for role, find in NEEDS if role in request.actor.roles for need in find(request)]
    needs += _inquiries(request)
    needs += waiting_cases(request)
    needs += waiting_parts(request)
    unique = list({need.url: need for need in needs}.values())
    context = {
        "greeting": _("Welcome, %(name)s") % {"name": request.actor.name},
        "needs": unique[:MOST_NEEDS],
        "recent": _recent(request),
        "numbers": _numbers(request),
        **_nothing(request),
    }
    return render(request, "home/home.html", context)


def _nothing(request: SignedInRequest) -> dict[str, str]:
    text = _("Nothing waits for you.")
    if APPLICANTS & request.actor.roles:
        return {
            "nothing_text": text,
            "nothing_url": reverse("application-new"),
            "nothing_action": _("New application"),
        }
    return {"nothing_text": text, "nothing_url": "", "nothing_action": ""}


def _recent(request: SignedInRequest) -> list[dict[str, str]]:
    if request.actor.roles <= {Role.ADMINISTRATOR}:
        return []
    rows = certificates_for_actor(authority=request.actor.authority, actor=request.actor, limit=MOST_RECENT)
    return [
        {
            "url": reverse("certificate", args=[row.number]),
            "words": heading_of(row.application),
            "hint": row.number,
            "object": "certificate",
            "state": row.state,
        }
        for row in rows
    ]


_LISTS: Final = (
    *(
        (role, "applications", (ApplicationState.DRAFT, ApplicationState.RETURNED, ApplicationState.SUBMITTED))
        for role in sorted(APPLICANTS)
    ),
    (Role.EXAMINER, "examine", (ApplicationState.SUBMITTED, ApplicationState.IN_EXAMINATION)),
    (Role.REVIEWER, "examine", (ApplicationState.IN_EXAMINATION,)),
    (Role.CERTIFYING_OFFICER, "queue", (ApplicationState.READY,)),
)


def _numbers(request: SignedInRequest) -> list[dict[str, Any]]:
    lists = [(name, states) for role, name, states in _LISTS if role in request.actor.roles]
    if not lists:
        return []
    counts = application_counts_for_actor(authority=request.actor.authority, actor=request.actor)
    rows = {
        f"{reverse(name)}{address(state=state)}": (counts[state], status_word("application", state))
        for name, states in lists
        for state in states
    }
    return [{"url": url, "count": count, "words": words} for url, (count, words) in rows.items()]
