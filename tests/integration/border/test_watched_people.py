"""Officers are compared within their office, numbers within their series, exporters with themselves (P09, P10, P16)."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db.models import F

from opensps.border.ledger import LineBalance, SourceDraw
from opensps.border.models import Alert, GoodsMark
from opensps.border.services.watching_goods import watch_goods_run
from opensps.certificate.numbers import IssuedNumber
from opensps.certification.models import Application, BurntNumber, Certificate, NumberSeries
from tests.factories import certification
from tests.factories.certification import START, certificate_in

pytestmark = pytest.mark.django_db
NOW = START + timedelta(days=2)


@pytest.fixture
def certificate(db: None) -> Certificate:
    return certificate_in(certification.cast())


def fired(at: datetime = NOW) -> set[tuple[str, str]]:
    watch_goods_run(authority="XA", at=at)
    return set(Alert.objects.values_list("rule", "subject"))


def decided(certificate: Certificate, officer: str, *, refused: int, month: datetime) -> None:
    """Let an examiner have decided two hundred applications in a month."""
    model = Application.objects.get(pk=certificate.application_id)
    columns = {name: getattr(model, name) for name in ("authority", "kind", "certificate_kind", "office", "value")}
    Application.objects.bulk_create(
        Application(
            **columns,
            reference=f"A-{officer}-{place}",
            number=f"N-{officer}-{place}",
            state="refused" if place < refused else "issued",
            reviewed_digest="" if place < refused else "d",
            examiner=officer,
            created_at=month,
            changed_at=month,
        )
        for place in range(200)
    )


def test_an_examiner_far_from_the_office_is_told_to_the_manager_once_for_a_month_that_is_over(
    certificate: Certificate,
) -> None:
    october = datetime(2026, 10, 15, tzinfo=UTC)
    for officer, refused in (("a", 10), ("b", 12), ("c", 11), ("d", 90)):
        decided(certificate, officer, refused=refused, month=october)
    assert fired() == {("P09", "d")}
    assert Alert.objects.get().level == "info"
    watch_goods_run(authority="XA", at=NOW + timedelta(days=1))
    assert Alert.objects.count() == 1


def test_a_large_first_trade_with_a_destination_is_told_and_the_next_is_not(certificate: Certificate) -> None:
    mark = {"authority": "XA", "kind": "exporter", "issuer": "XA", "at": START - timedelta(days=30), "detail": "XC"}
    exporter = "green valley export co."
    for place in range(3):
        GoodsMark.objects.create(**mark, key=exporter, number=f"N{place}", kilograms=Decimal(100))
    assert fired() == {("P10", certificate.number)}


def test_a_number_that_is_missing_from_a_series_is_told_and_a_burnt_one_is_not(db: None) -> None:
    people = certification.cast()
    first = certificate_in(people).number.split("-")
    assert fired() == set()
    burnt = str(IssuedNumber("XA", int(first[1]), first[2], int(first[3]) + 1))
    for gap, told in ((burnt, set()), ("", {("P16", "-".join(first[:3]))})):
        NumberSeries.objects.filter(name="certificate").update(last=F("last") + 1)
        if gap:
            BurntNumber.objects.create(authority="XA", number=gap, reason_code="application_refused", burnt_at=NOW)
        certificate_in(people)
        assert {each for each in fired() if each[0] == "P16"} == told


def test_more_drawn_than_came_in_is_seen_though_every_guard_let_it_pass(certificate: Certificate) -> None:
    source = {"authority": "XA", "issuer": "XB", "number": "XB/1"}
    LineBalance.objects.create(**source, line=1, unit="KGM", issued=100, moved=100)
    drawn = {"reference": "A-1", "line": 1, "source_line": 1, "unit": "KGM", "state": "moved", "at": NOW}
    for accepted, by in ((Decimal(0), "earlier"), (Decimal(41), certificate.number)):
        SourceDraw.objects.create(**source, **drawn, from_accepted=accepted, from_left=60, drawn_by=by, changed_at=NOW)
    assert fired() == {("P06", "XB/1 1")}
    assert Alert.objects.get().level == "hard"
