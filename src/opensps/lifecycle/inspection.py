"""The table of inspections. Source: `lifecycles.md` 8. Samples have a table of their own when laboratories come."""

from types import MappingProxyType

from opensps.lifecycle.machine import Table, row
from opensps.lifecycle.roles import InspectionAct as Act
from opensps.lifecycle.roles import InspectionState as State
from opensps.lifecycle.roles import Role

_NOT_STARTED = (State.REQUESTED, State.INSPECTION_BOOKED, State.NO_SHOW)
_MINE = "inspector_is_named"

INSPECTION: Table[State, Act] = MappingProxyType(
    {
        (None, Act.REQUEST): row((Role.SYSTEM, Role.EXAMINER), State.REQUESTED, "cause_given"),
        **{
            (state, Act.PLAN): row(
                Role.PLANNER, State.INSPECTION_BOOKED, "inspector_free_of_conflict", "slot_is_complete"
            )
            for state in (State.REQUESTED, State.NO_SHOW)
        },
        (State.INSPECTION_BOOKED, Act.CONFIRM): row(Role.EXPORTER, State.INSPECTION_BOOKED, "own_organisation"),
        (State.INSPECTION_BOOKED, Act.RESCHEDULE): row(
            Role.EXPORTER, State.REQUESTED, "own_organisation", "reschedule_is_free"
        ),
        (State.INSPECTION_BOOKED, Act.START): row(Role.INSPECTOR, State.IN_PROGRESS, _MINE, "confirmed_or_unannounced"),
        (State.INSPECTION_BOOKED, Act.NOBODY_THERE): row(Role.INSPECTOR, State.NO_SHOW, _MINE, "reason_given"),
        (State.IN_PROGRESS, Act.RECORD): row(Role.INSPECTOR, State.IN_PROGRESS, _MINE, "unit_with_every_value"),
        (State.IN_PROGRESS, Act.SAMPLE): row(Role.INSPECTOR, State.LAB_WAIT, _MINE, "sample_is_identified"),
        (State.LAB_WAIT, Act.RESULTS_IN): row(Role.SYSTEM, State.IN_PROGRESS, "no_open_sample"),
        (State.IN_PROGRESS, Act.CONCLUDE): row(
            Role.INSPECTOR, State.INSPECTED, _MINE, "no_open_sample", "result_is_known"
        ),
        (State.INSPECTED, Act.ORDER_TREATMENT): row(
            Role.INSPECTOR, State.REQUESTED, _MINE, "reason_given", "treatment_is_possible"
        ),
        (State.INSPECTED, Act.SIGN_REPORT): row(Role.INSPECTOR, State.REPORT_SIGNED, _MINE, "every_line_is_measured"),
        (State.REPORT_SIGNED, Act.CLOSE): row(Role.SYSTEM, State.CLOSED),
        **{
            (state, Act.WAIVE): row(Role.SENIOR_OFFICER, State.WAIVED, "waiver_reason_known", "law_allows_waiver")
            for state in _NOT_STARTED
        },
        **{
            (state, Act.CANCEL): row((Role.SYSTEM, Role.EXAMINER), State.CANCELLED, "application_has_ended")
            for state in _NOT_STARTED
        },
    }
)
"""(state, act) -> who, guards, target."""

INSPECTION_ENDS = frozenset({State.CLOSED, State.WAIVED, State.CANCELLED})
"""Nothing follows."""

INSPECTION_RESULTS = (
    "satisfactory",
    "satisfactory_after_intervention",
    "not_satisfactory",
    "not_done",
    "derogation",
)
"""What an inspector may conclude."""

SATISFYING_RESULTS = frozenset({"satisfactory", "satisfactory_after_intervention"})
"""Results with which a certificate may be made ready."""

WAIVER_REASONS = ("no_inspector", "not_safe", "technical", "wrong_risk", "no_access")
"""Why a senior officer may waive an inspection."""
