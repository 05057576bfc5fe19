"""People of a test who are written as rows are, to the last column, the people who came by acts."""

import pytest
from django.db import connection, transaction

from tests.factories import certification
from tests.factories.certification import Cast

pytestmark = pytest.mark.django_db


def _everything() -> dict[str, list[str]]:
    """Return every row of every table of ours."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if not table.startswith(("django_", "auth_")):
                cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 names of our tables
                found[table] = sorted(map(repr, cursor.fetchall()))
    return {table: rows for table, rows in found.items() if rows}


def _made_and_undone(at_minute: int) -> tuple[Cast, dict[str, list[str]]]:
    with transaction.atomic():
        people = certification.cast(at=certification.START.replace(minute=at_minute))
        found = _everything()
        transaction.set_rollback(True)
    return people, found


def test_the_second_time_every_row_is_the_same_as_the_acts_made_it() -> None:
    acted, written_again = _made_and_undone(59), _made_and_undone(59)
    assert acted == written_again
    assert acted[1].keys() >= {"accounts_person", "accounts_rolegrant", "events_event"}


def test_other_people_are_made_by_acts() -> None:
    first, other = _made_and_undone(57), _made_and_undone(58)
    assert first[0].officer.id != other[0].officer.id


def test_beside_somebody_else_people_are_made_by_acts() -> None:
    _, alone = _made_and_undone(56)
    certification.cast(authority="XB")
    _, beside = _made_and_undone(56)
    assert len(beside["accounts_person"]) == 2 * len(alone["accounts_person"])


def test_what_follows_finds_people_written_as_rows_as_it_finds_others() -> None:
    _made_and_undone(55)
    people = certification.cast(at=certification.START.replace(minute=55))
    assert certification.certificate_in(people).number.startswith("XA-")
