"""Triggers by which the database keeps what was presented, asked and said (`lifecycles.md` I31, I40)."""

from opensps.certification.immutable import Kept
from opensps.certification.immutable import install_triggers as install
from opensps.certification.immutable import missing_triggers as missing

KEPT = (
    Kept(
        "border_verdictrecord",
        (
            *("id", "authority", "at", "door", "issuer", "number", "checker", "organisation", "country", "office"),
            *("reference", "result", "verdict_class", "kind", "reasons", "checks", "fields", "compared_with", "said"),
            *("previous", "batch", "statement", "digest"),
        ),
    ),
    Kept(
        "border_presentation",
        (
            *("authority", "presenter", "request_id", "digest", "number", "location", "presented_at", "result"),
            *("verdict", "check_number", "presentation_number", "channel", "country", "person", "issuer", "copy"),
            *("verdict_class", "verdict_kind", "reasons", "alerts", "is_known", "goods", "continues_id"),
        ),
        "OLD.state IN ('accepted', 'accepted_partly', 'rejected', 'annulled') AND NEW.state <> OLD.state",
    ),
    Kept("border_presentationline", ("authority", "presentation_id", "line", "unit", "claimed")),
    Kept(
        "border_presentationentry",
        (
            *("authority", "presentation_id", "sequence", "act", "state", "at", "actor", "party", "reason_code"),
            *("measure", "moved", "report_number"),
        ),
    ),
    Kept("border_linebalance", ("authority", "issuer", "number", "line", "unit", "issued")),
    Kept(
        "border_sourcedraw",
        (
            *("authority", "reference", "line", "issuer", "number", "source_line", "unit", "from_accepted"),
            *("from_left", "at"),
        ),
        "OLD.state <> 'reserved' AND NEW.state <> OLD.state",
    ),
    Kept("border_watchtable", ("authority", "name", "as_of", "source", "loaded_at", "loaded_by", "row_count")),
    Kept("border_watchrow", ("authority", "table_id", "key", '"values"')),
    Kept(
        "border_inquiry",
        (
            *("authority", "inquiry_number", "asker", "number", "subject", "priority", "location", "opened_at"),
            *("reply_wanted_by", "evidence", "kind", "direction", "answerer", "asked_by", "procedure"),
        ),
        "OLD.state = 'closed' AND NEW.state <> OLD.state",
    ),
    Kept(
        "border_inquirymessage",
        (
            *("authority", "inquiry_id", "sequence", "party", "act", "sent_at", "texts", "asker", "request_id"),
            *("digest", "said_by"),
        ),
    ),
    Kept("border_inquiryreply", ("authority", "inquiry_id", "round", "statement", "sent_at")),
    Kept(
        "border_inquiryattachment",
        ("authority", "message_id", "file_name", "media_type", "sha256", "content", "size_bytes"),
    ),
    Kept(
        "border_case",
        ("authority", "case_number", "opened_from", "origin", "opened_by", "opened_at"),
        "NEW.entry_count < OLD.entry_count",
    ),
    Kept(
        "border_casepaper",
        (
            *("authority", "case_id", "sequence", "paper_key", "number", "type_code", "issuer", "presented_where"),
            *("presented_by", "presented_at", "result", "verdict", "differences", "features", "added_at", "added_by"),
        ),
    ),
    Kept(
        "border_casefile",
        (
            *("authority", "case_id", "file_name", "media_type", "sha256", "content", "size_bytes", "added_at"),
            "added_by",
        ),
    ),
    Kept(
        "border_caseentry",
        ("authority", "case_id", "sequence", "at", "actor", "act", "data", "previous_digest", "digest"),
    ),
    Kept(
        "border_coordinationcase",
        (*("authority", "case_number", "procedure", "subject", "details", "question", "opened_by", "opened_at"),),
        "NEW.entry_count < OLD.entry_count",
    ),
    Kept("border_coordinationpart", ("authority", "case_id", "place", "organisation", "task", "assigned_at")),
    Kept("border_coordinationentry", ("authority", "case_id", "part_id", "sequence", "at", "actor", "act", "text")),
    Kept(
        "border_declaration",
        ("authority", "declaration_number", "declared_by", "declared_at"),
        "OLD.state IN ('released', 'cancelled') AND NEW.state <> OLD.state OR NEW.version < OLD.version",
    ),
    Kept(
        "border_declareditem",
        ("authority", "declaration_id", "version", "place", "issuer", "number", "goods", "line", "quantity"),
    ),
    Kept(
        "border_forgerynotice",
        (
            *("authority", "notice_number", "paper_id", "status", "at", "number", "type_code", "issuer", "finding"),
            *("fields", "features"),
        ),
    ),
)


def install_triggers(using: str = "default") -> None:
    """Install the triggers anew on every kept table that exists."""
    install(using, tables=KEPT)


def missing_triggers(using: str = "default") -> tuple[str, ...]:
    """Return the names of triggers that should be there and are not; the doctor asks."""
    return missing(using, tables=KEPT)
