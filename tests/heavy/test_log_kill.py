"""Kill -9 of the log writer at random, and two writers at once: no fork, nothing lost, fsck clean each time."""

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from opensps.certification.log_directory import LogDirectory
from opensps.certification.models import LogLeaf, TransparencyLog
from opensps.certification.queries.log import log_by_origin, published_checkpoint
from opensps.certification.queries.log_audit import log_fsck
from opensps.certification.services.log_growth import log_append_all, log_create
from opensps.formats.checkpoint import Checkpoint
from opensps.transparency.merkle import verify_consistency
from opensps.transparency.tree import TreeView
from tests.databases import Fresh
from tests.factories import logs

KILLS, RACES = 200, 200
LONGEST_LIFE_SECONDS = 0.25
AT_ONCE = 111
"""Leaves that wait when two writers begin."""


def _begin(database: Fresh, directory: LogDirectory, leaves: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.heavy.log_writing", str(directory.path), str(leaves)]
    environment = os.environ | {"OPENSPS_DATABASE_URL": database.url}
    return subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def _ready(process: subprocess.Popen[str]) -> None:
    assert process.stdout is not None
    assert process.stdout.readline() == "begun\n"


def _go(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("go\n")
    process.stdin.flush()


def _log() -> TransparencyLog:
    found = log_by_origin(authority="XA")
    assert found is not None
    return found


def _created(path: Path) -> LogDirectory:
    log_create(authority="XA", origin=logs.ORIGIN, signer=logs.LOG, at=datetime.now(UTC))
    return LogDirectory(path / "log")


def _published(directory: LogDirectory) -> Checkpoint | None:
    return published_checkpoint(directory)


def _only_grew(directory: LogDirectory, before: Checkpoint | None) -> Checkpoint:
    """Assert that what is published now begins with what was published before, and return it."""
    now = _published(directory)
    assert now is not None
    if before is not None:
        path = TreeView(directory, now.size).consistency_path(before.size)
        verify_consistency(old_size=before.size, new_size=now.size, old_root=before.root, new_root=now.root, path=path)
    return now


@pytest.mark.timeout(3600)
def test_a_log_writer_that_dies_anywhere_leaves_a_log_that_goes_on(
    fresh_database: Fresh, tmp_path: Path, heavy_count: Callable[[int], int]
) -> None:
    choice, directory = random.Random(11), _created(tmp_path)  # noqa: S311 when to kill is no secret
    acknowledged, before = 0, None
    for _ in range(heavy_count(KILLS)):
        process = _begin(fresh_database, directory, 10**9)
        _ready(process)
        _go(process)
        time.sleep(choice.uniform(0, LONGEST_LIFE_SECONDS))
        process.kill()
        said, _ = process.communicate()
        acknowledged = max([acknowledged, *(int(line) for line in said.split("\n")[:-1] if line.isdigit())])
        published = _published(directory)
        assert published is not None or acknowledged == 0
        assert published is None or published.size >= acknowledged, "a published checkpoint was lost"
        log_append_all(authority="XA", directory=directory, signer=logs.LOG)
        assert log_fsck(log=_log(), directory=directory) == ()
        before = _only_grew(directory, before)
    assert before is not None
    assert before.size == LogLeaf.objects.count() >= acknowledged


@pytest.mark.timeout(3600)
def test_L7_of_two_writers_started_together_one_ends_and_nothing_forks(
    fresh_database: Fresh, tmp_path: Path, heavy_count: Callable[[int], int]
) -> None:
    directory, before, beaten = _created(tmp_path), None, 0
    for _ in range(heavy_count(RACES)):
        first, second = (_begin(fresh_database, directory, AT_ONCE) for _ in range(2))
        _ready(first)
        _ready(second)
        _go(first)
        _go(second)
        said = [process.communicate()[0].split() for process in (first, second)]
        codes = [process.returncode for process in (first, second)]
        assert codes in ([0, 0], [0, 7], [7, 0]), said
        beaten += codes != [0, 0]
        assert all(words[-1] in {"done", "beaten"} for words in said)
        log_append_all(authority="XA", directory=directory, signer=logs.LOG)
        assert log_fsck(log=_log(), directory=directory) == ()
        before = _only_grew(directory, before)
    assert beaten, "the two never met"
