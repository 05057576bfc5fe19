"""Copies of a migrated template database, on SQLite and on PostgreSQL."""

import itertools
import os
import shutil
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit, urlunsplit

from django.db import connection, connections

_numbers = itertools.count(1)


class Blocker(Protocol):
    """pytest-django's gate to the database."""

    def unblock(self) -> AbstractContextManager[None]:
        """Open the gate for a block."""


@dataclass(frozen=True, slots=True)
class Fresh:
    """One copy, in use as Django's default database until it is dropped."""

    name: str
    """File on SQLite, database name on PostgreSQL."""

    url: str
    """Address for other processes, as ``OPENSPS_DATABASE_URL``."""

    former: str

    def drop(self) -> None:
        """Go back to the former database and remove the copy."""
        _use(self.former)
        _remove(self.name)


@dataclass(frozen=True, slots=True)
class Template:
    """A migrated database nobody writes to."""

    name: str

    @classmethod
    def of_test_database(cls) -> "Template":
        """Copy the session's test database, to which nothing is ever committed."""
        source = str(connection.settings_dict["NAME"])
        template = f"{source}_template"
        _remove(template)
        _copy(source, template)
        return cls(name=template)

    def copy(self) -> Fresh:
        """Make a copy and let Django use it."""
        former = str(connection.settings_dict["NAME"])
        name = f"{former}_{os.getpid()}_{next(_numbers)}"
        _copy(self.name, name)
        _use(name)
        return Fresh(name=name, url=_url(name), former=former)

    def drop(self) -> None:
        """Remove the template itself."""
        _remove(self.name)


def _use(name: str) -> None:
    connections.close_all()
    # The dictionary is shared by the connections of all threads of this process.
    connection.settings_dict["NAME"] = name


def _copy(source: str, target: str) -> None:
    connections.close_all()
    if connection.vendor == "sqlite":
        for suffix in ("", "-wal"):
            if Path(source + suffix).exists():
                shutil.copyfile(source + suffix, target + suffix)
    else:
        _administer(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')


def _remove(name: str) -> None:
    if connection.vendor == "sqlite":
        for suffix in ("", "-wal", "-shm"):
            Path(name + suffix).unlink(missing_ok=True)
    else:
        _administer(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _administer(statement: str) -> None:
    with connection._nodb_cursor() as cursor:  # as Django's own runner does
        cursor.execute(statement)


def _url(name: str) -> str:
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    parts = urlsplit(os.environ["OPENSPS_DATABASE_URL"])
    return urlunsplit(parts._replace(path=f"/{name}"))
