"""What has to be known before an envelope is taken: the sender's profile, and whether it came before."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q

from opensps.exchange.contracts.headers import EnvelopeHeader, Forwarding
from opensps.exchange.examining import SenderProfile
from opensps.exchange.models import AllowedDocument, Envelope, Partner, PartnerConnection, ReceivedMessage
from opensps.exchange.terms import MAX_CONTENT_BYTES
from opensps.exchange.training import is_not_open
from opensps.exchange.transports.transport import Kind
from opensps.lifecycle import ReceiptState

_REFUSED = (ReceiptState.UNREADABLE, ReceiptState.REJECTED, ReceiptState.QUARANTINED)


def connection_for(*, partner: Partner, channel: str, from_code: str) -> PartnerConnection | None:
    """Return the connection an envelope came over: of this channel, of this name if several."""
    rows = PartnerConnection.objects.filter(partner=partner, channel=channel, is_active=True).order_by("rank", "pk")
    several = list(rows)
    return next((one for one in several if one.connection_code == from_code), several[0] if several else None)


def allowed_pairs(*, partner: Partner, direction: str, at: datetime) -> frozenset[tuple[str, str]]:
    """Return the pairs of type and status that may go in a direction at a moment."""
    valid = Q(valid_from__lte=at) & (Q(valid_to__isnull=True) | Q(valid_to__gt=at))
    rows = AllowedDocument.objects.filter(valid, partner=partner, direction=direction, active=True)
    return frozenset(rows.values_list("type_code", "status_code"))


def sender_profile(*, partner: Partner, connection: PartnerConnection | None, at: datetime) -> SenderProfile:
    """Return what was agreed with a partner about what they send."""
    codes = PartnerConnection.objects.filter(partner=partner).values_list("own_code", flat=True)
    allowed = allowed_pairs(partner=partner, direction="in", at=at)
    limit = (connection.limits or {}).get("content_bytes") if connection is not None else None
    return SenderProfile(
        countries=frozenset(partner.countries),
        our_codes=frozenset(filter(None, codes)),
        requires_signature=partner.requires_signature,
        signature_variant=partner.signature_variant,
        allowed=allowed or None,
        is_exchanging=not is_not_open(partner.state),
        max_bytes=int(limit or MAX_CONTENT_BYTES),
    )


def earlier_delivery(
    *,
    partner: Partner,
    connection: PartnerConnection | None,
    channel: str,
    header: EnvelopeHeader,
    remote_number: str,
    sha256: str,
) -> Envelope | None:
    """Return the envelope this delivery already made: by the number the other side gave, else by its content."""
    rows = Envelope.objects.filter(authority=partner.authority, direction="in", partner=partner)
    if remote_number:
        where = Q(connection=connection) if connection is not None else Q(connection__isnull=True, channel=channel)
        return rows.filter(where, remote_number=remote_number).first()
    return rows.filter(
        connection=connection,
        channel=channel,
        from_code=header.from_code,
        to_code=header.to_code,
        number=header.number,
        type_code=str(header.type_code),
        status_code=str(header.status_code),
        sha256=sha256,
    ).first()


def same_content(*, partner: Partner, header: EnvelopeHeader, digest: str, is_refused: bool) -> Envelope | None:
    """Return the first envelope that said the same thing, over whatever channel; refused ones say nothing."""
    if is_refused:
        return None
    rows = Envelope.objects.filter(
        authority=partner.authority,
        direction="in",
        kind__in=[Kind.CERTIFICATE, Kind.RESPONSE],
        partner=partner,
        number=header.number,
        type_code=str(header.type_code),
        status_code=str(header.status_code),
        content_digest=digest,
        duplicate_of__isnull=True,
    )
    return rows.exclude(state__in=_REFUSED).order_by("pk").first()


def header_facts(header: EnvelopeHeader) -> dict[str, Any]:
    """Return a header as it is kept beside a raw message."""
    return {
        "from_code": header.from_code,
        "to_code": header.to_code,
        "type_code": header.type_code,
        "status_code": header.status_code,
        "number": header.number,
        "delivery_number": header.delivery_number,
        "forwardings": [one.code for one in header.forwardings],
    }


def header_of(facts: Mapping[str, Any]) -> EnvelopeHeader:
    """Return the header that is kept beside a raw message; what it lacks is empty."""
    said = facts.get("header") or {}
    return EnvelopeHeader(
        from_code=str(said.get("from_code", "")),
        to_code=str(said.get("to_code", "")),
        type_code=int(said.get("type_code") or 0),
        status_code=int(said.get("status_code") or 0),
        number=str(said.get("number", "")),
        delivery_number=str(said.get("delivery_number", "")),
        forwardings=tuple(Forwarding(str(code)) for code in said.get("forwardings", ())),
    )


def hub_partner(*, authority: str, beside: PartnerConnection | None, from_code: str) -> PartnerConnection | None:
    """Return the connection of the partner a hub calls so: at the same address as the one that collected it."""
    if beside is None or not from_code:
        return None
    rows = PartnerConnection.objects.filter(
        authority=authority, channel=beside.channel, address=beside.address, connection_code=from_code
    )
    return rows.select_related("partner").order_by("-is_active", "pk").first()


def stored_numbers(*, authority: str, channel: str, address: str, numbers: Collection[str]) -> frozenset[str]:
    """Return which of these delivery numbers of a hub have been stored, whatever was made of them."""
    rows = ReceivedMessage.objects.filter(authority=authority, channel=channel, message_key__in=set(numbers))
    return frozenset(rows.filter(connection__address=address).values_list("message_key", flat=True))
