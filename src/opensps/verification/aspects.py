"""What a check asks, in its fixed order, and how each question is answered (`trust.md` 7.1).

Reason codes are permanent: a new one may be added, none is ever used for anything else.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Aspect(StrEnum):
    """The questions, cheap before dear, structure before cryptography, cryptography before meaning."""

    INPUT = "input"
    SEAL_SHAPE = "seal_shape"
    SIGNER = "signer"
    INTEGRITY = "integrity"
    CONTENT = "content"
    CONSISTENCY = "consistency"
    LOGGED = "logged"
    WITNESSED = "witnessed"
    STATUS = "status"
    FRESHNESS = "freshness"
    PURPOSE = "purpose"
    USE = "use"


class Outcome(StrEnum):
    """ERROR is "could not tell": neither good nor bad. SKIPPED was not asked."""

    VALID = "VALID"
    INVALID = "INVALID"
    ERROR = "ERROR"
    SKIPPED = "SKIPPED"


@dataclass(frozen=True, slots=True)
class Fragment:
    """One question and its answer."""

    aspect: Aspect
    outcome: Outcome
    reason: str = ""
    """Permanent code; empty when VALID."""


def _table(*rows: tuple[Aspect, str, str]) -> Mapping[tuple[Aspect, str], str]:
    return MappingProxyType(
        {(aspect, reason): result for aspect, reasons, result in rows for reason in reasons.split()}
    )


INVALID_RESULTS = _table(
    (
        Aspect.INPUT,
        "dtd comment pi cdata encoding limits relative_namespace root pdf_updated pdf_signature",
        "file_altered",
    ),
    (
        Aspect.SEAL_SHAPE,
        "placement children references transform algorithm coverage duplicate_id keyinfo properties missing",
        "file_altered",
    ),
    (Aspect.SEAL_SHAPE, "not_sealed", "not_sealed"),
    (Aspect.SIGNER, "other_authority unknown_key", "foreign_signature"),
    (Aspect.SIGNER, "type use distrusted retired", "key_not_valid"),
    (Aspect.SIGNER, "training", "specimen"),
    (Aspect.INTEGRITY, "digest signature payload_mismatch", "file_altered"),
    (
        Aspect.CONTENT,
        "duplicate_field xsi_type foreign_namespace identifier date number issuer_mismatch claims",
        "malformed",
    ),
    (Aspect.CONSISTENCY, "equivocation", "duplicate_number"),
    (Aspect.CONSISTENCY, "fields_differ token_mismatch", "fields_differ"),
    (Aspect.CONSISTENCY, "host", "address_not_official"),
    (Aspect.CONSISTENCY, "page", "pages_mixed"),
    (Aspect.CONSISTENCY, "not_recorded", "not_recorded"),
    (Aspect.CONSISTENCY, "template", "template_not_valid"),
    (Aspect.LOGGED, "proof commitment no_proof", "not_recorded"),
    (Aspect.LOGGED, "printed_date", "backdated"),
    (Aspect.LOGGED, "late", "logged_late"),
    (Aspect.WITNESSED, "cosignature", "not_recorded"),
    (Aspect.STATUS, "withdrawn", "withdrawn"),
    (Aspect.STATUS, "replaced", "replaced"),
    (Aspect.STATUS, "split", "split"),
    (Aspect.STATUS, "combined", "combined"),
    (Aspect.STATUS, "on_hold", "on_hold"),
    (Aspect.STATUS, "expired", "expired"),
    (Aspect.STATUS, "unconfirmed", "unconfirmed"),
    (Aspect.PURPOSE, "other_destination", "other_destination"),
    (Aspect.USE, "used_up balance_exceeded", "used_up"),
    (Aspect.USE, "open_elsewhere same_copy other_country", "already_presented"),
    (Aspect.USE, "copy_lost", "copy_lost"),
    (Aspect.USE, "uncounted_copy", "not_recorded"),
)
"""(aspect, reason) -> check result, for what is bad."""

ERROR_RESULTS = _table(
    (Aspect.INPUT, "not_a_certificate not_well_formed too_large ambiguous", "unreadable"),
    (Aspect.CONTENT, "unreadable", "unreadable"),
    (Aspect.SIGNER, "unknown_key list_missing list_expired position_unknown", "offline_unknown"),
    (Aspect.INTEGRITY, "library", "unavailable"),
    (Aspect.LOGGED, "proof_pending", "unavailable"),
    (Aspect.WITNESSED, "quorum_short", "unavailable"),
    (Aspect.CONSISTENCY, "record_unreachable", "unavailable"),
    (Aspect.STATUS, "list_missing not_covered", "offline_ok"),
    (Aspect.FRESHNESS, "status_old list_old", "offline_ok"),
    (Aspect.STATUS, "not_ours", "other_authority"),
)
"""(aspect, reason) -> check result, for what could not be told."""

UNFORESEEN = Fragment(Aspect.INTEGRITY, Outcome.ERROR, "library")
"""Nobody foresaw what went wrong: the answer is that there is no answer."""


def passed(aspect: Aspect) -> Fragment:
    """Return the fragment of a question that was answered well."""
    return Fragment(aspect, Outcome.VALID)


def skipped(aspect: Aspect) -> Fragment:
    """Return the fragment of a question that the issuer's profile does not ask."""
    return Fragment(aspect, Outcome.SKIPPED)


def failed(aspect: Aspect, reason: str) -> Fragment:
    """Return the fragment of a known reason: INVALID or ERROR as the tables say. An unknown one is unforeseen."""
    if (aspect, reason) in INVALID_RESULTS:
        return Fragment(aspect, Outcome.INVALID, reason)
    if (aspect, reason) in ERROR_RESULTS:
        return Fragment(aspect, Outcome.ERROR, reason)
    return UNFORESEEN


def result_of(fragment: Fragment) -> str | None:
    """Return the check result a fragment asks for; ``None`` when it objects to nothing."""
    if fragment.outcome is Outcome.INVALID:
        return INVALID_RESULTS[fragment.aspect, fragment.reason]
    if fragment.outcome is Outcome.ERROR:
        return ERROR_RESULTS[fragment.aspect, fragment.reason]
    return None
