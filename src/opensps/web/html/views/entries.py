"""The exporter's steps that are lists: treatments, establishments. Each entry hangs on a line of goods, or on all."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from opensps import codes
from opensps.certificate import CertificateKind, Code, Establishment, Family, Treatment
from opensps.certificate.kinds import profile_of
from opensps.lifecycle import APPLICANTS
from opensps.web.html.access import SignedInRequest, role_required
from opensps.web.html.forms.establishments import EstablishmentForm
from opensps.web.html.forms.fields import country_text, day_text, language, quantity_text
from opensps.web.html.forms.fitting import Asked, Wording, words_of
from opensps.web.html.forms.onlines import OnLinesForm, entries_of, without
from opensps.web.html.forms.origin import line_name
from opensps.web.html.forms.paths import Place
from opensps.web.html.forms.treatments import TreatmentForm
from opensps.web.html.views.steps import draft_of, form_page, line_index, position_of, save, url_after


@dataclass(frozen=True, slots=True)
class Listed:
    """A step that is a list."""

    form: type[OnLinesForm]
    heading: str | Promise
    one: str | Promise
    """Heading of the page of one entry."""

    add: str | Promise
    empty: str | Promise
    texts: Wording
    """Under ``lead``: what belongs here, by kind or family."""

    name: Callable[[Any], str]
    facts: Callable[[Any], list[str]]


def treatment_name(treatment: Treatment) -> str:
    """Return what a treatment is called."""
    said = treatment.type_level_1
    if isinstance(said, Code):
        return said.name or said.value
    return said.value if said else str(_("Treatment"))


def treatment_facts(treatment: Treatment) -> list[str]:
    """Return what is told of a treatment: what with, when, measured values."""
    chemicals = [
        each.value if not isinstance(each, Code) else each.name or each.value for each in treatment.active_ingredients
    ]
    started = day_text(treatment.started.on) if treatment.started else None
    measured = (quantity_text(value) for value in (treatment.duration, treatment.temperature, treatment.concentration))
    return [fact for fact in (*chemicals, started, *measured) if fact]


def establishment_name(establishment: Establishment) -> str:
    """Return approval number and name of an establishment."""
    return " ".join(part for part in (establishment.approval_number.value, establishment.name) if part)


def establishment_facts(establishment: Establishment) -> list[str]:
    """Return what is told of an establishment: activity, country, section, days."""
    country = country_text(establishment.country) if establishment.country else None
    days = [day_text(time.on) for time in (establishment.started, establishment.ended) if time]
    activity = codes.label("un_7187", establishment.activity.value, language())
    return [fact for fact in (activity, establishment.section, country, " – ".join(days)) if fact]


LISTED: Final[Mapping[str, Listed]] = {
    "treatments": Listed(
        form=TreatmentForm,
        heading=_("Treatments"),
        one=_("Treatment"),
        add=_("Add a treatment"),
        empty=_("No treatment entered."),
        texts={
            Family.PLANT: {
                "lead": Asked(
                    _(
                        "Disinfestation or disinfection the importing country asks for, part III of the certificate."
                        " Leave it empty if the goods were not treated."
                    )
                )
            },
            Family.ANIMAL: {
                "lead": Asked(
                    _("Heat treatment, irradiation and the like. Leave it empty if the goods were not treated.")
                )
            },
            Family.FOOD: {
                "lead": Asked(
                    _("Heat treatment, irradiation and the like. Leave it empty if the goods were not treated.")
                )
            },
            CertificateKind.ANIMAL_HEALTH: {
                "lead": Asked(
                    _("Vaccinations and treatments against parasites. Leave it empty if the animals were not treated.")
                )
            },
        },
        name=treatment_name,
        facts=treatment_facts,
    ),
    "establishments": Listed(
        form=EstablishmentForm,
        heading=_("Approved establishments"),
        one=_("Establishment"),
        add=_("Add an establishment"),
        empty=_("No establishment entered."),
        texts={
            Family.ANIMAL: {
                "lead": Asked(_("Where the animals were slaughtered and the goods cut, made, packed and stored."))
            },
            Family.FOOD: {"lead": Asked(_("Where the goods were made, packed and stored."))},
            CertificateKind.ANIMAL_HEALTH: {
                "lead": Asked(_("Holdings, assembly centres or quarantine stations, where the importing country asks."))
            },
        },
        name=establishment_name,
        facts=establishment_facts,
    ),
}
"""By the slug of the step, which is also the field of a trade line."""


@role_required(*APPLICANTS)
@require_http_methods(["GET", "HEAD"])
def entries(request: SignedInRequest, reference: str, slug: str) -> HttpResponse:
    """The entries of all lines."""
    draft, listed = draft_of(request, reference), LISTED[slug]
    rows = [
        {
            "line": line.sequence,
            "number": k,
            "name": listed.name(entry),
            "goods": line_name(line),
            "facts": ", ".join(listed.facts(entry)),
            "url": reverse(f"application-{slug}-one", args=[reference, line.sequence, k]),
            "remove_url": reverse(f"application-{slug}-remove", args=[reference, line.sequence, k]),
        }
        for line in draft.value.lines
        for k, entry in enumerate(entries_of(line, slug), start=1)
    ]
    lead = words_of(listed.texts, profile_of(draft.value.kind)).get("lead")
    context = {
        "application": draft.application,
        "version": draft.application.version,
        "rows": rows,
        "position": position_of(draft.value, slug),
        "lead": lead.label if lead else "",
        "listed": {"heading": listed.heading, "add": listed.add, "empty": listed.empty},
        "add_url": reverse(f"application-{slug}-add", args=[reference]),
        "next_url": url_after(draft, slug),
    }
    return render(request, "exporter/entries.html", context)


def _entry_page(request: SignedInRequest, reference: str, slug: str, place: tuple[int, int] | None) -> HttpResponse:
    draft, listed = draft_of(request, reference), LISTED[slug]
    if place is not None:
        line_index(draft, place[0] + 1)
        if not 0 <= place[1] < len(entries_of(draft.value.lines[place[0]], slug)):
            raise Http404
    form = listed.form(request.POST if request.method == "POST" else None, value=draft.value, place=place)
    list_url = reverse(f"application-{slug}", args=[reference])
    at = Place(slug, line=place[0], entry=place[1]) if place else Place(slug, line=-1)
    return form_page(request, draft, form, at=at, heading=listed.one, back_url=list_url, after_url=list_url)


@role_required(*APPLICANTS)
@require_http_methods(["GET", "HEAD", "POST"])
def entry_add(request: SignedInRequest, reference: str, slug: str) -> HttpResponse:
    """A new entry, for one line or for all."""
    return _entry_page(request, reference, slug, None)


@role_required(*APPLICANTS)
@require_http_methods(["GET", "HEAD", "POST"])
def entry(request: SignedInRequest, reference: str, slug: str, number: int, place: int) -> HttpResponse:
    """One entry of one line."""
    return _entry_page(request, reference, slug, (number - 1, place - 1))


@role_required(*APPLICANTS)
@require_POST
def entry_remove(request: SignedInRequest, reference: str, slug: str, number: int, place: int) -> HttpResponse:
    """Take an entry out."""
    draft = draft_of(request, reference)
    index = line_index(draft, number)
    if not 1 <= place <= len(entries_of(draft.value.lines[index], slug)):
        raise Http404
    then = reverse(f"application-{slug}", args=[reference])
    return save(request, draft, without(draft.value, slug, index, place - 1), then=then)
