"""Whose is it: foreign, missing and not yet visible give the same answer, "not found"."""

from django.http import Http404

from opensps.accounts.mandate_queries import is_agent
from opensps.certification.errors import NotFound
from opensps.certification.models import Application, Certificate, Inspection
from opensps.certification.queries import (
    acts_for,
    application_by_reference,
    application_is_visible_to,
    certificate_by_number,
    certificate_is_visible_to,
    inspection_by_reference,
)
from opensps.lifecycle import ApplicationAct, ApplicationState
from opensps.web.html.access import SignedInRequest


def _application(request: SignedInRequest, reference: str) -> Application:
    try:
        return application_by_reference(authority=request.actor.authority, reference=reference)
    except NotFound as exc:
        raise Http404 from exc


def own_application(request: SignedInRequest, reference: str, *, act: ApplicationAct | None = None) -> Application:
    """Return an application of the actor's organisation, in a state where `act` is on offer if one is named.

    To an agent those belong whose mandate it holds now.
    """
    application = _application(request, reference)
    if is_agent(request.actor):
        is_own = application_is_visible_to(application, request.actor)
    else:
        is_own = application.organisation == request.actor.organisation
    if not is_own or application.state == ApplicationState.DELETED:
        raise Http404
    if act is not None and act not in acts_for(application, actor=request.actor):
        raise Http404
    return application


def visible_application(request: SignedInRequest, reference: str) -> Application:
    """Return an application the actor may read: their organisation's own, or any handed in for officers."""
    application = _application(request, reference)
    if not application_is_visible_to(application, request.actor):
        raise Http404
    return application


def visible_inspection(request: SignedInRequest, reference: str) -> Inspection:
    """Return an inspection whose application the actor may read."""
    try:
        inspection = inspection_by_reference(authority=request.actor.authority, reference=reference)
    except NotFound as exc:
        raise Http404 from exc
    if not application_is_visible_to(inspection.application, request.actor):
        raise Http404
    return inspection


def visible_certificate(request: SignedInRequest, number: str) -> Certificate:
    """Return a certificate the actor may read: their organisation's own, or any for the authority's staff."""
    try:
        certificate = certificate_by_number(authority=request.actor.authority, number=number)
    except NotFound as exc:
        raise Http404 from exc
    if not certificate_is_visible_to(certificate, request.actor):
        raise Http404
    return certificate
