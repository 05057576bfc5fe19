"""Checks are watched by the rules as they come in; an alert shows the rule, the limit and the raw rows (G10)."""

from datetime import timedelta
from typing import Any

import pytest

from opensps.accounts.queries import Actor
from opensps.border.errors import CaseRefused
from opensps.border.models import Alert, CheckAttempt, SealMark, VerifiedCertificate
from opensps.border.queries.alerts import alert_points, alerts_for, has_open_alert
from opensps.border.services import check_number, watching
from opensps.border.services.alerts import alert_end, alert_raise
from opensps.border.services.figuring import figures_count
from opensps.border.services.watching import watch_run
from opensps.border.services.watching_goods import watch_goods_run
from opensps.certificate.numbers import IssuedNumber
from opensps.certification.models import Certificate
from opensps.certification.queries import certificate_value
from opensps.formats.carriers import verification_code
from opensps.lifecycle import ActNotAllowed, Role
from tests.factories import certification, signing
from tests.factories.certification import certificate_in, person

pytestmark = pytest.mark.django_db
NOW = certification.START + timedelta(days=2)
WRONG = verification_code(b"\x07" * 16, "XA-2026-014-0000000-0")


@pytest.fixture
def certificate(db: None) -> Certificate:
    return certificate_in(certification.cast())


def checked(number: str, *, code: str = WRONG, minutes: int = 0, network: str = "192.0.2.17") -> None:
    check_number(
        authority="XA",
        number_typed=number,
        code_typed=code,
        network=network,
        at=NOW + timedelta(minutes=minutes),
        trust=signing.trust_list(),
    )


def attempt(number: str, result: str, **columns: Any) -> None:
    given = {"door": "number", "checker": "somebody", "network_digest": "n" * 64, **columns}
    CheckAttempt.objects.create(authority="XA", at=NOW, result=result, number=number, **given)


def watched(hours: int = 2) -> list[tuple[str, str]]:
    watch_run(authority="XA", at=NOW + timedelta(hours=hours))
    return list(Alert.objects.order_by("pk").values_list("rule", "subject"))


def officer() -> Actor:
    return person("Cleo", Role.CASE_OFFICER, office="014")


def test_ten_wrong_codes_for_one_certificate_alert_whoever_issued_it(certificate: Certificate) -> None:
    for place in range(9):
        checked(certificate.number, minutes=place, network=f"192.0.{place}.1")
    assert watched() == []
    checked(certificate.number, minutes=10, network="198.51.100.1")
    assert watched() == [("S01", certificate.number)]
    (alert,) = Alert.objects.all()
    assert (alert.limit, len(alert.rows), alert.level) == ({"tries": 10, "hours": 24}, 10, "amber")
    assert "192.0" not in str(alert.rows)
    assert has_open_alert(authority="XA", number=certificate.number)


def test_one_network_that_tries_many_numbers_is_seen_without_its_address(certificate: Certificate) -> None:
    for serial in range(20):
        checked(str(IssuedNumber("XA", 2026, "014", 7_000_000 + serial)), minutes=110)
    ((rule, subject),) = watched()
    assert (rule, subject[:8]) == ("S02", "network ")


def test_a_number_that_was_asked_before_it_was_issued_alerts_when_it_is(db: None) -> None:
    people = certification.cast()
    first = certificate_in(people)
    parts = first.number.split("-")
    coming = str(IssuedNumber("XA", int(parts[1]), parts[2], int(parts[3]) + 1))
    check_number(
        authority="XA",
        number_typed=coming,
        code_typed=WRONG,
        network="192.0.2.1",
        at=certification.START - timedelta(days=1),
        trust=signing.trust_list(),
    )
    second = certificate_in(people)
    assert second.number == coming
    assert ("S04", coming) in watched()


@pytest.mark.parametrize(
    ("rule", "columns"),
    [
        ("S06", {"result": "file_altered"}),
        ("S07", {"result": "withdrawn", "country": "XB"}),
        ("S09", {"result": "fields_differ", "fields": ["seals"]}),
        ("S10", {"result": "address_not_official"}),
    ],
)
def test_one_check_is_enough_for_some_rules(certificate: Certificate, rule: str, columns: dict[str, Any]) -> None:
    country = certificate.import_country if "country" in columns else ""
    attempt(certificate.number, **{**columns, "country": country})
    assert watched() == [(rule, certificate.number)]


