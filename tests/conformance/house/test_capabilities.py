"""Every row for accounts, border and figures is named with its door and with tests that are there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
ACCOUNTS = ("A28", "A29", "A35", "B04", "B32", "B40")
BORDER = ("A01", "A02", "A04", "A09", "A15", "A18", "A30", "A31", "A32", "A46", "A47", "A51", "B13")
FIGURES = tuple(f"A{number}" for number in range(37, 47))
ROWS = {
    cells[0]: cells
    for line in (ROOT / "docs" / "CAPABILITIES.md").read_text(encoding="utf-8").splitlines()
    if re.match(r"\| [AB]\d\d \|", line)
    for cells in [[cell.strip() for cell in line.strip("|").split("|")]]
}


def test_each_row_is_there_once_and_no_other() -> None:
    assert set(ROWS) == {*ACCOUNTS, *BORDER, *FIGURES}
    assert {len(cells) for cells in ROWS.values()} == {4}


@pytest.mark.parametrize("row", sorted(ROWS))
def test_a_row_names_its_door_and_a_test_that_is_there(row: str) -> None:
    _, asked, door, tests = ROWS[row]
    assert asked
    assert door
    named = re.findall(r"`([^`]+)`", tests)
    assert named or door.startswith("open: "), "a row without a test has to say that it is open"
    assert [each for each in named if not _is_there(each)] == []


def _is_there(named: str) -> bool:
    path, _, test = named.partition("::")
    held = ROOT / path
    return held.is_file() and (not test or f"\ndef {test}(" in held.read_text(encoding="utf-8"))
