"""What each signal of mail means for a delivery and for its channel: the tables of `exchange.md` 4.5 and 4.6.

A bounce is a hint that anybody can forge: it never makes a delivery received, and without the token of our return path
it means nothing. A receipt counts when the partner signed it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from opensps.exchange.mail.reports import DeliveryReport, DispositionReport


class Effect(StrEnum):
    """What happens to the delivery."""

    NONE = "none"
    """Kept and counted, changes nothing."""

    HANDED_OVER = "handed_over"
    LATE = "late"
    RETRY = "retry"
    """Once more in an hour."""

    REJECTED = "rejected"
    OPENED = "opened"
    RECEIVED = "received"
    RECEIVED_REMARKS = "received_remarks"
    UNREADABLE = "unreadable"


class Pause(StrEnum):
    """Why the whole channel stops."""

    NONE = ""
    ADDRESS = "mail_address"
    """Their address is wrong or closed: a task for the partner's manager."""

    POLICY = "mail_policy"
    """Their server refuses us, our signature or our TLS: their technical contact is told."""


@dataclass(frozen=True, slots=True)
class Signal:
    """One row of the tables, applied."""

    effect: Effect
    pause: Pause = Pause.NONE
    text: str = ""
    """Their words."""

    is_bounce: bool = False
    """Counts towards the ten an hour that open the breaker."""


NOTHING = Signal(Effect.NONE)

_HANDED_OVER = frozenset({"delivered", "relayed", "expanded"})
_FULL = (5, 2, 2)
_ADDRESS_CLOSED = (5, 2, 1)
_ADDRESSING, _SECURITY, _FOR_GOOD = 1, 7, 5

_FAILED: tuple[tuple[Callable[[tuple[int, int, int]], bool], Effect, Pause], ...] = (
    (lambda status: status == _FULL, Effect.RETRY, Pause.NONE),
    (lambda status: status == _ADDRESS_CLOSED, Effect.RETRY, Pause.ADDRESS),
    (lambda status: status[:2] == (_FOR_GOOD, _ADDRESSING), Effect.RETRY, Pause.ADDRESS),
    (lambda status: status[:2] == (_FOR_GOOD, _SECURITY), Effect.RETRY, Pause.POLICY),
    (lambda status: status[0] == _FOR_GOOD, Effect.REJECTED, Pause.NONE),
)
"""Status of a failed delivery, first row that fits; any other status: once more in an hour.

Where the channel stops the delivery waits behind it: nothing is wrong with the certificate.
"""


def of_failure(status: tuple[int, int, int], text: str) -> Signal:
    """Return what a failure with this status (RFC 3463) means."""
    for fits, effect, pause in _FAILED:
        if fits(status):
            return Signal(effect, pause, text, is_bounce=True)
    return Signal(Effect.RETRY, text=text, is_bounce=True)


def of_delivery_report(report: DeliveryReport, *, delivery_in_token: str | None) -> Signal:
    """Return what a delivery status notification means; `delivery_in_token` is ``None`` where the token is not ours."""
    if delivery_in_token is None or report.envelope_id.upper() not in {"", delivery_in_token}:
        return NOTHING
    if report.action in _HANDED_OVER:
        return Signal(Effect.HANDED_OVER)
    if report.action == "delayed":
        return Signal(Effect.LATE, text=report.diagnostic)
    return of_failure(report.status, report.diagnostic) if report.action == "failed" else NOTHING


_MODIFIED = (("failure", Effect.REJECTED), ("error", Effect.UNREADABLE), ("warning", Effect.RECEIVED_REMARKS))


def of_disposition(report: DispositionReport, *, is_proven: bool, our_mic: str) -> Signal:
    """Return what a disposition notification means; `is_proven`: signed by the partner the delivery went to."""
    if not is_proven:
        return NOTHING
    for modifier, effect in _MODIFIED:
        if modifier in report.modifiers:
            return Signal(effect, text=report.text)
    if report.disposition == "displayed":
        return Signal(Effect.OPENED)
    if report.disposition == "processed" and our_mic and report.mic == our_mic:
        return Signal(Effect.RECEIVED)
    return NOTHING
