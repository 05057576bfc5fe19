"""What the audit of events can find, in words. Without Django, so that the catalogue of sentences can read it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import ClassVar

_RESTORE = "Stop issuing, keep the database file as it is, and restore the events from a backup."
MESSAGES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "guard_missing": (
            "%(where)s: the database does not protect this table any more.",
            "Stop the service, find out who changed the database, run the migrations again, then run the doctor again.",
        ),
        "digest": ("%(where)s: the event was changed after it was written.", _RESTORE),
        "payload": ("%(where)s: the text kept with the event was changed after it was written.", _RESTORE),
        "payload_missing": ("%(where)s: the text kept with the event has disappeared without being erased.", _RESTORE),
        "seq_gap": ("%(where)s: step %(expected)s is missing.", _RESTORE),
        "previous_digest": ("%(where)s: the event does not follow the one before it.", _RESTORE),
        "time": ("%(where)s: the event is older than the one before it.", _RESTORE),
        "state": ("%(where)s: the event starts from another state than the one before it reached.", _RESTORE),
        "event_missing": ("%(where)s: the event at this place in the chain has disappeared.", _RESTORE),
        "position_digest": ("%(where)s: the chain holds another digest than the event.", _RESTORE),
        "position_gap": ("%(where)s: this place follows on place %(after)s; those between have disappeared.", _RESTORE),
        "chain": ("%(where)s: the chain does not recompute.", _RESTORE),
        "never_placed": (
            "%(where)s: the event has no place in the chain and no due row will give it one.",
            "A due row was removed by hand: find out who changed the database, and restore the row from a backup.",
        ),
        "consumer_failing": (
            "%(where)s: failed %(attempts)s times, last with %(error)s.",
            "Read the worker's log at that time, repair the cause; the worker tries again by itself.",
        ),
        "projection": (
            "%(where)s: the state stored is %(stored)s, the events say %(told)s.",
            _RESTORE,
        ),
    }
)
"""Code -> (what is wrong, what to do), as templates for the translation catalogue."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something the doctor must say; another room's problems are a subclass with `messages` of their own."""

    messages: ClassVar[Mapping[str, tuple[str, str]]] = MESSAGES

    code: str
    where: str
    params: Mapping[str, str] = field(default_factory=dict)

    @property
    def template(self) -> str:
        """The message before its parameters are filled in."""
        return self.messages[self.code][0]

    @property
    def message(self) -> str:
        """What is wrong, in English."""
        return self.template % {"where": self.where, **self.params}

    @property
    def remedy(self) -> str:
        """What to do, in English."""
        return self.messages[self.code][1]
