"""The two commands of the README and their relatives exist, and each says what it does."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
TARGETS = ("bench", "check", "demo", "demo-reset", "faults", "help", "nightly", "test")


@pytest.mark.skipif(shutil.which("make") is None, reason="not run: needs make")
def test_make_help_names_every_target() -> None:
    said = subprocess.run(
        ["make", "--no-print-directory", "help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert tuple(sorted(re.findall(r"^  make (\S+)", said.stdout, re.MULTILINE))) == TARGETS


def test_the_list_of_system_needs_and_the_tests_speak_of_the_same_tools() -> None:
    from tests.needs import PRESENT  # noqa: PLC0415 the list is the subject

    lines = (ROOT / "tools" / "system_needs.txt").read_text(encoding="utf-8").splitlines()
    listed = {line.split()[0] for line in lines if line and not line.startswith("#")}
    assert listed == PRESENT.keys() - {"reference", "postgres"}
