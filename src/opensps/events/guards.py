"""Triggers by which the database itself keeps the insert-only tables (`reliability.md` 4.4).

Refused: UPDATE, DELETE, REPLACE, upsert, and TRUNCATE on PostgreSQL; an insert of a key that exists, so that SQLite's
``INSERT OR REPLACE`` finds nothing to replace. Installed by migration and again after every migration, because SQLite
loses the triggers of a table it alters. `verify_triggers` compares their text and runs at start-up and in ``doctor``.
What no trigger can refuse (an owner who drops them) is found by `queries.audit`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from opensps.events.errors import GuardsMissing


@dataclass(frozen=True, slots=True)
class GuardedTable:
    """A table that only grows, with the unique keys an insert may not meet."""

    name: str
    keys: tuple[tuple[str, ...], ...]


GUARDED = (
    GuardedTable("events_event", (("id",), ("digest",), ("authority", "object_kind", "object_id", "seq"))),
    GuardedTable("events_eventposition", (("id",), ("event_id",), ("authority", "position"))),
)


def _existing(table: GuardedTable, keys: tuple[tuple[str, ...], ...]) -> str:
    """Return the SQL condition: a row with one of the keys of NEW is there already."""
    return " OR ".join(
        f"EXISTS (SELECT 1 FROM {table.name} WHERE {' AND '.join(f'{column} = NEW.{column}' for column in key)})"  # noqa: S608 constants of this module
        for key in keys
    )


def _sqlite(table: GuardedTable) -> dict[str, str]:
    name = table.name
    rules = {
        "no_update": ("BEFORE UPDATE", ""),
        "no_delete": ("BEFORE DELETE", ""),
        # rowid is a key too: REPLACE through it would remove the old row.
        "no_replace": ("BEFORE INSERT", f" WHEN {_existing(table, (*table.keys, ('rowid',)))}"),
    }
    return {
        f"{name}_{rule}": (
            f"CREATE TRIGGER {name}_{rule} {event} ON {name}{condition} "
            f"BEGIN SELECT RAISE(ABORT, '{name} is insert-only'); END"
        )
        for rule, (event, condition) in rules.items()
    }


_FUNCTION = "opensps_insert_only"
_FUNCTION_BODY = """
BEGIN
    RAISE EXCEPTION '% is insert-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END
"""


def _replace_body(table: GuardedTable) -> str:
    return f"""
BEGIN
    IF {_existing(table, table.keys)} THEN
        RAISE EXCEPTION '% is insert-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
"""


def _functions() -> dict[str, str]:
    return {_FUNCTION: _FUNCTION_BODY} | {f"{table.name}_refuse_known": _replace_body(table) for table in GUARDED}


def _postgresql(table: GuardedTable) -> dict[str, str]:
    name = table.name
    rules = {
        f"no_{act}": f"BEFORE {act.upper()} ON {name} FOR EACH STATEMENT" for act in ("update", "delete", "truncate")
    }
    triggers = {
        f"{name}_{rule}": f"CREATE TRIGGER {name}_{rule} {text} EXECUTE FUNCTION {_FUNCTION}()"
        for rule, text in rules.items()
    }
    triggers[f"{name}_no_replace"] = (
        f"CREATE TRIGGER {name}_no_replace BEFORE INSERT ON {name} FOR EACH ROW EXECUTE FUNCTION {name}_refuse_known()"
    )
    return triggers


def _run(connection: BaseDatabaseWrapper, statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _install_sqlite(connection: BaseDatabaseWrapper, table: GuardedTable) -> None:
    for name, text in _sqlite(table).items():
        _run(connection, [f"DROP TRIGGER IF EXISTS {name}", text])


def _install_postgresql(connection: BaseDatabaseWrapper, table: GuardedTable) -> None:
    # ALWAYS: also in a session that asks to be treated as a replica.
    for name, text in _postgresql(table).items():
        again = f"DROP TRIGGER IF EXISTS {name} ON {table.name}"
        _run(connection, [again, text, f"ALTER TABLE {table.name} ENABLE ALWAYS TRIGGER {name}"])


def install_triggers(using: str = "default") -> None:
    """Create the triggers again wherever they are missing or changed; does nothing to tables that do not exist."""
    connection = connections[using]
    present = set(connection.introspection.table_names())
    missing = missing_triggers(using)
    for table in GUARDED:
        if table.name not in present or not any(name.startswith(f"{table.name}_") for name in missing):
            continue
        if connection.vendor == "sqlite":
            _install_sqlite(connection, table)
        else:
            _install_functions(connection)
            _install_postgresql(connection, table)


def _install_functions(connection: BaseDatabaseWrapper) -> None:
    _run(
        connection,
        [
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $body${body}$body$"
            for name, body in _functions().items()
        ],
    )


def _found_sqlite(connection: BaseDatabaseWrapper) -> Mapping[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        return dict(cursor.fetchall())


def _found_postgresql(connection: BaseDatabaseWrapper) -> Mapping[str, tuple[str, str]]:
    """Return trigger -> (definition, function body) of those that fire in every session."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t.tgname, pg_get_triggerdef(t.oid, true), p.prosrc FROM pg_trigger t"
            " JOIN pg_proc p ON p.oid = t.tgfoid WHERE t.tgenabled = 'A' AND pg_table_is_visible(t.tgrelid)"
        )
        return {name: (text, body) for name, text, body in cursor.fetchall()}


def _wanted_postgresql() -> Mapping[str, tuple[str, str]]:
    bodies = _functions()
    return {
        name: (text, bodies[text.rpartition(" ")[2].removesuffix("()")])
        for table in GUARDED
        for name, text in _postgresql(table).items()
    }


def missing_triggers(using: str = "default") -> tuple[str, ...]:
    """Return the names of the triggers that are missing, changed or switched off, in order."""
    connection = connections[using]
    wanted: Mapping[str, object]
    found: Mapping[str, object]
    if connection.vendor == "sqlite":
        wanted = {name: text for table in GUARDED for name, text in _sqlite(table).items()}
        found = _found_sqlite(connection)
    else:
        wanted, found = _wanted_postgresql(), _found_postgresql(connection)
    return tuple(sorted(name for name, text in wanted.items() if found.get(name) != text))


def verify_triggers(using: str = "default") -> None:
    """Raise `GuardsMissing` unless every trigger is in force and the connection lets them see a REPLACE."""
    missing = missing_triggers(using)
    if missing:
        raise GuardsMissing(", ".join(missing))
    connection = connections[using]
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA recursive_triggers")
            if cursor.fetchone() != (1,):
                raise GuardsMissing("PRAGMA recursive_triggers is off")
