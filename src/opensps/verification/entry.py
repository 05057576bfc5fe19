"""The door of number and verification code, and of the token: our own record is asked (`trust.md` 7.3, first row).

Whether number and code belong together has been decided by the caller; no record means that they do not, or that
there is no such number, and the answer to both is the same.
"""

import re
import unicodedata
from dataclasses import replace
from datetime import datetime

from opensps.certificate.direction import with_direction_shown
from opensps.rules.templates import certificate_is_on_wrong_template
from opensps.signing import SealError, TrustList, read_seal
from opensps.verification.aspects import Aspect, Fragment, Outcome, failed, passed
from opensps.verification.document import Refused, open_document
from opensps.verification.guard import never_raises
from opensps.verification.proofs import LATEST, LOGGED, WITNESSED, history
from opensps.verification.record import Record, Terms
from opensps.verification.sealed import SEALED, Judged, judge_content, judge_integrity, judge_key, judge_proof
from opensps.verification.verdict import Circumstances, Verdict, decide, plain

_APPLICATION = re.compile(r"A-?\d{4}-?\d{7}")


def check_entry(
    record: Record | None, *, trust: TrustList, now: datetime, accepts_training: bool = False, destination: str = ""
) -> Verdict:
    """Return the verdict on our own record of what was typed or scanned; ``None`` is no_match. Never raises.

    ``destination`` is the country of an official, who asks whether it is meant for it.
    """
    if record is None:
        return plain("no_match", now=now)
    terms = Terms(trust, now, accepts_training, destination=destination)
    return never_raises(lambda: check_record(record, terms), now=now)


def is_application_reference(typed: str) -> bool:
    """Return whether what was typed has the shape of an application: not_issued, decided without any record."""
    folded = "".join(unicodedata.normalize("NFKC", typed).upper().split())
    return _APPLICATION.fullmatch(folded) is not None


def check_record(record: Record, terms: Terms, *, copy: int | None = None) -> Verdict:
    """Return the verdict on a record: its stored bytes are judged again, then its state.

    ``copy`` is the number of the printed copy that was presented, 0 for the original; ``None`` where nobody knows.
    """
    try:
        document = open_document(record.xml, is_sealed=True)
        seal = read_seal(record.seal)
    except Refused as refused:
        return _about(record, decide((failed(refused.aspect, refused.reason),), required=frozenset()), terms)
    except SealError as error:
        return _about(record, decide((failed(Aspect(error.aspect), error.reason),), required=frozenset()), terms)
    judged = judge_integrity(document, seal)
    if judged.is_sound and document.digest != record.digest:
        judged = judged.with_fragment(failed(Aspect.INTEGRITY, "payload_mismatch"))
    judged = judge_proof(judge_content(judged, now=terms.now), terms, bundle=record.bundle, seal=record.seal)
    judged = judge_key(judged, terms, proven_at=record.sealed_at)
    return conclude_with(record, judged, terms, copy=copy)


def conclude_with(record: Record, judged: Judged, terms: Terms, *, copy: int | None = None) -> Verdict:
    """Return the verdict on a judged document whose record we hold."""
    answers = (_status(record.state), passed(Aspect.FRESHNESS), *profile_fragments(judged, terms, is_ours=True))
    for each in (*answers, *_form(record, judged), *_copy(record, copy)):
        judged = judged.with_fragment(each)
    verdict = decide(judged.fragments, required=SEALED | {Aspect.STATUS} | profile_required(judged, terms.trust))
    found = _about(record, with_facts(verdict, judged, terms.trust), terms)
    return _of_lost_copy(found, record, copy)


def _form(record: Record, judged: Judged) -> tuple[Fragment, ...]:
    """Ask whether the form it is on was valid on the day of issue; not asked where no form was agreed."""
    if judged.certificate is None or not record.templates:
        return ()
    is_wrong = certificate_is_on_wrong_template(record.templates, judged.certificate, used=record.template)
    return (failed(Aspect.CONSISTENCY, "template"),) if is_wrong else ()


