"""Each guard on its own: what makes it fail, what lets it pass, and that silence never passes."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from opensps.lifecycle import GUARDS, Facts, failed_guards

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
TODAY = NOW.date()
OWN: dict[str, Any] = {"organisation": "o1", "actor_organisation": "o1"}

CASES: tuple[tuple[str, dict[str, Any], str | None], ...] = (
    ("organisation_known", {"actor_organisation": "o1"}, None),
    ("own_organisation", OWN, None),
    ("own_organisation", {**OWN, "actor_organisation": "o2"}, "other_organisation"),
    ("mandate_valid", OWN, None),
    ("mandate_valid", {**OWN, "actor_organisation": "o2"}, "other_organisation"),
    ("mandate_valid", {**OWN, "actor_organisation": "o2", "mandate": ""}, None),
    ("mandate_valid", {**OWN, "mandate": "mandate_over"}, "mandate_over"),
    ("own_or_officer", {"is_officer": True}, None),
    ("own_or_officer", OWN, None),
    ("not_applicant", {"actor": "p1", "organisation": "o1", "applicants": frozenset({"p2"})}, None),
    ("not_applicant", {"actor": "p1", "applicants": frozenset({"p1"})}, "is_applicant"),
    ("not_applicant", {"actor": "p1", **OWN}, "is_applicant"),
    ("hard_rules_pass", {"severe_rules": ()}, None),
    ("hard_rules_pass", {"severe_rules": ("ISPM12-1", "ISPM12-2")}, "ISPM12-1,ISPM12-2"),
    ("clock_runs_on", {"at": NOW, "is_newest_known": True}, None),
    ("clock_runs_on", {"at": NOW, "is_newest_known": True, "newest_at": NOW + timedelta(hours=1)}, None),
    ("clock_runs_on", {"at": NOW, "is_newest_known": True, "newest_at": NOW + timedelta(hours=2)}, "clock_behind"),
    ("copy_exists", {"copy": 0, "copies": 0}, None),
    ("copy_exists", {"copy": 2, "copies": 2}, None),
    ("copy_exists", {"copy": 3, "copies": 2}, "no_copy"),
    ("copy_exists", {"copy": -1, "copies": 2}, "no_copy"),
    ("copy_exists", {"copy": 2, "copies": 2, "lost_copies": frozenset({2})}, "lost_before"),
    ("template_acknowledged", {"template_missing": ""}, None),
    ("template_acknowledged", {"template_missing": "template_not_acknowledged"}, "template_not_acknowledged"),
    ("template_current", {"template_outdated": ""}, None),
    ("template_current", {"template_outdated": "template_not_current"}, "template_not_current"),
    ("never_submitted", {"was_submitted": False}, None),
    ("not_opened", {"was_opened": False}, None),
    ("reason_given", {"reason": "late ship"}, None),
    ("reason_given", {"reason": "  "}, "no_reason"),
    ("reason_and_fields_given", {"reason": "x", "returned_fields": frozenset({"a"})}, None),
    ("reason_and_fields_given", {"reason": "x"}, "no_fields"),
    ("named_fields_touched", {"returned_fields": frozenset({"a"}), "touched_fields": frozenset({"a", "b"})}, None),
    ("named_fields_touched", {"returned_fields": frozenset({"b", "a"})}, "a,b"),
    ("answer_is_late", {"at": NOW, "due_at": NOW - timedelta(seconds=1)}, None),
    ("answer_is_late", {"at": NOW, "due_at": NOW}, "still_in_time"),
    ("decision_is_late", {"at": NOW, "due_at": NOW - timedelta(seconds=1)}, None),
    ("cause_given", {"cause": "required"}, None),
    ("report_is_signed", {"report_signed": True}, None),
    ("waived_or_cancelled", {"inspection_over": True}, None),
    ("inspection_satisfied", {"inspection_required": False}, None),
    ("inspection_satisfied", {"inspection_waived": True}, None),
    ("inspection_satisfied", {"report_signed": True, "inspection_result": "satisfactory"}, None),
    ("inspection_satisfied", {"report_signed": True, "inspection_result": "not_done"}, "inspection_failed"),
    ("inspection_still_valid", {"at": NOW, "inspection_valid_until": TODAY}, None),
    ("inspection_still_valid", {"at": NOW, "inspection_valid_until": TODAY - timedelta(days=1)}, "inspection_too_old"),
    ("inspection_still_valid", {"inspection_waived": True}, None),
    ("within_inspection", {"beyond_inspection": ()}, None),
    ("within_inspection", {"beyond_inspection": ("1",)}, "1"),
    ("sources_cover_lines", {"uncovered_sources": ()}, None),
    ("sources_cover_lines", {"uncovered_sources": ("1 (40 KGM)", "2")}, "1 (40 KGM), 2"),
    ("sources_cover_lines", {}, "not_compared"),
    ("examiner_agrees", {"inspection_ordered": False}, None),
    ("examiner_agrees", {"inspection_ordered": True, "examiner_agreed": True}, None),
    ("examiner_agrees", {"inspection_ordered": True}, "examiner_has_not_agreed"),
    ("inspection_was_ordered", {"inspection_ordered": True}, None),
    ("four_eyes", {"actor": "p1", "reviewer": "p2"}, None),
    ("four_eyes", {"actor": "p1", "reviewer": "p1"}, "is_reviewer"),
    ("four_eyes", {"actor": "p1", "reviewer": "p1", "has_four_eyes": False}, None),
    ("digest_unchanged", {"digest_now": "a", "digest_reviewed": "a"}, None),
    ("digest_unchanged", {"digest_now": "a", "digest_reviewed": "b"}, "changed_after_review"),
    ("seal_not_attempted", {"is_sealing_attempted": False}, None),
    ("same_officer_prepared", {"actor": "p1", "prepared_by": "p1"}, None),
    ("prepared_d_unchanged", {"prepared_digest": "d", "shown_digest": "d"}, None),
    ("prepared_d_unchanged", {"prepared_digest": "d", "shown_digest": "e"}, "other_digest"),
    ("approval_given", {"approval_method": "password"}, None),
    ("approval_given", {"approval_method": "nod"}, "no_approval"),
    ("intention_stored", {"has_intention": True}, None),
    ("second_officer", {"actor": "p2", "prepared_by": "p1"}, None),
    ("second_officer", {"actor": "p1", "prepared_by": "p1"}, "same_officer"),
    ("second_is_awaited", {"needs_second": True}, None),
    ("second_is_awaited", {"needs_second": True, "second_approved_by": "p2"}, "no_second_awaited"),
    ("second_approved", {"needs_second": False}, None),
    ("second_approved", {"needs_second": True, "prepared_by": "p1", "second_approved_by": "p2"}, None),
    (
        "second_approved",
        {"needs_second": True, "prepared_by": "p1", "second_approved_by": "p1"},
        "second_officer_missing",
    ),
    ("own_output_verifies", {"is_output_verified": True}, None),
    ("is_sealed", {"is_output_verified": True}, None),
    ("reason_code_known", {"reason_code": "a", "known_reason_codes": frozenset({"a"})}, None),
    ("legal_ground_given", {"legal_ground": "Act 7"}, None),
    ("appeal_in_time", {"at": NOW, "appeal_until": NOW}, None),
    ("appeal_in_time", {"at": NOW, "appeal_until": NOW - timedelta(1)}, "appeal_too_late"),
    ("new_examiner", {"former_examiner": "p1", "new_examiner": "p2"}, None),
    ("new_examiner", {"former_examiner": "p1", "new_examiner": "p1"}, "same_examiner"),
    ("decide_by_set", {"at": NOW, "decide_by": TODAY, "latest_decide_by": TODAY}, None),
    ("decide_by_set", {"at": NOW, "decide_by": TODAY + timedelta(1), "latest_decide_by": TODAY}, "date_out_of_range"),
    ("not_extended_before", {"was_extended": False}, None),
    ("no_open_proposal", {"has_proposal": False}, None),
    ("no_open_proposal", {"has_proposal": True}, "proposal_open"),
    ("proposal_exists", {"has_proposal": True}, None),
    ("other_person", {"actor": "p1", "proposer": "p2"}, None),
    ("other_person", {"actor": "p1", "proposer": "p1"}, "same_person"),
    ("validity_is_over", {"at": NOW, "valid_until": TODAY - timedelta(1)}, None),
    ("validity_is_over", {"at": NOW, "valid_until": TODAY}, "still_valid"),
    ("inspector_free_of_conflict", {"inspector": "p1", "organisation": "o1"}, None),
    ("inspector_free_of_conflict", {"inspector": "p1", "applicants": frozenset({"p1"})}, "inspector_has_conflict"),
    (
        "inspector_free_of_conflict",
        {"inspector": "p1", "organisation": "o1", "inspector_organisation": "o1"},
        "inspector_has_conflict",
    ),
    ("inspector_is_named", {"actor": "p1", "inspector": "p1"}, None),
    ("slot_is_complete", {"planned_on": date(2026, 11, 21), "place": "Port Alma"}, None),
    ("slot_is_complete", {"planned_on": date(2026, 11, 21)}, "no_slot"),
    ("confirmed_or_unannounced", {"is_confirmed": True}, None),
    ("confirmed_or_unannounced", {"is_unannounced": True}, None),
    ("reschedule_is_free", {"was_rescheduled": False}, None),
    ("unit_with_every_value", {"values_without_unit": ()}, None),
    ("unit_with_every_value", {"values_without_unit": ("2",)}, "2"),
    ("sample_is_identified", {"sample_ids": ("S-1",)}, None),
    ("no_open_sample", {"open_samples": 0}, None),
    ("result_is_known", {"inspection_result": "derogation"}, None),
    ("treatment_is_possible", {"is_treatment_possible": True}, None),
    ("every_line_is_measured", {"unmeasured_lines": ()}, None),
    ("every_line_is_measured", {"unmeasured_lines": ("1",)}, "1"),
    ("waiver_reason_known", {"reason_code": "not_safe"}, None),
    ("law_allows_waiver", {"law_forces_inspection": False}, None),
    ("application_has_ended", {"application_ended": True}, None),
)


@pytest.mark.parametrize(("guard", "facts", "reason"), CASES)
def test_a_guard_answers_with_its_reason(guard: str, facts: dict[str, Any], reason: str | None) -> None:
    assert GUARDS[guard](Facts(**facts)) == reason


def test_no_guard_passes_on_silence() -> None:
    passing = {name for name, guard in GUARDS.items() if guard(Facts()) is None}
    assert passing == set()


def test_every_guard_has_a_case_in_which_it_passes() -> None:
    assert {name for name, _, reason in CASES if reason is None} == set(GUARDS)


def test_failed_guards_are_named_with_their_reasons() -> None:
    assert failed_guards(("reason_given", "cause_given"), Facts(cause="risk")) == {"reason_given": "no_reason"}
