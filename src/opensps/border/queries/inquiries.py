"""Reading inquiries: those of one asker, and what was said in them."""

from opensps.border.models import Inquiry, InquiryMessage


def inquiry_for(*, authority: str, asker: str, inquiry_number: str) -> Inquiry | None:
    """Return an inquiry of this asker; None for any other."""
    return Inquiry.objects.filter(authority=authority, asker=asker, inquiry_number=inquiry_number).first()


def inquiries_of(*, authority: str, asker: str, after: int, limit: int) -> tuple[Inquiry, ...]:
    """Return up to ``limit`` + 1 inquiries of this asker after a row, oldest first."""
    rows = Inquiry.objects.filter(authority=authority, asker=asker, pk__gt=after)
    return tuple(rows.order_by("pk")[: limit + 1])


def messages_of(inquiry: Inquiry, *, since: int = 0) -> tuple[InquiryMessage, ...]:
    """Return the messages after a sequence number as the asker reads them, in order, with their files."""
    return thread_of(inquiry, since=since, exclude=InquiryMessage.AMONG_US)


def thread_of(inquiry: Inquiry, *, since: int = 0, exclude: tuple[str, ...] = ()) -> tuple[InquiryMessage, ...]:
    """Return all messages, also those our people wrote for each other."""
    rows = InquiryMessage.objects.filter(inquiry=inquiry, sequence__gt=since).exclude(act__in=exclude)
    return tuple(rows.prefetch_related("attachments").order_by("sequence"))
