"""What an official may see: ours for officials of its destination, a partner's for our border, nothing else exists."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from opensps.accounts.queries import SYSTEM, Actor
from opensps.border.errors import RecordNotFound
from opensps.border.records import CertificateRecord, Sought, record_for, records_for
from opensps.certification.models import Certificate
from opensps.certification.queries import applications_visible_to, certificates_for_actor, certificates_visible_to
from opensps.lifecycle import Role
from tests.factories.certification import START, cast, certificate_in
from tests.factories.desk import arrived, border_officer, official

pytestmark = pytest.mark.django_db


@pytest.fixture
def certificate() -> Certificate:
    return certificate_in(cast())


def seen(actor: Actor, number: str, issuer: str = "XA") -> CertificateRecord:
    return record_for(authority="XA", actor=actor, issuer=issuer, number=number)


def test_officials_of_the_destination_and_of_a_country_on_the_way_see_all_of_it(certificate: Certificate) -> None:
    for country in ("XB", "XC"):
        record = seen(official(country), certificate.number)
        assert (record.is_own, record.number, record.state) == (True, certificate.number, "in_force")
        assert record.value is not None
        assert record.sealed is not None


@pytest.mark.parametrize(
    "stranger",
    [
        official("XD"),
        official("XB", Role.EMBASSY),
        official(""),
        Actor(id="9" * 32, authority="XB", roles=frozenset({Role.BORDER_OFFICER})),
        Actor(id="8" * 32, authority="XA", roles=frozenset({Role.EXPORTER}), organisation="7" * 32),
    ],
)
def test_for_anybody_else_it_does_not_exist_and_nobody_can_tell_that_from_a_number_never_given(
    certificate: Certificate, stranger: Actor
) -> None:
    answers = []
    for number in (certificate.number, "XA-2026-014-0000000-0"):
        with pytest.raises(RecordNotFound) as refused:
            seen(stranger, number)
        answers.append(str(refused.value).replace(number, "N"))
    assert answers[0] == answers[1]
    assert records_for(authority="XA", actor=stranger) == ()


def test_our_border_sees_what_a_partner_sent_and_officials_abroad_do_not() -> None:
    number = arrived()

    record = seen(border_officer(), number, "XB")
    assert (record.is_own, record.issuer, record.state) == (False, "XB", "in_force")
    assert record.value is not None
    for abroad in (official("XB"), official("XA")):
        with pytest.raises(RecordNotFound):
            seen(abroad, number, "XB")


def test_the_machine_itself_sees_both(certificate: Certificate) -> None:
    assert seen(SYSTEM, certificate.number).number == certificate.number
    assert seen(SYSTEM, arrived(), "XB").issuer == "XB"


def test_each_side_has_a_list_of_what_comes_to_it(certificate: Certificate) -> None:
    number = arrived()

    abroad = records_for(authority="XA", actor=official("XB"))
    own = records_for(authority="XA", actor=border_officer())
    assert [each.number for each in abroad] == [certificate.number]
    assert [(each.issuer, each.number) for each in own] == [("XB", number)]
    assert records_for(authority="XA", actor=official("XC")) == ()
    assert records_for(authority="XA", actor=official("XB"), sought=Sought(state="withdrawn")) == ()
    found = records_for(authority="XA", actor=official("XB"), sought=Sought(text=certificate.number, state="withdrawn"))
    assert len(found) == 1, "a complete number finds its certificate whatever the filters say"


def test_a_list_costs_one_query_whatever_its_length(certificate: Certificate) -> None:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        records_for(authority="XA", actor=official("XB"))
    assert len(queries) == 1


def test_a_list_walks_the_certificates_of_its_own_country_or_exporter_alone(certificate: Certificate) -> None:
    """Among two million certificates a country that had none waited nine seconds for an empty list.

    PostgreSQL plans by what a table holds, and this one holds a row: there only the answer is looked at.
    """
    exporter = Actor(id="9" * 32, authority="XA", roles=frozenset({Role.EXPORTER}), organisation="8" * 32)
    asked: dict[str, Callable[[], object]] = {
        "certification_issued_for": lambda: records_for(authority="XA", actor=official("XC")),
        "certification_own_issued": lambda: certificates_for_actor(authority="XA", actor=exporter),
    }
    for index, ask in asked.items():
        with CaptureQueriesContext(connection) as queries:
            assert not ask()
        plan = "" if connection.vendor == "postgresql" else _plan(queries.captured_queries[-1]["sql"])
        assert connection.vendor == "postgresql" or index in plan, plan


def _plan(sql: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        return str(cursor.fetchall())


def test_words_are_looked_for_among_the_newest_and_a_number_among_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    people = cast()
    certificate, newer = certificate_in(people), certificate_in(people, at=START + timedelta(days=1))
    words = certificate.goods.split()[0]
    assert len(records_for(authority="XA", actor=official("XB"), sought=Sought(text=words))) == 2
    monkeypatch.setattr("opensps.certification.queries.certificates.NEWEST_SEARCHED", 1)
    found = records_for(authority="XA", actor=official("XB"), sought=Sought(text=words))
    assert [each.number for each in found] == [newer.number]
    assert len(records_for(authority="XA", actor=official("XB"), sought=Sought(text=certificate.number))) == 1


def test_people_of_another_country_enter_no_list_of_our_own_desks(certificate: Certificate) -> None:
    for role in (Role.FOREIGN_OFFICER, Role.COUNTRY_ADMIN, Role.EMBASSY):
        person = official("XB", role)
        assert not certificates_visible_to(authority="XA", actor=person).exists()
        assert not applications_visible_to(authority="XA", actor=person).exists()
