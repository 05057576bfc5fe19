"""Reading inquiries: those of one asker or one reader, and what was said in them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, TextField, When
from django.db.models.functions import Cast

from opensps.accounts.queries import Actor
from opensps.border.inquiries import BY_MAIL, INQUIRY, THEIRS
from opensps.border.inquiry_parties import ASKING, OVERSEEING
from opensps.border.inquiry_values import File
from opensps.border.models import Inquiry, InquiryAttachment, InquiryMessage, InquiryReply
from opensps.events.queries import events_for
from opensps.lifecycle import FOREIGN, OFFICERS, Role
from opensps.lifecycle.inquiry import TASKS


def inquiry_for(*, authority: str, asker: str, inquiry_number: str) -> Inquiry | None:
    """Return an inquiry of this asker; None for any other."""
    return _of_partner(authority, asker).filter(inquiry_number=inquiry_number).first()


def _of_partner(authority: str, asker: str) -> QuerySet[Inquiry]:
    """Return what a partner's program sees: inquiries about certificates, none of ours, no question."""
    return Inquiry.objects.filter(authority=authority, asker=asker, kind=Inquiry.CERTIFICATE, direction=Inquiry.INBOUND)


def inquiries_of(*, authority: str, asker: str, after: int, limit: int) -> tuple[Inquiry, ...]:
    """Return up to ``limit`` + 1 inquiries of this asker after a row, oldest first."""
    rows = _of_partner(authority, asker).filter(pk__gt=after)
    return tuple(rows.order_by("pk")[: limit + 1])


def inquiry_of_asker(*, authority: str, asker: str, request_id: str) -> Inquiry | None:
    """Return the inquiry that a request of this asker opened; None where it opened none."""
    rows = InquiryMessage.objects.filter(authority=authority, asker=asker, request_id=request_id, act="open")
    found = rows.select_related("inquiry").first()
    return found.inquiry if found is not None else None


@dataclass(frozen=True, slots=True)
class Spoken:
    """What was said with one act, for whoever carries it to the other side."""

    inquiry: Inquiry
    request_id: str
    """Of the message that opened the inquiry."""

    texts: tuple[tuple[str, str], ...]
    files: tuple[File, ...]
    statement: bytes
    """The signed reply of the round; empty where there is none."""


def spoken(*, authority: str, inquiry_number: str, sequence: int, round_: int) -> Spoken | None:
    """Return what was said at a place of an inquiry (0: nothing); None for an inquiry that is not there."""
    inquiry = Inquiry.objects.filter(authority=authority, inquiry_number=inquiry_number).first()
    if inquiry is None:
        return None
    rows = InquiryMessage.objects.filter(inquiry=inquiry, sequence__in=(1, sequence)).prefetch_related("attachments")
    said = {row.sequence: row for row in rows}
    message = said.get(sequence)
    files = () if message is None else tuple(_file(each) for each in message.attachments.all())
    reply = InquiryReply.objects.filter(inquiry=inquiry, round=round_).order_by("-pk").first()
    return Spoken(
        inquiry,
        said[1].request_id if 1 in said else "",
        () if message is None else tuple((language, text) for language, text in message.texts),
        files,
        bytes(reply.statement) if reply is not None else b"",
    )


def _file(row: InquiryAttachment) -> File:
    return File(row.file_name, row.media_type, bytes(row.content))


def inquiries_known(*, authority: str, numbers: tuple[str, ...]) -> tuple[str, ...]:
    """Return which of these are numbers of inquiries here."""
    rows = Inquiry.objects.filter(authority=authority, inquiry_number__in=numbers)
    return tuple(rows.order_by("inquiry_number").values_list("inquiry_number", flat=True))


def inquiries_unanswered(
    *, authority: str, answerers: Collection[str], after: int = 0, limit: int
) -> tuple[Inquiry, ...]:
    """Return inquiries of ours that these partners have not answered, behind a row, the oldest first."""
    rows = Inquiry.objects.filter(authority=authority, direction=Inquiry.OUTBOUND, answerer__in=tuple(answerers))
    return tuple(rows.filter(pk__gt=after).exclude(state__in=_ENDED).order_by("pk")[:limit])


