"""Kill -9 while certificates are issued and logged: nothing acknowledged is lost or doubled, and the log never forks.

At random moments, and, where `strace` is there, exactly at system calls that make something last: before the call is
done, the process is gone.
"""

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection

from opensps.certification import services
from opensps.certification.log_directory import LogDirectory
from opensps.certification.models import Application, Certificate, LogLeaf, TransparencyLog
from opensps.certification.queries import audit as projection_audit
from opensps.certification.queries import open_intentions
from opensps.certification.queries.log import log_by_origin, published_checkpoint
from opensps.certification.queries.log_audit import log_audit, log_fsck
from opensps.certification.services.log_growth import log_append_all, log_create
from opensps.certification.services.log_leaves import LOG_CONSUMER
from opensps.events.queries import audit
from opensps.events.registry import register, unregister
from opensps.events.services import worker_run_until_idle
from opensps.formats.checkpoint import Checkpoint
from opensps.signing import TrustList, signer_from
from opensps.signing.ceremony import DemoKeys, make_demo_keys
from opensps.transparency.leaf import LeafEvent
from opensps.transparency.merkle import verify_consistency
from opensps.transparency.tree import TreeView
from tests.databases import Fresh
from tests.factories import logs
from tests.factories.certification import Cast, Story, cast

AHEAD = 3
"""Applications that stand ready whenever the process begins."""

LONGEST_PAUSE_SECONDS = 0.2
MOMENTS, CALLS = 300, 200
STRACE = ("strace", "--follow-forks", "-qq", f"--output={os.devnull}")
LASTING = {
    "sqlite": (("fdatasync", 31), ("pwrite64", 890), ("fsync", 18), ("rename", 9), ("write", 17)),
    "postgresql": (("sendto", 280), ("fsync", 18), ("rename", 9), ("write", 17)),
}
"""System calls by which something becomes lasting or is told, and how many of them it takes to issue what is ahead."""


@dataclass
class Office:
    """An installation whose issuing process dies again and again, and what that process had promised."""

    database: Fresh
    demo: DemoKeys
    people: Cast
    directory: LogDirectory
    log_key: Path
    acknowledged: list[str] = field(default_factory=list)
    before: Checkpoint | None = None
    """The last checkpoint that was published."""

    def stock(self) -> None:
        """Let some applications stand ready."""
        while Application.objects.filter(state="ready").count() < AHEAD:
            at = datetime.now(UTC) - timedelta(hours=2)
            Story(self.people, at=at)("submit", "open", "order", "inspect", "mark_ready")

    def begin(self, *prefix: str) -> subprocess.Popen[str]:
        """Start the issuing process."""
        arguments = (self.demo.key_uri, str(self.demo.trust_path), self.people.officer.id)
        environment = os.environ | {
            "OPENSPS_DATABASE_URL": self.database.url,
            "OPENSPS_TRUST_FILE": str(self.demo.trust_path),
            "OPENSPS_LOG_DIR": str(self.directory.path.parents[1]),
            "OPENSPS_LOG_KEY": str(self.log_key),
        }
        command = [*prefix, sys.executable, "-m", "tests.heavy.issuing", *arguments]
        return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)

    def heard(self, lines: list[str]) -> bool:
        """Note what a process promised before it ended, hold the log against it, and say whether it died."""
        whole = [line.split() for line in lines if line.endswith("\n")]
        self.acknowledged += [words[0] for words in whole if words[0] not in ("begun", "logged", "done")]
        self.only_grew(at_least=max((int(words[1]) for words in whole if words[0] == "logged"), default=0))
        return ["done"] not in whole

    def only_grew(self, *, at_least: int = 0) -> None:
        """Assert that what is published begins with what was published before."""
        now = published_checkpoint(self.directory)
        size = 0 if now is None else now.size
        assert size >= at_least, "a published checkpoint was lost"
        if now is not None and self.before is not None:
            verify_consistency(
                old_size=self.before.size,
                new_size=now.size,
                old_root=self.before.root,
                new_root=now.root,
                path=TreeView(self.directory, now.size).consistency_path(self.before.size),
            )
        self.before = now or self.before

    def recover(self) -> None:
        """Do what a restarted installation does, as late as a lease of a dead worker needs."""
        trust = TrustList.load(self.demo.trust_path.read_text(encoding="utf-8"))
        at, signer = datetime.now(UTC) + timedelta(days=1), signer_from(self.demo.key_uri)
        services.issue_resume(authority="XA", signer=signer, trust=trust, at=at, accepts_training=True)
        worker_run_until_idle(at=at)
        self.append()

    def append(self) -> None:
        """Let the tree grow, and look through it."""
        log_append_all(authority="XA", directory=self.directory, signer=logs.LOG)
        assert log_fsck(log=_log(), directory=self.directory) == ()
        self.only_grew()


