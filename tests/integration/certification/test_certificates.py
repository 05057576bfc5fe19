"""What happens to an issued certificate: hold, lift, withdrawal by two people, copies; and what the lists show."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from opensps.certification import services
from opensps.certification.errors import NotFound
from opensps.certification.models import Certificate
from opensps.certification.queries import (
    audit,
    certificate_record,
    certificates_count_for_actor,
    certificates_for_actor,
    hold_ends_at,
    holds_to_decide,
    timeline_for,
    withdrawals_to_confirm,
)
from opensps.events.models import Event
from opensps.events.queries import folded_state
from opensps.lifecycle import ActNotAllowed, CertificateState, Role
from opensps.verification import check_entry, words
from tests.factories.certification import START, Cast, certificate_in, keys

LATER = START + timedelta(hours=3)
FRIDAY_WEEK = date(2026, 11, 27)


def refused_guard(number: str, call: object, **given: object) -> str | None:
    """Return the guard that refuses a call, having checked that it wrote nothing."""
    before = (Certificate.objects.filter(number=number).values().get(), Event.objects.count())
    with pytest.raises(ActNotAllowed) as refused:
        call(authority="XA", number=number, **given)  # type: ignore[operator]  # one of the services
    assert (Certificate.objects.filter(number=number).values().get(), Event.objects.count()) == before
    return refused.value.guard or refused.value.reason


@pytest.mark.parametrize("state", [CertificateState.IN_FORCE, CertificateState.ON_HOLD, CertificateState.WITHDRAWN])
def test_every_state_is_reached_and_the_events_fold_to_it(people: Cast, state: CertificateState) -> None:
    certificate = certificate_in(people, state)
    assert certificate.state == state
    events = timeline_for(authority="XA", object_kind="certificate", object_id=certificate.number)
    assert folded_state(events) == state
    assert audit("XA") == ()


def test_a_check_names_the_very_day_by_which_a_hold_is_decided(people: Cast) -> None:
    held = certificate_in(people, CertificateState.ON_HOLD)
    record = certificate_record(authority="XA", number=held.number)
    verdict = check_entry(record, trust=keys().trust, now=LATER)
    assert verdict.result == "on_hold"
    assert str(held.hold_decide_by) in words(verdict).next_step


def test_a_hold_has_a_published_reason_and_a_day_at_most_ten_working_days_ahead(people: Cast) -> None:
    number = certificate_in(people).number
    given: dict[str, Any] = {"actor": people.officer, "at": LATER}
    late = services.hold_decide_by(LATER, offset_minutes=480) + timedelta(days=1)
    hold = services.certificate_hold
    assert refused_guard(number, hold, reason_code="mood", decide_by=FRIDAY_WEEK, **given) == "reason_code_known"
    assert refused_guard(number, hold, reason_code="partner_question", decide_by=late, **given) == "decide_by_set"
    services.certificate_hold(
        authority="XA", number=number, reason_code="partner_question", decide_by=FRIDAY_WEEK, **given
    )
    record = certificate_record(authority="XA", number=number)
    assert record is not None
    assert (record.state, record.public_reason) == ("on_hold", "partner_question")
    (held,) = holds_to_decide(authority="XA")
    assert hold_ends_at(held) is not None


def test_only_a_senior_officer_lifts_a_hold_and_says_why(people: Cast) -> None:
    number = certificate_in(people, CertificateState.ON_HOLD).number
    lift = services.certificate_lift
    assert refused_guard(number, lift, reason="Answered.", actor=people.officer, at=LATER) == "role"
    assert refused_guard(number, lift, reason=" ", actor=people.senior, at=LATER) == "reason_given"
    lifted = lift(authority="XA", number=number, reason="Answered.", actor=people.senior, at=LATER)
    assert (lifted.state, lifted.public_reason, lifted.hold_decide_by) == ("in_force", "", None)


def test_a_hold_is_extended_once_and_an_overdue_one_is_escalated_never_lifted(people: Cast) -> None:
    number = certificate_in(people, CertificateState.ON_HOLD).number
    given: dict[str, Any] = {"reason": "The laboratory needs time.", "actor": people.senior, "at": LATER}
    extended = services.certificate_extend_hold(authority="XA", number=number, decide_by=FRIDAY_WEEK, **given)
    assert extended.hold_decide_by == FRIDAY_WEEK
    again = services.certificate_extend_hold
    assert refused_guard(number, again, decide_by=FRIDAY_WEEK, **given) == "not_extended_before"
    assert services.clocks_run(authority="XA", at=LATER).escalated == 0
    overdue = LATER + timedelta(days=14)
    assert services.clocks_run(authority="XA", at=overdue).escalated == 1
    assert services.clocks_run(authority="XA", at=overdue).escalated == 0
    stored = Certificate.objects.get(number=number)
    assert (stored.state, stored.is_escalated) == ("on_hold", True)


def test_I23_a_withdrawal_shows_two_different_people(people: Cast) -> None:
    number = certificate_in(people).number
    clever = replace(people.senior, roles=people.senior.roles | {Role.CERTIFYING_OFFICER})
    proposed = services.certificate_propose_withdrawal(
        authority="XA", number=number, reason_code="not_exported", text="Ship left empty.", actor=clever, at=LATER
    )
    assert (proposed.state, proposed.public_reason) == ("on_hold", "withdrawal_proposed")
    assert [each.number for each in withdrawals_to_confirm(authority="XA")] == [number]
    confirm = services.certificate_confirm_withdrawal
    assert refused_guard(number, confirm, actor=clever, at=LATER) == "other_person"
    assert refused_guard(number, services.certificate_lift, reason="x", actor=clever, at=LATER) == "no_open_proposal"
    assert (
        refused_guard(
            number,
            services.certificate_propose_withdrawal,
            reason_code="misuse",
            actor=people.officer,
            at=LATER,
        )
        == "no_open_proposal"
    )
    other = replace(people.officer, roles=frozenset({Role.SENIOR_OFFICER}))
    withdrawn = confirm(authority="XA", number=number, actor=other, at=LATER)
    assert (withdrawn.state, withdrawn.public_reason) == ("withdrawn", "not_exported")
    assert (withdrawn.proposed_by, withdrawn.confirmed_by) == (clever.id, other.id)


def test_I21_a_withdrawn_certificate_never_comes_back(people: Cast) -> None:
    from django.db import IntegrityError, transaction  # noqa: PLC0415 only this test goes past the services

    certificate = certificate_in(people, CertificateState.WITHDRAWN)
    lift = services.certificate_lift
    assert refused_guard(certificate.number, lift, reason="x", actor=people.senior, at=LATER) == "no_such_act"
    with pytest.raises(IntegrityError), transaction.atomic():
        Certificate.objects.filter(pk=certificate.pk).update(state="in_force")


def test_a_declined_proposal_leads_back_to_where_the_certificate_stood(people: Cast) -> None:
    for start, reason in ((CertificateState.IN_FORCE, ""), (CertificateState.ON_HOLD, "partner_question")):
        certificate = certificate_in(people, start)
        services.certificate_propose_withdrawal(
            authority="XA", number=certificate.number, reason_code="misuse", actor=people.officer, at=LATER
        )
        declined = services.certificate_decline_withdrawal(
            authority="XA", number=certificate.number, text="Not shown.", actor=people.senior, at=LATER
        )
        assert (declined.state, declined.public_reason, declined.proposed_by) == (start, reason, "")
        assert declined.hold_decide_by == certificate.hold_decide_by


def test_copies_are_counted_and_only_for_those_who_may_have_one(people: Cast) -> None:
    number = certificate_in(people).number
    copy = services.certificate_print_copy
    assert [copy(authority="XA", number=number, actor=people.officer, at=LATER) for _ in range(2)] == [1, 2]
    assert copy(authority="XA", number=number, actor=people.exporter, at=LATER) == 3
    assert refused_guard(number, copy, actor=people.stranger, at=LATER) == "own_or_officer"


def test_a_certificate_whose_validity_is_over_expires_by_the_clock(people: Cast) -> None:
    number = certificate_in(people).number
    Certificate.objects.filter(number=number).update(valid_until=date(2026, 12, 1))
    assert services.clocks_run(authority="XA", at=START.replace(month=12, day=1)).expired == 0
    assert services.clocks_run(authority="XA", at=START.replace(month=12, day=2)).expired == 1
    assert Certificate.objects.get(number=number).state == "expired"


def test_lists_show_what_somebody_may_see_in_one_query(people: Cast, django_assert_num_queries: object) -> None:
    numbers = [certificate_in(people).number for _ in range(3)]
    count = django_assert_num_queries
    with count(1):  # type: ignore[operator]  # pytest-django's own context manager
        seen = certificates_for_actor(authority="XA", actor=people.officer)
        assert {each.number for each in seen} == set(numbers)
        assert {each.application.reference for each in seen}
    assert len(certificates_for_actor(authority="XA", actor=people.exporter)) == 3
    assert certificates_for_actor(authority="XA", actor=people.stranger) == ()
    assert certificates_for_actor(authority="XB", actor=people.officer) == ()


def test_a_complete_number_finds_its_certificate_whatever_the_filters_say(people: Cast) -> None:
    number = certificate_in(people).number
    certificate_in(people)
    typed = number.lower().replace("-", " ")
    found = certificates_for_actor(
        authority="XA", actor=people.officer, text=typed, states=(CertificateState.WITHDRAWN,), import_country="XC"
    )
    assert [each.number for each in found] == [number]
    assert certificates_count_for_actor(authority="XA", actor=people.officer, text=typed) == 1
    assert certificates_count_for_actor(authority="XA", actor=people.officer, text="northland") == 2
    assert certificates_count_for_actor(authority="XA", actor=people.officer, text="GARLIC", import_country="XB") == 2
    assert certificates_count_for_actor(authority="XA", actor=people.officer, issued_from=date(2027, 1, 1)) == 0


def test_a_number_of_another_authority_is_not_found(people: Cast) -> None:
    number = certificate_in(people).number
    with pytest.raises(NotFound):
        services.certificate_print_copy(authority="XB", number=number, actor=people.officer, at=LATER)
