"""Asking and doing: one page with a form or only a reason, and the act done once. Source: `ux.md` 2.3.

Used where staff decide about deliveries, what came in, and partners. What may be decided is asked of the service.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from django.forms import Form
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from opensps.exchange.errors import RecordRefused
from opensps.web.html.access import SignedInRequest
from opensps.web.html.acting import FIELD, fresh_token, guarded, once
from opensps.web.html.forms.acts import ReasonForm
from opensps.web.html.forms.words import why_record

Given = Mapping[str, Any]
_NOWHERE: Final[Mapping[str, str]] = MappingProxyType({})


def asked(
    request: SignedInRequest,
    form: Form,
    operation: str,
    do: Callable[[datetime, Given], str | None],
    *,
    back_url: str,
    beside: Mapping[str, str] = _NOWHERE,
    **words: Any,
) -> HttpResponse:
    """Show a form, or do the act with what was entered and lead to where `do` says, else back.

    `operation` names act and object; `beside` says at which field a refusal is shown; `words` are those of the page:
    `heading`, `texts`, `button`, `danger`.
    """
    if request.method == "POST" and form.is_valid():

        def answer() -> HttpResponse:
            try:
                return HttpResponseRedirect(
                    once(request, operation, lambda at: do(at, form.cleaned_data) or back_url, back_url)
                )
            except RecordRefused as exc:
                if exc.reason not in beside:
                    raise
                form.add_error(beside[exc.reason], why_record(exc.reason))
                return _page(request, form, back_url, words)

        return guarded(request, answer, back_url=back_url)
    return _page(request, form, back_url, words)


def _page(request: SignedInRequest, form: Form, back_url: str, words: Mapping[str, Any]) -> HttpResponse:
    token = request.POST.get(FIELD) or fresh_token()
    return render(request, "act/confirm.html", {"form": form, "token": token, "back_url": back_url, **words})


def decided(
    request: SignedInRequest, operation: str, do: Callable[[datetime, str], object], *, back_url: str, **words: Any
) -> HttpResponse:
    """Ask for a reason, or do the act and lead back; the same post again does nothing. `words` as in `asked`."""
    form = ReasonForm(request.POST if request.method == "POST" else None)

    def with_reason(at: datetime, given: Given) -> None:
        do(at, given["reason"])

    return asked(request, form, operation, with_reason, back_url=back_url, **words)
