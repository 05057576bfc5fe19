"""Errors of the room.

`AccountsError` > `NotFound`, `NotAllowed`, `EmailTaken`, `OfficeTaken`, `NameMissing`, `GrantIncomplete`,
`PasswordRefused`, `TooManyTries`, `NotADemo`, `SecretUnreadable`, `CodeRefused`, `LinkOver`, `NotTheSecond`.
"""

from datetime import datetime


class AccountsError(Exception):
    """Base of the errors of this room."""


class NotFound(AccountsError):
    """Nothing of this authority has that id; foreign, missing and forbidden give the same answer."""


class NotAllowed(AccountsError):
    """The actor is neither an administrator nor the system."""


class EmailTaken(AccountsError):
    """The authority has an account with this address."""


class OfficeTaken(AccountsError):
    """The authority has an office with this code."""


class NameMissing(AccountsError):
    """A body needs a name."""


class GrantIncomplete(AccountsError):
    """The role needs an organisation or an office, or ends before it begins."""


class PasswordRefused(AccountsError):
    """The password is too weak; ``reasons`` are the codes of the validators."""

    def __init__(self, reasons: tuple[str, ...]) -> None:
        super().__init__(", ".join(reasons))
        self.reasons = reasons


class TooManyTries(AccountsError):
    """Too many wrong passwords; ``until`` is when the next one is looked at."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"wait until {until.isoformat()}")
        self.until = until


class NotADemo(AccountsError):
    """One-click sign-in was asked for outside the demo."""


class SecretUnreadable(AccountsError):
    """No key of this installation opens a stored secret."""


class CodeRefused(AccountsError):
    """The one-time code or recovery code is wrong, or was used before."""


class LinkOver(AccountsError):
    """The one-time link was used, replaced, or is too old."""


class NotTheSecond(AccountsError):
    """A reset needs two administrators: whoever asked, and whose account it is, cannot confirm."""
