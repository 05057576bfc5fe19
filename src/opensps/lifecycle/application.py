"""The table of applications, from first draft to signature. Source: `lifecycles.md` 3.

Left out until their rooms exist: establishment lists, fees, source quantities.
Four rows are ours: a returned application may be edited section by section before it is answered, the examiner's
consent to a late cancellation is an act of its own, and so are wording the statements before the review (ADR 0011) and
the second officer's approval of what an authority calls risky (`reliability.md` 4.3).
"""

from types import MappingProxyType

from opensps.lifecycle.machine import Table, row
from opensps.lifecycle.roles import APPLICANTS, Role
from opensps.lifecycle.roles import ApplicationAct as Act
from opensps.lifecycle.roles import ApplicationState as State

_CANCELLABLE = (State.SUBMITTED, State.IN_EXAMINATION, State.RETURNED, State.IN_INSPECTION, State.READY)
_REFUSABLE = (State.SUBMITTED, State.IN_EXAMINATION, State.READY)
_AGREEABLE = (State.IN_EXAMINATION, State.RETURNED, State.IN_INSPECTION, State.READY)
_DESK = (Role.EXAMINER, Role.REVIEWER)
_SIGNING = ("not_applicant", "four_eyes", "clock_runs_on")

APPLICATION: Table[State, Act] = MappingProxyType(
    {
        (None, Act.CREATE): row(APPLICANTS, State.DRAFT, "organisation_known", "mandate_valid"),
        (State.DRAFT, Act.EDIT): row(APPLICANTS, State.DRAFT, "mandate_valid"),
        (State.DRAFT, Act.SUBMIT): row(
            APPLICANTS,
            State.SUBMITTED,
            "mandate_valid",
            "hard_rules_pass",
            "template_acknowledged",
            "sources_cover_lines",
        ),
        (State.DRAFT, Act.DELETE): row(Role.EXPORTER, State.DELETED, "own_organisation", "never_submitted"),
        (State.SUBMITTED, Act.TAKE_BACK): row(Role.EXPORTER, State.DRAFT, "own_organisation", "not_opened"),
        (State.SUBMITTED, Act.OPEN): row(Role.EXAMINER, State.IN_EXAMINATION, "not_applicant"),
        (State.IN_EXAMINATION, Act.RETURN_FOR_CHANGES): row(
            Role.EXAMINER, State.RETURNED, "not_applicant", "reason_and_fields_given"
        ),
        (State.RETURNED, Act.EDIT): row(APPLICANTS, State.RETURNED, "mandate_valid"),
        (State.RETURNED, Act.ANSWER): row(
            APPLICANTS,
            State.IN_EXAMINATION,
            "mandate_valid",
            "named_fields_touched",
            "hard_rules_pass",
            "sources_cover_lines",
        ),
        (State.RETURNED, Act.ANSWER_CLOCK_ENDS): row(Role.CLOCK, State.LAPSED, "answer_is_late"),
        (State.IN_EXAMINATION, Act.WORD_ATTESTATIONS): row(_DESK, State.IN_EXAMINATION, "not_applicant"),
        (State.IN_EXAMINATION, Act.ORDER_INSPECTION): row(
            (Role.EXAMINER, Role.SYSTEM), State.IN_INSPECTION, "not_applicant", "cause_given"
        ),
        (State.IN_INSPECTION, Act.INSPECTION_PASSED): row(Role.SYSTEM, State.IN_EXAMINATION, "report_is_signed"),
        (State.IN_INSPECTION, Act.INSPECTION_ENDED): row(Role.SYSTEM, State.IN_EXAMINATION, "waived_or_cancelled"),
        (State.IN_INSPECTION, Act.INSPECTION_FAILED): row(Role.SYSTEM, State.IN_EXAMINATION, "report_is_signed"),
        (State.IN_EXAMINATION, Act.MARK_READY): row(
            Role.REVIEWER,
            State.READY,
            "not_applicant",
            "hard_rules_pass",
            "template_acknowledged",
            "inspection_satisfied",
            "within_inspection",
            "sources_cover_lines",
        ),
        (State.READY, Act.SEND_BACK): row(
            (Role.CERTIFYING_OFFICER, Role.REVIEWER), State.IN_EXAMINATION, "not_applicant", "reason_given"
        ),
        (State.READY, Act.PREPARE_ISSUE): row(
            Role.CERTIFYING_OFFICER,
            State.READY,
            *_SIGNING,
            "template_current",
            "digest_unchanged",
            "inspection_satisfied",
            "inspection_still_valid",
            "within_inspection",
            "sources_cover_lines",
            "seal_not_attempted",
        ),
        (State.READY, Act.INTEND_ISSUE): row(
            Role.CERTIFYING_OFFICER,
            State.READY,
            *_SIGNING,
            "seal_not_attempted",
            "same_officer_prepared",
            "prepared_d_unchanged",
            "approval_given",
        ),
        (State.READY, Act.APPROVE_SECOND): row(
            Role.CERTIFYING_OFFICER,
            State.READY,
            *_SIGNING,
            "intention_stored",
            "second_officer",
            "second_is_awaited",
            "prepared_d_unchanged",
            "approval_given",
        ),
        (State.READY, Act.ISSUE): row(
            Role.SYSTEM, State.ISSUED, "clock_runs_on", "intention_stored", "second_approved", "own_output_verifies"
        ),
        **{
            (state, Act.REFUSE): row(_DESK, State.REFUSED, "not_applicant", "reason_code_known", "legal_ground_given")
            for state in _REFUSABLE
        },
        (State.REFUSED, Act.REOPEN_ON_APPEAL): row(
            Role.SENIOR_OFFICER, State.IN_EXAMINATION, "not_applicant", "appeal_in_time", "new_examiner"
        ),
        **{
            (state, Act.AGREE_TO_CANCEL): row(Role.EXAMINER, state, "not_applicant", "inspection_was_ordered")
            for state in _AGREEABLE
        },
        **{
            (state, Act.CANCEL): row(
                Role.EXPORTER,
                State.CANCELLED,
                "own_organisation",
                "reason_given",
                "examiner_agrees",
            )
            for state in _CANCELLABLE
        },
    }
)
"""(state, act) -> who, guards, target."""

APPLICATION_ENDS = frozenset({State.ISSUED, State.REFUSED, State.CANCELLED, State.LAPSED, State.DELETED})
"""States in which nothing is owed by anybody; of these only a refusal can be reopened."""

APPLICATION_CLOCKS = MappingProxyType({State.RETURNED: Act.ANSWER_CLOCK_ENDS})
"""Which act ends the deadline of a state."""
