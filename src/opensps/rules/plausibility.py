"""Plausibility rules: rows of data and one pure function each. Source: `fraud.md` 5, P01 to P16; G10.

Rows are plain values; quantities are `Decimal` in one unit, times are aware UTC. Tables of what grows where, of routes
and of weights belong to an installation and come in with the rows. What fires asks somebody to look, and no more.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import combinations, islice, pairwise
from statistics import median, pstdev
from types import MappingProxyType

from opensps.certificate.numbers import NumberTypo, parse_number
from opensps.rules.watching import CHECK_RULES, Check, Fired, Limit, Row, Rows, grouped, rule_table, within

_HOUR = 3600.0
_LETTERS = "0123456789A?BCDEFGHIJK?LMNOPQRSTU?VWXYZ"
_CONTAINER = 11


def above_ceiling(rows: Rows, limit: Limit) -> Iterator[Fired]:
    """P01: subject (origin, product, month), volume, earlier (volumes of the same month in past years), capacity."""
    for row in rows:
        usual = limit["times"] * median(row["earlier"]) if row["earlier"] else None
        ceiling = row["capacity"] if row["capacity"] is not None else usual
        if ceiling is not None and row["volume"] > ceiling:
            yield Fired(row["subject"], (row,))


def not_produced(rows: Rows, _limit: Limit) -> Iterator[Fired]:
    """P02: number, origin, product, produces (countries that do; empty where nobody said)."""
    for row in rows:
        if row["produces"] and row["origin"] not in row["produces"]:
            yield Fired(row["number"], (row,))


def out_of_season(rows: Rows, _limit: Limit) -> Iterator[Fired]:
    """P03: number, month, harvest (months), storage_months."""
    for row in rows:
        allowed = {(month - 1 + kept) % 12 + 1 for month in row["harvest"] for kept in range(row["storage_months"] + 1)}
        if row["harvest"] and row["month"] not in allowed:
            yield Fired(row["number"], (row,))


def above_capacity(rows: Rows, limit: Limit) -> Iterator[Fired]:
    """P04: establishment, at, volume, capacity (of so many days; ``None`` where none was declared)."""
    for (establishment,), found in grouped(rows, "establishment").items():
        recent = within(found, limit["days"] * 24)
        capacity = recent[-1]["capacity"]
        if capacity is not None and sum(row["volume"] for row in recent) > capacity * limit["share"]:
            yield Fired(str(establishment), tuple(recent))


def impossible_route(rows: Rows, _limit: Limit) -> Iterator[Fired]:
    """P05: number, departed_at, arrived_at, least_days, ports (as travelled), order (as they lie)."""
    for row in rows:
        is_fast = (row["arrived_at"] - row["departed_at"]).total_seconds() < row["least_days"] * 24 * _HOUR
        places = [row["order"].index(port) for port in row["ports"] if port in row["order"]]
        if is_fast or places != sorted(places):
            yield Fired(row["number"], (row,))


def above_import(rows: Rows, _limit: Limit) -> Iterator[Fired]:
    """P06: original, line, imported, re_exported."""
    for (original, line), found in grouped(rows, "original", "line").items():
        if sum(row["re_exported"] for row in found) > max(row["imported"] for row in found):
            yield Fired(f"{original} {line}", tuple(found))


STEPS = ("sampled_at", "treated_at", "inspected_at", "signed_at", "departed_at")
"""In the order in which they must happen; what did not happen is ``None``."""


def wrong_order(rows: Rows, _limit: Limit) -> Iterator[Fired]:
    """P07: number and the times of `STEPS`."""
    for row in rows:
        times = [row[name] for name in STEPS if row.get(name) is not None]
        if any(later < earlier for earlier, later in pairwise(times)):
            yield Fired(row["number"], (row,))


def two_places(rows: Rows, limit: Limit) -> Iterator[Fired]:
    """P08: person, at, act (visit or signature), km (to the visit before), is_batch."""
    for (person,), found in grouped(rows, "person").items():
        visits = sorted((row for row in found if row["act"] == "visit"), key=lambda row: row["at"])
        fast = [pair for pair in pairwise(visits) if _is_too_fast(*pair, limit["km_per_hour"])]
        signed = within((row for row in found if row["act"] == "signature" and not row["is_batch"]), 1)
        if len(signed) > limit["signatures_per_hour"]:
            yield Fired(str(person), tuple(signed))
        elif fast:
            yield Fired(str(person), fast[0])


def _is_too_fast(earlier: Row, later: Row, km_per_hour: int) -> bool:
    hours = (later["at"] - earlier["at"]).total_seconds() / _HOUR
    return bool(later["km"] > km_per_hour * hours)


def far_from_office(rows: Rows, limit: Limit) -> Iterator[Fired]:
    """P09: office, officer, cases, refused; of one month."""
    for found in grouped(rows, "office").values():
        seen = [row for row in found if row["cases"] >= limit["cases"]]
        for row in seen:
            others = [float(other["refused"]) / other["cases"] for other in seen if other is not row]
            mean, spread = (sum(others) / len(others), pstdev(others)) if others else (0.0, 0.0)
            if others and abs(row["refused"] / row["cases"] - mean) > max(limit["deviations"] * spread, limit["least"]):
                yield Fired(row["officer"], (row,))


def large_first(rows: Rows, limit: Limit) -> Iterator[Fired]:
    """P10: number, is_first, volume, earlier (volumes of the exporter)."""
    for row in rows:
        if row["is_first"] and row["earlier"] and row["volume"] > limit["times"] * median(row["earlier"]):
            yield Fired(row["number"], (row,))


def container_twice(rows: Rows, _limit: Limit) -> Iterator[Fired]:
    """P11: container, voyage, departed_at, arrived_at (``None``: not said), is_new (left out: it is).

    Of pairs of voyages one is new; what was looked at before is not told again.
    """
    for (container,), found in grouped(rows, "container").items():
        told = [row for row in found if _is_new(row) and not has_check_digit(str(container))]
        for pair in combinations(found, 2):
            if any(map(_is_new, pair)) and is_overlap(*pair):
                told += [row for row in pair if row not in told]
        if told:
            yield Fired(str(container), tuple(told))


def _is_new(row: Row) -> bool:
    return bool(row.get("is_new", True))


def is_overlap(one: Row, other: Row) -> bool:
    """Return whether two voyages that are surely different took place at once, by the day; one day may be both."""
    if any(row["departed_at"] is None for row in (one, other)) or is_one_voyage(one["voyage"], other["voyage"]):
        return False
    earlier, later = sorted((one, other), key=lambda row: row["departed_at"])
    return earlier["arrived_at"] is not None and later["departed_at"].date() < earlier["arrived_at"].date()


def is_one_voyage(one: str, other: str) -> bool:
    """Return whether two ways to write a voyage may mean the same one: case, blanks and the order of words are free.

    One that says less than the other does not differ from it, and one that says nothing differs from none.
    """
    first, second = sorted((_written(one), _written(other)), key=len)
    return first in second or sorted(first) == sorted(second)


def _written(voyage: str) -> str:
    return "".join(sign for sign in voyage.casefold() if sign.isalnum())


def has_check_digit(container: str) -> bool:
    """Return whether a container number has the shape and check digit of ISO 6346."""
    text = "".join(container.split()).upper()
    if len(text) != _CONTAINER or not text[:4].isalpha() or not text[4:].isdecimal() or not text.isascii():
        return False
    return container_digit(text[:-1]) == text[-1]


def container_digit(text: str) -> str:
    """Return the check digit of a container number's four letters and six digits (ISO 6346)."""
    total = sum(_LETTERS.index(sign) * 2**place for place, sign in enumerate(text))
    return str(total % 11 % 10)