def _copy(record: Record, copy: int | None) -> tuple[Fragment, ...]:
    """Ask whether the copy was counted when it was printed, and whether it was reported lost since."""
    if copy is None or record.copies is None:
        return ()
    if copy > record.copies:
        return (failed(Aspect.USE, "uncounted_copy"),)
    return (failed(Aspect.USE, "copy_lost"),) if copy in dict(record.lost_copies) else ()


def _of_lost_copy(verdict: Verdict, record: Record, copy: int | None) -> Verdict:
    """Return the verdict with the copy and its day, where it is that of a lost one."""
    lost = dict(record.lost_copies)
    if copy is None or copy not in lost:
        return verdict
    changed_at = lost[copy] if verdict.result == "copy_lost" else verdict.circumstances.changed_at
    return replace(verdict, circumstances=replace(verdict.circumstances, copy=copy, changed_at=changed_at))


def _about(record: Record, verdict: Verdict, terms: Terms) -> Verdict:
    return replace(verdict, number=record.number, as_of=terms.now, circumstances=record.circumstances)


def _status(state: str) -> Fragment:
    return passed(Aspect.STATUS) if state == "in_force" else failed(Aspect.STATUS, state)


def profile_fragments(judged: Judged, terms: Terms, *, is_ours: bool = False) -> tuple[Fragment, ...]:
    """Return the answers about log and witnesses and about the purpose; none for a key nobody lists.

    `is_ours`: our own register holds it, so a proof that is missing is on its way.
    """
    if judged.key is None:
        return ()
    asked = history(
        judged.proof,
        profile=_profile(judged, terms.trust),
        due_at=None if is_ours else _due_at(judged, terms),
        issued_at=judged.document.issued_at,
        now=terms.now,
    )
    return (*asked, *_purpose(judged, terms))


def _due_at(judged: Judged, terms: Terms) -> datetime:
    """Return by when there must be a proof: a day after the earlier of the two times it claims."""
    claimed = (judged.claimed_at, judged.document.issued_at)
    return min((at for at in claimed if at is not None), default=terms.now) + LATEST


def _purpose(judged: Judged, terms: Terms) -> tuple[Fragment, ...]:
    """Ask for officials whether their country is the destination, or one on the way."""
    if not terms.destination or judged.certificate is None:
        return ()
    goods = judged.certificate.consignment
    meant = {goods.import_country.code, *(each.code for each in goods.transit_countries)}
    is_meant = terms.destination in meant
    return (passed(Aspect.PURPOSE) if is_meant else failed(Aspect.PURPOSE, "other_destination"),)


def _profile(judged: Judged, trust: TrustList) -> int:
    authority = trust.authority(judged.key.authority) if judged.key is not None else None
    return authority.profile if authority is not None else 1


def profile_required(judged: Judged, trust: TrustList) -> frozenset[Aspect]:
    """Return what the issuer's profile asks beyond the seal."""
    profile = _profile(judged, trust)
    asked = {Aspect.LOGGED: profile >= LOGGED, Aspect.WITNESSED: profile >= WITNESSED}
    return frozenset(aspect for aspect, is_asked in asked.items() if is_asked)


def with_facts(verdict: Verdict, judged: Judged, trust: TrustList) -> Verdict:
    """Return the verdict with the content, only if its seal holds and its key may speak; and with the signer."""
    answered = {each.aspect for each in judged.fragments if each.outcome is Outcome.VALID}
    authority = trust.authority(judged.key.authority) if judged.key is not None else None
    return replace(
        verdict,
        certificate=judged.certificate if answered >= SEALED else None,
        signer=authority.name if authority is not None else with_direction_shown(judged.seal.signer.name),
        issuing_country=judged.key.country if judged.key is not None else None,
        circumstances=Circumstances(sealed_at=judged.claimed_at),
    )