def asker_number(inquiry: Inquiry) -> str:
    """Return the asker's own number of an inquiry that came by mail; empty for any other."""
    opened = InquiryMessage.objects.filter(inquiry=inquiry, sequence=1).values_list("request_id", flat=True).first()
    return opened.removeprefix(BY_MAIL) if opened is not None and opened.startswith(BY_MAIL) else ""


def number_there(inquiry: Inquiry) -> str:
    """Return the number that the partner we asked gave first; empty where it has given none."""
    told = events_for(authority=inquiry.authority, object_kind=INQUIRY, object_id=inquiry.inquiry_number)
    return next((str(each.payload[THEIRS]) for each in told if each.payload and THEIRS in each.payload), "")


def inquiry_to(*, authority: str, answerer: str, inquiry_number: str) -> Inquiry | None:
    """Return an inquiry of ours to this partner; None for any other."""
    rows = Inquiry.objects.filter(authority=authority, answerer=answerer, direction=Inquiry.OUTBOUND)
    return rows.filter(inquiry_number=inquiry_number).first()


@dataclass(frozen=True, slots=True)
class SoughtInquiries:
    """What a list is narrowed to; an empty part narrows nothing."""

    state: str = ""
    """A state, ``late`` or ``mine`` (what waits for the reader)."""

    kind: str = ""
    direction: str = ""
    number: str = ""
    """Of a certificate."""


def inquiries_seen_by(*, actor: Actor, sought: SoughtInquiries, at: datetime) -> QuerySet[Inquiry]:
    """Return the inquiries somebody may read, the nearest deadline first, answered ones after the open ones."""
    rows = _seen_by(actor)
    if sought.kind:
        rows = rows.filter(kind=sought.kind)
    if sought.direction:
        rows = rows.filter(direction=sought.direction)
    if sought.number:
        rows = rows.filter(number=sought.number)
    if sought.state == "late":
        rows = rows.exclude(state__in=_ENDED).filter(Q(reply_due_at__lte=at) | Q(step_due_at__lte=at))
    elif sought.state == "mine":
        rows = _with_measures(rows).filter(_waiting_for(actor))
    elif sought.state:
        rows = rows.filter(state=sought.state)
    ended = Case(When(state__in=_ENDED, then=1), default=0, output_field=IntegerField())
    return rows.annotate(has_ended=ended).order_by("has_ended", "reply_due_at", "-pk")


def inquiry_seen_by(*, actor: Actor, inquiry_number: str) -> Inquiry | None:
    """Return an inquiry somebody may read; None for any other, there or not."""
    return _seen_by(actor).filter(inquiry_number=inquiry_number).first()


def inquiries_about(*, actor: Actor, number: str, limit: int = 10) -> tuple[Inquiry, ...]:
    """Return the newest inquiries about a certificate that somebody may read."""
    return tuple(_seen_by(actor).filter(number=number).order_by("-pk")[:limit]) if number else ()


def inquiries_waiting_for(*, actor: Actor, limit: int) -> tuple[Inquiry, ...]:
    """Return what waits for somebody, the nearest deadline first."""
    rows = _with_measures(_seen_by(actor)).filter(_waiting_for(actor))
    return tuple(rows.order_by("reply_due_at", "pk")[:limit])


def attachment_seen_by(*, actor: Actor, inquiry_number: str, attachment_id: int) -> InquiryAttachment | None:
    """Return a file of an inquiry somebody may read; None for any other."""
    found = inquiry_seen_by(actor=actor, inquiry_number=inquiry_number)
    rows = InquiryAttachment.objects.filter(message__inquiry=found, pk=attachment_id).select_related("message")
    file = rows.first() if found is not None else None
    is_hidden = file is not None and bool(actor.country) and file.message.act in InquiryMessage.AMONG_US
    return None if is_hidden else file


def last_offset(*, actor: Actor) -> int:
    """Return the minutes east of UTC by which a person, else their country, asked last; 0 for none."""
    rows = _seen_by(actor).order_by("-pk").values_list("asked_from_minutes", flat=True)
    mine = rows.filter(asked_by=actor.id).first()
    theirs = rows.filter(asker=actor.country).first() if actor.country and mine is None else mine
    return theirs or 0


def replies_of(inquiry: Inquiry) -> tuple[InquiryReply, ...]:
    """Return the signed answers, oldest first."""
    return tuple(InquiryReply.objects.filter(inquiry=inquiry).order_by("round"))


