"""Triggers by which the database itself keeps what was exchanged (`exchange.md` 7.1, 8.3).

Refused: removal of envelopes, contents, attempts and received messages; any change of who sent what to whom under
which number; bytes that change instead of being removed; an attempt that is told otherwise once it ended; a final word
that becomes another; a partner whose change sequence steps back. Only hints may go: pushes without a proof, by which
nothing was believed.
"""

from opensps.certification.immutable import Kept
from opensps.certification.immutable import install_triggers as install
from opensps.certification.immutable import missing_triggers as missing

KEPT = (
    Kept(
        "exchange_content",
        ("authority", "sha256", "size_bytes", "stored_at"),
        "NEW.data IS NOT NULL AND (OLD.data IS NULL OR OLD.data <> NEW.data)",
    ),
    Kept(
        "exchange_envelope",
        (
            *("authority", "delivery_number", "direction", "kind", "partner_id", "sender_partner_id", "from_code"),
            *("number", "type_code", "version", "sha256", "size_bytes", "queued_at", "event_id", "in_reply_to_id"),
            "forwarded_from_id",
        ),
        "OLD.direction <> 'in' AND OLD.state IN ('received', 'received_remarks', 'not_needed')"
        " AND NEW.state <> OLD.state"
        " OR NEW.content_id IS NOT NULL AND NEW.content_id <> OLD.content_id"
        " OR NEW.change_sequence < OLD.change_sequence",
    ),
    Kept(
        "exchange_attempt",
        ("authority", "envelope_id", "ordinal", "kind", "channel", "address", "started_at", "trace"),
        "OLD.ended_at IS NOT NULL AND (NEW.ended_at IS NULL OR OLD.ended_at <> NEW.ended_at"
        " OR OLD.result <> NEW.result OR OLD.code <> NEW.code OR OLD.text <> NEW.text"
        " OR OLD.remote_number <> NEW.remote_number)",
    ),
    Kept(
        "exchange_receivedmessage",
        ("authority", "channel", "sha256", "size_bytes", "peer", "message_key", "facts", "received_at"),
        "NEW.raw IS NOT NULL AND (OLD.raw IS NULL OR OLD.raw <> NEW.raw)",
        but="OLD.channel = 'hub' AND OLD.decision IN ('hint', 'ignored') AND OLD.envelope_id IS NULL",
    ),
    Kept("exchange_partner", ("authority", "code", "created_at"), "NEW.change_sequence < OLD.change_sequence"),
    Kept(
        "exchange_partnercredential",
        ("authority", "partner_id", "official_id", "use", "is_ours", "fingerprint", "added_by", "added_at"),
        "OLD.status = 'retired' AND NEW.status <> OLD.status",
    ),
    Kept(
        "exchange_agreementstage",
        ("authority", "partner_id", "stage", "since", "types", "note", "recorded_by", "recorded_at"),
    ),
    Kept(
        "exchange_webhookattempt",
        ("authority", "message_id", "ordinal", "started_at", "ended_at", "result", "code", "text"),
    ),
)


def install_triggers(using: str = "default") -> None:
    """Install the triggers anew on every kept table that exists."""
    install(using, tables=KEPT)


def missing_triggers(using: str = "default") -> tuple[str, ...]:
    """Return the names of triggers that should be there and are not; the doctor asks."""
    return missing(using, tables=KEPT)
