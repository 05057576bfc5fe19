"""The papers keep up with the code: every setting, command and exit code is in them, every link leads somewhere."""

import re
from pathlib import Path

import pytest

from opensps.project.command import ENTRIES
from opensps.project.exits import Exit

ROOT = Path(__file__).resolve().parents[3]
PAPERS = sorted((*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")))


def _settings_read() -> set[str]:
    names: set[str] = set()
    for path in (ROOT / "src" / "opensps" / "project").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        read = re.findall(r"(?:env|environment)\.(?:text|flag|words|path|networks)\(\s*\"(\w+)\"", text)
        names |= {f"OPENSPS_{name}" for name in read} | set(re.findall(r"environ\.get\(\"(OPENSPS_\w+)\"", text))
    return names


def test_every_setting_is_described_and_every_described_one_is_read() -> None:
    rows = re.findall(r"^\| `(OPENSPS_\w+)`", (ROOT / "docs" / "SETTINGS.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert set(rows) == _settings_read()


def test_the_readme_names_the_two_commands_and_every_exit_code() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "make demo" in text
    assert "make test" in text
    assert all(re.search(rf"\b{code.value} [a-z]", text) for code in Exit)


def test_every_command_is_described_somewhere() -> None:
    said = "\n".join(path.read_text(encoding="utf-8") for path in PAPERS)
    assert [name for name in ENTRIES if f"opensps {name}" not in said] == []


@pytest.mark.parametrize("path", PAPERS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_within_the_repository_leads_somewhere(path: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", path.read_text(encoding="utf-8"))
    assert [link for link in links if "://" not in link and not (path.parent / link).exists()] == []


def test_decisions_are_numbered_without_gaps_and_have_their_three_parts() -> None:
    papers = sorted((ROOT / "docs" / "adr").glob("*.md"))
    assert [int(path.name[:4]) for path in papers] == list(range(1, len(papers) + 1))
    for path in papers:
        text = path.read_text(encoding="utf-8")
        assert text.startswith(f"# {path.name[:4]} ")
        assert all(part in text for part in ("**Context.**", "**Decision.**", "**Consequences.**"))
