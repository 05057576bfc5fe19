"""Which act is allowed in which state, by which role, under which guard; and the words of every state. Pure.

Errors: `ActNotAllowed` is the room's only error.
"""

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
    "OFFICERS",
    "ApplicationAct",
    "ApplicationState",
    "CertificateAct",
    "CertificateState",
    "InspectionAct",
    "InspectionState",
    "Role",
]
