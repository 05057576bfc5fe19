"""Coordination between ministries: the list, one case, opening it, giving out parts, acts of either side (A01, A02).

The coordinator sees everything, a body its own part; the same addresses serve both. What is not theirs is not found.
"""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from opensps.accounts.queries import authority_profile, names_by_id
from opensps.accounts.services.places import body_create
from opensps.border.errors import CoordinationRefused
from opensps.border.queries.coordination import (
    READERS,
    CoordinationCase,
    CoordinationPart,
    SeenCase,
    bodies,
    coordination_seen,
    coordinations,
)
from opensps.border.services.coordinating import (
    coordination_act,
    coordination_assign,
    coordination_open,
    coordination_part_act,
)
from opensps.certification.deadlines import office_day
from opensps.lifecycle import Role, allowed_acts
from opensps.lifecycle.coordination import (
    COORDINATION,
    PART,
    CoordinationAct,
    CoordinationState,
    PartAct,
    PartState,
)
from opensps.lifecycle.question import Procedure
from opensps.web.html.access import SignedInRequest, role_required
from opensps.web.html.acting import FIELD, Link, act, fresh_token, now, refused, who
from opensps.web.html.forms.coordination import (
    CASE_ACTS,
    LOG,
    PART_ACTS,
    AskAgainForm,
    BodyForm,
    MatterForm,
    TaskForm,
    TextForm,
    body_choices,
)
from opensps.web.html.forms.words import word
from opensps.web.html.inquiry_words import PROCEDURES
from opensps.web.html.records import Entry, due_day
from opensps.web.html.templatetags.parts import status_word
from opensps.web.html.views.lists import Chip, address, offset_of, paging

WHO: Final = tuple(sorted(READERS))
_STATES: Final = (*CoordinationState, "overdue")
_OF_BODY: Final = frozenset({PartAct.TAKE, PartAct.REPORT})


@role_required(*WHO)
@require_safe
def listed(request: SignedInRequest) -> HttpResponse:
    """The cases somebody may read, newest first, by state and kind of procedure."""
    text = request.GET.get("q", "").strip()[:200]
    state, procedure = request.GET.get("state", ""), request.GET.get("procedure", "")
    state, procedure = state if state in _STATES else "", procedure if procedure in set(Procedure) else ""
    offset = offset_of(request)
    rows, count = coordinations(actor=request.actor, state=state, procedure=procedure, text=text, offset=offset)
    kept = {"q": text, "state": state, "procedure": procedure}
    words = [("", _("All")), *((str(each), status_word("coordination", each)) for each in CoordinationState)]
    chips = [
        Chip(said, address(**{**kept, "state": code}), code == state)
        for code, said in [*words, ("overdue", _("Overdue"))]
    ]
    chips += [
        Chip(str(said), address(**{**kept, "procedure": "" if code == procedure else code}), code == procedure)
        for code, said in PROCEDURES.items()
    ]
    context = {
        "rows": [(each, word(PROCEDURES, each.procedure)) for each in rows],
        "chips": chips,
        "q": text,
        "count_line": ngettext("%(count)d case", "%(count)d cases", count) % {"count": count},
        "may_open": Role.COORDINATOR in request.actor.roles,
        **paging(offset, count, **kept),
    }
    return render(request, "coordination/list.html", context)


@role_required(*WHO)
@require_safe
def one(request: SignedInRequest, number: str) -> HttpResponse:
    """One case: what it is about, the parts, what was said, what can be done now."""
    seen = _seen(request, number)
    names = dict(body_choices(bodies(authority=request.actor.authority)))
    context = {
        "case": seen.case,
        "is_whole": seen.is_whole,
        "procedure": word(PROCEDURES, seen.case.procedure),
        "parts": [_part(request, seen.case, each, names) for each in seen.parts],
        "entries": _entries(seen, names),
        "acts": _case_acts(request, seen),
        "question_url": reverse("inquiry", args=[seen.case.question]) if seen.is_whole and seen.case.question else "",
    }
    return render(request, "coordination/case.html", context)


