"""Deciding with a reason: one page that asks for it, and the act done once. Source: `ux.md` 2.3.

Used where staff decide about deliveries, what came in, and partners. What may be decided is asked of the service.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from opensps.web.html.access import SignedInRequest
from opensps.web.html.acting import FIELD, act, fresh_token
from opensps.web.html.forms.acts import ReasonForm

Do = Callable[[datetime, str], object]
"""Does the act, given the time and the reason."""


def decided(request: SignedInRequest, operation: str, do: Do, *, back_url: str, **words: Any) -> HttpResponse:
    """Ask for a reason, or do the act and lead back; the same post again does nothing.

    `operation` names act and object; `words` are those of the page: `heading`, `texts`, `button`, `danger`.
    """
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():

        def once(at: datetime) -> str:
            do(at, form.cleaned_data["reason"])
            return back_url

        return act(request, operation, once, back_url=back_url)
    context = {"form": form, "token": request.POST.get(FIELD) or fresh_token(), "back_url": back_url, **words}
    return render(request, "act/confirm.html", context)
