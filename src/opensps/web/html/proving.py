"""What the person of this session has proved, and proving it once more. Source: `reliability.md` 4.3.

An unlocked browser is not its owner: what changes how somebody signs in asks for the password again, and for a code of
the present device where there is one.
"""

from typing import Any, Final

from django.http import HttpRequest
from django.utils.translation import gettext as _

from opensps.accounts.errors import CodeRefused, TooManyTries
from opensps.accounts.services import Factor, code_verify, password_verify
from opensps.web.html.access import SignedInRequest
from opensps.web.html.acting import now
from opensps.web.html.templatetags.parts import moment_in_words

SESSION: Final = "proved"
SECOND: Final = frozenset({Factor.ONE_TIME_CODE.value, Factor.PASSKEY.value, Factor.DEMO.value})
"""The one click of the demonstration stands for both; it exists there only."""


def has_proved_second(request: HttpRequest) -> bool:
    """Return whether the session began with a second factor."""
    return bool(SECOND & set(request.session.get(SESSION, ())))


def is_own_password(request: SignedInRequest, form: Any, name: str) -> bool:
    """Return whether the password of that field is the person's, or say beside it that it is not."""
    try:
        is_right = password_verify(request.user, form.cleaned_data[name], now())  # type: ignore[arg-type]  # our own person model
    except TooManyTries as exc:
        words = _("Too many wrong passwords. You can try again at %(time)s.") % {"time": moment_in_words(exc.until)}
        form.add_error(name, words)
        return False
    if not is_right:
        form.add_error(name, _("This is not your password."))
    return is_right


def is_proved_again(request: SignedInRequest, form: Any) -> bool:
    """Return whether password and, where the form asks for it, a code are right; say beside the field what is not."""
    if not is_own_password(request, form, "former"):
        return False
    if "present" not in form.fields:
        return True
    try:
        code_verify(request.user, form.cleaned_data["present"], now())  # type: ignore[arg-type]  # our own person model
    except CodeRefused:
        form.add_error("present", _("This code is wrong or was used before. Wait for the next one."))
    except TooManyTries as exc:
        words = _("Too many tries. You can try again at %(time)s.") % {"time": moment_in_words(exc.until)}
        form.add_error("present", words)
    else:
        return True
    return False
