"""Files handed in with an application: judged by their bytes, kept in the database (`lifecycles.md` 3, edit)."""

from datetime import datetime

from django.db import transaction

from opensps.accounts.queries import Actor
from opensps.certification.errors import DocumentRefused, NotFound
from opensps.certification.models import Application, ApplicationDocument
from opensps.certification.names import APPLICATION, DOCUMENT_ADDED, DOCUMENT_REMOVED
from opensps.certification.services.steps import judge_application, locked_application, principal_of, with_agent
from opensps.certification.uploads import judged
from opensps.events.services import event_write
from opensps.lifecycle import ApplicationAct


@transaction.atomic
def application_document_add(
    *,
    authority: str,
    reference: str,
    filename: str,
    data: bytes,
    purpose: str = ApplicationDocument.SUPPORTING,
    actor: Actor,
    at: datetime,
) -> ApplicationDocument:
    """Keep a file with a draft. Raises `DocumentRefused` with a reason code, `ActNotAllowed`, `NotFound`."""
    application = locked_application(authority=authority, reference=reference)
    judge_application(application, ApplicationAct.EDIT, actor=actor, at=at)
    if purpose not in ApplicationDocument.PURPOSES:
        raise DocumentRefused("purpose")
    sizes = tuple(application.documents.values_list("size_bytes", flat=True))
    upload = judged(filename, data, sizes_bytes=sizes)
    if application.documents.filter(sha256=upload.sha256).exists():
        raise DocumentRefused("repeated")
    document = ApplicationDocument.objects.create(
        authority=authority,
        application=application,
        purpose=purpose,
        filename=upload.filename,
        media_type=upload.media_type,
        size_bytes=len(upload.data),
        sha256=upload.sha256,
        content=upload.data,
        added_at=at,
        added_by=actor.id,
    )
    _changed(application, DOCUMENT_ADDED, document, actor=actor, at=at)
    return document


@transaction.atomic
def application_document_remove(
    *, authority: str, reference: str, document_id: int, actor: Actor, at: datetime
) -> None:
    """Take a file out of a draft."""
    application = locked_application(authority=authority, reference=reference)
    judge_application(application, ApplicationAct.EDIT, actor=actor, at=at)
    document = application.documents.filter(pk=document_id).first()
    if document is None:
        raise NotFound(f"{reference} {document_id}")
    _changed(application, DOCUMENT_REMOVED, document, actor=actor, at=at)
    document.delete()


def _changed(application: Application, act: str, document: ApplicationDocument, *, actor: Actor, at: datetime) -> None:
    application.version += 1
    application.applicants = sorted({*application.applicants, actor.id})
    application.changed_at = at
    application.save(update_fields=["version", "applicants", "changed_at"])
    role = judge_application(application, ApplicationAct.EDIT, actor=actor, at=at)[1]
    event_write(
        authority=application.authority,
        object_kind=APPLICATION,
        object_id=application.reference,
        act=act,
        from_state=application.state,
        to_state=application.state,
        actor=actor.id,
        role=role,
        at=at,
        on_behalf_of=principal_of(application, role),
        payload=with_agent({"filename": document.filename, "sha256": bytes(document.sha256).hex()}, actor, role),
    )
