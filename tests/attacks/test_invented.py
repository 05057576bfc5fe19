"""Attack 1 in full: invented numbers at every door that takes a number, each answered in less than a second."""

import itertools
import random
import string
from collections.abc import Callable, Iterator

import pytest

from opensps.certificate.numbers import IssuedNumber, NumberTypo, parse_number
from tests.attacks.desks import DeskDoor, foreign_officer
from tests.attacks.world import World
from tests.factories.rest import ApiVisitor, partner_of

pytestmark = pytest.mark.django_db
A_TURN = 50
"""Below the limit of wrong numbers that one official has in an hour."""

SIGNS = string.ascii_uppercase + string.digits + "-/. "
SAID = ("red", "never_issued", "suspected_fraud")


def well_formed(count: int) -> Iterator[str]:
    """Numbers as our offices write them, with the right check digit, that nobody issued."""
    choice = random.Random(11)  # noqa: S311  the same every time
    for serial in choice.sample(range(1_000, 9_999_999), count):
        yield str(IssuedNumber("XA", choice.choice((2025, 2026)), f"{choice.randrange(1, 999):03}", serial))


def at_random(count: int) -> Iterator[str]:
    """Whatever a forger may print where a number belongs; none of it is a number of ours."""
    choice = random.Random(12)  # noqa: S311  the same every time
    heads = ("", "XA", "XA-2026-", "XA-2026-014-", "XB/PC/", "CN", "No. ", "证书")
    for _ in range(count):
        yield choice.choice(heads) + "".join(choice.choices(SIGNS, k=choice.randrange(3, 24))).strip() + "7"


def asked(numbers: Iterator[str]) -> Iterator[tuple[str, DeskDoor]]:
    """Give each number with an officer abroad who may still ask."""
    while turn := tuple(itertools.islice(numbers, A_TURN)):
        desk = DeskDoor(foreign_officer())
        yield from ((number, desk) for number in turn)


def never_issued(numbers: Iterator[str]) -> int:
    """Assert that officials are told at once that nobody issued these; return how many were asked."""
    count = 0
    for number, desk in asked(numbers):
        found = desk.number(number)
        assert found is not None, number
        assert (found.verdict_class, found.result, found.kind) == SAID, number
        assert desk.longest < 1, (number, desk.longest)
        count += 1
    return count


def no_numbers(numbers: Iterator[str]) -> int:
    """Assert that what is no number is said beside the field, to own and foreign officers, and finds nothing."""
    count = 0
    for number, desk in asked(numbers):
        found = desk.number(number)
        assert found is None or (found.verdict_class, found.result, found.kind) == SAID, number
        assert found is None or _is_number(number), number
        assert desk.longest < 1, (number, desk.longest)
        count += 1
    return count


def _is_number(text: str) -> bool:
    try:
        parse_number(text)
    except NumberTypo:
        return False
    return True


def test_attack_01_invented_numbers_are_red_to_an_officer_abroad(world: World, db: None) -> None:
    assert never_issued(well_formed(12)) == 12
    assert no_numbers(at_random(12)) == 12


def test_attack_01_a_list_of_invented_numbers_is_red_line_by_line(world: World, db: None) -> None:
    found = DeskDoor(foreign_officer()).many(well_formed(A_TURN))
    assert [each and (each.verdict_class, each.result, each.kind) for each in found] == [SAID] * A_TURN


def test_attack_01_a_program_of_a_partner_learns_that_nothing_fits(world: World, db: None) -> None:
    visitor = ApiVisitor.of(partner_of())
    for number in well_formed(10):
        said = visitor.post("/checks", {"number": number}).json()
        assert (said["result"], said["verdict"]) == ("no_match", "NONE"), said


@pytest.mark.heavy
@pytest.mark.timeout(1800)
def test_attack_01_a_thousand_well_formed_and_a_thousand_random_numbers(
    world: World, db: None, heavy_count: Callable[[int], int]
) -> None:
    many = heavy_count(1_000)
    assert never_issued(well_formed(many)) == many
    assert no_numbers(at_random(many)) == many
