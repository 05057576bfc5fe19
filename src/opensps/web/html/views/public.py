"""Pages for everybody that are not a check: front page, help, the demo's own CA, probes."""

from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from django.db import Error as DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from opensps.events.queries import newest_at
from opensps.web.html import branding, fields
from opensps.web.html.access import public
from opensps.web.html.installation import installation

FOR_EVER = 31_536_000


@public
@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """Show the three doors and, in a demonstration, things to try."""
    return render(request, "public/front.html", {"demo_tasks": _demo_tasks() if installation().is_demo else ()})


def _demo_tasks() -> tuple[tuple[str, str, str], ...]:
    """Return (title, what to do, address) of each task of the demonstration panel."""
    sign_in = reverse("sign-in")
    return (
        (_("Check a certificate"), _("Open the check page and press “Try with a sample”."), reverse("check")),
        (_("Ask for a certificate"), _("Sign in as Exporter, finish the draft and submit it."), sign_in),
        (_("Record an inspection"), _("Sign in as Inspector, record a visit and sign the report."), sign_in),
        (_("Sign it"), _("Sign in as Certifying officer 1: open, read the guard list, sign."), sign_in),
        (_("Take one back"), _("Propose a withdrawal as officer, confirm it as Senior officer."), sign_in),
        (_("Catch a forgery"), _("Download a certificate, change one character, drop it on the check page."), sign_in),
    )


@public
@require_safe
def guide(request: HttpRequest) -> HttpResponse:
    """Show the short help page, linked last in the navigation everywhere."""
    return render(request, "public/help.html")


@public
@require_safe
@gzip_page
def fields_of_a_certificate(request: HttpRequest) -> HttpResponse:
    """Show every field of the standard, from the structure table."""
    return render(request, "public/fields.html", {"groups": fields.groups(get_language() or "en")})


@public
@require_safe
def demo_ca(request: HttpRequest) -> HttpResponse:
    """Show how to trust the demo's own CA, with its fingerprint; not found outside a demo."""
    pem = _demo_ca_pem()
    digest = x509.load_pem_x509_certificate(pem).fingerprint(hashes.SHA256())
    return render(request, "public/demo_ca.html", {"fingerprint": digest.hex(":").upper()})


@public
@require_safe
def demo_ca_file(_request: HttpRequest) -> HttpResponse:
    """Hand out the demo's own CA certificate (PEM)."""
    return HttpResponse(
        _demo_ca_pem(),
        content_type="application/x-x509-ca-cert",
        headers={"Content-Disposition": 'attachment; filename="opensps-demo-ca.crt"'},
    )


def _demo_ca_pem() -> bytes:
    place = installation()
    path = Path(place.ca_certificate) if place.ca_certificate else None
    if not place.is_demo or path is None or not path.is_file():
        raise Http404
    return path.read_bytes()


@public
@require_safe
@gzip_page
@cache_control(max_age=FOR_EVER, public=True, immutable=True)
def stylesheet(_request: HttpRequest, digest: str) -> HttpResponse:
    """Serve the theme with the authority's colours; another content has another address."""
    text, current = branding.stylesheet()
    if digest != current:
        raise Http404
    return HttpResponse(text, content_type="text/css; charset=utf-8")


@public
@require_safe
def healthz(_request: HttpRequest) -> HttpResponse:
    """Answer that the process is alive."""
    return HttpResponse("ok\n", content_type="text/plain")


@public
@require_safe
def readyz(_request: HttpRequest) -> HttpResponse:
    """Answer whether the service can work: its database answers."""
    try:
        newest_at(authority=installation().authority)
    except DatabaseError:
        return HttpResponse("not ready\n", status=503, content_type="text/plain")
    return HttpResponse("ready\n", content_type="text/plain")


@public
@require_safe
def robots(_request: HttpRequest) -> HttpResponse:
    """Keep results and check links out of search engines."""
    return HttpResponse("User-agent: *\nDisallow: /check/result/\nDisallow: /C/\n", content_type="text/plain")
