"""The border desk: one page to check, one for the verdict, one to compare (`ux.md` 6.6, `fraud.md` 6).

From sign-in to a verdict on a clean certificate it is one field and one button. The verdict page shows, in this order:
the band, what to compare, the five checks, what to do next, the proof of this check.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, timedelta
from http import HTTPStatus
from typing import Any, Final

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from opensps.border.errors import RecordNotFound, TypingError
from opensps.border.queries.checks import result_by_id
from opensps.border.queries.presentations import rechecked
from opensps.border.queries.verdicts import verdict_by_id, verdicts_about, verdicts_of_person
from opensps.border.rechecks import Recheck
from opensps.border.records import CertificateRecord
from opensps.border.services.desk import (
    Customs,
    SeveralIssuers,
    desk_code,
    desk_compare,
    desk_file,
    desk_number,
    desk_picture,
)
from opensps.border.verdicts import VerdictRecord
from opensps.formats.errors import FormatError
from opensps.formats.picture import is_picture
from opensps.verification import Reader, TypedError, facts
from opensps.verification.comparison import REASONS, Word
from opensps.web.html.access import SignedInRequest, role_required
from opensps.web.html.acting import now
from opensps.web.html.answer import OUTCOMES, Answer, Line, page_answer
from opensps.web.html.forms.check import MOST_FILES, MOST_OCTETS
from opensps.web.html.forms.desk import CustomsForm, DeskFileForm, DeskForm
from opensps.web.html.forms.paper import LABELS, MOST_LINES, PaperForm
from opensps.web.html.uploads import TooMuch, limit
from opensps.web.html.views.desk_lists import issuers_for, recent_rows
from opensps.web.html.views.desk_parts import (
    READERS,
    class_tone,
    class_word,
    desk_of,
    issuer_name,
    record_behind,
    steps_after,
)
from opensps.web.html.views.errors import error_page
from opensps.web.html.views.paper import WORDS, Row
from opensps.web.html.views.scan import NO_CODE, REFUSED

RECHECKS_SHOWN: Final = timedelta(days=15)
"""As long as goods may be held."""

WRONG: Final[Mapping[str, Promise]] = {
    "number": _("Check the number: one character looks wrong. It should look like XA-2026-014-0004512-0."),
    "code": _("Check the code: one character looks wrong. It has 12 letters and digits, like 0A1S-5HDR-ANA5."),
    "issuer": _("Several partners sent a certificate of this number. Choose who issued it."),
}
FOR_YOU: Final[tuple[Promise, Mapping[str, Promise]]] = (
    _("Meant for you"),
    {
        "passed": _("Your country is its destination or on its way, and nothing speaks against its use."),
        "failed": _("It is made out for another country, or it has been used already."),
    },
)


@role_required(*READERS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def desk(request: SignedInRequest) -> HttpResponse:
    """Ask for a number or a scan; a post leads to the verdict."""
    form = DeskForm(request.POST if request.method == "POST" else None, issuers=issuers_for(request))
    if form.is_bound and form.is_valid():
        try:
            return lead(_checked(request, form))
        except TypingError as error:
            _refuse(form, error)
    return _page(request, form=form)


def _checked(request: SignedInRequest, form: DeskForm) -> VerdictRecord:
    given = form.cleaned_data
    terms = desk_of(request, reference=given["reference"])
    if form.is_scanned:
        return desk_code(terms, text=given["number"])
    return desk_number(terms, number=given["number"], code=given.get("code", ""), issuer=given.get("issuer", ""))


def _refuse(form: DeskForm, error: TypingError) -> None:
    field = "issuer" if isinstance(error, SeveralIssuers) else error.field
    form.add_error(field if field in form.fields else "number", str(WRONG[field]))


@role_required(*READERS)
@never_cache
@require_http_methods(["POST"])
def desk_upload(request: SignedInRequest) -> HttpResponse:
    """Check a file or the code in a photo."""
    try:
        handler = limit(request, most_octets=MOST_FILES * MOST_OCTETS)
    except TooMuch:
        return error_page(request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    form = DeskFileForm(request.POST, request.FILES)
    if handler.was_stopped:
        return error_page(request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    if not form.is_valid():
        return _page(request, file_form=form)
    files = tuple((file.name, file.read()) for file in form.cleaned_data["upload"])
    pictures = [data for _name, data in files if is_picture(data)]
    why: Any = NO_CODE
    try:
        found = (
            desk_picture(desk_of(request), picture=pictures[0])
            if pictures
            else desk_file(desk_of(request), files=files)
        )
        if found is not None:
            return lead(found)
    except FormatError as error:
        why = REFUSED[error.code]
    form.add_error("upload", str(why))
    return _page(request, file_form=form)


def lead(found: VerdictRecord) -> HttpResponse:
    """Lead to the page of a verdict, so that refreshing it checks nothing anew."""
    response = HttpResponseRedirect(reverse("desk-result", args=[found.pk]))
    response.status_code = HTTPStatus.SEE_OTHER
    return response


def _page(
    request: SignedInRequest, *, form: DeskForm | None = None, file_form: DeskFileForm | None = None
) -> HttpResponse:
    number_form = form or DeskForm(issuers=issuers_for(request))
    files = file_form or DeskFileForm()
    has_errors = bool(number_form.errors or files.errors)
    last = verdicts_of_person(authority=request.actor.authority, actor=request.actor)
    again = rechecked(authority=request.actor.authority, actor=request.actor, since=now() - RECHECKS_SHOWN)
    context = {
        "form": number_form,
        "file_form": files,
        "has_errors": has_errors,
        "last": recent_rows(last),
        "again": [_again(each) for each in again],
    }
    return render(request, "desk/desk.html", context, status=422 if has_errors else 200)


def _again(each: Recheck) -> dict[str, Any]:
    row = each.presentation
    return {
        "url": reverse("presentation", args=[row.presentation_number]),
        "number": row.number,
        "tone": class_tone(each.verdict_class),
        "word": class_word(each.verdict_class),
        "at": each.answered_at,
        "country": "",
    }


@role_required(*READERS)
@never_cache
@require_safe
def desk_result(request: SignedInRequest, verdict_id: str) -> HttpResponse:
    """Show a verdict: it is kept for good, and shown to whoever may see it."""
    verdict = visible_verdict(request, verdict_id)
    record = record_behind(request.actor, verdict)
    context = {
        "verdict": verdict,
        "record": record,
        "answer": _answer(verdict, record, request),
        "tone": class_tone(verdict.verdict_class),
        "class_word": class_word(verdict.verdict_class),
        "answered_by": issuer_name(verdict.authority, verdict.issuer) if verdict.issuer else "",
        "steps": steps_after(verdict, actor=request.actor),
        "rows": field_rows(verdict.fields),
        "can_compare": record is not None and record.value is not None,
        "earlier": _earlier(request, verdict),
    }
    return render(request, "desk/result.html", context)


def visible_verdict(request: SignedInRequest, verdict_id: str) -> VerdictRecord:
    """Return a verdict this person may see; for anybody else the page does not exist."""
    found = verdict_by_id(authority=request.actor.authority, verdict_id=verdict_id, actor=request.actor)
    if found is None:
        raise Http404
    return found


def _answer(verdict: VerdictRecord, record: CertificateRecord | None, request: SignedInRequest) -> Answer:
    """Return the page of the verdict, its facts from the certificate, or from the answer that is kept for a day."""
    language = get_language() or "en"
    said = {
        **verdict.words(language),
        "result": verdict.result,
        "tone": class_tone(verdict.verdict_class),
        "checked_at": verdict.at.astimezone(UTC).isoformat(),
        "checks": {name: value for name, value in verdict.checks.items() if name != "for_you"},
        "facts": _facts(verdict, record, request, language),
        "differences": [],
    }
    shown = page_answer(said, result_id=verdict.pk)
    return Answer(**{**{name: getattr(shown, name) for name in Answer.__slots__}, "lines": _lines(shown, verdict)})


def _facts(
    verdict: VerdictRecord, record: CertificateRecord | None, request: SignedInRequest, language: str
) -> list[dict[str, str]]:
    if record is not None and record.value is not None:
        authority = issuer_name(verdict.authority, verdict.issuer)
        shown = facts(record.value, Reader.OFFICIAL, language=language, authority=authority)
        return [{"key": each.key, "label": each.label, "value": each.value} for each in shown]
    kept = result_by_id(authority=verdict.authority, result_id=verdict.pk, at=now(), viewer=request.actor.id)
    return list(kept.answer(language)["facts"]) if kept is not None else []


def _lines(shown: Answer, verdict: VerdictRecord) -> tuple[Line, ...]:
    if not shown.lines:
        return ()
    label, texts = FOR_YOU
    outcome = OUTCOMES[verdict.checks["for_you"]]
    return (*shown.lines, Line(outcome, label, texts.get(outcome, "")))


def field_rows(fields: Iterable[Mapping[str, str]]) -> list[Row]:
    """Return the compared fields, those that differ first."""
    ordered = sorted(fields, key=lambda each: -list(Word).index(Word(each["word"])))
    return [_field_row(each) for each in ordered]


def _field_row(each: Mapping[str, str]) -> Row:
    name, _dot, line = each["field"].partition(".")
    tone, word = WORDS[Word(each["word"])]
    reason = REASONS.get(each["reason"])
    is_chinese = (get_language() or "en").startswith("zh")
    why = "" if reason is None else (reason.chinese if is_chinese else reason.english)
    return Row(LABELS.get(name, name), line, each["typed"], each["recorded"], tone, word, why)


def _earlier(request: SignedInRequest, verdict: VerdictRecord) -> list[dict[str, Any]]:
    if not verdict.issuer:
        return []
    found = verdicts_about(
        authority=verdict.authority, actor=request.actor, issuer=verdict.issuer, number=verdict.number, limit=6
    )
    return recent_rows(tuple(each for each in found if each.pk != verdict.pk))


@role_required(*READERS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def desk_compare_page(request: SignedInRequest, verdict_id: str) -> HttpResponse:
    """Ask what the paper and the goods say; a post leads to the new verdict."""
    verdict = visible_verdict(request, verdict_id)
    record = record_behind(request.actor, verdict)
    if record is None or record.value is None:
        raise Http404
    data = request.POST if request.method == "POST" else None
    form, customs = PaperForm(data, recorded=record.value), CustomsForm(data)
    is_empty = False
    if form.is_bound and form.is_valid() and customs.is_valid():
        typed = form.typed()
        found = _compared(request, verdict, form, customs) if typed else None
        if found is not None:
            return lead(found)
        is_empty = not typed
    context = {
        "verdict": verdict,
        "form": form,
        "customs": customs,
        "is_empty": is_empty,
        "left_out": max(len(record.value.lines) - MOST_LINES, 0),
    }
    has_errors = bool(form.errors or customs.errors)
    return render(request, "desk/compare.html", context, status=422 if has_errors else 200)


def _compared(
    request: SignedInRequest, verdict: VerdictRecord, form: PaperForm, customs: CustomsForm
) -> VerdictRecord | None:
    try:
        kept, _answers = desk_compare(
            desk_of(request), verdict_id=verdict.pk, typed=form.typed(), customs=Customs(**customs.cleaned_data)
        )
    except TypedError as error:
        form.refuse(error)
        return None
    except RecordNotFound as exc:
        raise Http404 from exc
    return kept
