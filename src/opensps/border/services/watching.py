"""Runs the rules on checks by the clock, on what is new since it last looked; what fires is kept as an alert.

Source: `fraud.md` 5 (S01 to S10). Of the network there is a keyed digest alone.
Rules look back as far as attempts are kept, over rows an index leads to; the cost goes with what is new.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from opensps.accounts.queries import keyed_digest
from opensps.border.models import CheckAttempt, Presentation
from opensps.border.services.alerts import MOST_ROWS, alert_raise
from opensps.border.services.figuring import SETTLED, cursor_of
from opensps.certification.queries.counting import NumberedCertificate, certificates_after, certificates_named
from opensps.events.services import lock
from opensps.rules.watching import CHECK_RULES, Row

BATCH = 500
_MOST = 5_000
_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)
_ARRIVED = ("accepted", "accepted_partly")
_OVERDRAWN = frozenset({"balance_exceeded", "used_up"})


@transaction.atomic
def watch_run(*, authority: str, at: datetime) -> int:
    """Look at what is new and return how many alerts were raised. Call again soon where it returns many."""
    lock("watching", authority)
    attempts = _new_attempts(authority, at)
    raised = _watch_checks(authority, attempts, at) if attempts else 0
    return raised + _watch_issued(authority, at) + _watch_arrivals(authority, at)


def _new_attempts(authority: str, at: datetime) -> list[CheckAttempt]:
    cursor = cursor_of(authority, "watch.attempts")
    rows = CheckAttempt.objects.filter(authority=authority, pk__gt=cursor.position).order_by("pk")[:BATCH]
    found = [row for row in rows if row.at < at - SETTLED]
    cursor.position = max((row.pk for row in found), default=cursor.position)
    cursor.save()
    return found


def _watch_checks(authority: str, attempts: Sequence[CheckAttempt], at: datetime) -> int:
    numbers = {row.number or row.about for row in attempts} - {""}
    issued = certificates_named(authority=authority, numbers=numbers)
    rows = [_row(each, issued) for each in attempts]
    raised = sum(_fire(authority, rule, rows, at) for rule in ("S04", "S06", "S07", "S09", "S10"))
    raised += _fire(authority, "S01", _wrong_codes(authority, numbers, at), at)
    raised += _fire(authority, "S02", _unknown_numbers(authority, attempts, at), at)
    raised += _fire(authority, "S03", _abroad(authority, numbers, issued), at)
    return raised + _fire(authority, "S05", _late(authority, rows), at)


def _row(attempt: CheckAttempt, issued: Mapping[str, NumberedCertificate]) -> dict[str, Any]:
    """Return a check as the rules see it."""
    number = attempt.number or attempt.about
    held = issued.get(number)
    return {
        "number": number or f"network {attempt.network_digest[:12]}",
        "at": attempt.at,
        "door": attempt.door,
        "result": attempt.result,
        "country": attempt.country,
        "destination": held.import_country if held is not None else "",
        "issued_at": held.issued_at if held is not None else attempt.at,
        "network": attempt.network_digest[:12],
        "fields": [name.partition(".")[0] for name in attempt.fields],
        "is_ours": held is not None,
    }


def _wrong_codes(authority: str, numbers: set[str], at: datetime) -> list[Row]:
    rows = CheckAttempt.objects.filter(
        authority=authority, about__in=numbers, number="", result="no_match", at__gt=at - _DAY
    )
    names = ("about", "at", "network_digest")
    return [
        {"number": number, "at": when, "network": net[:12]} for number, when, net in rows.values_list(*names)[:_MOST]
    ]


def _unknown_numbers(authority: str, attempts: Iterable[CheckAttempt], at: datetime) -> list[Row]:
    networks = {row.network_digest for row in attempts if row.result == "no_match" and row.typed_digest}
    rows = CheckAttempt.objects.filter(
        authority=authority, network_digest__in=networks, about="", result="no_match", at__gt=at - _HOUR
    ).exclude(typed_digest="")
    names = ("network_digest", "typed_digest", "at")
    return [
        {"network": f"network {network[:12]}", "typed": typed[:12], "at": when}
        for network, typed, when in rows.values_list(*names)[:_MOST]
    ]


def _abroad(authority: str, numbers: set[str], issued: Mapping[str, NumberedCertificate]) -> list[Row]:
    rows = CheckAttempt.objects.filter(authority=authority, number__in=numbers & issued.keys()).exclude(country="")
    return [
        {"number": number, "country": country, "at": when, "destination": issued[number].import_country}
        for number, country, when in rows.values_list("number", "country", "at")[:_MOST]
    ]


def _late(authority: str, rows: Sequence[Mapping[str, Any]]) -> list[Row]:
    ours = {row["number"] for row in rows if row["is_ours"]}
    found = Presentation.objects.filter(authority=authority, number__in=ours, state__in=_ARRIVED).order_by("decided_at")
    arrived = dict(reversed(list(found.values_list("number", "decided_at"))))
    return [{**row, "arrived_at": arrived.get(row["number"])} for row in rows]


def _watch_issued(authority: str, at: datetime) -> int:
    """S04: a number that was typed somewhere before it was issued."""
    cursor = cursor_of(authority, "watch.issued")
    found = certificates_after(authority=authority, position=cursor.position, limit=BATCH)
    settled = [each for each in found if each.sealed_at < at - SETTLED]
    cursor.position = max((each.row for each in settled), default=cursor.position)
    cursor.save()
    digests = {keyed_digest("border.typed", each.number): each for each in settled}
    rows = CheckAttempt.objects.filter(authority=authority, typed_digest__in=digests)
    early = [
        {"number": digests[typed].number, "at": when, "issued_at": digests[typed].issued_at, "network": network[:12]}
        for typed, when, network in rows.values_list("typed_digest", "at", "network_digest")[:_MOST]
    ]
    return _fire(authority, "S04", early, at)


def _watch_arrivals(authority: str, at: datetime) -> int:
    """S08: recorded as arrived twice, or with more than is left."""
    cursor = cursor_of(authority, "watch.presented")
    fresh = Presentation.objects.filter(authority=authority, pk__gt=cursor.position, is_known=True).order_by("pk")
    new = [row for row in fresh[:BATCH] if row.presented_at < at - SETTLED]
    cursor.position = max((row.pk for row in new), default=cursor.position)
    cursor.save()
    numbers = {row.number for row in new} - {""}
    known = Presentation.objects.filter(authority=authority, number__in=numbers, is_known=True).order_by("pk")
    return _fire(authority, "S08", [_arrival(row) for row in known[:_MOST]], at)


def _arrival(row: Presentation) -> Row:
    return {
        "number": row.number,
        "at": row.presented_at,
        "place": row.location,
        "country": row.country,
        "state": row.state,
        "is_whole": row.state == "accepted",
        "is_overdrawn": bool(_OVERDRAWN & set(row.alerts)),
    }


def _fire(authority: str, code: str, rows: Sequence[Row], at: datetime) -> int:
    """Ask one rule and keep what it says, once a day for one subject."""
    rule, raised = CHECK_RULES[code], 0
    for fired in rule.check(rows, rule.limit):
        kept = alert_raise(
            authority=authority,
            rule=code,
            level=rule.level.value,
            subject=fired.subject,
            period=at.date().isoformat(),
            limit=rule.limit,
            rows=[_plain(row) for row in fired.rows[-MOST_ROWS:]],
            at=at,
            about=[("", fired.subject)],
        )
        raised += kept is not None
    return raised


def _plain(row: Row) -> Row:
    """Return a row as JSON keeps it."""
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in row.items()}
