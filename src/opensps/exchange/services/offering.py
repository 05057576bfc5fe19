"""Pull channels: an envelope that may go waits to be collected, with its place in the partner's change sequence."""

from collections import defaultdict
from datetime import datetime

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Coalesce

from opensps.exchange.models import Delivery, Envelope, Partner
from opensps.exchange.queries.due import free_to_go
from opensps.exchange.services.moving import SYSTEM
from opensps.exchange.services.webhook_telling import envelopes_told
from opensps.lifecycle import DELIVERY, TRACKING, DeliveryEvent, DeliveryState, next_state

BATCH = 500


def envelopes_offer(*, authority: str, at: datetime, limit: int = BATCH) -> int:
    """Offer what is queued for pull channels; return how many. One short transaction for each partner."""
    rows = free_to_go(authority=authority, at=at).filter(state=DeliveryState.QUEUED, connection__delivery=Delivery.PULL)
    found: dict[int, list[int]] = defaultdict(list)
    for partner_id, pk in rows.order_by("-urgent", "due_at", "version", "pk").values_list("partner_id", "pk")[:limit]:
        found[partner_id].append(pk)
    return sum(_offered(partner_id, pks, at) for partner_id, pks in sorted(found.items()))


@transaction.atomic
def _offered(partner_id: int, pks: list[int], at: datetime) -> int:
    """Under the partner's row lock, so that a reader with a cursor misses nothing."""
    partner = Partner.objects.select_for_update(no_key=True).get(pk=partner_id)
    rows = Envelope.objects.select_for_update(of=("self",), no_key=True)
    still = {row.pk: row for row in rows.filter(pk__in=pks, state=DeliveryState.QUEUED)}
    offered = [still[pk] for pk in pks if pk in still]
    state = next_state(DELIVERY, DeliveryState.QUEUED, DeliveryEvent.OFFER, roles=SYSTEM)
    for row in offered:
        partner.change_sequence += 1
        row.change_sequence, row.state, row.tracking = partner.change_sequence, state.value, TRACKING[state].value
        row.sent_at = row.changed_at = at
    Envelope.objects.bulk_update(offered, ["change_sequence"])
    Envelope.objects.filter(pk__in=[row.pk for row in offered]).update(
        state=state,
        tracking=TRACKING[state],
        sent_at=at,
        changed_at=at,
        due_at=None,
        first_attempt_at=Coalesce("first_attempt_at", Value(at)),
    )
    partner.save(update_fields=["change_sequence"])
    envelopes_told(offered, at=at)
    return len(offered)
