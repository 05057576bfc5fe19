"""The line numbered 0 that sums up a consignment: totals, not goods (`domain.md` 5.1, 9.2)."""

from opensps.certificate import TradeLineItem

_TOTALS = "consignment totals"


def is_totals(line: TradeLineItem) -> bool:
    """Tell whether a line is read as the totals of the consignment."""
    return line.sequence == 0 and any(text.value.lower().startswith(_TOTALS) for text in line.descriptions)