_ENDED = ("answered", "closed")


def _seen_by(actor: Actor) -> QuerySet[Inquiry]:
    """Return what `inquiry_parties.may_read` says, as a query."""
    rows = Inquiry.objects.filter(authority=actor.authority)
    if actor.roles & FOREIGN or actor.country:
        is_official = bool(actor.roles & {Role.FOREIGN_OFFICER, Role.COUNTRY_ADMIN}) and bool(actor.country)
        return rows.filter(direction=Inquiry.INBOUND, asker=actor.country) if is_official else rows.none()
    if actor.roles & OVERSEEING:
        return rows
    seen = Q(pk__in=[])
    if actor.roles & {Role.INQUIRY_DESK, Role.CASE_OFFICER}:
        seen |= Q(kind=Inquiry.CERTIFICATE)
    if Role.ENQUIRY_DESK in actor.roles:
        seen |= Q(kind=Inquiry.QUESTION)
    if actor.roles & ASKING:
        seen |= Q(direction=Inquiry.OUTBOUND)
    if actor.roles & OFFICERS and actor.office:
        seen |= Q(kind=Inquiry.CERTIFICATE, direction=Inquiry.INBOUND, office=actor.office)
    return rows.filter(seen)


def _has_tasks() -> Q:
    """Return answers of ours whose measures somebody has to carry out, and nobody said that it was done."""
    named = Q(is_withdrawal_open=True)
    for each in sorted(TASKS):
        named |= Q(measures_text__contains=f'"{each}"')
    return named & Q(state__in=_ENDED, direction=Inquiry.INBOUND, is_measure_done=False)


def _with_measures(rows: QuerySet[Inquiry]) -> QuerySet[Inquiry]:
    done = InquiryMessage.objects.filter(
        inquiry=OuterRef("pk"), act="measure_done", sent_at__gte=OuterRef("answered_at")
    )
    missed = InquiryMessage.objects.filter(
        inquiry=OuterRef("pk"), act=InquiryMessage.NOT_PROPOSED, sent_at__gte=OuterRef("answered_at")
    )
    return rows.annotate(
        measures_text=Cast("measures", TextField()), is_measure_done=Exists(done), is_withdrawal_open=Exists(missed)
    )


def _waiting_for(actor: Actor) -> Q:
    """Return what somebody can move now: the parties of `inquiry_parties`, each with the states it acts in."""
    if actor.country:
        return Q(state__in=("waiting_asker", "answered"))
    found = Q(pk__in=[])
    certificates = Q(kind=Inquiry.CERTIFICATE, direction=Inquiry.INBOUND)
    if Role.INQUIRY_DESK in actor.roles:
        found |= certificates & Q(state__in=("open", "acknowledged", "reply_drafted"))
    if Role.ENQUIRY_DESK in actor.roles:
        found |= Q(kind=Inquiry.QUESTION, state__in=("received", "acknowledged", "routed"))
    if actor.roles & OFFICERS and actor.office:
        found |= certificates & Q(state="with_office", office=actor.office)
        found |= _has_tasks() & Q(office=actor.office)
    if Role.SENIOR_OFFICER in actor.roles:
        found |= certificates & Q(state="reply_drafted", needs_second=True) & ~Q(drafted_by=actor.id)
    if actor.roles & ASKING:
        found |= Q(direction=Inquiry.OUTBOUND, state__in=("waiting_asker", "answered"))
    if Role.COORDINATOR in actor.roles:
        found |= Q(is_escalated=True) & ~Q(state__in=_ENDED)
    return found


def messages_of(inquiry: Inquiry, *, since: int = 0) -> tuple[InquiryMessage, ...]:
    """Return the messages after a sequence number as the asker reads them, in order, with their files."""
    return thread_of(inquiry, since=since, exclude=InquiryMessage.AMONG_US)


def thread_of(inquiry: Inquiry, *, since: int = 0, exclude: tuple[str, ...] = ()) -> tuple[InquiryMessage, ...]:
    """Return all messages, also those our people wrote for each other."""
    rows = InquiryMessage.objects.filter(inquiry=inquiry, sequence__gt=since).exclude(act__in=exclude)
    return tuple(rows.prefetch_related("attachments").order_by("sequence"))
