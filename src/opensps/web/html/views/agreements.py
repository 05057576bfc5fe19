"""The register of agreements: the stages of one partner with their days and types, recording one (A20, A42, A43)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from opensps.accounts.queries import names_by_id
from opensps.exchange import services
from opensps.exchange.queries.stages import ORDER, Agreement, AgreementStage, agreements, reached_counts, stages_of
from opensps.lifecycle import PARTNER_STAFF
from opensps.web.html.access import SignedInRequest, role_required
from opensps.web.html.acting import who
from opensps.web.html.deciding import asked
from opensps.web.html.delivery_words import STAGES, said
from opensps.web.html.forms.agreements import PartnerForm, StageForm
from opensps.web.html.forms.fields import language
from opensps.web.html.templatetags.parts import in_words
from opensps.web.html.views.connections import READERS, visible_partner
from opensps.web.html.views.deliveries import partner_name

STAFF = tuple(sorted(PARTNER_STAFF))


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """One partner as the public register shows it."""

    name: str
    stage: str
    since: str
    types: str


def register(authority: str) -> dict[str, Any]:
    """Return the register in words: how many came to each stage or further, and every partner with its own."""
    rows = agreements(authority=authority)
    counts = reached_counts(rows)
    return {
        "agreements": [_row(each) for each in rows],
        "agreement_counts": [(stage, said(STAGES, stage), counts[stage]) for stage in ORDER],
    }


def _row(each: Agreement) -> RegisterRow:
    name = (each.name_zh if language() == "zh" else "") or each.name_en
    return RegisterRow(name, said(STAGES, each.stage), in_words(each.on) if each.on else "", ", ".join(each.types))


@role_required(*READERS)
@require_safe
def stages(request: SignedInRequest, code: str) -> HttpResponse:
    """Every stage that was recorded of a partner, the newest first."""
    partner = visible_partner(request, code)
    rows = stages_of(partner)
    names = names_by_id(authority=partner.authority, ids={each.recorded_by for each in rows})
    context = {
        "partner": partner,
        "heading": partner_name(partner),
        "rows": [_kept(each, names) for each in rows],
        "may_act": bool(request.actor.roles & PARTNER_STAFF),
    }
    return render(request, "exchange/agreement.html", context)


def _kept(row: AgreementStage, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "stage": said(STAGES, row.stage),
        "on": row.since,
        "types": ", ".join(row.types),
        "note": row.note,
        "who": names.get(row.recorded_by, _("Configuration") if row.recorded_by == "system" else row.recorded_by),
        "at": row.recorded_at,
    }


@role_required(*STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def record(request: SignedInRequest, code: str) -> HttpResponse:
    """Record a stage; the earlier ones stay."""
    partner = visible_partner(request, code)
    form = StageForm(
        request.POST if request.method == "POST" else None, stages=STAGES, initial={"stage": partner.stage}
    )

    def do(at: datetime, _given: Mapping[str, Any]) -> None:
        reached = form.reached()
        services.partner_stage_set(
            **who(request, at),
            code=partner.code,
            stage=reached.stage,
            on=reached.on,
            types=reached.types,
            note=reached.note,
        )

    page = {"heading": _("Record a stage"), "texts": [partner_name(partner)], "button": _("Record it")}
    back = reverse("partner-agreement", args=[partner.code])
    return asked(request, form, f"partner.stage.{code}", do, back_url=back, beside={"type": "types"}, **page)


@role_required(*STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedInRequest) -> HttpResponse:
    """Write down an authority we speak with."""
    form = PartnerForm(
        request.POST if request.method == "POST" else None, stages=STAGES, initial={"stage": "communicated"}
    )

    def do(at: datetime, _given: Mapping[str, Any]) -> str:
        made = services.partner_create(**who(request, at), **form.names(), reached=form.reached())
        return reverse("partner-agreement", args=[made.code])

    page = {
        "heading": _("Add a partner"),
        "texts": [_("It stands in the public register. Nothing is exchanged until connections and keys are there.")],
        "button": _("Add it"),
    }
    beside = {"code": "code", "code_taken": "code", "name_missing": "name_en", "country": "countries", "type": "types"}
    return asked(request, form, "partner.new", do, back_url=reverse("partners"), beside=beside, **page)
