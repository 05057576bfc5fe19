"""The line numbered 0 that sums up a consignment: totals, not goods (`domain.md` 5.1, 9.2)."""

from opensps.certificate import TradeLineItem

TOTALS_WORDS = "Consignment totals and summary"
"""How we describe it."""

_TOTALS = "consignment totals"


def is_totals_words(text: str) -> bool:
    """Tell whether a description is that of totals."""
    return " ".join(text.split()).lower().startswith(_TOTALS)


def is_totals(line: TradeLineItem) -> bool:
    """Tell whether a line is read as the totals of the consignment."""
    return line.sequence == 0 and any(is_totals_words(text.value) for text in line.descriptions)
