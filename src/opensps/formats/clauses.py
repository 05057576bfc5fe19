"""What a clause says: its coded value, and its text (`domain.md` 5.1). Reader and capacity check agree on it here."""

import re
from collections.abc import Sequence

from opensps.certificate import Text, Texts
from opensps.formats.dialects import CLAUSES

_CODED = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*\Z", re.ASCII)
"""How coded values of clauses look: INTERNAL_MARKET."""


def said(clause: str | None, scheme: str | None, contents: Sequence[Text]) -> tuple[str | None, Texts]:
    """Return coded value and texts of a clause from its contents in order.

    A first content without language is the coded value where the clause is one of those that say one, or has a
    scheme and says more, or has the form of a code.
    """
    if not contents or contents[0].language is not None:
        return None, tuple(contents)
    first = contents[0].value
    has_form = _CODED.match(first) is not None
    is_coded = has_form and clause in CLAUSES if scheme is None else has_form or len(contents) > 1
    return (first, tuple(contents[1:])) if is_coded else (None, tuple(contents))
