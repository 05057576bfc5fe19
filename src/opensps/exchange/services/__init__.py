"""What writes exchange: partners' records, the outbox, deliveries and their acknowledgements."""

from opensps.exchange.services.agreements import Rule, allowed_set, channel_rules_set, mode_fall_back, mode_set
from opensps.exchange.services.connections import (
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
    place_of,
)
from opensps.exchange.services.partners import (
    Contact,
    contacts_set,
    partner_advance,
    partner_create,
    partner_profile_set,
    partner_stage_set,
)
from opensps.exchange.services.records import change_sequence_next

__all__ = [
    "MADE_HERE",
    "SECOND_WAYS",
    "Contact",
    "Rule",
    "allowed_set",
    "change_sequence_next",
    "channel_rules_set",
    "connection_failed",
    "connection_pause",
    "connection_reached",
    "connection_resume",
    "connection_set",
    "contacts_set",
    "credential_add",
    "credential_confirm",
    "credential_retire",
    "mode_fall_back",
    "mode_set",
    "partner_advance",
    "partner_create",
    "partner_profile_set",
    "partner_stage_set",
    "place_of",
]
