"""The shapes of small values: what can exist, and what cannot."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from opensps.certificate import (
    Address,
    Certificate,
    CertificateKind,
    ExchangedDocument,
    Measure,
    OfficialTime,
    ShapeError,
    Text,
    certificate_number,
    country_code,
    named,
    normalised,
)
from tests.factories.certificates import phytosanitary


@pytest.mark.parametrize("number", ["1", "EC-PC-2026/0001", "№ 45", "x" * 60, "a  b"])
def test_a_partner_s_number_is_kept_as_received(number: str) -> None:
    assert certificate_number(number) == number


@pytest.mark.parametrize("number", ["", " 1", "1 ", "1\n", "a\tb", "a\x00b", "a\u200bb", "x" * 61])
def test_a_number_is_neither_empty_nor_long_nor_blank_at_its_ends_nor_hiding_signs(number: str) -> None:
    with pytest.raises(ShapeError):
        certificate_number(number)


def test_a_country_code_is_two_capitals() -> None:
    assert country_code("XA") == "XA"
    for wrong in ("", "X", "xa", "XAB", "X1", "ＸＡ", "XA\n"):
        with pytest.raises(ShapeError):
            country_code(wrong)


def test_a_text_is_composed_trimmed_and_has_single_blanks() -> None:
    assert Text("  Jalapen\u0303o \r\n  peppers ").value == "Jalapeño peppers"
    assert Text("a", "zh").language == "zh"


def test_a_text_is_never_empty() -> None:
    for empty in ("", "  \n"):
        with pytest.raises(ShapeError):
            Text(empty)


def test_a_language_is_two_small_letters() -> None:
    for wrong in ("EN", "eng", "", "zh-Hans"):
        with pytest.raises(ShapeError):
            Text("a", wrong)


def test_folding_a_text_twice_changes_nothing() -> None:
    assert normalised(normalised("\u00a0a\u2003 b\x85")) == normalised("\u00a0a\u2003 b\x85") == "a b"


@pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("Infinity"), Decimal("-Infinity"), Decimal("sNaN"), 1.5, 1])
def test_a_quantity_is_a_finite_decimal(value: Decimal) -> None:
    with pytest.raises(ShapeError):
        Measure(value, "KGM")


def test_a_quantity_may_have_been_read_without_a_unit() -> None:
    assert Measure(Decimal("1.50"), None) == Measure(Decimal("1.5"), None)


def test_a_moment_is_told_in_utc_to_the_second_with_the_offset_it_was_written_with() -> None:
    written = datetime(2026, 7, 3, 23, 30, 0, 999, tzinfo=timezone(timedelta(hours=-5)))
    moment = OfficialTime.moment(written, offset_minutes=-300)
    assert moment == OfficialTime(date(2026, 7, 3), datetime(2026, 7, 4, 4, 30, tzinfo=UTC), -300)


def test_the_day_of_a_moment_is_the_day_at_its_offset() -> None:
    late = datetime(2026, 7, 3, 20, 0, tzinfo=UTC)
    assert OfficialTime.moment(late, offset_minutes=480).on == date(2026, 7, 4)


def test_a_moment_is_never_guessed_from_a_time_without_zone() -> None:
    with pytest.raises(ShapeError):
        OfficialTime.moment(datetime(2026, 7, 3))  # noqa: DTZ001  # that is the point


@pytest.mark.parametrize(
    ("at", "offset"),
    [
        (datetime(2026, 7, 3, tzinfo=UTC), None),
        (None, 0),
        (datetime(2026, 7, 3), 0),  # noqa: DTZ001  # that is the point
        (datetime(2026, 7, 3, tzinfo=timezone(timedelta(hours=8))), 480),
    ],
)
def test_a_moment_is_utc_and_has_its_offset(at: datetime | None, offset: int | None) -> None:
    with pytest.raises(ShapeError):
        OfficialTime(date(2026, 7, 3), at, offset)


def test_an_address_has_five_lines_at_most() -> None:
    assert len(Address(lines=("1", "2", "3", "4", "5")).lines) == 5
    with pytest.raises(ShapeError):
        Address(lines=("1", "2", "3", "4", "5", "6"))


def test_a_place_may_be_known_by_name_only() -> None:
    assert named("Port City", "en").names == (Text("Port City", "en"),)
    assert named("Port City").id is None


def test_the_lines_of_a_certificate_are_those_of_all_its_items_in_order() -> None:
    assert [line.sequence for line in phytosanitary().lines] == [1, 2]


def test_the_first_signatory_certifies_and_a_draft_has_none() -> None:
    value = phytosanitary()
    assert value.certifying_signatory is value.exchanged_document.signatories[0]
    assert Certificate(CertificateKind.OTHER, ExchangedDocument("16", "1")).certifying_signatory is None


def test_a_value_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        phytosanitary().kind = CertificateKind.OTHER  # type: ignore[misc]  # that is the point


def test_a_text_of_nothing_but_marks_is_folded_in_no_time_and_folding_again_changes_nothing() -> None:
    hostile = "a" + "\u0301\u0323" * 500_000
    assert normalised(hostile + "  b") == hostile + " b"
    assert normalised(normalised(hostile)) == hostile
    assert normalised("e\u0301 " * 600) == ("\u00e9 " * 600).strip()
