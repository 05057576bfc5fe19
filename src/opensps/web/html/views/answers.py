"""The answers of an application, step by step, as the check page lists them, each with the way to change it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from opensps import codes
from opensps.certificate import Certificate, CountryArea, Texts
from opensps.certification.queries import CERTIFIED_AS, attestations_of
from opensps.formats.layouts.parts import measure as measure_words
from opensps.formats.layouts.words import flat
from opensps.web.html.forms.attestations import in_language
from opensps.web.html.forms.fields import country_text, day_text, language
from opensps.web.html.forms.origin import line_name
from opensps.web.html.forms.reexport import BOXES, ReExportForm
from opensps.web.html.forms.steps import steps_for
from opensps.web.html.forms.words import PURPOSES, word
from opensps.web.html.views.entries import LISTED, Listed
from opensps.web.html.views.steps import animal_facts, line_facts


@dataclass(frozen=True, slots=True)
class Row:
    """One answer."""

    label: str | Promise
    text: str
    url: str
    action: str


@dataclass(frozen=True, slots=True)
class Section:
    """The answers of one step."""

    title: str | Promise
    rows: tuple[Row, ...]


Answers = Iterator[tuple[str | Promise, str | None, str]]
"""Label, text, and the fragment of the field."""


def sections(reference: str, value: Certificate, documents: Iterable[Any]) -> list[Section]:
    """Return every step with its answers; an empty answer is a dash."""
    answers = {
        "parties": _parties,
        "transport": _transport,
        "origin": _origin,
        "animals": _animals,
        "attestations": _attestations,
        "declarations": _declarations,
        "re-export": _re_export,
    }
    found = []
    for step in steps_for(value):
        url = reverse(f"application-{step.slug}", args=[reference])
        if step.slug in answers:
            rows = [_row(label, text, f"{url}#id_{field}") for label, text, field in answers[step.slug](value)]
        elif step.slug == "goods":
            rows = [_row(line_name(line), _line(line, value), _line_url(reference, line)) for line in value.lines]
        elif step.slug in LISTED:
            listed = LISTED[step.slug]
            rows = [_row(line_name(line), _entries(line, step.slug, listed), url) for line in value.lines]
        else:
            rows = [_row(row.filename, word(PURPOSES, row.purpose), url) for row in documents]
        found.append(Section(step.title, tuple(rows) or (_row(step.title, None, url),)))
    return found


def _row(label: str | Promise, text: str | None, url: str) -> Row:
    return Row(label, text or "–", url, _("Change"))


def _line_url(reference: str, line: Any) -> str:
    return reverse("application-line", args=[reference, line.sequence])


def _line(line: Any, value: Certificate) -> str:
    return "; ".join(f"{label}: {text}" for label, text in line_facts(line, value.kind))


def _entries(line: Any, slug: str, listed: Listed) -> str:
    held = getattr(line, slug)
    return "; ".join(", ".join((listed.name(each), *listed.facts(each))) for each in held)


def _printed(value: Any) -> str:
    """Return a value as the paper prints it, on one line."""
    return flat(value, ("en",))


def _parties(value: Certificate) -> Answers:
    yield _("Exporter"), _printed(value.consignment.consignor), "from_name"
    yield _("Consignee"), _printed(value.consignment.consignee), "to_name"


def _countries(areas: Iterable[CountryArea]) -> str:
    return ", ".join(country_text(area.code) for area in areas if area.code)


def _transport(value: Certificate) -> Answers:
    consignment = value.consignment
    yield _("Country of destination"), _countries((consignment.import_country,)), "destination"
    if consignment.transit_countries:
        yield _("Countries of transit"), _countries(consignment.transit_countries), "transit"
    if consignment.place_of_loading:
        yield _("Place of loading"), _printed(consignment.place_of_loading), "loading_name"
    yield _("Point of entry"), _printed(consignment.point_of_entry), "entry_name"
    yield _("Means of transport"), ", ".join(_carriage(leg) for leg in consignment.main_carriages), "mode"
    boxes = [part for box in consignment.transport_equipment for part in (box.id, *box.seals) if part]
    if boxes:
        yield (
            _("Container and seals"),
            ", ".join(getattr(part, "value", getattr(part, "id", "")) for part in boxes),
            "container",
        )
    if consignment.transport_condition:
        condition = codes.label("product_temperature", consignment.transport_condition, language())
        yield _("Temperature during transport and storage"), ", ".join((condition, *_degrees(value))), "condition"
    if consignment.export_exit:
        yield _("Day of departure"), day_text(consignment.export_exit.on), "departure"
    if consignment.availability_due:
        yield _("Expected day of arrival"), day_text(consignment.availability_due.on), "arrival"


def _degrees(value: Certificate) -> Iterator[str]:
    kept = (each for box in value.consignment.transport_equipment for each in box.temperatures)
    for each in kept:
        measured = (measure_words(measure) for measure in (each.minimum, each.value, each.maximum))
        yield " – ".join(text for text in measured if text)


def _carriage(leg: Any) -> str:
    named = (leg.means_name.value if leg.means_name else None, leg.id.value if leg.id else None)
    return " ".join(part for part in (codes.label("un_rec19", leg.mode.value, language()), *named) if part)


def _origin(value: Certificate) -> Answers:
    for n, line in enumerate(value.lines):
        yield line_name(line), _printed(line.origins), f"country_{n}"


def _joined(texts: Texts) -> str:
    return "; ".join(text.value for text in texts)


def _declarations(value: Certificate) -> Answers:
    said = value.exchanged_document.declarations
    yield _("Additional declarations"), _joined(tuple(each.text for each in said.additional)), "additional_en"
    yield _("Import permits"), ", ".join(said.import_permits), "permits"
    if said.official_information:
        yield _("Official information"), _joined(said.official_information), "information"
    if said.distinguishing_marks:
        yield _("Distinguishing marks"), _joined(said.distinguishing_marks), "marks"


def _re_export(value: Certificate) -> Answers:
    said = next((line.re_export for line in value.lines if line.re_export), None)
    countries = ", ".join(country_text(code) for code in said.origin_countries) if said else ""
    yield _("Countries of origin"), countries, "origin_countries"
    yield _("Original certificates"), ", ".join(said.original_numbers) if said else "", "original_numbers"
    ticked = [str(ReExportForm.base_fields[box].label) for box in BOXES if said and getattr(said, box)]
    yield _("What applies to this consignment"), "; ".join(ticked), "is_original"


def _animals(value: Certificate) -> Answers:
    for n, line in enumerate(value.lines):
        facts = animal_facts(line.animals) if line.animals else []
        yield line_name(line), "; ".join(f"{label}: {text}" for label, text in facts), f"breed_{n}"


def _attestations(value: Certificate) -> Answers:
    for each in attestations_of(value):
        is_use = each.id == CERTIFIED_AS
        label = _("Certified as or for") if is_use else each.id or "–"
        yield label, in_language(each.texts), "use_0" if is_use else "statements_0"
