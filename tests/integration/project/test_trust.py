"""The trust list by its commands: three roots, two signatures, one list after another; files are checked by it."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from opensps.project import command
from opensps.project.exits import Exit
from opensps.signing import Roots, TrustList
from opensps.transparency.leaf import LeafEvent
from tests.factories import logs
from tests.factories.proofs import code, proven, status_list
from tests.factories.signing import signer

LOG_LINE = f"log XA {logs.LOG.key} https://log.xa.example open"
RECENT = datetime.now(UTC) - timedelta(minutes=5)
WITNESSES = [f"witness {each.organisation} {each.key} https://w.example" for each in logs.WITNESS_KEYS]


class Desk:
    """A directory with roots and lists, and the commands run in it."""

    def __init__(self, path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.path, self.capsys = path, capsys

    def run(self, *arguments: str, expect: Exit = Exit.DONE) -> str:
        """Run a command and return what it printed; on an error, its line."""
        self.capsys.readouterr()
        done = command.run([*arguments])
        said = self.capsys.readouterr()
        assert done == expect, said
        return said.out or said.err

    def file(self, name: str, text: str | bytes) -> str:
        """Write a file and return its name."""
        (self.path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
        return str(self.path / name)

    def name(self, name: str) -> str:
        """Return the path of a file that need not exist."""
        return str(self.path / name)

    def signed(self, body: str, *by: int) -> str:
        """Sign a body with these roots and put it together."""
        written = self.file("body.txt", body)
        lines = [
            self.file(f"sig-{n}", self.run("trust", "sign", written, "--key", self.name(f"root-{n}.key"), "--yes"))
            for n in by
        ]
        return self.run("trust", "combine", written, *lines)


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Desk:
    made = Desk(tmp_path, capsys)
    keys = [
        made.run("trust", "root", "create", f"root-{n}.example", "--out", made.name(f"root-{n}.key")) for n in (1, 2, 3)
    ]
    monkeypatch.setenv("OPENSPS_TRUST_ROOTS", made.file("roots.txt", "".join(keys)))
    monkeypatch.setenv("OPENSPS_TRUST_FILE", made.name("trust.note"))
    monkeypatch.delenv("OPENSPS_DATABASE_URL", raising=False)
    monkeypatch.delenv("OPENSPS_DEMO", raising=False)
    return made


def first(desk: Desk) -> str:
    pem = x509.load_der_x509_certificate(signer().certificate_der).public_bytes(Encoding.PEM)
    lines = ["authority XA Plant Health Service", "host XA v.ecert.example", "profile XA 3", LOG_LINE]
    lines += ["quorum XA 2 XB XC", *WITNESSES]
    given = [part for line in lines for part in ("--line", line)]
    seal = ["--seal", "XA", desk.file("seal.pem", pem), "--since", f"{logs.ORIGIN}@0"]
    return desk.run("trust", "draft", "--first", *given, *seal)


def test_a_list_is_drafted_signed_by_two_of_three_and_installed(desk: Desk) -> None:
    note = desk.signed(first(desk), 1, 3)
    assert "serial 1" in desk.run("trust", "verify", desk.file("one.note", note))
    desk.run("trust", "install", desk.name("one.note"))
    shown = json.loads(desk.run("trust", "show", "--json"))
    assert (shown["serial"], shown["signed"], shown["authorities"][0]["profile"]) == (1, True, 3)
    told = desk.run("trust", "show")
    assert "quorum  2 of XB XC" in told
    assert signer().kid.hex() in told
    assert oct((desk.path / "root-1.key").stat().st_mode)[-3:] == "600"


def test_one_root_is_not_enough_and_no_root_is_overwritten(desk: Desk) -> None:
    body = desk.file("body.txt", first(desk))
    line = desk.file("sig", desk.run("trust", "sign", body, "--key", desk.name("root-1.key"), "--yes"))
    assert "1 of the roots" in desk.run("trust", "combine", body, line, expect=Exit.NOT_VALID)
    again = ("trust", "root", "create", "root-1.example", "--out", desk.name("root-1.key"))
    assert "cannot be written" in desk.run(*again, expect=Exit.NOT_VALID)
    assert "no blank" in desk.run("trust", "root", "create", "a b", "--out", desk.name("x"), expect=Exit.USAGE)


def test_the_next_list_names_the_one_before_it_and_an_older_one_is_refused(desk: Desk) -> None:
    one = desk.file("one.note", desk.signed(first(desk), 1, 2))
    desk.run("trust", "install", one)
    two = desk.file("two.note", desk.signed(desk.run("trust", "draft", "--line", "authority XB Northland"), 2, 3))
    desk.run("trust", "install", two)
    desk.run("trust", "install", two)
    assert "does not come after 2" in desk.run("trust", "install", one, expect=Exit.NOT_VALID)
    (desk.path / "trust.note").write_bytes(Path(one).read_bytes())
    assert "older than 2" in desk.run("trust", "show", expect=Exit.NOT_VALID)


def test_files_and_codes_are_checked_by_the_list_alone(desk: Desk) -> None:
    desk.run("trust", "install", desk.file("one.note", desk.signed(first(desk), 1, 2)))
    held = proven()
    xml, seal = desk.file("c.xml", held.xml or b""), desk.file("c.xades", held.seal or b"")
    bundle, status = desk.file("proof", held.bundle or b""), desk.file("s.cwt", status_list(issued_at=RECENT))
    gone = desk.file("w.cwt", status_list(LeafEvent.WITHDRAW, issued_at=RECENT))
    for given, expect, result in (
        ((xml, seal, "--bundle", bundle), Exit.MUST_NOT_ACCEPT, "offline_ok"),
        ((xml, seal, "--bundle", bundle, "--status", status), Exit.DONE, "in_force"),
        ((xml, seal, "--bundle", bundle, "--status", gone), Exit.MUST_NOT_ACCEPT, "withdrawn"),
        ((xml, seal, "--bundle", bundle, "--status", status, "--for", "xc"), Exit.MUST_NOT_ACCEPT, "other_destination"),
        ((xml, "--status", status), Exit.MUST_NOT_ACCEPT, "not_recorded"),
        (("--qr", code(), "--status", status), Exit.DONE, "offline_ok"),
    ):
        assert json.loads(desk.run("verify", *given, "--json", expect=expect))["result"] == result


def test_verify_needs_no_network_no_database_and_no_django(desk: Desk) -> None:
    desk.run("trust", "install", desk.file("one.note", desk.signed(first(desk), 1, 2)))
    script = (
        "import socket, sys\n"
        "def no(*_a, **_k): raise RuntimeError('network')\n"
        "socket.socket.connect = no\n"
        "from opensps.project import command\n"
        "code = command.run(sys.argv[1:])\n"
        "assert not any(name.split('.')[0] == 'django' for name in sys.modules)\n"
        "sys.exit(code)\n"
    )
    text = code()
    done = subprocess.run(
        [sys.executable, "-c", script, "verify", "--qr", text, "--status", desk.file("s", status_list()), "--json"],
        capture_output=True,
        text=True,
        check=False,
        env=dict(os.environ),
    )
    told = json.loads(done.stdout)
    assert told["result"] == "offline_ok"
    assert [each["key"] for each in told["facts"]][:3] == ["type", "number", "authority"]


def test_what_is_wrong_is_said_in_one_line(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    body = first(desk)
    for arguments, expect, said in (
        (("trust", "verify", desk.file("t", "text")), Exit.NOT_VALID, "not signed by the roots"),
        (("trust", "show"), Exit.USAGE, "cannot be read"),
        (("trust", "show", desk.file("u", b"\xff")), Exit.NOT_VALID, "UTF-8"),
        (("trust", "draft", "--first", "--line", "nonsense"), Exit.NOT_VALID, "unknown keyword"),
        (("trust", "draft", "--first", "--seal", "XA", desk.name("no.pem")), Exit.NOT_VALID, "no certificate"),
        (("trust", "sign", desk.file("b", body), "--key", desk.name("none")), Exit.NOT_VALID, "cannot be read"),
        (("trust", "sign", desk.file("b2", b"\xff"), "--key", desk.name("root-1.key")), Exit.NOT_VALID, "UTF-8"),
        (("trust", "install", desk.file("n", "text")), Exit.NOT_VALID, "not signed by the roots"),
        (("verify",), Exit.USAGE, "either files"),
    ):
        assert said in desk.run(*arguments, expect=expect)
    monkeypatch.delenv("OPENSPS_TRUST_ROOTS")
    assert "--roots" in desk.run("trust", "verify", desk.name("t"), expect=Exit.USAGE)
    monkeypatch.setenv("OPENSPS_TRUST_ROOTS", desk.name("t"))
    assert "root keys" in desk.run("trust", "verify", desk.name("t"), expect=Exit.USAGE)
    monkeypatch.delenv("OPENSPS_TRUST_FILE")
    assert "OPENSPS_TRUST_FILE" in desk.run("trust", "show", expect=Exit.USAGE)


def test_the_policy_is_printed_for_other_tools(desk: Desk) -> None:
    desk.run("trust", "install", desk.file("one.note", desk.signed(first(desk), 1, 2)))
    lines = desk.run("trust", "policy", "XA").splitlines()
    assert lines[0] == f"log {logs.LOG.key} https://log.xa.example"
    assert lines[-2:] == ["group all 2 XB XC", "quorum all"]
    assert "no log" in desk.run("trust", "policy", "XB", expect=Exit.NOT_FOUND)


def test_roots_made_here_are_those_a_list_is_checked_with(desk: Desk) -> None:
    roots = Roots.read((desk.path / "roots.txt").read_text())
    note = desk.signed(first(desk), 1, 2, 3).encode()
    assert TrustList.load_signed(note, roots=roots).serial == 1
