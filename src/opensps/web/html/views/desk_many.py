"""A list at the border desk: paste or upload up to 500 numbers, get one table and its CSV."""

from typing import Any, Final

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from opensps.border.queries.checks import ListedLine, list_by_id
from opensps.border.queries.verdicts import verdicts_of_list
from opensps.border.services.desk_many import MOST_LINES, desk_many
from opensps.border.services.many import TooManyLines
from opensps.border.verdicts import VerdictRecord
from opensps.web.html.access import SignedInRequest, role_required
from opensps.web.html.acting import now
from opensps.web.html.forms.desk import DeskListForm
from opensps.web.html.spreadsheet import csv_file
from opensps.web.html.views.border_desk import WRONG
from opensps.web.html.views.desk_parts import READERS, class_tone, class_word, desk_of

TOO_MANY: Final[Promise] = _("The list has more than 500 rows. Nothing was checked: split it and check the parts.")
NO_ROWS: Final[Promise] = _("The list has no rows below its headings.")
NOT_CHECKED: Final[Promise] = _("Not checked")
COLUMNS = ("line", "number", "class", "kind", "result", "heading", "checked_at", "check")


@role_required(*READERS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def desk_list(request: SignedInRequest) -> HttpResponse:
    """Ask for the list; a post checks every row and leads to the table."""
    form = DeskListForm(request.POST, request.FILES) if request.method == "POST" else DeskListForm()
    if form.is_bound and form.is_valid():
        field = "lines" if form.cleaned_data["lines"].strip() else "upload"
        try:
            kept = desk_many(desk_of(request), lines=form.cleaned_data["list"])
            if kept.rows:
                return HttpResponseRedirect(reverse("desk-listed", args=[kept.pk]))
            form.add_error(field, str(NO_ROWS))
        except TooManyLines:
            form.add_error(field, str(TOO_MANY))
    context = {"form": form, "most": MOST_LINES}
    return render(request, "desk/list.html", context, status=422 if form.errors else 200)


@role_required(*READERS)
@never_cache
@require_safe
def desk_listed(request: SignedInRequest, list_id: str) -> HttpResponse:
    """Show the table of a list; it is kept for a day, its verdicts for good."""
    rows = _rows(request, list_id)
    return render(request, "desk/listed.html", {"rows": rows, "list_id": list_id, "counts": _counts(rows)})


@role_required(*READERS)
@never_cache
@require_safe
def desk_listed_csv(request: SignedInRequest, list_id: str) -> HttpResponse:
    """Give the same table as a file for a spreadsheet."""
    table = [COLUMNS, *([str(row[name]) for name in COLUMNS] for row in _rows(request, list_id))]
    response = HttpResponse(csv_file(table), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="checks.csv"'
    return response


def _rows(request: SignedInRequest, list_id: str) -> list[dict[str, Any]]:
    who: dict[str, Any] = {"authority": request.actor.authority}
    listed = list_by_id(**who, list_id=list_id, at=now(), viewer=request.actor.id)
    verdicts = verdicts_of_list(**who, actor=request.actor, batch=list_id)
    if listed is None:
        raise Http404
    return [_row(each, verdicts.get(each.result.pk) if each.result is not None else None) for each in listed]


def _row(each: ListedLine, verdict: VerdictRecord | None) -> dict[str, Any]:
    row = {"line": each.line, "number": each.number, "class": "", "kind": "", "result": "", "check": "", "url": ""}
    if verdict is None:
        why = str(WRONG.get(each.error, NOT_CHECKED))
        return {**row, "tone": "none", "word": str(NOT_CHECKED), "heading": why, "checked_at": ""}
    return {
        **row,
        "class": verdict.verdict_class,
        "kind": verdict.kind,
        "result": verdict.result,
        "check": verdict.pk,
        "url": reverse("desk-result", args=[verdict.pk]),
        "tone": class_tone(verdict.verdict_class),
        "word": class_word(verdict.verdict_class),
        "heading": verdict.words(get_language() or "en")["heading"],
        "checked_at": verdict.at.isoformat(),
    }


def _counts(rows: list[dict[str, Any]]) -> list[tuple[str, str, int]]:
    """Return tone, word and number of rows of each class that occurs, worst first."""
    order = ("bad", "warn", "none", "ok")
    found = {(row["tone"], row["word"]) for row in rows}
    ranked = sorted(found, key=lambda each: (order.index(each[0]), each[1]))
    return [(tone, word, sum(1 for row in rows if row["word"] == word)) for tone, word in ranked]
