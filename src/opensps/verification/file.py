"""The door of the dropped file: XML with its seal, XML alone, or both inside a PDF (`trust.md` 7.3).

`file_altered` is decided from the file and its seal alone, never from our records: otherwise made-up files would
reveal true values. XML alone is compared by D with our record.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from opensps.certificate.direction import with_direction_shown
from opensps.formats import read_element
from opensps.signing import Seal, SealError, TrustList, issuing_country, read_enveloped, read_seal
from opensps.verification.aspects import Aspect, Fragment, Outcome, failed, passed
from opensps.verification.comparison import compare
from opensps.verification.content import check_content
from opensps.verification.document import Document, Refused, open_document
from opensps.verification.entry import (
    check_record,
    conclude_with,
    profile_fragments,
    profile_required,
    with_facts,
)
from opensps.verification.guard import never_raises
from opensps.verification.record import NOTHING, AtHand, Record, Register, Terms
from opensps.verification.sealed import SEALED, Judged, judge_content, judge_integrity, judge_key, judge_proof
from opensps.verification.standing import standing
from opensps.verification.upload import Upload
from opensps.verification.verdict import Difference, Verdict, decide, offline, plain


def check_file(
    upload: Upload,
    *,
    trust: TrustList,
    now: datetime,
    find: Callable[[str], Record | None] | None = None,
    find_digest: Callable[[bytes], Record | None] | None = None,
    authority: str | None = None,
    accepts_training: bool = False,
    may_name_differences: bool = False,
    at_hand: AtHand = NOTHING,
) -> Verdict:
    """Return the verdict on a dropped file. Never raises.

    `find` and `find_digest` ask our own register, by number and by D; without them the check is offline. `authority`
    says whose register it is. `may_name_differences` is for those of `ux.md` 5.2: a signed-in official, the issuer,
    or somebody who gave a valid verification code or token. `at_hand`: status lists and the like of a check
    without our register.
    """
    terms = at_hand.terms(trust, now, accepts_training=accepts_training)
    register = Register(find, find_digest, authority) if find is not None and find_digest is not None else None
    return never_raises(
        lambda: _check(upload, terms, register, may_name_differences=may_name_differences),
        now=now,
    )


def _check(upload: Upload, terms: Terms, register: Register | None, *, may_name_differences: bool) -> Verdict:
    if marked := _marked(upload, terms):
        return plain(marked, now=terms.now)
    if upload.problem or upload.xml is None:
        return _refused(failed(Aspect.INPUT, upload.problem or "not_a_certificate"), terms)
    try:
        document = open_document(upload.xml, is_sealed=upload.seal is not None)
        seal = _seal(document, upload.seal)
        if seal is None:
            return _unsealed(document, terms, register, may_name_differences=may_name_differences)
    except Refused as refused:
        return _refused(failed(refused.aspect, refused.reason), terms)
    except SealError as error:
        verdict = _refused(failed(Aspect(error.aspect), error.reason), terms)
        return replace(verdict, number=_shown_number(document))
    judged = judge_integrity(document, seal)
    return _sealed(judged, upload, terms, register, may_name_differences=may_name_differences)


def _marked(upload: Upload, terms: Terms) -> str:
    """Return the result that the mark of a PDF decides alone. In a demo its own sealed specimens count as real."""
    if upload.is_draft:
        return "not_issued"
    is_real_here = terms.accepts_training and upload.xml is not None
    return "specimen" if upload.is_specimen and not is_real_here else ""


def _refused(fragment: Fragment, terms: Terms) -> Verdict:
    return replace(decide((fragment,), required=frozenset()), as_of=terms.now)


def _seal(document: Document, detached: bytes | None) -> Seal | None:
    """Return the one seal, beside the document or inside it."""
    inside = read_enveloped(document.root)
    if detached is None:
        return inside
    if inside is not None:
        raise SealError("seal_shape", "placement")
    return read_seal(detached)


def _shown_number(document: Document) -> str | None:
    return with_direction_shown(document.number.strip()[:60]) or None


def _sealed(
    judged: Judged, upload: Upload, terms: Terms, register: Register | None, *, may_name_differences: bool
) -> Verdict:
    judged = judge_content(judged, now=terms.now)
    number = _shown_number(judged.document)
    if not judged.is_sound:
        named = _named(judged.document, register) if may_name_differences else ()
        return replace(_unsound(judged, terms), number=number, differences=named)
    record = register.find(judged.document.number) if register is not None else None
    is_ours = record is not None and record.digest == judged.document.digest
    bundle = upload.bundle or (record.bundle if record is not None and is_ours else None)
    judged = judge_proof(judged, terms, bundle=bundle, seal=upload.seal)
    judged = judge_key(judged, terms, proven_at=record.sealed_at if record is not None and is_ours else None)
    if record is not None and is_ours:
        return conclude_with(record, judged.with_fragment(passed(Aspect.CONSISTENCY)), terms)
    return replace(_without_record(judged, terms, register, record), number=number)


def _unsound(judged: Judged, terms: Terms) -> Verdict:
    """Return the verdict on a document that is not what was sealed: decided without any record."""
    judged = judge_key(judged, terms, proven_at=None)
    verdict = decide(judged.fragments, required=SEALED)
    return replace(with_facts(verdict, judged, terms.trust), as_of=terms.now)


def _named(document: Document, register: Register | None) -> tuple[Difference, ...]:
    record = register.find(document.number) if register is not None else None
    return _differences(document, record) if record is not None else ()


def _without_record(judged: Judged, terms: Terms, register: Register | None, record: Record | None) -> Verdict:
    """Return the verdict on a sound seal of which our register does not hold the document, or nobody was asked."""
    found, as_of = _standing(judged, terms, register, record)
    for each in (*found, *profile_fragments(judged, terms)):
        judged = judged.with_fragment(each)
    required = SEALED | {Aspect.STATUS} | profile_required(judged, terms.trust)
    verdict = with_facts(decide(judged.fragments, required=required), judged, terms.trust)
    return replace(offline(verdict) if register is None else verdict, as_of=as_of)


def _standing(
    judged: Judged, terms: Terms, register: Register | None, record: Record | None
) -> tuple[tuple[Fragment, ...], datetime | None]:
    """Return what can be said of its status, and as of when."""
    if judged.key is None:
        return (), terms.now if register is not None else judged.claimed_at
    if register is not None:
        return (_absence(judged.key.authority, register, record),), terms.now
    position = judged.proof.position if judged.proof is not None else None
    log = terms.trust.log(position.origin) if position is not None else None
    found = standing(
        terms,
        authority=judged.key.authority,
        log_id=log.key.id if log is not None else None,
        index=position.index if position is not None else None,
    )
    return found.fragments, found.as_of or judged.claimed_at


def _absence(authority: str, register: Register, record: Record | None) -> Fragment:
    if register.authority not in {None, authority}:
        return failed(Aspect.STATUS, "not_ours")
    return failed(Aspect.CONSISTENCY, "equivocation" if record is not None else "not_recorded")


def _unsealed(document: Document, terms: Terms, register: Register | None, *, may_name_differences: bool) -> Verdict:
    """Return the verdict on XML alone."""
    check_content(document, now=terms.now)
    if register is None:
        return replace(_stripped(document, terms), number=_shown_number(document))
    record = register.find_digest(document.digest)
    if record is not None:
        return check_record(record, terms)
    if not may_name_differences:
        return plain("no_match", now=terms.now)
    return _compared(document, register.find(document.number), terms)


def _stripped(document: Document, terms: Terms) -> Verdict:
    """Return the answer to XML alone where no record can be asked: below its issuer's profile, or unknown."""
    sealing = [each for each in terms.trust.of_country(issuing_country(document.root)) if each.profile > 0]
    if sealing:
        return _refused(failed(Aspect.SEAL_SHAPE, "missing"), terms)
    return _refused(Fragment(Aspect.SIGNER, Outcome.ERROR, "unknown_key"), terms)


def _compared(document: Document, record: Record | None, terms: Terms) -> Verdict:
    """Return the answer for those who may know what differs."""
    number = _shown_number(document)
    if record is None:
        return plain("never_issued", now=terms.now, number=number)
    verdict = _refused(failed(Aspect.CONSISTENCY, "fields_differ"), terms)
    return replace(verdict, number=number, differences=_differences(document, record))


def _differences(document: Document, record: Record) -> tuple[Difference, ...]:
    """Return what differs from our record, as far as both can be read."""
    presented = read_element(document.root).certificate
    try:
        recorded = read_element(open_document(record.xml, is_sealed=True).root).certificate
    except Refused:
        return ()
    if presented is None or recorded is None:
        return ()
    found = compare(recorded, presented).differences
    return tuple(
        Difference(
            each.right_field or each.field,
            with_direction_shown(each.right or ""),
            with_direction_shown(each.left or ""),
            each.reason,
        )
        for each in found
    )
