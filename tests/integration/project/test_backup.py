"""A backup holds no key, comes back whole, and a restore proves itself or says what is missing (T19, L6, O3)."""

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from opensps.certification.models import Certificate, LogCheckpoint, LogLeaf
from opensps.certification.queries.log import log_status
from opensps.certification.services.log_growth import log_create
from opensps.certification.services.log_leaves import LOG_CONSUMER
from opensps.events.registry import register, unregister
from opensps.events.services import worker_run_until_idle
from opensps.project import command
from opensps.project.exits import Exit, Stopped
from opensps.project.log_writing import LogWriter
from opensps.project.restoring import read_manifest
from opensps.project.serving import tls
from opensps.project.serving.witness import WitnessServer, tls_context
from opensps.project.witness_state import WitnessState
from opensps.signing import Quorum, TrustedAuthority, TrustedLog, TrustedWitness, TrustList
from tests.databases import Fresh, Template
from tests.factories import logs
from tests.factories.certification import AUTHORITY, Cast, Story, cast

PARTNERS = ("XB", "XC")


@dataclass
class Installation:
    """An installation with a log and two witnesses that really answer."""

    database: Fresh
    path: Path
    people: Cast
    writer: LogWriter

    def issue(self) -> None:
        """Issue a certificate and let the worker do what follows, asking the witnesses."""
        at = datetime.now(UTC) - timedelta(hours=2)
        Story(self.people, at=at)("submit", "open", "order", "inspect", "mark_ready", "issue")
        now = datetime.now(UTC)
        worker_run_until_idle(at=now)
        self.writer = LogWriter()
        self.writer.run(now)

    def restore(self, backup: Path, url: str, tiles: str) -> subprocess.CompletedProcess[str]:
        """Run ``opensps restore`` in a process of its own, onto another database and another disk."""
        program = "from opensps.project.command import main; main()"
        own = {
            "DJANGO_SETTINGS_MODULE": "opensps.project.settings",
            "OPENSPS_DATABASE_URL": url,
            "OPENSPS_LOG_DIR": str(self.path / tiles),
            "OPENSPS_TRUST_FILE": str(self.path / "trust.txt"),
            "OPENSPS_WITNESS_CA_FILE": str(self.path / "tls" / "ca.pem"),
        }
        return subprocess.run(
            [sys.executable, "-c", program, "restore", str(backup)],
            env=os.environ | own,
            capture_output=True,
            text=True,
            check=False,
        )


def _witnesses(path: Path, stack: ExitStack) -> Iterator[TrustedWitness]:
    files = tls.ensure(path / "tls", names=tls.LOOPBACK, at=datetime.now(UTC))
    for number, organisation in enumerate(PARTNERS):
        name = f"witness.{organisation.lower()}.example"
        state = WitnessState.create(path / name, name=name, random=lambda count, n=number: bytes([n]) * count)
        state.add_log(logs.LOG.key)
        server = WitnessServer(("127.0.0.1", 0), state, tls=tls_context(files.certificate, files.key))
        stack.enter_context(server)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}).start()
        stack.callback(server.shutdown)
        for signer in state.signers:
            yield TrustedWitness(organisation, signer.key, f"https://localhost:{server.server_port}")


@pytest.fixture
def installation(fresh_database: Fresh, tmp_path: Path, settings: Any) -> Iterator[Installation]:
    with ExitStack() as stack:
        witnesses = tuple(_witnesses(tmp_path, stack))
        authority = TrustedAuthority(AUTHORITY, "Authority XA", profile=3, quorum=Quorum(2, PARTNERS))
        listed = TrustList(
            (authority,), (), (TrustedLog(AUTHORITY, logs.LOG.key, "https://xa.example/log"),), witnesses
        )
        (tmp_path / "trust.txt").write_text(listed.dump())
        (tmp_path / "log.key").touch(mode=0o600)
        (tmp_path / "log.key").write_text(logs.LOG.private_text)
        settings.OPENSPS_TRUST_FILE = tmp_path / "trust.txt"
        settings.OPENSPS_LOG_DIR, settings.OPENSPS_LOG_KEY = tmp_path / "tiles", tmp_path / "log.key"
        settings.OPENSPS_WITNESS_CA_FILE = tmp_path / "tls" / "ca.pem"
        register(LOG_CONSUMER)
        stack.callback(unregister, LOG_CONSUMER.name)
        log_create(authority=AUTHORITY, origin=logs.ORIGIN, signer=logs.LOG, at=datetime.now(UTC) - timedelta(hours=9))
        yield Installation(fresh_database, tmp_path, cast(at=datetime.now(UTC) - timedelta(hours=9)), LogWriter())


