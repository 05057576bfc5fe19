"""Many public checks at once: paste lines or choose a CSV file, get one table (`ux.md` 5.1, 6.1).

Every row is a check of its own, counted and kept like one; a wrong row is explained with its line number. No session
and no cookie, as on the page of one check; the table is kept for 24 hours under a random id.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from types import MappingProxyType
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from opensps.border.queries import ListedLine, list_by_id
from opensps.border.services import MOST_LINES, TooManyLines, check_many, list_kept
from opensps.web.html.access import public
from opensps.web.html.answer import shaped
from opensps.web.html.forms.check_many import MOST_OCTETS, ManyForm
from opensps.web.html.installation import installation
from opensps.web.html.spreadsheet import csv_file
from opensps.web.html.uploads import TooMuch, limit
from opensps.web.html.views.check import circumstances, is_ours, private
from opensps.web.html.views.errors import error_page

WRONG: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "number": _("Check the number: one character looks wrong. It should look like XA-2026-014-0004512-0."),
        "code": _("Check the code: one character looks wrong. It has 12 letters and digits, like 0A1S-5HDR-ANA5."),
        "row": _("This row needs a number and a verification code, or the text of a QR code."),
    }
)
"""What is said about a row that could not be asked."""

LEFT_OUT: Final = _("Not asked, because too many codes before it were wrong. Wait, then check this row again.")
NOT_CHECKED: Final = _("Not checked")
COLUMNS = ("line", "number", "result", "heading", "sentence", "checked_at", "result_id")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table."""

    line: int
    number: str
    result: str
    """Code of the result; ``typing_error``, ``not_asked`` where there is none."""

    tone: str
    heading: str
    sentence: str
    checked_at: str
    result_id: str
    """Id of the page of this one result, or empty."""

    @property
    def shown(self) -> SafeString:
        """The sentence for a page, with dates in words."""
        return shaped(self.sentence)


@public
@never_cache
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def check_lines(request: HttpRequest) -> HttpResponse:
    """Show the form and its limits; a post checks the rows and leads to their table."""
    if request.method != "POST":
        return _page(request, ManyForm())
    if not is_ours(request):
        return error_page(request, HTTPStatus.FORBIDDEN)
    form = _filled(request)
    if form is None:
        return error_page(request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    found = _checked(request, form) if form.is_valid() else ""
    if not found:
        return _page(request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    response = HttpResponseRedirect(reverse("check-list", args=[found]))
    response.status_code = HTTPStatus.SEE_OTHER
    return private(response)


@public
@never_cache
@require_safe
def listed(request: HttpRequest, list_id: str) -> HttpResponse:
    """Show the table of a list that is kept for 24 hours under its random id."""
    rows = _rows(request, list_id)
    if rows is None:
        return error_page(request, HTTPStatus.GONE)
    asked = sum(1 for row in rows if row.result_id)
    context = {"rows": rows, "list_id": list_id, "asked": asked, "not_asked": len(rows) - asked}
    return private(render(request, "public/check_list.html", context))


@public
@never_cache
@require_safe
def listed_csv(request: HttpRequest, list_id: str) -> HttpResponse:
    """Give the same table as a file for a spreadsheet."""
    rows = _rows(request, list_id)
    if rows is None:
        return error_page(request, HTTPStatus.GONE)
    table = [COLUMNS, *([str(getattr(row, column)) for column in COLUMNS] for row in rows)]
    response = HttpResponse(csv_file(table), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="checks.csv"'
    return private(response)


def _filled(request: HttpRequest) -> ManyForm | None:
    """Return the form as sent, None when more was sent than a list may have."""
    try:
        handler = limit(request, most_octets=MOST_OCTETS)
    except TooMuch:
        return None
    form = ManyForm(request.POST, request.FILES)
    return None if handler.was_stopped else form


def _checked(request: HttpRequest, form: ManyForm) -> str:
    """Check the rows and return the id of the kept list; or put on the form why none was checked, and return ``""``."""
    asking = circumstances(request)
    field = "lines" if form.cleaned_data["lines"].strip() else "upload"
    try:
        answers = check_many(form.cleaned_data["list"], **asking)
    except TooManyLines:
        form.add_error(field, _("The list has more than 200 rows. Nothing was checked: split it and check the parts."))
        return ""
    if not answers:
        form.add_error(field, _("The list has no rows below its headings."))
        return ""
    return list_kept(answers, authority=asking["authority"], at=asking["at"]).id


def _page(request: HttpRequest, form: ManyForm, *, status: int = HTTPStatus.OK) -> HttpResponse:
    context = {"form": form, "most": MOST_LINES, "has_errors": status != HTTPStatus.OK}
    return private(render(request, "public/check_many.html", context, status=status))


def _rows(request: HttpRequest, list_id: str) -> tuple[Row, ...] | None:
    actor = request.actor  # type: ignore[attr-defined]  # set by the middleware
    found = list_by_id(
        authority=installation().authority,
        list_id=list_id,
        at=datetime.now(UTC),
        viewer=actor.id if actor else "",
    )
    return None if found is None else tuple(_in_words(found))


def _in_words(lines: tuple[ListedLine, ...]) -> Iterator[Row]:
    for each in lines:
        if each.result is None:
            result = "not_asked" if each.is_left_out else "typing_error"
            why = str(WRONG.get(each.error, LEFT_OUT))
            yield Row(each.line, each.number, result, "none", str(NOT_CHECKED), why, "", "")
            continue
        said = each.result.answer(get_language() or "en")
        number = each.number or said["number"] or ""
        yield Row(
            each.line,
            number,
            said["result"],
            said["tone"],
            said["heading"],
            said["sentence"],
            said["checked_at"],
            each.result.id,
        )
