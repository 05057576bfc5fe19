"""Invisible signs that turn the direction of text (Unicode UAX #9, property Bidi_Control).

With them a text reads otherwise than it is signed: "180" may show as "081". We write none, and show those of others.
"""

import re

_CONTROLS = re.compile(r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def turns_direction(text: str) -> bool:
    """Return whether such a sign stands in the text."""
    return _CONTROLS.search(text) is not None


def with_direction_shown(text: str) -> str:
    """Return the text with each such sign as its number: ``[U+202E]``."""
    return _CONTROLS.sub(lambda found: f"[U+{ord(found[0]):04X}]", text)
