"""Which act is allowed in which state, by which role, under which guard; and the words of every state. Pure.

Errors: `ActNotAllowed` is the room's only error.
"""

from opensps.lifecycle.application import APPLICATION, APPLICATION_CLOCKS, APPLICATION_ENDS
from opensps.lifecycle.certificate import CERTIFICATE, CERTIFICATE_CLOCKS, CERTIFICATE_ENDS
from opensps.lifecycle.guards import GUARDS, Facts, failed_guards
from opensps.lifecycle.inspection import (
    INSPECTION,
    INSPECTION_ENDS,
    INSPECTION_RESULTS,
    SATISFYING_RESULTS,
    WAIVER_REASONS,
)
from opensps.lifecycle.machine import ActNotAllowed, Table, Transition, allowed_acts, next_state, transition
from opensps.lifecycle.roles import (
    OFFICERS,
    ApplicationAct,
    ApplicationState,
    CertificateAct,
    CertificateState,
    InspectionAct,
    InspectionState,
    Role,
)

__all__ = [
    "APPLICATION",
    "APPLICATION_CLOCKS",
    "APPLICATION_ENDS",
    "CERTIFICATE",
    "CERTIFICATE_CLOCKS",
    "CERTIFICATE_ENDS",
    "GUARDS",
    "INSPECTION",
    "INSPECTION_ENDS",
    "INSPECTION_RESULTS",
    "OFFICERS",
    "SATISFYING_RESULTS",
    "WAIVER_REASONS",
    "ActNotAllowed",
    "ApplicationAct",
    "ApplicationState",
    "CertificateAct",
    "CertificateState",
    "Facts",
    "InspectionAct",
    "InspectionState",
    "Role",
    "Table",
    "Transition",
    "allowed_acts",
    "failed_guards",
    "next_state",
    "transition",
]
