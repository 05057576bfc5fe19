"""Who takes part in our own hub, and what each of them accepts: profile, active participants, channels.

Source: `exchange.md` 1.3, 1.8 and 2.4. A participant is a connection of channel ``hub`` on which they call us; its
country is its connection code. The authority whose hub this is takes part under the code it has there.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from opensps.exchange.models import (
    AllowedDocument,
    ChannelRule,
    CredentialUse,
    Delivery,
    Direction,
    Partner,
    PartnerConnection,
    PartnerCredential,
    Side,
)
from opensps.exchange.queries.clients import in_use, is_served
from opensps.exchange.transports.transport import Channel

NONE = "NONE"

HubConnection = PartnerConnection
"""A participant's or a hub's connection, as faces hand it on without looking into it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """One pair of type and status a participant takes."""

    type_code: int
    status_code: int
    is_active: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One channel rule of a participant."""

    number: int
    is_active: bool
    rule_type: str
    type_code: int
    status_code: int
    country: str
    direction: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """One participant as the hub's directory shows it."""

    code: str
    """Connection code."""

    name: str
    receives: str
    """PULL, PUSH or NONE."""

    sends: str
    accepted: tuple[Accepted, ...] = ()
    rules: tuple[Rule, ...] = ()
    signer_certificate: str = ""
    """PEM of the key that signs its certificates, where one was given."""


def credential_holder(*, authority: str, fingerprint: str, at: datetime) -> PartnerCredential | None:
    """Return the client certificate of a partner with this SHA-256, with its partner; None for one not in use."""
    return _client_certificates(authority, fingerprint, at).select_related("partner").first()


def hub_caller(*, authority: str, fingerprint: str, at: datetime) -> PartnerConnection | None:
    """Return the participant whose client certificate has this SHA-256; None for strangers and suspended ones."""
    held = _client_certificates(authority, fingerprint, at).values_list("partner_id", "connection_id").first()
    if held is None:
        return None
    partner_id, connection_id = held
    own = participants(authority).filter(partner_id=partner_id)
    found = own.filter(pk=connection_id).first() if connection_id else own.first()
    return found if found is not None and is_served(found.partner) else None


def _client_certificates(authority: str, fingerprint: str, at: datetime) -> QuerySet[PartnerCredential]:
    rows = PartnerCredential.objects.filter(
        in_use(at), authority=authority, use=CredentialUse.CLIENT_TLS, is_ours=False, fingerprint=fingerprint
    )
    return rows.order_by("pk")


def participants(authority: str) -> QuerySet[PartnerConnection]:
    """Return the connections of our own hub, with their partners; of several of one partner the preferred first."""
    rows = PartnerConnection.objects.filter(
        authority=authority, channel=Channel.HUB, side=Side.HOST, is_active=True, paused_at__isnull=True
    )
    return rows.select_related("partner").order_by("connection_code", "rank", "pk")


def hub_profile(*, caller: PartnerConnection, at: datetime) -> Participant:
    """Return the caller's own profile."""
    return _participant(caller, at=at)


def hub_active(*, caller: PartnerConnection, at: datetime) -> tuple[Participant, ...]:
    """Return every participant in exchange, by code; the authority itself with what it takes from the caller."""
    others = (one for one in participants(caller.authority) if one.partner.is_exchanging)
    return (_ourselves(caller, at=at), *(_participant(one, at=at) for one in others))


def hub_channels(*, caller: PartnerConnection) -> tuple[Participant, ...]:
    """Return whom an envelope can be forwarded to: every other participant in exchange, and the authority itself."""
    others = participants(caller.authority).exclude(connection_code=caller.connection_code)
    named = [one for one in others if one.partner.is_exchanging]
    return (_bare_ourselves(caller), *(_bare(one) for one in named))


def _participant(one: PartnerConnection, *, at: datetime) -> Participant:
    bare = _bare(one)
    return Participant(
        code=bare.code,
        name=bare.name,
        receives=bare.receives,
        sends=bare.sends,
        accepted=_accepted(one.partner, "out", at=at),
        rules=_rules(one.partner, at=at),
        signer_certificate=_signer(one.partner, at=at),
    )


def _bare(one: PartnerConnection) -> Participant:
    takes = one.direction in {Direction.OUT, Direction.BOTH}
    gives = one.direction in {Direction.IN, Direction.BOTH}
    way = "PUSH" if one.delivery == Delivery.PUSH else "PULL"
    name = one.partner.name_en
    return Participant(
        code=one.connection_code, name=name, receives=way if takes else NONE, sends="PUSH" if gives else NONE
    )


def _bare_ourselves(caller: PartnerConnection) -> Participant:
    return Participant(code=caller.own_code, name=caller.own_code, receives="PULL", sends="PULL")


def _ourselves(caller: PartnerConnection, *, at: datetime) -> Participant:
    return Participant(
        code=caller.own_code,
        name=caller.own_code,
        receives="PULL",
        sends="PULL",
        accepted=_accepted(caller.partner, "in", at=at),
    )


def _valid(at: datetime) -> Q:
    return Q(valid_from__lte=at) & (Q(valid_to__isnull=True) | Q(valid_to__gt=at))


def _accepted(partner: Partner, direction: str, *, at: datetime) -> tuple[Accepted, ...]:
    """Return the pairs whose codes are numbers, as the wire has them."""
    rows = AllowedDocument.objects.filter(_valid(at), partner=partner, direction=direction)
    found = (
        Accepted(type_code=int(row.type_code), status_code=int(row.status_code), is_active=row.active)
        for row in rows
        if row.type_code.isdecimal() and row.status_code.isdecimal()
    )
    return tuple(sorted(found, key=lambda one: (one.type_code, one.status_code)))


def _rules(partner: Partner, *, at: datetime) -> tuple[Rule, ...]:
    rows = ChannelRule.objects.filter(_valid(at), partner=partner).order_by("number")
    return tuple(
        Rule(
            number=row.number,
            is_active=row.active,
            rule_type=row.rule_type,
            type_code=int(row.type_code) if row.type_code.isdecimal() else 0,
            status_code=int(row.status_code) if row.status_code.isdecimal() else 0,
            country=row.country,
            direction=row.direction,
        )
        for row in rows
    )


def _signer(partner: Partner, *, at: datetime) -> str:
    rows = PartnerCredential.objects.filter(
        in_use(at), partner=partner, use=CredentialUse.CERTIFICATE_SIGNER, is_ours=False
    )
    held = rows.order_by("-valid_from").first()
    return held.material if held is not None else ""
