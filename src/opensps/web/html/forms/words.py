"""Words of the codes that the core keeps without words: guards, reasons of refused acts, grounds, events, results.

Every code of the tables in `lifecycle` that can reach a page has one sentence here; a test proves it. Words of
states are not here: they stand in `lifecycle.words` and nowhere else.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from opensps.lifecycle import ActNotAllowed
from opensps.web.html.forms.access_words import REFUSALS as ACCESS_REFUSALS
from opensps.web.html.forms.presentation_words import PRESENTATION_REFUSALS

Words = Mapping[str, str | Promise]

WAIVER_WORDS: Final[Words] = MappingProxyType(
    {
        "no_inspector": _("No inspector can come"),
        "not_safe": _("The visit would not be safe"),
        "technical": _("Technical reasons"),
        "wrong_risk": _("The risk was assessed wrongly"),
        "no_access": _("There is no access to the goods"),
    }
)

IDENTITY_CHECKS: Final[Words] = MappingProxyType(
    {
        "seal": _("Seals compared"),
        "full": _("Goods compared with the papers"),
        "not_done": _("Not done"),
    }
)

METHODS: Final[Words] = MappingProxyType(
    {"weighed": _("Weighed"), "counted": _("Counted"), "documents": _("From the papers")}
)
"""How an inspector measured a quantity."""

CAUSES: Final[Words] = MappingProxyType(
    {
        "required": _("The rules ask for it"),
        "risk": _("Risk"),
        "random": _("Random selection"),
        "hold": _("A certificate is on hold"),
    }
)
"""Why an inspection was ordered."""

PURPOSES: Final[Words] = MappingProxyType(
    {
        "supporting": _("Stays with us"),
        "attached": _("Travels with the certificate"),
        "original_certificate": _("The original certificate of a re-export"),
    }
)
"""What a document is for."""

UPLOADS_REFUSED: Final[Words] = MappingProxyType(
    {
        "empty": _("The file is empty. Choose another one."),
        "too_large": _("The file is larger than 10 MB. Make it smaller, for example with a lower resolution."),
        "too_many": _("There are 20 files already. Remove one before you add another."),
        "total_too_large": _("All files together would be larger than 50 MB. Remove one before you add another."),
        "media_type": _("This is not a PDF, JPEG, PNG or GIF file. Save it in one of these forms and try again."),
        "unreadable": _("The file is damaged or cut off. Save it again and upload the new file."),
        "repeated": _("This file was added already."),
        "filename": _("The file has no usable name. Rename it and try again."),
    }
)
"""Why an upload is not kept."""

INSPECTION_RESULTS: Final[Words] = MappingProxyType(
    {
        "satisfactory": _("Satisfactory"),
        "satisfactory_after_intervention": _("Satisfactory after treatment or sorting"),
        "not_satisfactory": _("Not satisfactory"),
        "not_done": _("Not done"),
        "derogation": _("Exempted by a special rule"),
    }
)

RESULT_TONES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "satisfactory": "ok",
        "satisfactory_after_intervention": "ok",
        "not_satisfactory": "bad",
        "not_done": "warn",
        "derogation": "info",
    }
)

GUARDS: Final[Words] = MappingProxyType(
    {
        "not_applicant": _("You are not the applicant"),
        "four_eyes": _("Somebody else reviewed it"),
        "hard_rules_pass": _("All rules for this certificate are met"),
        "inspection_satisfied": _("The inspection is satisfactory or waived"),
        "inspection_still_valid": _("The inspection is still valid"),
        "within_inspection": _("The quantities lie within the signed inspection report"),
        "sources_cover_lines": _("The goods came in with certificates that cover these quantities"),
        "digest_unchanged": _("The application is as it was reviewed"),
        "seal_not_attempted": _("Nothing was sealed under this application before"),
        "key_valid": _("The signing key is valid"),
        "clock_runs_on": _("The clock of this server is not behind what was sealed before"),
        "template_acknowledged": _("The partner has acknowledged the form of the certificate"),
        "template_current": _("The form of the certificate is valid today"),
        "no_other_open": _("No other application for the same goods is open"),
        "reason_given": _("A reason is given"),
    }
)
"""Names of guards as the officer's checklist says them."""

