"""``opensps key``: two people make a key, compare its fingerprint, end it, and nothing happens behind their backs."""

import json
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from opensps.accounts.queries import authority_profile
from opensps.events.queries import events_for
from opensps.formats.digest import content_digest
from opensps.formats.xml_input import parse
from opensps.project import command
from opensps.project.exits import Exit
from opensps.project.key_events import key_event_write
from opensps.signing import check_integrity, read_seal, seal_approved, signer_from
from opensps.signing.keys import CERTIFICATE_FILE
from opensps.signing.officer_table import fingerprint_of, line_of
from tests.factories import devices
from tests.factories.certification import cast
from tests.factories.passkeys import Passkey, by_password
from tests.factories.signing import document, trust_list, trusted

OPENSPS = [sys.executable, "-W", "error", "-c", "from opensps.project.command import main; main()"]
POLICY = """
authority = "XA"
types = ["851"]
evidence = ["password", "webauthn"]
host = "cert.example"
origin = "https://cert.example"
[per_hour]
type = 10
country = 10
"""
D = content_digest(parse(document(), sealed=True))
NAME = ("--authority", "XA", "--name", "Plant Health Service of Examplia")


@pytest.fixture
def halves(tmp_path: Path) -> list[str]:
    for each in ("first", "second"):
        (tmp_path / each).write_text(f"{each} half\n")
    return [f"--passphrase-file={tmp_path / each}" for each in ("first", "second")]


def run(*arguments: str) -> int:
    return command.run(["key", *arguments])


def fingerprint_in(said: str) -> str:
    return said.split("SHA-256 ")[1].strip()


