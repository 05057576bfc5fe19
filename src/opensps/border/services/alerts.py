"""Raising and ending alerts. An alert fires once for one rule, subject and period; who ends it says why.

Source: `fraud.md` 5. No alert changes a verdict, a certificate or a limit.
"""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from opensps.accounts.queries import SYSTEM, Actor
from opensps.border.alerts import ALERT, AlertMark
from opensps.border.errors import CaseRefused
from opensps.border.models import Alert
from opensps.events.services import event_write, lock
from opensps.lifecycle import ActNotAllowed, Role
from opensps.rules.plausibility import RULES
from opensps.rules.watching import Row

MOST_ROWS = 100
_ENDS = frozenset({"to_case", "false_alarm"})


@transaction.atomic
def alert_raise(
    *,
    authority: str,
    rule: str,
    level: str,
    subject: str,
    period: str,
    limit: Mapping[str, Any],
    rows: Sequence[Mapping[str, Any]],
    at: datetime,
    about: Iterable[tuple[str, str]] = (),
) -> Alert | None:
    """Keep an alert with the limit and the raw rows; ``None`` where the same fired before.

    ``about`` are the certificates it speaks of, issuer and number; those that are new to it are added in any case.
    """
    key = f"{rule}:{subject}:{period}"[:200]
    lock("alert", authority, key)
    held = Alert.objects.filter(authority=authority, key=key).first()
    if held is not None:
        _mark(held, about)
        return None
    alert = Alert.objects.create(
        authority=authority,
        alert_number=f"AL-{authority}-{secrets.token_hex(6).upper()}",
        rule=rule,
        level=level,
        subject=subject[:100],
        limit=dict(limit),
        rows=[dict(each) for each in rows[:MOST_ROWS]],
        raised_at=at,
        key=key,
    )
    _mark(alert, about)
    _tell(alert, "raised", "", actor=SYSTEM.id, role=str(Role.SYSTEM), at=at)
    return alert


def rule_fire(*, authority: str, code: str, rows: Sequence[Row], at: datetime, period: str = "") -> int:
    """Ask one rule and keep what it says, once a day for one subject, or once a ``period``; return how many were new.

    A row tells the certificate it is about by ``issuer`` and ``number``, or several as pairs by ``about``.
    """
    rule, raised = RULES[code], 0
    for fired in rule.check(rows, rule.limit):
        kept = alert_raise(
            authority=authority,
            rule=code,
            level=rule.level.value,
            subject=fired.subject,
            period=period or at.date().isoformat(),
            limit={name: str(value) for name, value in rule.limit.items()},
            rows=[_plain(row) for row in fired.rows[-MOST_ROWS:]],
            at=at,
            about=[pair for row in fired.rows for pair in _about(row)],
        )
        raised += kept is not None
    return raised


def _about(row: Row) -> Iterable[tuple[str, str]]:
    if "about" in row:
        return [(str(issuer), str(number)) for issuer, number in row["about"]]
    return [(str(row.get("issuer", "")), str(row.get("number", "")))]


def _plain(row: Row) -> Row:
    """Return a row as JSON keeps it."""
    return {name: "" if value is None else _shown(value) for name, value in row.items() if name != "about"}


def _shown(value: Any) -> str:
    if isinstance(value, list | tuple):
        return " ".join(_shown(each) for each in value)
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _mark(alert: Alert, about: Iterable[tuple[str, str]]) -> None:
    marks = [
        AlertMark(authority=alert.authority, alert=alert, issuer=issuer, number=number[:100])
        for issuer, number in dict.fromkeys(about)
        if number
    ]
    AlertMark.objects.bulk_create(marks, ignore_conflicts=True)


@transaction.atomic
def alert_end(
    *, authority: str, actor: Actor, alert_number: str, state: str, note: str = "", origin: str = "", at: datetime
) -> Alert:
    """End an alert: false_alarm with a note, or to_case with the number of the case in ``origin``.

    Raises `CaseRefused` not_found; `ActNotAllowed` where it was ended before, or nobody says why.
    """
    if actor.authority != authority or Role.CASE_OFFICER not in actor.roles or state not in _ENDS:
        raise CaseRefused("not_found")
    alert = Alert.objects.select_for_update().filter(authority=authority, alert_number=alert_number).first()
    if alert is None:
        raise CaseRefused("not_found")
    if alert.state != "open":
        raise ActNotAllowed("no_such_act", act=state)
    if not (note.strip() if state == "false_alarm" else origin):
        raise ActNotAllowed("guard", act=state, guard="explanation", detail="no_text")
    alert.state, alert.note, alert.origin = state, note.strip(), origin
    alert.ended_by, alert.ended_at = actor.id, at
    alert.save()
    _tell(alert, state, "open", actor=actor.id, role=str(Role.CASE_OFFICER), at=at)
    return alert


def _tell(alert: Alert, act: str, before: str, *, actor: str, role: str, at: datetime) -> None:
    event_write(
        authority=alert.authority,
        object_kind=ALERT,
        object_id=alert.alert_number,
        act=f"alert.{act}",
        from_state=before,
        to_state=alert.state,
        actor=actor,
        role=role,
        at=at,
        payload={"rule": alert.rule, "subject": alert.subject, "origin": alert.origin},
    )
