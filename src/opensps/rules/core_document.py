"""CORE rules about times, the order of lines and attached files."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from opensps.certificate import AppliedProcess, Attachment, Establishment, OfficialTime, Treatment
from opensps.rules.case import Case
from opensps.rules.findings import Area, Level
from opensps.rules.rule import ALL_KINDS, PLANTS, Found, Rule

AHEAD = timedelta(hours=24)
"""How far ahead of our clock a received certificate may be dated."""

FILE_TYPES = (
    (b"%PDF-", "application/pdf", (".pdf",)),
    (b"\x89PNG\r\n\x1a\n", "image/png", (".png",)),
    (b"\xff\xd8\xff", "image/jpeg", (".jpg", ".jpeg")),
    (b"GIF87a", "image/gif", (".gif",)),
    (b"GIF89a", "image/gif", (".gif",)),
)
"""First bytes, media type and extensions of the files a certificate may carry (ePhyto)."""

_SAFE_NAME = re.compile(r"[^\x00-\x1f\x7f/\\:*?\"<>|]{1,120}\Z")


def _times_of_issue(case: Case) -> Iterator[tuple[str, OfficialTime]]:
    if case.document.issued:
        yield "exchanged_document.issued", case.document.issued
    for place, signatory in enumerate(case.document.signatories):
        if signatory.authenticated:
            yield f"exchanged_document.signatories[{place}].authenticated", signatory.authenticated


def _without_offset(case: Case) -> Iterator[Found]:
    for path, time in _times_of_issue(case):
        if time.at is None:
            yield path, {"date": time.on.isoformat()}


def _future(case: Case) -> Iterator[Found]:
    for path, time in _times_of_issue(case):
        if time.at and time.at > case.policy.now:
            yield path, {"date": time.on.isoformat()}


def _far_future(case: Case) -> Iterator[Found]:
    for path, time in _times_of_issue(case):
        latest = case.policy.now + AHEAD
        if (time.at and time.at > latest) or time.on > (latest + AHEAD).date():
            yield path, {"date": time.on.isoformat()}


def _arrives_before_it_leaves(case: Case) -> Iterator[Found]:
    leaves, arrives = case.certificate.consignment.export_exit, case.certificate.consignment.availability_due
    if leaves is None or arrives is None:
        return
    if _is_before(arrives, leaves):
        yield "consignment.availability_due", {"date": arrives.on.isoformat()}


def _ends_before_it_starts(case: Case) -> Iterator[Found]:
    processes: tuple[tuple[str, Treatment | Establishment | AppliedProcess], ...] = (
        *case.every(Treatment),
        *case.every(Establishment),
        *case.every(AppliedProcess),
    )
    for path, one in processes:
        if one.started and one.ended and _is_before(one.ended, one.started):
            yield f"{path}.ended", {"date": one.ended.on.isoformat()}


def _is_before(time: OfficialTime, other: OfficialTime) -> bool:
    return time.at < other.at if time.at and other.at else time.on < other.on


def _replaces_wrongly(case: Case) -> Iterator[Found]:
    replaced, document = case.document.replacement, case.document
    if replaced is None:
        return
    is_later = replaced.issued and document.issued and replaced.issued.on > document.issued.on
    if replaced.number is None or replaced.number == document.number or is_later:
        yield "exchanged_document.replacement", {"number": replaced.number or "-"}


def _out_of_sequence(case: Case) -> Iterator[Found]:
    for number, (path, line) in enumerate(case.lines, 1):
        if line.sequence != number:
            yield f"{path}.sequence", {"line": str(number), "sequence": str(line.sequence)}


def file_type(content: bytes) -> tuple[str, tuple[str, ...]] | None:
    """Return media type and extensions the first bytes tell, ``None`` for a type certificates do not carry."""
    return next((told[1:] for told in FILE_TYPES if content.startswith(told[0])), None)


def _wrong_type(case: Case) -> Iterator[Found]:
    for path, file in case.every(Attachment):
        told = None if file.content is None else file_type(file.content)
        if file.content is not None and (told is None or file.media_type not in (None, told[0])):
            yield path, {"filename": file.filename or "-"}


def _wrong_name(case: Case) -> Iterator[Found]:
    for path, file in case.every(Attachment):
        told = file_type(file.content or b"")
        name = file.filename or ""
        if told and not (_SAFE_NAME.match(name) and name.lower().endswith(told[1]) and not name.startswith(".")):
            yield f"{path}.filename", {"filename": name or "-", "extension": told[1][0]}


def _too_large(case: Case) -> Iterator[Found]:
    files = [file for _, file in case.every(Attachment)]
    size = sum(len(file.content or b"") for file in files)
    if size > case.policy.attachments_limit:
        limit = case.policy.attachments_limit / 1024 / 1024
        yield "exchanged_document.references", {"size": f"{size / 1024 / 1024:.1f}", "limit": f"{limit:.1f}"}


_TIMES = "UN/CEFACT SPSCertificate D17A, date-times; ISO 8601"
_FILES = "ISPM 12, section 1.3 (attachments); IPPC ePhyto mapping"

RULES = (
    Rule(
        "CORE-TIME",
        _TIMES,
        Level.SEVERE,
        Area.CONSISTENCY,
        "Check departure and arrival: the goods arrive on %(date)s, before they leave.",
        _arrives_before_it_leaves,
    ),
    Rule(
        "CORE-TIME",
        _TIMES,
        Level.SEVERE,
        Area.CONSISTENCY,
        "Check the treatment or process that ends on %(date)s; it ends before it starts.",
        _ends_before_it_starts,
        ALL_KINDS - PLANTS,  # for plants ISPM12-III-PERIOD
    ),
    Rule(
        "CORE-REPLACEMENT",
        "Codex CXG 38, replacement certificates; UNCL 1153, ACW",
        Level.SEVERE,
        Area.CONSISTENCY,
        "Check the replaced certificate %(number)s: it has a number of its own and is not later than this one.",
        _replaces_wrongly,
        ALL_KINDS - PLANTS,  # for plants ISPM12-2.2
    ),
    Rule(
        "CORE-SEQUENCE",
        "UN/CEFACT SPSCertificate D17A, SequenceNumeric",
        Level.SEVERE,
        Area.CONSISTENCY,
        "Number the lines 1, 2, 3 and so on: line %(line)s is numbered %(sequence)s.",
        _out_of_sequence,
    ),
    Rule(
        "CORE-ATTACHMENT",
        _FILES,
        Level.SEVERE,
        Area.MAPPING,
        "Attach %(filename)s as PDF, PNG, JPEG or GIF; its content is something else.",
        _wrong_type,
    ),
    Rule(
        "CORE-ATTACHMENT",
        _FILES,
        Level.SEVERE,
        Area.MAPPING,
        "Rename %(filename)s: a short plain name that ends in %(extension)s.",
        _wrong_name,
    ),
    Rule(
        "CORE-ATTACHMENT",
        _FILES,
        Level.SEVERE,
        Area.MAPPING,
        "Attach smaller files: together they have %(size)s MB, and %(limit)s MB is the limit.",
        _too_large,
    ),
)

_OFFSET = Rule(
    "CORE-TIME",
    _TIMES,
    Level.SEVERE,
    Area.MAPPING,
    "Give the exact time with its offset from UTC; %(date)s is only a day.",
    _without_offset,
)

AT_ISSUE = (
    _OFFSET,
    Rule(
        "CORE-TIME",
        _TIMES,
        Level.SEVERE,
        Area.CONSISTENCY,
        "Check the date: %(date)s lies in the future.",
        _future,
    ),
)

AT_RECEIPT = (
    replace(_OFFSET, level=Level.WARNING),  # many senders leave it out (READ-NO-OFFSET)
    Rule(
        "CORE-TIME",
        _TIMES,
        Level.SEVERE,
        Area.CONSISTENCY,
        "Ask the sender about the date: %(date)s is more than a day ahead.",
        _far_future,
    ),
)
