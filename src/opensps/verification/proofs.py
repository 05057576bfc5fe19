"""What the log proves of a document and who has seen that log: the aspects `logged` and `witnessed` of `trust.md` 7.1.

A proof bundle is held against the document, its seal and the trust list. Only what is proven here counts as a place in
the log; an index that merely stands somewhere does not (`trust.md` 5.1).
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from opensps.signing import LogPosition, TrustedAuthority, TrustList
from opensps.transparency.bundle import Bundle, CheckedBundle, check_bundle, read_bundle
from opensps.transparency.cosignature import NO_QUORUM, Quorum, WitnessKey
from opensps.transparency.errors import BundleError
from opensps.verification.aspects import Aspect, Fragment, Outcome, failed, passed, skipped

LOGGED, WITNESSED = 2, 3
"""Profiles from which on a document must show these."""

LATEST = timedelta(hours=24)
"""So long after the claimed hour a proof may be missing, and so long before the leaf's hour a date may be printed."""

GATHERING = timedelta(hours=1)
"""So long a quorum that is not complete yet is a remark only."""

_HOUR = 3600


@dataclass(frozen=True, slots=True)
class Proof:
    """What a bundle proves of one document."""

    objection: str | None
    """Why it does not prove the document to be in the log; ``None`` if it does."""

    position: LogPosition | None = None
    logged_at: datetime | None = None
    """Begin of the hour that the leaf names."""

    witness_objection: str | None = "quorum_short"
    witnessed_at: datetime | None = None
    """When the last witness of the quorum had seen it; else nothing."""


def prove(
    raw: bytes, *, digest: bytes, seal: bytes | None, kid: bytes, authority: TrustedAuthority, trust: TrustList
) -> Proof:
    """Return what a bundle proves of the document with digest D, sealed by the key `kid` of an authority.

    `seal` is the signature file where it stands beside the document: the leaf names its SHA-256. Never raises.
    """
    try:
        bundle = read_bundle(raw)
    except BundleError:
        return Proof("proof")
    checked = check_bundle(
        bundle,
        digest=digest,
        log_keys=[log.key for log in trust.logs_of(authority.code)],
        witness_keys=[WitnessKey(each.organisation, each.key) for each in trust.witnesses_of(authority.code)],
        quorum=_quorum(authority),
    )
    if checked.logged is not None or checked.checkpoint is None:
        return Proof(checked.logged or "proof")
    leaf = bundle.leaf
    is_meant = leaf.issuer == authority.code and leaf.seal_kid == kid
    if not is_meant or (seal is not None and leaf.seal_digest != hashlib.sha256(seal).digest()):
        return Proof("commitment")
    return _proven(bundle, checked, checked.checkpoint.origin, has_quorum=authority.quorum is not None)


def _quorum(authority: TrustedAuthority) -> Quorum:
    listed = authority.quorum
    return Quorum(listed.need, frozenset(listed.organisations)) if listed is not None else NO_QUORUM


def _proven(bundle: Bundle, checked: CheckedBundle, origin: str, *, has_quorum: bool) -> Proof:
    """Return the proof; where the list asks for no witness, none is enough for an issuer that promises them."""
    seen = checked.seen_by
    return Proof(
        None,
        LogPosition(origin, bundle.index),
        _moment(bundle.leaf.hour * _HOUR),
        checked.witnessed if has_quorum else "quorum_short",
        _moment(seen.at) if seen is not None and seen.at is not None else None,
    )


def _moment(seconds: int) -> datetime | None:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):  # a leaf may name any hour below 2**63
        return None


def history(
    proof: Proof | None, *, profile: int, due_at: datetime | None, issued_at: datetime | None, now: datetime
) -> Iterator[Fragment]:
    """Give the answers about log and witnesses that an issuer's profile asks for.

    `due_at`: by when there must be a proof; ``None`` where our own register holds it and the log is merely behind.
    `issued_at`: the date printed on it.
    """
    if profile < LOGGED:
        yield from (skipped(Aspect.LOGGED), skipped(Aspect.WITNESSED))
        return
    objection = _log_objection(proof, due_at, issued_at, now)
    yield failed(Aspect.LOGGED, objection) if objection else passed(Aspect.LOGGED)
    if profile < WITNESSED:
        yield skipped(Aspect.WITNESSED)
    elif proof is not None and proof.objection is None:
        yield _witness_answer(proof, now)


def _log_objection(proof: Proof | None, due_at: datetime | None, issued_at: datetime | None, now: datetime) -> str:
    """Return why the document does not count as logged in time, "" if it does."""
    if proof is None:
        return "proof_pending" if due_at is None or now <= due_at else "no_proof"
    if proof.objection is not None:
        return proof.objection
    if proof.logged_at is None:
        return "commitment"
    if issued_at is not None and issued_at < proof.logged_at - LATEST:
        return "printed_date"
    is_late = proof.witnessed_at is not None and proof.witnessed_at > proof.logged_at + LATEST
    return "late" if is_late else ""


def _witness_answer(proof: Proof, now: datetime) -> Fragment:
    """Return who has seen it; a quorum that is still gathering is a remark."""
    if proof.witness_objection is None:
        return passed(Aspect.WITNESSED)
    is_young = proof.logged_at is not None and now - proof.logged_at <= GATHERING + timedelta(seconds=_HOUR)
    if proof.witness_objection == "quorum_short" and is_young:
        return Fragment(Aspect.WITNESSED, Outcome.VALID, "quorum_short")
    return failed(Aspect.WITNESSED, proof.witness_objection)
