"""Holds new certificates, ours and partners', against the tables of limits: P01 to P06, P10, P11, P14 and S11.

Source: `fraud.md` 5. Sums and marks are kept of what was seen, so that each certificate is read once; where a table
says nothing about goods, its rule is silent. What fires marks the certificates it speaks of for the desk.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import chain

from opensps.border.goods_seen import Goods, Seen
from opensps.border.ledger import LineBalance, SourceDraw
from opensps.border.queries.limit_tables import HeldLimit, limits_under
from opensps.border.services.alerts import rule_fire
from opensps.border.services.goods_marks import marked, marks_keep, marks_of, named
from opensps.border.services.watching_trade import container_rows, exporter_rows
from opensps.border.watch_tables import GoodsMonth, WatchRow
from opensps.rules.limit_tables import product_keys
from opensps.rules.plausibility import RULES
from opensps.rules.watching import Row

_YEAR_LENGTH = 4
_Limits = dict[str, list[HeldLimit]]


def limits_watch(*, authority: str, seen: Sequence[Seen], at: datetime) -> int:
    """Look at certificates that are new and return how many alerts were raised. Call each once."""
    dated = [each for each in seen if each.on is not None]
    rules = {
        "P01": _months(authority, dated),
        "P02": _products(authority, dated),
        "P03": _seasons(authority, dated),
        "P04": _establishments(authority, dated),
        "P05": route_rows(authority, dated),
        "P06": _sources(authority, dated),
        "P10": exporter_rows(authority, dated),
        "P11": container_rows(authority, dated),
        "P14": _lots(authority, dated),
        "S11": _claims(authority, dated),
    }
    return sum(rule_fire(authority=authority, code=code, rows=tuple(rows), at=at) for code, rows in rules.items())


def _first(found: _Limits, keys: Iterable[str]) -> list[HeldLimit]:
    return next((found[key] for key in keys if key in found), [])


def _months(authority: str, seen: Iterable[Seen]) -> Iterator[Row]:
    """P01: add what is new to the sum of its month, then look at the sums that grew."""
    grown: dict[tuple[str, str, str], list[tuple[Seen, Goods]]] = {}
    for each in seen:
        for goods in each.goods if each.is_first_hand else ():
            if goods.product and goods.kilograms and goods.origin:
                grown.setdefault((goods.origin, goods.product, f"{each.on:%Y-%m}"), []).append((each, goods))
    keys = {key for origin, product, _month in grown for key in product_keys(product, before=f"{origin}:")}
    ceilings = limits_under(authority=authority, name="ceilings", keys=keys)
    for (origin, product, month), found in grown.items():
        _add(authority, origin, product, month, sum((goods.kilograms for _seen, goods in found), Decimal(0)))
    for (origin, product, month), found in grown.items():
        held = _ceiling(_first(ceilings, product_keys(product, before=f"{origin}:")), int(month[-2:]))
        watched = str(held.values["product"]) if held is not None else product
        yield {
            "subject": f"{origin} {watched} {month}",
            "volume": _volume(authority, origin, watched, month),
            "earlier": _earlier(authority, origin, watched, month),
            "capacity": Decimal(held.values["kilograms"]) if held is not None else None,
            **(held.said if held is not None else {}),
            "newest": found[-1][0].number,
            "about": [(each.issuer, each.number) for each, _goods in found],
        }


def _add(authority: str, origin: str, product: str, month: str, mass: Decimal) -> None:
    row, is_new = GoodsMonth.objects.get_or_create(
        authority=authority, origin=origin, product=product, month=month, defaults={"kilograms": mass}
    )
    if not is_new:
        row.kilograms += mass
        row.save(update_fields=["kilograms"])


def _ceiling(held: Iterable[HeldLimit], month: int) -> HeldLimit | None:
    """Return the ceiling of a month, else that of any."""
    by_month = {int(each.values["month"]): each for each in held}
    return by_month.get(month) or by_month.get(0)


def _volume(authority: str, origin: str, product: str, month: str) -> Decimal:
    rows = GoodsMonth.objects.filter(authority=authority, origin=origin, product__startswith=product, month=month)
    return sum((each.kilograms for each in rows), Decimal(0))


def _earlier(authority: str, origin: str, product: str, month: str) -> list[Decimal]:
    rows = GoodsMonth.objects.filter(
        authority=authority, origin=origin, product__startswith=product, month__endswith=month[_YEAR_LENGTH:]
    ).filter(month__lt=month)
    years: dict[str, Decimal] = {}
    for each in rows:
        years[each.month] = years.get(each.month, Decimal(0)) + each.kilograms
    return list(years.values())


def _products(authority: str, seen: Sequence[Seen]) -> Iterator[Row]:
    """P02."""
    keys = {key for each in seen for goods in each.goods for key in product_keys(goods.product)}
    held = limits_under(authority=authority, name="producers", keys=keys)
    for each in seen:
        for goods in each.goods:
            for limit in _first(held, product_keys(goods.product))[:1]:
                made = {"origin": goods.origin, "product": goods.product, "produces": limit.values["countries"]}
                yield {**named(each), **made, **limit.said}


def _seasons(authority: str, seen: Sequence[Seen]) -> Iterator[Row]:
    """P03."""
    fresh = [each for each in seen if each.is_first_hand]
    wanted = [
        (each, goods, product_keys(goods.product, before=f"{goods.origin}:")) for each in fresh for goods in each.goods
    ]
    held = limits_under(
        authority=authority, name="seasons", keys={key for _each, _goods, keys in wanted for key in keys}
    )
    for each, goods, keys in wanted:
        for limit in _first(held, keys)[:1]:
            season = {name: limit.values[name] for name in ("harvest", "storage_months")}
            month = each.on.month if each.on is not None else 0
            yield {
                **named(each),
                "origin": goods.origin,
                "product": goods.product,
                "month": month,
                **season,
                **limit.said,
            }


def _made_by(each: Seen) -> Iterator[tuple[str, Decimal]]:
    for goods in each.goods:
        for approval in dict.fromkeys(one.approval_number.value for one in goods.line.establishments):
            yield approval, goods.kilograms


def _establishments(authority: str, seen: Sequence[Seen]) -> Iterator[Row]:
    """P04."""
    fresh = [each for each in seen if each.is_first_hand]
    marks_keep(chain.from_iterable(marked(authority, "establishment", each, _made_by(each)) for each in fresh))
    held = limits_under(
        authority=authority, name="capacities", keys={key[:100] for each in fresh for key, _mass in _made_by(each)}
    )
    for mark in marks_of(authority, "establishment", held, days=RULES["P04"].limit["days"]):
        limit = held[mark.key][0]
        yield {
            "establishment": mark.key,
            "at": mark.at,
            "volume": mark.kilograms,
            "capacity": Decimal(limit.values["kilograms"]),
            "issuer": mark.issuer,
            "number": mark.number,
            **limit.said,
        }


def route_rows(authority: str, seen: Sequence[Seen], arrived: dict[str, datetime] | None = None) -> Iterator[Row]:
    """P05: what a certificate says of its journey, or ``arrived``, number -> when it was shown where it is for."""
    keys = {f"{each.origin}:{each.destination}" for each in seen}
    held = limits_under(authority=authority, name="routes", keys=keys)
    for each in seen:
        limit = _route(held.get(f"{each.origin}:{each.destination}", ()), each.mode)
        came = (arrived or {}).get(each.number) or each.arrives_at
        if limit is None or each.departed_at is None:
            continue
        yield {
            **named(each),
            "departed_at": each.departed_at,
            "arrived_at": came or each.departed_at,
            "least_days": int(limit.values["least_days"]) if came is not None else 0,
            "ports": list(each.ports),
            "order": str(limit.values["ports"]).split(),
            **limit.said,
        }


def _route(held: Iterable[HeldLimit], mode: str) -> HeldLimit | None:
    by_mode = {str(each.values["mode"]): each for each in held}
    return by_mode.get(mode) or by_mode.get("")


def _sources(authority: str, seen: Sequence[Seen]) -> Iterator[Row]:
    """P06: everything ever drawn of the lines that new certificates for re-export drew from."""
    numbers = {each.number for each in seen}
    fresh = SourceDraw.objects.filter(authority=authority, drawn_by__in=numbers)
    for issuer, number in sorted(set(fresh.values_list("issuer", "number"))):
        balances = LineBalance.objects.filter(authority=authority, issuer=issuer, number=number)
        issued = {row.line: row.issued for row in balances}
        for draw in SourceDraw.objects.filter(
            authority=authority, issuer=issuer, number=number, state=SourceDraw.MOVED
        ):
            yield {
                "original": number,
                "line": draw.source_line,
                "imported": issued.get(draw.source_line, Decimal(0)),
                "re_exported": draw.quantity,
                "issuer": authority,
                "number": draw.drawn_by,
            }


def _batches(each: Seen) -> Iterator[tuple[str, Decimal]]:
    for goods in each.goods:
        if len(goods.line.batches) == 1:
            yield goods.line.batches[0].value, goods.kilograms


def _lots(authority: str, seen: Sequence[Seen]) -> Iterator[Row]:
    """P14: a line of several lots does not say how much is of which, and is left out."""
    fresh = [each for each in seen if each.is_first_hand]
    marks_keep(chain.from_iterable(marked(authority, "lot", each, _batches(each)) for each in fresh))
    held = limits_under(
        authority=authority, name="lots", keys={key[:100] for each in fresh for key, _ in _batches(each)}
    )
    for mark in marks_of(authority, "lot", held):
        limit = held[mark.key][0]
        yield {
            "lot": mark.key,
            "certified": mark.kilograms,
            "size": Decimal(limit.values["kilograms"]),
            "issuer": mark.issuer,
            "number": mark.number,
            **limit.said,
        }


def _claims(authority: str, seen: Sequence[Seen]) -> Iterator[Row]:
    """S11: registrations of countries whose register we hold."""
    claims = [
        (each, str(one.country or each.origin), one.approval_number.value)
        for each in seen
        for goods in each.goods
        for one in goods.line.establishments
    ]
    keys = {f"{country}:{number}"[:100] for _each, country, number in claims}
    held = limits_under(authority=authority, name="registrations", keys=keys)
    known = _registers(authority, {country for _each, country, _number in claims})
    for each, country, number in claims:
        if country in known:
            listed = held.get(f"{country}:{number}"[:100], ())
            yield {
                **named(each),
                "registration": number,
                "is_registered": any(_is_listed(one, each) for one in listed),
            }


def _registers(authority: str, countries: Iterable[str]) -> frozenset[str]:
    """Return the countries of which the register we hold has any row."""
    rows = WatchRow.objects.filter(table__authority=authority, table__name="registrations", table__is_current=True)
    return frozenset(each for each in countries if rows.filter(key__startswith=f"{each}:").exists())


def _is_listed(limit: HeldLimit, each: Seen) -> bool:
    day = each.on.isoformat() if each.on is not None else ""
    until = str(limit.values["listed_until"])
    return str(limit.values["listed_from"]) <= day and (not until or day <= until)
