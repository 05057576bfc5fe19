"""Many do the same at once (`exchange.md` 9.1, S30): one record, one final word, whatever the database."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, connections

from opensps.exchange.examining import Examined, examine
from opensps.exchange.models import Envelope, IncomingCertificate
from opensps.exchange.queries.hub_store import hub_tracking
from opensps.exchange.services import hub_store
from opensps.exchange.services.receiving import envelope_receive
from opensps.exchange.terms import ReceivingTerms
from opensps.exchange.transports import Channel
from opensps.lifecycle import TrackingInfo
from tests.databases import Fresh
from tests.factories.certificates import country
from tests.factories.incoming import NUMBER, header, theirs
from tests.factories.participants import between, participant
from tests.factories.partners import connect, live_partner

AT = datetime(2026, 11, 22, 7, tzinfo=UTC)
TERMS = ReceivingTerms(extra_countries=frozenset({"XA", "XB", "XC"}))
TIMES = 20


def _at_once(act: Callable[[int], Any], times: int) -> list[Any]:
    """Do one thing from several threads that begin together."""
    start = Barrier(times)

    def run(place: int) -> Any:
        start.wait()
        try:
            return act(place)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(run, range(times)))


def test_one_envelope_twenty_times_at_once_is_one_record(fresh_database: Fresh) -> None:
    sender, receiver = participant("XB"), participant("XC")
    content = theirs(consignment__import_country=country("XC"))

    def deliver(_: int) -> str:
        given: dict[str, Any] = {"authority": "XA", "caller": sender, "validate": False, "terms": TERMS, "at": AT}
        return hub_store.hub_deliver(header=between(NUMBER), content=content, **given).delivery_number

    assert len(set(_at_once(deliver, TIMES))) == 1
    assert len(hub_store.hub_pending(caller=receiver)) == Envelope.objects.count() == 1


def test_one_delivery_twenty_times_at_once_is_applied_once(fresh_database: Fresh) -> None:
    partner = live_partner("XB")

    def come(place: int) -> str:
        return envelope_receive(
            authority="XA",
            partner=partner,
            channel=Channel.TEST,
            header=header(),
            content=theirs(),
            remote_number="R" if place % 2 else f"R{place}",
            terms=TERMS,
            at=AT,
        ).delivery_number

    numbers = Counter(_at_once(come, TIMES))
    assert max(numbers.values()) == TIMES // 2, "ten times the same delivery"
    assert IncomingCertificate.objects.get().state == "in_force"
    arrived = Envelope.objects.filter(direction="in")
    assert arrived.count() == TIMES // 2 + 1
    assert arrived.filter(duplicate_of__isnull=True).count() == 1
    assert Envelope.objects.filter(kind="acknowledgement").count() == arrived.count()


def test_old_and_new_certificate_at_once_find_each_other(fresh_database: Fresh) -> None:
    partner = live_partner("XB")
    second = connect(partner, address="test://other.example")
    messages = [(theirs(), NUMBER), (theirs("XB/2", replaces=NUMBER), "XB/2")]

    def come(place: int) -> None:
        content, number = messages[place % 2]
        envelope_receive(
            authority="XA",
            partner=partner,
            connection=second,
            channel=Channel.TEST,
            header=header(number),
            content=content,
            remote_number=f"R{place}",
            terms=TERMS,
            at=AT,
        )

    _at_once(come, 8)
    old = IncomingCertificate.objects.get(number=NUMBER)
    assert (old.state, old.replaced_by) == ("replaced", "XB/2")


def test_two_words_at_once_leave_one(fresh_database: Fresh) -> None:
    sender, receiver = participant("XB"), participant("XC")
    content = theirs(consignment__import_country=country("XC"))
    words = (TrackingInfo.DELIVERED, TrackingInfo.DELIVERED_NOT_READABLE, TrackingInfo.DELIVERED_WITH_WARNINGS)
    given: dict[str, Any] = {"authority": "XA", "terms": TERMS, "validate": False, "at": AT}
    sent = hub_store.hub_deliver(caller=sender, header=between(NUMBER), content=content, **given)

    def acknowledge(place: int) -> str:
        return hub_store.hub_acknowledge(
            authority="XA",
            caller=receiver,
            number=sent.delivery_number,
            result=words[place % 3],
            text="",
            at=AT,
        )

    answers = Counter(_at_once(acknowledge, 6))
    word = hub_tracking(caller=sender, number=sent.delivery_number).tracking
    assert answers == {"OK": 1, f"Already {word}": 5}


def test_content_is_examined_while_nobody_waits_for_the_database(
    fresh_database: Fresh, monkeypatch: pytest.MonkeyPatch
) -> None:
    sender, _ = participant("XB"), participant("XC")
    seen: list[bool] = []

    def watched(*given: Any, **named: Any) -> Examined:
        seen.append(connection.in_atomic_block)
        return examine(*given, **named)

    monkeypatch.setattr("opensps.exchange.services.examined_deliveries.examine", watched)
    given: dict[str, Any] = {"authority": "XA", "validate": False, "terms": TERMS, "at": AT, "caller": sender}
    sent = hub_store.hub_deliver(header=between(NUMBER, to="XA"), content=theirs(), **given)
    forwarded = theirs("XB/2", consignment__import_country=country("XC"))
    hub_store.hub_deliver(header=between("XB/2", copies=("XA",)), content=forwarded, **given)
    assert sent.tracking == TrackingInfo.PENDING_DELIVERY
    assert IncomingCertificate.objects.count() == 2
    assert seen == [False, False], "for us, and a copy for us"
