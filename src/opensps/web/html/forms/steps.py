"""The steps of an application, in order, and how far each is: the task list. Which steps there are says the kind.

How far a step is follows from the findings alone: nothing entered is "Not started"; what is only missing leaves it
"In progress"; what is wrong, or was named by the examiner, counts as things to fix; no severe finding is "Done".
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from opensps.certificate import Certificate, Declarations, Family, Party
from opensps.certification.queries import attestations_of
from opensps.rules import Area, Finding, Level
from opensps.web.html.forms.fitting import ANIMALS, CODED, is_needed, is_there
from opensps.web.html.forms.paths import Place, place_of


@dataclass(frozen=True, slots=True)
class Step:
    """One topic of an application."""

    slug: str
    title: str | Promise
    section: str
    is_optional: bool | None = False
    """None: as the profile of the kind says of the field."""

    field: str = ""
    """Path in the profile of a kind; a kind without this field has no such step."""

    only: frozenset[Family] | None = None
    """Families whose certificates have the step; None: all."""

    def optional_for(self, value: Certificate) -> bool:
        """Say whether a certificate of this kind can do without."""
        return not is_needed(value.kind, self.field) if self.is_optional is None else self.is_optional


STEPS: Final = (
    Step("parties", _("Who is sending and receiving"), "about"),
    Step("goods", _("Goods and packages"), "about"),
    Step("animals", _("Animals and their marks"), "about", field=ANIMALS),
    Step("transport", _("Transport and route"), "about"),
    Step("origin", _("Place of origin"), "about"),
    Step("establishments", _("Approved establishments"), "about", None, "lines.establishments", CODED),
    Step("re-export", _("Re-export statement"), "asked", field="lines.re_export"),
    Step(
        "attestations",
        _("What the certificate attests"),
        "asked",
        field="certifying_signatory.attestations",
        only=CODED,
    ),
    Step("declarations", _("Additional declarations"), "asked", is_optional=True),
    Step("treatments", _("Treatments"), "asked", is_optional=True),
    Step("documents", _("Supporting documents"), "asked", is_optional=True),
)


@dataclass(frozen=True, slots=True)
class Task:
    """A step as the task list shows it."""

    step: Step
    tone: str
    word: str
    is_done: bool
    is_started: bool
    is_optional: bool


def steps_for(value: Certificate) -> tuple[Step, ...]:
    """Return the steps of an application for this kind of certificate, in order."""
    return tuple(step for step in STEPS if is_there(value.kind, step.field, only=step.only))


def step_after(value: Certificate, slug: str) -> Step | None:
    """Return the step that follows, or None after the last."""
    steps = steps_for(value)
    place = next(n for n, step in enumerate(steps) if step.slug == slug)
    return steps[place + 1] if place + 1 < len(steps) else None


def _has_party(party: Party) -> bool:
    return party.name is not None or party.address is not None


def _has_reexport(value: Certificate) -> bool:
    return any(line.re_export is not None for line in value.lines)


def _has_transport(value: Certificate) -> bool:
    return bool(value.consignment.main_carriages or value.consignment.point_of_entry)


STARTED: Final[Mapping[str, Callable[[Certificate], bool]]] = {
    "parties": lambda value: _has_party(value.consignment.consignor) or _has_party(value.consignment.consignee),
    "goods": lambda value: any(line.scientific_names or line.packages or line.net_weight for line in value.lines),
    "transport": _has_transport,
    "origin": lambda value: any(line.origins for line in value.lines),
    "animals": lambda value: any(line.animals for line in value.lines),
    "establishments": lambda value: any(line.establishments for line in value.lines),
    "attestations": lambda value: bool(attestations_of(value)),
    "re-export": _has_reexport,
    "declarations": lambda value: value.exchanged_document.declarations != Declarations(),
    "treatments": lambda value: any(line.treatments for line in value.lines),
    "documents": lambda value: bool(value.exchanged_document.references),
}
"""Whether anything was entered in a step."""


def severe(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings that stand in the way of submitting."""
    return tuple(finding for finding in findings if finding.level is Level.SEVERE)


def tasks(
    value: Certificate, findings: Iterable[Finding], *, comments: Iterable[str] = (), documents: int = 0
) -> tuple[Task, ...]:
    """Return every step with how far it is; `comments` are the paths an examiner named and nobody changed yet."""
    missing: Counter[str | None] = Counter()
    wrong: Counter[str | None] = Counter(place_of(path).step for path in comments)
    for finding in severe(findings):
        counter = missing if finding.area is Area.MANDATORY_ELEMENTS else wrong
        counter[place_of(finding.field).step] += 1
    return tuple(
        _task(
            step,
            is_optional=step.optional_for(value),
            is_started=STARTED[step.slug](value) or (step.slug == "documents" and documents > 0),
            missing=missing[step.slug],
            wrong=wrong[step.slug],
        )
        for step in steps_for(value)
    )


def _task(step: Step, *, is_optional: bool, is_started: bool, missing: int, wrong: int) -> Task:
    if wrong:
        words = ngettext("%(count)d thing to fix", "%(count)d things to fix", wrong) % {"count": wrong}
        return Task(step, "warn", words, is_done=False, is_started=True, is_optional=is_optional)
    if not is_started:
        return Task(step, "none", gettext("Not started"), is_done=False, is_started=False, is_optional=is_optional)
    if missing:
        return Task(step, "info", gettext("In progress"), is_done=False, is_started=True, is_optional=is_optional)
    return Task(step, "ok", gettext("Done"), is_done=True, is_started=True, is_optional=is_optional)


def is_ready_to_check(done: Iterable[Task]) -> bool:
    """Say whether every step that is not optional has been begun."""
    return all(task.is_started or task.is_optional for task in done)


def title_of(place: Place) -> str:
    """Return the title of the step a place belongs to; empty where nobody edits it."""
    return next((str(step.title) for step in STEPS if step.slug == place.step), "")
