"""The table of templates agreed with a partner. Source: `lifecycles.md` 3, `fraud.md` 3 (attack 13). Pure.

A template is published ahead, acknowledged by the other side, and ended by a day of issue. An acknowledgement is never
taken back: a template that was a mistake is ended, and a new version published.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from opensps.lifecycle.machine import Table, next_state, row, transition
from opensps.lifecycle.onboarding import PARTNER_STAFF
from opensps.lifecycle.roles import Role


class TemplateState(StrEnum):
    """Where a template stands."""

    PUBLISHED = "published"
    """Waiting for the other side."""

    ACKNOWLEDGED = "acknowledged"
    ENDED = "ended"
    """Has a last day of issue."""

    WITHDRAWN = "withdrawn"
    """Before the other side said anything."""


class TemplateAct(StrEnum):
    """What can be done to a template."""

    PUBLISH = "publish"
    RECORD = "record"
    """A template of a partner, as it told us."""

    ACKNOWLEDGE = "acknowledge"
    """By the other side itself: its administrator, or its machine."""

    RECORD_ACKNOWLEDGEMENT = "record_acknowledgement"
    """By us, from a letter of the other side."""

    END = "end"
    WITHDRAW = "withdraw"


_S, _A = TemplateState, TemplateAct
_OTHER_SIDE = frozenset({Role.COUNTRY_ADMIN, Role.SYSTEM})

TEMPLATE: Table[TemplateState, TemplateAct] = MappingProxyType(
    {
        (None, _A.PUBLISH): row(PARTNER_STAFF, _S.PUBLISHED, "published_ahead"),
        (None, _A.RECORD): row(PARTNER_STAFF, _S.ACKNOWLEDGED, "reference_given"),
        (_S.PUBLISHED, _A.ACKNOWLEDGE): row(_OTHER_SIDE, _S.ACKNOWLEDGED, "of_the_other_side"),
        (_S.PUBLISHED, _A.RECORD_ACKNOWLEDGEMENT): row(PARTNER_STAFF, _S.ACKNOWLEDGED, "reference_given"),
        (_S.PUBLISHED, _A.WITHDRAW): row(PARTNER_STAFF, _S.WITHDRAWN, "reason_given"),
        (_S.ACKNOWLEDGED, _A.END): row(PARTNER_STAFF, _S.ENDED, "ends_ahead"),
    }
)
"""(state, act) -> who, guards, target; state ``None`` is before it exists."""

TEMPLATE_ENDS = frozenset({TemplateState.ENDED, TemplateState.WITHDRAWN})
USABLE_TEMPLATES = frozenset({TemplateState.ACKNOWLEDGED, TemplateState.ENDED})
"""States in which the other side has acknowledged it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateFacts:
    """What is known when an act on a template is asked for; silence lets no guard pass."""

    today: date | None = None
    """In the office of the authority that keeps the register."""

    valid_from: date | None = None
    valid_until: date | None = None
    is_other_side: bool = False
    """Whether whoever acts belongs to the authority the template was agreed with."""

    reference: str = ""
    """Of the letter or message by which the other side said it."""

    reason: str = ""


TemplateGuard = Callable[[TemplateFacts], str | None]


def _published_ahead(facts: TemplateFacts) -> str | None:
    is_ahead = facts.today is not None and facts.valid_from is not None and facts.valid_from > facts.today
    return None if is_ahead else "not_ahead"


def _ends_ahead(facts: TemplateFacts) -> str | None:
    if facts.today is None or facts.valid_until is None or facts.valid_from is None:
        return "no_date"
    return None if facts.valid_until >= max(facts.today, facts.valid_from) else "not_ahead"


TEMPLATE_GUARDS: Mapping[str, TemplateGuard] = MappingProxyType(
    {
        "published_ahead": _published_ahead,
        "ends_ahead": _ends_ahead,
        "of_the_other_side": lambda facts: None if facts.is_other_side else "other_side",
        "reference_given": lambda facts: None if facts.reference.strip() else "no_reference",
        "reason_given": lambda facts: None if facts.reason.strip() else "no_reason",
    }
)
"""Every guard by its name in the table; each answers ``None``, or the code of the reason why it fails."""


def next_template_state(
    state: TemplateState | None, act: TemplateAct, *, roles: frozenset[Role], facts: TemplateFacts
) -> TemplateState:
    """Return where an act leads; raises `ActNotAllowed` no_such_act, role or guard."""
    found = transition(TEMPLATE, state, act, roles=roles)
    answers = {name: TEMPLATE_GUARDS[name](facts) for name in found.guards}
    failed = {name: reason for name, reason in answers.items() if reason is not None}
    return next_state(TEMPLATE, state, act, roles=roles, failed_guards=failed)