REASONS: Final[Words] = MappingProxyType(
    {
        "no_such_act": _("The record has moved on, and this is no longer possible. Look at its present state."),
        "role": _("Your role does not allow this. Ask a colleague who holds it."),
        "no_organisation": _("Your account belongs to no organisation. Ask the administrator to add you to one."),
        "other_organisation": _("This belongs to another organisation."),
        "is_applicant": _("You applied for this yourself, so a colleague has to do this."),
        "nobody_met": _("Nobody in this office holds that role. Nothing was changed."),
        "no_paper": _("A case needs at least one paper."),
        "no_finding": _("The owner has to write a finding of altered or counterfeit, with grounds, first."),
        "issuer_not_asked": _("Write down what the issuing authority answered, or add a check that proves it."),
        "no_text": _("Say it in words first."),
        "no_items": _("Enter at least one certificate, or goods without one."),
        "not_clear": _("The goods are not clear. The declaration says why."),
        "no_body": _("Choose a ministry or body of the list."),
        "body_has_it": _("This body has a part of the case already. Ask it again, or take its part back first."),
        "parts_outstanding": _("A part was not reported yet. Wait for it, or take it back first."),
        "case_closed": _("The case is closed. The coordinator can open it again."),
        "other_body": _("This was given to another body."),
        "rules_not_asked": _("The rules could not be checked. Try again."),
        "was_submitted": _("It was submitted before, so it stays on record. Cancel it instead."),
        "was_opened": _("An examiner has opened it. Ask for a change instead."),
        "no_reason": _("Give a reason."),
        "no_fields": _("Pick at least one field and say what should change."),
        "still_in_time": _("The deadline has not ended yet."),
        "no_cause": _("Say why the inspection is ordered."),
        "report_not_signed": _("The inspector has not signed the report yet."),
        "inspection_still_open": _("The inspection is still open."),
        "inspection_failed": _("The inspection was not satisfactory."),
        "no_validity": _("The inspection report does not say how long it is valid."),
        "inspection_too_old": _("The inspection is too old. Order a new one."),
        "not_compared": _("Something could not be compared. Try again."),
        "examiner_has_not_agreed": _("An inspection was ordered, so the examiner has to agree first."),
        "no_inspection_ordered": _("No inspection was ordered."),
        "is_reviewer": _("You reviewed this application, so a colleague has to sign it."),
        "changed_after_review": _("The application changed after the review. Send it back."),
        "sealing_attempted": _("A seal was already attempted. Only the same bytes may be sealed; continue that issue."),
        "other_officer_prepared": _("Another officer prepared this. Prepare it yourself to sign it."),
        "other_digest": _("The document is no longer the one you were shown. Look at it again before you sign."),
        "no_approval": _("The approval is missing. Enter your password."),
        "no_intention": _("Nothing was approved for sealing."),
        "same_officer": _("You approved it first, so a colleague has to approve it as well."),
        "no_second_awaited": _("No second approval is awaited."),
        "second_officer_missing": _("A second officer has to approve it first."),
        "output_not_verified": _("The sealed document did not pass our own check. Nothing was issued."),
        "unknown_reason_code": _("Choose a reason from the list."),
        "no_legal_ground": _("Name the legal ground."),
        "appeal_too_late": _("The time for an appeal is over."),
        "same_examiner": _("Another examiner has to take the appeal."),
        "no_date": _("Enter the day of the decision."),
        "date_out_of_range": _("The day of the decision is too late or in the past. Ten working days are the limit."),
        "extended_before": _("The hold was extended once; it cannot be extended again."),
        "proposal_open": _("A proposal to withdraw is open. Decide on it first."),
        "no_proposal": _("There is no open proposal to withdraw."),
        "same_person": _("You proposed this yourself, so a second person has to decide."),
        "still_valid": _("It is still valid."),
        "inspector_has_conflict": _("This inspector belongs to the applicant. Choose another one."),
        "other_inspector": _("This visit is assigned to another inspector."),
        "no_slot": _("Enter day and place of the visit."),
        "not_confirmed": _("The exporter has not confirmed the visit yet."),
        "rescheduled_before": _("The visit was moved once already. Speak to the office."),
        "no_sample_id": _("Enter the number of every sample."),
        "sample_open": _("A sample is still at the laboratory."),
        "unknown_result": _("Choose a result from the list."),
        "no_treatment": _("No treatment can help here."),
        "law_forces_inspection": _("The law demands this inspection; it cannot be waived."),
        "application_still_open": _("The application is still open."),
        "not_ahead": _(
            "The day has to lie ahead: a form of ours begins tomorrow at the earliest, and ends today at the earliest."
        ),
        "other_side": _("Only the authority it was agreed with can acknowledge it."),
        "no_reference": _("Say which letter it was."),
        "no_copy": _("No copy of this number was printed."),
        "lost_before": _("This copy was reported lost already."),
        "clock_behind": _(
            "The clock of this server lies before a certificate that is sealed already. Nothing is signed until it is"
            " put right. Tell the administrator."
        ),
        "template_not_acknowledged": _(
            "The authority of the destination has not acknowledged the form of this certificate yet. Nothing can be"
            " submitted until it does."
        ),
        "no_template_in_force": _("No form of this certificate agreed with the destination is valid today."),
        "template_not_current": _(
            "The form this was prepared on is not valid any more. Send the application back: the review puts it on"
            " the form that is valid now."
        ),
        "no_country": _("Enter the countries the partner serves first."),
        "no_document": _("Agree first which types of certificate are exchanged, with which status."),
        "no_channel": _("Set up a connection with the partner first."),
        "no_confirmed_key": _("A key of the partner must be confirmed by a second person first."),
        "no_policy_contact": _("Enter a contact for policy first."),
        "no_technical_contact": _("Enter a technical contact first."),
        "no_duty_desk_contact": _("Enter the contact of the duty desk first."),
        "not_signed": _("The agreement is not signed yet."),
        "not_measured": _(
            "Too few certificates have been compared with the paper. Give the reason if a smaller number was agreed."
        ),
        "not_retested": _("A key changed, so the golden messages must be passed again first."),
    }
)
"""Sentences for the reason codes of guards and of refused acts."""

