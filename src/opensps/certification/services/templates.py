"""Acts on agreed templates: publish ahead, record a partner's, acknowledge, end, withdraw (`fraud.md` 3, attack 13).

Each is one row of `lifecycle.template` and one event in the same transaction. Somebody who may not see a template gets
`NotFound`, whether or not it exists.
"""

import re
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from opensps.accounts.queries import SYSTEM, Actor, authority_profile
from opensps.certificate import CertificateKind
from opensps.certification.deadlines import office_day
from opensps.certification.errors import NotConfigured, NotFound, TemplateRefused
from opensps.certification.models import CertificateTemplate
from opensps.certification.names import TEMPLATE as TEMPLATE_KIND
from opensps.certification.names import TEMPLATE_EVENTS
from opensps.certification.queries.templates import templates_for
from opensps.certification.services.steps import acting_role, own_authority
from opensps.events.services import event_write
from opensps.lifecycle import Role
from opensps.lifecycle.template import (
    TEMPLATE,
    TemplateAct,
    TemplateFacts,
    TemplateState,
    next_template_state,
)

_NAME = re.compile(r"[A-Z0-9](?:[A-Z0-9.-]{0,28}[A-Z0-9])?", re.ASCII)
_VERSION = re.compile(r"[0-9A-Za-z](?:[0-9A-Za-z.-]{0,9})?", re.ASCII)
_LONGEST_CODE, _LONGEST_REFERENCE, _LONGEST_NAME = 20, 200, 450
_COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateTold:
    """What a template says of itself."""

    kind: CertificateKind
    name: str
    """Capital letters, digits, full stop and hyphen; at most 30: ``XB-VET``."""

    version: str
    """At most 10 letters, digits, full stops and hyphens."""

    valid_from: date | None
    """First day of issue; without it the template is refused."""

    valid_until: date | None = None
    country: str = ""
    """Destination, ISO 3166-1 alpha-2; of ours only."""

    issuer: str = ""
    """Code of the partner that issues on it; empty: we do."""

    authority_name: str = ""
    changes: str = ""
    reference: str = ""
    """Of the letter by which a partner told us; of a partner's only."""


