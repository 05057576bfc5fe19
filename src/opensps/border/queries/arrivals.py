"""Reading what is coming: numbers that fit a place, a day or a passage, and where and when certificates arrive."""

from collections.abc import Iterable, Mapping

from opensps.border.arrivals import Arrival
from opensps.border.records import Coming

MOST = 900
"""Certificates, the newest, among which a place, a day or a passage is looked for together with other filters."""


def arriving(*, authority: str, countries: Iterable[str], is_own: bool, sought: Coming) -> tuple[str, ...]:
    """Return the numbers of what comes to these countries and fits, the newest `MOST`: of ours, or of partners."""
    rows = Arrival.objects.filter(authority=authority, country__in=tuple(countries), is_transit=sought.is_transit)
    rows = rows.filter(issuer=authority) if is_own else rows.exclude(issuer=authority)
    if sought.port:
        rows = rows.filter(port=sought.port)
    if sought.arrives_from is not None:
        rows = rows.filter(arrives_on__gte=sought.arrives_from)
    if sought.arrives_until is not None:
        rows = rows.filter(arrives_on__lte=sought.arrives_until)
    return tuple(rows.order_by("-at").values_list("number", flat=True)[:MOST])


def arrivals_of(
    *, authority: str, countries: Iterable[str], named: Iterable[tuple[str, str]]
) -> Mapping[tuple[str, str], Arrival]:
    """Return issuer and number -> where and when it arrives in these countries. One query."""
    wanted = set(named)
    rows = Arrival.objects.filter(
        authority=authority, country__in=tuple(countries), number__in={number for _issuer, number in wanted}
    )
    return {(row.issuer, row.number): row for row in rows}
