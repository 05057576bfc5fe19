"""The places an examiner can name when an application goes back, and the words of every place."""

from collections.abc import Iterator

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from opensps.certificate import Certificate, CertificateKind
from opensps.web.html.forms.origin import line_name
from opensps.web.html.forms.paths import path_of_pointer, place_of, pointer_of_path
from opensps.web.html.forms.steps import title_of

DOCUMENTS = "documents"

_CONSIGNMENT: tuple[tuple[str, str | Promise], ...] = (
    ("consignment.consignor", _("Exporter: name and address")),
    ("consignment.consignee", _("Consignee: name and address")),
    ("consignment.import_country", _("Country of destination")),
    ("consignment.transit_countries", _("Countries of transit")),
    ("consignment.point_of_entry", _("Point of entry")),
    ("consignment.main_carriages", _("Means of transport")),
    ("consignment.transport_equipment", _("Containers and seals")),
    ("exchanged_document.declarations", _("Additional declarations")),
)
_LINE: tuple[tuple[str, str | Promise], ...] = (
    ("descriptions", _("Name of produce")),
    ("scientific_names", _("Botanical name")),
    ("net_weight", _("Net weight")),
    ("packages", _("Number and kind of packages")),
    ("declarations", _("Distinguishing marks")),
    ("origins", _("Place of origin")),
    ("treatments", _("Treatments")),
)


def _line_places(value: Certificate) -> Iterator[tuple[str, str]]:
    n = 0
    for i, item in enumerate(value.consignment.items):
        for k, line in enumerate(item.trade_line_items):
            n += 1
            parts = _LINE
            if value.kind is CertificateKind.PHYTOSANITARY_REEXPORT:
                parts = (*_LINE, ("re_export", _("Re-export statement")))
            for part, words in parts:
                path = f"consignment.items[{i}].trade_line_items[{k}].{part}"
                yield pointer_of_path(path), f"{words} – {line_name(line)}" if len(value.lines) > 1 else str(words)


def returnable(value: Certificate) -> dict[str, str]:
    """Return what an examiner can name: JSON pointer into the draft, or ``documents``, and its words."""
    whole = {pointer_of_path(path): str(words) for path, words in _CONSIGNMENT}
    return {**whole, **dict(_line_places(value)), DOCUMENTS: gettext("Supporting documents")}


def words_of(value: Certificate, pointer: str) -> str:
    """Return the words of a place: the named place it is or lies in, else the title of its step, else its path."""
    named = returnable(value)
    fitting = [place for place in named if pointer == place or pointer.startswith(f"{place}/")]
    if fitting:
        return named[max(fitting, key=len)]
    return title_of(place_of(path_of_pointer(pointer))) or path_of_pointer(pointer)
