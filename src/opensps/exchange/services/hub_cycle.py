"""One round at a hub we take part in: what waits for us comes in, what became of ours is noted, daily who is there.

Source: `exchange.md` 2.2. Acknowledgements are rows of the outbox and leave with it. One bad envelope never stops the
round; a round holds a lease, so that two workers never poll one hub. What was stored is never pulled again.
"""

import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog
from django.db import DatabaseError, transaction
from django.db.models import F, Q

from opensps.accounts.queries import SYSTEM
from opensps.exchange.contracts.headers import EnvelopeHeader
from opensps.exchange.errors import ExchangeError, where
from opensps.exchange.models import (
    AllowedDocument,
    Decision,
    Direction,
    Envelope,
    PartnerConnection,
    ReceivedMessage,
    Side,
)
from opensps.exchange.services.agreements import allowed_set
from opensps.exchange.services.connections import connection_failed, connection_pause, connection_reached
from opensps.exchange.services.messages import message_process, message_receive
from opensps.exchange.terms import ReceivingTerms
from opensps.exchange.transports.hub_client import Failure, HubClient, Pulled
from opensps.exchange.transports.hub_nppos import Participant, participants_of
from opensps.exchange.transports.hub_reply import Faulted
from opensps.exchange.transports.transport import Channel
from opensps.lifecycle import DeliveryState, TrackingInfo, tracking_word

log = structlog.get_logger("opensps.exchange")

INTERVAL = timedelta(minutes=5)
"""Between two rounds, unless the connection's options say another number of seconds under ``poll_seconds``."""

LEASE = timedelta(minutes=30)
LISTS_EVERY = timedelta(days=1)
HINTS_EVERY = timedelta(seconds=30)
MOST_ASKED: Final = 200
"""Envelopes of ours asked after one by one in a round; the longest not asked after come first."""

MOST_PULLED: Final = 1_000
MOST_LOST: Final = 3
"""Pulls without an answer in a row after which the hub counts as gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """What a round needs from outside."""

    client: Callable[[PartnerConnection], HubClient]
    terms: ReceivingTerms
    outcome: Callable[..., object]
    """`envelope_outcome`: what the hub says of an envelope of ours."""


def hub_cycles_run(*, authority: str, ways: Ways, at: datetime) -> int:
    """Do the rounds that are due, one hub after the other; return how many."""
    done, hints = 0, _hints(authority)
    for leader in _due(authority, at, hints):
        held = _leased(leader, at)
        if held:
            _round(leader, held, ways, at)
            done += 1
    if not done:
        return 0
    heard = ReceivedMessage.objects.filter(authority=authority, pk__in=[each.pk for each in hints])
    heard.filter(decision=Decision.HINT).update(decision=Decision.IGNORED, reason="asked", decided_at=at)
    return done


def _hints(authority: str) -> tuple[ReceivedMessage, ...]:
    """Return what somebody pushed without a proof: a reason to ask the hub now, and nothing else."""
    rows = ReceivedMessage.objects.filter(authority=authority, channel=Channel.HUB, decision=Decision.HINT)
    return tuple(rows.select_related("connection").defer("raw").order_by("pk")[:MOST_PULLED])


def _due(authority: str, at: datetime, hints: Iterable[ReceivedMessage]) -> Iterator[PartnerConnection]:
    """Yield one connection for each hub and each name we have there: partners behind one hub share its round."""
    hinted = {None if each.connection is None else each.connection.address for each in hints}
    rows = PartnerConnection.objects.filter(
        authority=authority,
        channel=Channel.HUB,
        side=Side.CLIENT,
        is_active=True,
        paused_reason="",
        partner__state__in=("sandbox", "certified", "parallel", "live"),
    )
    seen: set[tuple[str, str]] = set()
    for row in rows.exclude(address="").select_related("partner").order_by("pk"):
        if (row.address, row.own_code) not in seen:
            seen.add((row.address, row.own_code))
            is_hinted = bool(hinted & {None, row.address}) and _may_hint(row, at)
            if is_hinted or row.cycle_due_at is None or row.cycle_due_at <= at:
                yield row


def _may_hint(row: PartnerConnection, at: datetime) -> bool:
    """Whether a hint may lead to a round: anybody can send hints, so not more often than every half minute."""
    return row.cycle_ended_at is None or row.cycle_ended_at <= at - HINTS_EVERY


def _leased(leader: PartnerConnection, at: datetime) -> uuid.UUID | None:
    """Take the lease of a round; ``None`` where another worker has it."""
    held = uuid.uuid4()
    free = Q(cycle_lease__isnull=True) | Q(cycle_lease_until__lt=at)
    rows = PartnerConnection.objects.filter(free, pk=leader.pk)
    return held if rows.update(cycle_lease=held, cycle_lease_until=at + LEASE) else None


def _round(leader: PartnerConnection, held: uuid.UUID, ways: Ways, at: datetime) -> None:
    """Do one round and give the lease back with what came of it."""
    client = ways.client(leader)
    members = tuple(
        PartnerConnection.objects.filter(
            authority=leader.authority,
            channel=Channel.HUB,
            side=Side.CLIENT,
            is_active=True,
            address=leader.address,
            own_code=leader.own_code,
        ).select_related("partner")
    )
    trouble = _collected(client, leader, ways, at) or _tracked(client, leader, members, ways, at)
    columns: dict[str, object] = {"cycle_result": "failed" if trouble else "done", "cycle_text": trouble}
    if not trouble and (leader.lists_refreshed_at is None or leader.lists_refreshed_at <= at - LISTS_EVERY):
        trouble = columns["cycle_text"] = _participants_noted(client, members, at)
        if not trouble:
            columns["lists_refreshed_at"] = at
    every = timedelta(seconds=float(leader.options.get("poll_seconds", INTERVAL.total_seconds())))
    rows = PartnerConnection.objects.filter(pk=leader.pk, cycle_lease=held)
    rows.update(cycle_lease=None, cycle_lease_until=None, cycle_due_at=at + every, cycle_ended_at=at, **columns)


def _collected(client: HubClient, leader: PartnerConnection, ways: Ways, at: datetime) -> str:
    """Bring in what waits; return what went wrong with the hub, "" when it answered."""
    headers = client.waiting()
    if not isinstance(headers, tuple):
        return _noted(leader, headers, at)
    with transaction.atomic():
        connection_reached(authority=leader.authority, connection_id=leader.pk, at=at)
    known = _known(leader, [header.delivery_number for header in headers])
    lost = 0
    for header in [each for each in headers if each.delivery_number not in known][:MOST_PULLED]:
        pulled = client.pull(header.delivery_number)
        lost = lost + 1 if isinstance(pulled, Failure) else 0
        if lost == MOST_LOST:
            return _words(pulled) if isinstance(pulled, Failure) else ""
        if isinstance(pulled, Pulled):
            _stored(pulled, header.delivery_number, leader, ways, at)
    return ""


def _known(leader: PartnerConnection, numbers: list[str]) -> frozenset[str]:
    """Return which of the hub's numbers are stored already; their acknowledgement is on its way."""
    rows = ReceivedMessage.objects.filter(
        authority=leader.authority,
        channel=Channel.HUB,
        connection__address=leader.address,
        connection__own_code=leader.own_code,
        message_key__in=numbers,
    )
    return frozenset(rows.values_list("message_key", flat=True))


