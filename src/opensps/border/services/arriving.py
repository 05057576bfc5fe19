"""Reads from new certificates where and when their goods arrive. The work goes with what is new."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from django.db import transaction

from opensps.border.models import Arrival
from opensps.border.records import received
from opensps.border.services.figuring import SETTLED, cursor_of
from opensps.border.services.stepping import step_over, step_said
from opensps.certificate import Certificate
from opensps.certification.queries.counting import values_after
from opensps.events.services import lock

BATCH, ROUNDS = 100, 10
"""Certificates in one transaction, and batches of a kind in one call: each certificate is parsed."""

_Found = tuple[int, datetime, str, str, Certificate | None]
"""Row, when it was sealed or came, issuer, number, value."""


def arrivals_run(*, authority: str, at: datetime) -> int:
    """Note what is new and return how many certificates that were."""
    return sum(_all_noted(authority, kind, at) for kind in ("own", "received"))


def _all_noted(authority: str, kind: str, at: datetime) -> int:
    """Go on while batches are full; what is left of a flood waits for the next call."""
    noted = 0
    for _round in range(ROUNDS):
        found = _noted(authority, kind, at)
        noted += found
        if found < BATCH:
            break
    return noted


@transaction.atomic
def _noted(authority: str, kind: str, at: datetime) -> int:
    lock("arrivals", authority)
    cursor = cursor_of(authority, f"arrivals.{kind}")
    read = _own if kind == "own" else _received
    new = list(read(authority, cursor.position, at - SETTLED))
    if new:
        step_over(new, lambda found: _kept(authority, found), name="arrivals", row_of=lambda each: each[0])
        cursor.position = new[-1][0]
        cursor.save()
    return len(new)


def _kept(authority: str, found: Sequence[_Found]) -> int:
    rows = [row for each in found for row in _rows(authority, each)]
    Arrival.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def _own(authority: str, position: int, before: datetime) -> Iterator[_Found]:
    for row, at, value in values_after(authority=authority, position=position, before=before, limit=BATCH):
        if value is None:
            step_said(name="arrivals", row=row)
        yield row, at, authority, "" if value is None else str(value.exchanged_document.number), value


def _received(authority: str, position: int, before: datetime) -> Iterator[_Found]:
    source = received()
    if source is None:
        return
    for row, at, record in source.after(authority=authority, position=position, before=before, limit=BATCH):
        yield row, at, record.issuer, record.number, record.value


def _rows(authority: str, found: _Found) -> Iterable[Arrival]:
    _row, at, issuer, number, value = found
    if value is None:
        return
    goods = value.consignment
    entry, due = goods.point_of_entry, goods.availability_due
    code = entry.id.value if entry is not None and entry.id is not None else ""
    names = entry.names if entry is not None else ()
    countries = {str(each.code): True for each in goods.transit_countries if each.code}
    for country, is_transit in {**countries, goods.import_country.code or "": False}.items():
        if country:
            yield Arrival(
                authority=authority,
                issuer=issuer,
                number=number,
                country=country,
                is_transit=is_transit,
                port=code if len(code) <= _CODE else "",
                port_name=names[0].value[:100] if names else "",
                arrives_on=due.on if due is not None else None,
                at=at,
            )


_CODE = 5