def _seen(request: SignedInRequest, number: str) -> SeenCase:
    try:
        return coordination_seen(actor=request.actor, case_number=number[:40])
    except CoordinationRefused as exc:
        raise Http404 from exc


def _case_acts(request: SignedInRequest, seen: SeenCase) -> list[Link]:
    if not seen.is_whole:
        return []
    case, found = seen.case, []
    if case.state == CoordinationState.OPEN:
        found.append(Link(reverse("coordination-assign", args=[case.case_number]), _("Give a part to a body")))
    offered = allowed_acts(COORDINATION, CoordinationState(case.state), request.actor.roles)
    return found + [
        Link(reverse("coordination-act", args=[case.case_number, each.value]), words)
        for each, (words, _text, _label) in CASE_ACTS.items()
        if each in offered
    ]


def _part(
    request: SignedInRequest, case: CoordinationCase, part: CoordinationPart, names: dict[str, str]
) -> dict[str, Any]:
    is_open = case.state == CoordinationState.OPEN
    offered = allowed_acts(PART, PartState(part.state), request.actor.roles) if is_open else ()
    return {
        "part": part,
        "due_on": due_day(part.due_at) if part.is_outstanding else None,
        "body": names.get(part.organisation, ""),
        "acts": [
            Link(reverse("coordination-part", args=[case.case_number, part.place, each.value]), words)
            for each, (words, _text, _label) in PART_ACTS.items()
            if each in offered and _may_offer(request, part, each)
        ],
    }


def _may_offer(request: SignedInRequest, part: CoordinationPart, which: PartAct) -> bool:
    """Whether an act on a part is this person's: what a body does, only for the own body."""
    return which not in _OF_BODY or part.organisation == request.actor.organisation


def _entries(seen: SeenCase, bodies_by_id: dict[str, str]) -> list[Entry]:
    """Return what was done; a body reads names of its own people, and of the others their office."""
    people = names_by_id(authority=seen.case.authority, ids={each.actor for each in seen.entries})
    parts = {part.pk: part for part in seen.parts}
    found = []
    for each in seen.entries:
        part = parts.get(each.part_id) if each.part_id else None
        is_of_body = each.pk in seen.said_by_body
        name = people.get(each.actor, "") if seen.is_whole or is_of_body else _("Coordination")
        said = [bodies_by_id.get(part.organisation, "")] if part is not None and seen.is_whole else []
        found.append(Entry(word(LOG, each.act), ", ".join([name, *said]).strip(", "), each.at, each.text))
    return found


@role_required(Role.COORDINATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedInRequest) -> HttpResponse:
    """Open a case."""
    form = MatterForm(request.POST if request.method == "POST" else None)

    def do(at: datetime) -> str:
        case = coordination_open(**who(request, at), matter=form.matter())
        return reverse("coordination-one", args=[case.case_number])

    texts = [_("Afterwards you give its parts to ministries and bodies. Each sees its own part only.")]
    page = {"heading": _("Open a case of coordination"), "button": _("Open the case"), "texts": texts}
    return _asked(request, form, "coordination.open", do, back_url=reverse("coordination"), **page)


