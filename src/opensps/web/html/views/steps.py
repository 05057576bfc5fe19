"""The exporter's step pages: each shows one part of the application, saves it, and leads on (`ux.md` 6.3).

A save sends the version that was read: who saves second is told so, with what was typed, and nothing is lost silently.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from opensps import codes
from opensps.certificate import AnimalGroup, Certificate, CertificateKind, Measure, TradeLineItem
from opensps.certification.models import Application
from opensps.certification.queries import application_value, draft_findings, returned_fields_of
from opensps.certification.services import application_edit
from opensps.formats.layouts.parts import number as number_words
from opensps.lifecycle import APPLICANTS, ApplicationAct, ApplicationState
from opensps.rules import Finding, Level
from opensps.web.html.access import SignedInRequest, role_required
from opensps.web.html.acting import CONFLICT, guarded, now, version_of
from opensps.web.html.forms.animals import CATEGORIES, SEXES, SYSTEMS, AnimalsForm
from opensps.web.html.forms.attestations import AttestationsForm
from opensps.web.html.forms.declarations import DeclarationsForm
from opensps.web.html.forms.fields import day_text, language, quantity_text
from opensps.web.html.forms.findings import beside, sentence
from opensps.web.html.forms.fitting import label_of
from opensps.web.html.forms.goods import LineForm
from opensps.web.html.forms.origin import OriginForm, line_name
from opensps.web.html.forms.parties import PartiesForm
from opensps.web.html.forms.paths import Place, path_of_pointer, place_of
from opensps.web.html.forms.reexport import ReExportForm
from opensps.web.html.forms.step import StepForm, with_lines
from opensps.web.html.forms.steps import STARTED, step_after, steps_for
from opensps.web.html.forms.transport import TransportForm
from opensps.web.html.views.own import own_application

FORMS: Final[Mapping[str, type[StepForm]]] = {
    "parties": PartiesForm,
    "transport": TransportForm,
    "origin": OriginForm,
    "animals": AnimalsForm,
    "attestations": AttestationsForm,
    "declarations": DeclarationsForm,
    "re-export": ReExportForm,
}
MOST_LINES: Final = 200


@dataclass(frozen=True, slots=True)
class Draft:
    """An application somebody edits: its row, its value, what the rules and the examiner say of it."""

    application: Application
    value: Certificate
    findings: tuple[Finding, ...]
    comments: Mapping[str, str]
    """The examiner's comment by path in the value; empty unless it was returned."""


def draft_of(request: SignedInRequest, reference: str) -> Draft:
    """Return the applicant's own draft; anything else is not found."""
    application = own_application(request, reference, act=ApplicationAct.EDIT)
    returned = returned_fields_of(application) if application.state == ApplicationState.RETURNED else ()
    comments = {path_of_pointer(row.path): row.comment for row in returned}
    return Draft(application, application_value(application), draft_findings(application, at=now()), comments)


def position_of(value: Certificate, slug: str) -> str:
    """Return where a step stands, in words."""
    steps = steps_for(value)
    place = next((n for n, step in enumerate(steps, start=1) if step.slug == slug), 0)
    if not place:
        raise Http404
    return _("Step %(number)d of %(count)d") % {"number": place, "count": len(steps)}


def url_after(draft: Draft, slug: str) -> str:
    """Return the address of the next step, or of the check page after the last."""
    following = step_after(draft.value, slug)
    if following is None:
        return reverse("application-check", args=[draft.application.reference])
    return reverse(f"application-{following.slug}", args=[draft.application.reference])


def save(request: SignedInRequest, draft: Draft, value: Certificate, *, then: str) -> HttpResponse:
    """Save the value under the version the page was made from, and lead on."""
    reference = draft.application.reference

    def answer() -> HttpResponse:
        application_edit(
            authority=request.actor.authority,
            reference=reference,
            value=value,
            version=version_of(request),
            actor=request.actor,
            at=now(),
        )
        return HttpResponseRedirect(then)

    return guarded(request, answer, back_url=reverse("application", args=[reference]))


