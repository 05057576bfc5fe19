"""The database itself keeps the events: every way to change or remove a row is refused on both engines."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test import override_settings

from opensps.events.errors import GuardsMissing
from opensps.events.guards import GUARDED, install_triggers, missing_triggers, verify_triggers
from opensps.events.models import Event, EventPosition
from opensps.events.services import worker_run_until_idle
from tests.factories.events import LATER, write

ON_BOTH = (
    "UPDATE events_event SET act = 'forged'",
    "UPDATE events_event SET act = 'forged' WHERE seq = 2",
    "UPDATE events_eventposition SET position = position + 10",
    "DELETE FROM events_event",
    "DELETE FROM events_eventposition",
    "INSERT INTO events_event SELECT * FROM events_event",
    "INSERT INTO events_event SELECT * FROM events_event WHERE true ON CONFLICT DO NOTHING",
    "INSERT INTO events_event SELECT * FROM events_event WHERE true ON CONFLICT (id) DO UPDATE SET act = 'forged'",
    "INSERT INTO events_eventposition SELECT * FROM events_eventposition WHERE id > 0 ON CONFLICT DO NOTHING",
)
ON_SQLITE = (
    "INSERT OR REPLACE INTO events_event SELECT * FROM events_event",
    "REPLACE INTO events_eventposition SELECT * FROM events_eventposition",
    "INSERT OR IGNORE INTO events_event SELECT * FROM events_event",
    "UPDATE OR REPLACE events_event SET seq = 2 WHERE seq = 1",
    "UPDATE OR IGNORE events_eventposition SET position = 7",
)
ON_POSTGRESQL = (
    "TRUNCATE events_event CASCADE",
    "TRUNCATE events_eventposition",
    "WITH gone AS (DELETE FROM events_eventposition RETURNING *) SELECT count(*) FROM gone",
    "MERGE INTO events_event e USING events_event o ON e.id = o.id WHEN MATCHED THEN UPDATE SET act = 'forged'",
)


def run(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.fixture
def two_events(db: None) -> tuple[list[object], list[object]]:
    write()
    write()
    worker_run_until_idle(at=LATER)
    connection.check_constraints()  # as a commit would
    return contents()


def contents() -> tuple[list[object], list[object]]:
    return list(Event.objects.order_by("seq").values()), list(EventPosition.objects.values())


@pytest.mark.parametrize("statement", ON_BOTH)
def test_a_change_is_refused(statement: str, two_events: object) -> None:
    with pytest.raises(IntegrityError, match="insert-only"):
        run(statement)
    assert contents() == two_events


@pytest.mark.engine("sqlite")
@pytest.mark.parametrize("statement", ON_SQLITE)
def test_a_change_is_refused_on_sqlite(statement: str, two_events: object) -> None:
    with pytest.raises(IntegrityError, match="insert-only"):
        run(statement)
    assert contents() == two_events


@pytest.mark.engine("postgres")
@pytest.mark.parametrize("statement", ON_POSTGRESQL)
def test_a_change_is_refused_on_postgresql(statement: str, two_events: object) -> None:
    with pytest.raises(IntegrityError, match="insert-only"):
        run(statement)
    assert contents() == two_events


@pytest.mark.engine("postgres")
def test_a_session_that_calls_itself_a_replica_is_refused_too(two_events: object) -> None:
    with pytest.raises((IntegrityError, ProgrammingError), match=r"insert-only|permission denied"):
        run("SET LOCAL session_replication_role = replica; DELETE FROM events_eventposition")
    assert contents() == two_events


@pytest.mark.engine("sqlite")
@pytest.mark.parametrize("key", ["id", "digest", "object_id, seq", "rowid"])
def test_replace_is_refused_through_every_key_even_where_triggers_do_not_recurse(key: str, two_events: object) -> None:
    """A connection of another program has recursive_triggers off: the guard on INSERT alone must hold."""
    fresh = {"id": "'00000000000040008000000000000009'", "digest": "x'09'", "object_id": "'other'", "seq": "9"}
    kept = {name: name if name in key else value for name, value in fresh.items()}
    names = [field.column for field in Event._meta.local_fields]
    rowid = "rowid" if key == "rowid" else "NULL"
    values = ", ".join(kept.get(name, name) for name in names)
    columns = ", ".join(names)
    statement = f"REPLACE INTO events_event (rowid, {columns}) SELECT {rowid}, {values} FROM events_event WHERE seq = 1"  # noqa: S608 constants of this test
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA recursive_triggers = OFF")
    try:
        with pytest.raises(IntegrityError, match="insert-only"):
            run(statement)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA recursive_triggers = ON")
    assert contents() == two_events


@pytest.mark.django_db
def test_django_cannot_change_a_row_either() -> None:
    event = write()
    event.act = "certificate.forged"
    for change in (event.save, event.delete, Event.objects.all().delete, lambda: Event.objects.update(seq=9)):
        with pytest.raises((IntegrityError, TypeError)), transaction.atomic():
            change()
    assert Event.objects.get().act == "certificate.looked_at"


@pytest.mark.django_db
def test_the_triggers_are_there_after_migration() -> None:
    verify_triggers()


def drop(name: str) -> None:
    table = next(table.name for table in GUARDED if name.startswith(f"{table.name}_"))
    run(f"DROP TRIGGER {name}" + ("" if connection.vendor == "sqlite" else f" ON {table}"))


@pytest.mark.django_db
@pytest.mark.parametrize("rule", ["no_update", "no_delete", "no_replace"])
def test_a_missing_trigger_is_named_and_put_back(rule: str) -> None:
    drop(f"events_event_{rule}")
    with pytest.raises(GuardsMissing, match=rule):
        verify_triggers()
    install_triggers()
    verify_triggers()


def _weakened_on_sqlite() -> None:
    drop("events_event_no_delete")
    run("CREATE TRIGGER events_event_no_delete BEFORE DELETE ON events_event WHEN OLD.seq > 5 BEGIN SELECT 1; END")


def _weakened_on_postgresql() -> None:
    run("ALTER TABLE events_event DISABLE TRIGGER events_event_no_delete")


def _hollowed_on_postgresql() -> None:
    run("CREATE OR REPLACE FUNCTION opensps_insert_only() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "weaken",
    [
        pytest.param(_weakened_on_sqlite, marks=pytest.mark.engine("sqlite")),
        pytest.param(_weakened_on_postgresql, marks=pytest.mark.engine("postgres")),
        pytest.param(_hollowed_on_postgresql, marks=pytest.mark.engine("postgres")),
    ],
)
def test_a_trigger_that_was_weakened_counts_as_missing(weaken: Callable[[], None]) -> None:
    weaken()
    assert "events_event_no_delete" in missing_triggers()
    install_triggers()
    assert missing_triggers() == ()


@pytest.mark.engine("sqlite")
@pytest.mark.django_db
def test_a_connection_that_hides_replaced_rows_is_refused() -> None:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA recursive_triggers = OFF")
    try:
        with pytest.raises(GuardsMissing, match="recursive_triggers"):
            verify_triggers()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA recursive_triggers = ON")


MIGRATIONS = {
    "0001_initial": "from importlib import import_module\n"
    "Migration = import_module('opensps.events.migrations.0001_initial').Migration\n",
    "0002_guards": "from importlib import import_module\n"
    "Migration = import_module('opensps.events.migrations.0002_guards').Migration\n",
    "0003_longer": """
from django.db import migrations, models

class Migration(migrations.Migration):
    dependencies = [("events", "0002_guards")]
    operations = [
        migrations.AlterField("event", "reason_code", models.CharField(max_length=90, blank=True)),
        migrations.AddField("event", "note", models.CharField(max_length=9, default="")),
        migrations.AlterField("eventposition", "position", models.BigIntegerField()),
    ]
""",
}


def test_a_migration_that_alters_the_tables_leaves_them_protected(
    fresh_database: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write()
    worker_run_until_idle(at=LATER)
    package = tmp_path / "later_event_migrations"
    package.mkdir()
    (package / "__init__.py").touch()
    for name, text in MIGRATIONS.items():
        (package / f"{name}.py").write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    with override_settings(MIGRATION_MODULES={"events": "later_event_migrations"}):
        call_command("migrate", "events", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT note FROM events_event")
        assert cursor.fetchall() == [("",)]
    verify_triggers()
    for statement in ("UPDATE events_event SET act = 'x'", "DELETE FROM events_eventposition"):
        with pytest.raises(IntegrityError, match="insert-only"):
            run(statement)
