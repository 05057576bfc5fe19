"""The figures, public, each with what it means beside it; and the manager's view with more. Source: A13, A38 to A46.

The page reads one row that the worker keeps up to date; its cost does not grow with the register.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from opensps import codes
from opensps.border.queries.figures import figures as read_figures
from opensps.lifecycle import Role
from opensps.web.html.access import SignedInRequest, public, role_required
from opensps.web.html.forms.fields import language
from opensps.web.html.installation import installation
from opensps.web.html.views.agreements import register

Values = Mapping[str, Any]
_HOUR, _DAY = 60, 1440


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: its name in the row, what it is called, what it means."""

    name: str
    label: Promise
    means: Promise
    shown: Callable[[Values], str]


def _number(name: str) -> Callable[[Values], str]:
    return lambda values: f"{int(values[name]):,}".replace(",", "\u00a0") if values.get(name) is not None else ""


def _minutes(name: str) -> Callable[[Values], str]:
    return lambda values: duration(values.get(name))


def _share(part: str, whole: str) -> Callable[[Values], str]:
    def shown(values: Values) -> str:
        if not values.get(whole) or values.get(part) is None:
            return ""
        return f"{100 * values[part] / values[whole]:.1f}\u00a0%"

    return shown


def duration(minutes: float | None) -> str:
    """Return a length of time in words, as short as it can be said."""
    if minutes is None:
        return ""
    if minutes < _HOUR:
        return _("%(count)s min") % {"count": f"{minutes:.1f}".removesuffix(".0")}
    if minutes < 2 * _DAY:
        return _("%(count)s h") % {"count": f"{minutes / _HOUR:.1f}".removesuffix(".0")}
    return _("%(count)s days") % {"count": f"{minutes / _DAY:.1f}".removesuffix(".0")}


UPLOADED: Final = Figure(
    "uploaded",
    gettext_lazy("Certificates issued electronically"),
    gettext_lazy("All certificates sealed and put into this register since it began."),
    _number("uploaded"),
)
COUNTRIES: Final = Figure(
    "countries",
    gettext_lazy("Countries using the service"),
    gettext_lazy("Countries that checked, presented, fetched or acknowledged a certificate in the last 12 months."),
    _number("countries"),
)
OFFICIALS: Final = Figure(
    "officials",
    gettext_lazy("Officials of other countries"),
    gettext_lazy("Accounts that an embassy confirmed, that were approved, and that are active now."),
    _number("officials"),
)
VERIFIED: Final = Figure(
    "verified",
    gettext_lazy("Certificates verified by officials"),
    gettext_lazy("Different certificates that a signed-in official or a partner's system has checked at least once."),
    _number("verified"),
)
VERIFIED_SHARE: Final = Figure(
    "verified_share",
    gettext_lazy("Share of certificates verified"),
    gettext_lazy("Certificates verified by officials, of all certificates issued electronically."),
    _share("verified", "uploaded"),
)
COUNTERFEITS: Final = Figure(
    "counterfeits",
    gettext_lazy("Counterfeits identified"),
    gettext_lazy("Papers in cases that two officers confirmed as altered or counterfeit, and that stand today."),
    _number("counterfeits"),
)
CLEARANCE: Final = Figure(
    "clearance_minutes",
    gettext_lazy("From presentation to decision"),
    gettext_lazy("Median time between the presentation of a certificate at a border and the decision on the goods."),
    _minutes("clearance_minutes"),
)
REPLY: Final = Figure(
    "reply_minutes",
    gettext_lazy("From inquiry to reply"),
    gettext_lazy("Median time between the opening of an inquiry and the signed reply."),
    _minutes("reply_minutes"),
)
SIGNING: Final = Figure(
    "signing_minutes",
    gettext_lazy("From application to certificate"),
    gettext_lazy("Median time between submission of an application and the seal on its certificate."),
    _minutes("signing_minutes"),
)
WITHDRAWN: Final = Figure(
    "withdrawn",
    gettext_lazy("Share of certificates withdrawn"),
    gettext_lazy("Withdrawn certificates, of all certificates issued electronically."),
    _share("withdrawn", "uploaded"),
)
REFUSED: Final = Figure(
    "refused",
    gettext_lazy("Applications refused"),
    gettext_lazy("Applications that ended in a refusal."),
    _number("refused"),
)
SUSPECTED: Final = Figure(
    "suspected",
    gettext_lazy("Presentations stopped as suspected fraud"),
    gettext_lazy("Papers presented at a border whose check said altered, never issued, or not signed by us."),
    _number("suspected"),
)
CHECKS: Final = Figure(
    "checks",
    gettext_lazy("Checks made"),
    gettext_lazy("Checks by anybody, through any door, since the register began."),
    _number("checks"),
)
SHOWN: Final = (UPLOADED, COUNTRIES, OFFICIALS, VERIFIED, VERIFIED_SHARE, COUNTERFEITS, CLEARANCE, REPLY)
"""On the public page."""

AIMS: Final = (
    (gettext_lazy("Promote trade facilitation"), CLEARANCE),
    (gettext_lazy("Prevent trade fraud"), SUSPECTED),
    (gettext_lazy("Crack down on counterfeit certificates"), COUNTERFEITS),
    (gettext_lazy("Ensure quality and security of goods that cross the border"), WITHDRAWN),
)
"""The four aims, one indicator each (A13)."""

BENEFITS: Final = (
    (gettext_lazy("Counterfeit certificates are prevented"), COUNTERFEITS),
    (gettext_lazy("Consignments are cleared faster"), CLEARANCE),
    (gettext_lazy("Official certificates are more secure"), VERIFIED_SHARE),
    (gettext_lazy("Quality, hygiene and safety of goods are ensured"), REFUSED),
    (gettext_lazy("International trade is made easier"), COUNTRIES),
)
"""The five benefits, one indicator each (A44)."""

MORE: Final = (SIGNING, WITHDRAWN, REFUSED, SUSPECTED, CHECKS)


@public
@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """The figures of the service, for everybody."""
    found = read_figures(authority=installation().authority)
    values, before = (found.values, found.before) if found is not None else ({}, {})
    context = {
        "rows": [_row(each, values, before) for each in SHOWN],
        "aims": [(aim, _row(each, values, before)) for aim, each in AIMS],
        "benefits": [(benefit, _row(each, values, before)) for benefit, each in BENEFITS],
        "computed_at": found.computed_at if found is not None else None,
        **register(installation().authority),
    }
    return render(request, "public/figures.html", context)


@role_required(Role.MANAGER, Role.SENIOR_OFFICER, Role.CASE_OFFICER)
@require_safe
def managing(request: SignedInRequest) -> HttpResponse:
    """The same and more, against a year ago, with the slowest ports."""
    found = read_figures(authority=request.actor.authority)
    values, before = (found.values, found.before) if found is not None else ({}, {})
    ports = [
        (codes.country_name(country, language()) if country else "–", place or "–", duration(minutes), count)
        for country, place, minutes, count in values.get("clearance_by", ())
    ]
    context = {
        "rows": [_row(each, values, before) for each in (*SHOWN, *MORE)],
        "ports": ports,
        "computed_at": found.computed_at if found is not None else None,
    }
    return render(request, "public/managing.html", context)


def _row(figure: Figure, values: Values, before: Values) -> dict[str, Any]:
    return {
        "name": figure.name,
        "label": figure.label,
        "means": figure.means,
        "value": figure.shown(values) or _("nothing to compute it from yet"),
        "is_known": bool(figure.shown(values)),
        "before": figure.shown(before),
    }
