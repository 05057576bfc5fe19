"""Signing in and out. In a demonstration one press signs in as any of its people; nowhere else."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib.auth import login, logout
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from opensps.accounts import services as accounts
from opensps.accounts.errors import CodeRefused, NotADemo, NotFound, TooManyTries
from opensps.accounts.queries import passkeys_of, person_by_id
from opensps.accounts.services import SignIn, SignInOutcome
from opensps.signing.passkeys import Entry, entry_challenge
from opensps.web.html.access import public
from opensps.web.html.approving import entry_from, party_of, passkey_options
from opensps.web.html.forms.access import CodeForm
from opensps.web.html.forms.sign_in import SignInForm
from opensps.web.html.installation import installation
from opensps.web.html.proving import SESSION
from opensps.web.html.templatetags.parts import moment_in_words

HALFWAY: Final = "halfway"
"""In the session: whose password was right, when, and the seal of that password and of the sessions of then."""

HALFWAY_SECONDS: Final = 300
NONCE: Final = "halfway_nonce"
"""In the session: what a passkey has to sign for this sign-in; used once."""

MOST_ASSERTION: Final = 8000
BACKEND = "opensps.accounts.backends.PersonBackend"


@dataclass(frozen=True, slots=True)
class DemoRole:
    """One button of the demonstration: who, by which address, and what waits there."""

    email: str
    title: str | Promise
    waiting: str | Promise


DEMO_ROLES = (
    DemoRole("exporter@demo.example", _("Exporter"), _("Greenfields Foods: a draft to finish, changes asked for")),
    DemoRole("agent@demo.example", _("Agent"), _("Applications for Greenfields Foods, a mandate to answer")),
    DemoRole("examiner@demo.example", _("Examiner"), _("Applications waiting for review")),
    DemoRole("reviewer@demo.example", _("Reviewer"), _("Applications to make ready")),
    DemoRole("planner@demo.example", _("Planner"), _("Inspections to plan")),
    DemoRole("inspector@demo.example", _("Inspector"), _("Port Alma: visits of today")),
    DemoRole("officer@demo.example", _("Certifying officer 1"), _("Certificates ready to sign")),
    DemoRole("officer2@demo.example", _("Certifying officer 2"), _("The same queue, another signature")),
    DemoRole("senior@demo.example", _("Senior officer"), _("Withdrawals and holds to decide")),
    DemoRole("manager@demo.example", _("Manager"), _("Certificates of all offices, deliveries, partners")),
    DemoRole("admin@demo.example", _("Administrator"), _("Deliveries, what partners sent, partners")),
    DemoRole("cases@demo.example", _("Case officer"), _("Counterfeit cases, alerts and concerns")),
    DemoRole("border@demo.example", _("Border officer"), _("Certificates of partners at Port Alma")),
    DemoRole("official@demo.example", _("Official of Northland"), _("Certificates on their way to Northland")),
    DemoRole("inquiries@demo.example", _("Inquiry desk"), _("Inquiries of other countries to answer")),
    DemoRole("enquiries@demo.example", _("Enquiry point"), _("Questions about procedures")),
    DemoRole("coordinator@demo.example", _("Coordinator"), _("Matters of several ministries")),
    DemoRole("ministry@demo.example", _("Ministry of Agriculture"), _("What the coordinator gave to it")),
    DemoRole("customs@demo.example", _("Customs"), _("Declarations: clear or not, and why")),
    DemoRole("embassy@demo.example", _("Embassy of Northland"), _("A request for access to confirm")),
    DemoRole("access@demo.example", _("Access reviewer"), _("A request confirmed by the embassy")),
    DemoRole("approver@demo.example", _("Access approver"), _("A request to approve, official accounts")),
)


@public
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Show the form, or sign in; the answer to a wrong pair says nothing about the account."""
    form = SignInForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        attempt = accounts.sign_in_attempt(
            authority=installation().authority,
            email=form.cleaned_data["email"],
            password=form.cleaned_data["password"],
            network=request.META.get("REMOTE_ADDR") or "",
            at=datetime.now(UTC),
        )
        if attempt.outcome is SignInOutcome.ACCEPTED:
            return _enter(request, attempt)
        if attempt.outcome is SignInOutcome.CODE and attempt.person is not None:
            since, seal = int(datetime.now(UTC).timestamp()), attempt.person.get_session_auth_hash()
            request.session[HALFWAY] = [attempt.person.opaque_id, since, seal]
            return HttpResponseRedirect(f"{reverse('sign-in-code')}?{urlencode({'next': _next(request)})}")
        form.add_error(None, _refusal(attempt))
    return render(
        request,
        "account/sign_in.html",
        {"form": form, "next": _next(request), "demo_roles": DEMO_ROLES if installation().is_demo else ()},
        status=422 if form.errors else 200,
    )


