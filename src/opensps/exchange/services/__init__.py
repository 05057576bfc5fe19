"""What writes exchange: partners' records, the outbox, deliveries and their acknowledgements."""

from opensps.exchange.services.acknowledging import acknowledgement_apply
from opensps.exchange.services.agreements import Rule, allowed_set, channel_rules_set, mode_fall_back, mode_set
from opensps.exchange.services.checking import envelopes_check
from opensps.exchange.services.clocks import ClockReport, clocks_run, contents_purge
from opensps.exchange.services.connections import (
    breaker_open,
    connection_doubted,
    connection_failed,
    connection_pause,
    connection_reached,
    connection_resume,
    connection_set,
)
from opensps.exchange.services.credentials import (
    MADE_HERE,
    SECOND_WAYS,
    credential_add,
    credential_confirm,
    credential_retire,
)
from opensps.exchange.services.deciding import (
    envelope_free,
    envelope_not_needed,
    envelope_retry_now,
    envelope_revive,
    envelopes_free,
    envelopes_revive,
)
from opensps.exchange.services.delivering import Deliverer, DeliveryReport, deliver_due
from opensps.exchange.services.golden import envelopes_queue_golden, golden_next
from opensps.exchange.services.incoming import incoming_decide
from opensps.exchange.services.messages import (
    message_process,
    message_receive,
    message_reject,
    message_release,
    messages_process_due,
    messages_purge,
)
from opensps.exchange.services.offering import envelopes_offer
from opensps.exchange.services.outbounds import Papers
from opensps.exchange.services.outcomes import (
    Outcome,
    envelope_failed,
    envelope_noted,
    envelope_outcome,
    envelopes_fetched,
)
from opensps.exchange.services.partners import (
    Contact,
    contacts_set,
    partner_advance,
    partner_create,
    partner_profile_set,
)
from opensps.exchange.services.queueing import contents_keep, envelopes_for_event, envelopes_for_events
from opensps.exchange.services.receiving import ReceiptAnswer, envelope_receive
from opensps.exchange.services.records import change_sequence_next
from opensps.exchange.services.stages import partner_stage_set

__all__ = [
    "MADE_HERE",
    "SECOND_WAYS",
    "ClockReport",
    "Contact",
    "Deliverer",
    "DeliveryReport",
    "Outcome",
    "Papers",
    "ReceiptAnswer",
    "Rule",
    "acknowledgement_apply",
    "allowed_set",
    "breaker_open",
    "change_sequence_next",
    "channel_rules_set",
    "clocks_run",
    "connection_doubted",
    "connection_failed",
    "connection_pause",
    "connection_reached",
    "connection_resume",
    "connection_set",
    "contacts_set",
    "contents_keep",
    "contents_purge",
    "credential_add",
    "credential_confirm",
    "credential_retire",
    "deliver_due",
    "envelope_failed",
    "envelope_free",
    "envelope_not_needed",
    "envelope_noted",
    "envelope_outcome",
    "envelope_receive",
    "envelope_retry_now",
    "envelope_revive",
    "envelopes_check",
    "envelopes_fetched",
    "envelopes_for_event",
    "envelopes_for_events",
    "envelopes_free",
    "envelopes_offer",
    "envelopes_queue_golden",
    "envelopes_revive",
    "golden_next",
    "incoming_decide",
    "message_process",
    "message_receive",
    "message_reject",
    "message_release",
    "messages_process_due",
    "messages_purge",
    "mode_fall_back",
    "mode_set",
    "partner_advance",
    "partner_create",
    "partner_profile_set",
    "partner_stage_set",
]
