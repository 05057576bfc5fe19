"""Permanent names of the events this room writes, by act. Source: `lifecycles.md` 1; `architecture.md` 8."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from opensps.lifecycle import ApplicationAct, CertificateAct, InspectionAct
from opensps.lifecycle.template import TemplateAct

APPLICATION, CERTIFICATE, INSPECTION, TEMPLATE = "application", "certificate", "inspection", "template"
"""Kinds of object."""

_PAST = {
    ApplicationAct.CREATE: "created",
    ApplicationAct.EDIT: "edited",
    ApplicationAct.SUBMIT: "submitted",
    ApplicationAct.DELETE: "deleted",
    ApplicationAct.TAKE_BACK: "taken_back",
    ApplicationAct.OPEN: "opened",
    ApplicationAct.RETURN_FOR_CHANGES: "returned",
    ApplicationAct.ANSWER: "answered",
    ApplicationAct.ANSWER_CLOCK_ENDS: "lapsed",
    ApplicationAct.WORD_ATTESTATIONS: "attestations_worded",
    ApplicationAct.ORDER_INSPECTION: "inspection_ordered",
    ApplicationAct.INSPECTION_PASSED: "inspection_passed",
    ApplicationAct.INSPECTION_ENDED: "inspection_ended",
    ApplicationAct.INSPECTION_FAILED: "inspection_failed",
    ApplicationAct.MARK_READY: "made_ready",
    ApplicationAct.SEND_BACK: "sent_back",
    ApplicationAct.PREPARE_ISSUE: "issue_prepared",
    ApplicationAct.INTEND_ISSUE: "issue_intended",
    ApplicationAct.APPROVE_SECOND: "issue_approved_second",
    ApplicationAct.ISSUE: "issued",
    ApplicationAct.REFUSE: "refused",
    ApplicationAct.REOPEN_ON_APPEAL: "reopened",
    ApplicationAct.AGREE_TO_CANCEL: "cancel_agreed",
    ApplicationAct.CANCEL: "cancelled",
}
_PAST_CERTIFICATE = {
    CertificateAct.ISSUE: "issued",
    CertificateAct.PRINT_COPY: "copy_printed",
    CertificateAct.REPORT_COPY_LOST: "copy_reported_lost",
    CertificateAct.HOLD: "held",
    CertificateAct.EXTEND_HOLD: "hold_extended",
    CertificateAct.HOLD_CLOCK_ENDS: "hold_overdue",
    CertificateAct.LIFT: "hold_lifted",
    CertificateAct.PROPOSE_WITHDRAWAL: "withdrawal_proposed",
    CertificateAct.CONFIRM_WITHDRAWAL: "withdrawn",
    CertificateAct.DECLINE_WITHDRAWAL: "withdrawal_declined",
    CertificateAct.VALIDITY_ENDS: "expired",
}
_PAST_INSPECTION = {
    InspectionAct.REQUEST: "requested",
    InspectionAct.PLAN: "planned",
    InspectionAct.CONFIRM: "confirmed",
    InspectionAct.RESCHEDULE: "rescheduled",
    InspectionAct.START: "started",
    InspectionAct.NOBODY_THERE: "nobody_there",
    InspectionAct.RECORD: "recorded",
    InspectionAct.SAMPLE: "sampled",
    InspectionAct.RESULTS_IN: "results_received",
    InspectionAct.CONCLUDE: "concluded",
    InspectionAct.ORDER_TREATMENT: "treatment_ordered",
    InspectionAct.SIGN_REPORT: "report_signed",
    InspectionAct.CLOSE: "closed",
    InspectionAct.WAIVE: "waived",
    InspectionAct.CANCEL: "cancelled",
}

EVENT_NAMES: Mapping[tuple[str, StrEnum], str] = MappingProxyType(
    {
        **{(APPLICATION, act): f"{APPLICATION}.{past}" for act, past in _PAST.items()},
        **{(CERTIFICATE, act): f"{CERTIFICATE}.{past}" for act, past in _PAST_CERTIFICATE.items()},
        **{(INSPECTION, act): f"{INSPECTION}.{past}" for act, past in _PAST_INSPECTION.items()},
    }
)
"""(kind of object, act) -> ``certificate.issued``."""

TEMPLATE_EVENTS: Mapping[TemplateAct, str] = MappingProxyType(
    {
        TemplateAct.PUBLISH: "template.published",
        TemplateAct.RECORD: "template.recorded",
        TemplateAct.ACKNOWLEDGE: "template.acknowledged",
        TemplateAct.RECORD_ACKNOWLEDGEMENT: "template.acknowledgement_recorded",
        TemplateAct.END: "template.ended",
        TemplateAct.WITHDRAW: "template.withdrawn",
    }
)
"""Act on a template -> name of its event."""

OUTCOME_REPORTED = "certificate.outcome_reported"
"""By the authority that received the goods; the certificate does not move."""

OUTCOME_CORRECTED = "certificate.outcome_corrected"
"""The same authority corrected how much it accepted."""

DOCUMENT_ADDED, DOCUMENT_REMOVED = "application.document_added", "application.document_removed"
"""Acts beside the table: the state does not move."""
