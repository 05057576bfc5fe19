"""What `opensps doctor` asks of the ledger: is every balance the sum of its entries, every state that of its events."""

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal

from opensps.border.ledger import PRESENTATION, LineBalance, Presentation, PresentationEntry, SourceDraw
from opensps.events.queries import Problem, projection_problems

Key = tuple[str, str, int]
"""Issuer, number, line."""

_NONE = (Decimal(0), Decimal(0))


def ledger_problems(authority: str) -> tuple[Problem, ...]:
    """Return balances that are not what the entries moved, and presentations whose state is not that of their events.

    What partners presented before there was a ledger has no entries, and no events.
    """
    moved = _moved(authority)
    rows = LineBalance.objects.filter(authority=authority)
    wrong = (
        Problem("balance_differs", f"{row.issuer} {row.number} {row.line}")
        for row in rows.iterator()
        if moved.get((row.issuer, row.number, row.line), _NONE) != (row.reserved, row.accepted)
    )
    entered = Presentation.objects.filter(authority=authority, entries__sequence=1)
    states = dict(entered.values_list("presentation_number", "state"))
    return (*wrong, *projection_problems(authority=authority, object_kind=PRESENTATION, states=states))


def _moved(authority: str) -> Mapping[Key, tuple[Decimal, Decimal]]:
    """Return what all entries and all held re-exports together reserved and accepted, line by line."""
    sums: dict[Key, tuple[Decimal, Decimal]] = defaultdict(lambda: _NONE)
    rows = PresentationEntry.objects.filter(authority=authority).exclude(moved=[])
    for issuer, number, moved in rows.values_list("presentation__issuer", "presentation__number", "moved").iterator():
        for line, _unit, reserved, accepted in moved:
            before = sums[issuer, number, line]
            sums[issuer, number, line] = (before[0] + Decimal(reserved), before[1] + Decimal(accepted))
    for draw in SourceDraw.objects.filter(authority=authority, state=SourceDraw.RESERVED).iterator():
        key = (draw.issuer, draw.number, draw.source_line)
        sums[key] = (sums[key][0] + draw.from_left, sums[key][1])
    return sums
