"""What the guards ask of an application, an inspection or a certificate, gathered from the database.

Only what the guards of the row at hand need is looked up.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from types import MappingProxyType
from typing import Any, Protocol

from opensps.accounts.mandate_queries import is_agent, why_no_mandate
from opensps.accounts.queries import Actor, authority_profile
from opensps.certificate import Certificate as CertificateValue
from opensps.certification.deadlines import office_day
from opensps.certification.difference import Difference, differences, touched
from opensps.certification.errors import NotConfigured
from opensps.certification.findings import beyond, from_plain
from opensps.certification.models import Application, Inspection, IssueIntention
from opensps.certification.queries.holders import holders_of
from opensps.certification.queries.log import newest_moment
from opensps.certification.queries.rows import (
    application_digest,
    application_draft,
    application_value,
    extra_countries,
    inspections_of,
    intention_of,
)
from opensps.certification.queries.templates import template_facts
from opensps.certification.sources import SourceAnswer, sources, uncovered
from opensps.formats import json_form
from opensps.formats.printing import unprintable
from opensps.lifecycle import (
    APPLICATION,
    OFFICERS,
    ApplicationAct,
    ApplicationState,
    Facts,
    InspectionState,
    allowed_acts,
    failed_guards,
)
from opensps.lifecycle.mandate import SCOPES_OF_ACT
from opensps.rules import PROFILES, Finding, Level, Policy, check

DOCUMENTS = "documents"
"""The path an examiner names when files are to be changed."""


@dataclass(frozen=True, slots=True)
class GuardAnswer:
    """One guard of an act: passed when the reason is ``None``."""

    name: str
    reason: str | None

    @property
    def has_passed(self) -> bool:
        """Nothing speaks against the act."""
        return self.reason is None


def draft_findings(application: Application, *, at: datetime, profile: str = "draft") -> tuple[Finding, ...]:
    """Return what the rules say of a draft and its files."""
    asked = Asked(application, at)
    return asked.findings(asked.draft, profile)


def source_answers(application: Application, *, at: datetime) -> tuple[SourceAnswer, ...]:
    """Return what each line of a re-export asks of the certificates its goods came in with, and what is left."""
    return Asked(application, at).sources or ()


def answer_differences(application: Application) -> tuple[Difference, ...]:
    """Return what changed in the draft since it was returned."""
    if not application.returned_value:
        return ()
    before = json_form.to_plain(json_form.loads(application.returned_value))
    return differences(before, json_form.to_plain(application_value(application)))


class AuthorityProfile(Protocol):
    """What we need of the authority's own row."""

    name_en: str
    country: str
    offset_minutes: int
    four_eyes: bool
    two_officers: list[str]


