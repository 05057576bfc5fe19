"""What signed status lists say of a certificate, and how old that is: the aspects `status` and `freshness`.

Source: `trust.md` 6.12, 7.5. A list counts when a key of the issuing authority signed it that is listed for status
lists and has not ended. What is bad in an old list stays bad; what is good in it proves nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from opensps.formats import cose
from opensps.formats.errors import FormatError
from opensps.signing import Evidence, SealError, TrustedKey, speaking_key
from opensps.transparency.status_list import Status, StatusList, read_status_list
from opensps.verification.aspects import Aspect, Fragment, failed, passed
from opensps.verification.record import Terms

STATUS_FRESH = timedelta(hours=24)
TRUST_FRESH = timedelta(days=7)
"""After fetching."""

CLOCKS_DIFFER = timedelta(hours=1)
"""A list from further ahead than this tells that our clock measures no age."""

_WORDS = {Status.WITHDRAWN: "withdrawn", Status.ON_HOLD: "on_hold", Status.REPLACED: "replaced"}


@dataclass(frozen=True, slots=True)
class Standing:
    """The answers about status and freshness."""

    fragments: tuple[Fragment, ...]
    as_of: datetime | None = None
    """Issue time of the list that was used."""


def standing(terms: Terms, *, authority: str, log_id: bytes | None, index: int | None) -> Standing:
    """Return what the newest list of a log says of a leaf.

    `log_id`: id of the log's key, 4 bytes; ``None`` for a certificate that has no place in a log.
    """
    if log_id is None or index is None:
        return Standing((failed(Aspect.STATUS, "list_missing"), *_old_trust(terms)))
    lists = [each for each in _lists(terms, authority) if each.log_id == log_id]
    if not lists:
        return Standing((failed(Aspect.STATUS, "list_missing"), *_old_trust(terms)))
    newest = max(lists, key=lambda each: (each.size, each.issued_at))
    return Standing((_said(newest.status(index)), *_freshness(newest, terms)), newest.issued_at)


def _said(status: Status | None) -> Fragment:
    if status is None:
        return failed(Aspect.STATUS, "not_covered")
    return failed(Aspect.STATUS, _WORDS[status]) if status in _WORDS else passed(Aspect.STATUS)


def _freshness(listed: StatusList, terms: Terms) -> tuple[Fragment, ...]:
    age = terms.now - listed.issued_at
    if not -CLOCKS_DIFFER <= age <= STATUS_FRESH:
        return (failed(Aspect.FRESHNESS, "status_old"),)
    return _old_trust(terms) or (passed(Aspect.FRESHNESS),)


def _old_trust(terms: Terms) -> tuple[Fragment, ...]:
    fetched_at = terms.trust_fetched_at
    if fetched_at is None or terms.now - fetched_at <= TRUST_FRESH:
        return ()
    return (failed(Aspect.FRESHNESS, "list_old"),)


def _lists(terms: Terms, authority: str) -> Iterator[StatusList]:
    """Give the lists that may be believed; the others are left aside, as if they were not there."""
    for raw in terms.status_lists:
        try:
            message, listed = read_status_list(raw)
            key = speaking_key(
                (each for each in terms.trust.keys_called(message.kid) if signed_by(message, each)),
                trust=terms.trust,
                use="status",
                type_code=None,
                evidence=Evidence(listed.issued_at, terms.now),
                is_speaker=lambda each: each.authority == authority,
            )
        except (FormatError, SealError):
            continue
        if terms.accepts_training or not key.is_training:
            yield listed


def signed_by(message: cose.Sign1, key: TrustedKey) -> bool:
    """Return whether exactly this key signed a message."""
    try:
        cose.check_signature(message, spki_der=key.spki_der)
    except FormatError:
        return False
    return True
