"""How much of what came in may go on under another certificate, and how a claim is shared out. Pure.

Source: `lifecycles.md` 5.1, `fraud.md` 5, P06. Goods that were accepted at our border may be re-exported once; goods
that nobody has accepted go on instead of being accepted. So a line is drawn from what was accepted first, and only then
from what is left: what is re-exported never exceeds what was issued, and a certificate is never used twice for it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from opensps.lifecycle.balance import NONE_LEFT, LineUse


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """What is taken of one line of one certificate."""

    from_accepted: Decimal
    from_left: Decimal

    @property
    def quantity(self) -> Decimal:
        """In the unit of the line."""
        return self.from_accepted + self.from_left


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawLine:
    """One line of an import certificate with what others have drawn of it."""

    use: LineUse
    drawn_accepted: Decimal = NONE_LEFT
    """Drawn by others from what was accepted."""

    own_reserved: Decimal = NONE_LEFT
    """Of `LineUse.reserved`, what the asking application itself holds."""

    @property
    def accepted(self) -> Decimal:
        """What was accepted and has not gone on."""
        return max(NONE_LEFT, self.use.accepted - self.drawn_accepted)

    @property
    def left(self) -> Decimal:
        """What nobody has accepted, reserved or moved; what was drawn and is accepted no longer is gone from it."""
        beyond = max(NONE_LEFT, self.drawn_accepted - self.use.accepted)
        return max(NONE_LEFT, self.use.left + self.own_reserved - beyond)

    @property
    def available(self) -> Decimal:
        """What may go on."""
        return self.accepted + self.left

    def taken(self, asked: Decimal) -> Drawn:
        """Return how much of what is asked this line gives."""
        first = min(asked, self.accepted)
        return Drawn(from_accepted=first, from_left=min(asked - first, self.left))


def share_out(asked: Decimal, lines: Iterable[DrawLine]) -> tuple[tuple[Drawn, ...], Decimal]:
    """Return what each line gives, in order, and what none of them can give; all in one unit."""
    drawn: list[Drawn] = []
    for line in lines:
        drawn.append(line.taken(asked))
        asked -= drawn[-1].quantity
    return tuple(drawn), asked
