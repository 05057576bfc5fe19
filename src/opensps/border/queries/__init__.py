"""Reading border: results and lists of checks, inquiries, the audit."""

from opensps.border.models import Door, Inquiry, InquiryMessage, StoredResult
from opensps.border.queries.audit import audit
from opensps.border.queries.checks import RESULT_KEPT, ListedLine, checks_by_result, list_by_id, result_by_id
from opensps.border.queries.inquiries import (
    SoughtInquiries,
    attachment_seen_by,
    inquiries_about,
    inquiries_of,
    inquiries_seen_by,
    inquiries_waiting_for,
    inquiry_for,
    inquiry_seen_by,
    last_offset,
    messages_of,
    replies_of,
    thread_of,
)

__all__ = [
    "RESULT_KEPT",
    "Door",
    "Inquiry",
    "InquiryMessage",
    "ListedLine",
    "SoughtInquiries",
    "StoredResult",
    "attachment_seen_by",
    "audit",
    "checks_by_result",
    "inquiries_about",
    "inquiries_of",
    "inquiries_seen_by",
    "inquiries_waiting_for",
    "inquiry_for",
    "inquiry_seen_by",
    "last_offset",
    "list_by_id",
    "messages_of",
    "replies_of",
    "result_by_id",
    "thread_of",
]
