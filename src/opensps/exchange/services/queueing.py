"""Rows of the outbox from events of certificates: to whom, in which version, with which bytes (`exchange.md` 8.2, 8.3).

Versions are counted from the certificate's own events, so they are the same for every partner and on every repeat.
"""

import hashlib
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from opensps import formats
from opensps.certification.names import CERTIFICATE
from opensps.certification.queries import Sealed, sealed_by_numbers
from opensps.events.queries import EventView, due_event_ids, events_of_objects
from opensps.exchange.delivery_numbers import RANDOM_BYTES, delivery_number
from opensps.exchange.models import ChannelRule, Content, Envelope, Partner, PartnerConnection
from opensps.exchange.outgoing import OWN_CHANNELS, URGENT, ModeRow, Plan, mode_at, plan_for, with_status
from opensps.exchange.schedule import URGENT_LONGEST
from opensps.exchange.services.moving import told
from opensps.exchange.transports.transport import Kind
from opensps.lifecycle import DELIVERY, HOLDING_BACK, DeliveryEvent, DeliveryState, OnboardingState, Role, next_state

_SYSTEM = frozenset({Role.SYSTEM})
_CONSUMER = "exchange"
_ISSUED = f"{CERTIFICATE}.issued"
_SOON = {DeliveryState.QUEUED: timedelta(0), DeliveryState.RETRYING: URGENT_LONGEST}
"""Longest that what stands before a withdrawal still waits for its next try."""

_SERVED = (OnboardingState.PARALLEL, OnboardingState.LIVE, OnboardingState.SUSPENDED)


@dataclass(frozen=True, slots=True)
class _Change:
    """One change of one certificate."""

    event: EventView
    certificate: Sealed
    version: int

    @property
    def is_first(self) -> bool:
        """Whether it is the issue."""
        return self.event.act == _ISSUED


@dataclass(frozen=True, slots=True)
class _Chosen:
    """What one partner gets of one change."""

    change: _Change
    partner: Partner
    plan: Plan
    connection: PartnerConnection | None
    mode: str
    data: bytes

    @property
    def blocked(self) -> str:
        """Why it cannot go now, empty when it can."""
        if self.partner.state == OnboardingState.SUSPENDED:
            return "partner_suspended"
        return self.plan.blocked or ("" if self.connection is not None else "no_channel")


def envelopes_for_event(event: EventView) -> tuple[str, ...]:
    """Queue what one event means to partners, in the caller's transaction; return the delivery numbers."""
    return envelopes_for_events((event,))


def envelopes_for_events(events: Sequence[EventView]) -> tuple[str, ...]:
    """Queue what changes of certificates of one authority mean to partners; return the delivery numbers.

    Earlier changes of the same certificates that still wait for this consumer go first. A repeat queues nothing.
    """
    if not events:
        return ()
    authority = events[0].authority
    partners = partners_served(authority)
    if not partners:
        return ()
    changes = _changes(authority, events)
    known = set(
        Envelope.objects.filter(
            authority=authority, direction="out", event_id__in=[change.event.id for change in changes]
        ).values_list("partner_id", "event_id")
    )
    chosen = [
        each
        for change in changes
        for each in _chosen(change, partners)
        if (each.partner.pk, change.event.id) not in known
    ]
    return _written(authority, chosen)


def partners_served(authority: str) -> tuple[Partner, ...]:
    """Return the partners certificates go to, with all that was agreed with them. Five queries."""
    rows = Partner.objects.filter(authority=authority, state__in=_SERVED).order_by("code")
    return tuple(rows.prefetch_related("connections", "modes", "allowed_documents", "channel_rules"))


