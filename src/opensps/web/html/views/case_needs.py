"""What waits on the first page: cases, alerts, concerns, parts of coordination, forms; the oldest first."""

from dataclasses import dataclass
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _

from opensps.border.queries.alerts import waiting_alerts
from opensps.border.queries.cases import waiting_cases_of
from opensps.border.queries.concerns import waiting_concerns
from opensps.border.queries.coordination import parts_waiting
from opensps.certification.queries.templates import templates_for
from opensps.lifecycle.template import TemplateState
from opensps.web.html.access import SignedInRequest
from opensps.web.html.templatetags.parts import in_words, status_word

MOST: Final = 3


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that waits for the person."""

    url: str
    words: str
    hint: str
    tone: str
    tag: str


def waiting_forms(request: SignedInRequest) -> list[Need]:
    """Return the forms of certificates that the administrator of another country has not acknowledged yet."""
    rows = templates_for(authority=request.actor.authority, actor=request.actor)
    waiting = [row for row in rows if row.state == TemplateState.PUBLISHED]
    return [
        Need(
            reverse("certificate-form", args=[row.pk]),
            _("Acknowledge a form: %(form)s") % {"form": f"{row.name}/{row.version}"},
            _("from %(first)s on") % {"first": in_words(row.valid_from)},
            "warn",
            status_word("template", row.state),
        )
        for row in sorted(waiting, key=lambda row: row.valid_from)[:MOST]
    ]


def waiting_cases(request: SignedInRequest) -> list[Need]:
    """Return what waits; nothing for people without the case role, and then nothing is asked."""
    actor = request.actor
    cases = [
        Need(
            reverse("case", args=[each.case_number]),
            _("Counterfeit case %(number)s") % {"number": each.case_number},
            _("due %(day)s") % {"day": in_words(each.due_at)} if each.due_at else "",
            "warn",
            status_word("case", each.state),
        )
        for each in waiting_cases_of(authority=actor.authority, actor=actor, limit=MOST)
    ]
    alerts = [
        Need(
            reverse("alert", args=[each.alert_number]),
            _("Alert %(rule)s") % {"rule": each.rule},
            each.subject,
            "warn",
            status_word("alert", each.state),
        )
        for each in waiting_alerts(authority=actor.authority, actor=actor, limit=MOST)
    ]
    concerns = [
        Need(
            reverse("concern-one", args=[each.reference]),
            _("Somebody reported a concern"),
            each.reference,
            "info",
            status_word("concern", each.state),
        )
        for each in waiting_concerns(authority=actor.authority, actor=actor, limit=MOST)
    ]
    return [*cases, *alerts, *concerns]


def waiting_parts(request: SignedInRequest) -> list[Need]:
    """Return the parts of coordination that wait: for a body its own, for the coordinator late and reported ones."""
    return [
        Need(
            reverse("coordination-one", args=[each.case.case_number]),
            each.case.subject,
            each.case.case_number,
            "bad" if each.is_overdue else "warn",
            _("Overdue") if each.is_overdue else status_word("coordination_part", each.state),
        )
        for each in parts_waiting(actor=request.actor, limit=2 * MOST)
    ]
