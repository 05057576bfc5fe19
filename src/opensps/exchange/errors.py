"""Errors of the room.

`ExchangeError` > `PartnerNotFound`, `EnvelopeNotFound`, `EndpointNotFound`, `NotAllowed`, `RecordRefused`
(> `SecretsLocked`), `WrongTransport`.
"""


class ExchangeError(Exception):
    """Base of the errors of this room."""


class PartnerNotFound(ExchangeError):
    """No such partner, also for those of other authorities."""


class EnvelopeNotFound(ExchangeError):
    """No such envelope, also where it is not theirs who ask."""


class EndpointNotFound(ExchangeError):
    """No such webhook endpoint, also where it is not theirs who ask."""


class NotAllowed(ExchangeError):
    """The actor may not do this; nothing was written."""


class RecordRefused(ExchangeError):
    """What was asked for a partner's record cannot be; `reason` is a code."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason, self.detail = reason, detail


class SecretsLocked(RecordRefused):
    """A secret should be kept or used, and no key is configured that protects it, or not the one it was kept with."""


class WrongTransport(ExchangeError):
    """No transport of that channel is registered."""


def where(error: BaseException) -> str:
    """Return file and line of the innermost frame, for the log: no values, so nothing personal."""
    at = error.__traceback__
    while at is not None and at.tb_next is not None:
        at = at.tb_next
    return f"{at.tb_frame.f_code.co_filename.rpartition('/')[2]}:{at.tb_lineno}" if at else ""
