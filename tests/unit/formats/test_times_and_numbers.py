"""Dates, moments and numbers as documents write them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from opensps.certificate import OfficialTime
from opensps.formats.decimals import is_plain, is_writable, parse_decimal, plain
from opensps.formats.times import parse_time

AT = datetime(2026, 7, 3, 5, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2026-07-03T10:30:00+05:30", OfficialTime(date(2026, 7, 3), AT, 330)),
        ("2026-07-03T05:00:00+00:00", OfficialTime(date(2026, 7, 3), AT, 0)),
        ("2026-07-03T05:00:00Z", OfficialTime(date(2026, 7, 3), AT, 0, "2026-07-03T05:00:00Z")),
        ("2026-07-03T05:00Z", OfficialTime(date(2026, 7, 3), AT, 0, "2026-07-03T05:00Z")),
        ("2026-07-02T23:00:00-06:00", OfficialTime(date(2026, 7, 2), AT, -360)),
        ("2026-07-03", OfficialTime(date(2026, 7, 3))),
        ("2026-07-03Z", OfficialTime(date(2026, 7, 3), text="2026-07-03Z")),
        ("2026-07-03T10:30:00", OfficialTime(date(2026, 7, 3), text="2026-07-03T10:30:00")),
    ],
)
def test_a_time_is_exact_only_with_date_clock_and_offset(text: str, value: OfficialTime) -> None:
    assert parse_time(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tomorrow",
        "2026-02-30",
        "0000-01-01",
        "2026-07-03 10:30:00",
        "2026-07-03T25:00:00Z",
        "2026-07-03T24:61:00",
        "2026-07-03T10:30:00+15:00",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "٢٠٢٦-07-03",
    ],
)
def test_what_is_no_time_is_none(text: str) -> None:
    assert parse_time(text) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.0E3", "1000"),
        ("007", "7"),
        ("1.50", "1.5"),
        ("-0", "0"),
        ("+5", "5"),
        (".5", "0.5"),
        ("5.", "5"),
        ("0E9", "0"),
    ],
)
def test_numbers_in_any_form_are_the_same_number(text: str, value: str) -> None:
    number = parse_decimal(text)
    assert number is not None
    assert plain(number) == value
    assert not is_plain(text)
    assert is_plain(value)


@pytest.mark.parametrize(
    "text", ["", "a", "1,5", "1 000", "1_000", "١٢", "NaN", "Infinity", "1e999", "1e9999", "--1", "9" * 101]
)
def test_what_is_no_number_of_reasonable_size_is_none(text: str) -> None:
    assert parse_decimal(text) is None


@pytest.mark.parametrize(
    ("number", "fits"),
    [
        ("99999999999999999999.9999", True),
        ("1e20", False),
        ("0.00001", False),
        ("1.00000", True),
        ("1e-99", False),
        ("-5", True),
    ],
)
def test_twenty_and_four_digits_fit_the_wire(number: str, fits: bool) -> None:
    assert is_writable(Decimal(number)) is fits
