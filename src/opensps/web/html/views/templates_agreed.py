"""The register of forms agreed with partners: what holds from which day, and who acknowledged it (`fraud.md` 3, 13).

Our staff publishes, ends and notes letters; the administrator of another country acknowledges the forms agreed with
it. What somebody may not see is not found.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from opensps import codes
from opensps.certificate import TITLES, CertificateKind
from opensps.certification.errors import NotFound, TemplateRefused
from opensps.certification.models import CertificateTemplate
from opensps.certification.queries.templates import READERS, template_by_id, templates_for
from opensps.certification.services import templates as services
from opensps.exchange.queries.partners import directory
from opensps.lifecycle import PARTNER_STAFF, Role, allowed_acts
from opensps.lifecycle.template import TEMPLATE, TemplateAct, TemplateState
from opensps.web.html.access import SignedInRequest, role_required
from opensps.web.html.acting import FIELD, Link, act, fresh_token, now, who
from opensps.web.html.deciding import asked, decided
from opensps.web.html.forms.fields import day_text, language
from opensps.web.html.forms.templates_agreed import LastDayForm, LetterForm, TemplateForm
from opensps.web.html.records import Entry, Fact
from opensps.web.html.templatetags.parts import moment_in_words
from opensps.web.html.views.access_parts import history, history_abroad

WHO: Final = tuple(sorted(READERS | {Role.COUNTRY_ADMIN, Role.FOREIGN_OFFICER}))
_SLUGS: Final[Mapping[str, TemplateAct]] = {
    "acknowledge": TemplateAct.ACKNOWLEDGE,
    "letter": TemplateAct.RECORD_ACKNOWLEDGEMENT,
    "end": TemplateAct.END,
    "withdraw": TemplateAct.WITHDRAW,
}
_WORDS: Final[Mapping[str, Any]] = {
    "acknowledge": gettext_lazy("Acknowledge this form"),
    "letter": gettext_lazy("Note that the partner acknowledged it by letter"),
    "end": gettext_lazy("Set its last day"),
    "withdraw": gettext_lazy("Take it back"),
}


@role_required(*WHO)
@require_safe
def listed(request: SignedInRequest) -> HttpResponse:
    """Every form somebody may see, by issuer, destination and kind, the newest version first."""
    rows = templates_for(authority=request.actor.authority, actor=request.actor)
    names = _partner_names(request) if not request.actor.country else {}
    context = {
        "rows": [(row, _kind(row), _between(row, names), _days(row), _is_current(row)) for row in rows],
        "may_publish": bool(request.actor.roles & PARTNER_STAFF),
    }
    return render(request, "templates_agreed/list.html", context)


def _kind(row: CertificateTemplate) -> str:
    return TITLES[CertificateKind(row.kind)][language() == "zh"]


def _partner_names(request: SignedInRequest) -> dict[str, str]:
    found = directory(authority=request.actor.authority, at=now())
    is_chinese = language() == "zh"
    return {
        each.partner.code: (is_chinese and each.partner.name_zh) or each.partner.name_en or each.partner.code
        for each in found
    }


def _between(row: CertificateTemplate, names: Mapping[str, str]) -> str:
    """Return whose form it is, for whom."""
    if row.issuer != row.authority:
        return _("Issued by %(name)s") % {"name": names.get(row.issuer, row.issuer)}
    return _("Issued by us for %(country)s") % {"country": codes.country_name(row.country, language())}


def _days(row: CertificateTemplate) -> str:
    first = day_text(row.valid_from)
    if row.valid_until is None:
        return _("from %(first)s on") % {"first": first}
    return _("%(first)s to %(last)s") % {"first": first, "last": day_text(row.valid_until)}


def _is_current(row: CertificateTemplate) -> bool:
    today = localdate()
    is_in_days = row.valid_from <= today and (row.valid_until is None or today <= row.valid_until)
    return is_in_days and bool(row.acknowledged_by)


@role_required(*WHO)
@require_safe
def one(request: SignedInRequest, template_id: int) -> HttpResponse:
    """One version: what it is, who published and acknowledged it, what can be done now."""
    row = _visible(request, template_id)
    context = {
        "row": row,
        "heading": f"{row.name}/{row.version}",
        "facts": _facts(request, row),
        "links": _links(request, row),
        "timeline": _timeline(request, row),
        "is_waiting": row.state == TemplateState.PUBLISHED,
    }
    return render(request, "templates_agreed/one.html", context)


def _timeline(request: SignedInRequest, row: CertificateTemplate) -> list[Entry]:
    shown = history_abroad if request.actor.country else history
    return shown(authority=row.authority, kind="template", object_id=str(row.pk))


def _visible(request: SignedInRequest, template_id: int) -> CertificateTemplate:
    try:
        return template_by_id(authority=request.actor.authority, template_id=template_id, actor=request.actor)
    except NotFound as exc:
        raise Http404 from exc


def _facts(request: SignedInRequest, row: CertificateTemplate) -> list[Fact]:
    names = _partner_names(request) if row.issuer != row.authority else {}
    acknowledged = ""
    if row.acknowledged_at is not None:
        # Who noted the letter is one of ours; people of another country read no names of ours.
        is_ours = bool(request.actor.country and row.reference)
        by = "" if is_ours else row.acknowledged_name or row.acknowledged_by
        acknowledged = ", ".join(filter(None, (by, moment_in_words(row.acknowledged_at))))
    rows = (
        (_("Certificate"), _kind(row)),
        (_("Agreed between"), _between(row, names)),
        (_("Days of issue"), _days(row)),
        (_("Name of the authority as this version prints it"), row.authority_name),
        (_("What is new"), row.changes),
        (_("Published"), moment_in_words(row.published_at)),
        (_("Acknowledged by"), acknowledged),
        (_("Letter"), row.reference),
    )
    return [Fact(label, text) for label, text in rows if text]


def _links(request: SignedInRequest, row: CertificateTemplate) -> list[Link]:
    offered = allowed_acts(TEMPLATE, TemplateState(row.state), request.actor.roles)
    return [
        Link(reverse("certificate-form-act", args=[row.pk, slug]), _WORDS[slug])
        for slug, each in _SLUGS.items()
        if each in offered
    ]


@role_required(*sorted(PARTNER_STAFF))
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedInRequest) -> HttpResponse:
    """Publish a form of ours, or record a partner's."""
    form = TemplateForm(
        request.POST if request.method == "POST" else None, issuers=sorted(_partner_names(request).items())
    )
    back = reverse("certificate-forms")
    if request.method == "POST" and form.is_valid():
        try:
            return act(request, "template.new", _publishing(request, form), back_url=back)
        except TemplateRefused as exc:
            form.refuse(exc.reason)
    context: dict[str, Any] = {
        "form": form,
        "token": request.POST.get(FIELD) or fresh_token(),
        "heading": _("New form of a certificate"),
        "texts": [
            _("A form of ours is used from its first day on, once the partner has acknowledged it."),
            _("A partner's form is used to check what the partner issues."),
        ],
        "button": _("Publish"),
        "back_url": back,
    }
    return render(request, "act/confirm.html", context, status=HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else 200)


