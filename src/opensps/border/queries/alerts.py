"""Reading alerts: those that wait, and one with its raw rows."""

from collections.abc import Sequence

from opensps.accounts.queries import Actor
from opensps.border.models import Alert
from opensps.lifecycle import Role

__all__ = ["PAGE", "READERS", "Alert", "alert_for", "alerts_for", "has_open_alert", "waiting_alerts"]

PAGE = 25
READERS = frozenset({Role.CASE_OFFICER, Role.SENIOR_OFFICER, Role.MANAGER})


def alerts_for(
    *, authority: str, actor: Actor, state: str = "", rule: str = "", offset: int = 0
) -> tuple[Sequence[Alert], int]:
    """Return a page of alerts, newest first, and how many there are; none for people who do not look at them."""
    if actor.authority != authority or not actor.roles & READERS:
        return (), 0
    rows = Alert.objects.filter(authority=authority)
    rows = rows.filter(state=state) if state else rows
    rows = rows.filter(rule=rule) if rule else rows
    return tuple(rows.defer("rows").order_by("-raised_at", "-pk")[offset : offset + PAGE]), rows.count()


def alert_for(*, authority: str, actor: Actor, alert_number: str) -> Alert | None:
    """Return one alert; None for any other number, and for people who do not look at them."""
    if actor.authority != authority or not actor.roles & READERS:
        return None
    return Alert.objects.filter(authority=authority, alert_number=alert_number).first()


def waiting_alerts(*, authority: str, actor: Actor, limit: int) -> tuple[Alert, ...]:
    """Return the newest alerts that wait for a case officer."""
    if actor.authority != authority or Role.CASE_OFFICER not in actor.roles:
        return ()
    rows = Alert.objects.filter(authority=authority, state="open").defer("rows")
    return tuple(rows.order_by("-raised_at", "-pk")[:limit])


def has_open_alert(*, authority: str, number: str) -> bool:
    """Whether a rule above info fired on a certificate and nobody has ended it: an amber point at the desk."""
    rows = Alert.objects.filter(authority=authority, subject=number, state="open")
    return rows.exclude(level="info").exists()
