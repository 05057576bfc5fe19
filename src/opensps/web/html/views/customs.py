"""Customs at its desk: declarations, clear or not clear with reasons, release (A09).

Border officers read the same pages; only customs declares and releases.
"""

from datetime import datetime
from http import HTTPStatus
from typing import Any, Final

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from opensps.border.errors import DeclarationRefused
from opensps.border.queries.clearance import (
    READERS,
    Declaration,
    ItemAnswer,
    clearance_of,
    declaration_for,
    declarations,
    items_of,
)
from opensps.border.services.declaring import Claimed, declaration_act, declaration_declare
from opensps.exchange.queries.partners import directory
from opensps.lifecycle import Role
from opensps.lifecycle.declaration import DeclarationAct, DeclarationState, NotClear
from opensps.web.html.access import SignedInRequest, role_required
from opensps.web.html.acting import FIELD, Link, act, fresh_token, now, post, refused, who
from opensps.web.html.deciding import decided
from opensps.web.html.forms.customs import DIRECTIONS, REASONS, DeclarationForm, holds, shown
from opensps.web.html.forms.fields import language
from opensps.web.html.forms.words import word
from opensps.web.html.templatetags.parts import status_word
from opensps.web.html.views.desk_parts import issuer_name
from opensps.web.html.views.lists import Chip, address, offset_of, paging

WHO: Final = tuple(sorted(READERS))


@role_required(*WHO)
@require_safe
def listed(request: SignedInRequest) -> HttpResponse:
    """The declarations, newest first; a number of a declaration or a certificate leads to it."""
    text, state, offset = request.GET.get("q", "").strip()[:64], request.GET.get("state", ""), offset_of(request)
    state = state if state in set(DeclarationState) else ""
    rows, count = declarations(actor=request.actor, state=state, text=text, offset=offset)
    words = [("", _("All")), *((str(each), status_word("declaration", each)) for each in DeclarationState)]
    context = {
        "rows": [(row, word(DIRECTIONS, row.direction)) for row in rows],
        "chips": [Chip(said, address(q=text, state=code), code == state) for code, said in words],
        "q": text,
        "count_line": ngettext("%(count)d declaration", "%(count)d declarations", count) % {"count": count},
        "may_declare": Role.CUSTOMS in request.actor.roles,
        **paging(offset, count, q=text, state=state),
    }
    return render(request, "customs/list.html", context)


def _found(request: SignedInRequest, number: str) -> Declaration:
    try:
        return declaration_for(authority=request.actor.authority, actor=request.actor, declaration_number=number)
    except DeclarationRefused as exc:
        raise Http404 from exc


@role_required(*WHO)
@require_safe
def one(request: SignedInRequest, number: str) -> HttpResponse:
    """One declaration: clear or not clear, and why not, certificate by certificate."""
    row = _found(request, number)
    answer = clearance_of(row)
    is_open = row.state == DeclarationState.DECLARED and Role.CUSTOMS in request.actor.roles
    is_held_by_form = is_open and holds(_claims(row), issuers=_issuers(request))
    context = {
        "row": row,
        "direction": word(DIRECTIONS, row.direction),
        "answer": answer,
        "items": [_item(row, each, is_customs=is_open) for each in answer.items],
        "claims": items_of(row),
        "release": post(reverse("declaration-release", args=[row.declaration_number]), _("Release the goods"))
        if is_open and answer.is_clear
        else None,
        "acts": _acts(row, is_held_by_form) if is_open else [],
        "no_change": "" if is_held_by_form or not is_open else _not_held(),
    }
    return render(request, "customs/declaration.html", context)


def _acts(row: Declaration, is_held_by_form: bool) -> list[Link]:
    change = Link(f"{reverse('declaration-new')}?again={row.declaration_number}", _("Change the declaration"))
    cancel = Link(reverse("declaration-cancel", args=[row.declaration_number]), _("Cancel it"), True)
    return [change, cancel] if is_held_by_form else [cancel]


def _not_held() -> str:
    return _(
        "This declaration says more than the page for changes can show. Change it by the program that declared it, or "
        "cancel it and declare anew."
    )


