"""What a partner's programmer reads, with the addresses of this very installation; source `ux.md` 6.8."""

from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from opensps.exchange.webhook_notices import SUBSCRIBABLE
from opensps.web.developers.limits import SECTIONS
from opensps.web.developers.reference import reference
from opensps.web.developers.sample_mail import sample_mail
from opensps.web.html.access import public
from opensps.web.rest.api import api
from opensps.web.rest.description import BASE, described
from opensps.web.soap.samples import sample_names

HUB, SERVICE, PUSH = "soap-hub", "soap-certificate-service", "soap-nppo"
MAIL_SAMPLE_NAME: Final = "sps-sample.eml"


def _addresses(request: HttpRequest) -> dict[str, Any]:
    """Return the real addresses: pages and API under the host in use, certificates of clients at the partner port."""
    site = f"https://{request.get_host()}"
    port = settings.OPENSPS_PARTNER_URL.rstrip("/")
    machines = port or site
    return {
        "site": site,
        "partner_port": port,
        "machines": machines,
        "rest": site + BASE,
        "hub": machines + reverse(HUB),
        "push": machines + reverse(PUSH),
        "service": machines + reverse(SERVICE),
        "mail_address": settings.OPENSPS_MAIL_ADDRESS,
    }


@public
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Say what a partner's machine can do here, one card a channel, and the steps from sandbox to live."""
    return render(request, "developers/overview.html", _addresses(request))


@public
@require_safe
def quick_start(request: HttpRequest) -> HttpResponse:
    """Lead from a token to an acknowledgement."""
    return render(request, "developers/quick_start.html", _addresses(request))


@public
@require_safe
def soap(request: HttpRequest) -> HttpResponse:
    """Show contracts, schema and samples of both SOAP services, and first calls."""
    files = {
        "hub_file": reverse(HUB),
        "push_file": reverse(PUSH),
        "service_file": reverse(SERVICE),
        "samples": sample_names(),
    }
    return render(request, "developers/soap.html", _addresses(request) | files)


@public
@require_safe
def mail(request: HttpRequest) -> HttpResponse:
    """Show the mail profile and a sample."""
    context = {"sample": sample_mail().decode("ascii", "replace").replace("\r\n", "\n")}
    return render(request, "developers/mail.html", _addresses(request) | context)


@public
@require_safe
def mail_sample(_request: HttpRequest) -> HttpResponse:
    """Hand out the sample as a file."""
    return HttpResponse(
        sample_mail(),
        content_type="message/rfc822",
        headers={"Content-Disposition": f'attachment; filename="{MAIL_SAMPLE_NAME}"'},
    )


@public
@require_safe
def keys(request: HttpRequest) -> HttpResponse:
    """Say which keys there are, how they are made, and how they are changed."""
    return render(request, "developers/keys.html", _addresses(request))


@public
@require_safe
def webhooks(request: HttpRequest) -> HttpResponse:
    """Show what a webhook says, how it is checked, and what becomes of one that is not answered."""
    return render(request, "developers/webhooks.html", _addresses(request) | {"events": SUBSCRIBABLE})


@public
@require_safe
def limits(request: HttpRequest) -> HttpResponse:
    """Show every limit, as it is enforced."""
    return render(request, "developers/limits.html", {"sections": SECTIONS})


@public
@require_safe
@gzip_page
def api_reference(request: HttpRequest) -> HttpResponse:
    """Show the description of the API (`docs/api/openapi.json`) for people."""
    return render(request, "developers/reference.html", _addresses(request) | {"reference": reference(described(api))})
