"""Counterfeit cases: the list, one case with everything it holds, and what an officer does to it (`fraud.md` 7).

Every page of a case writes into its log who looked. Whoever opened a case without the case role learns its number.
"""

from collections.abc import Callable
from datetime import UTC, datetime, time
from http import HTTPStatus
from typing import Any, Final

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from opensps.accounts.queries import names_by_id
from opensps.border.case_terms import NewPaper
from opensps.border.errors import CaseRefused
from opensps.border.queries.cases import (
    PAGE,
    Case,
    CaseEntry,
    case_content,
    case_counts,
    case_log,
    cases_for,
    look_alikes,
)
from opensps.border.services.case_evidence import case_bundle
from opensps.border.services.case_parts import (
    case_conclude,
    case_file_add,
    case_file_taken,
    case_paper_add,
    case_say,
    case_viewed,
)
from opensps.border.services.cases import case_act, may_act
from opensps.certification.errors import DocumentRefused
from opensps.lifecycle import Role
from opensps.lifecycle.case import CASE_READERS, IDENTIFIED, CaseAct, CaseState
from opensps.lifecycle.words import CHECK_RESULTS
from opensps.web.html import keys
from opensps.web.html.access import SignedInRequest, role_required
from opensps.web.html.acting import FIELD, Link, act, fresh_token, guarded, now, refused, who
from opensps.web.html.forms.case_words import (
    ACTS,
    FEATURES,
    FINDINGS,
    FROM,
    GOODS,
    HARMED,
    LOG,
    MAY_STAY_EMPTY,
    PARTS,
    PRIORITIES,
    REFUSED,
    STANDINGS,
)
from opensps.web.html.forms.cases import PARTS_ADDED, CaseActForm, ConclusionForm, PaperForm
from opensps.web.html.forms.paper import LABELS
from opensps.web.html.forms.words import UPLOADS_REFUSED, word
from opensps.web.html.records import Entry, Fact
from opensps.web.html.templatetags.parts import is_chinese, moment_in_words, status_word
from opensps.web.html.uploads import TooMuch, limit
from opensps.web.html.views.errors import error_page
from opensps.web.html.views.lists import Chip, address, offset_of

READERS: Final = sorted(CASE_READERS)
MOST_OCTETS: Final = 11_000_000
_ENTRIES: Final = 15


def case_answer(request: SignedInRequest, answer: Callable[[], HttpResponse], *, back_url: str) -> HttpResponse:
    """Return the answer; what is refused becomes a page that says why, what is not theirs is not found."""
    try:
        return guarded(request, answer, back_url=back_url)
    except CaseRefused as exc:
        if exc.reason == "not_found":
            raise Http404 from exc
        return refused(request, " ".join([word(REFUSED, exc.reason), exc.detail]).strip(), back_url=back_url)
    except DocumentRefused as exc:
        return refused(request, word(UPLOADS_REFUSED, exc.reason), back_url=back_url)


def case_do(request: SignedInRequest, operation: str, do: Callable[[datetime], str], *, back_url: str) -> HttpResponse:
    """Do an act on a case once, and lead on to where `do` says."""
    return case_answer(request, lambda: act(request, operation, do, back_url=back_url), back_url=back_url)


@role_required(*READERS)
@require_safe
def cases(request: SignedInRequest) -> HttpResponse:
    """All cases, newest first; search by any feature they hold."""
    authority, text = request.actor.authority, request.GET.get("q", "").strip()[:200]
    state, offset = request.GET.get("state", ""), offset_of(request)
    state = state if state in set(CaseState) else ""
    rows, count = cases_for(authority=authority, actor=request.actor, state=state, text=text, offset=offset)
    counts = case_counts(authority=authority)
    chips = [Chip(_("All (%(count)d)") % {"count": sum(counts.values())}, address(q=text), not state)]
    chips += [
        Chip(f"{status_word('case', each)} ({counts[each]})", address(q=text, state=each), each == state)
        for each in CaseState
        if counts.get(each)
    ]
    previous = address(q=text, state=state, **{"from": offset - PAGE}) if offset >= PAGE else ""
    following = address(q=text, state=state, **{"from": offset + PAGE}) if offset + PAGE < count else ""
    context = {
        "rows": [_row(each) for each in rows],
        "chips": chips,
        "q": text,
        "state": state,
        "count_line": ngettext("%(count)d case", "%(count)d cases", count) % {"count": count},
        "previous_url": previous,
        "next_url": following,
        "may_open": Role.CASE_OFFICER in request.actor.roles,
    }
    return render(request, "cases/list.html", context)


def _row(case: Case) -> dict[str, Any]:
    return {
        "number": case.case_number,
        "url": reverse("case", args=[case.case_number]),
        "state": case.state,
        "opened_from": word(FROM, case.opened_from),
        "opened_at": case.opened_at,
        "due_at": case.due_at,
        "finding": word(FINDINGS, case.finding) if case.finding else "",
    }


