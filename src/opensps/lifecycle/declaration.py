"""A customs declaration, and when its goods are clear of the border. Source: `lifecycles.md` 5.1, rows A09, B13. Pure.

Goods that come in are clear when our border accepted what the declaration claims of each certificate of a partner, and
no earlier declaration claims the same; goods that go out, when our own certificate is in force for so much. Nothing
here judges paper.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from opensps.lifecycle.machine import ActNotAllowed, Table, row, transition
from opensps.lifecycle.presentation import PresentationState
from opensps.lifecycle.roles import Role


class DeclarationState(StrEnum):
    """Where a declaration stands."""

    DECLARED = "declared"
    RELEASED = "released"
    CANCELLED = "cancelled"


class DeclarationAct(StrEnum):
    """What customs does with a declaration."""

    DECLARE = "declare"
    AMEND = "amend"
    RELEASE = "release"
    CANCEL = "cancel"


class NotClear(StrEnum):
    """Why goods are not clear."""

    CERTIFICATE_MISSING = "certificate_missing"
    NOT_IN_REGISTER = "not_in_register"
    NOT_FOR_US = "not_for_us"
    """Goods that come in, with a certificate of our own."""

    NOT_IN_FORCE = "not_in_force"
    LINE_UNKNOWN = "line_unknown"
    NOT_PRESENTED = "not_presented"
    AWAITING_DECISION = "awaiting_decision"
    REFUSED = "refused"
    ABOVE_ACCEPTED = "above_accepted"
    """More than the border accepted, with what earlier declarations claim."""

    ABOVE_ISSUED = "above_issued"
    """More than the certificate is for, with what earlier declarations claim."""


_S, _A = DeclarationState, DeclarationAct
DECLARATION: Table[DeclarationState, DeclarationAct] = MappingProxyType(
    {
        (None, _A.DECLARE): row(Role.CUSTOMS, _S.DECLARED, "items_given"),
        (_S.DECLARED, _A.AMEND): row(Role.CUSTOMS, _S.DECLARED, "items_given"),
        (_S.DECLARED, _A.RELEASE): row(Role.CUSTOMS, _S.RELEASED, "goods_clear"),
        (_S.DECLARED, _A.CANCEL): row(Role.CUSTOMS, _S.CANCELLED, "reason_given"),
    }
)
"""(state, act) -> who, guards, target. A released declaration stays as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclarationFacts:
    """What is known when an act is asked for; defaults make a guard fail."""

    items: int = 0
    is_clear: bool = False
    reason: str = ""


def _guard_fails(name: str, facts: DeclarationFacts) -> str | None:
    failing = {
        "items_given": (facts.items == 0, "no_items"),
        "goods_clear": (not facts.is_clear, "not_clear"),
        "reason_given": (not facts.reason.strip(), "no_reason"),
    }
    fails, why = failing[name]
    return why if fails else None


def next_declaration_state(
    state: DeclarationState | None, act: DeclarationAct, *, roles: frozenset[Role], facts: DeclarationFacts
) -> DeclarationState:
    """Return where an act leads. Raises `ActNotAllowed`: no_such_act, role, or guard with its reason."""
    found = transition(DECLARATION, state, act, roles=roles)
    for name in found.guards:
        why = _guard_fails(name, facts)
        if why is not None:
            raise ActNotAllowed("guard", act=act, guard=name, detail=why)
    return found.target


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFacts:
    """What is known of one line of a certificate that a declaration claims."""

    claimed: Decimal
    """In the unit of the certificate."""

    claimed_before: Decimal = Decimal(0)
    """By declarations that came earlier and were not cancelled."""

    issued: Decimal = Decimal(0)
    accepted: Decimal = Decimal(0)
    """By the border of this country, of all presentations there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFacts:
    """What is known of one certificate of a declaration."""

    is_named: bool = False
    is_in_register: bool = False
    is_own: bool = False
    """Issued by the authority itself."""

    is_in_force: bool = False
    are_lines_known: bool = False
    is_import: bool = True
    lines: tuple[LineFacts, ...] = ()
    uses: frozenset[PresentationState] = frozenset()
    """States of its presentations in this country."""


def why_not_clear(item: ItemFacts) -> tuple[NotClear, ...]:
    """Return why the goods of one certificate are not clear, the gravest first; nothing where they are."""
    if not item.is_named:
        return (NotClear.CERTIFICATE_MISSING,)
    if not item.is_in_register or not (item.is_import or item.is_own):
        return (NotClear.NOT_IN_REGISTER,)
    if item.is_import and item.is_own:
        return (NotClear.NOT_FOR_US,)
    found = [] if item.is_in_force else [NotClear.NOT_IN_FORCE]
    if not item.are_lines_known:
        return (*found, NotClear.LINE_UNKNOWN)
    return (*found, *(_import(item) if item.is_import else _export(item.lines)))


def _export(lines: Iterable[LineFacts]) -> tuple[NotClear, ...]:
    is_above = any(line.claimed + line.claimed_before > line.issued for line in lines)
    return (NotClear.ABOVE_ISSUED,) if is_above else ()


_WAITING = frozenset({PresentationState.PRESENTED, PresentationState.HELD, PresentationState.FORWARDED})


def _import(item: ItemFacts) -> tuple[NotClear, ...]:
    if all(line.claimed + line.claimed_before <= line.accepted for line in item.lines):
        return ()
    if not item.uses - {PresentationState.ANNULLED}:
        return (NotClear.NOT_PRESENTED,)
    if item.uses & _WAITING:
        return (NotClear.AWAITING_DECISION,)
    if not any(line.accepted for line in item.lines):
        return (NotClear.REFUSED,)
    return (NotClear.ABOVE_ACCEPTED,)
