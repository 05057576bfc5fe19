"""Why a try came to nothing, in words: nobody answered, a certificate out of date, a page of HTML instead of an answer.

Source: `exchange.md` 8.2, 9.2. Codes are those of an attempt: an HTTP or mail status, or `http_result.Reason`.
"""

from collections.abc import Sequence
from typing import Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from opensps.exchange.queries.rows import Attempt, Envelope
from opensps.lifecycle import DeliveryState
from opensps.web.html.delivery_words import PAUSED, Words, said, what_happened

_CAUSES: Final[Words] = {
    "connect": _("Nobody answers at their address."),
    "name": _("The name in their address is not known."),
    "tls": _("No secure connection came about (TLS): one side did not accept the other."),
    "expired": _("The certificate of their server is out of date."),
    "pin": _("Their server showed a certificate that was not agreed."),
    "time": _("Their server did not answer in time."),
    "cut": _("Their server broke off the connection before its answer was complete."),
    "size": _("The answer of their server was larger than anything we read."),
    "protocol": _("What came back was not the answer of a web server."),
    "address": _("The address cannot be used. Correct it."),
    "network": _("The address leads into a private network. Correct it."),
    "ours": _("Something is missing on our side; the operators of this system are told."),
    "200": _("Their server answered, but not to what it was asked."),
    "403": _("Their server refused us (HTTP 403)."),
    "404": _("At their address there is nothing of this kind (HTTP 404)."),
}
_UNDER_WAY: Final = (DeliveryState.QUEUED, DeliveryState.RETRYING, DeliveryState.UNCERTAIN)
_TROUBLED: Final = (DeliveryState.RETRYING, DeliveryState.UNCERTAIN, DeliveryState.DEAD)
OUR_WORDS: Final = frozenset(_TROUBLED)
"""States in which the text kept with a delivery is what we noticed, not what the partner said."""


def cause(attempt: Attempt) -> str:
    """Return why an attempt came to nothing, empty where it did not."""
    if attempt.result not in {"unreachable", "uncertain"}:
        return ""
    if attempt.channel == "smtp" and attempt.code.isdecimal():
        return gettext("Their mail server answered with code %(code)s.") % {"code": attempt.code}
    return no_answer(attempt.code)


def no_answer(code: str) -> str:
    """Return the sentence of an HTTP status that is no answer, or of a reason why there is none; empty: unknown."""
    if code in _CAUSES:
        return str(_CAUSES[code])
    if not code.isdecimal():
        return ""
    if code.startswith("3"):
        return gettext("Their server sent us on to another address, which we do not follow.")
    return gettext("Their server answered with an error of its own (HTTP %(code)s).") % {"code": code}


def told(row: Envelope, partner: str, attempts: Sequence[Attempt]) -> tuple[str, str]:
    """Return tone and sentences about a delivery: where it stands, why, and whether its connection is held back.

    `attempts`: newest first.
    """
    tone, sentence = what_happened(row, partner)
    state = DeliveryState(row.state)
    why = next(filter(None, map(cause, attempts)), "") if state in _TROUBLED else ""
    if state in _UNDER_WAY and _is_paused(row):
        tone, sentence = (
            "warn",
            gettext("It waits, for nothing is sent over this connection until somebody resumes it."),
        )
    for more in (why, _held_back(row, partner) if state in _UNDER_WAY else ""):
        if more:
            sentence = gettext("%(first)s %(second)s") % {"first": sentence, "second": more}
    return tone, sentence


def _is_paused(row: Envelope) -> bool:
    return row.connection is not None and bool(row.connection.paused_reason)


def _held_back(row: Envelope, partner: str) -> str:
    """Return why the connection sends nothing, or little, at the moment."""
    if row.connection is None:
        return ""
    if row.connection.paused_reason:
        return said(PAUSED, row.connection.paused_reason)
    if row.connection.breaker_opened_at is not None:
        return gettext(
            "Several tries in a row failed, so we only look now and then whether %(partner)s is back. Everything else "
            "waits meanwhile, and nothing is lost."
        ) % {"partner": partner}
    return ""
