"""How many queries an envelope costs: receipts and hub calls stay cheap, whatever was received before."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from opensps.exchange.services import hub_store
from opensps.exchange.services.receiving import envelope_receive
from opensps.exchange.terms import ReceivingTerms
from opensps.exchange.transports import Channel
from opensps.lifecycle import TrackingInfo
from tests.factories.certificates import country
from tests.factories.incoming import header, theirs
from tests.factories.participants import between, participant
from tests.factories.partners import live_partner

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 22, 7, tzinfo=UTC)
TERMS = ReceivingTerms(extra_countries=frozenset({"XA", "XB", "XC"}))


def _queries(act: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as found:
        act()
    return len([one for one in found if "SAVEPOINT" not in one["sql"]])


def test_a_receipt_costs_the_same_after_many_others() -> None:
    partner = live_partner("XB")

    def take(number: str) -> int:
        given: dict[str, Any] = {"authority": "XA", "partner": partner, "channel": Channel.TEST, "terms": TERMS}
        return _queries(
            lambda: envelope_receive(
                header=header(number), content=theirs(number), remote_number=f"R {number}", at=AT, **given
            )
        )

    first = take("XB/1")
    for place in range(2, 6):
        take(f"XB/{place}")
    assert take("XB/6") <= first <= 32, "locks are queries on PostgreSQL"
    assert take("XB/6") <= 4, "a repeat"


def test_the_calls_of_a_participant_have_a_ceiling() -> None:
    sender, receiver = participant("XB"), participant("XC")

    def hand_in(number: str) -> str:
        content = theirs(number, consignment__import_country=country("XC"))
        given: dict[str, Any] = {"authority": "XA", "validate": False, "terms": TERMS, "at": AT}
        return hub_store.hub_deliver(caller=sender, header=between(number), content=content, **given).delivery_number

    numbers = [hand_in(f"XB/{place}") for place in range(4)]
    given: dict[str, Any] = {"authority": "XA", "caller": receiver, "number": numbers[0], "at": AT}
    acts: tuple[tuple[Callable[[], Any], int], ...] = (
        (lambda: hand_in("XB/9"), 14),
        (lambda: hub_store.hub_pending(caller=receiver), 1),
        (lambda: hub_store.hub_pull_all(caller=receiver, at=AT), 3),
        (lambda: hub_store.hub_pull_one(caller=receiver, number=numbers[0], at=AT), 1),
        (lambda: hub_store.hub_acknowledge(result=TrackingInfo.DELIVERED, text="", **given), 6),
        (lambda: hub_store.hub_tracking(caller=sender, number=numbers[0]), 1),
        (lambda: hub_store.hub_under_delivery(caller=sender), 1),
    )
    for act, ceiling in acts:
        assert _queries(act) <= ceiling
