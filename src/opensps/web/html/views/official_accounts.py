"""Official accounts: the department suspends, restores and revokes; the country confirms and lets in others (6.2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.transaction import atomic
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from opensps.accounts.access_queries import OfficialAccount, account_acts, account_by_id, accounts_for
from opensps.accounts.errors import EmailTaken, NotFound
from opensps.accounts.services import (
    invitation_renew,
    official_open_inherited,
    official_reconfirm,
    official_restore,
    official_revoke,
    official_suspend,
)
from opensps.certification.services import form_token_use
from opensps.exchange.queries.clients import program_keys
from opensps.exchange.services.machine_accounts import machine_key_end, machine_key_renew
from opensps.lifecycle import ActNotAllowed, Role
from opensps.lifecycle.access import AccountAct, AccountState
from opensps.web.html.access import SignedInRequest, role_required
from opensps.web.html.acting import FIELD, Link, act, fresh_token, guarded, now, post, who
from opensps.web.html.deciding import Given, asked, decided
from opensps.web.html.forms.access import HeirForm, SuspendForm
from opensps.web.html.forms.acts import ActForm
from opensps.web.html.forms.words import why_not
from opensps.web.html.protection import secret_box
from opensps.web.html.proving import has_proved_second
from opensps.web.html.templatetags.parts import status_word
from opensps.web.html.views.access_parts import account_facts, history
from opensps.web.html.views.enrolment import key_page
from opensps.web.html.views.people import RESETTERS, link_page

READERS: Final = (
    Role.EMBASSY,
    Role.COUNTRY_ADMIN,
    Role.ACCESS_REVIEWER,
    Role.ACCESS_APPROVER,
    Role.ADMINISTRATOR,
)

_RESETTERS: Final = frozenset(RESETTERS)


@role_required(*READERS)
@never_cache
@require_safe
def listed(request: SignedInRequest) -> HttpResponse:
    """The official accounts somebody may see, by name; of a text, a state."""
    text, state = request.GET.get("q", "")[:100].strip(), request.GET.get("state", "")
    state = state if state in {each.value for each in AccountState} else ""
    found = accounts_for(authority=request.actor.authority, actor=request.actor, text=text, state=state)
    shown = {"shown": len(found.rows), "total": found.total}
    count = ngettext("%(total)d account, by name", "%(total)d accounts, by name; %(shown)d shown", found.total) % shown
    context = {
        "rows": found.rows,
        "count_line": count,
        "q": text,
        "state": state,
        "chips": _chips(state),
        "may_let_in": Role.COUNTRY_ADMIN in request.actor.roles,
        "may_read_requests": bool(request.actor.roles & {Role.EMBASSY, Role.ACCESS_REVIEWER, Role.ACCESS_APPROVER}),
    }
    return render(request, "access/accounts.html", context)


def _chips(state: str) -> list[dict[str, Any]]:
    here = reverse("access-accounts")
    rows: list[dict[str, Any]] = [{"url": here, "words": _("All"), "is_current": not state}]
    for each in AccountState:
        words = status_word("official_account", each)
        rows.append({"url": f"{here}?state={each}", "words": words, "is_current": each == state})
    return rows


def _visible(request: SignedInRequest, account_id: str) -> OfficialAccount:
    try:
        return account_by_id(authority=request.actor.authority, actor=request.actor, account_id=account_id)
    except NotFound as exc:
        raise Http404 from exc


@dataclass(frozen=True, slots=True)
class Step:
    """What the page calls an act, and what follows from it."""

    act: AccountAct
    words: str | Promise
    text: str | Promise
    danger: bool = False


STEPS: Final[Mapping[str, Step]] = {
    "suspend": Step(
        AccountAct.SUSPEND,
        gettext_lazy("Suspend"),
        gettext_lazy("All sessions of this account end with their next request. It can be opened again."),
        danger=True,
    ),
    "restore": Step(
        AccountAct.RESTORE,
        gettext_lazy("Open again"),
        gettext_lazy("The official can sign in again; former sessions do not come back."),
    ),
    "revoke": Step(
        AccountAct.REVOKE,
        gettext_lazy("Close for good"),
        gettext_lazy("All sessions of this account end with their next request. This is final."),
        danger=True,
    ),
}


@role_required(*READERS)
@never_cache
@require_safe
def one(request: SignedInRequest, account_id: str) -> HttpResponse:
    """One account: who stands behind it, what happened, what can be done."""
    row = _visible(request, account_id)
    acts = account_acts(request.actor, row)
    context = {
        "row": row,
        "facts": account_facts(row),
        "timeline": history(authority=row.authority, kind="official_account", object_id=row.opaque_id),
        "links": [
            Link(reverse("access-account-decide", args=[row.opaque_id, slug]), step.words, step.danger)
            for slug, step in STEPS.items()
            if step.act in acts
        ],
        "reconfirm": post(reverse("access-account-reconfirm", args=[row.opaque_id]), _("Still holds this post"))
        if AccountAct.RECONFIRM in acts
        else None,
        "person_url": ""
        if row.is_machine or not request.actor.roles & _RESETTERS
        else reverse("person", args=[row.person.opaque_id]),
        "keys": program_keys(row) if row.is_machine else (),
        "key_links": key_links(row, acts),
        "invitation": post(reverse("access-account-link", args=[row.opaque_id]), _("Make a new link"))
        if Role.COUNTRY_ADMIN in request.actor.roles and row.inherited_from and not row.person.has_usable_password()
        else None,
    }
    return render(request, "access/account.html", context)


@role_required(Role.COUNTRY_ADMIN)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def let_in(request: SignedInRequest) -> HttpResponse:
    """Open an account for a colleague under one's own endorsement, and show the link for him, once."""
    form = HeirForm(request.POST if request.method == "POST" else None)
    back = reverse("access-accounts")
    if request.method == "POST" and form.is_valid():
        answer = _let_in(request, form)
        if answer is not None:
            return answer
    context: dict[str, Any] = {
        "form": form,
        "heading": _("Let a colleague in"),
        "texts": [_("You stand for it that this person is an official of your country. The embassy sees the account.")],
        "button": _("Open the account"),
        "back_url": back,
    }
    return render(request, "act/confirm.html", context, status=422 if form.errors else 200)