RECORDS: Final[Words] = MappingProxyType(
    {
        "address": _("Enter the address; it must be a complete one the partner can be reached at."),
        "code": _("Use two to sixteen letters, digits or hyphens."),
        "name_missing": _("Enter the name."),
        "code_taken": _("There is a partner with this code already."),
        "connection": _("This connection does not exist any more."),
        "connection_taken": _("There is a connection with this name on this channel already."),
        "contact_role": _("Choose whether the contact is for policy, technical matters or the duty desk."),
        "country": _("Enter countries by their two letters, for example XB."),
        "credential": _("This key does not exist any more, or is not waiting for confirmation."),
        "fallback_needs_end": _("Enter the reason, and an end within 14 days."),
        "fingerprint": _("Enter the fingerprint: 64 hexadecimal digits."),
        "fingerprint_differs": _("This is not the fingerprint on record. Do not confirm it; ask the partner again."),
        "key_ended": _("A key of this connection has ended. Record and confirm the new one first, then resume."),
        "key_over": _("This certificate is out of date already. Ask the partner for the new one."),
        "key_taken": _("Another partner uses this key already."),
        "material": _("This is neither a certificate nor a public key that can be read."),
        "name": _("Enter the name their program uses."),
        "no_key": _("Nothing protects secrets in this installation yet, so none is kept. Tell the operators."),
        "private": _("This is a private key. Never send or paste one; ask them for a new key and its public part."),
        "name_taken": _("Another partner uses this name already."),
        "no_channel": _("There is no active connection with this partner."),
        "no_reason": _("Enter the reason."),
        "same_person": _("You wrote this down yourself, so a second person has to confirm it."),
        "second_way": _("Choose the second way by which the fingerprint was compared."),
        "state": _("The partner is not at the step where this can be done."),
        "talk": _("This conversation does not exist any more."),
        "talk_open": _("A conversation in this direction is under way already."),
        "too_many": _("There are too many already."),
        "tried_just_now": _("It was tested a moment ago. Wait ten seconds."),
        "too_many_rules": _("There are too many rules, or two that contradict each other."),
    }
)
"""Why a partner's record cannot be changed so."""

