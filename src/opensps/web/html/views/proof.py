"""The proof bundle behind a check link: the certificate is in the log, and who has seen that log (`trust.md` 6.9)."""

import time
from datetime import timedelta
from pathlib import Path

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from opensps.certification.errors import LogError
from opensps.certification.log_directory import LogDirectory
from opensps.certification.models import Certificate
from opensps.certification.queries import certificate_by_token
from opensps.certification.queries.log import log_place, proof_bundle
from opensps.formats.carriers import CodeTypo, parse_token
from opensps.web.html.access import public
from opensps.web.html.acting import now
from opensps.web.html.installation import installation

FINAL = "private, max-age=31536000, immutable"
"""Under the first witnessed checkpoint a bundle never changes again."""

YOUNG = timedelta(minutes=1)
"""So long after it was sealed a certificate may be on its way into the log."""

LONGEST_WAIT_SECONDS, BETWEEN_SECONDS = 6.0, 0.2


@public
@require_safe
def bundle(request: HttpRequest, token: str) -> HttpResponse:  # noqa: ARG001 Django's signature
    """Return the bundle of a token as it is; nothing there, no log and not logged yet look the same."""
    here = installation()
    try:
        found = certificate_by_token(authority=here.authority, token=parse_token(token))
        place = None if found is None else log_place(authority=here.authority, number=found.number)
        if found is None or place is None or not here.log_directory:
            raise Http404
        directory = LogDirectory.below(Path(here.log_directory), place.origin)
        data = proof_bundle(authority=here.authority, number=found.number, directory=directory)
    except (CodeTypo, LogError) as exc:
        raise Http404 from exc
    headers = {
        "Cache-Control": "no-store" if place.witnessed_at is None else FINAL,
        "Content-Disposition": f'attachment; filename="{found.number}.tlog-proof"',
    }
    return HttpResponse(data, content_type="text/plain; charset=utf-8", headers=headers)


def proof_of(number: str) -> bytes | None:
    """Return the bundle of one of our certificates, if the log has it."""
    here = installation()
    place = log_place(authority=here.authority, number=number) if here.log_directory else None
    if place is None:
        return None
    try:
        directory = LogDirectory.below(Path(here.log_directory), place.origin)
        return proof_bundle(authority=here.authority, number=number, directory=directory)
    except LogError:
        return None


def proof_awaited(certificate: Certificate) -> bytes | None:
    """Return the bundle for a file that people keep, waiting for the log where the certificate was sealed just now.

    A paper without its proof could not be checked offline later, and one that witnesses have not seen only for an hour.
    """
    here, young_until = installation(), certificate.sealed_at + YOUNG
    until = time.monotonic() + LONGEST_WAIT_SECONDS
    while here.log_directory and now() < young_until and time.monotonic() < until:
        place = log_place(authority=certificate.authority, number=certificate.number)
        if place is not None and place.witnessed_at is not None:
            break
        time.sleep(BETWEEN_SECONDS)
    return proof_of(certificate.number)