@pytest.fixture
def empty(database_template: Template, fresh_database: Fresh, tmp_path: Path) -> Iterator[Callable[[], str]]:
    """Make addresses of databases in which nothing is."""
    made: list[Fresh] = []

    def address() -> str:
        if connection.vendor == "sqlite":
            return f"sqlite:///{tmp_path}/restored-{len(list(tmp_path.glob('restored-*')))}.sqlite3"
        made.append(replace(database_template.copy(), former=fresh_database.name))
        connection.close()
        connection.settings_dict["NAME"] = fresh_database.name
        return made[-1].url

    yield address
    for each in made:
        each.drop()


def _backup(path: Path) -> Path:
    assert command.run(["backup", str(path)]) == Exit.DONE
    return path


def test_a_restore_proves_itself_and_an_older_backup_is_caught(
    installation: Installation, empty: Callable[[], str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    installation.issue()
    older = _backup(tmp_path / "older")
    installation.issue()
    newest = _backup(tmp_path / "newest")
    assert LogCheckpoint.objects.count() == 2
    assert "OPENSPS_LOG_KEY" in capsys.readouterr().out
    secret = logs.LOG.private_text.rpartition("+")[2].encode()
    assert all(secret not in path.read_bytes() for path in newest.rglob("*") if path.is_file())

    done = installation.restore(newest, empty(), "tiles-anew")
    assert done.returncode == Exit.DONE, done.stdout + done.stderr
    assert "XB XC" in done.stdout
    served = [
        (path / "xa" / "2026" / "checkpoint").read_bytes() for path in (tmp_path / "tiles-anew", tmp_path / "tiles")
    ]
    assert served[1].startswith(served[0])

    done = installation.restore(older, empty(), "tiles-of-old")
    assert done.returncode == Exit.NOT_VALID, "O3: witnesses have seen more than an older backup holds"
    size = log_status(authority=AUTHORITY)[0].size
    assert f"size {size}" in done.stdout


def test_a_backup_that_was_changed_is_not_restored(installation: Installation, tmp_path: Path) -> None:
    installation.issue()
    made = _backup(tmp_path / "backup")
    assert read_manifest(made).authority == AUTHORITY
    victim = next(path for path in made.rglob("*") if path.is_file() and path.name != "manifest.json")
    victim.write_bytes(victim.read_bytes() + b"\n")
    with pytest.raises(Stopped, match="changed"):
        read_manifest(made)
    with pytest.raises(Stopped, match="no backup"):
        read_manifest(tmp_path)
    assert command.run(["backup", str(made)]) == Exit.USAGE


def test_nothing_is_restored_over_what_is_there(installation: Installation, tmp_path: Path) -> None:
    installation.issue()
    made = _backup(tmp_path / "backup")
    assert command.run(["restore", str(made)]) == Exit.USAGE
    assert Certificate.objects.count() == 1


def test_the_commands_of_the_log_say_how_it_stands(
    installation: Installation, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    installation.issue()
    number = Certificate.objects.get().number
    for arguments in (["status"], ["status", "--json"], ["fsck"], ["audit"], ["append"], ["fsck", "--json"]):
        assert command.run(["log", *arguments]) == Exit.DONE, (arguments, capsys.readouterr())
    proof, xml = tmp_path / "c.tlog-proof", tmp_path / "c.xml"
    xml.write_bytes(bytes(Certificate.objects.get().xml or b""))
    assert command.run(["log", "prove", number, "-o", str(proof)]) == Exit.DONE
    assert command.run(["log", "prove", number]) == Exit.DONE
    assert command.run(["log", "prove", "XA-2026-014-9999999-9"]) == Exit.NOT_FOUND
    assert command.run(["log", "verify", str(proof), str(xml)]) == Exit.DONE
    assert command.run(["log", "verify", str(xml), str(xml)]) == Exit.NOT_VALID
    assert command.run(["log", "create", "--origin", logs.ORIGIN]) == Exit.NOT_VALID
    assert command.run(["log", "freeze"]) == Exit.DONE
    assert command.run(["log", "append"]) == Exit.NOT_FOUND
    shutil.rmtree(tmp_path / "tiles")
    assert command.run(["log", "fsck"]) == Exit.NOT_VALID
    assert LogLeaf.objects.count() >= 2
