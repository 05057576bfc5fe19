"""What came of trying a connection, in sentences that say what to do next. Source: `ux.md` 9.

What was tried and its codes: `exchange.transports.trying`. Causes without an answer are those of deliveries.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from opensps.exchange.transports.trying import Tried
from opensps.web.html.delivery_causes import no_answer

_WORKS: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "hub": _("The hub answered. It knows us as %(name)s, and the partner takes %(pairs)s kinds of message."),
        "api": _("Their interface answered, gave us a token and knows us."),
        "mail": _("Their mail server takes mail for this address over a secured line. No mail was sent."),
        "relay": _(
            "Our own mail server takes mail for this address. Whether theirs takes it too, the first mail will show."
        ),
        "door": _("Our door for them is open at %(url)s. The last proof is a call of theirs with a confirmed key."),
        "folder": _("The folder of the test channel is there."),
        "webhook": _("A test message is on its way to %(endpoints)s endpoints; the page of webhooks shows its fate."),
    }
)
_OTHER: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        Tried.UNKNOWN_THERE: _(
            "They answered, but do not know us. Give their administrators our public key and its fingerprint, and let "
            "them compare it with you over another way."
        ),
        Tried.OTHER_NAME: _(
            "The hub works, but calls us %(name)s, while this record says %(ours)s. Correct the record."
        ),
        Tried.NOT_A_MEMBER: _("The hub works, but %(name)s does not take part in it. Ask them, or correct their code."),
    }
)
_REFUSED: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "mail": _("Their mail server answered, and takes no mail for this address (code %(code)s)."),
        "relay": _("Our own mail server does not take mail for this address (code %(code)s)."),
    }
)
_MISSING: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "partner_url": _("This installation names no partner port. The operators set it in OPENSPS_PARTNER_URL."),
        "key": _("No key of ours is on record for this connection. Make one under Keys."),
        "relay": _("No mail server of ours is set, and the record names none of theirs."),
        "server": _("The mail server in the record is not host:port. Correct it."),
        "pin": _("No certificate of their server is on record. Record and confirm it under Keys."),
        "account": _("Our exchange address or its key is not set up. The operators do that."),
        "secrets": _("The secrets on record cannot be opened: the key that protects them is missing or another one."),
        "endpoint": _("The partner has no webhook endpoint that is in use."),
    }
)


def trial_words(trial: Mapping[str, Any]) -> tuple[str, str]:
    """Return tone and sentence about the kept result of a trial."""
    tried, asked, code = (str(trial.get(name, "")) for name in ("tried", "asked", "code"))
    given = {"code": code, **trial.get("facts", {})}
    if tried == Tried.WORKS:
        return "ok", str(_WORKS[asked]) % given
    if tried in _OTHER:
        return "warn", str(_OTHER[tried]) % given
    if tried == Tried.MISSING:
        return "warn", str(_MISSING.get(code) or gettext("This kind of connection cannot be tried from here."))
    if tried == Tried.REFUSED:
        return "bad", str(_REFUSED.get(asked) or gettext("The hub answered, and refused the question.")) % given
    return "bad", _cause(asked, code)


def _cause(asked: str, code: str) -> str:
    """Return why there was no answer; at our own door it is we who do not answer."""
    if asked == "door":
        return gettext("Our own door for them does not answer at its public address. Tell the operators.")
    if asked == "folder":
        return gettext("The folder of the test channel is not there.")
    if asked == "relay" and code in {"connect", "tls", "login"}:
        return gettext("Our own mail server does not answer as it should. Tell the operators.")
    return no_answer(code) or gettext("No answer came.")
