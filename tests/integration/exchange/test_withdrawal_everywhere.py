"""A withdrawal reaches every live partner, whatever the channel, and each one's confirmation is shown.

Acceptance line of the exchange; `exchange.md` 8.2, `ux.md` 6.5. Two persons withdraw; the worker's next step queues it
for everybody who has the certificate; each partner confirms in its own time.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import translation

from opensps.accounts.queries import person_by_id
from opensps.certification import services as certification
from opensps.events.services import worker_run_once, worker_run_until_idle
from opensps.exchange import services
from opensps.exchange.models import Delivery, Envelope, PartnerConnection
from opensps.exchange.services.outcomes import envelope_outcome
from opensps.exchange.transports import Channel
from opensps.exchange.transports.scripted import ScriptedTransport, TransportsByChannel
from opensps.lifecycle import TrackingInfo
from tests.factories.certification import Cast, cast, certificate_in
from tests.factories.partners import live_partner
from tests.factories.web import Visitor

pytestmark = pytest.mark.django_db
CHANNELS = (Channel.HUB, Channel.SMTP)


@pytest.fixture(autouse=True)
def no_language_left() -> Iterator[None]:
    """No test reads the language of a visitor of another one."""
    yield
    translation.deactivate()


class World:
    """Three partners that serve one country: behind a hub, by mail, and one that collects."""

    def __init__(self) -> None:
        self.people: Cast = cast()
        self.now = datetime.now(UTC).replace(microsecond=0) + timedelta(days=2)
        self.pushed = {channel: ScriptedTransport() for channel in CHANNELS}
        live_partner("XB", channel=Channel.HUB)
        live_partner("XC", channel=Channel.SMTP, countries=("XB",))
        live_partner("XD", channel=Channel.REST, delivery=Delivery.PULL, address="", countries=("XB",))
        PartnerConnection.objects.update(limits={"at_once": 1})

    def deliver(self) -> None:
        transports = TransportsByChannel.of_pairs(list(self.pushed.items()))
        services.deliver_due(authority="XA", transports=transports, clock=lambda: self.now)

    def withdraw(self, number: str) -> None:
        """Withdraw as it is done: one person proposes, another one confirms."""
        which: dict[str, Any] = {"authority": "XA", "number": number, "at": self.now}
        certification.certificate_propose_withdrawal(reason_code="not_exported", actor=self.people.officer, **which)
        certification.certificate_confirm_withdrawal(actor=self.people.senior, **which)

    def words(self, number: str, prefix: str = "") -> str:
        exporter = person_by_id(authority="XA", person_id=self.people.exporter.id)
        return Visitor(exporter, prefix=prefix).open(f"/certificates/{number}").words


def test_one_step_of_the_worker_queues_it_for_everybody_it_leaves_first_and_each_confirmation_is_shown() -> None:
    world = World()
    number = certificate_in(world.people).number
    worker_run_until_idle(at=world.now)
    world.deliver()
    assert sorted(Envelope.objects.values_list("partner__code", "state")) == [
        ("XB", "sent"),
        ("XC", "sent"),
        ("XD", "waiting"),
    ]
    others = {certificate_in(world.people).number for _ in range(2)}
    worker_run_until_idle(at=world.now)
    world.withdraw(number)
    before = {channel: len(transport.received) for channel, transport in world.pushed.items()}

    worker_run_once(at=world.now)
    queued = Envelope.objects.filter(number=number, status_code="40")
    assert sorted(queued.values_list("partner__code", "urgent", "queued_at")) == [
        (code, True, world.now) for code in ("XB", "XC", "XD")
    ]
    world.deliver()
    for channel, transport in world.pushed.items():
        left = [(each.number, each.status_code) for each in transport.received[before[channel] :]]
        place = left.index((number, "40"))
        assert {each for each, _ in left[:place]} <= {number}, f"{channel}: {left}"
        assert {each for each, _ in left[place + 1 :]} == others
    assert queued.get(partner__code="XD").state == "waiting", "who collects finds it with everything else at once"

    for code, word in (("XB", TrackingInfo.DELIVERED), ("XC", TrackingInfo.DELIVERED_WITH_WARNINGS)):
        row = queued.get(partner__code=code)
        envelope_outcome(authority="XA", delivery_number=row.delivery_number, word=word, text="seen", at=world.now)
    page = world.words(number)
    assert "Service of XB, Withdrawal: Received" in page
    assert "Service of XC, Withdrawal: Received with remarks" in page
    assert "Service of XD, Withdrawal: Sent" in page, "no word yet is shown as none"
    chinese = world.words(number, "/zh-hans")
    assert "Service of XB" in chinese
    assert "Received" not in chinese