@role_required(*READERS)
@require_safe
def case(request: SignedInRequest, number: str) -> HttpResponse:
    """One case; the look is logged."""

    def answer() -> HttpResponse:
        found = case_viewed(**who(request, now()), case_number=number)
        return render(request, "cases/case.html", _shown(request, found))

    return case_answer(request, answer, back_url=reverse("cases"))


def _shown(request: SignedInRequest, found: Case) -> dict[str, Any]:
    content = case_content(found, entries=_ENTRIES)
    people = {found.opened_by, found.owner, found.second_reader, *(each.actor for each in content.entries)}
    names = names_by_id(authority=found.authority, ids=people)
    said = content.said
    return {
        "case": found,
        "facts": _facts(found, names),
        "conclusion": _conclusion(found),
        "papers": [_paper(each) for each in content.papers],
        "files": [
            {"url": reverse("case-file", args=[found.case_number, each.pk]), "name": each.file_name, "sha": each.sha256}
            for each in content.files
        ],
        "goods": [Fact(word(GOODS, name), text) for name, text in said.goods.items() if text],
        "parties": [
            Fact(each.name, f"{word(PARTS, each.part)}, {word(STANDINGS, each.standing)}") for each in said.parties
        ],
        "harm": [
            Fact(f"{word(HARMED, each.whom)}: {each.name}", " ".join([each.told_at or _("not told yet"), each.note]))
            for each in said.harm
        ],
        "custody": [Fact(what, f"{giver} → {taker}") for what, giver, taker in said.custody],
        "links": [(reverse("case", args=[other]), other, reason) for other, reason in said.links],
        "alike": [
            (reverse("case", args=[other]), other, f"{word(FEATURES, name)}: {value}")
            for other, name, value in look_alikes(found)
        ],
        "log": [_entry(each, names) for each in content.entries],
        "log_count": found.entry_count,
        "acts": [
            Link(reverse("case-act", args=[found.case_number, each.value]), ACTS[each][0])
            for each in ACTS
            if may_act(found, each, actor=request.actor)
        ],
        "additions": _additions(request, found),
        "has_evidence": CaseState(found.state) in IDENTIFIED,
        "evidence_token": fresh_token(),
    }


def _additions(request: SignedInRequest, found: Case) -> list[Link]:
    if Role.CASE_OFFICER not in request.actor.roles or found.state in ("dismissed", "closed"):
        return []
    is_owner = found.owner == request.actor.id and found.state == CaseState.ASSESSING
    return [
        Link(reverse("case-add", args=[found.case_number, what]), words)
        for what, (_form, words) in PARTS_ADDED.items()
        if what != "conclusion" or is_owner
    ]


def _facts(found: Case, names: Any) -> list[Fact]:
    rows = (
        (_("Opened from"), " ".join([word(FROM, found.opened_from), found.origin])),
        (_("Case opened"), f"{moment_in_words(found.opened_at)}, {names.get(found.opened_by, found.opened_by)}"),
        (_("Office"), found.office),
        (_("Priority"), word(PRIORITIES, found.priority)),
        (_("Owner"), names.get(found.owner, "")),
        (_("Second person"), names.get(found.second_reader, "")),
        (_("Due"), moment_in_words(found.due_at) if found.due_at else ""),
    )
    return [Fact(label, text) for label, text in rows if text]


def _conclusion(found: Case) -> list[Fact]:
    rows = (
        (_("Finding"), word(FINDINGS, found.finding) if found.finding else ""),
        (_("Grounds"), found.grounds),
        (_("The issuing authority answered"), found.issuer_answer),
        (_("Competent body"), found.competent_body),
        (_("Measure"), found.measure),
    )
    return [Fact(label, text) for label, text in rows if text]


def _paper(paper: Any) -> dict[str, Any]:
    when = moment_in_words(paper.presented_at) if paper.presented_at else ""
    presented = [paper.presented_where, paper.presented_by, when]
    heading = paper.verdict.get("zh" if is_chinese() else "en", {}).get("heading", "")
    rows = (
        (_("Authority it claims"), paper.issuer),
        (_("Presented"), ", ".join(each for each in presented if each)),
        (_("Check"), heading or _result_word(paper.result)),
        *((word(FEATURES, name), text) for name, text in paper.features.items()),
    )
    return {
        "sequence": paper.sequence,
        "number": paper.number,
        "facts": [Fact(label, text) for label, text in rows if text],
        "differences": [(field_word(name), presented, recorded) for name, presented, recorded in paper.differences],
    }


def _result_word(code: str) -> str:
    found = CHECK_RESULTS.get(code)
    if found is None:
        return code
    return found.chinese if is_chinese() else found.english


def field_word(name: str) -> str:
    """Return what a field of a paper is called, with the number of its line."""
    field, _dot, line = name.partition(".")
    said = str(LABELS.get(field, field))
    return f"{said} {line}" if line else said


def _entry(entry: CaseEntry, names: Any) -> Entry:
    said = (_said_word(str(value)) for value in entry.data.values() if value and not isinstance(value, dict))
    text = ", ".join(said)
    return Entry(word(LOG, entry.act), names.get(entry.actor, entry.actor), entry.at, text[:300])


