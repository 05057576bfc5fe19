"""Errors of the room, one base for all: typing, records, and refusals of presentations, inquiries, cases."""


class BorderError(Exception):
    """Base of the errors of this room."""


class TypingError(BorderError):
    """A check digit or check symbol does not fit: said beside the field, never counted, nothing kept.

    ``field`` is ``number`` or ``code``.
    """

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class RecordNotFound(BorderError):
    """No such certificate for this person: unknown, of another country and forbidden are the same."""


class PresentationNotFound(BorderError):
    """No such presentation for this person, or nobody who presents: unknown, foreign and forbidden are the same."""


class PresentationRefused(BorderError):
    """A presentation is not written.

    `reason`: request_reused (another question came under the same request id), place (not in the country of who
    presents), quantity (a line the certificate does not have, or less than nothing).
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class InquiryRefused(BorderError):
    """An act on an inquiry is not done.

    `reason`: not_found (also where it is not theirs), state (the life cycle does not allow it now), changed (it moved
    meanwhile), request_reused, number_missing, text_missing, office_missing, reply_missing, other_person, too_many,
    not_signed.
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason, self.detail = reason, detail


class CoordinationRefused(BorderError):
    """Something about a case of coordination is not done.

    `reason`: not_found (also where it is not theirs), too_many.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class DeclarationRefused(BorderError):
    """A customs declaration is not taken.

    `reason`: not_found (also where it is not theirs), number, place, items.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class CaseRefused(BorderError):
    """Something about a case, concern or alert is not done.

    `reason`: not_found (also where it is not theirs), paper_elsewhere (`detail` is the case that has it),
    nothing_given, ended, same_case, too_many, too_many_tries.
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason, self.detail = reason, detail
