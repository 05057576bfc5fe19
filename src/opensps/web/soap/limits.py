"""How often one caller of a SOAP address may call: in a minute, and at once. Source: `exchange.md` 3.7.

Calls of a minute are shared by all processes through the database, in portions, so that reading does not write each
time. Calls at once are those of this process: they protect its threads, of which it has no more for having neighbours.
"""

import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from opensps.exchange.services.limits import Portion, calls_taken, window_of

CALLS_A_MINUTE: Final = 600
CALLS_AT_ONCE: Final = 8


@dataclass(frozen=True, slots=True)
class Limits:
    """What was agreed with one caller."""

    a_minute: int
    at_once: int

    @classmethod
    def agreed(cls, limits: Mapping[str, Any] | None) -> "Limits":
        """Return the limits of a connection, with the usual ones where nothing was agreed."""

        def given(name: str, usual: int) -> int:
            number = (limits or {}).get(name)
            return number if isinstance(number, int) and number > 0 else usual

        return cls(given("calls_per_minute", CALLS_A_MINUTE), given("at_once", CALLS_AT_ONCE))


class TooMany(Exception):
    """One call too many; `retry_after` in seconds."""

    def __init__(self, text: str, retry_after: int) -> None:
        super().__init__(text)
        self.text, self.retry_after = text, retry_after


class CallLimits:
    """Calls of each caller of one address in this minute, and at this moment."""

    def __init__(self, scope: str) -> None:
        self.scope = scope
        self._lock = threading.Lock()
        self._left: dict[tuple[str, str], tuple[datetime, int]] = {}
        self._running = Counter[tuple[str, str]]()

    @contextmanager
    def call(self, *, authority: str, caller: str, limits: Limits, at: datetime) -> Iterator[None]:
        """Count one call while it runs. Raises `TooMany`."""
        key = (authority, caller)
        self._begin(key, limits)
        try:
            if not self._used(key, at):
                portion = calls_taken(
                    authority=authority, scope=self.scope, caller=caller, limit=limits.a_minute, at=at
                )
                self._keep(key, portion)
            yield
        finally:
            with self._lock:
                self._running[key] -= 1

    def _begin(self, key: tuple[str, str], limits: Limits) -> None:
        with self._lock:
            if self._running[key] >= limits.at_once:
                raise TooMany("Too many calls at once.", 1)
            self._running[key] += 1

    def _used(self, key: tuple[str, str], at: datetime) -> bool:
        """Use a call of the portion that is held for this minute, if there is one."""
        with self._lock:
            window, left = self._left.get(key, (at, 0))
            if left and window == window_of(at):
                self._left[key] = (window, left - 1)
                return True
        return False

    def _keep(self, key: tuple[str, str], portion: Portion) -> None:
        """Use the first call of a portion and hold the others."""
        if not portion.calls:
            raise TooMany("Too many calls.", portion.resets_in)
        with self._lock:
            window, left = self._left.get(key, (portion.window_at, 0))
            held = left if window == portion.window_at else 0
            self._left[key] = (portion.window_at, held + portion.calls - 1)

    def forget(self) -> None:
        """Begin anew, for tests."""
        with self._lock:
            self._left.clear()
            self._running.clear()
