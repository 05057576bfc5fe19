"""Checks by officials of a partner: what their authority was sent is answered in full, all else as to a stranger.

Source: `exchange.md` 3.4 (VerifyCertificate), `trust.md` 8. A certificate that was sent to the partner needs no code,
and fields that differ are named; a number that was not is answered exactly like one that never was. Wrong codes are
counted against the partner. Every check raises `verification.TypedError` for a presented field that cannot be read.
"""

import hmac
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from django.db import transaction

from opensps.border.errors import TypingError
from opensps.border.models import CheckAttempt, Door, StoredResult
from opensps.border.services.checking import Proofs
from opensps.border.services.counting import count_try, keys_for, locked_counts, waiting_until
from opensps.certificate.numbers import NumberTypo, parse_number
from opensps.certification.queries import certificate_record, record_by_digest, record_by_token
from opensps.formats.carriers import CodeTypo, parse_code, parse_token
from opensps.formats.errors import FormatError
from opensps.formats.qr_text import read_code
from opensps.signing import TrustList
from opensps.verification import (
    Reader,
    Record,
    Verdict,
    check_code,
    check_entry,
    check_file,
    compare_paper,
    gather,
    plain,
    verdict_to_json,
)
from opensps.verification.aspects import Aspect, Fragment, Outcome, failed
from opensps.verification.comparison import Word
from opensps.verification.verdict import Difference, decide

_ID_BYTES = 16
_NOT_SHOWN = "not_shown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Who asks, and under which terms."""

    authority: str
    partner: str
    """Code of the partner."""

    at: datetime
    trust: TrustList
    may_see: Callable[[str], bool]
    """Number -> whether this certificate was sent to the partner."""

    accepts_training: bool = False
    proofs: Proofs | None = None
    presented: Mapping[str, str] | None = None
    """What officials read on the paper: field -> text, as `verification.compare_paper` takes it."""

    country: str = ""
    """Of the partner, ISO 3166-1 alpha-2; their officials see what their machine presented."""

    used: Callable[[str], tuple[str, ...]] | None = None
    """Number -> why presenting it looks like a second use; set while it is presented."""

    @property
    def official(self) -> str:
        """What the attempt and the counters know of the caller."""
        return f"partner:{self.partner}"

    def proven(self, record: Record | None) -> Record | None:
        """Return a record with its proof, where the log has one."""
        if record is None or self.proofs is None:
            return record
        return replace(record, bundle=self.proofs(record.number))


def partner_check_number(asking: Asking, *, number: str, code: str = "") -> StoredResult:
    """Check a number; a code is needed only for what was not sent to the partner. Raises `TypingError`."""
    try:
        parsed = parse_number(number)
    except NumberTypo as exc:
        raise TypingError("number") from exc
    typed = _code(code)
    if parsed.is_training and not asking.accepts_training:
        return _kept(asking, Door.NUMBER, plain("specimen", now=asking.at))
    find = partial(certificate_record, authority=asking.authority, number=parsed.text)
    if not typed:
        record = find() if asking.may_see(parsed.text) else None
        verdict = plain("no_match", now=asking.at) if record is None else _judged(asking, record)
    else:
        verdict = _guessed(asking, find, is_right=lambda record: hmac.compare_digest(record.code, typed))
    return _kept(asking, Door.NUMBER, verdict)


def partner_check_content(asking: Asking, *, data: bytes) -> StoredResult:
    """Check a certificate file: XML, PDF, or both with the seal in a ZIP."""
    verdict = check_file(
        gather((("certificate", data),)),
        trust=asking.trust,
        now=asking.at,
        find=lambda number: asking.proven(certificate_record(authority=asking.authority, number=number)),
        find_digest=lambda digest: asking.proven(record_by_digest(authority=asking.authority, digest=digest)),
        authority=asking.authority,
        accepts_training=asking.accepts_training,
        may_name_differences=True,
    )
    return _kept(asking, Door.FILE, verdict)


def partner_check_code(asking: Asking, *, text: str) -> StoredResult:
    """Check the text of a printed code."""
    token = _plain_token(text.strip(), asking)
    if token is not None:
        find = partial(record_by_token, authority=asking.authority, token=token)
        return _kept(asking, Door.TOKEN, _guessed(asking, find, is_right=lambda _: True))
    verdict = check_code(
        text.strip(),
        trust=asking.trust,
        now=asking.at,
        find_token=lambda token: asking.proven(record_by_token(authority=asking.authority, token=token)),
        accepts_training=asking.accepts_training,
    )
    return _kept(asking, Door.CODE, verdict)


