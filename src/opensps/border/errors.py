"""Errors of the room: `BorderError` > `TypingError`."""


class BorderError(Exception):
    """Base of the errors of this room."""


class TypingError(BorderError):
    """A check digit or check symbol does not fit: said beside the field, never counted, nothing kept.

    ``field`` is ``number`` or ``code``.
    """

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field
