"""May a key speak: for this authority, use and type, at that place in history (`trust.md` 5.1; aspect `signer`).

A key is valid by its place in the log, not by a clock. A place counts only when it is proven; where it is not, and the
key was retired or distrusted since, the answer is that it cannot be told. Where there is no log yet, times stand in:
of the issue in a register one may believe, else what the document says.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from opensps.signing.errors import SealError
from opensps.signing.trust_entries import Bound, LogPosition, TrustedKey
from opensps.signing.trust_list import TrustList


@dataclass(frozen=True, slots=True)
class Evidence:
    """When something was signed, as far as it is known."""

    claimed_at: datetime
    """What the document says."""

    now: datetime
    proven_at: datetime | None = None
    """Time of its issue in a register one may believe."""

    position: LogPosition | None = None
    """Of its issue leaf, proven to be in the log."""


def speaking_key(
    listed: Iterable[TrustedKey],
    *,
    trust: TrustList,
    use: str,
    type_code: str | None,
    evidence: Evidence,
    is_speaker: Callable[[TrustedKey], bool],
) -> TrustedKey:
    """Return the first of these entries that may speak for whom `is_speaker` names; `type_code` None asks for no type.

    Raises `SealError`. Reasons: list_missing, list_expired, unknown_key (no entry), other_authority, use, type,
    retired (outside its period), distrusted, position_unknown.
    """
    if not trust.keys:
        raise SealError("signer", "list_missing")
    if trust.has_expired(evidence.now):
        raise SealError("signer", "list_expired")
    entries = tuple(listed)
    if not entries:
        raise SealError("signer", "unknown_key")
    speaking = [key for key in entries if is_speaker(key)]
    if not speaking:
        raise SealError("signer", "other_authority")
    reasons = [_objection(key, trust, use, type_code, evidence) for key in speaking]
    for key, reason in zip(speaking, reasons, strict=True):
        if not reason:
            return key
    raise SealError("signer", reasons[0])


def _objection(key: TrustedKey, trust: TrustList, use: str, type_code: str | None, evidence: Evidence) -> str:
    """Return why a key may not speak, "" if it may."""
    if not key.may(use):
        return "use"
    if type_code is not None and type_code not in key.types:
        return "type"
    place = _Place(trust, key.authority, evidence)
    if not place.is_after_start(key.from_at):
        return "retired"
    ended = place.is_after_end(key.to_at)
    if ended:
        return "retired"
    distrusted = place.is_after_distrust(key.distrusted_from)
    if distrusted:
        return "distrusted"
    return "" if ended is distrusted is False else "position_unknown"


@dataclass(frozen=True, slots=True)
class _Place:
    """Where something stands in the history of an authority. Answers are yes, no, or ``None`` for "cannot be told"."""

    trust: TrustList
    authority: str
    evidence: Evidence

    def is_after_start(self, start: Bound) -> bool:
        """Return whether it is not older than a start; without a proof its own word counts."""
        if isinstance(start, LogPosition):
            return self._reaches(start) is not False
        return (self.evidence.proven_at or self.evidence.claimed_at) >= start

    def is_after_end(self, end: Bound | None) -> bool | None:
        """Return whether it lies behind the end of a period."""
        if end is None:
            return False
        if isinstance(end, LogPosition):
            return self._reaches(end)
        evidence = self.evidence
        if (evidence.proven_at or evidence.claimed_at) >= end:
            return True
        return None if evidence.proven_at is None and evidence.now >= end else False

    def is_after_distrust(self, start: Bound | None) -> bool | None:
        """Return whether it lies behind a distrust; what the document says of itself never counts here."""
        if start is None:
            return False
        if isinstance(start, LogPosition):
            return self._reaches(start)
        return None if self.evidence.proven_at is None else self.evidence.proven_at >= start

    def _reaches(self, bound: LogPosition) -> bool | None:
        """Return whether its place is the bound's or behind it, in the order of the authority's logs."""
        place = self.evidence.position
        mine = self.trust.order(self.authority, place) if place is not None else None
        theirs = self.trust.order(self.authority, bound)
        return None if mine is None or theirs is None else mine >= theirs
