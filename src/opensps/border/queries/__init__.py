"""Reading border: results and lists of checks, inquiries, the audit."""

from opensps.border.models import Door, Inquiry, InquiryMessage, StoredResult
from opensps.border.queries.audit import audit
from opensps.border.queries.checks import RESULT_KEPT, ListedLine, checks_by_result, list_by_id, result_by_id
from opensps.border.queries.inquiries import inquiries_of, inquiry_for, messages_of

__all__ = [
    "RESULT_KEPT",
    "Door",
    "Inquiry",
    "InquiryMessage",
    "ListedLine",
    "StoredResult",
    "audit",
    "checks_by_result",
    "inquiries_of",
    "inquiry_for",
    "list_by_id",
    "messages_of",
    "result_by_id",
]
