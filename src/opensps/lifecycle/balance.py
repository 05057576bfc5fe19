"""How much of a certificate is left, line by line, and what in a claim speaks of a second use. Pure.

Source: `lifecycles.md` 5.1 (quantity left = issued - accepted - reserved - moved), I30; `fraud.md` 3, attack 3. It
knows neither certificates nor people.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from opensps.lifecycle.presentation import OPEN_STATES, PresentationState

NONE_LEFT = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class LineUse:
    """One line of a certificate and what became of its quantity, all in one unit."""

    line: int
    unit: str
    """UNECE Rec 20; empty: the line measures nothing and is used whole, as the quantity 1."""

    issued: Decimal
    accepted: Decimal = NONE_LEFT
    reserved: Decimal = NONE_LEFT
    moved: Decimal = NONE_LEFT
    """Gone on to other certificates: splits and re-export."""

    @property
    def unused(self) -> Decimal:
        """What nobody has accepted and nothing moved; part of it may be reserved."""
        return self.issued - self.accepted - self.moved

    @property
    def left(self) -> Decimal:
        """What may still be claimed."""
        return self.unused - self.reserved

    @property
    def holds(self) -> bool:
        """Whether nothing goes beyond what was issued (I30)."""
        return min(self.accepted, self.reserved, self.moved, self.left) >= NONE_LEFT

    def shifted(self, *, accepted: Decimal = NONE_LEFT, reserved: Decimal = NONE_LEFT) -> "LineUse":
        """Return the line after a change of what is accepted and reserved."""
        return replace(self, accepted=self.accepted + accepted, reserved=self.reserved + reserved)


class Replay(StrEnum):
    """Why a presentation looks like a second use. Codes are permanent (`fraud.md` 2)."""

    USED_UP = "used_up"
    BALANCE_EXCEEDED = "balance_exceeded"
    OPEN_ELSEWHERE = "open_elsewhere"
    SAME_COPY = "same_copy"
    OTHER_COUNTRY = "other_country"
    """Another country than before, or than the certificate is made out for."""

    OTHER_PORT = "other_port"
    """The certificate names another point of entry; said, and no alarm."""


ALERTING = frozenset(Replay) - {Replay.OTHER_PORT}
"""What the issuing authority is alerted of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """An earlier presentation of the same number."""

    state: PresentationState
    country: str
    """Where it was presented, ISO alpha-2."""

    office: str
    copy: str = ""
    is_continued: bool = False
    """Whether the present one takes over from it, or a later one did."""


def whole(uses: Iterable[LineUse]) -> dict[int, Decimal]:
    """Return the claim of somebody who names no quantity: whatever has not been used."""
    return {use.line: use.unused for use in uses if use.unused > NONE_LEFT}


def replays(
    *,
    claim: Mapping[int, Decimal],
    uses: Iterable[LineUse],
    earlier: Iterable[Earlier],
    here: Earlier,
    is_transfer: bool = False,
) -> tuple[Replay, ...]:
    """Return why a claim looks like a second use, the gravest first.

    ``here`` says where and with which copy it is presented; ``is_transfer``: the goods were sent on to this office.
    """
    lines = {use.line: use for use in uses}
    others = [each for each in earlier if each.state is not PresentationState.ANNULLED and not each.is_continued]
    found: list[Replay] = []
    if lines and all(use.unused <= NONE_LEFT for use in lines.values()):
        found.append(Replay.USED_UP)
    elif any(line not in lines or lines[line].unused < asked for line, asked in claim.items()):
        found.append(Replay.BALANCE_EXCEEDED)
    if not is_transfer and any(each.state in OPEN_STATES for each in others):
        found.append(Replay.OPEN_ELSEWHERE)
    if here.copy and not is_transfer and any(each.copy == here.copy for each in others):
        found.append(Replay.SAME_COPY)
    if any(each.country != here.country for each in others):
        found.append(Replay.OTHER_COUNTRY)
    return tuple(found)


def reservation(claim: Mapping[int, Decimal], uses: Iterable[LineUse]) -> dict[int, Decimal]:
    """Return what can be reserved of a claim: never more than is left, line by line."""
    return {
        use.line: min(claim[use.line], use.left)
        for use in uses
        if claim.get(use.line, NONE_LEFT) > NONE_LEFT and use.left > NONE_LEFT
    }


def is_within(*, accepted: Mapping[int, Decimal], reserved: Mapping[int, Decimal], uses: Iterable[LineUse]) -> bool:
    """Whether a quantity may be accepted: by what this presentation holds and what is left beside it."""
    lines = {use.line: use for use in uses}
    return all(
        value <= NONE_LEFT or (line in lines and value <= lines[line].left + reserved.get(line, NONE_LEFT))
        for line, value in accepted.items()
    )


class Use(StrEnum):
    """The use of a certificate, derived from its presentations."""

    NOT_PRESENTED = "not_presented"
    AT_BORDER = "at_border"
    PARTLY_USED = "partly_used"
    USED_UP = "used_up"
    TURNED_AWAY = "turned_away"


def use_of(states: Iterable[PresentationState], uses: Iterable[LineUse]) -> Use:
    """Return the use that follows from every presentation and the balance of every line."""
    said, lines = frozenset(states) - {PresentationState.ANNULLED}, tuple(uses)
    if any(use.accepted for use in lines):
        is_gone = all(use.unused <= NONE_LEFT for use in lines)
        return Use.USED_UP if is_gone else Use.PARTLY_USED
    if said & OPEN_STATES:
        return Use.AT_BORDER
    return Use.TURNED_AWAY if said else Use.NOT_PRESENTED
