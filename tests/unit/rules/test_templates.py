"""Which form of a certificate holds on a day of issue; the day before and the day after a change-over."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opensps.certificate import ModelRef
from opensps.rules.templates import (
    NONE_IN_FORCE,
    NOT_ACKNOWLEDGED,
    NOT_CURRENT,
    AgreedTemplate,
    is_on_wrong_template,
    template_for,
    why_no_template,
    why_not_current,
)

LAST = date(2026, 11, 30)
FIRST = LAST + timedelta(days=1)
OLD = AgreedTemplate("XB-VET", "1", date(2024, 1, 1), LAST, authority_name="Ministry of Agriculture")
NEW = AgreedTemplate("XB-VET", "2", FIRST, authority_name="Food and Plant Agency")
BOTH = (OLD, NEW)
ONE, TWO = ModelRef("XB-VET", "1"), ModelRef("XB-VET", "2")


def test_on_the_last_day_the_old_form_is_right_and_on_the_next_it_is_wrong() -> None:
    assert not is_on_wrong_template(BOTH, day=LAST, model=ONE)
    assert is_on_wrong_template(BOTH, day=FIRST, model=ONE)
    assert is_on_wrong_template(BOTH, day=LAST, model=TWO)
    assert not is_on_wrong_template(BOTH, day=FIRST, model=TWO)


def test_a_certificate_that_names_no_form_is_judged_by_the_name_of_the_former_authority() -> None:
    assert is_on_wrong_template(BOTH, day=FIRST, model=None, authority_name="MINISTRY OF AGRICULTURE.")
    assert not is_on_wrong_template(BOTH, day=LAST, model=None, authority_name="Ministry of Agriculture")
    assert not is_on_wrong_template(BOTH, day=FIRST, model=None, authority_name="Food & Plant Agency of Northland")


def test_a_form_nobody_agreed_to_is_wrong_only_where_another_was_agreed() -> None:
    assert is_on_wrong_template(BOTH, day=LAST, model=ModelRef("XB-OTHER", "1"))
    assert not is_on_wrong_template(BOTH, day=date(2020, 1, 1), model=ModelRef("XB-OTHER", "1"))
    assert not is_on_wrong_template((), day=LAST, model=ONE)


@pytest.mark.parametrize(
    ("templates", "day", "reason"),
    [
        ((), LAST, ""),
        (BOTH, date(2020, 1, 1), ""),
        (BOTH, LAST, ""),
        ((OLD,), FIRST, NONE_IN_FORCE),
        ((OLD, AgreedTemplate("XB-VET", "2", FIRST, is_acknowledged=False)), FIRST, NOT_ACKNOWLEDGED),
        ((OLD, AgreedTemplate("XB-VET", "2", FIRST, is_acknowledged=False)), LAST, ""),
    ],
)
def test_why_nothing_can_be_submitted(templates: tuple[AgreedTemplate, ...], day: date, reason: str) -> None:
    assert why_no_template(templates, day) == reason


def test_what_was_reviewed_on_the_old_form_is_not_issued_on_the_new_day() -> None:
    assert why_not_current(BOTH, "XB-VET/1", LAST) == ""
    assert why_not_current(BOTH, "XB-VET/1", FIRST) == NOT_CURRENT
    assert why_not_current(BOTH, "", FIRST) == NOT_CURRENT
    assert why_not_current((), "", FIRST) == ""
    assert why_not_current((), "XB-VET/1", FIRST) == NOT_CURRENT


DAYS = st.dates(date(2023, 1, 1), date(2027, 12, 31))


@st.composite
def agreed(draw: st.DrawFn) -> AgreedTemplate:
    """Draw one version with any days."""
    first = draw(DAYS)
    last = draw(st.none() | st.integers(0, 900).map(lambda days: first + timedelta(days=days)))
    return AgreedTemplate(
        "T", str(draw(st.integers(1, 9))), first, last, is_acknowledged=draw(st.booleans()), authority_name=""
    )


@given(st.lists(agreed(), max_size=5), DAYS)
def test_the_form_we_choose_is_one_the_border_finds_right(templates: list[AgreedTemplate], day: date) -> None:
    chosen = template_for(templates, day)
    if chosen is None:
        assert why_no_template(templates, day) or all(each.valid_from > day for each in templates)
        return
    assert not why_no_template(templates, day)
    assert not why_not_current(templates, chosen.reference, day)
    assert not is_on_wrong_template(templates, day=day, model=ModelRef(chosen.id, chosen.version))
