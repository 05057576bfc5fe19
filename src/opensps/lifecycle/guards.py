"""The guards: named questions that must be answered well before an act. Source: `lifecycles.md` 3, 4, 8.

Each is a pure function of the facts and returns ``None`` or the code of the reason why it fails. Facts default to
what makes a guard fail: what a service forgot to say is not so. Reason codes are permanent. One file for all of them,
so that a guard and the facts it reads are found at one place.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType

from opensps.lifecycle.inspection import INSPECTION_RESULTS, SATISFYING_RESULTS, WAIVER_REASONS


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known when an act is asked for. A guard reads only what it needs."""

    at: datetime | None = None
    """Aware UTC; the moment of the act."""

    actor: str = ""
    actor_organisation: str | None = None
    is_officer: bool = False
    organisation: str = ""
    """The applicant's organisation."""

    mandate: str | None = None
    """Of an agent: why no mandate of the organisation allows the act, ``""`` when one does; ``None``: not an agent."""

    applicants: frozenset[str] = frozenset()
    """People who applied or changed the application."""

    reason: str = ""
    reason_code: str = ""
    known_reason_codes: frozenset[str] = frozenset()
    legal_ground: str = ""
    severe_rules: tuple[str, ...] | None = None
    """Rules with a SEVERE finding; ``None`` when nobody asked them."""

    was_submitted: bool = True
    was_opened: bool = True
    returned_fields: frozenset[str] = frozenset()
    touched_fields: frozenset[str] = frozenset()
    due_at: datetime | None = None
    cause: str = ""
    report_signed: bool = False
    inspection_over: bool = False
    """Waived or cancelled."""

    inspection_required: bool = True
    inspection_result: str = ""
    inspection_waived: bool = False
    inspection_valid_until: date | None = None
    beyond_inspection: tuple[str, ...] | None = None
    """Lines that ask for more than the signed report found; ``None`` when nobody compared."""

    uncovered_sources: tuple[str, ...] | None = None
    """Lines of a re-export that ask for more than came in; ``None`` when nobody counted."""

    inspection_ordered: bool | None = None
    examiner_agreed: bool = False
    reviewer: str = ""
    has_four_eyes: bool = True
    digest_now: str = ""
    digest_reviewed: str = ""
    is_sealing_attempted: bool = True
    prepared_by: str = ""
    prepared_digest: str = ""
    shown_digest: str = ""
    approval_method: str = ""
    has_intention: bool = False
    needs_second: bool | None = None
    """Whether the certificate needs a second officer; ``None`` when nobody looked."""

    second_approved_by: str = ""
    is_output_verified: bool = False
    appeal_until: datetime | None = None
    former_examiner: str = ""
    new_examiner: str = ""
    decide_by: date | None = None
    latest_decide_by: date | None = None
    was_extended: bool = True
    has_proposal: bool | None = None
    proposer: str = ""
    valid_until: date | None = None
    inspector: str = ""
    inspector_organisation: str | None = None
    planned_on: date | None = None
    place: str = ""
    is_confirmed: bool = False
    is_unannounced: bool = False
    was_rescheduled: bool = True
    values_without_unit: tuple[str, ...] | None = None
    open_samples: int | None = None
    sample_ids: tuple[str, ...] = ()
    unmeasured_lines: tuple[str, ...] | None = None
    law_forces_inspection: bool = True
    application_ended: bool = False
    is_treatment_possible: bool = False
    newest_at: datetime | None = None
    """When the authority last sealed something; ``None`` before the first time."""

    is_newest_known: bool = False
    """Whether anybody looked."""

    copy: int | None = None
    """Number of a printed copy, 0 for the original paper."""

    copies: int = -1
    """How many copies were printed."""

    lost_copies: frozenset[int] = frozenset()
    template_missing: str | None = None
    """Why no template agreed with the destination can be used; ``""`` where one can, ``None`` when nobody looked."""

    template_outdated: str | None = None
    """Why the template this was prepared on cannot be issued today; ``None`` when nobody looked."""


