"""What is left of a certificate, and what looks like a second use (`lifecycles.md` 5.1, `fraud.md` 3)."""

from decimal import Decimal

import pytest

from opensps.lifecycle.balance import (
    Earlier,
    LineUse,
    Replay,
    Use,
    is_within,
    replays,
    reservation,
    use_of,
    whole,
)
from opensps.lifecycle.presentation import PresentationState

HERE = Earlier(state=PresentationState.PRESENTED, country="XB", office="XBAAA", copy="1")


def line(**changes: int) -> LineUse:
    given = {name: Decimal(value) for name, value in changes.items()}
    return LineUse(line=1, unit="KGM", issued=Decimal(100), **given)


def before(**changes: object) -> Earlier:
    given = {"state": PresentationState.ACCEPTED, "country": "XB", "office": "XBBBB", "copy": "", **changes}
    return Earlier(**given)  # type: ignore[arg-type]  # as in the table of cases below


def found(claim: int, use: LineUse, *earlier: Earlier, is_transfer: bool = False) -> tuple[str, ...]:
    return replays(claim={1: Decimal(claim)}, uses=(use,), earlier=earlier, here=HERE, is_transfer=is_transfer)


def test_a_first_presentation_gives_no_alarm() -> None:
    assert found(100, line()) == ()


def test_more_than_is_left_is_found_and_less_is_not() -> None:
    assert found(61, line(accepted=40), before()) == (Replay.BALANCE_EXCEEDED,)
    assert found(60, line(accepted=40), before()) == ()


def test_anything_after_the_last_kilogram_is_found() -> None:
    assert found(1, line(accepted=90, moved=10), before()) == (Replay.USED_UP,)


def test_what_another_office_still_holds_is_no_fraud_yet() -> None:
    held = before(state=PresentationState.HELD)
    assert found(100, line(reserved=100), held) == (Replay.OPEN_ELSEWHERE,)
    assert found(100, line(reserved=100), held, is_transfer=True) == ()


def test_the_same_copy_and_another_country_are_named() -> None:
    assert found(10, line(accepted=10), before(copy="1", country="XC")) == (Replay.SAME_COPY, Replay.OTHER_COUNTRY)


def test_what_was_recorded_in_error_or_taken_over_counts_no_more() -> None:
    gone = (before(state=PresentationState.ANNULLED, copy="1"), before(is_continued=True, copy="1"))
    assert found(100, line(), *gone) == ()


def test_a_line_the_certificate_does_not_have_has_nothing_left() -> None:
    assert replays(claim={2: Decimal(1)}, uses=(line(),), earlier=(), here=HERE) == (Replay.BALANCE_EXCEEDED,)


def test_a_reservation_never_takes_more_than_is_left() -> None:
    assert reservation({1: Decimal(100), 2: Decimal(5)}, (line(accepted=30, reserved=60),)) == {1: Decimal(10)}
    assert reservation({1: Decimal(1)}, (line(reserved=100),)) == {}


def test_who_names_no_quantity_claims_what_was_not_used() -> None:
    assert whole((line(accepted=30, reserved=60),)) == {1: Decimal(70)}


def test_what_is_held_here_and_what_is_left_may_be_accepted() -> None:
    uses = (line(reserved=95),)
    assert is_within(accepted={1: Decimal(25)}, reserved={1: Decimal(20)}, uses=uses)
    assert not is_within(accepted={1: Decimal(26)}, reserved={1: Decimal(20)}, uses=uses)
    assert not is_within(accepted={2: Decimal(1)}, reserved={}, uses=uses)


@pytest.mark.parametrize(
    ("states", "use", "wanted"),
    [
        ("", line(), Use.NOT_PRESENTED),
        ("annulled", line(), Use.NOT_PRESENTED),
        ("held", line(reserved=5), Use.AT_BORDER),
        ("rejected", line(), Use.TURNED_AWAY),
        ("rejected presented", line(), Use.AT_BORDER),
        ("accepted_partly", line(accepted=5), Use.PARTLY_USED),
        ("accepted", line(accepted=100), Use.USED_UP),
        ("accepted rejected", line(accepted=90, moved=10), Use.USED_UP),
    ],
)
def test_the_use_follows_from_presentations_and_balance(states: str, use: LineUse, wanted: Use) -> None:
    assert use_of(map(PresentationState, states.split()), (use,)) is wanted


def test_a_line_says_when_more_is_spoken_for_than_was_issued() -> None:
    assert line().holds
    assert not line(accepted=60, reserved=41).holds