def _let_in(request: SignedInRequest, form: HeirForm) -> HttpResponse | None:
    """Open the account, or put what is wrong on the form and return None."""
    at = now()
    try:
        with atomic():
            made = official_open_inherited(
                heir=form.heir(), has_second_factor=has_proved_second(request), **who(request, at)
            )
            link = invitation_renew(person_id=made.person.opaque_id, **who(request, at))
    except ActNotAllowed as exc:
        form.add_error("email" if exc.guard == "official_mail_domain" else None, why_not(exc))
        return None
    except EmailTaken:
        form.add_error("email", _("There is an account with this mail address already."))
        return None
    except NotFound as exc:
        raise Http404 from exc
    return link_page(request, made.person.name, link.text, reverse("access-account", args=[made.opaque_id]))


@role_required(Role.COUNTRY_ADMIN)
@never_cache
@require_POST
def new_link(request: SignedInRequest, account_id: str) -> HttpResponse:
    """Make a new link for a colleague who has not set a password yet."""
    row = _visible(request, account_id)
    back = reverse("access-account", args=[account_id])

    def answer() -> HttpResponse:
        link = invitation_renew(person_id=row.person.opaque_id, **who(request, now()))
        return link_page(request, row.person.name, link.text, back)

    return guarded(request, answer, back_url=back)


KEY_STEPS: Final[Mapping[str, Step]] = {
    "renew": Step(
        AccountAct.RENEW_KEY,
        gettext_lazy("Make a new key"),
        gettext_lazy("The former key ends at once. The new one is shown once; pass it on over a safe way."),
    ),
    "end": Step(
        AccountAct.END_KEY,
        gettext_lazy("End the key"),
        gettext_lazy("The next call with it is refused. The account stays, and a new key can be made."),
        danger=True,
    ),
}


