"""Neither server nor worker starts on a database that would let events or certificates be changed."""

import os
import subprocess
import sys

import pytest
from django.db import connection

from opensps.project import command
from opensps.project.exits import Exit
from tests.databases import Fresh

TABLES = ("events_event", "certification_certificate")


def _server_starts(database: Fresh) -> subprocess.CompletedProcess[str]:
    """Load the application as a server does, in a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", "import opensps.project.wsgi"],
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "opensps.project.settings",
            "OPENSPS_DATABASE_URL": database.url,
            "OPENSPS_SECRET_KEY": "for this test alone " * 3,
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def _unprotect(table: str) -> str:
    trigger = f"{table}_no_delete" if table.startswith("events") else f"{table}_stays"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {trigger}" + ("" if connection.vendor == "sqlite" else f" ON {table}"))
    return trigger


def test_a_protected_database_is_served(fresh_database: Fresh) -> None:
    done = _server_starts(fresh_database)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("table", TABLES)
def test_a_database_without_a_trigger_is_neither_served_nor_worked_on(
    fresh_database: Fresh, capsys: pytest.CaptureFixture[str], table: str
) -> None:
    trigger = _unprotect(table)
    done = _server_starts(fresh_database)
    assert done.returncode != 0
    assert f"GuardsMissing: {trigger}" in done.stderr
    assert command.run(["worker", "--once"]) == Exit.UNEXPECTED
    assert trigger in capsys.readouterr().err