def test_checks_from_three_other_countries_alert_and_from_its_destination_do_not(certificate: Certificate) -> None:
    for country in (certificate.import_country, "AA", "AB"):
        attempt(certificate.number, "in_force", country=country)
    assert watched() == []
    attempt(certificate.number, "in_force", country="AC")
    assert watched() == [("S03", certificate.number)]


def test_an_ordinary_check_alerts_nobody_and_nothing_is_looked_at_twice(
    certificate: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked(certificate.number, code=certificate.code)
    assert watched() == []
    monkeypatch.setattr(watching, "_watch_checks", lambda *_args: pytest.fail("read again"))
    assert watched() == []


def test_a_false_alarm_is_recorded_with_its_reason_and_by_a_case_officer_alone(certificate: Certificate) -> None:
    attempt(certificate.number, "file_altered")
    watched()
    (alert,) = Alert.objects.all()
    given: dict[str, Any] = {"authority": "XA", "alert_number": alert.alert_number, "state": "false_alarm", "at": NOW}
    with pytest.raises(CaseRefused):
        alert_end(actor=person("Mo", Role.MANAGER, office="014"), note="x", **given)
    cleo = officer()
    with pytest.raises(ActNotAllowed):
        alert_end(actor=cleo, **given)
    assert alert_end(actor=cleo, note="A training course.", **given).state == "false_alarm"
    with pytest.raises(ActNotAllowed):
        alert_end(actor=cleo, note="Again.", **given)
    assert not has_open_alert(authority="XA", number=certificate.number)
    assert alerts_for(authority="XA", actor=person("Bo", Role.BORDER_OFFICER, office="014"))[1] == 0


def raised(rule: str, level: str, *about: tuple[str, str]) -> Alert | None:
    given: dict[str, Any] = {"subject": "a month", "period": "2026-11", "limit": {}, "rows": [], "at": NOW}
    return alert_raise(authority="XA", rule=rule, level=level, about=about, **given)


def test_an_open_alert_is_a_point_on_each_certificate_it_speaks_of_and_on_no_other(db: None) -> None:
    """Those of the same period that come later belong to it too; info is for managers and no point."""
    certification.cast()
    first = raised("P01", "amber", ("XB", "one"))
    assert raised("P01", "amber", ("XB", "one"), ("XB", "two")) is None
    raised("P05", "amber", ("XB", "two"))
    raised("P10", "info", ("XB", "three"))
    points = [alert_points(authority="XA", issuer="XB", number=number) for number in ("one", "two", "three", "four")]
    assert points == [("capacity",), ("capacity", "route"), (), ()]
    assert alert_points(authority="XA", issuer="XC", number="one") == ()
    assert first is not None
    alert_end(
        authority="XA", actor=officer(), alert_number=first.alert_number, state="false_alarm", note="Harvest.", at=NOW
    )
    assert alert_points(authority="XA", issuer="XB", number="two") == ("route",)


def test_figures_count_what_is_new_once(certificate: Certificate) -> None:
    later = NOW + timedelta(hours=1)
    attempt(certificate.number, "in_force", country="XB")
    attempt(certificate.number, "in_force", country="XB")
    first = figures_count(authority="XA", at=later, abroad=[("XC", NOW)])
    assert (first["uploaded"], first["verified"], first["countries"], first["checks"]) == (1, 1, 2, 2)
    second = figures_count(authority="XA", at=later + timedelta(days=1))
    assert {**second} == {**first}
    assert VerifiedCertificate.objects.count() == 1
    assert figures_count(authority="XA", at=later + timedelta(days=400))["countries"] == 0


def test_new_certificates_and_approvals_are_looked_at_once_and_ordinary_ones_alert_nobody(
    certificate: Certificate,
) -> None:
    assert watch_goods_run(authority="XA", at=NOW) == 0
    marks = SealMark.objects.count()
    assert marks > 0
    assert watch_goods_run(authority="XA", at=NOW) == 0
    assert SealMark.objects.count() == marks


def test_a_seal_that_was_seen_before_alerts(certificate: Certificate) -> None:
    seal = certificate_value(certificate).consignment.transport_equipment[0].seals[0].id
    mark = {"authority": "XA", "seal": seal, "number": "another", "at": NOW - timedelta(days=90)}
    SealMark.objects.create(**mark)
    assert watch_goods_run(authority="XA", at=NOW) == 1
    (alert,) = Alert.objects.all()
    assert (alert.rule, alert.subject, len(alert.rows)) == ("P12", seal, 2)