@transaction.atomic
def template_publish(*, authority: str, told: TemplateTold, actor: Actor, at: datetime) -> CertificateTemplate:
    """Publish a template of ours ahead of its first day, or record a partner's.

    A partner's counts as acknowledged by whoever records it. Raises `ActNotAllowed`, `TemplateRefused`, `NotFound`.
    """
    own_authority(authority, actor)
    act = TemplateAct.RECORD if told.issuer else TemplateAct.PUBLISH
    if told.valid_from is None:
        raise TemplateRefused("valid_from")
    facts = TemplateFacts(today=_today(authority, at), valid_from=told.valid_from, reference=told.reference)
    state = next_template_state(None, act, roles=actor.roles, facts=facts)
    _check(authority, told, valid_from=told.valid_from)
    row = CertificateTemplate(
        authority=authority,
        issuer=told.issuer or authority,
        country=told.country,
        kind=told.kind.value,
        name=told.name,
        version=told.version,
        authority_name=told.authority_name.strip(),
        changes=told.changes.strip(),
        valid_from=told.valid_from,
        valid_until=told.valid_until,
        state=state,
        published_by=actor.id,
        published_at=at,
        reference=told.reference.strip(),
        **(_acknowledged(actor, at) if told.issuer else {}),
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as exc:
        raise TemplateRefused("repeated") from exc
    _event(row, act, "", actor=actor, at=at, payload={"template": str(row.name), "version": row.version})
    return row


def _acknowledged(actor: Actor, at: datetime) -> dict[str, Any]:
    return {"acknowledged_by": actor.id, "acknowledged_name": actor.name, "acknowledged_at": at}


def _check(authority: str, told: TemplateTold, *, valid_from: date) -> None:
    """Raise `TemplateRefused` for what cannot be kept."""
    if not _NAME.fullmatch(told.name):
        raise TemplateRefused("name")
    if not _VERSION.fullmatch(told.version):
        raise TemplateRefused("version")
    if told.issuer == authority or len(told.issuer) > _LONGEST_CODE:
        raise TemplateRefused("issuer")
    if bool(told.issuer) == bool(told.country) or (told.country and not _COUNTRY.fullmatch(told.country)):
        raise TemplateRefused("country")
    if told.valid_until is not None and told.valid_until < valid_from:
        raise TemplateRefused("valid_until")
    if len(told.reference) > _LONGEST_REFERENCE or len(told.authority_name) > _LONGEST_NAME:
        raise TemplateRefused("reference")


@transaction.atomic
def template_acknowledge(*, authority: str, template_id: int, actor: Actor, at: datetime) -> CertificateTemplate:
    """Acknowledge a template for the country it was agreed with: its administrator of officials does it.

    Raises `ActNotAllowed`, `NotFound`.
    """
    row = _locked(authority, template_id, actor)
    facts = TemplateFacts(is_other_side=bool(actor.country) and actor.country == row.country)
    return _moved(row, TemplateAct.ACKNOWLEDGE, facts, actor=actor, at=at, **_acknowledged(actor, at))


@transaction.atomic
def template_acknowledge_by_machine(
    *, authority: str, template_id: int, partner: str, countries: frozenset[str], at: datetime
) -> CertificateTemplate:
    """Acknowledge a template for a partner whose machine says so; ``countries`` are those the partner serves.

    Raises `ActNotAllowed`, and `NotFound` for a template that was not agreed with one of them.
    """
    rows = CertificateTemplate.objects.select_for_update().filter(authority=authority, pk=template_id)
    row = rows.filter(issuer=authority, country__in=countries).exclude(state=TemplateState.WITHDRAWN).first()
    if row is None:
        raise NotFound(str(template_id))
    machine = replace(SYSTEM, authority=authority, id=f"partner:{partner}"[:64], name=partner)
    facts = TemplateFacts(is_other_side=True)
    return _moved(row, TemplateAct.ACKNOWLEDGE, facts, actor=machine, at=at, **_acknowledged(machine, at))


@transaction.atomic
def template_record_acknowledgement(
    *, authority: str, template_id: int, reference: str, actor: Actor, at: datetime
) -> CertificateTemplate:
    """Note that the other side acknowledged a template by letter; the reference says which."""
    row = _locked(authority, template_id, actor)
    given = {**_acknowledged(actor, at), "reference": reference.strip()[:_LONGEST_REFERENCE]}
    facts = TemplateFacts(reference=reference)
    return _moved(row, TemplateAct.RECORD_ACKNOWLEDGEMENT, facts, actor=actor, at=at, **given)


@transaction.atomic
def template_end(
    *, authority: str, template_id: int, valid_until: date, actor: Actor, at: datetime
) -> CertificateTemplate:
    """Set the last day of issue of a template; not before today."""
    row = _locked(authority, template_id, actor)
    facts = TemplateFacts(today=_today(authority, at), valid_from=row.valid_from, valid_until=valid_until)
    return _moved(row, TemplateAct.END, facts, actor=actor, at=at, valid_until=valid_until)


@transaction.atomic
def template_withdraw(
    *, authority: str, template_id: int, reason: str, actor: Actor, at: datetime
) -> CertificateTemplate:
    """Take back a template before the other side acknowledged it."""
    row = _locked(authority, template_id, actor)
    return _moved(
        row, TemplateAct.WITHDRAW, TemplateFacts(reason=reason), actor=actor, at=at, payload={"reason": reason}
    )


def _locked(authority: str, template_id: int, actor: Actor) -> CertificateTemplate:
    """Return a template this person may see, locked."""
    if not templates_for(authority=authority, actor=actor, template_id=template_id):
        raise NotFound(str(template_id))
    return CertificateTemplate.objects.select_for_update().get(authority=authority, pk=template_id)


def _moved(
    row: CertificateTemplate,
    act: TemplateAct,
    facts: TemplateFacts,
    *,
    actor: Actor,
    at: datetime,
    payload: dict[str, Any] | None = None,
    **changes: Any,
) -> CertificateTemplate:
    before = TemplateState(row.state)
    row.state = next_template_state(before, act, roles=actor.roles, facts=facts)
    for column, content in changes.items():
        setattr(row, column, content)
    row.save(update_fields=["state", *changes])
    shown = {name: str(content) for name, content in changes.items() if name in {"valid_until", "reference"}}
    _event(row, act, before, actor=actor, at=at, payload={**shown, **(payload or {})})
    return row


def _event(
    row: CertificateTemplate, act: TemplateAct, before: str, *, actor: Actor, at: datetime, payload: dict[str, Any]
) -> None:
    allowed = TEMPLATE[TemplateState(before) if before else None, act].roles
    role: Role = acting_role(allowed, actor.roles)
    event_write(
        authority=row.authority,
        object_kind=TEMPLATE_KIND,
        object_id=str(row.pk),
        act=TEMPLATE_EVENTS[act],
        from_state=str(before),
        to_state=str(row.state),
        actor=actor.id,
        role=role,
        office=actor.office or "",
        at=at,
        payload=payload,
    )


def _today(authority: str, at: datetime) -> date:
    profile = authority_profile(authority)
    if profile is None:
        raise NotConfigured("authority")
    return office_day(at, offset_minutes=profile.offset_minutes)
