"""The full record of one certificate for an official: what it says, its five checks, files, earlier checks.

Source: `ux.md` 5.2, 6.6. Every opening is in the audit trail.
"""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from opensps.border.queries.verdicts import verdicts_about
from opensps.border.records import CertificateRecord
from opensps.border.services.desk import desk_number
from opensps.border.services.reading import record_opened
from opensps.lifecycle import words as states
from opensps.web.html.access import SignedInRequest, role_required
from opensps.web.html.acting import now
from opensps.web.html.delivery_words import INCOMING, INCOMING_TONES, said
from opensps.web.html.records import Fact
from opensps.web.html.sheets import sheet_of
from opensps.web.html.templatetags.parts import moment_in_words, status_word
from opensps.web.html.views.border_desk import lead
from opensps.web.html.views.desk_lists import recent_rows
from opensps.web.html.views.desk_parts import READERS, desk_of, issuer_name, visible_record
from opensps.web.html.views.presentations import use_at_borders


@role_required(*READERS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def desk_record(request: SignedInRequest, issuer: str, number: str) -> HttpResponse:
    """Show the whole certificate; a post checks it and leads to the verdict."""
    record = visible_record(request, issuer, number)
    if request.method == "POST":
        return lead(desk_number(desk_of(request), number=record.number, issuer=record.issuer))
    record_opened(actor=request.actor, record=record, at=now())
    about = verdicts_about(
        authority=record.authority, actor=request.actor, issuer=record.issuer, number=record.number, limit=10
    )
    tone, word = _state(record)
    context = {
        "record": record,
        "tone": tone,
        "word": word,
        "facts": _facts(record),
        "sheet": sheet_of(record.value) if record.value is not None else None,
        "file_url": reverse("desk-record-file", args=[record.issuer, record.number]) if record.xml else "",
        "earlier": recent_rows(about),
        **use_at_borders(request, record.issuer, record.number),
    }
    return render(request, "desk/record.html", context)


@role_required(*READERS)
@require_safe
def desk_record_file(request: SignedInRequest, issuer: str, number: str) -> HttpResponse:
    """The bytes exactly as sealed or received, for download only: a browser never shows them."""
    record = visible_record(request, issuer, number)
    if record.xml is None:
        raise Http404
    record_opened(actor=request.actor, record=record, at=now())
    response = HttpResponse(record.xml, content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="{record.digest[:16] or "certificate"}.xml"'
    return response


def _state(record: CertificateRecord) -> tuple[str, str]:
    if record.is_own:
        return states.word("certificate", record.state).tone, status_word("certificate", record.state)
    return INCOMING_TONES.get(record.state, "none"), said(INCOMING, record.state)


def _facts(record: CertificateRecord) -> list[Fact]:
    rows: tuple[tuple[str, Any], ...] = (
        (_("Issued by"), issuer_name(record.authority, record.issuer)),
        (_("Issued"), moment_in_words(record.issued_at) if record.issued_at else ""),
        (_("Arrived"), moment_in_words(record.arrived_at) if record.arrived_at else ""),
        (_("Status since"), moment_in_words(record.changed_at) if record.changed_at else ""),
        (_("Decision expected by"), moment_in_words(record.hold_until) if record.hold_until else ""),
        (_("Replaced by"), record.replaced_by),
    )
    return [Fact(label, text) for label, text in rows if text]
