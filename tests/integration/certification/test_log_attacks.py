"""Attacks on the log at rest, named as in `reliability.md` 6: each is caught by a witness, by fsck or by audit."""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection

from opensps.certification import services
from opensps.certification.errors import LogError
from opensps.certification.immutable import install_triggers
from opensps.certification.models import Certificate, IssueIntention, LogLeaf, TransparencyLog
from opensps.certification.queries import log as queries
from opensps.certification.queries.log_audit import log_audit, log_fsck, seen_elsewhere
from opensps.certification.services import log_growth
from opensps.certification.services.log_growth import log_append, log_reopen
from opensps.certification.services.log_leaves import LOG_CONSUMER, log_head_append
from opensps.events.registry import register, unregister
from opensps.transparency.leaf import read_leaf, write_leaf
from opensps.transparency.merkle import leaf_hash, root
from opensps.transparency.tiles import Tile, write_entries
from opensps.transparency.tree import MemoryTiles, grown
from tests.factories import logs
from tests.factories.certification import AUTHORITY, Cast, Story, cast
from tests.factories.log_at_rest import LATER, LogBook

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def consumer() -> Iterator[None]:
    """The log follows events, as in an installation that has one."""
    register(LOG_CONSUMER)
    yield
    unregister(LOG_CONSUMER.name)


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def book(tmp_path: Path, people: Cast) -> LogBook:
    """A log with two certificates and an audit head, seen by both witnesses."""
    made = LogBook.create(tmp_path)
    for _ in range(2):
        Story(people)("submit", "open", "order", "inspect", "mark_ready", "issue")
    made.follow()
    log_head_append(authority=AUTHORITY, at=LATER)
    made.grow()
    return made