def _changes(authority: str, events: Sequence[EventView]) -> tuple[_Change, ...]:
    """Return these changes, and before them those of the same certificates whose due row was not taken yet."""
    certificates = sealed_by_numbers(authority=authority, numbers=[event.object_id for event in events])
    later = {event.object_id for event in events if event.act != _ISSUED}
    history = events_of_objects(authority=authority, object_kind=CERTIFICATE, object_ids=later) if later else {}
    steps = {number: tuple(filter(_moves, told)) for number, told in history.items()}
    waiting = due_event_ids(
        authority=authority, consumer=_CONSUMER, among=[step.id for told in steps.values() for step in told]
    )
    found: dict[object, _Change] = {}
    for event in events:
        certificate = certificates[event.object_id]
        for version, step in enumerate(steps.get(event.object_id, (event,)), start=1):
            if (step.seq < event.seq and step.id in waiting) or step.id == event.id:
                found.setdefault(step.id, _Change(step, certificate, version))
    return tuple(found.values())


def _moves(event: EventView) -> bool:
    return event.act == _ISSUED or event.from_state != event.to_state


def _chosen(change: _Change, partners: Iterable[Partner]) -> Iterator[_Chosen]:
    certificate, at = change.certificate, change.event.at
    transit = _Transit(certificate)
    for partner in partners:
        mode = _mode_of(partner, certificate, at)
        if mode is None or mode.mode == "paper":
            continue
        is_theirs = certificate.import_country in partner.countries
        if not is_theirs and not (mode.includes_transit and transit.countries & set(partner.countries)):
            continue
        plan = plan_for(
            state=change.event.to_state,
            is_first=change.is_first,
            type_code=certificate.type_code,
            allowed=_allowed(partner),
        )
        if plan is None or (plan.own_channels_only and not partner.forwards_holds):
            continue
        connection = connection_for(partner, own_channels_only=plan.own_channels_only)
        if connection is None and plan.own_channels_only:
            continue
        yield _Chosen(change, partner, plan, connection, mode.mode, with_status(certificate.xml, plan.status_code))


class _Transit:
    """The transit countries of a certificate, read from its bytes only if somebody asks."""

    def __init__(self, certificate: Sealed) -> None:
        self.certificate = certificate
        self._countries: frozenset[str] | None = None

    @property
    def countries(self) -> frozenset[str]:
        """ISO 3166-1 alpha-2."""
        if self._countries is None:
            value = formats.read_certificate(self.certificate.xml).certificate
            areas = value.consignment.transit_countries if value else ()
            self._countries = frozenset(str(area.code) for area in areas if area.code)
        return self._countries


def _mode_of(partner: Partner, certificate: Sealed, at: datetime) -> ModeRow | None:
    rows = (
        ModeRow(row.type_code, row.mode, row.includes_transit, row.valid_from, row.valid_to)
        for row in partner.modes.all()
        if row.direction == "out"
    )
    return mode_at(rows, type_code=certificate.type_code, at=at)


def _allowed(partner: Partner) -> frozenset[tuple[str, str]]:
    rows = partner.allowed_documents.all()
    return frozenset((row.type_code, row.status_code) for row in rows if row.direction == "out" and row.active)


def connection_for(partner: Partner, *, own_channels_only: bool = False) -> PartnerConnection | None:
    """Return the connection envelopes of ours take: active, outward, the lowest rank; ``None`` when there is none."""
    found = [
        row
        for row in partner.connections.all()
        if row.is_active and row.direction in ("out", "both") and (not own_channels_only or row.channel in OWN_CHANNELS)
    ]
    return min(found, key=lambda row: (row.rank, row.pk), default=None)


def _recipient(chosen: _Chosen) -> tuple[str, list[dict[str, str]]]:
    """Return the connection code that receives, and who gets copies, by the partner's channel rules."""
    if chosen.connection is None:
        return chosen.partner.code, []
    certificate = chosen.change.certificate
    rules = [
        rule
        for rule in chosen.partner.channel_rules.all()
        if rule.direction == "INC" and _matches(rule, certificate, chosen.plan.status_code)
    ]
    delegates = [rule.target for rule in rules if rule.rule_type == ChannelRule.DELEGATE]
    copies = [{"code": rule.target} for rule in rules if rule.rule_type == ChannelRule.FORWARD]
    return (delegates[0] if delegates else chosen.connection.connection_code), copies