def seal_again(rows: Rows, limit: Limit) -> Iterator[Fired]:
    """P12: seal, number, at."""
    for (seal,), found in grouped(rows, "seal").items():
        recent = within(found, limit["days"] * 24)
        if seal and len({row["number"] for row in recent}) > 1:
            yield Fired(str(seal), tuple(recent))


def impossible_weight(rows: Rows, _limit: Limit) -> Iterator[Fired]:
    """P13: number, net, gross, packages, payload of its transport, range of a package; unknown is ``None``."""
    for row in rows:
        if any(_weight_problems(row)):
            yield Fired(row["number"], (row,))


def _weight_problems(row: Row) -> Iterator[bool]:
    net, gross, packages = row["net"], row["gross"], row["packages"]
    yield net is not None and gross is not None and net > gross
    heaviest = gross if gross is not None else net
    yield heaviest is not None and row["payload"] is not None and heaviest > row["payload"]
    if net is not None and packages and row["range"]:
        least, most = row["range"]
        yield not least <= net / packages <= most


def lot_above_size(rows: Rows, _limit: Limit) -> Iterator[Fired]:
    """P14: lot, certified, size."""
    for (lot,), found in grouped(rows, "lot").items():
        if sum(row["certified"] for row in found) > max(row["size"] for row in found):
            yield Fired(str(lot), tuple(found))


