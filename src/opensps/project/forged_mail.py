"""Watches mail that was set aside: what was forged in the name of a partner, or speaks of an inquiry or a request for
access of ours without being believed, raises an alert for the case officers (`fraud.md` 3 no. 21, rule S12).

The mail changed nothing before, and the alert changes nothing: it stands under the inquiry or the partner, never under
a certificate. One alert for each of them and day, so that a flood of mail is one line.
"""

import re
from typing import Any, Final

from opensps.accounts.access_named import access_references_known
from opensps.border.queries.inquiries import inquiries_known
from opensps.border.services.alerts import alert_raise
from opensps.events.queries import EventView
from opensps.exchange.queries.mail import MailAside, mail_aside
from opensps.rules.watching import CHECK_RULES

RULE: Final = "S12"
_MOST_NAMES: Final = 20
_NAMED: Final = re.compile(r"\b[A-Z]{2,3}-[QU]-\d{4}-[0-9A-F]{8,10}\b")
"""An inquiry or a request for access, by the form of its number."""


class ForgedMailConsumer:
    """Follows messages that are set aside."""

    name = "forged_mail"
    kinds = frozenset({"received_message"})

    def handle(self, event: EventView) -> None:
        """Ask the rule about one mail."""
        if event.act != "received_message.quarantined" or not event.object_id.isdigit():
            return
        mail = mail_aside(authority=event.authority, message_id=int(event.object_id))
        if mail is None:
            return
        rule = CHECK_RULES[RULE]
        for fired in rule.check([_row(event, mail)], rule.limit):
            alert_raise(
                authority=event.authority,
                rule=RULE,
                level=rule.level.value,
                subject=fired.subject,
                period=f"{mail.received_at:%Y-%m-%d}",
                limit=dict(rule.limit),
                rows=fired.rows,
                at=event.at,
            )


def _row(event: EventView, mail: MailAside) -> dict[str, Any]:
    names = named_in(event.authority, mail.text)
    return {
        "subject": names[0] if names else mail.partner,
        "message": event.object_id,
        "reason": mail.reason,
        "detail": mail.detail,
        "is_known": bool(mail.partner),
        "partner": mail.partner,
        "names": list(names),
        "received_at": mail.received_at.isoformat(),
    }


def named_in(authority: str, text: str) -> tuple[str, ...]:
    """Return the inquiries and requests for access of ours that a text names."""
    found = tuple(dict.fromkeys(_NAMED.findall(text)))[:_MOST_NAMES]
    if not found:
        return ()
    inquiries = inquiries_known(authority=authority, numbers=found)
    return (*inquiries, *access_references_known(authority=authority, references=found))


FORGED_MAIL_CONSUMER = ForgedMailConsumer()
