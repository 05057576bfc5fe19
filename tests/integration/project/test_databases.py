"""The settings of both engines, and the databases that tests copy."""

import threading

import pytest
from django.contrib.sessions.models import Session
from django.db import connection, connections
from django.utils import timezone

from tests.databases import Fresh


def _add(key: str) -> None:
    Session.objects.create(session_key=key, session_data="", expire_date=timezone.now())
    connections.close_all()


def test_a_fresh_database_is_migrated_and_shared_by_the_threads_of_a_test(fresh_database: Fresh) -> None:
    threads = [threading.Thread(target=_add, args=(f"key{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Session.objects.count() == 4
    assert fresh_database.name in fresh_database.url


def test_the_next_fresh_database_is_empty(fresh_database: Fresh) -> None:
    assert Session.objects.count() == 0


def test_the_ordinary_test_database_is_empty_too(db: None) -> None:
    assert Session.objects.count() == 0


@pytest.mark.engine("sqlite")
@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("foreign_keys", 1),
        ("recursive_triggers", 1),
        ("busy_timeout", 20000),
    ],
)
def test_every_sqlite_connection_has_the_safe_pragmas(fresh_database: Fresh, pragma: str, value: object) -> None:
    with connection.cursor() as cursor:
        assert cursor.execute(f"PRAGMA {pragma}").fetchone() == (value,)


@pytest.mark.engine("postgres")
def test_postgresql_is_the_real_one(db: None) -> None:
    assert connection.vendor == "postgresql"
