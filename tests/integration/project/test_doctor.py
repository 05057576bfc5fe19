"""``opensps doctor`` finds what was done to the record behind our back, and says what to do."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from opensps import codes
from opensps.events.guards import install_triggers
from opensps.events.services import worker_run_until_idle
from opensps.project import command
from opensps.project.exits import Exit
from tests.databases import Fresh
from tests.factories.certification import START, Story, cast


def _doctor(capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, Any]]:
    capsys.readouterr()
    code = command.run(["doctor", "--json"])
    return code, json.loads(capsys.readouterr().out)


def _codes(answer: dict[str, Any]) -> set[str]:
    return {each["code"] for found in answer["examined"].values() for each in found if each["weight"] == "wrong"}


def _without_guards(statement: str, *parameters: str) -> None:
    """Do what a database owner can do: take the triggers away, write, put them back."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'events_event'")
            for (name,) in cursor.fetchall():
                cursor.execute(f'DROP TRIGGER "{name}"')
            cursor.execute("PRAGMA foreign_keys=OFF")
            cursor.execute(statement, parameters)
        else:
            cursor.execute("SET session_replication_role = replica")
            cursor.execute("ALTER TABLE events_event DISABLE TRIGGER ALL")
            cursor.execute(statement, parameters)
            cursor.execute("SET session_replication_role = origin")
    install_triggers()


def _submitted() -> Story:
    story = Story(cast())
    story("submit")
    worker_run_until_idle(at=START.replace(year=2027))
    return story


def test_a_good_installation_is_sound(fresh_database: Fresh, capsys: pytest.CaptureFixture[str]) -> None:
    _submitted()
    code, answer = _doctor(capsys)
    assert (code, answer["sound"], _codes(answer)) == (Exit.DONE, True, set())


def test_deleting_all_events_of_one_object_is_noticed(
    fresh_database: Fresh, capsys: pytest.CaptureFixture[str]
) -> None:
    story = _submitted()
    _without_guards("DELETE FROM events_event WHERE object_id = %s", story.reference)
    code, answer = _doctor(capsys)
    assert code == Exit.NOT_VALID
    assert "record_event_missing" in _codes(answer)


def test_a_changed_event_is_noticed(fresh_database: Fresh, capsys: pytest.CaptureFixture[str]) -> None:
    story = _submitted()
    _without_guards("UPDATE events_event SET actor = 'somebody else' WHERE object_id = %s", story.reference)
    code, answer = _doctor(capsys)
    assert (code, _codes(answer)) == (Exit.NOT_VALID, {"record_digest"})


def test_a_missing_trigger_is_noticed_and_the_worker_refuses_to_run(
    fresh_database: Fresh, capsys: pytest.CaptureFixture[str]
) -> None:
    on = "" if connection.vendor == "sqlite" else " ON events_event"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER events_event_no_delete{on}")
    code, answer = _doctor(capsys)
    assert (code, _codes(answer)) == (Exit.NOT_VALID, {"record_guard_missing"})
    assert command.run(["worker", "--once"]) == Exit.UNEXPECTED
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_people_are_told_what_to_do(fresh_database: Fresh, capsys: pytest.CaptureFixture[str]) -> None:
    story = _submitted()
    _without_guards("DELETE FROM events_event WHERE object_id = %s", story.reference)
    capsys.readouterr()
    assert command.run(["doctor", "--lang", "zh-hans"]) == Exit.NOT_VALID
    assert any("\u4e00" <= sign <= "\u9fff" for sign in capsys.readouterr().out)


def test_refreshed_code_lists_that_cannot_be_used_are_noticed(
    fresh_database: Fresh, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENSPS_CODES_DIR", str(tmp_path))
    (tmp_path / "un_rec19.tsv").write_text("damaged")
    (tmp_path / "no_such_list.tsv").write_text("x")
    codes.read_also(tmp_path)
    try:
        _code, answer = _doctor(capsys)
    finally:
        codes.read_also(None)
    assert "list_damaged" in _codes(answer)
    assert [each["code"] for each in answer["examined"]["Code lists"]] == ["list_unknown", "list_damaged"]
