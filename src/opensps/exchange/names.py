"""Kinds of object and acts of this room's events; permanent. Source: `architecture.md` 8."""

PARTNER, ENVELOPE = "partner", "envelope"
"""Kinds of object; the id of a partner is its code, that of an envelope its delivery number."""

PARTNER_CREATED = "partner.created"
PROFILE_SET = "partner.profile_set"
STAGE_SET = "partner.stage_set"
CONTACTS_SET = "partner.contacts_set"
CONNECTION_SET = "partner.connection_set"
CONNECTION_PAUSED = "partner.connection_paused"
CONNECTION_RESUMED = "partner.connection_resumed"
BREAKER_OPENED = "partner.breaker_opened"
BREAKER_CLOSED = "partner.breaker_closed"
CREDENTIAL_ADDED = "partner.credential_added"
CREDENTIAL_CONFIRMED = "partner.credential_confirmed"
CREDENTIAL_RETIRED = "partner.credential_retired"
KEY_EXPIRING = "partner.key_expiring"
DOCUMENTS_SET = "partner.documents_set"
CHANNEL_RULES_SET = "partner.channel_rules_set"
MODE_CHANGED = "partner.mode_changed"
CONNECTION_TRIED = "partner.connection_tried"
GOLDEN_TALK_ASKED = "partner.golden_talk_asked"
GOLDEN_TALK_STOPPED = "partner.golden_talk_stopped"
WEBHOOK_ADDED, WEBHOOK_TRIED = "partner.webhook_added", "partner.webhook_tried"
WEBHOOK_REPLAYED, WEBHOOK_SWITCHED = "partner.webhook_replayed", "partner.webhook_switched"
GOLDEN_RUN_KEPT = "partner.golden_run_kept"

ADVANCED = {
    "apply": PARTNER_CREATED,
    "fill_profile": "partner.profile_completed",
    "open_sandbox": "partner.sandbox_opened",
    "certify": "partner.certified",
    "start_parallel": "partner.parallel_started",
    "go_live": "partner.went_live",
    "suspend": "partner.suspended",
    "resume": "partner.resumed",
}
"""Act of onboarding -> name of its event."""

REVIVED, RETRIED, NOT_NEEDED = "envelope.revived", "envelope.retried", "envelope.not_needed"
FREED = "envelope.freed"
LATE, ALARMED = "envelope.late", "envelope.alarmed"

DELIVERED = {
    "received": "certificate.delivery_received",
    "received_remarks": "certificate.delivery_received_remarks",
    "unreadable": "certificate.delivery_unreadable",
    "rejected": "certificate.delivery_rejected",
    "expired": "certificate.delivery_expired",
    "dead": "certificate.delivery_failed",
    "blocked": "certificate.delivery_blocked",
    "not_needed": "certificate.delivery_not_needed",
    "late": "certificate.delivery_late",
}
"""State of a delivery, or LATE -> act on the history of the certificate, where its exporter sees it (G07)."""
