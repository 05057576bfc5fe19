"""CORE rules about texts as such, whatever they say."""

from collections.abc import Iterator

from opensps.certificate.direction import turns_direction, with_direction_shown
from opensps.rules.case import Case
from opensps.rules.findings import Area, Level
from opensps.rules.rule import Found, Rule

_SHOWN = 80


def _turned(case: Case) -> Iterator[Found]:
    for path, text in case.texts:
        if turns_direction(text):
            yield path.removesuffix(".value"), {"text": with_direction_shown(text)[:_SHOWN]}


DIRECTION = Rule(
    "CORE-DIRECTION",
    "Unicode Standard Annex #9, property Bidi_Control",
    Level.SEVERE,
    Area.CONSISTENCY,
    "Remove the invisible signs that turn the direction of text from %(text)s.",
    _turned,
)
