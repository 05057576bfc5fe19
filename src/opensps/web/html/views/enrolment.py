"""The one-time link of an approved official: own password, own device, terms; then the recovery codes, shown once."""

from typing import Any, Final

from django.conf import settings
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from opensps.accounts.access_queries import AccessRequest, ApplicantKind
from opensps.accounts.errors import CodeRefused, EmailTaken, LinkOver, PasswordRefused
from opensps.accounts.one_time_codes import enrolment_address, secret_of, secret_text
from opensps.accounts.services import Chosen, Enrolled, access_enrol, link_request, new_secret
from opensps.exchange.services.machine_accounts import MachineKey, machine_enrol
from opensps.formats import qr
from opensps.lifecycle import ActNotAllowed
from opensps.web.html.access import public
from opensps.web.html.acting import now
from opensps.web.html.forms.access import ProgramSetUpForm, SetUpForm, password_problem
from opensps.web.html.forms.words import why_not
from opensps.web.html.installation import installation
from opensps.web.html.protection import secret_box
from opensps.web.html.views.access_parts import request_facts

_SALT: Final = "opensps.enrolment"
_MINUTES: Final = 3600


def device_context(secret: bytes, *, account: str) -> dict[str, Any]:
    """Return what a page shows so that a device learns the secret: a picture, the letters, and the signed field."""
    address = enrolment_address(secret, issuer=installation().check_host, account=account)
    letters = secret_text(secret)
    return {
        "picture": _picture(address),
        "letters": " ".join(letters[at : at + 4] for at in range(0, len(letters), 4)),
        "signed": signing.dumps(letters, salt=_SALT),
    }


def _picture(address: str) -> SafeString:
    return mark_safe(qr.svg(address, level="M", module_mm=0.9))  # noqa: S308 drawn by us from modules, no text in it


def secret_from(request: HttpRequest) -> bytes:
    """Return the secret the page before showed, or a fresh one when it is too old or not ours."""
    try:
        return secret_of(signing.loads(request.POST.get("device", ""), salt=_SALT, max_age=_MINUTES))
    except (signing.BadSignature, ValueError):
        return new_secret()


@public
@never_cache
@sensitive_post_parameters("password", "code")
@require_http_methods(["GET", "HEAD", "POST"])
def enrol(request: HttpRequest, link: str) -> HttpResponse:
    """Show the form of a link that still works, or open the account and show its recovery codes."""
    authority = installation().authority
    try:
        row = link_request(authority=authority, link=link, at=now())
    except LinkOver as exc:
        raise Http404 from exc
    if row.kind == ApplicantKind.MACHINE:
        return _program(request, row, link)
    secret = secret_from(request)
    form = SetUpForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        made = _enrolled(form, link, secret)
        if made is not None:
            context = {"codes": made.recovery_codes, "email": made.person.email}
            return render(request, "access/recovery.html", context)
    return render(request, "access/enrol.html", _context(row, form, secret), status=422 if form.errors else 200)


def _program(request: HttpRequest, row: AccessRequest, link: str) -> HttpResponse:
    """Show what is agreed to, or open the account of a program and show its key, once."""
    form = ProgramSetUpForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = machine_enrol(
                authority=installation().authority,
                link=link,
                accepts_terms=form.cleaned_data["accepts_terms"],
                box=secret_box(),
                at=now(),
            )
        except EmailTaken:
            form.add_error(None, _("There is an account with this mail address already."))
        except ActNotAllowed as exc:
            form.add_error(None, why_not(exc))
        else:
            return key_page(request, made)
    context = {"form": form, "facts": request_facts(row)}
    return render(request, "access/enrol_program.html", context, status=422 if form.errors else 200)


def key_page(request: HttpRequest, made: MachineKey, *, back_url: str = "") -> HttpResponse:
    """Show the key of a program, this once."""
    host = settings.OPENSPS_PARTNER_URL or f"https://{request.get_host()}"
    context = {
        "made": made,
        "name": made.account.person.name,
        "scopes": " ".join(made.scopes),
        "token_url": host + reverse("oauth-token"),
        "service_url": host + reverse("soap-certificate-service"),
        "back_url": back_url,
    }
    return render(request, "access/program_key.html", context)


def _context(row: AccessRequest, form: SetUpForm, secret: bytes) -> dict[str, Any]:
    return {"form": form, "facts": request_facts(row), **device_context(secret, account=row.email)}


def _enrolled(form: SetUpForm, link: str, secret: bytes) -> Enrolled | None:
    """Open the account, or put what is wrong beside its field and return None."""
    given = form.cleaned_data
    try:
        return access_enrol(
            authority=installation().authority,
            link=link,
            password=given["password"],
            chosen=Chosen(secret, given["code"]),
            accepts_terms=given["accepts_terms"],
            at=now(),
        )
    except CodeRefused:
        form.add_error("code", _("This is not the code your device shows now. Wait for the next one."))
    except PasswordRefused as exc:
        form.add_error("password", password_problem(exc.reasons))
    except EmailTaken:
        form.add_error(None, _("There is an account with this mail address already."))
    except ActNotAllowed as exc:
        form.add_error(None, why_not(exc))
    return None