def form_page(request: SignedInRequest, draft: Draft, form: StepForm, *, at: Place, **words: Any) -> HttpResponse:
    """Show a form, or save it and lead on; `words` are heading, texts, back_url and after_url of the page."""
    if request.method == "POST" and form.is_valid():
        if version_of(request) != draft.application.version:
            return _conflict(request, form)
        leaving = request.POST.get("then") == "leave"
        then = reverse("application", args=[draft.application.reference]) if leaving else words["after_url"]
        return save(request, draft, form.applied(draft.value), then=then)
    if not form.is_bound and (STARTED[str(at.step)](draft.value) or draft.comments):
        beside(form, _to_correct(draft), draft.comments, at=at)
    context = {
        "application": draft.application,
        "form": form,
        "version": request.POST.get("version") or draft.application.version,
        "position": position_of(draft.value, str(at.step)),
        **words,
    }
    return render(request, "exporter/step.html", context)


def _to_correct(draft: Draft) -> list[Finding]:
    return [finding for finding in draft.findings if finding.level is Level.SEVERE]


def _conflict(request: SignedInRequest, form: StepForm) -> HttpResponse:
    typed = [(form[name].label, request.POST.get(name, "")) for name in form.fields if request.POST.get(name)]
    return render(
        request, "act/conflict.html", {"form": form, "typed": typed, "back_url": request.path}, status=CONFLICT
    )


@role_required(*APPLICANTS)
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: SignedInRequest, reference: str, slug: str) -> HttpResponse:
    """One topic of the application that is a single form."""
    draft = draft_of(request, reference)
    title = next((str(row.title) for row in steps_for(draft.value) if row.slug == slug), "")
    if not title:
        raise Http404
    form = FORMS[slug](request.POST if request.method == "POST" else None, value=draft.value)
    return form_page(
        request,
        draft,
        form,
        at=Place(slug),
        heading=title,
        back_url=reverse("application", args=[reference]),
        after_url=url_after(draft, slug),
    )


@role_required(*APPLICANTS)
@require_http_methods(["GET", "HEAD"])
def goods(request: SignedInRequest, reference: str) -> HttpResponse:
    """The lines of goods, with totals."""
    draft = draft_of(request, reference)
    is_started = STARTED["goods"](draft.value)
    rows = [
        {
            "number": line.sequence,
            "name": line_name(line),
            "facts": line_facts(line, draft.value.kind),
            "messages": _line_messages(draft, n) if is_started else [],
        }
        for n, line in enumerate(draft.value.lines)
    ]
    context = {
        "application": draft.application,
        "version": draft.application.version,
        "rows": rows,
        "totals": totals(draft.value),
        "position": position_of(draft.value, "goods"),
        "next_url": url_after(draft, "goods"),
    }
    return render(request, "exporter/goods.html", context)


def _line_messages(draft: Draft, index: int) -> list[str]:
    here = [finding for finding in _to_correct(draft) if place_of(finding.field).step == "goods"]
    said = [sentence(finding) for finding in here if place_of(finding.field).line == index]
    named = [(place_of(path), comment) for path, comment in draft.comments.items()]
    return [*said, *(text for place, text in named if place.step == "goods" and place.line == index)]


def line_facts(line: TradeLineItem, kind: CertificateKind) -> list[tuple[str, str]]:
    """Return what a line says, label and text in the words of the kind, empty facts left out."""
    packed = [
        f"{number_words(package.count)} × {codes.label('un_rec21', package.type_code.value, language())}"
        for package in line.packages
    ]
    rows = (
        (label_of(LineForm, kind, "scientific_name"), "; ".join(text.value for text in line.scientific_names)),
        (
            _("HS code"),
            ", ".join(one.class_code for one in line.classifications if one.system.value == "HS" and one.class_code),
        ),
        (label_of(LineForm, kind, "intended_use"), "; ".join(text.value for text in line.intended_uses)),
        (_("Net weight"), quantity_text(line.net_weight)),
        (_("Gross weight"), quantity_text(line.gross_weight)),
        (_("Volume"), quantity_text(line.net_volume)),
        (label_of(LineForm, kind, "count"), quantity_text(line.count)),
        (_("Packages"), ", ".join([*packed, *(text.value for text in line.package_text)])),
        (label_of(LineForm, kind, "batches"), ", ".join(batch.value for batch in line.batches)),
        (label_of(LineForm, kind, "expiries"), ", ".join(day_text(expiry.on) for expiry in line.expiries)),
    )
    return [(str(label), text) for label, text in rows if text]


