"""The inspector's pages, made for a phone: today's visits, recording, concluding, signing the report."""

from typing import Any, Final

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from opensps.certificate import Certificate
from opensps.certification import services
from opensps.certification.models import Inspection
from opensps.certification.queries import application_value, inspection_record_from, inspections_of_inspector
from opensps.lifecycle import InspectionState, Role
from opensps.web.html.access import SignedInRequest, role_required
from opensps.web.html.acting import act, fresh_token, who
from opensps.web.html.forms.acts import ReasonForm
from opensps.web.html.forms.inspection import ConcludeForm, RecordForm
from opensps.web.html.records import heading_of, report
from opensps.web.html.sheets import sheet_of
from opensps.web.html.views.own import visible_inspection

MODES: Final = {
    InspectionState.INSPECTION_BOOKED: "start",
    InspectionState.IN_PROGRESS: "record",
    InspectionState.INSPECTED: "sign",
}
_PLAIN: Final = {"start": services.inspection_start, "sign": services.inspection_sign_report}


@role_required(Role.INSPECTOR)
@require_safe
def today(request: SignedInRequest) -> HttpResponse:
    """My visits: late and today first, then what comes."""
    rows = inspections_of_inspector(authority=request.actor.authority, inspector=request.actor.id)
    day = localdate()
    groups: dict[str, list[dict[str, Any]]] = {_("Late"): [], _("Today"): [], _("Coming"): []}
    late, now_on, later = groups
    for visit in rows:
        planned = visit.planned_on or day
        groups[late if planned < day else now_on if planned == day else later].append(_card(visit))
    context = {"groups": [{"title": title, "rows": each} for title, each in groups.items()], "is_empty": not rows}
    return render(request, "inspector/today.html", context)


def _card(visit: Inspection) -> dict[str, Any]:
    words = {"start": _("Open the visit"), "record": _("Record result"), "sign": _("Sign the report")}
    return {
        "reference": visit.reference,
        "goods": visit.application.goods,
        "applicant": visit.application.consignor_name,
        "country": visit.application.import_country,
        "place": visit.place,
        "slot": visit.slot,
        "planned_on": visit.planned_on,
        "state": visit.state,
        "action": words.get(_mode(visit), _("Open")),
    }


def _mode(visit: Inspection) -> str:
    return MODES.get(InspectionState(visit.state), "")


@role_required(Role.INSPECTOR)
@require_http_methods(["GET", "HEAD", "POST"])
def visit(request: SignedInRequest, reference: str) -> HttpResponse:
    """One visit: start it, record what was found, conclude, sign."""
    row = visible_inspection(request, reference)
    value = application_value(row.application)
    here = reverse("visit", args=[reference])
    record = inspection_record_from(row.record)
    form = None
    if _mode(row) == "record":
        form = RecordForm(request.POST if request.method == "POST" else None, value=value, record=record)
    if request.method == "POST" and form is not None and form.is_valid():

        def keep(at: Any) -> str:
            services.inspection_record(**who(request, at), reference=reference, record=form.record())
            return f"{here}#finish"

        return act(request, f"inspection.record.{reference}", keep, back_url=here)
    return _page(request, row, value, form, conclude=ConcludeForm() if record.lines else None)


def _page(
    request: SignedInRequest,
    row: Inspection,
    value: Certificate,
    form: RecordForm | None,
    *,
    conclude: ConcludeForm | None,
) -> HttpResponse:
    context = {
        "heading": heading_of(row.application),
        "visit": report(row, value, inspector=request.actor.name if row.inspector == request.actor.id else ""),
        "sheet": sheet_of(value),
        "mode": _mode(row),
        "form": form,
        "token": request.POST.get("form_token") or fresh_token(),
        "conclude": conclude,
        "conclude_token": fresh_token(),
    }
    return render(request, "inspector/visit.html", context)


@role_required(Role.INSPECTOR)
@require_POST
def visit_act(request: SignedInRequest, reference: str, name: str) -> HttpResponse:
    """Start, conclude or sign."""
    row = visible_inspection(request, reference)
    here = reverse("visit", args=[reference])
    given: dict[str, str] = {}
    service: Any = _PLAIN.get(name)
    if name == "conclude":
        form = ConcludeForm(request.POST)
        value = application_value(row.application)
        if not form.is_valid():
            record = RecordForm(None, value=value, record=inspection_record_from(row.record))
            return _page(request, row, value, record, conclude=form)
        given, service = form.cleaned_data, services.inspection_conclude
    if service is None:
        raise Http404

    def do(at: Any) -> str:
        service(**who(request, at), reference=reference, **given)
        return reverse("inspect") if name == "sign" else here

    return act(request, f"inspection.{name}.{reference}", do, back_url=here)


@role_required(Role.INSPECTOR)
@require_http_methods(["GET", "HEAD", "POST"])
def nobody_there(request: SignedInRequest, reference: str) -> HttpResponse:
    """Record that nobody was there, with what shows it."""
    visible_inspection(request, reference)
    back_url = reverse("visit", args=[reference])
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():

        def do(at: Any) -> str:
            services.inspection_nobody_there(
                **who(request, at), reference=reference, reason=form.cleaned_data["reason"]
            )
            return reverse("inspect")

        return act(request, f"inspection.nobody.{reference}", do, back_url=back_url)
    context = {
        "form": form,
        "token": request.POST.get("form_token") or fresh_token(),
        "heading": _("Nobody is there"),
        "texts": [_("Write when you came and what shows that nobody was there. The planner finds another day.")],
        "button": _("Save"),
        "back_url": back_url,
    }
    return render(request, "act/confirm.html", context)
