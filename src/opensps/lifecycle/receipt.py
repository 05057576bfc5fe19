"""What a partner's messages about one certificate come to: the decision on each, and the state of them all. Pure.

Source: `exchange.md` 8.3 and 8.4, `reliability.md` 2.5. `decide` judges one message as it arrives and words the
acknowledgement; `settle` looks at everything ever said about a number, so that any order and any repetition of the same
messages end in the same state. It knows neither bytes nor partners.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from types import MappingProxyType

from opensps.lifecycle.delivery import AcknowledgementCode


class Decision(StrEnum):
    """What a message is, beside what is already known about its certificate."""

    APPLIED = "applied"
    HELD = "held"
    """Readable, but it must be corrected: a person looks at it first."""

    DUPLICATE = "duplicate"
    CONFLICT = "conflict"
    """The same status said with other content, and nothing says which came later."""

    OLDER = "older"
    """Something later is known already; kept, not applied."""

    UNKNOWN_STATUS = "unknown_status"


class IncomingState(StrEnum):
    """Where a certificate of a partner stands, as far as their messages say."""

    IN_FORCE = "in_force"
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"
    SPLIT = "split"
    EXPIRED = "expired"
    HELD = "held"
    CONFLICT = "conflict"
    UNKNOWN = "unknown"
    """Only statuses that no table of ours knows have been said."""


ISSUED = "70"

FINAL = MappingProxyType(
    {
        "40": IncomingState.WITHDRAWN,
        "44": IncomingState.REPLACED,
        "68": IncomingState.SPLIT,
        "74": IncomingState.EXPIRED,
    }
)
"""UNCL 4405: statuses no message leads away from."""

_RANKS = MappingProxyType({ISSUED: 1, "74": 2, "68": 3, "44": 4, "40": 5})
"""The later counts, whatever arrived first; an unknown status never does."""

_BEGINNING = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One thing a partner said about a certificate, however often and over however many channels."""

    type_code: str
    status_code: str
    digest: str
    """Identity of the content: equal digests say the same."""

    version: int | None = None
    """The partner's own sequence per number, where the channel carries it."""

    issued_at: datetime | None = None
    is_held: bool = False

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes two messages one."""
        return self.type_code, self.status_code, self.digest

    @property
    def rank(self) -> int:
        """Weight of the status: withdrawn over replaced over split over expired over issued, unknown below all."""
        return _RANKS.get(self.status_code, 0)

    @property
    def place(self) -> tuple[int, int, datetime, str]:
        """Where it stands among the others; total, so that arrival never matters."""
        return self.rank, self.version or 0, self.issued_at or _BEGINNING, self.digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """The state of a certificate after everything that was said."""

    state: IncomingState
    digest: str = ""
    """Content that counts; empty where there is a conflict about it."""

    has_conflict: bool = False
    """Whether a person has to decide between two contents."""

    is_tombstone: bool = False
    """Whether the end came, and what ended has not."""


def merged(said: Iterable[Said]) -> tuple[Said, ...]:
    """Return each thing once, with the highest version any channel gave it, in an order of its own."""
    kept: dict[tuple[str, str, str], Said] = {}
    for one in said:
        known = kept.get(one.key)
        if known is None or (one.version or 0) > (known.version or 0):
            kept[one.key] = one
    return tuple(sorted(kept.values(), key=lambda one: (one.place, one.key)))


def _contest(rivals: Iterable[Said]) -> bool:
    """Whether nothing says which of several contents of one rank is the later one.

    Versions order them. Without a version on each, two contents under one number and status contradict each other.
    """
    several = tuple(rivals)
    if len({one.digest for one in several}) < 2:  # noqa: PLR2004  two contents contradict each other
        return False
    latest = max(one.version or 0 for one in several)
    at_the_top = {one.digest for one in several if one.version is None or one.version == latest}
    return len(at_the_top) > 1


def decide(known: Iterable[Said], new: Said) -> Decision:
    """Return what a message is, beside what was known when it arrived."""
    before = merged(known)
    if any(one.key == new.key for one in before):
        return Decision.DUPLICATE
    if not new.rank:
        return Decision.UNKNOWN_STATUS
    rivals = [one for one in before if one.rank == new.rank]
    if any(one.rank > new.rank for one in before):
        return Decision.OLDER
    if _contest([*rivals, new]):
        return Decision.CONFLICT
    if any(one.place > new.place for one in rivals):
        return Decision.OLDER
    return Decision.HELD if new.is_held and new.status_code == ISSUED else Decision.APPLIED


def settle(said: Iterable[Said], *, is_succeeded: bool = False, chosen: str = "") -> Settled:
    """Return the state that follows from everything said, in whatever order it came.

    `is_succeeded`: another certificate in force names this one as the one it replaces. `chosen`: digest a person
    decided for in a conflict.
    """
    every = merged(said)
    rank = max((one.rank for one in every), default=0)
    rivals = [one for one in every if one.rank == rank]
    is_decided = any(one.digest == chosen for one in rivals)
    has_conflict = rank > 0 and not is_decided and _contest(rivals)
    if not rank:
        return Settled(state=IncomingState.REPLACED if is_succeeded else IncomingState.UNKNOWN, is_tombstone=not every)
    last = rivals[-1]
    counted = next((one for one in rivals if one.digest == chosen), last)
    if counted.status_code in FINAL:
        return _ended(counted, every, has_conflict=has_conflict, is_succeeded=is_succeeded)
    state = _issued(counted, is_open=has_conflict, is_chosen=counted.digest == chosen)
    if is_succeeded:
        state = IncomingState.REPLACED
    digest = "" if state is IncomingState.CONFLICT else counted.digest
    return Settled(state=state, digest=digest, has_conflict=has_conflict)


def _issued(counted: Said, *, is_open: bool, is_chosen: bool) -> IncomingState:
    if is_open:
        return IncomingState.CONFLICT
    return IncomingState.HELD if counted.is_held and not is_chosen else IncomingState.IN_FORCE


def _ended(counted: Said, every: Iterable[Said], *, has_conflict: bool, is_succeeded: bool) -> Settled:
    """Return an end; what was withdrawn for a successor that names it has been replaced by it."""
    state = FINAL[counted.status_code]
    if is_succeeded and state in {IncomingState.WITHDRAWN, IncomingState.EXPIRED}:
        state = IncomingState.REPLACED
    has_beginning = any(one.status_code == ISSUED for one in every)
    return Settled(state=state, digest=counted.digest, has_conflict=has_conflict, is_tombstone=not has_beginning)


def result_of(decision: Decision, *, has_remarks: bool) -> AcknowledgementCode:
    """Return what is acknowledged for a readable message; `has_remarks`: a SEVERE or WARNING finding.

    A duplicate is acknowledged as clean, whatever was found when it came first (`exchange.md` 8.3).
    """
    if decision is Decision.DUPLICATE:
        return AcknowledgementCode.RECEIVED
    if decision is Decision.APPLIED and not has_remarks:
        return AcknowledgementCode.RECEIVED
    return AcknowledgementCode.RECEIVED_REMARKS
