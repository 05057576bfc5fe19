"""One message of an inquiry as it travels between authorities: a JSON document, written and read. Pure.

Source: `lifecycles.md` 5.2, `exchange.md` 4.2 (action inquiry), 3.3 (words). Files travel beside it and are named here
with their digests. Who sent it is proven by the channel; that an answer is the authority's own is proven by the signed
reply it carries (`border.replies`), and by nothing else.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final, TypeVar

from opensps.border.inquiry_values import File
from opensps.lifecycle.inquiry import InquiryAct, InquiryPriority, InquirySubject, MachineFinding

PROFILE: Final = "sps-inquiry/1"
MOST_OCTETS: Final = 400_000
"""Of the document without its files."""

MOST_TEXTS, MOST_SIGNS, MOST_FIELDS, MOST_FILES = 5, 4_000, 200, 5
MOST_NUMBER: Final = 55
MOST_MESSAGES: Final = 1_000_000
BEGINNINGS: Final[Mapping[str, bytes]] = {
    "application/pdf": b"%PDF-",
    "image/jpeg": b"\xff\xd8\xff",
    "image/png": b"\x89PNG\r\n\x1a\n",
}
"""The bytes decide what a file is; nothing else is taken."""

BY_ASKER: Final = frozenset(
    {
        *(InquiryAct.OPEN, InquiryAct.SUPPLY, InquiryAct.CONTEST, InquiryAct.REPORT_ACTION),
        InquiryAct.WITHDRAW_INQUIRY,
    }
)
BY_ANSWERER: Final = frozenset(
    {InquiryAct.MACHINE_FINDING, InquiryAct.ACKNOWLEDGE, InquiryAct.ROUTE, InquiryAct.ASK_BACK, InquiryAct.SEND}
)


class DocumentUnreadable(Exception):
    """It is no message of an inquiry; ``part`` names what is wrong, in English, without any text of the message."""

    def __init__(self, part: str) -> None:
        super().__init__(part)
        self.part = part


@dataclass(frozen=True, slots=True, kw_only=True)
class InquiryDocument:
    """What one side says."""

    sender: str
    """Code of the authority that says it."""

    inquiry: str
    """The asker's number."""

    act: InquiryAct
    sequence: int
    """Place of the message on the sender's side, from 1; 0 where nothing was said with the act."""

    sent_at: datetime
    theirs: str = ""
    """The answerer's own number, once it gave one."""

    certificate: str = ""
    subject: InquirySubject = InquirySubject.OTHER
    priority: InquiryPriority = InquiryPriority.ROUTINE
    location: str = ""
    presented: Mapping[str, str] = field(default_factory=dict)
    texts: tuple[tuple[str, str], ...] = ()
    files: tuple[File, ...] = ()
    action: str = ""
    machine_finding: MachineFinding | None = None
    statement: bytes = b""
    """The signed reply; of SEND alone."""


def write_document(value: InquiryDocument) -> bytes:
    """Return the document as it is kept for sending: UTF-8 JSON, the bytes of files in base64."""
    plain: dict[str, Any] = {
        "profile": PROFILE,
        "from": value.sender,
        "inquiry": value.inquiry,
        "theirs": value.theirs,
        "act": value.act.value,
        "sequence": value.sequence,
        "sent_at": value.sent_at.astimezone(UTC).isoformat(timespec="seconds"),
        "certificate": value.certificate,
        "subject": value.subject.value,
        "priority": value.priority.value,
        "location": value.location,
        "presented": dict(value.presented),
        "texts": [{"language": language, "text": text} for language, text in value.texts],
        "files": [_file_plain(each) for each in value.files],
        "action": value.action,
        "machine_finding": value.machine_finding.value if value.machine_finding else "",
        "statement": base64.b64encode(value.statement).decode("ascii"),
    }
    kept = {name: said for name, said in plain.items() if said not in ("", [], {})}
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":")).encode()


def _file_plain(each: File) -> dict[str, Any]:
    content = base64.b64encode(each.content).decode("ascii")
    return {"name": each.name, "media_type": each.media_type, "sha256": each.sha256, "content": content}