def _matches(rule: ChannelRule, certificate: Sealed, status_code: str) -> bool:
    return (
        rule.active
        and rule.type_code in ("0", "", certificate.type_code)
        and rule.status_code in ("0", "", status_code)
        and rule.country in ("", certificate.export_country)
    )


def _written(authority: str, chosen: Sequence[_Chosen]) -> tuple[str, ...]:
    if not chosen:
        return ()
    contents = contents_keep(
        authority=authority, datas=[each.data for each in chosen], at=max(each.change.event.at for each in chosen)
    )
    rows = [_row(authority, each, contents[hashlib.sha256(each.data).hexdigest()]) for each in chosen]
    Envelope.objects.bulk_create(rows)
    _hurry(rows)
    for row in rows:
        if row.state == DeliveryState.BLOCKED:
            told(row, row.state, at=row.queued_at, text=row.blocked_reason)
    return tuple(row.delivery_number for row in rows)


def _hurry(rows: Sequence[Envelope]) -> None:
    """Let what stands before a withdrawal go first too: an earlier change of the same certificate holds it back."""
    for row in rows:
        if row.urgent:
            earlier = Envelope.objects.filter(authority=row.authority, partner_id=row.partner_id, number=row.number)
            earlier = earlier.filter(direction="out", kind=Kind.CERTIFICATE, golden_run="", version__lt=row.version)
            earlier.filter(state__in=HOLDING_BACK, urgent=False).update(urgent=True)
            for state, soonest in _SOON.items():
                due = row.queued_at + soonest
                earlier.filter(state=state, due_at__gt=due).update(due_at=due)


def contents_keep(*, authority: str, datas: Iterable[bytes], at: datetime) -> Mapping[str, Content]:
    """Store bytes once by their digest; return digest -> row, without the bytes. Two queries."""
    by_digest = {hashlib.sha256(data).hexdigest(): data for data in datas}
    Content.objects.bulk_create(
        (
            Content(authority=authority, sha256=digest, data=data, size_bytes=len(data), stored_at=at)
            for digest, data in sorted(by_digest.items())
        ),
        ignore_conflicts=True,
    )
    rows = Content.objects.filter(authority=authority, sha256__in=by_digest).defer("data")
    return {row.sha256: row for row in rows}


def _row(authority: str, chosen: _Chosen, content: Content) -> Envelope:
    certificate, event = chosen.change.certificate, chosen.change.event
    state = next_state(DELIVERY, None, DeliveryEvent.QUEUE, roles=_SYSTEM)
    if chosen.blocked:
        state = next_state(DELIVERY, state, DeliveryEvent.BLOCK, roles=_SYSTEM)
    to_code, copies = _recipient(chosen)
    return Envelope(
        authority=authority,
        delivery_number=delivery_number(at=event.at, random=secrets.token_bytes(RANDOM_BYTES)),
        direction="out",
        kind=Kind.CERTIFICATE.value,
        partner=chosen.partner,
        connection=chosen.connection,
        channel=chosen.connection.channel if chosen.connection else "",
        from_code=chosen.connection.own_code if chosen.connection else authority,
        to_code=to_code,
        number=certificate.number,
        type_code=certificate.type_code,
        status_code=chosen.plan.status_code,
        version=chosen.change.version,
        certificate_state=event.to_state,
        issued_at=certificate.issued_at,
        export_country=certificate.export_country,
        import_country=certificate.import_country,
        sha256=content.sha256,
        size_bytes=content.size_bytes,
        content=content,
        state=state.value,
        blocked_reason=chosen.blocked,
        mode=chosen.mode,
        urgent=event.to_state in URGENT,
        queued_at=event.at,
        due_at=None if state is DeliveryState.BLOCKED else event.at,
        changed_at=event.at,
        forwardings=copies,
        event_id=event.id,
    )