def _stored(pulled: Pulled, number: str, leader: PartnerConnection, ways: Ways, at: datetime) -> None:
    """Store one envelope and judge it; whatever goes wrong, nothing is acknowledged that was not stored.

    What was stored and could not be judged yet is taken up again by the worker.
    """
    facts = {"header": asdict(pulled.header), "remote_number": number, "connection": leader.pk}
    try:
        kept = message_receive(
            authority=leader.authority, channel=Channel.HUB, raw=pulled.content, facts=facts, connection=leader, at=at
        )
        message_process(received_id=kept.pk, terms=ways.terms, at=at)
    except (ExchangeError, DatabaseError) as error:
        kind = type(error).__name__
        log.error("hub_envelope_not_taken", connection=leader.pk, kind=kind, where=where(error))  # noqa: TRY400  a traceback may print what came


def _tracked(
    client: HubClient, leader: PartnerConnection, members: Iterable[PartnerConnection], ways: Ways, at: datetime
) -> str:
    """Note what became of ours: all that is under delivery at once, the rest one by one."""
    under_way = client.under_delivery()
    if not isinstance(under_way, tuple):
        return _words(under_way)
    said = {each.delivery_number: each for each in under_way}
    rows = Envelope.objects.filter(
        authority=leader.authority,
        direction="out",
        state=DeliveryState.SENT,
        connection__in=[each.pk for each in members],
    ).exclude(remote_number="")
    waiting = rows.order_by(F("asked_at").asc(nulls_first=True), "pk").values_list("delivery_number", "remote_number")
    asked = 0
    for number, remote in waiting.iterator(chunk_size=1_000):
        header = said.get(remote)
        if header is None and asked < MOST_ASKED:
            asked += 1
            answer = client.tracking(remote)
            if isinstance(answer, Failure):
                return _words(answer)
            header = answer if isinstance(answer, EnvelopeHeader) else None
        if header is not None:
            _told(leader.authority, number, header, ways, at)
    return ""


def _told(authority: str, number: str, header: EnvelopeHeader, ways: Ways, at: datetime) -> None:
    word = tracking_word(header.tracking)
    if word is None:
        log.error("hub_word_unknown", delivery_number=number, word=header.tracking)
    elif word not in {TrackingInfo.PENDING_DELIVERY, TrackingInfo.ENVELOPE_NOT_EXISTS}:
        ways.outcome(authority=authority, delivery_number=number, word=word, text=header.error_message, at=at)


def _participants_noted(client: HubClient, members: Iterable[PartnerConnection], at: datetime) -> str:
    """Take over what each partner accepts; one that is no longer active accepts nothing."""
    found = participants_of(client)
    if not isinstance(found, dict):
        return _words(found)
    for each in members:
        there = found.get(each.connection_code, Participant(each.connection_code, frozenset()))
        if _accepted(each) != there.accepts:
            allowed_set(
                authority=each.authority,
                partner=each.partner.code,
                direction=Direction.OUT,
                pairs=there.accepts,
                origin=AllowedDocument.HUB,
                actor=SYSTEM,
                at=at,
            )
    return ""


def _accepted(connection: PartnerConnection) -> frozenset[tuple[str, str]]:
    rows = AllowedDocument.objects.filter(partner=connection.partner, direction=Direction.OUT, active=True)
    return frozenset(rows.values_list("type_code", "status_code"))


def _noted(leader: PartnerConnection, answer: Faulted | Failure, at: datetime) -> str:
    """Count the failure, and pause what no later round can mend."""
    words = _words(answer)
    reason = answer.pauses if isinstance(answer, Failure) else "not_known_there" if answer.is_unknown_caller else ""
    with transaction.atomic():
        connection_failed(authority=leader.authority, connection_id=leader.pk, at=at)
    if reason and reason != "forbidden":
        connection_pause(authority=leader.authority, connection_id=leader.pk, reason=reason, text=words, at=at)
    return words


def _words(answer: Faulted | Failure) -> str:
    return (answer.message if isinstance(answer, Faulted) else answer.text)[:1_000]