def _said_word(text: str) -> str:
    """Return the word of a code that stands in the log; anything else as it was entered."""
    for words in (FROM, FINDINGS, PARTS, STANDINGS, HARMED):
        if text in words:
            return word(words, text)
    return _result_word(text)


@role_required(*READERS)
@require_safe
def log(request: SignedInRequest, number: str) -> HttpResponse:
    """The whole log of a case, oldest last; reading it is logged too."""

    def answer() -> HttpResponse:
        found = case_viewed(**who(request, now()), case_number=number)
        rows = case_log(found)
        names = names_by_id(authority=found.authority, ids={each.actor for each in rows})
        entries = [_entry(each, names) for each in reversed(rows)]
        return render(request, "cases/log.html", {"case": found, "log": entries})

    return case_answer(request, answer, back_url=reverse("cases"))


@role_required(Role.CASE_OFFICER)
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: SignedInRequest, number: str, what: str) -> HttpResponse:
    """Add one part; the body is limited before the form key is looked for in it."""
    if what not in PARTS_ADDED:
        raise Http404
    if request.method == "POST":
        try:
            limit(request, most_octets=MOST_OCTETS)
        except TooMuch:
            return error_page(request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return _add(request, number, what)


@csrf_protect
def _add(request: SignedInRequest, number: str, what: str) -> HttpResponse:
    form_class, words = PARTS_ADDED[what]
    form = form_class(request.POST, request.FILES) if request.method == "POST" else form_class()
    back = reverse("case", args=[number])
    if request.method == "POST" and form.is_valid():

        def do(at: datetime) -> str:
            _added(request, number, what, form, at)
            return back

        return case_do(request, f"case.{what}.{number}", do, back_url=back)
    context = {"form": form, "token": request.POST.get(FIELD) or fresh_token(), "back_url": back}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "act/confirm.html", {**context, "heading": words, "button": _("Save")}, status=status)


def _added(request: SignedInRequest, number: str, what: str, form: Any, at: datetime) -> None:
    where = {**who(request, at), "case_number": number}
    given = form.cleaned_data
    if what == "file":
        case_file_add(**where, name=given["file"].name, data=given["file"].read())
    elif what == "paper":
        case_paper_add(**where, paper=paper_of(form))
    elif isinstance(form, ConclusionForm):
        case_conclude(**where, finding=form.chosen(), grounds=given["grounds"], issuer_answer=given["issuer_answer"])
    else:
        case_say(**where, what=what, said=_said(what, given))


def _said(what: str, given: dict[str, Any]) -> dict[str, str]:
    if what == "custody":
        return {"original": given["original"], "from": given["giver"], "to": given["taker"]}
    return {name: "" if value is None else str(value) for name, value in given.items()}


def paper_of(form: PaperForm) -> NewPaper:
    """Return the paper an officer described."""
    given = form.cleaned_data
    day = given["presented_on"]
    return NewPaper(
        number=given["number"],
        issuer=given["issuer"].upper(),
        presented_where=given["presented_where"],
        presented_by=given["presented_by"],
        presented_at=datetime.combine(day, time(), UTC) if day else None,
        features=form.features(),
    )


@role_required(*READERS)
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: SignedInRequest, number: str, name: str) -> HttpResponse:
    """Do one act of the table."""
    if name not in set(CaseAct) or CaseAct(name) not in ACTS:
        raise Http404
    which, back = CaseAct(name), reverse("case", args=[number])
    heading, text, label = ACTS[which]
    form = CaseActForm(
        request.POST if request.method == "POST" else None, label=label, required=which not in MAY_STAY_EMPTY
    )
    if request.method == "POST" and form.is_valid():

        def do(at: datetime) -> str:
            case_act(**who(request, at), case_number=number, act=which, text=form.cleaned_data["text"])
            return back

        return case_do(request, f"case.{name}.{number}", do, back_url=back)
    context = {"form": form, "token": request.POST.get(FIELD) or fresh_token(), "back_url": back, "texts": [text]}
    return render(request, "act/confirm.html", {**context, "heading": heading, "button": heading})


@role_required(*READERS)
@require_safe
def file(request: SignedInRequest, number: str, file_id: int) -> HttpResponse:
    """A file of a case, for download only; taking it is logged."""

    def answer() -> HttpResponse:
        found = case_file_taken(**who(request, now()), case_number=number, file_id=file_id)
        response = HttpResponse(bytes(found.content), content_type="application/octet-stream")
        response.headers["Content-Disposition"] = content_disposition_header(True, found.file_name) or "attachment"
        return response

    return case_answer(request, answer, back_url=reverse("cases"))


@role_required(*READERS)
@require_POST
def evidence(request: SignedInRequest, number: str) -> HttpResponse:
    """The sealed evidence bundle of a confirmed case."""
    back = reverse("case", args=[number])

    def answer() -> HttpResponse:
        data = case_bundle(**who(request, now()), case_number=number, signer=keys.signer())
        response = HttpResponse(data, content_type="application/zip")
        response.headers["Content-Disposition"] = f'attachment; filename="{number}.evidence.zip"'
        return response

    return case_answer(request, answer, back_url=back)
