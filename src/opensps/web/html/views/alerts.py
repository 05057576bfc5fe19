"""Alerts of the watching rules: what fired, the limit, the raw rows; a false alarm is recorded (`fraud.md` 5)."""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from opensps.border.alerts import STATES
from opensps.border.queries.alerts import PAGE, READERS, Alert, alert_for, alerts_for
from opensps.border.services.alerts import alert_end
from opensps.lifecycle import Role
from opensps.rules.plausibility import RULES
from opensps.web.html.access import SignedInRequest, role_required
from opensps.web.html.acting import FIELD, fresh_token, who
from opensps.web.html.forms.acts import ReasonForm
from opensps.web.html.forms.alert_words import column_word
from opensps.web.html.templatetags.parts import is_chinese, status_word
from opensps.web.html.views.cases import case_do
from opensps.web.html.views.lists import Chip, address, offset_of

TONES = {"info": "info", "amber": "warn", "hard": "bad"}


def rule_words(code: str) -> str:
    """Return what a rule watches, in the reader's language."""
    found = RULES.get(code)
    if found is None:
        return code
    return found.chinese if is_chinese() else found.english


@role_required(*sorted(READERS))
@require_safe
def alerts(request: SignedInRequest) -> HttpResponse:
    """What fired, newest first."""
    authority, offset = request.actor.authority, offset_of(request)
    state = request.GET.get("state", "open")
    state = state if state in STATES else ""
    rows, count = alerts_for(authority=authority, actor=request.actor, state=state, offset=offset)
    chips = [Chip(_("All"), address(state="all"), not state)]
    chips += [Chip(status_word("alert", each), address(state=each), each == state) for each in STATES]
    context = {
        "rows": [_row(each) for each in rows],
        "chips": chips,
        "previous_url": address(state=state or "all", **{"from": offset - PAGE}) if offset >= PAGE else "",
        "next_url": address(state=state or "all", **{"from": offset + PAGE}) if offset + PAGE < count else "",
        "rules": [(code, rule_words(code)) for code in RULES],
    }
    return render(request, "cases/alerts.html", context)


def _row(alert: Alert) -> dict[str, Any]:
    return {
        "url": reverse("alert", args=[alert.alert_number]),
        "rule": alert.rule,
        "words": rule_words(alert.rule),
        "tone": TONES[alert.level],
        "subject": alert.subject,
        "state": alert.state,
        "raised_at": alert.raised_at,
    }


@role_required(*sorted(READERS))
@require_safe
def alert(request: SignedInRequest, number: str) -> HttpResponse:
    """One alert with its limit and raw rows."""
    found = _found(request, number)
    names = list(dict.fromkeys(name for row in found.rows for name in row))
    context = {
        **_row(found),
        "alert": found,
        "limits": [(column_word(name), value) for name, value in sorted(found.limit.items())],
        "names": [column_word(name) for name in names],
        "raw": [[str(row.get(name, "")) for name in names] for row in found.rows],
        "may_end": found.state == "open" and Role.CASE_OFFICER in request.actor.roles,
    }
    return render(request, "cases/alert.html", context)


@role_required(Role.CASE_OFFICER)
@require_http_methods(["GET", "HEAD", "POST"])
def false_alarm(request: SignedInRequest, number: str) -> HttpResponse:
    """Record a false alarm and why; no limit changes by it."""
    _found(request, number)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    back = reverse("alert", args=[number])
    if request.method == "POST" and form.is_valid():

        def do(at: datetime) -> str:
            note = form.cleaned_data["reason"]
            alert_end(**who(request, at), alert_number=number, state="false_alarm", note=note)
            return back

        return case_do(request, f"alert.{number}", do, back_url=back)
    context: dict[str, Any] = {
        "form": form,
        "token": request.POST.get(FIELD) or fresh_token(),
        "back_url": back,
        "heading": _("Record a false alarm"),
        "texts": [_("The limits of the rule stay as they are.")],
        "button": _("Record it"),
    }
    return render(request, "act/confirm.html", context)


def _found(request: SignedInRequest, number: str) -> Alert:
    found = alert_for(authority=request.actor.authority, actor=request.actor, alert_number=number)
    if found is None:
        raise Http404
    return found
