"""What is said in an inquiry, as values: a question, a saying, a decision, what the register found. Pure.

Source: `lifecycles.md` 5.2, 5.3. Who may say it is for `services`.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from opensps.lifecycle.inquiry import (
    InquiryFinding,
    InquiryMeasure,
    InquiryPriority,
    InquirySubject,
    MachineFinding,
)


@dataclass(frozen=True, slots=True)
class File:
    """A file that comes with a message."""

    name: str
    media_type: str
    content: bytes

    @property
    def sha256(self) -> str:
        """Digest, hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """What one party says with an act."""

    texts: tuple[tuple[str, str], ...] = ()
    """Pairs of language and text."""

    files: tuple[File, ...] = ()
    request_id: str = ""

    def digest(self, *further: Any) -> bytes:
        """Return a SHA-256 over all of it and whatever goes with it."""
        said = [self.texts, [(each.name, each.media_type, each.sha256) for each in self.files], *further]
        return hashlib.sha256(json.dumps(said, default=str).encode()).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What an inquiry is opened with."""

    number: str
    subject: InquirySubject
    priority: InquiryPriority
    location: str = ""
    wanted_by: datetime | None = None
    presented: Mapping[str, str] = field(default_factory=dict)
    """Field -> text, as it was read on the paper."""

    seen: Mapping[str, Any] = field(default_factory=dict)
    """The verdict the asker had before them, as it is kept: plain data."""

    seen_number: str = ""
    """Id of that check."""

    kind: str = "certificate"
    direction: str = "inbound"
    answerer: str = ""
    asked_by: str = ""
    asked_from_minutes: int = 0
    procedure: str = ""


@dataclass(frozen=True, slots=True)
class Machine:
    """What the register said at once."""

    finding: MachineFinding | None
    check_number: str = ""
    """Id of the check it made; empty where it made none."""

    verdict: Mapping[str, Any] = field(default_factory=dict)


Machinery = Callable[[], Machine]
"""Asks the register about a question; called within the transaction that opens the inquiry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What an act decides besides the state."""

    finding: InquiryFinding | None = None
    measures: tuple[InquiryMeasure, ...] = ()
    office: str = ""
    """To whom it is routed."""

    estimate_at: datetime | None = None
    """By when a question will be answered."""

    action: str = ""
    """What the asker did after the answer."""


NOTHING_DECIDED = Decision()
