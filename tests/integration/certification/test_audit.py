"""What the doctor finds: a state nobody acted for, and a table nobody protects any more."""

from django.db import connection

from opensps.certification.immutable import install_triggers, missing_triggers
from opensps.certification.models import Application
from opensps.certification.queries import audit
from opensps.lifecycle import ApplicationState
from tests.factories.certification import Cast, application_in, certificate_in


def test_a_sound_register_has_no_problems(people: Cast) -> None:
    certificate_in(people)
    assert audit("XA") == ()


def test_a_state_changed_by_hand_is_found(people: Cast) -> None:
    application = application_in(people, ApplicationState.SUBMITTED)
    Application.objects.filter(pk=application.pk).update(state="cancelled", changed_at=application.changed_at)
    (problem,) = audit("XA")
    assert (problem.code, problem.where) == ("projection", f"application {application.reference}")
    assert "cancelled" in problem.message


def test_a_trigger_that_was_dropped_is_found_and_can_be_put_back(people: Cast) -> None:
    on = "" if connection.vendor == "sqlite" else " ON certification_certificate"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER certification_certificate_kept{on}")
    assert missing_triggers() == ("certification_certificate_kept",)
    assert [problem.code for problem in audit("XA")] == ["guard_missing"]
    install_triggers()
    assert audit("XA") == ()