@pytest.fixture
def office(fresh_database: Fresh, tmp_path: Path) -> Iterator[Office]:
    register(LOG_CONSUMER)
    demo = make_demo_keys(tmp_path / "keys", authority="XA", at=datetime.now(UTC) - timedelta(days=1))
    key = tmp_path / "log.key"
    key.touch(mode=0o600)
    key.write_text(logs.LOG.private_text)
    log_create(authority="XA", origin=logs.ORIGIN, signer=logs.LOG, at=datetime.now(UTC))
    people = cast(at=datetime.now(UTC) - timedelta(hours=12))
    yield Office(fresh_database, demo, people, LogDirectory.below(tmp_path / "log", logs.ORIGIN), key)
    unregister(LOG_CONSUMER.name)


def _log() -> TransparencyLog:
    found = log_by_origin(authority="XA")
    assert found is not None
    return found


def _killed_in_time(process: subprocess.Popen[str], choice: random.Random) -> list[str]:
    """Kill the process some time after some of its words; return them all."""
    assert process.stdout is not None
    with process.stdout:
        lines = [process.stdout.readline() for _ in range(choice.randint(1, 2 * AHEAD - 2))]
        time.sleep(choice.uniform(0, LONGEST_PAUSE_SECONDS))
        process.kill()
        process.wait()
        return lines + process.stdout.readlines()


@pytest.mark.timeout(3600)
def test_deaths_at_any_moment_lose_nothing_and_double_nothing(
    office: Office, heavy_count: Callable[[int], int]
) -> None:
    choice, deaths = random.Random(7), 0  # noqa: S311 when to kill is no secret
    for _ in range(heavy_count(MOMENTS)):
        office.stock()
        deaths += office.heard(_killed_in_time(office.begin(), choice))
        office.append()
    _all_is_whole(office, deaths, heavy_count(MOMENTS))


@pytest.mark.needs("strace")
@pytest.mark.timeout(3600)
def test_deaths_at_system_calls_lose_nothing_and_double_nothing(
    office: Office, heavy_count: Callable[[int], int]
) -> None:
    choice, deaths = random.Random(13), 0  # noqa: S311 where to kill is no secret
    for _ in range(heavy_count(CALLS)):
        office.stock()
        call, last = choice.choice(LASTING[connection.vendor])
        strike = f"inject={call}:signal=SIGKILL:when={choice.randint(1, last)}"
        process = office.begin(*STRACE, "-e", f"trace={call}", "-e", strike)
        assert process.stdout is not None
        with process.stdout:
            lines = process.stdout.readlines()
        process.wait()
        deaths += office.heard(lines)
        office.append()
    _all_is_whole(office, deaths, heavy_count(CALLS))


def _all_is_whole(office: Office, deaths: int, begun: int) -> None:
    office.recover()
    kept = {row.number: row for row in Certificate.objects.all()}
    acknowledged = office.acknowledged
    assert deaths >= begun // 2, "most of them were not killed"
    assert acknowledged
    assert len(acknowledged) == len(set(acknowledged)), "a number was acknowledged twice"
    assert set(acknowledged) <= kept.keys(), "an acknowledged certificate was lost"
    assert all(row.state == "in_force" and row.xml and row.seal for row in kept.values())
    assert Certificate.objects.count() == Application.objects.filter(state="issued").count()
    logged = LogLeaf.objects.filter(kind=LeafEvent.ISSUE).values_list("number", flat=True)
    assert sorted(logged) == sorted(kept), "each certificate is logged, once"
    assert _log().size == LogLeaf.objects.count()
    assert open_intentions(authority="XA") == ()
    assert (audit("XA"), projection_audit("XA"), log_audit(log=_log())) == ((), (), ())