def test_a_key_is_made_here_and_certified_there(
    tmp_path: Path, halves: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    keys, root = tmp_path / "keys", tmp_path / "root"
    assert run("root", str(root), *NAME, *halves) == Exit.DONE
    capsys.readouterr()
    assert run("create", str(keys), "--authority", "XA") == Exit.DONE
    shown = fingerprint_in(capsys.readouterr().out)
    request, there = str(keys / "request.pem"), [f"--root={root}", *NAME, *halves]
    assert run("certify", request, *there, "--fingerprint", shown[:-1] + "x") == Exit.NOT_ALLOWED
    assert not (keys / CERTIFICATE_FILE).exists()
    assert run("certify", request, *there, "--fingerprint", shown) == Exit.DONE
    assert len(signer_from(f"file:{keys}").chain_der) == 1
    capsys.readouterr()
    for of in (request, f"file:{keys}"):
        assert run("fingerprint", of, "--json") == Exit.DONE
        assert json.loads(capsys.readouterr().out)["fingerprint"] == shown
    assert run("create", str(keys), "--authority", "XA") == Exit.NOT_ALLOWED
    assert capsys.readouterr().err == "opensps: Not done: exists: seal.key.pem\n"


@pytest.mark.parametrize("is_right", [True, False])
def test_a_ceremony_ends_when_both_people_have_typed_the_fingerprint(
    tmp_path: Path, halves: list[str], *, is_right: bool
) -> None:
    arguments = ["key", "ceremony", str(tmp_path / "root"), str(tmp_path / "keys"), *NAME, *halves]
    with subprocess.Popen(
        [*OPENSPS, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(3)]
        shown = fingerprint_in("".join(lines))
        process.communicate(f"{shown}\n{shown if is_right else shown[::-1]}\n", timeout=60)
    assert process.returncode == (Exit.DONE if is_right else Exit.NOT_ALLOWED)
    assert (tmp_path / "keys" / CERTIFICATE_FILE).exists() is is_right


@pytest.mark.needs("softhsm2-util")
def test_a_key_is_made_in_a_device(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    address = devices.device().address("made-by-command")
    assert run("create", str(tmp_path), "--authority", "XA", "--address", address) == Exit.DONE
    made = fingerprint_in(capsys.readouterr().out)
    assert run("fingerprint", str(tmp_path / "request.pem")) == Exit.DONE
    assert fingerprint_in(capsys.readouterr().out) == made
    elsewhere = devices.device().address("nobody", token="elsewhere")
    assert run("create", str(tmp_path), "--authority", "XA", "--address", elsewhere) == Exit.TRY_LATER
    assert run("create", str(tmp_path), "--authority", "XA", "--address", "tpm:1") == Exit.USAGE


def test_one_person_with_the_whole_passphrase_is_not_enough(tmp_path: Path, halves: list[str]) -> None:
    assert run("root", str(tmp_path / "root"), *NAME, halves[0]) == Exit.USAGE
    (tmp_path / "second").write_text("\n")
    assert run("root", str(tmp_path / "root"), *NAME, *halves) == Exit.USAGE


@pytest.fixture
def listed(tmp_path: Path) -> tuple[str, str]:
    """A trust list on disk, as an option, and the kid in it."""
    trust = trust_list(trusted(uses=("training",)))
    (tmp_path / "trust.txt").write_text(trust.dump())
    return f"--trust={tmp_path / 'trust.txt'}", trust.keys[0].kid.hex()


def test_keys_are_listed_rotated_retired_and_distrusted_as_lines(
    tmp_path: Path, halves: list[str], listed: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    trust, kid = listed
    keys = tmp_path / "keys"
    run("root", str(tmp_path / "root"), *NAME, *halves)
    run("create", str(keys), "--authority", "XA")
    shown = fingerprint_in(capsys.readouterr().out.partition("Key made")[2])
    run("certify", str(keys / "request.pem"), f"--root={tmp_path / 'root'}", *NAME, *halves, "--fingerprint", shown)
    capsys.readouterr()
    begin = ("--from", "2027-01-01T00:00:00Z", "--use", "training")
    assert run("rotate", f"file:{keys}", "--authority", "XA", trust, "--former", kid, *begin) == Exit.DONE
    former, new = capsys.readouterr().out.splitlines()
    assert former.endswith("to=2027-01-31T00:00:00Z")
    assert "from=2027-01-01T00:00:00Z to=-" in new
    assert run("retire", kid, "--authority", "XA", trust, "--at", "2027-01-31T00:00:00Z") == Exit.DONE
    assert capsys.readouterr().out == former + "\n"
    assert run("distrust", kid, "--authority", "XA", trust, "--from", "log.example/XA/2026@812") == Exit.DONE
    said = capsys.readouterr().out
    assert said == f"distrust XA {kid} from=log.example/XA/2026@812 event=log.example/XA/2026@812\n"
    assert run("list", trust) == Exit.DONE
    assert capsys.readouterr().out.startswith(f"XA {kid} in_use from 2026-01-01T00:00:00Z to - training")
    assert run("list", trust, "--json") == Exit.DONE
    assert json.loads(capsys.readouterr().out)[0]["state"] == "in_use"


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({"to_at": datetime(2026, 2, 1, tzinfo=UTC)}, "retired"),
        ({"distrusted_from": datetime(2026, 2, 1, tzinfo=UTC)}, "distrusted"),
        ({"from_at": datetime(2126, 2, 1, tzinfo=UTC)}, "begins"),
    ],
)
def test_a_list_says_how_it_stands_with_a_key(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], changes: dict[str, datetime], state: str
) -> None:
    (tmp_path / "trust.txt").write_text(trust_list(trusted(uses=("training",), **changes)).dump())
    assert run("list", f"--trust={tmp_path / 'trust.txt'}") == Exit.DONE
    assert capsys.readouterr().out.split()[2] == state


@pytest.mark.parametrize(
    "arguments",
    [
        ["retire", "zz", "--at", "2027-01-31T00:00:00Z"],
        ["retire", "00", "--at", "2027-01-31T00:00:00Z"],
        ["retire", "{kid}", "--at", "tomorrow"],
        ["retire", "{kid}"],
    ],
)
def test_what_is_not_understood_is_wrong_usage(arguments: list[str], listed: tuple[str, str]) -> None:
    trust, kid = listed
    assert run(*(each.format(kid=kid) for each in arguments), "--authority", "XA", trust) == Exit.USAGE


def test_a_list_that_cannot_be_read_is_wrong_usage(tmp_path: Path) -> None:
    (tmp_path / "trust.txt").write_text("none")
    assert run("list", f"--trust={tmp_path / 'trust.txt'}") == Exit.USAGE


@pytest.mark.django_db
def test_the_acts_on_a_key_are_events_in_a_row() -> None:
    at, kid = datetime(2026, 11, 20, tzinfo=UTC), bytes(8)
    for act in ("key.added", "key.retired", "key.distrusted"):
        key_event_write(authority="XA", kid=kid, act=act, at=at, payload={"from": "2026-11-20T00:00:00Z"})
    found = events_for(authority="XA", object_kind="key", object_id=kid.hex())
    assert [each.to_state for each in found] == ["in_use", "retired", "distrusted"]


def test_the_signing_service_is_a_process_of_its_own(
    tmp_path: Path, halves: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    keys, path, key = tmp_path / "keys", tmp_path / "sign.sock", Passkey("officer-1")
    run("root", str(tmp_path / "root"), *NAME, *halves)
    run("create", str(keys), "--authority", "XA")
    shown = fingerprint_in(capsys.readouterr().out.partition("Key made")[2])
    run("certify", str(keys / "request.pem"), f"--root={tmp_path / 'root'}", *NAME, *halves, "--fingerprint", shown)
    serve = ["key", "serve", f"--socket={path}", f"--directory={tmp_path}", f"--key=file:{keys}"]
    assert command.run(serve) == Exit.NOT_ALLOWED  # no policy, no seals
    (tmp_path / "policy.toml").write_text(POLICY)
    _enrol(tmp_path, key)
    with subprocess.Popen([*OPENSPS, *serve], stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            assert "Sealing for XA" in process.stderr.readline()
            at = datetime.now(UTC)
            approvals = (by_password(D, at=at, officer="officer-2"), key.approve(D, at=at))
            xades = seal_approved(document(), signer=signer_from(f"service:{path}"), approvals=approvals, at=at)
            check_integrity(read_seal(xades), digest=D)
        finally:
            os.kill(process.pid, signal.SIGTERM)
            assert process.wait(90) == Exit.DONE
    assert not path.exists()
    assert "officer-2,officer-1" in (tmp_path / "journal").read_text()


def _enrol(directory: Path, key: Passkey) -> None:
    """Two people enter a passkey into the service's own table."""
    line, shown = line_of(key.credential), fingerprint_of(key.credential)
    where = ["officer", line, f"--directory={directory}", "--fingerprint"]
    assert run(*where, shown[::-1]) == Exit.NOT_ALLOWED
    assert run(*where, shown) == Exit.DONE
    assert run(*where, shown) == Exit.NOT_ALLOWED


@pytest.mark.django_db
def test_what_needs_two_officers_is_said_here(capsys: pytest.CaptureFixture[str]) -> None:
    cast()
    assert run("approvals", "--two-officers", "657", "--two-officers", "to:XB", "--passkey-only") == Exit.DONE
    assert capsys.readouterr().out == "Two officers: 657, to:XB; password: no\n"
    profile = authority_profile("XA")
    assert profile is not None
    assert (profile.two_officers, profile.allows_password) == (["657", "to:XB"], False)
    assert run("approvals", "--two-officers", "to everybody") == Exit.USAGE
