"""Ten partners and ten thousand envelopes in the queue: withdrawals leave first, a dead partner slows no other."""

import hashlib
from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta

import pytest

from opensps.exchange.models import Attempt, Content, Envelope, Partner, PartnerConnection
from opensps.exchange.services import deliver_due
from opensps.exchange.services.acknowledging import new_delivery_number
from opensps.exchange.transports import Answer, Channel, Outbound, Sent, Unreachable
from opensps.exchange.transports.scripted import ScriptedTransport, TransportsByChannel
from tests.factories.partners import START, live_partner

PARTNERS, ENVELOPES = 10, 10_000
ONE_IN = 20
"""Every so-manieth is a withdrawal, queued after all the others."""

NOW = START + timedelta(days=1)


def _queued(partner: Partner, connection: PartnerConnection, content: Content, place: int) -> Envelope:
    is_withdrawal = place % ONE_IN == 0
    return Envelope(
        authority="XA",
        delivery_number=new_delivery_number(NOW),
        direction="out",
        partner=partner,
        connection=connection,
        channel=connection.channel,
        from_code="XA",
        to_code=connection.connection_code,
        number=f"XA-{place:06}",
        type_code="851",
        status_code="40" if is_withdrawal else "70",
        sha256=content.sha256,
        size_bytes=content.size_bytes,
        content=content,
        state="queued",
        urgent=is_withdrawal,
        checked_at=NOW,
        queued_at=NOW,
        due_at=NOW if is_withdrawal else START,
        changed_at=NOW,
    )


@pytest.mark.timeout(3600)
@pytest.mark.usefixtures("fresh_database")
def test_withdrawals_leave_first_and_a_dead_partner_slows_no_other(heavy_count: Callable[[int], int]) -> None:
    data = b"<certificate/>"
    content = Content.objects.create(
        authority="XA", sha256=hashlib.sha256(data).hexdigest(), data=data, size_bytes=len(data), stored_at=START
    )
    each = heavy_count(ENVELOPES) // PARTNERS
    for name in range(PARTNERS):
        partner = live_partner(f"P{name}", countries=("XB",))
        connection = PartnerConnection.objects.get(partner=partner)
        Envelope.objects.bulk_create(_queued(partner, connection, content, place) for place in range(each))

    def script(outbound: Outbound) -> Answer:
        return Unreachable(text="down") if outbound.to_code == "P0" else Sent(remote_number=outbound.delivery_number)

    transport = ScriptedTransport(script)
    deliver_due(
        authority="XA",
        transports=TransportsByChannel.of_pairs([(Channel.TEST, transport)]),
        clock=lambda: NOW,
    )
    received: dict[str, list[Outbound]] = defaultdict(list)
    for outbound in transport.received:
        received[outbound.to_code].append(outbound)
    for name in range(1, PARTNERS):
        order = [outbound.urgent for outbound in received[f"P{name}"]]
        withdrawals = sum(order)
        assert len(order) == each, "every envelope left, once"
        assert all(order[: withdrawals - 4]), "withdrawals first, but for those that left side by side"
        assert withdrawals == each // ONE_IN
    assert len(received["P0"]) < 12, "its breaker opened, and its envelopes wait without an attempt"
    assert Envelope.objects.filter(partner__code="P0", attempts=0).count() > each - 12
    assert Envelope.objects.filter(state="sent").count() == each * (PARTNERS - 1)
    assert Attempt.objects.filter(ended_at=None).count() == 0
