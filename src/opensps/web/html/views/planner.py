"""The planner's and the senior officer's pages of inspections: what waits, planning a visit, waiving one."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from opensps.accounts.queries import names_by_id, people_with_role
from opensps.certification import services
from opensps.certification.models import Inspection
from opensps.certification.queries import application_value, inspection_acts_for, inspections_to_plan
from opensps.lifecycle import InspectionAct, Role
from opensps.web.html.access import SignedInRequest, role_required
from opensps.web.html.acting import act, fresh_token, now, who
from opensps.web.html.forms.acts import PlanForm, WaiveForm
from opensps.web.html.records import due_day, heading_of, report
from opensps.web.html.sheets import sheet_of
from opensps.web.html.views.own import visible_inspection


@role_required(Role.PLANNER, Role.SENIOR_OFFICER)
@require_safe
def inspections(request: SignedInRequest) -> HttpResponse:
    """Inspections that wait for a day and an inspector, oldest deadline first."""
    rows = [
        {
            "reference": visit.reference,
            "url": reverse("inspection", args=[visit.reference]),
            "goods": visit.application.goods,
            "applicant": visit.application.consignor_name,
            "state": visit.state,
            "planned_on": visit.planned_on,
            "due_on": due_day(visit.due_at),
        }
        for visit in inspections_to_plan(authority=request.actor.authority)
    ]
    line = ngettext(
        "%(count)d inspection to plan, oldest deadline first.", "%(count)d inspections to plan, oldest deadline first.",
        len(rows),
    ) % {"count": len(rows)}  # fmt: skip
    context = {"rows": rows, "count_line": line, "empty_text": _("No inspection waits to be planned.")}
    return render(request, "examiner/inspections.html", context)


@role_required(Role.PLANNER, Role.SENIOR_OFFICER)
@require_http_methods(["GET", "HEAD", "POST"])
def inspection(request: SignedInRequest, reference: str) -> HttpResponse:
    """One inspection; a planner names inspector, day and place."""
    visit = visible_inspection(request, reference)
    offered = inspection_acts_for(visit, actor=request.actor)
    here = reverse("inspection", args=[reference])
    form = _plan_form(request) if InspectionAct.PLAN in offered else None
    if request.method == "POST" and form is not None and form.is_valid():
        given = form.cleaned_data

        def plan(at: Any) -> str:
            services.inspection_plan(
                **who(request, at),
                reference=reference,
                inspector_id=given["inspector"],
                planned_on=given["planned_on"],
                place=given["place"],
                slot=given["slot"],
                is_unannounced=given["is_unannounced"],
            )
            return reverse("inspections")

        return act(request, f"inspection.plan.{reference}", plan, back_url=here)
    return render(request, "examiner/inspection.html", _context(request, visit, form, offered))


def _plan_form(request: SignedInRequest) -> PlanForm:
    people = people_with_role(authority=request.actor.authority, role=Role.INSPECTOR, at=now())
    choices = [(person.opaque_id, person.name) for person in people]
    return PlanForm(request.POST if request.method == "POST" else None, inspectors=choices)


def _context(
    request: SignedInRequest, visit: Inspection, form: PlanForm | None, offered: tuple[InspectionAct, ...]
) -> dict[str, Any]:
    value = application_value(visit.application)
    names = names_by_id(authority=request.actor.authority, ids=[visit.inspector] if visit.inspector else [])
    waive = reverse("inspection-waive", args=[visit.reference]) if InspectionAct.WAIVE in offered else ""
    return {
        "heading": heading_of(visit.application),
        "visit": report(visit, value, inspector=names.get(visit.inspector, "")),
        "sheet": sheet_of(value),
        "form": form,
        "form_heading": _("Plan the visit"),
        "button": _("Save the plan"),
        "token": request.POST.get("form_token") or fresh_token(),
        "waive_url": waive,
    }


@role_required(Role.SENIOR_OFFICER)
@require_http_methods(["GET", "HEAD", "POST"])
def waive(request: SignedInRequest, reference: str) -> HttpResponse:
    """Do without an inspection, with the reason."""
    visible_inspection(request, reference)
    back_url = reverse("inspection", args=[reference])
    form = WaiveForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():

        def do(at: Any) -> str:
            services.inspection_waive(
                **who(request, at), reference=reference, reason_code=form.cleaned_data["reason_code"]
            )
            return back_url

        return act(request, f"inspection.waive.{reference}", do, back_url=back_url)
    context = {
        "form": form,
        "token": request.POST.get("form_token") or fresh_token(),
        "heading": _("Waive the inspection"),
        "texts": [_("The application goes back to the examiner without an inspection. Your reason stays on record.")],
        "button": _("Waive"),
        "back_url": back_url,
    }
    return render(request, "act/confirm.html", context)
