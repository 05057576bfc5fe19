"""Addresses of the pages behind sign-in: applications, inspections, the officer's queue, certificates."""

from django.urls import URLPattern, path

from opensps.web.html import urls_border, urls_cases, urls_exchange, urls_inquiries, urls_templates_agreed
from opensps.web.html.views import (
    applicant,
    certificate_acts,
    certificates,
    documents,
    entries,
    examiner,
    exporter,
    home,
    inspector,
    officer,
    paper,
    passkeys,
    planner,
    steps,
)

_APPLICATION = "applications/<str:reference>"
_EXAMINE = "examine/<str:reference>"
_CERTIFICATE = "certificates/<str:number>"

exporter_patterns: list[URLPattern] = [
    path("applications", exporter.applications, name="applications"),
    path("applications/new", exporter.new, name="application-new"),
    path(_APPLICATION, exporter.application, name="application"),
    *(path(f"{_APPLICATION}/{slug}", steps.step, {"slug": slug}, name=f"application-{slug}") for slug in steps.FORMS),
    path(f"{_APPLICATION}/goods", steps.goods, name="application-goods"),
    path(f"{_APPLICATION}/goods/add", steps.line_add, name="application-line-add"),
    path(f"{_APPLICATION}/goods/<int:number>", steps.line, name="application-line"),
    path(f"{_APPLICATION}/goods/<int:number>/<slug:act>", steps.line_act, name="application-line-act"),
    *(
        path(f"{_APPLICATION}/{slug}{rest}", view, {"slug": slug}, name=f"application-{slug}{name}")
        for slug in entries.LISTED
        for rest, view, name in (
            ("", entries.entries, ""),
            ("/add", entries.entry_add, "-add"),
            ("/<int:number>/<int:place>", entries.entry, "-one"),
            ("/<int:number>/<int:place>/remove", entries.entry_remove, "-remove"),
        )
    ),
    path(f"{_APPLICATION}/documents", documents.documents, name="application-documents"),
    path(f"{_APPLICATION}/documents/<int:document_id>", documents.document, name="application-document"),
    path(
        f"{_APPLICATION}/documents/<int:document_id>/remove",
        documents.document_remove,
        name="application-document-remove",
    ),
    path(f"{_APPLICATION}/check", applicant.check, name="application-check"),
    path(f"{_APPLICATION}/submitted", applicant.submitted, name="application-submitted"),
    path(f"{_APPLICATION}/changes", applicant.changes, name="application-changes"),
    path(f"{_APPLICATION}/take-back", applicant.take_back, name="application-take-back"),
    path(f"{_APPLICATION}/delete", applicant.delete, name="application-delete"),
    path(f"{_APPLICATION}/cancel", applicant.cancel, name="application-cancel"),
    path(f"{_APPLICATION}/again", exporter.again, name="application-again"),
    path(f"{_APPLICATION}/visit", applicant.visit, name="application-visit"),
    path(f"{_APPLICATION}/history", exporter.history, name="application-history"),
    path(f"{_APPLICATION}/preview", exporter.preview, name="application-preview"),
    path(f"{_APPLICATION}/preview.pdf", exporter.draft_pdf, name="application-draft-pdf"),
]
desk_patterns: list[URLPattern] = [
    path("examine", examiner.queue, name="examine"),
    path(_EXAMINE, examiner.application, name="examine-application"),
    path(f"{_EXAMINE}/return", examiner.return_for_changes, name="examine-return"),
    path(f"{_EXAMINE}/inspection", examiner.order_inspection, name="examine-inspection"),
    path(f"{_EXAMINE}/attestations", examiner.attestations, name="examine-attestations"),
    path(f"{_EXAMINE}/refuse", examiner.refuse, name="examine-refuse"),
    path(f"{_EXAMINE}/send-back", examiner.send_back, name="application-send-back"),
    path(f"{_EXAMINE}/act/<slug:name>", examiner.plain_act, name="examine-act"),
    path("inspections", planner.inspections, name="inspections"),
    path("inspections/<str:reference>", planner.inspection, name="inspection"),
    path("inspections/<str:reference>/waive", planner.waive, name="inspection-waive"),
    path("inspect", inspector.today, name="inspect"),
    path("inspect/<str:reference>", inspector.visit, name="visit"),
    path("inspect/<str:reference>/nobody-there", inspector.nobody_there, name="visit-nobody"),
    path("inspect/<str:reference>/<slug:name>", inspector.visit_act, name="visit-act"),
    path("passkeys", passkeys.passkeys, name="passkeys"),
    path("passkeys/remove", passkeys.remove, name="passkey-remove"),
    path("queue", officer.queue, name="queue"),
    path("queue/<str:reference>", officer.application, name="queue-application"),
    path("queue/<str:reference>/prepare", officer.prepare, name="queue-prepare"),
    path("queue/<str:reference>/sign", officer.sign, name="queue-sign"),
    path("queue/<str:reference>/issued", officer.issued, name="queue-issued"),
]
certificate_patterns: list[URLPattern] = [
    path("decisions", certificate_acts.decisions, name="proposals"),
    path("certificates", certificates.certificates, name="certificates"),
    path(_CERTIFICATE, certificates.certificate, name="certificate"),
    path(f"{_CERTIFICATE}/file.<slug:form>", certificates.file, name="certificate-file"),
    path(f"{_CERTIFICATE}/hold", certificate_acts.hold, name="certificate-hold"),
    path(f"{_CERTIFICATE}/lift", certificate_acts.lift, name="certificate-lift"),
    path(f"{_CERTIFICATE}/withdraw", certificate_acts.withdraw, name="certificate-withdraw"),
    path(f"{_CERTIFICATE}/decide", certificate_acts.decide, name="certificate-decide"),
    path(f"{_CERTIFICATE}/paper", paper.paper, name="certificate-paper"),
    path(f"{_CERTIFICATE}/print-copy", certificates.print_copy, name="certificate-copy"),
    path(f"{_CERTIFICATE}/copy-lost", certificate_acts.copy_lost, name="certificate-copy-lost"),
]
urlpatterns: list[URLPattern] = [
    path("home", home.home, name="home"),
    *exporter_patterns,
    *desk_patterns,
    *certificate_patterns,
    *urls_exchange.urlpatterns,
    *urls_border.urlpatterns,
    *urls_cases.urlpatterns,
    *urls_inquiries.urlpatterns,
    *urls_templates_agreed.urlpatterns,
]
