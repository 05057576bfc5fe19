"""Every attack of the catalogue on log, keys and restores, and on certificates, has a test that bears its name."""

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[2]
NAMES = frozenset(
    name
    for path in TESTS.rglob("test_*.py")
    for found in re.findall(r"^ *def test_((?:[A-Z]\d+_)+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    for name in found.strip("_").split("_")
)


@pytest.mark.parametrize("attack", [*(f"L{n}" for n in range(1, 13)), *(f"K{n}" for n in range(1, 9)), "O1"])
def test_each_attack_has_a_test_of_its_name(attack: str) -> None:
    assert attack in NAMES


NUMBERED = frozenset(
    int(found)
    for path in (TESTS / "attacks").glob("test_*.py")
    for found in re.findall(r"^def test_attack_(\d\d)_", path.read_text(encoding="utf-8"), re.MULTILINE)
)
OPEN: dict[int, str] = {}
"""Attacks that nothing of ours can catch yet, and why; whoever builds it takes the line out."""


@pytest.mark.parametrize("number", range(1, 23))
def test_each_attack_on_certificates_has_a_test_of_its_number(number: int) -> None:
    assert (number in NUMBERED) != (number in OPEN)
