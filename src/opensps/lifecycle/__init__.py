"""Which act is allowed in which state, by which role, under which guard; and the words of every state. Pure.

Errors: `ActNotAllowed` is the room's only error.
"""

from opensps.lifecycle.application import APPLICATION, APPLICATION_CLOCKS, APPLICATION_ENDS
from opensps.lifecycle.certificate import CERTIFICATE, CERTIFICATE_CLOCKS, CERTIFICATE_ENDS
from opensps.lifecycle.delivery import (
    ACKNOWLEDGEABLE,
    DELIVERY,
    DELIVERY_ENDS,
    DELIVERY_STAFF,
    HOLDING_BACK,
    ON_THEIR_SIDE,
    SHOWN,
    TRACKING,
    WORD_EVENTS,
    WORD_OF_CODE,
    AcknowledgementCode,
    DeliveryEvent,
    DeliveryState,
    ReceiptState,
    TrackingInfo,
    tracking_word,
)
from opensps.lifecycle.guards import GUARDS, Facts, failed_guards
from opensps.lifecycle.inspection import (
    INSPECTION,
    INSPECTION_ENDS,
    INSPECTION_RESULTS,
    SATISFYING_RESULTS,
    WAIVER_REASONS,
)
from opensps.lifecycle.machine import ActNotAllowed, Table, Transition, allowed_acts, next_state, transition
from opensps.lifecycle.onboarding import EXCHANGING, ONBOARDING, PARTNER_STAFF, OnboardingAct, OnboardingState
from opensps.lifecycle.roles import (
    FOREIGN,
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
    "ACKNOWLEDGEABLE",
    "APPLICATION",
    "APPLICATION_CLOCKS",
    "APPLICATION_ENDS",
    "CERTIFICATE",
    "CERTIFICATE_CLOCKS",
    "CERTIFICATE_ENDS",
    "DELIVERY",
    "DELIVERY_ENDS",
    "DELIVERY_STAFF",
    "EXCHANGING",
    "FOREIGN",
    "GUARDS",
    "HOLDING_BACK",
    "INSPECTION",
    "INSPECTION_ENDS",
    "INSPECTION_RESULTS",
    "OFFICERS",
    "ONBOARDING",
    "ON_THEIR_SIDE",
    "PARTNER_STAFF",
    "SATISFYING_RESULTS",
    "SHOWN",
    "TRACKING",
    "WAIVER_REASONS",
    "WORD_EVENTS",
    "WORD_OF_CODE",
    "AcknowledgementCode",
    "ActNotAllowed",
    "ApplicationAct",
    "ApplicationState",
    "CertificateAct",
    "CertificateState",
    "DeliveryEvent",
    "DeliveryState",
    "Facts",
    "InspectionAct",
    "InspectionState",
    "OnboardingAct",
    "OnboardingState",
    "ReceiptState",
    "Role",
    "Table",
    "TrackingInfo",
    "Transition",
    "allowed_acts",
    "failed_guards",
    "next_state",
    "tracking_word",
    "transition",
]
