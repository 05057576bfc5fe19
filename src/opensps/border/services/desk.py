"""The doors of the border desk: number, code, file, picture, and what the paper says, field by field.

Source: `ux.md` 5.1, 5.2 and 6.6, `fraud.md` 2 to 4. For officials of other countries, about what we issued for theirs,
and for our own border, about what partners sent. A number that is not theirs and one nobody was given take one path
and get the same answer. Every check is kept for good.
"""

import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from django.db import transaction

from opensps.border.desk import Desk, Found, judge
from opensps.border.errors import RecordNotFound, TypingError
from opensps.border.models import Door
from opensps.border.queries.verdicts import verdict_by_id
from opensps.border.records import DESK_ABROAD, DESK_STAFF, CertificateRecord, may_see, received, record_for
from opensps.border.services.counting import count_try, file_keys_for, keys_for, locked_counts, waiting_until
from opensps.border.services.verdicts import verdict_keep
from opensps.border.verdicts import VerdictRecord
from opensps.certificate.numbers import NumberTypo, parse_number
from opensps.certification.queries import certificate_record, record_by_digest, record_by_token
from opensps.formats.carriers import CodeTypo, parse_code, parse_token
from opensps.formats.errors import FormatError
from opensps.formats.picture import codes_in
from opensps.formats.qr_text import read_code
from opensps.lifecycle.access import AccessScope
from opensps.verification import (
    FieldAnswer,
    Record,
    Verdict,
    check_code,
    check_entry,
    check_file,
    compare_paper,
    gather,
    is_application_reference,
    plain,
)
from opensps.verification.comparison import Terms, Word

