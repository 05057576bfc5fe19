"""On PostgreSQL the application may work as a role that has no right to change events at all (`reliability.md` 4.4)."""

import pytest
from django.db import connection

from opensps.events.models import EventPosition
from opensps.events.queries import audit
from opensps.events.services import worker_run_until_idle
from tests.factories.events import LATER, write

INSERT_ONLY = "events_event, events_eventposition"
RIGHTS = (
    "CREATE ROLE opensps_test_application",  # rolled back with the test
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO opensps_test_application",
    "GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO opensps_test_application",
    f"REVOKE UPDATE, DELETE, TRUNCATE ON {INSERT_ONLY} FROM opensps_test_application",
    "SET LOCAL ROLE opensps_test_application",
)


@pytest.mark.engine("postgres")
@pytest.mark.django_db
def test_writing_sequencing_and_auditing_need_no_right_to_change_events() -> None:
    with connection.cursor() as cursor:
        for statement in RIGHTS:
            cursor.execute(statement)
    write(payload={"text": "why"})
    write()
    assert worker_run_until_idle(at=LATER).done == 2
    assert EventPosition.objects.count() == 2
    assert audit("XA") == ()