Guard = Callable[[Facts], str | None]

CAUSES = frozenset({"required", "risk", "random", "hold"})
"""Why an inspection may be ordered."""

APPROVAL_METHODS = frozenset({"password", "webauthn"})
"""How an officer may approve a digest (`trust.md` 6.14)."""


CLOCKS_DIFFER = timedelta(hours=1)
"""How far our clock may lie before what was sealed already."""


def _organisation_known(facts: Facts) -> str | None:
    return None if facts.actor_organisation else "no_organisation"


def _own_organisation(facts: Facts) -> str | None:
    return None if facts.organisation and facts.actor_organisation == facts.organisation else "other_organisation"


def _mandate_valid(facts: Facts) -> str | None:
    return _own_organisation(facts) if facts.mandate is None else facts.mandate or None


def _own_or_officer(facts: Facts) -> str | None:
    return None if facts.is_officer else _own_organisation(facts)


def _not_applicant(facts: Facts) -> str | None:
    is_applicant = facts.actor in facts.applicants or (
        facts.actor_organisation is not None and facts.actor_organisation == facts.organisation
    )
    return "is_applicant" if is_applicant or not facts.actor else None


def _hard_rules_pass(facts: Facts) -> str | None:
    if facts.severe_rules is None:
        return "rules_not_asked"
    return ",".join(facts.severe_rules) or None


def _never_submitted(facts: Facts) -> str | None:
    return "was_submitted" if facts.was_submitted else None


def _not_opened(facts: Facts) -> str | None:
    return "was_opened" if facts.was_opened else None


def _reason_given(facts: Facts) -> str | None:
    return None if facts.reason.strip() else "no_reason"


def _reason_and_fields_given(facts: Facts) -> str | None:
    return _reason_given(facts) or (None if facts.returned_fields else "no_fields")


def _named_fields_touched(facts: Facts) -> str | None:
    if not facts.returned_fields:
        return "no_fields"
    return ",".join(sorted(facts.returned_fields - facts.touched_fields)) or None


def _is_late(facts: Facts) -> str | None:
    return None if facts.at is not None and facts.due_at is not None and facts.at > facts.due_at else "still_in_time"


def _cause_given(facts: Facts) -> str | None:
    return None if facts.cause in CAUSES else "no_cause"


def _report_is_signed(facts: Facts) -> str | None:
    return None if facts.report_signed else "report_not_signed"


def _waived_or_cancelled(facts: Facts) -> str | None:
    return None if facts.inspection_over else "inspection_still_open"


def _inspection_satisfied(facts: Facts) -> str | None:
    if not facts.inspection_required or facts.inspection_waived:
        return None
    if not facts.report_signed:
        return "report_not_signed"
    return None if facts.inspection_result in SATISFYING_RESULTS else "inspection_failed"


def _inspection_still_valid(facts: Facts) -> str | None:
    if facts.inspection_valid_until is None:
        return None if facts.inspection_waived or not facts.inspection_required else "no_validity"
    return None if facts.at is not None and facts.at.date() <= facts.inspection_valid_until else "inspection_too_old"


def _within_inspection(facts: Facts) -> str | None:
    if facts.beyond_inspection is None:
        return "not_compared"
    return ",".join(facts.beyond_inspection) or None


def _sources_cover_lines(facts: Facts) -> str | None:
    if facts.uncovered_sources is None:
        return "not_compared"
    return ", ".join(facts.uncovered_sources) or None


def _examiner_agrees(facts: Facts) -> str | None:
    is_free = facts.inspection_ordered is False or facts.examiner_agreed
    return None if is_free else "examiner_has_not_agreed"


def _inspection_was_ordered(facts: Facts) -> str | None:
    return None if facts.inspection_ordered else "no_inspection_ordered"


def _four_eyes(facts: Facts) -> str | None:
    return "is_reviewer" if facts.has_four_eyes and facts.actor in {facts.reviewer, ""} else None