def key_links(row: OfficialAccount, acts: tuple[AccountAct, ...]) -> list[Link]:
    """Return what can be done with a program's key."""
    return [
        Link(reverse("access-account-key", args=[row.opaque_id, slug]), step.words, step.danger)
        for slug, step in KEY_STEPS.items()
        if step.act in acts
    ]


@sensitive_post_parameters()
@role_required(Role.COUNTRY_ADMIN, Role.ACCESS_APPROVER)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def key(request: SignedInRequest, account_id: str, slug: str) -> HttpResponse:
    """Make a new key for a program and show it once, or end the one it has."""
    row, step = _visible(request, account_id), KEY_STEPS.get(slug)
    if step is None or step.act not in account_acts(request.actor, row):
        raise Http404
    back = reverse("access-account", args=[account_id])
    page: dict[str, Any] = {
        "back_url": back,
        "heading": f"{row.person.name}: {step.words}",
        "texts": [step.text],
        "button": step.words,
        "danger": step.danger,
    }
    if step.act is AccountAct.END_KEY:

        def end(at: datetime, _given: Given) -> None:
            machine_key_end(account_id=account_id, **who(request, at))

        form = ActForm(request.POST if request.method == "POST" else None)
        return asked(request, form, f"official.end_key.{account_id}", end, **page)
    if request.method != "POST":
        return render(request, "act/confirm.html", {"form": ActForm(), "token": fresh_token(), **page})
    return guarded(request, lambda: _renewed(request, account_id, back), back_url=back)


def _renewed(request: SignedInRequest, account_id: str, back: str) -> HttpResponse:
    """Make the key once for each form; the same post again makes nothing and shows nothing."""
    at = now()
    token = {"operation": f"official.renew_key.{account_id}"[:100], "key": request.POST.get(FIELD, "")[:64]}
    with atomic():
        authority = request.actor.authority
        if not form_token_use(authority=authority, **token, actor=request.actor, at=at):
            return HttpResponseRedirect(back)
        made = machine_key_renew(
            account_id=account_id,
            has_second_factor=has_proved_second(request),
            box=secret_box(),
            **who(request, at),
        )
    return key_page(request, made, back_url=back)


@role_required(Role.ACCESS_APPROVER)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: SignedInRequest, account_id: str, slug: str) -> HttpResponse:
    """Suspend, open again or close for good, with a reason."""
    row, step = _visible(request, account_id), STEPS.get(slug)
    if step is None or step.act not in account_acts(request.actor, row):
        raise Http404
    page: dict[str, Any] = {
        "back_url": reverse("access-account", args=[account_id]),
        "heading": f"{row.person.name}: {step.words}",
        "texts": [step.text],
        "button": step.words,
        "danger": step.danger,
    }
    if step.act is AccountAct.SUSPEND:
        form = SuspendForm(request.POST if request.method == "POST" else None)

        def suspend(at: datetime, given: Given) -> None:
            official_suspend(account_id=account_id, why=given["why"], reason=given["reason"], **who(request, at))

        return asked(request, form, f"official.suspend.{account_id}", suspend, **page)
    service = official_restore if step.act is AccountAct.RESTORE else official_revoke

    def do(at: datetime, reason: str) -> None:
        service(account_id=account_id, reason=reason, **who(request, at))

    return decided(request, f"official.{slug}.{account_id}", do, **page)


@role_required(Role.EMBASSY, Role.COUNTRY_ADMIN)
@never_cache
@require_POST
def reconfirm(request: SignedInRequest, account_id: str) -> HttpResponse:
    """Say that the official still holds the post."""
    back = reverse("access-account", args=[_visible(request, account_id).opaque_id])

    def do(at: datetime) -> str:
        official_reconfirm(account_id=account_id, **who(request, at))
        return back

    return act(request, f"official.reconfirm.{account_id}", do, back_url=back)
