"""Our own hub takes envelopes: from a participant for another one, or for the authority whose hub it is.

Source: `exchange.md` 2.4. What is wrong with a header is a normal answer, FailedDelivery with a text, and nothing waits
for anybody. What only reads comes before the transaction: who gets it, and what there is to say of the content where we
get it ourselves. Collecting and acknowledging are in `hub_collecting`.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction

from opensps.events.services import lock
from opensps.exchange.acknowledging import hub_tracking
from opensps.exchange.contracts.headers import EnvelopeHeader, Forwarding
from opensps.exchange.examining import MAX_FIELD
from opensps.exchange.hub_rules import Checked, Route, checked, header_objection, route_of, speaks_for
from opensps.exchange.models import Delivery, Direction, Envelope, PartnerConnection, Way
from opensps.exchange.queries.clients import is_served
from opensps.exchange.queries.hub_directory import participants
from opensps.exchange.queries.hub_store import WAITING, channel_rules, header_of
from opensps.exchange.queries.receiving import allowed_pairs
from opensps.exchange.services.acknowledging import content_keep, new_delivery_number
from opensps.exchange.services.examined_deliveries import Prepared, envelope_prepare
from opensps.exchange.services.receiving import envelope_take
from opensps.exchange.services.records import change_sequence_next
from opensps.exchange.terms import MAX_CONTENT_BYTES, ReceivingTerms
from opensps.exchange.training import passage_objection
from opensps.exchange.transports.transport import Channel, Kind
from opensps.lifecycle import AcknowledgementCode, DeliveryState, TrackingInfo

_TAKEN = (AcknowledgementCode.RECEIVED, AcknowledgementCode.RECEIVED_REMARKS)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Given:
    """One envelope a participant hands in."""

    authority: str
    caller: PartnerConnection
    header: EnvelopeHeader
    content: bytes
    read: Checked
    terms: ReceivingTerms
    at: datetime

    @property
    def sha256(self) -> str:
        """Digest of the content, hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class _Refusal:
    """Why an envelope is not taken."""

    target: PartnerConnection | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Way:
    """Who receives an envelope, as it was before the transaction."""

    receiver: PartnerConnection
    copies: tuple[tuple[str, PartnerConnection], ...]
    original: Prepared | None
    """Where the envelope is for the authority whose hub this is."""

    copy: Prepared | None
    """Where a copy of it is."""


def hub_deliver(
    *,
    authority: str,
    caller: PartnerConnection,
    header: EnvelopeHeader,
    content: bytes,
    validate: bool,
    terms: ReceivingTerms,
    at: datetime,
) -> EnvelopeHeader:
    """Take an envelope from a participant; return its header with number, word and text.

    `content` is decoded, b"" where there was none. FailedDelivery is a normal answer. An identical envelope that is
    still pending keeps its number.
    """
    is_large = len(content) > MAX_CONTENT_BYTES
    shown = b"" if is_large else content
    read = checked(shown, header=header, validate=validate, extra_countries=terms.extra_countries, at=at)
    given = _Given(
        authority=authority, caller=caller, header=_kept(header), content=content, read=read, terms=terms, at=at
    )
    way = _way(given)
    with transaction.atomic():
        # The same envelope twenty times at once: one is stored, the others wait here and find it.
        lock("hub", authority, caller.connection_code, header.to_code, header.number, given.sha256)
        return _delivered(given, way) if isinstance(way, _Way) else _refused(given, way)


def _kept(header: EnvelopeHeader) -> EnvelopeHeader:
    """Return a header as columns can hold it; a name that had to be cut is nobody's."""
    return replace(
        header,
        from_code=_plain(header.from_code),
        to_code=_plain(header.to_code),
        number=_plain(header.number),
        delivery_number="",
        tracking="",
        error_message="",
    )


def _plain(text: str) -> str:
    return "".join(sign if sign.isprintable() else " " for sign in text[:MAX_FIELD])


def _way(given: _Given) -> _Way | _Refusal:
    """Return who receives an envelope, or why nobody does; nothing is written."""
    target = _participant(given, given.header.to_code)
    objection = _sender_objection(given) or _addressee_objection(given, target) or _content_objection(given, target)
    if objection:
        return _Refusal(target, objection)
    route = _route(given, target)
    unknown = [one.code for one in given.header.forwardings if _participant(given, one.code) is None]
    if unknown:
        return _Refusal(target, f"Forwardings: channel {unknown[0]} is not known")
    if given.read.refusal:
        return _Refusal(target, given.read.refusal)
    return _open_way(given, route)


