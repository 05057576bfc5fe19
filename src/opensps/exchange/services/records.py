"""What every change of a partner's record does: lock the partner, ask who may, write row and event together."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from opensps.accounts.queries import Actor
from opensps.events.services import event_write
from opensps.exchange.errors import PartnerNotFound
from opensps.exchange.models import Partner
from opensps.exchange.names import PARTNER
from opensps.exchange.permissions import partner_role


def locked_partner(*, authority: str, code: str) -> Partner:
    """Return the partner, locked: of two changes of its records at once the second sees the first.

    Locks of this room leave the key free, so that envelopes of the partner can be written meanwhile.
    """
    found = Partner.objects.select_for_update(no_key=True).filter(authority=authority, code=code).first()
    if found is None:
        raise PartnerNotFound(code)
    return found


def partner_event(
    partner: Partner,
    act: str,
    *,
    actor: Actor,
    at: datetime,
    before: str | None = None,
    reason_code: str = "",
    payload: Mapping[str, Any] | None = None,
) -> None:
    """Write one event about a partner; `before` is the state it left, by default the one it is in."""
    event_write(
        authority=partner.authority,
        object_kind=PARTNER,
        object_id=partner.code,
        act=act,
        from_state=partner.state if before is None else before,
        to_state=partner.state,
        actor=actor.id,
        role=partner_role(actor, authority=partner.authority),
        at=at,
        reason_code=reason_code,
        payload=payload,
    )


def changing(*, authority: str, code: str, actor: Actor) -> Partner:
    """Return the locked partner for somebody who may change it; raises `NotAllowed` before anything is read."""
    partner_role(actor, authority=authority)
    return locked_partner(authority=authority, code=code)


def change_sequence_next(partner_id: int) -> int:
    """Return the next change sequence of a partner, under its row lock until the transaction ends.

    Whoever reads with a cursor therefore never sees a later number before an earlier one has committed.
    """
    partner = Partner.objects.select_for_update(no_key=True).only("id", "change_sequence").get(pk=partner_id)
    partner.change_sequence += 1
    partner.save(update_fields=["change_sequence"])
    return partner.change_sequence
