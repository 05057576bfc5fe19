"""Runs the plausibility rules by the clock on what is new: certificates of ours and of partners, approvals, months.

Source: `fraud.md` 5. Each certificate is read once; `watching_limits` holds it against the tables of limits. The work
goes with what is new, never with what there is.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from django.db import transaction

from opensps.border.goods_seen import Seen, is_replacement
from opensps.border.models import Presentation, SealMark
from opensps.border.records import received, record_of
from opensps.border.services.alerts import rule_fire
from opensps.border.services.figuring import SETTLED, cursor_of
from opensps.border.services.stepping import step_over, step_said
from opensps.border.services.watching_limits import limits_watch, route_rows
from opensps.border.sourcing import kilograms
from opensps.certificate import Certificate, TradeLineItem
from opensps.certificate.numbers import IssuedNumber, NumberTypo, parse_number
from opensps.certification.queries.counting import (
    approvals_after,
    approvals_of,
    decided_between,
    numbers_between,
    values_after,
)
from opensps.events.services import lock
from opensps.rules.plausibility import RULES
from opensps.rules.watching import Row

BATCH, ROUNDS = 50, 20
"""Certificates in one transaction, each of them parsed; and batches of a kind in one call."""

_Step = Callable[[str, datetime], tuple[int, bool]]

APPROVALS = 1000
SEALS = 1000
_HOUR = timedelta(hours=1)
_YEAR_OF = 100


def watch_goods_run(*, authority: str, at: datetime) -> int:
    """Look at what is new and return how many alerts were raised; what is left of a flood waits for the next call."""
    raised = 0
    for step in (_certificates, _received, _arrivals, _approvals, _offices):
        for _round in range(ROUNDS):
            found, is_more = _stepped(step, authority, at)
            raised += found
            if not is_more:
                break
    return raised


@transaction.atomic
def _stepped(step: _Step, authority: str, at: datetime) -> tuple[int, bool]:
    """Do one batch in one transaction: short enough that nobody waits long for it."""
    lock("watching_goods", authority)
    return step(authority, at)


def _certificates(authority: str, at: datetime) -> tuple[int, bool]:
    cursor = cursor_of(authority, "watch.goods")
    found = values_after(authority=authority, position=cursor.position, before=at - SETTLED, limit=BATCH)
    if not found:
        return 0, False
    is_first, cursor.position = cursor.position == 0, found[-1][0]
    cursor.save()
    raised = step_over(
        [(row, value) for row, _sealed_at, value in _readable(found)],
        lambda some: _own_watched(authority, [value for _row, value in some], at, is_first=is_first),
        name="watch_goods",
        row_of=lambda each: each[0],
    )
    return raised, len(found) == BATCH


def _readable(found: Iterable[tuple[int, datetime, Certificate | None]]) -> Iterator[tuple[int, datetime, Certificate]]:
    for row, sealed_at, value in found:
        if value is None:
            step_said(name="watch_goods", row=row)
        else:
            yield row, sealed_at, value


def _own_watched(authority: str, values: Sequence[Certificate], at: datetime, *, is_first: bool) -> int:
    seals = _seals(authority, values, at)
    raised = limits_watch(authority=authority, seen=[Seen(authority, _number(each), each) for each in values], at=at)
    raised += rule_fire(authority=authority, code="P07", rows=[_times(each) for each in values], at=at)
    raised += rule_fire(authority=authority, code="P13", rows=[row for each in values for row in _weights(each)], at=at)
    raised += rule_fire(authority=authority, code="P12", rows=seals, at=at)
    return raised + _series(authority, {_number(each) for each in values}, at, is_first=is_first)


def _received(authority: str, at: datetime) -> tuple[int, bool]:
    """Look at what partners sent."""
    source = received()
    if source is None:
        return 0, False
    cursor = cursor_of(authority, "watch.received")
    found = source.after(authority=authority, position=cursor.position, before=at - SETTLED, limit=BATCH)
    if not found:
        return 0, False
    cursor.position = found[-1][0]
    cursor.save()
    raised = step_over(
        [(row, Seen(each.issuer, each.number, each.value)) for row, _at, each in found if each.value is not None],
        lambda some: limits_watch(authority=authority, seen=[each for _row, each in some], at=at),
        name="watch_goods.received",
        row_of=lambda each: each[0],
    )
    return raised, len(found) == BATCH


def _arrivals(authority: str, at: datetime) -> tuple[int, bool]:
    """P05 again, by when a certificate was shown where it is for: sooner than its goods can be there."""
    cursor = cursor_of(authority, "watch.arrived")
    fresh = Presentation.objects.filter(authority=authority, pk__gt=cursor.position, is_known=True).order_by("pk")
    new = [row for row in fresh[:BATCH] if row.presented_at < at - SETTLED]
    cursor.position = max((row.pk for row in new), default=cursor.position)
    cursor.save()
    raised = step_over(
        new, lambda some: _arrived_watched(authority, some, at), name="watch_goods.arrived", row_of=lambda row: row.pk
    )
    return raised, len(new) == BATCH


def _arrived_watched(authority: str, new: Iterable[Presentation], at: datetime) -> int:
    seen: list[Seen] = []
    arrived: dict[str, datetime] = {}
    for row in new:
        record = record_of(authority=authority, issuer=row.issuer, number=row.number) if row.number else None
        if record is not None and record.value is not None and row.country == record.import_country:
            seen.append(Seen(record.issuer, record.number, record.value))
            arrived[record.number] = row.presented_at
    rows = tuple(route_rows(authority, seen, arrived))
    return rule_fire(authority=authority, code="P05", rows=rows, at=at)


def _series(authority: str, numbers: set[str], at: datetime, *, is_first: bool) -> int:
    """P16: gaps and overlaps from the last number looked at to the newest, office by office.

    A series nobody looked at yet begins with the first number that is new, unless nothing was looked at before.
    """
    new: dict[tuple[str, int, bool], list[int]] = {}
    for number in numbers:
        try:
            parsed = parse_number(number)
        except NumberTypo:
            continue
        new.setdefault((parsed.office, parsed.year, parsed.is_training), []).append(parsed.serial)
    return sum(
        _one_series(authority, key, 0 if is_first else min(serials), max(serials), at)
        for key, serials in sorted(new.items())
    )


def _one_series(authority: str, key: tuple[str, int, bool], begin: int, last: int, at: datetime) -> int:
    office, year, is_training = key
    cursor = cursor_of(authority, f"series.{'T.' if is_training else ''}{office}.{year}")
    first, cursor.position = cursor.position or begin, max(cursor.position, last)
    cursor.save()
    ends = [str(IssuedNumber(authority, year, office, serial, is_training))[:-1] for serial in (first, last + 1)]
    rows = [{"number": number} for number in numbers_between(authority=authority, first=ends[0], last=ends[1])]
    return rule_fire(authority=authority, code="P16", rows=rows, at=at)


def _offices(authority: str, at: datetime) -> tuple[int, bool]:
    """P09: once for each month that is over."""
    cursor = cursor_of(authority, "watch.offices")
    until = datetime(at.year, at.month, 1, tzinfo=UTC)
    since = (until - _HOUR).replace(day=1, hour=0)
    month = since.year * _YEAR_OF + since.month
    if cursor.position >= month:
        return 0, False
    cursor.position = month
    cursor.save()
    rows = [
        {"office": each.office, "officer": each.officer, "cases": each.cases, "refused": each.refused}
        for each in decided_between(authority=authority, since=since, until=until)
    ]
    return rule_fire(authority=authority, code="P09", rows=rows, at=at, period=f"{since:%Y-%m}"), False


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
            "net": kilograms(line.net_weight),
            "gross": kilograms(line.gross_weight),
            "packages": _count(line),
            "payload": None,
            "range": None,
        }


def _count(line: TradeLineItem) -> Decimal:
    return sum((package.count for package in line.packages), Decimal(0))


def _seals(authority: str, values: Sequence[Certificate], at: datetime) -> list[Row]:
    """Remember the seals of new certificates, and return the newest marks of those seals.

    A replacement speaks of the seals of what it replaces, and a word such as "none" is no number of a seal.
    """
    marks = [
        SealMark(authority=authority, seal=seal.id[:60], number=_number(value), at=at)
        for value in values
        if not is_replacement(value)
        for equipment in value.consignment.transport_equipment
        for seal in equipment.seals
        if any(sign.isdecimal() for sign in seal.id)
    ]
    SealMark.objects.bulk_create(marks, ignore_conflicts=True)
    since = at - timedelta(days=RULES["P12"].limit["days"])
    rows = SealMark.objects.filter(authority=authority, seal__in={mark.seal for mark in marks}, at__gt=since)
    known = rows.order_by("-pk").values_list("seal", "number", "at")[:SEALS]
    return [{"seal": seal, "number": number, "at": when} for seal, number, when in known]


def _approvals(authority: str, at: datetime) -> tuple[int, bool]:
    cursor = cursor_of(authority, "watch.approvals")
    found = approvals_after(authority=authority, position=cursor.position, limit=APPROVALS)
    new = [each for each in found if each.at < at - SETTLED]
    cursor.position = max((each.row for each in new), default=cursor.position)
    cursor.save()
    if not new:
        return 0, False
    since = min(each.at for each in new) - _HOUR
    known = approvals_of(authority=authority, officers={each.officer for each in new}, since=since)
    rows = [
        {
            "person": each.officer,
            "at": each.at,
            "act": "signature",
            "km": 0,
            "is_batch": each.is_batch,
            "issuer": authority,
            "number": each.number,
        }
        for each in known
    ]
    return rule_fire(authority=authority, code="P08", rows=rows, at=at), len(new) == APPROVALS
