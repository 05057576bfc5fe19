"""Errors of the room: `BorderError` > `TypingError`, `PresentationRefused`, `InquiryRefused`."""


class BorderError(Exception):
    """Base of the errors of this room."""


class TypingError(BorderError):
    """A check digit or check symbol does not fit: said beside the field, never counted, nothing kept.

    ``field`` is ``number`` or ``code``.
    """

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class PresentationRefused(BorderError):
    """A presentation is not written; `reason`: request_reused (another question came under the same request id)."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class InquiryRefused(BorderError):
    """An act on an inquiry is not done.

    `reason`: not_found (also where it is not theirs), state (the life cycle does not allow it now), request_reused,
    subject_missing, number_missing, reply_missing.
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason, self.detail = reason, detail
