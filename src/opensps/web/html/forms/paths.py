"""From a path in the certificate value to the step, the line and the form field that edit it.

Findings and the examiner's comments name their place by such a path (`domain.md` 8.1); this is the one function that
turns it into a place a person can go to, so every page says the same thing beside the same field.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from opensps.web.html.forms import animals
from opensps.web.html.forms.attestations import AttestationsForm
from opensps.web.html.forms.declarations import DeclarationsForm
from opensps.web.html.forms.establishments import EstablishmentForm
from opensps.web.html.forms.goods import LineForm
from opensps.web.html.forms.onlines import OnLinesForm
from opensps.web.html.forms.parties import PartiesForm
from opensps.web.html.forms.reexport import ReExportForm
from opensps.web.html.forms.transport import TransportForm
from opensps.web.html.forms.treatments import TreatmentForm

_LINE = re.compile(r"consignment\.items\[\d+\]\.trade_line_items\[(\d+)\]\.?(.*)\Z")
_INDEXED = re.compile(r"\[(\d+)\]\.?(.*)\Z")
_GOODS, _ORIGIN, _ANIMALS, _REEXPORT, _DOCUMENTS = "goods", "origin", "animals", "re-export", "documents"
_ON_LINES: Mapping[str, type[OnLinesForm]] = {form.attribute: form for form in (TreatmentForm, EstablishmentForm)}
"""Field of a trade line, which is also the slug of its step, to the form of one entry."""

_STEPS = (
    ("parties", PartiesForm),
    ("transport", TransportForm),
    ("declarations", DeclarationsForm),
    ("attestations", AttestationsForm),
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a finding or comment belongs on the pages."""

    step: str | None
    """Slug of the step; None when the applicant cannot change it there."""

    field: str | None = None
    """Name of the form field; None when the whole step is meant."""

    line: int | None = None
    """Line of goods, counted from 0."""

    entry: int | None = None
    """Treatment or establishment of that line, counted from 0."""


def _longest(paths: Mapping[str, str], path: str) -> str | None:
    """Return the field whose path is the longest that leads to this one."""
    fitting = [start for start in paths if path == start or path.startswith((f"{start}.", f"{start}["))]
    return paths[max(fitting, key=len)] if fitting else None


def _on_line(line: int, rest: str) -> Place:
    head, tail = re.match(r"(\w*)(.*)\Z", rest).groups()  # type: ignore[union-attr]  # matches everything
    if head in {"origins", "origin_places"}:
        is_place = ".areas" in tail or head == "origin_places"
        return Place(_ORIGIN, f"{'place' if is_place else 'country'}_{line}", line)
    if head in _ON_LINES:
        found, paths = _INDEXED.match(tail), _ON_LINES[head].paths
        if found is None:
            return Place(head, None, line)
        return Place(head, _longest(paths, found[2]) or paths[""], line, int(found[1]))
    if head == "animals":
        return Place(_ANIMALS, animals.field_of(line, tail), line)
    if head == "re_export":
        return Place(_REEXPORT, _longest(ReExportForm.paths, tail.lstrip(".")) or ReExportForm.paths[""], line)
    return Place(_GOODS, _longest(LineForm.paths, rest) or LineForm.paths[""], line)


def place_of(path: str) -> Place:
    """Return where the value at this path is edited; a path nobody edits gives a place without a step."""
    if found := _LINE.match(path):
        return _on_line(int(found[1]), found[2])
    for step, form in _STEPS:
        if field := _longest(form.paths, path):
            return Place(step, field)
    if path.startswith("exchanged_document.references"):
        return Place(_DOCUMENTS, None)
    if path.startswith("consignment.items"):
        return Place(_GOODS, None)
    return Place(None)


def path_of_pointer(pointer: str) -> str:
    """Return the path in the value of a JSON pointer into the draft: ``/a/0/b`` is ``a[0].b``."""
    steps = [step.replace("~1", "/").replace("~0", "~") for step in pointer.strip("/").split("/")]
    return "".join(f"[{step}]" if step.isdecimal() else f".{step}" for step in steps).lstrip(".")


def pointer_of_path(path: str) -> str:
    """Return the JSON pointer into the draft of a path in the value."""
    return "/" + re.sub(r"\[(\d+)\]", r"/\1", path).replace(".", "/")
