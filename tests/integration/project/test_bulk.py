"""``opensps xml validate DIR``: every file gets its findings, the report is whole or not there."""

import csv
import json
import shutil
from pathlib import Path

import click
import pytest

from opensps.project import bulk, command
from opensps.project.exits import Exit

VECTORS = Path(__file__).resolve().parents[2] / "vectors" / "xml"


@pytest.fixture
def received(tmp_path: Path) -> Path:
    directory = tmp_path / "received"
    (directory / "inner").mkdir(parents=True)
    shutil.copy(VECTORS / "phytosanitary-851.xml", directory / "good.xml")
    shutil.copy(VECTORS / "disordered-851.xml", directory / "inner" / "odd.XML")
    (directory / "=evil.xml").write_text("<broken")
    (directory / "gone.xml").symlink_to(directory / "nowhere")
    (directory / "letter.txt").write_text("Dear officer")
    return directory


def test_every_xml_file_of_a_directory_is_in_the_table(
    received: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "found.csv"
    assert command.run(["xml", "validate", str(received), "--report", str(table)]) == Exit.NOT_VALID
    rows = list(csv.DictReader(table.read_text(encoding="utf-8").splitlines()))
    assert {row["file"] for row in rows} == {"good.xml", "inner/odd.XML", "'=evil.xml", "gone.xml"}
    assert [row["result"] for row in rows if row["file"] == "good.xml"] == ["valid"]
    assert {row["result"] for row in rows if row["file"] in {"gone.xml", "'=evil.xml"}} == {"unreadable"}
    assert any(row["rule"].startswith("READ-") and row["message"] for row in rows if "odd" in row["file"])
    told = {row["rule"]: row["what_to_do"] for row in rows}
    assert told["READ-ORDER"] == "Use what was read; ask the sender to write the next one as the schema has it."
    said = capsys.readouterr()
    assert said.out.startswith("4 files: 1 without a finding that matters")
    assert not said.err


def test_the_report_as_json_is_one_document_with_its_figures(
    received: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = tmp_path / "found.json"
    command.run(["xml", "validate", str(received), "--report", str(document), "--json", "--jobs", "1"])
    told, kept = json.loads(capsys.readouterr().out), json.loads(document.read_text(encoding="utf-8"))
    assert [each["file"] for each in kept["files"]] == ["=evil.xml", "gone.xml", "good.xml", "inner/odd.XML"]
    assert kept["summary"]["files"] == told["files"] == 4
    assert kept["summary"]["unreadable"] == 2


def test_several_processes_say_the_same_in_the_same_order(tmp_path: Path) -> None:
    directory = tmp_path / "many"
    directory.mkdir()
    for number in range(60):
        shutil.copy(VECTORS / "phytosanitary-851.xml", directory / f"{number:03}.xml")
    one, two = tmp_path / "one.csv", tmp_path / "two.csv"
    for report, jobs in ((one, "1"), (two, "2")):
        run = ["xml", "validate", str(directory), "--report", str(report), "--jobs", jobs]
        assert command.run(run) == Exit.DONE
    assert one.read_bytes() == two.read_bytes()


@pytest.mark.parametrize(
    ("arguments", "exit_code", "sentence"),
    [
        (["received"], Exit.USAGE, "--report FILE"),
        (["received", "--report", "found.pdf"], Exit.USAGE, ".csv or .json"),
        (["received", "--report", "no/such/place.csv"], Exit.NOT_VALID, "cannot be written"),
        (["empty", "--report", "found.csv"], Exit.NOT_FOUND, "no .xml file"),
        (["received/good.xml", "--report", "found.csv"], Exit.USAGE, "is for a directory"),
    ],
)
def test_what_cannot_be_done_is_one_line(
    received: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    exit_code: Exit,
    sentence: str,
) -> None:
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path)
    assert command.run(["xml", "validate", *arguments]) == exit_code
    assert sentence in capsys.readouterr().err
    assert not list(tmp_path.glob("found.*"))


def test_a_file_too_large_is_said_and_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    directory = tmp_path / "large"
    directory.mkdir()
    shutil.copy(VECTORS / "phytosanitary-851.xml", directory / "a.xml")
    monkeypatch.setattr("opensps.project.commands.xml.MAX_FILE_BYTES", 10)
    report = tmp_path / "found.csv"
    assert command.run(["xml", "validate", str(directory), "--report", str(report)]) == Exit.NOT_VALID
    assert "larger than" in report.read_text(encoding="utf-8")


def test_an_interrupted_run_leaves_no_report(received: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(bulk, "_judged", stop)
    report = tmp_path / "found.csv"
    with pytest.raises(click.Abort):
        command.cli.main(["xml", "validate", str(received), "--report", str(report)], standalone_mode=False)
    assert not list(tmp_path.glob("found*"))
