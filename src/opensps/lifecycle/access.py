"""The tables of access for officials of other countries: the request through the embassy, and the account.

Source: `lifecycles.md` 6.1 and 6.2. Pure. Guards read `AccessFacts`, whose defaults make them fail: what a service
forgot to say is not so. Ours beside the design: a draft nobody sends lapses like a returned request, the embassy makes
the one-time link itself (it is never mailed and never stored), and reminders also run while the department holds it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from opensps.lifecycle.machine import Table, next_state, row, transition
from opensps.lifecycle.roles import Role


class AccessState(StrEnum):
    """Where a request for access stands."""

    DRAFT = "draft"
    RETURNED = "returned"
    WITH_EMBASSY = "with_embassy"
    ENDORSED = "endorsed"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    COMPLETED = "completed"
    REFUSED = "refused"
    LAPSED = "lapsed"


class AccessAct(StrEnum):
    """What can be done to a request for access."""

    APPLY = "apply"
    CHANGE = "change"
    SEND = "send"
    ENDORSE = "endorse"
    RETURN = "return"
    REFUSE = "refuse"
    REVIEW = "review"
    APPROVE = "approve"
    HAND_OVER = "hand_over"
    """The embassy makes the one-time link for the applicant."""

    ENROL = "enrol"
    REMIND = "remind"
    STALL = "stall"
    CHANGES_CLOCK_ENDS = "changes_clock_ends"
    LINK_ENDS = "link_ends"


class AccountState(StrEnum):
    """Where an official account stands."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    REVOKED = "revoked"


class AccountAct(StrEnum):
    """What can be done to an official account."""

    OPEN = "open"
    OPEN_INHERITED = "open_inherited"
    """Opened by the administrator of the country under his own endorsement."""

    RECONFIRM = "reconfirm"
    RECONFIRM_CLOCK_ENDS = "reconfirm_clock_ends"
    UNUSED_CLOCK_ENDS = "unused_clock_ends"
    SUSPEND = "suspend"
    RESTORE = "restore"
    REVOKE = "revoke"
    RENEW_KEY = "renew_key"
    """A program gets a new key; the former one ends."""

    END_KEY = "end_key"


class AccessScope(StrEnum):
    """What an official may do; the agreement with a country says which of them its officials can have."""

    VIEW = "view"
    VERIFY = "verify"
    INQUIRE = "inquire"
    RECEIVE = "receive"
    COUNTRY_ADMIN = "country_admin"


class SuspensionReason(StrEnum):
    """Why the department suspends an account."""

    MOVED = "moved"
    ABUSE = "abuse"
    PRECAUTION = "precaution"


REMIND_AFTER_DAYS, STALL_AFTER_DAYS = 14, 28
"""Days a request may lie with its holder: ten and twenty working days from Monday to Friday are never more or less."""

CHANGES_WITHIN = timedelta(days=60)
LINK_VALID = timedelta(days=7)
RECONFIRM_EVERY = timedelta(days=365)
RECONFIRM_GRACE = timedelta(days=30)
UNUSED_AFTER = timedelta(days=90)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessFacts:
    """What is known when an act is asked for."""

    at: datetime | None = None
    actor: str = ""
    actor_country: str = ""
    country: str = ""
    """Of the applicant or account."""

    mail: str = ""
    mail_domains: frozenset[str] = frozenset()
    """Of the agreement with the country, lower case."""

    missing: tuple[str, ...] | None = None
    """Fields without an answer; ``None`` when nobody looked."""

    embassy_country: str = ""
    has_second_factor: bool = False
    note_reference: str = ""
    reason: str = ""
    scopes: frozenset[AccessScope] = frozenset()
    agreed_scopes: frozenset[AccessScope] = frozenset()
    has_agreement: bool = False
    allows_inheritance: bool = False
    reviewer: str = ""
    endorser: str = ""
    approver: str = ""
    link_until: datetime | None = None
    accepts_terms: bool = False
    due_at: datetime | None = None
    """When the deadline of an act of the clock ends."""

    person: str = ""
    """Whose account it is."""

    is_machine: bool | None = None
    """It is about a program of an authority, not about an official; ``None`` when nobody looked."""

    has_partner: bool = False
    """The program's country is a partner we exchange with; its key belongs there."""

    ends_at: datetime | None = None
    """When the access that was approved ends."""


Guard = Callable[[AccessFacts], str | None]


def _own_country(facts: AccessFacts) -> str | None:
    return None if facts.country and facts.actor_country == facts.country else "other_country"


def _official_mail_domain(facts: AccessFacts) -> str | None:
    if not facts.has_agreement:
        return "no_agreement"
    domain = facts.mail.rpartition("@")[2].lower()
    fits = any(domain == each or domain.endswith(f".{each}") for each in facts.mail_domains)
    return None if domain and fits else "other_domain"


def _complete(facts: AccessFacts) -> str | None:
    return "incomplete" if facts.missing is None or facts.missing else None