LISTED: Final[Words] = MappingProxyType(
    {
        "hard_rules_pass": _("Some rules are not met yet: %(details)s"),
        "named_fields_touched": _("These fields were named in the notice and have not been changed: %(details)s"),
        "within_inspection": _("More is asked for than the inspection found: %(details)s"),
        "sources_cover_lines": _("The import certificate does not cover these lines (what is left): %(details)s"),
        "unit_with_every_value": _("These values have no unit: %(details)s"),
        "every_line_is_measured": _("These lines have no quantity found yet: %(details)s"),
    }
)
"""Guards whose reason is a list of places rather than a code."""

EVENT_TITLES: Final[Words] = MappingProxyType(
    {
        "application.created": _("Application begun"),
        "application.edited": _("Application changed"),
        "application.submitted": _("Application submitted"),
        "application.document_added": _("Document added"),
        "application.document_removed": _("Document removed"),
        "application.deleted": _("Draft deleted"),
        "application.taken_back": _("Application taken back"),
        "application.opened": _("Examination begun"),
        "application.returned": _("Returned for changes"),
        "application.answered": _("Changes sent"),
        "application.lapsed": _("Closed because no answer came in time"),
        "application.attestations_worded": _("Statements worded"),
        "application.inspection_ordered": _("Inspection ordered"),
        "application.inspection_passed": _("Inspection passed"),
        "application.inspection_ended": _("Inspection ended without a visit"),
        "application.inspection_failed": _("Inspection not passed"),
        "application.made_ready": _("Reviewed and ready to sign"),
        "application.sent_back": _("Sent back to examination"),
        "application.issue_prepared": _("Prepared for signature"),
        "application.issue_intended": _("Approved by the certifying officer"),
        "application.issue_approved_second": _("Approved by a second officer"),
        "application.issued": _("Certificate issued"),
        "application.refused": _("Refused"),
        "application.reopened": _("Reopened on appeal"),
        "application.cancel_agreed": _("Examiner agreed to the cancellation"),
        "application.cancelled": _("Cancelled"),
        "certificate.issued": _("Certificate issued"),
        "certificate.copy_printed": _("Copy printed"),
        "certificate.copy_reported_lost": _("Copy reported lost"),
        "certificate.held": _("Put on hold"),
        "certificate.hold_extended": _("Hold extended"),
        "certificate.hold_overdue": _("Hold past its date of decision"),
        "certificate.hold_lifted": _("Hold lifted"),
        "certificate.withdrawal_proposed": _("Withdrawal proposed"),
        "certificate.withdrawn": _("Withdrawn"),
        "certificate.withdrawal_declined": _("Proposal to withdraw declined"),
        "certificate.expired": _("Validity ended"),
        "certificate.outcome_reported": _("Outcome reported by the importing country"),
        "certificate.outcome_corrected": _("Outcome corrected by the importing country"),
        "certificate.delivery_received": _("Received by the partner"),
        "certificate.delivery_received_remarks": _("Received by the partner with remarks"),
        "certificate.delivery_unreadable": _("The partner could not read it"),
        "certificate.delivery_rejected": _("Rejected by the partner"),
        "certificate.delivery_expired": _("The partner did not acknowledge it in time"),
        "certificate.delivery_failed": _("Delivery given up"),
        "certificate.delivery_blocked": _("Delivery not possible"),
        "certificate.delivery_not_needed": _("Delivery not needed"),
        "certificate.delivery_late": _("The partner has not acknowledged it yet"),
        "inspection.requested": _("Inspection requested"),
        "inspection.planned": _("Visit planned"),
        "inspection.confirmed": _("Visit confirmed by the exporter"),
        "inspection.rescheduled": _("Exporter asked for another day"),
        "inspection.started": _("Visit begun"),
        "inspection.nobody_there": _("Nobody there"),
        "inspection.recorded": _("Findings recorded"),
        "inspection.sampled": _("Sample taken"),
        "inspection.results_received": _("Laboratory results in"),
        "inspection.concluded": _("Visit concluded"),
        "inspection.treatment_ordered": _("Treatment ordered"),
        "inspection.report_signed": _("Report signed"),
        "inspection.closed": _("Inspection closed"),
        "inspection.waived": _("Inspection waived"),
        "inspection.cancelled": _("Inspection cancelled"),
    }
)
"""What an event is called in a timeline, by its permanent name."""