def _open_way(given: _Given, route: Route) -> _Way | _Refusal:
    code = route.delegate or given.header.to_code
    receiver = _participant(given, code)
    if receiver is None:
        return _Refusal(None, f"{code} receives for {given.header.to_code} and is not known here")
    is_ours = _is_ours(given, code)
    closed = "" if is_ours else _not_open(given, receiver)
    if closed:
        return _Refusal(receiver, closed)
    copies = tuple(_copy_receivers(given, route))
    gets_copy = any(_is_ours(given, one) for one, _ in copies)
    return _Way(
        receiver=receiver,
        copies=copies,
        original=_prepared(given, code, is_copy=False) if is_ours else None,
        copy=_prepared(given, given.caller.own_code, is_copy=True) if gets_copy else None,
    )


def _copy_receivers(given: _Given, route: Route) -> Iterator[tuple[str, PartnerConnection]]:
    for code in route.copies:
        receiver = _participant(given, code)
        if receiver is None or code == given.caller.connection_code:
            continue
        if _is_ours(given, code) or not _not_open(given, receiver):
            yield code, receiver


def _prepared(given: _Given, code: str, *, is_copy: bool) -> Prepared:
    """Look at what is for the authority whose hub this is."""
    return envelope_prepare(
        authority=given.authority,
        partner=given.caller.partner,
        connection=given.caller,
        channel=Channel.HUB,
        header=replace(given.header, to_code=code),
        content=given.content,
        is_copy=is_copy,
        terms=given.terms,
        at=given.at,
    )


def _participant(given: _Given, code: str) -> PartnerConnection | None:
    """Return the participant of a code; the caller's own connection stands for ourselves."""
    if code == given.caller.own_code:
        return given.caller
    return participants(given.authority).filter(connection_code=code).first() if code else None


def _is_ours(given: _Given, code: str) -> bool:
    return code == given.caller.own_code


def _sender_objection(given: _Given) -> str:
    code, caller = given.header.from_code, given.caller
    if code == caller.connection_code:
        return ""
    named = None if _is_ours(given, code) else _participant(given, code)
    if named is not None:
        rules = channel_rules(partner_id=named.partner_id, direction="OUT", at=given.at)
        if speaks_for(rules, given.header, caller_code=caller.connection_code):
            return ""
    return f"From is {code}, the caller is {caller.connection_code}"


def _addressee_objection(given: _Given, target: PartnerConnection | None) -> str:
    code = given.header.to_code
    if target is None or not is_served(target.partner):
        return f"To is {code}, which is not known here"
    is_ours = _is_ours(given, code)
    if not is_ours and target.direction == Direction.IN:
        return f"To is {code}, which receives nothing here"
    if given.read.is_response:
        return ""
    pairs = allowed_pairs(partner=target.partner, direction="in" if is_ours else "out", at=given.at)
    pair = (str(given.header.type_code), str(given.header.status_code))
    return "" if pair in pairs else f"{code} takes no type {pair[0]} with status {pair[1]}"


def _content_objection(given: _Given, target: PartnerConnection | None) -> str:
    limit = (target.limits or {}).get("content_bytes") if target is not None else None
    most = int(limit or MAX_CONTENT_BYTES)
    return header_objection(given.header, given.content, given.read, most_bytes=most)


def _route(given: _Given, target: PartnerConnection | None) -> Route:
    if target is None or _is_ours(given, given.header.to_code):
        incoming: Any = ()
    else:
        incoming = channel_rules(partner_id=target.partner_id, direction="INC", at=given.at)
    outgoing = channel_rules(partner_id=given.caller.partner_id, direction="OUT", at=given.at)
    countries = (_country(given.caller), "" if target is None else _country(target))
    return route_of(given.header, incoming=incoming, outgoing=outgoing, countries=countries)


def _country(connection: PartnerConnection) -> str:
    served = connection.partner.countries
    return str(served[0]) if len(served) == 1 else ""


def _delivered(given: _Given, way: _Way) -> EnvelopeHeader:
    if way.original is not None:
        answer, main = _to_us(given, way.original), None
    else:
        waiting = _still_pending(given, way.receiver)
        if waiting is not None:
            return header_of(waiting)
        main = _store(given, way.receiver, to_code=given.header.to_code)
        answer = header_of(main)
    copies = tuple(_copies(given, way, main))
    if main is not None and copies:
        main.forwardings = [{"code": one.code, "delivery_number": one.delivery_number} for one in copies]
        main.save(update_fields=["forwardings"])
    asked = {one.code for one in given.header.forwardings}
    return replace(answer, forwardings=tuple(one for one in copies if one.code in asked))


