"""The doctor's recomputation notices what an owner of the database does after dropping the triggers."""

import pytest
from django.db import connection, transaction

from opensps.events.guards import install_triggers, missing_triggers
from opensps.events.models import Event, EventDue
from opensps.events.queries import Problem, audit, events_for, folded_state, projection_problems
from opensps.events.services import worker_run_until_idle
from tests.factories.events import LATER, write

OBJECTS = ("FIRST", "MIDDLE", "LAST")


@pytest.fixture
def three_objects(fresh_database: object) -> None:
    for name in OBJECTS:
        write(name, act="certificate.issued", to_state="in_force", payload={"text": name})
        write(name, act="certificate.held", from_state="in_force", to_state="on_hold")
    worker_run_until_idle(at=LATER)
    assert audit("XA") == ()


def drop_triggers() -> None:
    rules = ["no_update", "no_delete", "no_replace"] + (["no_truncate"] if connection.vendor == "postgresql" else [])
    with connection.cursor() as cursor:
        for table in ("events_event", "events_eventposition"):
            for rule in rules:
                on = "" if connection.vendor == "sqlite" else f" ON {table}"
                cursor.execute(f"DROP TRIGGER {table}_{rule}{on}")


def drop_foreign_keys() -> None:
    """PostgreSQL has no switch for foreign keys: its owner drops them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname, conrelid::regclass::text FROM pg_constraint"
            " WHERE contype = 'f' AND confrelid = 'events_event'::regclass"
        )
        for name, table in cursor.fetchall():
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")


def by_hand(*statements: str) -> None:
    """Do what only an owner of the database can: drop the triggers, change rows, put the triggers back."""
    drop_triggers()
    if connection.vendor == "postgresql":
        drop_foreign_keys()
    with connection.constraint_checks_disabled(), transaction.atomic(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
    install_triggers()
    assert missing_triggers() == ()


def codes() -> set[str]:
    return {problem.code for problem in audit("XA")}


DELETE_OBJECT = (
    "DELETE FROM events_eventpayload WHERE event_id IN (SELECT id FROM events_event WHERE object_id = 'MIDDLE')",
    "DELETE FROM events_event WHERE object_id = 'MIDDLE'",
)
DELETE_PLACES = (
    "DELETE FROM events_eventposition WHERE event_id IN (SELECT id FROM events_event WHERE object_id = 'MIDDLE')"
)


@pytest.mark.usefixtures("three_objects")
def test_deleting_all_events_of_one_object_is_noticed() -> None:
    by_hand(*DELETE_OBJECT)
    problems = audit("XA")
    assert {problem.code for problem in problems} == {"event_missing"}
    assert len(problems) == 2
    assert problems[0].message == "chain, place 3: the event at this place in the chain has disappeared."
    assert "backup" in problems[0].remedy


@pytest.mark.usefixtures("three_objects")
def test_deleting_all_events_of_one_object_with_their_places_is_noticed() -> None:
    by_hand(DELETE_PLACES, *DELETE_OBJECT)
    (problem,) = audit("XA")
    assert problem.message == "chain, place 5: this place follows on place 2; those between have disappeared."


@pytest.mark.usefixtures("three_objects")
def test_closing_the_gap_after_a_deletion_is_noticed_by_the_chain() -> None:
    by_hand(DELETE_PLACES, *DELETE_OBJECT, "UPDATE events_eventposition SET position = position - 2 WHERE position > 4")
    assert codes() == {"chain"}


@pytest.mark.usefixtures("three_objects")
@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("UPDATE events_event SET actor = 'somebody else' WHERE object_id = 'MIDDLE' AND seq = 1", "digest"),
        ("UPDATE events_event SET reason_code = 'x' WHERE object_id = 'LAST' AND seq = 2", "digest"),
        ('UPDATE events_eventpayload SET body = \'{"text":"other"}\'', "payload"),
        ("DELETE FROM events_eventpayload", "payload_missing"),
        ("DELETE FROM events_event WHERE object_id = 'MIDDLE' AND seq = 2", "event_missing"),
        ("UPDATE events_eventposition SET position = 60 WHERE position = 6", "position_gap"),
    ],
)
def test_a_change_by_hand_is_noticed(statement: str, code: str) -> None:
    by_hand(statement)
    assert code in codes()


@pytest.mark.usefixtures("three_objects")
def test_a_history_that_was_rewritten_with_fitting_digests_is_noticed_by_the_chain() -> None:
    """Somebody who knows the format replaces one object's history by another that is sound in itself."""
    by_hand(DELETE_PLACES, *DELETE_OBJECT)
    write("MIDDLE", act="certificate.issued", to_state="in_force")
    digests = Event.objects.filter(object_id="MIDDLE").values_list("id", "digest")
    ((event_id, digest),) = digests
    stored = f"'{event_id}'" if connection.vendor == "postgresql" else f"'{event_id.hex}'"
    blob = f"'\\x{bytes(digest).hex()}'" if connection.vendor == "postgresql" else f"x'{bytes(digest).hex()}'"
    by_hand(
        "DELETE FROM events_eventdue",
        "INSERT INTO events_eventposition (id, authority, position, event_id, event_digest, chain)"  # noqa: S608 constants of this test
        f" SELECT 999, authority, 3, {stored}, {blob}, chain FROM events_eventposition WHERE position = 2",
    )
    assert codes() == {"chain", "position_gap"}