def _embassy_of_own_country(facts: AccessFacts) -> str | None:
    return None if facts.country and facts.embassy_country == facts.country else "other_embassy"


def _second_factor(facts: AccessFacts) -> str | None:
    return None if facts.has_second_factor else "no_second_factor"


def _note_reference(facts: AccessFacts) -> str | None:
    return None if facts.note_reference.strip() else "no_note"


def _reason_given(facts: AccessFacts) -> str | None:
    return None if facts.reason.strip() else "no_reason"


def _scope_within_agreement(facts: AccessFacts) -> str | None:
    if not facts.has_agreement:
        return "no_agreement"
    return None if facts.scopes and facts.scopes <= facts.agreed_scopes else "beyond_agreement"


def _other_person(facts: AccessFacts) -> str | None:
    is_other = facts.actor and facts.reviewer and facts.actor not in {facts.reviewer, facts.endorser}
    return None if is_other else "reviewed_by_you"


def _link_valid(facts: AccessFacts) -> str | None:
    is_valid = facts.link_until is not None and facts.at is not None and facts.at < facts.link_until
    return None if is_valid else "link_over"


def _terms_accepted(facts: AccessFacts) -> str | None:
    return None if facts.accepts_terms else "terms_not_accepted"


def _is_late(facts: AccessFacts) -> str | None:
    return None if facts.at is not None and facts.due_at is not None and facts.at >= facts.due_at else "not_late"


def _endorsed_and_approved(facts: AccessFacts) -> str | None:
    return None if facts.endorser and facts.approver and facts.endorser != facts.approver else "not_approved"


def _agreement_allows_inheritance(facts: AccessFacts) -> str | None:
    return None if facts.has_agreement and facts.allows_inheritance else "no_inheritance"


def _not_own_account(facts: AccessFacts) -> str | None:
    return None if facts.actor and facts.person and facts.actor != facts.person else "own_account"


def _fit_for_kind(facts: AccessFacts) -> str | None:
    may_administer = facts.is_machine is False or AccessScope.COUNTRY_ADMIN not in facts.scopes
    return None if may_administer and facts.is_machine is not None else "machine_administers"


def _partner_known(facts: AccessFacts) -> str | None:
    return None if facts.is_machine is False or facts.has_partner else "no_partner"


def _own_country_or_ours(facts: AccessFacts) -> str | None:
    return None if facts.country and facts.actor_country in ("", facts.country) else "other_country"


def _of_a_program(facts: AccessFacts) -> str | None:
    return None if facts.is_machine else "no_program"


def _term_runs(facts: AccessFacts) -> str | None:
    is_over = facts.at is None or (facts.ends_at is not None and facts.at >= facts.ends_at)
    return "term_over" if is_over else None


ACCESS_GUARDS: Mapping[str, Guard] = MappingProxyType(
    {
        "own_country": _own_country,
        "official_mail_domain": _official_mail_domain,
        "complete": _complete,
        "embassy_of_own_country": _embassy_of_own_country,
        "second_factor": _second_factor,
        "note_reference": _note_reference,
        "reason_given": _reason_given,
        "scope_within_agreement": _scope_within_agreement,
        "other_person": _other_person,
        "link_valid": _link_valid,
        "terms_accepted": _terms_accepted,
        "is_late": _is_late,
        "endorsed_and_approved": _endorsed_and_approved,
        "agreement_allows_inheritance": _agreement_allows_inheritance,
        "not_own_account": _not_own_account,
        "fit_for_kind": _fit_for_kind,
        "partner_known": _partner_known,
        "own_country_or_ours": _own_country_or_ours,
        "of_a_program": _of_a_program,
        "term_runs": _term_runs,
    }
)
"""Name of a guard -> the question; ``None`` or the code of the reason why it fails."""

_S, _A = AccessState, AccessAct
_WAITING = (_S.WITH_EMBASSY, _S.ENDORSED, _S.IN_REVIEW)
_EMBASSY, _REVIEWER, _APPROVER = Role.EMBASSY, Role.ACCESS_REVIEWER, Role.ACCESS_APPROVER
_APPLICANT = Role.FOREIGN_OFFICER

