"""Runs the plausibility rules that our own certificates can feed, on what is new: P07, P08, P12 and P13.

Source: `fraud.md` 5. The other rules of `rules.plausibility` need tables of capacities, seasons, routes, lots or
laboratory times that nobody keeps here yet; they wait for those.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction

from opensps.border.models import SealMark
from opensps.border.services.alerts import MOST_ROWS, alert_raise
from opensps.border.services.figuring import SETTLED, cursor_of
from opensps.certificate import Certificate, Measure, TradeLineItem
from opensps.certification.queries.counting import approvals_after, approvals_of, values_after
from opensps.events.services import lock
from opensps.rules.plausibility import RULES
from opensps.rules.watching import Row

BATCH = 100
"""Certificates at a time: each is parsed."""

_KILOGRAM = {"KGM": Decimal(1), "GRM": Decimal("0.001"), "TNE": Decimal(1000)}
_HOUR = timedelta(hours=1)


@transaction.atomic
def watch_goods_run(*, authority: str, at: datetime) -> int:
    """Look at new certificates and approvals, and return how many alerts were raised."""
    lock("watching_goods", authority)
    return _certificates(authority, at) + _approvals(authority, at)


def _certificates(authority: str, at: datetime) -> int:
    cursor = cursor_of(authority, "watch.goods")
    found = values_after(authority=authority, position=cursor.position, limit=BATCH)
    new = [(row, value) for row, sealed_at, value in found if sealed_at < at - SETTLED]
    cursor.position = max((row for row, _value in new), default=cursor.position)
    cursor.save()
    values = [value for _row, value in new]
    seals = _seals(authority, values, at)
    raised = _fire(authority, "P07", [_times(each) for each in values], at)
    raised += _fire(authority, "P13", [row for each in values for row in _weights(each)], at)
    return raised + _fire(authority, "P12", seals, at)


def _times(value: Certificate) -> Row:
    ended = [treatment.ended.on for line in value.lines for treatment in line.treatments if treatment.ended is not None]
    issued = value.exchanged_document.issued
    return {
        "number": _number(value),
        "treated_at": max(ended, default=None),
        "signed_at": issued.on if issued is not None else None,
    }


def _number(value: Certificate) -> str:
    return str(value.exchanged_document.number)


def _weights(value: Certificate) -> Iterator[Row]:
    for line in value.lines:
        yield {
            "number": _number(value),
            "line": line.sequence,
            "net": _kilograms(line.net_weight),
            "gross": _kilograms(line.gross_weight),
            "packages": _count(line),
            "payload": None,
            "range": None,
        }


def _kilograms(measure: Measure | None) -> Decimal | None:
    factor = _KILOGRAM.get(measure.unit or "") if measure is not None else None
    return measure.value * factor if measure is not None and factor is not None else None


def _count(line: TradeLineItem) -> Decimal:
    return sum((package.count for package in line.packages), Decimal(0))


def _seals(authority: str, values: Sequence[Certificate], at: datetime) -> list[Row]:
    """Remember the seals of new certificates, and return every mark of those seals."""
    marks = [
        SealMark(authority=authority, seal=seal.id[:60], number=_number(value), at=at)
        for value in values
        for equipment in value.consignment.transport_equipment
        for seal in equipment.seals
    ]
    SealMark.objects.bulk_create(marks, ignore_conflicts=True)
    rows = SealMark.objects.filter(authority=authority, seal__in={mark.seal for mark in marks})
    known = rows.values_list("seal", "number", "at")
    return [{"seal": seal, "number": number, "at": when} for seal, number, when in known]


def _approvals(authority: str, at: datetime) -> int:
    cursor = cursor_of(authority, "watch.approvals")
    found = approvals_after(authority=authority, position=cursor.position, limit=1000)
    new = [each for each in found if each.at < at - SETTLED]
    cursor.position = max((each.row for each in new), default=cursor.position)
    cursor.save()
    if not new:
        return 0
    since = min(each.at for each in new) - _HOUR
    known = approvals_of(authority=authority, officers={each.officer for each in new}, since=since)
    rows = [
        {"person": each.officer, "at": each.at, "act": "signature", "km": 0, "is_batch": each.is_batch}
        for each in known
    ]
    return _fire(authority, "P08", rows, at)


def _fire(authority: str, code: str, rows: Sequence[Row], at: datetime) -> int:
    rule, raised = RULES[code], 0
    for fired in rule.check(rows, rule.limit):
        kept = alert_raise(
            authority=authority,
            rule=code,
            level=rule.level.value,
            subject=fired.subject,
            period=at.date().isoformat(),
            limit={name: str(value) for name, value in rule.limit.items()},
            rows=[_plain(row) for row in fired.rows[:MOST_ROWS]],
            at=at,
        )
        raised += kept is not None
    return raised


def _plain(row: Row) -> Row:
    """Return a row as JSON keeps it."""
    return {name: "" if value is None else str(value) for name, value in row.items()}