def animal_facts(group: AnimalGroup) -> list[tuple[str, str]]:
    """Return what is told of a group of animals, label and text, every mark included."""
    labels = {
        name: codes.label(list_id, code.value, language()) if code else ""
        for name, list_id, code in (("sex", SEXES, group.sex), ("category", CATEGORIES, group.category))
    }
    rows = [
        (_("Breed"), group.breed.value if group.breed else ""),
        (_("Category"), labels["category"]),
        (_("Sex"), labels["sex"]),
        (_("Age"), quantity_text(group.age)),
    ]
    rows.extend(_marks(group))
    return [(label, text) for label, text in rows if text]


def _marks(group: AnimalGroup) -> list[tuple[str, str]]:
    """Return the marks: all of one system together, those of several animal by animal."""
    named = [(each, codes.label(SYSTEMS, each.system.value, language())) for each in group.identifications]
    systems = {name for _each, name in named}
    if len(systems) == 1:
        return [(systems.pop(), ", ".join(each.value for each, _name in named))]
    marks: dict[int, list[str]] = {}
    for each, name in named:
        marks.setdefault(each.animal, []).append(f"{name} {each.value}")
    return [(_("Animal %(number)d") % {"number": animal}, ", ".join(held)) for animal, held in marks.items()]


def totals(value: Certificate) -> str:
    """Return the sum of the lines for each unit, in words; empty where nothing was entered."""
    sums: dict[str, Measure] = {}
    for line in value.lines:
        for measure in (line.net_weight, line.count if line.net_weight is None else None):
            if measure is not None and measure.unit:
                before = sums.get(measure.unit)
                sums[measure.unit] = replace(measure, value=measure.value + before.value) if before else measure
    return ", ".join(quantity_text(measure) for measure in sums.values())


def line_index(draft: Draft, number: int) -> int:
    if not 1 <= number <= len(draft.value.lines):
        raise Http404
    return number - 1


@role_required(*APPLICANTS)
@require_http_methods(["GET", "HEAD", "POST"])
def line(request: SignedInRequest, reference: str, number: int) -> HttpResponse:
    """One line of goods."""
    draft = draft_of(request, reference)
    index = line_index(draft, number)
    form = LineForm(request.POST if request.method == "POST" else None, value=draft.value, index=index)
    goods_url = reverse("application-goods", args=[reference])
    return form_page(
        request,
        draft,
        form,
        at=Place("goods", line=index),
        heading=line_name(draft.value.lines[index]),
        back_url=goods_url,
        after_url=goods_url,
    )


@role_required(*APPLICANTS)
@require_POST
def line_add(request: SignedInRequest, reference: str) -> HttpResponse:
    """Add an empty line and open it."""
    draft = draft_of(request, reference)
    lines = draft.value.lines
    if len(lines) >= MOST_LINES:
        raise Http404
    fresh = TradeLineItem(len(lines) + 1, re_export=lines[0].re_export if lines else None)
    then = reverse("application-line", args=[reference, len(lines) + 1])
    return save(request, draft, with_lines(draft.value, (*lines, fresh)), then=then)


@role_required(*APPLICANTS)
@require_POST
def line_act(request: SignedInRequest, reference: str, number: int, act: str) -> HttpResponse:
    """Duplicate or remove a line; the last one stays."""
    draft = draft_of(request, reference)
    index, lines = line_index(draft, number), draft.value.lines
    if act == "duplicate" and len(lines) < MOST_LINES:
        changed = (*lines[: index + 1], *lines[index:])
    elif act == "remove" and len(lines) > 1:
        changed = (*lines[:index], *lines[index + 1 :])
    else:
        raise Http404
    then = reverse("application-goods", args=[reference])
    return save(request, draft, with_lines(draft.value, changed), then=then)
