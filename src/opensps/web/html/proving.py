"""What the person of this session has proved: a second factor or not. Source: `reliability.md` 4.3."""

from typing import Final

from django.http import HttpRequest

from opensps.accounts.services import Factor

SESSION: Final = "proved"
SECOND: Final = frozenset({Factor.ONE_TIME_CODE.value, Factor.PASSKEY.value, Factor.DEMO.value})
"""The one click of the demonstration stands for both; it exists there only."""


def has_proved_second(request: HttpRequest) -> bool:
    """Return whether the session began with a second factor."""
    return bool(SECOND & set(request.session.get(SESSION, ())))
