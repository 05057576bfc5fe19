"""A backup: one consistent copy of the database with the sums of its files; no key is ever in it.

Source: `reliability.md` 7 and 4.5. SQLite is copied by its own online backup, while the service runs. From PostgreSQL
every table of ours is streamed in one snapshot, so that no client program of the database is needed. Tiles of the log
are not copied: they follow from the leaves, and building them anew is part of the proof that a restore gives.
"""

import hashlib
import json
import os
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder

from opensps.certification.queries.log import log_status
from opensps.events.queries import chain_head
from opensps.project.exits import Exit, Stopped
from opensps.project.words import gettext_noop

MANIFEST, FORM = "manifest.json", "opensps-backup/v1"
SQLITE_FILE, TABLES = "database.sqlite3", "tables"
LEFT_OUT = frozenset({"django_migrations", "django_content_type", "auth_permission", "django_session"})
"""Made by migrating, or worth nothing later."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself."""

    form: str
    engine: str
    authority: str
    made_at: str
    """ISO 8601, UTC."""

    migrations: tuple[str, ...]
    files: Mapping[str, str]
    """Name -> SHA-256 in hexadecimal."""

    position: int
    """Of the newest act in the record."""

    chain: str
    logs: Mapping[str, int]
    """Name of a log -> leaves in its signed tree."""


def back_up(directory: Path, *, authority: str, at: datetime) -> Manifest:
    """Write a backup into an empty or new directory; stops with a sentence when there is something in it."""
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    if any(directory.iterdir()):
        raise Stopped(Exit.USAGE, gettext_noop("%(directory)s is not empty; name a new one."), directory=directory)
    head, logs = chain_head(authority=authority), log_status(authority=authority)
    if connection.vendor == "sqlite":
        _copy_sqlite(directory / SQLITE_FILE)
    else:
        _stream_tables(directory / TABLES)
    manifest = Manifest(
        form=FORM,
        engine=connection.vendor,
        authority=authority,
        made_at=at.isoformat(timespec="seconds"),
        migrations=applied(),
        files={str(path.relative_to(directory)): digest_of(path) for path in sorted(_files(directory))},
        position=0 if head is None else head.position,
        chain="" if head is None else head.chain.hex(),
        logs={each.origin: each.signed_size for each in logs},
    )
    _write(directory / MANIFEST, json.dumps(asdict(manifest), indent=1).encode())
    return manifest


def _files(directory: Path) -> Iterator[Path]:
    return (path for path in directory.rglob("*") if path.is_file())


def applied() -> tuple[str, ...]:
    """Return the migrations of this database, sorted."""
    return tuple(sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations()))


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _copy_sqlite(target: Path) -> None:
    connection.ensure_connection()
    with sqlite3.connect(target) as copy:
        connection.connection.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
    copy.close()


def own_tables() -> list[str]:
    """Return the tables a backup holds."""
    return sorted(set(connection.introspection.django_table_names(only_existing=True)) - LEFT_OUT)


def columns_of(table: str) -> str:
    """Return the columns of a table as SQL names them, in a fixed order."""
    with connection.cursor() as cursor:
        found = connection.introspection.get_table_description(cursor, table)
    return ", ".join(sorted(connection.ops.quote_name(column.name) for column in found))


def _stream_tables(directory: Path) -> None:
    """Write each table in the text form of COPY, all of one moment."""
    directory.mkdir()
    columns = {table: columns_of(table) for table in own_tables()}
    connection.close()  # a snapshot begins with its transaction
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        for table, named in columns.items():
            with (
                (directory / f"{table}.copy").open("wb") as file,
                cursor.copy(f"COPY {connection.ops.quote_name(table)} ({named}) TO STDOUT") as rows,
            ):
                for piece in rows:
                    file.write(piece)