def read_document(data: bytes, *, files: Mapping[str, bytes]) -> InquiryDocument:
    """Return what a document says; ``files`` holds the bytes that came beside it by their SHA-256, hexadecimal.

    A file that is named and did not come, or is not what it says it is, is refused. Raises `DocumentUnreadable`.
    """
    said = _object(data)
    if _text(said, "profile", 40) != PROFILE:
        raise DocumentUnreadable("profile")
    act = _code(InquiryAct, said, "act")
    if act is None or act not in BY_ASKER | BY_ANSWERER:
        raise DocumentUnreadable("act")
    return InquiryDocument(
        sender=_needed(said, "from", 60),
        inquiry=_needed(said, "inquiry", MOST_NUMBER),
        theirs=_text(said, "theirs", MOST_NUMBER),
        act=act,
        sequence=_place(said),
        sent_at=_moment(said),
        certificate=_text(said, "certificate", 64),
        subject=_code(InquirySubject, said, "subject") or InquirySubject.OTHER,
        priority=_code(InquiryPriority, said, "priority") or InquiryPriority.ROUTINE,
        location=_text(said, "location", 5),
        presented=_fields(said),
        texts=_texts(said),
        files=_files(said, files),
        action=_text(said, "action", 20),
        machine_finding=_code(MachineFinding, said, "machine_finding"),
        statement=_octets(said, "statement"),
    )


def _object(data: bytes) -> dict[str, Any]:
    if len(data) > MOST_OCTETS:
        raise DocumentUnreadable("size")
    try:
        said = json.loads(data)
    except (ValueError, RecursionError):
        raise DocumentUnreadable("JSON") from None
    if not isinstance(said, dict):
        raise DocumentUnreadable("JSON")
    return said


def is_plain(value: Any) -> bool:
    """Tell whether this is a text that every database can keep: no NUL, no half of a pair of surrogates."""
    return isinstance(value, str) and "\0" not in value and not any("\ud800" <= sign <= "\udfff" for sign in value)


def _text(said: Mapping[str, Any], name: str, most: int) -> str:
    """Return one line, of printable signs alone."""
    value = said.get(name, "")
    if not isinstance(value, str) or len(value) > most or not value.isprintable():
        raise DocumentUnreadable(name)
    return value


def _needed(said: Mapping[str, Any], name: str, most: int) -> str:
    value = _text(said, name, most)
    if not value:
        raise DocumentUnreadable(name)
    return value


_Word = TypeVar("_Word", bound=StrEnum)


def _code(kind: type[_Word], said: Mapping[str, Any], name: str) -> _Word | None:
    text = _text(said, name, 40)
    try:
        return kind(text) if text else None
    except ValueError:
        raise DocumentUnreadable(name) from None


def _place(said: Mapping[str, Any]) -> int:
    value = said.get("sequence", 0)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MOST_MESSAGES:
        raise DocumentUnreadable("sequence")
    return value


def _moment(said: Mapping[str, Any]) -> datetime:
    try:
        found = datetime.fromisoformat(_needed(said, "sent_at", 40))
    except ValueError:
        raise DocumentUnreadable("sent_at") from None
    if found.tzinfo is None:
        raise DocumentUnreadable("sent_at")
    return found.astimezone(UTC)


def _fields(said: Mapping[str, Any]) -> Mapping[str, str]:
    value = said.get("presented", {})
    if not isinstance(value, dict) or len(value) > MOST_FIELDS:
        raise DocumentUnreadable("presented")
    if any(not is_plain(each) or len(each) > MOST_SIGNS for each in (*value, *value.values())):
        raise DocumentUnreadable("presented")
    return value


def _texts(said: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    value = said.get("texts", [])
    if not isinstance(value, list) or len(value) > MOST_TEXTS or not all(isinstance(each, dict) for each in value):
        raise DocumentUnreadable("texts")
    found = tuple((_text(each, "language", 20), each.get("text", "")) for each in value)
    if any(not is_plain(text) or not 0 < len(text) <= MOST_SIGNS for _language, text in found):
        raise DocumentUnreadable("texts")
    return found


def _files(said: Mapping[str, Any], given: Mapping[str, bytes]) -> tuple[File, ...]:
    value = said.get("files", [])
    if not isinstance(value, list) or len(value) > MOST_FILES or not all(isinstance(each, dict) for each in value):
        raise DocumentUnreadable("files")
    return tuple(_file(each, given) for each in value)


def _file(said: Mapping[str, Any], given: Mapping[str, bytes]) -> File:
    name, kind = _needed(said, "name", 200), _needed(said, "media_type", 40)
    content = given.get(_needed(said, "sha256", 64))
    begins = BEGINNINGS.get(kind)
    if content is None or begins is None or not content.startswith(begins) or "/" in name or "\\" in name:
        raise DocumentUnreadable("files")
    return File(name, kind, content)


def _octets(said: Mapping[str, Any], name: str) -> bytes:
    try:
        return base64.b64decode(_text(said, name, 200_000), validate=True)
    except (binascii.Error, ValueError):
        raise DocumentUnreadable(name) from None
