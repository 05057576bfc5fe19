"""The golden messages with which two authorities prove their connection before it carries anything real. No Django.

Source: `exchange.md` 7.3 and 7.4.
"""

from opensps.exchange.golden.conversation import TITLES, Conversation, Golden, Step
from opensps.exchange.golden.papers import Papers, Side
from opensps.exchange.golden.report import Got, Judged, Outcome, Report, judge, report

__all__ = [
    "TITLES",
    "Conversation",
    "Golden",
    "Got",
    "Judged",
    "Outcome",
    "Papers",
    "Report",
    "Side",
    "Step",
    "judge",
    "report",
]
