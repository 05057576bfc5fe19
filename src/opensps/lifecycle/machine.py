"""Ask a table what may follow what. Source: `lifecycles.md` 1. Knows no clock, no person and no database."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Generic, TypeVar

from opensps.lifecycle.roles import Role

StateT = TypeVar("StateT", bound=StrEnum)
ActT = TypeVar("ActT", bound=StrEnum)

NOTHING_FAILED: Mapping[str, str] = MappingProxyType({})


class ActNotAllowed(Exception):
    """An act was asked for that may not happen now; nothing may be written.

    `reason` is ``no_such_act`` (the state does not know the act), ``role`` or ``guard``; `guard` and `detail`
    name the guard that failed and why, as codes.
    """

    def __init__(self, reason: str, *, act: str = "", guard: str | None = None, detail: str | None = None) -> None:
        """Keep the parts; words for people are made where pages are made."""
        super().__init__(": ".join(part for part in (act, reason, guard, detail) if part))
        self.reason, self.act, self.guard, self.detail = reason, act, guard, detail


@dataclass(frozen=True, slots=True)
class Transition(Generic[StateT]):
    """One row of a table: who may act, what must hold, where it leads."""

    roles: frozenset[Role]
    guards: tuple[str, ...]
    """Names of functions in `guards`; all of them must hold."""

    target: StateT
    alternatives: tuple[StateT, ...] = ()
    """Further targets, for acts that lead back to an earlier state."""


Table = Mapping[tuple[StateT | None, ActT], Transition[StateT]]
"""State ``None`` is where a thing does not exist yet."""


def row(
    roles: Role | Iterable[Role], target: StateT, *guards: str, alternatives: tuple[StateT, ...] = ()
) -> Transition[StateT]:
    """Return a row; a single role may stand without brackets."""
    several = frozenset({roles}) if isinstance(roles, Role) else frozenset(roles)
    return Transition(several, guards, target, alternatives)


def transition(
    table: Table[StateT, ActT], state: StateT | None, act: ActT, *, roles: frozenset[Role]
) -> Transition[StateT]:
    """Return the row of a state and an act for somebody in these roles, guards not yet asked.

    Raises `ActNotAllowed` with reason ``no_such_act`` or ``role``.
    """
    found = table.get((state, act))
    if found is None:
        raise ActNotAllowed("no_such_act", act=act)
    if not found.roles & roles:
        raise ActNotAllowed("role", act=act)
    return found


def next_state(
    table: Table[StateT, ActT],
    state: StateT | None,
    act: ActT,
    *,
    roles: frozenset[Role],
    failed_guards: Mapping[str, str] = NOTHING_FAILED,
    towards: StateT | None = None,
) -> StateT:
    """Return the state the act leads to.

    `failed_guards` says of each guard that failed why. `towards` picks one of the targets of an act that leads
    back to an earlier state. Raises `ActNotAllowed` and never returns the old state instead.
    """
    found = transition(table, state, act, roles=roles)
    for guard in found.guards:
        if guard in failed_guards:
            raise ActNotAllowed("guard", act=act, guard=guard, detail=failed_guards[guard])
    if towards is None:
        return found.target
    if towards not in {found.target, *found.alternatives}:
        raise ActNotAllowed("no_such_act", act=act, detail=towards)
    return towards


def allowed_acts(table: Table[StateT, ActT], state: StateT | None, roles: frozenset[Role]) -> tuple[ActT, ...]:
    """Return the acts somebody in these roles may try in this state, in the order of the table."""
    return tuple(act for (where, act), found in table.items() if where == state and found.roles & roles)
