"""Which reports of an importing authority deserve a second look."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from opensps.certificate import Certificate, Identifier, Location
from opensps.certification.outcomes import (
    ALERTS,
    BorderMeasure,
    LineQuantity,
    Outcome,
    OutcomeReport,
    alerts_for,
    needs_quantity,
)
from tests.factories import certificates

ISSUED = datetime(2026, 3, 1, tzinfo=UTC)
DECIDED = datetime(2026, 3, 20, tzinfo=UTC)


def _value() -> Certificate:
    """Return a certificate with 1,000 kg on line 1, for the port XBPRT."""
    value = certificates.phytosanitary()
    line = replace(certificates.garlic(), sequence=1, net_weight=certificates.kilograms("1000"), gross_weight=None)
    entry = Location(id=Identifier("XBPRT"))
    return replace(value, consignment=replace(certificates.consignment(line), point_of_entry=entry))


def _report(outcome: Outcome = Outcome.ACCEPTED_PARTLY, *kilograms: str, **changes: object) -> OutcomeReport:
    quantities = tuple(LineQuantity(1, Decimal(each), "KGM") for each in kilograms)
    return OutcomeReport(outcome=outcome, decided_at=DECIDED, quantities=quantities, **changes)  # type: ignore[arg-type]  # columns by name


def _alerts(report: OutcomeReport, *earlier: OutcomeReport, state: str = "in_force") -> tuple[str, ...]:
    return alerts_for(report, certificate=_value(), state=state, issued_at=ISSUED, earlier=earlier)


def test_an_ordinary_report_deserves_none() -> None:
    assert _alerts(_report(Outcome.ACCEPTED, location="XBPRT")) == ()
    assert _alerts(_report(Outcome.ACCEPTED_PARTLY, "400"), _report(Outcome.ACCEPTED_PARTLY, "600")) == ()


def test_more_than_the_certificate_covers_is_overdrawn() -> None:
    assert _alerts(_report(Outcome.ACCEPTED_PARTLY, "1000.001")) == ("OVERDRAWN",)
    assert _alerts(_report(Outcome.ACCEPTED_PARTLY, "401"), _report(Outcome.ACCEPTED_PARTLY, "600")) == ("OVERDRAWN",)


def test_what_was_refused_draws_nothing() -> None:
    assert _alerts(_report(Outcome.ACCEPTED_PARTLY, "1000"), _report(Outcome.REJECTED, "1000")) == ()
    assert _alerts(_report(Outcome.REJECTED, "5000", measure=BorderMeasure.DESTRUCTION), state="withdrawn") == ()


def test_goods_accepted_once_as_a_whole_are_not_accepted_again() -> None:
    assert _alerts(_report(Outcome.ACCEPTED), _report(Outcome.ACCEPTED)) == ("ACCEPTED_BEFORE",)


@pytest.mark.parametrize(
    ("state", "alert"), [("withdrawn", "WITHDRAWN_SINCE"), ("on_hold", "ON_HOLD"), ("expired", "EXPIRED")]
)
def test_accepting_on_a_certificate_that_is_not_in_force_is_told(state: str, alert: str) -> None:
    assert _alerts(_report(Outcome.ACCEPTED), state=state) == (alert,)


def test_another_port_another_line_another_unit_and_an_early_date_are_told() -> None:
    assert _alerts(_report(Outcome.PRESENTED, location="XBALM")) == ("OTHER_PORT",)
    other = LineQuantity(7, Decimal(1), "KGM"), LineQuantity(1, Decimal(1), "TNE")
    report = OutcomeReport(outcome=Outcome.ACCEPTED_PARTLY, decided_at=ISSUED.replace(year=2025), quantities=other)
    assert _alerts(report) == ("DECIDED_BEFORE_ISSUE", "UNKNOWN_LINE", "OTHER_UNIT")


def test_every_alert_has_its_sentence() -> None:
    assert all(code.isupper() and sentence.endswith(".") for code, sentence in ALERTS.items())


def test_accepting_in_part_says_how_much() -> None:
    assert needs_quantity(_report(Outcome.ACCEPTED_PARTLY))
    assert not needs_quantity(_report(Outcome.ACCEPTED_PARTLY, "1"))
    assert not needs_quantity(_report(Outcome.ACCEPTED))
