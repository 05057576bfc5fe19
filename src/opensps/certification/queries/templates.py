"""Reading the register of agreed templates: what counts for a certificate, and what a person may see of it."""

from datetime import date

from opensps.accounts.queries import Actor
from opensps.certification.errors import NotFound
from opensps.certification.models import Application, CertificateTemplate
from opensps.lifecycle import PARTNER_STAFF, Role
from opensps.lifecycle.template import USABLE_TEMPLATES, TemplateState
from opensps.rules.templates import AgreedTemplate, template_for, why_no_template, why_not_current

READERS = PARTNER_STAFF | {Role.SENIOR_OFFICER, Role.CERTIFYING_OFFICER, Role.REVIEWER, Role.EXAMINER}
"""Own people who see the whole register."""


def templates_of(*, authority: str, issuer: str, kind: str, country: str = "") -> tuple[AgreedTemplate, ...]:
    """Return what was agreed about one kind: ours by destination, a partner's by its code. One query."""
    rows = CertificateTemplate.objects.filter(authority=authority, issuer=issuer, kind=kind, country=country)
    return tuple(_agreed(row) for row in rows.exclude(state=TemplateState.WITHDRAWN))


def _agreed(row: CertificateTemplate) -> AgreedTemplate:
    return AgreedTemplate(
        row.name,
        row.version,
        row.valid_from,
        row.valid_until,
        is_acknowledged=row.state in USABLE_TEMPLATES,
        authority_name=row.authority_name,
    )


def templates_for_application(application: Application) -> tuple[AgreedTemplate, ...]:
    """Return what was agreed with the destination of an application about its kind. One query."""
    return templates_of(
        authority=application.authority,
        issuer=application.authority,
        kind=application.certificate_kind,
        country=application.import_country,
    )


def template_facts(application: Application, *, day: date) -> dict[str, str]:
    """Return what the guards on templates ask of an application on a day of the office."""
    agreed = templates_for_application(application)
    return {
        "template_missing": why_no_template(agreed, day),
        "template_outdated": why_not_current(agreed, application.template, day),
    }


def template_reference(application: Application, *, day: date) -> str:
    """Return the template to make this certificate on, ``NAME/VERSION``; empty where none was agreed."""
    found = template_for(templates_for_application(application), day)
    return found.reference if found is not None else ""


def template_by_id(*, authority: str, template_id: int, actor: Actor) -> CertificateTemplate:
    """Return one template this person may see; raise `NotFound`, alike for what is not there and what is not theirs."""
    found = templates_for(authority=authority, actor=actor, template_id=template_id)
    if not found:
        raise NotFound(str(template_id))
    return found[0]


def templates_for(*, authority: str, actor: Actor, template_id: int | None = None) -> tuple[CertificateTemplate, ...]:
    """Return the templates somebody may see, newest first of each kind and country. One query.

    Our staff sees all; people of another country those agreed with it.
    """
    rows = CertificateTemplate.objects.filter(authority=authority)
    if template_id is not None:
        rows = rows.filter(pk=template_id)
    if actor.authority != authority:
        return ()
    if actor.country:
        is_theirs = bool(actor.roles & {Role.COUNTRY_ADMIN, Role.FOREIGN_OFFICER})
        rows = rows.filter(issuer=authority, country=actor.country) if is_theirs else rows.none()
        rows = rows.exclude(state=TemplateState.WITHDRAWN)
    elif not actor.roles & READERS:
        return ()
    return tuple(rows.order_by("issuer", "country", "kind", "-valid_from", "-id"))
