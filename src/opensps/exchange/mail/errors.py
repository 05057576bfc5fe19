"""What can be wrong with a mail: the reason words of `exchange.md` 4.7, and the errors that carry them.

MailError
+-- MailQuarantined   kept, applied nowhere, looked at by a person; `reason` is permanent
+-- MailNotBuilt      a message of ours cannot be written or sealed as asked
"""

from enum import StrEnum


class Reason(StrEnum):
    """Why a mail is in quarantine."""

    STRUCTURE = "STRUCTURE"
    """Beyond the limits, or not built as a mail is."""

    UNKNOWN_SENDER = "UNKNOWN_SENDER"
    """Not exactly one From with one address that a partner lists."""

    SIGNATURE = "SIGNATURE"
    """Not signed by an exchange certificate of that partner, or not readable by our key."""

    CONTENT = "CONTENT"
    """The signed part does not hold exactly one document we take."""

    REPLAY = "REPLAY"
    """The Message-ID came before with other content."""

    MALWARE = "MALWARE"
    """The scan of attachments found something, or could not be done."""


class MailError(Exception):
    """Base error of mail."""


class MailQuarantined(MailError):
    """A mail is not believed; `detail` is English for staff and holds no text of the mail."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


class MailNotBuilt(MailError):
    """A message cannot be made: `code` is key, certificate, recipient, encryption, field or size."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail
