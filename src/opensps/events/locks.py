"""Locks on things that may not exist yet, taken inside a transaction and released by its end."""

import hashlib

from django.db import connection


def lock(*parts: str) -> None:
    """Wait until no other transaction holds the lock of this name.

    PostgreSQL: an advisory lock; unlike ``FOR UPDATE`` it needs no right to update the insert-only table and works
    before the first row exists. SQLite: nothing to do, a transaction that writes is the only one (``BEGIN IMMEDIATE``).
    """
    if connection.vendor != "postgresql":
        return
    key = int.from_bytes(hashlib.sha256("\x1f".join(parts).encode()).digest()[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])
