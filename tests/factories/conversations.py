"""A long conversation with a partner: certificates with their fates, sent many times over three channels, in any order.

The partner's own side is kept in the same database under its own authority, so that every acknowledgement of ours can
be carried over and matched there. `Chance` decides, so the same seed gives the same conversation.
"""

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from opensps.exchange.models import Content, Envelope, Partner, PartnerConnection
from opensps.exchange.services.acknowledging import (
    acknowledgement_apply,
    content_keep,
    new_delivery_number,
)
from opensps.exchange.services.messages import message_receive
from opensps.exchange.services.receiving import envelope_receive
from opensps.exchange.terms import ReceivingTerms
from opensps.exchange.transports import Channel
from opensps.lifecycle import AcknowledgementCode, TrackingInfo
from opensps.lifecycle.receipt import IncomingState
from tests.factories.incoming import header, theirs
from tests.factories.partners import connect, live_partner

TERMS = ReceivingTerms(extra_countries=frozenset({"XA", "XB"}))
CHANNELS = (Channel.HUB, Channel.TEST, Channel.REST)
"""Two that store and answer by a message of their own, and one that answers at once."""

MOST_TIMES = 10


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a certificate of theirs."""

    number: str
    status: int
    version: int
    content: bytes


@dataclass(frozen=True, slots=True)
class Sending:
    """One event, sent once over one channel under the delivery number it has there."""

    event: Event
    channel: Channel
    delivery: str


def fates(count: int, choice: random.Random) -> tuple[list[Event], dict[str, IncomingState]]:
    """Return what happens to so many certificates, and how each ends."""
    events: list[Event] = []
    ends: dict[str, IncomingState] = {}
    while len(ends) < count:
        number = f"XB/PC/{len(ends):05d}"
        issued, fate = Event(number, 70, 1, theirs(number)), choice.choice(("stays", "stays", "ends", "splits", "new"))
        events.append(issued)
        if fate == "stays" or (fate == "new" and len(ends) + 1 == count):
            ends[number] = IncomingState.IN_FORCE
        elif fate == "ends":
            events.append(_ended(issued, 40))
            ends[number] = IncomingState.WITHDRAWN
        elif fate == "splits":
            events.append(_ended(issued, 68))
            ends[number] = IncomingState.SPLIT
        else:
            ends[number] = IncomingState.REPLACED
            newer = f"XB/PC/{len(ends):05d}"
            events += [Event(newer, 70, 1, theirs(newer, replaces=number)), _ended(issued, 40)]
            ends[newer] = IncomingState.IN_FORCE
    return events, ends


def _ended(issued: Event, status: int) -> Event:
    content = issued.content.replace(b"<ram:StatusCode>70<", f"<ram:StatusCode>{status}<".encode())
    return Event(issued.number, status, issued.version + 1, content)


@dataclass(frozen=True, slots=True)
class Conversation:
    """Both sides of it."""

    ours: Partner
    """Northland as we know it."""

    us: Partner
    """Us, as Northland knows us."""

    connections: dict[Channel, PartnerConnection]
    choice: random.Random
    at: datetime

    @classmethod
    def begin(cls, *, at: datetime, seed: int) -> "Conversation":
        """Return a conversation over three channels, with nothing said yet."""
        ours = live_partner("XB", channel=Channel.HUB)
        connections = {Channel.HUB: ours.connections.get()}
        for channel in CHANNELS[1:]:
            connections[channel] = connect(ours, channel)
        us = Partner.objects.create(
            authority="XB", code="XA", name_en="Us", countries=["XA"], state="live", created_at=at, changed_at=at
        )
        return cls(ours, us, connections, random.Random(seed), at)  # noqa: S311 an order is no secret

    def sendings(self, events: Iterable[Event]) -> list[Sending]:
        """Write down each event in the partner's own outbox, once a channel, and return all sendings in any order."""
        sent = [sending for event in events for sending in self._times(event)]
        self.choice.shuffle(sent)
        return sent

    def _times(self, event: Event) -> Iterator[Sending]:
        deliveries: dict[Channel, str] = {}
        content = content_keep(authority="XB", data=event.content, at=self.at)
        for _ in range(self.choice.randint(1, MOST_TIMES)):
            channel = self.choice.choice(CHANNELS)
            if channel not in deliveries:
                deliveries[channel] = self._written(event, channel, content, is_first=not deliveries)
            yield Sending(event, channel, deliveries[channel])

    def _written(self, event: Event, channel: Channel, content: Content, *, is_first: bool) -> str:
        mine = Envelope.objects.filter(authority="XB", number=event.number, status_code=str(event.status))
        return Envelope.objects.create(
            authority="XB",
            delivery_number=new_delivery_number(self.at),
            direction="out",
            partner=self.us,
            channel=channel,
            from_code="XB",
            to_code="XA",
            number=event.number,
            type_code="851",
            status_code=str(event.status),
            version=event.version,
            sha256=content.sha256,
            content=content,
            state="sent",
            tracking=TrackingInfo.PENDING_DELIVERY,
            golden_run="conversation",
            queued_at=self.at,
            sent_at=self.at,
            changed_at=self.at,
            duplicate_of=None if is_first else mine.order_by("pk").first(),
        ).delivery_number

    def send(self, sending: Sending) -> None:
        """Let one sending arrive: stored for the worker, or taken and answered at once."""
        event, connection = sending.event, self.connections[sending.channel]
        if sending.channel != Channel.REST:
            self._store(sending, connection)
            return
        answer = envelope_receive(
            authority="XA",
            partner=self.ours,
            connection=connection,
            channel=sending.channel,
            header=header(event.number, status=event.status),
            content=event.content,
            remote_number=sending.delivery,
            version=event.version,
            terms=TERMS,
            at=self.at,
        )
        self._told(sending.delivery, answer.result, answer.text)

    def _store(self, sending: Sending, connection: PartnerConnection) -> None:
        event = sending.event
        said: dict[str, Any] = {"from_code": "XB", "to_code": "XA", "type_code": 851, "number": event.number}
        version = {"version": event.version} if sending.channel == Channel.TEST else {}
        message_receive(
            authority="XA",
            channel=sending.channel,
            raw=event.content,
            facts={
                "header": {**said, "status_code": event.status},
                "remote_number": sending.delivery,
                "connection": connection.pk,
                **version,
            },
            at=self.at,
        )

    def carry_answers(self) -> int:
        """Carry every acknowledgement of ours to the partner one to three times, in any order; return how many."""
        rows = list(
            Envelope.objects.filter(authority="XA", kind="acknowledgement", direction="out").select_related(
                "in_reply_to"
            )
        )
        carried = [row for row in rows for _ in range(self.choice.randint(1, 3))]
        self.choice.shuffle(carried)
        for row in carried:
            assert row.in_reply_to is not None
            self._told(row.in_reply_to.remote_number, AcknowledgementCode(row.result), row.tracking_text)
        return len(rows)

    def _told(self, delivery: str, result: AcknowledgementCode, text: str) -> None:
        acknowledgement_apply(
            authority="XB", partner=self.us, delivery_number=delivery, result=result, text=text, at=self.at
        )