def _publishing(request: SignedInRequest, form: TemplateForm) -> Callable[[datetime], str]:
    def publish(at: datetime) -> str:
        made = services.template_publish(told=form.told(), **who(request, at))
        return reverse("certificate-form", args=[made.pk])

    return publish


@role_required(*sorted(PARTNER_STAFF | {Role.COUNTRY_ADMIN}))
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: SignedInRequest, template_id: int, slug: str) -> HttpResponse:
    """One act on a version: acknowledge, note a letter, set the last day, take back."""
    row = _visible(request, template_id)
    if slug not in _SLUGS or not _is_theirs(request, _SLUGS[slug]):
        raise Http404
    page: dict[str, Any] = {
        "back_url": reverse("certificate-form", args=[row.pk]),
        "heading": f"{row.name}/{row.version}: {_WORDS[slug]}",
        "button": _WORDS[slug],
    }
    return _STEPS[slug](request, row, page)


def _is_theirs(request: SignedInRequest, which: TemplateAct) -> bool:
    """Whether this person's roles do such an act at all, whatever the state."""
    return any(each is which and row.roles & request.actor.roles for (_state, each), row in TEMPLATE.items())


def _operation(row: CertificateTemplate, slug: str) -> str:
    return f"template.{slug}.{row.pk}"


def _acknowledge(request: SignedInRequest, row: CertificateTemplate, page: dict[str, Any]) -> HttpResponse:
    if request.method == "POST":

        def do(at: datetime) -> str:
            services.template_acknowledge(template_id=row.pk, **who(request, at))
            return str(page["back_url"])

        return act(request, _operation(row, "acknowledge"), do, back_url=page["back_url"])
    texts = [
        _("Certificates issued from its first day on come to your country on this form."),
        _("Your name and the time are kept. An acknowledgement is not taken back; a new version can replace it."),
    ]
    return render(request, "act/confirm.html", {"form": None, "texts": texts, "token": fresh_token(), **page})


def _letter(request: SignedInRequest, row: CertificateTemplate, page: dict[str, Any]) -> HttpResponse:
    def do(at: datetime, given: Mapping[str, Any]) -> None:
        services.template_record_acknowledgement(template_id=row.pk, reference=given["reference"], **who(request, at))

    form = LetterForm(request.POST if request.method == "POST" else None)
    texts = [_("Use this only where the partner cannot acknowledge it itself.")]
    return asked(request, form, _operation(row, "letter"), do, texts=texts, **page)


def _end(request: SignedInRequest, row: CertificateTemplate, page: dict[str, Any]) -> HttpResponse:
    def do(at: datetime, given: Mapping[str, Any]) -> None:
        services.template_end(template_id=row.pk, valid_until=given["valid_until"], **who(request, at))

    form = LastDayForm(request.POST if request.method == "POST" else None)
    texts = [_("A certificate issued on this form after that day is red at every check.")]
    return asked(request, form, _operation(row, "end"), do, texts=texts, **page)


def _withdraw(request: SignedInRequest, row: CertificateTemplate, page: dict[str, Any]) -> HttpResponse:
    def do(at: datetime, reason: str) -> None:
        services.template_withdraw(template_id=row.pk, reason=reason, **who(request, at))

    texts = [_("The partner has not acknowledged it; it is not used.")]
    return decided(request, _operation(row, "withdraw"), do, texts=texts, danger=True, **page)


_STEPS: Final[Mapping[str, Callable[[SignedInRequest, CertificateTemplate, dict[str, Any]], HttpResponse]]] = {
    "acknowledge": _acknowledge,
    "letter": _letter,
    "end": _end,
    "withdraw": _withdraw,
}