def _digest_unchanged(facts: Facts) -> str | None:
    return None if facts.digest_now and facts.digest_now == facts.digest_reviewed else "changed_after_review"


def _seal_not_attempted(facts: Facts) -> str | None:
    return "sealing_attempted" if facts.is_sealing_attempted else None


def _same_officer_prepared(facts: Facts) -> str | None:
    return None if facts.prepared_by and facts.actor == facts.prepared_by else "other_officer_prepared"


def _prepared_d_unchanged(facts: Facts) -> str | None:
    return None if facts.prepared_digest and facts.shown_digest == facts.prepared_digest else "other_digest"


def _approval_given(facts: Facts) -> str | None:
    return None if facts.approval_method in APPROVAL_METHODS else "no_approval"


def _intention_stored(facts: Facts) -> str | None:
    return None if facts.has_intention else "no_intention"


def _second_officer(facts: Facts) -> str | None:
    return None if facts.prepared_by and facts.actor not in {facts.prepared_by, ""} else "same_officer"


def _second_is_awaited(facts: Facts) -> str | None:
    return None if facts.needs_second and not facts.second_approved_by else "no_second_awaited"


def _second_approved(facts: Facts) -> str | None:
    is_given = facts.second_approved_by not in {facts.prepared_by, ""}
    return None if facts.needs_second is False or is_given else "second_officer_missing"


def _own_output_verifies(facts: Facts) -> str | None:
    return None if facts.is_output_verified else "output_not_verified"


def _reason_code_known(facts: Facts) -> str | None:
    return None if facts.reason_code in facts.known_reason_codes else "unknown_reason_code"


def _legal_ground_given(facts: Facts) -> str | None:
    return None if facts.legal_ground.strip() else "no_legal_ground"


def _appeal_in_time(facts: Facts) -> str | None:
    in_time = facts.at is not None and facts.appeal_until is not None and facts.at <= facts.appeal_until
    return None if in_time else "appeal_too_late"


def _new_examiner(facts: Facts) -> str | None:
    return None if facts.new_examiner and facts.new_examiner != facts.former_examiner else "same_examiner"


def _decide_by_set(facts: Facts) -> str | None:
    if facts.at is None or facts.decide_by is None or facts.latest_decide_by is None:
        return "no_date"
    return None if facts.at.date() <= facts.decide_by <= facts.latest_decide_by else "date_out_of_range"


def _not_extended_before(facts: Facts) -> str | None:
    return "extended_before" if facts.was_extended else None


def _no_open_proposal(facts: Facts) -> str | None:
    return None if facts.has_proposal is False else "proposal_open"


def _proposal_exists(facts: Facts) -> str | None:
    return None if facts.has_proposal else "no_proposal"


def _other_person(facts: Facts) -> str | None:
    return "same_person" if not facts.proposer or facts.actor in {facts.proposer, ""} else None


def _validity_is_over(facts: Facts) -> str | None:
    is_over = facts.at is not None and facts.valid_until is not None and facts.at.date() > facts.valid_until
    return None if is_over else "still_valid"


def _is_sealed(facts: Facts) -> str | None:
    return _own_output_verifies(facts)


def _inspector_free_of_conflict(facts: Facts) -> str | None:
    has_conflict = facts.inspector in facts.applicants or (
        facts.inspector_organisation is not None and facts.inspector_organisation == facts.organisation
    )
    return "inspector_has_conflict" if has_conflict or not facts.inspector else None


def _inspector_is_named(facts: Facts) -> str | None:
    return None if facts.inspector and facts.actor == facts.inspector else "other_inspector"


def _slot_is_complete(facts: Facts) -> str | None:
    return None if facts.planned_on is not None and facts.place.strip() else "no_slot"


def _confirmed_or_unannounced(facts: Facts) -> str | None:
    return None if facts.is_confirmed or facts.is_unannounced else "not_confirmed"


def _reschedule_is_free(facts: Facts) -> str | None:
    return "rescheduled_before" if facts.was_rescheduled else None


