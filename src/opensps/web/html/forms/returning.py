"""The places an examiner can name when an application goes back, and the words of every place."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from opensps.certificate import Certificate, Family
from opensps.web.html.forms.fitting import ANIMALS, CODED, PLANTS, is_there
from opensps.web.html.forms.origin import line_name
from opensps.web.html.forms.paths import path_of_pointer, place_of, pointer_of_path
from opensps.web.html.forms.steps import title_of

DOCUMENTS = "documents"


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of the draft that can be named, where the kind has it."""

    path: str
    words: str | Promise
    field: str = ""
    """Path in the profile of the kind."""

    only: frozenset[Family] | None = None


_ATTESTATIONS = "certifying_signatory.attestations"
_CONSIGNMENT = (
    _Part("consignment.consignor", _("Exporter: name and address")),
    _Part("consignment.consignee", _("Consignee: name and address")),
    _Part("consignment.import_country", _("Country of destination")),
    _Part("consignment.transit_countries", _("Countries of transit")),
    _Part("consignment.place_of_loading", _("Place of loading"), "consignment.place_of_loading", CODED),
    _Part("consignment.point_of_entry", _("Point of entry")),
    _Part("consignment.main_carriages", _("Means of transport")),
    _Part("consignment.transport_equipment", _("Containers and seals")),
    _Part(
        "consignment.transport_condition",
        _("Temperature during transport and storage"),
        "consignment.transport_condition",
        CODED,
    ),
    _Part("consignment.export_exit", _("Day of departure"), "consignment.export_exit", CODED),
    _Part("exchanged_document.declarations", _("Additional declarations")),
    _Part("exchanged_document.signatories", _("What the certificate attests"), _ATTESTATIONS, CODED),
)
_LINE = (
    _Part("descriptions", _("Name of produce"), only=PLANTS),
    _Part("descriptions", _("Name of the goods"), only=CODED),
    _Part("scientific_names", _("Botanical name"), "lines.scientific_names", PLANTS),
    _Part("scientific_names", _("Scientific name of the species"), "lines.scientific_names", CODED),
    _Part("net_weight", _("Net weight")),
    _Part("count", _("Number of animals"), ANIMALS),
    _Part("packages", _("Number and kind of packages")),
    _Part("declarations", _("Distinguishing marks")),
    _Part("batches", _("Batch or lot numbers"), "lines.batches", CODED),
    _Part("expiries", _("Use-by or expiry dates"), "lines.expiries", CODED),
    _Part("animals", _("Animals and their marks"), ANIMALS),
    _Part("origins", _("Place of origin")),
    _Part("establishments", _("Approved establishments"), "lines.establishments", CODED),
    _Part("treatments", _("Treatments")),
    _Part("re_export", _("Re-export statement"), "lines.re_export"),
)


def _there(value: Certificate, parts: tuple[_Part, ...]) -> tuple[_Part, ...]:
    return tuple(part for part in parts if is_there(value.kind, part.field, only=part.only))


def _line_places(value: Certificate) -> Iterator[tuple[str, str]]:
    for i, item in enumerate(value.consignment.items):
        for k, line in enumerate(item.trade_line_items):
            for part in _there(value, _LINE):
                path = f"consignment.items[{i}].trade_line_items[{k}].{part.path}"
                yield (
                    pointer_of_path(path),
                    f"{part.words} – {line_name(line)}" if len(value.lines) > 1 else str(part.words),
                )


def returnable(value: Certificate) -> dict[str, str]:
    """Return what an examiner can name: JSON pointer into the draft, or ``documents``, and its words."""
    whole = {pointer_of_path(part.path): str(part.words) for part in _there(value, _CONSIGNMENT)}
    return {**whole, **dict(_line_places(value)), DOCUMENTS: gettext("Supporting documents")}


def words_of(value: Certificate, pointer: str) -> str:
    """Return the words of a place: the named place it is or lies in, else the title of its step, else its path."""
    named = returnable(value)
    fitting = [place for place in named if pointer == place or pointer.startswith(f"{place}/")]
    if fitting:
        return named[max(fitting, key=len)]
    return title_of(place_of(path_of_pointer(pointer))) or path_of_pointer(pointer)