ACCESS_REQUEST: Table[AccessState, AccessAct] = MappingProxyType(
    {
        (None, _A.APPLY): row(_APPLICANT, _S.DRAFT, "official_mail_domain"),
        **{(state, _A.CHANGE): row(_APPLICANT, state, "official_mail_domain") for state in (_S.DRAFT, _S.RETURNED)},
        **{
            (state, _A.SEND): row(_APPLICANT, _S.WITH_EMBASSY, "complete", "embassy_of_own_country", "fit_for_kind")
            for state in (_S.DRAFT, _S.RETURNED)
        },
        (_S.WITH_EMBASSY, _A.ENDORSE): row(_EMBASSY, _S.ENDORSED, "own_country", "second_factor", "note_reference"),
        (_S.WITH_EMBASSY, _A.RETURN): row(_EMBASSY, _S.RETURNED, "own_country", "reason_given"),
        (_S.WITH_EMBASSY, _A.REFUSE): row(_EMBASSY, _S.REFUSED, "own_country", "reason_given"),
        (_S.ENDORSED, _A.REVIEW): row(_REVIEWER, _S.IN_REVIEW, "scope_within_agreement"),
        (_S.IN_REVIEW, _A.APPROVE): row(
            _APPROVER, _S.APPROVED, "other_person", "scope_within_agreement", "fit_for_kind", "partner_known"
        ),
        (_S.IN_REVIEW, _A.RETURN): row(_REVIEWER, _S.RETURNED, "reason_given"),
        (_S.IN_REVIEW, _A.REFUSE): row(_APPROVER, _S.REFUSED, "reason_given"),
        (_S.APPROVED, _A.HAND_OVER): row(_EMBASSY, _S.APPROVED, "own_country", "second_factor", "link_valid"),
        (_S.APPROVED, _A.ENROL): row(_APPLICANT, _S.COMPLETED, "link_valid", "second_factor", "terms_accepted"),
        (_S.APPROVED, _A.LINK_ENDS): row(Role.CLOCK, _S.LAPSED, "is_late"),
        **{(state, _A.REMIND): row(Role.CLOCK, state, "is_late") for state in _WAITING},
        **{(state, _A.STALL): row(Role.CLOCK, state, "is_late") for state in _WAITING},
        **{(state, _A.CHANGES_CLOCK_ENDS): row(Role.CLOCK, _S.LAPSED, "is_late") for state in (_S.DRAFT, _S.RETURNED)},
    }
)
"""(state, act) -> who, guards, target."""

ACCESS_ENDS = frozenset({AccessState.COMPLETED, AccessState.REFUSED, AccessState.LAPSED})

_T, _B = AccountState, AccountAct
_KEEPERS = (Role.COUNTRY_ADMIN, _APPROVER)
OFFICIAL_ACCOUNT: Table[AccountState, AccountAct] = MappingProxyType(
    {
        (None, _B.OPEN): row(Role.SYSTEM, _T.ACTIVE, "endorsed_and_approved"),
        (None, _B.OPEN_INHERITED): row(
            Role.COUNTRY_ADMIN,
            _T.ACTIVE,
            "own_country",
            "second_factor",
            "agreement_allows_inheritance",
            "official_mail_domain",
            "scope_within_agreement",
            "endorsed_and_approved",
        ),
        (_T.ACTIVE, _B.RECONFIRM): row((Role.EMBASSY, Role.COUNTRY_ADMIN), _T.ACTIVE, "own_country", "not_own_account"),
        (_T.ACTIVE, _B.RECONFIRM_CLOCK_ENDS): row(Role.CLOCK, _T.SUSPENDED, "is_late"),
        (_T.ACTIVE, _B.UNUSED_CLOCK_ENDS): row(Role.CLOCK, _T.SUSPENDED, "is_late"),
        (_T.ACTIVE, _B.SUSPEND): row(_APPROVER, _T.SUSPENDED, "reason_given"),
        (_T.SUSPENDED, _B.RESTORE): row(_APPROVER, _T.ACTIVE, "reason_given"),
        (_T.ACTIVE, _B.RENEW_KEY): row(
            _KEEPERS, _T.ACTIVE, "of_a_program", "own_country_or_ours", "second_factor", "term_runs"
        ),
        (_T.ACTIVE, _B.END_KEY): row(_KEEPERS, _T.ACTIVE, "of_a_program", "own_country_or_ours"),
        **{(state, _B.REVOKE): row(_APPROVER, _T.REVOKED, "reason_given") for state in (_T.ACTIVE, _T.SUSPENDED)},
    }
)
"""(state, act) -> who, guards, target."""

ACCOUNT_ENDS = frozenset({AccountState.REVOKED})


def _failed(guards: tuple[str, ...], facts: AccessFacts) -> dict[str, str]:
    return {name: why for name in guards if (why := ACCESS_GUARDS[name](facts)) is not None}


def next_access_state(
    state: AccessState | None, act: AccessAct, *, roles: frozenset[Role], facts: AccessFacts
) -> AccessState:
    """Return where an act on a request leads. Raises `ActNotAllowed` no_such_act, role or guard."""
    guards = transition(ACCESS_REQUEST, state, act, roles=roles).guards
    return next_state(ACCESS_REQUEST, state, act, roles=roles, failed_guards=_failed(guards, facts))


def next_account_state(
    state: AccountState | None, act: AccountAct, *, roles: frozenset[Role], facts: AccessFacts
) -> AccountState:
    """Return where an act on an account leads. Raises `ActNotAllowed` no_such_act, role or guard."""
    guards = transition(OFFICIAL_ACCOUNT, state, act, roles=roles).guards
    return next_state(OFFICIAL_ACCOUNT, state, act, roles=roles, failed_guards=_failed(guards, facts))