class Asked:
    """An application with what guards and services may ask about it, each looked up once."""

    def __init__(self, application: Application, at: datetime) -> None:
        self.application, self.at = application, at

    @cached_property
    def inspections(self) -> tuple[Inspection, ...]:
        """Newest first."""
        return inspections_of(self.application)

    @cached_property
    def intention(self) -> IssueIntention | None:
        """The preparation or intention that stands."""
        return intention_of(self.application)

    @cached_property
    def profile(self) -> AuthorityProfile:
        """The authority's own row; raises `NotConfigured`."""
        profile = authority_profile(self.application.authority)
        if profile is None:
            raise NotConfigured("authority")
        return profile

    @cached_property
    def draft(self) -> CertificateValue:
        """The draft with the files that travel with it."""
        return application_draft(self.application)

    def findings(self, value: CertificateValue, profile: str) -> tuple[Finding, ...]:
        """Return what the rules of a profile say of a value, and what of it cannot be printed."""
        policy = Policy(extra_countries=extra_countries(self.profile.country), now=self.at)
        return (*unprintable(value), *check(value, profile=PROFILES[profile], policy=policy))

    def rules(self) -> dict[str, Any]:
        """Facts of `hard_rules_pass`."""
        found = self.findings(self.draft, "draft")
        return {"severe_rules": tuple(sorted({each.rule for each in found if each.level is Level.SEVERE}))}

    def inspection(self) -> dict[str, Any]:
        """Facts of the guards on inspections: the newest one counts."""
        newest = self.inspections[0] if self.inspections else None
        ordered = [each for each in self.inspections if each.state != InspectionState.CANCELLED]
        if newest is None:
            return {"inspection_ordered": False}
        return {
            "inspection_ordered": bool(ordered),
            "report_signed": newest.signed_at is not None,
            "inspection_result": newest.result,
            "inspection_waived": newest.state == InspectionState.WAIVED,
            "inspection_over": newest.state in {InspectionState.WAIVED, InspectionState.CANCELLED},
            "inspection_valid_until": newest.valid_until,
        }

    def ceilings(self) -> dict[str, Any]:
        """Facts of `within_inspection`."""
        newest = self.inspections[0] if self.inspections else None
        if newest is None or newest.signed_at is None:
            is_free = not self.application.is_inspection_required or (
                newest is not None and newest.state == InspectionState.WAIVED
            )
            return {"beyond_inspection": ()} if is_free else {}
        return {"beyond_inspection": beyond(application_value(self.application), from_plain(newest.record))}

    @cached_property
    def sources(self) -> tuple[SourceAnswer, ...] | None:
        """What the lines of a re-export ask of the certificates their goods came in with; None: nobody counts."""
        if self.application.kind != Application.RE_EXPORT:
            return ()
        keeper = sources()
        if keeper is None:
            return None
        return keeper.answers(
            authority=self.application.authority,
            reference=self.application.reference,
            holders=holders_of(self.application),
            value=application_value(self.application),
        )

    def covering(self) -> dict[str, Any]:
        """Facts of `sources_cover_lines`."""
        found = self.sources
        return {} if found is None else {"uncovered_sources": uncovered(found)}

    def returned(self) -> dict[str, Any]:
        """Facts of `named_fields_touched`."""
        application = self.application
        asked = application.returned_fields.filter(round=application.return_round)
        paths = frozenset(asked.values_list("path", flat=True))
        found = touched(paths, answer_differences(application))
        if DOCUMENTS in paths and application.documents.filter(added_at__gte=application.returned_at).exists():
            found |= {DOCUMENTS}
        return {"returned_fields": paths, "touched_fields": found}

    def intended(self) -> dict[str, Any]:
        """Facts of the guards on preparation and intention."""
        intention = self.intention
        if intention is None:
            return {"is_sealing_attempted": False}
        is_intended = intention.state == IssueIntention.INTENDED
        return {
            "is_sealing_attempted": is_intended,
            "has_intention": is_intended,
            "prepared_by": intention.prepared_by,
            "prepared_digest": bytes(intention.digest).hex(),
            "needs_second": intention.needs_second,
            "second_approved_by": intention.second_approved_by,
        }

    def digest(self) -> dict[str, Any]:
        """Facts of `digest_unchanged`."""
        return {"digest_now": application_digest(self.application)}

    @property
    def day(self) -> date:
        """The day it is in the office."""
        return office_day(self.at, offset_minutes=self.profile.offset_minutes)

    def templates(self) -> dict[str, Any]:
        """Facts of the guards on the template agreed with the destination."""
        return dict(template_facts(self.application, day=self.day))

    def clock(self) -> dict[str, Any]:
        """Facts of `clock_runs_on`."""
        return {"newest_at": newest_moment(self.application.authority), "is_newest_known": True}

    def four_eyes(self) -> dict[str, Any]:
        """Facts of `four_eyes`."""
        return {"has_four_eyes": self.profile.four_eyes}


