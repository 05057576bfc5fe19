"""Adding a kind of certificate is adding a folder: the example of the how-to, tried on a copy of the folders."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import opensps
from opensps.certificate import kinds

ROOT = Path(__file__).parents[3]
HOW_TO = ROOT / "docs" / "how-to" / "add-a-certificate-kind.md"
PROGRAM = Path(__file__).with_name("added_kind.py")


def example() -> str:
    """Return the file of the how-to's example."""
    return HOW_TO.read_text(encoding="utf-8").partition("```toml\n")[2].partition("```")[0]


def with_another_kind(place: Path, folder: str, profile: str) -> Path:
    """Return a directory to import from: the program as it is, with one more folder among the kinds."""
    source, target = Path(opensps.__file__).parent, place / "opensps"
    _linked(source, target, but="certificate")
    _linked(source / "certificate", target / "certificate", but="kinds")
    shutil.copytree(Path(kinds.__file__).parent, target / "certificate" / "kinds")
    (target / "certificate" / "kinds" / folder).mkdir()
    (target / "certificate" / "kinds" / folder / "kind.toml").write_text(profile, encoding="utf-8")
    return place


def _linked(source: Path, target: Path, *, but: str) -> None:
    target.mkdir()
    for each in source.iterdir():
        if each.name not in {but, "__pycache__"}:
            (target / each.name).symlink_to(each)


def _run(place: Path, name: str) -> subprocess.CompletedProcess[str]:
    paths = {**os.environ, "PYTHONPATH": f"{place}{os.pathsep}{ROOT}"}
    return subprocess.run(
        [sys.executable, str(PROGRAM), name],
        env=paths,
        cwd=place,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_a_kind_is_added_by_adding_the_folder_of_the_how_to(tmp_path: Path) -> None:
    run = _run(with_another_kind(tmp_path, "casings", example()), "CASINGS")
    assert run.returncode == 0, run.stderr
    told = json.loads(run.stdout)
    assert told.pop("empty") == sorted(
        {
            *("CXG38-NUMBER", "CXG38-DATE", "CXG38-AUTHORITY", "CXG38-OFFICER", "CXG38-ATTESTATION"),
            *("CXG38-CONSIGNOR", "CXG38-CONSIGNEE", "CXG38-DESTINATION"),
            *("CXG38-PRODUCT", "CXG38-ORIGIN", "CXG38-QUANTITY"),
            *("CORE-KIND", "CORE-CODES"),
        }
    )
    assert told == {
        "is_issued": True,
        "good": [],
        "dialect": "opensps",
        "kind_read": "CASINGS",
        "same": True,
        "paper": "%PDF-",
    }


def test_a_folder_that_asks_for_what_does_not_exist_stops_the_program_and_names_itself(tmp_path: Path) -> None:
    wrong = example().replace('"lines.animals" = "-"', '"lines.ghosts" = "-"')
    run = _run(with_another_kind(tmp_path, "casings", wrong), "CASINGS")
    assert run.returncode != 0
    assert "kind CASINGS: unknown lines.ghosts" in run.stderr
