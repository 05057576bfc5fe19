"""What the worker does by the clock: one certificate, or one chore, that fails holds back no other."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection
from structlog.testing import capture_logs

from opensps.border.models import Arrival, FigureDay, GoodsMonth, SealMark
from opensps.border.quantities import LARGEST
from opensps.border.services.arriving import arrivals_run
from opensps.certificate import Measure
from opensps.certification.errors import BytesChanged
from opensps.certification.models import Certificate
from opensps.certification.queries import certificate_value, counting
from opensps.project import chores
from opensps.project.chores import Chores
from tests.factories import certification
from tests.factories.certificates import hs
from tests.factories.certification import certificate_in
from tests.factories.desk import ARRIVED_AT, arrived
from tests.factories.partners import live_partner

pytestmark = pytest.mark.django_db
LINE = "consignment__items__0__trade_line_items__0__"
LATER = ARRIVED_AT + timedelta(days=3)


@contextmanager
def said() -> Iterator[list[tuple[str, str]]]:
    """Give what the worker logged: chore and kind of error."""
    found: list[tuple[str, str]] = []
    with capture_logs() as lines:
        yield found
    found.extend((line["chore"], line["kind"]) for line in lines if "chore" in line)


def test_a_certificate_of_an_absurd_weight_counts_as_the_most_a_quantity_can_be(db: None) -> None:
    """XML takes 1E12 tonnes; the worker stopped at it for ever."""
    partner = live_partner("XB")
    for number, mass in (("XB/1", "1E12"), ("XB/3", "9E19"), ("XB/4", "20")):
        changes = {
            f"{LINE}net_weight": Measure(Decimal(mass), "TNE"),
            f"{LINE}gross_weight": None,
            f"{LINE}classifications": (hs("070320"),),
        }
        arrived(number, partner=partner, **changes)
    with said() as failed:
        Chores().run(LATER)
    assert failed == []
    assert [row.kilograms for row in GoodsMonth.objects.filter(product="070320")] == [LARGEST]
    assert set(Arrival.objects.values_list("number", flat=True)) == {"XB/1", "XB/3", "XB/4"}
    assert FigureDay.objects.exists()


def test_a_certificate_whose_bytes_were_changed_is_stepped_over_with_a_line_in_the_log(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = certification.cast()
    bad, good = certificate_in(people), certificate_in(people)

    def changed(row: Certificate) -> object:
        if row.pk == bad.pk:
            raise BytesChanged(row.number)
        return certificate_value(row)

    monkeypatch.setattr(counting, "certificate_value", changed)
    with said() as failed:
        Chores().run(LATER)
    assert failed == [("arrivals", "BytesChanged"), ("watch_goods", "BytesChanged")]
    assert set(SealMark.objects.values_list("number", flat=True)) == {good.number}
    assert set(Arrival.objects.values_list("number", flat=True)) == {good.number}
    assert FigureDay.objects.exists()
    with said() as failed:
        Chores().run(LATER + timedelta(minutes=2))
    assert failed == []


def test_a_certificate_that_fails_for_any_reason_leaves_the_others_of_its_batch(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = certification.cast()
    numbers = [certificate_in(people).number for _each in range(3)]
    watch = chores.watch_goods_run.__globals__["_times"]

    def times(value: object) -> object:
        seen = watch(value)
        if seen["number"] == numbers[1]:
            raise OverflowError("too large")
        return seen

    monkeypatch.setitem(chores.watch_goods_run.__globals__, "_times", times)
    with said() as failed:
        Chores().run(LATER)
    assert failed == [("watch_goods", "OverflowError")]
    assert set(SealMark.objects.values_list("number", flat=True)) == {numbers[0], numbers[2]}


@pytest.mark.parametrize("error", [OverflowError("x"), DatabaseError("x")])
def test_a_chore_that_fails_is_told_without_what_it_read_and_the_others_go_on(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fails(**_given: object) -> None:
        raise error

    monkeypatch.setattr(chores, "clocks_run", fails)
    monkeypatch.setattr(chores, "arrivals_run", fails)
    with said() as failed:
        Chores().run(LATER)
    assert failed == [("clocks", type(error).__name__), ("arrivals", type(error).__name__)]
    assert FigureDay.objects.exists()


def test_a_connection_that_is_gone_is_the_workers_to_win_back(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(**_given: object) -> None:
        raise DatabaseError("gone")

    monkeypatch.setattr(chores, "clocks_run", fails)
    monkeypatch.setattr(connection, "is_usable", lambda: False)
    with pytest.raises(DatabaseError):
        Chores().run(LATER)


def test_where_nothing_is_new_the_arrivals_ask_once_of_each_kind(
    db: None, django_assert_max_num_queries: object
) -> None:
    certificate_in(certification.cast())
    arrivals_run(authority="XA", at=LATER)
    with django_assert_max_num_queries(12):  # type: ignore[operator]  # reason: a fixture of pytest-django without types
        assert arrivals_run(authority="XA", at=LATER) == 0