@pytest.mark.usefixtures("three_objects")
def test_an_order_that_was_swapped_is_noticed() -> None:
    swap = "UPDATE events_event SET seq = 5 - seq WHERE object_id = 'FIRST'"
    by_hand(swap)
    assert {"digest", "seq_gap"} <= codes()


@pytest.mark.usefixtures("three_objects")
def test_links_between_events_are_compared() -> None:
    by_hand(
        "UPDATE events_event SET from_state = 'withdrawn' WHERE object_id = 'FIRST' AND seq = 2",
        "UPDATE events_event SET previous_digest = digest WHERE object_id = 'LAST' AND seq = 2",
        "UPDATE events_event SET at = '2001-01-01 00:00:00' WHERE object_id = 'MIDDLE' AND seq = 2",
    )
    assert {"state", "previous_digest", "time", "digest"} <= codes()


@pytest.mark.django_db
def test_an_event_whose_due_row_was_removed_is_noticed() -> None:
    write()
    EventDue.objects.all().delete()
    (problem,) = audit("XA")
    assert problem.code == "never_placed"


@pytest.mark.django_db
def test_missing_triggers_are_problems_too() -> None:
    drop_triggers()
    assert codes() == {"guard_missing"}
    assert all("migrations" in problem.remedy for problem in audit("XA"))


@pytest.mark.django_db
def test_a_stored_state_that_the_events_do_not_lead_to_is_noticed() -> None:
    write("A", to_state="in_force")
    write("B", to_state="in_force")
    write("C", to_state="in_force")
    stored = {"A": "in_force", "B": "withdrawn", "D": "in_force"}
    problems = projection_problems(authority="XA", object_kind="certificate", states=stored)
    assert [problem.message for problem in problems] == [
        "certificate B: the state stored is withdrawn, the events say in_force.",
        "certificate D: the state stored is in_force, the events say -.",
        "certificate C: the state stored is -, the events say in_force.",
    ]


@pytest.mark.django_db
def test_events_that_do_not_follow_on_cannot_be_folded() -> None:
    write("A", to_state="in_force")
    (event,) = events_for(authority="XA", object_kind="certificate", object_id="A")
    with pytest.raises(ValueError, match="in_force"):
        folded_state((event, event))


def test_every_problem_has_words() -> None:
    problem = Problem("position_gap", "chain, place 5", {"after": "2"})
    assert problem.template == "%(where)s: this place follows on place %(after)s; those between have disappeared."
