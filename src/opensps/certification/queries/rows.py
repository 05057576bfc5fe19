"""Reading rows by their identity, and the values they hold. One query each; `NotFound` for other authorities' rows."""

import functools

from opensps.certificate import Certificate as CertificateValue
from opensps.certification.completing import AttachedDocument, reviewed_digest, with_documents
from opensps.certification.errors import NotFound
from opensps.certification.models import Application, ApplicationDocument, Inspection, IssueIntention
from opensps.codes import DEMO_COUNTRIES
from opensps.formats import json_form
from opensps.lifecycle import ApplicationState


def application_by_reference(*, authority: str, reference: str) -> Application:
    """Return one application; raise `NotFound`."""
    found = Application.objects.filter(authority=authority, reference=reference).first()
    if found is None:
        raise NotFound(reference)
    return found


def inspection_by_reference(*, authority: str, reference: str) -> Inspection:
    """Return one inspection with its application; raise `NotFound`."""
    rows = Inspection.objects.select_related("application")
    found = rows.filter(authority=authority, reference=reference).first()
    if found is None:
        raise NotFound(reference)
    return found


def inspections_of(application: Application) -> tuple[Inspection, ...]:
    """Return the inspections of an application, newest first."""
    return tuple(application.inspections.order_by("-id"))


def documents_of(application: Application) -> tuple[ApplicationDocument, ...]:
    """Return the files of an application in the order they came, without their content."""
    return tuple(application.documents.defer("content").order_by("id"))


def document_by_id(*, authority: str, reference: str, document_id: int) -> ApplicationDocument:
    """Return one file with its content; raise `NotFound`."""
    rows = ApplicationDocument.objects.filter(authority=authority, application__reference=reference, pk=document_id)
    found = rows.first()
    if found is None:
        raise NotFound(f"{reference} {document_id}")
    return found


def intention_of(application: Application) -> IssueIntention | None:
    """Return the preparation or intention that stands, if any."""
    return application.intentions.exclude(state=IssueIntention.DISCARDED).first()


@functools.lru_cache(maxsize=256)
def _value(text: str) -> CertificateValue:
    return json_form.loads(text)


def application_value(application: Application) -> CertificateValue:
    """Return the draft; raise `NotFound` when its content was erased."""
    if application.state == ApplicationState.DELETED:
        raise NotFound(application.reference)
    return _value(application.value)


def travelling_documents(application: Application) -> tuple[AttachedDocument, ...]:
    """Return the files that travel with the certificate, with their content."""
    rows = application.documents.exclude(purpose=ApplicationDocument.SUPPORTING).order_by("id")
    return tuple(
        AttachedDocument(
            filename=row.filename,
            media_type=row.media_type,
            data=bytes(row.content),
            sha256=bytes(row.sha256),
            is_original=row.purpose == ApplicationDocument.ORIGINAL,
        )
        for row in rows
    )


def application_draft(application: Application) -> CertificateValue:
    """Return the draft with the files that travel with it: what rules judge and reviewers see."""
    return with_documents(application_value(application), travelling_documents(application))


def application_digest(application: Application) -> str:
    """Return the digest of the draft and all its files, as a review fixes it."""
    digests = [bytes(row) for row in application.documents.values_list("sha256", flat=True)]
    return reviewed_digest(application_value(application), digests)


def extra_countries(country: str) -> frozenset[str]:
    """Return the made-up countries an authority of this country accepts: those of the demo, in the demo only."""
    return DEMO_COUNTRIES if country in DEMO_COUNTRIES else frozenset()
