"""Reading alerts: those that wait, and one with its raw rows."""

from collections.abc import Sequence

from opensps.accounts.queries import Actor
from opensps.border.alerts import AlertMark
from opensps.border.models import Alert
from opensps.lifecycle import Role
from opensps.rules.watching_table import point_of

__all__ = ["PAGE", "READERS", "Alert", "alert_for", "alert_points", "alerts_for", "has_open_alert", "waiting_alerts"]

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


def alert_points(*, authority: str, issuer: str, number: str) -> tuple[str, ...]:
    """Return what open alerts above info add at the desk: capacity, route, plausibility; one query by an index."""
    rows = AlertMark.objects.filter(authority=authority, number=number, issuer__in={"", issuer}, alert__state="open")
    rules = rows.exclude(alert__level="info").values_list("alert__rule", flat=True).order_by("alert__rule")
    return tuple(dict.fromkeys(point_of(rule) for rule in rules))


def has_open_alert(*, authority: str, number: str) -> bool:
    """Whether a rule above info fired on a certificate of ours and nobody has ended it."""
    return bool(alert_points(authority=authority, issuer=authority, number=number))
