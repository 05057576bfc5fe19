"""Partners: created, described, brought to live exchange step by step, suspended, resumed (`exchange.md` 7.1, 7.3)."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from opensps.accounts.queries import Actor
from opensps.exchange.errors import RecordRefused
from opensps.exchange.models import Partner, PartnerContact, Stage
from opensps.exchange.names import ADVANCED, CONTACTS_SET, PROFILE_SET
from opensps.exchange.permissions import partner_role
from opensps.exchange.queries.readiness import Measured, onboarding_gaps
from opensps.exchange.services.deciding import envelopes_free
from opensps.exchange.services.records import changing, partner_event
from opensps.exchange.services.stages import Reached, day_here, stage_keep, stage_live
from opensps.lifecycle import ONBOARDING, OnboardingAct, OnboardingState, next_state

PROFILE = (
    *("name_en", "name_zh", "authority_name", "countries", "languages", "time_zone", "rules_profile"),
    *("requires_signature", "signature_variant", "forwards_holds"),
)
"""What `partner_profile_set` changes."""

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,15}", re.ASCII)
CONTACT_ROLES = ("policy", "technical", "duty_desk")


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Somebody to call at the partner; personal data."""

    role: str
    name: str
    address: str = ""
    phone: str = ""
    hours: str = ""


def _countries(codes: Iterable[str]) -> list[str]:
    found = sorted({code.strip().upper() for code in codes})
    if not all(len(code) == 2 and code.isascii() and code.isalpha() for code in found):  # noqa: PLR2004 alpha-2
        raise RecordRefused("country")
    return found


@transaction.atomic
def partner_create(
    *,
    authority: str,
    code: str,
    name_en: str,
    name_zh: str = "",
    countries: Iterable[str],
    reached: Reached | None = None,
    actor: Actor,
    at: datetime,
) -> Partner:
    """Write down an authority we speak with, in state APPLIED; without ``reached`` we are in contact since today.

    Raises `RecordRefused` code, name_missing, code_taken, country, type.
    """
    partner_role(actor, authority=authority)
    if not _CODE.fullmatch(code):
        raise RecordRefused("code", code)
    if not name_en.strip():
        raise RecordRefused("name_missing")
    reached = reached or Reached(stage=Stage.COMMUNICATED, on=day_here(authority, at))
    partner = Partner(
        authority=authority,
        code=code,
        name_en=name_en,
        name_zh=name_zh,
        countries=_countries(countries),
        stage=reached.stage.value,
        state=next_state(ONBOARDING, None, OnboardingAct.APPLY, roles=actor.roles),
        created_at=at,
        changed_at=at,
    )
    try:
        with transaction.atomic():
            partner.save(force_insert=True)
    except IntegrityError:
        raise RecordRefused("code_taken", code) from None
    stage_keep(partner, reached, actor=actor, at=at)
    told = {"name": name_en, "stage": partner.stage}
    partner_event(partner, ADVANCED[OnboardingAct.APPLY], actor=actor, at=at, before="", payload=told)
    return partner


@transaction.atomic
def partner_profile_set(*, authority: str, code: str, actor: Actor, at: datetime, **profile: Any) -> Partner:
    """Change what is known of a partner: any of `PROFILE`."""
    partner = changing(authority=authority, code=code, actor=actor)
    unknown = profile.keys() - set(PROFILE)
    if unknown:
        raise RecordRefused("field", ", ".join(sorted(unknown)))
    if "countries" in profile:
        profile["countries"] = _countries(profile["countries"])
    for field, value in profile.items():
        setattr(partner, field, value)
    partner.changed_at = at
    partner.save(update_fields=[*profile, "changed_at"])
    partner_event(partner, PROFILE_SET, actor=actor, at=at, payload=dict(profile))
    return partner


@transaction.atomic
def contacts_set(*, authority: str, code: str, contacts: Iterable[Contact], actor: Actor, at: datetime) -> None:
    """Replace the partner's contacts; the event names no person."""
    partner = changing(authority=authority, code=code, actor=actor)
    rows = tuple(contacts)
    if any(row.role not in CONTACT_ROLES for row in rows):
        raise RecordRefused("contact_role")
    PartnerContact.objects.filter(authority=authority, partner=partner).delete()
    PartnerContact.objects.bulk_create(
        PartnerContact(
            authority=authority,
            partner=partner,
            role=row.role,
            name=row.name,
            address=row.address,
            phone=row.phone,
            hours=row.hours,
        )
        for row in rows
    )
    partner_event(partner, CONTACTS_SET, actor=actor, at=at, payload={"roles": sorted(row.role for row in rows)})


@transaction.atomic
def partner_advance(
    *,
    authority: str,
    code: str,
    act: OnboardingAct,
    actor: Actor,
    at: datetime,
    reason: str = "",
    measured: Measured | None = None,
) -> Partner:
    """Take a partner one step further, or suspend or resume it; the records decide whether it may.

    `reason` is needed to suspend, to resume, and to go live on an agreed smaller number than the gate asks. Raises
    `ActNotAllowed` with the guard that failed, `NotAllowed`, `PartnerNotFound`.
    """
    partner = changing(authority=authority, code=code, actor=actor)
    before = OnboardingState(partner.state)
    failed = onboarding_gaps(partner, act, reason=reason, measured=measured)
    towards = OnboardingState(partner.resumes_as) if act is OnboardingAct.RESUME and partner.resumes_as else None
    after = next_state(ONBOARDING, before, act, roles=actor.roles, failed_guards=failed, towards=towards)
    changes = _changes(act, before=before, reason=reason)
    for field, value in changes.items():
        setattr(partner, field, value)
    partner.state, partner.changed_at = after.value, at
    partner.save(update_fields=["state", "changed_at", *changes])
    partner_event(partner, ADVANCED[act], actor=actor, at=at, before=before, payload={"reason": reason})
    if act is OnboardingAct.GO_LIVE:
        stage_live(partner, actor=actor, at=at)
    if act is OnboardingAct.RESUME:
        envelopes_free(authority=authority, partner=code, at=at)
    return partner


def _changes(act: OnboardingAct, *, before: OnboardingState, reason: str) -> Mapping[str, Any]:
    if act is OnboardingAct.SUSPEND:
        return {"resumes_as": before.value, "suspended_reason": reason[:60]}
    if act is OnboardingAct.RESUME:
        return {"resumes_as": "", "suspended_reason": ""}
    if act is OnboardingAct.START_PARALLEL:
        return {"environment": Partner.PRODUCTION}
    return {}