def _claims(row: Declaration) -> list[Claimed]:
    """Return what the present version claims, as it was declared."""
    return [
        Claimed(issuer=each.issuer, number=each.number, goods=each.goods, line=each.line, quantity=each.quantity)
        for each in items_of(row)
    ]


def _item(row: Declaration, item: ItemAnswer, *, is_customs: bool) -> dict[str, Any]:
    needs_paper = is_customs and NotClear.NOT_PRESENTED in item.reasons
    return {
        "name": item.number or item.goods or _("Goods without a certificate"),
        "issuer": issuer_name(row.authority, item.issuer) if item.number else "",
        "reasons": [word(REASONS, reason) for reason in item.reasons],
        "present_url": reverse("present", args=[item.issuer, item.number]) if needs_paper else "",
    }


@role_required(Role.CUSTOMS)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedInRequest) -> HttpResponse:
    """Declare, or declare anew what was not released yet."""
    posted, issuers = request.POST if request.method == "POST" else None, _issuers(request)
    earlier = _earlier(request)
    if earlier is not None and not holds(_claims(earlier), issuers=issuers):
        return refused(request, _not_held(), back_url=reverse("declaration", args=[earlier.declaration_number]))
    form = DeclarationForm(posted, issuers=issuers, initial=_initial(earlier))

    def do(at: datetime) -> str:
        given = form.cleaned_data
        row = declaration_declare(
            **who(request, at),
            declaration_number=given["declaration_number"],
            direction=given["direction"],
            items=given["items"],
            location=given["location"],
        )
        return reverse("declaration", args=[row.declaration_number])

    back = reverse("declarations")
    if request.method == "POST" and form.is_valid():
        try:
            return act(request, "customs.declare", do, back_url=back)
        except DeclarationRefused:
            return refused(request, _("The declaration cannot be taken as it was entered."), back_url=back)
    context = {
        "form": form,
        "token": request.POST.get(FIELD) or fresh_token(),
        "back_url": back,
        "heading": _("Declare goods"),
        "button": _("Declare"),
        "texts": [_("You learn at once whether the goods are clear, and if not, why.")],
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "act/confirm.html", context, status=status)


def _issuers(request: SignedInRequest) -> list[tuple[str, str]]:
    """Return whose certificates can be declared: partners first, then our own."""
    chinese = language() == "zh"
    rows = directory(authority=request.actor.authority, at=now())
    named = [(each.partner.code, (each.partner.name_zh if chinese else "") or each.partner.name_en) for each in rows]
    return [*named, (request.actor.authority, _("Our own authority"))]


def _earlier(request: SignedInRequest) -> Declaration | None:
    """Return the declaration that is to be changed, if one is."""
    again = request.GET.get("again", "")[:35]
    return _found(request, again) if again else None


def _initial(earlier: Declaration | None) -> dict[str, Any]:
    """Return what an earlier version said."""
    if earlier is None:
        return {}
    said = shown(_claims(earlier))
    return {
        "declaration_number": earlier.declaration_number,
        "direction": earlier.direction,
        "location": earlier.location,
        **said,
    }


@role_required(Role.CUSTOMS)
@require_http_methods(["POST"])
def release(request: SignedInRequest, number: str) -> HttpResponse:
    """Release goods that are clear."""
    row = _found(request, number)
    back = reverse("declaration", args=[row.declaration_number])

    def do(at: datetime) -> str:
        declaration_act(**who(request, at), declaration_number=row.declaration_number, act=DeclarationAct.RELEASE)
        return back

    return act(request, f"customs.release.{number}", do, back_url=back)


@role_required(Role.CUSTOMS)
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: SignedInRequest, number: str) -> HttpResponse:
    """Cancel a declaration with a reason."""
    row = _found(request, number)

    def do(at: datetime, reason: str) -> None:
        declaration_act(
            **who(request, at), declaration_number=row.declaration_number, act=DeclarationAct.CANCEL, reason=reason
        )

    page = {"heading": _("Cancel the declaration"), "button": _("Cancel it"), "danger": True}
    back = reverse("declaration", args=[row.declaration_number])
    return decided(request, f"customs.cancel.{number}", do, back_url=back, texts=[row.declaration_number], **page)