_LOOK_UP: Mapping[str, Callable[[Asked], dict[str, Any]]] = MappingProxyType(
    {
        "hard_rules_pass": Asked.rules,
        "inspection_satisfied": Asked.inspection,
        "inspection_still_valid": Asked.inspection,
        "inspection_was_ordered": Asked.inspection,
        "examiner_agrees": Asked.inspection,
        "report_is_signed": Asked.inspection,
        "waived_or_cancelled": Asked.inspection,
        "within_inspection": Asked.ceilings,
        "sources_cover_lines": Asked.covering,
        "named_fields_touched": Asked.returned,
        "seal_not_attempted": Asked.intended,
        "same_officer_prepared": Asked.intended,
        "prepared_d_unchanged": Asked.intended,
        "intention_stored": Asked.intended,
        "second_officer": Asked.intended,
        "second_is_awaited": Asked.intended,
        "second_approved": Asked.intended,
        "digest_unchanged": Asked.digest,
        "four_eyes": Asked.four_eyes,
        "clock_runs_on": Asked.clock,
        "template_acknowledged": Asked.templates,
        "template_current": Asked.templates,
    }
)
"""Guard -> who looks up its facts; guards that are not here need the row and what the caller says."""


def actor_facts(*, actor: Actor, at: datetime) -> Facts:
    """Return what is known of whoever acts."""
    return Facts(at=at, actor=actor.id, actor_organisation=actor.organisation, is_officer=_is_officer(actor))


def _is_officer(actor: Actor) -> bool:
    return bool(actor.roles & OFFICERS)


def application_facts(asked: Asked, guards: Iterable[str], *, actor: Actor, at: datetime, **given: Any) -> Facts:
    """Return the facts these guards need; `given` is what the caller knows better."""
    application = asked.application
    found: dict[str, Any] = {}
    for look_up in dict.fromkeys(_LOOK_UP[guard] for guard in guards if guard in _LOOK_UP):
        found |= look_up(asked)
    own: dict[str, Any] = {
        "organisation": application.organisation,
        "applicants": frozenset(application.applicants),
        "was_submitted": application.submitted_at is not None,
        "was_opened": application.opened_at is not None,
        "due_at": application.due_at,
        "inspection_required": application.is_inspection_required,
        "examiner_agreed": application.has_cancel_consent,
        "reviewer": application.reviewer,
        "digest_reviewed": application.reviewed_digest,
        "appeal_until": application.appeal_until,
        "former_examiner": application.examiner,
    }
    return replace(actor_facts(actor=actor, at=at), **(own | found | given))


def mandate_facts(
    *,
    authority: str,
    organisation: str,
    certificate_kind: str,
    state: ApplicationState | None,
    act: ApplicationAct,
    actor: Actor,
    at: datetime,
    holds: bool = False,
) -> dict[str, Any]:
    """Return the facts of `mandate_valid`: nothing for somebody who acts for the own organisation.

    ``holds``: in the transaction of an act, no mandate ends before it is over.
    """
    if not is_agent(actor):
        return {}
    needed = SCOPES_OF_ACT.get((state, act), frozenset())
    why = why_no_mandate(
        authority=authority,
        actor=actor,
        principal=organisation,
        kind=certificate_kind,
        needed=needed,
        at=at,
        holds=holds,
    )
    return {"mandate": why}


def mandate_of(
    application: Application, act: ApplicationAct, *, actor: Actor, at: datetime, holds: bool = False
) -> dict[str, Any]:
    """Return the facts of `mandate_valid` for an act on an application that is there; ``holds`` as above."""
    return mandate_facts(
        authority=application.authority,
        organisation=application.organisation,
        certificate_kind=application.certificate_kind,
        state=ApplicationState(application.state),
        act=act,
        actor=actor,
        at=at,
        holds=holds,
    )


def guards_for(
    application: Application, act: ApplicationAct, *, actor: Actor, at: datetime, **given: Any
) -> tuple[GuardAnswer, ...]:
    """Return every guard of an act with its answer: the list an officer reads before deciding."""
    row = APPLICATION.get((ApplicationState(application.state), act))
    if row is None:
        return ()
    given = {**mandate_of(application, act, actor=actor, at=at), **given}
    facts = application_facts(Asked(application, at), row.guards, actor=actor, at=at, **given)
    failed = failed_guards(row.guards, facts)
    return tuple(GuardAnswer(name, failed.get(name)) for name in row.guards)


def acts_for(application: Application, *, actor: Actor) -> tuple[ApplicationAct, ...]:
    """Return the acts on offer to somebody, guards not yet asked."""
    return allowed_acts(APPLICATION, ApplicationState(application.state), actor.roles)
