"""Checks by number and code, by token, by file: ask the register, count what was wrong, judge, keep the answer.

Order: typing errors, which ask nobody, and files too many, which nobody reads; then, under the locks of the counters,
the register and the count; then the verdict, which may take a while and holds no lock; then attempt and answer in one
transaction. A wrong code and a number that does not exist take the same path with the same number of queries and get
the same answer.
"""

import hmac
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial

from django.db import transaction

from opensps.accounts.queries import Actor, keyed_digest, network_prefix
from opensps.border.errors import TypingError
from opensps.border.models import CheckAttempt, Door, StoredResult
from opensps.border.services.counting import Key, count_try, file_keys_for, keys_for, locked_counts, waiting_until
from opensps.certificate.numbers import IssuedNumber, NumberTypo, parse_number
from opensps.certification.queries import certificate_record, record_by_digest, record_by_token
from opensps.formats.carriers import CodeTypo, parse_code, parse_token
from opensps.formats.errors import FormatError
from opensps.formats.picture import codes_in
from opensps.formats.qr_text import read_code
from opensps.lifecycle import OFFICERS
from opensps.signing import TrustList
from opensps.verification import (
    NOTHING,
    AtHand,
    Reader,
    Record,
    Verdict,
    check_entry,
    gather,
    is_application_reference,
    plain,
    verdict_to_json,
)
from opensps.verification import check_code as judge_code
from opensps.verification import check_file as judge_file

_ID_BYTES = 16

Proofs = Callable[[str], bytes | None]
"""Number -> proof bundle, where the log has one. Given by whoever knows where the log lies."""


@dataclass(frozen=True, slots=True)
class _Check:
    """One check and who makes it."""

    authority: str
    door: Door
    network: str
    at: datetime
    checker: Actor | None
    proofs: Proofs | None = None

    def proven(self, record: Record | None) -> Record | None:
        """Return a record with its proof, where the log has one."""
        if record is None or self.proofs is None:
            return record
        return replace(record, bundle=self.proofs(record.number))

    @property
    def official(self) -> str:
        """Opaque id of an officer of this authority, who counts apart and sees more; else empty."""
        who = self.checker
        return who.id if who is not None and who.authority == self.authority and who.roles & OFFICERS else ""


@dataclass(frozen=True, slots=True)
class _Looked:
    """What the register and the counters said."""

    record: Record | None = None
    is_unknown: bool = False
    """No such number; for officials only."""

    tries_left: int | None = None
    wait_until: datetime | None = None
    about: str = ""
    """Number of our certificate that was asked about, whatever the code."""

    typed: str = ""
    """Number that was typed."""


def check_number(
    *,
    authority: str,
    number_typed: str,
    code_typed: str,
    network: str,
    at: datetime,
    trust: TrustList,
    accepts_training: bool = False,
    checker: Actor | None = None,
    proofs: Proofs | None = None,
) -> StoredResult:
    """Check a number with its verification code, as typed; ``network`` is the caller's IP address.

    Raises `TypingError`, which is not counted and keeps nothing. The shape of an application's reference, or of a
    training number outside a training installation, is answered without asking the register.
    """
    check = _Check(authority, Door.NUMBER, network, at, checker, proofs)
    if is_application_reference(number_typed):
        return _keep(check, plain("not_issued", now=at), _Looked())
    number, code = _typed(number_typed, code_typed)
    if number.is_training and not accepts_training:
        return _keep(check, plain("specimen", now=at), _Looked())
    find = partial(certificate_record, authority=authority, number=number.text)
    looked = _look(check, find, number=number.text, is_right=lambda record: hmac.compare_digest(record.code, code))
    return _keep(check, _judged(check, looked, trust=trust, accepts_training=accepts_training), looked)


def check_token(
    *,
    authority: str,
    token_typed: str,
    network: str,
    at: datetime,
    trust: TrustList,
    accepts_training: bool = False,
    checker: Actor | None = None,
    proofs: Proofs | None = None,
) -> StoredResult:
    """Check the token of a QR code or link. A right token is answered whatever was wrong before from that network."""
    check = _Check(authority, Door.TOKEN, network, at, checker, proofs)
    try:
        token = parse_token(token_typed)
    except CodeTypo:
        return _keep(check, plain("no_match", now=at), _Looked())
    record = record_by_token(authority=authority, token=token)
    looked = _Looked(record=record) if record is not None else _look(check, lambda: None)
    return _keep(check, _judged(check, looked, trust=trust, accepts_training=accepts_training), looked)


def check_file(
    *,
    authority: str,
    files: Iterable[tuple[str, bytes]],
    network: str,
    at: datetime,
    trust: TrustList,
    accepts_training: bool = False,
    checker: Actor | None = None,
    proofs: Proofs | None = None,
) -> StoredResult:
    """Check dropped files, pairs of name and content, read in memory and not kept.

    Each counts, good or bad, before it is read: beyond the limit of a network the answer is to wait.
    """
    check = _Check(authority, Door.FILE, network, at, checker, proofs)
    looked = _counted(check, file_keys_for(network=network, official=check.official))
    if looked.wait_until is not None:
        return _keep(check, plain("too_many_tries", now=at), looked)
    verdict = judge_file(
        gather(files),
        trust=trust,
        now=at,
        find=lambda number: check.proven(certificate_record(authority=authority, number=number)),
        find_digest=lambda digest: check.proven(record_by_digest(authority=authority, digest=digest)),
        authority=authority,
        accepts_training=accepts_training,
        may_name_differences=bool(check.official),
    )
    return _keep(check, verdict, _Looked())


