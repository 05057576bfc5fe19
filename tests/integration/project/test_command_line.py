"""Manners of the command line: one line for an error, exit codes, JSON alone on standard output."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from opensps.project import command
from opensps.project.exits import Exit

OPENSPS = [sys.executable, "-W", "error", "-c", "from opensps.project.command import main; main()"]


def _opensps(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a process of its own."""
    return subprocess.run([*OPENSPS, *arguments], capture_output=True, text=True, check=False)


def test_a_file_that_is_not_there_is_one_line_and_exit_5(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.run(["verify", "nowhere.pdf"]) == Exit.NOT_VALID
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines()[-1] == "opensps: There is no file nowhere.pdf. Check the path."


def test_a_wrong_option_is_one_line_and_exit_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.run(["verify", "--nonsense", "a.pdf"]) == Exit.USAGE
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_an_unknown_command_is_one_line_and_exit_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.run(["fly"]) == Exit.USAGE
    assert capsys.readouterr().err == "opensps: No such command 'fly'. See opensps --help.\n"


def test_without_a_command_the_help_is_shown_and_the_exit_is_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.run([]) == Exit.USAGE
    assert "Commands:" in capsys.readouterr().err


@pytest.mark.parametrize("name", sorted(command.ENTRIES))
def test_every_command_explains_itself_with_an_example(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    first = {"certificate": "show", "codes": "refresh", "log": "create", "partner-port": "serve"}
    first |= {"witness": "create", "xml": "validate", "conformance": "run", "mail": "serve", "partner": "create"}
    first |= {"setup": "load", "limits": "load"}
    path = [name, first[name]] if name in first else [name]
    assert command.run([*path, "--help"]) == Exit.DONE
    assert f"opensps {' '.join(path)}" in capsys.readouterr().out.partition("Example")[2]


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.run(["--help"]) == Exit.DONE
    said = capsys.readouterr().out
    assert all(f"  {name} " in said for name in command.ENTRIES)


def test_no_traceback_is_shown_unless_asked_for(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_name: str) -> tuple[str, bytes]:
        raise RuntimeError("a defect")

    monkeypatch.setattr("opensps.project.commands.verify.read_input", fail)
    assert command.run(["verify", "x.pdf"]) == Exit.UNEXPECTED
    assert "Traceback" not in capsys.readouterr().err
    assert command.run(["verify", "x.pdf", "--verbose"]) == Exit.UNEXPECTED
    assert "a defect" in capsys.readouterr().err


def test_a_file_that_is_no_certificate_is_unreadable_in_both_languages(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("Dear officer")
    assert command.run(["verify", str(file), "--lang", "en"]) == Exit.NOT_VALID
    english = capsys.readouterr().out
    assert command.run(["verify", str(file), "--lang", "zh-hans"]) == Exit.NOT_VALID
    chinese = capsys.readouterr().out
    assert english.startswith("We cannot read this file\n")
    assert any("\u4e00" <= sign <= "\u9fff" for sign in chinese.splitlines()[0])


def test_json_is_one_document_on_standard_output_and_nothing_else(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("Dear officer")
    assert command.run(["verify", str(file), "--json"]) == Exit.NOT_VALID
    answer = json.loads(capsys.readouterr().out)
    assert (answer["result"], answer["exit_code"]) == ("unreadable", 5)


def test_a_dash_reads_standard_input(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"<broken")))
    assert command.run(["xml", "validate", "-", "--json"]) == Exit.NOT_VALID
    answer = json.loads(capsys.readouterr().out)
    assert answer["file"] == "stdin"
    assert [finding["level"] for finding in answer["findings"]] == ["SEVERE"]


def test_verify_and_validate_meet_neither_django_nor_a_database(tmp_path: Path) -> None:
    file = tmp_path / "a.xml"
    file.write_text("<a/>")
    program = (
        "import sys; from opensps.project import command; command.run(sys.argv[1:]);"
        "print(sorted({name.partition('.')[0] for name in sys.modules} & {'django', 'sqlite3', 'psycopg'}))"
    )
    for arguments in (["verify", str(file)], ["xml", "validate", str(file)]):
        done = subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=True)
        assert done.stdout.splitlines()[-1] == "[]"


def test_the_command_runs_as_a_program_of_its_own() -> None:
    done = _opensps("--version")
    assert (done.returncode, done.stdout) == (0, "opensps, version 0.1.0\n")


def test_a_demo_that_others_could_reach_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENSPS_DEMO_DIR", str(tmp_path))
    done = _opensps("demo", "--host", "0.0.0.0")  # noqa: S104 it is refused
    assert done.returncode == Exit.USAGE
    assert "--allow-remote" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_validation_says_line_path_and_what_to_do(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "letter.xml"
    file.write_text("Dear officer")
    assert command.run(["xml", "validate", str(file), "--lang", "en"]) == Exit.NOT_VALID
    assert "Ask the sender for a document that can be read." in capsys.readouterr().out
    assert command.run(["xml", "validate", str(file), "--json"]) == Exit.NOT_VALID
    (finding,) = json.loads(capsys.readouterr().out)["findings"]
    assert finding["what_to_do"] == "Ask the sender for a document that can be read."


def test_the_place_of_a_finding_is_said_in_chinese_too(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "letter.xml"
    file.write_text("<letter/>\n<")
    assert command.run(["xml", "validate", str(file), "--lang", "zh-hans"]) == Exit.NOT_VALID
    said = capsys.readouterr().out
    assert "第 2 行" in said
    assert "Line" not in said
