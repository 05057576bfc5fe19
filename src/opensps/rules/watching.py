"""Rules that watch checks: rows of data and one pure function each. Source: `fraud.md` 5, S01 to S11; 3 no. 21, S12.

A rule gets plain rows and its limit and says what fired, with the rows that made it fire. It never changes a verdict;
where rows come from and what is kept is said in `border`. `RULES` holds the plausibility rules as well.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from opensps.rules.watching_table import RULE_WORDS, Level

Row = Mapping[str, Any]
Rows = Sequence[Row]
Limit = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Fired:
    """What a rule says of some rows."""

    subject: str
    """Certificate, network, office or officer."""

    rows: tuple[Row, ...]


Check = Callable[[Rows, Limit], Iterator[Fired]]


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchRule:
    """A rule as it stands in the table."""

    code: str
    english: str
    chinese: str
    level: Level
    limit: Limit
    check: Check


def grouped(rows: Iterable[Row], *names: str) -> dict[tuple[Any, ...], list[Row]]:
    """Return the rows by the values under some names."""
    found: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for row in rows:
        found[tuple(row[name] for name in names)].append(row)
    return found


def within(rows: Iterable[Row], hours: float) -> list[Row]:
    """Return the rows of the last so many hours, counted back from the newest."""
    listed = sorted(rows, key=lambda row: row["at"])
    since = listed[-1]["at"] - timedelta(hours=hours) if listed else None
    return [row for row in listed if since is None or row["at"] > since]


def _each(rows: Rows, holds: Callable[[Row], bool]) -> Iterator[Fired]:
    """Give one answer for each certificate with rows that hold."""
    for (number,), found in grouped(filter(holds, rows), "number").items():
        yield Fired(str(number), tuple(found))


def wrong_code(rows: Rows, limit: Limit) -> Iterator[Fired]:
    """S01: rows are wrong codes for certificates of ours: number, at."""
    for (number,), found in grouped(rows, "number").items():
        recent = within(found, limit["hours"])
        if len(recent) >= limit["tries"]:
            yield Fired(str(number), tuple(recent))


def enumeration(rows: Rows, limit: Limit) -> Iterator[Fired]:
    """S02: rows are numbers nobody issued, or asked in sequence: network, typed, at."""
    for (network,), found in grouped(rows, "network").items():
        recent = within(found, limit["hours"])
        if len({row["typed"] for row in recent}) >= limit["numbers"]:
            yield Fired(str(network), tuple(recent))


def spread(rows: Rows, limit: Limit) -> Iterator[Fired]:
    """S03: rows are checks: number, country, destination, at."""
    abroad = (row for row in rows if row["country"] and row["country"] != row["destination"])
    for (number,), found in grouped(abroad, "number").items():
        if len({row["country"] for row in found}) >= limit["countries"]:
            yield Fired(str(number), tuple(found))


def too_early(rows: Rows, _limit: Limit) -> Iterator[Fired]:
    """S04: rows are checks: number, at, issued_at."""
    return _each(rows, lambda row: row["at"] < row["issued_at"])


def too_late(rows: Rows, limit: Limit) -> Iterator[Fired]:
    """S05: rows are checks: number, at, arrived_at."""
    days = timedelta(days=limit["days"])
    return _each(rows, lambda row: row["arrived_at"] is not None and row["at"] >= row["arrived_at"] + days)


def altered(rows: Rows, limit: Limit) -> Iterator[Fired]:
    """S06: rows are checks: number, result."""
    return _each(rows, lambda row: row["result"] in limit["results"])


def withdrawn_shown(rows: Rows, limit: Limit) -> Iterator[Fired]:
    """S07: rows are checks: number, result, country, destination."""
    return _each(rows, lambda row: row["result"] in limit["results"] and row["country"] == row["destination"])


def twice(rows: Rows, limit: Limit) -> Iterator[Fired]:
    """S08: rows are arrivals that were recorded: number, is_whole, is_overdrawn."""
    for (number,), found in grouped(rows, "number").items():
        whole = [row for row in found if row["is_whole"]]
        if len(whole) >= limit["arrivals"] or any(row["is_overdrawn"] for row in found):
            yield Fired(str(number), tuple(found))


def mismatch(rows: Rows, limit: Limit) -> Iterator[Fired]:
    """S09: rows are comparisons by officials: number, fields (names of those that differ)."""
    return _each(rows, lambda row: bool(set(row["fields"]) & set(limit["fields"])))


def unofficial_address(rows: Rows, limit: Limit) -> Iterator[Fired]:
    """S10: rows are checks: number, result."""
    return _each(rows, lambda row: row["result"] in limit["results"])


def registration_claim(rows: Rows, _limit: Limit) -> Iterator[Fired]:
    """S11: rows are claims: number, registration, is_registered."""
    return _each(rows, lambda row: bool(row["registration"]) and not row["is_registered"])


def forged_message(rows: Rows, limit: Limit) -> Iterator[Fired]:
    """S12: rows are messages set aside: subject, reason, is_known (a partner lists the address), names (of ours)."""
    forged = (
        row
        for row in rows
        if row["reason"] in limit["always"]
        or row["names"]
        or (row["is_known"] and row["reason"] in limit["from_known"])
    )
    for (subject,), found in grouped(forged, "subject").items():
        yield Fired(str(subject), tuple(found))


_CHECKS: Mapping[str, tuple[Check, Limit]] = MappingProxyType(
    {
        "S01": (wrong_code, {"tries": 10, "hours": 24}),
        "S02": (enumeration, {"numbers": 20, "hours": 1}),
        "S03": (spread, {"countries": 3}),
        "S04": (too_early, {}),
        "S05": (too_late, {"days": 30}),
        "S06": (altered, {"results": ["file_altered", "key_not_valid", "not_recorded"]}),
        "S07": (withdrawn_shown, {"results": ["withdrawn", "replaced", "split", "combined"]}),
        "S08": (twice, {"arrivals": 2}),
        "S09": (mismatch, {"fields": ["containers", "seals"]}),
        "S10": (unofficial_address, {"results": ["address_not_official"]}),
        "S11": (registration_claim, {}),
        "S12": (forged_message, {"always": ["REPLY_NOT_AUTHENTIC"], "from_known": ["SIGNATURE", "REPLAY"]}),
    }
)


def rule_table(checks: Mapping[str, tuple[Check, Limit]]) -> Mapping[str, WatchRule]:
    """Return rules by their permanent codes, with the words of the table."""
    return MappingProxyType(
        {
            code: WatchRule(
                code=code,
                english=RULE_WORDS[code].english,
                chinese=RULE_WORDS[code].chinese,
                level=RULE_WORDS[code].level,
                limit=MappingProxyType(dict(limit)),
                check=check,
            )
            for code, (check, limit) in checks.items()
        }
    )


CHECK_RULES = rule_table(_CHECKS)
"""S01 to S12."""