LONGEST = 100
_POINTS = {Word.DIFFERS: "fields_differ", Word.EXPLAINED: "fields_explained"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Customs:
    """What the officer knows beside the paper."""

    has_transhipment: bool = False
    seal_reference: str = ""
    """Reference under which customs changed the seal."""

    treatment_at_least: bool = False
    hs_edition_changed: bool = False


class SeveralIssuers(TypingError):
    """Several partners sent a certificate of this number: the issuer has to be chosen."""

    def __init__(self, issuers: tuple[str, ...]) -> None:
        super().__init__("issuer")
        self.issuers = issuers


def desk_number(desk: Desk, *, number: str, code: str = "", issuer: str = "") -> VerdictRecord:
    """Check a number; a code opens to an official also what is meant for another country.

    Raises `TypingError` (number, code), `SeveralIssuers`, `RecordNotFound` for whoever has no desk.
    """
    _check_desk(desk)
    typed = " ".join(number.split())[:LONGEST]
    if is_application_reference(typed):
        return verdict_keep(desk, Found(verdict=plain("not_issued", now=desk.at), door=Door.NUMBER, number=typed))
    theirs = _of_partner(desk, typed, issuer)
    if theirs is not None:
        return _kept(desk, theirs, Door.NUMBER)
    return _own_number(desk, typed, code, issuer)


def _own_number(desk: Desk, typed: str, code: str, issuer: str) -> VerdictRecord:
    try:
        parsed = parse_number(typed)
    except NumberTypo as exc:
        if desk.actor.country or not typed:
            raise TypingError("number") from exc
        return _unknown(desk, typed, "no_match")
    if issuer not in {"", desk.authority} or (not desk.actor.country and not _is_of_us(desk, parsed.text)):
        return _unknown(desk, parsed.text, "no_match")
    if parsed.is_training and not desk.accepts_training:
        return verdict_keep(desk, Found(verdict=plain("specimen", now=desk.at), door=Door.NUMBER, number=parsed.text))
    return _opened(desk, parsed.text, code)


def _is_of_us(desk: Desk, number: str) -> bool:
    return number.removeprefix("T-").startswith(desk.authority)


def _opened(desk: Desk, number: str, code: str) -> VerdictRecord:
    """Answer a well-formed number of ours: by whom it is for, else by its code."""
    try:
        secret = parse_code(code) if code.strip() else ""
    except CodeTypo as exc:
        raise TypingError("code") from exc
    try:
        record = record_for(authority=desk.authority, actor=desk.actor, issuer=desk.authority, number=number)
    except RecordNotFound:
        return _by_code(desk, number, secret)
    return _kept(desk, record, Door.NUMBER)


def _by_code(desk: Desk, number: str, secret: str) -> VerdictRecord:
    """Answer what is not for this country, or does not exist; without the right code both are the same."""
    with transaction.atomic():
        counts = locked_counts(authority=desk.authority, keys=keys_for(network="", official=desk.actor.id))
        until = waiting_until(counts, at=desk.at)
        found = certificate_record(authority=desk.authority, number=number)
        is_right = found is not None and bool(secret) and hmac.compare_digest(found.code, secret)
        if until is None and not is_right:
            count_try(authority=desk.authority, counts=counts, at=desk.at)
    if until is not None:
        waiting = {"time": until.strftime("%Y-%m-%d %H:%M UTC")}
        verdict = plain("too_many_tries", now=desk.at)
        return verdict_keep(desk, Found(verdict=verdict, door=Door.NUMBER, wait_until=until, extra=waiting))
    if not is_right:
        return _unknown(desk, number, "never_issued")
    return verdict_keep(desk, Found(verdict=_entry(desk, found), door=Door.NUMBER, is_full=True))


def _unknown(desk: Desk, number: str, result: str) -> VerdictRecord:
    verdict = plain(result, now=desk.at, number=number)
    return verdict_keep(desk, Found(verdict=verdict, door=Door.NUMBER, number=number))


def _entry(desk: Desk, record: Record | None) -> Verdict:
    return check_entry(
        desk.proven(record),
        trust=desk.trust,
        now=desk.at,
        accepts_training=desk.accepts_training,
        destination=desk.actor.country,
    )


def _of_partner(desk: Desk, number: str, issuer: str) -> CertificateRecord | None:
    """Return what partners sent under a number, for our own border alone."""
    source = received()
    if source is None or desk.actor.country or issuer == desk.authority:
        return None
    found = source.of_number(authority=desk.authority, number=number)
    chosen = tuple(each for each in found if issuer in {"", each.issuer})
    if len(chosen) > 1:
        raise SeveralIssuers(tuple(each.issuer for each in chosen))
    return chosen[0] if chosen else None


def _kept(desk: Desk, record: CertificateRecord, door: Door) -> VerdictRecord:
    return verdict_keep(desk, Found(verdict=judge(desk, record), door=door, record=record))


def desk_file(desk: Desk, *, files: Iterable[tuple[str, bytes]]) -> VerdictRecord:
    """Check the files of one certificate, read in memory and not kept; what differs is named only of theirs."""
    _check_desk(desk)
    until = _counted(desk)
    if until is not None:
        return until
    upload = gather(files)
    verdict = check_file(
        upload,
        trust=desk.trust,
        now=desk.at,
        find=lambda number: _theirs(desk, certificate_record(authority=desk.authority, number=number)),
        find_digest=lambda digest: desk.proven(record_by_digest(authority=desk.authority, digest=digest)),
        authority=desk.authority,
        accepts_training=desk.accepts_training,
        may_name_differences=True,
        at_hand=replace(desk.at_hand, destination=desk.actor.country),
    )
    return _told(desk, verdict, Door.FILE)


def _theirs(desk: Desk, found: Record | None) -> Record | None:
    """Return a record of ours only where this official may see it: no file reveals what was signed for others."""
    if found is None or not desk.actor.country:
        return desk.proven(found)
    try:
        record_for(authority=desk.authority, actor=desk.actor, issuer=desk.authority, number=found.number)
    except RecordNotFound:
        return None
    return desk.proven(found)


def desk_code(desk: Desk, *, text: str) -> VerdictRecord:
    """Check the text of a printed code, or a check link."""
    _check_desk(desk)
    text = text.strip()
    token = _plain_token(desk, text)
    if token is not None:
        record = record_by_token(authority=desk.authority, token=token)
        verdict = plain("no_match", now=desk.at) if record is None else _entry(desk, record)
        return _told(desk, verdict, Door.TOKEN)
    verdict = check_code(
        text,
        trust=desk.trust,
        now=desk.at,
        find_token=lambda token: desk.proven(record_by_token(authority=desk.authority, token=token)),
        accepts_training=desk.accepts_training,
        at_hand=replace(desk.at_hand, destination=desk.actor.country),
    )
    return _told(desk, verdict, Door.CODE)


def desk_picture(desk: Desk, *, picture: bytes) -> VerdictRecord | None:
    """Check the printed code in a photo; None where there is no code. Raises `FormatError`: too_large, picture."""
    _check_desk(desk)
    until = _counted(desk)
    if until is not None:
        return until
    texts = codes_in(picture)
    return desk_code(desk, text=next(filter(_is_of_certificate, texts), texts[0])) if texts else None


def _is_of_certificate(text: str) -> bool:
    try:
        read_code(text)
    except FormatError:
        return False
    return True


def _plain_token(desk: Desk, text: str) -> str | None:
    """Return the token of a link without signed facts that leads to us, or typed alone."""
    try:
        scanned = read_code(text)
        listed = desk.trust.authority(desk.authority)
        is_ours = listed is not None and scanned.host in listed.hosts
        return parse_token(scanned.token) if scanned.message is None and is_ours and scanned.token else None
    except (FormatError, CodeTypo):
        return None


def _counted(desk: Desk) -> VerdictRecord | None:
    """Count one file more; the answer to wait where there were too many."""
    with transaction.atomic():
        keys = file_keys_for(network=desk.network, official=desk.actor.id)
        counts = locked_counts(authority=desk.authority, keys=keys)
        until = waiting_until(counts, at=desk.at)
        if until is None:
            count_try(authority=desk.authority, counts=counts, at=desk.at)
    if until is None:
        return None
    extra = {"time": until.strftime("%Y-%m-%d %H:%M UTC")}
    verdict = plain("too_many_tries", now=desk.at)
    return verdict_keep(desk, Found(verdict=verdict, door=Door.FILE, wait_until=until, extra=extra))


def _told(desk: Desk, verdict: Verdict, door: Door) -> VerdictRecord:
    """Keep an answer that was opened by a code or a sealed file; its record stands beside it where it is theirs."""
    number = verdict.number or ""
    record = _own_record(desk, number) or _sent_by_partner(desk, verdict, number)
    if record is not None and not record.is_own and verdict.result in {"other_authority", "offline_ok", "not_recorded"}:
        verdict = judge(desk, record)
    is_full = verdict.certificate is not None or verdict.claims is not None
    return verdict_keep(desk, Found(verdict=verdict, door=door, record=record, number=number, is_full=is_full))


def _own_record(desk: Desk, number: str) -> CertificateRecord | None:
    try:
        return record_for(authority=desk.authority, actor=desk.actor, issuer=desk.authority, number=number)
    except RecordNotFound:
        return None


def _sent_by_partner(desk: Desk, verdict: Verdict, number: str) -> CertificateRecord | None:
    """Return the partner's certificate a code or file speaks of, where it came to us and says the same."""
    source = received()
    if source is None or desk.actor.country or not number:
        return None
    found = source.of_number(authority=desk.authority, number=number)
    of_country = [each for each in found if each.export_country == verdict.issuing_country]
    return of_country[0] if len(of_country) == 1 and may_see(desk.actor, of_country[0]) else None


def desk_compare(
    desk: Desk, *, verdict_id: str, typed: Mapping[str, str], customs: Customs = Customs()
) -> tuple[VerdictRecord, tuple[FieldAnswer, ...]]:
    """Hold what the paper and the goods say against the record, and keep the new verdict beside the answers.

    Raises `RecordNotFound` where the verdict, or its certificate, is not theirs; `verification.TypedError`.
    """
    _check_desk(desk)
    earlier = verdict_by_id(authority=desk.authority, verdict_id=verdict_id, actor=desk.actor)
    if earlier is None or not earlier.issuer:
        raise RecordNotFound(verdict_id)
    record = record_for(authority=desk.authority, actor=desk.actor, issuer=earlier.issuer, number=earlier.number)
    if record.value is None:
        raise RecordNotFound(verdict_id)
    answers = compare_paper(record.value, typed, terms=_terms(customs))
    words = {each.word for each in answers}
    points = tuple(point for word, point in _POINTS.items() if word in words)
    found = Found(
        verdict=judge(desk, record),
        door=Door.PAPER,
        record=record,
        points=(*points, *_kept_points(earlier)),
        fields=answers,
        previous=earlier.pk,
    )
    return verdict_keep(replace(desk, reference=desk.reference or earlier.reference), found), answers


def _terms(customs: Customs) -> Terms:
    return Terms(
        presented_may_be_less=True,
        treatment_at_least=customs.treatment_at_least,
        hs_edition_changed=customs.hs_edition_changed,
        has_transhipment=customs.has_transhipment,
        customs_reference=customs.seal_reference.strip(),
    )


def _kept_points(earlier: VerdictRecord) -> tuple[str, ...]:
    """Return what the paper itself said before: a comparison never makes a false file or code good again."""
    of_paper = {"file_altered", "foreign_signature", "key_not_valid", "pages_mixed", "address_not_official"}
    return tuple(each for each in earlier.reasons if each in of_paper)


def _check_desk(desk: Desk) -> None:
    """Let nobody in who has no desk here. Raises `RecordNotFound`."""
    wanted = DESK_ABROAD if desk.actor.country else DESK_STAFF
    is_here = desk.actor.authority == desk.authority and bool(desk.actor.roles & wanted)
    if not is_here or desk.actor.lacks(AccessScope.VERIFY):
        raise RecordNotFound("desk")