def check_code(
    *,
    authority: str,
    text: str,
    network: str,
    at: datetime,
    trust: TrustList,
    accepts_training: bool = False,
    checker: Actor | None = None,
    proofs: Proofs | None = None,
    at_hand: AtHand = NOTHING,
) -> StoredResult:
    """Check the text of a printed code: signed facts, and our own record where the token is one of ours.

    A plain link of an official host is checked like a token, and counted like one; the register is asked about a
    signed code only after its signature has been found to hold.
    """
    link = _plain_link(text.strip(), authority=authority, trust=trust)
    if link is not None:
        return check_token(
            authority=authority,
            token_typed=link,
            network=network,
            at=at,
            trust=trust,
            accepts_training=accepts_training,
            checker=checker,
            proofs=proofs,
        )
    check = _Check(authority, Door.CODE, network, at, checker, proofs)
    verdict = judge_code(
        text.strip(),
        trust=trust,
        now=at,
        find_token=lambda token: check.proven(record_by_token(authority=authority, token=token)),
        accepts_training=accepts_training,
        at_hand=at_hand,
    )
    return _keep(check, verdict, _Looked())


def check_picture(
    *,
    authority: str,
    picture: bytes,
    network: str,
    at: datetime,
    trust: TrustList,
    accepts_training: bool = False,
    checker: Actor | None = None,
    proofs: Proofs | None = None,
) -> StoredResult | None:
    """Check the printed code in a photo, which is read in memory and not kept; ``None`` where there is no code.

    It counts like a file, before anybody reads it. Raises `FormatError`: too_large, picture.
    """
    check = _Check(authority, Door.CODE, network, at, checker, proofs)
    looked = _counted(check, file_keys_for(network=network, official=check.official))
    if looked.wait_until is not None:
        return _keep(check, plain("too_many_tries", now=at), looked)
    texts = codes_in(picture)
    if not texts:
        return None
    return check_code(
        authority=authority,
        text=next(filter(_is_of_certificate, texts), texts[0]),
        network=network,
        at=at,
        trust=trust,
        accepts_training=accepts_training,
        checker=checker,
        proofs=proofs,
    )


def _is_of_certificate(text: str) -> bool:
    try:
        read_code(text)
    except FormatError:
        return False
    return True


def _plain_link(text: str, *, authority: str, trust: TrustList) -> str | None:
    """Return the token of a link without signed facts that leads to us."""
    try:
        scanned = read_code(text)
    except FormatError:
        return None
    listed = trust.authority(authority)
    is_ours = listed is not None and scanned.host in listed.hosts
    return scanned.token if scanned.message is None and is_ours else None


def _typed(number_typed: str, code_typed: str) -> tuple[IssuedNumber, str]:
    try:
        number = parse_number(number_typed)
    except NumberTypo as exc:
        raise TypingError("number") from exc
    try:
        return number, parse_code(code_typed)
    except CodeTypo as exc:
        raise TypingError("code") from exc


def _look(
    check: _Check,
    find: Callable[[], Record | None],
    *,
    number: str = "",
    is_right: Callable[[Record], bool] = lambda _: True,
) -> _Looked:
    """Ask the register and count what was wrong, in one transaction of its own that no caller can undo."""
    keys = keys_for(network=check.network, number=number, official=check.official)
    with transaction.atomic(durable=True):
        counts = locked_counts(authority=check.authority, keys=keys)
        until = waiting_until(counts, at=check.at)
        if until is not None:
            return _Looked(wait_until=until, typed=number)
        record = find()
        about = record.number if record is not None else ""
        if record is not None and is_right(record):
            return _Looked(record=record, about=about, typed=number)
        left = count_try(authority=check.authority, counts=counts, at=check.at)
    return _Looked(is_unknown=record is None, tries_left=left, about=about, typed=number)


def _counted(check: _Check, keys: tuple[Key, ...]) -> _Looked:
    """Count one more, or say until when the caller has to wait."""
    with transaction.atomic(durable=True):
        counts = locked_counts(authority=check.authority, keys=keys)
        until = waiting_until(counts, at=check.at)
        if until is None:
            count_try(authority=check.authority, counts=counts, at=check.at)
    return _Looked(wait_until=until)


def _judged(check: _Check, looked: _Looked, *, trust: TrustList, accepts_training: bool) -> Verdict:
    if looked.wait_until is not None:
        return plain("too_many_tries", now=check.at)
    if looked.is_unknown and check.official and check.door is Door.NUMBER:
        return plain("never_issued", now=check.at)
    return check_entry(check.proven(looked.record), trust=trust, now=check.at, accepts_training=accepts_training)


def _keep(check: _Check, verdict: Verdict, looked: _Looked) -> StoredResult:
    """Write the attempt and the answer."""
    extra = {"tries": str(looked.tries_left)} if looked.tries_left is not None else {}
    if looked.wait_until is not None:
        extra["time"] = looked.wait_until.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
    reader = Reader.OFFICIAL if check.official else Reader.HOLDER
    answers = {language: verdict_to_json(verdict, language, reader=reader, extra=extra) for language in ("en", "zh")}
    with transaction.atomic():
        CheckAttempt.objects.create(
            authority=check.authority,
            at=check.at,
            door=check.door,
            result=verdict.result,
            network_digest=keyed_digest("border.network", network_prefix(check.network)),
            number=verdict.number or "" if verdict.certificate is not None else "",
            about=looked.about,
            typed_digest=keyed_digest("border.typed", looked.typed) if looked.typed else "",
            checker=check.official,
        )
        return StoredResult.objects.create(
            id=secrets.token_hex(_ID_BYTES),
            authority=check.authority,
            created_at=check.at,
            door=check.door,
            result=verdict.result,
            verdict=answers,
            tries_left=looked.tries_left,
            wait_until=looked.wait_until,
            checker=check.official,
        )
