"""The steps of any run by name, without their contents: what a run is judged by once its messages have left.

Source: `exchange.md` 7.4. Built by the conversation itself, so that plan and messages cannot differ.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from types import MappingProxyType

from opensps.exchange.golden.conversation import Conversation, Step
from opensps.exchange.golden.papers import Papers, Side


@cache
def planned_steps() -> Mapping[str, Step]:
    """Return the steps in their order, by name; numbers and contents are those of no run."""
    papers = Papers(
        sender=Side(code="XA", country="XA", authority="-"),
        receiver=Side(code="XB", country="XB", authority="-"),
        run=1,
        at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    steps = Conversation(papers, sign=lambda _xml: b"", other_country="XC", size_limit=1).steps()
    return MappingProxyType({step.name: replace(step, content=b"", signature=None) for step in steps})
