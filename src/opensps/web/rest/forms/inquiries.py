"""Forms of inquiries about certificates. Source: `exchange.md` 3.3, 5.2."""

import base64
from datetime import datetime
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field, StringConstraints

from opensps.border.queries import Inquiry, InquiryMessage
from opensps.lifecycle.inquiry import InquiryState
from opensps.web.rest.forms.checks import LOCATION
from opensps.web.rest.forms.parts import Base64, Given, Number, Sha256
from opensps.web.rest.forms.presented import PresentedFields
from opensps.web.rest.forms.times import GivenTime, Time

LANGUAGE = r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$"
MediaType = Literal["application/pdf", "image/jpeg", "image/png", "application/xml"]


class WordsForm(Given):
    """A text in one language."""

    language: Annotated[str, StringConstraints(pattern=LANGUAGE)] | None = None
    text: Annotated[str, StringConstraints(min_length=1, max_length=4_000)]


class GivenFile(Given):
    """A file that comes with a message, at most 3 MB."""

    file_name: Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^/\\\x00-\x1f]+$")]
    media_type: MediaType
    sha256: Sha256 | None = None
    content: Annotated[Base64, Field(max_length=4_200_000)]


Texts = Annotated[list[WordsForm], Field(min_length=1, max_length=5)]
Files = Annotated[list[GivenFile], Field(default_factory=list, max_length=5)]


class NewInquiry(Given):
    """A question about a certificate."""

    number: Number | None = None
    subject: Literal["GENUINENESS", "CONTENT", "STATUS", "MISSING_CERTIFICATE", "OTHER"]
    priority: Literal["PERISHABLE", "HELD_AT_PORT", "ROUTINE"]
    text: Texts
    location: Annotated[str, StringConstraints(pattern=LOCATION)] | None = None
    reply_wanted_by: GivenTime | None = None
    presented_field: PresentedFields
    attachment: Files


class NewMessage(Given):
    """A further act of the asker."""

    act: Literal["SUPPLY", "REPORT_ACTION", "CONTEST", "WITHDRAW_INQUIRY"]
    text: Texts
    attachment: Files


class FileForm(Schema):
    """A file of a message; its bytes are not said here."""

    file_name: str
    media_type: str
    sha256: str
    size_bytes: int


class AnswerWords(Schema):
    """A text in one language."""

    language: str | None = None
    text: str


class MessageForm(Schema):
    """One message."""

    sequence: int
    sender: str = Field(serialization_alias="from")
    sent_at: Time
    text: list[AnswerWords]
    attachment: list[FileForm]

    @classmethod
    def of(cls, row: InquiryMessage) -> "MessageForm":
        """Return the form of a message."""
        files = [
            FileForm(
                file_name=each.file_name, media_type=each.media_type, sha256=each.sha256, size_bytes=each.size_bytes
            )
            for each in row.attachments.all()
        ]
        return cls(
            sequence=row.sequence,
            sender=row.party.upper(),
            sent_at=row.sent_at,
            text=[AnswerWords(language=language or None, text=text) for language, text in row.texts],
            attachment=files,
        )


class InquiryForm(Schema):
    """An inquiry, as its asker sees it."""

    inquiry_number: str
    number: str | None = None
    state: str
    priority: str
    opened_at: Time
    reply_due_at: Time
    flag: list[str]
    machine_finding: str | None = None
    finding: str | None = None
    measure: list[str]
    message: list[MessageForm] | None = None
    reply: str | None = None
    """The last reply as it was signed: COSE_Sign1, base64."""

    @classmethod
    def of(
        cls,
        row: Inquiry,
        *,
        at: datetime,
        messages: tuple[InquiryMessage, ...] | None = None,
        statement: bytes = b"",
    ) -> "InquiryForm":
        """Return the form of an inquiry; a reply that is only drafted is still with the office."""
        is_answered = row.state in (InquiryState.ANSWERED, InquiryState.CLOSED)
        is_drafted = row.state == InquiryState.REPLY_DRAFTED
        flags = {
            "OVERDUE": not is_answered and at > row.reply_due_at,
            "ASKED_AGAIN": row.rounds > 0,
            "ESCALATED": row.is_escalated,
        }
        return cls(
            inquiry_number=row.inquiry_number,
            number=row.number or None,
            state=(InquiryState.WITH_OFFICE if is_drafted else InquiryState(row.state)).value.upper(),
            priority=row.priority.upper(),
            opened_at=row.opened_at,
            reply_due_at=row.reply_due_at,
            flag=[name for name, is_raised in flags.items() if is_raised],
            machine_finding=row.machine_finding.upper() or None,
            finding=(row.finding.upper() or None) if is_answered else None,
            measure=[each.upper() for each in row.measures] if is_answered else [],
            message=None if messages is None else [MessageForm.of(each) for each in messages],
            reply=base64.b64encode(statement).decode("ascii") if statement and is_answered else None,
        )
