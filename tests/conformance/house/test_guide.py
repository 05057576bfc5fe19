"""The examples of the guide run: each page's blocks of Python, one after the other."""

import re
from pathlib import Path
from typing import Any

import pytest

from opensps.project.command import ENTRIES

GUIDE = sorted((Path(__file__).resolve().parents[3] / "docs" / "guide").glob("*.md"))


@pytest.mark.parametrize("path", GUIDE, ids=lambda path: path.name)
def test_every_example_of_the_guide_runs(path: Path) -> None:
    text, shared = path.read_text(encoding="utf-8"), dict[str, Any]()
    blocks = list(re.finditer(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL))
    assert blocks
    for block in blocks:
        line = text[: block.start(1)].count("\n")
        exec(compile("\n" * line + block[1], str(path), "exec"), shared)  # noqa: S102  a page of ours


@pytest.mark.parametrize("path", GUIDE, ids=lambda path: path.name)
def test_every_command_the_guide_names_is_there(path: Path) -> None:
    named = set(re.findall(r"`opensps ([a-z]+) ", path.read_text(encoding="utf-8")))
    assert named <= set(ENTRIES)
