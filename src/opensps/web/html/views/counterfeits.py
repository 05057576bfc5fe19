"""The list shared with partners: papers that two officers confirmed as altered or counterfeit (`fraud.md` 7)."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from opensps.border.queries.cases import PAGE, ForgeryNotice, notices_page
from opensps.lifecycle import OFFICERS, Role
from opensps.web.html.access import SignedInRequest, role_required
from opensps.web.html.forms.case_words import FINDINGS
from opensps.web.html.forms.words import word
from opensps.web.html.views.cases import field_word
from opensps.web.html.views.lists import address, offset_of

READERS = OFFICERS | {
    *(Role.BORDER_OFFICER, Role.BORDER_SUPERVISOR, Role.CASE_OFFICER, Role.INQUIRY_DESK, Role.MANAGER),
    *(Role.FOREIGN_OFFICER, Role.COUNTRY_ADMIN),
}


@role_required(*sorted(READERS))
@require_safe
def counterfeits(request: SignedInRequest) -> HttpResponse:
    """What to watch for, newest first."""
    offset = offset_of(request)
    rows, has_more = notices_page(authority=request.actor.authority, offset=offset)
    context = {
        "rows": [_row(each) for each in rows],
        "previous_url": address(**{"from": offset - PAGE}) if offset >= PAGE else "",
        "next_url": address(**{"from": offset + PAGE}) if has_more else "",
    }
    return render(request, "cases/counterfeits.html", context)


def _row(notice: ForgeryNotice) -> dict[str, Any]:
    is_listed = notice.status == ForgeryNotice.LISTED
    return {
        "notice": notice.notice_number,
        "tone": "bad" if is_listed else "none",
        "word": _("Listed") if is_listed else _("Taken back"),
        "number": notice.number,
        "issuer": notice.issuer,
        "finding": word(FINDINGS, notice.finding),
        "differs": ", ".join(map(field_word, notice.fields)),
        "at": notice.at,
    }
