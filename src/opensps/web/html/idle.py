"""Who issues, decides or administers is signed out after a quarter of an hour without a request (`reliability.md` 4.2).

The session remembers when it was last used; so that a page costs no write, only once a minute.
"""

from datetime import datetime, timedelta
from typing import Final

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest
from django.utils.translation import gettext

from opensps.lifecycle import Role

LIMIT: Final = timedelta(minutes=15)
STEP: Final = timedelta(minutes=1)
ROLES: Final = frozenset({Role.CERTIFYING_OFFICER, Role.SENIOR_OFFICER, Role.ADMINISTRATOR})
"""Roles whose screens must not be left open."""

_USED: Final = "used_at"


def sign_out_if_left(request: HttpRequest, *, roles: frozenset[Role], at: datetime) -> bool:
    """End a session that was left alone for too long, and say so on the next page; else remember that it is used."""
    if not roles & ROLES:
        return False
    used = datetime.fromtimestamp(request.session.get(_USED, at.timestamp()), at.tzinfo)
    if at - used > LIMIT:
        logout(request)
        messages.info(request, gettext("You were signed out: nothing happened for 15 minutes. Sign in to go on."))
        return True
    if _USED not in request.session or at - used >= STEP:
        request.session[_USED] = at.timestamp()
    return False
