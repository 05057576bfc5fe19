"""What partners sent us: certificates with the report of our check, files, conflicts to decide, messages set aside.

Source: `ux.md` 6.5, `exchange.md` 4.7, 8.3, 8.4.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from opensps.exchange.errors import EnvelopeNotFound
from opensps.exchange.findings import from_plain
from opensps.exchange.mail.preview import Preview, preview
from opensps.exchange.queries.incoming import (
    MOST_COUNTED,
    Sought,
    content_of,
    envelopes_about,
    incoming,
    incoming_count,
    incoming_one,
    set_aside,
    set_aside_count,
    set_aside_one,
)
from opensps.exchange.queries.rows import Envelope, IncomingCertificate, ReceivedMessage
from opensps.exchange.services.incoming import incoming_decide
from opensps.exchange.services.mail_answers import mail_reject
from opensps.exchange.services.messages import message_reject, message_release
from opensps.exchange.transports import Channel
from opensps.formats import read_certificate
from opensps.lifecycle import DELIVERY_STAFF, PARTNER_STAFF, ReceiptState
from opensps.lifecycle.receipt import IncomingState
from opensps.web.html.access import SignedInRequest, role_required
from opensps.web.html.acting import Link, who
from opensps.web.html.deciding import decided
from opensps.web.html.delivery_words import (
    CHANNELS,
    INCOMING,
    INCOMING_TONES,
    QUARANTINE,
    RECEIPT_TONES,
    RECEIPTS,
    SENT_AS,
    said,
)
from opensps.web.html.forms.findings import sentence
from opensps.web.html.receiving import receiving_terms
from opensps.web.html.records import Fact
from opensps.web.html.sheets import sheet_of
from opensps.web.html.templatetags.parts import moment_in_words
from opensps.web.html.views.deliveries import partner_name
from opensps.web.html.views.lists import Chip, address, offset_of, paging

READERS: Final = tuple(sorted(DELIVERY_STAFF))
_LEVELS: Final = {"SEVERE": "bad", "WARNING": "warn", "INFO": "info"}
_PREVIEW: Final = 2_000


@dataclass(frozen=True, slots=True)
class Row:
    """A certificate of a partner in the list."""

    url: str
    number: str
    partner: str
    goods: str
    consignee: str
    tone: str
    word: str
    arrived_at: datetime


@role_required(*READERS)
@require_safe
def listed(request: SignedInRequest) -> HttpResponse:
    """Certificates of partners, newest first, and how many messages were set aside."""
    states = {*map(str, IncomingState), "to_decide"}
    state = request.GET.get("state", "")
    sought = Sought(
        state=state if state in states else "",
        partner=request.GET.get("partner", "")[:16],
        text=request.GET.get("q", "").strip()[:100],
    )
    authority, offset = request.actor.authority, offset_of(request)
    count = incoming_count(authority=authority, sought=sought)
    kept = {"state": sought.state, "partner": sought.partner, "q": sought.text}
    words = [("", _("All")), ("to_decide", _("To decide")), *((each, said(INCOMING, each)) for each in IncomingState)]
    context = {
        "rows": [_row(each) for each in incoming(authority=authority, sought=sought, offset=offset)],
        "chips": [Chip(text, address(**{**kept, "state": code}), code == sought.state) for code, text in words],
        "q": sought.text,
        "state": sought.state,
        "partner": sought.partner,
        "is_filtered": any(kept.values()),
        "count_line": _count_words(count),
        "empty_text": _("No certificate fits the filter.") if any(kept.values()) else _("Nothing has arrived yet."),
        "set_aside": set_aside_count(authority=authority),
        **paging(offset, count, **kept),
    }
    return render(request, "exchange/incoming.html", context)


def _count_words(count: int) -> str:
    if count > MOST_COUNTED:
        return _("More than %(count)d certificates, newest first.") % {"count": MOST_COUNTED}
    return ngettext("%(count)d certificate, newest first.", "%(count)d certificates, newest first.", count) % {
        "count": count
    }


def _row(each: IncomingCertificate) -> Row:
    url = reverse("incoming-one", args=[each.pk])
    tone, word = _state(each)
    return Row(
        url, each.number, partner_name(each.partner), each.goods, each.consignee_name, tone, word, each.arrived_at
    )


def _state(each: IncomingCertificate) -> tuple[str, str]:
    return INCOMING_TONES.get(each.state, "none"), said(INCOMING, each.state)


@dataclass(frozen=True, slots=True)
class Arrival:
    """One envelope about a certificate, with what we found and answered."""

    what: str
    channel: str
    at: datetime
    tone: str
    word: str
    answered: str
    findings: tuple[tuple[str, str, str], ...]
    """Tone, sentence, rule."""


@role_required(*READERS)
@require_safe
def one(request: SignedInRequest, incoming_id: int) -> HttpResponse:
    """One certificate of a partner: what it says, what our check found, what arrived and how we answered."""
    row = _visible(request, incoming_id)
    tone, word = _state(row)
    value = _value(row)
    context = {
        "row": row,
        "heading": row.goods or row.number,
        "tone": tone,
        "word": word,
        "warnings": _warnings(row),
        "facts": _facts(row),
        "sheet": None if value is None else sheet_of(value),
        "file_url": reverse("incoming-file", args=[row.pk]) if row.envelope is not None else "",
        "arrivals": [_arrival(each) for each in envelopes_about(row)],
        "choices": _choices(row),
    }
    return render(request, "exchange/incoming_one.html", context)


def _visible(request: SignedInRequest, incoming_id: int) -> IncomingCertificate:
    try:
        return incoming_one(authority=request.actor.authority, incoming_id=incoming_id)
    except EnvelopeNotFound as exc:
        raise Http404 from exc


def _value(row: IncomingCertificate) -> Any:
    """Return the certificate as a value, None where there are no bytes or none that can be read."""
    try:
        data = content_of(row)
    except EnvelopeNotFound:
        return None
    return read_certificate(data, extra_countries=receiving_terms().extra_countries).certificate


def _warnings(row: IncomingCertificate) -> list[str]:
    found = []
    if row.has_conflict:
        found.append(_("Two contents came under the same number and status. It does not count until somebody decides."))
    if row.is_held and not row.chosen_digest:
        found.append(_("Our check found a severe fault. It does not count until somebody has looked at it."))
    if row.envelope is None:
        found.append(_("Its end arrived before the certificate itself. Whatever follows under this number is void."))
    return found


def _facts(row: IncomingCertificate) -> list[Fact]:
    proven = _("Yes") if row.has_proven_signature else _("Not sealed, or not proven")
    rows = (
        (_("Issued by"), partner_name(row.partner)),
        (_("Issued"), moment_in_words(row.issued_at) if row.issued_at else ""),
        (_("Arrived"), moment_in_words(row.arrived_at)),
        (_("Kind"), row.type_code),
        (_("Consignor"), row.consignor_name),
        (_("Consignee"), row.consignee_name),
        (_("Sealed by the authority"), proven),
        (_("Replaces"), ", ".join(row.replaces)),
        (_("Replaced by"), row.replaced_by),
        (_("Certificate of ours it refers to"), row.own_number),
    )
    return [Fact(label, text) for label, text in rows if text]


def _arrival(each: Envelope) -> Arrival:
    answer = next((reply for reply in each.replies.all() if reply.kind == "acknowledgement"), None)
    answered = moment_in_words(answer.final_at or answer.queued_at) if answer is not None else ""
    return Arrival(
        said(SENT_AS, each.status_code),
        said(CHANNELS, each.channel),
        each.queued_at,
        RECEIPT_TONES.get(ReceiptState(each.state), "none"),
        said(RECEIPTS, each.state),
        answered,
        tuple((_LEVELS[one.level], sentence(one), one.rule) for one in from_plain(each.findings)),
    )


def _choices(row: IncomingCertificate) -> list[Link]:
    """Return one link for each content a person may let count, where a decision is needed."""
    if not (row.has_conflict or row.is_held) or row.chosen_digest:
        return []
    digests = dict.fromkeys(str(each["digest"]) for each in row.said if each.get("digest"))
    return [Link(reverse("incoming-decide", args=[row.pk, digest]), _("Let this content count")) for digest in digests]


@role_required(*READERS)
@require_safe
def file(request: SignedInRequest, incoming_id: int) -> HttpResponse:
    """The bytes exactly as they came, for download only: a browser never shows them."""
    row = _visible(request, incoming_id)
    try:
        data = content_of(row)
    except EnvelopeNotFound as exc:
        raise Http404 from exc
    response = HttpResponse(data, content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="{row.sha256[:16]}.xml"'
    return response


@role_required(*READERS)
@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: SignedInRequest, incoming_id: int, digest: str) -> HttpResponse:
    """Let one content under a number count."""
    row = _visible(request, incoming_id)
    if not any(each.get("digest") == digest for each in row.said):
        raise Http404

    def do(at: datetime, reason: str) -> None:
        incoming_decide(**who(request, at), partner=row.partner, number=row.number, digest=digest, reason=reason)

    return decided(
        request,
        f"incoming.{digest[:16]}",
        do,
        back_url=reverse("incoming-one", args=[row.pk]),
        heading=_("Let this content count"),
        texts=[
            _("From now on checks of %(number)s answer by the content with digest %(digest)s.")
            % {"number": row.number, "digest": digest[:16]}
        ],
        button=_("Let it count"),
    )


@role_required(*READERS)
@require_safe
def quarantine(request: SignedInRequest) -> HttpResponse:
    """Messages that were stored and not processed, with the reason."""
    authority, offset = request.actor.authority, offset_of(request)
    rows = [
        {
            "id": each.pk,
            "at": each.received_at,
            "channel": said(CHANNELS, each.channel),
            "peer": each.peer,
            "reason": said(QUARANTINE, each.reason),
        }
        for each in set_aside(authority=authority, offset=offset)
    ]
    pages = paging(offset, set_aside_count(authority=authority))
    return render(request, "exchange/quarantine.html", {"rows": rows, **pages})


@role_required(*READERS)
@require_safe
def set_aside_page(request: SignedInRequest, message_id: int) -> HttpResponse:
    """One message: its facts and a preview as plain text; nothing of it is rendered."""
    row = _set_aside(request, message_id)
    facts = (
        (_("Channel"), said(CHANNELS, row.channel)),
        (_("From"), row.peer),
        (_("Arrived"), moment_in_words(row.received_at)),
        (_("Size in bytes"), str(row.size_bytes)),
        ("SHA-256", row.sha256),
        (_("Reason"), said(QUARANTINE, row.reason)),
        (_("Details"), row.reason_text),
    )
    context = {
        "row": row,
        "facts": [Fact(label, text) for label, text in facts if text],
        "preview": _shown(row),
        "may_act": bool(request.actor.roles & PARTNER_STAFF),
    }
    return render(request, "exchange/set_aside.html", context)


def _shown(row: ReceivedMessage) -> Preview:
    """Return what may be shown of a message: a mail taken apart, anything else as it begins."""
    raw = bytes(row.raw or b"")
    return preview(raw) if row.channel == Channel.SMTP else Preview(text=raw[:_PREVIEW].decode("utf-8", "replace"))


def _set_aside(request: SignedInRequest, message_id: int) -> ReceivedMessage:
    try:
        return set_aside_one(authority=request.actor.authority, message_id=message_id)
    except EnvelopeNotFound as exc:
        raise Http404 from exc


@role_required(*sorted(PARTNER_STAFF))
@require_http_methods(["GET", "HEAD", "POST"])
def release(request: SignedInRequest, message_id: int) -> HttpResponse:
    """Process a message again: after a key or an address was corrected."""
    row = _set_aside(request, message_id)

    def do(at: datetime, _reason: str) -> None:
        message_release(**who(request, at), message_id=row.pk)

    return decided(
        request,
        f"message.release.{row.pk}",
        do,
        back_url=reverse("quarantine"),
        heading=_("Process it again"),
        texts=[_("It goes through the same checks once more. What still does not hold comes back here.")],
        button=_("Process it again"),
    )


@role_required(*sorted(PARTNER_STAFF))
@require_http_methods(["GET", "HEAD", "POST"])
def reject(request: SignedInRequest, message_id: int) -> HttpResponse:
    """Decide that a message is not taken."""
    row = _set_aside(request, message_id)

    def do(at: datetime, reason: str) -> None:
        refuse = mail_reject if row.channel == Channel.SMTP else message_reject
        refuse(**who(request, at), message_id=row.pk, reason=reason)

    return decided(
        request,
        f"message.reject.{row.pk}",
        do,
        back_url=reverse("quarantine"),
        heading=_("Reject it"),
        texts=[_("The partner is told at its listed address, and nowhere else. The bytes are kept for 90 days.")],
        button=_("Reject it"),
        danger=True,
    )
