"""What our border decided about goods under a partner's certificate, told to the partner over its own channel.

Source: `lifecycles.md` 2 (outcomes of a presentation travel in an SPSAcknowledgement), `exchange.md` 1.2 and 0. It goes
back the way the certificate came, where that way leads out, else over the partner's first channel. One answer an event.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from opensps.certificate import Acknowledgement, Code, OfficialTime, ReferencedDocument, Text
from opensps.exchange.models import Envelope, IncomingCertificate, PartnerConnection, Way
from opensps.exchange.services.acknowledging import content_keep, new_delivery_number
from opensps.exchange.services.queueing import connection_for
from opensps.exchange.transports.transport import Kind
from opensps.formats import write_acknowledgement
from opensps.lifecycle import DELIVERY, DeliveryEvent, DeliveryState, Role, next_state

STATUS: Mapping[str, str] = {"accept": "39", "reject": "41", "hold": "42", "accept_partly": "122"}
"""Act of our border -> UNCL 4405 of the answer."""

CORRECTED = "correct_outcome"
_SYSTEM = frozenset({Role.SYSTEM})


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What was decided, as its event tells it."""

    authority: str
    event_id: uuid.UUID
    issuer: str
    """Code of the partner whose certificate it is."""

    number: str
    act: str
    place: str
    reason_code: str
    measure: str
    quantities: tuple[str, ...]
    """Line, change of what is accepted, unit: in words for the reason."""

    at: datetime


@transaction.atomic
def answer_queue(decided: Decided) -> Envelope | None:
    """Put the answer into the outbox; None where there is nothing to tell, nobody to tell it to, or it stands there."""
    row = _certificate(decided)
    if row is None or row.envelope is None:
        return None
    rows = Envelope.objects.filter(authority=decided.authority, event_id=decided.event_id, kind=Kind.RESPONSE)
    if decided.act not in {*STATUS, CORRECTED} or rows.exists():
        return None
    return _queued(decided, row, row.envelope)


def _certificate(decided: Decided) -> IncomingCertificate | None:
    rows = IncomingCertificate.objects.select_related("partner", "envelope__connection")
    return rows.filter(authority=decided.authority, partner__code=decided.issuer, number=decided.number).first()


def _queued(decided: Decided, row: IncomingCertificate, came: Envelope) -> Envelope:
    connection = _way_back(row, came)
    state = next_state(DELIVERY, None, DeliveryEvent.QUEUE, roles=_SYSTEM)
    if connection is None:
        state = next_state(DELIVERY, state, DeliveryEvent.BLOCK, roles=_SYSTEM)
    status = STATUS.get(decided.act, STATUS["accept_partly"])
    content = content_keep(authority=decided.authority, data=_document(decided, row, status), at=decided.at)
    return Envelope.objects.create(
        authority=decided.authority,
        delivery_number=new_delivery_number(decided.at),
        direction=Way.OUT,
        kind=Kind.RESPONSE,
        partner=row.partner,
        connection=connection,
        channel=connection.channel if connection is not None else "",
        from_code=connection.own_code if connection is not None else decided.authority,
        to_code=connection.connection_code if connection is not None else row.partner.code,
        number=row.number,
        type_code=row.type_code,
        status_code=status,
        sha256=content.sha256,
        size_bytes=content.size_bytes,
        content=content,
        state=state.value,
        blocked_reason="" if connection is not None else "no_channel",
        queued_at=decided.at,
        due_at=None if state is DeliveryState.BLOCKED else decided.at,
        changed_at=decided.at,
        in_reply_to=came,
        event_id=decided.event_id,
    )


def _way_back(row: IncomingCertificate, came: Envelope) -> PartnerConnection | None:
    """Return the connection the certificate came by, if it is open outwards, else the partner's first."""
    same = came.connection
    if same is not None and same.is_active and same.direction in {"out", "both"}:
        return same
    return connection_for(row.partner)


def _document(decided: Decided, row: IncomingCertificate, status: str) -> bytes:
    answered = ReferencedDocument(
        relationship=Code("CAW", "un_1153"),
        id=row.number,
        type_code=Code(row.type_code, "un_1001") if row.type_code else None,
    )
    said = (decided.act.upper(), decided.place, decided.reason_code, decided.measure, *decided.quantities)
    return write_acknowledgement(
        Acknowledgement(
            status_code=status,
            issued=OfficialTime.moment(decided.at, offset_minutes=0),
            reasons=(Text("; ".join(filter(None, said)), "en"),),
            references=(answered,),
        )
    )