def _unit_with_every_value(facts: Facts) -> str | None:
    if facts.values_without_unit is None:
        return "not_compared"
    return ",".join(facts.values_without_unit) or None


def _sample_is_identified(facts: Facts) -> str | None:
    return None if facts.sample_ids and all(facts.sample_ids) else "no_sample_id"


def _no_open_sample(facts: Facts) -> str | None:
    return None if facts.open_samples == 0 else "sample_open"


def _result_is_known(facts: Facts) -> str | None:
    return None if facts.inspection_result in INSPECTION_RESULTS else "unknown_result"


def _treatment_is_possible(facts: Facts) -> str | None:
    return None if facts.is_treatment_possible else "no_treatment"


def _every_line_is_measured(facts: Facts) -> str | None:
    if facts.unmeasured_lines is None:
        return "not_compared"
    return ",".join(facts.unmeasured_lines) or None


def _waiver_reason_known(facts: Facts) -> str | None:
    return None if facts.reason_code in WAIVER_REASONS else "unknown_reason_code"


def _law_allows_waiver(facts: Facts) -> str | None:
    return "law_forces_inspection" if facts.law_forces_inspection else None


def _application_has_ended(facts: Facts) -> str | None:
    return None if facts.application_ended else "application_still_open"


def _clock_runs_on(facts: Facts) -> str | None:
    if not facts.is_newest_known or facts.at is None:
        return "not_compared"
    is_behind = facts.newest_at is not None and facts.at < facts.newest_at - CLOCKS_DIFFER
    return "clock_behind" if is_behind else None


def _copy_exists(facts: Facts) -> str | None:
    if facts.copy is None or not 0 <= facts.copy <= facts.copies:
        return "no_copy"
    return "lost_before" if facts.copy in facts.lost_copies else None


def _template_acknowledged(facts: Facts) -> str | None:
    return "not_compared" if facts.template_missing is None else facts.template_missing or None


def _template_current(facts: Facts) -> str | None:
    return "not_compared" if facts.template_outdated is None else facts.template_outdated or None


GUARDS: Mapping[str, Guard] = MappingProxyType(
    {
        **{
            function.__name__.removeprefix("_"): function
            for function in (
                _organisation_known, _own_organisation, _mandate_valid, _own_or_officer, _not_applicant,
                _hard_rules_pass, _never_submitted, _not_opened, _reason_given, _reason_and_fields_given,
                _named_fields_touched, _cause_given, _report_is_signed, _waived_or_cancelled, _inspection_satisfied,
                _inspection_still_valid, _within_inspection, _examiner_agrees, _inspection_was_ordered, _four_eyes,
                _digest_unchanged, _seal_not_attempted, _same_officer_prepared, _prepared_d_unchanged,
                _approval_given, _intention_stored, _second_officer, _second_is_awaited, _second_approved,
                _own_output_verifies, _reason_code_known, _legal_ground_given, _appeal_in_time, _new_examiner,
                _decide_by_set, _not_extended_before, _no_open_proposal, _proposal_exists, _other_person,
                _validity_is_over, _is_sealed, _inspector_free_of_conflict, _inspector_is_named, _slot_is_complete,
                _confirmed_or_unannounced, _reschedule_is_free, _unit_with_every_value, _sample_is_identified,
                _no_open_sample, _result_is_known, _treatment_is_possible, _every_line_is_measured,
                _waiver_reason_known, _law_allows_waiver, _application_has_ended, _sources_cover_lines,
                _clock_runs_on, _copy_exists, _template_acknowledged, _template_current,
            )
        },
        "answer_is_late": _is_late,
        "decision_is_late": _is_late,
    }
)  # fmt: skip
"""Every guard by its name in the tables."""


def failed_guards(names: Iterable[str], facts: Facts) -> dict[str, str]:
    """Return of the named guards those that fail, each with the code of its reason."""
    answers = ((name, GUARDS[name](facts)) for name in names)
    return {name: reason for name, reason in answers if reason is not None}