ROLES: Final[Words] = MappingProxyType(
    {
        "exporter": _("Exporter"),
        "trade_agent": _("Agent"),
        "examiner": _("Examiner"),
        "reviewer": _("Reviewer"),
        "planner": _("Planner"),
        "inspector": _("Inspector"),
        "certifying_officer": _("Certifying officer"),
        "senior_officer": _("Senior officer"),
        "border_officer": _("Border officer"),
        "border_supervisor": _("Border supervisor"),
        "case_officer": _("Case officer"),
        "inquiry_desk": _("Inquiry desk"),
        "enquiry_desk": _("Enquiry point"),
        "coordinator": _("Coordinator"),
        "liaison": _("Liaison of a ministry or body"),
        "customs": _("Customs"),
        "access_reviewer": _("Access reviewer"),
        "access_approver": _("Access approver"),
        "foreign_officer": _("Official of another country"),
        "country_admin": _("Country administrator"),
        "embassy": _("Embassy"),
        "manager": _("Manager"),
        "administrator": _("Administrator"),
        "system": _("System"),
        "clock": _("Deadline"),
        "partner": _("Authority of another country"),
    }
)


def word(words: Words, code: str) -> str:
    """Return the word of a code in the reader's language, or the code itself where it has none."""
    return str(words.get(code, code))


def why_not(refusal: ActNotAllowed) -> str:
    """Return one sentence that says why an act was refused, in the reader's language."""
    if refusal.reason != "guard":
        return word(REASONS, refusal.reason)
    return why_blocked(refusal.guard or "", refusal.detail or "")


def why_record(reason: str) -> str:
    """Return one sentence that says why a partner's record cannot be changed so."""
    if reason in RECORDS:
        return word(RECORDS, reason)
    return gettext("What was entered cannot be used (%(code)s).") % {"code": reason}


def why_blocked(guard: str, detail: str) -> str:
    """Return one sentence that says why a guard failed."""
    for table in (REASONS, ACCESS_REFUSALS, PRESENTATION_REFUSALS):
        if detail in table:
            return word(table, detail)
    if detail.startswith("not_passed_"):
        return gettext("The golden messages have not been passed on every channel and in both directions yet.")
    if guard in LISTED:
        filled: dict[str, Any] = {"details": ", ".join(detail.split(","))}
        return str(LISTED[guard]) % filled
    return gettext("A condition for this is not met (%(code)s).") % {"code": detail or guard}