@public
@never_cache
@require_POST
def sign_in_demo(request: HttpRequest) -> HttpResponse:
    """Sign in as one of the people of the demonstration; not found anywhere else."""
    place = installation()
    try:
        attempt = accounts.sign_in_demo(
            authority=place.authority,
            email=request.POST.get("email", ""),
            is_demo=place.is_demo,
            at=datetime.now(UTC),
        )
    except (NotADemo, NotFound) as exc:
        raise Http404 from exc
    return _enter(request, attempt)


@public
@never_cache
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session and go to the front page."""
    logout(request)
    return HttpResponseRedirect(reverse("front"))


@public
@never_cache
@sensitive_post_parameters("code", "assertion")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_code(request: HttpRequest) -> HttpResponse:
    """Ask for one-time code or passkey after the right password; the way back to the password is short."""
    person_id, since, seal = (*request.session.get(HALFWAY, ()), "", 0, "")[:3]
    at = datetime.now(UTC)
    if not person_id or at.timestamp() - since > HALFWAY_SECONDS:
        return HttpResponseRedirect(reverse("sign-in"))
    is_passkey = request.method == "POST" and bool(request.POST.get("assertion"))
    form = CodeForm(request.POST if request.method == "POST" else None)
    form.fields["code"].required = not is_passkey
    if request.method == "POST" and form.is_valid():
        try:
            attempt = _proved(request, form, at, person_id=person_id, seal=seal)
        except CodeRefused:
            form.add_error(None if is_passkey else "code", _refused_proof(is_passkey))
        except TooManyTries as exc:
            words = gettext("Too many tries. You can try again at %(time)s.") % {"time": moment_in_words(exc.until)}
            form.add_error(None, words)
        except NotFound:
            return HttpResponseRedirect(reverse("sign-in"))
        else:
            request.session.pop(HALFWAY, None)
            return _enter(request, attempt)
    context = {"form": form, "next": _next(request), "is_demo": installation().is_demo, **_offered(request, person_id)}
    return render(request, "account/code.html", context, status=422 if form.errors else 200)


def _refused_proof(is_passkey: bool) -> str:
    if is_passkey:
        return gettext("This passkey did not prove who you are. Try again.")
    return gettext("This code is wrong or was used before. Wait for the next one.")


def _proved(request: HttpRequest, form: CodeForm, at: datetime, **whose: str) -> SignIn:
    """Complete the sign-in with what the form says. Raises `CodeRefused`, `TooManyTries`, `NotFound`."""
    halfway: dict[str, Any] = {"authority": installation().authority, "at": at, **whose}
    if not request.POST.get("assertion"):
        return accounts.sign_in_code(code=form.cleaned_data["code"], **halfway)
    entry = entry_from(request.POST["assertion"][:MOST_ASSERTION])
    nonce = bytes.fromhex(request.session.pop(NONCE, ""))
    return accounts.sign_in_passkey(
        entry=entry or Entry(b"", b"", b"", b""), nonce=nonce, party=party_of(request), **halfway
    )


def _offered(request: HttpRequest, person_id: str) -> dict[str, Any]:
    """Return what the page offers: a code where there is a device, the person's passkeys with a fresh challenge."""
    authority = installation().authority
    person = person_by_id(authority=authority, person_id=person_id)
    known = passkeys_of(authority=authority, person_id=person_id)
    options = ""
    if known:
        nonce = secrets.token_bytes(32)
        request.session[NONCE] = nonce.hex()
        options = passkey_options(known, party=party_of(request), challenge=entry_challenge(nonce))
    return {"passkey_options": options, "has_codes": person is not None and accounts.has_codes(person)}


def _enter(request: HttpRequest, attempt: SignIn) -> HttpResponse:
    """Start a new session for the person and remember what was proved."""
    login(request, attempt.person, backend=BACKEND)
    request.session[SESSION] = [str(factor) for factor in attempt.proved]
    return HttpResponseRedirect(_next(request))


def _refusal(attempt: SignIn) -> str:
    if attempt.outcome is SignInOutcome.WAIT and attempt.until is not None:
        return gettext("Too many tries. You can try again at %(time)s.") % {"time": moment_in_words(attempt.until)}
    return gettext("Address and password do not belong together.")


def _next(request: HttpRequest) -> str:
    """Return where to go after signing in: the page that was asked for when it is ours, else the work of the day."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return wanted
    return reverse("home")