def result_too_fast(rows: Rows, limit: Limit) -> Iterator[Fired]:
    """P15: laboratory, method, received_at, signed_at, least_hours, value (`Decimal` or ``None``)."""
    for (laboratory, _method), found in grouped(rows, "laboratory", "method").items():
        fast = [
            row for row in found if (row["signed_at"] - row["received_at"]).total_seconds() < row["least_hours"] * _HOUR
        ]
        counts = Counter(row["value"] for row in found if row["value"] is not None and _has_decimals(row["value"]))
        if fast or any(count >= limit["equal"] for count in counts.values()):
            yield Fired(str(laboratory), tuple(fast or found))


def _has_decimals(value: Decimal) -> bool:
    return value != value.to_integral_value()


def gaps_and_overlaps(rows: Rows, _limit: Limit) -> Iterator[Fired]:
    """P16: number, and is_burnt for one that was given up; of one office and year, in any order."""
    places: dict[tuple[str, int, str], Counter[int]] = {}
    for row in rows:
        try:
            parsed = parse_number(row["number"])
        except NumberTypo:
            continue
        places.setdefault((parsed.authority, parsed.year, parsed.office), Counter())[parsed.serial] += 1
    for (authority, year, office), found in places.items():
        gaps = (range(earlier + 1, later) for earlier, later in pairwise(sorted(found)))
        missing = list(islice((serial for gap in gaps for serial in gap), 50))
        double = sorted(serial for serial, count in found.items() if count > 1)
        if missing or double:
            row = {"office": office, "year": year, "missing": missing, "double": double[:50]}
            yield Fired(f"{authority}-{year}-{office}", (row,))


_CHECKS: Mapping[str, tuple[Check, Limit]] = MappingProxyType(
    {
        "P01": (above_ceiling, {"times": 3}),
        "P02": (not_produced, {}),
        "P03": (out_of_season, {}),
        "P04": (above_capacity, {"share": Decimal("1.1"), "days": 30}),
        "P05": (impossible_route, {}),
        "P06": (above_import, {"tolerance": 0}),
        "P07": (wrong_order, {"tolerance": 0}),
        "P08": (two_places, {"km_per_hour": 40, "signatures_per_hour": 60}),
        "P09": (far_from_office, {"deviations": 3, "cases": 100, "least": 0.05}),
        "P10": (large_first, {"times": 5}),
        "P11": (container_twice, {"tolerance": 0}),
        "P12": (seal_again, {"days": 730}),
        "P13": (impossible_weight, {}),
        "P14": (lot_above_size, {"share": 1}),
        "P15": (result_too_fast, {"equal": 5}),
        "P16": (gaps_and_overlaps, {"tolerance": 0}),
    }
)

RULES = MappingProxyType({**CHECK_RULES, **rule_table(_CHECKS)})
"""All rules that watch, by code."""
