"""One-time codes against the numbers of RFC 6238, appendix B (SHA-1), cut to six digits."""

from datetime import UTC, datetime, timedelta

import pytest

from opensps.accounts.one_time_codes import (
    code_at,
    enrolment_address,
    secret_of,
    secret_text,
    step_at,
    step_of,
)

SECRET = b"12345678901234567890"


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    at = datetime.fromtimestamp(seconds, UTC)
    assert code_at(SECRET, step_at(at)) == code
    assert step_of(SECRET, f" {code[:3]} {code[3:]} ", at=at) == step_at(at)


def test_a_code_of_the_step_beside_is_taken_and_an_older_one_is_not() -> None:
    at = datetime(2026, 7, 1, tzinfo=UTC)
    code = code_at(SECRET, step_at(at))
    assert step_of(SECRET, code, at=at + timedelta(seconds=30)) == step_at(at)
    assert step_of(SECRET, code, at=at + timedelta(seconds=60)) is None
    assert step_of(SECRET, code, at=at - timedelta(seconds=60)) is None


@pytest.mark.parametrize("typed", ["", "12345", "１２３４５６", "abcdef", "000000000"])
def test_nonsense_is_no_code(typed: str) -> None:
    assert step_of(SECRET, typed, at=datetime(2026, 7, 1, tzinfo=UTC)) is None


def test_the_secret_reads_as_people_type_it() -> None:
    assert secret_of(secret_text(SECRET).lower()) == SECRET
    assert enrolment_address(SECRET, issuer="Plant Service", account="a@b.example") == (
        f"otpauth://totp/Plant%20Service%3Aa%40b.example?secret={secret_text(SECRET)}&issuer=Plant+Service"
    )