def _not_open(given: _Given, receiver: PartnerConnection) -> str:
    """Return why these do not exchange this yet; what is for us is judged where it is received."""
    numbers = given.read.numbers | {given.header.number}
    named = _participant(given, given.header.from_code)
    several = (given.caller, named) if named is not None else (given.caller,)
    said = (
        passage_objection(sender=one.partner.state, receiver=receiver.partner.state, numbers=numbers) for one in several
    )
    return next(filter(None, said), "")


def _to_us(given: _Given, prepared: Prepared) -> EnvelopeHeader:
    """Take what is for the authority whose hub this is; what was refused says so at once."""
    answer = envelope_take(prepared)
    is_taken = answer.result in _TAKEN
    return replace(
        given.header,
        delivery_number=answer.delivery_number,
        tracking=TrackingInfo.PENDING_DELIVERY if is_taken else hub_tracking(answer.result),
        error_message=answer.text,
    )


def _copies(given: _Given, way: _Way, main: Envelope | None) -> Iterator[Forwarding]:
    for code, receiver in way.copies:
        if way.copy is not None and _is_ours(given, code):
            yield Forwarding(code, _to_us(given, way.copy).delivery_number)
        else:
            yield Forwarding(code, _store(given, receiver, to_code=code, main=main).delivery_number)


def _same(given: _Given, receiver: PartnerConnection, to_code: str) -> Any:
    """Return the rows that hold the same envelope for the same receiver."""
    header = given.header
    return Envelope.objects.filter(
        authority=given.authority,
        direction=Way.THROUGH,
        partner_id=receiver.partner_id,
        from_code=header.from_code,
        to_code=to_code,
        number=header.number,
        type_code=str(header.type_code),
        status_code=str(header.status_code),
        sha256=given.sha256,
    ).order_by("pk")


def _still_pending(given: _Given, receiver: PartnerConnection) -> Envelope | None:
    rows = _same(given, receiver, given.header.to_code)
    found: Envelope | None = rows.filter(state__in=WAITING, forwarded_from__isnull=True).first()
    return found


def _store(given: _Given, receiver: PartnerConnection, *, to_code: str, main: Envelope | None = None) -> Envelope:
    """Let an envelope wait for its receiver, or be pushed to it."""
    is_pushed = receiver.delivery == Delivery.PUSH
    content = content_keep(authority=given.authority, data=given.content, at=given.at)
    return _row(
        given,
        receiver,
        to_code=to_code,
        content=content,
        state=DeliveryState.QUEUED if is_pushed else DeliveryState.WAITING,
        due_at=given.at if is_pushed else None,
        sent_at=None if is_pushed else given.at,
        tracking=TrackingInfo.PENDING_DELIVERY,
        tracking_text=given.read.warning,
        change_sequence=change_sequence_next(receiver.partner_id),
        forwarded_from=main,
    )


def _refused(given: _Given, refusal: _Refusal) -> EnvelopeHeader:
    """Keep that an envelope was refused, without its content, and answer so."""
    row = _row(
        given,
        refusal.target or given.caller,
        to_code=given.header.to_code,
        content=None,
        state=DeliveryState.REJECTED,
        tracking=TrackingInfo.FAILED_DELIVERY,
        tracking_text=refusal.text,
        final_at=given.at,
    )
    return header_of(row)


def _row(given: _Given, receiver: PartnerConnection, *, to_code: str, **columns: Any) -> Envelope:
    header, certificate = given.header, given.read.reading.certificate
    goods = certificate.consignment if certificate is not None else None
    return Envelope.objects.create(
        authority=given.authority,
        delivery_number=new_delivery_number(given.at),
        direction=Way.THROUGH,
        kind=Kind.RESPONSE if given.read.is_response else Kind.CERTIFICATE,
        partner_id=receiver.partner_id,
        sender_partner_id=given.caller.partner_id,
        connection=receiver,
        channel=Channel.HUB,
        from_code=header.from_code,
        to_code=to_code,
        number=header.number,
        type_code=str(header.type_code),
        status_code=str(header.status_code),
        export_country=(goods.export_country.code or "")[:2] if goods is not None else "",
        import_country=(goods.import_country.code or "")[:2] if goods is not None else "",
        sha256=given.sha256,
        size_bytes=len(given.content),
        queued_at=given.at,
        checked_at=given.at,
        changed_at=given.at,
        duplicate_of=_same(given, receiver, to_code).first(),
        in_reply_to=_answered(given) if given.read.is_response else None,
        **columns,
    )


def _answered(given: _Given) -> Envelope | None:
    """Return the envelope an answer of the importing country speaks of."""
    rows = Envelope.objects.filter(
        authority=given.authority,
        direction__in=(Way.OUT, Way.THROUGH),
        kind=Kind.CERTIFICATE,
        partner_id=given.caller.partner_id,
        number=given.header.number,
        from_code=given.header.to_code,
    )
    return rows.order_by("-pk").first()
