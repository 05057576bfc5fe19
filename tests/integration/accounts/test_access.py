"""Access of officials through the embassy: who does what, one event each, and what the database itself refuses."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from opensps.accounts import services
from opensps.accounts.errors import CodeRefused, LinkOver, NotAllowed, NotFound, TooManyTries
from opensps.accounts.models import AccessApproval, AccessRequest, OfficialAccount, Person
from opensps.accounts.queries import actor_for
from opensps.accounts.services import SignInOutcome
from opensps.events.queries import events_for, folded_state
from opensps.lifecycle import ActNotAllowed, Role
from opensps.lifecycle.access import AccessAct, AccessScope, SuspensionReason
from tests.factories import access
from tests.factories.accounts import PASSWORD, START, grant, make_person

pytestmark = pytest.mark.django_db
XA = {"authority": "XA"}
DAY = timedelta(days=1)


def _state(reference: str) -> str:
    return AccessRequest.objects.get(reference=reference).state


def _acts(reference: str) -> list[str]:
    return [event.act for event in events_for(authority="XA", object_kind="access_request", object_id=reference)]


def test_a_request_becomes_an_account_through_embassy_review_and_another_person() -> None:
    cast = access.desk()
    made = access.enrolled(cast, scopes=(AccessScope.VIEW, AccessScope.COUNTRY_ADMIN))
    actor = actor_for(made.person, START + DAY)
    assert actor.roles == {Role.FOREIGN_OFFICER, Role.COUNTRY_ADMIN}
    assert actor.country == "XB"
    assert len(set(made.recovery_codes)) == 10
    request = AccessRequest.objects.get()
    wanted = ["apply", "change", "send", "endorse", "review", "approve", "hand_over", "enrol"]
    assert _acts(request.reference) == [f"access.{act}" for act in wanted]
    events = events_for(authority="XA", object_kind="access_request", object_id=request.reference)
    assert folded_state(events) == request.state == "completed"
    chain = made.account.approval
    assert {chain.endorsed_by, chain.reviewed_by, chain.approved_by} == {
        cast.ambassador.id,
        cast.reviewer.id,
        cast.approver.id,
    }


def test_the_database_knows_no_account_without_endorsement_and_approval() -> None:
    made = access.enrolled(access.desk())
    columns: dict[str, Any] = {
        "authority": "XA",
        "organisation": made.account.organisation,
        "country": "XB",
        "state": "active",
        "opened_at": START,
        "reconfirmed_at": START,
        "used_at": START,
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        OfficialAccount.objects.create(id=uuid.uuid4(), person=make_person(), **columns)
    with pytest.raises(IntegrityError), transaction.atomic():
        # One approval opens one account, unless it is inherited.
        OfficialAccount.objects.create(id=uuid.uuid4(), person=make_person(), approval=made.account.approval, **columns)
    approval = AccessApproval.objects.values().get()
    for column in ("endorsed_by", "reviewed_by"):
        with pytest.raises(IntegrityError), transaction.atomic():
            AccessApproval.objects.filter(pk=approval["id"]).update(approved_by=approval[column])
    with pytest.raises(IntegrityError), transaction.atomic():
        AccessRequest.objects.update(embassy_country="XC")


def test_the_reviewer_does_not_approve_what_he_reviewed() -> None:
    cast = access.desk()
    both = grant(make_person("both@demo.example"), Role.ACCESS_REVIEWER)
    both = grant(Person.objects.get(pk=both.id), Role.ACCESS_APPROVER)
    reference = access.endorsed(cast)
    services.access_review(reference=reference, actor=both, at=START, **XA)
    with pytest.raises(ActNotAllowed) as refusal:
        services.access_approve(reference=reference, actor=both, at=START, **XA)
    assert refusal.value.detail == "reviewed_by_you"
    services.access_approve(reference=reference, actor=cast.approver, at=START, **XA)
    assert _state(reference) == "approved"


def test_an_embassy_sees_and_confirms_only_its_own_country_with_a_second_factor() -> None:
    cast, other = access.desk("XB"), access.desk("XC")
    reference = access.sent(cast)
    given: dict[str, Any] = {"reference": reference, "note_reference": "Note 1", "at": START, **XA}
    with pytest.raises(NotFound):
        services.access_endorse(actor=other.ambassador, has_second_factor=True, **given)
    with pytest.raises(NotFound):
        services.access_endorse(actor=cast.reviewer, has_second_factor=True, **given)
    with pytest.raises(ActNotAllowed) as refusal:
        services.access_endorse(actor=cast.ambassador, has_second_factor=False, **given)
    assert refusal.value.guard == "second_factor"
    assert _state(reference) == "with_embassy"


def test_a_request_from_a_private_mailbox_is_not_taken() -> None:
    cast = access.desk()
    with pytest.raises(ActNotAllowed) as refusal:
        access.applied(cast, email="wei@private.example")
    assert refusal.value.detail == "other_domain"
    assert not AccessRequest.objects.exists()


def test_an_incomplete_request_is_not_sent_and_one_returned_can_be_sent_again() -> None:
    cast = access.desk()
    request, key = access.applied(cast, post="")
    with pytest.raises(ActNotAllowed):
        services.access_send(key=key, at=START, **XA)
    services.access_change(key=key, wish=access.WISH, at=START, **XA)
    services.access_send(key=key, at=START, **XA)
    services.access_decline(
        reference=request.reference,
        act=AccessAct.RETURN,
        reason="The office is missing.",
        actor=cast.ambassador,
        at=START,
        **XA,
    )
    request.refresh_from_db()
    assert (request.state, request.said) == ("returned", "The office is missing.")
    services.access_send(key=key, at=START, **XA)
    assert _state(request.reference) == "with_embassy"
    with pytest.raises(NotFound):
        services.access_send(key="something else", at=START, **XA)


def test_a_link_works_once_and_for_seven_days() -> None:
    cast = access.desk()
    reference = access.approved(cast)
    given: dict[str, Any] = {"reference": reference, "has_second_factor": True, "actor": cast.ambassador, **XA}
    first = services.access_hand_over(at=START, **given)
    second = services.access_hand_over(at=START, **given)
    enrol: dict[str, Any] = {"password": PASSWORD, "accepts_terms": True, **XA}
    with pytest.raises(LinkOver):
        services.access_enrol(link=first.text, chosen=access.chosen(START), at=START, **enrol)
    with pytest.raises(CodeRefused), transaction.atomic():
        services.access_enrol(link=second.text, chosen=services.Chosen(access.SECRET, "000000"), at=START, **enrol)
    late = START + 7 * DAY
    with pytest.raises(ActNotAllowed), transaction.atomic():
        services.access_enrol(link=second.text, chosen=access.chosen(late), at=late, **enrol)
    services.access_enrol(link=second.text, chosen=access.chosen(START), at=START, **enrol)
    with pytest.raises(LinkOver):
        services.access_enrol(link=second.text, chosen=access.chosen(START), at=START, **enrol)


def test_clocks_remind_then_mark_and_end_what_nobody_took() -> None:
    cast = access.desk()
    waiting, approved = access.sent(cast), access.approved(cast, email="b@gov.example")
    draft, _key = access.applied(cast, email="c@gov.example")
    assert services.access_clocks_run(at=START + 6 * DAY, **XA) == 0
    services.access_clocks_run(at=START + 15 * DAY, **XA)
    assert (AccessRequest.objects.get(reference=waiting).is_reminded, _state(approved)) == (True, "lapsed")
    services.access_clocks_run(at=START + 29 * DAY, **XA)
    assert AccessRequest.objects.get(reference=waiting).is_stalled
    services.access_clocks_run(at=START + 60 * DAY, **XA)
    assert (_state(draft.reference), _state(waiting)) == ("lapsed", "with_embassy")
    assert services.access_clocks_run(at=START + 61 * DAY, **XA) == 0


def test_suspension_ends_every_session_and_revocation_is_final() -> None:
    cast = access.desk()
    made = access.enrolled(cast)
    seal = made.person.get_session_auth_hash()
    given: dict[str, Any] = {
        "account_id": made.account.opaque_id,
        "actor": cast.approver,
        "reason": "moved to another post",
        **XA,
    }
    services.official_suspend(why=SuspensionReason.MOVED, at=START + DAY, **given)
    made.person.refresh_from_db()
    assert made.person.get_session_auth_hash() != seal
    assert actor_for(made.person, START + DAY).roles == frozenset()
    administrator = grant(make_person("admin@demo.example"), Role.ADMINISTRATOR)
    with pytest.raises(NotAllowed):
        services.person_restore(person_id=made.person.opaque_id, actor=administrator, at=START + DAY, **XA)
    services.official_restore(at=START + 2 * DAY, **given)
    made.person.refresh_from_db()
    assert actor_for(made.person, START + 2 * DAY).roles == {Role.FOREIGN_OFFICER}
    services.official_revoke(at=START + 3 * DAY, **given)
    with pytest.raises(ActNotAllowed):
        services.official_restore(at=START + 4 * DAY, **given)
    attempt = services.sign_in_attempt(
        email=made.person.email, password=PASSWORD, network="192.0.2.1", at=START + 4 * DAY, **XA
    )
    assert attempt.outcome is SignInOutcome.REFUSED


def test_accounts_nobody_uses_or_reconfirms_are_suspended_by_the_clock() -> None:
    cast = access.desk()
    unused = access.enrolled(cast).account
    used = access.enrolled(cast, email="b@gov.example").account
    OfficialAccount.objects.filter(pk=used.pk).update(used_at=START + 400 * DAY)
    assert services.official_clocks_run(at=START + 89 * DAY, **XA) == 0
    assert services.official_clocks_run(at=START + 90 * DAY, **XA) == 1
    unused.refresh_from_db()
    assert (unused.state, unused.reason_code) == ("suspended", "unused")
    assert services.official_clocks_run(at=START + 394 * DAY, **XA) == 0
    with pytest.raises(NotFound):
        services.official_reconfirm(account_id=used.opaque_id, actor=cast.approver, at=START + 380 * DAY, **XA)
    services.official_reconfirm(account_id=used.opaque_id, actor=cast.ambassador, at=START + 380 * DAY, **XA)
    assert services.official_clocks_run(at=START + 395 * DAY, **XA) == 0
    OfficialAccount.objects.filter(pk=used.pk).update(used_at=START + 800 * DAY)
    assert services.official_clocks_run(at=START + 775 * DAY, **XA) == 1
    used.refresh_from_db()
    assert used.reason_code == "not_reconfirmed"


def test_a_country_administrator_lets_in_others_only_where_the_agreement_allows() -> None:
    cast = access.desk()
    made = access.enrolled(cast, scopes=(AccessScope.VIEW, AccessScope.VERIFY, AccessScope.COUNTRY_ADMIN))
    actor = actor_for(made.person, START + DAY)
    heir = services.Heir(name="Ana", email="ana@gov.example", scopes=(AccessScope.VIEW,))
    given: dict[str, Any] = {"actor": actor, "has_second_factor": True, "at": START + DAY, **XA}
    opened = services.official_open_inherited(heir=heir, **given)
    assert opened.inherited_from == made.account
    assert opened.approval == made.account.approval
    assert actor_for(opened.person, START + DAY).roles == {Role.FOREIGN_OFFICER}
    greedy = services.Heir(name="Bo", email="bo@gov.example", scopes=(AccessScope.COUNTRY_ADMIN,))
    with pytest.raises(ActNotAllowed):
        services.official_open_inherited(heir=greedy, **given)
    services.access_agreement_set(
        country="XB",
        mail_domains=("gov.example",),
        scopes=access.ALL_SCOPES,
        allows_inheritance=False,
        actor=cast.approver,
        at=START + DAY,
        **XA,
    )
    with pytest.raises(ActNotAllowed) as refusal:
        services.official_open_inherited(
            heir=services.Heir(name="Cy", email="cy@gov.example", scopes=(AccessScope.VIEW,)), **given
        )
    assert refusal.value.detail == "no_inheritance"


def test_new_requests_of_one_network_are_limited() -> None:
    for _ in range(10):
        services.application_count(network="192.0.2.7", at=START, **XA)
    with pytest.raises(TooManyTries):
        services.application_count(network="192.0.2.9", at=START, **XA)
    services.application_count(network="198.51.100.7", at=START, **XA)
