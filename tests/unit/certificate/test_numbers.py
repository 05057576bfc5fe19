"""The numbers we issue: how they are written, and what people type."""

import pytest

from opensps.certificate import CertificateNumber, IssuedNumber, NumberTypo, ShapeError, parse_number
from opensps.certificate.numbers import check_digit

NUMBER = IssuedNumber("XA", 2026, "014", 4512)


def test_a_number_is_written_in_five_parts() -> None:
    assert str(NUMBER) == NUMBER.text == CertificateNumber("XA-2026-014-0004512-0")


def test_a_number_of_training_says_so_in_front() -> None:
    assert str(IssuedNumber("XA", 2026, "014", 4512, is_training=True)) == "T-XA-2026-014-0004512-0"


def test_damm_s_own_example_has_his_check_digit() -> None:
    assert check_digit("572") == "4"


@pytest.mark.parametrize(
    "typed",
    [
        "XA-2026-014-0004512-0",
        " xa-2026-014-0004512-0\n",
        "XA 2026 014 0004512 0",
        "XA20260140004512 0",
        "XA–2026—014‑0004512−0",
        "XA/2026/014/0004512/0",
        "XA.2026.014.0004512.0",
        "XA_2026_014_0004512_0",
        "ＸＡ－２０２６－０１４－０００４５１２－０",
        "XA-٢٠٢٦-٠١٤-٠٠٠٤٥١٢-٠",
        "XA-۲۰۲۶-۰۱۴-۰۰۰۴۵۱۲-۰",
        "XA-२०२६-०१४-०००४५१२-०",
        "XA-2026-014 -0004512-\u00a00",
        "XA-2026-014-000451②-0",
    ],
)
def test_a_number_is_understood_however_it_is_typed(typed: str) -> None:
    assert parse_number(typed) == NUMBER


@pytest.mark.parametrize(
    "number",
    [
        IssuedNumber("XA", 2026, "014", 1, is_training=True),
        IssuedNumber("XA1", 2026, "014", 1),
        IssuedNumber("XA", 2026, "0141", 1),
        IssuedNumber("XA", 2026, "014", 12345678),
        IssuedNumber("XA", 2026, "014", 900000001),
    ],
)
def test_every_form_of_our_numbers_is_read_back(number: IssuedNumber) -> None:
    assert parse_number(str(number)) == number
    assert parse_number(str(number).lower()) == number


def test_without_hyphens_a_training_number_is_still_one() -> None:
    assert parse_number("T XA 2026 014 0004512 0").is_training


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "-",
        "XA",
        "XA-2026-014-0004512",
        "XA-2026-014-0004512-1",
        "XA-2026-014-0004521-0",
        "XA-2026-014-004512-0",
        "XA-2026-14-0004512-0",
        "X-2026-014-0004512-0",
        "XA-2026-014-0004512-00",
        "XA-2026-014-000451Z-0",
        "A-2026-0000318",
        "EC-PC-2026/0001",
        "XA-2026-014-0004512-0; DROP TABLE",
        "①②③",
        "\x00",
    ],
)
def test_what_is_not_a_number_of_ours_is_a_typing_error(typed: str) -> None:
    with pytest.raises(NumberTypo):
        parse_number(typed)


def test_a_typing_error_is_an_error_of_shape() -> None:
    assert issubclass(NumberTypo, ShapeError)
