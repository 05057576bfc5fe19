"""The table of issued certificates. Source: `lifecycles.md` 4.

Left out until their features exist: offline issue, annotations, departure, replacement, split, combine.
"""

from types import MappingProxyType

from opensps.lifecycle.machine import Table, row
from opensps.lifecycle.roles import OFFICERS, Role
from opensps.lifecycle.roles import CertificateAct as Act
from opensps.lifecycle.roles import CertificateState as State

_HOLDERS = OFFICERS | {Role.EXPORTER}

CERTIFICATE: Table[State, Act] = MappingProxyType(
    {
        (None, Act.ISSUE): row(Role.SYSTEM, State.IN_FORCE, "is_sealed"),
        (State.IN_FORCE, Act.PRINT_COPY): row(_HOLDERS, State.IN_FORCE, "own_or_officer"),
        (State.ON_HOLD, Act.PRINT_COPY): row(_HOLDERS, State.ON_HOLD, "own_or_officer"),
        (State.IN_FORCE, Act.REPORT_COPY_LOST): row(_HOLDERS, State.IN_FORCE, "own_or_officer", "copy_exists"),
        (State.ON_HOLD, Act.REPORT_COPY_LOST): row(_HOLDERS, State.ON_HOLD, "own_or_officer", "copy_exists"),
        (State.IN_FORCE, Act.HOLD): row(OFFICERS, State.ON_HOLD, "reason_code_known", "decide_by_set"),
        (State.ON_HOLD, Act.EXTEND_HOLD): row(
            Role.SENIOR_OFFICER, State.ON_HOLD, "reason_given", "not_extended_before", "decide_by_set"
        ),
        (State.ON_HOLD, Act.HOLD_CLOCK_ENDS): row(Role.CLOCK, State.ON_HOLD, "decision_is_late"),
        (State.ON_HOLD, Act.LIFT): row(
            Role.SENIOR_OFFICER, State.IN_FORCE, "reason_given", "no_open_proposal", alternatives=(State.EXPIRED,)
        ),
        (State.IN_FORCE, Act.PROPOSE_WITHDRAWAL): row(
            OFFICERS, State.ON_HOLD, "reason_code_known", "no_open_proposal", "decide_by_set"
        ),
        (State.ON_HOLD, Act.PROPOSE_WITHDRAWAL): row(
            OFFICERS, State.ON_HOLD, "reason_code_known", "no_open_proposal", "decide_by_set"
        ),
        (State.ON_HOLD, Act.CONFIRM_WITHDRAWAL): row(
            Role.SENIOR_OFFICER, State.WITHDRAWN, "proposal_exists", "other_person"
        ),
        (State.ON_HOLD, Act.DECLINE_WITHDRAWAL): row(
            Role.SENIOR_OFFICER,
            State.IN_FORCE,
            "proposal_exists",
            "other_person",
            alternatives=(State.ON_HOLD, State.EXPIRED),
        ),
        (State.IN_FORCE, Act.VALIDITY_ENDS): row(Role.CLOCK, State.EXPIRED, "validity_is_over"),
    }
)
"""(state, act) -> who, guards, target."""

CERTIFICATE_ENDS = frozenset({State.WITHDRAWN, State.EXPIRED})
"""Dead: no act leaves them."""

CERTIFICATE_CLOCKS = MappingProxyType({State.ON_HOLD: Act.HOLD_CLOCK_ENDS})
"""Which act ends the deadline of a state."""
