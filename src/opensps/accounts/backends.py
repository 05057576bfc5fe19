"""Tells Django's sessions who a signed-in person is. It accepts nobody: that does `services.sign_in_attempt`."""

from typing import Any

from django.contrib.auth.backends import BaseBackend

from opensps.accounts.models import Person
from opensps.accounts.queries import uuid_of


class PersonBackend(BaseBackend):
    """For ``AUTHENTICATION_BACKENDS``; pass it to ``django.contrib.auth.login`` after a sign-in was accepted."""

    def authenticate(self, request: Any, **credentials: Any) -> None:
        """Accept nobody: a way past the limits must not exist."""

    def get_user(self, user_id: Any) -> Person | None:
        """Return the person of a session while active; suspension ends every session with the next request."""
        return Person.objects.filter(pk=uuid_of(str(user_id)), is_active=True, is_machine=False).first()