def _as_owner(statement: str, *values: object) -> None:
    """Do what only the owner of the database can: without the triggers."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # no table changes under a check that waits
        for table in ("certification_transparencylog", "certification_logleaf", "certification_certificate"):
            for rule in ("kept", "stays"):
                on = f" ON {table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_{rule}{on}")
        cursor.execute(statement, values)
    install_triggers()


def _codes(book: LogBook) -> set[str]:
    return {problem.code for problem in log_fsck(log=book.row, directory=book.directory)}


def _forget(book: LogBook, size: int) -> None:
    """Roll tree and row back to an earlier size, as a restore of an older disk does; the witnesses forget nothing."""
    found = root([leaf_hash(bytes(leaf.data)) for leaf in LogLeaf.objects.order_by("index")[:size]])
    _as_owner('DELETE FROM certification_logleaf WHERE "index" >= %s', size)
    _as_owner(
        "UPDATE certification_transparencylog SET size = %s, root = %s, checkpoint_size = -1, checkpoint = %s",
        size,
        found,
        b"",
    )
    shutil.rmtree(book.directory.path)
    rows = LogLeaf.objects.order_by("index")[:size]
    data = [bytes(row.data) for row in rows]
    growth = grown(MemoryTiles(), size=0, leaves=[leaf_hash(each) for each in data])
    book.directory.write({**growth.tiles, Tile(-1, 0, size): write_entries(data)})


def test_a_sound_log_is_called_sound(book: LogBook) -> None:
    assert log_fsck(log=book.row, directory=book.directory) == ()
    assert log_audit(log=book.row) == ()


def test_L2_a_leaf_deleted_from_the_database_is_named(book: LogBook) -> None:
    _as_owner('DELETE FROM certification_logleaf WHERE "index" = %s', 1)
    problems = log_fsck(log=book.row, directory=book.directory)
    assert [(problem.code, problem.where) for problem in problems] == [("leaf_missing", f"{logs.ORIGIN}, leaf 1")]
    LogLeaf.objects.create(authority=AUTHORITY, log=book.row, index=4, kind=13, data=b"x")
    with pytest.raises(LogError, match="damaged"):
        book.append()


def test_L2_a_history_rebuilt_without_a_leaf_is_refused_by_every_witness(book: LogBook) -> None:
    _forget(book, 2)
    LogLeaf.objects.bulk_create(
        LogLeaf(authority=AUTHORITY, log=book.row, index=n, kind=13, data=n.to_bytes(4, "big")) for n in range(2, 9)
    )
    book.append()
    with pytest.raises(LogError, match="forked"):
        book.witness()
    assert book.row.state == TransparencyLog.READ_ONLY
    with pytest.raises(LogError, match="read_only"):
        book.append()


def test_L3_a_leaf_altered_in_place_is_found_and_its_tile_named(book: LogBook) -> None:
    _as_owner('UPDATE certification_logleaf SET data = %s WHERE "index" = %s', b"other", 1)
    problems = {problem.code: problem for problem in log_fsck(log=book.row, directory=book.directory)}
    assert {"root", "tile", "entries"} <= problems.keys()
    assert (problems["tile"].where, problems["tile"].params["index"]) == ("tile/0/000.p/3", "1")
    assert "leaf" in {problem.code for problem in log_audit(log=book.row)}


def test_L3_a_tile_altered_or_lost_is_found(book: LogBook) -> None:
    path = book.directory.path / Tile(0, 0, 3).path
    path.write_bytes(path.read_bytes()[:-1] + b"\0")
    assert _codes(book) == {"tile"}
    LogLeaf.objects.create(authority=AUTHORITY, log=book.row, index=3, kind=13, data=b"x")
    with pytest.raises(LogError, match="damaged"):
        book.append()
    path.unlink()
    (book.directory.path / Tile(-1, 0, 3).path).write_bytes(b"\0")
    assert "tile_missing" in _codes(book)


def test_L4_a_leaf_inserted_today_with_an_hour_of_last_month_was_ordered_by_nobody(book: LogBook) -> None:
    honest = read_leaf(bytes(LogLeaf.objects.get(index=0).data))
    old = logs.issue_leaf(b"\x01" * 16, b"\x02" * 32, hour=honest.hour - 720)
    LogLeaf.objects.create(authority=AUTHORITY, log=book.row, index=3, kind=1, data=write_leaf(old))
    book.append()
    book.witness(at=LATER + timedelta(days=1))
    assert [problem.code for problem in log_audit(log=book.row)] == ["unordered"]


def test_L5_a_withdrawal_kept_out_of_the_log_is_missed_by_the_audit(book: LogBook, people: Cast) -> None:
    number = Certificate.objects.order_by("id")[0].number
    unregister(LOG_CONSUMER.name)
    services.certificate_hold(
        authority=AUTHORITY,
        number=number,
        reason_code="partner_question",
        decide_by=services.hold_decide_by(LATER),
        actor=people.officer,
        at=LATER,
    )
    assert [problem.code for problem in log_audit(log=book.row)] == ["not_logged"]


def test_L6_a_log_rolled_back_by_a_restore_signs_nothing_more(book: LogBook, people: Cast) -> None:
    _forget(book, 2)
    book.append()
    with pytest.raises(LogError, match="rolled_back"):
        book.witness()
    row = book.row
    assert (row.state, row.alarm) == (TransparencyLog.READ_ONLY, "rolled_back")
    assert "read_only" in _codes(book)
    with pytest.raises(LogError, match="read_only"):
        book.append()
    story = Story(people)
    story("submit", "open", "order", "inspect", "mark_ready")
    with pytest.raises(LogError, match="read_only"):
        story.prepare()
    assert not IssueIntention.objects.filter(application=story.application).exists()
    log_reopen(log=row)
    assert book.append().log.state == TransparencyLog.OPEN


def test_L7_of_two_writers_the_second_signs_nothing(book: LogBook, monkeypatch: pytest.MonkeyPatch) -> None:
    """The row moves between the moment at which a writer looks and the moment at which it sets."""
    LogLeaf.objects.create(authority=AUTHORITY, log=book.row, index=3, kind=13, data=b"x")
    late = book.row
    book.append()
    before = bytes(book.row.checkpoint)
    monkeypatch.setattr(log_growth, "open_log", lambda _: late)
    with pytest.raises(LogError, match="beaten"):
        log_append(authority=AUTHORITY, directory=book.directory, signer=logs.LOG)
    assert bytes(book.row.checkpoint) == before
    assert _codes(book) == set()


def test_what_a_witness_shows_is_held_against_the_log(book: LogBook) -> None:
    told = {"log": book.row, "directory": book.directory, "where": "https://witness.xb.example"}
    assert seen_elsewhere(raw=bytes(book.row.checkpoint), **told) == ()
    larger, other = logs.MemoryLog.of_size(9), logs.MemoryLog.of_size(2)
    for shown, code in (
        (larger.checkpoint(), "witnessed"),
        (other.checkpoint(), "witnessed"),
        (b"", "witness_failing"),
    ):
        assert [problem.code for problem in seen_elsewhere(raw=shown, **told)] == [code]


def test_O1_an_edited_act_does_not_lead_to_the_head_in_the_log(book: LogBook) -> None:
    with connection.cursor() as cursor:
        for rule in ("no_update", "no_delete", "no_replace", "no_truncate"):
            on = " ON events_eventposition" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS events_eventposition_{rule}{on}")
        position = next(position for _, position, _ in queries.audit_heads(book.row))
        cursor.execute("UPDATE events_eventposition SET chain = %s WHERE position = %s", [b"\0" * 32, position])
    assert [problem.code for problem in log_audit(log=book.row)] == ["head"]


def test_a_checkpoint_of_another_history_is_not_published_quietly(book: LogBook) -> None:
    book.directory.checkpoint_path.write_bytes(logs.MemoryLog.of_size(3).checkpoint())
    assert _codes(book) == {"published"}
    book.directory.checkpoint_path.unlink()
    assert _codes(book) == {"not_published"}
