"""Each rule that watches fires on one example and stays silent on one (G10); their codes, words and limits."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from opensps.certificate.numbers import IssuedNumber
from opensps.rules.plausibility import RULES, has_check_digit
from opensps.rules.watching_table import RULE_WORDS

T = datetime(2026, 11, 1, 12, tzinfo=UTC)
N = "XA-2026-014-0004512-0"


def many(count: int, minutes: int = 1, **row: Any) -> list[dict[str, Any]]:
    """Return rows that differ in time, and in whatever is a function of their place."""
    return [
        {
            "at": T + timedelta(minutes=minutes * place),
            **{name: value(place) if callable(value) else value for name, value in row.items()},
        }
        for place in range(count)
    ]


def one(**row: Any) -> list[dict[str, Any]]:
    return [{"number": N, "at": T, **row}]


def hours(count: float) -> datetime:
    return T + timedelta(hours=count)


def signed(hour: float, value: str | None = None) -> dict[str, Any]:
    read = Decimal(value) if value else None
    row = {"laboratory": "L1", "method": "PCR", "received_at": T, "signed_at": hours(hour), "least_hours": 6}
    return {**row, "value": read}


def officer(name: str, refused: int) -> dict[str, Any]:
    return {"office": "014", "officer": name, "cases": 200, "refused": refused}


def numbers(*serials: int) -> list[dict[str, Any]]:
    return [{"number": str(IssuedNumber("XA", 2026, "014", serial)), "is_burnt": False} for serial in serials]


CHECK = {"result": "in_force", "country": "XB", "destination": "XB"}
VOYAGE = {"container": "CSQU3054383", "voyage": "1", "departed_at": T, "arrived_at": hours(48)}
OTHER = {**VOYAGE, "voyage": "2", "departed_at": hours(200), "arrived_at": hours(300)}
ROUTE = {"departed_at": T, "arrived_at": hours(240), "least_days": 5, "ports": ["A", "B"], "order": ["A", "B", "C"]}
WEIGHT = {"net": Decimal(1000), "gross": Decimal(1100), "packages": 100, "payload": Decimal(28000), "range": (8, 12)}
STEPS = {"sampled_at": hours(1), "treated_at": None, "inspected_at": hours(2), "signed_at": hours(3)}
CEILING = {"subject": "XA garlic 2026-11", "earlier": [Decimal(100), Decimal(120), Decimal(90)], "capacity": None}
VISITS = [
    {"person": "p", "at": T, "act": "visit", "km": 0, "is_batch": False},
    {"person": "p", "at": hours(1), "act": "visit", "km": 30, "is_batch": False},
]
TEAM = [officer("a", 10), officer("b", 11), officer("c", 9)]

EXAMPLES: Mapping[str, tuple[list[dict[str, Any]], list[dict[str, Any]]]] = {
    "S01": (many(10, number=N), many(9, number=N)),
    "S02": (many(20, network="n", typed=str), many(40, network="n", typed="same")),
    "S03": (
        many(3, number=N, destination="XB", country=lambda place: "CDE"[place] * 2),
        many(9, number=N, destination="XB", country=lambda place: ("XB", "CC", "DD")[place % 3]),
    ),
    "S04": (one(issued_at=hours(1)), one(issued_at=hours(-1))),
    "S05": (one(arrived_at=T - timedelta(days=30)), one(arrived_at=T - timedelta(days=29))),
    "S06": (one(**{**CHECK, "result": "file_altered"}), one(**CHECK)),
    "S07": (one(**{**CHECK, "result": "withdrawn"}), one(**{**CHECK, "result": "withdrawn", "country": "XC"})),
    "S08": (many(2, number=N, is_whole=True, is_overdrawn=False), one(is_whole=True, is_overdrawn=False)),
    "S09": (one(fields=["seals"]), one(fields=["net_weight"])),
    "S10": (one(**{**CHECK, "result": "address_not_official"}), one(**CHECK)),
    "S11": (one(registration="R1", is_registered=False), one(registration="R1", is_registered=True)),
    "S12": (
        one(subject="XB", reason="SIGNATURE", is_known=True, names=[]),
        one(subject="", reason="SIGNATURE", is_known=False, names=[]),
    ),
    "P01": ([{**CEILING, "volume": Decimal(301)}], [{**CEILING, "volume": Decimal(299)}]),
    "P02": (
        one(origin="XA", product="bananas", produces=["XB"]),
        one(origin="XA", product="bananas", produces=["XA", "XB"]),
    ),
    "P03": (one(month=6, harvest=[9, 10], storage_months=6), one(month=4, harvest=[9, 10], storage_months=6)),
    "P04": (
        many(2, establishment="E", volume=Decimal(56), capacity=Decimal(100)),
        many(2, establishment="E", volume=Decimal(55), capacity=Decimal(100)),
    ),
    "P05": (one(**{**ROUTE, "arrived_at": hours(24)}), one(**ROUTE)),
    "P06": (
        many(2, original=N, line=1, imported=Decimal(100), re_exported=Decimal(51)),
        many(2, original=N, line=1, imported=Decimal(100), re_exported=Decimal(50)),
    ),
    "P07": (one(**STEPS, departed_at=hours(2)), one(**STEPS, departed_at=hours(9))),
    "P08": (
        many(61, minutes=0, person="p", act="signature", km=0, is_batch=False),
        many(61, minutes=0, person="p", act="signature", km=0, is_batch=True),
    ),
    "P09": ([*TEAM, officer("d", 90)], [*TEAM, officer("d", 12)]),
    "P10": (
        one(is_first=True, volume=Decimal(60), earlier=[Decimal(10)]),
        one(is_first=False, volume=Decimal(60), earlier=[Decimal(10)]),
    ),
    "P11": (
        [VOYAGE, {**VOYAGE, "voyage": "2", "departed_at": hours(24), "arrived_at": hours(90)}],
        [VOYAGE, {**VOYAGE, "voyage": "2", "departed_at": hours(60), "arrived_at": hours(90)}],
    ),
    "P12": (many(2, seal="S1", number=str), many(2, seal="S1", number="1")),
    "P13": (one(**{**WEIGHT, "gross": Decimal(900)}), one(**WEIGHT)),
    "P14": (
        many(2, lot="L", certified=Decimal(60), size=Decimal(100)),
        many(2, lot="L", certified=Decimal(50), size=Decimal(100)),
    ),
    "P15": ([signed(1)], [signed(7, "1.25"), signed(8, "1.26")]),
    "P16": (numbers(1, 2, 4), numbers(1, 2, 3)),
}


def fired(code: str, rows: list[dict[str, Any]]) -> int:
    rule = RULES[code]
    return len(list(rule.check(rows, rule.limit)))


@pytest.mark.parametrize("code", RULES)
def test_each_rule_fires_on_one_example_and_is_silent_on_another(code: str) -> None:
    firing, silent = EXAMPLES[code]
    assert fired(code, firing) == 1
    assert fired(code, silent) == 0
    assert fired(code, []) == 0


def test_every_rule_has_its_words_level_and_example() -> None:
    assert set(RULES) == set(RULE_WORDS) == set(EXAMPLES)
    assert [code for code in RULES if code[0] == "S"] == [f"S{n:02}" for n in range(1, 13)]
    assert [code for code in RULES if code[0] == "P"] == [f"P{n:02}" for n in range(1, 17)]
    assert all(not rule.chinese.isascii() and rule.english for rule in RULES.values())


@pytest.mark.parametrize(
    ("code", "rows"),
    [
        ("P05", one(**{**ROUTE, "ports": ["B", "A"]})),
        ("P08", [VISITS[0], {**VISITS[1], "km": 41}]),
        ("P11", [{**VOYAGE, "container": "CSQU3054384"}]),
        (
            "P11",
            [{**VOYAGE, "arrived_at": hours(999)}, {**VOYAGE, "departed_at": hours(48)}, {**OTHER, "is_new": True}],
        ),
        ("P13", one(**{**WEIGHT, "gross": Decimal(30000)})),
        ("P13", one(**{**WEIGHT, "packages": 10})),
        ("P15", [signed(7 + place, "1.25") for place in range(5)]),
        ("P16", numbers(1, 2, 2)),
        ("S08", one(is_whole=False, is_overdrawn=True)),
    ],
)
def test_the_other_half_of_a_rule_fires_as_well(code: str, rows: list[dict[str, Any]]) -> None:
    assert fired(code, rows) == 1


@pytest.mark.parametrize(
    ("code", "rows"),
    [
        ("P01", [{**CEILING, "earlier": [], "volume": Decimal(9)}]),
        ("P08", VISITS),
        ("P04", many(1, establishment="E", volume=Decimal(999), capacity=None)),
        ("P13", one(net=None, gross=None, packages=None, payload=None, range=None)),
        ("P16", [{"number": "not ours"}]),
        ("P09", [officer("a", 100)]),
    ],
)
def test_what_nobody_knows_fires_nothing(code: str, rows: list[dict[str, Any]]) -> None:
    assert fired(code, rows) == 0


def test_a_given_capacity_is_the_ceiling_whatever_was_usual() -> None:
    assert fired("P01", [{**CEILING, "capacity": Decimal(500), "volume": Decimal(400)}]) == 0


@pytest.mark.parametrize("container", ["CSQU3054383", "csqu 3054383"])
def test_a_container_number_with_its_check_digit_is_right(container: str) -> None:
    assert has_check_digit(container)


@pytest.mark.parametrize("container", ["", "CSQU305438", "CSQU3054382", "1SQU3054383", "CSQU30543８3"])
def test_a_container_number_without_it_is_not(container: str) -> None:
    assert not has_check_digit(container)