def _code(typed: str) -> str:
    try:
        return parse_code(typed) if typed else ""
    except CodeTypo as exc:
        raise TypingError("code") from exc


def _plain_token(text: str, asking: Asking) -> str | None:
    """Return the token of a link without signed facts that leads to us."""
    try:
        scanned = read_code(text)
        listed = asking.trust.authority(asking.authority)
        is_ours = listed is not None and scanned.host in listed.hosts
        return parse_token(scanned.token) if scanned.message is None and is_ours and scanned.token else None
    except (FormatError, CodeTypo):
        return None


def _judged(asking: Asking, record: Record) -> Verdict:
    return check_entry(
        asking.proven(record), trust=asking.trust, now=asking.at, accepts_training=asking.accepts_training
    )


def _guessed(asking: Asking, find: Callable[[], Record | None], *, is_right: Callable[[Record], bool]) -> Verdict:
    """Return the verdict on what a code or token opens; wrong ones are counted, and too many wait, right ones too."""
    keys = keys_for(network="", official=asking.official)
    with transaction.atomic():
        counts = locked_counts(authority=asking.authority, keys=keys)
        if waiting_until(counts, at=asking.at) is not None:
            return plain("too_many_tries", now=asking.at)
        record = find()
        if record is None or not is_right(record):
            count_try(authority=asking.authority, counts=counts, at=asking.at)
            return plain("no_match", now=asking.at)
    return _judged(asking, record)


def _compared(asking: Asking, verdict: Verdict) -> Verdict:
    """Return the verdict with what was read on the paper held against what was signed."""
    if not asking.presented:
        return verdict
    if verdict.certificate is None or not asking.may_see(verdict.number or ""):
        skipped = Fragment(Aspect.CONSISTENCY, Outcome.SKIPPED, _NOT_SHOWN)
        return replace(verdict, fragments=(*verdict.fragments, skipped))
    answers = [each for each in compare_paper(verdict.certificate, asking.presented) if each.word is not Word.EQUAL]
    told = tuple(Difference(each.field, each.typed, each.recorded, each.reason) for each in answers)
    if any(each.word is Word.DIFFERS for each in answers):
        worse = decide((*verdict.fragments, failed(Aspect.CONSISTENCY, "fields_differ")), required=frozenset())
        verdict = replace(verdict, result=worse.result, fragments=worse.fragments, also=worse.also)
    return replace(verdict, differences=(*verdict.differences, *told))


def _with_use(asking: Asking, verdict: Verdict) -> Verdict:
    """Return the verdict with what the ledger says of the use of a certificate that was sent to the partner."""
    if asking.used is None or verdict.certificate is None or not asking.may_see(verdict.number or ""):
        return verdict
    used = tuple(failed(Aspect.USE, reason) for reason in asking.used(verdict.number or ""))
    if not used:
        return verdict
    worse = decide((*verdict.fragments, *used), required=frozenset())
    return replace(verdict, result=worse.result, fragments=worse.fragments, also=worse.also)


def _kept(asking: Asking, door: Door, found: Verdict) -> StoredResult:
    """Write the attempt and the answer; differences of what was not sent to the partner are not named."""
    verdict = _with_use(asking, _compared(asking, found))
    is_theirs = asking.may_see(verdict.number or "")
    if not is_theirs:
        verdict = replace(verdict, differences=())
    reader = Reader.OFFICIAL if is_theirs else Reader.HOLDER
    shown = verdict if is_theirs or verdict.certificate is not None else replace(verdict, number=None)
    with transaction.atomic():
        CheckAttempt.objects.create(
            authority=asking.authority,
            at=asking.at,
            door=door,
            result=verdict.result,
            number=verdict.number or "" if verdict.certificate is not None else "",
            checker=asking.official,
        )
        return StoredResult.objects.create(
            id=secrets.token_hex(_ID_BYTES),
            authority=asking.authority,
            created_at=asking.at,
            door=door,
            result=verdict.result,
            verdict={language: verdict_to_json(shown, language, reader=reader) for language in ("en", "zh")},
            checker=asking.official,
        )