@role_required(Role.COORDINATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def assign(request: SignedInRequest, number: str) -> HttpResponse:
    """Give a part to a ministry or body."""
    case, authority = _seen(request, number).case, request.actor.authority
    form = TaskForm(request.POST if request.method == "POST" else None, bodies=bodies(authority=authority))
    back = reverse("coordination-one", args=[case.case_number])

    def do(at: datetime) -> str:
        task = form.given(offset_minutes=_offset(request))
        coordination_assign(**who(request, at), case_number=case.case_number, task=task)
        return back

    page = {"heading": _("Give a part to a body"), "button": _("Give it")}
    return _asked(request, form, f"coordination.assign.{number}", do, back_url=back, **page)


def _offset(request: SignedInRequest) -> int:
    profile = authority_profile(request.actor.authority)
    return profile.offset_minutes if profile is not None else 0


@role_required(Role.COORDINATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def case_act(request: SignedInRequest, number: str, name: str) -> HttpResponse:
    """Remark, close or open again."""
    case = _seen(request, number).case
    if name not in set(CoordinationAct) or CoordinationAct(name) not in CASE_ACTS:
        raise Http404
    which, back = CoordinationAct(name), reverse("coordination-one", args=[case.case_number])
    heading, text, label = CASE_ACTS[which]
    form = TextForm(request.POST if request.method == "POST" else None, label=label)

    def do(at: datetime) -> str:
        coordination_act(**who(request, at), case_number=case.case_number, act=which, text=form.cleaned_data["text"])
        return back

    page = {"heading": heading, "button": heading, "texts": [text]}
    return _asked(request, form, f"coordination.{name}.{number}", do, back_url=back, **page)


@role_required(*WHO)
@require_http_methods(["GET", "HEAD", "POST"])
def part_act(request: SignedInRequest, number: str, place: int, name: str) -> HttpResponse:
    """Do one act on the part of a body, from either side."""
    seen = _seen(request, number)
    if name not in set(PartAct) or PartAct(name) not in PART_ACTS:
        raise Http404
    part = next((each for each in seen.parts if each.place == place), None)
    if part is None or not _may_offer(request, part, PartAct(name)):
        raise Http404
    which, back = PartAct(name), reverse("coordination-one", args=[seen.case.case_number])
    if not any(each is which and PART[state, each].roles & request.actor.roles for state, each in PART):
        raise Http404
    heading, text, label = PART_ACTS[which]
    form = _part_form(request, which, label)

    def do(at: datetime) -> str:
        said = form.cleaned_data["text"] if form is not None else ""
        due_at = form.due_at(offset_minutes=_offset(request)) if isinstance(form, AskAgainForm) else None
        asked: dict[str, Any] = {"case_number": seen.case.case_number, "place": place, "act": which, "text": said}
        coordination_part_act(**who(request, at), **asked, due_at=due_at)
        return reverse("coordination") if which is PartAct.WITHDRAW and not seen.is_whole else back

    page = {"heading": heading, "button": heading, "texts": [text]}
    return _asked(request, form, f"coordination.{name}.{place}.{number}", do, back_url=back, **page)


def _part_form(request: SignedInRequest, which: PartAct, label: Any) -> TextForm | None:
    """Return the form of an act on a part; None where a button is enough."""
    posted = request.POST if request.method == "POST" else None
    if which is PartAct.ASK_AGAIN:
        return AskAgainForm(posted, label=label, today=office_day(now(), offset_minutes=_offset(request)))
    return TextForm(posted, label=label) if label else None


@role_required(Role.COORDINATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def bodies_page(request: SignedInRequest) -> HttpResponse:
    """The ministries and bodies that can be given work, and adding one."""
    authority, back = request.actor.authority, reverse("coordination-bodies")
    form = BodyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():

        def do(at: datetime) -> str:
            body_create(**form.cleaned_data, **who(request, at))
            return back

        return act(request, "coordination.body", do, back_url=back)
    context = {
        "names": [name for _id, name in body_choices(bodies(authority=authority))],
        "form": form,
        "token": request.POST.get(FIELD) or fresh_token(),
        "button": _("Add it"),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "coordination/bodies.html", context, status=status)


def _asked(
    request: SignedInRequest,
    form: Any,
    operation: str,
    do: Callable[[datetime], str],
    *,
    back_url: str,
    **words: Any,
) -> HttpResponse:
    """Show the form of an act, or do it once and lead on."""
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            return act(request, operation, do, back_url=back_url)
        except CoordinationRefused as exc:
            if exc.reason == "not_found":
                raise Http404 from exc
            return refused(request, _("This case holds as much as it can. Open another one."), back_url=back_url)
    context = {"form": form, "token": request.POST.get(FIELD) or fresh_token(), "back_url": back_url, **words}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form is not None and form.errors else HTTPStatus.OK
    return render(request, "act/confirm.html", context, status=status)
