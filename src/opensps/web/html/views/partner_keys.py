"""Keys of a partner: written down, made, confirmed by a second person, retired. Source: `exchange.md` 3.6, 7.1.

A secret that is made here is shown in the answer to the form and never again; nothing of it is stored in the clear.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from opensps.certification.services import form_token_use
from opensps.exchange import services
from opensps.exchange.errors import RecordRefused
from opensps.exchange.queries.partners import credentials_of
from opensps.exchange.queries.rows import Partner, PartnerCredential
from opensps.exchange.services.key_records import MadeKey, key_write_down, own_key_make, secret_make
from opensps.web.html.access import SignedInRequest, role_required
from opensps.web.html.acting import FIELD, fresh_token, guarded, now, who
from opensps.web.html.deciding import Given, asked
from opensps.web.html.delivery_words import CHANNELS, CREDENTIALS, said
from opensps.web.html.forms.acts import ActForm
from opensps.web.html.forms.partner_keys import KEY_KINDS, ConfirmKeyForm, KeyForm, KeyKind
from opensps.web.html.forms.words import why_record
from opensps.web.html.protection import secret_box
from opensps.web.html.views.connections import STAFF, visible_partner
from opensps.web.html.views.deliveries import partner_name

_BESIDE = {
    "material": "text",
    "private": "text",
    "fingerprint": "fingerprint",
    "key_taken": "text",
    "name": "name",
    "name_taken": "name",
}


@role_required(*STAFF)
@require_safe
def kinds(request: SignedInRequest, code: str) -> HttpResponse:
    """Choose what kind of key to write down or make."""
    partner = visible_partner(request, code)
    rows = [(reverse("key-add", args=[code, each.slug]), each.words, each.text) for each in KEY_KINDS.values()]
    context = {"heading": _("Add a key"), "partner": partner, "name": partner_name(partner), "rows": rows}
    return render(request, "exchange/choose.html", context)


@sensitive_post_parameters("text")
@never_cache
@role_required(*STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: SignedInRequest, code: str, slug: str) -> HttpResponse:
    """Write down a key by its public part, or make one."""
    partner, kind = visible_partner(request, code), KEY_KINDS.get(slug)
    if kind is None:
        raise Http404
    rows = partner.connections.order_by("rank", "pk")
    connections = tuple((str(each.pk), f"{said(CHANNELS, each.channel)}, {each.connection_code}") for each in rows)
    form = KeyForm(request.POST if request.method == "POST" else None, kind=kind, connections=connections)
    words: dict[str, Any] = {
        "heading": f"{partner_name(partner)}: {kind.words}",
        "texts": [kind.text, _("It counts only after a second person has confirmed its fingerprint.")],
        "button": _("Make it") if kind.is_made else _("Save"),
    }
    back = reverse("partner", args=[code])
    if kind.is_made:
        return _make(request, partner, kind, form, {**words, "back_url": back})

    def do(at: datetime, _given: Given) -> None:
        key_write_down(**who(request, at), partner=code, use=kind.use, **form.given())

    beside = {reason: name for reason, name in _BESIDE.items() if name in form.fields}
    return asked(request, form, f"key.{slug}.{code}", do, back_url=f"{back}#keys", beside=beside, **words)


def _make(
    request: SignedInRequest, partner: Partner, kind: KeyKind, form: KeyForm, words: dict[str, Any]
) -> HttpResponse:
    """Make a key and show what is to be told; the same post again makes nothing and shows nothing."""
    if request.method != "POST" or not form.is_valid():
        return render(request, "act/confirm.html", {"form": form, "token": fresh_token(), **words})

    def answer() -> HttpResponse:
        try:
            made = _made(request, partner, kind, form)
        except RecordRefused as exc:
            if _BESIDE.get(exc.reason) not in form.fields:
                raise
            form.add_error(_BESIDE[exc.reason], why_record(exc.reason))
            return render(request, "act/confirm.html", {"form": form, "token": request.POST.get(FIELD, ""), **words})
        if made is None:
            return HttpResponseRedirect(words["back_url"])
        context = {"partner": partner, "name": partner_name(partner), "made": made, "kind": kind}
        return render(request, "exchange/key_made.html", context)

    return guarded(request, answer, back_url=words["back_url"])


def _made(request: SignedInRequest, partner: Partner, kind: KeyKind, form: KeyForm) -> MadeKey | None:
    """Make a key once for each form; None where this form made one before."""
    at, box = now(), secret_box()
    token = {"operation": f"key.make.{partner.code}", "key": request.POST.get(FIELD, "")[:64]}
    with transaction.atomic():
        if not form_token_use(authority=partner.authority, **token, actor=request.actor, at=at):
            return None
        given = form.given()
        if kind.is_ours:
            return own_key_make(**who(request, at), partner=partner.code, connection_id=given["connection_id"], box=box)
        return secret_make(**who(request, at), partner=partner.code, name=given["name"], box=box)


def _key(partner: Partner, key_id: int) -> PartnerCredential:
    """Return a key of a partner that is in use or waits."""
    found = next((each for each in credentials_of(partner) if each.pk == key_id), None)
    if found is None:
        raise Http404
    return found


@role_required(*STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: SignedInRequest, code: str, key_id: int) -> HttpResponse:
    """Put a key into use after its fingerprint was compared by a second way, by another person."""
    partner = visible_partner(request, code)
    key = _key(partner, key_id)
    form = ConfirmKeyForm(request.POST if request.method == "POST" else None)

    def do(at: datetime, given: Given) -> None:
        services.credential_confirm(
            **who(request, at), credential_id=key.pk, fingerprint=given["fingerprint"], how=given["how"]
        )

    return asked(
        request,
        form,
        f"key.confirm.{key.pk}.{code}",
        do,
        back_url=f"{reverse('partner', args=[code])}#keys",
        beside={"fingerprint_differs": "fingerprint", "second_way": "how"},
        heading=_("Confirm a key"),
        texts=[
            f"{partner_name(partner)}: {said(CREDENTIALS, key.use)}",
            _("Call the partner, or use another way than the one on which the key came. Whoever wrote the key down "
              "cannot confirm it."),
        ],
        button=_("Confirm"),
    )  # fmt: skip


@role_required(*STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def retire(request: SignedInRequest, code: str, key_id: int) -> HttpResponse:
    """Take a key out of use for good."""
    partner = visible_partner(request, code)
    key = _key(partner, key_id)
    form = ActForm(request.POST if request.method == "POST" else None)

    def do(at: datetime, _given: Given) -> None:
        services.credential_retire(**who(request, at), credential_id=key.pk)

    return asked(
        request,
        form,
        f"key.retire.{key.pk}.{code}",
        do,
        back_url=f"{reverse('partner', args=[code])}#keys",
        heading=_("Retire a key"),
        texts=[
            f"{partner_name(partner)}: {said(CREDENTIALS, key.use)}, SHA-256 {key.fingerprint}",
            _("It is not believed any more from this moment, and a secret of it is forgotten. This cannot be undone."),
        ],
        button=_("Retire"),
        danger=True,
    )
