"""Attacks 1, 5, 17 and 20 on number and code: what was never issued is red to officials and silent to guessers."""

import random
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from opensps.certificate.numbers import IssuedNumber
from opensps.formats.carriers import new_salt, verification_code
from tests.attacks.doors import Door, expect, network
from tests.attacks.world import World

pytestmark = pytest.mark.django_db
A_LIST = 50
"""Below the limit of wrong codes that one official has in an hour."""

MASKED = re.compile(r"[0-9a-f]{32}|\d{1,2} \w+ 20\d\d, \d\d:\d\d UTC|20\d\d-\d\d-\d\dT[\d:]+Z?|theme\.[0-9a-f]{12}")


def invented(choice: random.Random, count: int) -> Iterator[tuple[str, str]]:
    """Well-formed numbers that nobody issued, each with a well-formed code."""
    for serial in choice.sample(range(1_000, 9_999_999), count):
        number = str(IssuedNumber("XA", choice.choice((2025, 2026)), choice.choice(("014", "015", "999")), serial))
        yield number, verification_code(new_salt(choice.randbytes), number)


def invented_answers(world: World, rows: list[tuple[str, str]]) -> Iterator[Any]:
    """Let officials ask for them in lists, each below the limit of its asker."""
    askers = (world.people.officer, world.people.officer2, world.people.senior, world.people.reviewer)
    for turn, at in enumerate(range(0, len(rows), A_LIST)):
        door = Door(world.person(askers[turn % len(askers)]))
        yield from door.many(f"{number},{code}" for number, code in rows[at : at + A_LIST])


def test_attack_01_invented_numbers_were_never_issued(world: World, db: None) -> None:
    rows = list(invented(random.Random(1), 100))  # noqa: S311  the same every time
    answers = list(invented_answers(world, rows))
    assert len(answers) == len(rows)
    for answer in answers:
        expect(answer, "red", "never_issued")


def test_attack_01_a_number_with_a_wrong_check_digit_is_no_number(official: Door, world: World) -> None:
    """Said beside the field: nobody is asked, nothing is counted."""
    wrong = [world.genuine.number[:-1] + str(digit) for digit in range(10)]
    rows = [f"{number},{world.genuine.code}" for number in wrong]
    rows += [f"{text},{world.genuine.code}" for text in ("XA-2026", "0", "XA/2026/1", "证书", "'; --", "A" * 80)]
    (answer,) = official.many(rows)
    expect(answer, "green", "in_force")


def test_attack_01_a_stranger_hears_the_same_of_invented_and_of_true_numbers(public: Door, world: World) -> None:
    (number, code) = next(invented(random.Random(2), 1))  # noqa: S311  the same every time
    for asked in (number, world.genuine.number, world.withdrawn.number):
        answer = public.number(asked, code)
        assert answer.said["result"] == "no_match"
        assert asked not in str(answer.said)


def test_attack_20_guesses_reveal_nothing_whatever_exists(world: World, db: None) -> None:
    """One page, one count, one wait; only what differs in any two answers is masked."""
    (missing, code) = next(invented(random.Random(3), 1))  # noqa: S311  the same every time
    heard = []
    for number in (missing, world.genuine.number, world.withdrawn.number, world.on_hold.number):
        client, told = Client(REMOTE_ADDR=network()), []
        for _ in range(7):
            posted = client.post("/check", {"number": number, "code": code})
            page = client.get(posted.headers["Location"])
            told.append((posted.status_code, page.status_code, MASKED.sub("…", page.content.decode())))
        heard.append(told)
    assert heard[0] == heard[1] == heard[2] == heard[3]
    assert heard[0][0] != heard[0][-1]


def test_attack_20_the_holder_is_never_locked_out_by_strangers(public: Door, world: World) -> None:
    (_, code) = next(invented(random.Random(4), 1))  # noqa: S311  the same every time
    for _ in range(20):
        public.number(world.genuine.number, code)
    expect(public.number(world.genuine.number, world.genuine.code), "green", "in_force")
    expect(public.token(world.genuine.token), "green", "in_force")


def test_attack_20_too_many_tries_are_no_verdict(world: World, db: None) -> None:
    (_, code) = next(invented(random.Random(5), 1))  # noqa: S311  the same every time
    client = Client(REMOTE_ADDR=network(), headers={"Accept": "application/json"})
    said = [client.post("/check", {"number": world.genuine.number, "code": code}).json() for _ in range(6)]
    assert [each["result"] for each in said] == ["no_match"] * 5 + ["too_many_tries"]
    assert said[-1]["class"] not in {"red", "green"}


def test_attack_20_links_cannot_be_guessed(public: Door, world: World) -> None:
    token = world.genuine.token
    for place in range(0, len(token), 4):
        other = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        assert public.token(other).said["result"] == "no_match"
