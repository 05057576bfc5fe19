"""How a partner comes to live exchange. Source: `exchange.md` 7.3. Pure."""

from enum import StrEnum
from types import MappingProxyType

from opensps.lifecycle.machine import Table, row
from opensps.lifecycle.roles import Role


class OnboardingState(StrEnum):
    """Where a partner stands."""

    APPLIED = "applied"
    PROFILE_SET = "profile_set"
    SANDBOX = "sandbox"
    CERTIFIED = "certified"
    PARALLEL = "parallel"
    LIVE = "live"
    SUSPENDED = "suspended"


class OnboardingAct(StrEnum):
    """What can be done to a partner."""

    APPLY = "apply"
    FILL_PROFILE = "fill_profile"
    OPEN_SANDBOX = "open_sandbox"
    CERTIFY = "certify"
    START_PARALLEL = "start_parallel"
    GO_LIVE = "go_live"
    SUSPEND = "suspend"
    RESUME = "resume"


PARTNER_STAFF = frozenset({Role.MANAGER, Role.ADMINISTRATOR})
"""Who keeps partners' records."""

_STAFF = PARTNER_STAFF | {Role.SYSTEM}
_State, _Act = OnboardingState, OnboardingAct

ONBOARDING: Table[OnboardingState, OnboardingAct] = MappingProxyType(
    {
        (None, _Act.APPLY): row(_STAFF, _State.APPLIED),
        (_State.APPLIED, _Act.FILL_PROFILE): row(
            _STAFF, _State.PROFILE_SET, "countries", "documents", "channel", "keys", "contacts"
        ),
        (_State.PROFILE_SET, _Act.OPEN_SANDBOX): row(_STAFF, _State.SANDBOX, "credentials"),
        (_State.SANDBOX, _Act.CERTIFY): row(_STAFF, _State.CERTIFIED, "golden_messages"),
        (_State.CERTIFIED, _Act.START_PARALLEL): row(_STAFF, _State.PARALLEL, "agreement_signed", "live_keys"),
        (_State.PARALLEL, _Act.GO_LIVE): row(_STAFF, _State.LIVE, "agreement_measured"),
        (_State.PARALLEL, _Act.SUSPEND): row(_STAFF | {Role.CLOCK}, _State.SUSPENDED, "reason"),
        (_State.LIVE, _Act.SUSPEND): row(_STAFF | {Role.CLOCK}, _State.SUSPENDED, "reason"),
        (_State.SUSPENDED, _Act.RESUME): row(
            _STAFF, _State.LIVE, "reason", "keys_retested", alternatives=(_State.PARALLEL,)
        ),
    }
)
"""(state, act) -> who, guards by name, target. A resumed partner goes back to where it was."""

EXCHANGING = frozenset({_State.PARALLEL, _State.LIVE})
"""Certificates go to partners in these states."""
